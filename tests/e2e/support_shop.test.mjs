// support_shop.test.mjs - what a model may do in the shop for a customer, against real products and orders: whose orders it sees,
// who is asked before something changes, and what it is told where something is wrong.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { ask, beginSession, exchange, orderOf, select, start, stateless } from './support.mjs';

const sha256 = text => createHash('sha256').update(text).digest('hex');
const keyLines = of => Object.entries(of).map(([name, scope]) => `${name}:${sha256(`mcp_${name}`)}:${scope}`).join('\n');
const as = name => ({ headers: { Authorization: `Bearer mcp_${name}` } });

const ANN = 'C-Ann.77131', BOB = 'C-Bob.44902';
let products, orders, clerk;
const own = {};                         // order ids of ann's
let bobs;

async function place(customer, key, items, upTo) {
	const { id } = await ask(orders, 'create_order', { ...orderOf(items, key), customer }, as('staff'));
	const steps = ['paid', 'packed', 'shipped', 'delivered'];
	for (const status of steps.slice(0, steps.indexOf(upTo) + 1))
		await ask(orders, 'update_order_status', { id, status, note: 'by Edna of the night shift' }, as('staff'));
	return id;
}

before(async () => {
	products = await start('products');
	orders = await start('orders', { PRODUCTS_URL: products.url,
		API_KEYS: keyLines({ staff: '*', clerk: 'orders:read,orders:write' }) });
	own.home = await place(ANN, 'key home', { 'KIT-0001': 3, 'KIT-0002': 1 }, 'delivered');
	own.road = await place(ANN, 'key road', { 'KIT-0002': 1 }, 'shipped');
	bobs = await place(BOB, 'key bob', { 'KIT-0001': 1 }, 'delivered');
	clerk = await startClerk();
});
after(async () => {
	await clerk.stop();
	await orders.stop();
	await products.stop();
});

const startClerk = (settings = {}) => start('clerk', { API_KEYS: keyLines({ ann: `*,customer=${ANN}`, bob: `*,customer=${BOB}`, nil: '*,customer=C-Nil', cay: '*,customer=C-Cay.10001', staff: '*' }),
	PRODUCTS_URL: products.url, ORDERS_URL: orders.url, ORDERS_KEY: 'mcp_clerk', ...settings });

const use = (tool, input, { who = 'ann', key = 'CNV-0 1 1', server = clerk } = {}) =>
	ask(server, 'use', { tool, input: typeof input === 'string' ? input : JSON.stringify(input), key }, as(who));
// What is fine: the model is told the same that pages show.
async function fine(tool, input, options) {
	const used = await use(tool, input, options);
	assert.equal(used.failed, false, used.text);
	assert.ok(Buffer.byteLength(used.text) <= 4096);
	return JSON.parse(used.text);
}
async function refused(tool, input, words, options) {
	const used = await use(tool, input, options);
	assert.equal(used.failed, true, used.text);
	assert.match(used.text, words);
	assert.equal(used.card, undefined);
	assert.equal(used.wants_person, false);
	return used.text;
}

test('the tools have plain schemas, the same each time', async () => {
	const { tools } = await ask(clerk, 'tell', {}, as('ann'));
	assert.deepEqual(tools.map(tool => tool.name), ['find_product', 'check_stock', 'my_orders', 'track_my_order', 'start_return', 'ask_a_person']);
	for (const { name, schema } of tools) {
		const read = JSON.parse(schema);
		assert.deepEqual(Object.keys(read), ['type', 'properties', 'required'], name);
		for (const required of read.required)
			assert.ok(read.properties[required], `${name} has ${required}`);
		assert.ok(!('customer' in read.properties), name);
	}
	assert.deepEqual((await ask(clerk, 'tell', {}, as('bob'))).tools, tools);
});

