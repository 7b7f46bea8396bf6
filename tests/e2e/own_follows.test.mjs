// own_follows.test.mjs - what a session of 2025 follows, when its person comes with another token: of another
// customer, with fewer scopes, with more. It is told what that token may see. On PostgreSQL by two processes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bearer, startIssuer, startTrusting, stopTrusting, withToken } from '../oauth/shop.mjs';
import {
	ask, beginSession, databaseUrl, eventually, exchange, keyLines, keys, onPostgres, orderOf, start, temporary,
} from './support.mjs';

const customers = { ann: 'C-Ann.77131', bob: 'C-Bob.44902' };
let issuer, products, one, two;
before(async () => {
	[issuer, products] = await Promise.all([startIssuer(), start('products')]);
	const settings = { OAUTH_CUSTOMER_CLAIM: 'customer', OAUTH_SCOPES: 'orders:own', API_KEYS: keyLines, LOOPS: '1',
		PRODUCTS_URL: products.url, STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough',
		DATABASE_URL: await databaseUrl('orders', temporary()), SHUTDOWN_TIMEOUT: '1s' };
	one = await startTrusting('orders', issuer, settings);
	two = onPostgres ? await startTrusting('orders', issuer, settings) : one;
	await ask(products, 'update_product', { sku: 'KIT-0001', stock_change: 1000 });
});
after(async () => {
	await Promise.all([...new Set([one, two])].map(server => stopTrusting(server, issuer)));
	await Promise.all([products.stop(), issuer.stop()]);
});

// The person's token: as a customer's, or with scopes of staff.
const own = name => bearer(issuer.mint({ sub: 'person', scope: 'orders:own', customer: customers[name] }));
const having = (scope, customer) => bearer(issuer.mint({ sub: 'person', scope, customer }));
const staff = withToken(keys.staff);

let placed = 0;
const order = async name => (await ask(one, 'create_order', { ...orderOf({ 'KIT-0001': 1 }, `k${++placed}`),
	customer: customers[name] }, staff)).id;
const moves = new Map();
function move(id) {
	const status = ['paid', 'packed', 'shipped', 'delivered'][moves.get(id) ?? 0];
	moves.set(id, (moves.get(id) ?? 0) + 1);
	return ask(one, 'update_order_status', { id, status }, staff);
}

const request = (server, session, token, method, params) => exchange(server, { headers: { ...session, ...token },
	body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
async function follow(server, session, token, id) {
	const { json } = await request(server, session, token, 'resources/subscribe', { uri: `order://${id}` });
	assert.deepEqual(json.result, {}, JSON.stringify(json));
}

// A stream that listens; what it was told so far, as numbers of orders.
async function listen(server, session, token, headers = {}) {
	const stream = { events: [], told: () => stream.events.filter(event => event.data).map(event =>
		JSON.parse(event.data).params.uri.slice('order://'.length)) };
	exchange(server, { method: 'GET', headers: { ...session, ...token, ...headers, Accept: 'text/event-stream' },
		until: events => { stream.events = events; return false; } }).catch(() => {});
	await eventually(() => stream.events.length > 0, 'it listens');
	return stream;
}

// Whoever has all rights, at the same loop: what it was told the others were told, too.
async function fence(server, ids) {
	const session = await beginSession(server, '2025-11-25', {}, staff.headers);
	for (const id of ids)
		await follow(server, session, {}, id);
	const stream = await listen(server, session, {});
	return async id => {
		const before = stream.told().length;
		for (let n = 1; n <= 2; n++) {
			await move(id);
			await eventually(() => stream.told().length === before + n, 'the change is told');
		}
	};
}

const cases = {
	'another customer': [() => own('ann'), () => own('bob'), 0],
	'no customer': [() => own('ann'), () => having('orders:own'), 0],
	'no scope of it': [() => own('ann'), () => having('reports:read', customers.ann), 0],
	'one who saw all, and is another customer now': [() => having('orders:read'), () => own('bob'), 0],
	'one who saw all, and has no scope of it now': [() => having('orders:read'), () => having('orders:write'), 0],
	'the same customer': [() => own('ann'), () => own('ann'), 2],
	'the same customer with more': [() => own('ann'), () => having('orders:own orders:write', customers.ann), 2],
	'one who sees all now': [() => own('ann'), () => having('orders:read'), 2],
	'one who sees all, as before': [() => having('orders:read'), () => having('orders:read reports:read'), 2],
};

for (const [who, [before, after, times]] of Object.entries(cases))
	test(`followed, then the token of ${who}: ${times ? 'told' : 'not told'}; and again with the first`, async () => {
		const id = await order('ann'), session = await beginSession(one, '2025-11-25', {}, before());
		await follow(one, session, before(), id);
		const changes = await fence(two, [id]);
		const stream = await listen(two, session, after());
		await changes(id);
		await eventually(() => stream.told().length >= times, 'it is told');
		assert.deepEqual(stream.told(), Array(times).fill(id));
		const again = await listen(two, session, before());
		await changes(id);
		await eventually(() => again.told().length >= 2, 'it was not forgotten');
		assert.deepEqual(again.told(), [id, id]);
		assert.deepEqual(stream.told(), Array(times).fill(id));
	});

test('a client that comes back as another customer is not told of what changed meanwhile', { skip: !onPostgres }, async () => {
	const id = await order('ann'), theirs = await order('bob');
	const session = await beginSession(one, '2025-11-25', {}, own('ann'));
	await follow(one, session, own('ann'), id);
	await follow(one, session, own('bob'), theirs);
	const first = await listen(one, session, own('ann'));
	const changes = await fence(one, [id]);
	await changes(id);
	await eventually(() => first.told().length === 2, 'it is told');
	const last = { 'Last-Event-ID': first.events.findLast(event => event.id).id };
	const stream = await listen(two, session, own('bob'), last);
	await eventually(() => stream.told().length > 0, 'it looks again');
	await (await fence(two, [theirs]))(theirs);
	assert.ok(!stream.told().includes(id) && stream.told().includes(theirs), `${stream.told()}`);
});

test('what was followed as one customer is left as another, and followed as that', async () => {
	const id = await order('ann'), session = await beginSession(one, '2025-11-25', {}, own('ann'));
	await follow(one, session, own('ann'), id);
	const refused = await request(two, session, own('bob'), 'resources/subscribe', { uri: `order://${id}` });
	assert.equal(refused.json.error.code, -32002);
	await follow(two, session, having('orders:read'), id);
	const changes = await fence(two, [id]), stream = await listen(two, session, own('ann'));
	await changes(id);
	assert.deepEqual(stream.told(), [], 'the latest counts');
	assert.deepEqual((await request(one, session, own('bob'), 'resources/unsubscribe', { uri: `order://${id}` })).json.result, {});
	const all = await listen(two, session, having('orders:read'));
	await changes(id);
	assert.deepEqual(all.told(), []);
});

test('a URI with a control character names nothing that can be followed', async () => {
	const session = await beginSession(one, '2025-11-25', {}, having('orders:read'));
	for (const uri of [`order://x\u0001${customers.ann}`, 'order://x\u0001'])
		for (const method of ['resources/subscribe', 'resources/unsubscribe'])
			assert.equal((await request(one, session, having('orders:read'), method, { uri })).json.error.code, -32002);
});
