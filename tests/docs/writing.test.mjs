// writing.test.mjs - what docs/writing/ adds to the guest book does what it says there: each tool, resource,
// prompt, job and command of it is used.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium, openBrowser, openPlaces, readPage, request, show } from '../e2e/browser.mjs';
import { newDatabase, query, withoutPostgres } from '../e2e/postgres.mjs';
import { ask, callTool, eventually, exchange, opened, run, start, startShop, stateless, temporary } from '../e2e/support.mjs';
import { clientOf, words } from '../e2e/tasks.mjs';

const name = 'guestbook-whole', latest = 'guestbook://latest';
let server, folder, shop;

before(async () => {
	shop = await startShop();
	folder = temporary();
	server = await start(name, { METRICS_PORT: 'any', PRODUCTS_URL: shop.products.url }, { folder });
	for (const [guest, said] of [['Ada', 'Lovely shop.'], ['Bob', 'Good tea.'], ['Cleo', 'Soon again.'], ['Dan', 'Fine.']])
		await ask(server, 'sign', { name: guest, words: said });
});
after(async () => {
	await server?.stop();
	await shop?.stop();
});

const said = result => result.content[0].text;
const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));

// ---- calls.md ----

test('erase asks, and does as the person says', async () => {
	const form = { capabilities: { elicitation: { form: {} } } };
	const send = more => exchange(server, stateless('tools/call', { name: 'erase', arguments: { name: 'Dan' }, ...more }, form));
	const asked = (await send()).json.result;
	assert.match(asked.inputRequests.consent.params.message, /^Erase all that Dan wrote\?$/);
	const reply = sure => send({ requestState: asked.requestState, inputResponses: { consent: { action: 'accept', content: { sure } } } });
	assert.equal(said((await reply(false)).json.result), 'Nothing was erased.');
	assert.match(said(await callTool(server, 'erase', { name: 'Dan' })), /pass confirm: true/);
	assert.ok((await ask(server, 'latest', {})).entries.some(entry => entry.name === 'Dan'));
	assert.equal(said((await reply(true)).json.result), 'What Dan wrote is erased.');
	assert.ok((await ask(server, 'latest', {})).entries.every(entry => entry.name !== 'Dan'));
});

test('sign_once signs once', async () => {
	const entry = { key: 'a-key-of-mine', name: 'Eve', words: 'Once.' };
	assert.equal(said(await callTool(server, 'sign_once', entry)), 'Thank you, Eve.');
	assert.equal(said(await callTool(server, 'sign_once', entry)), 'That was written already, Eve.');
	assert.equal((await ask(server, 'latest', {})).entries.filter(({ words }) => words === 'Once.').length, 1);
});

test('next_entry waits for one', async () => {
	const [{ at }] = (await ask(server, 'latest', {})).entries;
	const waiting = ask(server, 'next_entry', { at });
	await server.waits();
	await callTool(server, 'sign_once', { key: 'another-key', name: 'Fay', words: 'At last.' });
	assert.equal((await waiting).words, 'At last.');
});

test('list_guests goes on where its page ended', async () => {
	const first = await ask(server, 'list_guests', {});
	assert.deepEqual(first.guests.map(guest => guest.name), ['Ada', 'Bob', 'Cleo']);
	const rest = await ask(server, 'list_guests', { cursor: first.next_cursor });
	assert.ok(rest.guests.length && rest.guests.every(guest => guest.name > 'Cleo') && !rest.next_cursor);
	assert.match(said(await callTool(server, 'list_guests', { cursor: 'mine' })), /no cursor of list_guests/);
});

test('echo takes what its schema allows', async () => {
	assert.deepEqual(await ask(server, 'echo', { colour: 'red' }), { colour: 'red' });
	const refused = await exchange(server, stateless('tools/call', { name: 'echo', arguments: { colour: 1 } }));
	assert.match(refused.text, /colour/);
	assert.ok(refused.json.error || refused.json.result.isError);
});

// ---- resources.md ----

