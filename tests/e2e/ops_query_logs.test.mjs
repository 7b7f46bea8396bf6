// ops_query_logs.test.mjs - queries of Logs Insights: query_logs against a double of AWS; whatever becomes of its call, the query ends.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { cases, DENIED, startAws, startOps } from '../aws/ops.mjs';
import { ask, beginSession, callTool, eventually, exchange, stateless } from './support.mjs';

const GIB = 2 ** 30, query = 'stats count(*) as n by message';
const group = (service, storedBytes) => ({ logGroupName: `/shop-dev/services/${service}`, storedBytes, retentionInDays: 1, creationTime: 0,
	arn: 'arn:aws:logs:x:1:log-group:x' });
const results = (status, rows = [], bytesScanned = 0) => ({ status: 200, body: { status, results: rows.map(row => Object.entries(row).map(([field, value]) =>
	({ field, value }))), statistics: { bytesScanned, recordsMatched: rows.length, recordsScanned: 9 } } });
const script = more => ({ 'logs DescribeLogGroups': { logGroups: [group('products', 24 * GIB), group('orders', 48)] },
	'logs StartQuery': { queryId: 'q-1' }, 'logs StopQuery': { success: true }, 'logs GetQueryResults': results('Complete'), ...more });
const actions = aws => aws.calls.map(({ action }) => action);
const inputs = (aws, action) => aws.calls.filter(call => call.action === action).map(({ input }) => JSON.parse(input));
const rows = [{ message: 'a', n: '2', '@ptr': 'x', DB_PASSWORD: 'b' }, { message: 'password=b' }];

cases('query_logs', { query, confirm: true }, {
	script: script({ 'logs GetQueryResults': [results('Running', [], 1000), results('Complete', rows, 2 * GIB)] }),
	empty: script({}),
	fine: ({ structuredContent: { status, columns, rows, cost, bytes_scanned, records_matched, gaps } }, aws) => {
		assert.deepEqual([status, columns, rows.map(({ values }) => values)], ['Complete', ['message', 'n', 'DB_PASSWORD'], [['a', '2', '***'], ['password=***', '', '']]]);
		assert.deepEqual([cost, bytes_scanned, records_matched, gaps], ['$0.010000', 2 * GIB, 2, []]);
		const { logGroupNames, startTime, endTime, queryString, limit } = inputs(aws, 'StartQuery').at(-1);
		assert.deepEqual([logGroupNames, endTime - startTime, queryString, limit],
			[['/shop-dev/services/products', '/shop-dev/services/orders'], 3600, query, 100]);
		assert.ok(!actions(aws).includes('StopQuery'));
	},
	nothing: ({ structuredContent: { status, rows, gaps } }) => assert.deepEqual([status, rows, gaps], ['Complete', [], []]),
	missing: ({ structuredContent: { status, rows, gaps } }, why) => {
		assert.deepEqual([status, rows], [undefined, []]);
		assert.match(gaps[0].why, why);
	},
});

const world = async (t, more, settings) => {
	const aws = await startAws(t, script(more));
	return { aws, server: await startOps(t, aws.url, settings) };
};
const stopped = aws => eventually(() => actions(aws).includes('StopQuery'), 'the query is stopped');

test('what ends before its query ends it: its results can\'t be had', async t => {
	const { aws, server } = await world(t, { 'logs GetQueryResults': DENIED });
	const { gaps } = await ask(server, 'query_logs', { query });
	assert.match(gaps[0].why, /AccessDenied/);
	await stopped(aws);
	assert.deepEqual(inputs(aws, 'StopQuery'), [{ queryId: 'q-1' }]);
});

test('what is cancelled ends its query, when it runs and when it is only being begun', async t => {
	const { aws, server } = await world(t, { 'logs GetQueryResults': results('Running') });
	for (const [until, slow] of [['GetQueryResults', 0], ['StartQuery', 700]]) {
		aws.script('logs', 'StartQuery', { body: { queryId: `q-${slow}` }, delayMs: slow });
		const headers = await beginSession(server), before = aws.calls.length;
		const call = exchange(server, { headers, body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call',
			params: { name: 'query_logs', arguments: { query } } }) }).catch(() => {});
		await eventually(() => actions(aws).slice(before).includes(until), `${until} is asked for`);
		await exchange(server, { headers, body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } }) });
		await eventually(() => inputs(aws, 'StopQuery').some(({ queryId }) => queryId === `q-${slow}`), `q-${slow} is stopped`);
		await call;
	}
});

