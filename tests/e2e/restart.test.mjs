// restart.test.mjs - one process on SQLite is stopped and started again: sessions, what they follow, open
// questions and finished tasks are all there.
//
// Then it is killed with -9 every two seconds while 200 streams are open: every client of the session
// revisions ends with each event once and in order and with an answer or an error for its call.
// RESTART_SECONDS sets how long that goes on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareEvents, insist, Session, send, unseenStreams } from '../many/session.mjs';
import { Mortal } from './mortal.mjs';
import { ask, eventually, onPostgres, pause, select, stateless } from './support.mjs';
import { accept, clientOf, words } from './tasks.mjs';

const SECONDS = Number(process.env.RESTART_SECONDS ?? 10), EVERY_MS = 2000;
const COUNTING = 80, LISTENING = 80, ASKED = 40, TASKS = 10;
const revisions = ['2025-03-26', '2025-06-18', '2025-11-25'];
const many = (count, make) => Promise.all(Array.from({ length: count }, (_, i) => make(i)));

class World {
	constructor(settings) {
		this.probe = new Mortal('probe', { WORKERS: '40', RETRY: '100ms', CALL_DEADLINE: '50s', ...settings });
		this.outcomes = { answered: 0, errors: 0, early: 0 };
		this.sessions = [];
		this.streams = [];
		this.controller = new AbortController();
	}

	// Nobody goes on trying.
	async end() {
		this.over = true;
		this.controller.abort();
		await Promise.allSettled(this.streams.map(stream => stream.stop()));
	}

	async session(revision) {
		const session = new Session(() => this.probe.server.port, revision);
		session.capabilities = { elicitation: {} };
		this.sessions.push(await session.begin());
		return session;
	}

	// Calls that report progress, one after the other: each is answered, or known to have been cut.
	async count(i) {
		const session = await this.session(revisions[i % 3]);
		while (!this.over) {
			const to = 3 + (i * 7) % 38, told = [];
			const { message, lost } = await session.request('tools/call', { name: 'count',
				arguments: { to, pause_ms: 30 + i }, _meta: { progressToken: 'n' } },
			{ signal: this.controller.signal,
				onmessage: each => each.method === 'notifications/progress' && told.push(each.params.progress) });
			told.forEach((n, k) => assert.ok(k === 0 || n > told[k - 1], `progress ${n} after ${told[k - 1]}`));
			this.#note(message, lost);
			if (lost)
				await pause(50);
			if (message?.result) {
				assert.equal(message.result.content[0].text, `Counted to ${to}.`);
				assert.equal(told.length, to);
			}
		}
	}

	#note(message, lost) {
		if (message?.error)
			assert.match(message.error.message, /ended before it could answer|stops|busy/);
		this.outcomes[message?.result ? 'answered' : message?.error ? 'errors' : 'early']++;
		assert.ok(message || lost, 'a call ended without a word');
	}

	async listen(i) {
		const session = await this.session(revisions[i % 3]), heard = new Map(), uri = `probe://${i}`;
		await session.ask('resources/subscribe', { uri });
		const stream = session.listen(({ method, params }) => {
			assert.equal(method, 'notifications/resources/updated');
			heard.set(params.uri, (heard.get(params.uri) ?? 0) + 1);
		});
		this.streams.push(stream);
		return { session, stream, heard, uri };
	}

	// A call whose question stays open until answer(); the oldest revision has none.
	async asked(i) {
		const session = await this.session(revisions[1 + i % 2]);
		const asked = { session, questions: [] };
		for (let done = false; !done;) {
			asked.over = session.request('tools/call', { name: 'consent', arguments: { rounds: 2 } },
				{ signal: this.controller.signal,
					onmessage: each => each.method === 'elicitation/create' && asked.questions.push(each) });
			// It may be cut before its client has seen anything of it: then it is called again.
			done = await Promise.race([asked.over.then(({ message, lost }) => {
				assert.ok(lost, JSON.stringify(message));
				return false;
			}), eventually(() => asked.questions.length > 0, 'a question').then(() => true)]);
		}
		return asked;
	}

	answer({ session }, question) {
		const body = JSON.stringify({ jsonrpc: '2.0', id: question.id, result: accept({ sure: true }) });
		return insist('an answer', async () => {
			const { status } = await send(this.probe.server.port, { headers: session.headers, body, timeout: 10000 });
			return status === 202 || undefined;
		});
	}
}

