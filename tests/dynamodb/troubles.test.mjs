// troubles.test.mjs - support over a DynamoDB that throttles, conflicts, loses what it answers, is slow, or away: each message is said once, in order, and
// answered once; who can't be served is told so, and is once it is well again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamodbUrl, indexed, Table } from '../e2e/dynamodb.mjs';
import { ask, callTool, eventually, exchange } from '../e2e/support.mjs';
import { as, customers, GPT, World } from '../e2e/support_world.mjs';
import { checkTable } from './adds_up.mjs';
import { Between, refusals } from './between.mjs';

const skip = !dynamodbUrl && 'there is no DynamoDB: tests/dynamodb.sh runs one';
const writes = ['TransactWriteItems', 'UpdateItem'];
// Whether a request is of what goes for good.
const erases = (action, { TransactItems: [first] = [] }) => action === 'TransactWriteItems' && 'Delete' in first;

// A world over it: { world, between, table }.
async function open(t, how = {}, more = {}) {
	const between = await Between.start(t, how), table = await between.table();
	const world = await World.open(t, { ...more, settings: { ...table.settings, ...more.settings } });
	return { between, table, world };
}

const messages = table => table.rows('select conversation_id, seq, role, author, text, answers from message order by conversation_id, seq');
const ready = async server => (await exchange(server, { method: 'GET', path: '/readyz' })).status;

// Five messages, one after the other, each with a key: all is there once.
async function talk(world, table, { repeats = 1 } = {}) {
	let n = 0;
	world.models.script(GPT, () => [`Answer ${++n}.`]);
	let conversation_id;
	for (let i = 0; i < 5; i++)
		for (let times = 0; times < repeats; times++) {
			const chat = await world.chat('ann', `Message ${i}`, { idempotency_key: `k${i}`, ...conversation_id && { conversation_id } });
			({ conversation_id } = chat);
			assert.deepEqual([chat.reply, chat.seq, chat.answers], [`Answer ${i + 1}.`, 2 * i + 1, 2 * i + 2]);
		}
	assert.deepEqual((await messages(table)).map(({ seq, role, text, answers }) => [seq, role, text, answers]), Array.from({ length: 5 }, (_, i) =>
		[[2 * i + 1, 'customer', `Message ${i}`, 0], [2 * i + 2, 'model', `Answer ${i + 1}.`, 2 * i + 1]]).flat());
	assert.equal(world.models.requests.length, 5);
	checkTable(await table.scan());
	return conversation_id;
}

// Where it is too much that is asked, each operation is refused once: the pauses are long. Else each request is.
for (const name of Object.keys(refusals))
	test(`what is refused is tried again: ${name}`, { skip }, async t => {
		const refused = new Set(), actions = new Set(), each = ['internal', 'unavailable'].includes(name);
		const { world, table } = await open(t, { decide(action, body) {
			const what = each ? JSON.stringify(body) : action, first = !refused.has(what);
			refused.add(what);
			actions.add(action);
			return first ? name : undefined;
		} });
		const conversation_id = await talk(world, table);
		await ask(world.server, 'rate_conversation', { conversation_id, rating: 4 }, as('ann'));
		assert.ok(['GetItem', 'Query', 'TransactWriteItems', 'UpdateItem'].every(action => actions.has(action)));
		assert.doesNotMatch(world.server.log, /"level":"error"/);
	});

for (const fate of ['silent', 'torn', 'lost'])
	test(`no answer comes of what was done: ${fate}`, { skip }, async t => {
		let n = 0;
		const { world, table, between } = await open(t, { decide: action => writes.includes(action) && n++ % 2 === 0 ? fate : undefined });
		const conversation_id = await talk(world, table, { repeats: 2 });
		assert.ok(between.count('TransactWriteItems') >= 20);
		await ask(world.server, 'rate_conversation', { conversation_id, rating: 4, comment: 'Good' }, as('ann'));
		await ask(world.server, 'escalate', { conversation_id, reason: 'It is wet', confirm: true }, as('ann'));
		await ask(world.server, 'reply_as_person', { conversation_id, message: 'Here I am.', idempotency_key: 'p1' }, as('staff'));
		await ask(world.server, 'reply_as_person', { conversation_id, message: 'Here I am.', idempotency_key: 'p1' }, as('staff'));
		assert.deepEqual((await messages(table)).slice(10).map(({ seq, role }) => [seq, role]), [[11, 'note'], [12, 'person']]);
		const { structuredContent } = await callTool(world.server, 'forget_customer', { customer: customers.ann, confirm: true }, as('admin'));
		assert.deepEqual(structuredContent, { conversations: 1, messages: 12 });
		assert.deepEqual(await table.scan(), []);
	});

