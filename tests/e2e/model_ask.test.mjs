// model_ask.test.mjs - a tool asks a language model, and tells what it writes while it does: against doubles of models, in both protocols and both eras.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { startModels } from '../models/double.mjs';
import { Collector } from './collector.mjs';
import { ask, beginSession, callTool, eventually, exchange, start, temporary } from './support.mjs';
import { call } from './told.mjs';

// Fewer where few files may be open: a part of them is for what goes out.
const files = Number(execFileSync('bash', ['-c', 'ulimit -Hn'], { encoding: 'utf8' })) || Infinity;
const MANY = Math.min(300, Math.floor(files / 20)), WORKERS = 4;
const NOVA = 'us.amazon.nova-2-lite-v1:0', GPT = 'gpt-4o-mini';
const BOTH = `openai:${GPT},bedrock:${NOVA}`;
const STOP = { end: 1, tools: 2, length: 3 };
const slack = process.env.BUILD === 'release' ? 1 : 4;          // of what a sanitizer takes

async function world(t, settings = {}, options = {}) {
	const models = await startModels(options), folder = temporary();
	t.after(() => models.stop());
	const server = await start('asker', { HOME: folder, MODELS: BOTH, OPENAI_URL: models.openai, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: models.url,
		AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's', AWS_EC2_METADATA_DISABLED: 'true', METRICS_PORT: 'any', ...settings },
	{ folder, data: false });
	t.after(() => server.stop());
	return { models, server };
}

const follow = (server, { tool = 'ask', args = { text: 'Hello?' }, ...how } = {}) => call(server, tool, args, how);

const asked = models => models.requests.map(({ model }) => model);

for (const era of ['2026-07-28', '2025-11-25'])
	for (const tool of ['ask', 'ask_on_worker'])
		test(`what it writes is told while it writes, by ${tool} in ${era}`, async t => {
			const { models, server } = await world(t);
			models.script(GPT, ['Good ', 150, 'day', 150, ' to', 1, ' you', 150, '.', { usage: [12, 4, 8] }]);
			const { told, result } = await follow(server, { tool, era });
			assert.deepEqual(result.structuredContent, { text: 'Good day to you.', model: `openai:${GPT}`, stop: STOP.end, tokens_in: 12, tokens_out: 4, tokens_cached: 8 });
			const [{ said, body }] = models.requests;
			assert.deepEqual([body.messages.at(-1).content, body.stream], ['Hello?', true]);
			for (const [text, at] of told)
				assert.ok('Good day to you.'.startsWith(text), `${text} at ${at}`);
			// The last piece is told by the answer.
			for (let i = 0, all = ''; i < said.length - 1; i++) {
				all += said[i][0];
				const first = told.find(([text]) => text.startsWith(all));
				assert.ok(first && first[1] - said[i][1] < 100 * slack, `"${all}" was told ${first?.[1] - said[i][1]} ms after it came`);
			}
			assert.ok(told.length >= 3 && told.length <= 5, `told ${told.length} times`);
		});

test('pieces that come quickly are told together, at most each 50 ms', async t => {
	const { models, server } = await world(t), words = Array.from({ length: 200 }, (_, i) => `w${i} `);
	models.script(GPT, words.flatMap(word => [word, 4]));
	const { told, result } = await follow(server), [{ said }] = models.requests, took = said.at(-1)[1] - said[0][1];
	assert.equal(result.structuredContent.text, words.join(''));
	assert.ok(told.length >= 3 && told.length <= took / 50 + 2, `told ${told.length} times in ${took} ms`);
});

test('the end is told at once, however lately something was', async t => {
	const { models, server } = await world(t), took = [];
	models.script(GPT, ['One ', 5, 'two ', 5, 'three.']);
	for (let i = 0; i < 10; i++) {
		await ask(server, 'ask', { text: 'x' });
		took.push(performance.now() - models.requests.at(-1).said[0][1]);
	}
	assert.ok(Math.min(...took) < 45, `${took}`);
});

