// revoke.test.mjs - a key that is revoked, or may do less, and what was open of it: all of it ends on
// SIGHUP, and what others have goes on. Also run with DATABASE=postgresql.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import {
	beginSession, eventually, exchange, keys, onPostgres, opened, pause, select, start, stateless, temporary,
} from './support.mjs';

const line = (name, scopes = '*', key = keys[name]) =>
	`${name}:${createHash('sha256').update(key).digest('hex')}:${scopes}`;
const as = name => ({ Authorization: `Bearer ${keys[name]}` });

async function startWith(...lines) {
	const folder = temporary(), file = join(folder, 'keys');
	writeFileSync(file, lines.join('\n'));
	const server = await start('probe', { API_KEYS: `@${file}`, SHUTDOWN_TIMEOUT: '3s' }, { folder });
	server.reload = async (says, ...now) => {
		writeFileSync(file, now.join('\n'));
		const before = server.log.length;
		server.child.kill('SIGHUP');
		await eventually(() => says.test(server.log.slice(before)), `${says}`);
	};
	return server;
}

const count = { name: 'count', arguments: { to: 100000, pause_ms: 20 }, _meta: { progressToken: 1 } };

// Everything a caller can have open; each has begun, and says when it is over.
async function openAll(server, who, key = keys[who]) {
	const authorization = { Authorization: `Bearer ${key}` };
	const session = await beginSession(server, '2025-11-25', { elicitation: {} }, authorization);
	const all = {};
	const stream = async (name, request) => {
		let seen = [];
		const open = { over: false, events: () => seen };
		open.answer = exchange(server, { ...request, until: events => { seen = events; return false; } })
			.finally(() => { open.over = true; });
		open.answer.catch(() => {});
		await eventually(() => seen.length > 0 || open.over, `${name} did not begin`);
		assert.ok(!open.over, name);
		all[name] = open;
	};
	const inSession = (method, params) => ({ headers: session,
		body: JSON.stringify({ jsonrpc: '2.0', id: method, method, params }) });
	await stream('a call of a session', inSession('tools/call', count));
	await stream('a question', inSession('tools/call', { name: 'consent', arguments: {} }));
	await stream('GET', { method: 'GET', headers: { ...session, Accept: 'text/event-stream' } });
	await stream('a call', stateless('tools/call', count, { headers: authorization }));
	await stream('a subscription', stateless('subscriptions/listen',
		{ notifications: { resourceSubscriptions: ['probe://x'] } }, { headers: authorization }));
	return { session, all, status: async () => (await exchange(server, { headers: session,
		body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' })).status };
}

const allOver = ({ all }) => Object.values(all).every(each => each.over);
const open = ({ all }) => Object.entries(all).filter(([, each]) => !each.over).map(([name]) => name);

test('all that is open of a revoked key ends, and nothing of others', async () => {
	const server = await startWith(line('staff'), line('other'));
	const gone = await openAll(server, 'staff'), stays = await openAll(server, 'other');
	await server.reload(/read again: 1 keys/, line('other'));
	await eventually(() => allOver(gone), 'something is still open');
	assert.equal(open(stays).length, 5);
	assert.equal(await stays.status(), 200);
	assert.equal(await gone.status(), 401);
	const callers = async () => (await select('probe', server.folder,
		'select distinct caller from mcp_session')).map(row => row.caller);
	for (const end = Date.now() + 30000; onPostgres && (await callers()).includes('staff'); await pause(20))
		assert.ok(Date.now() < end, 'the database still has its sessions');
	if (onPostgres)
		assert.deepEqual(await callers(), ['other']);
	// Whoever gets the name again does not get its sessions.
	await server.reload(/read again: 2 keys/, line('staff'), line('other'));
	assert.equal(await gone.status(), 404);
	assert.equal(await stays.status(), 200);
	assert.equal(open(stays).length, 5);
	await server.reload(/no key any more/, '');
	await eventually(() => allOver(stays), 'something is still open');
	await server.stop();
});

test('of a key that may do less all ends too; one that may do more goes on', async () => {
	const server = await startWith(line('staff', 'a,b,c'), line('other', 'a,b'));
	const less = await openAll(server, 'staff'), more = await openAll(server, 'other');
	await server.reload(/read again/, line('other', 'd,b,a'), line('staff', 'c,a'));
	await eventually(() => allOver(less), 'something is still open');
	assert.equal(await less.status(), 404);
	assert.equal(open(more).length, 5);
	assert.equal(await more.status(), 200);
	// Keys that can't be read change nothing.
	await server.reload(/not read again/, line('staff', 'c'), 'nonsense');
	await pause(50);
	assert.equal(open(more).length, 5);
	await server.reload(/read again/, line('staff', 'c,a'), line('other', '*', 'mcp_another-one'));
	await eventually(() => allOver(more), 'something is still open');
	await server.stop();
});

test('while a key is replaced, what came with the new one goes on', async () => {
	const mine = 'mcp_the-new-one-of-the-same-name';
	const server = await startWith(line('staff'), line('staff', '*', mine));
	const old = await openAll(server, 'staff'), fresh = await openAll(server, 'staff', mine);
	await server.reload(/read again: 1 keys/, line('staff', '*', mine));
	await eventually(() => allOver(old), 'something is still open');
	assert.equal(open(fresh).length, 5);
	assert.equal(await fresh.status(), 200);
	assert.equal(await old.status(), 401);
	await server.reload(/no key any more/, '');
	await eventually(() => allOver(fresh), 'something is still open');
	await server.stop();
});

test('a task of a revoked key is cancelled', async () => {
	const server = await startWith(line('staff'), line('other'));
	const as2026 = (who, method, params) => stateless(method, params, { headers: as(who),
		capabilities: { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } } });
	const begin = async (who, name, args) => {
		const { json } = await exchange(server, as2026(who, 'tools/call', { name, arguments: args }));
		assert.equal(json.result.resultType, 'task', JSON.stringify(json));
		return json.result;
	};
	const get = async (who, { taskId }) =>
		(await exchange(server, as2026(who, 'tasks/get', { taskId }))).json.result?.status;
	const until = async (who, task, wanted) => {
		let status;
		for (const end = Date.now() + 30000; !wanted.test(status = await get(who, task)); await pause(20))
			assert.ok(Date.now() < end, `it is ${status}`);
	};
	const task = await begin('staff', 'slow_compute', { seconds: 60 });
	const asks = await begin('staff', 'confirm_delete', { filename: 'x' });
	const other = await begin('other', 'slow_compute', { seconds: 60 });
	await until('staff', asks, /input_required/);
	await server.reload(/read again: 1 keys/, line('other'));
	await server.reload(/read again: 2 keys/, line('staff'), line('other'));
	await until('staff', task, /cancelled|failed/);
	await until('staff', asks, /cancelled|failed/);
	assert.equal(await get('other', other), 'working');
	await server.stop();
});

test('a request whose body is slower than the revocation is refused', async () => {
	const server = await startWith(line('staff'), line('other'));
	const request = stateless('subscriptions/listen',
		{ notifications: { resourceSubscriptions: ['probe://x'] } }, { headers: as('staff') });
	const slow = http.request({ host: '127.0.0.1', port: server.port, method: 'POST', path: '/mcp',
		headers: { ...request.headers, 'Content-Length': Buffer.byteLength(request.body) } });
	const answer = new Promise((resolve, reject) => slow.on('response', resolve).on('error', reject));
	slow.write(request.body.slice(0, 10));
	// The headers were judged: the server says so of whoever has no key.
	await pause(100);
	await server.reload(/read again: 1 keys/, line('other'));
	slow.end(request.body.slice(10));
	const response = await answer;
	response.resume();
	assert.equal(response.statusCode, 401);
	await server.stop();
});
