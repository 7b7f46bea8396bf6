// asking.test.mjs - questions to a person before 2026-07-28: who can be asked, what outlives the process
// that asked, and how a call ends that waits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { beginSession, eventually, exchange, opened, start, temporary } from './support.mjs';

let probe;
before(async () => { probe = await start('probe', { SESSION_STREAMS: '2' }); });
after(() => probe.stop());

const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));
const questions = events => messages(events).filter(each => each.method === 'elicitation/create');
const asking = server => beginSession(server, '2025-11-25', { elicitation: {} });
const call = (id, name, args = {}) => JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call',
	params: { name, arguments: args } });
const consent = (id, rounds = 1) => call(id, 'consent', { rounds });
const answer = (server, session, { id }) => exchange(server, { headers: session, body: JSON.stringify({
	jsonrpc: '2.0', id, result: { action: 'accept', content: { sure: true } } }) });
const isAnswered = events => messages(events).some(each => 'result' in each || 'error' in each);

// Comes back to a stream as clients do: once more, where it is told to while the stream moves, from the last event that it had.
async function resume(server, session, id, until = isAnswered) {
	const seen = [];
	for (let tries = 0; ; tries++) {
		const last = seen.findLast(event => event.id)?.id ?? id;
		const { status, events } = await exchange(server, { method: 'GET', until: more => until([...seen, ...more]),
			headers: { ...session, Accept: 'text/event-stream', 'Last-Event-ID': last } });
		seen.push(...events);
		if (until(seen) || !events.some(event => event.retry) || tries === 10)
			return { status, events: seen };
	}
}

// Calls the tool and resolves with its first question: what was seen of the stream, and its end.
async function asked(server, session, id, rounds, body = consent(id, rounds)) {
	let seen = [];
	const done = exchange(server, { headers: session, body,
		until: events => { seen = events; return false; } });
	done.catch(() => {});           // where the process is killed
	await eventually(() => questions(seen).length === 1, 'no question');
	return { question: questions(seen)[0], seen: () => seen, done };
}

// What a run wrote under its number the run with the answer finds, wherever that is.
test('a call has the same number in each of its runs', async () => {
	const session = await asking(probe), { question, done } = await asked(probe, session, 'numbered', 1, call('numbered', 'numbered'));
	await answer(probe, session, question);
	const [said] = messages((await done).events).at(-1).result.content;
	assert.equal(question.params.message.match(/\d{10,}/)[0], said.text.match(/\d+/)[0]);
});

// ---- Who can't be asked is told so by the tool ----

test('a session that has as many streams as it may', async () => {
	const session = await asking(probe), listening = [];
	for (let i = 0; i < 2; i++)
		listening.push((await opened(probe, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' } })).answer);
	const full = await exchange(probe, { headers: session, body: consent('full') });
	assert.equal(full.status, 200);
	assert.deepEqual(questions(full.events), []);
	const { result } = messages(full.events).at(-1);
	assert.match(result.content[0].text, /Nobody can be asked/);
	assert.equal(result.isError, true);
	await exchange(probe, { method: 'DELETE', headers: session });
	await Promise.all(listening);
});

test('a call in a batch of 2025-03-26, which alone can be', async () => {
	const server = await start('conformance');
	const session = await beginSession(server, '2025-03-26', { sampling: {} });
	const sample = { jsonrpc: '2.0', id: 'sample', method: 'tools/call',
		params: { name: 'test_sampling', arguments: { prompt: 'Hello' } } };
	const batch = await exchange(server, { headers: session, body: JSON.stringify([sample]) });
	const [refused] = batch.events.length ? messages(batch.events) : batch.json;
	assert.equal(refused.id, 'sample');
	assert.equal(refused.result.isError, true);
	const alone = await exchange(server, { headers: session, body: JSON.stringify(sample),
		until: events => messages(events).some(each => each.method === 'sampling/createMessage') });
	assert.equal(messages(alone.events).filter(each => each.method === 'sampling/createMessage').length, 1);
	await server.stop();
});

// ---- A call that waits is nobody's ----

for (const signal of ['SIGTERM', 'SIGKILL'])
	test(`what was asked outlives a process that ends by ${signal}`, async () => {
		const folder = temporary();
		let server = await start('probe', {}, { folder });
		const session = await asking(server);
		const { question, seen, done } = await asked(server, session, 'outlives', 2);
		server.child.kill(signal);
		await server.ended;
		await done.catch(() => {});
		const last = seen().findLast(event => event.id).id;
		server = await start('probe', {}, { folder });
		assert.equal((await answer(server, session, question)).status, 202);
		const second = await resume(server, session, last, events => questions(events).length === 1);
		assert.equal((await answer(server, session, questions(second.events)[0])).status, 202);
		const rest = await resume(server, session, second.events.findLast(event => event.id).id);
		const [{ id, result }] = messages(rest.events);
		assert.equal(id, 'outlives');
		assert.match(result.content[0].text, /Sure 2 times/);
		await server.stop();
	});

test('one that is cancelled ends its stream without an answer, and nobody runs it again', async () => {
	const server = await start('probe');
	const outcomes = () => [...server.log.matchAll(/"method":"tools\/call".*"outcome":"(\w+)"/g)].map(each => each[1]);
	const session = await asking(server);
	const { question, done } = await asked(server, session, 'cancelled');
	assert.equal((await exchange(server, { headers: session, body: JSON.stringify({ jsonrpc: '2.0',
		method: 'notifications/cancelled', params: { requestId: 'cancelled' } }) })).status, 202);
	const { events } = await done;
	assert.deepEqual(messages(events).filter(each => each.result ?? each.error), []);
	assert.equal((await answer(server, session, question)).status, 202);
	await asked(server, session, 'after');
	await eventually(() => outcomes().length === 3, 'the log does not say what became of them');
	assert.deepEqual(outcomes(), ['asked', 'cancelled', 'asked']);
	await server.stop();
});

test('a client that leaves finds the question, and the answer, when it comes back', async () => {
	const session = await asking(probe);
	const first = await exchange(probe, { headers: session, body: consent('left'),
		until: events => events.some(event => event.id) });
	const id = first.events.find(event => event.id).id;
	const back = questions(first.events).length ? first
		: await resume(probe, session, id, events => questions(events).length === 1);
	assert.equal((await answer(probe, session, questions(back.events)[0])).status, 202);
	const { events } = await resume(probe, session, back.events.findLast(event => event.id).id);
	assert.match(messages(events).at(-1).result.content[0].text, /Sure 1 times/);
});
