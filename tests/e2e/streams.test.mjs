// streams.test.mjs - answers as streams: progress, resuming, silence, leaving, cancelling, asking.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { head, open, post } from './raw.mjs';
import {
	ask, beginSession, callTool, eventually, exchange, keyLines, keys, opened, orderOf, pause, start, startShop,
	stateless,
} from './support.mjs';

let shop, orders, number = 0;

before(async () => {
	shop = await startShop({ products: { SILENCE: '2s' }, 
		orders: { METRICS_PORT: 'any', RETRY: '200ms', KEEP_ALIVE: '300ms', SILENCE: '500ms' } });
	orders = shop.orders;
});
after(() => shop.stop());

const newOrder = async () =>
	(await ask(orders, 'create_order', orderOf({ 'KIT-0003': 1 }, `streams-${++number}`))).id;
const move = (id, status) => ask(orders, 'update_order_status', { id, status });

const follow = (id, more = {}) => ({ jsonrpc: '2.0', id: 'follow', method: 'tools/call', params: {
	name: 'track_order', arguments: { id, follow: true, wait_seconds: 30 },
	_meta: { progressToken: 'steps' }, ...more,
} });

const toDelivered = ['paid', 'packed', 'shipped', 'delivered'];

async function deliver(id) {
	for (const status of toDelivered)
		await move(id, status);
}

const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));
const progress = events => messages(events).filter(each => each.method === 'notifications/progress')
	.map(each => each.params);
const answerOf = events => messages(events).find(each => each.id === 'follow');

function assertFollowed(events) {
	const steps = progress(events);
	assert.deepEqual(steps.map(step => step.progress), [1, 2, 3, 4, 5]);
	assert.ok(steps.every(step => step.progressToken === 'steps'));
	assert.match(steps[4].message, /delivered/);
	const { result } = answerOf(events);
	assert.ok(!result.isError);
	assert.equal(events.at(-1), events.findLast(event => event.data), 'the answer is not the last');
}

// ---- Progress ----

for (const revision of ['2025-03-26', '2025-06-18', '2025-11-25'])
	test(`${revision}: each change is streamed as progress, the answer comes last`, async () => {
		const id = await newOrder(), session = await beginSession(orders, revision);
		const streamed = exchange(orders, { headers: session, body: JSON.stringify(follow(id)) });
		await pause(100);
		await deliver(id);
		const { headers, events } = await streamed;
		assert.match(headers['content-type'], /^text\/event-stream/);
		assert.equal(headers['x-accel-buffering'], 'no');
		assertFollowed(events);
		const ids = events.filter(event => event.data !== undefined).map(event => event.id);
		assert.ok(ids.every(Boolean), 'an event has no id');
		assert.equal(new Set(ids).size, ids.length, 'two events have one id');
		const primed = events.some(event => event.id && event.data === '');
		assert.equal(primed, revision === '2025-11-25', 'priming');
		assert.ok(!events.some(event => event.retry), 'retry, though the server closed nothing');
	});

test('2026-07-28: the same, without event ids', async () => {
	const id = await newOrder(), call = follow(id);
	const streamed = exchange(orders, stateless('tools/call', call.params));
	await pause(100);
	await deliver(id);
	const { events } = await streamed;
	assert.deepEqual(progress(events).map(step => step.progress), [1, 2, 3, 4, 5]);
	assert.ok(events.every(event => !event.id && !event.retry));
	assert.equal(messages(events).at(-1).result.structuredContent.status, 'delivered');
});

test('without a progress token there is no progress', async () => {
	const id = await newOrder();
	await deliver(id);
	const answer = await exchange(orders, stateless('tools/call',
		{ name: 'track_order', arguments: { id, follow: true } }));
	assert.equal(answer.json.result.structuredContent.status, 'delivered');
});

test('a client that takes only JSON gets the answer as JSON, however long it takes', async () => {
	const id = await newOrder();
	const waiting = exchange(orders, stateless('tools/call', follow(id).params,
		{ headers: { Accept: 'application/json' } }));
	await pause(900);
	await deliver(id);
	const answer = await waiting;
	assert.match(answer.headers['content-type'], /^application\/json/);
	assert.equal(answer.json.result.structuredContent.status, 'delivered');
});

