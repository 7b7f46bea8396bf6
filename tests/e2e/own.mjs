// own.mjs - two customers of one shop, who may have their own orders only (orders:own), and what the tests ask
// with them: one has a key, the other signed in and has access tokens; with PEOPLE=keys both have keys. In every
// revision, each request once about an order of the other and once about one that never was: both must be
// answered in the same words.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { query } from './postgres.mjs';
import {
	ask, beginSession, databaseUrl, exchange, onPostgres, orderOf, run, start, stateless, temporary,
} from './support.mjs';

export const revisions = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'];
export const isStateless = revision => revision === '2026-07-28';

// ---- Keys and tokens ----

const scopes = {
	ann: 'orders:own,customer=C-Ann.77131', bob: 'orders:own,customer=C-Bob.44902',
	'ann-reports': 'orders:own,reports:read,customer=C-Ann.77131',
	'bob-reports': 'orders:own,reports:read,customer=C-Bob.44902',
	'ann-reads': 'orders:own,orders:read,customer=C-Ann.77131',
	'ann-writes': 'orders:own,orders:write,customer=C-Ann.77131',
	'ann-corrected': 'orders:own,reports:read,customer=C-Cay.10001',
	nobody: 'orders:own', staff: '*', moved: 'orders:own,customer=C-Cay.10001',
};
export const customers = { ann: 'C-Ann.77131', bob: 'C-Bob.44902' };
export const other = { ann: 'bob', bob: 'ann' };
const names = { ann: 'Annabel Quixote', bob: 'Robert Zephyr', moved: 'Cay Cedille' };
const sha256 = text => createHash('sha256').update(text).digest('hex');
const lines = of => Object.entries(of).map(([name, scope]) => `${name}:${sha256(`mcp_${name}`)}:${scope}`).join('\n');

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256' }] });
const issuer = {
	PUBLIC_URL: 'https://shop.example/mcp', OAUTH_ISSUER: 'https://issuer.example', OAUTH_SCOPES: 'orders:own orders:read orders:write orders:staff reports:read',
	OAUTH_CUSTOMER_CLAIM: 'customer_id',
};
const base64 = value => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

