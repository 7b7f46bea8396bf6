// support_desk.test.mjs - conversations between processes: their jobs at once, who follows at one what is said at another, a customer who is forgotten while
// a process is killed; and what their logs have of it. On PostgreSQL by two processes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startIssuer, startTrusting, stopTrusting, withToken } from '../oauth/shop.mjs';
import { dynamodbUrl } from './dynamodb.mjs';
import { ask, beginSession, callTool, databaseUrl, eventually, exchange, onPostgres, select, start, stateless, temporary } from './support.mjs';

const sha256 = text => createHash('sha256').update(text).digest('hex');
const keyLines = of => Object.entries(of).map(([name, scope]) => `${name}:${sha256(`mcp_${name}`)}:${scope}`).join('\n');
const bearer = name => ({ Authorization: `Bearer mcp_${name}` });
const as = name => ({ headers: bearer(name) });

const ANN = 'C-Ann.77131', BOB = 'C-Bob.44902';
const settings = { API_KEYS: keyLines({ ann: `support:chat,customer=${ANN}`, bob: `support:chat,customer=${BOB}`, carol: 'support:staff', erin: 'support:admin' }),
	STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough' };

// So many conversations of a customer, each of so many messages, the last some minutes ago.
function conversations(folder, { count, customer, messages = 1, minutes = 10, status = 'open' }) {
	const path = join(folder, `${customer}.sql`);
	const at = Date.now() - minutes * 60000;
	writeFileSync(path, `insert into conversation (id, customer, status, started_at, updated_at, messages)
		with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
		select 'CNV-${customer.slice(2, 5).toUpperCase()}' || i, '${customer}', '${status}', ${at}, ${at}, ${messages} from n;
		insert into message (conversation_id, seq, at, role, author, text)
		with recursive n (i) as (select 1 union all select i + 1 from n where i < ${messages})
		select id, i, ${at}, 'customer', customer, 'My secret is ' || i from conversation, n where customer = '${customer}'`);
	return path;
}

// A database with that in it, and the processes that serve it.
async function serve(data, processes = onPostgres ? 2 : 1) {
	const folder = temporary();
	const DATABASE_URL = await databaseUrl('support', folder, data.map(each => conversations(folder, each)));
	const servers = await Promise.all(Array.from({ length: processes }, () => start('support', { ...settings, DATABASE_URL }, { folder })));
	return { folder, DATABASE_URL, servers, one: servers[0], two: servers.at(-1), find: sql => select('support', folder, sql),
		stop: () => Promise.all(servers.map(server => server.stop())) };
}

const number = async (shop, sql) => Number(Object.values((await shop.find(sql))[0])[0]);

test('what nobody answered is passed on once, however many processes look', async () => {
	const shop = await serve([{ count: 350, customer: ANN }]);
	await eventually(async () => await number(shop, `select count(*) as n from conversation where status = 'open'`) === 0, 'all wait');
	assert.equal(await number(shop, `select count(*) as n from conversation where status = 'waiting' and messages = 2 and answered = 0
		and reason = 'nobody answered in time'`), 350);
	assert.equal(await number(shop, `select count(*) as n from message where role = 'note' and seq = 2`), 350);
	assert.equal(await number(shop, 'select count(*) as n from message'), 700);
	await shop.stop();
});

test('what is old goes, however many processes look', async () => {
	const shop = await serve([{ count: 170, customer: ANN, messages: 3, minutes: 91 * 24 * 60, status: 'closed' }, { count: 3, customer: BOB, messages: 3, minutes: 89 * 24 * 60, status: 'closed' }]);
	await eventually(async () => await number(shop, 'select count(*) as n from conversation') === 3, 'the old are gone');
	assert.equal(await number(shop, `select count(*) as n from message where author = '${ANN}'`), 0);
	assert.equal(await number(shop, 'select count(*) as n from message'), 9);
	await shop.stop();
});

// A stream of either era that follows a conversation; what it was told so far.
async function follow(server, name, uri, revision) {
	const stream = { events: [] };
	stream.told = () => stream.events.filter(({ data }) => data && /resources\/updated/.test(data)).map(({ data }) => JSON.parse(data).params.uri);
	const until = events => { stream.events = events; return stream.over; };
	if (revision === '2026-07-28') {
		const request = stateless('subscriptions/listen', { notifications: { resourceSubscriptions: [uri] } }, as(name));
		exchange(server, { ...request, until }).catch(() => {});
	} else {
		const session = await beginSession(server, revision, {}, bearer(name));
		const { json } = await exchange(server, { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri } }) });
		assert.deepEqual(json.result, {}, JSON.stringify(json));
		exchange(server, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' }, until }).catch(() => {});
	}
	await eventually(() => stream.events.length > 0, 'it listens');
	return stream;
}