test('products are found, with prices as people write them', async () => {
	const used = await use('find_product', { words: 'kettle', in_stock: true });
	const found = JSON.parse(used.text);
	assert.equal(used.card, used.text);
	assert.equal(found.kind, 'products');
	assert.ok(found.products.length > 0 && found.products.length <= 8);
	for (const product of found.products) {
		assert.match(product.price, /^[A-Z]{3} \d+\.\d\d$/);
		assert.ok(product.available > 0);
		assert.deepEqual(Object.keys(product).filter(key => !['sku', 'name', 'brand', 'category', 'price', 'available'].includes(key)), []);
	}
	const none = await use('find_product', { words: 'zeppelin' });
	assert.equal(none.failed, false);
	assert.equal(none.card, undefined);
	assert.deepEqual(JSON.parse(none.text).products, []);
	assert.match(JSON.parse(none.text).note, /zeppelin/);
	assert.ok((await fine('find_product', { words: 'kettle', price_max: 1 })).products.length === 0);
});

test('stock is checked, of what there is and of what there is not', async () => {
	const { kind, items } = await fine('check_stock', { items: [{ sku: 'kit-0001', quantity: 2 }, { sku: 'NO-1' }] });
	assert.equal(kind, 'stock');
	assert.deepEqual(items.map(item => [item.sku, item.known, item.sufficient]), [['KIT-0001', true, true], ['NO-1', false, false]]);
});

test('a customer has their own orders, and nobody else’s', async () => {
	const { kind, orders: listed } = await fine('my_orders', {});
	assert.equal(kind, 'orders');
	assert.deepEqual(listed.map(order => order.id).sort(), [own.home, own.road].sort());
	assert.deepEqual((await fine('my_orders', { status: 'shipped' })).orders.map(order => order.id), [own.road]);
	assert.deepEqual((await fine('my_orders', {}, { who: 'bob' })).orders.map(order => order.id), [bobs]);
	const none = await use('my_orders', {}, { who: 'nil' });
	assert.deepEqual([JSON.parse(none.text).orders, none.card], [[], undefined]);
	await refused('my_orders', { customer: BOB }, /^Nothing was done: .*customer/);
});

// More of them than are listed: what is asked for is the customer's own, not only what is kept of the answer.
test('however many others have ordered since', async () => {
	for (let i = 0; i < 12; i++)
		await place('C-Cay.10001', `key cay ${i}`, { 'KIT-0001': 1 });
	assert.equal((await fine('my_orders', {})).orders.length, 2);
	const { orders: listed, there_are_older_ones } = await fine('my_orders', {}, { who: 'cay' });
	assert.deepEqual([listed.length, there_are_older_ones], [10, true]);
});

test('an order tells what its customer may know, and no more', async () => {
	const used = await use('track_my_order', { order_id: own.home.toLowerCase() });
	const order = JSON.parse(used.text);
	assert.deepEqual([order.kind, order.id, order.status, order.units], ['order', own.home, 'delivered', 4]);
	assert.deepEqual(order.history.map(event => event.status), ['pending', 'paid', 'packed', 'shipped', 'delivered']);
	assert.deepEqual(order.items.map(item => item.sku).sort(), ['KIT-0001', 'KIT-0002']);
	assert.equal(order.city, orderOf({}, 'k').shipping_address.city);
	for (const secret of ['Edna', 'staff', 'clerk', ANN, orderOf({}, 'k').shipping_address.line1, orderOf({}, 'k').shipping_address.name])
		assert.ok(!used.text.includes(secret), `"${secret}" is told`);
});

test('what is somebody else’s is not there, in the words for what never was', async () => {
	for (const [tool, more] of [['track_my_order', {}], ['start_return', { items: [{ sku: 'KIT-0001', quantity: 1 }], reason: 'broken' }]]) {
		assert.equal(await refused(tool, { order_id: bobs, ...more }, /./), `There is no order ${bobs} of yours.`);
		assert.equal(await refused(tool, { order_id: 'ORD-0000000000', ...more }, /./), 'There is no order ORD-0000000000 of yours.');
	}
	assert.match((await use('track_my_order', { order_id: bobs }, { who: 'bob' })).text, /"status":"delivered"/);
});

