// tokens.test.mjs - access tokens whose issuer's keys are a file: what they open, and what is done later on
// behalf of one that is over.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask, beginSession, databaseUrl, eventually, exchange, keyLines, keys, orderOf, run, start, stateless, temporary } from './support.mjs';

const issuer = 'https://id.example', audience = 'https://shop.example/mcp';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(claims, key = privateKey) {
	const text = `${part({ alg: 'EdDSA', kid: 'one' })}.${part({ iss: issuer, aud: audience,
		exp: Math.floor(Date.now() / 1000) + 300, scope: 'orders:own', ...claims })}`;
	return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

const with_ = (claims, key) => ({ headers: { Authorization: `Bearer ${token(claims, key)}` } });
const ann = (more = {}) => with_({ sub: 'ann', customer: 'C-Ann.77131', ...more });
const folder = temporary(), settings = {
	OAUTH_ISSUER: issuer, PUBLIC_URL: audience, OAUTH_JWKS: `@${join(folder, 'keys.json')}`,
	OAUTH_CUSTOMER_CLAIM: 'customer',
};
let products, orders, url;
const startOrders = () => start('orders', { ...settings, DATABASE_URL: url, PRODUCTS_URL: products.url });

before(async () => {
	writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] }));
	url = await databaseUrl('orders', folder);
	products = await start('products');
	await ask(products, 'update_product', { sku: 'KIT-0001', stock_change: 1000 });
	orders = await startOrders();
});
after(() => orders.stop().then(() => products.stop()));

const tools = headers => exchange(orders, stateless('tools/list', {}, headers));

test('a token opens what it names, and one that is no good nothing', async () => {
	assert.equal((await tools(ann())).status, 200);
	for (const [headers, status, words] of [
		[with_({ sub: 'ann' }, generateKeyPairSync('ed25519').privateKey), 401, /signature/],
		[ann({ exp: 1 }), 401, /expired/], [ann({ aud: 'https://other.example' }), 401, /audience/],
		[ann({ iss: `${issuer}/` }), 401, /issuer/], [{ headers: { Authorization: 'Basic eDp5' } }, 401, /./],
		[{ headers: { Authorization: 'Bearer a.b.c' } }, 401, /no access token/], [{ headers: {} }, 401, /./],
	]) {
		const answer = await tools(headers);
		assert.equal(answer.status, status);
		assert.match(answer.text, words);
		assert.match(answer.headers['www-authenticate'], /^Bearer /);
	}
	assert.ok(!orders.log.includes('eyJ'), 'no part of a token is logged');
});

test('roles and a customer within other claims, as Keycloak has them, count by a JSON Pointer', async () => {
	const apart = await start('orders', { ...settings, PRODUCTS_URL: products.url,
		OAUTH_SCOPE_CLAIM: 'scope,/realm_access/roles', OAUTH_CUSTOMER_CLAIM: '/shop/customer' });
	const roles = (...names) => ({ scope: 'openid', realm_access: { roles: names } });
	const as = (customer, claims = roles('staff', 'orders:own')) => with_({ sub: customer, shop: { customer }, ...claims });
	const seen = async who => (await ask(apart, 'list_orders', {}, who)).orders.map(order => order.id);
	const { customer, ...own } = orderOf({ 'KIT-0001': 1 }, 'by role');
	const { id } = await ask(apart, 'create_order', own, as('C-Ann.77131'));
	assert.deepEqual(await seen(as('C-Ann.77131')), [id]);
	assert.deepEqual(await seen(as('C-Bob.44902')), []);
	assert.deepEqual(await seen(with_({ sub: 'sam', ...roles('orders:read') })), [id]);
	for (const claims of [roles('staff'), { scope: 'openid', roles: ['orders:own'] }, { scope: 'openid', '/realm_access/roles': ['orders:own'] }])
		assert.equal((await exchange(apart, stateless('tools/call', { name: 'list_orders', arguments: {} }, as('C-Ann.77131', claims)))).status, 403);
	await apart.stop();
	for (const [setting, value, words] of [
		['OAUTH_SCOPE_CLAIM', 'scope,/realm_access/', /OAUTH_SCOPE_CLAIM: .*after each \/ comes a name/],
		['OAUTH_CUSTOMER_CLAIM', '/shop~customer', /OAUTH_CUSTOMER_CLAIM: .*~ is written ~0/],
	]) {
		const { status, stderr } = await run('orders', [], { env: { PORT: '0', ...settings, DATABASE_URL: 'sqlite:orders.db', [setting]: value } });
		assert.notEqual(status, 0);
		assert.match(stderr, words);
	}
});

test('AUTH=none: whoever sends nothing may do everything, and whoever sends a token is who it says', async () => {
	const open = await start('products', { ...settings, AUTH: 'none' });
	const change = headers => exchange(open, stateless('tools/call',
		{ name: 'update_product', arguments: { sku: 'KIT-0001', stock_change: 1 } }, headers));
	assert.equal((await change({})).status, 200);
	assert.equal((await change(ann({ scope: 'products:write' }))).status, 200);
	assert.equal((await change(ann({ scope: 'products:read' }))).status, 403);
	for (const headers of [ann({ exp: 1 }), { headers: { Authorization: 'Bearer mcp_nobody' } }])
		assert.equal((await change(headers)).status, 401, 'who is refused is not everybody instead');
	await open.stop();
});

