// shop.mjs - what many customers and the staff do at once with the shop, and whether it adds up.
import assert from 'node:assert/strict';
import { orderOf, pause } from '../e2e/support.mjs';
import { callUntil, insist, Listener, once, readResource, Session } from './session.mjs';

export const statuses = ['paid', 'packed', 'shipped', 'delivered'];
const skus = ['KIT-0001', 'KIT-0002', 'GAR-0001', 'TOY-0001', 'TEX-0001', 'BAG-0001'];

const sums = rows => Object.fromEntries(rows.map(row => [row.sku, row.units]));

export class Shop {
	// `ports` of both services: numbers, or what gives one for each request.
	constructor(cluster, ports, rolls, deadline) {
		Object.assign(this, { cluster, ports, rolls, deadline });
		this.over = false;
		this.placed = new Map();        // key -> order, or null where it was refused
		this.restocked = new Map();     // id -> sku: answered
		this.moves = new Map();         // order -> its latest status that was answered
		this.calls = 0;
	}

	// Enough for everybody; from here on the sums are kept.
	async open() {
		for (const sku of skus)
			await callUntil(this.ports.products, 'update_product', { sku, stock_change: 1000000 });
		this.stock = sums(await this.cluster.shop.rows('select sku, stock as units from product'));
	}

	// ---- Customers ----

	async place(key, items = { [this.rolls.pick(skus)]: 1 + Math.floor(this.rolls.next() * 3) }) {
		const result = await callUntil(this.ports.orders, 'create_order', orderOf(items, key),
			{ final: words => /There is not enough stock/.test(words), within: this.deadline });
		this.calls++;
		this.placed.set(key, result.isError ? null : result.structuredContent);
		return this.placed.get(key);
	}

	async customer(name) {
		for (let n = 0; !this.over; n++) {
			await this.place(`${name}-${n}`);
			await pause(this.rolls.between(20, 150));
		}
	}

	// ---- Staff ----

	async restocker(name) {
		for (let n = 0; !this.over; n++) {
			const sku = this.rolls.pick(skus), id = `${name}-${n}`;
			const result = await callUntil(this.ports.products, 'restock',
				{ restock_id: id, items: [{ sku, quantity: 5 }], reason: 'delivery' }, { within: this.deadline });
			assert.ok(!result.isError);
			this.calls++;
			this.restocked.set(id, sku);
			await pause(this.rolls.between(50, 250));
		}
	}

	// Whether the move was made is not known where its answer was lost: then it is looked up.
	async move(id, status) {
		await insist(`${id} is ${status}`, async () => {
			const { message } = await once(this.ports.orders, 'tools/call',
				{ name: 'update_order_status', arguments: { id, status } });
			if (message?.result && !message.result.isError)
				return true;
			const { status: now } = await readResource(this.ports.orders, `order://${id}`);
			return now === status || undefined;
		}, this.deadline);
		this.calls++;
		this.moves.set(id, status);
	}

	// ---- Clients with streams ----

	// Follows an order to its end, calling again where the answer is early, an error, or can't be had.
	async track(session, id, outcomes) {
		for (;;) {
			const { message, lost, status } = await session.request('tools/call', {
				name: 'track_order', arguments: { id, follow: true, wait_seconds: 120 },
				_meta: { progressToken: ++this.calls } });
			const result = message?.result;
			if (result && !result.isError) {
				outcomes.answered++;
				if (JSON.parse(result.content[0].text).over)
					return;
				outcomes.early++;       // by a process that was told to stop
				continue;
			}
			if (status === 404 || status === 400)
				throw new Error(`session ${session.id} was refused: ${status} ${JSON.stringify(message)}`);
			if (lost || !message) {         // a balancer's own word counts as being cut
				outcomes.unresumable++;
			} else {
				const words = message.error?.message ?? result.content[0].text;
				outcomes.errors++;
				outcomes.words.set(words, (outcomes.words.get(words) ?? 0) + 1);
			}
			await pause(50);
		}
	}

	// The same in a session of its own, which is kept in the outcomes.
	async follow(id, revision, outcomes) {
		const session = await new Session(this.ports.orders, revision).begin();
		outcomes.sessions.push(session);
		await this.track(session, id, outcomes);
	}

	// Places orders and follows each to its end, while it is moved along.
	async follower(number, revision, outcomes) {
		const session = await new Session(this.ports.orders, revision).begin();
		for (let n = 0; !this.over; n++) {
			const order = await this.place(`follower-${number}-${n}`);
			const moving = (async () => {
				for (const status of statuses) {
					await pause(this.rolls.between(200, 1500));
					await this.move(order.id, status);
				}
			})();
			moving.catch(() => {});
			await this.track(session, order.id, outcomes);
			await moving;
		}
		return session;
	}