test('arguments that make no sense are refused in words', async () => {
	await refused('track_my_order', {}, /^Nothing was done: order_id is required/);
	await refused('track_my_order', '{"order_id":', /no JSON/);
	await refused('track_my_order', '[1]', /no JSON object/);
	await refused('track_my_order', '', /order_id is required/);
	await refused('track_my_order', { order_id: 'x'.repeat(65) }, /order_id/);
	await refused('check_stock', { items: [] }, /items/);
	await refused('check_stock', { items: Array(21).fill({ sku: 'KIT-0001' }) }, /items/);
	await refused('start_return', { order_id: own.home, items: [{ sku: 'KIT-0001', quantity: 0 }], reason: 'x' }, /quantity/);
	await refused('transfer_money', {}, /^There is no tool transfer_money\.$/);
	await refused('find_product', { words: '"; drop table product; --', price_max: -1 }, /price_max/);
	await refused('find_product', { words: '!!!' }, /"error":/);
});

test('who is nobody’s customer has nothing', async () => {
	for (const tool of ['my_orders', 'track_my_order', 'start_return', 'find_product'])
		assert.equal(await refused(tool, {}, /./, { who: 'staff' }), 'It is not known which customer this is.');
});

test('digits without quotes are the number that they look like', async () =>
	assert.equal(await refused('track_my_order', '{"order_id":536365}', /./), 'There is no order 536365 of yours.'));

test('a person is asked for', async () => {
	const used = await use('ask_a_person', { reason: `The parcel is wet. ${'x'.repeat(300)}` });
	assert.deepEqual([used.failed, used.wants_person], [false, true]);
	assert.ok(used.reason.startsWith('The parcel is wet.') && used.reason.length <= 201);
});

// ---- A return ----

const back = (items = [{ sku: 'kit-0001', quantity: 1 }], order_id = own.home) => ({ order_id, items, reason: 'It leaks' });
const elicitation = { capabilities: { elicitation: { form: {} } } };
const returnsOf = async id => (await ask(orders, 'get_order', { id }, as('staff'))).returns ?? [];

// One use by a client that can ask (2026-07-28); `replies` to its question, NULL: whatever comes first is the answer.
async function asked(key, input, reply) {
	const args = { name: 'use', arguments: { tool: 'start_return', input: JSON.stringify(input), key } };
	const send = async params => (await exchange(clerk, stateless('tools/call', params, { ...elicitation, ...as('ann') }))).json.result;
	const first = await send(args);
	if (first.resultType !== 'input_required')
		return { used: first.structuredContent };
	const [[name, question]] = Object.entries(first.inputRequests);
	const last = await send({ ...args, inputResponses: { [name]: reply }, requestState: first.requestState });
	return { question: question.params.message, used: last.structuredContent, again: () => send({ ...args, inputResponses: { [name]: reply },
		requestState: first.requestState }) };
}
const agrees = { action: 'accept', content: { sure: true } };

test('a return is asked of the customer, and written down once', async () => {
	const { question, used, again } = await asked('CNV-R 1 1', back(), agrees);
	assert.match(question, new RegExp(`^Return 1 x .+ \\(KIT-0001\\) of order ${own.home}\\?$`));
	assert.deepEqual([used.failed, used.asks], [false, true], used.text);
	const card = JSON.parse(used.card);
	assert.deepEqual([card.kind, card.order_id, card.state, card.items], ['return', own.home, 'requested', [{ sku: 'KIT-0001', quantity: 1 }]]);
	assert.deepEqual((await returnsOf(own.home)).map(each => [each.id, each.reason]), [[card.id, 'It leaks']]);
	// The same use once more, as by whoever goes on with the turn.
	await again();
	const other = await asked('CNV-R 1 1', back(), agrees);
	assert.equal(JSON.parse(other.used.card).id, card.id);
	assert.equal((await returnsOf(own.home)).length, 1);
	assert.deepEqual((await fine('track_my_order', { order_id: own.home })).returns.map(each => each.id), [card.id]);
});

test('another use is another return', async () => {
	const { used } = await asked('CNV-R 1 2', back([{ sku: 'KIT-0002', quantity: 1 }]), agrees);
	assert.equal(used.failed, false, used.text);
	assert.equal((await returnsOf(own.home)).length, 2);
});

test('who does not agree sends nothing back', async () => {
	const before = await returnsOf(own.home);
	for (const reply of [{ action: 'decline' }, { action: 'cancel' }, { action: 'accept', content: { sure: false } }]) {
		const { used } = await asked(`CNV-R 2 ${JSON.stringify(reply)}`, back(), reply);
		assert.deepEqual([used.failed, used.wants_person, used.card], [false, false, undefined]);
		assert.match(used.text, /did not agree/);
	}
	assert.deepEqual(await returnsOf(own.home), before);
});

