// import_url.test.mjs - catalogues and order books from URLs: all of it or nothing, with reasons.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ask, root, run, start, temporary } from './support.mjs';
import { certificate, listen } from './tls.mjs';

const catalogue = readFileSync(join(root, 'products/data/catalogue.csv'));
const packed = gzipSync(catalogue);
const rows = catalogue.toString().trim().split('\n').length - 1;

const folder = temporary();
let tls, secure, plain;
const hits = [];

const redirect = to => (request, response) => response.writeHead(302, { Location: to() }).end();
const give = (bytes, headers = {}) => (request, response) => response.writeHead(200, headers).end(bytes);

// What the servers answer, by path.
const pages = {
	'/catalogue.csv': give(catalogue),
	'/chunked.csv': (request, response) => {
		for (let at = 0; at < catalogue.length; at += 1000)
			response.write(catalogue.subarray(at, at + 1000));
		response.end();
	},
	'/packed-whatever-its-name.csv': give(packed),
	'/encoded.csv': give(packed, { 'Content-Encoding': 'gzip' }),
	'/moved': redirect(() => `${secure.url}/catalogue.csv`),
	'/moved-to-http': redirect(() => `${plain.url}/catalogue.csv`),
	'/round-and-round': redirect(() => `${secure.url}/round-and-round`),
	'/missing.csv': (request, response) => response.writeHead(404).end('sku,name\n'),
	'/failing.csv': (request, response) => response.writeHead(503).end(),
	'/nothing.csv': (request, response) => response.writeHead(204).end(),
	'/empty.csv': give(''),
	'/page.csv': give('<!doctype html><title>Sign in</title>'),
	'/bad-row.csv': give('sku,name,price,currency,stock\nA-1,Cup,cheap,GBP,1\n'),
	'/broken.csv.gz': give(packed.subarray(0, packed.length - 9)),
	'/damaged.csv.gz': give(Buffer.concat([packed.subarray(0, 2000), Buffer.alloc(500, 7), packed.subarray(2500)])),
	'/cut.csv': (request, response) => {
		response.writeHead(200, { 'Content-Length': catalogue.length });
		response.write(catalogue.subarray(0, 5000), () => setTimeout(() => request.socket.destroy(), 50));
	},
	'/silent.csv': (request, response) => response.write(catalogue.subarray(0, 5000)),
	'/mute.csv': () => {},
	'/endless.csv': (request, response) => {
		response.on('error', () => {});
		const go = () => {
			while (!response.destroyed && response.write(Buffer.alloc(65536, 'x')));
			if (!response.destroyed)
				response.once('drain', go);
		};
		response.write('sku,name,price,currency,stock\n');
		go();
	},
};
const serve = (request, response) => {
	hits.push(request.url);
	pages[request.url.split('?')[0]](request, response);
};

before(async () => {
	tls = certificate(folder);
	secure = await listen(serve, tls);
	plain = await listen(serve);
});
after(() => Promise.all([secure.close(), plain.close()]));

class Shelf {
	constructor(name = 'products') {
		Object.assign(this, { name, folder: temporary() });
		this.env = { DATABASE_URL: `sqlite:${join(this.folder, `${name}.db`)}`, CURL_CA_BUNDLE: tls.file };
	}

	import(url, settings = {}, ...more) {
		return run(this.name, ['import', url, ...more], { env: { ...this.env, ...settings } });
	}

	async count() {
		const server = await start(this.name, {}, { folder: this.folder, data: false });
		const { categories } = await ask(server, 'list_categories', {});
		await server.stop();
		return categories.map(each => Object.values(each).find(Number.isInteger)).reduce((a, b) => a + b, 0);
	}
}

for (const path of ['/catalogue.csv', '/chunked.csv', '/packed-whatever-its-name.csv', '/encoded.csv', '/moved'])
	test(`${path} is imported over https`, async () => {
		const shelf = new Shelf();
		const { status, stdout, stderr } = await shelf.import(secure.url + path);
		assert.equal(status, 0, stderr);
		assert.match(stdout, new RegExp(`Imported ${rows} products from https://localhost:\\d+${path} in`));
		assert.equal(await shelf.count(), rows);
	});

test('orders come from a URL too', async () => {
	pages['/orders.csv'] = give('order,placed_at,customer,country,sku,quantity,unit_price\n'
		+ '1,2011-01-05T10:00:00Z,C1,France,A-1,2,1.50\n');
	const { status, stdout, stderr } = await new Shelf('orders').import(`${secure.url}/orders.csv`, {},
		'--currency', 'EUR');
	assert.equal(status, 0, stderr);
	assert.match(stdout, /Imported 1 order lines/);
});

test('an export of another shop comes from a URL too, and its columns are mapped', async () => {
	pages['/shopify.csv'] = give(readFileSync(join(root, 'tests/e2e/exports/shopify.csv')));
	pages['/own.csv'] = give('Item;name;price;stock;note\nA-1;Cup;1,00;3;-\n');
	const known = await new Shelf().import(`${secure.url}/shopify.csv`, {}, '--currency', 'GBP');
	assert.equal(known.status, 0, known.stderr);
	assert.match(known.stdout, /shopify\.csv looks like a Shopify product export/);
	const own = await new Shelf().import(`${secure.url}/own.csv`, {}, '--currency', 'GBP', '--map', 'Item=sku', '--ignore-unknown');
	assert.equal(own.status, 0, own.stderr);
});