test('of Bedrock the same, signed', async t => {
	const { models, server } = await world(t, { MODELS: `bedrock:${NOVA}` });
	models.script(NOVA, ['Good ', 120, 'day.', { usage: [12, 4, 8] }]);
	const { told, result } = await follow(server);
	assert.deepEqual(result.structuredContent, { text: 'Good day.', model: `bedrock:${NOVA}`, stop: STOP.end, tokens_in: 12, tokens_out: 4, tokens_cached: 8 });
	assert.ok(told[0][1] - models.requests[0].said[0][1] < 100 * slack);
	assert.equal(models.requests[0].protocol, 'bedrock');
});

test('Bedrock by a bearer key, and OpenAI by its own', async t => {
	const { models, server } = await world(t, { AWS_BEARER_TOKEN_BEDROCK: 'b-1', OPENAI_KEY: 'k-1', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
		{ keys: {}, bearer: 'b-1', key: 'k-1' });
	models.script(GPT, ['By key.'], { status: 503, body: {} });
	models.script(NOVA, ['By bearer.']);
	assert.equal((await ask(server, 'ask', { text: 'x' })).text, 'By key.');
	assert.equal((await ask(server, 'ask', { text: 'x' })).text, 'By bearer.');
	assert.ok(!server.log.includes('b-1') && !server.log.includes('k-1'));
});

for (const [model, protocol] of [[GPT, 'openai'], [NOVA, 'bedrock']])
	test(`a tool that it uses comes whole, of ${protocol}`, async t => {
		const { models, server } = await world(t, { MODELS: `${protocol}:${model}` });
		models.script(model, ['I look.', { tool: { id: 't1', name: 'weather', input: { town: 'York' } } }]);
		const { text, tool, input, stop } = await ask(server, 'ask', { text: 'x', tools: true });
		assert.deepEqual([text, tool, JSON.parse(input), stop], ['I look.', 'weather', { town: 'York' }, STOP.tools]);
	});

// ---- Trouble ----

const json = (status, code, headers) => ({ status, headers, body: { error: { message: 'as it says', code } } });

// As fast as it is read, until whoever reads hangs up.
function flood(socket, head, bytes) {
	const more = () => { while (!socket.destroyed && socket.write(bytes)); };
	socket.on('drain', more).on('error', () => {});
	socket.write(head);
	more();
}

// A bit each 20 ms, likewise.
function drip(socket, head, bytes) {
	const timer = setInterval(() => socket.write(bytes), 20);
	socket.on('close', () => clearInterval(timer)).on('error', () => {});
	socket.write(head);
}

const AWAY = {
	'throttled for long': json(429, 'rate_limit_exceeded', { 'retry-after': '5' }),
	'away': json(503, 'server_error'),
	'a page': { status: 502, body: '<html>Bad Gateway</html>', headers: { 'content-type': 'text/html' } },
	'a page with 200': { status: 200, body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } },
	'not there': json(404, 'model_not_found'),
	'denied': json(403, 'permission_error'),
	'wrong frames': [{ raw: 'data: nonsense\n\n' }],
	'cut off before its first word': [{ cut: true }],
	'somewhere else': { status: 307, body: '', headers: { location: 'http://127.0.0.1:1/v1/chat/completions' } },
	'throttled for as long as there are numbers': json(429, 'rate_limit_exceeded', { 'x-amz-retry-after': '9223372036854775807' }),
	'an error without an end': { socket: socket => flood(socket, 'HTTP/1.1 503 Unavailable\r\n\r\n', 'x'.repeat(16384)) },
	'an error in place of its first word': [{ exception: ['server_error', 'overloaded'] }],
};
for (const [name, answer] of Object.entries(AWAY))
	test(`the next model answers where the first is ${name}`, async t => {
		const { models, server } = await world(t);
		models.script(GPT, answer);
		models.script(NOVA, ['Here ', 60, 'I am.']);
		const began = performance.now(), { told, result } = await follow(server);
		assert.deepEqual([result.structuredContent.text, result.structuredContent.model], ['Here I am.', `bedrock:${NOVA}`]);
		assert.deepEqual(asked(models), [GPT, NOVA]);
		assert.ok(performance.now() - began < 2000 * slack);
		assert.ok(told.every(([text]) => 'Here I am.'.startsWith(text)));
	});

test('throttled for a moment it is asked again, the same model', async t => {
	const { models, server } = await world(t);
	models.script(GPT, json(429, 'rate_limit_exceeded', { 'retry-after': '1' }), ['Now.']);
	assert.equal((await ask(server, 'ask', { text: 'x' })).model, `openai:${GPT}`);
	assert.ok(models.requests[1].at - models.requests[0].at >= 1000);
});

