// support_bedrock.test.mjs - a conversation over Amazon Bedrock's wire, counted: what is streamed, which model answers when one can't,
// what its cache and its guardrail are told; and a turn through support, orders and products as one trace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Collector, tree } from './collector.mjs';
import { callTool } from './support.mjs';
import { as, customers, NOVA, World } from './support_world.mjs';

const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const both = { METRICS_PORT: 'any', MODELS: `bedrock:${NOVA},bedrock:${HAIKU}` };
const use = (name, input, id) => ({ tool: { id, name, input } });
const refused = (status, type) => ({ status, headers: { 'x-amzn-errortype': type }, body: { message: 'as AWS would say' } });
const asked = world => world.models.requests.map(({ model }) => model);

async function counts(world, model) {
	const each = {};
	for (const kind of ['input', 'output', 'cache_read'])
		each[kind] = await world.server.metric('mcp_model_tokens_total', { model: `bedrock:${model}`, kind });
	for (const outcome of ['answered', 'throttled', 'denied', 'unavailable'])
		each[outcome] = await world.server.metric('mcp_model_requests_total', { model: `bedrock:${model}`, outcome });
	return each;
}

test('what it streams is told as it comes, in order, and is written down once', async t => {
	const world = await World.open(t, { bedrock: true, settings: both });
	const words = Array.from({ length: 40 }, (_, i) => `word${i} `);
	world.models.script(NOVA, [...words.flatMap(word => [word, 10]), { usage: [900, 80, 0] }]);
	const { told, result } = await world.follow('ann', { message: 'Tell me' }), all = words.join('');
	assert.equal(result.structuredContent.reply, all);
	assert.ok(told.length >= 4, `told ${told.length} times`);
	for (let i = 0; i < told.length; i++)
		assert.ok(all.startsWith(told[i][0]) && (i === 0 || told[i][0].length > told[i - 1][0].length), told[i][0]);
	assert.deepEqual(await counts(world, NOVA), { input: 900, output: 80, cache_read: 0, answered: 1, throttled: 0, denied: 0, unavailable: 0 });
	assert.equal(await world.server.metric('mcp_model_first_words_total'), 1);
});

test('the first that can answer does, and is named; one that failed is not asked again for a while', async t => {
	const world = await World.open(t, { bedrock: true, settings: both });
	world.models.script(NOVA, refused(403, 'AccessDeniedException'));
	world.models.script(HAIKU, ['Hello.']);
	const first = await world.chat('ann', 'Hello');
	assert.deepEqual([first.reply, first.model], ['Hello.', `bedrock:${HAIKU}`]);
	const second = await world.chat('ann', 'And again', { conversation_id: first.conversation_id });
	assert.equal(second.model, `bedrock:${HAIKU}`);
	assert.deepEqual(asked(world), [NOVA, HAIKU, HAIKU]);
	assert.deepEqual([(await counts(world, NOVA)).denied, (await counts(world, HAIKU)).answered], [1, 2]);
});

test('throttled before the first word another answers; cut off behind it what was said stays, and says so', async t => {
	const world = await World.open(t, { bedrock: true, settings: both });
	world.models.script(NOVA, [{ exception: ['throttlingException', 'Too many tokens'] }]);
	world.models.script(HAIKU, ['Your order ', { exception: ['modelStreamErrorException', 'broken'] }]);
	const { result: { structuredContent: chat } } = await world.follow('ann', { message: 'Where is it?' });
	assert.equal(chat.model, `bedrock:${HAIKU}`);
	assert.equal(chat.reply, 'Your order ');
	assert.ok(chat.cut, JSON.stringify(chat));
	assert.deepEqual([...new Set(asked(world))], [NOVA, HAIKU]);
	assert.equal((await counts(world, HAIKU)).unavailable, 1);
});

