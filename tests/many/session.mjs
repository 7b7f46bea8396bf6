// session.mjs - clients that never give up: one of the session era that resumes its streams with
// Last-Event-ID, one of 2026-07-28 that listens again. They keep every event they got, so that it
// can be compared with what the database says was sent.
import http from 'node:http';
import { parseEvents, pause, stateless, types } from '../e2e/support.mjs';

const WITHIN = 180000;                   // how long they try

// One exchange; `onevent` hears the events of a stream as they come. `whole`: it ended in order.
export function send(port, { method = 'POST', headers, body, onevent, signal, timeout = 0 }) {
	return new Promise(resolve => {
		const began = performance.now();
		const request = http.request({ host: '127.0.0.1', port, method, path: '/mcp', agent: false, signal,
			headers: { ...headers, ...(body ? { 'Content-Length': Buffer.byteLength(body) } : {}) } });
		const end = (whole, status = 0, headers = {}, text = '', trouble = '') => resolve({
			whole, status, headers, text, trouble, ms: performance.now() - began });
		request.on('error', error => end(false, 0, {}, '', error.code ?? error.message));
		if (timeout)
			request.setTimeout(timeout, () => request.destroy(new Error(`nothing for ${timeout} ms`)));
		request.on('response', response => {
			const { statusCode: status, headers } = response;
			const streams = /event-stream/.test(headers['content-type'] ?? '');
			let text = '', rest = '', over = false;
			const once = (whole, trouble) => {
				if (!over)
					end(whole, status, headers, text, trouble);
				over = true;
			};
			response.setEncoding('utf8').on('data', chunk => {
				if (!streams) {
					text += chunk;
					return;
				}
				const parsed = parseEvents(rest + chunk);
				rest = parsed.rest;
				for (const event of parsed.events)
					onevent?.(event, request);
			});
			response.on('end', () => once(response.complete));
			response.on('error', error => once(false, error.code ?? error.message));
			response.on('close', () => once(false, 'closed'));
		});
		request.end(body);
	});
}

// Not now, or not by this task: worth trying again.
const isPassing = ({ status }) => status === 0 || status === 429 || status >= 500;

// A JSON-RPC request that is sent until it is answered; only for what may be sent twice.
export async function insist(what, again, within = WITHIN) {
	let last;
	for (const until = Date.now() + within; Date.now() < until; await pause(50 + Math.random() * 100)) {
		last = await again();
		if (last !== undefined)
			return last;
	}
	throw new Error(`${what}: no answer within ${within} ms`);
}

const parse = text => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

// ---- 2026-07-28 ----

// The result of a call that may be sent twice. `port`: a number, or what gives one.
const portOf = port => typeof port === 'function' ? port() : port;

export async function once(port, method, params, options) {
	let message;
	const answer = await send(portOf(port), { ...stateless(method, params, options), timeout: 60000,
		onevent: event => { message = parse(event.data) ?? message; } });
	return { ...answer, message: message ?? parse(answer.text) };
}

// Until it is answered with a result that is not "try again".
export function callUntil(port, name, args, { final = () => false, within } = {}) {
	return insist(name, async () => {
		const { message } = await once(port, 'tools/call', { name, arguments: args });
		const result = message?.result;
		return result && (!result.isError || final(result.content[0].text)) ? result : undefined;
	}, within);
}

export const readResource = (port, uri) => insist(uri, async () => {
	const { message } = await once(port, 'resources/read', { uri });
	return message?.result && JSON.parse(message.result.contents[0].text);
});

// Listens to resources until stop(); each notification is told, and each new beginning what may have been missed.
export class Listener {
	constructor(port, uris, onupdate) {
		Object.assign(this, { port, uris, onupdate, begun: 0, cuts: 0 });
		this.controller = new AbortController();
		this.over = this.#run();
	}

	async #run() {
		while (!this.stopped) {
			const { headers, body } = stateless('subscriptions/listen',
				{ notifications: { resourceSubscriptions: this.uris } });
			const answer = await send(portOf(this.port), { headers, body, signal: this.controller.signal,
				onevent: event => this.#hear(parse(event.data)) });
			this.cuts++;
			if (answer.status >= 400 && !isPassing(answer))
				throw new Error(`listening was refused: ${answer.status} ${answer.text}`);
			if (!this.stopped)
				await pause(50 + Math.random() * 100);
		}
	}

	#hear(message) {
		if (message?.method === 'notifications/subscriptions/acknowledged') {
			this.begun++;
		} else if (message?.method === 'notifications/resources/updated') {
			this.onupdate(message.params.uri);
		}
	}

	async stop() {
		this.stopped = true;
		this.controller.abort();
		await this.over;
	}
}

// ---- The session era ----

export class Session {
	constructor(port, revision) {
		Object.assign(this, { port, revision, last: 0 });
		this.streams = new Map();       // number -> [{ number, data }], as they came
		this.wrong = [];                // in words
		this.resumes = 0;
	}

