// loop_reads.test.mjs - tools that read PostgreSQL on the event loop: while the database restarts, is cut off, fails over,
// is slow for one caller, and while clients leave in mid-statement.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { query, startIfThere } from './postgres.mjs';
import { Between, Connection, post } from './raw.mjs';
import { callTool, eventually, exchange, keyLines, keys, pause, root, run, sanitized, start, stateless } from './support.mjs';

const server = await startIfThere(), other = server && await startIfThere();
const skip = !server && 'there is no PostgreSQL';
after(() => Promise.all([server?.stop(), other?.stop()]));

const portOf = which => /port=(\d+)/.exec(which.url)[1];
const login = { DATABASE_USER: 'postgres', DATABASE_PASSWORD: 'secret' };

async function stocked(name, where = server) {
	await where.create(name);
	const result = await run('products', ['import', `${root}products/data/catalogue.csv`],
		{ env: { DATABASE_URL: where.of(name) } });
	assert.equal(result.status, 0, result.stderr);
}

const begin = (url, settings = {}) => start('products', { DATABASE_URL: url, METRICS_PORT: 'any', LOOPS: '1', ...settings });

const counted = products => products.metric('mcp_database_loop_reads_total');

const look = (products, sku = 'KIT-0001', options) => callTool(products, 'get_product', { sku }, options);

// Until calls are answered on the loop.
const readsOnLoop = products => eventually(async () => {
	const before = await counted(products);
	await look(products);
	return await counted(products) > before;
}, 'a read is sent from the loop', 60000);

// Look at a product again and again.
class Readers {
	constructor(products, { count = 6, sku = 'KIT-0001', options, pause: between = 10 } = {}) {
		Object.assign(this, { products, sku, options, between, answered: 0, failed: 0, times: [], over: false });
		this.ended = Promise.all(Array.from({ length: count }, () => this.read()));
	}

	async read() {
		while (!this.over) {
			const began = Date.now(), result = await look(this.products, this.sku, this.options);
			this.times.push(Date.now() - began);
			if (result.isError)
				assert.match(result.content[0].text, /unavailable; try again shortly/);
			else
				assert.equal(result.structuredContent.sku, this.sku);
			this[result.isError ? 'failed' : 'answered']++;
			await pause(this.between);
		}
	}

	async answers(more) {
		const from = this.answered;
		await eventually(() => this.answered >= from + more, `${more} more answers`, 60000);
	}

	async stop() {
		this.over = true;
		await this.ended;
		this.times.sort((a, b) => a - b);
		return { median: this.times[this.times.length >> 1], slowest: this.times.at(-1) };
	}
}

test('reads go on after a restart of the database, on the loop again', { skip, timeout: 180000 }, async t => {
	await stocked('restarted');
	const products = await begin(server.of('restarted'));
	await readsOnLoop(products);
	const readers = new Readers(products);
	await readers.answers(50);
	server.restart();
	await pause(1500);
	await readers.answers(50);
	const { slowest } = await readers.stop();
	t.diagnostic(`${readers.answered} answered, ${readers.failed} failed, the slowest took ${slowest} ms`);
	assert.ok(slowest < 20000, `the slowest took ${slowest} ms`);
	await readsOnLoop(products);
	await products.stop();
});

test('a cut that nobody is told of moves reads to workers at once, and ends them in words', { skip, timeout: 180000 }, async t => {
	await stocked('frozen');
	const between = await new Between(portOf(server)).start();
	const products = await begin(`postgresql://127.0.0.1:${between.port}/frozen`, { ...login, CALL_DEADLINE: '30s' });
	await readsOnLoop(products);
	const readers = new Readers(products);
	await readers.answers(50);
	between.frozen = true;
	await eventually(() => readers.failed >= 6, 'reads fail', 60000);
	between.frozen = false;
	between.cut();
	await readers.answers(50);
	const { slowest } = await readers.stop();
	t.diagnostic(`${readers.answered} answered, ${readers.failed} failed, the slowest took ${slowest} ms`);
	await readsOnLoop(products);
	await products.stop();
	between.stop();
});

test('after a fail-over reads are of the new server', { skip, timeout: 180000 }, async () => {
	await stocked('failed_over');
	await stocked('failed_over', other);
	await query(other.of('failed_over'), "update product set name = 'Of the other' where sku = 'KIT-0001'");
	const between = await new Between(portOf(server)).start();
	const products = await begin(`postgresql://127.0.0.1:${between.port}/failed_over`, login);
	await readsOnLoop(products);
	assert.notEqual((await look(products)).structuredContent.name, 'Of the other');
	between.to = portOf(other);
	between.cut();
	await eventually(async () => (await look(products)).structuredContent?.name === 'Of the other', 'the other server is read');
	await readsOnLoop(products);
	assert.equal((await look(products)).structuredContent.name, 'Of the other');
	await products.stop();
	between.stop();
});

