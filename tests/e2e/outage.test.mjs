// outage.test.mjs - products is down, slow or comes back while orders are placed: nothing is held,
// nothing half recorded, and the caller is told in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Between } from './raw.mjs';
import { ask, callTool, orderOf, pause, start } from './support.mjs';

async function shopApart() {
	const products = await start('products');
	const between = await new Between(products.port).start();
	const orders = await start('orders', { PRODUCTS_URL: between.url });
	return {
		products, between, orders,
		place: (key, items = { 'KIT-0001': 2 }) => callTool(orders, 'create_order', orderOf(items, key)),
		available: async () => (await ask(products, 'get_product', { sku: 'KIT-0001' })).available,
		orderCount: async () => (await ask(orders, 'list_orders', {})).count,
		async stop() {
			await orders.stop();
			between.stop();
			await products.stop();
		},
	};
}

async function until(condition, within = 60000) {
	const end = Date.now() + within;
	while (!await condition()) {
		assert.ok(Date.now() < end, `it did not become so within ${within} ms`);
		await pause(100);
	}
}

test('products down: no order, nothing held, and words to pass on', async () => {
	const shop = await shopApart();
	shop.between.down = true;
	shop.between.cut();
	const result = await shop.place('down-1');
	assert.equal(result.isError, true);
	assert.match(result.content[0].text, /catalogue|products/i);
	assert.match(result.content[0].text, /again|later|shortly/i);
	assert.equal(await shop.orderCount(), 0);
	assert.equal(await shop.available(), 84);
	await shop.stop();
});

test('after five failures in a row calls fail at once; then one probe finds it back', async () => {
	const shop = await shopApart();
	shop.between.down = true;
	shop.between.cut();
	for (let i = 0; i < 5; i++)
		assert.equal((await shop.place(`breaker-${i}`)).isError, true);
	await shop.orders.says(/failed 5 times in a row/);
	const asked = shop.between.asked;
	assert.equal((await shop.place('breaker-fast')).isError, true);
	assert.equal(shop.between.asked, asked, 'it was asked all the same');
	shop.between.down = false;
	await until(async () => !(await shop.place('breaker-back')).isError);
	assert.equal(await shop.orderCount(), 1);
	await until(async () => await shop.available() === 82);
	await shop.stop();
});

test('the same key after an outage places the order, once', async () => {
	const shop = await shopApart();
	shop.between.down = true;
	shop.between.cut();
	assert.equal((await shop.place('again-1')).isError, true);
	shop.between.down = false;
	let placed;
	await until(async () => !(placed = await shop.place('again-1')).isError);
	assert.equal((await shop.place('again-1')).structuredContent.id, placed.structuredContent.id);
	assert.equal(await shop.orderCount(), 1);
	await until(async () => await shop.available() === 82);
	await shop.stop();
});

test('an answer that never arrives leaves nothing held for good', async () => {
	const shop = await shopApart();
	shop.between.delay = 5000;              // longer than orders waits
	const result = await shop.place('lost-1');
	assert.equal(result.isError, true);
	shop.between.delay = 0;
	await pause(500);
	shop.between.cut();
	// The order is taken back, and what may have been reserved for it is released.
	await until(async () => await shop.available() === 84);
	assert.equal(await shop.orderCount(), 0);
	await shop.stop();
});

test('a cancellation while products is down puts the goods back later', async () => {
	const shop = await shopApart();
	const { id } = (await shop.place('later-1')).structuredContent;
	assert.equal(await shop.available(), 82);
	shop.between.down = true;
	shop.between.cut();
	const cancelled = await ask(shop.orders, 'cancel_order', { id, confirm: true });
	assert.equal(cancelled.status, 'cancelled');
	assert.equal(cancelled.restock_pending, true);
	assert.equal(await shop.available(), 82);
	shop.between.down = false;
	await until(async () => await shop.available() === 84);
	await until(async () => !(await ask(shop.orders, 'get_order', { id })).restock_pending);
	await shop.stop();
});

test('a slow products is waited for, within bounds', async () => {
	const shop = await shopApart();
	shop.between.delay = 700;
	assert.equal((await shop.place('slow-1')).structuredContent.status, 'pending');
	await shop.stop();
});

test('orders placed at the same time never sell more than there is', async () => {
	const shop = await shopApart();
	const results = await Promise.all(Array.from({ length: 60 }, (_, i) => shop.place(`rush-${i}`)));
	const placed = results.filter(result => !result.isError);
	assert.equal(placed.length, 42);        // 84 units, two an order
	for (const result of results.filter(each => each.isError))
		assert.match(result.content[0].text, /KIT-0001/);
	assert.equal(await shop.available(), 0);
	assert.equal((await ask(shop.orders, 'list_orders', { limit: 100 })).count, 42);
	await shop.stop();
});