test('who has the pen is known for as long as they say so', async () => {
	const writes = async () => said(await callTool(server, 'who_writes', {}));
	assert.equal(await writes(), 'Nobody.');
	await eventually(async () => {
		await callTool(server, 'hold_pen', { name: 'Gil' });
		return await writes() === 'Gil';
	}, 'he is seen');
});

test('the resource and the template are read, and completed', async () => {
	const read = async uri => JSON.parse((await request(server, 'resources/read', { uri })).contents[0].text).entries;
	assert.ok((await read(latest)).length > 2);
	assert.deepEqual((await read('guestbook://by/Ad%61')).map(entry => entry.words), ['Lovely shop.']);
	assert.match((await exchange(server, stateless('resources/read', { uri: 'guestbook://by/Nobody' }))).json.error.message, /No guest is called Nobody/);
	const { completion } = await request(server, 'completion/complete', { argument: { name: 'name', value: 'B' },
		ref: { type: 'ref/resource', uri: 'guestbook://by/{name}' } });
	assert.deepEqual(completion.values, ['Bob']);
});

// Told of two changes: one alone could be of what was before.
const follow = at => opened(at, { ...stateless('subscriptions/listen', { notifications: { resourceSubscriptions: [latest] } }),
	until: events => messages(events).filter(({ method }) => method === 'notifications/resources/updated').length >= 2 });

test('who follows the resource hears of each entry', async () => {
	const { answer: told } = await follow(server);
	for (const key of ['one-key-more', 'and-another'])
		await callTool(server, 'sign_once', { key, name: 'Gus', words: 'Heard.' });
	assert.equal(messages((await told).events).at(-1).params.uri, latest);
});

test('on PostgreSQL a trigger tells of a row that psql wrote', { skip: withoutPostgres }, async () => {
	const url = await newDatabase(), other = await start(name, { DATABASE_URL: url });
	const { answer: told } = await follow(other);
	for (const words of ['By', 'hand.'])
		await query(url, `insert into entry (name, words, at) values ('Psql', '${words}', 1)`);
	assert.equal(messages((await told).events).at(-1).params.uri, latest);
	await other.stop();
});

test('the prompt has what the guest wrote', async () => {
	const { messages: all } = await request(server, 'prompts/get', { name: 'thank', arguments: { name: 'Ada' } });
	assert.equal(all[0].content.text, 'Ada wrote: Lovely shop.');
	assert.match(all.at(-1).content.text, /letter of thanks to Ada/);
});

test('seal answers with a text, a picture and a link', async () => {
	const { content } = await callTool(server, 'seal', {});
	assert.deepEqual(content.map(({ type }) => type), ['text', 'image', 'resource_link']);
	assert.match(atob(content[1].data), /^<svg .*<\/svg>$/);
	assert.equal(content[2].uri, latest);
});

// ---- rights.md ----

test('who has the scope, or the name, sees what it gives', async () => {
	const scopes = { staff: '*', ada: 'guests:own,customer=Ada', reader: 'guests:read', nobody: 'guests:own' };
	const lines = Object.entries(scopes).map(([key, has]) => `${key}:${createHash('sha256').update(key).digest('hex')}:${has}`);
	const guarded = await start(name, { API_KEYS: lines.join(' ') });
	const as = key => ({ headers: { Authorization: `Bearer ${key}` } });
	for (const guest of ['Ada', 'Bob'])
		await callTool(guarded, 'sign', { name: guest, words: `I am ${guest}.` }, as('staff'));
	const seen = async key => (await ask(guarded, 'own_entries', {}, as(key))).entries.map(entry => entry.name).sort();
	assert.deepEqual([await seen('ada'), await seen('reader')], [['Ada'], ['Ada', 'Bob']]);
	assert.match(said(await callTool(guarded, 'own_entries', {}, as('nobody'))), /does not say which guest you are/);
	assert.equal((await ask(guarded, 'count_entries', {}, as('reader'))).latest, 'Bob');
	assert.deepEqual(await ask(guarded, 'count_entries', {}, as('ada')), { entries: 2 });
	const read = (key, guest) => exchange(guarded, stateless('resources/read', { uri: `guestbook://mine/${guest}` }, as(key)));
	assert.match((await read('ada', 'Ada')).text, /I am Ada/);
	assert.match((await read('reader', 'Bob')).text, /I am Bob/);
	for (const [key, guest] of [['ada', 'Bob'], ['nobody', 'Ada']])
		assert.match((await read(key, guest)).json.error.message, new RegExp(`No guest is called ${guest}`));
	await guarded.stop();
});