// What is there when it has ended, and what is said of it.
async function checkQuestions(world, asked) {
	await Promise.all(asked.map(async each => {
		assert.equal(each.questions.length, 1, `a question was put twice: ${JSON.stringify(each.questions)}`);
		await world.answer(each, each.questions[0]);
		await eventually(() => each.questions.length === 2, 'the second question');
		await world.answer(each, each.questions[1]);
		const { message } = await each.over;
		assert.equal(message.result?.content[0].text, 'Sure 2 times.', JSON.stringify(message));
	}));
}

const touch = (world, uri) => ask(world.probe.server, 'touch', { name: uri.slice('probe://'.length) }).catch(() => {});

// Whoever comes back is told all that it follows, in the order of its stream: what came before a change of
// something else that was told to it live, it has got. That was live which followed another.
async function catchUp(world, { session, heard, uri }) {
	const other = `${uri}-other`;
	await session.ask('resources/subscribe', { uri: other });
	for (let i = 0; i < 2; i++) {
		const before = heard.get(other) ?? 0;
		await touch(world, other);
		await eventually(() => (heard.get(other) ?? 0) > before, `${other} is told`, 20000);
	}
}

async function checkSubscriptions(world, listening) {
	await Promise.all(listening.map(each => catchUp(world, each)));
	for (const { heard, uri } of listening) {
		heard.clear();
		await touch(world, uri);
	}
	await eventually(() => listening.every(({ heard, uri }) => heard.has(uri)), 'all hear what they follow', 20000);
	await Promise.all(listening.map(each => catchUp(world, each)));
	for (const { heard, uri, stream } of listening) {
		assert.equal(stream.trouble, undefined);
		assert.equal(heard.get(uri), 1);
	}
}

async function checkTasks(client, finished, waiting) {
	for (const { id, said } of finished)
		assert.equal(words(await client.get(id)), said);
	for (const id of waiting) {
		const { inputRequests } = await client.get(id);
		await client.answers(id, { [Object.keys(inputRequests)[0]]: accept({ confirm: true }) });
		assert.match(words(await client.until(id, 'completed')), /[Dd]eleted/);
	}
}

// A call that tells its progress, once it is known to run; `over` is its end.
async function counting(world, session, to, pause_ms) {
	let told = 0;
	const over = session.request('tools/call', { name: 'count', arguments: { to, pause_ms },
		_meta: { progressToken: 'n' } }, { signal: world.controller.signal, onmessage: () => { told++; } });
	await eventually(() => told > 0, `counting to ${to} has begun`);
	return { over };
}

// Twice: with time for what runs, and with less than it needs. Neither depends on how quick the machine is.
test('after an orderly stop clients go on where they were', { skip: onPostgres && 'shared.test.mjs does that' }, async () => {
	const world = new World({ SHUTDOWN_TIMEOUT: '50s' });
	await world.probe.live();
	try {
		const [listening, asked, session] = await Promise.all([world.listen(2), world.asked(1),
			world.session('2025-11-25')]);
		await eventually(() => listening.stream.opened > 0, 'it listens');
		const short = await counting(world, session, 10, 100);
		// What ends at its bound joins no threads, of which TSan would tell.
		await world.probe.restart({ SHUTDOWN_TIMEOUT: '1s', TSAN_OPTIONS: 'report_thread_leaks=0' });
		const answered = (await short.over).message;
		assert.equal(answered?.result?.content[0].text, 'Counted to 10.', JSON.stringify(answered));

		const long = await counting(world, session, 1000, 50);
		await world.probe.restart();
		const cut = (await long.over).message;
		assert.match(cut?.error?.message ?? '', /ended before it could answer/, JSON.stringify(cut));
		await checkQuestions(world, [asked]);
		await checkSubscriptions(world, [listening]);
	} finally {
		await world.end();
	}
	await world.probe.server.stop();
});

