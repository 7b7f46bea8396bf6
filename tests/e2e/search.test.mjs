// search.test.mjs - both databases give the same answers in the same order: 500 queries over the real
// catalogue where it is there, else over the sample.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { postgres } from './postgres.mjs';
import { ask, callTool, root, run, shared, start, temporary } from './support.mjs';

const queries = 500, atOnce = 8;
const real = join(shared, 'products.csv');
const path = existsSync(real) ? real : join(root, 'products/data/catalogue.csv');

async function stock(DATABASE_URL) {
	const { status, stderr } = await run('products', ['import', path], { env: { DATABASE_URL } });
	assert.equal(status, 0, stderr);
	return start('products', { DATABASE_URL });
}

// The same numbers in every run, so that a failure can be looked at again (mulberry32).
function numbers(state) {
	return below => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), state | 1);
		t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) % below;
	};
}

function invent(number, names, skus, categories) {
	const random = numbers(number), one = list => list[random(list.length)];
	const name = one(names);
	const word = () => {
		const whole = one((random(5) ? name : one(names)).split(/[^\p{L}\p{N}]+/u).filter(Boolean).concat('tea'));
		const shown = [whole, whole.toLowerCase(), whole.slice(0, 1 + random(4)), whole.slice(0, 2), `${whole}s`][random(9) % 5];
		return random(12) ? shown : [shown.replace(/e/i, 'é'), one(skus), 'ß', '12', "o'n\"e", '日本'][random(6)];
	};
	const query = { limit: 1 + random(30), sort: one(['relevance', 'relevance', 'price_asc', 'price_desc', 'name', 'newest']) };
	if (random(12))
		query.words = Array.from({ length: 1 + random(3) }, word).join(' ');
	if (!random(9))
		query.category = one(categories);
	if (!random(6))
		query.price_min = random(1000);
	if (!random(6))
		query.price_max = 100 + random(5000);
	if (!random(5))
		query.currency = one(['GBP', 'gbp', 'GBP', 'USD']);
	if (!random(3))
		query.in_stock = true;
	return query;
}

// A page and the one after it, without the cursor itself, which every server seals for itself.
async function pages(server, query) {
	const found = [];
	for (let cursor; found.length < 2;) {
		const result = await callTool(server, 'search_products', { ...query, ...(cursor && { cursor }) });
		const { next_cursor, ...page } = result.structuredContent ?? { words: result.content[0].text };
		found.push({ ...page, more: next_cursor !== undefined });
		if (!(cursor = next_cursor))
			break;
	}
	return found;
}

const server = await postgres().catch(error => {
	if (!error.missing)
		throw error;
});

test(`${queries} searches have the same answers in both databases`, {
	skip: !server && 'there is no PostgreSQL', timeout: 240000,
}, async t => {
	await server.create('search');
	const servers = [await stock(`sqlite:${join(temporary(), 'p.db')}`), await stock(server.of('search'))];
	const products = [];
	for (let cursor; ; ) {
		const page = await ask(servers[0], 'search_products', { limit: 100, ...(cursor && { cursor }) });
		products.push(...page.products);
		if (!(cursor = page.next_cursor))
			break;
	}
	const { categories } = await ask(servers[0], 'list_categories', {});
	assert.deepEqual(await ask(servers[1], 'list_categories', {}), { categories, count: categories.length });
	const names = products.map(each => each.name), skus = products.map(each => each.sku);
	const labels = [...categories.map(each => each.category), 'No such thing'];

	let next = 0, hits = 0, pagesSeen = 0;
	const compare = async () => {
		for (let number; (number = next++) < queries;) {
			const query = invent(number, names, skus, labels);
			const [here, there] = await Promise.all(servers.map(each => pages(each, query)));
			assert.deepEqual(there, here, `query ${number}: ${JSON.stringify(query)}`);
			hits += here[0].count > 0;
			pagesSeen += here.length;
		}
	};
	await Promise.all(Array.from({ length: atOnce }, compare));
	t.diagnostic(`${products.length} products; ${hits} of ${queries} searches found something, on ${pagesSeen} pages`);
	assert.ok(hits > queries / 3, 'hardly anything was found');

	// Words about what is not there are the same too.
	for (const sku of ['NOSUCH', skus[0].slice(0, -1), `${skus[5]}X`])
		assert.deepEqual(...await Promise.all(servers.map(each => callTool(each, 'get_product', { sku })
			.then(result => result.content))));
	for (const each of servers)
		await each.stop();
});
