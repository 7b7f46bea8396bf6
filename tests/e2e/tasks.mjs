// tasks.mjs - what a client does with tasks, and what must hold wherever they are kept: in the memory of
// one process, in its file, or in a database that several share.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, exchange, keyLines, keys, pause, stateless } from './support.mjs';

export const extension = 'io.modelcontextprotocol/tasks';
const capabilities = { elicitation: {}, extensions: { [extension]: {} } };
export const undeclared = { elicitation: {} };
const as = key => ({ Authorization: `Bearer ${key}` });

export const accept = content => ({ action: 'accept', content });
export const words = task => task.result.content[0].text;

export async function rpc(method, params, { on, ...options }) {
	const answer = await exchange(on, stateless(method, params, { capabilities, ...options }));
	return { status: answer.status, ...(answer.events.length
		? JSON.parse(answer.events.findLast(event => event.data).data) : answer.json) };
}

// A client of `servers()`: tasks begin at the first, and are asked about at the last.
export function clientOf(servers) {
	const first = options => ({ on: servers()[0], ...options });
	const last = options => ({ on: servers().at(-1), ...options });

	const client = {
		call: (name, args = {}, options = {}) =>
			rpc('tools/call', { name, arguments: args }, first(options)),

		async create(name, args, options) {
			const { result, error } = await client.call(name, args, options);
			assert.equal(result?.resultType, 'task', JSON.stringify(result ?? error));
			return result.taskId;
		},

		async get(taskId, options) {
			const { result, error } = await rpc('tasks/get', { taskId }, last(options));
			assert.ok(result, JSON.stringify(error));
			assert.equal(result.resultType, 'complete');
			return result;
		},

		// Until its status is one of these.
		async until(taskId, ...statuses) {
			const options = typeof statuses.at(-1) === 'object' ? statuses.pop() : {};
			const end = Date.now() + (options.within ?? 40000);
			for (;;) {
				const task = await client.get(taskId, options.on ? { ...options } : options);
				if (statuses.includes(task.status))
					return task;
				assert.ok(Date.now() < end, `it stays ${task.status}`);
				await pause(20);
			}
		},

		answers: (taskId, inputResponses, options) =>
			rpc('tasks/update', { taskId, inputResponses }, last(options)),
		cancel: (taskId, options) => rpc('tasks/cancel', { taskId }, last(options)),

		// Follows tasks until `enough(tasks)` of the notifications that came.
		async follow(taskIds, enough, options = {}) {
			const tasks = [];
			let told = 0;
			const { on, ...more } = last(options);
			const answer = await exchange(on, {
				...stateless('subscriptions/listen', { notifications: { taskIds } }, { capabilities, ...more }),
				until: events => {
					for (; told < events.length; told++) {
						const message = events[told].data && JSON.parse(events[told].data);
						if (message?.method === 'notifications/tasks')
							tasks.push(message.params);
					}
					return enough(tasks, events);
				},
			});
			return { tasks, first: JSON.parse(answer.events.find(event => event.data).data) };
		},
	};
	return client;
}

export const stopAll = servers => Promise.all(servers.map(server => server.stop()));

export async function kill(server) {
	server.child.kill('SIGKILL');
	await server.ended;
}

// How often a tool was run to its end, wherever.
export const runsOf = (tool, servers) => servers.flatMap(server =>
	server.log.match(new RegExp(`"target":"${tool}".*"outcome":"ok"`, 'g')) ?? []).length;