test('a call that is silent for a while turns into a stream, and comments keep it open', async () => {
	const id = await newOrder();
	const quiet = stateless('tools/call', { name: 'track_order', arguments: { id, follow: true, wait_seconds: 30 } });
	let delivered;
	const { headers, text, events } = await exchange(orders, { ...quiet, until: heard => {
		if (heard.length >= 2)          // comments, since nothing was delivered yet
			delivered ??= deliver(id);
		return false;
	} });
	await delivered;
	assert.match(headers['content-type'], /^text\/event-stream/);
	assert.ok(text.split('\n').filter(line => line.startsWith(':')).length >= 2, text);
	assert.equal(messages(events).length, 1);
});

test('an answer that its client takes slowly is no stream after all', async () => {
	const count = 150, connection = await open(shop.products);
	const { headers, body } = stateless('tools/call', { name: 'search_products', arguments: { limit: 100 } });
	connection.socket.pause();
	for (let i = 0; i < count; i++)
		connection.send(post(shop.products, body, headers));
	await pause(3000);                      // some answer is on its way for longer than SILENCE
	connection.socket.resume();
	await eventually(() => connection.closed || connection.text.split('HTTP/1.1 200').length > count,
		'every request is answered');
	assert.ok(!connection.closed && !/event-stream/.test(connection.text));
});

// ---- Resuming ----

const resume = (session, id, until) => exchange(orders, { method: 'GET', until,
	headers: { ...session, Accept: 'text/event-stream', 'Last-Event-ID': id } });

async function followAndLeave(session, id, count) {
	return exchange(orders, { headers: session, body: JSON.stringify(follow(id)),
		until: events => progress(events).length === count });
}

test('a broken stream goes on where it broke: nothing lost, nothing doubled', async () => {
	const id = await newOrder(), session = await beginSession(orders);
	await move(id, 'paid');
	const first = await followAndLeave(session, id, 2);
	await move(id, 'packed');
	const last = first.events.findLast(event => event.id).id;
	const resumed = resume(session, last);
	await pause(100);
	await move(id, 'shipped');
	await move(id, 'delivered');
	assertFollowed([...first.events, ...(await resumed).events]);
});

test('what was missed while nobody listened is there, the answer too', async () => {
	const id = await newOrder(), session = await beginSession(orders);
	const first = await followAndLeave(session, id, 1);
	await deliver(id);
	await pause(100);
	const { events } = await resume(session, first.events.findLast(event => event.id).id);
	assertFollowed([...first.events, ...events]);
});

test('from an earlier event everything after it comes again', async () => {
	const id = await newOrder(), session = await beginSession(orders);
	await deliver(id);
	const whole = await exchange(orders, { headers: session, body: JSON.stringify(follow(id)) });
	const ids = whole.events.filter(event => event.id).map(event => event.id);
	const { events } = await resume(session, ids[1]);
	assert.deepEqual(events.filter(event => event.data).map(event => event.id), ids.slice(2));
});

test('retry comes right before the server closes a connection that goes on, and nowhere else', async () => {
	const server = await start('conformance', { RETRY: '70ms' }), session = await beginSession(server);
	const { events } = await exchange(server, { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: 1,
		method: 'tools/call', params: { name: 'test_reconnection', arguments: {} } }) });
	assert.deepEqual(events.filter(event => Object.keys(event).length), [{ id: events.find(each => each.id).id, data: '' }, { retry: '70' }]);
	const rest = await exchange(server, { method: 'GET', headers: { ...session, Accept: 'text/event-stream',
		'Last-Event-ID': events.find(event => event.id).id } });
	assert.match(messages(rest.events)[0].result.content[0].text, /completed/);
	assert.ok(!rest.events.some(event => event.retry));
	await server.stop();
});

test('nobody resumes a stream of another session', async () => {
	const id = await newOrder();
	const mine = await beginSession(orders), other = await beginSession(orders);
	const first = await followAndLeave(mine, id, 1);
	const stolen = await resume(other, first.events.findLast(event => event.id).id);
	assert.ok(stolen.status >= 400, String(stolen.status));
	await deliver(id);
	for (const wrong of ['', '0', '1-', '-1', '1-x', '999-0', '99999999999999999999-1', 'x'.repeat(500)])
		assert.ok((await exchange(orders, { method: 'GET', until: () => true,
			headers: { ...other, Accept: 'text/event-stream', 'Last-Event-ID': wrong } })).status >= 400
			|| wrong === '', wrong);
});

test('the events of a stream are kept from 2025-03-26 on', async () => {
	const id = await newOrder(), session = await beginSession(orders, '2025-03-26');
	const first = await followAndLeave(session, id, 1);
	await deliver(id);
	const { events } = await resume(session, first.events.findLast(event => event.id).id);
	assertFollowed([...first.events, ...events]);
});

// ---- Leaving and cancelling ----

