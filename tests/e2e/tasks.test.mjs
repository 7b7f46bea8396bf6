// tasks.test.mjs - the life of tasks in one process: made, polled, asked, answered, followed, cancelled,
// forgotten; in memory, and in a file that another process on the same data goes on with.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { ask, eventually, exchange, opened, start, startShop, stateless, temporary } from './support.mjs';
import { clientOf, kill, rpc, runsOf, testLasting, testTasks, undeclared, words } from './tasks.mjs';

describe('without a database', () => {
	let server;
	before(async () => { server = await start('conformance'); });
	after(() => server.stop());

	testTasks(() => [server], async settings => [await start('conformance', settings)]);

	test('tasks leave a worker to those who wait for their answer', async () => {
		const few = await start('conformance', { WORKERS: '2' });
		const on = { on: few }, { call, create } = clientOf(() => [few]);
		const slow = await Promise.all(Array.from({ length: 4 }, () => create('slow_compute', { seconds: 60 }, on)));
		const { result } = await call('slow_compute', { seconds: 0 }, { ...on, capabilities: undeclared });
		assert.equal(result.resultType, 'complete');
		for (const taskId of slow)
			await rpc('tasks/cancel', { taskId }, on);
		await few.stop();
	});

	test('the end of the server cuts tasks at its bound', async () => {
		const ending = await start('conformance', { SHUTDOWN_TIMEOUT: '2s' }), { create } = clientOf(() => [ending]);
		await create('slow_compute', { seconds: 60 });
		await create('multi_input');
		const began = Date.now();
		await ending.stop();
		assert.ok(Date.now() - began < 30000, `it took ${Date.now() - began} ms`);
		assert.match(ending.log, /slow_compute/);
	});
});

describe('in a file', () => {
	const startProbe = (settings, folder = temporary()) =>
		start('probe', { DATABASE_URL: `sqlite:${join(folder, 'probe.db')}`, ...settings }, { folder });
	const startAgain = ({ folder }) => startProbe({}, folder);

	let server;
	before(async () => { server = await startProbe(); });
	after(() => server.stop());

	testTasks(() => [server], async settings => [await startProbe(settings)]);
	testLasting(() => [server], startProbe, startAgain);

	test('killed and started again it answers for all tasks there were', async () => {
		const first = await startProbe(), { create, until } = clientOf(() => [first]);
		const done = await create('slow_compute', { seconds: 0, label: 'This' });
		const cancelled = await create('slow_compute', { seconds: 60 });
		const running = await create('slow_compute', { seconds: 60 });
		await rpc('tasks/cancel', { taskId: cancelled }, { on: first });
		const before = await until(done, 'completed');
		await kill(first);

		const second = await startAgain(first), { get, follow } = clientOf(() => [second]);
		assert.deepEqual(await get(done), before);
		assert.equal((await get(cancelled)).status, 'cancelled');
		const { status, error } = await get(running);
		assert.equal(status, 'failed', 'at once');
		assert.match(error.message, /ended before it was done/);
		const { tasks } = await follow([done, running], told => told.length === 2);
		assert.deepEqual(tasks.map(task => task.status).sort(), ['completed', 'failed']);
		await second.stop();
	});

	test('who got the last answer and died leaves the task to the next', async () => {
		const first = await startProbe(), { create, until } = clientOf(() => [first]);
		const taskId = await create('confirm_delete', { filename: 'left' });
		await until(taskId, 'input_required');
		await kill(first);
		// As such a process leaves it: answered, and nobody's.
		const state = new DatabaseSync(join(first.folder, 'probe.db.state'));
		state.exec(`update mcp_task_question set answered = 1,
			answer = '{"action":"accept","content":{"confirm":true}}' where task = '${taskId}';
			update mcp_task set status = 'working', until = 1 where id = '${taskId}'`);
		state.close();

		const second = await startAgain(first);
		const task = await clientOf(() => [second]).until(taskId, 'completed');
		assert.equal(words(task), 'left is deleted.');
		await eventually(() => runsOf('confirm_delete', [second]) === 1, 'the tool ran once');
		await second.stop();
	});

	test('while nothing can be written no task begins; what ended meanwhile is written later', async () => {
		const full = await startProbe(), { call, create, get, until } = clientOf(() => [full]);
		const mayWrite = bytes => execFileSync('prlimit', [`--pid=${full.pid}`, `--fsize=${bytes}:`]);
		const listening = (name, until) => ({ ...stateless('subscriptions/listen',
			{ notifications: { resourceSubscriptions: [`probe://${name}`] } }), until });
		const listens = name => exchange(full, listening(name, events => events.length > 0));
		const taskId = await create('slow_compute', { seconds: 0.3 });
		assert.equal((await listens('it')).status, 200);
		mayWrite(0);
		assert.equal((await call('slow_compute', { seconds: 0 })).result.resultType, 'complete');
		assert.equal((await call('confirm_delete', { filename: 'none' })).status, 503);
		await full.says(/"target":"slow_compute".*"outcome":"ok"[^]*"target":"slow_compute".*"outcome":"ok"/);
		assert.equal((await get(taskId)).status, 'working', 'as it is written');

		// Word of a change is written nowhere, and who listens to it was written before.
		assert.equal((await listens('new')).status, 503);
		const { answer } = await opened(full, listening('it', events => events.some(event => /updated/.test(event.data))));
		await ask(full, 'touch', { name: 'it' });
		await answer;

		// Each is given up after several tries, and meanwhile what ended had its own.
		for (let i = 0; i < 4; i++)
			assert.equal((await call('confirm_delete', { filename: 'none' })).status, 503);
		mayWrite('unlimited');
		assert.match(words(await until(taskId, 'completed')), /is done/);
		await create('slow_compute', { seconds: 0 });
		await full.stop();
	});
});

test('sales_report says the same as a task', async () => {
	const shop = await startShop(), { call, create, until } = clientOf(() => [shop.orders]);
	const args = { from: '2011-01-01', to: '2011-02-01', by: 'month' };
	const { result } = await until(await create('sales_report', args), 'completed');
	const plain = await call('sales_report', args, { capabilities: {} });
	assert.deepEqual(result, plain.result);
	await shop.stop();
});