test('a cache is told where what is the same for all ends, and what it had is counted apart', async t => {
	const world = await World.open(t, { bedrock: true, settings: both });
	world.models.script(NOVA, ['One.', { usage: [50, 5, 0] }], ['Two.', { usage: [60, 5, 1600] }], ['Three.', { usage: [70, 5, 1600] }]);
	const one = await world.chat('ann', 'First');
	const two = await world.chat('ann', 'Second', { conversation_id: one.conversation_id });
	await world.chat('bob', 'Another customer');
	assert.deepEqual([one.tokens_cached, two.tokens_in, two.tokens_cached], [0, 60, 1600]);
	const heads = world.models.requests.map(({ body: { system, toolConfig } }) => {
		const point = system.findIndex(({ cachePoint }) => cachePoint);
		assert.equal(point, 1, JSON.stringify(system));
		return JSON.stringify([toolConfig, system.slice(0, point + 1)]);
	});
	assert.equal(new Set(heads).size, 1);
	assert.ok(!heads[0].includes(customers.ann) && JSON.stringify(world.models.requests[0].body.system.slice(2)).includes(customers.ann));
	assert.equal((await counts(world, NOVA)).cache_read, 3200);
});

test('a guardrail stands in each request, also one with results of tools', async t => {
	const world = await World.open(t, { shop: true, bedrock: true, settings: { ...both, GUARDRAIL: 'gr1abcd:3' } });
	world.models.script(NOVA, [use('find_product', { words: 'kettle' }, 't1')], ['There is one.']);
	await world.chat('ann', 'A kettle?');
	assert.deepEqual(world.models.requests.map(({ body: { guardrailConfig: { guardrailIdentifier, guardrailVersion } } }) => [guardrailIdentifier, guardrailVersion]),
		[['gr1abcd', '3'], ['gr1abcd', '3']]);
});

test('a turn is one trace through support, orders and products', async t => {
	const collector = await new Collector().start();
	t.after(() => collector.stop());
	const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' };
	const world = await World.open(t, { shop: traced, bedrock: true, settings: { ...traced, ...both } });
	const order = await world.place(customers.ann, 'key ann', { 'KIT-0001': 2 }, 'shipped');
	world.models.script(NOVA, ['Let me look. ', use('track_my_order', { order_id: order }, 't1'), use('check_stock', { items: [{ sku: 'KIT-0001' }] }, 't2')],
		['It is on its way, and there are more.', { usage: [12, 4, 8] }]);
	const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
	await callTool(world.server, 'chat_with_ai', { message: 'A secret: where is it?' }, { headers: { ...as('ann').headers, traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
	const [request] = await collector.spansOf(({ traceId, service, name }) => traceId === trace && service === 'support' && name === 'POST /mcp');
	for (const shop of ['products', 'orders'])
		await collector.spansOf(({ traceId, service, name }) => traceId === trace && service === shop && name === 'POST /mcp');
	const spans = collector.spans.filter(({ traceId }) => traceId === trace), lines = tree(spans, request);
	assert.equal(lines.length, spans.length, 'each is in the tree');
	const statement = / (SELECT|INSERT|UPDATE|BEGIN|COMMIT|transaction|GetItem|Query|UpdateItem|TransactWriteItems)\b/;
	assert.deepEqual(lines.filter(line => !statement.test(line)), [
		'support POST /mcp',
		'  support tools/call chat_with_ai',
		`    support chat ${NOVA}`,
		'    support tools/call get_order',
		'      orders POST /mcp',
		'        orders tools/call get_order',
		'    support tools/call check_stock',
		'      products POST /mcp',
		'        products tools/call check_stock',
		`    support chat ${NOVA}`,
	]);
	// Two transactions are written, one before the model is asked and one behind it.
	assert.equal(lines.filter(line => /^ {4}support (transaction|TransactWriteItems)\b/.test(line)).length, 2);
	const [, answer] = spans.filter(({ is }) => is['gen_ai.request.model']).sort((a, b) => Number(a.began - b.began));
	assert.deepEqual([answer.is['gen_ai.usage.input_tokens'], answer.is['gen_ai.usage.cache_read.input_tokens']], [12, 8]);
	assert.ok(!collector.bodies.join().includes('A secret'));
});
