// tasks_shared.test.mjs - tasks of two processes on one PostgreSQL: whatever one begins the other
// answers for, follows, cancels and goes on with, and an end of the one is no end of the task's row.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newDatabase, Postgres, postgres, query, withoutPostgres } from './postgres.mjs';
import { eventually, pause, start } from './support.mjs';
import { accept, clientOf, rpc, testTasks, words } from './tasks.mjs';

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
	const stopAll = servers => Promise.all(servers.map(server => server.stop()));
	const kill = async server => {
		server.child.kill('SIGKILL');
		await server.ended;
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

	const { create, get, until, answers, cancel, follow } = clientOf(() => [one, two]);

	// ---- Read, asked and answered elsewhere ----

	test('a task is in the database before its request is answered', async () => {
		for (let i = 0; i < 20; i++) {
			const taskId = await create('confirm_delete', { filename: `${i}` });
			assert.equal((await get(taskId)).taskId, taskId);
			await cancel(taskId);
		}
	});

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

	// How often a tool was run to its end, wherever.
	const runsOf = tool => [one, two].flatMap(server =>
		server.log.match(new RegExp(`"target":"${tool}".*"outcome":"ok"`, 'g')) ?? []).length;

	test('answers that come to both at once run the tool once', async () => {
		const runs = () => runsOf('multi_input'), before = runs();
		for (let i = 0; i < 20; i++) {
			const taskId = await create('multi_input');
			await until(taskId, 'input_required');
			const accepted = await Promise.all([
				answers(taskId, { first: accept({ answer: '1' }) }, { on: one }),
				answers(taskId, { second: accept({ answer: '2' }) }, { on: two }),
			]);
			assert.ok(accepted.every(each => each.result), JSON.stringify(accepted));
			assert.equal(words(await until(taskId, 'completed')), 'The answers are 1 and 2.');
		}
		await eventually(() => runs() === before + 20, `${runs() - before} runs, not 20`);
	});

	test('the same answer at both counts once', async () => {
		const taskId = await create('confirm_delete', { filename: 'twice' });
		await until(taskId, 'input_required');
		await Promise.all([one, two].map((on, i) =>
			answers(taskId, { confirm: accept({ confirm: i === 0 }) }, { on })));
		assert.match(words(await until(taskId, 'completed')), /^twice (is deleted|was left as it is)\.$/);
	});

	test('whatever is no text for a database is no answer and no task', async () => {
		const taskId = await create('confirm_delete', { filename: 'odd' });
		await until(taskId, 'input_required');
		const odd = await answers(taskId, { 'con\0firm': accept({}), "'; drop table mcp_task": accept({}), confirm: 7 });
		assert.ok(odd.result, JSON.stringify(odd));
		assert.equal((await get(taskId)).status, 'input_required');
		await answers(taskId, { confirm: { action: 'accept', content: { confirm: true, note: 'a\0b — ü 💡' } } });
		assert.equal((await until(taskId, 'input_required', 'completed')).taskId, taskId);
		const { first } = await follow(['no\0task', '"', taskId], tasks => tasks.length > 0);
		assert.deepEqual(first.params.notifications, { taskIds: [taskId] });
	});

	test('what a tool says is written at most once a second, and its last word stays', async () => {
		const taskId = await create('slow_compute', { seconds: 2.4 });
		const said = new Set();
		for (let task; (task = await get(taskId)).status === 'working'; await pause(20))
			said.add(task.statusMessage);
		said.delete(undefined);
		assert.ok(said.size >= 2 && said.size <= 4, [...said].join(', '));
	});

	// ---- Followed and cancelled elsewhere ----

	test('who listens at one hears what happens at the other, at once', async () => {
		const taskId = await create('slow_compute', { seconds: 0.3 });
		let heard;
		const { tasks } = await follow([taskId], seen => {
			heard = Date.now();
			return seen.at(-1)?.status === 'completed';
		});
		assert.equal(tasks[0].status, 'working');
		assert.ok(heard - Date.parse(tasks.at(-1).lastUpdatedAt) < 1000);
	});

	test('listeners at both hear each step of a task that asks', async () => {
		const taskId = await create('confirm_delete', { filename: 'steps' });
		await until(taskId, 'input_required');
		const over = tasks => tasks.at(-1)?.status === 'completed';
		const listening = [one, two].map(on => follow([taskId], tasks => tasks.length > 0 && over(tasks), { on }));
		await pause(200);
		await answers(taskId, { confirm: accept({ confirm: true }) });
		for (const { tasks } of await Promise.all(listening)) {
			assert.equal(tasks[0].status, 'input_required');
			assert.equal(words(tasks.at(-1)), 'steps is deleted.');
		}
	});

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

	test('what waits for a person survives its process, and is answered by another', async () => {
		for (const end of [kill, server => server.stop()]) {
			const owner = await startProbe();
			const taskId = await create('confirm_delete', { filename: 'later' }, { on: owner });
			await until(taskId, 'input_required');
			await end(owner);
			await answers(taskId, { confirm: accept({ confirm: true }) });
			assert.equal(words(await until(taskId, 'completed')), 'later is deleted.');
		}
	});

	test('an orderly stop fails in words what still runs at its bound', async () => {
		const ending = await startProbe({ SHUTDOWN_TIMEOUT: '2s' });
		const taskId = await create('slow_compute', { seconds: 60 }, { on: ending });
		const quick = await create('slow_compute', { seconds: 0.8 }, { on: ending });
		const began = Date.now();
		await ending.stop();
		assert.ok(Date.now() - began < 3500, `it took ${Date.now() - began} ms`);
		const { error, result } = await until(taskId, 'failed', { within: 1000 });
		assert.equal(error.code, -32603);
		assert.match(error.message, /ended before it was done/);
		assert.equal(result, undefined);
		assert.equal((await get(quick)).status, 'completed', 'what could be done in time was');
	});

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
			assert.ok(Date.now() - at < 13000, `it took ${Date.now() - at} ms`);
			assert.match(tasks.at(-1).error.message, /ended before it was done/);
			assert.equal((await get(taskId)).status, 'failed');
			await owner.ended;
		});

		test('a process that was taken for dead does not change what was said of its tasks', async () => {
			const frozen = await startProbe();
			const taskId = await create('slow_compute', { seconds: 14 }, { on: frozen });
			frozen.child.kill('SIGSTOP');
			const { error } = await until(taskId, 'failed', { within: 14000 });
			assert.match(error.message, /ended before it was done/);
			frozen.child.kill('SIGCONT');
			await frozen.says(/took this one for dead/, 5000);
			await frozen.says(/"target":"slow_compute".*"outcome":"cancelled"/, 5000);
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
		assert.equal(words(await until(taskId, 'completed', { within: 5000 })), 'left is deleted.');
	});

	test('of all that would take up a task that is due one does', async () => {
		const taskId = await create('confirm_delete', { filename: 'once' });
		await until(taskId, 'input_required');
		await pause(200);               // the log says of the run that asked
		const before = runsOf('confirm_delete');
		// While somebody has the row, both find it due and wait for it.
		await sql(`update mcp_task set until = mcp_now() + 500 where id = '${taskId}'`);
		await sql(`begin; select id from mcp_task where id = '${taskId}' for update; select pg_sleep(3.5); commit`);
		assert.equal(words(await until(taskId, 'completed', { within: 5000 })), 'once was left as it is.');
		await pause(300);
		assert.equal(runsOf('confirm_delete') - before, 1);
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
			assert.ok(Date.now() - began < 6000, `${method} took ${Date.now() - began} ms`);
		}
		await alone.stop();
	});
}
