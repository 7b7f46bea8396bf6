// exports.test.mjs - files as other programs write them: what shops export, what spreadsheets save, and
// what is no table at all. All of it works, or says in a line what to do.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { databaseUrl, root, run, select, temporary } from './support.mjs';

const exported = name => join(root, 'tests/e2e/exports', name);

class Shelf {
	constructor() {
		this.folder = temporary();
	}

	async import(path, ...more) {
		return run('products', ['import', path, ...more],
			{ env: { DATABASE_URL: await databaseUrl('products', this.folder) } });
	}

	async importText(text, ...more) {
		const path = join(this.folder, 'file.csv');
		writeFileSync(path, text);
		return this.import(path, ...more);
	}

	async rows() {
		const rows = await select('products', this.folder, 'select sku, name, price, price_currency as currency,'
			+ ' stock, category, brand, description, image_url from product order by id');
		return rows.map(row => [row.sku, row.name, Number(row.price), row.currency, Number(row.stock),
			row.category || null, row.brand || null, row.description || null, row.image_url || null]);
	}
}

// ---- Exports of other shops, each once by itself and once by name ----

const cdn = 'https://cdn.example.com', apron = 'Washed linen with two pockets.\n\n- Made in Portugal\n'
	+ '- Crossed straps & no buckle';
