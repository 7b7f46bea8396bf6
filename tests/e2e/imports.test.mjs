// imports.test.mjs - catalogues and order books from CSV files: everything or nothing, with reasons.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ask, databaseUrl, program, root, run, shared, start, temporary } from './support.mjs';

const head = 'sku,name,price,currency,stock';
const realProducts = join(shared, 'products.csv'), realOrders = join(shared, 'orders.csv.gz');

class Shelf {
	constructor(name) {
		Object.assign(this, { name, folder: temporary() });
	}

	async import(path, ...more) {
		const env = { DATABASE_URL: await databaseUrl(this.name, this.folder) };
		return run(this.name, ['import', path, ...more], { env });
	}

	importText(text, ...more) {
		const path = join(this.folder, 'file.csv');
		writeFileSync(path, text);
		return this.import(path, ...more);
	}

	// What a server over it says.
	async look(tool, args) {
		const server = await start(this.name, {}, { folder: this.folder, data: false });
		const answer = await ask(server, tool, args);
		await server.stop();
		return answer;
	}

	async products() {
		return (await this.look('search_products', { limit: 100, sort: 'name' })).products;
	}
}

test('the catalogue is imported, and again without a change', async () => {
	const shelf = new Shelf('products'), path = join(root, 'products/data/catalogue.csv');
	const rows = readFileSync(path, 'utf8').trim().split('\n').length - 1;
	for (let i = 0; i < 2; i++) {
		const { status, stdout, stderr } = await shelf.import(path);
		assert.equal(status, 0, stderr);
		assert.match(stdout, new RegExp(`\\b${rows}\\b`));
	}
	const { categories } = await shelf.look('list_categories', {});
	const counts = categories.map(each => Object.values(each).find(Number.isInteger));
	assert.equal(counts.reduce((a, b) => a + b), rows);
	assert.ok(rows >= 280 && categories.length >= 12);
});

test('--dry-run changes nothing', async () => {
	const shelf = new Shelf('products');
	const { status, stdout } = await shelf.importText(`${head}\nA-1,Teapot,12.50,GBP,3\n`, '--dry-run');
	assert.equal(status, 0);
	assert.match(stdout, /1/);
	assert.deepEqual(await shelf.products(), []);
});

test('columns come in any order, cells quoted, lines ended either way', async () => {
	const shelf = new Shelf('products');
	const { status, stderr } = await shelf.importText('\ufeffstock,currency,price,name,sku,category\r\n'
		+ '3,GBP,12.5,"Tea, ""the good one""\nof 1902",A-1,Té\r\n5,JPY,1200,Kettle,A-2,');
	assert.equal(status, 0, stderr);
	const [kettle, tea] = await shelf.products();
	assert.deepEqual([tea.sku, tea.name, tea.price], ['A-1', 'Tea, "the good one"\nof 1902',
		{ amount: 1250, currency: 'GBP' }]);
	assert.deepEqual([kettle.price, kettle.available], [{ amount: 1200, currency: 'JPY' }, 5]);
});

test('known products are brought up to date, new ones added', async () => {
	const shelf = new Shelf('products');
	await shelf.importText(`${head}\nA-1,Teapot,12.50,GBP,3\nA-2,Kettle,30.00,GBP,1\n`);
	await shelf.importText(`${head}\na-1,Teapot,13.00,GBP,4\nA-3,Cup,2.00,GBP,9\n`);
	const products = await shelf.products();
	assert.deepEqual(products.map(each => [each.sku, each.price.amount, each.available]).sort(),
		[['A-1', 1300, 4], ['A-2', 3000, 1], ['A-3', 200, 9]]);
});

