// sign_in.test.mjs - access tokens of a real identity provider: what a client without one is told, whose are
// taken, what is asked for when one is not enough, and keys beside them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { refresh, tokensOf } from '../oauth/person.mjs';
import { shapes } from '../oauth/shapes.mjs';
import { bearer, metadataUrl, publicUrl, startIssuer, startTrusting, stopTrusting, trusting, withToken } from '../oauth/shop.mjs';
import { open, post } from './raw.mjs';
import { ask, beginSession, exchange, keyLines, keys, orderOf, start, stateless, types } from './support.mjs';

const none = { aud: undefined, scope: undefined, client_id: undefined };
const prefixes = { cognito: 'https://shop.example/mcp/', entra: 'api://6f8b9a3e/' };
const OAUTH_SCOPES = 'products:read products:write';
const asked = `scope="${OAUTH_SCOPES}"`;
const invalid = why => `Bearer realm="products", resource_metadata="${metadataUrl}", error="invalid_token",`
	+ ` error_description="${why}", ${asked}`;
const nothing = `Bearer realm="products", resource_metadata="${metadataUrl}", ${asked}`;

let issuer, products;
before(async () => {
	issuer = await startIssuer({ prefixes: Object.values(prefixes) });
	products = await startTrusting('products', issuer, { OAUTH_SCOPES, API_KEYS: keyLines });
});
after(async () => {
	await stopTrusting(products, issuer);
	await issuer.stop();
});

const search = headers => stateless('tools/call', { name: 'search_products', arguments: { words: 'a' } }, { headers });
const write = { name: 'update_product', arguments: { sku: 'KIT-0001', stock_change: 1 }, _meta: { progressToken: 'p' } };
const challengeOf = answer => answer.headers['www-authenticate'];

async function toolsOf(server, headers) {
	const names = [];
	for (let cursor; ;) {
		const { json } = await exchange(server, stateless('tools/list', cursor ? { cursor } : {}, { headers }));
		names.push(...json.result.tools.map(tool => tool.name));
		if (!(cursor = json.result.nextCursor))
			return names;
	}
}

test('what was forgotten of a sign-in, or misspelt, is said at the start', async () => {
	const forgetful = await startTrusting('products', issuer, { OAUTH_CLIENT: 'desktop' });
	assert.match(forgetful.log, /OAUTH_SCOPES is not set: a sign-in asks for no scope/);
	assert.match(forgetful.log, /OAUTH_CLIENT is no setting, and counts for nothing/);
	assert.doesNotMatch(products.log, /OAUTH_SCOPES is not set|is no setting/);
	await forgetful.stop();
});

// ---- Without a token ----

const initialize = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {
	protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'tests', version: '1' } } });
const first = {
	'POST of 2025': { headers: types, body: initialize },
	'POST of 2026': stateless('tools/list'),
	GET: { method: 'GET', headers: { Accept: 'text/event-stream' } },
	'GET that goes on': { method: 'GET', headers: { Accept: 'text/event-stream', 'Last-Event-ID': '1-2' } },
	DELETE: { method: 'DELETE', headers: { 'Mcp-Session-Id': 'nobody' } },
	'Basic': { headers: { ...types, Authorization: 'Basic YTpi' }, body: initialize },
	'?access_token=': () => ({ path: `/mcp?access_token=${issuer.mint()}`, headers: types, body: initialize }),
	'access_token in a form': () => ({ headers: { ...types, 'Content-Type': 'application/x-www-form-urlencoded' },
		body: `access_token=${issuer.mint()}` }),
};

for (const [name, request] of Object.entries(first))
	test(`without a token: 401, and where to sign in: ${name}`, async () => {
		const answer = await exchange(products, typeof request === 'function' ? request() : request);
		assert.deepEqual([answer.status, challengeOf(answer)], [401, nothing], answer.text);
	});

test('the page of another origin that may call is shown the challenge', async () => {
	const page = await start('products', { ...trusting(issuer, { OAUTH_SCOPES }), ALLOWED_ORIGINS: 'https://app.example' });
	const answer = await exchange(page, { headers: { ...types, Origin: 'https://app.example' }, body: initialize });
	assert.equal(answer.status, 401);
	assert.match(answer.headers['access-control-expose-headers'], /WWW-Authenticate/);
	await page.stop();
});

