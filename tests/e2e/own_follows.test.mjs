// own_follows.test.mjs - what a session of 2025 follows, when its person comes with another token, of fewer scopes
// or more. It is told what that token may see. On PostgreSQL by two processes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { bearer, startIssuer, startTrusting, stopTrusting, withToken } from '../oauth/shop.mjs';
import {
	ask, beginSession, databaseUrl, eventually, exchange, keyLines, keys, onPostgres, orderOf, start, temporary,
} from './support.mjs';

const customers = { ann: 'C-Ann.77131', bob: 'C-Bob.44902', zoe: 'Zoë & Söhne/1 50%.~' };
let issuer, products, settings, one, two;
before(async () => {
	[issuer, products] = await Promise.all([startIssuer(), start('products')]);
	settings = { OAUTH_CUSTOMER_CLAIM: 'customer', OAUTH_SCOPES: 'orders:own', API_KEYS: keyLines, LOOPS: '1',
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

// The person's token, and with scopes of staff. Whoever has another customer's is another caller (own.test.mjs).
const having = (scope, name) => bearer(issuer.mint({ sub: 'person', scope, customer: customers[name] }));
const own = name => having('orders:own', name), all = name => having('orders:own orders:read', name);
const staff = withToken(keys.staff);

let placed = 0;
const order = async (name, at = one) => (await ask(at, 'create_order', { ...orderOf({ 'KIT-0001': 1 }, `k${++placed}`),
	customer: customers[name] }, staff)).id;
const moves = new Map();
function move(id, at) {
	const status = ['paid', 'packed', 'shipped', 'delivered'][moves.get(id) ?? 0];
	moves.set(id, (moves.get(id) ?? 0) + 1);
	return ask(at, 'update_order_status', { id, status }, staff);
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
	return async (id, at = one) => {
		const before = stream.told().length;
		for (let n = 1; n <= 2; n++) {
			await move(id, at);
			await eventually(() => stream.told().length === before + n, 'the change is told');
		}
	};
}

const cases = {
	'no scope of it': [() => own('ann'), () => having('reports:read', 'ann'), 0],
	'one who saw all, and sees only what is its own now': [() => all('bob'), () => own('bob'), 0],
	'one who saw all, and has no scope of it now': [() => having('orders:read'), () => having('orders:write'), 0],
	'the same customer': [() => own('ann'), () => own('ann'), 2],
	'the same customer with more': [() => own('ann'), () => having('orders:own orders:write', 'ann'), 2],
	'one who sees all now': [() => own('ann'), () => all('ann'), 2],
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

test('a client that comes back with less is told of what it sees still, elsewhere', { skip: !onPostgres }, async () => {
	const id = await order('ann'), mine = await order('bob'), session = await beginSession(one, '2025-11-25', {}, all('bob'));
	await follow(one, session, all('bob'), id);
	await follow(one, session, own('bob'), mine);
	const first = await listen(one, session, all('bob'));
	const changes = await fence(one, [id]);
	await changes(id);
	await eventually(() => first.told().length === 2, 'it is told');
	const last = { 'Last-Event-ID': first.events.findLast(event => event.id).id };
	const stream = await listen(two, session, own('bob'), last);
	await eventually(() => stream.told().length > 0, 'it looks again');
	await (await fence(two, [mine]))(mine);
	assert.deepEqual([...new Set(stream.told())], [mine]);
});

test('who follows a customer hears of each order that is placed or moves, once, and of nobody else\'s', async () => {
	const other = await order('ann'), uri = `customer://${encodeURIComponent(customers.zoe)}`;
	const session = await beginSession(two, '2025-11-25', {}, staff.headers);
	assert.deepEqual((await request(two, session, {}, 'resources/subscribe', { uri })).json.result, {});
	const stream = await listen(two, session, {});
	const told = () => stream.events.filter(event => event.data).map(event => JSON.parse(event.data).params.uri);
	const id = await order('zoe');
	await eventually(() => told().length >= 1, 'it is told that it was placed');
	await follow(two, session, {}, id);
	await move(other, one);
	for (let n = 0; n < 2; n++) {
		await move(id, one);
		await eventually(() => told().length >= 3 + 2 * n, 'it is told that it moved');
	}
	assert.deepEqual(told().sort(), [uri, uri, uri, `order://${id}`, `order://${id}`]);
});

test('what is followed anew counts as that, and is left whatever it was followed with', async () => {
	const id = await order('ann'), session = await beginSession(one, '2025-11-25', {}, own('ann'));
	await follow(one, session, own('ann'), id);
	await follow(two, session, all('ann'), id);
	const changes = await fence(two, [id]);
	const stream = await listen(two, session, own('ann'));
	await changes(id);
	assert.deepEqual(stream.told(), [], 'it was followed by whoever sees all');
	await follow(two, session, own('ann'), id);
	await follow(one, session, own('ann'), id);
	assert.deepEqual((await request(one, session, all('ann'), 'resources/unsubscribe', { uri: `order://${id}` })).json.result, {});
	await changes(id);
	assert.deepEqual(stream.told(), []);
});

// Its session goes on, for nobody has seen its line change.
test('a key that was given to another customer while nothing ran is not told what the one before followed', async () => {
	const secret = 'mcp_given', DATABASE_URL = await databaseUrl('orders', temporary());
	const startFor = name => startTrusting('orders', issuer, { ...settings, DATABASE_URL, API_KEYS: `${keyLines} given:${
		createHash('sha256').update(secret).digest('hex')}:orders:own,customer=${customers[name]}` });
	const before = await startFor('ann'), session = await beginSession(before, '2025-11-25', {}, bearer(secret));
	const ids = { ann: await order('ann', before), bob: await order('bob', before) };
	await follow(before, session, {}, ids.ann);
	await stopTrusting(before, issuer);
	const after = await startFor('bob');
	await follow(after, session, {}, ids.bob);
	const changes = await fence(after, Object.values(ids)), stream = await listen(after, session, {});
	await changes(ids.ann, after);
	await changes(ids.bob, after);
	await eventually(() => stream.told().length >= 2, 'it is told');
	assert.deepEqual(stream.told(), [ids.bob, ids.bob]);
	await stopTrusting(after, issuer);
});

test('a URI with a control character names nothing that can be followed', async () => {
	const session = await beginSession(one, '2025-11-25', {}, having('orders:read'));
	for (const uri of [`order://x\u0001${customers.ann}`, 'order://x\u0001'])
		for (const method of ['resources/subscribe', 'resources/unsubscribe'])
			assert.equal((await request(one, session, having('orders:read'), method, { uri })).json.error.code, -32002);
});
