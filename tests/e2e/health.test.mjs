// health.test.mjs - docker/health-check.sh against real servers: open, with keys, and not well.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { keyLines, keys, root, startShop } from './support.mjs';

const script = join(root, 'docker/health-check.sh');

function check(words, env = {}) {
	return new Promise(resolve => execFile(script, words, { env: { PATH: process.env.PATH, ...env } },
		(error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr })));
}

const wrong = stdout => stdout.split('\n').filter(line => / BAD /.test(line));

let open, closed;
before(async () => {
	open = await startShop();
	closed = await startShop({ products: { API_KEYS: keyLines },
		orders: { API_KEYS: keyLines, PRODUCTS_KEY: keys.staff } });
});
after(async () => {
	await open.stop();
	await closed.stop();
});

test('servers without keys on this machine are well', async () => {
	const { status, stdout, stderr } = await check([open.products.url, open.orders.url]);
	assert.equal(status, 0, stdout + stderr);
	assert.equal(stdout.match(/ no key is needed here +ok +200 /g).length, 2);
	assert.match(stdout, /^All 22 checks are well\.$/m);
});

test('those with keys are, for who has one', async () => {
	const { status, stdout } = await check([closed.products.url, closed.orders.url], { MCP_KEY: keys.reader });
	assert.equal(status, 0, stdout);
	for (const name of ['products', 'orders'])
		for (const [era, what] of [['-', '/healthz'], ['-', '/readyz'], ['sessions', 'initialize'],
			['sessions', 'tools/list'], ['sessions', 'tools/call'], ['stateless', 'server/discover'],
			['stateless', 'tools/list'], ['stateless', 'tools/call'], ['-', 'refused without a key']])
			assert.match(stdout, new RegExp(`^${name} +${era} +${what}[ a-z_]* ok `, 'm'));
});

test('a key that is not known is told from a server that is down', async () => {
	const { status, stdout } = await check([closed.orders.url], { MCP_KEY: 'mcp_wrong' });
	assert.equal(status, 1);
	assert.ok(wrong(stdout).every(line => / 401 /.test(line)) && wrong(stdout).length === 3, stdout);
	const down = await check(['http://127.0.0.1:1/mcp'], { TIMEOUT: '2' });
	assert.equal(down.status, 1);
	assert.ok(wrong(down.stdout).every(line => / 000 .*connect/.test(line)), down.stdout);
});

test('a server that asks nobody for a key is not well where a key was expected', async () => {
	const { status, stdout } = await check([open.orders.url], { MCP_KEY: 'mcp_any' });
	assert.equal(status, 1);
	assert.match(stdout, /refused without a key +BAD +200 .*not 401/);
});

test('the report is a table in Markdown, without the key', async () => {
	const { status, stdout } = await check([closed.products.url, 'report'], { MCP_KEY: keys.reader });
	assert.equal(status, 0);
	const rows = stdout.split('\n').filter(line => line.startsWith('|'));
	assert.equal(rows.length, 13);
	assert.ok(rows.every(row => row.match(/(?<!\\)\|/g).length === 8), stdout);
	assert.ok(!stdout.includes(keys.reader));
});

test('a wrong command line is a status of its own', async () => {
	assert.equal((await check(['http//x'])).status, 2);
	assert.match((await check(['--help'])).stdout, /exit status/);
});
