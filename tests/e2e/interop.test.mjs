// interop.test.mjs - the official clients of both eras use every tool, resource and prompt of both
// servers, with streaming, asking, cancelling and resuming.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { clients } from './clients.mjs';
import { Between } from './raw.mjs';
import {
	ask, databaseUrl, eventually, keyLines, keys, orderOf, pause, run, start, temporary, writeOrders,
} from './support.mjs';

let products, orders, number = 0;
const unique = () => `interop-${process.pid}-${++number}`;

before(async () => {
	const folder = temporary(), file = join(folder, 'orders.csv');
	writeOrders(file);
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

const used = { products: new Set(), orders: new Set() };

for (const [name, { connect, sessions, revision }] of Object.entries(clients))
	describe(name, () => {
		let shop, book;
		const shopTool = (tool, ...rest) => { used.products.add(tool); return shop.ask(tool, ...rest); };
		const bookTool = (tool, ...rest) => { used.orders.add(tool); return book.ask(tool, ...rest); };
		const newOrder = async items =>
			(await bookTool('create_order', orderOf(items ?? { 'KIT-0003': 1 }, unique()))).id;
		const available = async sku => (await shopTool('get_product', { sku })).available;

		before(async () => {
			shop = await connect(products.url);
			book = await connect(orders.url);
			await shop.client.listTools();          // from now on results are checked by their schemas
			await book.client.listTools();
		});
		after(async () => {
			await shop.close();
			await book.close();
		});

		test('it speaks the revision it should, and knows the server', () => {
			assert.equal(shop.client.getNegotiatedProtocolVersion?.() ?? shop.transport.protocolVersion, revision);
			assert.deepEqual([shop.client.getServerVersion().name, book.client.getServerVersion().name],
				['products', 'orders']);
			assert.match(shop.client.getInstructions(), /catalogue/);
			assert.ok(shop.client.getServerCapabilities().tools);
			assert.equal(Boolean(shop.transport.sessionId), Boolean(sessions));
		});

		test('every tool says what it is and does', async () => {
			for (const each of [shop, book])
				for (const tool of (await each.client.listTools()).tools) {
					assert.match(tool.name, /^[a-z_]{1,64}$/);
					assert.ok(tool.title && tool.description.length > 30, tool.name);
					assert.equal(tool.inputSchema.type, 'object', tool.name);
					assert.equal(typeof tool.annotations.readOnlyHint, 'boolean', tool.name);
					for (const [field, schema] of Object.entries(tool.inputSchema.properties ?? {}))
						assert.ok(schema.description, `${tool.name}.${field} has no description`);
				}
		});

		// ---- products ----

		test('search_products: ranked, page by page, whatever case and accents', async () => {
			const found = await shopTool('search_products', { words: 'CREME brulee ramek' });
			assert.equal(found.products[0].sku, 'KIT-0002');
			const skus = [];
			let cursor;
			do {
				const page = await shopTool('search_products',
					{ category: 'Kitchen', sort: 'price_asc', limit: 7, ...(cursor ? { cursor } : {}) });
				skus.push(...page.products.map(each => each.sku));
				cursor = page.next_cursor;
			} while (cursor);
			assert.ok(skus.length > 14, String(skus.length));
			assert.equal(new Set(skus).size, skus.length, 'a product came twice');
			const priced = await shopTool('search_products',
				{ price_min: 1000, price_max: 1500, in_stock: true, limit: 100 });
			assert.ok(priced.products.length > 0);
			assert.ok(priced.products.every(({ price }) => price.amount >= 1000 && price.amount <= 1500));
		});

		test('get_product: by SKU, or what is near', async () => {
			assert.equal((await shopTool('get_product', { sku: 'kit-0003' })).name, 'Beech Butter Knife');
			assert.match(await shop.fails('get_product', { sku: 'KIT0003' }), /KIT-0003/);
		});

		test('list_categories: with counts', async () => {
			const { categories } = await shopTool('list_categories', {});
			assert.ok(categories.length >= 12);
			assert.ok(categories.every(each => Object.values(each).some(Number.isInteger)));
		});

		test('check_stock: many at once', async () => {
			const checked = await shopTool('check_stock', { items: [{ sku: 'KIT-0001', quantity: 1 },
				{ sku: 'KIT-0003', quantity: 100000 }, { sku: 'NO-SUCH', quantity: 1 }] });
			assert.equal(checked.sufficient, false);
			assert.deepEqual(checked.items.map(item => [item.sku, item.known, item.sufficient]),
				[['KIT-0001', true, true], ['KIT-0003', true, false], ['NO-SUCH', false, false]]);
		});

		test('reserve, check, commit, release, restock: all or nothing, once for an id', async () => {
			const id = unique(), items = [{ sku: 'KIT-0004', quantity: 2 }];
			const before = await available('KIT-0004');
			assert.equal((await shopTool('reserve_stock', { reservation_id: id, items })).state, 'held');
			assert.equal((await shopTool('reserve_stock', { reservation_id: id, items })).state, 'held');
			assert.equal(await available('KIT-0004'), before - 2);
			assert.equal((await shopTool('check_reservation', { reservation_id: id })).state, 'held');
			for (let i = 0; i < 2; i++)
				assert.equal((await shopTool('commit_reservation', { reservation_id: id })).state, 'committed');
			assert.equal(await available('KIT-0004'), before - 2);
			for (let i = 0; i < 2; i++)
				await shopTool('restock', { restock_id: id, items, reason: 'return' });
			assert.equal(await available('KIT-0004'), before);

			const other = unique();
			await shopTool('reserve_stock', { reservation_id: other, items });
			assert.equal((await shopTool('release_reservation', { reservation_id: other })).state, 'released');
			assert.equal(await available('KIT-0004'), before);
			const words = await shop.fails('reserve_stock', { reservation_id: unique(),
				items: [...items, { sku: 'KIT-0001', quantity: 100000 }] });
			assert.match(words, /KIT-0001/);
			assert.equal(await available('KIT-0004'), before);
		});

		test('update_product: changes what is given, and loses nobody\'s change', async () => {
			const before = await shopTool('get_product', { sku: 'KIT-0005' });
			const all = await Promise.all(Array.from({ length: 10 }, () =>
				shopTool('update_product', { sku: 'KIT-0005', stock_change: 1 })));
			assert.equal(Math.max(...all.map(each => each.stock)), before.stock + 10);
			const after = await shopTool('update_product',
				{ sku: 'KIT-0005', stock_change: -10, price: { amount: 999, currency: 'GBP' } });
			assert.deepEqual([after.stock, after.price.amount, after.name], [before.stock, 999, before.name]);
			assert.match(await shop.fails('update_product', { sku: 'KIT-0005', stock: 5, if_version: before.version }),
				/changed meanwhile/);
			await shopTool('update_product', { sku: 'KIT-0005', price: before.price });
		});

		test('resources and prompts of products', async () => {
			const { resources } = await shop.client.listResources();
			assert.deepEqual(resources.map(each => each.uri),
				['catalog://categories', 'ui://products/search', 'skill://choose-a-gift/SKILL.md']);
			const { resourceTemplates } = await shop.client.listResourceTemplates();
			assert.deepEqual(resourceTemplates.map(each => each.uriTemplate),
				['product://{sku}', 'catalog://categories/{category}']);
			const { contents } = await shop.client.readResource({ uri: 'product://KIT-0003' });
			assert.equal(JSON.parse(contents[0].text).name, 'Beech Butter Knife');
			// SDK 2 shows the newer code in both eras.
			await assert.rejects(shop.client.readResource({ uri: 'product://NO-SUCH' }),
				({ code }) => code === -32602 || (sessions && code === -32002));
			const { prompts } = await shop.client.listPrompts();
			assert.deepEqual(prompts.map(each => each.name), ['compare_products', 'recommend_product']);
			const compared = await shop.client.getPrompt(
				{ name: 'compare_products', arguments: { skus: 'KIT-0001,KIT-0002' } });
			assert.equal(compared.messages.at(-1).role, 'user');
			await shop.client.getPrompt({ name: 'recommend_product', arguments: { occasion: 'a birthday' } });
		});

		// What fits, as `complete()` of the client gives it.
		const fits = async (each, ref, argument, value, chosen) => {
			const { completion } = await each.client.complete({
				ref: ref.includes(':') ? { type: 'ref/resource', uri: ref } : { type: 'ref/prompt', name: ref },
				argument: { name: argument, value }, ...(chosen ? { context: { arguments: chosen } } : {}) });
			assert.ok(completion.values.length <= 100);
			assert.equal(completion.total, completion.hasMore ? undefined : completion.values.length);
			return Object.assign(completion.values, { hasMore: completion.hasMore });
		};

		test('completion of products: SKUs and categories, of templates and prompts', async () => {
			assert.ok(shop.client.getServerCapabilities().completions);
			const kitchen = await fits(shop, 'product://{sku}', 'sku', 'kit\u2011000');
			assert.deepEqual(kitchen.slice(0, 3), ['KIT-0001', 'KIT-0002', 'KIT-0003']);
			const all = await fits(shop, 'product://{sku}', 'sku', '');
			assert.deepEqual([all.length, all.hasMore], [100, true]);
			assert.deepEqual(await fits(shop, 'product://{sku}', 'sku', 'no-such').then(Array.from), []);
			assert.deepEqual([...await fits(shop, 'compare_products', 'skus', 'KIT-0001, kit-0002')], ['KIT-0001, KIT-0002']);
			assert.deepEqual([...await fits(shop, 'compare_products', 'skus', `${'KIT-0001,'.repeat(100000)}kit-0002`)], []);
			const { categories } = await shopTool('list_categories', {});
			assert.deepEqual([...await fits(shop, 'catalog://categories/{category}', 'category', '')].sort(),
				categories.map(each => each.category).sort());
			const [category] = await fits(shop, 'recommend_product', 'category', 'KÍT');
			assert.equal(category, 'Kitchen');
			assert.deepEqual([...await fits(shop, 'recommend_product', 'budget', '')], []);
			const { contents } = await shop.client.readResource({ uri: `catalog://categories/${encodeURIComponent(category)}` });
			assert.ok(JSON.parse(contents[0].text).products.every(product => product.category === 'Kitchen'));
		});

		test('completion of orders: numbers, customers, months, narrowed by what was chosen', async () => {
			assert.deepEqual([...await fits(book, 'order://{id}', 'id', 'i1000')],
				Array.from({ length: 10 }, (_, i) => `I1000${i}`));
			assert.equal((await fits(book, 'order://{id}', 'id', '')).hasMore, true);
			assert.deepEqual([...await fits(book, 'customer://{customer}', 'customer', 'c1')],
				['C1', ...Array.from({ length: 10 }, (_, i) => `C1${i}`)]);
			const ofSeven = await fits(book, 'explain_order', 'id', '', { customer: 'C7' });
			assert.equal(ofSeven.length, 24);
			for (const id of ofSeven.slice(0, 3))
				assert.equal((await bookTool('get_order', { id })).customer, 'C7');
			assert.ok((await fits(book, 'review_sales', 'month', '2011')).includes('2011-01'));
			const { contents } = await book.client.readResource({ uri: 'customer://C7' });
			assert.equal(JSON.parse(contents[0].text).count, 24);
			const review = await book.client.getPrompt({ name: 'review_sales', arguments: { month: '2011-01' } });
			assert.match(review.messages[0].content.text, /"country"|KIT-0001/);
		});

		// ---- orders ----

		test('create_order: priced now, taken from stock, once for a key', async () => {
			const before = await available('KIT-0003'), key = unique();
			const order = await bookTool('create_order', orderOf({ 'KIT-0003': 2, 'KIT-0001': 1 }, key));
			assert.equal(order.status, 'pending');
			assert.deepEqual(order.total, { amount: 2 * 425 + 1250, currency: 'GBP' });
			const again = await bookTool('create_order', orderOf({ 'KIT-0003': 2, 'KIT-0001': 1 }, key));
			assert.equal(again.id, order.id);
			assert.equal(await available('KIT-0003'), before - 2);
			assert.match(await book.fails('create_order', orderOf({ 'KIT-0003': 3 }, key)), /idempotency_key/);
			assert.match(await book.fails('create_order', orderOf({ 'KIT-0003': 900000 }, unique())), /KIT-0003/);
			assert.match(await book.fails('create_order', orderOf({ 'NO-SUCH': 1 }, unique())), /NO-SUCH/);
			assert.equal(await available('KIT-0003'), before - 2);
		});

		test('get_order, list_orders and order://{id}', async () => {
			const id = await newOrder(), order = await bookTool('get_order', { id });
			assert.equal(order.shipping_address.city, 'York');
			const { contents } = await book.client.readResource({ uri: `order://${id}` });
			assert.equal(JSON.parse(contents[0].text).id, id);
			const seen = [];
			let cursor;
			do {
				const page = await bookTool('list_orders', { from: '2011-01-01', to: '2011-02-01',
					customer: 'C7', limit: 10, ...(cursor ? { cursor } : {}) });
				seen.push(...page.orders);
				cursor = page.next_cursor;
			} while (cursor);
			assert.equal(seen.length, 24);
			assert.equal(new Set(seen.map(each => each.id)).size, 24);
			assert.ok(seen.every((each, i) => i === 0 || each.placed_at <= seen[i - 1].placed_at));
			assert.ok((await bookTool('list_orders', { status: 'pending' })).orders.some(each => each.id === id));
		});

		test('update_order_status and track_order: legal moves only, each recorded', async () => {
			const id = await newOrder();
			assert.match(await book.fails('update_order_status', { id, status: 'shipped' }), /paid/);
			for (const status of ['paid', 'packed', 'shipped', 'delivered'])
				assert.equal((await bookTool('update_order_status', { id, status, note: `now ${status}` })).status, status);
			assert.match(await book.fails('update_order_status', { id, status: 'paid' }), /delivered/);
			const tracked = await bookTool('track_order', { id });
			assert.deepEqual(tracked.history.map(event => event.to_status),
				['pending', 'paid', 'packed', 'shipped', 'delivered']);
			assert.equal(tracked.over, true);
			assert.match(await book.fails('cancel_order', { id, confirm: true }), /delivered/);
		});

		test('request_return and receive_return: within what was bought, back in stock', async () => {
			const id = await newOrder({ 'KIT-0003': 3 });
			assert.match(await book.fails('request_return',
				{ order_id: id, items: [{ sku: 'KIT-0003', quantity: 1 }], reason: 'broken' }), /deliver/);
			for (const status of ['paid', 'packed', 'shipped', 'delivered'])
				await bookTool('update_order_status', { id, status });
			const before = await available('KIT-0003');
			const back = await bookTool('request_return',
				{ order_id: id, items: [{ sku: 'KIT-0003', quantity: 2 }], reason: 'wrong size' });
			assert.equal(back.state, 'requested');
			await book.fails('request_return',
				{ order_id: id, items: [{ sku: 'KIT-0003', quantity: 2 }], reason: 'wrong size' });
			for (let i = 0; i < 2; i++)
				await book.call('receive_return', { return_id: back.id });
			used.orders.add('receive_return');
			assert.equal(await available('KIT-0003'), before + 2);
			assert.equal((await bookTool('get_order', { id })).returns[0].state, 'received');
		});

		test('sales_report: adds up, and tells how far it is', async () => {
			const steps = [];
			const report = await bookTool('sales_report',
				{ from: '2011-01-01', to: '2011-02-01', by: 'country' },
				{ onprogress: step => steps.push(step) });
			assert.equal(report.rows.length, 3);
			assert.ok(steps.length >= 1, 'there was no progress');
			assert.ok(steps.every((step, i) => i === 0 || step.progress > steps[i - 1].progress));
			assert.ok(steps.every(step => step.total >= step.progress));
			for (const by of ['day', 'month', 'product'])
				assert.ok((await bookTool('sales_report', { from: '2011-01-01', to: '2011-02-01', by })).rows.length, by);
		});

		// ---- Streaming, asking, cancelling ----

		test('track_order follows an order while it moves', async () => {
			const id = await newOrder(), steps = [];
			const following = bookTool('track_order', { id, follow: true, wait_seconds: 30 },
				{ onprogress: step => steps.push(step.message) });
			for (const status of ['paid', 'packed', 'shipped', 'delivered']) {
				await pause(30);
				await ask(orders, 'update_order_status', { id, status });
			}
			assert.equal((await following).status, 'delivered');
			assert.equal(steps.length, 5, JSON.stringify(steps));
			assert.match(steps[4], /delivered/);
		});

		test('cancel_order asks the person', async () => {
			const before = await available('KIT-0003');
			const answers = {
				sure: { action: 'accept', content: { sure: true } },
				unsure: { action: 'accept', content: { sure: false } },
				declined: { action: 'decline' }, closed: { action: 'cancel' },
			};
			for (const [how, answer] of Object.entries(answers)) {
				const id = await newOrder(), asked = [];
				const person = await connect(orders.url, { elicit: question => {
					asked.push(question.message);
					return answer;
				} });
				const result = await person.call('cancel_order', { id, reason: how });
				used.orders.add('cancel_order');
				assert.equal(asked.length, 1, how);
				assert.match(asked[0], new RegExp(id));
				const { status } = await bookTool('get_order', { id });
				assert.equal(status, how === 'sure' ? 'cancelled' : 'pending', how);
				if (how === 'sure')
					assert.equal(result.structuredContent.status, 'cancelled');
				else
					assert.match(result.content[0].text, /left as it is/, how);
				await person.close();
				if (how !== 'sure')
					await bookTool('cancel_order', { id, confirm: true });
			}
			assert.equal(await available('KIT-0003'), before, 'the goods are not back');
		});

		test('cancel_order tells a client that cannot ask what to do', async () => {
			const id = await newOrder();
			const words = await book.call('cancel_order', { id })
				.then(result => result.isError && result.content[0].text, error => error.message);
			assert.match(words, /confirm/);
			assert.equal((await bookTool('cancel_order', { id, confirm: true })).status, 'cancelled');
		});

		test('a call that is aborted ends at the server too', async () => {
			const id = await newOrder(), controller = new AbortController(), before = orders.log.length;
			const following = book.call('track_order', { id, follow: true },
				{ signal: controller.signal, onprogress: () => controller.abort('enough') });
			await assert.rejects(following);
			await eventually(() => /track_order.*cancelled/.test(orders.log.slice(before)), 'it goes on');
			assert.equal((await bookTool('get_order', { id })).status, 'pending');
		});

		test('a resource of each is followed, and its change told', async () => {
			const id = await newOrder();
			for (const [each, uri, change] of [
				[shop, 'product://KIT-0006', () => ask(products, 'update_product', { sku: 'KIT-0006', stock_change: 1 })],
				[book, `order://${id}`, () => ask(orders, 'update_order_status', { id, status: 'paid' })],
			]) {
				const stop = await each.follow(uri), first = sessions ? 0 : 1;
				await eventually(() => each.told.length === first, 'how it is at first');
				await change();
				// PostgreSQL may tell of the order's own beginning only now.
				await eventually(() => each.told.length > first, `${uri} changed`);
				assert.ok(each.told.every(told => told === uri));
				await stop();
			}
		});

		test('a broken connection: the older era resumes, the newer calls again', async () => {
			const between = await new Between(orders.port).start();
			const far = await connect(between.url), id = await newOrder(), steps = [];
			await far.client.listTools();
			const following = far.call('track_order', { id, follow: true, wait_seconds: 30 },
				{ onprogress: step => steps.push(step.progress), timeout: sessions ? 60000 : 8000 });
			const outcome = following.then(result => result, error => error);
			await ask(orders, 'update_order_status', { id, status: 'paid' });
			await eventually(() => steps.length >= 2, () => `steps: ${steps}`);
			between.cut();
			for (const status of ['packed', 'shipped', 'delivered'])
				await ask(orders, 'update_order_status', { id, status });
			if (sessions) {
				assert.equal((await outcome).structuredContent?.status, 'delivered', String(await outcome));
				assert.deepEqual(steps, [1, 2, 3, 4, 5]);
			} else {
				assert.ok(await outcome instanceof Error);
				assert.equal((await far.ask('track_order', { id, follow: true })).status, 'delivered');
			}
			await far.close();
			between.stop();
		});

		test('calls side by side get each its own answer', async () => {
			const found = await Promise.all(Array.from({ length: 40 }, (_, i) =>
				shopTool('get_product', { sku: `KIT-000${1 + i % 9}` })));
			found.forEach((product, i) => assert.equal(product.sku, `KIT-000${1 + i % 9}`));
		});

		test('with a key: what its scopes allow', async () => {
			const keyed = await start('products', { API_KEYS: keyLines });
			await assert.rejects(connect(keyed.url));
			const reader = await connect(keyed.url, { key: keys.reader });
			const { tools } = await reader.client.listTools();
			assert.deepEqual(tools.map(tool => tool.name),
				['search_products', 'get_product', 'list_categories', 'check_stock']);
			await assert.rejects(reader.call('update_product', { sku: 'KIT-0001', stock_change: 1 }));
			assert.equal((await reader.ask('get_product', { sku: 'KIT-0001' })).stock, 84);
			await reader.close();
			await keyed.stop();
		});

		test('with a key: completion of what its scopes allow', async () => {
			const keyed = await start('orders', { API_KEYS: keyLines, PRODUCTS_URL: products.url });
			const reader = await connect(keyed.url, { key: keys.reader });
			assert.deepEqual([...await fits(reader, 'order://{id}', 'id', '')], []);
			await assert.rejects(fits(reader, 'review_sales', 'month', ''), /reports:read|scope/);
			await reader.close();
			await keyed.stop();
		});

		test('nothing went wrong on the way', () => {
			assert.deepEqual(shop.errors.map(String), []);
			assert.deepEqual(book.errors.map(String), []);
		});
	});

test('no tool was left out', async () => {
	for (const [name, server] of Object.entries({ products, orders })) {
		const client = await clients['SDK 1, sessions'].connect(server.url);
		for (const tool of (await client.client.listTools()).tools)
			assert.ok(used[name].has(tool.name), `nobody called ${tool.name}`);
		await client.close();
	}
});
