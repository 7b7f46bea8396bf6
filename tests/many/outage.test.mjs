// outage.test.mjs - PostgreSQL is restarted in order, crashes, is cut off without a word and refuses
// connections: calls fail in words within their deadline, readiness fails, all heals by itself, and
// nothing is lost or doubled.
import assert from 'node:assert/strict';
import test from 'node:test';
import { eventually, exchange, pause } from '../e2e/support.mjs';
import { withCluster } from './cluster.mjs';
import { postgres } from './postgres.mjs';
import { Relay } from './relay.mjs';
import { dice, long, seed } from './scale.mjs';
import { compareEvents, once } from './session.mjs';
import { Shop } from './shop.mjs';

const SECONDS = long ? 20 : 5;
const ANSWER_WITHIN = 20000;            // a statement is given up after 12 s, another try to connect after 5
const UNREADY_WITHIN = 12000, HEALED_WITHIN = 30000;

// Calls one after the other, each to the next task; what came of them, by words.
async function prober(name, next, make, seen) {
	for (let n = 0; !seen.over; n++) {
		const [method, params] = make(n);
		const { status, message, text, trouble, ms } = await once(next(), method, params);
		const words = message?.result?.isError ? message.result.content[0].text : message?.error?.message;
		seen.slowest = Math.max(seen.slowest, ms);
		if (message?.result && !message.result.isError)
			seen.answered++;
		else if (words && (status === 503 || (status === 200 && message.result)))
			seen.failed.set(`${status}: ${words}`, (seen.failed.get(`${status}: ${words}`) ?? 0) + 1);
		else
			seen.wrong.push(`${name}: ${status} ${trouble} ${text} ${words}`);
		if (ms > ANSWER_WITHIN)
			seen.wrong.push(`${name} was answered after ${ms.toFixed(0)} ms: ${status} ${words}`);
		await pause(100);
	}
}

// How long after now each task first says it is not ready, and then is again.
async function readiness(tasks, over) {
	const began = Date.now(), states = tasks.map(task => ({ task, ready: true, slowest: 0 }));
	await Promise.all(states.map(async state => {
		while (!over.done || !state.ready) {
			const asked = Date.now();
			const status = await exchange(state.task, { method: 'GET', path: '/readyz' })
				.then(answer => answer.status, () => 0);
			state.slowest = Math.max(state.slowest, Date.now() - asked);
			if (status !== 200)
				state.failed ??= Date.now() - began;
			else if (!state.ready)
				state.healed = Date.now();
			state.ready = status === 200;
			if (over.healed && Date.now() - over.healed > HEALED_WITHIN + 5000)
				return;
			await pause(50);
		}
	}));
	return states;
}

const most = list => Math.max(...list);

