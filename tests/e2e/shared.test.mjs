// shared.test.mjs - two processes of one service on one PostgreSQL: sessions, streams, questions and
// changes of the one are the other's too.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { postgres, query, rows, withoutPostgres as skip } from './postgres.mjs';
import { head, open } from './raw.mjs';
import {
	assertSilent, beginSession, eventually, exchange, opened, pause, start, stateless,
} from './support.mjs';

let url, one, two;
const settings = { STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough', RETRY: '200ms' };
const startProbe = (more = {}) =>
	start('probe', { DATABASE_URL: url, ...settings, ...more });

before(async () => {
	if (skip)
		return;
	const database = `shared-${process.pid}`;
	await (await postgres()).create(database);
	url = (await postgres()).of(database);
	[one, two] = await Promise.all([startProbe(), startProbe()]);
});
after(async () => {
	if (skip)
		return;
	await Promise.all([one.stop(), two.stop()]);
	await (await postgres()).stop();
});

let number = 0;
const call = (session, name, args, more = {}) => ({ headers: session, body: JSON.stringify({
	jsonrpc: '2.0', id: `call-${++number}`, method: 'tools/call',
	params: { name, arguments: args, _meta: { progressToken: 'p' } },
}), ...more });
const request = (session, method, params) => ({ headers: session, body: JSON.stringify({
	jsonrpc: '2.0', id: `request-${++number}`, method, params }) });
const listen = (session, more = {}) => ({ method: 'GET',
	headers: { ...session, Accept: 'text/event-stream', ...more.headers }, until: more.until });
const resume = (session, id, until) => listen(session, { headers: { 'Last-Event-ID': id }, until });
const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));
const numbers = events => messages(events).filter(each => each.method === 'notifications/progress')
	.map(each => each.params.progress);
const lastId = events => events.findLast(event => event.id).id;
const upTo = count => Array.from({ length: count }, (_, i) => i + 1);

// What PostgreSQL tells, it tells everyone in one order: whoever has heard this knows all that was said before.
async function settled() {
	await pause(100);               // it is said a moment after a client has its answer
	const heard = await Promise.all([one, two].map(async server => {
		const session = await beginSession(server);
		return opened(server, listen(session, {
			until: events => messages(events).some(each => each.method === 'notifications/prompts/list_changed') }));
	}));
	await query(url, `notify mcp_changed, 'list:prompts'`);
	await Promise.all(heard.map(each => each.answer));
}

// Those that were killed are: with that all are told that anything may have changed, once.
const buried = () => eventually(async () => await query(url, 'select count(*) from mcp_process') === '2', 'two processes are left');

// Holds what a query locks, until it is let go.
async function holding(sql) {
	const child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', url], { stdio: ['pipe', 'pipe', 'inherit'] });
	child.stdin.write(`begin; ${sql};\n`);
	await once(child.stdout, 'data');
	return async () => {
		child.stdin.end('commit;\n');
		await once(child, 'close');
	};
}

const anyWaits = async () => await query(url, `select count(*) from pg_stat_activity
	where datname = current_database() and wait_event_type = 'Lock'`) !== '0';

// ---- Sessions ----

for (const revision of ['2025-03-26', '2025-06-18', '2025-11-25'])
	test(`${revision}: a session begun at one is served by the other, and ended at both`, { skip }, async () => {
		const session = await beginSession(one, revision);
		for (const server of [one, two]) {
			const answer = await exchange(server, call(session, 'touch', { name: 'x' }));
			assert.equal(answer.status, 200, answer.text);
		}
		const ended = await exchange(two, { method: 'DELETE', headers: session });
		assert.equal(ended.status, 204);
		let status;
		await eventually(async () => (status = (await exchange(one, request(session, 'ping'))).status) === 404,
			() => `it is ${status}`);
		assert.equal((await exchange(two, request(session, 'ping'))).status, 404);
	});

test('a process that begins later knows the session too', { skip }, async () => {
	const session = await beginSession(one);
	const late = await startProbe();
	assert.equal((await exchange(late, request(session, 'ping'))).status, 200);
	await late.stop();
	assert.equal((await exchange(two, request(session, 'ping'))).status, 200);
});

