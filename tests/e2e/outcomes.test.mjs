// outcomes.test.mjs - what the program could not do is told apart from what a model got wrong, whatever words a tool chose.
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { query } from './postgres.mjs';
import { Between } from './raw.mjs';
import { ask, beginSession, callTool, databaseUrl, exchange, keyLines, onPostgres, orderOf, start, temporary } from './support.mjs';

const calls = (server, tool, outcome) =>
	server.metric(`mcp_requests_total\\{method="tools/call",tool="${tool}",outcome="${outcome}"\\}`);
const failures = (server, cause) => server.metric(`mcp_database_failures_total\\{cause="${cause}"\\}`);
const callsOut = (server, outcome) =>
	server.metric(`mcp_calls_out_total\\{service="127\\.0\\.0\\.1:\\d+",outcome="${outcome}"\\}`);

// As somebody does it by hand.
async function change(url, sql) {
	if (onPostgres)
		return query(url, sql);
	const file = new DatabaseSync(url.replace('sqlite:', ''));
	file.exec(`pragma busy_timeout = 5000; ${sql}`);
	file.close();
}

test('a store that fails is not the model\'s mistake', async () => {
	const folder = temporary(), server = await start('products', { METRICS_PORT: 'any', LOOPS: '1' }, { folder });
	const url = await databaseUrl('products', folder);
	try {
		assert.equal((await callTool(server, 'get_product', { sku: 'NO-SUCH' })).isError, true);
		assert.equal((await callTool(server, 'get_product', {})).isError, true);
		assert.equal(await calls(server, 'get_product', 'error'), 1);
		assert.equal(await calls(server, 'get_product', 'refused'), 1);
		assert.equal(await calls(server, 'get_product', 'unavailable'), 0);
		assert.equal(await server.metric('mcp_database_failures_total'), 0);

		await change(url, 'alter table product rename to another');
		assert.equal((await callTool(server, 'get_product', { sku: 'KIT-0001' })).isError, true);
		await server.says(/"outcome":"unavailable"|get_product.* unavailable/);
		assert.equal(await calls(server, 'get_product', 'unavailable'), 1);
		assert.equal(await calls(server, 'get_product', 'error'), 1);
		assert.ok(await failures(server, 'unfit') >= 1);
		// One that was not prepared before.
		assert.equal((await callTool(server, 'list_categories', {})).isError, true);
		assert.equal(await calls(server, 'list_categories', 'unavailable'), 1);
		assert.equal(await failures(server, 'refused') + await failures(server, 'misused'), 0);

		await change(url, 'alter table another rename to product');
		await ask(server, 'get_product', { sku: 'KIT-0001' });
		assert.equal(await calls(server, 'get_product', 'unavailable'), 1);
		assert.equal(await calls(server, 'get_product', 'ok'), 1);
	} finally {
		await server.stop();
	}
});

test('nor is a service that was called in vain, unless the tool can do without it', async () => {
	const products = await start('products'), between = await new Between(products.port).start();
	const orders = await start('orders', { METRICS_PORT: 'any', PRODUCTS_URL: between.url });
	try {
		const { id } = await ask(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'first'));
		assert.equal((await callTool(orders, 'create_order', orderOf({ 'NO-SUCH': 1 }, 'second'))).isError, true);
		assert.equal(await calls(orders, 'create_order', 'error'), 1);
		assert.ok(await callsOut(orders, 'answered') >= 1);
		assert.ok(await callsOut(orders, 'refused') >= 1);
		assert.equal(await callsOut(orders, 'unreachable'), 0);

		between.down = true;
		between.cut();
		assert.equal((await callTool(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'third'))).isError, true);
		assert.equal(await calls(orders, 'create_order', 'unavailable'), 1);
		assert.equal(await calls(orders, 'create_order', 'error'), 1);
		assert.ok(await callsOut(orders, 'unreachable') >= 1);

		// The stock is given back later: its caller has what it asked for.
		await ask(orders, 'cancel_order', { id, confirm: true, reason: 'Found it cheaper' });
		assert.equal(await calls(orders, 'cancel_order', 'ok'), 1);
	} finally {
		await orders.stop();
		between.stop();
		await products.stop();
	}
});

test('a service that could not for want of its own database is not the model\'s mistake either', async () => {
	const folder = temporary(), products = await start('products', { METRICS_PORT: 'any' }, { folder });
	const orders = await start('orders', { METRICS_PORT: 'any', PRODUCTS_URL: products.url });
	const url = await databaseUrl('products', folder);
	try {
		await change(url, 'alter table product rename to another');
		const { isError, content } = await callTool(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'first'));
		assert.equal(isError, true);
		assert.match(content[0].text, /catalogue/);
		assert.equal(await calls(products, 'reserve_stock', 'unavailable'), 1);
		assert.equal(await calls(orders, 'create_order', 'unavailable'), 1);
		assert.equal(await calls(orders, 'create_order', 'error'), 0);
		assert.equal(await callsOut(orders, 'refused'), 0);
		assert.ok(await callsOut(orders, 'unavailable') >= 1);

		await change(url, 'alter table another rename to product');
		assert.equal((await ask(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'first'))).status, 'pending');
	} finally {
		await orders.stop();
		await products.stop();
	}
});

// It is told to wait as before; whoever has alarms is told nothing, for all others are served.
test('nor is a service that does not take this one\'s key: the log says where, and the model is not told', async () => {
	const products = await start('products', { API_KEYS: keyLines });
	const orders = await start('orders', { METRICS_PORT: 'any', PRODUCTS_URL: products.url, PRODUCTS_KEY: 'mcp_a-key-that-nobody-has' });
	try {
		const { isError, content } = await callTool(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'denied'));
		assert.equal(isError, true);
		assert.doesNotMatch(content[0].text, /127\.0\.0\.1|http:/);
		assert.equal(await calls(orders, 'create_order', 'unavailable'), 1);
		assert.ok(await callsOut(orders, 'denied') >= 1);
		await orders.says(/calling reserve_stock of http:\/\/127\.0\.0\.1:\d+\/mcp failed: .*its key is not accepted/);
	} finally {
		await orders.stop();
		await products.stop();
	}
});

test('who asks for more at a time than one caller may is refused, which is not the program\'s matter', async () => {
	// Room enough that its own jobs, which wait there too, never leave none.
	const server = await start('products', { METRICS_PORT: 'any', WORKERS: '1', WORKER_QUEUE: '24' });
	try {
		const session = await beginSession(server, '2025-03-26');
		const batch = Array.from({ length: 50 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'tools/call',
			params: { name: 'update_product', arguments: { sku: 'KIT-0001', stock_change: 1 } } }));
		const { json } = await exchange(server, { headers: session, body: JSON.stringify(batch) });
		const refused = json.filter(each => each.error?.code === 429).length;
		assert.ok(refused > 0);
		assert.equal(await calls(server, 'update_product', 'refused'), refused);
		assert.equal(await calls(server, 'update_product', 'unavailable'), 0);
	} finally {
		await server.stop();
	}
});