for (const [name, answer, model, protocol] of [
	['cut off', ['One ', 150, { cut: true }], GPT, 'openai'],
	['cut off', ['One ', 150, { cut: true }], NOVA, 'bedrock'],
	['broken by an exception', ['One ', 150, { exception: ['throttlingException', 'Too many'] }], NOVA, 'bedrock'],
	['spoilt', ['One ', 150, { raw: Buffer.alloc(64, 1) }], NOVA, 'bedrock'],
])
	test(`what was told stays where it is ${name}, of ${protocol}, and nothing else is told`, async t => {
		const { models, server } = await world(t, { MODELS: `${protocol}:${model},openai:another` });
		models.script(model, answer);
		models.script('another', ['Two.']);
		const { told, result } = await follow(server), { text, cut, stop } = result.structuredContent;
		assert.deepEqual([text, stop, asked(models)], ['One ', 0, [model]]);
		assert.ok(cut);
		assert.deepEqual(told.map(([each]) => each), ['One ']);
	});

// ---- Times ----

test('one that does not begin in time leaves it to the next', async t => {
	const { models, server } = await world(t, { MODEL_BEGINS: '300ms' });
	models.script(NOVA, ['Here.']);
	for (const silent of [[{ hold: true }], [{ raw: ': ping\n\n' }, { hold: true }], [30000, 'Late.']]) {
		models.script(GPT, silent);
		assert.equal((await ask(server, 'ask', { text: 'x' })).model, `bedrock:${NOVA}`);
	}
	await eventually(() => models.requests.every(({ model, gone }) => model === NOVA || gone), 'it is still asked');
});

for (const [name, head, bytes] of [['only ever to go on', '', 'HTTP/1.1 100 Continue\r\n\r\n'], ['header by header', 'HTTP/1.1 200 OK\r\n', 'X: y\r\n']])
	test(`nor does one that answers ${name}`, async t => {
		const { models, server } = await world(t, { MODEL_BEGINS: '300ms' });
		models.script(GPT, { socket: socket => drip(socket, head, bytes) });
		models.script(NOVA, ['Here.']);
		const began = performance.now();
		assert.equal((await ask(server, 'ask', { text: 'x' })).model, `bedrock:${NOVA}`);
		assert.ok(performance.now() - began < 2000 * slack);
	});

test('one that says nothing more is cut off there, and so is one that never ends', async t => {
	const { models, server } = await world(t, { MODEL_SILENCE: '300ms', MODEL_ALL: '1500ms' });
	models.script(GPT, ['One ', 100, 'two', { hold: true }], Array.from({ length: 400 }, () => ['on ', 50]).flat());
	const silent = await ask(server, 'ask', { text: 'x' });
	assert.deepEqual([silent.text, silent.stop], ['One two', 0]);
	assert.match(silent.cut, /says nothing more/);
	const endless = await ask(server, 'ask', { text: 'x' });
	assert.match(endless.cut, /takes longer than it may/);
	assert.ok(/^(on )+$/.test(endless.text));
	assert.equal(models.requests.length, 2);
});

// ---- Trouble that no other model mends ----

test('what makes no sense to one is asked no other', async t => {
	const { models, server } = await world(t);
	models.script(GPT, json(400, 'invalid_request_error'));
	const result = await callTool(server, 'ask', { text: 'x' });
	assert.match(result.content[0].text, /gpt-4o-mini: it says: as it says/);
	assert.deepEqual(asked(models), [GPT]);
});

test('where none answers, each says why', async t => {
	const { models, server } = await world(t);
	models.script(GPT, json(503, 'server_error'));
	models.script(NOVA, { status: 400, body: { message: 'no such id' }, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } });
	const { isError, content } = await callTool(server, 'ask', { text: 'x' });
	assert.ok(isError);
	assert.match(content[0].text, /openai:gpt-4o-mini: it says: as it says; bedrock:us\.amazon\.nova-2-lite-v1:0: it says: no such id/);
});

