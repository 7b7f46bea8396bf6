// cognito.test.mjs - our servers at moto's Cognito: a pool as terraform/modules/sign-in makes it, set as docs/sign-in.md
// says, with keys and tokens that are not ours.
//
// moto has no sign-in pages, and so neither code + PKCE nor tokens with scopes of a resource server, nor a machine's. In place
// of the scope that AWS puts into a token stands a group of its whole name, and beside it the groups of the module.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, exchange, keyLines, keys, orderOf, start, stateless } from '../e2e/support.mjs';
import { assertTellsNoToken, withToken } from '../oauth/shop.mjs';
import { Cognito } from './cognito.mjs';
import { settingsOf } from './docs.mjs';

const urls = { products: 'https://products.example.com/mcp', orders: 'https://orders.example.com/mcp' };
const services = { products: { url: urls.products, scopes: ['products:read', 'products:write', 'stock:reserve', 'stock:restock'] },
	orders: { url: urls.orders, scopes: ['orders:own', 'orders:read', 'orders:write', 'reports:read'] } };
const scopes = ['products:read', 'orders:own'], named = Object.values(services).map(({ url }, i) => `${url}/${scopes[i]}`);
const cognito = new Cognito();
let products, orders;

const settings = (service, at = cognito) => ({ PUBLIC_URL: urls[service], OAUTH_SCOPES: scopes.find(scope => services[service].scopes.includes(scope)),
	LOG_LEVEL: 'debug', API_KEYS: keyLines, ...cognito.settings, ...settingsOf('Cognito', { 'us-east-1_AbCdEfGhI': at.id,
		'https://products.example.com/mcp': urls[service], ID: at.people }), OAUTH_CUSTOMER_CLAIM: 'username' });

before(async () => {
	await cognito.start();
	await cognito.pool({ services, scopes });
	for (const GroupName of named)
		await cognito.call('CreateGroup', { UserPoolId: cognito.id, GroupName });
	await cognito.person('c-ann.77131', named);
	await cognito.person('sam', [...named, 'products:write', 'orders:read']);
	await cognito.person('nobody', []);
	products = await start('products', settings('products'));
	orders = await start('orders', { ...settings('orders'), PRODUCTS_URL: products.url, PRODUCTS_KEY: keys.staff });
	for (const server of [products, orders])
		await server.says(/keys of the issuer \S+: \d+/);
}, { timeout: 120000 });

after(async () => {
	try {
		for (const server of [orders, products].filter(Boolean))
			await server.stop().finally(() => assertTellsNoToken(server.log, cognito));
	} finally {
		await cognito.stop();
	}
});

const token = async (...who) => (await cognito.signIn(...who)).AccessToken;
const call = (server, name, args, given) => exchange(server, stateless('tools/call', { name, arguments: args }, withToken(given)));
const search = given => call(products, 'search_products', { words: 'a' }, given);
const update = given => call(products, 'update_product', { sku: 'KIT-0001', stock_change: 1 }, given);

test('its keys are had where its tokens say, and a person calls', async () => {
	assert.equal(cognito.issuer, settings('products').OAUTH_ISSUER);
	const tokens = await cognito.signIn('c-ann.77131');
	assert.equal((await search(tokens.AccessToken)).status, 200);
	assert.equal((await search((await cognito.refresh(tokens)).AccessToken)).status, 200);
});

test('a group is a scope more, for who is in it', async () => {
	assert.equal((await update(await token('sam'))).status, 200);
	const refused = await update(await token('c-ann.77131'));
	assert.equal(refused.status, 403);
	assert.match(refused.headers['www-authenticate'], /error="insufficient_scope"/);
	assert.ok(refused.headers['www-authenticate'].includes(`scope="${urls.products}/products:read ${urls.products}/products:write"`));
});

test('who somebody is there is whose orders they see', async () => {
	const [ann, sam] = await Promise.all(['c-ann.77131', 'sam'].map(async who => withToken(await token(who))));
	const { customer, ...own } = orderOf({ 'KIT-0001': 1 }, 'at Cognito');
	const { id } = await ask(orders, 'create_order', own, ann);
	const theirs = await ask(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'of another'), { headers: { Authorization: `Bearer ${keys.staff}` } });
	const seen = async who => (await ask(orders, 'list_orders', {}, who)).orders.map(order => order.id).sort();
	assert.deepEqual(await seen(ann), [id]);
	assert.deepEqual(await seen(sam), [id, theirs.id].sort());
	assert.equal((await ask(orders, 'get_order', { id }, sam)).customer, 'c-ann.77131');
});

test('what is not for this server, or no access token of this pool, opens nothing', async () => {
	const good = await cognito.signIn('c-ann.77131'), [header, payload, signature] = good.AccessToken.split('.');
	const elsewhere = new Cognito();
	Object.assign(elsewhere, { url: cognito.url });
	await elsewhere.pool({ services, scopes });
	await elsewhere.call('CreateGroup', { UserPoolId: elsewhere.id, GroupName: named[0] });
	await elsewhere.person('c-ann.77131', [named[0]]);
	const claims = JSON.parse(Buffer.from(payload, 'base64url'));
	const changed = Buffer.from(JSON.stringify({ ...claims, 'cognito:groups': [...named, 'products:write'] })).toString('base64url');
	const { UserPoolClient } = await cognito.call('CreateUserPoolClient', { UserPoolId: cognito.id, ClientName: 'another' });
	for (const [given, words] of [
		[`${header}.${changed}.${signature}`, /signature/],             // it says more than it was given
		[(await elsewhere.signIn('c-ann.77131')).AccessToken, /issuer/],         // its key is the same: moto has one
		[good.IdToken, /access token|audience/], [await token('nobody'), /none of its scopes/],
		[await token('c-ann.77131', UserPoolClient.ClientId), /client that is not accepted/],
	]) {
		const answer = await search(given);
		assert.equal(answer.status, 401, answer.text);
		assert.match(answer.headers['www-authenticate'], /^Bearer .*error="invalid_token"/);
		assert.match(answer.text, words);
	}
});

test('clients are sent to this server for what its discovery leaves out', async () => {
	const read = async path => (await exchange(products, { method: 'GET', path })).json;
	const resource = await read('/.well-known/oauth-protected-resource/mcp');
	assert.deepEqual([resource.resource, resource.authorization_servers, resource.scopes_supported],
		[urls.products, ['https://products.example.com'], [named[0]]]);
});

test('an issuer that is another by a letter is none', async () => {
	const server = await start('products', { ...settings('products'), OAUTH_ISSUER: `${cognito.issuer}x` });
	await server.says(/keys of the issuer \S+: \d+/);      // moto has them for every pool that one can think of
	const answer = await exchange(server, stateless('tools/list', {}, withToken(await token('sam'))));
	assert.equal(answer.status, 401);
	assert.match(answer.text, /issuer/);
	await server.stop();
});