const exports = {
	'shopify.csv': ['shopify', 'GBP', [
		['APR-SAGE-M', 'Linen Apron (Sage, M)', 3950, 'GBP', 14, 'Aprons', 'Casa Lino', apron, `${cdn}/apron-sage.jpg`],
		['APR-SAGE-L', 'Linen Apron (Sage, L)', 4100, 'GBP', 0, 'Aprons', 'Casa Lino', apron, `${cdn}/apron-sage.jpg`],
		['APR-RUST-M', 'Linen Apron (Rust, M)', 3950, 'GBP', 6, 'Aprons', 'Casa Lino', apron, `${cdn}/apron-rust.jpg`],
		['oak-spoon', 'Oak Spoon', 800, 'GBP', 0, 'Spoons', 'Casa Lino', 'Carved from one piece.', `${cdn}/spoon.jpg`],
	], [/Left out: drafts.*: 1 \(line 7\)/, /variants of what is not sold: 1/, /a picture alone.*: 1 \(line 6\)/,
		/stock below 0, taken as 0: 1/, /made of the handle: 1/]],
	'shopify_2025.csv': ['shopify', 'EUR', [
		['CUP-BLUE', 'Clay Cup (Blue)', 1800, 'EUR', 9, 'Cups', 'Tonwerk', 'Glazed by hand.', `${cdn}/cup.jpg`],
		['CUP-GREY', 'Clay Cup (Grey)', 1800, 'EUR', 4, 'Cups', 'Tonwerk', 'Glazed by hand.', `${cdn}/cup.jpg`],
	], []],
	'woocommerce.csv': ['woocommerce', 'EUR', [
		['WOOL-HAT', 'Wool Hat & Scarf', 2490, 'EUR', 25, 'Winter, wool', null, 'A hat, knitted.\nWash it by hand.',
			'https://shop.example.com/hat.jpg'],
		['HOODIE-S', 'Hoodie - S', 4500, 'EUR', 8, 'Hoodies', null, 'A hoodie with a zip.',
			'https://shop.example.com/hoodie.jpg'],
		['HOODIE-M', 'Hoodie - M', 4500, 'EUR', 0, 'Hoodies', null, 'A hoodie with a zip.',
			'https://shop.example.com/hoodie-m.jpg'],
		['45', '-10% Voucher', 1000, 'EUR', 0, 'Vouchers', null, null, null],
	], [/sold as their variations or parts: 1/, /drafts and private products: 1 \(line 7\)/, /another shop sells: 1/]],
	'magento.csv': ['magento', 'USD', [
		['24-BAG01', 'Day Sack', 3400, 'USD', 100, 'Bags', null, 'For one day out.\n\nHolds 18 litres.', null],
		['24-CUP02', 'Steel Cup', 1250, 'USD', 7, 'Gear', null, 'Keeps tea hot.', null],
		['TEE-S', 'Tee S', 1995, 'USD', 3, 'Tops', null, null, null],
	], [/rows of a store view: 1 \(line 3\)/, /disabled: 1/, /variants or parts: 1/]],
	'amazon.txt': ['amazon', 'GBP', [
		['MUG-DAD', '"Best Dad" Mug', 999, 'GBP', 12, null, null, 'For tea & coffee.\nSafe in a dishwasher.', null],
		['RUL-12', '12" Ruler, steel', 450, 'GBP', 0, null, null, null, null],
		['LMP-1', 'Desk Lamp', 2900, 'GBP', 0, null, null, 'A lamp.', null],
	], [/incomplete: 1/]],
	'amazon_flat_file.txt': ['amazon', 'GBP', [
		['PAN-20', 'Iron Pan, 20 cm', 3200, 'GBP', 5, null, 'Ferro', 'Seasoned in an oven.', 'https://m.example.com/pan.jpg'],
		['PAN-28', 'Iron Pan, 28 cm', 4400, 'GBP', 2, null, 'Ferro', 'Seasoned in an oven.', 'https://m.example.com/pan28.jpg'],
	], [/sold as their variants: 1/]],
	'ebay.csv': ['ebay', null, [
		['CMP-1', 'Brass Compass', 2250, 'GBP', 4, 'Compasses', null, null, null],
		['SOX-G-39', 'Wool Socks (Grey, 39-42)', 790, 'GBP', 10, 'Socks', null, null, null],
		['110000000002-red-39-42', 'Wool Socks (Red, 39-42)', 790, 'GBP', 5, 'Socks', null, null, null],
		['110000000004', 'Tin Box', 500, 'GBP', 2, 'Boxes', null, null, null],
	], [/auctions: 1/, /sold as their variations: 1/, /item number is the SKU: 2/]],
	'ebay_template.csv': ['ebay', null, [
		['BELL-1', 'Door Bell', 1499, 'GBP', 6, null, null, 'Rings loudly.', 'https://i.example.com/bell.jpg'],
		['CND-S', 'Candle (S)', 350, 'GBP', 20, null, null, 'Beeswax.', 'https://i.example.com/candle.jpg'],
		['CND-L', 'Candle (L)', 600, 'GBP', 8, null, null, 'Beeswax.', 'https://i.example.com/candle.jpg'],
	], [/sold as their variations: 1/]],
};

const bySku = rows => rows.toSorted((a, b) => a[0] < b[0] ? -1 : 1);
for (const [name, [preset, currency, rows, said]] of Object.entries(exports))
	test(`${name} is read as what it is, and its products are there`, async () => {
		const shelf = new Shelf(), money = currency ? ['--currency', currency] : [];
		const first = await shelf.import(exported(name), ...money);
		assert.equal(first.status, 0, first.stderr + first.stdout);
		assert.match(first.stdout, /looks like an? \w+ .* and is read as one; --preset none reads it by its column names/);
		for (const words of said)
			assert.match(first.stdout, words);
		assert.deepEqual(bySku(await shelf.rows()), bySku(rows));
		const again = await shelf.import(exported(name), ...money, '--preset', preset);
		assert.equal(again.status, 0, again.stderr);
		assert.doesNotMatch(again.stdout, /looks like/);
		assert.deepEqual(bySku(await shelf.rows()), bySku(rows));
	});

test('what an export does not say stays as it is: stock, and texts', async () => {
	const shelf = new Shelf();
	await shelf.importText('sku,name,price,currency,stock,brand\noak-spoon,Spoon,1.00,GBP,77,Old\n');
	assert.equal((await shelf.import(exported('shopify.csv'), '--currency', 'GBP')).status, 0);
	const spoon = (await shelf.rows()).find(row => row[0] === 'oak-spoon');
	assert.deepEqual(spoon.slice(1, 5), ['Oak Spoon', 800, 'GBP', 77]);
});

