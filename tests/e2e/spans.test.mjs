// spans.test.mjs - what a call took and what came of it, as spans that a collector of OpenTelemetry takes: parents, times,
// outcomes, of one call through two programs; which traces are recorded; nothing that was given stands in them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Collector, tree, withoutPython } from './collector.mjs';
import { ask, beginSession, callTool, eventually, exchange, onPostgres, orderOf, run, start, startShop, stateless } from './support.mjs';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736', span = '00f067aa0ba902b7';
const parent = (flags = '01', id = trace) => `00-${id}-${span}-${flags}`;
const secret = 'a-secret-of-the-collector';

let collector, shop;
before(async () => {
	collector = await new Collector().start();
	const settings = {
		OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: `api-key=${secret},tenant=a%2Cb`,
		OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=tests', METRICS_PORT: 'any', LOG_FORMAT: 'json',
		OTEL_BSP_SCHEDULE_DELAY: '50',
	};
	shop = await startShop({ orders: settings, products: settings });
});
after(async () => {
	await shop.stop();
	await collector.stop();
});

const isCall = target => each => each.is['gen_ai.tool.name'] === target && each.kind === 2;
const inTrace = id => collector.spans.filter(each => each.traceId === id);

// Sends what there is: a process does so every five seconds.
const call = (server, name, args, headers = {}, more = {}) =>
	exchange(server, stateless('tools/call', { name, arguments: args, ...more }, { headers }));

// ---- One order ----

const sql = (program, ...names) => names.map(name => `${program} ${name}`);
const within = lines => lines.map(line => `  ${line}`);

test('an order is one trace through both programs, each part within the one that it is a part of', async () => {
	const answer = await call(shop.orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'spans-1'), { traceparent: parent() });
	const { id } = answer.json.result.structuredContent;
	const [request] = await collector.spansOf(each => each.traceId === trace && each.service === 'orders' && each.name === 'POST /mcp');
	await eventually(() => inTrace(trace).filter(each => each.name === 'POST /mcp').length === 3, 'not all requests');
	const spans = inTrace(trace), lines = tree(spans, request);
	assert.equal(lines.length, spans.length, 'each is in the tree');
	assert.equal(request.parentSpanId, span);
	const products = (tool, statements) => [`orders tools/call ${tool}`, ...within(['products POST /mcp',
		...within([`products tools/call ${tool}`, ...within(['products transaction', ...within(sql('products', 'BEGIN', ...statements, 'COMMIT'))])])])];
	const orders = statements => ['orders transaction', ...within(sql('orders', 'BEGIN', ...statements, 'COMMIT'))];
	// A run that has the answer of products goes on from what the one before kept, and looks for its order no more.
	assert.deepEqual(lines, ['orders POST /mcp', ...within(['orders tools/call create_order', ...within([
		...orders(['INSERT orders']),
		...products('reserve_stock', ['SELECT reservation', 'SELECT reservation_item', 'INSERT reservation', 'UPDATE reservation_item', 'INSERT reservation_item']),
		...orders(['UPDATE orders', 'INSERT order_line']),
		...products('commit_reservation', ['SELECT reservation', 'SELECT reservation_item', 'UPDATE product', 'UPDATE reservation', 'UPDATE reservation_item']),
		...orders(['UPDATE orders', 'INSERT order_event', 'SELECT orders', 'SELECT orders', 'SELECT order_line', 'SELECT order_event']),
	])])]);
	for (const each of spans) {
		const outer = spans.find(other => other.spanId === each.parentSpanId);
		// Who is called may be done with the request a moment after its answer was read.
		if (outer)
			assert.ok(each.began >= outer.began - 1000000n && (each.service !== outer.service || each.ended <= outer.ended + 1000000n), `${each.name} in ${outer.name}`);
		assert.equal(each.status, undefined, each.name);
	}
	assert.equal(spans.find(isCall('create_order')).is['mcp.noted.order'], id);
});

