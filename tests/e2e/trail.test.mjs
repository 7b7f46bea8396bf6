// trail.test.mjs - one order, or one request, is found in the logs of all programs that had to do with it: by the
// number of the order, by the trace, by the id of the request; and what a client sends forges nothing there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Between } from './raw.mjs';
import { ask, beginSession, callTool, eventually, exchange, orderOf, start, startShop, stateless, temporary, types } from './support.mjs';

// What the log says so far, each line an object. A line that is none, for somebody forged it, fails.
const lines = server => server.log.split('\n').slice(0, -1).filter(line => line.startsWith('{')).map(line => JSON.parse(line));
const trace = '4bf92f3577b34da6a3ce929d0e0e4736', span = '00f067aa0ba902b7';
const parent = `00-${trace}-${span}-01`;

let shop;
before(async () => { shop = await startShop({ orders: { LOG_FORMAT: 'json' }, products: { LOG_FORMAT: 'json' } }); });
after(() => shop.stop());

async function lineOf(server, id) {
	const find = () => lines(server).find(line => line.id === id && line.method);
	await eventually(find, `no line of ${id}`);
	return find();
}

// ---- One order ----

test('an order is found by its number, its trace and its request in both programs', async () => {
	const answer = await exchange(shop.orders, stateless('tools/call', {
		name: 'create_order', arguments: orderOf({ 'KIT-0001': 1 }, 'trail-1') }, { headers: { traceparent: parent } }));
	const { id: order } = answer.json.result.structuredContent, request = answer.headers['x-request-id'];
	assert.match(request, /^[0-9a-f]{16}$/);
	await lineOf(shop.orders, request);
	const about = [
		['orders', 'create_order', { order }],
		['products', 'reserve_stock', { reservation: order }],
		['products', 'commit_reservation', { reservation: order }],
	];
	for (const [program, target, noted] of about) {
		const line = lines(shop[program]).find(each => each.target === target);
		for (const [name, value] of Object.entries({
			...noted, trace, id: request, outcome: 'ok', status: 200, revision: '2026-07-28',
			client: program === 'orders' ? 'tests/1.0.0' : 'orders/1.0.0',
		}))
			assert.equal(line[name], value, `${name} of ${JSON.stringify(line)}`);
	}
	for (const needle of [order, trace, request])
		assert.deepEqual(['orders', 'products'].flatMap(program =>
			lines(shop[program]).filter(line => JSON.stringify(line).includes(needle)).map(line => line.target)),
		about.map(([, target]) => target), needle);
});

test('what is done with it later has its number as it is known, however it was typed', async () => {
	const { id } = await ask(shop.orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'trail-2'));
	const typed = id.toLowerCase().replace('-', '\u2011');
	await ask(shop.orders, 'get_order', { id: typed });
	await ask(shop.orders, 'cancel_order', { id: typed, confirm: true });
	await callTool(shop.orders, 'get_order', { id: 'ORD-"\n\u0085none' });
	const of = target => lines(shop.orders).findLast(line => line.target === target);
	await eventually(() => of('get_order')?.order?.includes('none'), 'no line');
	assert.equal(of('cancel_order').order, id);
	assert.equal(of('cancel_order').errand, `cancel-${id}`);
	assert.equal(of('get_order').order, 'ORD-???none');
	// Which is another program's, with a log of its own.
	await eventually(() => lines(shop.products).some(line => line.target === 'restock' && line.restock === `cancel-${id}`), 'no line of products');
});

test('a warning within a call says which order it is about, and so does what a job does for it later', async () => {
	const products = await start('products', { LOG_FORMAT: 'json' });
	const between = await new Between(products.port).start();
	const orders = await start('orders', { LOG_FORMAT: 'json', PRODUCTS_URL: between.url });
	between.down = true;
	between.cut();
	assert.equal((await callTool(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'trail-3'))).isError, true);
	between.down = false;
	const warning = () => lines(orders).find(line => /calling reserve_stock failed/.test(line.message));
	await eventually(warning, 'no warning');
	const { order, id, trace } = warning();
	const line = await lineOf(orders, id);
	assert.match(order, /^ORD-/);
	assert.deepEqual([line.order, line.trace], [order, trace]);
	// Products may have what it reserves none the less, and is told to let go.
	const released = () => lines(products).find(each => each.target === 'release_reservation');
	await eventually(released, 'it was not released');
	assert.equal(released().reservation, order);
	await orders.stop();
	between.stop();
	await products.stop();
});