// Of many who wait for their turn each has given up when the first has.
test('who never comes through gives up, and so do all behind it', { skip }, async t => {
	let never = false;
	const { world } = await open(t, { decide: () => never ? 'condition' : undefined });
	world.models.script(GPT, () => ['Hello.']);
	const { conversation_id } = await world.chat('ann', 'Hello');
	never = true;
	const began = Date.now(), refused = await Promise.all(Array.from({ length: 5 }, (_, i) => callTool(world.server, 'chat_with_ai', { message: `Message ${i}`, conversation_id }, as('ann'))));
	assert.ok(refused.every(({ isError, content }) => isError && /try again/.test(content[0].text)), JSON.stringify(refused));
	assert.ok(Date.now() - began < 35000, `they gave up after ${Date.now() - began} ms`);
	never = false;
	await world.chat('ann', 'Hello again', { conversation_id });
});

test('pages without end come to one', { skip }, async t => {
	const { world, between } = await open(t);
	world.models.script(GPT, () => ['Hello.']);
	await world.chat('ann', 'Hello');
	between.endless = true;
	const refused = await callTool(world.server, 'list_conversations', {}, as('ann'));
	assert.ok(refused.isError && /try again/.test(refused.content[0].text), JSON.stringify(refused));
	between.endless = false;
	assert.equal((await ask(world.server, 'list_conversations', {}, as('ann'))).count, 1);
});

test('an item that another program wrote is left out, and nothing of it is written', { skip }, async t => {
	const { world, table } = await open(t), now = Date.now();
	world.models.script(GPT, () => ['Hello.']);
	const { conversation_id } = await world.chat('ann', 'Hello', { idempotency_key: 'k' });
	const head = { customer: customers.ann, status: 'open', started_at: now, updated_at: now, messages: 1, version: 1 };
	const without = name => ({ ...head, id: `CNV-NO${name}`, [name]: undefined });
	await table.put(['id', 'customer', 'status'].map(name => ({ pk: `c#CNV-NO${name.toUpperCase()}`, sk: 'head', ...indexed({ ...head, id: `CNV-NO${name}` }), ...without(name) })));
	await table.put([{ pk: `c#${conversation_id}`, sk: 'm#000000000003', seq: 3, text: 'Whose?' }, { pk: `k#customer#${customers.ann}`, sk: 'odd', seq: 1 }]);
	for (const [who, args] of [['ann', {}], ['ann', { status: 'open' }], ['staff', {}], ['staff', { status: 'open' }]])
		assert.deepEqual((await ask(world.server, 'list_conversations', args, as(who))).conversations.map(each => each.conversation_id), [conversation_id]);
	for (const name of ['ID', 'CUSTOMER', 'STATUS'])
		assert.ok((await callTool(world.server, 'get_conversation_history', { conversation_id: `CNV-NO${name}` }, as('ann'))).isError);
	assert.deepEqual((await ask(world.server, 'get_conversation_history', { conversation_id }, as('ann'))).history.map(({ seq }) => seq), [1, 2]);
	assert.ok((await callTool(world.server, 'chat_with_ai', { message: 'Hello', idempotency_key: 'odd' }, as('ann'))).isError);
	await ask(world.server, 'rate_conversation', { conversation_id, rating: 5 }, as('ann'));
	await world.server.says(/has an item that is not as this program writes them/);
});

test('a list that can have nothing in it has nothing, and is not asked for in words that DynamoDB refuses', { skip }, async t => {
	const wrong = [], { world } = await open(t, { decide: (action, { KeyConditionExpression: how, ExpressionAttributeValues: values }) => {
		if (/BETWEEN :from AND :to/.test(how) && values[':from'].S > values[':to'].S)
			wrong.push([how, values]);
	} });
	world.models.script(GPT, () => ['Hello.']);
	for (const message of ['Hello', 'Hello again'])
		await world.chat('ann', message);
	const tomorrow = new Date(Date.now() + 86400000).toISOString();
	for (const who of ['ann', 'staff']) {
		const { next_cursor: cursor } = await ask(world.server, 'list_conversations', { limit: 1 }, as(who));
		assert.equal((await ask(world.server, 'list_conversations', { limit: 1, cursor, since: tomorrow }, as(who))).count, 0);
	}
	assert.deepEqual(wrong, []);
});

