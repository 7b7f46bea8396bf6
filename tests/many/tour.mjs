// tour.mjs - the full tour of an official TypeScript client, for many at once: every tool, resource
// and prompt of both servers, streaming, asking, cancelling, following, resuming. What it counts are
// products and orders that only it touches.
import assert from 'node:assert/strict';
import { Between } from '../e2e/raw.mjs';
import { eventually, orderOf, pause } from '../e2e/support.mjs';
import { tourSku } from './data.mjs';

const statuses = ['paid', 'packed', 'shipped', 'delivered'];
const WITHIN = 60000;                   // for what takes a moment, on a machine that has much to do

export class Tour {
	// `ports` of both services, as the client reaches them.
	constructor(number, { connect, sessions }, ports) {
		Object.assign(this, { number, connect, sessions, ports });
		this.keys = 0;
		this.called = { products: new Set(), orders: new Set() };
		[this.a, this.b, this.c] = ['A', 'B', 'C'].map(which => tourSku(number, which));
	}

	unique() {
		return `tour-${this.number}-${++this.keys}`;
	}

	shopTool(name, ...rest) {
		this.called.products.add(name);
		return this.shop.ask(name, ...rest);
	}

	bookTool(name, ...rest) {
		this.called.orders.add(name);
		return this.book.ask(name, ...rest);
	}

	async newOrder(items = { [this.a]: 1 }) {
		return (await this.bookTool('create_order', orderOf(items, this.unique()))).id;
	}

	async available(sku) {
		return (await this.shopTool('get_product', { sku })).available;
	}

	async run() {
		const url = name => `http://127.0.0.1:${this.ports[name]}/mcp`;
		this.shop = await this.connect(url('products'));
		this.book = await this.connect(url('orders'));
		const offered = {
			products: (await this.shop.client.listTools()).tools,
			orders: (await this.book.client.listTools()).tools,
		};
		for (const step of [this.visitProducts, this.visitStock, this.readProducts, this.visitOrders,
			this.moveAndReturn, this.report, this.follow, this.askThePerson, this.giveUp, this.hearOfChanges,
			this.loseTheConnection])
			await step.call(this).catch(error => {
				error.message = `${step.name}: ${error.message}`;
				throw error;
			});
		for (const [name, tools] of Object.entries(offered))
			assert.deepEqual([...this.called[name]].sort(), tools.map(tool => tool.name).sort());
		assert.deepEqual([...this.shop.errors, ...this.book.errors].map(String), []);
		await this.shop.close();
		await this.book.close();
	}

	// ---- products ----

	async visitProducts() {
		const found = await this.shopTool('search_products', { words: 'CREME brulee ramek' });
		assert.equal(found.products[0].sku, 'KIT-0002');
		const skus = [];
		let cursor;
		do {
			const page = await this.shopTool('search_products',
				{ category: 'Kitchen', sort: 'price_asc', limit: 7, ...(cursor ? { cursor } : {}) });
			skus.push(...page.products.map(each => each.sku));
			cursor = page.next_cursor;
		} while (cursor);
		assert.ok(skus.length > 14 && new Set(skus).size === skus.length, String(skus));
		assert.equal((await this.shopTool('get_product', { sku: 'kit-0003' })).name, 'Beech Butter Knife');
		assert.match(await this.shop.fails('get_product', { sku: 'KIT0003' }), /KIT-0003/);
		assert.ok((await this.shopTool('list_categories', {})).categories.length >= 12);
		const checked = await this.shopTool('check_stock', { items: [{ sku: this.a, quantity: 1 },
			{ sku: this.b, quantity: 100000 }, { sku: 'NO-SUCH', quantity: 1 }] });
		assert.deepEqual(checked.items.map(item => [item.known, item.sufficient]),
			[[true, true], [true, false], [false, false]]);
	}

