// changes.test.mjs - a client that follows a resource is told when it changes, in both eras.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, beginSession, eventually, exchange, opened, keyLines, keys, orderOf, pause, start, startShop, stateless } from './support.mjs';

let shop;
before(async () => { shop = await startShop(); });
after(async () => { await shop.stop(); });

const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));
const change = (sku, by = 1) => ask(shop.products, 'update_product', { sku, stock_change: by });

// Listens until `enough` messages came.
function listen(server, notifications, enough, options) {
	return opened(server, { ...stateless('subscriptions/listen', { notifications }, options),
		until: events => messages(events).length >= enough });
}

test('2026-07-28: acknowledged first, then each change, all tagged', async () => {
	const { answer: listening } = await listen(shop.products, { toolsListChanged: true,
		resourceSubscriptions: ['product://TEA-0001', 'product://TEA-0002', 'nothing://here'] }, 2);
	await change('TEA-0003');                               // nobody asked for this one
	await change('TEA-0002');
	const { status, headers, events } = await listening;
	assert.equal(status, 200);
	assert.match(headers['content-type'], /^text\/event-stream/);
	assert.ok(events.every(event => !event.id), 'there is no resume, so no event ids');
	const [acknowledged, ...told] = messages(events);
	assert.equal(acknowledged.method, 'notifications/subscriptions/acknowledged');
	assert.deepEqual(acknowledged.params.notifications, { toolsListChanged: true,
		resourceSubscriptions: ['product://TEA-0001', 'product://TEA-0002'] });
	assert.deepEqual(told.map(message => message.params.uri), ['product://TEA-0002']);
	const tags = [acknowledged, ...told].map(message => message.params._meta['io.modelcontextprotocol/subscriptionId']);
	assert.equal(new Set(tags).size, 1);
	assert.equal(typeof tags[0], 'number');
});

test('2026-07-28: several listen at once, each with its own', async () => {
	const both = await Promise.all(['TEA-0004', 'TEA-0005'].map(sku =>
		listen(shop.products, { resourceSubscriptions: [`product://${sku}`] }, 2)));
	await change('TEA-0004');
	await change('TEA-0005');
	const [first, second] = (await Promise.all(both.map(each => each.answer))).map(answer => messages(answer.events));
	assert.ok(first.slice(1).every(message => message.params.uri === 'product://TEA-0004'));
	assert.ok(second.slice(1).every(message => message.params.uri === 'product://TEA-0005'));
});

test('2026-07-28: without an event stream, or without notifications, it is refused', async () => {
	const json = await exchange(shop.products, stateless('subscriptions/listen', { notifications: {} },
		{ headers: { Accept: 'application/json' } }));
	assert.equal(json.status, 406);
	const nothing = await exchange(shop.products, stateless('subscriptions/listen', {}));
	assert.equal(nothing.json.error.code, -32602);
});

test('2026-07-28: a key hears only of what it may read', async () => {
	const server = await start('products', { API_KEYS: keyLines });
	const wanted = { resourceSubscriptions: ['product://TEA-0001'] };
	const allowed = await listen(server, wanted, 1, { headers: { Authorization: `Bearer ${keys.reader}` } });
	assert.deepEqual(messages((await allowed.answer).events)[0].params.notifications, wanted);
	await server.stop();
});

test('2026-07-28: a server that stops ends it with a result', async () => {
	const server = await start('products');
	const { answer: listening } = await listen(server, { resourceSubscriptions: ['product://TEA-0001'] }, Infinity);
	await server.stop();
	const last = messages((await listening).events).at(-1);
	assert.equal(last.result.resultType, 'complete');
	assert.ok('io.modelcontextprotocol/subscriptionId' in last.result._meta);
});

for (const revision of ['2025-03-26', '2025-06-18', '2025-11-25'])
	test(`${revision}: subscribed, told on the listening stream, unsubscribed`, async () => {
		const session = await beginSession(shop.orders, revision);
		const { id } = await ask(shop.orders, 'create_order', orderOf({ 'KIT-0003': 1 }, `follow-${revision}`));
		const post = (method, params) => exchange(shop.orders, { headers: session,
			body: JSON.stringify({ jsonrpc: '2.0', id: method, method, params }) });
		let count = 0;
		const { answer: told } = await opened(shop.orders, { method: 'GET', headers: session,
			until: events => (count = messages(events.filter(event => event.data)).length) >= 2 });
		assert.deepEqual((await post('resources/subscribe', { uri: `order://${id}` })).json.result, {});
		await ask(shop.orders, 'update_order_status', { id, status: 'paid' });
		await eventually(() => count === 1, 'it is told');
		assert.deepEqual((await post('resources/unsubscribe', { uri: `order://${id}` })).json.result, {});
		await ask(shop.orders, 'update_order_status', { id, status: 'packed' });
		assert.deepEqual((await post('resources/subscribe', { uri: `order://${id}` })).json.result, {});
		await ask(shop.orders, 'update_order_status', { id, status: 'shipped' });
		for (const message of messages((await told).events))
			assert.deepEqual(message, { jsonrpc: '2.0', method: 'notifications/resources/updated',
				params: { uri: `order://${id}` } });
		assert.equal(messages((await told).events).length, 2, 'the change in between was told too');
		const unknown = await post('resources/subscribe', { uri: 'nothing://here' });
		assert.equal(unknown.json.error.code, -32002);
	});

test('subscribing without a session is refused in words', async () => {
	const answer = await exchange(shop.products, {
		headers: { 'Content-Type': 'application/json' },
		body: '{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"product://TEA-0001"}}' });
	assert.equal(answer.status, 400);
	assert.match(answer.json.error.message, /session/);
});

test('a client that opens a new stream instead of coming back hears on the new one', async () => {
	const session = await beginSession(shop.products, '2025-06-18');
	const get = enough => opened(shop.products, { method: 'GET', headers: session,
		until: events => messages(events).length >= enough });
	await exchange(shop.products, { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: 1,
		method: 'resources/subscribe', params: { uri: 'product://TEA-0009' } }) });
	const { answer: first } = await get(1);
	await change('TEA-0009');
	await first;                                            // and leaves, without an event id to name
	await pause(100);
	const { answer: second } = await get(1);
	await change('TEA-0009');
	assert.equal(messages((await second).events).length, 1);
});
