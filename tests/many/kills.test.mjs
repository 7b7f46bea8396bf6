// kills.test.mjs - 200 streams run while a random task is killed with -9 every second: every client
// that resumes gets every event that was sent, once and in order, and an answer or an error; whoever
// listens has read how things ended; what was answered is true, and the sums are right.
import assert from 'node:assert/strict';
import test from 'node:test';
import { eventually, pause } from '../e2e/support.mjs';
import { withCluster } from './cluster.mjs';
import { dice, long, seed } from './scale.mjs';
import { compareEvents, unseenStreams } from './session.mjs';
import { Shop } from './shop.mjs';

const SECONDS = long ? 60 : 10;
const FOLLOWERS = 80, SUBSCRIBERS = 60, LISTENERS = 60, CUSTOMERS = 6, RESTOCKERS = 2;
const revisions = ['2025-03-26', '2025-06-18', '2025-11-25'];
const watched = Array.from({ length: 12 }, (_, i) => `TEA-00${String(i + 1).padStart(2, '0')}`);

test(`a random task of six is killed every second for ${SECONDS} s`, { timeout: 600000 }, t =>
	withCluster('kills', {}, async cluster => {
		const rolls = dice(seed), ports = cluster.balancer.http;
		const shop = new Shop(cluster, ports, rolls);
		const outcomes = { answered: 0, early: 0, errors: 0, unresumable: 0, words: new Map() }, prices = new Map();
		t.diagnostic(`MANY_SEED=${seed}`);
		await shop.open();
		const uri = i => `product://${watched[i % watched.length]}`;
		const subscribers = await Promise.all(Array.from({ length: SUBSCRIBERS }, (_, i) =>
			shop.subscriber(revisions[i % 3], uri(i))));
		const listeners = Array.from({ length: LISTENERS }, (_, i) => shop.listener(uri(i)));
		await eventually(() => listeners.every(each => each.stream.begun), 'they listen', 60000);

		const work = [
			...Array.from({ length: FOLLOWERS }, (_, i) => shop.follower(i, revisions[i % 3], outcomes)),
			...Array.from({ length: CUSTOMERS }, (_, i) => shop.customer(`customer-${i}`)),
			...Array.from({ length: RESTOCKERS }, (_, i) => shop.restocker(`restocker-${i}`)),
			...watched.map(sku => shop.pricer(sku, prices)),
		];
		let failure;
		for (const each of work)
			each.catch(error => { failure ??= error; });
		await pause(2000);
		let kills = 0;
		const restarts = [];
		for (const until = Date.now() + SECONDS * 1000; Date.now() < until && !failure; await pause(1000)) {
			const task = rolls.pick(cluster.tasks.filter(each => each.serving));
			await task.kill();
			kills++;
			restarts.push(pause(rolls.between(0, 500)).then(() => task.start()));
			restarts.at(-1).catch(error => { failure ??= error; });
		}
		await Promise.all(restarts);
		shop.over = true;
		const followers = (await Promise.all(work)).filter(Boolean);
		assert.equal(failure, undefined);
		t.diagnostic(`${kills} kills; ${shop.calls} unary calls and ${outcomes.answered} streamed ones answered, ${
			outcomes.errors} answered with an error, ${outcomes.unresumable} cut before their first event`);
		for (const [words, n] of outcomes.words)
			t.diagnostic(`${n} times: ${words}`);

		const now = await shop.allKnow([...subscribers, ...listeners]);
		for (const [sku, amount] of prices)
			assert.equal(now.get(`product://${sku}`), amount, `${sku}: an answered price is not there`);

		// Every event once and in order.
		let events = 0, resumes = 0;
		const stored = { orders: new Map(), products: new Map() };
		const rowsOf = async (database, kind) => {
			for (const row of await database.rows(
				`select session, cast(stream as text) as stream, number, data from mcp_event order by 1, 2, 3`)) {
				if (!stored[kind].has(row.session))
					stored[kind].set(row.session, []);
				stored[kind].get(row.session).push(row);
			}
		};
		const compare = kind => (kind === 'orders' ? followers : subscribers.map(each => each.session))
			.flatMap(session => compareEvents(session, stored[kind].get(session.id) ?? []));
		await pause(500);
		await rowsOf(cluster.book, 'orders');
		await rowsOf(cluster.shop, 'products');
		const wrong = [...compare('orders'), ...compare('products')];
		const unseen = followers.reduce((sum, session) =>
			sum + unseenStreams(session, stored.orders.get(session.id) ?? []), 0);
		assert.ok(unseen <= outcomes.unresumable, `${unseen} streams have events that nobody saw`);
		for (const session of [...followers, ...subscribers.map(each => each.session)]) {
			resumes += session.resumes;
			for (const each of session.streams.values())
				events += each.length;
		}
		t.diagnostic(`${events} events on streams that were resumed ${resumes} times; listening was begun anew ${
			listeners.reduce((sum, each) => sum + each.stream.begun - 1, 0)} times`);
		assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} things are wrong`);
		assert.ok(events > 0 && resumes > 0 && outcomes.answered > 0);

		await Promise.all([...subscribers, ...listeners].map(each => each.stream.stop()));
		await shop.settle();
		await shop.check();
		t.diagnostic(`${[...shop.placed.values()].filter(Boolean).length} orders, ${
			shop.restocked.size} restocks, ${shop.moves.size} orders moved: it all adds up`);
	}));
