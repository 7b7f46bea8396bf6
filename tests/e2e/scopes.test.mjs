// scopes.test.mjs - what a key's scopes do not let it see: neither what completes nor a repeated call tells more.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
	ask, beginSession, callTool, databaseUrl, exchange, orderOf, run, start, stateless, temporary, writeOrders,
} from './support.mjs';

const scopes = { reader: 'orders:read', writer: 'orders:write', second: 'orders:write', staff: 'orders:staff',
	figures: 'reports:read', all: '*' };
const API_KEYS = Object.entries(scopes).map(([name, scope]) =>
	`${name}:${createHash('sha256').update(`mcp_${name}`).digest('hex')}:${scope}`).join(' ');
const by = name => ({ headers: { Authorization: `Bearer mcp_${name}` } });
const may = (name, scope) => ['*', scope].includes(scopes[name]);
let products, orders;

before(async () => {
	const folder = temporary(), DATABASE_URL = await databaseUrl('orders', folder);
	const imported = await run('orders', ['import', writeOrders(`${folder}/orders.csv`), '--currency', 'GBP'],
		{ env: { DATABASE_URL } });
	assert.equal(imported.status, 0, imported.stderr);
	products = await start('products');
	orders = await start('orders', { API_KEYS, DATABASE_URL, PRODUCTS_URL: products.url });
});
after(() => Promise.all([orders.stop(), products.stop()]));

// ---- Completion ----

const completions = [
	['orders:read', { type: 'ref/resource', uri: 'order://{id}' }, 'id', 'i1000'],
	['orders:read', { type: 'ref/resource', uri: 'customer://{customer}' }, 'customer', 'c'],
	['orders:read', { type: 'ref/prompt', name: 'explain_order' }, 'id', ''],
	['orders:read', { type: 'ref/prompt', name: 'explain_order' }, 'customer', ''],
	['reports:read', { type: 'ref/prompt', name: 'review_sales' }, 'month', ''],
];

for (const [scope, ref, name, value] of completions)
	test(`${ref.uri ?? ref.name} completes its ${name} for keys with ${scope} alone`, async () => {
		const params = { ref, argument: { name, value }, context: { arguments: { customer: 'C7' } } };
		for (const who of Object.keys(scopes)) {
			const session = await beginSession(orders, '2025-11-25', {}, by(who).headers);
			const requests = [stateless('completion/complete', params, by(who)), { headers: session,
				body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'completion/complete', params }) }];
			for (const request of requests) {
				const { status, text, headers } = await exchange(orders, request);
				assert.equal(status, may(who, scope) ? 200 : 403, `${who}: ${text}`);
				if (may(who, scope))
					assert.ok(JSON.parse(text).result.completion.values.length > 0, `${who}: ${text}`);
				else
					assert.ok(new RegExp(`scope="${scope}[ "]`).test(headers['www-authenticate']) && !/C7|I1/.test(text), text);
			}
		}
	});

// ---- Resources and prompts ----

const named = [
	['orders:read', 'resources/read', { uri: 'order://I1000' }],
	['orders:read', 'resources/read', { uri: 'customer://C7' }],
	['orders:read', 'prompts/get', { name: 'explain_order', arguments: { id: 'I1000' } }],
	['reports:read', 'prompts/get', { name: 'review_sales', arguments: { month: '2011-01' } }],
];

for (const [scope, method, params] of named)
	test(`${method} of ${params.uri ?? params.name} is for keys with ${scope} alone`, async () => {
		for (const who of Object.keys(scopes)) {
			const { status, text } = await exchange(orders, stateless(method, params, by(who)));
			assert.equal(status, may(who, scope) ? 200 : 403, `${who}: ${text}`);
		}
	});

test('what is completed is what list_orders finds', async () => {
	const complete = async params => (await exchange(orders, stateless('completion/complete', params, by('reader'))))
		.json.result.completion.values;
	const prompt = { type: 'ref/prompt', name: 'explain_order' };
	for (const customer of ['C7', 'c7', 'C', '', 'C7\' or \'\'=\'']) {
		const listed = customer && (await ask(orders, 'list_orders', { customer, limit: 100 }, by('reader'))).orders;
		const values = await complete({ ref: prompt, argument: { name: 'id', value: '' },
			context: { arguments: { customer } } });
		assert.deepEqual(values.sort(), (listed || []).map(order => order.id).sort(), customer);
	}
});

// ---- Idempotency keys ----

test('an idempotency_key belongs to its caller: nobody else learns of the order by it', async () => {
	const items = { 'KIT-0001': 1 }, mine = orderOf(items, 'key-1', 'secret@example.com');
	const order = await ask(orders, 'create_order', mine, by('writer'));
	assert.equal((await ask(orders, 'create_order', mine, by('writer'))).id, order.id);
	const other = await ask(orders, 'create_order', mine, by('second'));
	assert.notEqual(other.id, order.id);
	const changed = await callTool(orders, 'create_order', orderOf(items, 'key-1', 'x@example.com'), by('writer'));
	assert.ok(changed.isError && !/secret/.test(changed.content[0].text), changed.content[0].text);
	for (const who of ['reader', 'staff', 'figures']) {
		const { status, text } = await exchange(orders, stateless('tools/call',
			{ name: 'create_order', arguments: mine }, by(who)));
		assert.equal(status, 403, text);
		assert.ok(!text.includes(order.id) && !text.includes('secret'), text);
	}
});
