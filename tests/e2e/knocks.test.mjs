// knocks.test.mjs - a refused request says in the log whose it was: by the filter of docs/firewall.md, and whatever the
// client says of its address.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exchange, keyLines, keys, root, start, stateless, temporary, types } from './support.mjs';

const page = readFileSync(join(root, 'docs/firewall.md'), 'utf8');
const [, filter] = /mcp\.conf`, for who guesses or scans:\n\n```ini\n([^`]*)```/.exec(page);
const [, pattern] = /^failregex = (.*)$/m.exec(filter);
const regex = new RegExp(pattern.replace('<HOST>', '(?<host>[0-9a-f.:]+)'));

const found = log => log.split('\n').map(line => regex.exec(line)?.groups.host).filter(Boolean);

test('the filter of the page finds who was refused, and nobody whom a client names', async () => {
	const server = await start('products', { LOG_FORMAT: 'json', API_KEYS: keyLines, TRUSTED_PROXIES: '127.0.0.2',
		RATE_ADDRESS: '60', ALLOWED_ADDRESSES: '127.0.0.0/8,192.0.2.0/24,2001:db8::/32' });
	const forged = '198.51.100.99","outcome":"refused","status":401,"x":"';
	const knock = (from, forwarded, more = {}) => exchange(server, { headers: { ...types,
		...forwarded && { 'X-Forwarded-For': forwarded }, ...more }, body: '{}', from });
	// From whom; what it, or a proxy, says; the status; and who it was.
	assert.equal((await knock('127.0.0.3', '198.51.100.1')).status, 401);
	assert.equal((await knock('127.0.0.2', '198.51.100.2, 192.0.2.7')).status, 401);
	assert.equal((await knock('127.0.0.2', '198.51.100.3, 2001:db8::7')).status, 401);
	assert.equal((await knock('127.0.0.2', '198.51.100.4, 203.0.113.7')).status, 403);
	assert.equal((await exchange(server, { method: 'GET', path: '/address=198.51.100.5","address":"198.51.100.6","outcome":"refused","status":401,',
		from: '127.0.0.4' })).status, 404);
	assert.equal((await knock('127.0.0.5', undefined, { Authorization: 'Bearer mcp_a-key-that-nobody-has' })).status, 401);
	assert.equal((await knock('127.0.0.5', undefined, { 'X-Request-Id': forged, traceparent: forged })).status, 401);
	// A caller that may come, and calls itself something.
	const call = stateless('tools/call', { name: 'update_product', arguments: { sku: 'KIT-0001', stock_change: 1 },
		_meta: { 'io.modelcontextprotocol/clientInfo': { name: forged, version: '1' } } },
	{ headers: { Authorization: `Bearer ${keys.reader}` } });
	assert.equal((await exchange(server, { ...call, from: '127.0.0.6' })).status, 403);
	// And who may, and does nothing wrong, has no address in the log.
	assert.equal((await exchange(server, { ...stateless('tools/list', {}, { headers: { Authorization: `Bearer ${keys.reader}` } }),
		from: '127.0.0.7' })).status, 200);
	let flooded = 0;
	for (let i = 0; i < 100 && !flooded; i++)
		flooded += (await knock('127.0.0.8')).status === 429;
	assert.equal(flooded, 1);
	await server.stop();
	const who = found(server.log);
	assert.deepEqual(who.slice(0, 8), ['127.0.0.3', '192.0.2.7', '2001:db8::7', '203.0.113.7', '127.0.0.4', '127.0.0.5', '127.0.0.5', '127.0.0.6']);
	assert.deepEqual(new Set(who.slice(8)), new Set(['127.0.0.8']));
	assert.ok(!server.log.includes('127.0.0.7'));
	byFail2ban(server.log, who);
});

test('a log in text has none of them, so the page says what the units of the packages lack', async () => {
	const [, format] = /^Environment=LOG_FORMAT=(\w+)$/m.exec(readFileSync(join(root, 'cmake/service/mcp.service.in'), 'utf8'));
	const server = await start('products', { LOG_FORMAT: format, API_KEYS: keyLines });
	assert.equal((await exchange(server, { headers: types, body: '{}' })).status, 401);
	await server.stop();
	assert.equal(found(server.log).length > 0, !/`LOG_FORMAT=json` stands in `\/etc\/mcp-products\/settings`/.test(page));
});

// The same by fail2ban itself, where it is there.
function byFail2ban(log, who) {
	if (spawnSync('fail2ban-regex', ['--version']).status !== 0)
		return;
	const folder = temporary(), conf = join(folder, 'mcp.conf'), file = join(folder, 'mcp.log');
	writeFileSync(conf, filter);
	writeFileSync(file, log);
	const ips = execFileSync('fail2ban-regex', ['--out', 'ip', file, conf], { encoding: 'utf8' }).trim().split('\n');
	assert.deepEqual(ips, who);
	assert.match(execFileSync('fail2ban-regex', [file, conf], { encoding: 'utf8' }), /"time":"/, 'its time is not read');
}
