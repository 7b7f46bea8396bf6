// health.test.mjs - docker/health-check.sh against real servers: open, with keys, where people sign in, and not well.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startIssuer } from '../oauth/shop.mjs';
import { freePort } from './raw.mjs';
import { keyLines, keys, root, start, startShop } from './support.mjs';

const script = join(root, 'docker/health-check.sh');

function check(words, env = {}) {
	return new Promise(resolve => execFile(script, words, { env: { PATH: process.env.PATH, ...env } },
		(error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr })));
}

const wrong = stdout => stdout.split('\n').filter(line => / BAD /.test(line));

let open, closed;
before(async () => {
	open = await startShop();
	closed = await startShop({ products: { API_KEYS: keyLines },
		orders: { API_KEYS: keyLines, PRODUCTS_KEY: keys.staff } });
});
after(async () => {
	await open.stop();
	await closed.stop();
});

test('servers without keys on this machine are well', async () => {
	const { status, stdout, stderr } = await check([open.products.url, open.orders.url]);
	assert.equal(status, 0, stdout + stderr);
	assert.equal(stdout.match(/ no key is needed here +ok +200 /g).length, 2);
	assert.match(stdout, /^All 22 checks are well\.$/m);
});

test('those with keys are, for who has one', async () => {
	const { status, stdout } = await check([closed.products.url, closed.orders.url], { MCP_KEY: keys.reader });
	assert.equal(status, 0, stdout);
	for (const name of ['products', 'orders'])
		for (const [era, what] of [['-', '/healthz'], ['-', '/readyz'], ['sessions', 'initialize'],
			['sessions', 'tools/list'], ['sessions', 'tools/call'], ['stateless', 'server/discover'],
			['stateless', 'tools/list'], ['stateless', 'tools/call'], ['-', 'refused without a key']])
			assert.match(stdout, new RegExp(`^${name} +${era} +${what}[ a-z_]* ok `, 'm'));
});

test('a key that is not known is told from a server that is down', async () => {
	const { status, stdout } = await check([closed.orders.url], { MCP_KEY: 'mcp_wrong' });
	assert.equal(status, 1);
	assert.ok(wrong(stdout).every(line => / 401 /.test(line)) && wrong(stdout).length === 3, stdout);
	const down = await check(['http://127.0.0.1:1/mcp'], { TIMEOUT: '2' });
	assert.equal(down.status, 1);
	assert.ok(wrong(down.stdout).every(line => / 000 .*connect/.test(line)), down.stdout);
});

test('a server that asks nobody for a key is not well where a key was expected', async () => {
	const { status, stdout } = await check([open.orders.url], { MCP_KEY: 'mcp_any' });
	assert.equal(status, 1);
	assert.match(stdout, /refused without a key +BAD +200 .*not 401/);
});

test('the report is a table in Markdown, without the key', async () => {
	const { status, stdout } = await check([closed.products.url, 'report'], { MCP_KEY: keys.reader });
	assert.equal(status, 0);
	const rows = stdout.split('\n').filter(line => line.startsWith('|'));
	assert.equal(rows.length, 13);
	assert.ok(rows.every(row => row.match(/(?<!\\)\|/g).length === 8), stdout);
	assert.ok(!stdout.includes(keys.reader));
});

test('a wrong command line is a status of its own', async () => {
	assert.equal((await check(['http//x'])).status, 2);
	assert.match((await check(['--help'])).stdout, /exit status/);
});

// ---- Where people sign in ----

const rows = stdout => stdout.split('\n').filter(line => / sign-in /.test(line)).map(line => line.replace(/^\S+ +sign-in +/, '').replace(/ +\d+ ms.*/, ''));

// A server at its own URL, and its issuer, which may say something else than it should.
async function signIn(settings, trouble) {
	const issuer = await startIssuer({ resources: ['x'] });
	const port = await freePort(), url = `http://127.0.0.1:${port}/mcp`;
	const server = await start('products', { API_KEYS: keyLines, PORT: String(port), PUBLIC_URL: url, OAUTH_ISSUER: issuer.url, ...settings });
	await server.says(/keys of the issuer \S+: \d+/);
	issuer.trouble = trouble;
	const answer = await check([url], { MCP_KEY: keys.reader });
	const seen = issuer.requests.length;
	issuer.trouble = undefined;
	await server.stop();
	await issuer.stop();
	return { ...answer, url, seen };
}