const cancelledIn = async (within = 20000) => {
	const before = orders.log.length, until = Date.now() + within;
	while (Date.now() < until) {
		if (/track_order.*cancelled|cancelled.*track_order/.test(orders.log.slice(before)))
			return true;
		await pause(20);
	}
	return false;
};

test('2026-07-28: a client that leaves cancels its call', async () => {
	const id = await newOrder(), connection = await open(orders);
	const { headers, body } = stateless('tools/call', follow(id).params);
	connection.send(post(orders, body, headers));
	await connection.until(/notifications\/progress/);
	const cancelled = cancelledIn();
	connection.leave();
	assert.ok(await cancelled, orders.log.slice(-2000));
});

test('2026-07-28: also before anything was streamed', async () => {
	const id = await newOrder(), connection = await open(orders);
	const { headers, body } = stateless('tools/call', { name: 'track_order', arguments: { id, follow: true } });
	connection.send(post(orders, body, headers));
	await orders.waits();
	const cancelled = cancelledIn();
	connection.leave();
	assert.ok(await cancelled, orders.log.slice(-2000));
});

test('before 2026-07-28 leaving cancels nothing', async () => {
	const id = await newOrder(), session = await beginSession(orders);
	const cancelled = cancelledIn(1200);
	const first = await followAndLeave(session, id, 1);
	assert.equal(await cancelled, false);
	await deliver(id);
	assert.ok(answerOf((await resume(session, first.events.findLast(event => event.id).id)).events));
});

const cancel = (session, requestId) => exchange(orders, { headers: session, body: JSON.stringify({
	jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId, reason: 'enough' } }) });

test('notifications/cancelled ends the stream without an answer', async () => {
	const id = await newOrder(), session = await beginSession(orders);
	const { answer: streamed } = await opened(orders, { headers: session, body: JSON.stringify(follow(id)) });
	assert.equal((await cancel(session, 'follow')).status, 202);
	const { status, events } = await streamed;
	assert.equal(status, 200);
	assert.equal(answerOf(events), undefined);
});

test('a cancelled call that was to be JSON ends as an error in words', async () => {
	const id = await newOrder(), session = await beginSession(orders);
	const waiting = exchange(orders, { headers: { ...session, Accept: 'application/json' },
		body: JSON.stringify(follow(id)) });
	await orders.waits();
	await cancel(session, 'follow');
	const answer = await waiting;
	assert.equal(answer.status, 200);
	assert.equal(answer.json.id, 'follow');
	assert.match(answer.json.error.message, /cancelled/i);
});

test('nobody cancels the call of another session, nor one by a bare id', async () => {
	const id = await newOrder();
	const mine = await beginSession(orders), other = await beginSession(orders);
	const { answer: streamed } = await opened(orders, { headers: mine, body: JSON.stringify(follow(id)) });
	await cancel(other, 'follow');
	const { 'Mcp-Session-Id': left, ...bare } = mine;
	assert.ok(left);
	await cancel(bare, 'follow');
	await cancel(mine, 'another');
	await pause(100);
	await deliver(id);
	assertFollowed((await streamed).events);
});

// ---- Listening ----

