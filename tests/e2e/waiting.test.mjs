// waiting.test.mjs - calls and tasks that wait for a person: so many bytes of them and no more, which is
// refused in words, and what is over makes room.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginSession, eventually, exchange, start, stateless } from './support.mjs';
import { extension } from './tasks.mjs';

const KIB = 1024, QUESTION = 16 * KIB;  // counted for each, with its answer
const BODIES = 512 * KIB, OWN = BODIES / 2;
const settings = { BODIES_MAX: `${BODIES / KIB}KiB`, BODY_MAX: '64KiB', SESSION_STREAMS: '100' };
const full = { code: 429, message: 'As much of this caller\'s is under way here as one may have; try again when some of it is done.' };

const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));
const question = seen => messages(seen).find(each => each.method === 'elicitation/create');
const outcome = seen => messages(seen).find(each => each.result ?? each.error);

// Calls a tool that asks, and resolves when it did or was refused.
async function call(server, session, id) {
	const called = { seen: [] };
	called.done = exchange(server, { headers: session,
		body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'consent', arguments: {} } }),
		until: events => { called.seen = events; return false; } });
	await eventually(() => question(called.seen) ?? outcome(called.seen), 'neither a question nor an answer');
	called.question = question(called.seen);
	return called;
}

const respond = (server, session, { id }, content, filler = '') => exchange(server, { headers: session,
	body: JSON.stringify({ jsonrpc: '2.0', id, result: { action: 'accept', content, filler } }) });

test('calls of sessions', async () => {
	const server = await start('probe', settings);
	const session = await beginSession(server, '2025-11-25', { elicitation: {} });
	const waiting = [];
	let refused;
	while (!refused) {
		const called = await call(server, session, waiting.length);
		if (called.question)
			waiting.push(called);
		else
			refused = called;
		assert.ok(waiting.length <= OWN / QUESTION, 'there is no bound');
	}
	assert.ok(waiting.length >= OWN / QUESTION / 2, `no more than ${waiting.length} may wait`);
	assert.deepEqual(outcome(refused.seen).error, full);
	await refused.done;

	// An ordinary answer is never in want of room, a long one is.
	const [first, second] = waiting;
	const long = await respond(server, session, first.question, { sure: true }, 'x'.repeat(3 * QUESTION));
	assert.equal(long.status, 429);
	assert.match(long.headers['retry-after'], /^[1-9]\d*$/);
	assert.equal((await respond(server, session, first.question, { sure: true })).status, 202);
	await first.done;
	assert.match(outcome(first.seen).result.content[0].text, /Sure 1 times/);

	// What was answered is over; so is what was cancelled.
	const next = await call(server, session, 'next');
	assert.ok(next.question, JSON.stringify(outcome(next.seen)));
	assert.ok(!(await call(server, session, 'more')).question);
	await exchange(server, { headers: session, body: JSON.stringify({ jsonrpc: '2.0',
		method: 'notifications/cancelled', params: { requestId: 1 } }) });
	await second.done;
	assert.ok((await call(server, session, 'last')).question);
	await exchange(server, { method: 'DELETE', headers: session });
	await server.stop();
});

test('tasks', async () => {
	const server = await start('probe', settings);
	const capabilities = { elicitation: {}, extensions: { [extension]: {} } };
	const rpc = async (method, params) => {
		const { json } = await exchange(server, stateless(method, params, { capabilities }));
		return json.result ?? json;
	};
	const begin = async () => {
		const { taskId } = await rpc('tools/call', { name: 'confirm_delete', arguments: { filename: 'notes.txt' } });
		let task;
		await eventually(async () => (task = await rpc('tasks/get', { taskId })).status !== 'working', 'it neither asks nor ends');
		return task;
	};
	const waiting = [];
	let refused;
	while (!refused) {
		const task = await begin();
		if (task.status === 'input_required')
			waiting.push(task);
		else
			refused = task;
		assert.ok(waiting.length <= OWN / QUESTION, 'there is no bound');
	}
	assert.ok(waiting.length >= OWN / QUESTION / 2, `no more than ${waiting.length} may wait`);
	assert.equal(refused.status, 'failed');
	assert.deepEqual(refused.error, full);
	await rpc('tasks/cancel', { taskId: waiting[0].taskId });
	assert.equal((await begin()).status, 'input_required');
	assert.equal((await begin()).status, 'failed');
	await server.stop();
});