test('a malformed Authorization is 400, a wrong token 401 in words', async () => {
	const malformed = await exchange(products, { headers: { ...types, Authorization: 'Bearer a b' }, body: initialize });
	assert.equal(malformed.status, 400);
	assert.match(challengeOf(malformed), /error="invalid_request"/);
	const now = Math.floor(Date.now() / 1000);
	const why = { 'The token has expired.': { exp: now - 61 }, 'The token is not valid yet.': { nbf: now + 90 },
		'The token is not for this server: its audience is another.': { aud: 'https://elsewhere.example/mcp' },
		'The token is of another issuer than the one that is trusted here.': { iss: `${issuer.url}/` },
		'This is no access token: an ID token or a refresh token is none.': { nonce: 'n' },
		'The token does not say whose it is.': { sub: '' } };
	for (const [words, claims] of Object.entries(why)) {
		const answer = await exchange(products, search(bearer(issuer.mint(claims))));
		assert.deepEqual([answer.status, challengeOf(answer)], [401, invalid(words)]);
	}
});

// ---- Metadata ----

const document = JSON.stringify({ resource: publicUrl, authorization_servers: ['ISSUER'],
	scopes_supported: OAUTH_SCOPES.split(' '), bearer_methods_supported: ['header'], resource_name: 'Products' });