test('an unknown session is 404 everywhere', { skip }, async () => {
	const session = { ...await beginSession(one), 'Mcp-Session-Id': 'nobody-ever-began-this-one' };
	for (const server of [one, two])
		assert.equal((await exchange(server, request(session, 'ping'))).status, 404);
});

test('a log level set at one counts at the other', { skip }, async () => {
	const session = await beginSession(one);
	await exchange(two, call(session, 'touch', { name: 'warm' }));
	await exchange(one, request(session, 'logging/setLevel', { level: 'info' }));
	await settled();
	const { events } = await exchange(two, call(session, 'count', { to: 2, pause_ms: 0 }));
	assert.equal(messages(events).filter(each => each.method === 'notifications/message').length, 2);
});

// Whatever a session follows is kept once, however often its copy is read again.
test('what a session follows counts once', { skip }, async () => {
	const small = await startProbe({ BODIES_MAX: '256KiB', BODY_MAX: '32KiB' });
	const session = await beginSession(small);
	const ask = async (method, params) => assert.equal(
		(await exchange(small, request(session, method, params))).status, 200, method);
	for (let i = 0; i < 100; i++)
		await ask('resources/subscribe', { uri: `probe://${String(i).padStart(99, 'u')}` });
	for (let i = 0; i < 40; i++) {
		await ask('logging/setLevel', { level: 'error' });
		await ask('ping');
	}
	await ask('ping', { more: 'x'.repeat(20000) });
	await small.stop();
});

// ---- Streams ----

test('a stream broken at one goes on at the other: nothing lost, nothing doubled', { skip }, async () => {
	const session = await beginSession(one);
	const first = await exchange(one, call(session, 'count', { to: 20, pause_ms: 30 },
		{ until: events => numbers(events).length === 5 }));
	const rest = await exchange(two, resume(session, lastId(first.events)));
	assert.equal(rest.status, 200, rest.text);
	const events = [...first.events, ...rest.events];
	assert.deepEqual(numbers(events), upTo(20));
	assert.match(messages(events).at(-1).result.content[0].text, /20/);
	const ids = events.filter(event => event.id).map(event => event.id);
	assert.equal(new Set(ids).size, ids.length);
});

test('and back and forth while it runs', { skip }, async () => {
	const session = await beginSession(one);
	let { events } = await exchange(one, call(session, 'count', { to: 30, pause_ms: 30 },
		{ until: events => numbers(events).length >= 3 }));
	for (let i = 0; i < 4; i++) {
		const more = await exchange(i % 2 ? one : two, resume(session, lastId(events),
			later => numbers(later).length >= 4));
		events = [...events, ...more.events];
	}
	events = [...events, ...(await exchange(two, resume(session, lastId(events)))).events];
	assert.deepEqual(numbers(events), upTo(30));
	assert.ok(messages(events).at(-1).result);
});

test('a stream that is over has its end before another takes its place', { skip }, async () => {
	const narrow = await startProbe({ SESSION_STREAMS: '4', WORKERS: '8' });
	const session = await beginSession(narrow);
	for (let i = 0; i < 10; i++) {
		const answers = Array.from({ length: 32 }, (_, k) => exchange(narrow, call(session, 'count', { to: 1 + k % 4, pause_ms: k % 3 })));
		const ended = Promise.all(answers.map(async answer =>
			assert.ok(messages((await answer).events).at(-1).result)));
		assert.notEqual(await Promise.race([ended, pause(60000).then(() => 'late')]), 'late', 'a stream hangs');
	}
	await narrow.stop();
});

test('a stream that ended is read from either', { skip }, async () => {
	const session = await beginSession(one);
	const first = await exchange(one, call(session, 'count', { to: 5, pause_ms: 20 },
		{ until: events => numbers(events).length === 1 }));
	await pause(300);
	for (const server of [two, one, two]) {
		const rest = await exchange(server, resume(session, lastId(first.events)));
		assert.deepEqual(numbers(rest.events), [2, 3, 4, 5].slice(numbers(first.events).length - 1));
		assert.ok(messages(rest.events).at(-1).result);
	}
	const unknown = await exchange(two, resume(session, '12345-1'));
	assert.equal(unknown.status, 400);
});

