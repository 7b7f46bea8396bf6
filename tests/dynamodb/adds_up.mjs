// adds_up.mjs - whether all that is in a table of conversations adds up: messages are 1 to n, each once; what a key and a call point at is there; each
// is found by what it is looked for by; what models took for a customer is what its messages say; and nothing is there without its conversation.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexed, indexedMessage } from '../e2e/dynamodb.mjs';
import { root } from '../e2e/support.mjs';

const INDEXED = ['latest', 'status_part', 'day_part', 'moment', 'due_part', 'due_by'];
const text = value => JSON.stringify(value, (_, each) => typeof each === 'bigint' ? Number(each) : each);
const found = item => Object.fromEntries(INDEXED.filter(name => item[name] !== undefined).map(name => [name, item[name]]));

// Messages of a conversation against its head.
function checkConversation(head, its) {
	const where = text({ head, its });
	assert.ok(head.pk === `c#${head.id}` && head.version > 0n, where);
	assert.deepEqual(its.map(({ seq }) => Number(seq)), its.map((_, i) => i + 1), `not 1 to n, ${where}`);
	assert.equal(Number(head.messages ?? 0n), its.length, `counted wrongly, ${where}`);
	assert.ok(Number(head.answered ?? 0n) <= its.length, where);
	assert.ok(its.every(({ at }, i) => i === 0 || at >= its[i - 1].at), `not in order, ${where}`);
	assert.deepEqual(found(head), indexed(head), `found wrongly, ${where}`);
	for (const message of its) {
		assert.deepEqual([message.pk, message.sk], [head.pk, `m#${String(message.seq).padStart(12, '0')}`], where);
		assert.deepEqual(found(message), indexedMessage(message), `found wrongly, ${text(message)}`);
		assert.ok(message.answers === undefined || message.answers < message.seq, where);
	}
}

// What docs/support.md says that there is: in each of its rows what stands before a name, or a word alone.
const KINDS = [...readFileSync(join(root, 'docs/support.md'), 'utf8').matchAll(/^\| `(\w#)[^`]*` \| `(\w#)?([^`]+)` \|/gm)]
	.map(([, pk, sk, name]) => ({ pk, sk: sk ?? (name === name.toLowerCase() ? name : '') }));

const sum = list => list.reduce((all, each) => all + Number(each ?? 0n), 0);
const lines = list => list.map(text).toSorted();

// `items`: as Table.scan() has them. { conversations, messages } of it. `erased`: somebody was forgotten, so what was taken for them is not in messages.
export function checkTable(items, { erased = false } = {}) {
	const of = (pk, sk = '') => items.filter(item => item.pk.startsWith(pk) && item.sk.startsWith(sk));
	const heads = of('c#', 'head'), messages = of('c#', 'm#'), pointers = of('k#'), own = of('u#', 'c#'), taken = of('u#', 't#');
	for (const { pk, sk } of items)
		assert.ok(KINDS.some(kind => pk.startsWith(kind.pk) && sk.startsWith(kind.sk)), `docs/support.md does not say what ${pk} ${sk} is`);
	assert.equal([heads, messages, pointers, own, taken].flat().length, items.length, `something else: ${text(items.map(({ pk, sk }) => [pk, sk]))}`);
	const its = new Map(heads.map(head => [head.id, []])), customers = new Map(heads.map(({ id, customer }) => [id, customer]));
	for (const message of messages) {
		assert.ok(its.has(message.conversation_id), `no conversation of ${text(message)}`);
		its.get(message.conversation_id).push(message);
	}
	for (const head of heads)
		checkConversation(head, its.get(head.id).sort((a, b) => Number(a.seq - b.seq)));
	assert.deepEqual(lines(own.map(({ pk, sk, id }) => [pk, sk, id])), lines(heads.map(({ id, customer }) => [`u#${customer}`, `c#${id}`, id])), 'each is its customer’s');
	// Each message with a key, or of a call, has one pointer to it; and there are no others.
	const names = messages.flatMap(({ conversation_id, seq, role, author, call, idempotency_key: key }) => [
		...call ? [[`k#${call}`, 'call', conversation_id, seq]] : [], ...key !== undefined ? [[`k#${role}#${author}`, key, conversation_id, seq]] : []]);
	assert.deepEqual(lines(pointers.map(({ pk, sk, conversation_id, seq }) => [pk, sk, conversation_id, seq])), lines(names), 'what keys and calls point at');
	assert.equal(new Set(names.map(([pk, sk]) => `${pk} ${sk}`)).size, names.length, 'a key is of two messages');
	for (const customer of erased ? [] : new Set(customers.values()))
		assert.equal(sum(taken.filter(({ pk }) => pk === `u#${customer}`).map(each => each.taken)),
			sum(messages.filter(({ conversation_id }) => customers.get(conversation_id) === customer).flatMap(({ tokens_in, tokens_out }) => [tokens_in, tokens_out])), `taken for ${customer}`);
	return { conversations: heads, messages };
}
