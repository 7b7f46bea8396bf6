// database.test.mjs - PostgreSQL restarts, is cut off, is changed by others; and what a request costs it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, test } from 'node:test';
import { query, rows, startIfThere } from './postgres.mjs';
import { Between } from './raw.mjs';
import { callTool, exchange, orderOf, pause, root, run, start, stateless } from './support.mjs';

const server = await startIfThere();
const skip = !server && 'there is no PostgreSQL';
after(() => server?.stop());

const port = server && /port=(\d+)/.exec(server.url)[1];
const login = { DATABASE_USER: 'postgres', DATABASE_PASSWORD: 'secret' };

async function stocked(name) {
	await server.create(name);
	const result = await run('products', ['import', `${root}products/data/catalogue.csv`],
		{ env: { DATABASE_URL: server.of(name) } });
	assert.equal(result.status, 0, result.stderr);
}

async function until(condition, what, within = 60000) {
	for (const end = Date.now() + within; !await condition(); await pause(50))
		assert.ok(Date.now() < end, `${what}: not within ${within} ms`);
}

const isReady = async products =>
	(await exchange(products, { method: 'GET', path: '/readyz' })).status === 200;

// Reserves a unit again and again under ever new ids: which ids were answered, and how.
class Customers {
	constructor(products, count = 8) {
		Object.assign(this, { products, answered: [], failed: [], slowest: 0, over: false, number: 0 });
		this.ended = Promise.all(Array.from({ length: count }, () => this.shop()));
	}

	async shop() {
		while (!this.over) {
			const reservation_id = `r-${this.number++}`, began = Date.now();
			const result = await callTool(this.products, 'reserve_stock',
				{ reservation_id, items: [{ sku: 'KIT-0002', quantity: 1 }], minutes: 60 });
			this.slowest = Math.max(this.slowest, Date.now() - began);
			(result.isError ? this.failed : this.answered).push([reservation_id, result.content[0].text]);
			await pause(20);
		}
	}

	async stop() {
		this.over = true;
		await this.ended;
	}
}

// What was answered is true, and what was refused may have been done but once at most.
async function addsUp(name, customers) {
	const found = await rows(server.of(name), `select r.id, sum(i.quantity) as units from reservation r
		join reservation_item i on i.reservation_id = r.id group by r.id`);
	const units = new Map(found.map(row => [row.id, row.units]));
	assert.ok(found.every(row => row.units === 1), 'something was reserved twice');
	for (const [id] of customers.answered)
		assert.equal(units.get(id), 1, `${id} was answered and is lost`);
	for (const [, words] of customers.failed)
		assert.match(words, /unavailable; try again shortly|not enough stock/);
}

test('a restart of the database fails calls in words, and heals by itself', { skip, timeout: 280000 }, async t => {
	await stocked('restarted');
	await query(server.of('restarted'), "update product set stock = 1000000 where sku = 'KIT-0002'");
	const products = await start('products', { DATABASE_URL: server.of('restarted') });
	const customers = new Customers(products);
	await until(() => customers.answered.length > 50, 'reservations');
	server.restart();
	await pause(1500);
	const before = customers.answered.length;
	await until(() => customers.answered.length > before + 50, 'reservations after the restart');
	await customers.stop();
	await until(() => isReady(products), 'readiness');
	await addsUp('restarted', customers);
	t.diagnostic(`${customers.answered.length} answered, ${customers.failed.length} failed, the slowest took ${customers.slowest} ms`);
	assert.ok(customers.slowest < 30000, `the slowest took ${customers.slowest} ms`);
	await products.stop();
});

