// mistakes_store.test.mjs - what a program does wrong with its store has failed, whoever runs it and whatever it says of that.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { beginSession, callTool, databaseUrl, eventually, exchange, onPostgres, root, run, start, stateless, temporary, timesSaid } from './support.mjs';
import { clientOf } from './tasks.mjs';

const database = onPostgres ? 'postgresql' : 'sqlite';
const column = onPostgres ? 'column "colour" does not exist' : 'no such column: colour';
const misspelt = `${database}: select colour from unused: ${column}`;
const late = what => `it wrote to the store and then ${what}, so it is run again from the top and would write again:`
	+ ' look and ask first, act after';
const page = readFileSync(join(root, 'docs/mistakes.md'), 'utf8');
const count = (text, part) => text.split(part).length - 1;
const canAsk = { elicitation: {} };
const tasks = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const failed = [-32603, 'The server failed to answer; its log says why.'];

let server;
before(async () => { server = await start('probe', { MISTAKES: 'answer', LOG_FORMAT: 'text', MISTAKEN_JOB: '1' }); });
const calls = new Map;                  // how many failed by each mistake
after(async () => {
	await server.stop();
	for (const [words, times] of calls)
		assert.ok(timesSaid(server.log, words) >= times, `${times} times: ${words}\n${server.log}`);
});

// One request of each era; the last message is its answer.
const lastOf = ({ events, text }) => JSON.parse(events.length ? events.findLast(event => event.data).data : text);
async function inSession(method, params, revision, capabilities = {}) {
	const headers = await beginSession(server, revision, capabilities);
	return lastOf(await exchange(server, { headers, body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, params }) }));
}
const alone = async (method, params, capabilities = {}) =>
	lastOf(await exchange(server, stateless(method, params, { capabilities })));
const using = (tool, how) => ({ name: tool, arguments: { how } });

async function fails(call, words) {
	calls.set(words, (calls.get(words) ?? 0) + 1);
	const message = await call();
	assert.deepEqual([message.error?.code, message.error?.message], failed, JSON.stringify(message));
	await eventually(() => count(server.log, words) > 0, words);
}

const template = 'mistaken://{how}';
for (const [what, who, method, params] of [
	['a tool', 'tool mistaken_store', 'tools/call', using('mistaken_store', 'unknown column')],
	['a tool on a loop', 'tool mistaken_reads', 'tools/call', using('mistaken_reads', 'unknown column')],
	['a tool that says nothing of it', 'tool mistaken_reads', 'tools/call', using('mistaken_reads', 'overlooks')],
	['a resource', `resource ${template}`, 'resources/read', { uri: 'mistaken://unknown%20column' }],
	['a prompt', 'prompt mistaken', 'prompts/get', using('mistaken', 'unknown column')],
	['a completion', `resource ${template}`, 'completion/complete',
		{ ref: { type: 'ref/resource', uri: template }, argument: { name: 'how', value: 'x' } }],
])
	test(`${what} with a statement that can't be prepared has failed in every revision`, async () => {
		const words = `a mistake of the ${who}: ${misspelt}`;
		await fails(() => alone(method, params), words);
		for (const revision of ['2025-11-25', '2025-06-18', '2025-03-26'])
			await fails(() => inSession(method, params, revision), words);
	});

test('who may see a resource is not known where that statement is wrong', async () => {
	const uri = 'mistaken://x';
	await fails(() => inSession('resources/subscribe', { uri }, '2025-11-25'), `a mistake of the resource ${template}: ${misspelt}`);
});

test('a task has failed by it too', async () => {
	const client = clientOf(() => [server]);
	const task = await client.until(await client.create('mistaken_store', { how: 'begins and misspells' }), 'completed', 'failed');
	assert.deepEqual([task.status, task.error?.code, task.error?.message], ['failed', ...failed]);
	await server.says(new RegExp(`a mistake of the tool mistaken_store: ${misspelt}`));
});

test('a job is named', () => eventually(() => server.log.includes(`a mistake of the job mistaken_job: ${misspelt}`), 'the job'));