for (const path of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'])
	test(`metadata at ${path}`, async () => {
		const headers = { Origin: 'https://anywhere.example', 'MCP-Protocol-Version': '1999-01-01' };
		const got = await exchange(products, { method: 'GET', path, headers });
		assert.equal(got.status, 200);
		const { authorization_servers, resource_name, ...rest } = got.json;
		assert.deepEqual(authorization_servers, [issuer.url]);
		assert.ok(resource_name);
		const { authorization_servers: _, resource_name: __, ...expected } = JSON.parse(document);
		assert.deepEqual(rest, expected);
		assert.equal(got.headers['content-type'], 'application/json');
		assert.equal(got.headers['cache-control'], 'public, max-age=300');
		assert.equal(got.headers['access-control-allow-origin'], '*');
		const head = await exchange(products, { method: 'HEAD', path, headers });
		assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', String(got.text.length)]);
		const preflight = await exchange(products, { method: 'OPTIONS', path, headers: { ...headers,
			'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'mcp-protocol-version' } });
		assert.equal(preflight.status, 204);
		assert.equal(preflight.headers['access-control-allow-origin'], '*');
		assert.match(preflight.headers['access-control-allow-headers'], /MCP-Protocol-Version/i);
		for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
			const refused = await exchange(products, { method, path, headers, body: method === 'DELETE' ? undefined : 'x' });
			assert.deepEqual([refused.status, refused.headers.allow], [405, 'GET, HEAD, OPTIONS'], method);
		}
	});

test('other places where clients look are 404 at once, and say where to sign in', async () => {
	for (const path of ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration',
		'/.well-known/oauth-authorization-server/mcp', '/mcp/.well-known/openid-configuration',
		'/.well-known/oauth-protected-resource/other', '/register', '/authorize', '/token']) {
		const answer = await exchange(products, { method: 'GET', path });
		assert.equal(answer.status, 404, path);
		assert.ok(answer.text.includes(issuer.url), answer.text);
		assert.match(answer.json.error_description, /is given a client id/, 'what to ask for');
	}
});

test('a name that is not served is not told the metadata', async () => {
	const answer = await exchange(products, { method: 'GET', path: '/.well-known/oauth-protected-resource/mcp',
		headers: { Host: 'evil.example' } });
	assert.equal(answer.status, 403);
});

test('without OAUTH_SCOPES nothing is said of scopes; behind a path the metadata lies there too', async () => {
	const PUBLIC_URL = 'https://shop.example/catalogue/mcp', path = '/.well-known/oauth-protected-resource/catalogue/mcp';
	const server = await startTrusting('products', issuer, { PUBLIC_URL });
	assert.equal(challengeOf(await exchange(server, stateless('tools/list'))),
		`Bearer realm="products", resource_metadata="https://shop.example${path}"`);
	for (const at of [path, '/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
		const { json } = await exchange(server, { method: 'GET', path: at });
		assert.deepEqual([json.resource, json.scopes_supported], [PUBLIC_URL, undefined], at);
	}
	assert.equal((await exchange(server, search(bearer(issuer.mint())))).status, 401, 'its audience is another');
	assert.equal((await exchange(server, search(bearer(issuer.mint({ aud: PUBLIC_URL }))))).status, 200);
	const tools = await toolsOf(server, bearer(issuer.mint({ aud: PUBLIC_URL })));
	assert.ok(!tools.includes('update_product'), 'nobody can ask for it');
	await server.stop();
});

// ---- Whose tokens are taken ----

for (const alg of ['RS256', 'ES256', 'EdDSA'])
	test(`a person's token by code + PKCE, and the refreshed one: ${alg}`, async () => {
		issuer.alg = alg;
		const tokens = await tokensOf(issuer, 'ann', { scope: OAUTH_SCOPES, resource: publicUrl });
		issuer.alg = 'RS256';
		assert.equal(tokens.scope, 'products:read', 'she may not have the other');
		await ask(products, 'search_products', { words: 'a' }, withToken(tokens.access_token));
		const next = await refresh(issuer, tokens);
		assert.notEqual(next.access_token, tokens.access_token);
		await ask(products, 'search_products', { words: 'a' }, withToken(next.access_token));
	});

test('a machine\'s token by client_credentials', async () => {
	const { access_token } = await issuer.machine('machine', 'products:read');
	await ask(products, 'search_products', { words: 'a' }, withToken(access_token));
});

test('nobody\'s token for another resource is given or taken', async () => {
	await assert.rejects(tokensOf(issuer, 'ann', { scope: 'products:read', resource: 'https://other.example/mcp' }), /invalid_target/);
	const answer = await exchange(products, search(bearer(issuer.mint({ aud: 'https://other.example/mcp' }))));
	assert.equal(answer.status, 401);
});

// What an operator sets for each, and tokens of the same issuer that are then for somebody else.
const vendors = {
	cognito: { settings: { OAUTH_CLIENTS: 'm-cognito', OAUTH_SCOPE_PREFIX: prefixes.cognito }, wrong: {
		'another client': { client_id: 'other' }, 'no client': { client_id: undefined }, 'an ID token': { token_use: 'id' },
		'scopes of another API': { scope: 'https://other.example/products:read' },
		'a scope without the prefix': { scope: 'products:read' } } },
	entra: { settings: { OAUTH_AUDIENCE: '6f8b9a3e-api', OAUTH_SCOPE_PREFIX: prefixes.entra }, aud: '6f8b9a3e-api', wrong: {
		'another API': { aud: '00000003-0000-0000-c000-000000000000' }, 'an ID token': { nonce: 'x' },
		'no audience': { aud: undefined } } },
	okta: { settings: {}, wrong: { 'another API': { aud: 'api://default' }, 'no audience': { aud: undefined } } },
	auth0: { settings: { OAUTH_AUDIENCE: `${publicUrl}, https://api.example` }, wrong: {
		'userinfo alone': { aud: ['https://t.example/userinfo'] }, 'an ID token': { nonce: 'x' } } },
	keycloak: { settings: {}, wrong: { 'no mapper': { aud: undefined }, 'account alone': { aud: ['account'] },
		'an ID token': { typ: 'ID' }, 'a refresh token': { typ: 'Refresh' } } },
	hydra: { settings: { OAUTH_CLIENTS: 'm-hydra desktop' }, wrong: { 'no audience asked': { aud: [] }, 'another client': { client_id: 'x' } } },
};

assert.deepEqual(Object.keys(vendors), Object.keys(shapes));
describe('vendors', { concurrency: 2 }, () => {
	for (const [vendor, { settings, aud, wrong }] of Object.entries(vendors))
		test(`${vendor}: its token is taken with these settings, others of it are not`, async () => {
			const server = await startTrusting('products', issuer, { OAUTH_SCOPES, ...settings });
			const prefix = prefixes[vendor] ?? '';
			const { access_token } = aud
				? { access_token: issuer.mintAs(vendor, { aud, scope: `${prefix}products:read` }, { prefix }) }
				: await issuer.machine(`m-${vendor}`, `${prefix}products:read`);
			await ask(server, 'search_products', { words: 'a' }, withToken(access_token));
			const refused = await exchange(server, stateless('tools/call', write, withToken(access_token)));
			assert.equal(refused.status, 403);
			assert.match(challengeOf(refused), new RegExp(`scope="${prefix}products:read ${prefix}products:write"`));
			assert.match(challengeOf(await exchange(server, stateless('tools/list'))),
				new RegExp(`scope="${prefix}products:read ${prefix}products:write"`));
			const payload = JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url'));
			for (const [what, claims] of Object.entries(wrong)) {
				const answer = await exchange(server, search(bearer(issuer.mint({ ...none, ...payload, ...claims }))));
				assert.equal(answer.status, 401, `${what} was taken`);
			}
			await server.stop();
		});
});

// ---- Not enough ----

const needs = (held, needed) => `Bearer realm="products", resource_metadata="${metadataUrl}", error="insufficient_scope",`
	+ ` error_description="This access token does not have the scope ${needed}.", scope="${held}"`;

test('a token that is too weak: 403 with what it has and what it needs, before anything is streamed', async () => {
	for (const [scope, list] of [['products:read', 'products:read products:write'], ['', 'products:write'],
		['products:read stock:restock openid', 'products:read stock:restock products:write']]) {
		const headers = bearer(issuer.mint({ scope }));
		const session = await beginSession(products, '2025-11-25', {}, headers);
		for (const request of [stateless('tools/call', write, { headers }), { headers: session,
			body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: write }) }]) {
			const answer = await exchange(products, request);
			assert.deepEqual([answer.status, challengeOf(answer)], [403, needs(list, 'products:write')], answer.text);
			assert.equal(answer.headers['content-type'], 'application/json');
		}
	}
});

test('each request has the rights of its own token, whatever its session or its question was begun with', async () => {
	const strong = bearer(issuer.mint({ scope: OAUTH_SCOPES })), weak = bearer(issuer.mint());
	const session = await beginSession(products, '2025-11-25', {}, strong);
	const calls = headers => exchange(products, { headers: { ...session, ...headers },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: write }) });
	assert.deepEqual([(await calls(strong)).status, (await calls(weak)).status, (await calls(strong)).status], [200, 403, 200]);
	const begun = await beginSession(products, '2025-11-25', {}, weak);
	assert.equal((await exchange(products, { headers: { ...begun, ...strong },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: write }) })).status, 200, 'a stronger token helps');
	for (const [method, params] of [['resources/read', { uri: 'product://KIT-0001' }], ['prompts/get', { name: 'compare_products',
		arguments: { skus: 'KIT-0001,KIT-0002' } }], ['completion/complete', { ref: { type: 'ref/resource', uri: 'product://{sku}' },
		argument: { name: 'sku', value: 'K' } }]]) {
		const answer = await exchange(products, stateless(method, params, { headers: bearer(issuer.mint({ scope: 'stock:reserve' })) }));
		assert.deepEqual([answer.status, challengeOf(answer)], [403, needs('products:read stock:reserve', 'products:read')], method);
	}
});

