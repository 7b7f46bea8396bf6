// listening.test.mjs - who begins to listen in 2026-07-28 is told of what it may have missed, and of nothing else:
// a newcomer of nothing, whoever was here before of each change since, also where another process has heard it.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { beginSession, callTool, eventually, exchange, keyLines, keys, onPostgres, start, stateless, temporary } from './support.mjs';

const settings = { LOOPS: '1', STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough' };
const serve = (folder = temporary(), more = {}) => start('probe', { ...settings, ...more }, { folder });
const uri = name => `probe://${name}`;
const touch = (server, name) => callTool(server, 'touch', { name });
const nameOf = { 'notifications/resources/updated': params => params.uri.slice('probe://'.length),
	'notifications/tools/list_changed': () => 'its tools' };
const updates = events => events.filter(event => event.data).map(event => JSON.parse(event.data))
	.filter(each => nameOf[each.method]).map(each => nameOf[each.method](each.params));

let fences = 0;

// Listens, and gives what was told behind the acknowledgement before one more change is. What the database is asked
// for a session comes behind what it was asked for the listener, of one loop.
async function told(server, names, { headers = {}, at = server, toolsListChanged } = {}) {
	const fence = `fence-${process.pid}-${++fences}`;
	let begun = false, changed = false;
	const { events } = await exchange(server, { ...stateless('subscriptions/listen',
		{ notifications: { toolsListChanged, resourceSubscriptions: [...names, fence].map(uri) } }, { headers }),
	until: events => {
		if (events.length && !begun) {
			begun = true;
			beginSession(server, '2025-11-25', {}, headers).then(() => {
				changed = true;
				return callTool(at, 'touch', { name: fence }, { headers });
			});
		}
		return changed && updates(events).at(-1) === fence;
	} });
	return [...new Set(updates(events).filter(name => name !== fence))].sort();     // twice is as good as once
}

test('who was never here is told of nothing, nor who comes back where nothing changed', async () => {
	const server = await serve();
	for (let i = 0; i < 3; i++)
		assert.deepEqual(await told(server, ['a', 'b']), []);
	await server.stop();
});

test('who comes back is told of what changed meanwhile, and so is who may have read it before', async () => {
	const server = await serve();
	assert.deepEqual(await told(server, ['a', 'b']), []);
	await touch(server, 'a');
	await touch(server, 'new');
	assert.deepEqual(await told(server, ['a', 'b', 'new']), ['a', 'new']);
	await server.stop();
});

test('what one caller listened to, another did not', async () => {
	const server = await serve(undefined, { API_KEYS: keyLines });
	const as = name => ({ headers: { Authorization: `Bearer ${keys[name]}` } });
	assert.deepEqual(await told(server, ['a'], as('reader')), []);
	assert.deepEqual(await told(server, ['a'], as('staff')), []);
	await server.stop();
});

for (const signal of ['SIGTERM', 'SIGKILL'])
	test(`who comes back after ${signal} is told of all, for nobody knows what changed meanwhile`, async () => {
		const folder = temporary(), first = await serve(folder);
		assert.deepEqual(await told(first, ['a']), []);
		first.child.kill(signal);
		await first.ended;
		const second = await serve(folder);
		assert.deepEqual(await told(second, ['a']), ['a']);
		await second.stop();
	});

test('a list may be another after a restart', async () => {
	const folder = temporary(), first = await serve(folder);
	for (let i = 0; i < 2; i++)
		assert.deepEqual(await told(first, [], { toolsListChanged: true }), []);
	await first.stop();
	const second = await serve(folder);
	assert.deepEqual(await told(second, [], { toolsListChanged: true }), ['its tools']);
	await second.stop();
});

test('a minute after a start only who was here before it is told', { timeout: 180000 }, async () => {
	const folder = temporary(), first = await serve(folder);
	assert.deepEqual(await told(first, ['before']), []);
	await first.stop();
	const second = await serve(folder);
	let newcomers = 0;
	// Also when it comes back: when it first came is known from its row by the clock of the database, to some milliseconds.
	const hearsNothing = async name => (await told(second, [name])).length === 0 && (await told(second, [name])).length === 0;
	await eventually(() => hearsNothing(`after-${++newcomers}`), 'a newcomer hears nothing', 120000);
	assert.deepEqual(await told(second, ['%62efore', `after-${newcomers}`]), ['%62efore'], 'however that is spelt');
	await second.stop();
});

test('a state that was lost knows nobody, so all are told', { skip: onPostgres && 'there it is with the data' }, async () => {
	const folder = temporary(), first = await serve(folder);
	assert.deepEqual(await told(first, ['a']), []);
	await first.stop();
	for (const end of ['-wal', '-shm'])
		rmSync(join(folder, `probe.db.state${end}`), { force: true });
	writeFileSync(join(folder, 'probe.db.state'), Buffer.alloc(20000, 'nonsense'));
	const second = await serve(folder);
	assert.deepEqual(await told(second, ['a', 'b']), ['a', 'b']);
	await second.stop();
});

test('of two processes each knows who listened at the other', { skip: !onPostgres && 'one has it alone' }, async () => {
	const folder = temporary(), one = await serve(folder), two = await serve(folder);
	assert.deepEqual(await told(one, ['a', 'b'], { at: two }), []);
	one.child.kill('SIGKILL');
	await one.ended;
	await touch(two, 'a');
	assert.ok((await told(two, ['a', 'b'])).includes('a'));
	await two.stop();
});
