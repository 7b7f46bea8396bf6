// crash.test.mjs - both servers are killed with -9 at random moments while orders are being placed;
// then stock, reservations and orders must add up exactly: never twice, never lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Mortal } from './mortal.mjs';
import { ask, callTool, eventually, onPostgres, orderOf, pause } from './support.mjs';

const [calls, atOnce] = onPostgres ? [400, 20] : [1000, 50];
const kills = onPostgres ? { orders: 6, products: 2 } : { orders: 14, products: 6 };
const PATIENCE_MS = 120000;             // since the last kill: several leases, and pauses
const skus = ['KIT-0001', 'KIT-0002', 'GAR-0001', 'TOY-0001', 'TEX-0001', 'BAG-0001'];

const sums = rows => Object.fromEntries(rows.map(row => [row.sku, row.units]));

let patientUntil = Date.now() + PATIENCE_MS;

// What a client does: the same key again until there is an answer that is not "try again".
async function placeOrder(orders, number) {
	const items = { [skus[number % skus.length]]: 1 + number % 3, [skus[(number * 5 + 1) % skus.length]]: 1 };
	for (let last; ; await pause(25 + Math.random() * 100)) {
		try {
			const result = await callTool(orders.server, 'create_order', orderOf(items, `key-${number}`));
			if (!result.isError)
				return result.structuredContent;
			last = result.content[0].text;
			if (/There is not enough stock/.test(last))
				return null;
		} catch (error) {
			last = error.message;                           // killed while it was called, or not up yet
		}
		if (Date.now() > patientUntil)
			throw new Error(`order ${number} was never answered, at last: ${last}`);
	}
}

// At random moments, in a random order; how often each is killed is no matter of luck.
async function killAll(mortals) {
	const left = mortals.flatMap(mortal => Array(kills[mortal.name]).fill(mortal));
	while (left.length > 0) {
		await pause(200 + Math.random() * 600);
		await left.splice(Math.floor(Math.random() * left.length), 1)[0].die();
		patientUntil = Date.now() + PATIENCE_MS;
	}
}

test(`${calls} orders while both servers are killed`, { timeout: 290000 }, async t => {
	const products = new Mortal('products', { WORKERS: '4' });
	await products.live();
	const orders = new Mortal('orders', { PRODUCTS_URL: products.server.url, WORKERS: '32' });
	await orders.live();
	for (const sku of skus)
		await ask(products.server, 'update_product', { sku, stock_change: 300 });
	const stock = sums(await products.select('select sku, stock as units from product'));

	// However quick they are, orders are being placed until the last kill.
	let next = 0, killed = false;
	const placed = new Map();
	const client = async () => {
		for (let number; (number = next++) < calls || !killed;)
			placed.set(number, await placeOrder(orders, number));
	};
	try {
		await Promise.all([killAll([orders, products]).finally(() => { killed = true; }),
			...Array.from({ length: atOnce }, client)]);
	} finally {
		patientUntil = 0;               // where it failed nobody goes on trying
	}
	t.diagnostic(`of ${placed.size} orders ${[...placed.values()].filter(Boolean).length} were placed`);

	// What was left behind is settled when its leases end.
	let open;
	await eventually(async () => {
		open = [...await orders.select(`select id, status, lease_until from orders where status in ('recording', 'committing')
			union all select id, coalesce(trouble, 'not done'), lease_until from errand`),
		...await products.select(`select id, state from reservation
			where state = 'held' and expires_at > ${Date.now()}`)];
		return open.length === 0;
	}, () => `${open.length} things are still open: ${JSON.stringify(open.slice(0, 10))}`, 120000);

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
	assert.deepEqual(keys.filter(row => row.n !== 1), [], 'a key has two orders');
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