for (const revision of ['2026-07-28', '2025-11-25'])
	test(`what staff says at one process is heard at another (${revision})`, async () => {
		const shop = await serve([{ count: 1, customer: ANN, minutes: 0 }, { count: 1, customer: BOB, minutes: 0 }]);
		const uri = 'support://conversation/CNV-ANN1';
		const ann = await follow(shop.one, 'ann', uri, revision);
		const carol = await follow(shop.one, 'carol', 'support://queue', revision);
		const bob = await follow(shop.one, 'bob', 'support://conversation/CNV-BOB1', revision);
		await ask(shop.two, 'escalate', { conversation_id: 'CNV-ANN1', reason: 'It is broken', confirm: true }, as('ann'));
		await eventually(() => ann.told().includes(uri) && carol.told().includes('support://queue'), 'both are told');
		const heard = ann.told().length;
		await ask(shop.two, 'reply_as_person', { conversation_id: 'CNV-ANN1', message: 'Here I am.' }, as('carol'));
		await eventually(() => ann.told().length > heard, 'the customer is told');
		const { history, person } = await ask(shop.one, 'get_conversation_history', { conversation_id: 'CNV-ANN1', after: 2 }, as('ann'));
		assert.deepEqual([person, history.map(({ text }) => text)], ['carol', ['Here I am.']]);
		// Whatever bob would have been told of it came before this.
		await ask(shop.two, 'rate_conversation', { conversation_id: 'CNV-BOB1', rating: 3 }, as('bob'));
		await eventually(() => bob.told().length > 0, 'bob is told');
		assert.deepEqual([...new Set(bob.told())], ['support://conversation/CNV-BOB1']);
		for (const stream of [ann, carol, bob])
			stream.over = true;
		await shop.stop();
	});

test('two persons who answer at once, each with a key, say each thing once', async () => {
	const shop = await serve([{ count: 1, customer: ANN, minutes: 0 }]);
	const say = (server, key) => ask(server, 'reply_as_person', { conversation_id: 'CNV-ANN1', message: `Words ${key}`, idempotency_key: key }, as('carol'));
	await Promise.all(Array.from({ length: 60 }, (_, i) => say(i % 2 ? shop.one : shop.two, `k${i % 20}`)));
	const said = (await shop.find(`select seq, text from message where role = 'person' order by seq`)).map(({ seq, text }) => [Number(seq), text]);
	assert.equal(said.length, 20);
	assert.deepEqual(said.map(([seq]) => seq), Array.from({ length: 20 }, (_, i) => i + 2));
	assert.equal(new Set(said.map(([, text]) => text)).size, 20);
	const [{ messages, answered }] = await shop.find('select messages, answered from conversation');
	assert.deepEqual([Number(messages), Number(answered)], [21, 21]);
	await shop.stop();
});