test('an export without its currency, or read by the names of its columns, says what to type', async () => {
	const shelf = new Shelf();
	const without = await shelf.import(exported('shopify.csv'));
	assert.equal(without.status, 1);
	assert.match(without.stderr, /there is no column currency; say which it is, such as --currency GBP/);
	assert.match(without.stdout, /looks like a Shopify product export/);

	const plain = await shelf.import(exported('shopify.csv'), '--preset', 'none');
	assert.equal(plain.status, 1);
	const notes = plain.stderr.split('\n').filter(line => line.includes('shopify.csv:'));
	assert.match(notes[0], /there is no column sku, name, price, stock; --map "COLUMN=sku" says which it is/);
	assert.match(notes[2], /the columns "Handle", "Title", .* and 27 more are unknown; .*--ignore-unknown leaves them out/);
	assert.equal(notes.length, 3, 'one line for all unknown columns');

	const cut = readFileSync(exported('shopify.csv'), 'utf8').replace('Variant Price', 'Variant Cost');
	const missing = await shelf.importText(cut, '--preset', 'shopify', '--currency', 'GBP');
	assert.match(missing.stderr, /there is no column "Variant Price" or "Price"/);
	assert.deepEqual(await shelf.rows(), []);
});

test('a dry run shows all that was understood', async () => {
	const { status, stdout } = await new Shelf().import(exported('shopify.csv'), '--currency', 'GBP', '--dry-run');
	assert.equal(status, 0);
	assert.match(stdout, /shopify\.csv: UTF-8, separated by commas\./);
	assert.match(stdout, /looks like a Shopify product export/);
	assert.match(stdout, /^ {2}Body \(HTML\) +description$/m);
	assert.match(stdout, /^Left out: Tags, .*Cost per item\.$/m);
	assert.match(stdout, /^Amounts are in GBP\.$/m);
	assert.match(stdout, /^ {2}sku "APR-SAGE-M", name "Linen Apron \(Sage, M\)", price GBP 39\.50, stock 14/m);
	assert.match(stdout, /Checked 4 products .* nothing was imported/);
});

// ---- Columns of a file of one's own ----

const own = 'Item,Product name,Price,Quantity,Colour\nA-1,Teapot,12.50,3,red\n';

test('--map and --ignore-unknown read a file with names of its own', async () => {
	const shelf = new Shelf(), maps = ['Item=sku', 'Product name=name', 'Quantity=stock'].flatMap(map => ['--map', map]);
	const { status, stderr } = await shelf.importText(own, ...maps, '--currency', 'GBP', '--ignore-unknown');
	assert.equal(status, 0, stderr);
	assert.deepEqual((await shelf.rows())[0].slice(0, 5), ['A-1', 'Teapot', 1250, 'GBP', 3]);
	const brand = await shelf.importText(own, ...maps, '--map=Colour=brand', '--currency', 'GBP');
	assert.equal(brand.status, 0, brand.stderr);
	assert.equal((await shelf.rows())[0][6], 'red');
	const none = await shelf.importText(own, ...maps, '--map', 'Colour=', '--currency', 'GBP');
	assert.equal(none.status, 0, none.stderr);
});

test('a mapping that cannot be is told', async () => {
	const shelf = new Shelf();
	for (const [map, status, words] of [
		['Itm=sku', 1, /there is no column "Itm"; the file has "Item", "Product name"/],
		['Item=code', 2, /there is no field code; there are sku, name, price/],
		['Item', 2, /COLUMN=FIELD is needed/],
	]) {
		const result = await shelf.importText(own, '--map', map, '--currency', 'GBP');
		assert.equal(result.status, status, map);
		assert.match(result.stderr, words);
	}
	const preset = await shelf.importText(own, '--preset', 'etsy');
	assert.equal(preset.status, 2);
	assert.match(preset.stderr, /there is no preset etsy; there are shopify, woocommerce, magento, amazon, ebay, none/);
});