test('what a sign-in may give is listed, so that somebody calls it; of a key only what it may', async () => {
	const all = await toolsOf(products, bearer(keys.staff));
	const weak = await toolsOf(products, bearer(issuer.mint()));
	assert.ok(weak.includes('update_product') && !weak.includes('restock') && !weak.includes('reserve_stock'), `${weak}`);
	assert.ok(all.length > weak.length);
	const reader = await toolsOf(products, bearer(keys.reader));
	assert.ok(!reader.includes('update_product'), `${reader}`);
});

test('2026: a subscription to what needs more is 403 with all of it; what no sign-in gives is left out', async () => {
	const listen = (headers, uri = 'product://KIT-0001') => stateless('subscriptions/listen', { notifications: {
		toolsListChanged: true, resourceSubscriptions: [uri, uri] } }, { headers });
	const acknowledged = async (server, request) => {
		const { status, events, text } = await exchange(server, { ...request, until: all => all.some(event => event.data) });
		assert.equal(status, 200, text);
		return JSON.parse(events.find(event => event.data).data).params.notifications;
	};
	const weak = bearer(issuer.mint({ scope: 'stock:reserve' }));
	const refused = await exchange(products, listen(weak));
	assert.deepEqual([refused.status, challengeOf(refused)], [403, needs('products:read stock:reserve', 'products:read')]);
	assert.equal(refused.headers['content-type'], 'application/json');
	assert.deepEqual(await acknowledged(products, listen(weak, 'nothing://here')), { toolsListChanged: true });
	assert.deepEqual(await acknowledged(products, listen(bearer(issuer.mint()))), { toolsListChanged: true,
		resourceSubscriptions: ['product://KIT-0001'] });
	const silent = await startTrusting('products', issuer, {
		API_KEYS: `reserves:${createHash('sha256').update('mcp_reserves').digest('hex')}:stock:reserve` });
	for (const headers of [weak, bearer('mcp_reserves')])
		assert.deepEqual(await acknowledged(silent, listen(headers)), { toolsListChanged: true });
	await silent.stop();
});