// PostgreSQL finds out that two wait for each other after a second, in which all others wait behind them.
test('who moves the same products in another order never waits for who waits for it', { skip }, async () => {
	await stocked('moved');
	await query(server.of('moved'), 'update product set stock = 1000000');
	const products = await start('products', { DATABASE_URL: server.of('moved'), WORKERS: '8' });
	const skus = ['KIT-0001', 'KIT-0002', 'GAR-0001', 'TOY-0001'];
	const all = (tool, id, what, moves = true) => Promise.all(Array.from({ length: 100 }, async (_, i) => {
		const from = i % skus.length, items = [...skus.slice(from), ...skus.slice(0, from)];
		const result = await callTool(products, tool, { [id]: `${what}-${i}`,
			...moves && { items: (i % 8 < 4 ? items : items.reverse()).map(sku => ({ sku, quantity: 1 })) } });
		assert.ok(!result.isError, `${tool}: ${result.content[0].text}`);
	}));
	await all('reserve_stock', 'reservation_id', 'expired');
	await query(server.of('moved'), `update reservation set expires_at = 1;
		update reservation_item set expires_at = 1`);
	await all('reserve_stock', 'reservation_id', 'held');           // these tidy up behind those
	await all('commit_reservation', 'reservation_id', 'held', false);
	await all('commit_reservation', 'reservation_id', 'expired', false);
	await all('restock', 'restock_id', 'back');
	await products.stop();          // what its connections counted is told when they end
	assert.deepEqual(await rows(server.url, "select deadlocks from pg_stat_database where datname = 'moved'"), [{ deadlocks: 0 }]);
});

test('a cut that nobody is told of ends calls within their deadline; readiness fails and comes back',
	{ skip, timeout: 280000 }, async t => {
		await stocked('frozen');
		await query(server.of('frozen'), "update product set stock = 1000000 where sku = 'KIT-0002'");
		const between = await new Between(port).start();
		const products = await start('products', {
			DATABASE_URL: `postgresql://127.0.0.1:${between.port}/frozen`, ...login, CALL_DEADLINE: '30s' });
		const customers = new Customers(products, 6);
		await until(() => customers.answered.length > 50, 'reservations');
		assert.ok(await isReady(products));
		between.frozen = true;
		const began = Date.now();
		await until(async () => !await isReady(products), 'readiness fails');
		t.diagnostic(`not ready after ${Date.now() - began} ms`);
		// Whoever runs the container hears that all is well, and leaves it alone: another one would not do better.
		const health = await run('products', ['healthcheck'], { env: { PORT: String(products.port) } });
		assert.equal(health.status, 0, health.stderr);
		assert.ok(!await isReady(products));
		await until(() => customers.failed.length >= 6, 'calls fail');
		await pause(Math.max(0, began + 20000 - Date.now()));
		between.frozen = false;
		between.cut();
		const before = customers.answered.length, thawed = Date.now();
		await until(() => customers.answered.length > before + 20, 'reservations after the cut');
		await until(() => isReady(products), 'readiness');
		t.diagnostic(`served again ${Date.now() - thawed} ms after the cut ended; the slowest call took ${customers.slowest} ms`);
		await customers.stop();
		await addsUp('frozen', customers);
		assert.ok(customers.slowest < 45000, `the slowest took ${customers.slowest} ms`);
		assert.ok(!products.log.includes('secret'));
		await products.stop();
		between.stop();
	});

test('one idempotency key at the same time places one order', { skip }, async () => {
	await stocked('keys');
	await server.create('keys_orders');
	const products = await start('products', { DATABASE_URL: server.of('keys') });
	const books = await Promise.all([1, 2].map(() => start('orders', {
		DATABASE_URL: server.of('keys_orders'), PRODUCTS_URL: products.url, WORKERS: '8' })));
	for (let round = 0; round < 5; round++) {
		const order = orderOf({ 'KIT-0002': 1 }, `same-${round}`);
		const results = await Promise.all(Array.from({ length: 16 }, (_, i) =>
			callTool(books[i % 2], 'create_order', order)));
		const ids = new Set(results.filter(each => !each.isError).map(each => each.structuredContent.id));
		assert.equal(ids.size, 1, JSON.stringify([...ids]));
		for (const each of results.filter(each => each.isError))
			assert.match(each.content[0].text, /being placed|not confirmed|half a minute/);
	}
	assert.deepEqual(await rows(server.of('keys_orders'), 'select count(*) as n from orders'), [{ n: 5 }]);
	for (const each of [...books, products])
		await each.stop();
});

