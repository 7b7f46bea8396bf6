// rolling.test.mjs - the tasks are replaced one after the other behind a load balancer, as a
// deployment does it, while streams are open and calls come at a steady rate: no call fails, no event
// is lost, each task is out inside its bound.
import assert from 'node:assert/strict';
import test from 'node:test';
import { eventually, orderOf, pause } from '../e2e/support.mjs';
import { Nginx } from './balancers.mjs';
import { withCluster } from './cluster.mjs';
import { dice, long, seed } from './scale.mjs';
import { compareEvents, once } from './session.mjs';
import { Shop, statuses } from './shop.mjs';

const STREAMS = long ? 1000 : 100, RATE = 200, CALLS_SECONDS = 10;
const revisions = ['2025-06-18', '2025-11-25'];
const settings = { DRAIN_PAUSE: '1s', SHUTDOWN_TIMEOUT: '10s' };
const BOUND = 10000;

// Calls at a steady rate, whatever becomes of them. What failed is kept, in words.
class Load {
	constructor(make) {
		Object.assign(this, { make, sent: 0, answered: 0, failed: [], slowest: 0, waiting: new Set() });
		this.over = this.#run();
	}

	async #run() {
		const began = performance.now();
		while (!this.stopped) {
			for (const due = (performance.now() - began) / 1000 * RATE; this.sent < due;) {
				const one = this.#call(this.sent++);
				this.waiting.add(one);
				one.finally(() => this.waiting.delete(one));
			}
			await pause(5);
		}
		await Promise.all(this.waiting);
	}

	async #call(number) {
		const [port, name, args] = this.make(number);
		const { status, message, trouble, text, ms } = await once(port, 'tools/call', { name, arguments: args });
		this.slowest = Math.max(this.slowest, ms);
		if (message?.result && !message.result.isError)
			this.answered++;
		else
			this.failed.push(`${name}: ${status} ${trouble} ${
				message?.result?.content[0].text ?? message?.error?.message ?? text}`);
	}

	async stop() {
		this.stopped = true;
		await this.over;
	}
}

test(`a rolling restart under ${STREAMS} streams and ${RATE} calls/s`, { timeout: 600000 }, t =>
	withCluster('rolling', { settings }, async cluster => {
		const rolls = dice(seed);
		const balancers = { products: await new Nginx().start(cluster.products),
			orders: await new Nginx().start(cluster.orders) };
		const ports = { products: balancers.products.port, orders: balancers.orders.port };
		const shop = new Shop(cluster, ports, rolls);
		await shop.open();

		// A third each: a session's own stream, listening in 2026-07-28, a call that streams.
		const third = Math.floor(STREAMS / 3), uri = 'product://TEA-0001';
		const subscribers = [], listeners = [], follows = [], orders = [];
		for (let i = 0; i < third; i += 25)
			subscribers.push(...await Promise.all(Array.from({ length: Math.min(25, third - i) }, (_, k) =>
				shop.subscriber(revisions[k % 2], uri))));
		for (let i = 0; i < third; i++)
			listeners.push(shop.listener(uri));
		for (let i = 0; i < 10; i++)
			orders.push((await shop.place(`rolling-${i}`, { 'KIT-0001': 1 })).id);
		const outcomes = { answered: 0, early: 0, errors: 0, unresumable: 0, words: new Map(), sessions: [] };
		for (let i = 0; i < STREAMS - 2 * third; i++)
			follows.push(shop.follow(orders[i % orders.length], revisions[i % 2], outcomes));
		await eventually(() => listeners.every(each => each.stream.begun), 'they listen', 60000);
		await eventually(() => outcomes.sessions.length === follows.length
			&& outcomes.sessions.every(session => session.streams.size), 'they follow', 60000);

		let key = 0;
		const load = new Load(number => number % 10 === 0
			? [ports.orders, 'create_order', orderOf({ 'KIT-0002': 1 }, `load-${++key}`)]
			: number % 10 < 4 ? [ports.orders, 'get_order', { id: orders[number % orders.length] }]
				: [ports.products, 'get_product', { sku: `KIT-000${1 + number % 9}` }]);
		const prices = new Map(), pricing = shop.pricer('TEA-0001', prices);
		await pause(1000);
		const times = [], moves = [...statuses];
		for (let i = 0; i < cluster.products.length; i++) {
			const both = [cluster.products[i], cluster.orders[i]];
			times.push(...await Promise.all(both.map(task => task.stop())));
			await Promise.all(both.map(task => task.start()));
			await eventually(() => balancers.products.out.size + balancers.orders.out.size === 0,
				'the balancers have them again');
			const status = moves.shift();
			await Promise.all(orders.map(id => shop.move(id, status)));
		}
		if (long)
			await pause(CALLS_SECONDS * 1000);
		for (const status of moves)
			await Promise.all(orders.map(id => shop.move(id, status)));
		shop.over = true;
		await pricing;
		await Promise.all(follows);
		await load.stop();
		t.diagnostic(`${load.answered} of ${load.sent} calls answered, the slowest in ${
			(load.slowest / 1000).toFixed(2)} s; ${outcomes.answered} streamed ones, ${outcomes.early} of them early, ${
			outcomes.errors} errors, ${outcomes.unresumable} cut before an event`);
		t.diagnostic(`out after ${times.map(ms => (ms / 1000).toFixed(2)).join(', ')} s`);
		for (const [words, n] of outcomes.words)
			t.diagnostic(`${n} times: ${words}`);
		assert.deepEqual(load.failed.slice(0, 10), [], `${load.failed.length} calls failed`);
		assert.equal(outcomes.errors + outcomes.unresumable, 0, 'a streamed call failed');
		assert.ok(times.every(ms => ms < BOUND), 'a task was not out in time');

		const now = await shop.allKnow([...subscribers, ...listeners]);
		assert.equal(now.get(uri), prices.get('TEA-0001'));
		const wrong = [];
		let events = 0, resumes = 0;
		for (const [database, sessions] of [[cluster.book, outcomes.sessions],
			[cluster.shop, subscribers.map(each => each.session)]]) {
			const rows = Map.groupBy(await database.rows(`select session, cast(stream as text) as stream,
				number, data from mcp_event order by 1, 2, 3`), row => row.session);
			for (const session of sessions) {
				wrong.push(...compareEvents(session, rows.get(session.id) ?? []));
				resumes += session.resumes;
				for (const each of session.streams.values())
					events += each.length;
			}
		}
		t.diagnostic(`${events} events, ${resumes} resumes; nginx reloaded ${
			balancers.products.reloads + balancers.orders.reloads} times`);
		assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} things are wrong`);
		await Promise.all([...subscribers, ...listeners].map(each => each.stream.stop()));
		await shop.settle();
		await balancers.products.stop();
		await balancers.orders.stop();
		const made = Number(await cluster.book.value(
			`select count(*) as n from orders where idempotency_key like 'load-%' and status = 'pending'`));
		assert.equal(made, key, 'an order was lost or is there twice');
	}));