// A client that has two streams gets each message on one of them.
test('of two streams that listen in a session one is told what they missed', async () => {
	const world = new World();
	await world.probe.live();
	try {
		for (let round = 0; round < 5; round++) {
			const session = await world.session('2025-11-25'), told = [];
			await session.ask('resources/subscribe', { uri: 'probe://both' });
			const streams = [0, 1].map(i => session.listen(({ params }) => told.push([i, params.uri])));
			world.streams.push(...streams);
			await eventually(() => streams.every(each => each.stream), 'both listen, and can come back');
			await world.probe.die();
			await eventually(() => streams.every(each => each.cuts > 0) && told.length > 0, 'one is told', 20000);
			await pause(500);
			assert.equal(told.length, 1, JSON.stringify(told));
			await ask(world.probe.server, 'touch', { name: 'both' });
			await eventually(() => told.length === 2, 'one is told of what changes then');
			await pause(100);
			assert.equal(told.length, 2, JSON.stringify(told));
			await Promise.all(streams.map(each => each.stop()));
		}
	} finally {
		await world.end();
	}
	await world.probe.server.stop();
});

async function kill(world, t) {
	const { probe } = world, client = clientOf(() => [probe.server]);
	const finished = await many(TASKS, async i => {
		const id = await client.create('slow_compute', { seconds: 0, label: `task ${i}` });
		return { id, said: words(await client.until(id, 'completed')) };
	});
	const waiting = await many(TASKS, async i => {
		const id = await client.create('confirm_delete', { filename: `${i}.txt` });
		await client.until(id, 'input_required');
		return id;
	});
	const listening = await many(LISTENING, i => world.listen(i));
	const asked = await many(ASKED, i => world.asked(i));
	const counting = many(COUNTING, i => world.count(i));
	let failure;
	counting.catch(error => { failure ??= error; });

	for (let at = Date.now() + EVERY_MS, until = Date.now() + SECONDS * 1000; at <= until && !failure; at += EVERY_MS) {
		await pause(Math.max(500, at - Date.now()));
		await probe.die();
	}
	world.over = true;
	await counting;
	t.diagnostic(`${probe.kills} kills; calls: ${JSON.stringify(world.outcomes)}`);
	assert.ok(world.outcomes.answered > 0 && world.outcomes.errors > 0, JSON.stringify(world.outcomes));

	await checkQuestions(world, asked);
	await checkSubscriptions(world, listening);
	await checkTasks(client, finished, waiting);
	await Promise.all(world.sessions.map(session => session.ask('ping', {})));
}

test(`200 streams while their process is killed every two seconds, for ${SECONDS} s`,
	{ skip: onPostgres && 'kills.test.mjs does that', timeout: SECONDS * 1000 + 120000 }, async t => {
		const world = new World();
		await world.probe.live();
		try {
			await kill(world, t);
			await world.end();
			await world.probe.server.stop();
		} catch (error) {
			world.probe.server.child.kill('SIGKILL');
			await world.end();
			throw error;
		}
		await checkEvents(t, world);
	});

// What clients got against what was kept for them.
async function checkEvents(t, { probe, sessions, outcomes }) {
	const rows = await select('probe', probe.folder,
		'select session, cast(stream as text) as stream, number, data from mcp_event order by 1, 2, 3',
		'.state');
	const of = new Map(sessions.map(session => [session.id, []]));
	for (const row of rows)
		of.get(row.session)?.push(row);
	const wrong = sessions.flatMap(session => compareEvents(session, of.get(session.id)));
	const unseen = sessions.reduce((sum, session) => sum + unseenStreams(session, of.get(session.id)), 0);
	const resumes = sessions.reduce((sum, session) => sum + session.resumes, 0);
	t.diagnostic(`${rows.length} events, streams were resumed ${resumes} times, ${unseen} streams were cut before their first event`);
	assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} things are wrong`);
	assert.ok(unseen <= outcomes.early, `${unseen} streams have events that nobody saw`);
	assert.ok(resumes > 0);
}
