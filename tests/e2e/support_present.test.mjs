// support_present.test.mjs - who has a conversation open just now, as the others in it hear: at another process too, until they leave, and of however many.
// On PostgreSQL by two processes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ask, beginSession, callTool, databaseUrl, eventually, exchange, onPostgres, start, stateless, temporary } from './support.mjs';
import { as, customers, keyLines } from './support_world.mjs';

const settings = { STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough',
	API_KEYS: keyLines({ ann: `support:chat,customer=${customers.ann}`, bob: `support:chat,customer=${customers.bob}`, eva: 'support:staff' }) };
const idOf = i => `CNV-ANN${i}`, uriOf = id => `support://conversation/${id}`;
const row = (id, now) => `insert into conversation (id, customer, status, started_at, updated_at, messages) values ('${id}', '${customers.ann}', 'open', ${now}, ${now}, 1);
	insert into message (conversation_id, seq, at, role, author, text) values ('${id}', 1, ${now}, 'customer', '${customers.ann}', 'Is somebody there?')`;

// One process, or two of one database; so many conversations of Ann's in it.
async function open(t, count, more = {}) {
	const folder = temporary(), path = join(folder, 'ann.sql');
	writeFileSync(path, Array.from({ length: count }, (_, i) => row(idOf(i), Date.now())).join(';\n'));
	const DATABASE_URL = await databaseUrl('support', folder, [path]);
	const begin = () => start('support', { ...settings, ...more, DATABASE_URL }, { folder });
	const one = await begin(), talk = { one, two: onPostgres ? await begin() : one, url: DATABASE_URL };
	t.after(() => Promise.all([...new Set([talk.one, talk.two])].map(server => server.stop())));
	talk.present = async (server, who, id = idOf(0)) => (await ask(server, 'get_conversation_history', { conversation_id: id }, as(who))).present
		.map(({ role, name, you }) => `${role} ${name} ${you}`).join();
	return talk;
}

// A stream of either era that follows these, and can be left.
async function follow(t, server, who, revision, ids = [idOf(0)]) {
	const stream = { events: [], leave: () => { stream.over = true; } }, uris = ids.map(uriOf);
	t.after(stream.leave);
	const until = events => { stream.events = events; return stream.over; };
	if (revision === '2026-07-28') {
		exchange(server, { ...stateless('subscriptions/listen', { notifications: { resourceSubscriptions: uris } }, as(who)), until }).catch(() => {});
	} else {
		const session = await beginSession(server, revision, {}, as(who).headers);
		exchange(server, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' }, until }).catch(() => {});
		for (const uri of uris)
			await exchange(server, { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri } }) });
	}
	await eventually(() => stream.events.length > 0, 'it listens');
	return stream;
}

async function comesAndGoes(t, revision) {
	const talk = await open(t, 1);
	const eva = await follow(t, talk.two, 'eva', revision);
	await eventually(async () => await talk.present(talk.one, 'eva') === 'person eva true', 'she is there herself');
	const told = () => eva.events.filter(({ data }) => data && /resources\/updated/.test(data)).length;
	const before = told(), ann = await follow(t, talk.one, 'ann', revision);
	await eventually(() => told() > before, 'she is told that Ann came');
	assert.equal(await talk.present(talk.two, 'eva'), `person eva true,customer ${customers.ann} false`);
	assert.equal(await talk.present(talk.one, 'ann'), 'customer undefined true');
	const bobs = await callTool(talk.one, 'get_conversation_history', { conversation_id: idOf(0) }, as('bob'));
	assert.ok(bobs.isError && !JSON.stringify(bobs).includes('eva'), JSON.stringify(bobs));
	const there = told();
	ann.leave();
	await eventually(() => told() > there, 'she is told that Ann left', 60_000);
	assert.equal(await talk.present(talk.two, 'eva'), 'person eva true');
}

// Most of it is waiting for what is not said any more.
test('who has it open at one process is seen at another, is told of, and is gone when they left', { concurrency: true }, async t => {
	await Promise.all(['2026-07-28', '2025-11-25'].map(revision => t.test(revision, it => comesAndGoes(it, revision))));
});

test('of more than one message can say all are there', async t => {
	const count = 300, talk = await open(t, count), ids = Array.from({ length: count }, (_, i) => idOf(i));
	await follow(t, talk.one, 'eva', '2026-07-28', ids);
	for (const id of [ids[0], ids[count / 2], ids[count - 1]])
		await eventually(async () => await talk.present(talk.two, 'ann', id) === '' && await talk.present(talk.two, 'eva', id) === 'person eva true', `${id} is said`);
});

// Whoever follows it in eleven thousand spellings would hold up what processes have to tell one another.
test('of one caller so much is said and no more', { skip: !onPostgres && 'one process says nothing to others' }, async t => {
	const talk = await open(t, 1, { LOOPS: '1' }), each = 1000;
	for (let i = 0; i < 11; i++)
		await follow(t, talk.one, 'eva', '2026-07-28', Array.from({ length: each }, (_, k) => `${idOf(0)}?${i}.${k}`));
	// What was said meanwhile stands behind the second: of one time at least, and two at most.
	const { stdout } = await promisify(execFile)('psql', ['-XAtq', talk.url, '-c', 'listen mcp_all', '-c', 'select pg_sleep(12)'], { maxBuffer: 64 << 20 });
	const said = stdout.split('\n').filter(line => line.startsWith('support://conversation/CNV-ANN0?')).length;
	assert.ok(said >= 5000 && said <= 10_000, `${said} times`);
});