	async begin() {
		const body = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {
			protocolVersion: this.revision, capabilities: this.capabilities ?? {}, clientInfo: { name: 'tests', version: '1.0.0' },
		} });
		await insist('initialize', async () => {
			const answer = await send(portOf(this.port), { headers: types, body, timeout: 30000 });
			this.id = answer.status === 200 ? answer.headers['mcp-session-id'] : undefined;
			return this.id;
		});
		this.headers = { ...types, 'Mcp-Session-Id': this.id,
			...(this.revision === '2025-03-26' ? {} : { 'MCP-Protocol-Version': this.revision }) };
		await this.notify('notifications/initialized');
		return this;
	}

	notify(method, params) {
		const body = JSON.stringify({ jsonrpc: '2.0', method, params });
		return insist(method, async () => {
			const { status } = await send(portOf(this.port), { headers: this.headers, body, timeout: 30000 });
			return status === 202 || undefined;
		});
	}

	// Keeps what came; gives where to resume.
	#keep(event) {
		const [, stream, number] = /^(\d+)-(\d+)$/.exec(event.id) ?? [];
		if (stream === undefined) {
			this.wrong.push(`an event with a strange id: ${JSON.stringify(event)}`);
			return undefined;
		}
		if (Number(number) > 0) {
			if (!this.streams.has(stream))
				this.streams.set(stream, []);
			this.streams.get(stream).push({ number: Number(number), data: event.data });
		}
		return event.id;
	}

	// One attempt at a request; the answer may be lost. What comes back: message, or `lost`, which says
	// why it can't be had: it was cut before there was an event to resume from.
	async request(method, params, { onmessage, within = WITHIN, signal } = {}) {
		const id = ++this.last;
		const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
		let latest, message;
		const onevent = event => {
			if (event.id !== undefined)
				latest = this.#keep(event);
			const heard = event.data ? parse(event.data) : undefined;
			if (heard?.id === id && (heard.result || heard.error))
				message = heard;
			else if (heard)
				onmessage?.(heard);
		};
		let answer = await send(portOf(this.port), { headers: this.headers, body, onevent, signal });
		if (!/event-stream/.test(answer.headers['content-type'] ?? ''))
			return { ...answer, message: answer.whole ? parse(answer.text) : undefined,
				lost: answer.whole ? undefined : answer.trouble };
		for (let until = Date.now() + within; !message && latest && !signal?.aborted;) {
			await pause(20 + Math.random() * 80);
			this.resumes++;
			const before = latest;
			answer = await send(portOf(this.port), { method: 'GET', onevent, signal,
				headers: { ...this.headers, 'Last-Event-ID': latest } });
			if (answer.status >= 400 && !isPassing(answer))
				throw new Error(`resuming ${method} after ${latest} in session ${this.id} was refused: ${
					answer.status} ${answer.text}`);
			if (latest !== before)
				until = Date.now() + within;
			if (Date.now() > until)
				throw new Error(`${method} was not answered: resumed after ${latest} in session ${this.id}, ${
					answer.status} ${answer.trouble}`);
		}
		return { ...answer, message, lost: message ? undefined : 'cut before its first event' };
	}

	// Until it has an answer.
	ask(method, params) {
		return insist(method, async () => {
			const { status, text, message } = await this.request(method, params);
			if (status === 404)
				throw new Error(`session ${this.id} is gone: ${text}`);
			// What the server could not do just now is told in a stream as well, whose status says nothing.
			const passing = status >= 500 || message?.error?.code === -32603;
			return message?.result ?? (message?.error && !passing ? message : undefined);
		});
	}

	// The stream for messages that answer nothing, until stop().
	listen(onmessage) {
		const controller = new AbortController();
		const listening = { cuts: 0, opened: 0, stop: async () => {
			listening.stopped = true;
			controller.abort();
			await listening.over;
		} };
		let latest;
		const onevent = event => {
			if (event.id !== undefined) {
				latest = this.#keep(event);
				const stream = latest.split('-')[0];
				listening.stream ??= stream;
				if (listening.stream !== stream)
					this.wrong.push(`resumed stream ${listening.stream} and got ${latest}`);
			}
			listening.opened++;
			if (event.data)
				onmessage(parse(event.data));
		};
		listening.over = (async () => {
			for (; !listening.stopped; await pause(20 + Math.random() * 80)) {
				const answer = await send(portOf(this.port), { method: 'GET', onevent, signal: controller.signal,
					headers: { ...this.headers, ...(latest ? { 'Last-Event-ID': latest } : {}) } });
				listening.cuts++;
				this.resumes += latest ? 1 : 0;
				if (answer.status >= 400 && !isPassing(answer))
					throw new Error(`listening in session ${this.id} after ${latest} was refused: ${
						answer.status} ${answer.text}`);
			}
		})();
		listening.over.catch(error => { listening.trouble = error; });
		return listening;
	}
}

// ---- What was got against what was sent ----

// How many streams of a session have events of which its client saw none: it can't come back to them.
export const unseenStreams = (session, rows) =>
	new Set(rows.map(row => String(row.stream)).filter(stream => !session.streams.has(stream))).size;

// Words for each thing that is wrong with the events a session got, by its rows of mcp_event.
export function compareEvents(session, rows) {
	const wrong = [...session.wrong], sent = new Map();
	for (const { stream, number, data } of rows) {
		if (!sent.has(String(stream)))
			sent.set(String(stream), new Map());
		sent.get(String(stream)).set(Number(number), data);
	}
	for (const [stream, events] of session.streams) {
		const there = sent.get(stream) ?? new Map(), where = `${session.revision} ${session.id} ${stream}`;
		events.forEach(({ number, data }, i) => {
			const before = i ? events[i - 1].number : 0;
			if (number !== before + 1)
				wrong.push(`${where}: ${number} came after ${before}`);
			if (there.get(number) !== data)
				wrong.push(`${where}: ${number} is not what was stored: ${data} / ${there.get(number)}`);
		});
		if (events.length !== there.size)
			wrong.push(`${where}: got ${events.length} events of ${there.size}`);
	}
	return wrong;
}
