// import_busy.test.mjs - an import beside a server that takes orders, and imports that are killed.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { query } from './postgres.mjs';
import { ask, callTool, databaseUrl, eventually, onPostgres, orderOf, pause, program, run, samples, select, start,
	temporary } from './support.mjs';

const LINES = 30000, head = 'order,placed_at,customer,country,sku,quantity,unit_price\n';
const line = i => `I${100000 + i % (LINES / 2)},2011-01-${10 + i % (LINES / 2) % 9}T10:00:00Z,C1,France,KIT-0001,1,2.50\n`;

const spanish = head + Array.from({ length: LINES }, (_, i) => line(i).replace('C1,France', 'C2,Spain')).join('');

let products;
before(async () => {
	products = await start('products');
	await ask(products, 'update_product', { sku: 'KIT-0001', stock_change: 1000000 });
});
after(() => products.stop());

class Book {
	constructor() {
		this.folder = temporary();
		this.list = join(this.folder, 'list.csv');
		this.number = 0;
	}

	async start() {
		this.server = await start('orders', { PRODUCTS_URL: products.url }, { folder: this.folder });
		return this.server;
	}

	place() {
		return callTool(this.server, 'create_order', orderOf({ 'KIT-0001': 1 }, `${this.folder}-${this.number++}`));
	}

	async one(sql) {
		return Number(Object.values((await select('orders', this.folder, sql))[0])[0]);
	}

	imported() {
		return this.one("select count(*) as n from orders where id like 'I%'");
	}

	// Whether an import is so far: undefined, 0 while it lays aside, 1 when it is decided.
	async decided() {
		return (await select('orders', this.folder, 'select decided from import_run'))[0]?.decided;
	}

	async change(sql) {
		const url = await databaseUrl('orders', this.folder);
		if (onPostgres)
			return await query(url, sql);
		const open = new DatabaseSync(url.slice(7));
		open.exec(`pragma busy_timeout = 2000; ${sql}`);
		open.close();
	}

	// Starts the command, to be killed.
	async import(...more) {
		const child = spawn(program('orders'), ['import', this.list, '--currency', 'GBP', ...more], { env: { ...process.env,
			DATABASE_URL: await databaseUrl('orders', this.folder) }, stdio: ['ignore', 'pipe', 'pipe'] });
		child.said = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', text => { child.said += text; });
		child.ended = new Promise(resolve => child.on('close', resolve));
		return child;
	}

	async importText(text) {
		writeFileSync(this.list, text);
		return await run('orders', ['import', this.list, '--currency', 'GBP'],
			{ env: { DATABASE_URL: await databaseUrl('orders', this.folder) } });
	}

	async importWhole() {
		writeFileSync(this.list, head + Array.from({ length: LINES }, (_, i) => line(i)).join(''));
		return await this.import();
	}
}

const kill = async child => {
	child.kill('SIGKILL');
	await child.ended;
};

async function eventuallyTrue(condition, within = 60000) {
	for (const until = Date.now() + within; !await condition(); await pause(20))
		assert.ok(Date.now() < until, 'it did not become true');
}

// As soon as it is true; it is asked all the time, since it does not stay so.
async function catchIt(condition, child) {
	while (!await condition()) {
		assert.equal(child.exitCode, null, `too late: ${child.said}`);
		await pause(1);
	}
}

test('while a file is read, orders are placed as ever', async () => {
	const book = new Book();
	await book.start();
	execFileSync('mkfifo', [book.list]);
	const importing = await book.import();
	const file = openSync(book.list, 'w');
	writeSync(file, head + Array.from({ length: 500 }, (_, i) => line(i)).join(''));
	for (let i = 0; i < 5; i++)
		assert.ok(!(await book.place()).isError);
	closeSync(file);
	assert.equal(await importing.ended, 0, importing.said);
	assert.equal(await book.imported(), 500);
	await book.server.stop();
});

test('while its rows are taken, too', { timeout: 280000 }, async t => {
	const book = new Book();
	await book.start();
	const importing = await book.importWhole();
	await catchIt(async () => await book.decided() !== undefined, importing);
	let placed = 0, slowest = 0;
	while (await book.decided() !== undefined) {
		const began = Date.now();
		const result = await book.place();
		assert.ok(!result.isError, result.content[0].text);
		slowest = Math.max(slowest, Date.now() - began);
		placed++;
	}
	assert.equal(await importing.ended, 0, importing.said);
	t.diagnostic(`${placed} orders meanwhile, the slowest took ${slowest} ms`);
	assert.ok(placed >= 5, `${placed} orders were placed meanwhile`);
	assert.equal(await book.imported(), LINES / 2);
	assert.equal(await book.one("select sum(units) as n from orders where id like 'I%'"), LINES);
	assert.equal(await book.one('select count(*) as n from import_row'), 0);
	await book.server.stop();
});

test('an import that is killed before it is decided has imported nothing', { timeout: 280000 }, async () => {
	const book = new Book();
	await (await book.start()).stop();
	const importing = await book.importWhole();
	await catchIt(async () => await book.decided() === 0, importing);
	await kill(importing);
	assert.equal(await book.imported(), 0);
	// It might have been decided between the look and the kill.
	await book.change('update import_run set decided = 0, lease_until = 1');
	const next = await book.importText(`${head}X1,2011-01-05T10:00:00Z,C1,France,A-1,2,1.50\n`);
	assert.equal(next.status, 0, next.stderr);
	assert.equal(await book.imported(), 0);
	assert.equal(await book.one('select count(*) as n from import_row'), 0);
	assert.equal(await book.one('select count(*) as n from import_run'), 0);
});