test('a query that may have been begun is not begun once more, since nobody could end the first', async t => {
	const { aws, server } = await world(t, { 'logs StartQuery': [{ status: 200, body: { queryId: 'q-1' }, cut: 5 }, { queryId: 'q-2' }] });
	const { status, gaps } = await ask(server, 'query_logs', { query });
	assert.equal(status, undefined);
	assert.match(gaps[0].why, /can't be reached/);
	assert.equal(inputs(aws, 'StartQuery').length, 1);
	aws.script('logs', 'StartQuery', { status: 500, body: '' }, { body: { queryId: 'q-2' } });
	assert.equal((await ask(server, 'query_logs', { query })).status, 'Complete');
});

test('a server that is stopped ends its queries', async t => {
	const { aws, server } = await world(t, { 'logs GetQueryResults': results('Running') }, { SHUTDOWN_TIMEOUT: '1s' });
	const call = callTool(server, 'query_logs', { query }).catch(() => {});
	await eventually(() => actions(aws).includes('GetQueryResults'), 'the query runs');
	await server.stop();
	await call;
	assert.deepEqual(inputs(aws, 'StopQuery'), [{ queryId: 'q-1' }]);
});

test('a query that may read much is asked about first', async t => {
	const { aws, server } = await world(t, {}, { OPS_QUERY_GB_MAX: '0' });
	const params = { name: 'query_logs', arguments: { query, services: ['products'] } };
	const send = more => exchange(server, stateless('tools/call', { ...params, ...more }, { capabilities: { elicitation: {} } }));
	const { json: { result } } = await send({});
	assert.equal(result.resultType, 'input_required', JSON.stringify(result));
	assert.match(JSON.stringify(result), /may read 1\.0 GB, which costs about \$0\.005/);
	assert.ok(!actions(aws).includes('StartQuery'));
	const said = content => send({ requestState: result.requestState,
		inputResponses: { [Object.keys(result.inputRequests)[0]]: { action: 'accept', content } } });
	assert.match((await said({ sure: false })).json.result.content[0].text, /did not agree/);
	assert.equal((await said({ sure: true })).json.result.structuredContent.status, 'Complete');
	const { content } = await callTool(server, 'query_logs', { query });
	assert.match(content[0].text, /confirm: true/);
	assert.equal((await ask(server, 'query_logs', { query, confirm: true })).status, 'Complete');
});

const more = { logGroups: [group('orders', 48)], nextToken: 'more' };
for (const [why, answer] of [['they are refused', DENIED], ['they are no list', { status: 200, body: '[]' }], ['there are more', { status: 200, body: more }]])
	test(`a query of which nobody knows how much it reads is asked about too: of the log groups ${why}`, async t => {
		const { aws, server } = await world(t, { 'logs DescribeLogGroups': answer });
		assert.match((await callTool(server, 'query_logs', { query })).content[0].text, /Nobody knows how much.*confirm: true/);
		assert.ok(!actions(aws).includes('StartQuery'));
		assert.equal((await ask(server, 'query_logs', { query, confirm: true })).status, 'Complete');
	});

test('a query reads the logs of services and no others, whatever it says', async t => {
	const { aws, server } = await world(t, {});
	for (const other of ["SOURCE logGroups()", "fields a | join left=a right=b where a.id=b.id (SOURCE '/aws/lambda/x')", '#`\nsource\n#\nlogGroups()',
		'fields `a` | filter a in(sOURCE"/x" | fields a)', "filter a = '#' |SOURCE`x`"])
		assert.match((await callTool(server, 'query_logs', { query: other, confirm: true })).content[0].text, /SOURCE .* name services/, other);
	assert.ok(!actions(aws).includes('StartQuery'));
	for (const fine of ['filter `source` = 1', 'stats count(*) by event.source', 'fields resource, source_ip', 'filter a like /source/'])
		assert.equal((await ask(server, 'query_logs', { query: fine })).status, 'Complete', fine);
});

test('a query that would show what the account hides is not run', async t => {
	const { aws, server } = await world(t, {});
	for (const other of ['fields unmask(@message)', 'fields @timestamp | display UNMASK (`a`)', '#`\nfields unmask\n(@message)'])
		assert.match((await callTool(server, 'query_logs', { query: other, confirm: true })).content[0].text, /unmask shows what .* hides/, other);
	assert.ok(!actions(aws).includes('StartQuery'));
	for (const fine of ['filter `unmask` = 1', 'fields a.unmask, unmasked', 'filter a like "unmask"'])
		assert.equal((await ask(server, 'query_logs', { query: fine })).status, 'Complete', fine);
});

test('a query that compares with the time before reads that too', async t => {
	const { server } = await world(t, {}, { OPS_QUERY_GB_MAX: '0' });
	const price = async query => /may read ([\d.]+) GB, which costs about \$0\.(\d{3})/.exec((await callTool(server, 'query_logs', { query, services: ['products'] }))
		.content[0].text).slice(1);
	assert.deepEqual(await price('pattern @message | stats count(*) as difference'), ['1.0', '005']);
	assert.deepEqual(await price('pattern @message | diff'), ['2.0', '010']);
	assert.deepEqual(await price('pattern @message\n|DIFF previousDay'), ['2.0', '010']);
});

test('a token that a query cut into two columns is in neither', async t => {
	const token = 'ghp_Zx9abcdefghijklmnopqrstuvwxyz', row = { n: '2', begin: token.slice(0, 12), end: token.slice(12), '@ptr': 'x' };
	const { server } = await world(t, { 'logs GetQueryResults': results('Complete', [row]) });
	const { rows } = await ask(server, 'query_logs', { query: 'fields substr(@message, 0, 12) as begin, substr(@message, 12) as end' });
	assert.deepEqual(rows.map(({ values }) => values), [['2', '***', '***']]);
});

test('eight queries go on at once, no more, and all are ended with the server', async t => {
	const { aws, server } = await world(t, { 'logs GetQueryResults': results('Running') }, { SHUTDOWN_TIMEOUT: '1s' });
	const abort = [];
	for (let i = 0; i < 8; i++) {
		const headers = await beginSession(server);
		abort.push(exchange(server, { headers, body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call',
			params: { name: 'query_logs', arguments: { query } } }) }).catch(() => {}));
	}
	await eventually(() => inputs(aws, 'StartQuery').length === 8, 'eight are begun');
	const { gaps } = await ask(server, 'query_logs', { query });
	assert.match(gaps[0].why, /8 of them are going on at once/);
	await server.stop();
	await Promise.all(abort);
	assert.deepEqual([inputs(aws, 'StartQuery').length, inputs(aws, 'StopQuery').length], [8, 8]);
});