	async visitStock() {
		const id = this.unique(), items = [{ sku: this.b, quantity: 2 }], other = this.unique();
		const before = await this.available(this.b);
		for (let i = 0; i < 2; i++)
			assert.equal((await this.shopTool('reserve_stock', { reservation_id: id, items })).state, 'held');
		assert.equal(await this.available(this.b), before - 2);
		assert.equal((await this.shopTool('check_reservation', { reservation_id: id })).state, 'held');
		for (let i = 0; i < 2; i++)
			assert.equal((await this.shopTool('commit_reservation', { reservation_id: id })).state, 'committed');
		for (let i = 0; i < 2; i++)
			await this.shopTool('restock', { restock_id: id, items, reason: 'return' });
		assert.equal(await this.available(this.b), before);
		await this.shopTool('reserve_stock', { reservation_id: other, items });
		assert.equal((await this.shopTool('release_reservation', { reservation_id: other })).state, 'released');
		assert.equal(await this.available(this.b), before);

		const first = await this.shopTool('get_product', { sku: this.c });
		const all = await Promise.all(Array.from({ length: 5 }, () =>
			this.shopTool('update_product', { sku: this.c, stock_change: 1 })));
		assert.equal(Math.max(...all.map(each => each.stock)), first.stock + 5);
		assert.match(await this.shop.fails('update_product',
			{ sku: this.c, stock: 5, if_version: first.version }), /changed meanwhile/);
	}

	async readProducts() {
		const { client } = this.shop;
		for (const { uri } of (await client.listResources()).resources)
			assert.ok((await client.readResource({ uri })).contents[0].text, uri);
		assert.equal((await client.listResourceTemplates()).resourceTemplates[0].uriTemplate, 'product://{sku}');
		const { contents } = await client.readResource({ uri: 'product://KIT-0003' });
		assert.equal(JSON.parse(contents[0].text).name, 'Beech Butter Knife');
		await assert.rejects(client.readResource({ uri: 'product://NO-SUCH' }));
		assert.equal((await client.listPrompts()).prompts.length, 2);
		const compared = await client.getPrompt(
			{ name: 'compare_products', arguments: { skus: 'KIT-0001,KIT-0002' } });
		assert.equal(compared.messages.at(-1).role, 'user');
	}

	// ---- orders ----

	async visitOrders() {
		const before = await this.available(this.a), key = this.unique();
		const order = await this.bookTool('create_order', orderOf({ [this.a]: 2, [this.b]: 1 }, key));
		assert.deepEqual([order.status, order.total], ['pending', { amount: 750, currency: 'GBP' }]);
		const again = await this.bookTool('create_order', orderOf({ [this.a]: 2, [this.b]: 1 }, key));
		assert.equal(again.id, order.id);
		assert.equal(await this.available(this.a), before - 2);
		assert.match(await this.book.fails('create_order', orderOf({ [this.a]: 3 }, key)), /idempotency_key/);
		assert.match(await this.book.fails('create_order', orderOf({ [this.a]: 900000 }, this.unique())),
			new RegExp(this.a));
		assert.equal((await this.bookTool('get_order', { id: order.id })).shipping_address.city, 'York');
		const { contents } = await this.book.client.readResource({ uri: `order://${order.id}` });
		assert.equal(JSON.parse(contents[0].text).id, order.id);
		const seen = [];
		let cursor;
		do {
			const page = await this.bookTool('list_orders', { from: '2011-01-01', to: '2011-02-01',
				customer: 'C7', limit: 10, ...(cursor ? { cursor } : {}) });
			seen.push(...page.orders.map(each => each.id));
			cursor = page.next_cursor;
		} while (cursor);
		assert.deepEqual([seen.length, new Set(seen).size], [24, 24]);
	}

	async moveAndReturn() {
		const id = await this.newOrder({ [this.a]: 3 });
		assert.match(await this.book.fails('update_order_status', { id, status: 'shipped' }), /paid/);
		for (const status of statuses)
			assert.equal((await this.bookTool('update_order_status', { id, status })).status, status);
		const tracked = await this.bookTool('track_order', { id });
		assert.deepEqual(tracked.history.map(event => event.to_status), ['pending', ...statuses]);
		const before = await this.available(this.a);
		const back = await this.bookTool('request_return',
			{ order_id: id, items: [{ sku: this.a, quantity: 2 }], reason: 'wrong size' });
		for (let i = 0; i < 2; i++)
			await this.bookTool('receive_return', { return_id: back.id });
		assert.equal(await this.available(this.a), before + 2);
	}

