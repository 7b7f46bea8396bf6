// others.test.mjs - official clients that are not TypeScript SDKs, through both servers: the Python
// client in both eras, mcp-remote as Claude Desktop starts it, and the Inspector's command line.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Desktop, printed, startClient } from './desktop.mjs';
import { Between } from './raw.mjs';
import {
	ask, databaseUrl, eventually, keyLines, keys, orderOf, root, run, start, temporary, writeOrders,
} from './support.mjs';

const statuses = ['paid', 'packed', 'shipped', 'delivered'];
let products, orders, number = 0;

before(async () => {
	const folder = temporary(), file = join(folder, 'orders.csv');
	writeOrders(file);
	appendFileSync(file, '536365,2010-12-01T08:26:00Z,C7,United Kingdom,KIT-0001,6,2.55\n');
	const imported = await run('orders', ['import', file, '--currency', 'GBP'],
		{ env: { DATABASE_URL: await databaseUrl('orders', folder) } });
	assert.equal(imported.status, 0, imported.stderr);
	products = await start('products');
	orders = await start('orders', { PRODUCTS_URL: products.url, RETRY: '100ms' }, { folder });
});
after(async () => {
	await orders.stop();
	await products.stop();
});

const newOrder = async () =>
	(await ask(orders, 'create_order', orderOf({ 'KIT-0003': 1 }, `others-${++number}`))).id;
const move = (id, status) => ask(orders, 'update_order_status', { id, status });

// How often following an order was cancelled, after `from` in the log.
const cancelled = from =>
	orders.log.slice(from).match(/"track_order"[^\n]*"cancelled"/g)?.length ?? 0;

// ---- The Python client ----

const python = join(root, 'build/python/bin/python');

// Runs tour.py; its connection is cut when it says so.
async function tour(mode) {
	const between = await new Between(orders.port).start();
	const child = startClient(python,
		[join(root, 'tests/e2e/tour.py'), mode, products.url, orders.url, between.url]);
	let done = false;
	child.stderr.on('data', () => {
		if (!done && child.said.includes('cut\n')) {
			done = true;
			between.cut();
			child.stdin.write('\n');
		}
	});
	try {
		return JSON.parse(await printed(child));
	} finally {
		between.stop();
	}
}

const eras = { legacy: '2025-11-25', auto: '2026-07-28' };
const skip = !existsSync(python) && 'there is no Python 3.11 or later';

for (const [mode, revision] of Object.entries(eras))
	describe(`the Python client, ${revision}`, { skip }, () => {
		const sessions = mode === 'legacy';
		let seen, from;
		before(async () => {
			from = orders.log.length;
			seen = await tour(mode);
		});

		test('lists and reads what both offer', () => {
			for (const [name, lists] of Object.entries(seen.lists)) {
				assert.deepEqual([lists.server, lists.revision], [name, revision]);
				assert.ok(lists.prompts.length && lists.templates.length && lists.resources.length, name);
				assert.ok(lists.read.every(Boolean), name);
			}
			assert.ok(seen.lists.products.resources.includes('catalog://categories'));
			assert.ok(seen.listed && seen.order);
		});

		test('calls every tool', () => {
			for (const [name, { tools }] of Object.entries(seen.lists))
				assert.deepEqual([...new Set(seen.called[name])].sort(), tools.sort());
			assert.deepEqual(seen.products, { found: 1, product: 'Beech Butter Knife', released: 'released',
				failed: true, unknown_tool: -32602, unknown_resource: sessions ? -32002 : -32602, prompt: 'user' });
			assert.equal(seen.returned, 'received');
		});

		test('streams progress', () => {
			assert.deepEqual(seen.followed, { steps: 5, status: 'delivered' });
			assert.equal(seen.reported.rows, 3);
			assert.ok(seen.reported.steps.length >= 1);
			assert.ok(seen.reported.steps.every(([progress, total]) => progress <= total));
		});

		test('is asked', () =>
			assert.deepEqual(seen.cancelled, { asked: 1, names_it: true, status: 'cancelled' }));

		test('follows a resource of each', () => {
			assert.equal(seen.told.products, 'product://KIT-0005');
			assert.match(seen.told.orders, /^order:\/\/ORD-/);
		});

		test('reads the skill of each', () => {
			for (const [name, skill] of [['products', 'choose-a-gift'], ['orders', 'handle-a-return']])
				assert.ok(seen.lists[name].resources.includes(`skill://${skill}/SKILL.md`), name);
		});

		test('cancels a call, which ends at the server too', async () => {
			assert.deepEqual(seen.given_up, { cancelled: true, status: 'pending' });
			const times = sessions ? 1 : 2;         // a lost connection is a cancel in 2026-07-28
			await eventually(() => cancelled(from) >= times, 'the server was not told');
			assert.equal(cancelled(from), times);
		});

		test('loses its connection: the older era resumes, the newer calls again', () =>
			assert.deepEqual(seen.connection, {
				steps: sessions ? [1, 2, 3, 4, 5] : [1], status: sessions ? 'delivered' : 'lost',
				again: 'delivered',
			}));
	});

