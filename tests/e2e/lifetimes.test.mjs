// lifetimes.test.mjs - what a request's memory must outlive: workers that come back late, streams
// that opened in the middle of a batch, clients that never read. Found by a sanitizer's word or a crash.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { open, post } from './raw.mjs';
import { ask, beginSession, exchange, orderOf, start, startShop, stateless } from './support.mjs';

let shop, orders, probe, order;

before(async () => {
	shop = await startShop();
	orders = shop.orders;
	order = (await ask(orders, 'create_order', orderOf({ 'KIT-0003': 1 }, 'lifetimes'))).id;
	probe = await start('probe', { CALL_DEADLINE: '1s', WORKERS: '8' });
});
after(async () => {
	await probe.stop();
	await shop.stop();
});

const call = (id, name, args, progressToken) => ({ jsonrpc: '2.0', id, method: 'tools/call',
	params: { name, arguments: args, ...(progressToken ? { _meta: { progressToken } } : {}) } });
const cancel = requestId => ({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
const send = (server, headers, message) => exchange(server, { headers, body: JSON.stringify(message) });
const messages = answer => answer.events.filter(each => each.data).flatMap(each => JSON.parse(each.data));

// The tool finds out between two pauses, and then still answers, with the id of its request.
async function lateWorkers(count, end) {
	const session = await beginSession(probe, '2025-03-26');
	await Promise.all(Array.from({ length: count }, async (_, i) => {
		const id = `late-${i}-${'x'.repeat(16)}`;
		const answer = send(probe, { ...session, Accept: 'application/json' },
			[call(id, 'count', { to: 20, pause_ms: 300 })]);
		await end(session, id);
		await answer;
		// What may get the memory of that answer.
		await Promise.all(Array.from({ length: 5 }, () => send(probe, session,
			{ jsonrpc: '2.0', id: 'A'.repeat(200), method: 'ping', params: { fill: 'B'.repeat(3000) } })));
	}));
	assert.equal((await send(probe, session, { jsonrpc: '2.0', id: 1, method: 'ping' })).status, 200);
}

test('a batch whose call is cancelled is answered before its worker comes back', () =>
	lateWorkers(8, (session, id) => send(probe, session, cancel(id))));

test('the same over its deadline', () => lateWorkers(8, () => {}));

const follow = id => call(id, 'track_order', { id: order, follow: true, wait_seconds: 1 }, 'steps');

for (const [what, behind] of [
	['what is no message', 5],
	['a cancel of another call', cancel('another')],
	['a cancel of that call', cancel('first')],
	['a method there is none of', { jsonrpc: '2.0', id: 'second', method: 'none' }],
	['a response to nothing', { jsonrpc: '2.0', id: 'question-7', result: {} }],
	['a second call that streams', follow('second')],
])
	for (const inSession of [false, true])
		test(`a batch whose first call streams, then ${what}${inSession ? ', in a session' : ''}`, async () => {
			const session = inSession ? await beginSession(orders, '2025-03-26')
				: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
			const answer = await send(orders, session, [follow('first'), behind]);
			const got = messages(answer);
			assert.equal(answer.status, 200);
			// It ends, and nothing is missing in it.
			const cancelled = inSession && behind?.params?.requestId === 'first';
			assert.equal(got.filter(each => each.id === 'first').length, cancelled ? 0 : 1);
			if (behind === 5)
				assert.equal(got.filter(each => each.error?.code === -32600).length, 1);
			if (behind?.id === 'second')
				assert.equal(got.filter(each => each.id === 'second').length, 1);
		});

// One who reads nothing: what is for it ends at a bound, and its memory with it.
test('a stream that its client does not read is ended, and the server lives', async () => {
	const busy = await start('probe', { STREAM_BACKLOG: '4KiB', CALL_DEADLINE: '20s' });
	const connections = [];
	for (const era of ['stateless', '2025-11-25', '2025-03-26']) {
		const session = era === 'stateless' ? null : await beginSession(busy, era);
		for (let i = 0; i < 4; i++) {
			const connection = await open(busy);
			connection.socket.pause();
			connections.push(connection);
			const args = { to: 100000, pause_ms: 0 };
			if (session)
				connection.send(post(busy, JSON.stringify(call(i + 1, 'count', args, 'p')), session));
			else {
				const request = stateless('tools/call', { name: 'count', arguments: args,
					_meta: { progressToken: 'p' } });
				connection.send(post(busy, request.body, request.headers));
			}
		}
	}
	await exchange(busy, stateless('tools/list'));
	for (const connection of connections)
		connection.leave();
	await busy.stop();
});