const badRows = {
	'a price that is none': ['A-2,Cup,cheap,GBP,1', /price/],
	'a price below nothing': ['A-2,Cup,-1.00,GBP,1', /price/],
	'a fraction of a penny': ['A-2,Cup,1.005,GBP,1', /price/],
	'a currency that is none': ['A-2,Cup,1.00,POUND,1', /currency|price/],
	'a stock that is no number': ['A-2,Cup,1.00,GBP,many', /stock/],
	'a stock below nothing': ['A-2,Cup,1.00,GBP,-1', /stock/],
	'half a unit': ['A-2,Cup,1.00,GBP,1.5', /stock/],
	'no SKU': [',Cup,1.00,GBP,1', /sku/],
	'no name': ['A-2,,1.00,GBP,1', /name/],
	'a cell too few': ['A-2,Cup,1.00,GBP', /./],
	'a cell too many': ['A-2,Cup,1.00,GBP,1,2', /./],
	'an SKU that came before': ['A-1,Cup,1.00,GBP,1', /A-1|line 2|sku/i],
	'bytes that are no UTF-8': [Buffer.from([0x41, 0x2d, 0x32, 0x2c, 0xff, 0x2c, 0x31, 0x2c, 0x47, 0x42, 0x50, 0x2c, 0x31]), /./],
};
for (const [what, [row, reason]] of Object.entries(badRows))
	test(`a row with ${what} is told with its line, and nothing is imported`, async () => {
		const shelf = new Shelf('products');
		const text = Buffer.concat([Buffer.from(`${head}\nA-1,Teapot,12.50,GBP,3\n`), Buffer.from(row),
			Buffer.from('\nA-4,Spoon,1.00,GBP,1\n')]);
		const { status, stderr } = await shelf.importText(text);
		assert.equal(status, 1);
		assert.match(stderr, /\b3\b/, 'the line');
		assert.match(stderr, reason);
		assert.deepEqual(await shelf.products(), []);
	});

test('of many bad rows the first are listed, and the rest counted', async () => {
	const rows = Array.from({ length: 500 }, (_, i) => `A-${i},Cup,oops,GBP,1`);
	const { status, stderr } = await new Shelf('products').importText(`${head}\n${rows.join('\n')}\n`);
	assert.equal(status, 1);
	const listed = stderr.split('\n').filter(line => /oops/.test(line));
	assert.equal(listed.length, 20, stderr);
	assert.match(stderr, /480/);
});

test('arguments that are wrong are told by name, with the usage, by both programs alike', async () => {
	for (const program of ['products', 'orders'])
		for (const [words, why] of [
			[[], /name the file/],
			[['a.csv', '--currency'], /--currency needs a code behind it/],
			[['a.csv', '--nope'], /--nope is not understood/],
			[['a.csv', 'b.csv'], /b\.csv is not understood/],
		]) {
			const { status, stderr } = await run(program, ['import', ...words]);
			assert.equal(status, 2, `${program} import ${words.join(' ')}`);
			assert.match(stderr, why);
			assert.match(stderr, /usage: mcp-\w+ import FILE/);
		}
});

test('a file that is no catalogue is refused in words', async () => {
	const files = {
		'': /./, 'sku,name\nA-1,Cup\n': /price/, '\u0000\u0001': /./,
		[`${head},sku\nA-1,Cup,1.00,GBP,1,A-2\n`]: /sku/,
		[`${head}\nA-1,"Cup,1.00,GBP,1\n`]: /./,
	};
	for (const [text, words] of Object.entries(files)) {
		const shelf = new Shelf('products');
		const { status, stderr } = await shelf.importText(text);
		assert.notEqual(status, 0, JSON.stringify(text));
		assert.match(stderr, words);
		assert.deepEqual(await shelf.products(), []);
	}
	const none = await new Shelf('products').import('/no/such/file.csv');
	assert.notEqual(none.status, 0);
	assert.match(none.stderr, /no\/such\/file/);
	const nothing = await run('products', ['import']);
	assert.notEqual(nothing.status, 0);
	assert.match(nothing.stderr, /FILE/);
});

test('a packed file is unpacked; one that is broken is refused', async () => {
	const shelf = new Shelf('products'), path = join(shelf.folder, 'file.csv.gz');
	const packed = gzipSync(`${head}\nA-1,Teapot,12.50,GBP,3\n`);
	writeFileSync(path, packed.subarray(0, packed.length - 9));
	assert.notEqual((await shelf.import(path)).status, 0);
	assert.deepEqual(await shelf.products(), []);
	writeFileSync(path, packed);
	assert.equal((await shelf.import(path)).status, 0);
	assert.equal((await shelf.products()).length, 1);
});

test('- is standard input, packed or not', async () => {
	const text = `${head}\nA-1,Teapot,12.50,GBP,3\n`;
	for (const input of [text, gzipSync(text)]) {
		const shelf = new Shelf('products');
		const env = { ...process.env, DATABASE_URL: await databaseUrl('products', shelf.folder) };
		const { status, stderr } = spawnSync(program('products'), ['import', '-'], { cwd: shelf.folder, env, input, encoding: 'utf8' });
		assert.equal(status, 0, stderr);
		assert.equal((await shelf.products()).length, 1);
	}
	const broken = spawnSync(program('products'), ['import', '-', '--dry-run'], { cwd: temporary(), input: 'sku\nA-1\n', encoding: 'utf8' });
	assert.notEqual(broken.status, 0);
	assert.match(broken.stdout + broken.stderr, /standard input/);
});