// ---- Requests ----

test('an id is never the same again: of another request, process, or start', async () => {
	const folder = temporary(), ids = [], traces = [];
	for (let i = 0; i < 3; i++) {
		const server = await start('products', { LOG_FORMAT: 'json', LOOPS: '2' }, { folder });
		for (let j = 0; j < 20; j++)
			await exchange(server, stateless('tools/list'));
		await server.stop();
		const requests = lines(server).filter(line => line.method);
		ids.push(...requests.map(line => line.id));
		traces.push(...requests.map(line => line.trace));
	}
	assert.deepEqual([new Set(ids).size, new Set(traces).size], [60, 60]);
	for (const each of traces)
		assert.match(each, /^[0-9a-f]{32}$/);
});

test('an answer that is no plain result says which request it is of, and so does one that was asked with an id', async () => {
	const session = await beginSession(shop.orders), asked = { 'X-Request-Id': '' };
	const kinds = {
		'a path that is none': [404, { method: 'GET', path: '/nothing' }],
		'a method that is none': [405, { method: 'PUT' }],
		'no JSON': [400, { headers: { ...types, 'MCP-Protocol-Version': '2025-11-25' }, body: '{' }],
		'a method of JSON-RPC that is none': [404, stateless('tools/none')],
		'the same before': [200, { headers: session, body: '{"jsonrpc":"2.0","id":1,"method":"tools/none"}' }],
		'a tool that failed': [200, stateless('tools/call', { name: 'get_order', arguments: { id: 'none' } })],
		'a page': [200, { method: 'GET', path: '/', headers: { Accept: 'text/html', ...asked } }],
		'a preflight': [204, { method: 'OPTIONS', headers: asked }],
		'a list': [200, stateless('tools/list', {}, { headers: asked })],
		'a list as an event': [200, stateless('tools/list', {}, { headers: { ...asked, Accept: 'text/event-stream' } })],
	};
	for (const [what, [status, request]] of Object.entries(kinds)) {
		const answer = await exchange(shop.orders, request);
		assert.equal(answer.status, status, what);
		assert.match(answer.headers['x-request-id'], /^[0-9a-f]{16}$/, what);
		assert.equal((await lineOf(shop.orders, answer.headers['x-request-id'])).status, status, what);
	}
	const begun = events => events.some(each => each.data);
	const listening = await exchange(shop.orders, { ...stateless('subscriptions/listen', { notifications: {} }), until: begun });
	await lineOf(shop.orders, listening.headers['x-request-id']);
	// libmicrohttpd takes a while for each header of an answer.
	assert.equal((await exchange(shop.orders, stateless('tools/list'))).headers['x-request-id'], undefined);
});

test('an id that came with the request is kept; one that could be anything else is not', async () => {
	const send = headers => exchange(shop.products, stateless('tools/list', {}, { headers }));
	for (const id of ['c0ffee', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'Root=1-67891233-abcdef012345678912345678', 'a'.repeat(64)]) {
		assert.equal((await send({ 'X-Request-Id': id })).headers['x-request-id'], id);
		await lineOf(shop.products, id);
	}
	for (const id of ['', 'a'.repeat(65), 'a b', 'a"b', 'a\\b', 'a,b', 'a\tb', 'a;b', '{}', 'caf\u00e9', ['a', 'b']])
		assert.match((await send({ 'X-Request-Id': id })).headers['x-request-id'], /^[0-9a-f]{16}$/, JSON.stringify(id));
});

