// sessions.test.mjs - a session in which something goes on is in use, however long ago its last request
// was: it is neither ended as idle nor makes room for another. Without room on the disk none begins, and
// those there are go on.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { freePort, head, open } from './raw.mjs';
import { beginSession, eventually, exchange, onPostgres, opened, pause, start, types } from './support.mjs';

const ping = async (server, session) => (await exchange(server, { headers: session,
	body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' })).status;
const follow = (server, session) => opened(server, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' } });
const slowCall = (server, session, pause_ms) => opened(server, { headers: { ...session, Accept: 'text/event-stream' },
	body: JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'count',
		arguments: { to: 2, pause_ms }, _meta: { progressToken: 1 } } }) });

test('a session with an open stream makes no room, the one idle longest does', async () => {
	const server = await start('probe', { SESSIONS_MAX: '3' });
	const busy = await beginSession(server);
	const { answer } = await follow(server, busy);
	const idle = await beginSession(server), used = await beginSession(server);
	const another = await beginSession(server);
	assert.deepEqual([await ping(server, busy), await ping(server, idle), await ping(server, used), await ping(server, another)],
		[200, 404, 200, 200]);
	await server.stop();
	await answer;
});

test('a session whose call runs makes no room', async () => {
	const server = await start('probe', { SESSIONS_MAX: '2' });
	const busy = await beginSession(server);
	const { answer } = await slowCall(server, busy, 5000);
	const idle = await beginSession(server), another = await beginSession(server);
	assert.deepEqual([await ping(server, idle), await ping(server, another)], [404, 200]);
	assert.match((await answer).text, /"result"/);
	assert.equal(await ping(server, busy), 200);
	await server.stop();
});

test('a session with an open stream does not end as idle', async () => {
	const metrics = await freePort();
	const server = await start('probe', { LOOPS: '1', METRICS_PORT: String(metrics), SESSION_IDLE: '300ms' });
	const sessions = async () => Number(/^mcp_sessions (\d+)/m.exec((await exchange({ port: metrics },
		{ method: 'GET', path: '/metrics' })).text)[1]);
	const busy = await beginSession(server);
	const { answer } = await follow(server, busy);
	await beginSession(server);
	// It is looked for again and again; the other ends at one of these times.
	for (const until = Date.now() + 60000; await sessions() > 1;) {
		assert.ok(Date.now() < until, 'the idle one does not end');
		await pause(50);
	}
	assert.equal(await ping(server, busy), 200);
	await server.stop();
	await answer;
});

test('a session is idle from when its stream broke, not from when that was opened', async () => {
	const idle_ms = 2000;
	const server = await start('probe', { SESSION_IDLE: `${idle_ms}ms` });
	const session = await beginSession(server);
	// Wherever in the time after which an idle one ends it breaks.
	for (let open_ms = idle_ms; open_ms < 2 * idle_ms; open_ms += idle_ms / 4) {
		const stream = await open(server);
		stream.send(head(server, { ...session, Accept: 'text/event-stream' }, 'GET'));
		await stream.until(/^HTTP\/1.1 200/);
		await pause(open_ms);
		stream.socket.destroy();
		const broken = Date.now();
		await pause(idle_ms / 2);
		const status = await ping(server, session);
		if (Date.now() - broken < idle_ms)      // not where this machine was too busy to ask in time
			assert.equal(status, 200, `after ${open_ms} ms`);
	}
	await server.stop();
});

test('while nothing can be written no session begins; streams go on when it can', { skip: onPostgres && 'a file that is full' }, async () => {
	const server = await start('probe');
	const mayWrite = bytes => execFileSync('prlimit', [`--pid=${server.pid}`, `--fsize=${bytes}:`]);
	const session = await beginSession(server);
	const stream = (to, pause_ms) => exchange(server, { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: to,
		method: 'tools/call', params: { name: 'count', arguments: { to, pause_ms }, _meta: { progressToken: 1 } } }) });
	mayWrite(0);
	const streams = [[20, 100], [3, 10]].map(([to, pause_ms]) => ({ to, answer: stream(to, pause_ms) }));
	// Each is given up after several tries, and meanwhile those of the streams had theirs.
	for (let i = 0; i < 4; i++) {
		const refused = await exchange(server, { headers: types, body: JSON.stringify({ jsonrpc: '2.0', id: 1,
			method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } }) });
		assert.equal(refused.status, 503, refused.text);
		assert.match(refused.json.error.message, /try again/);
		assert.equal(await ping(server, session), 200);
	}
	mayWrite('unlimited');
	for (const { to, answer } of streams) {
		const events = (await answer).events.filter(event => event.data);
		assert.equal(JSON.parse(events.at(-1).data).result?.content[0].text, `Counted to ${to}.`);
		const ids = events.map(event => Number(event.id.split('-')[1]));
		assert.deepEqual(ids, ids.map((_, i) => i + 1));
	}
	await server.stop();
});