test('one that is killed afterwards is finished by whatever server runs next, each row once', { timeout: 280000 }, async () => {
	const book = new Book();
	await (await book.start()).stop();
	const importing = await book.importWhole();
	await catchIt(async () => await book.decided() === 1 && await book.imported() > 0, importing);
	await kill(importing);
	const left = await book.one('select count(*) as n from import_row');
	assert.ok(left > 0, 'it was killed too late');
	// An order is there with all its lines, or not at all.
	assert.equal(await book.one(`select count(*) as n from orders o where o.id like 'I%' and o.units <>
		(select count(*) from order_line l where l.order_id = o.id)`), 0);
	await book.change('update import_run set lease_until = 1');
	await book.start();
	await book.server.says(/an import had left half taken are all there now/, 120000);
	assert.equal(await book.imported(), LINES / 2);
	assert.equal(await book.one("select count(*) as n from order_line where order_id like 'I%'"), LINES);
	assert.equal(await book.one("select sum(units) as n from orders where id like 'I%'"), LINES);
	assert.equal(await book.one('select count(*) as n from import_row'), 0);
	await book.server.stop();
});

test('of two files the later one counts, also where the earlier was killed while it was taken', { timeout: 280000 }, async () => {
	const book = new Book();
	await (await book.start()).stop();
	const earlier = await book.importWhole();
	await catchIt(async () => await book.decided() === 1 && await book.imported() > 0, earlier);
	await kill(earlier);
	assert.ok(await book.one('select count(*) as n from import_row') > 0, 'it was killed too late');
	writeFileSync(book.list, spanish);
	const later = await book.import();
	await eventually(() => later.exitCode !== null || /waits for its end/.test(later.said), 'it neither waits nor ends', 60000);
	await book.change('update import_run set lease_until = 1 where decided = 1');
	assert.equal(await later.ended, 0, later.said);
	// What is left of the earlier one would be taken now.
	await book.start();
	await eventuallyTrue(async () => await book.one('select count(*) as n from import_run') === 0);
	assert.equal(await book.one("select count(*) as n from orders where id like 'I%' and customer = 'C2'"), LINES / 2);
	assert.equal(await book.one("select sum(quantity) as n from order_line where order_id like 'I%'"), LINES);
	await book.server.stop();
});

// Between two pieces, so that it has no lock.
async function stand(book, child) {
	for (;;) {
		await catchIt(async () => await book.decided() === 1 && await book.imported() > 0, child);
		child.kill('SIGSTOP');
		try {
			await book.change('begin immediate; rollback');
			return;
		} catch {
			child.kill('SIGCONT');
		}
	}
}

test('of two at once the one that is decided later counts, with all of its rows', { timeout: 280000 }, async () => {
	const book = new Book();
	await (await book.start()).stop();
	const earlier = await book.importWhole();
	await (onPostgres ? catchIt(async () => await book.decided() === 1 && await book.imported() > 0, earlier) : stand(book, earlier));
	writeFileSync(book.list, spanish);
	const later = await book.import();
	await eventually(() => later.exitCode !== null || /waits for its end/.test(later.said), 'it neither waits nor ends', 60000);
	earlier.kill('SIGCONT');
	assert.equal(await earlier.ended, 0, earlier.said);
	assert.equal(await later.ended, 0, later.said);
	assert.equal(await book.one("select count(*) as n from orders where id like 'I%' and customer = 'C2'"), LINES / 2);
	assert.equal(await book.one("select sum(quantity) as n from order_line where order_id like 'I%'"), LINES);
	assert.equal(await book.one('select count(*) as n from import_row'), 0);
});

test('what others change while a product is taken is not undone', { skip: !onPostgres && 'one transaction writes at a time there' }, async () => {
	const folder = temporary(), list = join(folder, 'list.csv'), url = await databaseUrl('products', folder, samples.products);
	writeFileSync(list, 'sku,name,price,currency,stock\nKIT-0001,Another name,1.00,GBP,7\n');
	const other = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', url], { stdio: ['pipe', 'pipe', 'inherit'] });
	other.stdin.write("begin; update product set description = 'told meanwhile', version = version + 1"
		+ " where sku = 'KIT-0001' returning version;\n");
	const version = Number(await new Promise(resolve => other.stdout.once('data', resolve)));
	const importing = run('products', ['import', list], { env: { DATABASE_URL: url } });
	await eventuallyTrue(async () => await query(url, 'select count(*) from pg_locks where not granted') !== '0');
	other.stdin.end('commit;\n');
	const { status, stderr } = await importing;
	assert.equal(status, 0, stderr);
	assert.deepEqual(await select('products', folder, "select name, description, stock, version from product where sku = 'KIT-0001'"),
		[{ name: 'Another name', description: 'told meanwhile', stock: 7, version: version + 1 }]);
});

test('a dry run takes no lock', { skip: onPostgres && 'there one writer does not keep out another' }, async () => {
	const book = new Book();
	await (await book.start()).stop();
	writeFileSync(book.list, head + Array.from({ length: 100 }, (_, i) => line(i)).join(''));
	const writer = new DatabaseSync(join(book.folder, 'orders.db'));
	writer.exec('begin immediate');
	const { status, stdout, stderr } = await run('orders', ['import', book.list, '--currency', 'GBP', '--dry-run'],
		{ env: { DATABASE_URL: await databaseUrl('orders', book.folder) } });
	assert.equal(status, 0, stderr);
	assert.match(stdout, /Checked 100 order lines/);
	writer.exec('rollback');
	writer.close();
	assert.equal(await book.imported(), 0);
});