test('the client that comes back takes the stream from a connection that hangs', { skip }, async () => {
	const session = await beginSession(one);
	let begun;
	const hanging = exchange(one, call(session, 'count', { to: 15, pause_ms: 40 },
		{ until: events => { begun = events; return false; } }));
	await eventually(() => begun?.length > 3, 'nothing was streamed');
	const id = lastId(begun);
	const rest = await exchange(two, resume(session, id));
	const old = await hanging;
	assert.deepEqual(numbers(rest.events).at(-1), 15);
	assert.ok(messages(rest.events).at(-1).result);
	assert.ok(!messages(old.events).some(each => each.result), 'the old connection got the answer too');
});

test('what is written while a process hears nothing is read when it hears again', { skip }, async () => {
	const backends = async () => (await rows(url, `select pid from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()`)).map(each => each.pid);
	const before = await backends();
	const deaf = await startProbe();
	const session = await beginSession(one);
	const first = await exchange(one, call(session, 'count', { to: 3, pause_ms: 1000 },
		{ until: events => numbers(events).length === 1 }));
	let seen = [];
	const rest = exchange(deaf, resume(session, lastId(first.events), events => { seen = events; return false; }));
	await eventually(() => seen.length > 0, 'nothing was streamed');
	// No word is on its way to it until its connections are gone.
	deaf.child.kill('SIGSTOP');
	const its = (await backends()).filter(pid => !before.includes(pid));
	await query(url, `select pg_terminate_backend(pid) from pg_stat_activity where pid in (${its})`);
	const number = lastId(first.events).split('-')[0];
	await eventually(async () => await query(url, `select count(*) from mcp_stream where number = ${number} and ended <> 0`) === '1',
		'the call did not end');
	deaf.child.kill('SIGCONT');
	const { events } = await rest;
	assert.deepEqual([...numbers(first.events), ...numbers(events)], upTo(3));
	assert.ok(messages(events).at(-1).result);
	await deaf.stop();
});

test('a call is cancelled at the other', { skip }, async () => {
	const session = await beginSession(one);
	let begun;
	const running = exchange(one, call(session, 'count', { to: 1000, pause_ms: 20 },
		{ until: events => { begun = events; return false; } }));
	const id = `call-${number}`;
	await eventually(() => begun?.length > 2, 'nothing was streamed');
	const sent = await exchange(two, { headers: session, body: JSON.stringify({ jsonrpc: '2.0',
		method: 'notifications/cancelled', params: { requestId: id } }) });
	assert.equal(sent.status, 202);
	const { events } = await running;
	assert.ok(numbers(events).length < 900);
	assert.ok(!messages(events).some(each => each.result));
});

test('ids of any length, of calls and of sessions, are no trouble to the database', { skip }, async () => {
	const session = await beginSession(one), other = await beginSession(one);
	const before = one.log.length;
	const stream = exchange(one, call(other, 'count', { to: 20, pause_ms: 20 }));
	for (const size of [1, 5000, ...Array(20).fill(9000), 100000]) {
		const { status } = await exchange(one, { headers: session, body: JSON.stringify({ jsonrpc: '2.0',
			method: 'notifications/cancelled', params: { requestId: 'x'.repeat(size) } }) });
		assert.equal(status, 202);
	}
	for (const id of ['\u00ff\u00fe', 'x', 'x'.repeat(4000), `${session['Mcp-Session-Id']}x`])
		assert.equal((await exchange(one, request({ ...session, 'Mcp-Session-Id': id }, 'ping'))).status, 404);
	assert.deepEqual(numbers((await stream).events), upTo(20));
	// What was sent last is done last: so all of it was.
	await exchange(one, { method: 'DELETE', headers: session });
	assert.doesNotMatch(one.log.slice(before), /store: /);
});

test('a client told to go with its process goes on elsewhere', { skip }, async () => {
	const third = await startProbe();
	const session = await beginSession(one);
	const first = await exchange(third, call(session, 'count', { to: 10, pause_ms: 100 },
		{ until: events => numbers(events).length === 2 }));
	const stopped = third.stop();       // it finishes the call, whoever hears of it
	const rest = await exchange(one, resume(session, lastId(first.events)));
	await stopped;
	assert.deepEqual(numbers([...first.events, ...rest.events]), upTo(10));
	assert.ok(messages(rest.events).at(-1).result);
});