test(`PostgreSQL restarts, crashes, and is gone for ${SECONDS} s`, { timeout: 600000 }, async t => {
	const server = await postgres(), relay = await new Relay(server.port).start();
	await withCluster('outage', { through: relay.port, balanced: false }, async cluster => {
		const rolls = dice(seed), turn = { products: 0, orders: 0 };
		const next = Object.fromEntries(Object.keys(turn).map(name =>
			[name, () => cluster[name][turn[name]++ % 3].port]));
		const shop = new Shop(cluster, next, rolls, 120000);
		const outcomes = { answered: 0, early: 0, errors: 0, unresumable: 0, words: new Map(), sessions: [] };
		await shop.open();
		const uris = ['product://TEA-0001', 'product://TEA-0002'];
		const subscribers = await Promise.all(Array.from({ length: 12 }, (_, i) =>
			shop.subscriber(['2025-06-18', '2025-11-25'][i % 2], uris[i % 2])));
		const listeners = Array.from({ length: 12 }, (_, i) => shop.listener(uris[i % 2]));
		const prices = new Map(), seen = { answered: 0, failed: new Map(), wrong: [], slowest: 0 };
		const work = [
			...Array.from({ length: 20 }, (_, i) => shop.follower(i, ['2025-06-18', '2025-11-25'][i % 2], outcomes)),
			...Array.from({ length: 2 }, (_, i) => shop.customer(`customer-${i}`)), shop.restocker('restocker'),
			...uris.map(uri => shop.pricer(uri.slice(10), prices)),
			prober('get_product', next.products,
				() => ['tools/call', { name: 'get_product', arguments: { sku: 'KIT-0001' } }], seen),
			prober('list_orders', next.orders,
				() => ['tools/call', { name: 'list_orders', arguments: { limit: 5 } }], seen),
			prober('check_stock', next.products, () => ['tools/call',
				{ name: 'check_stock', arguments: { items: [{ sku: 'KIT-0002', quantity: 1 }] } }], seen),
			prober('server/discover', next.orders, () => ['server/discover', {}], seen),
		];
		let failure;
		for (const each of work)
			each.catch(error => { failure ??= error; });

		const trouble = async (name, begin, end) => {
			seen.failed.clear();
			seen.slowest = 0;
			await pause(1000);
			const over = {}, watching = readiness(cluster.tasks, over);
			await begin();
			await end();
			over.healed = Date.now();
			over.done = true;
			const states = await watching, failed = states.filter(state => state.failed !== undefined);
			await pause(500);
			const before = seen.answered;
			await eventually(() => seen.answered > before, `${name}: nothing is answered`);
			t.diagnostic(`${name}: ${failed.length ? `${failed.length} of 6 not ready, the last after ${
				most(failed.map(state => state.failed))} ms; ready again ${
				most(failed.map(state => state.healed - over.healed))} ms after it was back` : 'ready all the time'
			}; /readyz took at most ${most(states.map(state => state.slowest))} ms; the slowest call ${
				seen.slowest.toFixed(0)} ms`);
			for (const [words, n] of seen.failed)
				t.diagnostic(`  ${n} times ${words}`);
			assert.equal(failure, undefined);
			assert.deepEqual(seen.wrong.slice(0, 10), [], `${name}: ${seen.wrong.length} bad answers`);
			assert.ok(states.every(state => state.ready), `${name}: a task did not become ready again`);
			assert.ok(failed.every(state => state.healed - over.healed < HEALED_WITHIN), 'it healed too late');
			return failed;
		};
		await trouble('restarted', () => server.restart('fast'), () => {});
		await trouble('crashed', () => server.restart('immediate'), () => {});
		for (const [name, begin, end] of [
			['cut off', () => relay.hole(), () => relay.heal()],
			['refusing', () => relay.refuse(), () => relay.accept()],
		]) {
			const failed = await trouble(name, begin, async () => {
				await pause(SECONDS * 1000);
				await end();
			});
			if (SECONDS * 1000 > UNREADY_WITHIN || name === 'refusing')
				assert.equal(failed.length, 6, `${name}: a task said it was ready`);
		}
		seen.over = shop.over = true;
		const followers = (await Promise.all(work)).filter(Boolean);
		t.diagnostic(`${seen.answered + shop.calls} unary calls and ${outcomes.answered} streamed ones answered, ${
			outcomes.errors} streamed ones answered with an error, ${outcomes.unresumable} cut before an event`);
		for (const [words, n] of outcomes.words)
			t.diagnostic(`  ${n} times ${words}`);
		const now = await shop.allKnow([...subscribers, ...listeners]);
		for (const [sku, amount] of prices)
			assert.equal(now.get(`product://${sku}`), amount, `${sku}: an answered price is not there`);
		const wrong = [];
		for (const [database, sessions] of [[cluster.book, followers],
			[cluster.shop, subscribers.map(each => each.session)]]) {
			const rows = Map.groupBy(await database.rows(`select session, cast(stream as text) as stream,
				number, data from mcp_event order by 1, 2, 3`), row => row.session);
			for (const session of sessions)
				wrong.push(...compareEvents(session, rows.get(session.id) ?? []));
		}
		assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} things are wrong`);
		await Promise.all([...subscribers, ...listeners].map(each => each.stream.stop()));
		await shop.settle();
		await shop.check();
		t.diagnostic(`${[...shop.placed.values()].filter(Boolean).length} orders, ${
			shop.restocked.size} restocks: it all adds up`);
	}).finally(() => relay.stop());
});