test('pages of one item', { skip }, async t => {
	const { world, table } = await open(t, { page: 1 });
	await talk(world, table);
	for (let i = 0; i < 4; i++)
		await world.chat('ann', `Another ${i}`);
	await world.chat('bob', 'I am Bob');
	const { conversations } = await ask(world.server, 'list_conversations', {}, as('staff'));
	assert.equal(conversations.length, 6);
	const { history } = await ask(world.server, 'get_conversation_history', { conversation_id: conversations.at(-1).conversation_id }, as('staff'));
	assert.deepEqual(history.map(({ seq }) => seq), Array.from({ length: 10 }, (_, i) => i + 1));
	const { structuredContent } = await callTool(world.server, 'forget_customer', { customer: customers.ann, confirm: true }, as('admin'));
	assert.deepEqual(structuredContent, { conversations: 5, messages: 18 });
	const left = await table.scan();
	assert.ok(left.length > 0 && left.every(item => JSON.stringify(item, (_, value) => typeof value === 'bigint' ? Number(value) : value).search(/Ann\.77131|Message|Another/) === -1), 'nothing of Ann is left');
	checkTable(left);
});

test('who is forgotten while the process is killed, before or behind any step, leaves no word', { skip }, async t => {
	let world, steps = 0;
	const { table, ...opened } = await open(t, { decide: (action, body) => {
		if (!erases(action, body) || ++steps > 6)
			return undefined;
		world.server.child.kill('SIGKILL');
		return steps % 2 ? 'lost' : 'silent';
	} });
	({ world } = opened);
	await talk(world, table);
	const forget = () => callTool(world.server, 'forget_customer', { customer: customers.ann, confirm: true }, as('admin'));
	for (let killed = true; killed;) {
		killed = await forget().then(() => false, () => true);
		if (killed) {
			await world.server.ended;
			world.server = await world.begin();
		}
	}
	assert.ok(steps >= 4);
	assert.deepEqual(await table.scan(), []);
});

test('who says it again while a forgetting that was interrupted waits is answered, and the rest of it goes by itself', { skip }, async t => {
	let world, killed = false;
	const { table, ...opened } = await open(t, { decide: (action, body) => {
		if (killed || !erases(action, body))
			return undefined;
		killed = true;
		world.server.child.kill('SIGKILL');
		return 'lost';
	} });
	({ world } = opened);
	const before = await talk(world, table);
	await callTool(world.server, 'forget_customer', { customer: customers.ann, confirm: true }, as('admin')).catch(() => {});
	await world.server.ended;
	world.server = await world.begin();
	const chat = await world.chat('ann', 'Message 0', { idempotency_key: 'k0' });
	assert.notEqual(chat.conversation_id, before);
	await eventually(async () => (await table.rows('select id from conversation')).length === 1, 'it is gone', 60000);
	assert.equal((await world.chat('ann', 'Message 0', { idempotency_key: 'k0' })).conversation_id, chat.conversation_id);
	checkTable(await table.scan(), { erased: true });
});

// ---- Away ----