test('a command is named, and has failed', async () => {
	const folder = temporary();
	const { status, stderr } = await run('probe', ['mistaken'],
		{ folder, env: { MISTAKES: 'answer', DATABASE_URL: await databaseUrl('probe', folder) } });
	assert.equal(status, 1);
	assert.ok(stderr.includes(`a mistake of the command mistaken: ${misspelt}`), stderr);
});

test('what only the database can know is no mistake, and the tool answers', async () => {
	const before = count(server.log, 'a mistake of');
	const { isError, content } = await callTool(server, 'mistaken_store', { how: 'constraint' });
	assert.deepEqual([isError, content[0].text], [true, 'It is there already.']);
	assert.equal(count(server.log, 'a mistake of'), before);
});

// [how, what it did, as docs/mistakes.md has it]
const afterWrites = [
	['writes and asks', 'asked "sure"', 'a question behind a change'],
	['transacts and asks', 'asked "sure"', null],
	['writes and begins', 'called mcp_begin_task()', '`mcp_begin_task()` behind a change'],
];
for (const [how, did] of afterWrites)
	test(`${how}: it is written once, and nobody is asked`, async () => {
		await callTool(server, 'mistaken_store', { how: 'clears' });
		const can = { ...canAsk, ...tasks };
		await fails(() => alone('tools/call', using('mistaken_store', how), can), `a mistake of the tool mistaken_store: ${late(did)}`);
		assert.equal((await callTool(server, 'mistaken_store', { how: 'counts' })).content[0].text, 'There are 1.');
	});

test('in a session too', async () => {
	await callTool(server, 'mistaken_store', { how: 'clears' });
	await fails(() => inSession('tools/call', using('mistaken_store', 'writes and asks'), '2025-11-25', canAsk),
		`a mistake of the tool mistaken_store: ${late('asked "sure"')}`);
});

for (const how of ['takes back and asks', 'changes nothing and asks'])
	test(`${how}: that is no mistake`, async () => {
		await callTool(server, 'mistaken_store', { how: 'clears' });
		const { result } = await alone('tools/call', using('mistaken_store', how), canAsk);
		assert.equal(result.resultType, 'input_required');
		const { result: answered } = await alone('tools/call', { ...using('mistaken_store', how), requestState: result.requestState,
			inputResponses: { sure: { action: 'accept', content: { sure: true } } } }, canAsk);
		assert.equal(answered.content[0].text, 'There are 0.');
	});

test('a client that cannot be asked is told so', async () => {
	const { error } = await alone('tools/call', using('mistaken_store', 'writes and asks'));
	assert.equal(error.code, -32021);
});

const noNumber = on => `${on}: select 'seven' as id: the column id is a text that is no number, and its field takes one: it is 0`;
test('a text where a field takes a number is 0, the log says it, and the call goes on', async () => {
	for (const call of [params => alone('tools/call', params), params => inSession('tools/call', params, '2025-11-25')]) {
		const { result } = await call(using('mistaken_store', 'no number'));
		assert.equal(result.content[0].text, 'Number 0.');
	}
	await eventually(() => server.log.includes(`a mistake of the tool mistaken_store: ${noNumber(database)}`), 'the line');
	assert.ok(page.includes(`\n| a column of text whose field takes a number | \`${noNumber('sqlite')}\` |`));
});

for (const how of ['unknown column', 'no number', 'writes and asks'])
	test(`${how}: where mistakes stop, the process says it and ends`, async () => {
		const strict = await start('probe', { MISTAKES: 'stop', LOG_FORMAT: 'text' });
		await assert.rejects(exchange(strict, stateless('tools/call', using('mistaken_store', how), { capabilities: canAsk })));
		const { signal, stderr } = await strict.ended;
		assert.equal(signal, 'SIGABRT');
		assert.equal(count(stderr, 'a mistake of the tool mistaken_store: '), 1, stderr);
	});

test('the page has each of them', () => {
	for (const [how, did, mistake] of afterWrites.filter(([, , mistake]) => mistake))
		assert.ok(page.includes(`\n| ${mistake} | \`${late(did)}\` |`), how);
	assert.ok(page.includes('`no such column: colour`') && page.includes('`column "colour" does not exist`'));
});