test('half of the queries are one caller\'s at most', async t => {
	const keys = ['mcp_a-key-of-who-asks-for-too-much', 'mcp_a-key-of-who-asks-for-one-query'];
	const API_KEYS = keys.map((key, i) => `caller${i}:${createHash('sha256').update(key).digest('hex')}:ops:read`).join(' ');
	const { aws, server } = await world(t, { 'logs GetQueryResults': results('Running') }, { SHUTDOWN_TIMEOUT: '1s', API_KEYS });
	const send = key => exchange(server, stateless('tools/call', { name: 'query_logs', arguments: { query } }, { headers: { Authorization: `Bearer ${key}` } }));
	const calls = Array.from({ length: 4 }, () => send(keys[0]).catch(() => {}));
	await eventually(() => inputs(aws, 'StartQuery').length === 4, 'four are begun');
	assert.match((await send(keys[0])).json.result.structuredContent.gaps[0].why, /4 of them are going on at once that are yours/);
	calls.push(send(keys[1]).catch(() => {}));
	await eventually(() => inputs(aws, 'StartQuery').length === 5, 'another caller has one');
	await server.stop();
	await Promise.all(calls);
});

test('what cannot be asked for is told, with what can', async t => {
	const { server } = await world(t, {});
	for (const [wrong, words] of [[{ query, services: ['x'] }, /There is no service .*products, orders/], [{ query, since: 'soon' }, /30m/],
		[{ query, since: '1h', until: '2h' }, /not before/]])
		assert.match((await callTool(server, 'query_logs', wrong)).content[0].text, words);
});