test('a trace goes on from a header, or nearer from _meta; what is none begins another', async () => {
	const traceOf = async (headers, _meta) => {
		const answer = await exchange(shop.products, stateless('tools/list', { _meta }, { headers: { 'X-Request-Id': '', ...headers } }));
		return (await lineOf(shop.products, answer.headers['x-request-id'])).trace;
	};
	assert.equal(await traceOf({ traceparent: parent }), trace);
	assert.equal(await traceOf({ traceparent: `cc-${trace}-${span}-01-what-may-come` }), trace);
	assert.equal(await traceOf({}, { traceparent: parent }), trace);
	const inner = trace.replaceAll('4', '5');
	assert.equal(await traceOf({ traceparent: parent }, { traceparent: parent.replace(trace, inner) }), inner);
	assert.equal(await traceOf({ traceparent: parent }, { traceparent: 'none' }), trace);
	for (const none of [`ff-${trace}-${span}-01`, `00-${trace}-${span}-01-`, `00-${trace.toUpperCase()}-${span}-01`,
		`00-${'0'.repeat(32)}-${span}-01`, `00-${trace}-${'0'.repeat(16)}-01`, `00-${trace}-${span}`, `00-${trace}-${span}-0g`,
		`cc-${trace}-${span}-01x`, `00_${trace}-${span}-01`, '', [parent, parent]])
		assert.match(await traceOf({ traceparent: none }), /^(?!4bf9)[0-9a-f]{32}$/, JSON.stringify(none));
	for (const none of [17, {}, null, 'x'])
		assert.match(await traceOf({}, { traceparent: none }), /^[0-9a-f]{32}$/);
});

test('a session is told by the line that began it: whose it is, and of which revision', async () => {
	await exchange(shop.products, { headers: types, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {
		protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'Forger"}\n{"level":"error', version: 'x'.repeat(99) } } }) });
	const begun = () => lines(shop.products).find(line => line.method === 'initialize');
	await eventually(begun, 'no line');
	assert.equal(begun().client, `Forger"}\n{"level":"error/${'x'.repeat(24)}`);
	assert.equal(begun().revision, '2025-06-18');
});

test('a call that waited for a person goes on as the same request', async () => {
	const probe = await start('probe', { LOG_FORMAT: 'json' });
	const session = await beginSession(probe, '2025-11-25', { elicitation: {} });
	let seen = [];
	const done = exchange(probe, { headers: { ...session, traceparent: parent, 'X-Request-Id': 'waits' },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'consent', arguments: { rounds: 1 } } }),
		until: events => { seen = events; return false; } });
	const question = () => seen.filter(event => event.data).map(event => JSON.parse(event.data)).find(each => each.method);
	await eventually(question, 'no question');
	await exchange(probe, { headers: session, body: JSON.stringify({
		jsonrpc: '2.0', id: question().id, result: { action: 'accept', content: { sure: true } } }) });
	await done;
	const of = () => lines(probe).filter(line => line.target === 'consent');
	await eventually(() => of().length === 2, 'two lines');
	assert.deepEqual(of().map(line => [line.outcome, line.id, line.trace]), [['asked', 'waits', trace], ['ok', 'waits', trace]]);
	await probe.stop();
});

// Its worker may be anywhere in it: what is told of it is known without asking there (the thread sanitizer's to see).
test('a call that is cancelled as it begins has its line, and the answers beside it their id', async () => {
	const session = await beginSession(shop.products, '2025-03-26');
	for (let round = 0; round < 100; round++) {
		const { json, headers } = await exchange(shop.products, { headers: { ...session, 'X-Request-Id': `cancelled-${round}` },
			body: JSON.stringify([
				{ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'update_product', arguments: { sku: 'KIT-0001', stock_change: 1 } } },
				{ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
				{ jsonrpc: '2.0', id: 2, method: 'ping' },
			]) });
		assert.ok([json].flat().some(each => each.id === 2));
		assert.equal(headers['x-request-id'], `cancelled-${round}`);
	}
	const outcomes = () => lines(shop.products).filter(line => /^cancelled-/.test(line.id) && line.method === 'tools/call').map(line => line.outcome);
	await eventually(() => outcomes().length === 100, 'not each has a line');
	assert.ok(outcomes().includes('cancelled'));
});