test('a call whose process is killed is answered with an error', { skip }, async () => {
	const third = await startProbe();
	const session = await beginSession(third);
	const first = await exchange(third, call(session, 'count', { to: 1000, pause_ms: 50 },
		{ until: events => numbers(events).length === 3 }));
	third.child.kill('SIGKILL');
	await third.ended;
	const rest = await exchange(two, resume(session, lastId(first.events)));
	const message = messages(rest.events).at(-1);
	assert.match(message.error.message, /ended before it could answer/);
	assert.equal(message.id, `call-${number}`);
	const all = numbers([...first.events, ...rest.events]);
	assert.deepEqual(all, upTo(all.length));
});

// ---- Questions ----

async function asked(server, session, args) {
	let seen;
	const done = exchange(server, call(session, 'consent', args,
		{ until: events => { seen = events; return false; } }));
	const questions = () => messages(seen ?? []).filter(each => each.method === 'elicitation/create');
	return { done, questions };
}

const answer = (session, question, sure = true) => ({ headers: session, body: JSON.stringify({
	jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: { sure } } }) });

for (const revision of ['2025-06-18', '2025-11-25'])
	test(`${revision}: questions are answered at either, the result is on the stream`, { skip }, async () => {
		const session = await beginSession(one, revision, { elicitation: {} });
		const { done, questions } = await asked(one, session, { rounds: 3 });
		for (let round = 0; round < 3; round++) {
			await eventually(() => questions().length === round + 1, `question ${round + 1}`);
			const server = round % 2 ? one : two;
			const taken = await exchange(server, answer(session, questions()[round]));
			assert.equal(taken.status, 202, taken.text);
			// A second time it is nobody's any more.
			assert.equal((await exchange(one, answer(session, questions()[round], false))).status, 202);
		}
		const { events } = await done;
		assert.match(messages(events).at(-1).result.content[0].text, /Sure 3 times/);
	});

test('a question outlives the process that put it', { skip }, async () => {
	const third = await startProbe();
	const session = await beginSession(one, '2025-11-25', { elicitation: {} });
	const { done, questions } = await asked(third, session, { rounds: 2 });
	await eventually(() => questions().length === 1, 'a question');
	const [question] = questions();
	third.child.kill('SIGKILL');
	await done.catch(() => {});
	assert.equal((await exchange(two, answer(session, question))).status, 202);
	// The next one is on the stream, for a client that comes back.
	let seen = [];
	const id = await query(url, `select stream || '-' || number from mcp_event
		where data like '%${question.id}%'`);
	const back = exchange(one, resume(session, id, events => { seen = events; return false; }));
	await eventually(() => messages(seen).some(each => each.method === 'elicitation/create'), 'the second');
	const second = messages(seen).find(each => each.method === 'elicitation/create');
	assert.equal((await exchange(one, answer(session, second))).status, 202);
	assert.match(messages((await back).events).at(-1).result.content[0].text, /Sure 2 times/);
});

test('nobody answers: the tool goes on without', { skip }, async () => {
	const third = await startProbe({ QUESTION_TIMEOUT: '1s' });
	const session = await beginSession(third, '2025-11-25', { elicitation: {} });
	const { done } = await asked(third, session, {});
	assert.match(messages((await done).events).at(-1).result.content[0].text, /Nobody said yes/);
	await third.stop();
});

test('a call that waits for a person can be cancelled anywhere', { skip }, async () => {
	const session = await beginSession(one, '2025-11-25', { elicitation: {} });
	const { done, questions } = await asked(one, session, {});
	const id = `call-${number}`;
	await eventually(() => questions().length === 1, 'a question');
	await exchange(two, { headers: session, body: JSON.stringify({ jsonrpc: '2.0',
		method: 'notifications/cancelled', params: { requestId: id } }) });
	const { events } = await done;
	assert.ok(!messages(events).some(each => each.result));
});

// ---- Changes ----

const updates = events => messages(events)
	.filter(each => each.method === 'notifications/resources/updated').map(each => each.params.uri);

