// mistakes.test.mjs - what a tool must not do ends its call, in words for its operator, and nobody else's; or, where
// that is asked for, the process.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { beginSession, callTool, eventually, exchange, meta, root, start, stateless, timesSaid } from './support.mjs';

// [tool, how, as docs/mistakes.md has it, what is logged]
const mistakes = [
	['mistaken', 'no answer', 'no answer',
		'it returned MCP_ANSWERED and gave no answer: return what mcp_return(), mcp_say(), mcp_fail() or the like returns'],
	['mistaken_blocking', 'two answers', 'two answers',
		'it answered twice: return what the first of mcp_return(), mcp_say(), mcp_fail() or the like returns'],
	['mistaken', 'waits for nothing', '`MCP_WAITING` without a question',
		'it returned MCP_WAITING and waits for nothing: return that where mcp_ask() is MCP_PENDING, or what mcp_wait() returns'],
	['mistaken', 'undeclared', '`mcp_return()` without `out`',
		'it called mcp_return() and has no .out: write the shape that it returns there, or use mcp_say()'],
	['mistaken_struct', 'null', '`mcp_return()` of nothing', 'it called mcp_return() with NULL: return a struct of its .out'],
	['mistaken_struct', 'another shape', '`mcp_return()` of another shape', 'it called mcp_return() with another shape than its .out'],
	['mistaken_struct', 'lacks required', 'a required member that is NULL',
		'what it returned has no name, which is .required in its .out: fill it in, or leave .required out'],
	['mistaken_struct', 'lacks in a list', null,
		'what it returned has no name, which is .required in its .out: fill it in, or leave .required out'],
	['mistaken_struct', 'lacks items', 'a count of what is not there',
		'what it returned has no parts, which is .required in its .out: fill it in, or leave .required out'],
	['mistaken_struct', 'lacks a time', 'a required time that is 0',
		'what it returned has no at, which is .required in its .out: fill it in, or leave .required out'],
	['mistaken_struct', 'json for a struct', 'JSON where a struct was declared',
		'it called mcp_return_json(), which is for a tool with .out_schema: use mcp_return(), or mcp_say()'],
	['mistaken_struct', 'blocks for a struct', 'blocks where a struct was declared',
		'it has an .out, and answered with mcp_done(): use mcp_return(), or mcp_fail() where there is nothing of it'],
	['mistaken_struct', 'words for a struct', 'words where a struct was declared',
		'it has an .out, and answered with mcp_say(): use mcp_return(), or mcp_fail() where there is nothing of it'],
	['mistaken_blocking', 'broken json', 'an answer that is not JSON',
		'it called mcp_return_json() with what is not JSON: make it with mcp_json(), or check what it is made of'],
	['mistaken_blocking', 'deep json', 'an answer that is nested too deeply',
		'it called mcp_return_json() with JSON of more levels than 64, which is DEPTH_MAX: nest it less deeply'],
	['mistaken', 'broken form', 'a form that is not JSON',
		'it called mcp_ask_json() with what is not JSON: make it with mcp_json(), or check what it is made of'],
	['mistaken', 'broken sample', 'a request to a model that is not JSON',
		'it called mcp_sample() with what is not JSON: make it with mcp_json(), or check what it is made of'],
	['mistaken', 'no role', 'a message with another role',
		'a message has the role "system": there are "user" and "assistant"'],
	['mistaken', 'half a block', 'a block that is not whole',
		'a block of its answer is not whole: MCP_IMAGE must have .bytes and .mime'],
	['mistaken_blocking', 'answers and waits', 'an answer and `MCP_WAITING`',
		'it answered and returned MCP_WAITING: return what mcp_return(), mcp_say(), mcp_fail() or the like returns, or wait and do not answer'],
	['mistaken', 'waits for null', '`mcp_wait()` for nothing', 'it called mcp_wait() with NULL: pass the URI of what it waits for'],
	['mistaken', 'no block', '`mcp_add()` of nothing', 'a block of its answer is NULL: pass a struct mcp_content'],
	['mistaken_blocking', 'unannounced task', '`mcp_begin_task()` of a tool that is never a task',
		'it called mcp_begin_task(), and its entry does not say so: write .asks_first = true'],
	['mistaken', 'no level', 'a level that is none', 'it called mcp_log() with the level 8: there are MCP_DEBUG to MCP_EMERGENCY'],
	['mistaken_json', 'no object', 'JSON that is no object, where that was declared',
		'it called mcp_return_json() with no object, and its .out_schema is one\'s: write {...}'],
	['mistaken_json', 'another object', 'JSON that its schema does not allow',
		'what it returned is not what its .out_schema describes: items[1].name must be a string, not a number'],
	['mistaken', 'form that is a list', 'a form or request to a model that is no object',
		'it called mcp_ask_json() with JSON that is no object: write {...}'],
	['mistaken_json', 'only a block', 'blocks where JSON was declared',
		'it has an .out_schema, and answered with mcp_done(): use mcp_return_json(), or mcp_fail() where there is nothing of it'],
	['mistaken_json', 'only words', 'words where JSON was declared',
		'it has an .out_schema, and answered with mcp_say(): use mcp_return_json(), or mcp_fail() where there is nothing of it'],
];
// [tool, how, as docs/mistakes.md has it, what is logged, what the call answers all the same]
const harmless = [
	['mistaken', 'no format', 'a text of others as a format',
		'"Reduced by 10%" is no format: write "%s" for a text that is not written in the program', 'Reduced by 10%'],
	['mistaken', 'null format', null, '"NULL" is no format: write "%s" for a text that is not written in the program', ''],
	['mistaken', 'no setting', 'a setting that is in no table', 'there is no setting COLOUR: add it to settings', 'None 0'],
	['mistaken', 'notes what a line has', 'a note of no name',
		'mcp_note() of "id": write up to 24 small letters and _, and no name that a line of the log has anyway', 'Noted.'],
	['mistaken_blocking', 'changes null', 'a change of nothing', 'mcp_changed() of NULL: pass the URI of what changed', 'Changed.'],
	['mistaken', 'may what is not there', 'a scope that is mistyped, where `.scopes` has all there are',
		'mcp_may() of "probe:raed", which is not in .scopes: write one of a:b products:read products:write probe:read, or add it there',
		'It may.'],
	['mistaken_blocking', 'changes null', 'somebody at no URI',
		'mcp_present() of probe://a b: pass a URI without blanks and who is there, 1000 bytes together at most', 'Changed.'],
	['mistaken_blocking', 'changes null', 'who follows what does not say so',
		'mcp_followers() of probe://a: write .tells_followers = true in the row of that resource', 'Changed.'],
	['mistaken_blocking', 'changes null', 'a change of no list',
		'mcp_list_changed() of 3: there are MCP_TOOLS, MCP_PROMPTS and MCP_RESOURCES', 'Changed.'],
];
const ignored = [
	['mistaken', 'ignores a question', 'a question that is ignored',
		'it asked "sure" and answered without the answer: return MCP_WAITING where mcp_ask() is MCP_PENDING', 'Done all the same.'],
	['mistaken', 'fails instead of asking', 'a question whose `MCP_PENDING` fell to a `default` that fails',
		'it asked "sure" and failed without the answer: return MCP_WAITING where mcp_ask() is MCP_PENDING, or fail before it asks',
		'The person said no.'],
];

