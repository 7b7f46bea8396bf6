// promtool.test.mjs - Prometheus' own tool has nothing to say about what each program prints.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promtool, withoutPromtool } from './monitor.mjs';
import { callTool, exchange, npm, orderOf, root, start, startShop, temporary } from './support.mjs';

const skip = withoutPromtool;

// Each query of a panel, and each alert's.
function asked() {
	const folder = join(root, 'docker/grafana/dashboards');
	const boards = readdirSync(folder).flatMap(where => JSON.parse(readFileSync(join(folder, where))).panels
		.flatMap(({ targets }) => targets.map(({ expr }) => ({ where, expr }))));
	const { groups } = npm('yaml').parse(readFileSync(join(root, 'docker/prometheus/alerts.yml'), 'utf8'));
	return [...boards, ...groups.flatMap(({ rules }) => rules.map(({ expr }) => ({ where: 'alerts.yml', expr })))];
}

test('promtool is silent', { skip }, async () => {
	const shop = await startShop({ products: { METRICS_PORT: 'any' }, orders: { METRICS_PORT: 'any' } });
	try {
		await callTool(shop.orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'promtool'));
		await callTool(shop.products, 'get_product', { sku: 'NO-SUCH' });
		await exchange(shop.products, { method: 'GET', path: '/nothing' });
		for (const server of [shop.products, shop.orders]) {
			const [, url] = await server.says(/metrics at (http:[^,;\s"]+)/);
			const { text } = await exchange({ port: Number(new URL(url).port) }, { method: 'GET', path: '/metrics' });
			const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
			assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' }, server.name);
		}
		assert.equal(await shop.products.metric('mcp_http_answers_total\\{verb="GET",outcome="refused"\\}'), 1);
		assert.equal(await shop.products.metric('mcp_request_duration_seconds_count\\{method="tools/call",tool="get_product"\\}'), 1);
		assert.equal(await shop.products.metric('mcp_requests_total\\{method="GET".*'), 0);
	} finally {
		await shop.stop();
	}
});

// Those that nothing here makes, of the platform or of who signs in: Prometheus itself, and tests/e2e/sign_in_log.test.mjs.
const ELSEWHERE = /^(up|mcp_(sign_in|issuer)_\w+)$/;

test('dashboards and alerts ask for figures that there are', { skip }, async () => {
	const traced = { METRICS_PORT: 'any', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
	const shop = await startShop({ products: traced, orders: traced });
	const support = await start('support', { ...traced, MODELS: 'openai:gpt-4o-mini' }, { data: false });
	try {
		await callTool(shop.orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'dashboards'));
		const known = new Set();
		for (const server of [shop.products, shop.orders, support]) {
			const [, url] = await server.says(/metrics at (http:[^,;\s"]+)/);
			const { text } = await exchange({ port: Number(new URL(url).port) }, { method: 'GET', path: '/metrics' });
			for (const [, name] of text.matchAll(/^(\w+)[ {]/gm))
				known.add(name);
		}
		const queries = asked();
		assert.ok(queries.length > 40);
		for (const { where, expr } of queries)
			for (const [name] of expr.matchAll(/\b[a-z]+(_[a-z]+)*(?=[{[])/g))
				assert.ok(known.has(name) || ELSEWHERE.test(name), `${where}: ${name} of ${expr}`);
		const path = join(temporary(), 'dashboards.yml');
		writeFileSync(path, JSON.stringify({ groups: [{ name: 'dashboards', rules: queries.map(({ expr }, i) =>
			({ record: `query_${i}`, expr: expr.replaceAll(/\$__\w+/g, '5m') })) }] }));
		const { status, stdout, stderr } = spawnSync(promtool, ['check', 'rules', path], { encoding: 'utf8' });
		assert.equal(status, 0, stdout + stderr);
	} finally {
		await support.stop();
		await shop.stop();
	}
});

test('alerts ring for what is ours', { skip }, () => {
	const rules = join(root, 'docker/prometheus/alerts.yml'), stories = join(temporary(), 'stories.yml');
	writeFileSync(stories, readFileSync(new URL('alerts.yml', import.meta.url), 'utf8').replace('RULES', JSON.stringify(rules)));
	for (const words of [['check', 'rules', rules], ['test', 'rules', stories]]) {
		const { status, stdout, stderr } = spawnSync(promtool, words, { encoding: 'utf8' });
		assert.equal(status, 0, stdout + stderr);
	}
});
