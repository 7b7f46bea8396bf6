// crash.test.mjs - both servers are killed with -9 at random moments while orders are being placed;
// then stock, reservations and orders must add up exactly: never twice, never lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Mortal } from './mortal.mjs';
import { ask, callTool, onPostgres, orderOf, pause } from './support.mjs';

const [calls, atOnce, killsMost] = onPostgres ? [400, 20, 8] : [1000, 50, 20];
const skus = ['KIT-0001', 'KIT-0002', 'GAR-0001', 'TOY-0001', 'TEX-0001', 'BAG-0001'];

const sums = rows => Object.fromEntries(rows.map(row => [row.sku, row.units]));

// What a client does: the same key again until there is an answer that is not "try again".
async function placeOrder(orders, number) {
	const items = { [skus[number % skus.length]]: 1 + number % 3, [skus[(number * 5 + 1) % skus.length]]: 1 };
	for (const until = Date.now() + 120000; Date.now() < until;) {
		try {
			const result = await callTool(orders.server, 'create_order', orderOf(items, `key-${number}`));
			if (!result.isError)
				return result.structuredContent;
			if (/\b(available|in stock|only|not enough)\b/i.test(result.content[0].text))
				return null;                            // there is not enough of it left
		} catch {
			// Killed while it was called, or not up yet.
		}
		await pause(25 + Math.random() * 100);
	}
	throw new Error(`order ${number} was never answered`);
}

test(`${calls} orders while both servers are killed`, { timeout: 240000 }, async t => {
	const products = new Mortal('products', { WORKERS: '4' });
	await products.live();
	const orders = new Mortal('orders', { PRODUCTS_URL: products.server.url, WORKERS: '32' });
	await orders.live();
	for (const sku of skus)
		await ask(products.server, 'update_product', { sku, stock_change: 300 });
	const stock = sums(await products.select('select sku, stock as units from product'));

	let next = 0, over = false;
	const placed = new Map();
	const client = async () => {
		for (let number; (number = next++) < calls;)
			placed.set(number, await placeOrder(orders, number));
	};
	const killer = (async () => {
		while (!over && orders.kills + products.kills < killsMost) {
			await pause(200 + Math.random() * 600);
			if (!over)
				await (Math.random() < 0.7 ? orders : products).die();
		}
	})();
	try {
		await Promise.all(Array.from({ length: atOnce }, client));
	} finally {
		over = true;
		await killer;
	}
	t.diagnostic(`orders was killed ${orders.kills} times, products ${products.kills} times`);
	assert.ok(orders.kills >= 3, 'it was hardly killed');

	// What was left behind is settled when its leases end.
	const open = async () => (await orders.select(`select (select count(*) from orders
		where status in ('recording', 'committing')) + (select count(*) from errand) as n`))[0].n
		+ (await products.select(`select count(*) as n from reservation
		where state = 'held' and expires_at > ${Date.now()}`))[0].n;
	for (const until = Date.now() + 90000; await open() > 0;) {
		assert.ok(Date.now() < until, `${await open()} things are still open`);
		await pause(200);
	}

	const sold = sums(await orders.select(`select sku, sum(quantity) as units from order_line
		join orders on orders.id = order_id where status = 'pending' group by sku`));
	const committed = sums(await products.select(`select sku, sum(quantity) as units from reservation_item
		join reservation on reservation.id = reservation_id join product on product.id = product_id
		where state = 'committed' group by sku`));
	const left = sums(await products.select('select sku, stock as units from product'));
	assert.deepEqual(sold, committed, 'what orders recorded is not what products committed');
	for (const sku of Object.keys(stock))
		assert.equal(stock[sku] - left[sku], sold[sku] ?? 0, `${sku} does not add up`);

	const keys = await orders.select(`select idempotency_key as key, count(*) as n, min(id) as id from orders
		where status = 'pending' group by idempotency_key`);
	assert.ok(keys.every(row => row.n === 1), 'a key has two orders');
	const byKey = new Map(keys.map(row => [row.key, row.id]));
	for (const [number, order] of placed) {
		if (order)
			assert.equal(byKey.get(`key-${number}`), order.id, `order ${number} was answered and is lost`);
		else
			assert.ok(!byKey.has(`key-${number}`), `order ${number} was refused and is there`);
	}
	assert.ok([...placed.values()].filter(Boolean).length > calls / 4, 'hardly any order was placed');
	await orders.server.stop();
	await products.server.stop();
});