const said = (tool, words) => `a mistake of the tool ${tool}: ${words}`;
const count = (text, part) => text.split(part).length - 1;

let server;
before(async () => { server = await start('probe', { MISTAKES: 'answer', LOG_FORMAT: 'text' }); });
const calls = new Map;                  // how many made each mistake
after(async () => {
	await server.stop();
	for (const [words, times] of calls)
		assert.equal(timesSaid(server.log, words), times, `${words}\n${server.log}`);
});

const calledFor = words => calls.set(words, (calls.get(words) ?? 0) + 1);

async function inSession(tool, how, revision) {
	const headers = await beginSession(server, revision);
	return exchange(server, { headers, body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call',
		params: { name: tool, arguments: { how } } }) });
}
const alone = (tool, how, at = server, capabilities = {}) =>
	exchange(at, stateless('tools/call', { name: tool, arguments: { how } }, { capabilities }));

for (const [tool, how, , words] of mistakes)
	test(`${how}: the call has failed, and the log says why, once for each call`, async () => {
		for (const call of [() => alone(tool, how), () => inSession(tool, how, '2025-11-25'), () => inSession(tool, how, '2025-03-26')]) {
			calledFor(said(tool, words));
			const { json } = await call();
			assert.deepEqual([json.error.code, json.error.message], [-32603, 'The server failed to answer; its log says why.']);
			await eventually(() => count(server.log, said(tool, words)) > 0, words);
		}
		assert.match((await callTool(server, 'mistaken', { how: 'none' })).content[0].text, /no such mistake/);
	});

for (const [tool, how, , words] of [...mistakes.filter((_, i) => i % 5 === 0), ...ignored])
	test(`${how}: where mistakes stop, the process says it and ends`, async () => {
		const strict = await start('probe', { MISTAKES: 'stop', LOG_FORMAT: 'text' });
		await assert.rejects(alone(tool, how, strict, { elicitation: {} }));
		const { signal, stderr } = await strict.ended;
		assert.equal(signal, 'SIGABRT');
		assert.equal(count(stderr, said(tool, words)), 1, stderr);
	});