// One person, who may have got some more with each.
function token(granted) {
	const items = granted.split(','), at = Math.floor(Date.now() / 1000);
	const text = `${base64({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })}.${base64({ iss: issuer.OAUTH_ISSUER,
		aud: issuer.PUBLIC_URL, sub: 'ann', iat: at, exp: at + 3600, client_id: 'tests',
		scope: items.filter(item => !item.includes('=')).join(' '), customer_id: items.at(-1).split('=')[1] })}`;
	return `${text}.${sign('sha256', text, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const bearers = Object.fromEntries(Object.entries(scopes).map(([name, granted]) =>
	[name, name.startsWith('ann') && process.env.PEOPLE !== 'keys' ? token(granted) : `mcp_${name}`]));
export const as = name => ({ headers: { Authorization: `Bearer ${bearers[name]}` } });

// ---- A client, in one revision ----

function parts({ status, headers, text, events }) {
	const messages = events.length ? events.filter(event => event.data).map(event => JSON.parse(event.data))
		: text ? [JSON.parse(text)].flat() : [];
	return { status, text, challenge: headers['www-authenticate'] ?? '', messages,
		...messages.findLast(message => message.result || message.error) };
}

export class Client {
	#id = 100;

	static async begin(server, name, revision, capabilities = {}) {
		const client = new Client();
		Object.assign(client, { server, name, revision, capabilities });
		if (!isStateless(revision)) {
			client.headers = await beginSession(server, revision, capabilities, as(name).headers);
			await client.send('logging/setLevel', { level: 'debug' });
		}
		return client;
	}

	// As exchange() takes it; with everything that makes a server say more than its answer.
	request(method, params = {}) {
		const _meta = { progressToken: 'p', ...(isStateless(this.revision)
			&& { 'io.modelcontextprotocol/logLevel': 'debug' }) };
		if (isStateless(this.revision))
			return stateless(method, { ...params, _meta }, { capabilities: this.capabilities, ...as(this.name) });
		return { headers: this.headers, body: JSON.stringify(this.message(method, { ...params, _meta })) };
	}

	message(method, params) {
		return { jsonrpc: '2.0', id: ++this.#id, method, params };
	}

	async send(method, params) {
		return parts(await exchange(this.server, this.request(method, params)));
	}

	// 2025-03-26: several at once.
	async batch(messages) {
		return parts(await exchange(this.server, { headers: this.headers, body: JSON.stringify(messages) }));
	}

	// A list, whole.
	async list(method, key) {
		const all = [];
		for (let cursor; ;) {
			const { result } = await this.send(method, cursor ? { cursor } : {});
			all.push(...result[key]);
			if (!(cursor = result.nextCursor))
				return all;
		}
	}
}

// ---- The shop ----

// 30 imported orders each. The numbers of the first ten differ from the other's in their case alone.
function writeImported(path) {
	const lines = ['order,placed_at,customer,country,sku,quantity,unit_price'];
	for (let i = 0; i < 60; i++)
		lines.push(`${i < 20 ? ['Ib', 'iB'][i % 2] : ['Ia', 'Ic'][i % 2]}${8000 + (i >> 1)},2011-01-${String(1 + i % 28).padStart(2, '0')}T10:00:00Z,${
			Object.values(customers)[i % 2]},France,KIT-0001,${1 + i},77.${10 + i}`);
	writeFileSync(path, `${lines.join('\n')}\n`);
	return path;
}

export async function startShop() {
	const folder = temporary(), DATABASE_URL = await databaseUrl('orders', folder);
	const imported = await run('orders', ['import', writeImported(`${folder}/orders.csv`), '--currency', 'GBP'],
		{ env: { DATABASE_URL } });
	assert.equal(imported.status, 0, imported.stderr);
	const products = await start('products');
	await ask(products, 'update_product', { sku: 'KIT-0001', stock_change: 100000 });
	const keys = `${folder}/keys`;
	writeFileSync(keys, lines(scopes));
	writeFileSync(`${folder}/jwks.json`, jwks);
	const orders = await start('orders', { API_KEYS: `@${keys}`, DATABASE_URL, PRODUCTS_URL: products.url,
		...issuer, OAUTH_JWKS: `@${folder}/jwks.json` });
	return { orders, async move(name, scope) {
		writeFileSync(keys, lines({ ...scopes, [name]: scope }));
		orders.child.kill('SIGHUP');
		await orders.says(/read again/);
	}, async sql(text) {
		if (onPostgres)
			return await query(DATABASE_URL, text);
		const database = new DatabaseSync(`${folder}/orders.db`);
		database.exec(`pragma busy_timeout = 5000; ${text}`);
		database.close();
	}, stop: () => orders.stop().then(() => products.stop()) };
}

export function orderFor(name, key, units, customer) {
	const order = { ...orderOf({ 'KIT-0001': units }, key), customer };
	Object.assign(order.shipping_address, { name: names[name], line1: `${units} ${names[name]} Street` });
	return order;
}

const rounds = {};

// One that waits to be paid, one that was delivered and of which some comes back. By keys that others use too.
export async function orderSome(orders, name, units) {
	const mine = as(name), staff = as('staff'), round = rounds[name] = (rounds[name] ?? 0) + 1;
	const open = await ask(orders, 'create_order', orderFor(name, `key ${round}`, units), mine);
	const home = await ask(orders, 'create_order', orderFor(name, `another key ${round}`, units + 2), mine);
	for (const status of ['paid', 'packed', 'shipped', 'delivered'])
		await ask(orders, 'update_order_status', { id: home.id, status, note: `parcel of ${names[name]}` }, staff);
	const back = await ask(orders, 'request_return', { order_id: home.id, items: [{ sku: 'KIT-0001', quantity: 1 }],
		reason: `too loud for ${names[name]}`, idempotency_key: `key ${round}` }, mine);
	return { key: `key ${round}`, open: open.id, home: home.id, back: back.id };
}

// ---- What belongs to a customer ----

// All of its orders, as staff sees them.
export async function ordersOf(orders, name) {
	const all = [];
	for (let cursor; ;) {
		const page = await ask(orders, 'list_orders', { customer: customers[name], limit: 100, cursor }, as('staff'));
		for (const { id } of page.orders)
			all.push(await ask(orders, 'get_order', { id }, as('staff')));
		if (!(cursor = page.next_cursor))
			return all;
	}
}

function texts(value) {
	if (value && typeof value === 'object')
		return Object.values(value).flatMap(texts);
	return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

const telling = orders => new Set(orders.flatMap(order => [order.id, order.customer, `${order.total.amount}`,
	...texts(order.shipping_address), ...texts(order.returns), ...order.history.map(event => event.note ?? '')])
	.filter(text => text.length > 3));

// Every id, name, address, total and note of `name` that `reader` does not have as well, as patterns.
export function secretsOf(all, name) {
	const mine = telling(all[other[name]]);
	return [...telling(all[name])].filter(text => !mine.has(text))
		.map(text => new RegExp(`(?<![\\w.])${RegExp.escape?.(text) ?? text.replace(/[^\w ]/g, '\\$&')}(?!\\w)`));
}

export function assertTellsNothing(text, secrets, about) {
	for (const secret of secrets)
		assert.ok(!secret.test(text), `${about} tells ${secret}: ${text.slice(0, 1500)}`);
}

// ---- As it may be written down ----

const encoded = text => [...new TextEncoder().encode(text)].map(byte => `%${byte.toString(16)}`).join('');

export const idForms = [
	id => id, id => id.toLowerCase(), id => id.toUpperCase(), id => ` ${id}  `, id => `#${id}`,
	id => id.replace('-', '\u2011'), id => id.replace('-', '\u2013'), id => id.replace('-', ''),
	id => [...id].map(letter => String.fromCodePoint(letter.codePointAt(0) + 0xfee0)).join(''),
	id => `${id}\u00a0`, id => `${id}' or '1'='1`, id => `${id}%`, id => id.replace(/.$/, '_'),
];
export const uriForms = [
	text => text, text => encodeURIComponent(text), encoded, text => encoded(text).toUpperCase(),
	text => encoded(text.toLowerCase()), text => `%20${text}`, text => `%23${text}`, text => `${text}%20`,
	text => text.replace('-', '%E2%80%91'), text => `${text}/`, text => `${text}?x`, text => `${text}#x`,
	text => `${text}%00`, text => encodeURIComponent(`${text}' or '1'='1`),
];

// ---- The same words ----

const decoded = text => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

// What is left of an answer without what was asked: whoever asks has that anyway.
function without(answer, asked) {
	const forms = [asked, decoded(asked)].flatMap(text => [text, JSON.stringify(text).slice(1, -1)])
		.sort((a, b) => b.length - a.length);
	let text = `${answer.status} ${answer.challenge}\n${answer.text}`;
	for (const form of forms)
		text = text.replaceAll(form, '…');
	return text.replace(/"id":\d+/g, '"id":0').replace(/("id":0.*)?"requestState":"[^"]*"/g, '"requestState":"…"');
}

// `send(text)` asks once about what is the other's, and once about what never was.
export async function assertSame(send, theirs, never, secrets, about) {
	const [told, untold] = [without(await send(theirs), theirs), without(await send(never), never)];
	assert.equal(told, untold, `${about}: "${theirs}" is told from what never was`);
	assertTellsNothing(told, secrets, about);
	return told;
}