	// A price that goes up and up, and who watches it.
	async pricer(sku, prices) {
		for (let amount = 100; !this.over; amount++) {
			await callUntil(this.ports.products, 'update_product',
				{ sku, price: { amount, currency: 'GBP' } }, { within: this.deadline });
			this.calls++;
			prices.set(sku, amount);
			await pause(this.rolls.between(300, 1500));
		}
	}

	// Reads a resource whenever it is told that it changed, one reading at a time.
	watcher(uri, read) {
		const watch = { uri, state: undefined, told: 0 };
		let reading, again = false;
		watch.update = () => {
			watch.told++;
			again = true;
			reading ??= (async () => {
				while (again) {
					again = false;
					watch.state = await read(uri);
				}
			})().catch(error => { watch.trouble = error; }).finally(() => { reading = undefined; });
		};
		return watch;
	}

	// In a session, on its own stream.
	async subscriber(revision, uri) {
		const session = await new Session(this.ports.products, revision).begin();
		const watch = this.watcher(uri, async () => {
			const { contents } = await session.ask('resources/read', { uri });
			return JSON.parse(contents[0].text);
		});
		watch.session = session;
		watch.stream = session.listen(message => {
			if (message.method === 'notifications/resources/updated')
				watch.update();
		});
		await session.ask('resources/subscribe', { uri });
		return watch;
	}

	// In 2026-07-28.
	listener(uri) {
		const watch = this.watcher(uri, () => readResource(this.ports.products, uri));
		watch.stream = new Listener(this.ports.products, [uri], watch.update);
		return watch;
	}

	// Until all who watch have read how things are now.
	async allKnow(watches, within = 30000) {
		const now = new Map((await this.cluster.shop.rows('select sku, price from product'))
			.map(({ sku, price }) => [`product://${sku}`, price]));
		const behind = () => watches.filter(each => each.state?.price?.amount !== now.get(each.uri));
		for (const until = Date.now() + within; behind().length; await pause(20)) {
			if (Date.now() < until)
				continue;
			const words = behind().map(({ session, stream, uri, told, state, trouble }) =>
				`${session?.revision ?? '2026-07-28'} ${session?.id ?? ''} ${stream.stream ?? ''} ${uri}: told ${
					told} times, read ${state?.price?.amount}, is ${now.get(uri)} ${stream.trouble ?? trouble ?? ''}`);
			throw new Error(`${words.length} did not hear of the last change:\n${words.slice(0, 8).join('\n')}`);
		}
		return now;
	}

	// ---- Whether it adds up ----

	// Until what was left behind by processes that died is settled.
	async settle(within = 180000) {
		const { book, shop } = this.cluster;
		await insist('what is open is settled', async () => {
			const open = await book.value(`select (select count(*) from orders
				where status in ('recording', 'committing')) + (select count(*) from errand) as n`) +
				await shop.value(`select count(*) as n from reservation where state = 'held'
				and expires_at > ${Date.now()}`);
			return open === 0 || undefined;
		}, within);
	}

	// Every call that was answered is true, nothing is lost or doubled.
	async check() {
		const { book, shop } = this.cluster;
		const sold = sums(await book.rows(`select sku, sum(quantity) as units from order_line
			join orders on orders.id = order_id where caller is not null and status <> 'cancelled' group by sku`));
		const committed = sums(await shop.rows(`select sku, sum(quantity) as units from reservation_item
			join reservation on reservation.id = reservation_id join product on product.id = product_id
			where state = 'committed' group by sku`));
		const restocked = {};
		for (const { sku, units } of await shop.rows(`select sku, sum(quantity) as units from restock_item
			join product on product.id = product_id group by sku`))
			restocked[sku] = units;
		const left = sums(await shop.rows('select sku, stock as units from product'));
		assert.deepEqual(sold, committed, 'what orders recorded is not what products committed');
		for (const [sku, before] of Object.entries(this.stock))
			assert.equal(left[sku], before - (sold[sku] ?? 0) + (restocked[sku] ?? 0), `${sku} does not add up`);

		const keys = await book.rows(`select idempotency_key as key, count(*) as n, min(id) as id,
			min(status) as status from orders where idempotency_key is not null
			and status not in ('recording', 'committing') group by idempotency_key`);
		assert.ok(keys.every(row => row.n === 1), 'a key has two orders');
		const byKey = new Map(keys.map(row => [row.key, row]));
		for (const [key, order] of this.placed)
			assert.equal(byKey.get(key)?.id, order?.id, `${key} was answered and is not so`);
		const byId = new Map(keys.map(row => [row.id, row.status]));
		for (const [id, status] of this.moves)
			assert.equal(byId.get(id), status, `${id} was moved and is not there`);
		const restocks = new Set((await shop.rows('select id from restock')).map(row => row.id));
		for (const id of this.restocked.keys())
			assert.ok(restocks.has(id), `${id} was answered and is lost`);
	}
}