test('a column that is mapped counts before a preset, and before the one that has its name', async () => {
	const shelf = new Shelf();
	const { status } = await shelf.import(exported('shopify.csv'), '--currency', 'GBP', '--map', 'Vendor=category');
	assert.equal(status, 0);
	assert.equal((await shelf.rows())[0][5], 'Casa Lino');
	await shelf.importText('sku,name,label,price,currency,stock\nA-1,short,long,1.00,GBP,1\n', '--map', 'label=name');
	assert.equal((await shelf.rows()).at(-1)[1], 'long');
});

// ---- Separators, encodings, numbers ----

const utf16 = (text, swapped) => {
	const bytes = Buffer.from(text, 'utf16le');
	return swapped ? bytes.swap16() : bytes;
};
const table = ['sku', 'name', 'price', 'currency', 'stock'];
const crème = ['A-1', 'Crème 🍵 „neu“', '12,50', 'EUR', '3'];
const lines = separator => `${[table, crème].map(row =>
	row.map(cell => separator === ',' && cell.includes(',') ? `"${cell}"` : cell).join(separator)).join('\r\n')}\r\n`;
const written = {
	'commas': lines(','), 'semicolons': lines(';'), 'tabs': lines('\t'), 'vertical bars': lines('|'),
	'the line sep=;': `sep=;\r\n${lines(';')}`, 'a byte order mark': `\ufeff${lines(';')}`,
	'UTF-16 with a mark': utf16(`\ufeff${lines('\t')}`), 'UTF-16 the other way round': utf16(`\ufeff${lines('\t')}`, true),
	'gzip': gzipSync(utf16(`\ufeff${lines(';')}`)),
};
test('a table is read whatever separates its cells, and whatever its encoding', async () => {
	const shelf = new Shelf();
	for (const [how, bytes] of Object.entries(written)) {
		const { status, stderr } = await shelf.importText(bytes);
		assert.equal(status, 0, `${how}: ${stderr}`);
		assert.deepEqual((await shelf.rows()).map(row => row.slice(0, 5)), [['A-1', crème[1], 1250, 'EUR', 3]], how);
	}
});

test('Windows-1252 is read when it is asked for, and told when it is not', async () => {
	const shelf = new Shelf(), bytes = Buffer.from('sku,name,price,currency,stock\nA-1,Caf\xe9 \x80 \x93x\x94,1.00,EUR,3\n', 'latin1');
	const told = await shelf.importText(bytes);
	assert.equal(told.status, 1);
	assert.match(told.stderr, /csv:2: it is not valid UTF-8: save the file as "CSV UTF-8", or, .* say --encoding windows-1252/);
	const { status, stderr } = await shelf.importText(bytes, '--encoding', 'windows-1252');
	assert.equal(status, 0, stderr);
	assert.equal((await shelf.rows())[0][1], 'Café € “x”');
	assert.match((await shelf.importText(bytes, '--encoding', 'latin1')).stderr,
		/the encoding is "latin1": utf-8, utf-16le, utf-16be or windows-1252 is needed/);
	assert.match((await shelf.importText('\ufeffsku\n', '--encoding', 'windows-1252')).stderr, /leave --encoding out/);
});

