// slow_service.test.mjs - a service that takes a second for each answer holds no worker: hundreds of calls wait for it at
// once, and what does not need it is as quick as ever.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Between } from './raw.mjs';
import { ask, callTool, orderOf, samples, start } from './support.mjs';

const WORKERS = 4, DELAY_MS = 1000;
const MANY = process.env.BUILD === 'release' ? 500 : 150;

// It is products that waits for itself where all want the same.
const skus = readFileSync(samples.products[0], 'utf8').match(/^[A-Z]{3}-\d{4}/gm).slice(0, 90);

async function shop(settings) {
	const products = await start('products'), between = await new Between(products.port).start();
	const orders = await start('orders', { METRICS_PORT: 'any', PRODUCTS_URL: between.url, WORKERS: String(WORKERS), ...settings });
	return { orders, between, products, async stop() {
		await orders.stop();
		between.cut();
		between.server.close();
		await products.stop();
	} };
}

const waiting = server => server.metric('mcp_calls_waiting');

async function median(times, run) {
	const took = [];
	for (let i = 0; i < times; i++) {
		const began = performance.now();
		await run();
		took.push(performance.now() - began);
	}
	return took.sort((a, b) => a - b)[times >> 1];
}

test('hundreds of orders wait for products at once, with four workers', async () => {
	const { orders, between, products, stop } = await shop({});
	try {
		const { id } = await ask(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'first'));
		await ask(products, 'restock', { restock_id: 'many', items: skus.map(sku => ({ sku, quantity: MANY })) });
		const look = () => ask(orders, 'get_order', { id });
		await look();
		const alone = await median(20, look);
		between.delay = DELAY_MS;
		const began = performance.now();
		let placed = 0;
		const all = Promise.all(Array.from({ length: MANY }, (_, i) =>
			ask(orders, 'create_order', orderOf({ [skus[i % skus.length]]: 1 }, `many-${i}`)).finally(() => placed++)));
		let most = 0;
		while (most <= 10 * WORKERS && placed < MANY)
			most = Math.max(most, await waiting(orders));
		const beside = await median(20, look), left = MANY - placed;
		await all;
		const took = performance.now() - began;
		console.log(`# ${MANY} orders in ${Math.round(took)} ms; get_order ${alone.toFixed(1)} ms alone, ${beside.toFixed(1)} ms beside ${left}`);
		assert.ok(most > 10 * WORKERS, `at most ${most} waited at once`);
		// One worker each for two answers of a second: that long, and it is not near.
		assert.ok(took < MANY * 2 * DELAY_MS / WORKERS / 4, `${took} ms`);
		assert.ok(left > 0 && beside < DELAY_MS / 2, `${beside} ms beside ${left}`);
		assert.equal(await waiting(orders), 0);
	} finally {
		await stop();
	}
});

test('one that says nothing is given up, and nobody waits for it any more', async () => {
	const { orders, between, stop } = await shop({});
	try {
		await ask(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'first'));
		between.frozen = true;
		const call = callTool(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'second'));
		while (await waiting(orders) < 1)
			;
		const answer = await call;
		assert.ok(answer.isError && /cannot be reached/.test(answer.content[0].text), JSON.stringify(answer));
		assert.equal(await waiting(orders), 0);
	} finally {
		await stop();
	}
});
