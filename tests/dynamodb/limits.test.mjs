// limits.test.mjs - what DynamoDB has bounds for, and a database does not: how large an item is, how long a key; and lists that are put together of many partitions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamodbUrl, Table } from '../e2e/dynamodb.mjs';
import { ask, callTool, eventually } from '../e2e/support.mjs';
import { as, customers, GPT, World } from '../e2e/support_world.mjs';
import { checkTable } from './adds_up.mjs';
import { Between } from './between.mjs';

const skip = !dynamodbUrl && 'there is no DynamoDB: tests/dynamodb.sh runs one';

async function open(t, more = {}) {
	const table = await Table.make();
	return { table, world: await World.open(t, { ...more, settings: { ...table.settings, ...more.settings } }) };
}

test('what is longer than an item is kept as far as it goes, and says so', { skip }, async t => {
	const { table, world } = await open(t, { settings: { BODIES_MAX: '64MiB' } });
	world.models.script(GPT, ['word '.repeat(50000), 'ünd '.repeat(60000)], ['Short.']);
	const long = await world.chat('ann', 'Tell me all of it', { idempotency_key: 'k1' });
	assert.ok(long.reply.length > 100000 && long.reply.startsWith('word word'), `${long.reply.length}`);
	const [{ length, cut }] = await table.rows("select length(text) as length, cut from message where role = 'model'");
	assert.ok(length > 100000 && cut, `${length} ${cut}`);
	assert.equal((await world.chat('ann', 'Tell me all of it', { idempotency_key: 'k1' })).answers, long.answers);
	assert.equal((await world.chat('ann', 'Thank you', { conversation_id: long.conversation_id })).reply, 'Short.');
	checkTable(await table.scan());
});

test('the longest words and keys that are taken are written down, whatever they are of', { skip }, async t => {
	const { table, world } = await open(t);
	world.models.script(GPT, ['Yes.']);
	for (const [i, key] of ['k'.repeat(128), '\u{1F600}'.repeat(128), ' x ', '#', 'head', 'm#000000000001', '"\\\n'].entries()) {
		const first = await callTool(world.server, 'chat_with_ai', { message: `${'\u{1F600}'.repeat(2000)}${i}`, idempotency_key: key }, as('ann'));
		assert.ok(!first.isError, JSON.stringify([key, first.content]));
		assert.equal((await world.chat('ann', `${'\u{1F600}'.repeat(2000)}${i}`, { idempotency_key: key })).conversation_id, first.structuredContent.conversation_id);
	}
	// What is none is refused in words, here as well.
	const none = await callTool(world.server, 'chat_with_ai', { message: 'Hello', idempotency_key: '' }, as('ann'));
	assert.ok(none.isError && /idempotency_key/.test(none.content[0].text), JSON.stringify(none));
	checkTable(await table.scan());
});

test('a list is in order and whole, page by page, though it is put together of many partitions', { skip }, async t => {
	const table = await Table.make(), now = Date.now() - 60000, statuses = ['open', 'waiting', 'with_person', 'closed'];
	// Some in the same moment.
	const heads = Array.from({ length: 170 }, (_, i) => ({ id: `CNV-${String(i * 7919 % 170).padStart(5, '0')}`, customer: i % 3 ? customers.ann : customers.bob, status: statuses[i % 4], started_at: now, updated_at: now + (i >> 3),
		messages: 1, answered: 1, ...i % 4 === 1 && { waiting_since: now - i * 60000, reason: 'why' } }));
	await table.take(heads, heads.map(({ id, customer, updated_at }) => ({ conversation_id: id, seq: 1, at: updated_at, role: 'customer', author: customer, text: 'Hello?' })));
	const world = await World.open(t, { models: false, settings: table.settings });
	const inOrder = heads.toSorted((a, b) => b.updated_at - a.updated_at || (a.id < b.id ? 1 : -1));
	const list = async (who, args) => {
		const all = [];
		for (let cursor; ;) {
			const { conversations, next_cursor } = await ask(world.server, 'list_conversations', { limit: 23, ...args, ...cursor && { cursor } }, as(who));
			all.push(...conversations.map(({ conversation_id }) => conversation_id));
			if (!next_cursor)
				return all;
			cursor = next_cursor;
		}
	};
	const ids = fits => inOrder.filter(fits).map(({ id }) => id);
	assert.deepEqual(await list('staff', {}), ids(() => true));
	assert.deepEqual(await list('ann', {}), ids(({ customer }) => customer === customers.ann));
	for (const status of statuses)
		for (const [who, customer] of [['staff'], ['ann', customers.ann]])
			assert.deepEqual(await list(who, { status }), ids(each => each.status === status && (!customer || each.customer === customer)), `${who}, ${status}`);
	checkTable(await table.scan());
});

test('who is not answered at all is told so, and has said it once', { skip }, async t => {
	let silent = true;
	const between = await Between.start(t, { decide: action => silent && action === 'TransactWriteItems' ? 'silent' : undefined }), table = await between.table();
	const world = await World.open(t, { settings: table.settings });
	world.models.script(GPT, ['Hello.']);
	const refused = await callTool(world.server, 'chat_with_ai', { message: 'Hello?', idempotency_key: 'k1' }, as('ann'));
	assert.ok(refused.isError && /try again/.test(refused.content[0].text), JSON.stringify(refused));
	silent = false;
	const chat = await eventually(async () => !(await callTool(world.server, 'chat_with_ai', { message: 'Hello?', idempotency_key: 'k1' }, as('ann'))).isError, 'it is answered', 200000)
		.then(() => world.chat('ann', 'Hello?', { idempotency_key: 'k1' }));
	assert.deepEqual([chat.seq, chat.reply], [1, 'Hello.']);
	assert.deepEqual((await table.rows('select role from message order by seq')).map(({ role }) => role), ['customer', 'model']);
	checkTable(await table.scan());
});

test('it ends in time, whoever waits for a DynamoDB that is away', { skip }, async t => {
	const between = await Between.start(t), table = await between.table(), world = await World.open(t, { settings: table.settings });
	await between.go();
	const calls = Array.from({ length: 20 }, (_, i) => world.chat('ann', `Hello ${i}`).catch(() => {}));
	await world.server.says(/can't be reached/);
	const began = Date.now();
	await world.server.stop();
	world.server = { stop() {} };
	assert.ok(Date.now() - began < 15000, `${Date.now() - began} ms`);
	await Promise.all(calls);
});
