// load.mjs - what clients of both eras do all the time: buy, follow orders, restock, change prices, watch them, look things up. Whatever
// happens meanwhile they go on, and afterwards it all adds up.
import assert from 'node:assert/strict';
import { pause } from '../e2e/support.mjs';
import { dice } from '../many/scale.mjs';
import { once, send, Session } from '../many/session.mjs';
import { Shop } from '../many/shop.mjs';

const watched = ['product://TEA-0001', 'product://TEA-0002'];
const DEADLINE = 180000;

export class Load {
	static async begin(world) {
		const load = new this(), ports = { products: world.next('products'), orders: world.next('orders') };
		load.shop = new Shop(world, ports, dice(7), DEADLINE);
		load.prices = new Map();
		load.outcomes = { answered: 0, early: 0, errors: 0, unresumable: 0, words: new Map(), sessions: [] };
		const { shop } = load;
		await shop.open();
		load.watches = [...await Promise.all(['2025-06-18', '2025-11-25'].map((revision, i) => shop.subscriber(revision, watched[i]))),
			...watched.map(uri => shop.listener(uri))];
		load.work = [shop.customer('customer'), shop.restocker('restocker'), ...watched.map(uri => shop.pricer(uri.slice('product://'.length), load.prices)),
			shop.follower(1, '2025-03-26', load.outcomes), shop.follower(2, '2025-11-25', load.outcomes),
			load.#visitor(ports.products), load.#reader(ports.products, 'get_product', { sku: 'KIT-0001' }), load.#reader(ports.orders, 'list_orders', { limit: 5 })];
		for (const each of load.work)
			each.catch(error => { load.failure ??= error; });
		return load;
	}

	async #reader(port, name, args) {
		for (; !this.shop.over; await pause(100))
			await once(port, 'tools/call', { name, arguments: args });
	}

	// Sessions that are begun and left, every other one in order.
	async #visitor(port) {
		for (let n = 0; !this.shop.over; n++) {
			const session = await new Session(port, '2025-11-25').begin();
			await session.ask('tools/call', { name: 'search_products', arguments: { words: 'tea' } });
			if (n % 2)
				await send(port(), { method: 'DELETE', headers: session.headers });
			await pause(500);
		}
	}

	// Everybody ends what they began; then the books.
	async end() {
		this.shop.over = true;
		await Promise.all(this.work);
		assert.equal(this.failure, undefined);
		const now = await this.shop.allKnow(this.watches);
		for (const [sku, amount] of this.prices)
			assert.equal(now.get(`product://${sku}`), amount, `${sku}: an answered price is not there`);
		await Promise.all(this.watches.map(({ stream }) => stream.stop()));
		await this.shop.settle();
		await this.shop.check();
	}
}