test('a customer who has something of what a sign-in gives is not shown what is staff\'s, and told so by a call', async () => {
	const server = await startTrusting('products', issuer, { OAUTH_SCOPES, OAUTH_CUSTOMER_CLAIM: 'customer' });
	const of = (scope, customer) => bearer(issuer.mint({ scope, customer }));
	const shown = async headers => (await toolsOf(server, headers)).includes('update_product');
	assert.equal(await shown(of('products:read', 'C-1')), false);
	assert.equal(await shown(of('products:read products:write', 'C-1')), true);
	assert.equal(await shown(of('', 'C-1')), true, 'it was asked for nothing yet');
	assert.equal(await shown(of('products:read')), true, 'no customer');
	const refused = await exchange(server, stateless('tools/call', write, { headers: of('products:read', 'C-1') }));
	assert.deepEqual([refused.status, challengeOf(refused)], [403, needs('products:read products:write', 'products:write')]);
	await server.stop();
});

test('only scopes that this server has mean something in a token', async () => {
	for (const scope of ['*', 'products:read,products:write', 'products:readx', 'PRODUCTS:READ', 'products', ':', '* *']) {
		const answer = await exchange(products, search(bearer(issuer.mint({ scope }))));
		assert.equal(answer.status, 403, scope);
		assert.match(challengeOf(answer), /scope="products:read"$/);
	}
	for (const [claims, status] of [[{ scope: ['products:read', 7] }, 401], [{ scope: 7 }, 401], [{ scope: { a: 1 } }, 401],
		[{ scope: ['products:read products:write'] }, 403], [{ scope: undefined, scp: 'products:read' }, 200]])
		assert.equal((await exchange(products, search(bearer(issuer.mint(claims))))).status, status, JSON.stringify(claims));
});

// ---- Keys beside tokens ----

