// client.mjs - a raw connection: sends what it is given, also half of it, and takes answers apart as
// they come, however many were asked for in a row. What they say goes to the knowledge.
import { isUtf8 } from 'node:buffer';
import net from 'node:net';
import { parseEvents } from '../e2e/support.mjs';
import { Session } from './knowledge.mjs';

const HEARD_MAX = 1 << 16;              // longer answers are counted, not read

export function bytesOf(request, port) {
	const { verb = 'POST', path = '/mcp', headers, body } = request;
	const content = body === undefined ? Buffer.alloc(0) : Buffer.from(body);
	const all = { Host: `127.0.0.1:${port}`, ...headers,
		...(body === undefined ? {} : { 'Content-Length': content.length }) };
	const head = `${verb} ${path} HTTP/1.1\r\n${Object.entries(all)
		.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
	return { head: Buffer.from(head), body: content };
}

export class Client {
	constructor(port, knowledge) {
		Object.assign(this, { port, knowledge, tally: knowledge.tally, closed: false, waiting: [] });
		this.rest = Buffer.alloc(0);
		this.socket = net.connect(port, '127.0.0.1');
		this.socket.setNoDelay(true);
		this.socket.on('data', chunk => this.#read(chunk));
		this.socket.on('error', error => this.tally.add('connections', error.code ?? 'error'));
		this.socket.on('close', () => this.#close());
		this.tally.add('connections', 'opened');
	}

	get idle() {
		return !this.closed && !this.spent && this.waiting.length === 0;
	}

	// What is still answered, in words.
	get unfinished() {
		const { request, streams } = this.part ?? {}, asked = request ?? this.waiting[0]?.request;
		return !this.closed && asked && `port ${this.port}${this.socket.isPaused() ? ' (reads nothing)' : ''}, ${
			streams ? 'a stream' : 'an answer'} to ${asked.verb ?? 'POST'} ${asked.session?.revision ?? ''} ${
			asked.headers?.['Last-Event-ID'] ?? ''} ${String(asked.body ?? '').slice(0, 500)}`;
	}

	// Resolves when its answer has begun as a stream, is complete, or can't come any more.
	ask(request) {
		const { head, body } = bytesOf(request, this.port);
		const answer = this.expect(request);
		this.write(head);
		if (body.length)
			this.write(body);
		return answer;
	}

	expect(request) {
		return new Promise(resolve => this.waiting.push({ request, resolve }));
	}

	write(bytes) {
		if (!this.closed)
			this.socket.write(bytes);
	}

	leave() {
		this.socket.destroy();
	}

	#close() {
		this.closed = true;
		for (const { resolve } of this.waiting.splice(0))
			resolve();
	}

	// ---- Taking answers apart ----

	// What can't be taken apart is one thing that is wrong.
	#read(chunk) {
		try {
			this.#take(chunk);
		} catch (error) {
			this.knowledge.complain(`an answer is none: ${error.stack}`);
			this.leave();
		}
	}

	#take(chunk) {
		this.rest = this.rest.length ? Buffer.concat([this.rest, chunk]) : chunk;
		while (this.rest.length && (this.part ? this.#goOn() : this.#begin()))
			;
	}

	#begin() {
		const end = this.rest.indexOf('\r\n\r\n');
		if (end < 0)
			return false;
		const head = this.rest.toString('latin1', 0, end), { request } = this.waiting[0] ?? { request: {} };
		this.rest = this.rest.subarray(end + 4);
		const header = name => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1];
		const status = Number(head.slice(9, 12));
		this.tally.add('statuses', status);
		if (status >= 100 && status < 200)
			return true;
		const session = header('mcp-session-id');
		if (session && request.begins)
			this.knowledge.keep(this.knowledge.sessions,
				new Session(session, request.begins.program, request.begins.revision, request.begins.key));
		const streams = /event-stream/.test(header('content-type') ?? '');
		this.spent ||= /close/i.test(header('connection') ?? '');
		if (status === 404 && request.session)
			this.knowledge.forget(request.session);
		const empty = request.verb === 'HEAD' || status === 204 || status === 304;
		this.part = { request, streams, status, json: /json/.test(header('content-type') ?? ''),
			chunked: /chunked/i.test(header('transfer-encoding') ?? ''),
			left: empty ? 0 : Number(header('content-length') ?? 0), events: '', pieces: [], size: 0 };
		if (streams) {
			this.tally.add('streams', 'opened');
			this.#resolve();
		}
		if (!this.part.chunked && this.part.left === 0)
			this.#end();
		return true;
	}

	#goOn() {
		return this.part.chunked ? this.#chunk() : this.#body();
	}

	#body() {
		const piece = this.rest.subarray(0, this.part.left);
		this.rest = this.rest.subarray(piece.length);
		this.part.left -= piece.length;
		this.#content(piece);
		if (this.part.left === 0)
			this.#end();
		return true;
	}

	#chunk() {
		const end = this.rest.indexOf('\r\n');
		if (end < 0)
			return false;
		const size = parseInt(this.rest.toString('latin1', 0, end), 16);
		if (!(size >= 0)) {
			this.knowledge.complain(`a chunk of no size: ${this.rest.toString('latin1', 0, 60)}`);
			this.leave();
			return false;
		}
		if (this.rest.length < end + 2 + size + 2)
			return false;
		this.#content(this.rest.subarray(end + 2, end + 2 + size));
		this.rest = this.rest.subarray(end + 2 + size + 2);
		if (size === 0)
			this.#end();
		return true;
	}

	#content(bytes) {
		const { part } = this;
		if (part.streams) {
			this.#events(bytes);
		} else if ((part.size += bytes.length) <= HEARD_MAX) {
			part.pieces.push(Buffer.from(bytes));
		}
	}

	#events(bytes) {
		const { part } = this;
		const { events, rest } = parseEvents(part.events + bytes.toString('latin1'));
		part.events = rest;
		for (const event of events) {
			if (event.id !== undefined)
				this.#number(event.id);
			if (event.data && event.data.length <= HEARD_MAX)
				this.#hear(Buffer.from(event.data, 'latin1'));
			this.tally.add('streams', event.data ? 'events' : 'other events');
		}
	}

	// Within an answer events only go up.
	#number(id) {
		const { part } = this, [stream, number] = id.split('-').map(Number);
		if (part.stream === stream && !(number > part.number))
			this.knowledge.complain(`event ${id} came after ${part.number}`);
		Object.assign(part, { stream, number });
		if (part.request.session)
			this.knowledge.keep(part.request.session.events, id);
	}

	#hear(bytes) {
		if (!isUtf8(bytes))
			this.knowledge.complain(`an answer is not UTF-8: ${bytes.toString('latin1').slice(0, 300)}`);
		this.knowledge.hear(bytes.toString(), this.part.request);
	}

	#end() {
		const { part } = this;
		if (part.streams)
			this.tally.add('streams', 'ended');
		else if (part.json && part.size && part.size <= HEARD_MAX)
			this.#hear(Buffer.concat(part.pieces));
		this.part = undefined;
		if (!part.streams)
			this.#resolve();
		if (part.request.kind === 'delete' && part.status === 204)
			this.knowledge.forget(part.request.session);
	}

	#resolve() {
		this.waiting.shift()?.resolve(this.part);
	}
}