test('it is away when support begins: not ready, in words, until it is there', { skip }, async t => {
	const between = await Between.start(t), table = await between.table();
	await between.go();
	const world = await World.open(t, { settings: table.settings });
	await eventually(async () => await ready(world.server) === 503, 'it is not ready');
	await world.server.says(/"level":"warning".*DynamoDB can't be reached/);
	const refused = await callTool(world.server, 'chat_with_ai', { message: 'Hello' }, as('ann'));
	assert.ok(refused.isError && /try again/.test(refused.content[0].text), JSON.stringify(refused));
	await between.come();
	await eventually(async () => await ready(world.server) === 200, 'it is ready');
	await talk(world, table);
});

test('it goes while support serves, and comes back', { skip }, async t => {
	const { world, table, between } = await open(t);
	await talk(world, table);
	assert.equal(await ready(world.server), 200);
	await between.go();
	const began = Date.now(), refused = await callTool(world.server, 'chat_with_ai', { message: 'Hello', idempotency_key: 'away' }, as('ann'));
	assert.ok(refused.isError && /try again/.test(refused.content[0].text), JSON.stringify(refused));
	assert.ok(Date.now() - began < 30000, 'nobody waits for ever');
	await eventually(async () => await ready(world.server) === 503, 'it is not ready');
	await between.come();
	await eventually(async () => await ready(world.server) === 200, 'it is ready');
	assert.equal((await world.chat('ann', 'Hello', { idempotency_key: 'away' })).reply, 'Answer 6.');
});

test('it is slow: what takes half a second is waited for, whoever else is served meanwhile', { skip }, async t => {
	let slow = false;
	const { world, table } = await open(t, { decide: () => slow ? 500 : undefined });
	await talk(world, table);
	slow = true;
	const chat = world.chat('ann', 'Hello');
	const began = Date.now();
	assert.ok((await exchange(world.server, { method: 'GET', path: '/healthz' })).status === 200 && Date.now() - began < 1000);
	assert.equal((await chat).reply, 'Answer 6.');
	slow = false;
});

test('there is no such table, or it is another’s: support does not begin, and says what to do', { skip }, async t => {
	const table = await Table.make(), { settings } = table;
	await assert.rejects(World.open(t, { settings: { ...settings, HISTORY: 'dynamodb:nobody-made-this' } }), /has no table nobody-made-this.*create-table/);
	await table.ask('CreateTable', { TableName: `${table.name}-other`, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
		KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] });
	await assert.rejects(World.open(t, { settings: { ...settings, HISTORY: `dynamodb:${table.name}-other` } }), /"level\W+error/);
});

// ---- Indexes that know later ----

test('whose conversation has just begun is forgotten too, though no index knows of it', { skip }, async t => {
	const { world, table } = await open(t, { late: 1000 });
	await talk(world, table);
	await world.chat('bob', 'I am Bob');
	const { structuredContent } = await callTool(world.server, 'forget_customer', { customer: customers.ann, confirm: true }, as('admin'));
	assert.deepEqual(structuredContent, { conversations: 1, messages: 10 });
	assert.deepEqual(await table.rows('select customer, messages from conversation'), [{ customer: customers.bob, messages: 2 }]);
	checkTable(await table.scan(), { erased: true });
});

test('a customer’s share is counted, though no index knows yet', { skip }, async t => {
	const { world } = await open(t, { late: 3000 }, { settings: { CUSTOMER_TOKENS: '1000' } });
	world.models.script(GPT, ['Hello.', { usage: [990, 20, 0] }]);
	assert.equal((await world.chat('ann', 'Hello')).by, 'model');
	assert.equal((await world.chat('ann', 'Hello again')).by, 'nobody');
});

test('what an index still has of a conversation is not what becomes of it', { skip }, async t => {
	const day = 86400000, now = Date.now(), seen = new Set(), between = await Between.start(t, { late: 600000, decide: (action, body) => {
		seen.add(`${action} ${body.Key?.pk.S ?? body.IndexName ?? ''}`);
	} });
	const table = await between.table(), late = between.shadows.get(table.name);
	const head = (id, age, answered) => ({ id, customer: customers.ann, status: 'open', started_at: now - 100 * day, updated_at: now - age, messages: 1, answered });
	const said = (id, age) => ({ conversation_id: id, seq: 1, at: now - age, role: 'customer', author: customers.ann, text: 'Hello?' });
	await table.take([head('CNV-ANSWERED', 1000, 1), head('CNV-ALIVE', 1000, 1)], [said('CNV-ANSWERED', 1000), said('CNV-ALIVE', 1000)]);
	await late.take([head('CNV-ANSWERED', 600000, 0), head('CNV-ALIVE', 99 * day, 1)], [said('CNV-ANSWERED', 600000), said('CNV-ALIVE', 99 * day)]);
	const world = await World.open(t, { settings: table.settings });
	await eventually(() => ['GetItem c#CNV-ANSWERED', 'UpdateItem c#CNV-ALIVE'].every(each => seen.has(each)), () => `both are looked at: ${[...seen]}`);
	await world.server.stop();
	world.server = { stop() {} };
	assert.deepEqual(await table.rows('select id, status, messages from conversation order by id'), [{ id: 'CNV-ALIVE', status: 'open', messages: 1 }, { id: 'CNV-ANSWERED', status: 'open', messages: 1 }]);
	checkTable(await table.scan());
});