test('one that fails is not asked for a while, and the other is', async t => {
	const { models, server } = await world(t);
	models.script(GPT, json(503, 'server_error'));
	models.script(NOVA, ['Fine.']);
	for (let i = 0; i < 8; i++)
		assert.equal((await ask(server, 'ask', { text: 'x' })).text, 'Fine.');
	assert.deepEqual([asked(models).filter(model => model === GPT).length, asked(models).filter(model => model === NOVA).length], [5, 8]);
	assert.equal(await server.metric('mcp_model_requests_total\\{model="openai:gpt-4o-mini",outcome="held-back"\\}'), 3);
	await server.says(/openai:gpt-4o-mini is not asked for a while/);
});

test('what there is no room for here says nothing of the model', async t => {
	const { models, server } = await world(t, { BODIES_MAX: '24KiB' });
	for (let i = 0; i < 6; i++)
		assert.match((await callTool(server, 'ask', { text: 'x'.repeat(4000) })).content[0].text, /^openai:gpt-4o-mini: there is no memory/);
	assert.equal(models.requests.length, 0);
	assert.equal(await server.metric('mcp_model_requests_total\\{model="openai:gpt-4o-mini",outcome="no-room"\\}'), 6);
	assert.equal(await server.metric('mcp_model_requests_total'), 6);
});

test('one whose key is wrong is not asked again', async t => {
	const { models, server } = await world(t, { OPENAI_KEY: 'wrong' }, { key: 'k' });
	models.script(NOVA, ['Fine.']);
	for (let i = 0; i < 3; i++)
		assert.equal((await ask(server, 'ask', { text: 'x' })).text, 'Fine.');
	assert.equal(await server.metric('mcp_model_requests_total\\{model="openai:gpt-4o-mini",outcome="denied"\\}'), 1);
});

test('where the clock here is wrong it goes by theirs', async t => {
	const { models, server } = await world(t, { MODELS: `bedrock:${NOVA}` }, { skewMs: 3600000 });
	models.script(NOVA, ['Fine.']);
	assert.equal((await ask(server, 'ask', { text: 'x' })).text, 'Fine.');
	await server.says(/the clock of AWS is 3[56]\d\d s ahead/);
});

test('and by ours once that is set right', async t => {
	const { models, server } = await world(t, { MODELS: `bedrock:${NOVA}` }, { skewMs: 3600000 });
	models.script(NOVA, ['Fine.']);
	for (models.clock.skewMs of [3600000, 0, -7200000, 0])
		assert.equal((await ask(server, 'ask', { text: 'x' })).text, 'Fine.');
});

test('a key that is repeated is told to nobody', async t => {
	const { models, server } = await world(t, { OPENAI_KEY: 'sk-known-1', AWS_SESSION_TOKEN: 'session+token/1=' }, { keys: { AKIA: { secret: 's', token: 'session+token/1=' } } });
	models.script(GPT, { status: 401, body: { error: { message: 'no: sk-known-1' } } });
	models.script(NOVA, { status: 403, body: { message: 'no: session+token\/1=' }, headers: { 'x-amzn-errortype': 'AccessDeniedException' } });
	const { isError, content } = await callTool(server, 'ask', { text: 'x' });
	assert.ok(isError);
	assert.match(content[0].text, /no: .*\(the key\).*no: \(the key\)/);
	assert.ok(!/sk-known-1|session\+token/.test(content[0].text + server.log), server.log);
});

test('an identity that has expired is asked for anew once, then the next model answers', async t => {
	const { models, server } = await world(t, { MODELS: `bedrock:${NOVA},openai:${GPT}` }, { keys: { AKIA: { secret: 's', expired: true } } });
	models.script(GPT, ['Fine.']);
	assert.equal((await ask(server, 'ask', { text: 'x' })).text, 'Fine.');
	assert.equal(await server.metric('mcp_model_requests_total\\{model="bedrock:[^"]*",outcome="identity"\\}'), 2);
});

test('without a region Bedrock is not asked, and why is told', async t => {
	const { server } = await world(t, { MODELS: `bedrock:${NOVA}`, AWS_REGION: '' });
	assert.match((await callTool(server, 'ask', { text: 'x' })).content[0].text, /set AWS_REGION/);
});

