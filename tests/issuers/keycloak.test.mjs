// keycloak.test.mjs - our servers at a real Keycloak, set up and set as docs/sign-in.md says: whole sign-ins by the
// official client, what is refused, and keys that change.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask, exchange, keyLines, keys, orderOf, pause, root, start, stateless } from '../e2e/support.mjs';
import { refresh, signIn, tokensOf } from '../oauth/person.mjs';
import { Recorder } from '../oauth/recorder.mjs';
import { runSdk } from '../oauth/sdks.mjs';
import { assertTellsNoToken, bearer, withToken } from '../oauth/shop.mjs';
import { callbacks, settingsOf } from './docs.mjs';
import { Keycloak } from './keycloak.mjs';

const few = 'products:read', both = 'products:read products:write', SKEW_S = 60;
const recorder = new Recorder(), urls = {};
const keycloak = new Keycloak();
let realm, other, products, orders, short;

// The same in each: two services, three people, programs of people and of nobody.
async function furnish(name) {
	const at = await keycloak.realm(name), customer = await at.customer('customer');
	await at.scope('products:read', urls.products);
	await at.scope('products:write', urls.products, { role: 'staff' });
	await at.scope('orders:own', urls.orders, { mappers: [customer] });
	await at.people('desktop', [...callbacks, 'http://127.0.0.1:9/callback']);
	await at.machine('machine', 'secret');
	await at.machine('brief', 'secret', { 'access.token.lifespan': '1' });
	await at.person('ann', { attributes: { customer: ['C-Ann.77131'] } });
	await at.person('bob', { attributes: { customer: ['C-Bob.44902'] } });
	await at.person('sam', { roles: ['staff', 'orders:read'] });
	await at.registration({
		'Trusted Hosts': { 'trusted-hosts': ['localhost', '127.0.0.1', 'claude.ai'], 'host-sending-registration-request-must-match': ['false'] },
		'Allowed Protocol Mapper Types': { 'allowed-protocol-mapper-types': [] },
	});
	return at;
}

const settings = (service, scopes) => ({ ...settingsOf('One server', {}), PUBLIC_URL: urls[service], OAUTH_SCOPES: scopes, API_KEYS: keyLines,
	LOG_LEVEL: 'debug', ...settingsOf('Keycloak', { 'https://id.example.com': keycloak.url }) });

before(async () => {
	await keycloak.start();
	urls.products = `${await recorder.front('products', () => products.port)}/mcp`;
	urls.orders = `${await recorder.front('orders', () => orders.port)}/mcp`;
	realm = await furnish('shop');
	other = await furnish('other');
	short = { token: await realm.token('brief', 'secret', few), since: Date.now() };
	products = await start('products', settings('products', few));
	orders = await start('orders', { ...settings('orders', 'orders:own'), PRODUCTS_URL: products.url, PRODUCTS_KEY: keys.staff });
	for (const server of [products, orders])
		await server.says(/keys of the issuer \S+: \d+/);
}, { timeout: 1000000 });

after(async () => {
	recorder.write(join(root, 'build/sign-in/keycloak.txt'));
	await recorder.stop();
	try {
		for (const server of [orders, products].filter(Boolean))
			await server.stop().finally(() => assertTellsNoToken(server.log, realm));
	} finally {
		await keycloak.stop();
	}
});

const signedIn = async (person, scope, { at = realm, resource = urls.products } = {}) =>
	(await tokensOf(at, person, { scope, resource })).access_token;

const claimsOf = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

// As a client does that is asked to come again: a key that nobody knows may be the issuer's newest for half a minute.
async function patient(server, request) {
	for (const until = Date.now() + 60000; ;) {
		const answer = await exchange(server, request);
		if (answer.status !== 503 || Date.now() > until)
			return answer;
		await pause(Number(answer.headers['retry-after']) * 1000);
	}
}

const call = (server, name, args, token) => patient(server, stateless('tools/call', { name, arguments: args }, withToken(token)));
const search = token => call(products, 'search_products', { words: 'a' }, token);
const update = token => call(products, 'update_product', { sku: 'KIT-0001', stock_change: 1 }, token);

// What a person does at each step of the client; where it waits the keys are withdrawn, so that it has to refresh.
function personAt(name) {
	const seen = { asked: [], called: [] };
	return { seen, async at(step) {
		if (step.sign_in) {
			seen.asked.push(new URL(step.sign_in).searchParams.get('scope').split(' ').filter(scope => scope.includes(':')).sort().join(' '));
			return String(await signIn(step.sign_in, name, { arrives: false, fill: realm.fill }));
		}
		if (step.wait) {
			const had = products.log.length;
			await realm.rotate({ withdraw: true });
			process.kill(products.pid, 'SIGHUP');
			await products.says(new RegExp(`^[^]{${had}}[^]*keys of the issuer \\S+: \\d+`));
			assert.equal((await search(recorder.tokens.at(-1))).status, 401);
			return 'go on';
		}
		assert.equal(step.error, false, step.called);
		seen.called.push(step.called);
	} };
}

async function assertSignsIn(mode, { asked, ...how }) {
	const { seen, at } = personAt('sam'), had = recorder.steps.length;
	await runSdk(2, urls.products, at, { mode, ...how });
	assert.deepEqual(seen, { asked, called: ['search_products', 'update_product', 'search_products'] });
	assert.equal(recorder.steps.slice(had).filter(step => step.status === 403).length, asked.length - 1);
}