test('a span says what its conventions have it say', async () => {
	const [request] = await collector.spansOf(each => each.traceId === trace && each.name === 'POST /mcp');
	const find = (name, service = 'orders') => inTrace(trace).find(each => each.name === name && each.service === service);
	assert.deepEqual({ ...request.is }, {
		'http.request.method': 'POST', 'url.path': '/mcp', 'http.route': '/mcp', 'url.scheme': 'http', 'network.protocol.version': '1.1',
		'client.address': '127.0.0.1', 'http.response.status_code': 200,
	});
	const { 'mcp.noted.order': order, ...is } = find('tools/call create_order').is;
	assert.match(order, /^ORD-/);
	assert.deepEqual(is, {
		'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'create_order', 'gen_ai.operation.name': 'execute_tool',
		'mcp.protocol.version': '2026-07-28', 'jsonrpc.request.id': String(is['jsonrpc.request.id']), 'network.transport': 'tcp', 'mcp.outcome': 'ok',
	});
	const out = find('tools/call reserve_stock');
	assert.deepEqual([out.kind, out.is['server.address'], out.is['server.port']], [3, '127.0.0.1', shop.products.port]);
	const line = find('INSERT order_line');
	assert.deepEqual([line.kind, line.is['db.system.name'], line.is['db.operation.name'], line.is['db.collection.name']],
		[3, onPostgres ? 'postgresql' : 'sqlite', 'INSERT', 'order_line']);
	assert.match(line.is['db.query.text'], /^insert into order_line \(.*\) values \(:order_id, /);
	assert.equal(request.resource['service.version'], '1.0.0');
	assert.equal(request.resource['deployment.environment.name'], 'tests');
	const [{ url, headers }] = collector.requests;
	assert.deepEqual([url, headers['content-type'], headers['api-key'], headers.tenant], ['/v1/traces', 'application/json', secret, 'a,b']);
});

test('what fails says so, and whose matter it is', async () => {
	await call(shop.orders, 'get_order', { id: 'ORD-none' });
	await call(shop.orders, 'none', {});
	await exchange(shop.orders, { method: 'GET', path: '/nothing?key=hidden' });
	const [failed] = await collector.spansOf(isCall('get_order'));
	assert.deepEqual([failed.status, failed.is['error.type'], failed.is['mcp.outcome']], [{ code: 2 }, 'tool_error', 'error']);
	const [refused] = await collector.spansOf(each => each.is['rpc.response.status_code'] === '-32602');
	assert.deepEqual([refused.status, refused.is['error.type'], refused.name], [{ code: 2 }, 'fault', 'tools/call']);
	const [nothing] = await collector.spansOf(each => each.is['url.path'] === '/nothing');
	assert.deepEqual([nothing.name, nothing.status, nothing.is['http.response.status_code']], ['GET', undefined, 404]);
});

// ---- Which belong together ----

test('a trace in _meta goes before that of the header, whose span is linked', async () => {
	const [mine, other] = ['c'.repeat(32), 'd'.repeat(32)];
	await call(shop.products, 'search_products', { query: 'kit' }, { traceparent: parent('01', other) }, { _meta: { ...stateless('x').meta, traceparent: parent('01', mine) } });
	const [found] = await collector.spansOf(each => each.traceId === mine && each.kind === 2);
	const [request] = await collector.spansOf(each => each.traceId === other);
	assert.equal(found.parentSpanId, span);
	assert.deepEqual(found.links.map(({ traceId, spanId }) => [traceId, spanId]), [[other, request.spanId]]);
});

test('what others keep of a trace goes where it goes, and stands in its spans', async () => {
	const [mine, other] = ['2'.repeat(32), '3'.repeat(32)];
	const order = (id, name, headers, more = {}) => call(shop.orders, 'create_order', orderOf({ 'KIT-0001': 1 }, name), headers, more);
	await order(mine, 'spans-state', { traceparent: parent('01', mine), tracestate: ['a=1, b="2"', 'c=3'] });
	const states = id => () => inTrace(id).filter(each => each.kind !== 1 && !each.is['db.system.name']).map(each => each.traceState);
	await eventually(() => states(mine)().length === 8, () => `${states(mine)().length} spans`);
	assert.deepEqual(new Set(states(mine)()), new Set(['a=1,b="2",c=3']));
	// Of the call's own trace, not that of the header; and where it is none, none.
	await order(other, 'spans-meta', { traceparent: parent('01', mine), tracestate: 'a=1' }, { _meta: { ...stateless('x').meta, traceparent: parent('01', other), tracestate: 'm=1' } });
	await eventually(() => states(other)().length === 7, () => `${states(other)().length} spans`);
	assert.deepEqual(new Set(states(other)()), new Set(['m=1']));
	await call(shop.orders, 'get_order', { id: 'ORD-state' }, { traceparent: parent('01', '4'.repeat(32)), tracestate: 'a=1,A=2' });
	const [none] = await collector.spansOf(each => each.traceId === '4'.repeat(32));
	assert.equal(none.traceState, undefined);
});

test('each message of a batch is a span of its own within the request', async () => {
	const headers = await beginSession(shop.products, '2025-03-26');
	const id = 'b'.repeat(32);
	const message = number => ({ jsonrpc: '2.0', id: number, method: 'tools/list' });
	await exchange(shop.products, { headers: { ...headers, traceparent: parent('01', id) }, body: JSON.stringify([message('one'), message(2)]) });
	await eventually(() => inTrace(id).length === 3, () => `${inTrace(id).length} spans`);
	const request = inTrace(id).find(each => each.name === 'POST /mcp');
	const calls = inTrace(id).filter(each => each.name === 'tools/list');
	assert.deepEqual(calls.map(each => [each.parentSpanId, each.is['jsonrpc.request.id']]), [[request.spanId, 'one'], [request.spanId, '2']]);
});

test('a call that asks a person goes on within its first part', async () => {
	const id = 'a'.repeat(32), headers = { ...await beginSession(shop.orders, '2025-11-25', { elicitation: {} }), traceparent: parent('01', id) };
	const { id: order } = await ask(shop.orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'spans-2'));
	const body = message => ({ headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
	let question;
	const answered = exchange(shop.orders, { ...body({ id: 1, method: 'tools/call', params: { name: 'cancel_order', arguments: { id: order } } }),
		until: events => {
			question ??= events.filter(each => each.data).map(each => JSON.parse(each.data)).find(each => each.method === 'elicitation/create');
			return question || events.some(each => each.data?.includes('"result"'));
		} });
	await answered;
	assert.ok(question, 'nothing was asked');
	const { traceparent, ...plain } = headers, content = { [question.params.requestedSchema.required[0]]: true };
	await exchange(shop.orders, { headers: plain, body: JSON.stringify({ jsonrpc: '2.0', id: question.id, result: { action: 'accept', content } }) });
	const parts = () => inTrace(id).filter(isCall('cancel_order')).sort((a, b) => Number(a.began - b.began));
	await eventually(() => parts().length === 2, () => `${parts().length} parts`);
	const [first, second] = parts();
	assert.deepEqual([first.is['mcp.outcome'], second.parentSpanId], ['asked', first.spanId]);
	assert.equal(second.is['mcp.outcome'], 'ok');
});

// ---- Which are recorded ----

test('a trace that its client does not record is not recorded here', async () => {
	const id = 'e'.repeat(32);
	await call(shop.orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'spans-3'), { traceparent: parent('00', id) });
	const own = await call(shop.products, 'search_products', { query: 'kit' });
	assert.equal(own.status, 200);
	await collector.spansOf(isCall('search_products'));
	assert.deepEqual(inTrace(id), []);
});

test('of a part it is that part, which whoever is called agrees about', async () => {
	const settings = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/other`, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' };
	const server = await start('products', { ...settings, OTEL_SERVICE_NAME: 'quarter', RATE_CALLER: '0' });
	const calls = 400;
	for (let i = 0; i < calls; i++)
		await exchange(server, stateless('tools/list'));
	// Whatever the flag says, an id decides.
	await call(server, 'search_products', { query: 'kit' }, { traceparent: parent('00', `${'1'.repeat(18)}${'f'.repeat(14)}`) });
	await call(server, 'search_products', { query: 'kit' }, { traceparent: parent('01', `${'1'.repeat(18)}${'0'.repeat(14)}`) });
	await server.stop();
	const of = condition => collector.spans.filter(each => each.service === 'quarter' && condition(each));
	const lists = of(each => each.name === 'tools/list').length;
	assert.ok(lists > calls / 8 && lists < calls / 2, `${lists} of ${calls}`);
	assert.equal(of(isCall('search_products')).length, 1);
	assert.ok(collector.requests.some(each => each.url === '/other'));
});

test('health checks, and the runtime\'s own looks, are no traces', async () => {
	for (const path of ['/healthz', '/readyz'])
		await exchange(shop.orders, { method: 'GET', path });
	await call(shop.orders, 'get_order', { id: 'ORD-last' });
	await eventually(() => collector.spans.filter(isCall('get_order')).length >= 2, 'no call');
	assert.deepEqual(collector.spans.filter(each => /self check|health|readyz/.test(each.name + each.is['url.path'])), []);
});

// ---- As a whole ----

test('nothing that was given stands in a span', async () => {
	const secrets = ['Anna Brown', 'anna@example.com', 'High Stre', 'spans-1', 'hidden', secret];
	const text = collector.bodies.join('\n');
	for (const each of secrets)
		assert.ok(!text.includes(each), each);
	for (const server of [shop.orders, shop.products])
		assert.ok(!server.log.includes(secret));
});

test('OpenTelemetry\'s own messages take all that was sent', { skip: withoutPython }, () => {
	assert.ok(collector.spans.length > 100);
	collector.check();
});

test('what is wrong with a setting stops the start, in words', async () => {
	for (const [name, value, words] of [
		['OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://127.0.0.1', /must begin with http/],
		['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://a:hidden@127.0.0.1/?key=hidden', /is "http:\/\/…@127.0.0.1\/"; it must not hold a user/],
		['OTEL_EXPORTER_OTLP_HEADERS', 'no-list', /is no list/],
		['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'no-list', /is no list/],
		['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', /http\/protobuf/],
		['OTEL_TRACES_EXPORTER', 'zipkin', /otlp/],
		['OTEL_SDK_DISABLED', 'yes', /true or false/],
		['OTEL_EXPORTER_OTLP_HEADERS', 'a=b%0Ac', /is no list/],
		['OTEL_RESOURCE_ATTRIBUTES', 'a', /is no list/],
		['OTEL_TRACES_SAMPLER_ARG', '1.5', /is "1.5"/],
		['OTEL_TRACES_SAMPLER', 'sometimes', /parentbased_traceidratio/],
	]) {
		const { status, stderr } = await run('products', [], { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', DATABASE_URL: 'sqlite::memory:', PORT: '0', METRICS_PORT: '0', [name]: value } });
		assert.notEqual(status, 0, name);
		assert.match(stderr, words);
		assert.ok(stderr.includes(name), stderr);
		assert.ok(!stderr.includes('hidden'), stderr);
	}
});