test('what is in no encoding that is read is sent to UTF-8, and a dry run shows letters that are wrong', async () => {
	const shelf = new Shelf(), asked = ['--encoding', 'windows-1252', '--dry-run'], head = Buffer.from('sku,name,price,currency,stock\n');
	const file = (bytes, rest) => Buffer.concat([head, Buffer.from('A-1,'), Buffer.from(bytes, 'hex'), Buffer.from(`,${rest}\n`)]);
	const cyrillic = file('caf3eaeae0', '1.00,RUB,3'), japanese = file('90d482a2837d834f', '100,JPY,3');
	for (const bytes of [cyrillic, japanese])
		assert.match((await shelf.importText(bytes)).stderr, /save the file as "CSV UTF-8", or, .* and see with --dry-run whether its letters are right/);
	assert.match((await shelf.importText(cyrillic, ...asked)).stdout, /name "Êóêêà"/);
	assert.match((await shelf.importText(japanese, ...asked)).stderr, /csv:2: it has a byte that is no character of Windows-1252, .*: save it as "CSV UTF-8"/);
});

test('amounts are what they are meant to be, or refused', async () => {
	const shelf = new Shelf(), price = async (cell, stock = '1') => {
		const { status, stderr } = await shelf.importText(`sku;name;price;currency;stock\nA-1;Cup;${cell};EUR;${stock}\n`);
		const [row] = await shelf.rows();
		return status === 0 ? [row[2], row[4]] : stderr;
	};
	assert.deepEqual(await price('12,5'), [1250, 1]);
	assert.deepEqual(await price('34.000000', '100.0000'), [3400, 100]);
	assert.deepEqual(await price('1.250,00', '1 250'), [125000, 1250]);
	assert.deepEqual(await price('1,250.00'), [125000, 1]);
	assert.match(await price('1.250'), /price is "1\.250", which can be read in two ways/);
	assert.match(await price('34.001000'), /a decimal with at most 2 digits/);
	assert.match(await price('1', '1.000'), /stock is "1\.000", which can be read in two ways/);
	assert.match(await price('1', '2,5'), /a whole number is needed/);
});

test('empty columns and rows of a spreadsheet are left out; what has no name but a value is told', async () => {
	const shelf = new Shelf(), head = 'sku,name,price,currency,stock,,\n';
	const fine = await shelf.importText(`,,,,,,\n${head}A-1,Cup,1.00,GBP,3,,\n,,,,,,\nA-2,Pot,2.00,GBP,3\n\u00a0,,,,,,\n`);
	assert.equal(fine.status, 0, fine.stderr);
	assert.equal((await shelf.rows()).length, 2);
	const told = await shelf.importText(`${head}A-1,Cup,1.00,GBP,3,,\nA-2,Pot,2.00,GBP,3,note,\n`);
	assert.match(told.stderr, /csv:3: column 6 has no name, but this row has "note" in it: name it, empty it, or say --ignore-unknown/);
});

test('an SKU loses the blanks that nobody sees, and is refused with one inside', async () => {
	const shelf = new Shelf(), head = 'sku,name,price,currency,stock\n';
	assert.equal((await shelf.importText(`${head}\u200bA-\u2060\u00ad1\u00a0,Cup,1.00,GBP,3\n`)).status, 0);
	assert.equal((await shelf.rows())[0][0], 'A-1');
	assert.match((await shelf.importText(`${head}A\u00a01,Cup,1.00,GBP,3\n`)).stderr, /csv:2: sku "A 1" has white space in it/);
});

// ---- What is no table ----