	async report() {
		const steps = [];
		const report = await this.bookTool('sales_report',
			{ from: '2011-01-01', to: '2011-02-01', by: 'country' }, { onprogress: step => steps.push(step) });
		assert.equal(report.rows.length, 3);
		assert.ok(steps.length >= 1, 'there was no progress');
	}

	// ---- Streaming, asking, cancelling ----

	async follow() {
		const id = await this.newOrder(), steps = [];
		const following = this.bookTool('track_order', { id, follow: true, wait_seconds: 60 },
			{ onprogress: step => steps.push(step.progress) });
		for (const status of statuses)
			await this.bookTool('update_order_status', { id, status });
		assert.equal((await following).status, 'delivered');
		assert.deepEqual(steps, [1, 2, 3, 4, 5]);
	}

	async askThePerson() {
		for (const [sure, status] of [[true, 'cancelled'], [false, 'pending']]) {
			const id = await this.newOrder(), asked = [];
			const person = await this.connect(`http://127.0.0.1:${this.ports.orders}/mcp`, {
				elicit: question => {
					asked.push(question.message);
					return { action: 'accept', content: { sure } };
				} });
			await person.call('cancel_order', { id, reason: 'a tour' });
			this.called.orders.add('cancel_order');
			assert.equal(asked.length, 1);
			assert.match(asked[0], new RegExp(id));
			assert.equal((await this.bookTool('get_order', { id })).status, status);
			await person.close();
		}
	}

	async giveUp() {
		const id = await this.newOrder(), controller = new AbortController();
		await assert.rejects(this.book.call('track_order', { id, follow: true },
			{ signal: controller.signal, onprogress: () => controller.abort('enough') }));
		assert.equal((await this.bookTool('get_order', { id })).status, 'pending');
	}

	// A stream for messages is open some time after the client said so: it changes until it is told.
	async hearOfChanges() {
		const id = await this.newOrder(), moves = [...statuses];
		for (const [each, uri, change] of [
			[this.shop, `product://${this.c}`, () => this.shopTool('update_product', { sku: this.c, stock_change: 1 })],
			[this.book, `order://${id}`, () => this.bookTool('update_order_status', { id, status: moves.shift() })],
		]) {
			const stop = await each.follow(uri), first = this.sessions ? 0 : 1;
			await eventually(() => each.told.length >= first, 'how it is at first', WITHIN);
			await change();
			await eventually(() => each.told.length > first, `${uri} changed`, WITHIN);
			assert.ok(each.told.every(told => told === uri));
			await stop();
		}
	}

	async loseTheConnection() {
		const between = await new Between(this.ports.orders).start();
		const far = await this.connect(between.url), id = await this.newOrder(), steps = [];
		await far.client.listTools();
		const following = far.call('track_order', { id, follow: true, wait_seconds: 60 },
			{ onprogress: step => steps.push(step.progress), timeout: this.sessions ? WITHIN : 8000 });
		const outcome = following.then(result => result, error => error);
		await this.bookTool('update_order_status', { id, status: 'paid' });
		for (const until = Date.now() + WITHIN; steps.length < (this.sessions ? 2 : 1);) {
			assert.ok(Date.now() < until, `only ${steps.length} steps`);
			await pause(10);
		}
		between.cut();
		for (const status of statuses.slice(1))
			await this.bookTool('update_order_status', { id, status });
		if (this.sessions) {
			assert.equal((await outcome).structuredContent?.status, 'delivered', String(await outcome));
			assert.deepEqual(steps, [1, 2, 3, 4, 5]);
		} else {
			assert.ok(await outcome instanceof Error);
			assert.equal((await far.ask('track_order', { id, follow: true })).status, 'delivered');
		}
		await far.close();
		between.stop();
	}
}