// What the issuer's documents say, changed.
const saying = change => (request, response, path) => {
	if (!/well-known/.test(path))
		return false;
	const origin = `http://${request.headers.host}`;
	response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ issuer: origin, authorization_endpoint: `${origin}/auth`,
		token_endpoint: `${origin}/token`, jwks_uri: `${origin}/jwks`, code_challenge_methods_supported: ['S256'], ...change }, null, 2));
	return true;
};

test('where people sign in, all is followed that a client follows', async () => {
	const { status, stdout, seen } = await signIn();
	assert.equal(status, 0, stdout);
	assert.deepEqual(rows(stdout), ['resource metadata          ok   200', 'resource metadata, root    ok   200', 'authorization server       ok   200',
		'its endpoints              ok   200', 'its PKCE                   ok   200', 'clients register           ok   200', 'the issuer\'s keys          ok   200']);
	assert.ok(seen >= 2);
	assert.ok(!stdout.includes(keys.reader));
	const facade = await signIn({ OAUTH_FACADE: 'on' }, saying({ code_challenge_methods_supported: undefined }));
	assert.equal(facade.status, 0, facade.stdout);
	assert.match(facade.stdout, /its PKCE +ok[\s\S]*clients are given an id +ok/);
});

// As terraform/modules/service/routes.tf has it for several services under one name.
function balancer() {
	const on = createServer((request, response) => {
		const path = request.url.replace(/^(\/\.well-known\/[^/]+|)\/catalogue\/(.*)$/, '$1/$2');
		if (path === request.url || !/^\/(mcp|readyz$|\.well-known\/)/.test(path))
			return response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"error":"not_found"}');
		const onward = httpRequest({ port: on.to, path, method: request.method, headers: request.headers }, answer => {
			response.writeHead(answer.statusCode, answer.headers);
			answer.pipe(response);
		});
		request.pipe(onward);
	});
	return new Promise(resolve => on.listen(0, '127.0.0.1', () => resolve(on)));
}

test('through a balancer that passes on what it has to, under a path', async () => {
	const issuer = await startIssuer({ resources: ['x'] }), front = await balancer();
	const url = `http://127.0.0.1:${front.address().port}/catalogue/mcp`;
	const server = await start('products', { API_KEYS: keyLines, PUBLIC_URL: url, OAUTH_ISSUER: issuer.url });
	front.to = server.port;
	await server.says(/keys of the issuer \S+: \d+/);
	const { status, stdout } = await check([url], { MCP_KEY: keys.reader });
	await server.stop();
	await issuer.stop();
	front.close();
	assert.equal(status, 0, stdout);
	assert.deepEqual(rows(stdout).map(row => row.replace(/ +ok .*/, '')), ['resource metadata', 'authorization server', 'its endpoints', 'its PKCE',
		'clients register', 'the issuer\'s keys']);
	assert.match(stdout, /\/readyz +ok/);
});

test('what clients would stop at is said', async () => {
	const other = await signIn({ PUBLIC_URL: 'https://shop.example/mcp' });
	assert.equal(other.status, 1);
	assert.match(other.stdout, new RegExp(`resource metadata +BAD +200 .*the resource is not ${other.url}: .*https://shop\\.example/mcp`));
	for (const [change, words] of [
		[{ code_challenge_methods_supported: ['plain'] }, /its PKCE +BAD .*no S256/], [{ issuer: 'https://other.example' }, /authorization server +BAD .*not about http/],
		[{ token_endpoint: undefined }, /its endpoints +BAD/], [{ jwks_uri: 'http://127.0.0.1:1/jwks' }, /the issuer's keys +BAD +000/],
		[{ jwks_uri: 'file:///etc/passwd' }, /the issuer's keys +BAD +000 .*rotocol/], [{ jwks_uri: '-V' }, /the issuer's keys +BAD +000/],
	]) {
		const { status, stdout } = await signIn({}, saying(change));
		assert.equal(status, 1, stdout);
		assert.match(stdout, words);
	}
	const down = await signIn({}, (request, response) => response.writeHead(503).end() && true);
	assert.equal(down.status, 1);
	assert.match(down.stdout, /authorization server +BAD +503 /);
});
