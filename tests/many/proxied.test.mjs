// proxied.test.mjs - one server behind HAProxy, which adds its client's address as a line of its own: as
// most have it, and as the stack has it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Connection, post } from '../e2e/raw.mjs';
import { beginSession, eventually, exchange, root, start, stateless, types } from '../e2e/support.mjs';
import { Haproxy } from './balancers.mjs';

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
let server, limited, haproxy;

before(async () => {
	server = await start('products', { TRUSTED_PROXIES: '127.0.0.1' });
	limited = await start('products', { TRUSTED_PROXIES: '127.0.0.1', RATE_ADDRESS: '3' });
	haproxy = await new Haproxy().start({ server: [server], limited: [limited] });
});
after(async () => {
	await haproxy?.stop();
	await Promise.all([server?.stop(), limited?.stop()]);
});

test('a client is who the proxy says it is, whatever it says itself', async () => {
	const port = haproxy.http.limited, statuses = [];
	for (let i = 1; i <= 30; i++)
		statuses.push((await exchange({ port }, { from: '127.0.0.2', body: ping, headers: { ...types, 'X-Forwarded-For':
			i % 2 ? `203.0.113.${i}` : [`203.0.113.${i}`, `198.51.100.${i}, 127.0.0.1`] } })).status);
	assert.deepEqual(statuses, statuses.map((_, i) => i < 3 ? 200 : 429));
	// Nor did it use up what is another's.
	assert.equal((await exchange(limited, { body: ping,
		headers: { ...types, 'X-Forwarded-For': '203.0.113.1' } })).status, 200);
});

test('the stack\'s balancer lets nobody say who it is, though Docker\'s gateway is a trusted proxy', async () => {
	const networks = /TRUSTED_PROXIES: (\S+)/.exec(readFileSync(join(root, 'docker/server.yaml'), 'utf8'))[1];
	const behind = await start('products', { TRUSTED_PROXIES: `${networks},127.0.0.0/8`, RATE_ADDRESS: '3' });
	const stack = await new Haproxy().startStack('products', behind), statuses = [];
	for (let i = 1; i <= 12; i++)
		statuses.push((await exchange({ port: i % 2 ? stack.outside : stack.inside }, { from: '127.0.0.2', body: ping,
			headers: { ...types, 'X-Forwarded-For': `203.0.113.${i}` } })).status);
	await stack.stop();
	await behind.stop();
	assert.deepEqual(statuses, statuses.map((_, i) => i < 3 ? 200 : 429));
});

test('a client that leaves the stack\'s balancer leaves its server too', async t => {
	// So long that no stream is written to in the meantime.
	const behind = await start('products', { METRICS_PORT: '', KEEP_ALIVE: '60s' });
	t.after(() => behind.stop());
	const stack = await new Haproxy().startStack('products', behind);
	t.after(() => stack.stop());
	const from = { port: stack.outside }, streams = async () => behind.metric('mcp_open_streams');
	const heard = [
		exchange(from, { method: 'GET', headers: await beginSession(from), until: () => true }),
		exchange(from, { ...stateless('subscriptions/listen', { notifications: { toolsListChanged: true } }), until: events => events.length }),
	];
	assert.deepEqual((await Promise.all(heard)).map(({ status }) => status), [200, 200]);
	await eventually(async () => await streams() === 0, 'no stream is open', 20000);
});

test('Accept in two lines gets through it', async () => {
	const port = haproxy.http.server, session = await beginSession({ port });
	const { status } = await exchange({ port }, { method: 'GET', until: () => true,
		headers: { ...session, Accept: ['application/json', 'text/event-stream'] } });
	assert.equal(status, 200);
});

test('a target that is a whole URL gets through it', async () => {
	const port = haproxy.http.server, connection = await new Connection(port).opened;
	connection.send(post({ port }, ping, { ...types, Connection: 'close' }).toString()
		.replace('POST /mcp', `POST http://127.0.0.1:${port}/mcp`));
	assert.match(await connection.until(/\}$/), /^HTTP\/1\.1 200 [\s\S]*"result":\{\}/);
	connection.leave();
});