test('nobody is asked for what can’t be', async () => {
	for (const [input, words] of [[back([{ sku: 'KIT-0003', quantity: 1 }]), /has no product KIT-0003/],
		[back([{ sku: 'KIT-0001', quantity: 4 }]), /only 3 were bought/], [back(undefined, own.road), /is shipped; only what was delivered/]]) {
		const { question, used } = await asked('CNV-R 3 1', input);
		assert.equal(question, undefined);
		assert.equal(used.failed, true);
		assert.match(used.text, words);
	}
});

test('what orders refuses after all is told', async () => {
	const { used } = await asked('CNV-R 4 1', back([{ sku: 'KIT-0001', quantity: 3 }]), agrees);
	assert.equal(used.failed, true);
	assert.match(JSON.parse(used.text).error, /3 were bought and 1 were returned/);
});

test('where nobody can be asked a person does it', async () => {
	const before = await returnsOf(own.home);
	const used = await use('start_return', back());
	assert.deepEqual([used.failed, used.wants_person], [false, true]);
	assert.match(used.text, /confirm in words/);
	assert.match(used.reason, new RegExp(`${own.home}.*It leaks`));
	assert.deepEqual(await returnsOf(own.home), before);
});

test('in a session the question is asked on the stream', async () => {
	const session = await beginSession(clerk, '2025-11-25', { elicitation: {} }, as('ann').headers);
	const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'use',
		arguments: { tool: 'start_return', input: JSON.stringify(back()), key: 'CNV-R 5 1' } } });
	let answered;
	const { events } = await exchange(clerk, { headers: session, body, until: seen => {
		const question = seen.filter(event => event.data).map(event => JSON.parse(event.data)).find(each => each.method === 'elicitation/create');
		if (question && !answered)
			answered = exchange(clerk, { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: question.id, result: agrees }) });
		return false;
	} });
	await answered;
	const { result } = events.filter(event => event.data).map(event => JSON.parse(event.data)).at(-1);
	assert.equal(JSON.parse(result.structuredContent.card).kind, 'return');
});

// ---- Trouble ----

test('who can’t be reached is said to be so, and the call goes on', async () => {
	const lonely = await startClerk({ PRODUCTS_URL: 'http://127.0.0.1:9/mcp', ORDERS_URL: 'http://127.0.0.1:9/mcp' });
	assert.equal(await refused('find_product', { words: 'tea' }, /./, { server: lonely }), 'The catalogue can\'t be reached just now.');
	assert.equal(await refused('check_stock', { items: [{ sku: 'A' }] }, /./, { server: lonely }), 'The catalogue can\'t be reached just now.');
	assert.equal(await refused('my_orders', {}, /./, { server: lonely }), 'The order book can\'t be reached just now.');
	assert.equal(await refused('track_my_order', { order_id: '1' }, /./, { server: lonely }), 'The order book can\'t be reached just now.');
	assert.equal(await refused('start_return', back(), /./, { server: lonely }), 'The order book can\'t be reached just now.');
	await lonely.stop();
});

test('a key that may not is trouble, not an order that is not there', async () => {
	const wrong = await startClerk({ ORDERS_KEY: 'mcp_wrong' });
	for (const [tool, input] of [['my_orders', {}], ['track_my_order', { order_id: own.home }]])
		assert.doesNotMatch(await refused(tool, input, /./, { server: wrong }), /no order|mcp_/);
	await wrong.stop();
});

test('a long order is cut in whole items, and says so', async () => {
	const all = Object.fromEntries((await select('products', products.folder, 'select sku from product where stock > 50 order by sku limit 60'))
		.map(({ sku }) => [sku, 1]));
	const id = await place(ANN, 'key long', all, 'paid');
	const order = await fine('track_my_order', { order_id: id });
	assert.ok(order.items.length > 5 && order.items.length < Object.keys(all).length);
	assert.equal(order.items.length + order.items_left_out, Object.keys(all).length);
});