test('a server that is started while the database is away says why', { skip }, async () => {
	const { status, stderr } = await run('products', ['serve'], {
		env: { PORT: '0', METRICS_PORT: '0', DATABASE_URL: 'postgresql://somebody:hidden@127.0.0.1:1/shop' } });
	assert.equal(status, 1);
	assert.match(stderr, /refused/);
	assert.match(stderr, /postgresql:\/\/127\.0\.0\.1:1\/shop can't be used/);
	assert.doesNotMatch(stderr, /hidden/);
});

// ---- Changes by others ----

test('a product or a status changed in psql is notified with its URI, once', { skip }, async () => {
	await stocked('changes');
	await query(server.of('changes'), `insert into product (sku, sku_key, name, price, price_currency, stock, updated_at,
		name_words, other_words) values ('A b/ü', 'a b/ü', 'x', 1, 'GBP', 1, 0, 'x', '')`);
	await server.create('changed_orders');
	await (await start('orders', { DATABASE_URL: server.of('changed_orders') })).stop();
	await query(server.of('changed_orders'), `insert into orders (id, customer, status, placed_at, country)
		values ('O-1', 'c', 'recording', 0, 'GB')`);
	const listener = spawn('psql', ['-XAt', server.of('changes')]);
	let heard = '';
	listener.stdout.on('data', text => { heard += text; });
	listener.stdin.write(`listen mcp_changed;
		update product set price = price + 1, stock = stock + 1 where sku in ('KIT-0001', 'A b/ü');
		update product set name = 'y' where sku = 'KIT-0002';
		update product set stock = stock where sku = 'KIT-0003';
		\\connect changed_orders
		listen mcp_changed;
		update orders set status = 'committing';
		update orders set status = 'pending';
		select 'done';\n`);
	await until(() => /done/.test(heard), 'psql');
	listener.stdin.end();
	await new Promise(resolve => listener.on('close', resolve));
	assert.deepEqual([...heard.matchAll(/"mcp_changed" with payload "([^"]*)"/g)].map(match => match[1]).sort(),
		['customer://c', 'order://O-1', 'product://A%20b%2F%C3%BC', 'product://KIT-0001', 'product://KIT-0002']);
});

// ---- What a request costs ----

async function sent(products) {
	const url = /metrics at (http:[^,;\s"]+)/.exec(products.log)[1];
	const text = await (await fetch(`${url}/metrics`)).text();
	return Number(/^mcp_database_statements_total (\d+)/m.exec(text)[1]);
}

const prices = {
	'a ping': [0, () => stateless('ping')],
	'get_product': [1, () => stateless('tools/call', { name: 'get_product', arguments: { sku: 'KIT-0001' } })],
	'a resource': [1, () => stateless('resources/read', { uri: 'product://KIT-0001' })],
	'list_categories': [1, () => stateless('tools/call', { name: 'list_categories', arguments: {} })],
	'tools/list': [0, () => stateless('tools/list')],
	// BEGIN, the reservation, the product, what expired, two inserts, COMMIT.
	'reserve_stock': [7, number => stateless('tools/call', { name: 'reserve_stock',
		arguments: { reservation_id: `cost-${number}`, items: [{ sku: 'KIT-0001', quantity: 1 }] } })],
};

test('what a request sends to the database', { skip }, async t => {
	await stocked('costs');
	const products = await start('products', { DATABASE_URL: server.of('costs'), METRICS_PORT: '', WORKERS: '1' });
	let number = 0;
	for (const [what, [expected, make]] of Object.entries(prices)) {
		await exchange(products, make(number++));       // the first one connects and prepares
		let each = Infinity;
		// A job or a beat may look at the database meanwhile, which only adds: the least of some tells.
		for (let tries = 0; tries < 40 && each !== expected; tries++) {
			const before = await sent(products);
			for (let i = 0; i < 4; i++)
				await exchange(products, make(number++));
			each = Math.min(each, (await sent(products) - before) / 4);
		}
		t.diagnostic(`${what}: ${each} statements`);
		assert.equal(each, expected, what);
	}
	await products.stop();
});
