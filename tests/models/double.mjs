// double.mjs - language models of the tests: OpenAI's wire and Bedrock's frames, by scripts, with signatures checked.
//
//     const models = await startModels();
//     models.script('gpt-4o-mini', ['Hel', 100, 'lo']);                    // text, milliseconds, text
//     … OPENAI_URL=models.openai, AWS_ENDPOINT_URL_BEDROCK_RUNTIME=models.url …
//     models.requests                  // [{ model, protocol, at, body, headers, said: [[text, at]], gone }], as they came
//     await models.stop();
//
// A script is what each request of that model gets in turn, the last of them for all that follow: { status, body, headers },
// { socket: what is done with the bare connection }, a function that makes one of the request's body, or steps:
//   'text' | ms | { tool: { id, name, input } } | { stop: 'max_tokens' } | { usage: [in, out, cached] } | { raw: bytes } | { exception: [name, message] }
//   | { cut: true } (hangs up) | { hold: true } (says nothing more) | { until: a promise }
// `at` is performance.now(). `gone`: when the one who asked hung up before the end. None of this is from the code that it tests.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { pairs, refusal } from '../aws/double.mjs';

// ---- Frames of AWS's event streams ----

function header(name, value) {
	const head = Buffer.alloc(name.length + 4);
	head.writeUInt8(name.length, 0);
	head.write(name, 1);
	head.writeUInt8(7, name.length + 1);
	head.writeUInt16BE(Buffer.byteLength(value), name.length + 2);
	return Buffer.concat([head, Buffer.from(value)]);
}

export function frame(headers, payload) {
	const names = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value))), body = Buffer.from(JSON.stringify(payload));
	const prelude = Buffer.alloc(12);
	prelude.writeUInt32BE(16 + names.length + body.length, 0);
	prelude.writeUInt32BE(names.length, 4);
	prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
	const all = Buffer.concat([prelude, names, body]), end = Buffer.alloc(4);
	end.writeUInt32BE(crc32(all), 0);
	return Buffer.concat([all, end]);
}

