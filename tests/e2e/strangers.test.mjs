// strangers.test.mjs - what those without a key may take from those who have one: nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, head, open } from './raw.mjs';
import { exchange, keyLines, keys, start, types } from './support.mjs';

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
const known = { ...types, Authorization: `Bearer ${keys.staff}` };

const startKeyed = settings => start('products', { API_KEYS: keyLines, LOOPS: '1', ...settings });

// ---- Bodies ----

// How each is answered, although its body never comes.
const bodies = [
	['OPTIONS', '/mcp', 204], ['DELETE', '/mcp', 401], ['GET', '/mcp', 401], ['PUT', '/mcp', 405],
	['HEAD', '/mcp', 405], ['POST', '/mcp', 401], ['POST', '/elsewhere', 404], ['POST', '/healthz', 200],
];

test('a body of somebody unknown takes no room and is not waited for', async () => {
	const server = await startKeyed({ BODIES_MAX: '1MiB', BODY_DEADLINE: '1h' });
	const silent = [];
	for (const [method, path, status] of bodies)
		for (const length of [{ 'Content-Length': 900000 }, { 'Transfer-Encoding': 'chunked' },
			{ 'Content-Length': 900000, Expect: '100-continue' }]) {
			const connection = await open(server);
			connection.send(head(server, length, method, path));
			assert.match(await connection.until(/\r\n/), new RegExp(`^HTTP/1.1 ${status} `), `${method} ${path}`);
			silent.push(connection);
		}
	const answer = await exchange(server, { headers: known,
		body: ping.replace('"ping"', `"ping","params":{"a":"${'x'.repeat(100000)}"}`) });
	assert.equal(answer.status, 200);
	silent.forEach(connection => connection.leave());
	await server.stop();
});

// ---- Connections ----

async function metric(port, name) {
	const { text } = await exchange({ port }, { method: 'GET', path: '/metrics' });
	return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]);
}

test('idle connections keep nobody out', async () => {
	const port = await freePort();
	const server = await startKeyed({ CONNECTIONS_MAX: '16', METRICS_PORT: String(port) });
	const idle = [];
	for (let i = 0; i < 48; i++) {
		const connection = await open(server);
		if (i % 2) {
			connection.send(head(server, {}, 'DELETE'));
			await connection.until(/ 401 [\s\S]*\}$/);
		}
		idle.push(connection);
	}
	for (let i = 0; i < 4; i++) {
		const health = await exchange(server, { method: 'GET', path: '/healthz' });
		assert.equal(health.status, 200);
		assert.equal((await exchange(server, { headers: known, body: ping })).status, 200);
	}
	assert.match(server.log, /CONNECTIONS_MAX/);
	assert.ok(await metric(port, 'mcp_closed_idle_connections_total') >= 32);
	idle.forEach(connection => connection.leave());
	await server.stop();
});

test('while all connections are at work, probes are answered and others told to come again', async () => {
	const port = await freePort();
	const server = await startKeyed({ CONNECTIONS_MAX: '8', METRICS_PORT: String(port) });
	const { headers } = await exchange(server, { headers: known, body: JSON.stringify({ jsonrpc: '2.0', id: 1,
		method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } } }) });
	const listening = [];
	for (let i = 0; i < 8; i++) {
		const connection = await open(server);
		connection.send(head(server, { ...known, 'Mcp-Session-Id': headers['mcp-session-id'] }, 'GET'));
		await connection.until(/text\/event-stream/);
		listening.push(connection);
	}
	for (let i = 0; i < 20; i++) {
		assert.equal((await exchange(server, { method: 'GET', path: '/healthz' })).status, 200);
		assert.equal((await exchange(server, { method: 'GET', path: '/readyz' })).status, 200);
		const answer = await exchange(server, { headers: known, body: ping });
		assert.equal(answer.status, 503);
		assert.equal(answer.headers.connection, 'close');
		assert.ok(answer.headers['retry-after']);
	}
	assert.ok(await metric(port, 'mcp_refused_connections_total') >= 60);
	listening.forEach(connection => connection.leave());
	await server.stop();
});

// ---- A stop ----

test('half a body keeps no stop waiting', async () => {
	const server = await startKeyed({ SHUTDOWN_TIMEOUT: '12s' });
	const half = [];
	for (const headers of [known, {}]) {
		const connection = await open(server);
		connection.send(head(server, { ...headers, 'Content-Length': ping.length, 'X-Sent': 'half' }) + ping.slice(0, 9));
		half.push(connection);
	}
	assert.equal((await exchange(server, { headers: known, body: ping })).status, 200);
	await server.stop();
	assert.doesNotMatch(server.log, /not all was finished/);
	for (const connection of half)
		assert.ok(await connection.untilClosed());
});
