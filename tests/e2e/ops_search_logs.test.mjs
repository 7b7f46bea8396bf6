// ops_search_logs.test.mjs - lines of a service's log: search_logs against a double of AWS, in each case that AWS makes for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases, startAws, startOps } from '../aws/ops.mjs';
import { ask, callTool } from './support.mjs';

const at = 1.795e12;
const ours = more => JSON.stringify({ time: '2026-11-18T09:46:40.000Z', level: 'error', ...more });
const event = (message, seconds = 0) => ({ eventId: `${seconds}`, logStreamName: 'service/products/1', message, timestamp: at + seconds * 1000,
	ingestionTime: at });
const page = (events, nextToken) => ({ events, searchedLogStreams: [], ...nextToken && { nextToken } });
const FILTER = 'logs FilterLogEvents';
const inputs = aws => aws.calls.map(({ input }) => JSON.parse(input));

cases('search_logs', { service: 'products', text: 'say "a\\b"', level: 'error' }, {
	script: { [FILTER]: page([
		event(ours({ id: 'a', message: 'store: the database does not answer' }), 3),
		event('Killed', 2),
		event(ours({ id: 'b', message: 'store: the database does not answer' }), 1),
		event(ours({ level: 'info', id: 'c', method: 'tools/call', target: 'search_products', caller: 'alice', outcome: 'ok', status: 200, ms: 1.25,
			trace: '4bf92f3577b34da6a3ce929d0e0e4736' }), 0)]) },
	empty: { [FILTER]: page([]) },
	fine: ({ structuredContent: { lines, events, more, gaps } }, aws) => {
		assert.deepEqual(lines.map(({ level, message, count, request_id }) => [level, message, count, request_id]), [
			['error', 'store: the database does not answer', 2, 'a'], [undefined, 'Killed', 1, undefined],
			['info', 'tools/call search_products: ok (HTTP 200)', 1, 'c']]);
		assert.deepEqual([lines[0].first, lines[0].last].map(Date.parse), [at + 1000, at + 3000]);
		assert.deepEqual([lines[2].ms, lines[2].caller, lines[2].trace], [1.25, 'alice', '4bf92f3577b34da6a3ce929d0e0e4736']);
		assert.deepEqual([events, more, gaps], [4, false, []]);
		const { logGroupName, filterPattern, limit, startFromHead, startTime, endTime } = inputs(aws).at(-1);
		assert.deepEqual([logGroupName, filterPattern, limit, startFromHead, endTime - startTime],
			['/shop-dev/services/products', '"\\"level\\":\\"error\\"" "say \\"a\\\\b\\""', 50, false, 3600000]);
	},
	nothing: ({ structuredContent: { lines, events, more, gaps } }) => assert.deepEqual([lines, events, more, gaps], [[], 0, false, []]),
	missing: ({ structuredContent: { lines, gaps } }, why) => {
		assert.deepEqual(lines, []);
		assert.match(gaps[0].why, why);
	},
});

const world = async (t, ...pages) => {
	const aws = await startAws(t, { [FILTER]: pages });
	return { aws, server: await startOps(t, aws.url) };
};

test('pages without a line are gone past, and what is left is behind a cursor', async t => {
	const { aws, server } = await world(t, page([], 't1'), page([event('a'), event('a')], 't2'), page([event('b')], 't3'), page([event('c')]));
	const first = await ask(server, 'search_logs', { service: 'products', limit: 2, newest_first: false });
	assert.deepEqual([first.lines.map(({ message, count }) => [message, count]), first.more], [[['a', 2], ['b', 1]], true]);
	assert.deepEqual(inputs(aws).map(({ nextToken, limit }) => [nextToken, limit]), [[undefined, 2], ['t1', 2], ['t2', 1]]);
	const rest = await ask(server, 'search_logs', { service: 'products', cursor: first.next_cursor });
	assert.deepEqual([rest.lines.map(({ message }) => message), rest.more, rest.next_cursor], [['c'], false, undefined]);
	const { nextToken, startFromHead, startTime, endTime } = inputs(aws).at(-1);
	assert.deepEqual([nextToken, startFromHead, startTime, endTime], ['t3', true, inputs(aws)[0].startTime, inputs(aws)[0].endTime]);
	const { content } = await callTool(server, 'search_logs', { service: 'orders', cursor: first.next_cursor });
	assert.match(content[0].text, /does not belong/);
});

test('pages that never end are eight, and then the caller\'s to go on with', async t => {
	const { aws, server } = await world(t, ...Array.from({ length: 9 }, (_, i) => page([], `on ${i}`)));
	const { lines, more, next_cursor } = await ask(server, 'search_logs', { service: 'products' });
	assert.deepEqual([lines, more, typeof next_cursor, aws.calls.length], [[], true, 'string', 8]);
});

test('a page that names itself as the next is the last', async t => {
	const { aws, server } = await world(t, page([event('a')], 'same'));
	const { lines, more } = await ask(server, 'search_logs', { service: 'products' });
	assert.deepEqual([lines[0].count, more, aws.calls.length], [2, false, 2]);
});

test('what lines say is data: no secret, no control character, no more than a thousand bytes', async t => {
	const { server } = await world(t, page([event(ours({ message: 'password=hunter2 \u001b[31m \u202e' })), event(`Bearer ${'a1'.repeat(30)}`),
		event('é'.repeat(700)), event('{"level":"error","message":'), event('{"level":7}'), event('')]));
	const { lines } = await ask(server, 'search_logs', { service: 'products' });
	assert.deepEqual(lines.map(({ message }) => message), ['password=*** \ufffd[31m ', 'Bearer ***', `${'é'.repeat(500)}…`,
		'{"level":"error","message":', '{"level":7}', ' ']);
});

test('what cannot be looked for is told, with what can', async t => {
	const { server } = await world(t, page([]));
	for (const [wrong, words] of [[{ service: 'x"y' }, /There is no service .*products, orders/], [{ service: 'products', since: 'soon' }, /30m/],
		[{ service: 'products', since: '1h', until: '2h' }, /not before/], [{ service: 'products', until: '2h x' }, /30m/]])
		assert.match((await callTool(server, 'search_logs', wrong)).content[0].text, words);
});
