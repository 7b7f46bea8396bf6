// promtool.test.mjs - Prometheus' own tool has nothing to say about what each program prints.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { callTool, exchange, orderOf, root, startShop, temporary } from './support.mjs';

const tool = process.env.PROMTOOL ?? 'promtool';
const skip = spawnSync(tool, ['--version']).status !== 0 && 'there is no promtool (Debian: prometheus; PROMTOOL names another)';

test('promtool is silent', { skip }, async () => {
	const shop = await startShop({ products: { METRICS_PORT: 'any' }, orders: { METRICS_PORT: 'any' } });
	try {
		await callTool(shop.orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'promtool'));
		await callTool(shop.products, 'get_product', { sku: 'NO-SUCH' });
		await exchange(shop.products, { method: 'GET', path: '/nothing' });
		for (const server of [shop.products, shop.orders]) {
			const [, url] = await server.says(/metrics at (http:[^,;\s"]+)/);
			const { text } = await exchange({ port: Number(new URL(url).port) }, { method: 'GET', path: '/metrics' });
			const { status, stdout, stderr } = spawnSync(tool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
			assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' }, server.name);
		}
		assert.equal(await shop.products.metric('mcp_http_answers_total\\{verb="GET",outcome="refused"\\}'), 1);
		assert.equal(await shop.products.metric('mcp_request_duration_seconds_count\\{method="tools/call",tool="get_product"\\}'), 1);
		assert.equal(await shop.products.metric('mcp_requests_total\\{method="GET".*'), 0);
	} finally {
		await shop.stop();
	}
});

test('alerts ring for what is ours', { skip }, () => {
	const rules = join(root, 'docker/prometheus/alerts.yml'), stories = join(temporary(), 'stories.yml');
	writeFileSync(stories, readFileSync(new URL('alerts.yml', import.meta.url), 'utf8').replace('RULES', JSON.stringify(rules)));
	for (const words of [['check', 'rules', rules], ['test', 'rules', stories]]) {
		const { status, stdout, stderr } = spawnSync(tool, words, { encoding: 'utf8' });
		assert.equal(status, 0, stdout + stderr);
	}
});
