// proxied.test.mjs - one server behind HAProxy, which adds its client's address as a line of its own, as
// the stack's balancer does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Connection, post } from '../e2e/raw.mjs';
import { beginSession, exchange, start, types } from '../e2e/support.mjs';
import { Haproxy } from './balancers.mjs';

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
let server, limited, haproxy;

before(async () => {
	server = await start('products', { TRUSTED_PROXIES: '127.0.0.0/8' });
	limited = await start('products', { TRUSTED_PROXIES: '127.0.0.0/8', RATE_ADDRESS: '3' });
	haproxy = await new Haproxy().start({ server: [server], limited: [limited] });
});
after(async () => {
	await haproxy?.stop();
	await Promise.all([server?.stop(), limited?.stop()]);
});

test('a client is who the proxy says it is, whatever it says itself', async () => {
	const port = haproxy.http.limited, statuses = [];
	for (let i = 1; i <= 30; i++)
		statuses.push((await exchange({ port }, { body: ping, headers: { ...types, 'X-Forwarded-For':
			i % 2 ? `203.0.113.${i}` : [`203.0.113.${i}`, `198.51.100.${i}, 192.0.2.${i}`] } })).status);
	assert.deepEqual(statuses, statuses.map((_, i) => i < 3 ? 200 : 429));
	// Nor did it use up what is another's.
	assert.equal((await exchange(limited, { body: ping,
		headers: { ...types, 'X-Forwarded-For': '203.0.113.1' } })).status, 200);
});

test('Accept in two lines gets through it', async () => {
	const port = haproxy.http.server, session = await beginSession({ port });
	const { status } = await exchange({ port }, { method: 'GET', until: () => true,
		headers: { ...session, Accept: ['application/json', 'text/event-stream'] } });
	assert.equal(status, 200);
});

test('a target that is a whole URL gets through it', async () => {
	const connection = await new Connection(haproxy.http.server).opened;
	connection.send(post({ port: haproxy.http.server }, ping, { ...types, Connection: 'close' }).toString()
		.replace('POST /mcp', 'POST http://localhost/mcp'));
	assert.match(await connection.until(/\}$/), /^HTTP\/1\.1 200 [\s\S]*"result":\{\}/);
	connection.leave();
});