test('a change is heard at both, in both eras', { skip }, async () => {
	const heard = [];
	for (const server of [one, two]) {
		const session = await beginSession(server);
		await exchange(two, request(session, 'resources/subscribe', { uri: 'probe://tea' }));
		heard.push((await opened(server, listen(session, { until: events => updates(events).length > 0 }))).answer);
		heard.push((await opened(server, { ...stateless('subscriptions/listen',
			{ notifications: { resourceSubscriptions: ['probe://tea'] } }),
			until: events => updates(events).length > 0 })).answer);
	}
	await exchange(one, call(await beginSession(one), 'touch', { name: 'tea' }));
	for (const { events } of await Promise.all(heard))
		assert.ok(updates(events).includes('probe://tea'));
});

test('who is acknowledged is known wherever it comes back, and who can not be is refused', { skip }, async () => {
	const listening = uri => exchange(one, { ...stateless('subscriptions/listen',
		{ notifications: { resourceSubscriptions: [uri] } }), until: events => messages(events).length > 0 });
	const waiting = () => query(url, `select count(*) from pg_locks where not granted and
		relation = 'mcp_listener'::regclass`);
	const known = () => query(url, 'select count(*) from mcp_listener').then(Number);
	const before = await known();

	let release = await holding('lock table mcp_listener; select 1');
	const late = listening('probe://late');
	await eventually(async () => await waiting() > 0, 'it is being noted');
	assert.equal(await Promise.race([late.then(() => 'answered'), waiting().then(() => 'waits')]), 'waits');
	await release();
	const { events } = await late;
	assert.equal(messages(events)[0].method, 'notifications/subscriptions/acknowledged');
	assert.equal(await known(), before + 1);

	release = await holding('lock table mcp_listener; select 1');
	assert.equal((await listening('probe://never')).status, 503);
	await release();
	assert.equal(await known(), before + 1);
});

test('what psql says is heard', { skip }, async () => {
	const session = await beginSession(one);
	await exchange(one, request(session, 'resources/subscribe', { uri: 'probe://psql' }));
	const { answer: heard } = await opened(two, listen(session, { until: events => updates(events).length > 0 }));
	await query(url, `notify mcp_changed, 'probe://psql'`);
	assert.deepEqual(updates((await heard).events), ['probe://psql']);
});

test('of two listening streams of a session one hears', { skip }, async () => {
	await buried();
	const session = await beginSession(one);
	await exchange(one, request(session, 'resources/subscribe', { uri: 'probe://once' }));
	const seen = [];
	const streams = [];
	for (const [i, server] of [one, two].entries())
		streams.push((await opened(server, listen(session,
			{ until: events => { seen[i] = updates(events).length; return false; } }))).answer);
	await settled();                // both know that the later one carries them
	await exchange(one, call(session, 'touch', { name: 'once' }));
	await pause(300);
	assert.equal((seen[0] ?? 0) + (seen[1] ?? 0), 1);
	await exchange(two, { method: 'DELETE', headers: session });
	await Promise.all(streams);
});

test('a listening client that comes back elsewhere has missed nothing it follows', { skip }, async () => {
	const third = await startProbe();
	const session = await beginSession(third);
	await exchange(third, request(session, 'resources/subscribe', { uri: 'probe://late' }));
	const first = await exchange(third, listen(session, { until: events => events.some(event => event.id) }));
	third.child.kill('SIGKILL');
	await third.ended;
	await exchange(one, call(session, 'touch', { name: 'late' }));
	const back = await exchange(two, resume(session, lastId(first.events),
		events => updates(events).length > 0));
	assert.deepEqual(updates(back.events), ['probe://late']);
});

// A client that keeps what came of one stream, and comes back for the rest of it.
class Stream {
	seen = '';

	get text() { return this.seen + (this.connection?.text ?? ''); }

