// deadline.test.mjs - the running time of a call goes on being used up across its questions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgres, query, withoutPostgres } from './postgres.mjs';
import { beginSession, eventually, exchange, start, stateless } from './support.mjs';

const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));

// Calls a tool that asks, answers when `meanwhile` is done, and gives the last message.
async function askedOnce(server, name, meanwhile = async () => {}) {
	const session = await beginSession(server, '2025-11-25', { elicitation: {} });
	let seen = [];
	const done = exchange(server, { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: 'x',
		method: 'tools/call', params: { name, arguments: {} } }),
	until: events => { seen = events; return false; } });
	const question = () => messages(seen).find(each => each.method === 'elicitation/create');
	await eventually(question, 'no question');
	await meanwhile();
	const taken = await exchange(server, { headers: session, body: JSON.stringify({ jsonrpc: '2.0',
		id: question().id, result: { action: 'accept', content: { sure: true } } }) });
	assert.equal(taken.status, 202);
	return messages((await done).events).at(-1);
}

test('a call that has none left is not run again with the answer', async () => {
	const server = await start('probe');
	assert.match((await askedOnce(server, 'tire')).error?.message, /took longer/);
	assert.equal((await askedOnce(server, 'consent')).result.content[0].text, 'Sure 1 times.');
	await server.stop();
});

test('one that waits for a change has the time it may take, and then a last look', { timeout: 120000 }, async () => {
	const server = await start('probe');
	const call = async (name, ever) => (await exchange(server, stateless('tools/call',
		{ name, arguments: { ever } }))).json;
	for (const name of ['linger', 'linger_blocking']) {
		const [seen, unseen] = await Promise.all([call(name, false), call(name, true)]);
		assert.equal(seen.result?.content[0].text, 'It never came.', JSON.stringify(seen));
		assert.match(unseen.error?.message, /took longer/, JSON.stringify(unseen));
	}
	await server.stop();
});

test('nor where the database has it meanwhile', { skip: withoutPostgres }, async () => {
	const database = `deadline-${process.pid}`;
	await (await postgres()).create(database);
	const url = (await postgres()).of(database);
	const server = await start('probe', { DATABASE_URL: url });
	assert.match((await askedOnce(server, 'consent', async () => {
		const [, ms] = /"left":(\d+)/.exec(await query(url, 'select record from mcp_call'));
		assert.ok(ms > 0 && ms <= 55000, ms);
		await query(url, `update mcp_call set record = regexp_replace(record, '"left":[0-9]+', '"left":0')`);
	})).error?.message, /took longer/);
	assert.equal((await askedOnce(server, 'consent')).result.content[0].text, 'Sure 1 times.');
	await server.stop();
	await (await postgres()).stop();
});