// What check_reservation reads is locked, get_product's is not.
test('slow statements of one caller hold up nobody else', { skip, timeout: 180000 }, async t => {
	await stocked('slow');
	const products = await begin(server.of('slow'), { API_KEYS: keyLines });
	const as = name => ({ headers: { Authorization: `Bearer ${keys[name]}` } });
	await eventually(async () => {
		const before = await counted(products);
		await look(products, 'KIT-0001', as('reader'));
		return await counted(products) > before;
	}, 'a read is sent from the loop');
	const locked = query(server.of('slow'), 'begin; lock table reservation in access exclusive mode; select pg_sleep(4); commit');
	await pause(300);
	const slow = Promise.all(Array.from({ length: 20 }, (_, i) =>
		callTool(products, 'check_reservation', { reservation_id: `r-${i}` }, as('staff'))));
	const readers = new Readers(products, { count: 4, options: as('reader') });
	await pause(3000);
	const { median, slowest } = await readers.stop();
	t.diagnostic(`${readers.answered} answered beside 20 slow ones: median ${median} ms, the slowest took ${slowest} ms`);
	assert.equal(readers.failed, 0);
	assert.ok(median <= (sanitized ? 100 : 25), `median ${median} ms`);
	assert.ok(slowest < 3000, `the slowest took ${slowest} ms`);
	await locked;
	for (const result of await slow)
		assert.match(result.content[0].text, /unknown|unavailable; try again shortly/i);
	await products.stop();
});

// In 2026-07-28 a client that leaves cancels its call.
test('10,000 clients that leave in mid-statement leave nothing behind', { skip, timeout: 280000 }, async t => {
	await stocked('left');
	const between = await new Between(portOf(server)).start();
	const products = await begin(`postgresql://127.0.0.1:${between.port}/left`, login);
	await readsOnLoop(products);
	const request = stateless('tools/call', { name: 'get_product', arguments: { sku: 'KIT-0001' } });
	const bytes = post(products, request.body, request.headers);
	const leave = async count => {
		for (let i = 0; i < count; i++) {
			const client = new Connection(products.port);
			await client.opened;
			client.send(bytes);
			await pause(i % 4);
			client.leave();
		}
	};
	const privateKib = () => [...readFileSync(`/proc/${products.pid}/smaps_rollup`, 'utf8')
		.matchAll(/^Private_(?:Clean|Dirty): +(\d+)/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
	between.delay = 8;              // what is sent is on its way for so long
	await Promise.all(Array.from({ length: 20 }, () => leave(50)));
	const before = privateKib(), sent = await counted(products);
	await Promise.all(Array.from({ length: 20 }, () => leave(450)));
	t.diagnostic(`${await counted(products) - sent} sent; private KiB ${before} -> ${privateKib()}`);
	assert.ok(await counted(products) - sent > 1000, 'they did not reach the database');
	if (!sanitized)
		assert.ok(privateKib() - before < 2048, `${privateKib() - before} KiB more`);
	between.delay = 0;
	await readsOnLoop(products);
	assert.equal((await exchange(products, { method: 'GET', path: '/readyz' })).status, 200);
	await products.stop();
	between.stop();
});

test('a server stops amid reads that are on their way, or never come, or while it connects', { skip, timeout: 280000 }, async () => {
	await stocked('stopped');
	const between = await new Between(portOf(server)).start();
	for (const round of ['late', 'late', 'never', 'never', 'connecting']) {
		const products = await begin(`postgresql://127.0.0.1:${between.port}/stopped`,
			{ ...login, LOOPS: '2', WORKERS: '4', SHUTDOWN_TIMEOUT: '6s' });
		await readsOnLoop(products);
		between.delay = 4;
		let over = false;
		const clients = Array.from({ length: 32 }, async () => {
			while (!over)
				await look(products).catch(() => { over = true; });
		});
		await pause(300);
		between.frozen = round !== 'late';
		if (round === 'connecting') {
			between.cut();
			await pause(1500);
		}
		await products.stop();
		over = true;
		await Promise.all(clients);
		between.frozen = false;
		between.delay = 0;
		between.cut();
	}
	between.stop();
});