// ---- mcp-remote ----

describe('mcp-remote, as Claude Desktop starts it', () => {
	const asked = [];
	let between, shop, book;
	before(async () => {
		between = await new Between(orders.port).start();
		shop = new Desktop(products.url);
		book = new Desktop(between.url, { elicit: question => {
			asked.push(question.message);
			return { action: 'accept', content: { sure: true } };
		} });
		const begun = await Promise.all([shop.begin(), book.begin()]);
		assert.deepEqual(begun.map(each => each.serverInfo.name), ['products', 'orders']);
		assert.match(begun[0].instructions, /catalogue/);
	});
	after(async () => {
		try {
			await shop.end();
			await book.end();
		} finally {
			between.stop();
		}
	});

	test('lists, calls, reads, prompts', async () => {
		const { tools } = await shop.result('tools/list');
		assert.ok(tools.some(tool => tool.name === 'search_products'));
		const found = await shop.call('search_products', { words: 'knife' });
		assert.equal(found.structuredContent.products[0].sku, 'KIT-0003');
		assert.ok((await shop.call('get_product', { sku: 'NO-SUCH' })).isError);
		const { contents } = await shop.result('resources/read', { uri: 'product://KIT-0003' });
		assert.equal(JSON.parse(contents[0].text).sku, 'KIT-0003');
		await shop.result('prompts/get', { name: 'compare_products', arguments: { skus: 'KIT-0001,KIT-0002' } });
		assert.equal((await shop.request('tools/call', { name: 'no_such_tool' })).error.code, -32602);
		assert.ok((await book.result('tools/list')).tools.some(tool => tool.name === 'create_order'));
		const order = await book.call('create_order', orderOf({ 'KIT-0003': 1 }, `others-${++number}`));
		assert.equal(order.structuredContent.status, 'pending');
	});

	test('streams progress', async () => {
		const id = await newOrder(), steps = [];
		const followed = await book.call('track_order', { id, follow: true, wait_seconds: 30 }, step => {
			if (steps.push(step.message) <= statuses.length)
				void move(id, statuses[steps.length - 1]);
		});
		assert.equal(followed.structuredContent.status, 'delivered');
		assert.equal(steps.length, 5);
	});

	test('passes the question on', async () => {
		const id = await newOrder();
		assert.equal((await book.call('cancel_order', { id })).structuredContent.status, 'cancelled');
		assert.equal(asked.length, 1);
		assert.match(asked[0], new RegExp(id));
	});

	test('follows a resource of each', async () => {
		const id = await newOrder();
		for (const [client, uri, change] of [
			[shop, 'product://KIT-0006', () => ask(products, 'update_product', { sku: 'KIT-0006', stock_change: 1 })],
			[book, `order://${id}`, () => move(id, 'paid')],
		]) {
			await client.result('resources/subscribe', { uri });
			await change();
			await eventually(() => client.told.some(message =>
				message.method === 'notifications/resources/updated' && message.params.uri === uri), uri);
		}
	});

	test('reads the skill of each', async () => {
		for (const [client, skill] of [[shop, 'choose-a-gift'], [book, 'handle-a-return']]) {
			const { contents } = await client.result('resources/read', { uri: `skill://${skill}/SKILL.md` });
			assert.match(contents[0].text, new RegExp(`^---\nname: ${skill}\n`));
		}
	});

	test('cancels a call, which ends at the server too', async () => {
		const id = await newOrder(), from = orders.log.length;
		await new Promise(resolve => {
			book.call('track_order', { id, follow: true }, resolve).catch(() => {});
		});
		book.send({ method: 'notifications/cancelled', params: { requestId: book.last, reason: 'enough' } });
		await eventually(() => cancelled(from) === 1, 'the server was not told');
		assert.deepEqual(await book.result('ping'), {});
	});

	test('resumes on a new connection', async () => {
		const id = await newOrder(), steps = [];
		let begun;
		const first = new Promise(resolve => { begun = resolve; });
		const following = book.call('track_order', { id, follow: true, wait_seconds: 30 }, step => {
			steps.push(step.progress);
			begun();
		});
		await first;
		between.cut();
		for (const status of statuses)
			await move(id, status);
		assert.equal((await following).structuredContent.status, 'delivered');
		assert.deepEqual(steps, [1, 2, 3, 4, 5]);
	});

	test('brings the key of its environment', async () => {
		const keyed = await start('products', { API_KEYS: keyLines });
		const reader = new Desktop(keyed.url, { args: ['--header', 'Authorization:${AUTH_HEADER}'],
			env: { AUTH_HEADER: `Bearer ${keys.reader}` } });
		await reader.begin();
		assert.equal((await reader.result('tools/list')).tools.length, 4);
		const { structuredContent } = await reader.call('get_product', { sku: 'KIT-0001' });
		assert.equal(structuredContent.sku, 'KIT-0001');
		await reader.end();
		assert.match(keyed.log, /"caller":"reader"/);
		await keyed.stop();
	});
});

