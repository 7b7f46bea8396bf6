// dynamodb.mjs - conversations in DynamoDB, where tests/dynamodb.sh runs the tests: a table for each folder of a support server, and what is in it
// told as the rows of a database would.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export const dynamodbUrl = process.env.DYNAMODB_URL;

const KEY = 'AKIATESTS', REGION = 'eu-central-1';
const definition = JSON.parse(readFileSync(new URL('../../support/items/table.json', import.meta.url), 'utf8'));

// Names as support's tables have them; all others are numbers.
const texts = {
	conversation: ['id', 'customer', 'status', 'reason', 'contact', 'person', 'comment', 'summary', 'turn_steps', 'turn_text'],
	message: ['conversation_id', 'role', 'author', 'text', 'cards', 'steps', 'cut', 'idempotency_key'],
};
const numbers = {
	conversation: ['started_at', 'updated_at', 'messages', 'answered', 'waiting_since', 'sentiment', 'low_count', 'failed_turns', 'rating', 'summary_to', 'turn_seq', 'turn_owner',
		'turn_until', 'turn_asks'],
	message: ['seq', 'at', 'answers', 'tokens_in', 'tokens_out', 'tokens_cached', 'call'],
};

const sorted = number => String(number).padStart(19, '0');
const attributes = all => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== 0n && value !== 0)
	.map(([name, value]) => [name, typeof value === 'string' ? { S: value } : { N: String(value) }]));
const plain = item => Object.fromEntries(Object.entries(item).map(([name, { S, N }]) => [name, S ?? (/^-?\d+$/.test(N) ? BigInt(N) : Number(N))]));

const HOUR_MS = 3600000n, DAY_MS = 24n * HOUR_MS, PARTS = 4;

// FNV-1a, as support/items/item_index.c has it.
function partOf(id) {
	let hash = 2166136261;
	for (const byte of Buffer.from(id))
		hash = Math.imul(hash ^ byte, 16777619) >>> 0;
	return ((hash ^ (hash >>> 16)) >>> 0) % PARTS;
}

// By what a conversation and a message are found, beside their keys.
export function indexed(head) {
	const latest = `${sorted(head.updated_at)}#${head.id}`, part = partOf(head.id), { status } = head;
	const place = () => [String(BigInt(head.waiting_since) / 300000n).padStart(12, '0'), String(Math.trunc((Number(head.sentiment ?? 0) + 2) * 1e6)).padStart(7, '0'),
		sorted(head.waiting_since), head.id].join('#');
	return { latest, status_part: `${status}#${part}`,
		...!head.erasing && { day_part: `begun#${BigInt(head.started_at) / DAY_MS}#${part}`, moment: `${sorted(head.started_at)}#${head.id}` },
		...!head.erasing && status === 'waiting' && { due_part: 'waiting', due_by: place() },
		...!head.erasing && status === 'open' && (head.answered ?? 0) < head.messages && { due_part: `unanswered#${part}`, due_by: latest } };
}

export const indexedMessage = message => ({ day_part: `said#${BigInt(message.at) / DAY_MS}#${partOf(message.conversation_id)}`,
	moment: `${sorted(message.at)}#${message.conversation_id}#${message.seq}` });

export class Table {
	static async make(name = `tests-${randomUUID()}`) {
		const table = new Table();
		Object.assign(table, { name, settings: { HISTORY: `dynamodb:${name}`, AWS_ENDPOINT_URL_DYNAMODB: dynamodbUrl, AWS_REGION: REGION, AWS_ACCESS_KEY_ID: KEY,
			AWS_SECRET_ACCESS_KEY: 'secret', AWS_EC2_METADATA_DISABLED: 'true' } });
		await table.ask('CreateTable', { TableName: name, ...definition });
		return table;
	}

	// The stand-in does not look at the signature.
	async ask(action, body) {
		const answer = await fetch(dynamodbUrl, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/x-amz-json-1.0',
			'X-Amz-Target': `DynamoDB_20120810.${action}`, Authorization: `AWS4-HMAC-SHA256 Credential=${KEY}/20260101/${REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=tests` } });
		const text = await answer.text();
		assert.equal(answer.status, 200, `${action}: ${text}`);
		return JSON.parse(text);
	}

	// All there is, as DynamoDB has it.
	async scan() {
		const all = [];
		let ExclusiveStartKey;
		do {
			const { Items, LastEvaluatedKey } = await this.ask('Scan', { TableName: this.name, ConsistentRead: true, ...ExclusiveStartKey && { ExclusiveStartKey } });
			all.push(...Items.map(plain));
			ExclusiveStartKey = LastEvaluatedKey;
		} while (ExclusiveStartKey);
		return all;
	}

	async put(items) {
		for (let i = 0; i < items.length; i += 25)
			await this.ask('BatchWriteItem', { RequestItems: { [this.name]: items.slice(i, i + 25).map(item => ({ PutRequest: { Item: attributes(item) } })) } });
	}

	// Rows of a database, as support itself would have written them.
	async take(conversations, messages) {
		const words = id => messages.filter(message => message.conversation_id === id && message.role !== 'note').map(({ text }) => text);
		await this.put(conversations.map(head => ({ pk: `c#${head.id}`, sk: 'head', ...head, version: 1, ...indexed(head), first_words: words(head.id)[0], latest_words: words(head.id).at(-1) })));
		await this.put(conversations.map(({ id, customer }) => ({ pk: `u#${customer}`, sk: `c#${id}`, id })));
		await this.put(messages.map(message => ({ pk: `c#${message.conversation_id}`, sk: `m#${String(message.seq).padStart(12, '0')}`, ...message, ...indexedMessage(message) })));
	}

	// What a query finds in it, asked of a database that is filled with it for the purpose.
	async rows(sql) {
		const database = new DatabaseSync(':memory:'), items = await this.scan();
		for (const [table, begin] of [['conversation', 'head'], ['message', 'm#']]) {
			const names = [...texts[table], ...numbers[table]];
			database.exec(`create table ${table} (${[...texts[table].map(name => `${name} text`), ...numbers[table].map(name => `${name} numeric default 0`)].join()})`);
			const insert = database.prepare(`insert into ${table} values (${names.map(() => '?').join()})`);
			for (const item of items.filter(({ sk }) => sk.startsWith(begin)))
				insert.run(...texts[table].map(name => item[name] ?? null), ...numbers[table].map(name => item[name] ?? (name === 'sentiment' ? null : 0)));
		}
		const statement = database.prepare(sql);
		statement.setReadBigInts(true);
		return statement.all().map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])));
	}
}
