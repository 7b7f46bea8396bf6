// scripts.test.mjs - search in the scripts of the world: what scripts.txt says is found, no more and no
// less, and both databases give the same answers; also after an upgrade from a version that had other words.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { query as psql, rows, startIfThere } from './postgres.mjs';
import { callTool, launch, pause, run, start, temporary } from './support.mjs';

const QUERIES = 500, AT_ONCE = 8, COPIES = 20;
const products = [], expected = [];

for (const line of readFileSync(new URL('scripts.txt', import.meta.url), 'utf8').split('\n')) {
	const [, asked, found] = /^\? (.*?) =(.*)$/.exec(line) ?? [];
	const [, sku, name, description = ''] = /^(\w\w-\d\d) ([^|]*?)(?: \| (.*))?$/.exec(line) ?? [];
	if (asked)
		expected.push({ asked, found: found.trim().split(' ').filter(Boolean).sort() });
	else if (sku)
		products.push({ sku, name, description });
}

// ---- The databases ----

const cell = text => `"${text.replaceAll('"', '""')}"`;
let server, databases;

// Each with a way to change it behind the servers' back, and to ask.
async function sqlite() {
	const path = join(temporary(), 'p.db');
	const within = work => {
		const open = new DatabaseSync(path);
		try {
			open.exec('pragma busy_timeout = 5000');
			return work(open);
		} finally {
			open.close();
		}
	};
	return {
		url: `sqlite:${path}`,
		select: sql => within(open => open.prepare(sql).all()),
		// Its index has the words as they were, so it must be told.
		change: each => within(open => {
			open.exec('begin immediate');
			const words = `name_words || ' ' || other_words`;
			open.exec(`insert into product_words (product_words, rowid, words) select 'delete', id, ${words} from product`);
			const put = open.prepare('update product set name_words = ?, other_words = ? where sku = ?');
			each.forEach(({ sku, name_words, other_words }) => put.run(name_words, other_words, sku));
			open.exec(`insert into product_words (rowid, words) select id, ${words} from product`);
			open.exec('commit');
		}),
	};
}

async function postgresql(name) {
	await server.create(name);
	const url = server.of(name);
	return {
		url,
		select: sql => rows(url, sql),
		change: async each => {
			for (let at = 0; at < each.length; at += 200)
				await psql(url, each.slice(at, at + 200).map(({ sku, name_words, other_words }) =>
					`update product set name_words = $$${name_words}$$, other_words = $$${other_words}$$ where sku = '${sku}'`).join(';'));
		},
	};
}

async function load({ url }, list) {
	const csv = join(temporary(), 'scripts.csv');
	writeFileSync(csv, ['sku,name,price,currency,stock,description', ...list.map(({ sku, name, description }, i) =>
		`${sku},${cell(name)},${1 + i % 7}.50,GBP,${i % 4},${cell(description)}`)].join('\n'));
	const { status, stderr } = await run('products', ['import', csv], { env: { DATABASE_URL: url } });
	assert.equal(status, 0, stderr);
}

before(async () => {
	server = await startIfThere();
	databases = [await sqlite(), ...server ? [await postgresql('scripts')] : []];
	for (const each of databases)
		await load(each, products);
});
after(() => server?.stop());

// ---- Asking ----

const answer = async (from, query) => {
	const { structuredContent, content } = await callTool(from, 'search_products', query);
	const { next_cursor, ...page } = structuredContent ?? { words: content[0].text };
	return { ...page, more: next_cursor !== undefined };
};

// All of them find the same, and where it is known what, that.
async function check(servers, { asked, found, ...more }) {
	const [here, ...others] = await Promise.all(servers.map(each => answer(each, { words: asked, limit: 100, ...more })));
	for (const there of others)
		assert.deepEqual(there, here, `"${asked}" finds something else`);
	const skus = here.products?.map(each => each.sku).sort().join(' ') ?? here.words;
	return { ...here, wrong: found && found.join(' ') !== skus && `"${asked}" finds ${skus} and not ${found.join(' ')}` };
}

async function checkAll(servers, queries) {
	let next = 0;
	const wrong = [];
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		while (next < queries.length)
			wrong.push((await check(servers, queries[next++])).wrong);
	}));
	assert.deepEqual(wrong.filter(Boolean), []);
}

