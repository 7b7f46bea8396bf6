// smoke.test.mjs - the smoke test against the real servers, through TLS: it passes when it should, and only then.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { startIssuer } from '../oauth/shop.mjs';
import { keyLines, keys, start, startShop, temporary as folder } from '../e2e/support.mjs';
import { certificate, listen } from '../e2e/tls.mjs';
import { stage } from './stage.mjs';

const version = /mcp-products (\S+)/.exec(spawnSync(
	new URL(`../../build/${process.env.BUILD ?? 'dev'}/products/mcp-products`, import.meta.url).pathname, ['version']).stdout)[1];
let shop, tls;
const fronts = {};

// A balancer: it ends TLS and hands on.
const forward = to => (request, response) => {
	const onward = http.request({ host: '127.0.0.1', port: to.port, path: request.url, method: request.method,
		headers: { ...request.headers, host: `127.0.0.1:${to.port}` } }, answer => {
		response.writeHead(answer.statusCode, answer.headers);
		answer.pipe(response);
	});
	onward.on('error', () => response.destroy());
	request.pipe(onward);
};

before(async () => {
	shop = await startShop({ products: { API_KEYS: keyLines },
		orders: { API_KEYS: keyLines, PRODUCTS_KEY: keys.staff } });
	tls = certificate(folder());
	for (const name of ['products', 'orders'])
		fronts[name] = await listen(forward(shop[name]), tls);
});
after(async () => {
	await Promise.all(Object.values(fronts).map(each => each.close()));
	await shop.stop();
});

const smoke = (args, env = {}) => stage().run('smoke.mjs', ['--within', '2', ...args], { env: {
	NODE_EXTRA_CA_CERTS: tls.file, PRODUCTS_KEY: keys.reader, ORDERS_KEY: keys.reader, ...env,
} });
const url = name => `${name}=${fronts[name].url}/mcp`;

test('both servers answer in both eras', async () => {
	const { status, stdout, stderr } = await smoke(['--version', version, url('products'), url('orders')]);
	assert.equal(status, 0, stdout + stderr);
	assert.equal(stdout.match(/^ok /gm).length, 8);
	for (const name of ['products', 'orders'])
		for (const what of ['no key +401', 'wrong key +401', '2025-11-25 .*tools, \\w+ answers', '2026-07-28 .*tools, \\w+ answers'])
			assert.match(stdout, new RegExp(`^ok +${name} +${what}`, 'm'));
});

test('a key that is not known', async () => {
	const { status, stdout, stderr } = await smoke([url('products')], { PRODUCTS_KEY: 'mcp_unknown' });
	assert.equal(status, 1);
	assert.match(stdout, /^FAILED +products +2025-11-25/m);
	assert.match(stdout, /^FAILED +products +2026-07-28/m);
	assert.match(stderr, /2 of 4 checks failed/);
	assert.doesNotMatch(stdout + stderr, /mcp_unknown/);
});

test('a version is the one that was deployed, whichever build of it', async () => {
	const { status, stdout, stderr } = await smoke(['--version', version.split('+')[0], url('products')]);
	assert.equal(status, 0, stdout + stderr);
});

test('another version than was deployed', async () => {
	const { status, stdout } = await smoke(['--version', '9.9.9', url('products')]);
	assert.equal(status, 1);
	assert.match(stdout, new RegExp(`its version is ${version.replace(/[.+]/g, '\\$&')}, and must be 9\\.9\\.9`));
});

test('the address of one leads to the other', async () => {
	const { status, stdout } = await smoke([`products=${fronts.orders.url}/mcp`]);
	assert.equal(status, 1);
	assert.match(stdout, /the server is "orders"/);
});

test('a server that lets everybody in', async () => {
	const open = await listen((request, response) => {
		const known = keys.reader === request.headers.authorization?.slice(7);
		request.resume().on('end', () => response.writeHead(known ? 404 : 200, { 'Content-Type': 'application/json' })
			.end('{"jsonrpc":"2.0","id":1,"result":{}}'));
	}, tls);
	const { status, stdout } = await smoke([`products=${open.url}/mcp`]);
	await open.close();
	assert.equal(status, 1);
	assert.match(stdout, /a call without a key is answered 200, and must be 401/);
});

test('a certificate nobody trusts, and nobody at the address', async () => {
	const untrusted = await smoke([url('products')], { NODE_EXTRA_CA_CERTS: '' });
	assert.equal(untrusted.status, 1);
	assert.match(untrusted.stdout, /self-signed certificate/);

	const gone = await listen(() => {}, tls);
	await gone.close();
	const nobody = await smoke([`products=${gone.url}/mcp`]);
	assert.equal(nobody.status, 1);
	assert.match(nobody.stdout, /ECONNREFUSED/);
});

test('a server that is not there yet is waited for', async () => {
	let turned = 0;
	const late = await listen((request, response) =>
		turned++ < 4 ? response.writeHead(503).end() : forward(shop.products)(request, response), tls);
	const { status, stdout } = await smoke(['--within', '20', `products=${late.url}/mcp`]);
	await late.close();
	assert.equal(status, 0, stdout);
});

test('where people sign in, what a client looks up is about the URL that it was given', async () => {
	const issuer = await startIssuer({ resources: ['x'] });
	let to;
	const front = await listen((request, response) => forward(to)(request, response), tls);
	to = await start('products', { API_KEYS: keyLines, OAUTH_ISSUER: issuer.url, PUBLIC_URL: `${front.url}/mcp` });
	const well = await smoke([`products=${front.url}/mcp`]);
	assert.equal(well.status, 0, well.stdout);
	assert.ok(well.stdout.includes(`no key      401, sign-in at ${issuer.url}, `), well.stdout);
	await to.stop();
	to = await start('products', { API_KEYS: keyLines, OAUTH_ISSUER: issuer.url, PUBLIC_URL: 'https://shop.example/mcp', PUBLIC_HOSTS: '127.0.0.1,localhost' });
	const other = await smoke([`products=${front.url}/mcp`]);
	assert.equal(other.status, 1);
	assert.match(other.stdout, /^FAILED +products +no key +one signs in to https:\/\/shop\.example\/mcp, and must to /m);
	await Promise.all([to.stop(), front.close(), issuer.stop()]);
});

test('wrong usage', async () => {
	for (const [args, env] of [[[]], [['--what']], [[url('products')], { PRODUCTS_KEY: '' }], [['products=ftp://a/b']]]) {
		const { status, stderr } = await smoke(args, env);
		assert.equal(status, 2, stderr);
	}
});