for (const mode of ['legacy', { pin: '2026-07-28' }])
	test(`the official client signs in, steps up and refreshes, ${mode.pin ?? mode}`, () =>
		assertSignsIn(mode, { registered: 'desktop', asked: [few, both] }));

// It registers with the scopes that it is told first, and may have no others later.
test('and where it registers itself has all that the first answer named', async () => {
	const first = products;
	products = await start('products', settings('products', both));
	try {
		await products.says(/keys of the issuer \S+: \d+/);
		await assertSignsIn({ pin: '2026-07-28' }, { asked: [both] });
		const { realm_access } = claimsOf(recorder.tokens.at(-1));
		assert.ok(!realm_access?.roles.includes('orders:read'), 'none of the roles but those under a Scope');
	} finally {
		const eager = products;
		products = first;
		await eager.stop();
	}
});

test('a scope whose client scope is for a role is given to nobody else', async () => {
	assert.equal((await search(await signedIn('ann', both))).status, 200);
	const refused = await update(await signedIn('ann', both));
	assert.equal(refused.status, 403);
	assert.match(refused.headers['www-authenticate'], /error="insufficient_scope"/);
	assert.equal((await update(await signedIn('sam', both))).status, 200);
});

test('customers have their own orders, and a role called as a scope sees all', async () => {
	const [ann, bob, sam] = await Promise.all(['ann', 'bob', 'sam'].map(async name => {
		const who = withToken(await signedIn(name, 'orders:own', { resource: urls.orders }));
		assert.equal((await patient(orders, stateless('tools/list', {}, who))).status, 200);
		return who;
	}));
	const { customer, ...own } = orderOf({ 'KIT-0001': 1 }, 'at Keycloak');
	const { id } = await ask(orders, 'create_order', own, ann);
	const seen = async who => (await ask(orders, 'list_orders', {}, who)).orders.map(order => order.id);
	assert.deepEqual([await seen(ann), await seen(bob), await seen(sam)], [[id], [], [id]]);
	assert.equal((await ask(orders, 'get_order', { id }, sam)).customer, 'C-Ann.77131');
});

test('nobody makes themselves another customer', async () => {
	const token = await signedIn('bob', 'openid profile'), resource = urls.orders;
	const account = { method: 'POST', headers: { ...bearer(token), 'Content-Type': 'application/json' }, body: JSON.stringify({
		username: 'bob', email: 'bob@example.com', firstName: 'C-Ann.77131', lastName: 'b', attributes: { customer: ['C-Ann.77131'] } }) };
	await fetch(`${realm.issuer}/account`, account);
	assert.equal(claimsOf(await signedIn('bob', 'orders:own', { resource })).customer, 'C-Bob.44902');
	// Nor by a client of their own that says so.
	const registered = await fetch(`${realm.issuer}/clients-registrations/default`, { method: 'POST', headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ clientId: 'sly', publicClient: true, redirectUris: ['http://127.0.0.1:9/callback'], protocolMappers: [
			{ name: 'sly', protocol: 'openid-connect', protocolMapper: 'oidc-usermodel-property-mapper',
				config: { 'user.attribute': 'firstName', 'claim.name': 'customer', 'access.token.claim': 'true' } }] }) });
	assert.equal(registered.status, 403, await registered.text());
});

test('a program that acts for nobody has what it asked for, and is no customer', async () => {
	assert.equal((await search(await realm.token('machine', 'secret', few))).status, 200);
	const token = await realm.token('machine', 'secret', 'orders:own');
	assert.match((await call(orders, 'list_orders', {}, token)).text, /customer/);
});

test('what is not for this server, or no access token of this realm, opens nothing', async () => {
	const tokens = await tokensOf(realm, 'ann', { scope: `openid ${few}`, resource: urls.products });
	const good = tokens.access_token, [header, payload, signature] = good.split('.');
	const changed = Buffer.from(JSON.stringify({ ...claimsOf(good), scope: both })).toString('base64url');
	const same = await signedIn('ann', few, { at: other }), elsewhere = same.split('.');
	assert.equal((await search(good)).status, 200);
	for (const [token, words] of [
		[`${header}.${changed}.${signature}`, /signature/], [`${header}.${payload}.${signature.slice(0, -4)}AAAA`, /signature/],
		[same, /issuer/], [`${header}.${payload}.${elsewhere[2]}`, /signature/],
		[tokens.id_token, /access token|audience/], [tokens.refresh_token, /./],
		[await signedIn('ann', 'orders:own', { resource: urls.orders }), /audience/], [await signedIn('ann', 'openid'), /audience/],
		[await realm.token('machine', 'secret', 'orders:own'), /audience/],
	]) {
		const answer = await search(token);
		assert.equal(answer.status, 401, answer.text);
		assert.match(answer.headers['www-authenticate'], /^Bearer .*error="invalid_token"/);
		assert.match(answer.text, words);
	}
});

test('keys that change under a running server cost nobody their sign-in', async () => {
	const tokens = await tokensOf(realm, 'ann', { scope: few, resource: urls.products });
	assert.equal((await search(tokens.access_token)).status, 200);
	await realm.rotate();
	const next = await refresh(realm, tokens), key = token => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid;
	assert.notEqual(key(next.access_token), key(tokens.access_token));
	assert.equal((await search(next.access_token)).status, 200);
	assert.equal((await search(tokens.access_token)).status, 200, 'the old key goes on');
});

test('a token that has expired opens nothing', async () => {
	await pause(Math.max(0, short.since + (SKEW_S + 2) * 1000 - Date.now()));
	const answer = await search(short.token);
	assert.equal(answer.status, 401);
	assert.match(answer.text, /expired/);
});
