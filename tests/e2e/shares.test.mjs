// shares.test.mjs - one caller against another: nobody takes the workers, the queue, the sessions or the
// subscriptions from everybody else. Also run with DATABASE=postgresql.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, head, open } from './raw.mjs';
import { beginSession, eventually, exchange, keyLines, keys, opened, start, stateless, types } from './support.mjs';
import { extension } from './tasks.mjs';

const as = name => ({ Authorization: `Bearer ${keys[name]}` });
const staff = as('staff'), other = as('other');
const startProbe = (settings = {}) => start('probe', { API_KEYS: keyLines, ...settings });
const count = (who, to, pause_ms) => stateless('tools/call', { name: 'count', arguments: { to, pause_ms } },
	{ headers: { ...who, Accept: 'application/json' } });

test('what one asks for does not wait for all that another asks for', async () => {
	const server = await startProbe({ WORKERS: '1' });
	let done = 0, first;
	const begun = new Promise(resolve => { first = resolve; });
	const many = Array.from({ length: 30 }, async () => {
		const answer = await exchange(server, count(staff, 1, 100));
		assert.equal(answer.status, 200, answer.text);
		done++;
		first();
	});
	await begun;
	const before = done;
	assert.equal((await exchange(server, count(other, 1, 0))).status, 200);
	assert.ok(done - before < 10, `${done - before} of the other's came first`);
	await Promise.all(many);
	await server.stop();
});

test('who has called before finds a worker free, however long another\'s calls take', async () => {
	const server = await startProbe({ WORKERS: '2' });
	assert.equal((await exchange(server, count(other, 1, 0))).status, 200);
	// Each takes until it is let go: by its client's leaving.
	const slow = Array.from({ length: 4 }, () => stateless('tools/call',
		{ name: 'count', arguments: { to: 100000, pause_ms: 20 }, _meta: { progressToken: 1 } }, { headers: staff }));
	const controls = [], streams = slow.map(request => exchange(server, { ...request,
		until: events => { controls.push(events); return stopped; } }));
	let stopped = false;
	while (controls.length === 0)
		await new Promise(resolve => setTimeout(resolve, 10));
	for (let i = 0; i < 3; i++)
		assert.equal((await exchange(server, count(other, 1, 0))).status, 200);
	stopped = true;
	await Promise.race(streams);
	await server.stop();
	await Promise.allSettled(streams);
});

// A thread that waits is no connection and no processor: nobody has to say how many there may be.
test('with the settings as they are 256 calls that wait do so together', async () => {
	const metrics = await freePort();
	const server = await startProbe({ METRICS_PORT: String(metrics) });
	const busy = async () => Number(/^mcp_workers_busy (\d+)/m.exec(
		(await exchange({ port: metrics }, { method: 'GET', path: '/metrics' })).text)[1]);
	const all = Array.from({ length: 256 }, () => exchange(server, count(staff, 1, 5000)));
	await eventually(async () => await busy() === 256, 'all of them wait');
	assert.ok((await Promise.all(all)).every(answer => answer.status === 200));
	await server.stop();
});

test('the one who fills the queue is refused, and nobody else', async () => {
	const server = await startProbe({ WORKERS: '1', WORKER_QUEUE: '8' });
	let refused;
	const full = new Promise(resolve => { refused = resolve; });
	const many = Array.from({ length: 16 }, async () => {
		const { status } = await exchange(server, count(staff, 1, 150));
		if (status === 429)
			refused();
		return status;
	});
	await full;
	const others = await Promise.all(Array.from({ length: 2 }, () => exchange(server, count(other, 1, 0))));
	assert.deepEqual(others.map(answer => answer.status), [200, 200]);
	const statuses = await Promise.all(many);
	assert.ok(statuses.every(status => status === 200 || status === 429), `${statuses}`);
	assert.ok(statuses.filter(status => status === 200).length >= 4, `${statuses}`);
	await server.stop();
});

