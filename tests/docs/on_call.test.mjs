// on_call.test.mjs - the pages for whoever is on call: each alarm of Prometheus' has its entry, each entry is whole, and what can
// be run of them is run, against servers of this test's own. The alarms of CloudWatch: terraform/tests/invariants.py.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promtool, withoutPromtool } from '../e2e/monitor.mjs';
import { newDatabase, withoutPostgres } from '../e2e/postgres.mjs';
import { ask, callTool, exchange, keyLines, keys, npm, root, run, start, temporary } from '../e2e/support.mjs';
import { bench, shell } from '../operator/watch.mjs';
import { blocks, entries, expected, labelled, NOT_TRIED, rings } from './book.mjs';
import { anchors, read } from './pages.mjs';

const pages = ['docs/on-call.md', 'docs/on-call-steps.md'];
const book = read(pages[0]);

// ---- Alarms and entries ----

const rules = npm('yaml').parse(read('docker/prometheus/alerts.yml')).groups.flatMap(group => group.rules);

test('each alarm of Prometheus has its entry and says which, and the table has no other', () => {
	assert.ok(rules.length > 4);
	const told = rings(book).filter(([alarm]) => /[A-Z]/.test(alarm)).map(([alarm, entry]) => `${alarm}: ${pages[0]}#${entry}`);
	assert.deepEqual(told.sort(), rules.map(({ alert, annotations }) => `${alert}: ${annotations.runbook_url}`).sort());
});

test('the table and the entries are of the same things', () => {
	const listed = [...new Set(rings(book).map(([, entry]) => entry))];
	assert.deepEqual(listed.sort(), entries(book).map(([heading]) => anchors(`## ${heading}`)[0]).sort());
});

test('an entry says what is noticed, what it means, where to look, what to do, when it is over, and when it is nothing', () => {
	for (const [heading, text] of entries(book)) {
		const parts = [...text.matchAll(/^\*\*(Noticed|Means|Look|Do|Over|False alarm)\b[^*]*\*\*/gm)].map(([, part]) => part);
		assert.deepEqual(parts, ['Noticed', 'Means', 'Look', 'Do', 'Over', 'False alarm'], heading);
	}
});

test('what code says of an entry is there', () => {
	const files = ['alerts/main', 'balancer/main', 'database/alarms', 'service/alarms'].map(name => read(`terraform/modules/${name}.tf`)).join('\n');
	const named = [...files.matchAll(/docs\/on-call\.md#([a-z-]+)|^ +page +  *= "([a-z-]+)"|\bpage = "([a-z-]+)"/gm)].map(found => found.slice(1).find(Boolean));
	assert.ok(named.length > 10);
	assert.deepEqual(named.filter(anchor => !anchors(book).includes(anchor)), []);
});

// ---- What is shown ----

const shown = pages.flatMap(page => blocks(read(page)).map(block => ({ page, ...block })));

test('a block is of a known kind, and what is not tried says so', () => {
	assert.ok(shown.length > 30);
	for (const { language, text, page } of shown)
		assert.ok(language === 'promql' || (language === 'sh' && (!/^# AWS/.test(text) || NOT_TRIED.test(text)))
			|| (language === 'logs' && NOT_TRIED.test(text)), `${page}: ${language}\n${text}`);
});

test('every query names figures that the programs have', async () => {
	const settings = { METRICS_PORT: 'any', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', MODELS: 'openai:gpt-4o-mini' };
	const texts = await Promise.all(['orders', 'support'].map(async name => {
		const server = await start(name, settings, { data: false });
		const [, url] = await server.says(/metrics at (http:[^,;\s"]+)/);
		const { text } = await exchange({ port: Number(new URL(url).port) }, { method: 'GET', path: '/metrics' });
		await server.stop();
		return text;
	}));
	const text = texts.join('');
	const queries = shown.filter(({ language }) => language === 'promql');
	assert.ok(queries.length > 5);
	for (const { text: query } of queries)
		for (const [name] of query.matchAll(/\b(?:mcp|process)_\w+/g))
			assert.match(text, new RegExp(`^# TYPE ${name.replace(/_bucket$/, '')} `, 'm'), query);
});

test('Prometheus understands every query', { skip: withoutPromtool }, () => {
	const path = join(temporary(), 'queries.yml');
	writeFileSync(path, JSON.stringify({ groups: [{ name: 'book', rules: shown.filter(({ language }) => language === 'promql')
		.map(({ text }, i) => ({ record: `query_${i}`, expr: text })) }] }));
	const { status, stdout, stderr } = spawnSync(promtool, ['check', 'rules', path], { encoding: 'utf8' });
	assert.equal(status, 0, stdout + stderr);
});

// ---- What is run ----

for (const [where, label, skip, makeUrl] of [
	['SQLite', 'SQLite', false, folder => `sqlite:${folder}/products.db`],
	['PostgreSQL', 'PostgreSQL', withoutPostgres, newDatabase],
])
	describe(`on ${where}`, { skip }, () => {
		let server, folder, env, url, past = '';

		async function serve() {
			server = await start('products', { METRICS_PORT: 'any', API_KEYS: '@keys', LOG_FORMAT: 'json', DATABASE_URL: url }, { folder });
			const [, metrics] = await server.says(/metrics at (http:[^,;\s"]+)/);
			Object.assign(env, { SERVER: new URL(server.url).origin, METRICS: metrics, PID: String(server.pid) });
		}

		async function end() {
			await server.stop();
			past += server.log;
		}

		before(async () => {
			folder = bench();
			url = await makeUrl(folder);
			env = { PATH: `${folder}/bin:${process.env.PATH}`, DATABASE_URL: url };
			const { status, stderr } = await run('products', ['import', `${root}products/data/catalogue.csv`], { env: { DATABASE_URL: url }, folder });
			assert.equal(status, 0, stderr);
			writeFileSync(join(folder, 'keys'), `${keyLines.split(' ').join('\n')}\nalice:${'0'.repeat(64)}:products:read\n`);
			await serve();
			await ask(server, 'get_product', { sku: 'KIT-0001' }, { headers: { Authorization: `Bearer ${keys.reader}` } });
		});
		after(() => server?.stop());

		test('what the first block says is what the others use', () => {
			const { text } = shown.find(block => /^# any: products/.test(block.text));
			assert.deepEqual([...text.matchAll(/\b([A-Z]+)=/g)].map(([, name]) => name), ['SERVER', 'METRICS']);
		});

		for (const { page, text } of shown.filter(({ language, text }) => language === 'sh' && labelled(text, label)))
			test(`${page}: ${text.split('\n').find(line => !line.startsWith('#'))}`, async () => {
				const stopped = /^# \w+, stopped/.test(text);
				if (stopped)
					await end();
				writeFileSync(join(folder, 'log'), past + server.log);
				const said = await shell(text, env, folder);
				if (stopped)
					await serve();
				if (/kill -HUP/.test(text))
					await server.says(/API_KEYS was read again/);
				for (const { pattern, words } of expected(text, 'good'))
					assert.match(said, pattern, `${words}\n${text}\n${said}`);
			});

		test('and it is well afterwards', async () => {
			assert.equal((await exchange(server, { method: 'GET', path: '/readyz' })).text, 'ready\n');
			const { isError } = await callTool(server, 'get_product', { sku: 'KIT-0001' }, { headers: { Authorization: `Bearer ${keys.reader}` } });
			assert.ok(!isError);
		});
	});
