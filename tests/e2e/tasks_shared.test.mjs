// tasks_shared.test.mjs - tasks of two processes on one PostgreSQL: whatever one begins the other answers
// for, follows, cancels and goes on with, and an end of the one is no end of the task's row.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newDatabase, Postgres, postgres, query, withoutPostgres } from './postgres.mjs';
import { start } from './support.mjs';
import { accept, clientOf, rpc, runsOf, stopAll, testLasting, testTasks, words } from './tasks.mjs';

if (withoutPostgres) {
	test('tasks of several processes', { skip: withoutPostgres }, () => {});
} else {
	let url, one, two;
	const settings = { STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough' };
	const startProbe = (more = {}) => start('probe', { DATABASE_URL: url, ...settings, ...more });
	// Two on a database of their own.
	const startPair = async (more = {}) => {
		const own = await newDatabase();
		return Promise.all([0, 1].map(() => startProbe({ DATABASE_URL: own, ...more })));
	};
	const sql = text => query(url, text);
	const row = (taskId, columns) => sql(`select ${columns} from mcp_task where id = '${taskId}'`);

	before(async () => {
		url = await newDatabase();
		[one, two] = await Promise.all([startProbe(), startProbe()]);
	});
	after(async () => {
		await stopAll([one, two]);
		if (!process.env.POSTGRES_URL)
			await (await postgres()).stop();
	});

	testTasks(() => [one, two], startPair);
	testLasting(() => [one, two], startProbe, () => two);

	const { create, get, until, answers, cancel, follow } = clientOf(() => [one, two]);

	// ---- Read, asked and answered elsewhere ----

	test('a task that asks is nobody\'s, and keeps what it asked and was told', async () => {
		const taskId = await create('multi_input');
		await until(taskId, 'input_required');
		assert.equal(await row(taskId, 'owner'), '0');
		assert.equal(await sql(`select string_agg(key, ',' order by number) from mcp_task_question where task = '${taskId}'`),
			'first,second');
		await answers(taskId, { first: accept({ answer: 'one' }) }, { on: one });
		await answers(taskId, { second: accept({ answer: 'two' }) }, { on: two });
		assert.equal(words(await until(taskId, 'completed')), 'The answers are one and two.');
		assert.equal(await row(taskId, 'record'), '');
	});

	// ---- Followed and cancelled elsewhere ----

	test('a cancel at the other process stops the tool where it runs', async () => {
		const owner = await startProbe();
		const taskId = await create('slow_compute', { seconds: 60 }, { on: owner });
		const { result } = await cancel(taskId, { on: two });
		assert.ok(result);
		await owner.says(/"target":"slow_compute".*"outcome":"cancelled"/, 2000);
		assert.equal((await get(taskId)).status, 'cancelled');
		await owner.stop();
		assert.equal((await get(taskId)).status, 'cancelled');
	});

	// ---- Processes that end ----

	// Both wait for the bound after which a process is taken for dead, so they do at once.
	describe('a process that is not heard of', { concurrency: true }, () => {
		test('a killed process\'s tasks fail in words within the bound, and listeners hear it', async () => {
			const owner = await startProbe();
			const taskId = await create('slow_compute', { seconds: 60 }, { on: owner });
			let at;
			const listening = follow([taskId], tasks => {
				if (tasks.length === 1 && !at) {
					at = Date.now();
					owner.child.kill('SIGKILL');
				}
				return tasks.at(-1)?.status === 'failed';
			});
			const { tasks } = await listening;
			assert.ok(Date.now() - at < 30000, `it took ${Date.now() - at} ms`);
			assert.match(tasks.at(-1).error.message, /ended before it was done/);
			assert.equal((await get(taskId)).status, 'failed');
			await owner.ended;
		});

		test('a process that was taken for dead does not change what was said of its tasks', async () => {
			const frozen = await startProbe();
			const taskId = await create('slow_compute', { seconds: 60 }, { on: frozen });
			frozen.child.kill('SIGSTOP');
			const { error } = await until(taskId, 'failed');
			assert.match(error.message, /ended before it was done/);
			frozen.child.kill('SIGCONT');
			await frozen.says(/took this one for dead/);
			await frozen.says(/"target":"slow_compute".*"outcome":"cancelled"/);
			assert.equal((await get(taskId)).status, 'failed');
			const next = await create('slow_compute', { seconds: 0.2 }, { on: frozen });
			assert.equal((await until(next, 'completed')).taskId, next, 'it serves on');
			await frozen.stop();
		});
	});

	test('whoever gets the last answer and dies leaves the task to the others', async () => {
		const taskId = await create('confirm_delete', { filename: 'left' });
		await until(taskId, 'input_required');
		// As such a process leaves it: answered, and nobody's.
		await sql(`update mcp_task_question set answered = 1,
			answer = '{"action":"accept","content":{"confirm":true}}' where task = '${taskId}';
			update mcp_task set status = 'working', until = mcp_now() + 500 where id = '${taskId}';`);
		assert.equal(words(await until(taskId, 'completed')), 'left is deleted.');
	});

	test('of all that would take up a task that is due one does', async () => {
		const own = await newDatabase();
		const pair = await Promise.all([0, 1].map(() => startProbe({ DATABASE_URL: own })));
		const { create, until } = clientOf(() => pair);
		const taskId = await create('confirm_delete', { filename: 'once' });
		await until(taskId, 'input_required');
		// While somebody has the row, both find it due and wait for it.
		await query(own, `update mcp_task set until = mcp_now() + 500 where id = '${taskId}'`);
		await query(own, `begin; select id from mcp_task where id = '${taskId}' for update; select pg_sleep(3.5); commit`);
		assert.equal(words(await until(taskId, 'completed')), 'once was left as it is.');
		await stopAll(pair);
		assert.equal(runsOf('confirm_delete', pair), 1);
	});

	// ---- No database ----

	test('without the database everything about tasks is 503 in words', async () => {
		const own = await Postgres.start();
		const alone = await startProbe({ DATABASE_URL: own.url, SHUTDOWN_TIMEOUT: '2s' });
		const on = { on: alone };
		const running = await create('slow_compute', { seconds: 60 }, on);
		await own.stop();
		for (const [method, params] of [
			['tasks/get', { taskId: running }], ['tasks/cancel', { taskId: running }],
			['tasks/update', { taskId: running, inputResponses: { a: {} } }],
			['tools/call', { name: 'confirm_delete', arguments: { filename: 'a' } }],
		]) {
			const began = Date.now();
			const { status, error } = await rpc(method, params, on);
			assert.equal(status, 503, `${method}: ${status}`);
			assert.ok(error.message.length > 10);
			assert.ok(Date.now() - began < 20000, `${method} took ${Date.now() - began} ms`);
		}
		await alone.stop();
	});
}