	async come(session, server) {
		const last = [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
		this.connection?.leave();
		this.seen = this.text;
		this.connection = await open(server);
		this.connection.send(head(server, { ...session, Accept: 'text/event-stream',
			...(last ? { 'Last-Event-ID': last } : {}) }, 'GET'));
	}
}

// For the database it is connected by then; its streams are known to one process, and to the other not yet.
test('a client that leaves before it is answered takes no messages with it', { skip }, async () => {
	const session = await beginSession(one);
	await exchange(one, request(session, 'resources/subscribe', { uri: 'probe://both' }));
	const { events } = await exchange(one, listen(session, { until: each => each.some(event => event.id) }));
	let heard = [];
	const { answer: other } = await opened(one,
		listen(session, { until: each => { heard = updates(each); return false; } }));
	for (const [i, server] of [one, two].entries()) {
		const number = lastId(events).split('-')[0];
		const letGo = await holding(`select 1 from mcp_stream where number = ${number} for update`);
		const connection = await open(server);
		connection.send(head(server, { ...session, Accept: 'text/event-stream', 'Last-Event-ID': lastId(events) }, 'GET'));
		await eventually(anyWaits, 'it has to wait');
		connection.leave();
		await letGo();
		await settled();                // both know which one carries the messages
		await exchange(one, call(session, 'touch', { name: 'both' }));
		await eventually(() => heard.length > i, 'the other hears it');
	}
	await exchange(one, { method: 'DELETE', headers: session });
	await other;
	assert.deepEqual(heard, ['probe://both', 'probe://both']);
});

test('nor does one that leaves a stream before that is in the database', { skip }, async () => {
	const session = await beginSession(one);
	await exchange(one, request(session, 'resources/subscribe', { uri: 'probe://early' }));
	const { answer: heard } = await opened(two, listen(session, { until: each => updates(each).length > 0 }));
	for (let i = 0; i < 40; i++) {
		const server = i % 2 ? one : two, connection = await open(server);
		connection.send(head(server, { ...session, Accept: 'text/event-stream' }, 'GET')).leave();
	}
	await eventually(async () => await query(url, `select count(*) from mcp_stream
		where session = '${session['Mcp-Session-Id']}' and attached <> 0`) === '1', 'they are nobody\'s');
	await settled();
	await exchange(one, call(session, 'touch', { name: 'early' }));
	assert.deepEqual(updates((await heard).events), ['probe://early']);
});

// Each would leave the messages to the other: the first waits, and has seen the second connected.
test('nor do two that leave at once, at two processes', { skip }, async () => {
	const session = await beginSession(one), id = session['Mcp-Session-Id'];
	await exchange(one, request(session, 'resources/subscribe', { uri: 'probe://both-left' }));
	const streams = [];
	for (const server of [two, two, one]) {
		const stream = new Stream();
		await stream.come(session, server);
		await eventually(() => /^id: /m.test(stream.text), 'it is in the database');
		streams.push(stream);
	}
	const [stays, second, first] = streams;
	const seen = async (sql, wanted, what) => eventually(async () => await query(url, sql) === wanted, what);
	const attached = `select count(*) from mcp_stream where session = '${id}' and attached <> 0`;
	const letGo = await holding(`select 1 from mcp_session where id = '${id}' for update`);
	first.connection.leave();
	await eventually(anyWaits, 'it has to wait');
	second.connection.leave();
	await seen(attached, '2', 'the second has left');
	await letGo();
	await seen(attached, '1', 'both have');
	await settled();                // both know which one carries the messages
	await exchange(one, call(session, 'touch', { name: 'both-left' }));
	await eventually(() => /both-left/.test(stays.text), 'the third hears it');
	stays.connection.leave();
});

test('whichever of two streams comes and goes, each change is told once', { skip }, async () => {
	await buried();
	const session = await beginSession(one), streams = [new Stream(), new Stream()];
	await exchange(one, request(session, 'resources/subscribe', { uri: 'probe://coming' }));
	for (const stream of streams) {
		await stream.come(session, one);
		await eventually(() => /^id: /m.test(stream.text), 'it can come back');
	}
	await settled();
	const told = () => streams.flatMap(stream => stream.text.match(/resources\/updated/g) ?? []).length;
	for (let i = 1; i <= 60; i++) {
		const coming = streams[i % 3 % 2].come(session, one);
		if (i % 2)
			await coming;
		await exchange(one, call(session, 'touch', { name: 'coming' }));
		await coming;
		await eventually(async () => {
			for (const stream of streams)
				if (stream.connection.closed)
					await stream.come(session, one);
			return told() >= i;
		}, `change ${i}`, 2000);
		assert.equal(told(), i);
	}
	for (const stream of streams)
		stream.connection.leave();
});

// ---- What is left ----

test('nothing is left behind', { skip }, async () => {
	assertSilent(one.log + two.log);
	assert.equal(await query(url, `select count(*) from mcp_call where claimed = 0`), '0');
});