test('keys work beside tokens, and a token is never looked for among the keys', async () => {
	await ask(products, 'search_products', { words: 'a' }, withToken(keys.reader));
	const answer = await exchange(products, search(bearer('mcp_unknown')));
	assert.equal(answer.status, 401);
	assert.match(challengeOf(answer), /error="invalid_token", error_description="This key is not known/);
});

const modes = { keys: [200, 401, 401], tokens: [401, 200, 401], both: [200, 200, 401], none: [200, 200, 200] };
describe('AUTH', { concurrency: 2 }, () => {
	for (const [AUTH, expected] of Object.entries(modes))
		test(`AUTH=${AUTH}`, async () => {
			const server = await start('products', trusting(issuer, { AUTH, API_KEYS: keyLines, OAUTH_SCOPES }));
			if (AUTH !== 'keys')
				await server.says(/keys of the issuer \S+: \d+/);
			const statuses = [];
			for (const headers of [bearer(keys.staff), bearer(issuer.mint()), {}])
				statuses.push((await exchange(server, search(headers))).status);
			assert.deepEqual(statuses, expected);
			const metadata = await exchange(server, { method: 'GET', path: '/.well-known/oauth-protected-resource/mcp' });
			assert.equal(metadata.status, AUTH === 'keys' ? 404 : 200);
			await server.stop();
		});
});

// ---- Who it is ----

test('a customer\'s token orders for that customer, and sees no other\'s', async () => {
	await ask(products, 'update_product', { sku: 'KIT-0001', stock_change: 1000 }, withToken(keys.staff));
	const orders = await startTrusting('orders', issuer, { OAUTH_SCOPES: 'orders:own', OAUTH_CUSTOMER_CLAIM: 'customer',
		PRODUCTS_URL: products.url, PRODUCTS_KEY: keys.staff });
	const tokens = {};
	for (const name of ['ann', 'bob'])
		tokens[name] = (await tokensOf(issuer, name, { scope: 'orders:own', resource: publicUrl })).access_token;
	const { customer, ...own } = orderOf({ 'KIT-0001': 1 }, 'k');
	const order = await ask(orders, 'create_order', own, withToken(tokens.ann));
	assert.equal(order.customer, 'C-Ann.77131');
	assert.equal((await ask(orders, 'get_order', { id: order.id }, withToken(tokens.ann))).id, order.id);
	assert.equal((await ask(orders, 'list_orders', {}, withToken(tokens.bob))).orders.length, 0);
	const odd = [undefined, null, '', ' ', '*', ['C-Ann.77131'], { id: 'C-Ann.77131' }, 'C-Ann.77131 ', 'c-ann.77131', 'C-Ann.77131\0', true, 1.5];
	for (const name of odd) {
		const { headers, status, text } = await exchange(orders, stateless('tools/call', { name: 'get_order', arguments: { id: order.id } },
			withToken(issuer.mint({ scope: 'orders:own', customer: name }))));
		assert.ok(!text.includes('York') && !text.includes('C-Ann.77131'), `${JSON.stringify(name)}: ${status} ${text} ${challengeOf({ headers })}`);
		const listed = await exchange(orders, stateless('tools/call', { name: 'list_orders', arguments: {} },
			withToken(issuer.mint({ scope: 'orders:own', customer: name }))));
		assert.ok(!listed.text.includes(order.id), `${JSON.stringify(name)} sees it: ${listed.text}`);
	}
	const staff = issuer.mint({ scope: 'orders:read orders:write' });
	assert.equal((await ask(orders, 'list_orders', {}, withToken(staff))).orders.length, 1);
	const reserving = /^.*"target":"\w*reserv.*$/gm;
	await products.says(/"target":"\w*reserv/);
	for (const line of products.log.match(reserving))
		assert.match(line, /"caller":"staff"/, 'no token was passed on');
	await orders.stop();
});

test('a customer who would follow a thousand orders, again and again, keeps nobody from a loop', async () => {
	const orders = await startTrusting('orders', issuer, { OAUTH_SCOPES: 'orders:own', OAUTH_CUSTOMER_CLAIM: 'customer',
		API_KEYS: keyLines, LOOPS: '1' });
	const token = issuer.mint({ scope: 'orders:own', customer: 'C-Ann.77131' });
	const resourceSubscriptions = Array.from({ length: 1000 }, (_, i) => `order://ORD-${10 ** 9 + i}`);
	const listen = stateless('subscriptions/listen', { notifications: { resourceSubscriptions } }, withToken(token));
	const followers = await Promise.all(Array.from({ length: 60 }, () => open(orders)));
	let served = 0, following = false;
	for (const follower of followers)
		follower.send(post(orders, listen.body, listen.headers));
	const all = Promise.all(followers.map(follower => follower.until(/acknowledged/, 240000))).then(() => { following = true; });
	for (; !following; served++)
		assert.equal((await exchange(orders, stateless('tools/list', {}, withToken(keys.staff)))).status, 200);
	await all;
	assert.ok(served > 15, `${served} calls were served meanwhile`);
	for (const follower of followers)
		follower.leave();
	await orders.stop();
});