// Parts of names, whose answers are only compared: words, beginnings, pieces from the middle, two words.
function* parts() {
	for (let i = 0; ; i++) {
		const letters = [...products[i % products.length].name], words = letters.join('').split(' ');
		const middle = Math.floor(letters.length / 3);
		yield [words[i % words.length], letters.slice(0, 2 + i % 3).join(''), letters.slice(middle, middle + 1 + i % 4).join(''),
			`${words.at(-1)} ${words[0]}`][Math.floor(i / products.length) % 4];
	}
}

test(`${QUERIES} queries in the scripts of the world`, { timeout: 240000 }, async t => {
	assert.ok(products.length > 200 && expected.length > 200);
	const servers = await Promise.all(databases.map(({ url }) => start('products', { DATABASE_URL: url })));
	const sorts = ['relevance', 'name', 'price_asc', 'newest'];
	const others = parts().take(QUERIES - expected.length)
		.map((asked, i) => ({ asked, sort: sorts[i % 4], limit: 5 + i % 20 })).toArray();
	await checkAll(servers, [...expected, ...others]);
	// However the characters are put together.
	await checkAll(servers, expected.map(({ asked, found }) => ({ asked: asked.normalize('NFD'), found })));
	// Every product is found by its whole name.
	for (const { sku, name } of products)
		assert.ok((await check(servers, { asked: name })).products.some(each => each.sku === sku), name);
	t.diagnostic(`${products.length} products, ${expected.length} answers known, in ${servers.length} databases`);
	await Promise.all(servers.map(each => each.stop()));
});

// ---- An upgrade ----

// As versions before the mark had them.
const old = text => text.normalize('NFKD').toLowerCase().replace(/[\p{M}\p{Cf}]/gu, '').split(/[^\p{L}\p{N}]+/u)
	.filter(Boolean).join(' ');
const makeOld = ({ change }, list) => change(list.map(({ sku, name, description }) =>
	({ sku, name_words: old(name), other_words: `${old(`${sku} ${description}`)} ` })));
const countOld = async ({ select }) =>
	Number((await select(`select count(*) as count from product where other_words not like '%  '`))[0].count);

async function untilNew(database) {
	for (const until = Date.now() + 60000; await countOld(database); await pause(20))
		assert.ok(Date.now() < until, 'there are words of an older version');
}

test('words of an older version are made anew by servers that start at once', { timeout: 240000 }, async () => {
	const servers = [];
	for (const database of databases) {
		const { url, select } = database;
		await makeOld(database, products);
		assert.equal(await countOld(database), products.length);
		const version = await select('select sum(version) as sum, max(updated_at) as at from product');
		// Of SQLite's file there is only one.
		const all = await Promise.all((url.startsWith('sqlite:') ? [1] : [1, 2, 3]).map(() =>
			start('products', { DATABASE_URL: url })));
		await untilNew(database);
		assert.deepEqual(await select('select sum(version) as sum, max(updated_at) as at from product'), version,
			'it was no change of the products');
		assert.ok(all.some(each => new RegExp(`words of ${products.length} products are of another version`).test(each.log)));
		servers.push(all[0]);
		await Promise.all(all.slice(1).map(each => each.stop()));
	}
	await checkAll(servers, expected);
	await Promise.all(servers.map(each => each.stop()));
});

test('who is killed while it makes words anew leaves the rest to the next', { timeout: 240000 }, async () => {
	const many = Array.from({ length: COPIES }, (_, i) => products.map(each => ({ ...each, sku: `${each.sku}-${i}` }))).flat();
	for (const database of [await sqlite(), ...server ? [await postgresql('killed')] : []]) {
		await load(database, many);
		await makeOld(database, many);
		const killed = launch('products', [], { PORT: '0', METRICS_PORT: '0', DATABASE_URL: database.url }, temporary());
		while (await countOld(database) === many.length)
			await pause(1);
		killed.kill('SIGKILL');
		await killed.ended;
		const left = await countOld(database);
		assert.ok(left > 0 && left < many.length, `${left} of ${many.length} are left`);
		const next = await start('products', { DATABASE_URL: database.url });
		await untilNew(database);
		for (const { asked, found } of expected.filter((_, i) => i % 8 === 0))
			assert.equal((await answer(next, { words: asked })).matches, found.length * COPIES, asked);
		await next.stop();
	}
});
