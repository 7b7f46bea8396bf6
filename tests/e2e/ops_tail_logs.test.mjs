// ops_tail_logs.test.mjs - lines while they come: tail_logs against a double of AWS.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { cases, startAws, startOps } from '../aws/ops.mjs';
import { ask, beginSession, callTool, eventually, exchange, stateless } from './support.mjs';

const FILTER = 'logs FilterLogEvents';
const event = (eventId, message, timestamp = Date.now()) => ({ eventId, message, timestamp });
const line = { id: 'r-1', level: 'error', message: 'it failed, password=x' };

cases('tail_logs', { service: 'products', seconds: 1 }, {
	script: { [FILTER]: { events: [event('1', JSON.stringify(line)), event('2', 'Killed')] } },
	empty: { [FILTER]: { events: [] } },
	fine: ({ structuredContent: { lines, seen, left_out, gaps } }, aws) => {
		assert.deepEqual(lines.map(({ level, message, request_id }) => [level, message, request_id]),
			[['error', 'it failed, password=***', 'r-1'], [undefined, 'Killed', undefined]]);
		assert.deepEqual([seen, left_out, gaps], [2, 0, []]);
		const { logGroupName, startFromHead, startTime } = JSON.parse(aws.calls[0].input);
		assert.deepEqual([logGroupName, startFromHead], ['/shop-dev/services/products', true]);
		assert.ok(Math.abs(Date.now() - startTime) < 60000);
	},
	nothing: ({ structuredContent: { lines, seen, gaps } }) => assert.deepEqual([lines, seen, gaps], [[], 0, []]),
	missing: ({ structuredContent: { lines, gaps } }, why) => {
		assert.deepEqual(lines, []);
		assert.match(gaps[0].why, why);
	},
});

test('each line is told once, while it comes', async t => {
	const now = Date.now(), a = event('1', 'a', now), b = event('2', 'b', now + 1);
	const aws = await startAws(t, { [FILTER]: [{ events: [a] }, { events: [a, b] }] }), server = await startOps(t, aws.url);
	const { events } = await exchange(server, stateless('tools/call', { name: 'tail_logs', arguments: { service: 'products', seconds: 3, text: 'x' },
		_meta: { progressToken: 'p' } }));
	const messages = events.filter(({ data }) => data).map(({ data }) => JSON.parse(data));
	assert.deepEqual(messages.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params.message.split(' ').at(-1)),
		['a', 'b']);
	const { lines, seen } = messages.at(-1).result.structuredContent;
	assert.deepEqual([lines.map(({ message }) => message), seen], [['a', 'b'], 2]);
	assert.ok(aws.calls.length >= 2 && aws.calls.length <= 4, `${aws.calls.length} polls`);
	assert.equal(JSON.parse(aws.calls[0].input).filterPattern, '"x"');
});

test('of many the latest are kept, and how many were left out is told', async t => {
	const now = Date.now(), pages = [0, 1].map(page => ({ events: Array.from({ length: 100 },
		(_, i) => event(`${page} ${i}`, `${page} ${i} ${'é'.repeat(300)}`, now + page * 100 + i)) }));
	const aws = await startAws(t, { [FILTER]: [...pages, { events: [] }] }), server = await startOps(t, aws.url);
	const { lines, seen, left_out } = await ask(server, 'tail_logs', { service: 'products', seconds: 1 });
	assert.deepEqual([seen, left_out, lines.length, lines[0].message.slice(0, 4), lines.at(-1).message.slice(0, 5)], [200, 100, 100, '1 0 ', '1 99 ']);
	assert.match(lines[0].message, /^1 0 é{198}…$/);
	assert.match((await callTool(server, 'tail_logs', { service: 'x' })).content[0].text, /products, orders/);
});

test('what is refused while it is followed ends it, and nobody else waits for that', async t => {
	const denied = { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } };
	const aws = await startAws(t, { [FILTER]: [{ events: [event('1', 'a')] }, denied] }), server = await startOps(t, aws.url), began = Date.now();
	const { seen, gaps } = await ask(server, 'tail_logs', { service: 'products', seconds: 300 });
	assert.deepEqual([seen, aws.calls.length], [1, 2]);
	assert.match(gaps[0].why, /AccessDenied/);
	assert.ok(Date.now() - began < 60000);
});

test('eight are followed at once, no more, and one that is cancelled makes room', async t => {
	const aws = await startAws(t, { [FILTER]: { events: [] } }), server = await startOps(t, aws.url, { SHUTDOWN_TIMEOUT: '1s', METRICS_PORT: 'any' });
	const headers = await beginSession(server), followed = { name: 'tail_logs', arguments: { service: 'products', seconds: 300 } };
	const send = message => exchange(server, { headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
	const calls = Array.from({ length: 8 }, (_, id) => send({ id, method: 'tools/call', params: followed }).catch(() => {}));
	await server.waits(8);
	const another = () => callTool(server, 'tail_logs', { service: 'products', seconds: 1 });
	await eventually(async () => /8 of them are going on at once/.test((await another()).content[0].text), 'a ninth is refused');
	assert.equal((await ask(server, 'search_logs', { service: 'products' })).gaps.length, 0);
	await send({ method: 'notifications/cancelled', params: { requestId: 0 } });
	await eventually(async () => (await another()).structuredContent?.gaps.length === 0, 'there is room');
	await server.stop();
	await Promise.all(calls);
});

test('half of what is followed is one caller\'s at most', async t => {
	const keys = ['mcp_a-key-of-who-follows-too-much-at-once', 'mcp_a-key-of-who-follows-one-log-alone'];
	const API_KEYS = keys.map((key, i) => `caller${i}:${createHash('sha256').update(key).digest('hex')}:ops:read`).join(' ');
	const aws = await startAws(t, { [FILTER]: { events: [] } }), server = await startOps(t, aws.url, { SHUTDOWN_TIMEOUT: '1s', METRICS_PORT: 'any', API_KEYS });
	const follow = (key, seconds) => callTool(server, 'tail_logs', { service: 'products', seconds }, { headers: { Authorization: `Bearer ${key}` } });
	const calls = Array.from({ length: 4 }, () => follow(keys[0], 300).catch(() => {}));
	await server.waits(4);
	assert.match((await follow(keys[0], 1)).content[0].text, /4 of them are going on at once that are yours/);
	assert.equal((await follow(keys[1], 1)).isError ?? false, false);
	await server.stop();
	await Promise.all(calls);
});
