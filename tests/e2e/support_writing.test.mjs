// support_writing.test.mjs - who writes in a conversation just now, as the others hear of it who follow it: at another process too, and for as long as
// they do. On PostgreSQL by two processes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, beginSession, callTool, databaseUrl, eventually, exchange, onPostgres, select, start, stateless, temporary } from './support.mjs';
import { as, customers, keyLines } from './support_world.mjs';

const LASTS_MS = 6000;
const settings = { STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough',
	API_KEYS: keyLines({ ann: `support:chat,customer=${customers.ann}`, bob: `support:chat,customer=${customers.bob}`, eva: 'support:staff' }) };

const ID = 'CNV-ANN1', OTHER = 'CNV-ANN2';
const uriOf = id => `support://conversation/${id}`;
const row = (id, now) => `insert into conversation (id, customer, status, started_at, updated_at, messages) values ('${id}', '${customers.ann}', 'open', ${now}, ${now}, 1);
	insert into message (conversation_id, seq, at, role, author, text) values ('${id}', 1, ${now}, 'customer', '${customers.ann}', 'Is somebody there?')`;

// One process, or two of one database; two conversations of Ann's in it.
async function open(t) {
	const folder = temporary(), path = join(folder, 'ann.sql');
	writeFileSync(path, [ID, OTHER].map(id => row(id, Date.now())).join(';\n'));
	const DATABASE_URL = await databaseUrl('support', folder, [path]);
	const begin = () => start('support', { ...settings, DATABASE_URL }, { folder });
	const one = await begin(), talk = { begin, one, two: onPostgres ? await begin() : one };
	t.after(() => Promise.all([...new Set([talk.one, talk.two])].map(server => server.stop())));
	return Object.assign(talk, {
		rows: () => select('support', folder, 'select id, messages, updated_at, status from conversation order by id'),
		writes: (server, who, writing = true) => ask(server, 'say_writing', { conversation_id: ID, writing, as_person: who === 'eva' }, as(who)),
		writers: async (server, who) => (await ask(server, 'get_conversation_history', { conversation_id: ID }, as(who))).writers,
	});
}

// A stream of either era that follows both: how often it was told of the one. What is told of the other fences it: whatever was said of the one before it at
// the same process has been heard.
async function follow(t, talk, who, revision) {
	const stream = { events: [], over: false }, uris = [ID, OTHER].map(uriOf);
	t.after(() => { stream.over = true; });
	stream.told = (id = ID) => stream.events.filter(({ data }) => data && /resources\/updated/.test(data) && JSON.parse(data).params.uri === uriOf(id)).length;
	stream.fence = async () => {
		const before = stream.told(OTHER);
		await ask(talk.one, 'rate_conversation', { conversation_id: OTHER, rating: 5 }, as('ann'));
		await eventually(() => stream.told(OTHER) > before, 'the other is told');
		return stream.told();
	};
	const until = events => { stream.events = events; return stream.over; };
	if (revision === '2026-07-28') {
		exchange(talk.two, { ...stateless('subscriptions/listen', { notifications: { resourceSubscriptions: uris } }, as(who)), until }).catch(() => {});
	} else {
		const session = await beginSession(talk.two, revision, {}, as(who).headers);
		for (const uri of uris)
			await exchange(talk.two, { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri } }) });
		exchange(talk.two, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' }, until }).catch(() => {});
	}
	await eventually(() => stream.events.length > 0, 'it listens');
	// What may have changed before it listened is told at the beginning, perhaps of the other behind the first of them.
	await stream.fence();
	await stream.fence();
	return stream;
}

test('who writes at one process is seen at another, is over by itself, and is told of twice', async t => {
	const talk = await open(t), streams = [];
	for (const revision of ['2026-07-28', '2025-11-25'])
		streams.push(await follow(t, talk, 'eva', revision));
	const before = streams.map(stream => stream.told()), began = performance.now();
	const areTold = (more, what) => eventually(() => streams.every((stream, i) => stream.told() >= before[i] + more), what);
	await talk.writes(talk.one, 'ann');
	await areTold(1, 'that she begins is told');
	const seen = await talk.writers(talk.two, 'eva');
	if (performance.now() - began < LASTS_MS)
		assert.deepEqual(seen, [{ role: 'customer', name: customers.ann, you: false }]);
	// Nobody says that it is over, and nobody asks.
	await areTold(2, 'that it is over is told');
	const took = performance.now() - began;
	assert.ok(took > LASTS_MS - 2, `after ${took} ms`);
	assert.deepEqual(await talk.writers(talk.two, 'eva'), []);
	assert.deepEqual(await Promise.all(streams.map(stream => stream.fence())), before.map(times => times + 2));
});

test('who goes on is told of no more, who ends is, and it is no row', async t => {
	const talk = await open(t), eva = await follow(t, talk, 'eva', '2026-07-28'), rows = await talk.rows(), before = eva.told(), from = Date.now();
	for (let i = 0; i < 20; i++)
		await talk.writes(talk.one, 'ann');
	const began = await eva.fence();
	await talk.writes(talk.one, 'ann', false);
	const ended = await eva.fence(), took = Date.now() - from;
	assert.deepEqual(await talk.writers(talk.two, 'eva'), []);
	if (took < LASTS_MS)
		assert.deepEqual([began, ended], [before + 1, before + 2]);
	assert.deepEqual((await talk.rows())[0], rows[0]);
});

test('two who write are seen by each other, and a process that begins knows them once they say it again', async t => {
	const talk = await open(t);
	await ask(talk.two, 'take_conversation', { conversation_id: ID }, as('eva'));
	const seen = async (server, who) => {
		await talk.writes(talk.one, 'ann');
		await talk.writes(talk.two, 'eva');
		return (await talk.writers(server, who)).map(({ role, name, you }) => `${role} ${name} ${you}`).toSorted();
	};
	const bothAreSeen = async (server, who, both) => await eventually(async () => (await seen(server, who)).join() === both, `${who} sees both`);
	const evas = `customer ${customers.ann} false,person eva true`;
	for (const server of [talk.one, talk.two]) {
		await bothAreSeen(server, 'eva', evas);
		await bothAreSeen(server, 'ann', 'customer undefined true,person eva false');
	}
	await talk.two.stop();
	talk.two = await talk.begin();
	if (!onPostgres)
		talk.one = talk.two;
	await bothAreSeen(talk.two, 'eva', evas);
});

test('somebody else neither writes there nor sees who does', async t => {
	const talk = await open(t);
	const refused = await callTool(talk.two, 'say_writing', { conversation_id: ID, writing: true }, as('bob'));
	const never = await callTool(talk.two, 'say_writing', { conversation_id: 'CNV-NEVER', writing: true }, as('bob'));
	assert.ok(refused.isError);
	assert.equal(refused.content[0].text.replace(ID, 'CNV-NEVER'), never.content[0].text);
	const staffs = await callTool(talk.two, 'say_writing', { conversation_id: ID, writing: true, as_person: true }, as('bob'));
	assert.ok(staffs.isError && /Only staff/.test(staffs.content[0].text), JSON.stringify(staffs));
	await talk.writes(talk.one, 'eva');
	await eventually(async () => (await talk.writers(talk.two, 'ann')).length, 'she is seen by whose it is');
	const bobs = await callTool(talk.two, 'get_conversation_history', { conversation_id: ID }, as('bob'));
	assert.ok(bobs.isError && !JSON.stringify(bobs).includes('eva'), JSON.stringify(bobs));
});