test('a customer is forgotten, also where the process is killed meanwhile, and no log has a word of it', async () => {
	const shop = await serve([{ count: 40, customer: ANN, messages: dynamodbUrl ? 40 : 400, minutes: 0 }, { count: 2, customer: BOB, messages: 2, minutes: 0 }], 1);
	const forget = server => callTool(server, 'forget_customer', { customer: ANN, confirm: true }, as('erin'));
	const lost = forget(shop.one).catch(() => {});
	await eventually(async () => await number(shop, 'select count(*) as n from conversation') < 42, 'it has begun');
	shop.one.child.kill('SIGKILL');
	await lost;
	const again = await start('support', { ...settings, DATABASE_URL: shop.DATABASE_URL, LOG_LEVEL: 'debug' }, { folder: shop.folder });
	const left = await number(shop, `select count(*) as n from conversation where customer = '${ANN}'`);
	const { structuredContent } = await forget(again);
	assert.equal(structuredContent.conversations, left);
	assert.equal(await number(shop, `select count(*) as n from message where author = '${ANN}'`), 0);
	assert.equal(await number(shop, 'select count(*) as n from message'), 4);

	const SAID = { reason: 'A reason of mine', contact: 'bob@example.org', comment: 'A comment of mine', message: 'A word to him' };
	await ask(again, 'escalate', { conversation_id: 'CNV-BOB1', reason: SAID.reason, contact: SAID.contact, confirm: true }, as('bob'));
	await ask(again, 'rate_conversation', { conversation_id: 'CNV-BOB1', rating: 1, comment: SAID.comment }, as('bob'));
	await ask(again, 'reply_as_person', { conversation_id: 'CNV-BOB1', message: SAID.message }, as('carol'));
	await ask(again, 'get_conversation_history', { conversation_id: 'CNV-BOB1' }, as('carol'));
	await ask(again, 'list_conversations', {}, as('carol'));
	await ask(again, 'forget_customer', { customer: BOB, confirm: true }, as('erin'));
	await again.stop();
	for (const word of [ANN, BOB, 'My secret', ...Object.values(SAID)])
		assert.ok(!`${shop.one.log}${again.log}`.includes(word), `a log says ${word}`);
	assert.match(again.log, /forget_customer/);
});

test('on one’s own machine, without keys, there is somebody to be', async t => {
	const server = await start('support', { API_KEYS: '' }, { data: false });
	t.after(() => server.stop());
	const { conversation_id, by } = await ask(server, 'chat_with_ai', { message: 'Hello?' });
	assert.equal(by, 'nobody');
	await ask(server, 'rate_conversation', { conversation_id, rating: 5 });
	const [{ customer }] = (await ask(server, 'list_conversations', {})).conversations;
	assert.equal(customer, 'anonymous');
	// Nobody is both: who answers is told from who asked.
	assert.equal((await ask(server, 'take_conversation', { conversation_id })).person, 'Staff');
	await ask(server, 'reply_as_person', { conversation_id, message: 'Yes.' });
	const { history } = await ask(server, 'get_conversation_history', { conversation_id });
	assert.deepEqual(history.filter(({ role }) => role !== 'note').map(({ role, author }) => [role, author]), [['customer', 'anonymous'], ['person', 'Staff']]);
});

test('who signed in to answer is called as their token says, and never by what the log has', async t => {
	const issuer = await startIssuer();
	const server = await startTrusting('support', issuer, { API_KEYS: keyLines({ ann: `support:chat,customer=${ANN}` }) }, { data: false });
	t.after(() => stopTrusting(server, issuer));
	const { conversation_id } = await ask(server, 'chat_with_ai', { message: 'Hello?' }, as('ann'));
	const seen = async () => ask(server, 'get_conversation_history', { conversation_id }, as('ann'));
	let over = false;
	t.after(() => { over = true; });
	const called = [];
	for (const claims of [{ name: 'Eva Brown' }, { preferred_username: 'sam@shop.example' }, {}]) {
		const token = withToken(issuer.mint({ scope: 'support:staff', sub: JSON.stringify(claims), ...claims }));
		await ask(server, 'take_conversation', { conversation_id }, token);
		await ask(server, 'say_writing', { conversation_id, writing: true, as_person: true }, token);
		// Who wrote before may be seen for a moment longer.
		await eventually(async () => {
			const { writers, person } = await seen();
			return writers.length === 1 && writers[0].name === person;
		}, 'they write');
		const { person } = await seen();
		exchange(server, { ...stateless('subscriptions/listen', { notifications: { resourceSubscriptions: [`support://conversation/${conversation_id}`] } }, token),
			until: () => over }).catch(() => {});
		await eventually(async () => (await seen()).present.some(({ role, name }) => role === 'person' && name === person), 'the customer sees that they are there');
		await ask(server, 'reply_as_person', { conversation_id, message: 'Hello.' }, token);
		called.push((await seen()).person);
	}
	const { history } = await seen();
	assert.deepEqual(history.filter(({ role }) => role === 'person').map(({ author }) => author), called);
	assert.deepEqual(called.slice(0, 2), ['Eva Brown', 'sam']);
	assert.match(called[2], /^Staff [\w-]{4}$/);
	assert.ok(history.some(({ text }) => text === 'sam took over from Eva Brown.'));
});