test('an import while the server serves is seen by it', async () => {
	const shelf = new Shelf('products');
	const server = await start('products', {}, { folder: shelf.folder, data: false });
	await shelf.importText(`${head}\nA-1,Teapot,12.50,GBP,3\n`);
	assert.equal((await ask(server, 'get_product', { sku: 'A-1' })).available, 3);
	await server.stop();
});

// ---- Orders ----

const orderHead = 'order,placed_at,customer,country,sku,quantity,unit_price';

test('orders are imported, and again without doubling', async () => {
	const shelf = new Shelf('orders');
	const text = `${orderHead}\n1,2011-01-05T10:00:00Z,C1,France,A-1,2,1.50\n`
		+ '2,2011-01-06T10:00:00Z,C1,France,A-1,1,1.50\n1,2011-01-05T10:00:00Z,C1,France,A-2,1,0.99\n';
	for (let i = 0; i < 2; i++)
		assert.equal((await shelf.importText(text, '--currency', 'EUR')).status, 0);
	const { orders } = await shelf.look('list_orders', { customer: 'C1' });
	assert.deepEqual(orders.map(each => [each.id, each.units, each.total]), [
		['2', 1, { amount: 150, currency: 'EUR' }], ['1', 3, { amount: 399, currency: 'EUR' }]]);
});

test('orders that cannot be are told with their lines, and nothing is imported', async () => {
	const bad = {
		'x,2011-01-05T10:00:00Z,C1,France,A-1,-2,1.50': /quantity/,
		'x,yesterday,C1,France,A-1,2,1.50': /placed_at/,
		'x,2011-01-05T10:00:00Z,,France,A-1,2,1.50': /customer/,
		'1,2011-01-05T10:00:00Z,C2,France,A-1,2,1.50': /customer|differ|C1|C2/,
	};
	for (const [row, words] of Object.entries(bad)) {
		const shelf = new Shelf('orders');
		const { status, stderr } = await shelf.importText(
			`${orderHead}\n1,2011-01-05T10:00:00Z,C1,France,A-1,2,1.50\n${row}\n`, '--currency', 'GBP');
		assert.equal(status, 1, row);
		assert.match(stderr, /\b3\b/, row);
		assert.match(stderr, words);
		assert.equal((await shelf.look('list_orders', {})).count, 0);
	}
	const without = await new Shelf('orders').importText(`${orderHead}\n1,2011-01-05T10:00:00Z,C1,France,A-1,2,1.50\n`);
	assert.notEqual(without.status, 0);
	assert.match(without.stderr, /currency/);
});

// ---- Real data ----

const missing = path => !existsSync(path) && `${path} is not there: left out`;

test('the real catalogue of 3,768 products', { skip: missing(realProducts) }, async () => {
	const shelf = new Shelf('products');
	const { status, stdout, stderr } = await shelf.import(realProducts);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /3,?768/);
	const found = await shelf.look('search_products', { words: 'glob inflat' });
	assert.equal(found.products[0].name, 'INFLATABLE POLITICAL GLOBE');
});

test('the real orders add up', { skip: missing(realOrders) }, async () => {
	const shelf = new Shelf('orders');
	const { status, stderr } = await shelf.import(realOrders, '--currency', 'GBP');
	assert.equal(status, 0, stderr);
	const orders = new Set(), expected = new Map();
	for (const line of gunzipSync(readFileSync(realOrders)).toString().trim().split('\n').slice(1)) {
		const [order, placedAt, , , , quantity, price] = line.match(/("([^"]|"")*"|[^,]*)(?=,|$)/g)
			.filter((cell, i, cells) => cell !== '' || cells[i - 1] === '');
		orders.add(order);
		const month = placedAt.slice(0, 7);
		expected.set(month, (expected.get(month) ?? 0) + Number(quantity) * Math.round(Number(price) * 100));
	}
	const report = await shelf.look('sales_report', { from: '2000-01-01', to: '2020-01-01', by: 'month' });
	const sum = [...expected.values()].reduce((a, b) => a + b);
	assert.ok(JSON.stringify(report.totals).includes(`"amount":${sum}`), JSON.stringify(report.totals));
	assert.ok(JSON.stringify(report.totals).includes(String(orders.size)), `${orders.size} orders`);
	for (const [month, amount] of expected)
		assert.ok(report.rows.some(row => JSON.stringify(row).includes(month)
			&& JSON.stringify(row).includes(`"amount":${amount}`)), `${month}: ${amount}`);
});