// What a person reads who connects with that, and the key is missing or wrong.
describe('mcp-remote, without a key that is known', () => {
	let keyed;
	before(async () => { keyed = await start('products', { API_KEYS: keyLines }); });
	after(() => keyed.stop());

	for (const [name, args] of [['no key', []], ['a wrong one', ['--header', 'Authorization:Bearer mcp_wrong']]])
		test(`${name}: its words say what is needed`, async () => {
			const desktop = new Desktop(keyed.url, { args });
			await assert.rejects(desktop.begin());
			const { said } = desktop.child;
			assert.match(said, /Each request needs a key, as the header Authorization: Bearer KEY/);
			assert.match(said, /mcp-remote takes it as --header/);
			assert.match(said, /makes one: mcp-products key NAME SCOPE/);
			assert.doesNotMatch(said, /There is nothing here/);
		});
});

// ---- The Inspector ----

const inspector = join(root,
	'build/npm/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js');

// What its command line prints for one method.
const inspect = async (server, ...args) => JSON.parse(await printed(startClient(process.execPath,
	[inspector, '--cli', server.url, '--format', 'json', ...args]))).result;

for (const era of ['legacy', 'modern'])
	test(`the Inspector, ${era}: lists and calls both servers`, async () => {
		const speak = ['--protocol-era', era, '--method'];
		// --strict: an exit status for a schema that some model would not take.
		const listed = await inspect(products, ...speak, 'tools/list', '--strict');
		assert.ok(listed.tools.some(tool => tool.name === 'search_products'));
		const found = await inspect(products, ...speak, 'tools/call', '--tool-name', 'search_products',
			'--tool-arg', 'words=knife', 'limit=2');
		assert.equal(found.structuredContent.products[0].sku, 'KIT-0003');
		const offered = await inspect(orders, ...speak, 'tools/list', '--strict');
		assert.ok(offered.tools.some(tool => tool.name === 'sales_report'));
		const list = await inspect(orders, ...speak, 'tools/call', '--tool-name', 'list_orders',
			'--tool-args-json', '{"customer":"C7","limit":5}');
		assert.equal(list.structuredContent.orders.length, 5);
		// It makes a number of the digits.
		const order = await inspect(orders, ...speak, 'tools/call', '--tool-name', 'get_order',
			'--tool-arg', 'id=536365');
		assert.equal(order.structuredContent.id, '536365');
	});

test('the Inspector brings a key', async () => {
	const keyed = await start('products', { API_KEYS: keyLines });
	const { tools } = await inspect(keyed, '--method', 'tools/list',
		'--header', `Authorization: Bearer ${keys.reader}`);
	assert.equal(tools.length, 4);
	await keyed.stop();
});