test('a signature in the address is not shown', async () => {
	const { status, stdout, stderr } = await new Shelf().import(`${secure.url}/catalogue.csv?X-Signature=s3cret`);
	assert.equal(status, 0, stderr);
	assert.ok(hits.includes('/catalogue.csv?X-Signature=s3cret'));
	assert.doesNotMatch(stdout + stderr, /s3cret/);
	const failed = await new Shelf().import(`${secure.url}/bad-row.csv?X-Signature=s3cret`);
	assert.equal(failed.status, 1);
	assert.match(failed.stderr, /bad-row\.csv:2: price/);
	assert.doesNotMatch(failed.stdout + failed.stderr, /s3cret/);
});

// What goes wrong, and the words for it; the settings that make it quick.
const troubles = [
	['/missing.csv', /missing\.csv cannot be read: the server answered 404/],
	['/failing.csv', /the server answered 503/],
	['/nothing.csv', /the server answered 204/],
	['/empty.csv', /the file is empty/],
	['/page.csv', /it is a web page \(HTML\), not CSV/],
	['/broken.csv.gz', /unexpected end of file/],
	['/damaged.csv.gz', /cannot be read: .*(invalid|incorrect)/],
	['/cut.csv', /the connection ended before the file did/],
	['/silent.csv', /the server was silent for 0\.5 s/, { IMPORT_TIMEOUT: '500ms' }],
	['/mute.csv', /the server was silent for 0\.5 s/, { IMPORT_TIMEOUT: '500ms' }],
	['/catalogue.csv', /it is longer than the 10000 bytes of IMPORT_MAX/, { IMPORT_MAX: '10000' }],
	['/chunked.csv', /it is longer than the 10000 bytes of IMPORT_MAX/, { IMPORT_MAX: '10000' }],
	['/endless.csv', /it is longer than the 3145728 bytes of IMPORT_MAX/, { IMPORT_MAX: '3MiB' }],
	['/moved-to-http', /it redirects to an address that is not https/],
	['/round-and-round', /it redirects more than 5 times/],
	['/catalogue.csv', /certificate is not trusted/, { CURL_CA_BUNDLE: '' }],
];
for (const [path, words, settings = {}] of troubles)
	test(`${path} ${JSON.stringify(settings)}: nothing is imported, and it says why`, async () => {
		const shelf = new Shelf();
		const { status, stdout, stderr } = await shelf.import(secure.url + path, settings);
		assert.equal(status, 1, stdout);
		assert.match(stdout + stderr, words);
		assert.match(stdout, /Nothing was imported/);
		assert.equal(await shelf.count(), 0);
	});

test('a certificate for another name is refused', async () => {
	const { status, stdout } = await new Shelf().import(`https://127.0.0.1:${secure.port}/catalogue.csv`);
	assert.equal(status, 1);
	assert.match(stdout, /certificate is not trusted/);
});

test('nobody at the address', async () => {
	const gone = await listen(() => {}, tls);
	await gone.close();
	const { status, stdout } = await new Shelf().import(`${gone.url}/catalogue.csv`);
	assert.equal(status, 1);
	assert.match(stdout, /connect/i);
});

test('plain http is taken from this machine alone', async () => {
	assert.equal((await new Shelf().import(`${plain.url}/catalogue.csv`)).status, 0);
	const before = hits.length;
	for (const [url, words] of [
		['http://files.example.com/a.csv', /use https/],
		['http://127.0.0.1.example.com/a.csv', /use https/],
		[`http://localhost:${plain.port}@files.example.com/a.csv`, /user or a password/],
		['HTTP://10.0.0.1/a.csv', /use https/],
		['https://', /no URL/],
	]) {
		const { status, stderr } = await new Shelf().import(url);
		assert.equal(status, 1, url);
		assert.match(stderr, words, url);
	}
	assert.equal(hits.length, before);
});

test('bad rows end a download that goes on for ever', async () => {
	pages['/other.csv'] = (request, response) => {
		response.on('error', () => {});
		const go = () => {
			while (!response.destroyed && response.write('colour,size\nred,5\n'.repeat(1000)));
			if (!response.destroyed)
				response.once('drain', go);
		};
		go();
	};
	const { status, stdout } = await new Shelf().import(`${secure.url}/other.csv`);
	assert.equal(status, 1);
	assert.match(stdout, /header row does not fit/);
});

test('whoever serves has not loaded libcurl; without it only an import from a URL fails', async () => {
	const server = await start('products');
	assert.doesNotMatch(readFileSync(`/proc/${server.pid}/maps`, 'utf8'), /libcurl/);
	await server.stop();

	const none = temporary();
	writeFileSync(join(none, 'libcurl.so.4'), 'no library');
	const { status, stderr } = await new Shelf().import(`${secure.url}/catalogue.csv`, { LD_LIBRARY_PATH: none });
	assert.equal(status, 1);
	assert.match(stderr, /cannot be read: that needs libcurl\.so\.4/);
	const file = await new Shelf().import(join(root, 'products/data/catalogue.csv'), { LD_LIBRARY_PATH: none });
	assert.equal(file.status, 0, file.stderr);
});