// The question is asked with one token and answered with another, which has no scope any more; and by a process
// that never saw the first. Nobody else's answer counts, and without the customer a person is somebody else.
test('what waits for a person keeps the rights it was begun with', async () => {
	const { id } = await ask(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'by token', 'C-Ann.77131'), ann());
	const session = await beginSession(orders, '2025-11-25', { elicitation: {} }, ann().headers);
	let seen = [];
	const asked = exchange(orders, { headers: { ...session, ...ann().headers }, body: JSON.stringify({ jsonrpc: '2.0',
		id: 'asks', method: 'tools/call', params: { name: 'cancel_order', arguments: { id } } }),
	until: events => { seen = events; return false; } }).catch(() => {});
	const question = () => seen.filter(event => event.data).map(event => JSON.parse(event.data))
		.find(message => message.method === 'elicitation/create');
	await eventually(question, 'no question');
	const last = seen.findLast(event => event.id).id;
	orders.child.kill('SIGKILL');
	await orders.ended;
	await asked;

	orders = await startOrders();
	const later = { ...session, ...ann({ scope: '' }).headers };
	assert.equal((await ask(orders, 'get_order', { id }, ann())).status, 'pending');
	const reply = { jsonrpc: '2.0', id: question().id, result: { action: 'accept', content: { sure: true } } };
	for (const other of [with_({ sub: 'bob' }), with_({ sub: 'ann' }), ann({ customer: 'C-Bob.44902' })])
		assert.equal((await exchange(orders, { headers: { ...session, ...other.headers }, body: JSON.stringify(reply) })).status,
			404, 'a session is the name\'s');
	assert.equal((await exchange(orders, { headers: later, body: JSON.stringify(reply) })).status, 202);
	const { text } = await exchange(orders, { method: 'GET', headers: { ...later, Accept: 'text/event-stream',
		'Last-Event-ID': last }, until: events => events.some(event => /"asks"/.test(event.data ?? '')) });
	assert.match(text, /cancelled/);
	assert.equal((await ask(orders, 'get_order', { id }, ann())).status, 'cancelled');
});

// ---- An issuer at a URL ----

// Answers when open() was called; while it is down with the words of whoever stands before it.
async function issuerHere({ down = false } = {}) {
	let open, asked = 0;
	const opened = new Promise(resolve => { open = resolve; });
	const server = createServer(async (request, answer) => {
		asked++;
		if (at.down) {
			answer.writeHead(502).end('<h1>Bad Gateway</h1>');
			return;
		}
		await opened;
		const base = `http://127.0.0.1:${server.address().port}`;
		answer.end(JSON.stringify(request.url.includes('well-known') ? { issuer: base, jwks_uri: `${base}/keys` }
			: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] }));
	});
	await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
	const at = { down, open, asked: () => asked, url: `http://127.0.0.1:${server.address().port}`,
		close: () => { server.closeAllConnections(); return new Promise(resolve => server.close(resolve)); } };
	return at;
}

const startAt = at => start('products', { OAUTH_ISSUER: at.url, PUBLIC_URL: audience, API_KEYS: keyLines });
const readers = at => with_({ iss: at.url, sub: 'ann', scope: 'products:read' });
const list = (server, headers) => exchange(server, stateless('tools/list', {}, headers));

test('a request waits for the keys that its token is checked with', async () => {
	const at = await issuerHere(), server = await startAt(at);
	await eventually(() => at.asked() > 0, 'the keys are not asked for');
	const waiting = [1, 2, 3].map(() => list(server, readers(at)));
	assert.equal((await list(server, { headers: { Authorization: `Bearer ${Object.values(keys)[0]}` } })).status, 200);
	at.open();
	for (const { status } of await Promise.all(waiting))
		assert.equal(status, 200);
	assert.equal(at.asked(), 2, 'the document and the keys, once');
	await server.stop();
	await at.close();
});

test('while the issuer is down keys work, tokens are asked to come back, and the server is ready', async () => {
	const at = await issuerHere({ down: true }), server = await startAt(at);
	await server.says(/can't be had/);
	const { status, headers, text } = await list(server, readers(at));
	assert.equal(status, 503, text);
	assert.ok(Number(headers['retry-after']) >= 1);
	assert.equal(headers['www-authenticate'], undefined);
	assert.equal((await list(server, { headers: { Authorization: `Bearer ${Object.values(keys)[0]}` } })).status, 200);
	assert.equal((await exchange(server, { method: 'GET', path: '/readyz' })).status, 200);
	// It comes, and nobody does anything about it.
	at.down = false;
	at.open();
	await server.says(/keys of the issuer http.*: 1/);
	assert.equal((await list(server, readers(at))).status, 200);
	await server.stop();
	await at.close();
});