for (const [tool, how, mistake, words, answer] of harmless)
	test(`${mistake ?? how}: the log says it, and the call goes on`, async () => {
		for (const call of [() => alone(tool, how), () => inSession(tool, how, '2025-11-25')]) {
			const { json } = await call();
			assert.equal(json.result.content[0].text, answer);
		}
		await server.says(new RegExp(`of the tool ${tool}: ${words.replace(/[()?.]/g, '\\$&')}`));
	});

test('what is done wrong for each of many rows is told once a call', async () => {
	const many = await start('probe', { MISTAKES: 'answer', LOG_FORMAT: 'text' });
	const words = said('mistaken', 'mcp_changed() of NULL');
	for (let call = 0; call < 3; call++)
		await alone('mistaken', 'again and again', many);
	await many.stop();
	assert.equal(timesSaid(many.log, words), 3);
});

test('what each call does wrong is written once, and how often it was', async () => {
	const many = await start('probe', { MISTAKES: 'answer', LOG_FORMAT: 'text' });
	for (let call = 0; call < 50; call++)
		await alone('mistaken', 'no answer', many);
	await many.stop();
	assert.match(many.log, /gave no answer: return .* the like returns \(49 more times in \d+ s\)/);
	assert.equal(count(many.log, 'gave no answer'), 2);
});

test('who answers and asks has failed, and nobody is asked', async () => {
	const { json } = await alone('mistaken', 'answers and asks', server, { elicitation: {} });
	assert.equal(json.error?.code, -32603);
});

// A worker that is run again at once has used no time.
for (const how of ['waits for no time', 'changes what it waits for'])
	test(`a tool that ${how} ends at its deadline`, async () => {
		const hasty = await start('probe', { MISTAKES: 'answer', CALL_DEADLINE: '500ms' });
		const { json } = await alone('mistaken_blocking', how, hasty);
		assert.match(json.error.message, /^This took longer than/);
		await hasty.stop();
	});

for (const [tool, how, mistake, words, answer] of ignored)
	test(`${mistake}: the log says it, and the call goes on`, async () => {
		const { json } = await alone(tool, how, server, { elicitation: {} });
		assert.equal(json.result.content[0].text, answer);
		await eventually(() => count(server.log, said(tool, words)) === 1, words);
	});

test('who can ask nobody may fail, and nothing is said of it', async () => {
	const quiet = await start('probe', { MISTAKES: 'stop', LOG_FORMAT: 'text' });
	const { json } = await alone('mistaken', 'fails instead of asking', quiet);
	assert.equal(json.result.content[0].text, 'The person said no.');
	await quiet.stop();
	assert.equal(count(quiet.log, 'a mistake of'), 0);
});

test('text that is not UTF-8 is mended, and the log says whose it was', async () => {
	const { json } = await alone('mistaken', 'no text');
	assert.equal(json.result.content[0].text, 'caf\ufffd');
	await server.says(/the tool mistaken answered with text that is not UTF-8: U\+FFFD stands for what is none/);
});

// Clients throw away a success without what the outputSchema describes.
test('JSON is structured whatever is before it', async () => {
	for (const [revision, call] of [['2026-07-28', how => alone('mistaken_json', how)],
		...['2025-11-25', '2025-06-18'].map(revision => [revision, how => inSession('mistaken_json', how, revision)])])
		assert.deepEqual((await call('json behind blanks')).json.result.structuredContent, { a: 1 }, revision);
});

// A line break would end the event in the middle, and no client could read it.
test('JSON of several lines is one event, in every revision', async () => {
	const { events } = await exchange(server, stateless('tools/call', { name: 'mistaken', arguments: { how: 'json of lines' },
		_meta: { ...meta(), progressToken: 1 } }));
	assert.equal(events.length, 2);
	assert.deepEqual(JSON.parse(events[1].data).result.structuredContent, { type: 'object', properties: {} });

	const headers = await beginSession(server, '2025-11-25', { elicitation: {} });
	const { events: asked } = await exchange(server, { headers, until: events => events.some(event => /elicitation/.test(event.data)),
		body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call',
			params: { name: 'mistaken', arguments: { how: 'form of lines' } } }) });
	assert.deepEqual(JSON.parse(asked.at(-1).data).params.requestedSchema, { type: 'object', properties: {} });
});

test('the page has each of them', () => {
	const page = readFileSync(join(root, 'docs/mistakes.md'), 'utf8');
	for (const [, how, mistake, words] of [...mistakes, ...harmless, ...ignored].filter(([, , mistake]) => mistake))
		assert.ok(page.includes(`\n| ${mistake} | \`${words}\` |`), how);
});
