// spans_sent.test.mjs - spans on their way: a collector that is away, slow, full, or takes a part; what is kept meanwhile
// is bounded, what becomes of each is counted, no call waits, and a stop sends what is left.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Collector, withoutPython } from './collector.mjs';
import { freePort } from './raw.mjs';
import { eventually, exchange, orderOf, sanitized, start, startShop, stateless, timesSaid } from './support.mjs';

const fast = { OTEL_BSP_SCHEDULE_DELAY: '20', METRICS_PORT: 'any', RATE_CALLER: '0', RATE_ADDRESS: '0' };
const list = server => exchange(server, stateless('tools/list'));

// Spans by what became of them: { exported, dropped, failed }.
async function counted(server) {
	const [, url] = await server.says(/metrics at (http:[^,;\s"]+)/);
	const { text } = await exchange({ port: Number(new URL(url).port) }, { method: 'GET', path: '/metrics' });
	return Object.fromEntries([...text.matchAll(/^mcp_spans_total\{outcome="(\w+)"\} (\d+)$/gm)].map(([, outcome, count]) => [outcome, Number(count)]));
}

async function serve(settings = {}, answer = undefined) {
	const collector = await new Collector().start();
	if (answer)
		collector.answer = answer;
	const server = await start('products', { ...fast, OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, ...settings });
	return { collector, server };
}

async function finish({ collector, server }) {
	await server.stop();
	await collector.stop();
}

const ids = collector => collector.spans.map(each => each.spanId);

test('without the setting there is neither a figure nor a thread of it', async () => {
	const server = await start('products', { METRICS_PORT: 'any', OTEL_SERVICE_NAME: 'none' });
	const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
	assert.equal((await exchange(server, stateless('tools/list', {}, { headers }))).status, 200);
	assert.deepEqual(await counted(server), {});
	assert.ok(!server.log.includes('traces go to'));
	await server.stop();
});

test('whoever switches it off as OpenTelemetry has it gets none', async () => {
	for (const off of [{ OTEL_SDK_DISABLED: 'True' }, { OTEL_TRACES_EXPORTER: 'none' }]) {
		const all = await serve(off);
		await list(all.server);
		assert.deepEqual(await counted(all.server), {});
		await finish(all);
		assert.equal(all.collector.requests.length, 0);
	}
});

test('what is said of traces alone counts; a query stays behind the path, and out of the log', async () => {
	const collector = await new Collector().start();
	const start_ = settings => start('products', { ...fast, OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=2', ...settings });
	for (const [settings, url, headers] of [
		[{ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/otlp?key=hidden` }, '/otlp/v1/traces?key=hidden', ['1', '2']],
		[{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/t?key=hidden`,
			OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=%20x%2Cy', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, '/t?key=hidden', [undefined, 'x,y']],
	]) {
		const server = await start_(settings), before = collector.requests.length;
		await list(server);
		await server.stop();
		const [request] = collector.requests.slice(before);
		assert.deepEqual([request.url, [request.headers.a, request.headers.b]], [url, headers]);
		assert.match(server.log, /traces go to http:\/\/127.0.0.1:\d+\/\S+…, sampled/);
		assert.ok(!server.log.includes('hidden'), server.log);
	}
	await collector.stop();
});

test('one that answers garbage has taken them; one that sends elsewhere has not, and nobody goes there', async () => {
	const garbage = await serve({}, () => [200, {}, '\u0000{[\ufffd'.repeat(1000)]);
	await list(garbage.server);
	await eventually(async () => (await counted(garbage.server)).exported >= 2, 'not counted');
	await finish(garbage);
	const elsewhere = await new Collector().start();
	const moved = await serve({}, () => [307, { Location: `${elsewhere.url}/` }, '']);
	await list(moved.server);
	await eventually(async () => (await counted(moved.server)).failed >= 2, 'not counted');
	await moved.server.says(/spans are lost: .* it answers 307/);
	await finish(moved);
	assert.equal(elsewhere.requests.length, 0);
	await elsewhere.stop();
});

test('a collector that is full is asked again when it says, and gets each span once', async () => {
	const until = [];
	const all = await serve({}, count => {
		until.push(Date.now());
		return count === 1 ? [429, { 'Retry-After': '2' }, ''] : count === 2 ? [503, {}, ''] : [200, {}, '{}'];
	});
	await list(all.server);
	await eventually(() => ids(all.collector).length >= 2, 'nothing came');
	assert.ok(until[1] - until[0] >= 1900, `${until[1] - until[0]} ms`);
	assert.ok(until[2] - until[1] >= 400, `${until[2] - until[1]} ms`);
	await eventually(async () => (await counted(all.server)).exported >= 2, 'not counted');
	assert.equal((await counted(all.server)).failed, 0);
	assert.equal(new Set(ids(all.collector)).size, ids(all.collector).length);
	await finish(all);
});

test('what it refuses is lost, and not sent again', async () => {
	const all = await serve({ METRICS_EMF: 'shop/test' }, () => [400, {}, '{"code":3,"message":"bad"}']);
	await list(all.server);
	await eventually(async () => (await counted(all.server)).failed >= 2, 'not counted');
	const { failed, exported } = await counted(all.server);
	assert.equal(exported, 0);
	assert.ok(failed >= 2);
	await all.server.says(/spans are lost: .* it answers 400/);
	await finish(all);
	const told = all.server.child.output.stdout.split('\n').filter(Boolean).map(line => JSON.parse(line).LostSpans);
	assert.ok(told.length === 1 && told[0] >= failed, `CloudWatch is told of ${told}`);
});

test('of a batch that it takes in part the rest is counted, and its words are logged', async () => {
	const all = await serve({}, count => [200, {}, count === 1 ? '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}' : '{}']);
	await list(all.server);
	await eventually(async () => (await counted(all.server)).failed === 1, 'not counted');
	await list(all.server);
	await eventually(async () => (await counted(all.server)).exported >= 3, 'not counted');
	await all.server.says(/it says: too old/);
	const sum = async () => Object.values(await counted(all.server)).reduce((a, b) => a + b);
	await eventually(async () => ids(all.collector).length === await sum(), 'not each is counted once');
	await finish(all);
});

test('a collector that never answers holds up no call, and what is kept for it is bounded', async () => {
	const all = await serve({}, () => undefined);
	const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${all.server.pid}/status`, 'utf8'))[1]);
	const burst = async calls => {
		for (let i = 0; i < calls; i += 20)
			await Promise.all(Array.from({ length: 20 }, () => list(all.server)));
	};
	await list(all.server);
	await eventually(() => all.collector.requests.length > 0, 'nothing was sent');
	// Two megabytes wait, of some 500 bytes each.
	await eventually(async () => {
		await burst(400);
		return (await counted(all.server)).dropped > 0;
	}, 'nothing was dropped', 120000);
	const [before, { dropped }] = [memory(), await counted(all.server)];
	await burst(1000);
	assert.ok((await counted(all.server)).dropped >= dropped + 2000);
	assert.ok(sanitized || memory() - before < 4096, `${memory() - before} KiB more`);
	const began = Date.now();
	assert.equal((await list(all.server)).status, 200);
	await finish(all);
	assert.ok(Date.now() - began < 8000, `${Date.now() - began} ms to stop`);
});

test('one that is away costs spans, no call', async () => {
	const server = await start('products', { ...fast, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` });
	for (let i = 0; i < 20; i++)
		assert.equal((await list(server)).status, 200);
	await server.stop();
	assert.ok(timesSaid(server.log, 'spans are lost') >= 1, server.log);
});

test('a stop sends what is left', async () => {
	const all = await serve({ OTEL_BSP_SCHEDULE_DELAY: '600000' });
	for (let i = 0; i < 10; i++)
		await list(all.server);
	assert.equal(all.collector.requests.length, 0);
	await finish(all);
	assert.equal(all.collector.spans.filter(each => each.name === 'tools/list').length, 10);
	assert.equal(all.collector.requests.length, 1);
});

test('a full batch does not wait for its time', async () => {
	const all = await serve({ OTEL_BSP_SCHEDULE_DELAY: '600000' });
	for (let i = 0; i < 300; i++)
		await list(all.server);
	await eventually(() => all.collector.spans.length >= 512, 'no batch');
	await finish(all);
	assert.equal(all.collector.spans.filter(each => each.name === 'tools/list').length, 300);
});

test('what is odd stays readable for the collector', { skip: withoutPython }, async () => {
	const all = await serve();
	const path = `/${'%22%5C%0A'.repeat(100)}`;
	await exchange(all.server, { method: 'GET', path });
	await exchange(all.server, { body: JSON.stringify({ ...JSON.parse(stateless('tools/list').body), id: '\u0001"\\\u00e9\ud83d\ude00'.repeat(300) }), headers: stateless('tools/list').headers });
	await exchange(all.server, stateless(`tools/${'x'.repeat(5000)}`));
	await eventually(() => ids(all.collector).length >= 6, 'nothing came');
	await finish(all);
	all.collector.check();
	assert.ok(all.collector.bodies.every(body => body.isWellFormed()));
});

test('both programs, each its own spans, of calls at the same time', { skip: withoutPython }, async () => {
	const collector = await new Collector().start();
	const settings = { ...fast, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
	const shop = await startShop({ orders: settings, products: settings });
	const orders = Array.from({ length: 20 }, (_, i) => exchange(shop.orders, stateless('tools/call', {
		name: 'create_order', arguments: orderOf({ 'KIT-0001': 1 }, `sent-${i}`) })));
	assert.ok((await Promise.all(orders)).every(({ json }) => !json.result.isError));
	await shop.stop();
	await collector.stop();
	collector.check();
	const spans = collector.spans, known = new Map(spans.map(each => [each.spanId, each]));
	assert.equal(known.size, spans.length);
	for (const span of spans.filter(each => each.parentSpanId)) {
		const outer = known.get(span.parentSpanId);
		assert.equal(outer?.traceId, span.traceId, `${span.service} ${span.name} is within nothing`);
	}
	const created = spans.filter(each => each.name === 'tools/call create_order');
	assert.equal(new Set(created.map(each => each.traceId)).size, 20);
});