// `start(settings)` gives servers of their own, with tasks of their own, for one test.
export function testTasks(servers, start) {
	const { call, create, get, until, answers, cancel, follow } = clientOf(servers);
	const ends = [() => servers()[0], () => servers().at(-1)];      // one process, or two

	// ---- From its beginning to its end ----

	test('a task is working, then completed with what the tool answered', async () => {
		const taskId = await create('slow_compute', { seconds: 0.3, label: 'This' });
		assert.match(taskId, /^[\w-]{32,}$/);
		const task = await get(taskId);
		assert.equal(task.status, 'working');
		assert.ok(!('result' in task) && !('error' in task));
		const done = await until(taskId, 'completed');
		assert.match(words(done), /^This is done/);
		assert.equal(done.result.resultType, 'complete');
		assert.equal(done.createdAt, task.createdAt);
		assert.ok(Date.parse(done.lastUpdatedAt) > Date.parse(done.createdAt));
	});

	test('who is told of a task finds it', async () => {
		for (let i = 0; i < 20; i++) {
			const taskId = await create('confirm_delete', { filename: `${i}` });
			assert.equal((await get(taskId)).taskId, taskId);
			await cancel(taskId);
		}
	});

	test('ids are never the same', async () => {
		const ids = await Promise.all(Array.from({ length: 20 }, () => create('slow_compute', { seconds: 0 })));
		assert.equal(new Set(ids).size, 20);
	});

	test('what a tool tells of its progress is the task\'s message', async () => {
		const taskId = await create('slow_compute', { seconds: 1 });
		let message;
		await eventually(async () => /^\d+ of 1000 ms$/.test(message = (await get(taskId)).statusMessage),
			() => `it is ${message}`);
		await cancel(taskId);
	});

	test('what a tool says is written at most once a second, and its last word stays', async () => {
		const taskId = await create('slow_compute', { seconds: 2.4 });
		const said = new Set(), began = Date.now();
		for (let task; (task = await get(taskId)).status === 'working'; await pause(20))
			said.add(task.statusMessage);
		said.delete(undefined);
		const most = 2 + (Date.now() - began) / 1000;
		assert.ok(said.size >= 1 && said.size <= most, `${[...said].join(', ')}: more than ${most}`);
	});

	test('a tool that fails in words has completed, one that breaks has failed', async () => {
		const [fails, breaks] = [await create('failing_job'), await create('protocol_error_job')];
		assert.equal((await until(fails, 'completed')).result.isError, true);
		const { error, result } = await until(breaks, 'failed');
		assert.equal(error.code, -32603);
		assert.equal(result, undefined);
	});

	test('arguments are checked before there is a task', async () => {
		const { result } = await call('slow_compute', { seconds: 'many' });
		assert.equal(result.resultType, 'complete');
		assert.equal(result.isError, true);
	});

	test('a tool that is quick never becomes one', async () => {
		const { result } = await call('greet', { name: 'Anna' });
		assert.equal(result.resultType, 'complete');
		assert.equal(result.content[0].text, 'Hello, Anna!');
	});

	test('a client that does not declare the extension has the same answer as ever', async () => {
		const { result } = await call('slow_compute', { seconds: 0.1, label: 'This' }, { capabilities: undeclared });
		assert.equal(result.resultType, 'complete');
		assert.match(result.content[0].text, /^This is done/);
		const refused = await call('failing_job', {}, { capabilities: undeclared });
		assert.equal(refused.status, 400);
		assert.equal(refused.error.code, -32021);
		assert.deepEqual(refused.error.data, { requiredCapabilities: { extensions: { [extension]: {} } } });
	});

	// ---- Cancelling ----

	test('a cancelled task is so at once, and its tool stops', async () => {
		const taskId = await create('slow_compute', { seconds: 60 });
		assert.deepEqual(Object.keys((await cancel(taskId)).result).sort(), ['_meta', 'resultType']);
		const task = await get(taskId);
		assert.equal(task.status, 'cancelled');
		assert.ok(!('result' in task) && !('error' in task));
		await servers()[0].says(/slow_compute anonymous cancelled|"target":"slow_compute".*"cancelled"/, 30000);
		assert.ok((await cancel(taskId)).result, 'once more is fine');
		assert.equal((await get(taskId)).status, 'cancelled');
	});

	test('whoever follows a task is told that it was cancelled', async () => {
		const taskId = await create('confirm_delete', { filename: 'b' });
		let told = false;
		await until(taskId, 'input_required');
		const { tasks } = await follow([taskId], seen => {
			if (seen.length === 1 && !told) {
				told = true;
				cancel(taskId);
			}
			return seen.at(-1)?.status === 'cancelled';
		});
		assert.deepEqual(tasks.map(task => task.status), ['input_required', 'cancelled']);
	});

	test('a task that asks can be cancelled', async () => {
		const taskId = await create('confirm_delete', { filename: 'a' });
		await until(taskId, 'input_required');
		await cancel(taskId);
		const task = await get(taskId);
		assert.equal(task.status, 'cancelled');
		assert.ok(!('inputRequests' in task));
		assert.ok((await answers(taskId, { confirm: accept({ confirm: true }) })).result);
		assert.equal((await get(taskId)).status, 'cancelled');
	});

	test('one that is over stays as it is', async () => {
		const taskId = await create('slow_compute', { seconds: 0 });
		await until(taskId, 'completed');
		assert.ok((await cancel(taskId)).result);
		assert.equal((await get(taskId)).status, 'completed');
	});

	// ---- Asking ----

	test('a question waits in the task for its answer', async () => {
		const taskId = await create('confirm_delete', { filename: 'notes.txt' });
		const { inputRequests } = await until(taskId, 'input_required');
		const [[key, request]] = Object.entries(inputRequests);
		assert.equal(request.method, 'elicitation/create');
		assert.match(request.params.message, /notes\.txt/);
		assert.deepEqual(Object.keys((await answers(taskId, { [key]: accept({ confirm: true }) })).result).sort(),
			['_meta', 'resultType']);
		assert.equal(words(await until(taskId, 'completed')), 'notes.txt is deleted.');
	});

	test('several questions are answered one by one, each once', async () => {
		const taskId = await create('multi_input');
		const { inputRequests } = await until(taskId, 'input_required');
		assert.deepEqual(Object.keys(inputRequests).sort(), ['first', 'second']);
		await answers(taskId, { first: accept({ answer: 'one' }), third: accept({}) });
		const half = await get(taskId);
		assert.equal(half.status, 'input_required');
		assert.deepEqual(Object.keys(half.inputRequests), ['second']);
		await answers(taskId, { first: accept({ answer: 'other' }), second: accept({ answer: 'two' }) });
		assert.equal(words(await until(taskId, 'completed')), 'The answers are one and two.');
	});

	test('an answer that does not fit is asked for anew, under a new key', async () => {
		const taskId = await create('confirm_delete', { filename: 'b' });
		const seen = new Set();
		for (let round = 0; round < 3; round++) {
			const { inputRequests } = await until(taskId, 'input_required');
			const [key, ...more] = Object.keys(inputRequests);
			assert.deepEqual(more, []);
			assert.ok(!seen.has(key), `${key} came twice`);
			seen.add(key);
			await answers(taskId, { [key]: accept(round < 2 ? { confirm: 'maybe' } : { confirm: false }) });
		}
		assert.equal(words(await until(taskId, 'completed')), 'b was left as it is.');
	});

	test('a tool that asks first has its task after the answer', async () => {
		const asked = (await call('test_tool_with_task')).result;
		assert.equal(asked.resultType, 'input_required');
		const [key] = Object.keys(asked.inputRequests);
		const { result } = await rpc('tools/call', { name: 'test_tool_with_task', arguments: {},
			inputResponses: { [key]: accept({ name: 'Alice' }) }, requestState: asked.requestState },
		{ on: servers().at(-1) });
		assert.equal(result.resultType, 'task');
		assert.ok(!('requestState' in result) && !('inputRequests' in result));
		assert.equal(words(await until(result.taskId, 'completed')), 'Hello, Alice!');
	});

	test('answers that come at once run the tool once', async () => {
		const own = await start(), ends = [own[0], own.at(-1)];         // whose log says of no other run
		const { create, until, answers } = clientOf(() => own);
		const runs = () => runsOf('multi_input', own);
		for (let i = 0; i < 20; i++) {
			const taskId = await create('multi_input');
			await until(taskId, 'input_required');
			const accepted = await Promise.all(['first', 'second'].map((key, i) =>
				answers(taskId, { [key]: accept({ answer: key }) }, { on: ends[i] })));
			assert.ok(accepted.every(each => each.result), JSON.stringify(accepted));
			assert.equal(words(await until(taskId, 'completed')), 'The answers are first and second.');
		}
		await eventually(() => runs() >= 20, 'the log says of all');
		assert.equal(runs(), 20);
		await stopAll(own);
		assert.equal(runs(), 20);
	});

	test('an answer that comes twice at once counts once', async () => {
		const taskId = await create('confirm_delete', { filename: 'twice' });
		await until(taskId, 'input_required');
		await Promise.all(ends.map((end, i) =>
			answers(taskId, { confirm: accept({ confirm: i === 0 }) }, { on: end() })));
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

	// ---- Following ----

	test('who listens to a task hears how it is, then each change', async () => {
		const taskId = await create('confirm_delete', { filename: 'c' });
		await until(taskId, 'input_required');
		let told = false;
		const { tasks, first } = await follow([taskId, 'none'], seen => {
			if (seen.length === 1 && !told) {
				told = true;
				answers(taskId, { confirm: accept({ confirm: true }) });
			}
			return seen.at(-1)?.status === 'completed';
		});
		assert.equal(first.method, 'notifications/subscriptions/acknowledged');
		assert.deepEqual(first.params.notifications, { taskIds: [taskId] });
		assert.equal(tasks[0].status, 'input_required');
		assert.ok(tasks[0].inputRequests.confirm);
		assert.equal(words(tasks.at(-1)), 'c is deleted.');
		assert.ok(tasks.every(task => task.taskId === taskId));
	});

	test('who listens hears of its end at once', async () => {
		const taskId = await create('slow_compute', { seconds: 0.3 });
		let heard;
		const { tasks } = await follow([taskId], seen => {
			heard = Date.now();
			return seen.at(-1)?.status === 'completed';
		});
		assert.equal(tasks[0].status, 'working');
		assert.ok(heard - Date.parse(tasks.at(-1).lastUpdatedAt) < 5000);
	});

	test('all who listen hear each step of a task that asks', async () => {
		const taskId = await create('confirm_delete', { filename: 'steps' });
		await until(taskId, 'input_required');
		const heard = ends.map(() => false);
		const listening = ends.map((end, i) => follow([taskId], tasks => {
			heard[i] = tasks.length > 0;
			return tasks.at(-1)?.status === 'completed';
		}, { on: end() }));
		await eventually(() => heard.every(each => each), 'all hear how it is');
		await answers(taskId, { confirm: accept({ confirm: true }) });
		for (const { tasks } of await Promise.all(listening)) {
			assert.equal(tasks[0].status, 'input_required');
			assert.equal(words(tasks.at(-1)), 'steps is deleted.');
		}
	});

	test('a task outlives whoever made it and whoever follows it', async () => {
		const taskId = await create('slow_compute', { seconds: 0.5 });
		await follow([taskId], tasks => tasks.length > 0);
		assert.equal((await until(taskId, 'completed')).result.isError, undefined);
	});

	// ---- Whose they are, how many, how long ----

	test('another caller knows nothing of it', async () => {
		const closed = await start({ API_KEYS: keyLines });
		const { create, get, until, follow } = clientOf(() => closed);
		const staff = { headers: as(keys.staff) }, other = { headers: as(keys.other) };
		const taskId = await create('confirm_delete', { filename: 'd' }, staff);
		await until(taskId, 'input_required', staff);
		for (const [method, more] of [['get'], ['cancel'], ['update', { inputResponses: { confirm: accept({ confirm: true }) } }]]) {
			const { error, status } = await rpc(`tasks/${method}`, { taskId, ...more }, { on: closed.at(-1), ...other });
			assert.equal(status, 200);
			assert.equal(error.code, -32602);
		}
		const { first } = await follow([taskId], (tasks, events) => events.some(event => event.data), other);
		assert.deepEqual(first.params.notifications, {});
		assert.equal((await get(taskId, staff)).status, 'input_required');
		await stopAll(closed);
	});

	test('a result is kept for its time, a question stays open for its own', async () => {
		// Kept for longer than a slow machine takes to look for it.
		const brief = await start({ TASK_TTL: '2s', QUESTION_TIMEOUT: '200ms' });
		const { create, until } = clientOf(() => brief);
		const taskId = await create('confirm_delete', { filename: 'e' });
		await until(taskId, 'input_required');
		const done = await until(taskId, 'completed');
		assert.equal(words(done), 'e was left as it is.');
		assert.equal(done.ttlMs, 2000);
		const ended = Date.parse(done.lastUpdatedAt);
		for (;;) {
			const { error, result } = await rpc('tasks/get', { taskId }, { on: brief.at(-1) });
			if (error) {
				assert.equal(error.code, -32602);
				assert.ok(Date.now() - ended >= 1990, `after ${Date.now() - ended} ms`);
				break;
			}
			assert.equal(result.status, 'completed');
			assert.ok(Date.now() - ended < 40000, 'it is still there');
			await pause(20);
		}
		await stopAll(brief);
	});

	test('the oldest that is over makes room; where none is, the answer comes the ordinary way', async () => {
		const crowded = await start();
		const { call, create, get, until, cancel } = clientOf(() => crowded);
		const done = await create('slow_compute', { seconds: 0 });
		await until(done, 'completed');
		const open = await Promise.all(Array.from({ length: 99 }, (_, i) =>
			create('confirm_delete', { filename: `${i}` })));
		await get(done);
		open.push(await create('confirm_delete', { filename: 'one more' }));
		assert.equal((await rpc('tasks/get', { taskId: done }, { on: crowded.at(-1) })).error.code, -32602);
		const plain = await call('slow_compute', { seconds: 0 });
		assert.equal(plain.result.resultType, 'complete');
		assert.equal((await call('confirm_delete', { filename: 'none' })).status, 429);
		await cancel(open[0]);
		const end = Date.now() + 30000;
		while ((await call('slow_compute', { seconds: 0 })).result.resultType !== 'task')
			assert.ok(Date.now() < end, 'there is no room again');
		await stopAll(crowded);
	});
}

// And where they outlive their process: `join(settings)` starts another one, and `successor(server)` gives
// who answers for its tasks when it has ended.
export function testLasting(servers, join, successor) {
	const { create, get, until, answers } = clientOf(servers);

	// What `begin(on)` gives is what `check(it, on)` is told when the process that ran it has ended.
	async function ended(settings, end, begin, check) {
		const owner = await join(settings);
		const about = await begin({ on: owner });
		await end(owner);
		const next = await successor(owner);
		await check(about, { on: next });
		if (!servers().includes(next))
			await next.stop();
	}

	for (const [name, end] of [['killed', kill], ['stopped', server => server.stop()]])
		test(`what waits for a person goes on when its process was ${name}`, () => ended({}, end, async on => {
			const one = await create('confirm_delete', { filename: 'later' }, on);
			const two = await create('multi_input', {}, on);
			for (const taskId of [one, two])
				await until(taskId, 'input_required', on);
			await answers(two, { first: accept({ answer: '1' }) }, on);
			return [one, two];
		}, async ([one, two], on) => {
			assert.deepEqual(Object.keys((await get(two, on)).inputRequests), ['second']);
			await answers(one, { confirm: accept({ confirm: true }) }, on);
			await answers(two, { second: accept({ answer: '2' }) }, on);
			assert.equal(words(await until(one, 'completed', on)), 'later is deleted.');
			assert.equal(words(await until(two, 'completed', on)), 'The answers are 1 and 2.');
		}));

	// With time for it, and with less than it needs: neither depends on how quick the machine is.
	test('an orderly stop waits for what runs', () => ended({ SHUTDOWN_TIMEOUT: '50s' },
		server => server.stop(), on => create('slow_compute', { seconds: 0.8 }, on),
		async (quick, on) => assert.equal((await get(quick, on)).status, 'completed')));

	test('and fails in words what still runs at its bound', () => ended({ SHUTDOWN_TIMEOUT: '1s' },
		server => server.stop(), on => create('slow_compute', { seconds: 60 }, on),
		async (slow, on) => {
			const { error, result } = await until(slow, 'failed', on);
			assert.equal(error.code, -32603);
			assert.match(error.message, /ended before it was done/);
			assert.equal(result, undefined);
		}));
}
