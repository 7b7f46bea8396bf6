// strangers.test.mjs - what those without a key may take from those who have one: nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, head, open } from './raw.mjs';
import { exchange, keyLines, keys, pause, start, types } from './support.mjs';

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
		body: ping.replace('"ping"', `"ping","params":{"a":"${'x'.repeat(400000)}"}`) });
	assert.equal(answer.status, 200);
	silent.forEach(connection => connection.leave());
	await server.stop();
});