const event = (type, payload) => frame({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload);

// ---- The two wires: what begins, each step, what ends ----

const openai = {
	type: 'text/event-stream',
	chunk: (delta, finish_reason = null) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
	begin() { return this.chunk({ role: 'assistant', content: '' }); },
	text(text) { return this.chunk({ content: text }); },
	tool({ id, name, input }, at) {
		const text = JSON.stringify(input), half = text.length >> 1, use = more => ({ tool_calls: [{ index: at, ...more }] });
		return this.chunk(use({ id, type: 'function', function: { name, arguments: text.slice(0, half) } })) +
			this.chunk(use({ function: { arguments: text.slice(half) } }));
	},
	exception: ([code, message]) => `data: ${JSON.stringify({ error: { message, code } })}\n\n`,
	whole: (text, tools, { stop, usage: [input, output, cached] }) => ({ id: 'c', object: 'chat.completion', choices: [{ index: 0,
		finish_reason: { max_tokens: 'length' }[stop] ?? stop ?? (tools.length ? 'tool_calls' : 'stop'),
		message: { role: 'assistant', content: text || null, ...tools.length && { tool_calls: tools.map(({ id, name, input }) => ({ id, type: 'function',
			function: { name, arguments: JSON.stringify(input) } })) } } }],
		usage: { prompt_tokens: input + cached, completion_tokens: output, prompt_tokens_details: { cached_tokens: cached } } }),
	end({ stop, tools, usage: [input, output, cached] }) {
		return this.chunk({}, { max_tokens: 'length' }[stop] ?? stop ?? (tools ? 'tool_calls' : 'stop')) +
			`data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: input + cached, completion_tokens: output, prompt_tokens_details: { cached_tokens: cached } } })}\n\n` +
			'data: [DONE]\n\n';
	},
};
const bedrock = {
	type: 'application/vnd.amazon.eventstream',
	begin: () => event('messageStart', { role: 'assistant' }),
	text: text => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }),
	tool({ id, name, input }, at) {
		const text = JSON.stringify(input), half = text.length >> 1, contentBlockIndex = at + 1;
		return Buffer.concat([event('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: id, name } } }),
			...[text.slice(0, half), text.slice(half)].map(part => event('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input: part } } })),
			event('contentBlockStop', { contentBlockIndex })]);
	},
	whole: (text, tools, { stop, usage: [inputTokens, outputTokens, cacheReadInputTokens] }) => ({
		output: { message: { role: 'assistant', content: [...text ? [{ text }] : [], ...tools.map(({ id, name, input }) => ({ toolUse: { toolUseId: id, name, input } }))] } },
		stopReason: stop ?? (tools.length ? 'tool_use' : 'end_turn'), metrics: { latencyMs: 1 },
		usage: { inputTokens, outputTokens, cacheReadInputTokens, totalTokens: inputTokens + outputTokens } }),
	exception: ([name, message]) => frame({ ':exception-type': name, ':content-type': 'application/json', ':message-type': 'exception' }, { message }),
	end: ({ stop, tools, usage: [inputTokens, outputTokens, cacheReadInputTokens] }) => Buffer.concat([
		event('contentBlockStop', { contentBlockIndex: 0 }),
		event('messageStop', { stopReason: stop ?? (tools ? 'tool_use' : 'end_turn') }),
		event('metadata', { usage: { inputTokens, outputTokens, cacheReadInputTokens, totalTokens: inputTokens + outputTokens }, metrics: { latencyMs: 1 } }),
	]),
};

const told = (response, bytes) => response.destroyed ? undefined : new Promise(sent => response.write(bytes, sent));

async function play(wire, response, steps, request) {
	const end = { tools: 0, usage: [9, 5, 0] };
	response.writeHead(200, { 'content-type': wire.type });
	response.flushHeaders();
	let begun = false;
	for (const step of steps) {
		if (response.destroyed)
			return;
		if (typeof step !== 'number' && !begun && (begun = true))
			await told(response, wire.begin());
		if (typeof step === 'number') {
			await sleep(step);
		} else if (typeof step === 'string') {
			request.said.push([step, performance.now()]);
			await told(response, wire.text(step));
		} else if (step.tool) {
			await told(response, wire.tool(step.tool, end.tools++));
		} else if (step.raw) {
			await told(response, step.raw);
		} else if (step.until) {
			await step.until;
		} else if (step.hold) {
			return;
		} else if (step.cut) {
			response.destroy();
			return;
		} else if (step.exception) {
			await told(response, wire.exception(step.exception));
			response.end();
			return;
		}
		Object.assign(end, step.stop && { stop: step.stop }, step.usage && { usage: step.usage });
	}
	response.end(wire.end(end));
}

// One that does not ask for pieces gets all of it when the last step is done.
async function playWhole(wire, response, steps) {
	const tools = [], end = { usage: [9, 5, 0] };
	let text = '';
	for (const step of steps) {
		if (step.hold || response.destroyed)
			return;
		if (typeof step === 'number')
			await sleep(step);
		else if (typeof step === 'string')
			text += step;
		else if (step.tool)
			tools.push(step.tool);
		else if (step.until)
			await step.until;
		Object.assign(end, step.stop && { stop: step.stop }, step.usage && { usage: step.usage });
	}
	response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(wire.whole(text, tools, end)));
}

// `keys`: of AWS, by id; `skewMs`: its clock, which is `clock.skewMs` from then on; `bearer`: Bedrock's, in place of a signature; `key`: OpenAI's.
export async function startModels({ keys = { AKIA: { secret: 's' } }, bearer, key, skewMs = 0 } = {}) {
	const scripts = new Map(), requests = [], clock = { skewMs };
	const refused = (response, status, code) => response.writeHead(status, { 'content-type': 'application/json',
		date: new Date(Date.now() + clock.skewMs).toUTCString(), 'x-amzn-errortype': code }).end(JSON.stringify({ message: 'as AWS would say' }));
	const server = createServer(async (request, response) => {
		const at = performance.now(), text = Buffer.concat(await request.toArray().catch(() => [])).toString();
		const converse = /^\/model\/([^/]+)\/converse(-stream)?$/.exec(request.url), wire = converse ? bedrock : openai;
		const auth = request.headers.authorization;
		const checked = converse && !(bearer && auth === `Bearer ${bearer}`) ? refusal(request, pairs(request.rawHeaders), text, keys, Date.now() + clock.skewMs) : {};
		if (checked.code || (converse && checked.service && checked.service !== 'bedrock'))
			return refused(response, 403, checked.code ?? 'AccessDeniedException');
		if (!converse && (request.url !== '/v1/chat/completions' || (key && auth !== `Bearer ${key}`)))
			return refused(response, 401, 'invalid_api_key');
		const body = JSON.parse(text), model = converse ? decodeURIComponent(converse[1]) : body.model;
		const record = { model, protocol: converse ? 'bedrock' : 'openai', at, body, headers: request.headers, said: [], gone: undefined };
		requests.push(record);
		response.once('close', () => { record.gone = response.writableFinished ? undefined : performance.now(); });
		const left = scripts.get(model) ?? [{ status: 404, body: { error: { message: `The model ${model} does not exist`, code: 'model_not_found' } } }];
		const next = left.length > 1 ? left.shift() : left[0], answer = typeof next === 'function' ? next(body) : next;
		if (Array.isArray(answer))
			return (converse ? converse[2] : body.stream) ? play(wire, response, answer, record).catch(() => {}) : playWhole(wire, response, answer).catch(() => {});
		if (answer.socket)
			return answer.socket(response.socket);
		const bytes = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
		response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(bytes);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${server.address().port}`;
	return {
		url, openai: `${url}/v1`, requests, clock,
		script: (model, ...answers) => scripts.set(model, answers),
		stop: async () => { server.closeAllConnections(); server.close(); await once(server, 'close'); },
	};
}