const ping = (server, session) => exchange(server, { headers: session,
	body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' });

test('whoever has most sessions loses one, not whoever is idle longest', async () => {
	const server = await startProbe({ SESSIONS_MAX: '4' });
	const begin = who => beginSession(server, '2025-11-25', {}, who);
	const mine = await begin(staff);
	const theirs = [];
	for (let i = 0; i < 6; i++)
		theirs.push(await begin(other));
	assert.equal((await ping(server, mine)).status, 200);
	const statuses = [];
	for (const session of theirs)
		statuses.push((await ping(server, session)).status);
	assert.deepEqual(statuses, [404, 404, 404, 200, 200, 200]);
	// And who comes later gets in, at their cost.
	const second = await begin(staff);
	assert.equal((await ping(server, mine)).status, 200);
	assert.equal((await ping(server, second)).status, 200);
	assert.equal((await ping(server, theirs[3])).status, 404);
	await server.stop();
});

test('where nobody has a key, the address with most sessions loses one', async () => {
	const server = await start('probe', { SESSIONS_MAX: '3', TRUSTED_PROXIES: '127.0.0.0/8' });
	const begin = address => beginSession(server, '2025-11-25', {}, { 'X-Forwarded-For': address });
	const one = await begin('192.0.2.1'), network = await begin('2001:db8::1');
	const many = [];
	for (let i = 0; i < 4; i++)
		many.push(await begin('192.0.2.2'));
	const statuses = [];
	for (const session of [one, network, ...many])
		statuses.push((await ping(server, session)).status);
	assert.deepEqual(statuses, [200, 200, 404, 404, 404, 200]);
	await server.stop();
});

test('where nobody has a key, tasks of one address do not wait for all of another', async () => {
	const server = await start('probe', { WORKERS: '1', TRUSTED_PROXIES: '127.0.0.0/8' });
	const capabilities = { extensions: { [extension]: {} } };
	const rpc = async (address, method, params) => (await exchange(server, stateless(method, params,
		{ capabilities, headers: { 'X-Forwarded-For': address } }))).json.result;
	const begin = address => rpc(address, 'tools/call', { name: 'slow_compute', arguments: { seconds: 0.1 } });
	const status = async ({ taskId }) => (await rpc('192.0.2.1', 'tasks/get', { taskId })).status;
	const many = [];
	for (let i = 0; i < 30; i++)
		many.push(await begin('192.0.2.2'));
	const mine = await begin('192.0.2.1');
	await eventually(async () => await status(mine) === 'completed', 'it was not done');
	assert.equal(await status(many[20]), 'working');
	await server.stop();
});

test('sessions that are in use do not keep another out, where one has more than half', async () => {
	const server = await startProbe({ SESSIONS_MAX: '3' });
	const streams = [];
	for (let i = 0; i < 3; i++) {
		const session = await beginSession(server, '2025-11-25', {}, staff);
		streams.push((await opened(server, { method: 'GET', headers: { ...session,
			Accept: 'text/event-stream' } })).answer);
	}
	const mine = await beginSession(server, '2025-11-25', {}, other);
	assert.equal((await ping(server, mine)).status, 200);
	await Promise.race(streams);
	await server.stop();
	await Promise.all(streams);
});

test('bodies that one sends slowly leave half of the room to others', async () => {
	const server = await startProbe({ BODIES_MAX: '8MiB', BODY_DEADLINE: '1h' });
	const announce = async () => {
		const connection = await open(server);
		connection.send(head(server, { ...staff, ...types, 'Content-Length': 3000000, Expect: '100-continue' }));
		return { connection, status: /^HTTP\/1.1 (\d+) /.exec(await connection.until(/\r\n/))[1] };
	};
	const { connection } = await announce();
	connection.send('x'.repeat(2900000));
	// One of 3 MB is let in where 4 MiB are the caller's, a second one is not once the first has come.
	await eventually(async () => {
		const next = await announce();
		next.connection.leave();
		return next.status === '429';
	}, 'its share is full');
	const body = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"${'x'.repeat(150000)}"}}`;
	const served = await exchange(server, { headers: { ...types, ...other }, body });
	assert.equal(served.status, 200, served.text);
	connection.leave();
	await server.stop();
});

test('a caller listens as often as is left to others', async () => {
	const server = await startProbe({ LISTENS_MAX: '4' });
	const listen = async who => {
		const request = stateless('subscriptions/listen',
			{ notifications: { resourceSubscriptions: ['probe://x'] } }, { headers: who });
		const { answer } = await opened(server, request);
		// One that was refused has ended.
		return { answer, status: (await Promise.race([answer, exchange(server, stateless('server/discover',
			{}, { headers: who })).then(() => ({ status: 'listens' }))])).status };
	};
	const taken = [];
	for (const who of [staff, staff, staff, other, other])
		taken.push(await listen(who));
	assert.deepEqual(taken.map(each => each.status), ['listens', 'listens', 429, 'listens', 429]);
	await server.stop();
	await Promise.all(taken.map(each => each.answer));
});

test('where nobody has a key, an address counts; of IPv6 its network', async () => {
	const server = await start('probe', { LISTENS_MAX: '4', TRUSTED_PROXIES: '127.0.0.0/8' });
	const listen = async address => {
		const { answer } = await opened(server, stateless('subscriptions/listen',
			{ notifications: { resourceSubscriptions: ['probe://x'] } },
			{ headers: { 'X-Forwarded-For': address } }));
		return { answer, status: (await Promise.race([answer,
			exchange(server, stateless('server/discover')).then(() => ({ status: 'listens' }))])).status };
	};
	const taken = [];
	for (const address of ['192.0.2.1', '2001:db8::1', '2001:db8::2', '192.0.2.1', '192.0.2.2'])
		taken.push(await listen(address));
	assert.deepEqual(taken.map(each => each.status), ['listens', 'listens', 'listens', 429, 'listens']);
	await server.stop();
	await Promise.all(taken.map(each => each.answer));
});