test('a session has so many streams and no more', async () => {
	const session = await beginSession(orders), streams = [];
	for (let i = 0; i < 16; i++) {
		const connection = await open(orders);
		connection.send(head(orders, { ...session, Accept: 'text/event-stream' }, 'GET'));
		await connection.until(/^HTTP\/1\.1 200 /);
		streams.push(connection);
	}
	const refused = await exchange(orders, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' } });
	assert.equal(refused.status, 429);
	assert.ok(refused.headers['retry-after']);
	for (const connection of streams)
		connection.leave();
});

test('the streams of a session end with it', async () => {
	const session = await beginSession(orders);
	const { answer: listening } = await opened(orders, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' } });
	assert.equal((await exchange(orders, { method: 'DELETE', headers: session })).status, 204);
	assert.equal((await listening).status, 200);
});

test('a quiet stream carries comments', async () => {
	const session = await beginSession(orders), connection = await open(orders);
	connection.send(head(orders, { ...session, Accept: 'text/event-stream' }, 'GET'));
	await connection.until(/(^:.*\n[\s\S]*){3}/m);
	connection.leave();
});

// ---- Asking: before 2026-07-28 on the stream ----

const cancelOrder = id => JSON.stringify({ jsonrpc: '2.0', id: 'cancel', method: 'tools/call',
	params: { name: 'cancel_order', arguments: { id } } });

// Calls cancel_order and answers the question with `reply`; gives what came on the stream.
async function askedToCancel(session, id, reply) {
	let answered;
	const { events } = await exchange(orders, { headers: session, body: cancelOrder(id), until(seen) {
		const question = messages(seen).find(each => each.method === 'elicitation/create');
		if (question && !answered)
			answered = reply(question);
	} });
	await answered;
	return messages(events).find(each => each.id === 'cancel').result;
}

const respond = (session, id, result) => exchange(orders, { headers: session,
	body: JSON.stringify({ jsonrpc: '2.0', id, ...result }) });

for (const revision of ['2025-06-18', '2025-11-25']) {
	test(`${revision}: the person is asked, and the order cancelled once they agree`, async () => {
		const id = await newOrder(), session = await beginSession(orders, revision, { elicitation: {} });
		const result = await askedToCancel(session, id, async question => {
			assert.match(question.params.message, new RegExp(id));
			assert.equal(question.params.requestedSchema.type, 'object');
			assert.equal(question.params.requestedSchema.properties.sure.type, 'boolean');
			const { status } = await respond(session, question.id,
				{ result: { action: 'accept', content: { sure: true } } });
			assert.equal(status, 202);
		});
		assert.equal(result.structuredContent.status, 'cancelled');
	});

	for (const [words, answer] of Object.entries({
		'who says no': { result: { action: 'accept', content: { sure: false } } },
		'who declines': { result: { action: 'decline' } },
		'who closes the question': { result: { action: 'cancel' } },
		'whose client fails': { error: { code: -1, message: 'no' } },
	}))
		test(`${revision}: an order stays as it is for a person ${words}`, async () => {
			const id = await newOrder(), session = await beginSession(orders, revision, { elicitation: {} });
			const result = await askedToCancel(session, id, question =>
				respond(session, question.id, answer));
			assert.match(result.content[0].text, /left as it is/);
			assert.equal((await ask(orders, 'get_order', { id })).status, 'pending');
		});
}

test('an answer counts once, and only from the session that was asked', async () => {
	const id = await newOrder();
	const session = await beginSession(orders, '2025-11-25', { elicitation: {} });
	const other = await beginSession(orders, '2025-11-25', { elicitation: {} });
	const yes = { result: { action: 'accept', content: { sure: true } } };
	const result = await askedToCancel(session, id, async question => {
		await respond(other, question.id, yes);
		await pause(100);
		assert.equal((await ask(orders, 'get_order', { id })).status, 'pending');
		await respond(session, question.id, { result: { action: 'decline' } });
		await respond(session, question.id, yes);
	});
	assert.match(result.content[0].text, /left as it is/);
	assert.equal((await ask(orders, 'get_order', { id })).status, 'pending');
});

test('who cannot be asked is told what to do instead', async () => {
	const id = await newOrder();
	const cannot = {
		'declares nothing': await beginSession(orders),
		'takes no stream': { ...await beginSession(orders, '2025-11-25', { elicitation: {} }),
			Accept: 'application/json' },
		'asks only by URL': await beginSession(orders, '2025-11-25', { elicitation: { url: {} } }),
		'speaks 2025-03-26': await beginSession(orders, '2025-03-26', { elicitation: {} }),
	};
	for (const [who, headers] of Object.entries(cannot)) {
		const answer = await exchange(orders, { headers, body: cancelOrder(id) });
		const { result } = answer.events.length ? messages(answer.events).at(-1) : answer.json;
		assert.equal(result.isError, true, who);
		assert.match(result.content[0].text, /confirm/, who);
	}
	assert.equal((await ask(orders, 'cancel_order', { id, confirm: true })).status, 'cancelled');
});

// ---- Asking in 2026-07-28: the call ends, and is made again with the answers ----

const asking = { capabilities: { elicitation: {} } };
const retry = (id, state, answer, options = asking) => exchange(orders, stateless('tools/call', {
	name: 'cancel_order', arguments: { id }, requestState: state, inputResponses: { consent: answer },
}, options));

async function firstRound(id, options = asking) {
	const result = await callTool(orders, 'cancel_order', { id }, options);
	assert.equal(result.resultType, 'input_required');
	const { consent } = result.inputRequests;
	assert.equal(consent.method, 'elicitation/create');
	assert.equal(consent.jsonrpc, undefined);
	assert.match(consent.params.message, new RegExp(id));
	return result.requestState;
}

test('2026-07-28: the question comes as a result, the answer with the next call', async () => {
	const id = await newOrder(), state = await firstRound(id);
	assert.equal((await ask(orders, 'get_order', { id })).status, 'pending');
	const { json } = await retry(id, state, { action: 'accept', content: { sure: true } });
	assert.equal(json.result.resultType, 'complete');
	assert.equal(json.result.structuredContent.status, 'cancelled');
});

test('2026-07-28: a person who declines, and one who says nothing that fits', async () => {
	const id = await newOrder(), state = await firstRound(id);
	const declined = await retry(id, state, { action: 'decline' });
	assert.equal(declined.json.result.resultType, 'complete');
	const again = await retry(id, state, { action: 'accept', content: { sure: 'perhaps' } });
	assert.equal(again.json.result.resultType, 'input_required');
	const nothing = await exchange(orders, stateless('tools/call',
		{ name: 'cancel_order', arguments: { id }, requestState: state, inputResponses: {} }, asking));
	assert.equal(nothing.json.result.resultType, 'input_required');
	assert.equal((await ask(orders, 'get_order', { id })).status, 'pending');
});

test('2026-07-28: state that was changed, or belongs to another call, is refused', async () => {
	const id = await newOrder(), other = await newOrder(), state = await firstRound(id);
	const yes = { action: 'accept', content: { sure: true } };
	const middle = Math.floor(state.length / 2);
	const forged = [
		state.slice(0, middle) + (state[middle] === 'A' ? 'B' : 'A') + state.slice(middle + 1),
		state.slice(0, -4), `${state}AAAA`, '', 'made up', 'x'.repeat(5000), 7, {},
	];
	for (const wrong of forged)
		assert.equal((await retry(id, wrong, yes)).json.error?.code, -32602, JSON.stringify(wrong));
	assert.equal((await retry(other, state, yes)).json.error?.code, -32602, 'of another order');
	for (const order of [id, other])
		assert.equal((await ask(orders, 'get_order', { id: order })).status, 'pending');
});

test('2026-07-28: who cannot be asked is told what to do instead, where the model reads it', async () => {
	const id = await newOrder();
	for (const capabilities of [{}, { elicitation: { url: {} } }]) {
		const answer = await exchange(orders, stateless('tools/call',
			{ name: 'cancel_order', arguments: { id } }, { capabilities }));
		assert.equal(answer.status, 200);
		assert.equal(answer.json.result.resultType, 'complete');
		assert.equal(answer.json.result.isError, true);
		assert.match(answer.json.result.content[0].text, /confirm: true/);
	}
});

test('a question that nobody answers is closed in time; sealed state expires', async () => {
	const hasty = await startShop({ orders: { QUESTION_TIMEOUT: '400ms' } });
	const id = (await ask(hasty.orders, 'create_order', orderOf({ 'KIT-0003': 1 }, 'hasty'))).id;
	const session = await beginSession(hasty.orders, '2025-11-25', { elicitation: {} });
	const { events } = await exchange(hasty.orders, { headers: session, body: cancelOrder(id) });
	assert.match(messages(events).find(each => each.id === 'cancel').result.content[0].text, /left as it is/);
	const first = await callTool(hasty.orders, 'cancel_order', { id }, asking);
	await pause(500);
	const late = await exchange(hasty.orders, stateless('tools/call', { name: 'cancel_order',
		arguments: { id }, requestState: first.requestState,
		inputResponses: { consent: { action: 'accept', content: { sure: true } } } }, asking));
	assert.equal(late.json.error.code, -32602);
	assert.equal((await ask(hasty.orders, 'get_order', { id })).status, 'pending');
	await hasty.stop();
});

test('2026-07-28: state is good at any task with the same STATE_KEYS, and for its caller only', async () => {
	const secret = Buffer.alloc(32, 7).toString('base64');
	const settings = { API_KEYS: keyLines, STATE_KEYS: secret };
	const keyed = await startShop({ orders: settings });
	const as = key => ({ ...asking, headers: { Authorization: `Bearer ${key}` } });
	const { id } = await ask(keyed.orders, 'create_order', orderOf({ 'KIT-0003': 1 }, 'sealed'), as(keys.staff));
	const { requestState } = await callTool(keyed.orders, 'cancel_order', { id }, as(keys.staff));
	const again = { name: 'cancel_order', arguments: { id }, requestState,
		inputResponses: { consent: { action: 'accept', content: { sure: true } } } };
	const stolen = await exchange(keyed.orders, stateless('tools/call', again, as(keys.other)));
	assert.equal(stolen.json.error.code, -32602);
	const mine = await exchange(keyed.orders, stateless('tools/call', again, as(keys.staff)));
	assert.equal(mine.json.result.structuredContent.status, 'cancelled');
	await keyed.stop();
});