// ---- pages.md ----

test('the page is whole, and the skill has its files', async () => {
	const { text } = await readPage(server, 'latest');
	assert.match(text, /color-scheme: light dark[\s\S]*app\.connect = /);
	const { skills: [skill] } = await request(server, 'skills/list');
	assert.deepEqual(skill.resources.map(({ uri }) => uri).sort(),
		['skill://thank-a-guest/SKILL.md', 'skill://thank-a-guest/references/letters.md']);
});

describe('in a browser', { skip: chromium ? false : 'there is no chromium' }, () => {
	let browser, places;
	before(async () => { [places, browser] = [await openPlaces(), await openBrowser({})]; });
	after(async () => {
		await browser?.close();
		places?.close();
	});

	test('the page shows what the tool found', async () => {
		const page = await show(browser, places, server, 'latest');
		const { structuredContent: { entries } } = await page.call({ limit: 2 });
		await page.view.locator('li').nth(1).waitFor();
		assert.deepEqual(await page.view.locator('li b').allTextContents(), entries.map(entry => entry.name));
	});
});

// ---- service.md ----

test('tally is a tool of another file', async () => {
	assert.deepEqual(await ask(server, 'tally', { name: 'Bob' }), { name: 'Bob', entries: 1 });
	assert.deepEqual(await ask(server, 'tally', { name: 'Nobody' }), { name: 'Nobody', entries: 0 });
});

test('gift asks the shop', async () => {
	const product = await ask(shop.products, 'get_product', { sku: 'TEA-0001' });
	assert.deepEqual(await ask(server, 'gift', { sku: 'TEA-0001' }), { name: product.name, price: product.price });
	assert.match(said(await callTool(server, 'gift', { sku: 'NO-SUCH-THING' })), /^The shop says: /);
});

test('a URL that is none stops the start', async () => {
	const { status, stderr } = await run(name, [], { env: { PRODUCTS_URL: 'products', PORT: '0' } });
	assert.notEqual(status, 0);
	assert.match(stderr, /PRODUCTS_URL is "products": it must be a URL/);
});

// 250 of an old year, which the job forgets where they need not be kept.
test('import takes a file, measure goes through it as a task, the job forgets and counts', async () => {
	const old = temporary(), path = join(old, 'book.csv');
	writeFileSync(path, `name,words,at\n${Array.from({ length: 250 }, (_, i) => `G${i % 7},four,2001-01-01T00:00:${10 + i % 50}Z\n`).join('')}`);
	for (const _ of [1, 2]) {
		const { status, stderr } = await run(name, ['import', path], { folder: old });
		assert.equal(status, 0, stderr);
	}
	const options = { folder: old }, settings = { METRICS_PORT: 'any', DATABASE_URL: 'sqlite:guestbook.db' };
	const kept = await start(name, { ...settings, KEEP: '36500d' }, options);
	const client = clientOf(() => [kept]);
	const task = await client.until(await client.create('measure'), 'completed');
	assert.deepEqual(task.result.structuredContent, { entries: 250, letters: 1000 });
	assert.match(words(task), /250/);
	assert.deepEqual(await ask(kept, 'measure', {}), { entries: 250, letters: 1000 });
	await kept.stop();
	const forgetting = await start(name, settings, options);
	await eventually(async () => await forgetting.metric('entries_forgotten_total') === 250, 'nothing was forgotten');
	assert.deepEqual(await ask(forgetting, 'latest', {}), { entries: [] });
	await forgetting.says(/250 old entries were deleted/);
	await forgetting.stop();
});