test('without a model whoever asks is told so, and a wrong setting stops the start', async t => {
	const { server } = await world(t, { MODELS: '' });
	const { isError, content } = await callTool(server, 'ask', { text: 'x' });
	assert.ok(isError);
	assert.match(content[0].text, /no model is set/);
	await assert.rejects(world(t, { MODELS: 'gpt-4o' }), /which is not openai:NAME/);
});

test('a request is a span, with what it took', async t => {
	const collector = await new Collector().start();
	t.after(() => collector.stop());
	const { models, server } = await world(t, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' });
	models.script(GPT, json(503, 'server_error'));
	models.script(NOVA, ['Fine.', { usage: [12, 4, 8] }]);
	await ask(server, 'ask', { text: 'a secret' });
	await collector.spansOf(({ is }) => is['gen_ai.request.model'] === NOVA);
	const [call] = await collector.spansOf(({ is }) => is['gen_ai.tool.name'] === 'ask');
	const spans = collector.spans.filter(({ is }) => is['gen_ai.request.model']).sort((a, b) => Number(a.began - b.began));
	assert.deepEqual(spans.map(({ name, kind, parentSpanId, is }) => [name, kind, parentSpanId, is]), [
		[`chat ${GPT}`, 3, call.spanId, { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': GPT, 'error.type': 'unavailable' }],
		[`chat ${NOVA}`, 3, call.spanId, { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'aws.bedrock', 'gen_ai.request.model': NOVA,
			'gen_ai.response.finish_reason': 'stop', 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 4, 'gen_ai.usage.cache_read.input_tokens': 8 }],
	]);
	assert.ok(!collector.bodies.join().includes('a secret'));
	assert.equal(await server.metric('mcp_model_tokens_total'), 24);
	assert.equal(await server.metric('mcp_model_first_words_total'), 1);
	assert.ok(await server.metric('mcp_model_first_word_seconds_total') > 0);
});

// ---- Many, and those who leave ----

test('a server that stops waits for no model', async t => {
	const { models, server } = await world(t, { SHUTDOWN_TIMEOUT: '1s' });
	models.script(GPT, ['One ', { hold: true }]);
	const calls = [0, 1, 2].map(() => follow(server).catch(() => {}));
	await eventually(() => models.requests.filter(({ said }) => said.length).length === 3, 'nothing is said');
	await server.stop();
	await Promise.all(calls);
});

test(`${MANY} wait at once with ${WORKERS} workers, and others are served meanwhile`, async t => {
	const { models, server } = await world(t, { WORKERS: String(WORKERS), MODEL_SILENCE: '80s' });
	const { promise: all, resolve: go } = Promise.withResolvers();
	models.script(GPT, ['One ', { until: all }, 'two.']);
	const calls = Array.from({ length: MANY }, () => follow(server, { tool: 'ask_on_worker' }));
	await eventually(() => models.requests.length === MANY, () => `${models.requests.length} asked`);
	await server.waits(MANY);
	const hello = performance.now();
	assert.equal((await callTool(server, 'hello', {})).content[0].text, 'Hello.');
	const served = performance.now() - hello;
	go();
	const results = await Promise.all(calls);
	t.diagnostic(`hello in ${served.toFixed(1)} ms`);
	for (const { told, result } of results) {
		assert.equal(result.structuredContent.text, 'One two.');
		assert.equal(told[0][0], 'One ');
	}
	assert.ok(served < 500 * slack, `${served} ms`);
});

for (const era of ['2026-07-28', '2025-11-25'])
	test(`a client that leaves ends the request, in ${era}`, async t => {
		const { models, server } = await world(t);
		models.script(GPT, ['One ', { hold: true }]);
		if (era === '2026-07-28') {
			await follow(server, { until: told => told.length > 0 });
		} else {
			const headers = await beginSession(server, era), send = message => exchange(server, { headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
			const call = send({ id: 7, method: 'tools/call', params: { name: 'ask', arguments: { text: 'x' } } });
			await eventually(() => models.requests[0]?.said.length, 'nothing is said');
			await send({ method: 'notifications/cancelled', params: { requestId: 7 } });
			await call;
		}
		await eventually(() => models.requests[0].gone, 'the request goes on');
		assert.equal(await server.metric('mcp_model_requests_total\\{model="openai:gpt-4o-mini",outcome="left"\\}'), 1);
		assert.equal(await server.metric('mcp_calls_waiting'), 0);
	});