// One entry of a ZIP archive, as its beginning has it.
const zip = (name, text) => {
	const packed = deflateRawSync(text), head = Buffer.alloc(30);
	head.write('PK\x03\x04', 'latin1');
	head.writeUInt16LE(8, 8);
	head.writeUInt32LE(packed.length, 18);
	head.writeUInt32LE(text.length, 22);
	head.writeUInt16LE(name.length, 26);
	return Buffer.concat([head, Buffer.from(name), packed]);
};
const others = {
	'.xlsx': [zip('[Content_Types].xml', '<Types/>'), /Excel workbook \(\.xlsx\).*File, Save As, "CSV UTF-8/],
	'.xls': [Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(500)]), /old Excel workbook \(\.xls\).*CSV UTF-8/],
	'.ods': [Buffer.concat([zip('mimetype', ''), Buffer.from('application/vnd.oasis.opendocument.spreadsheet')]), /LibreOffice spreadsheet/],
	'.numbers': [zip('Index/Document.iwa', 'x'), /Apple Numbers.*Export To/],
	'.zip': [zip('products.csv', 'sku'), /ZIP archive; unpack it/],
	'.pdf': ['%PDF-1.7\n', /PDF/],
	'.html': [' \n<!DOCTYPE html><title>Sign in</title>', /web page \(HTML\)/],
	'.html in UTF-16': [utf16('\ufeff<html><table>'), /web page \(HTML\)/],
	'.xml': ['<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', /Excel workbook \(XML\)/],
	'.json': ['[\n {"sku": "A-1"}]', /JSON/],
	'.gz twice': [gzipSync(gzipSync('sku')), /packed with gzip twice/],
	'.png': [Buffer.from('89504e470d0a1a0a', 'hex'), /picture \(PNG\)/],
	'.rtf': ['{\\rtf1\\ansi', /text document \(RTF\)/],
	'UTF-16 without a mark': [utf16(lines(';')), /UTF-16 without a byte order mark; say --encoding utf-16le/],
	'UTF-32': [Buffer.concat([Buffer.from('fffe0000', 'hex'), Buffer.from('s\0\0\0')]), /UTF-32/],
	'the lines of old Macs': ['sku,name,price,currency,stock\rA-1,Cup,1.00,GBP,3\r', /lines end in CR alone, as on old Macs; save it as CSV in Excel/],
	'.html with the lines of old Macs': ['<html>\r<table>\r', /web page \(HTML\)/],
	'NULs': [Buffer.from('sku,\0\x01\x02\x03\x04\x05,name\n'), /NUL bytes/],
	'nothing': ['', /the file is empty/],
};
test('what is no table is told by what it is, and what to do', async () => {
	const shelf = new Shelf();
	for (const [kind, [bytes, words]] of Object.entries(others)) {
		const { status, stdout, stderr } = await shelf.importText(bytes);
		assert.equal(status, 1, kind);
		assert.match(stderr, words, kind);
		assert.match(stdout, /Nothing was imported/);
	}
	assert.deepEqual(await shelf.rows(), []);
});

test('import --help has all of it, from both programs, and of presets where there are some', async () => {
	const products = await run('products', ['import', '--help']), orders = await run('orders', ['import', '-h']);
	for (const { status, stdout } of [products, orders]) {
		assert.equal(status, 0);
		for (const word of ['--currency', '--map', '--ignore-unknown', '--encoding', '--dry-run', 'Fields: '])
			assert.ok(stdout.includes(word), word);
	}
	assert.ok(!orders.stdout.includes('--preset'));
	for (const preset of ['shopify', 'woocommerce', 'magento', 'amazon', 'ebay'])
		assert.match(products.stdout, new RegExp(`^ +${preset}: an? `, 'm'));
	assert.match((await run('products', ['--help'])).stdout, /import --help has more/);
});

test('orders are read so too', async () => {
	const path = join(temporary(), 'orders.csv');
	writeFileSync(path, utf16('\ufeffNummer;placed_at;customer;country;sku;quantity;unit_price;Notiz\n'
		+ '1001;2024-02-01;C1;DE;A-1;2,00;1.250,50;-\n;;;;;;;\n'));
	const folder = temporary();
	const { status, stdout, stderr } = await run('orders', ['import', path, '--currency', 'EUR', '--map', 'Nummer=order',
		'--ignore-unknown'], { env: { DATABASE_URL: await databaseUrl('orders', folder) } });
	assert.equal(status, 0, stderr);
	assert.match(stdout, /Imported 1 order lines/);
	const [order] = await select('orders', folder, 'select id, units, total from orders');
	assert.deepEqual([order.id, Number(order.units), Number(order.total)], ['1001', 2, 250100]);
});
