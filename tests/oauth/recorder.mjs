// recorder.mjs - stands between a client and servers, and writes down what is said: each request and its answer,
// with what is secret cut, so that one can read how a client signs in.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { dirname } from 'node:path';

const told = ['authorization', 'mcp-protocol-version', 'mcp-session-id', 'mcp-method', 'www-authenticate', 'location', 'content-type',
	'retry-after', 'last-event-id', 'access-control-allow-origin'];
const BODY_MAX = 1500;

export const cut = text => text
	.replace(/\b(eyJ[\w-]{6})[\w.-]+/g, '$1…')
	.replace(/\b((?:access_token|refresh_token|id_token|code|code_verifier|code_challenge|client_secret|registration_access_token|state)(?:=|":\s*"))([\w~.-]{0,6})[\w~.%-]*/g, '$1$2…')
	.replace(/\b(Basic [\w+/=]{4})[\w+/=]*/g, '$1…');

export class Recorder {
	constructor() {
		this.steps = [];                // { to, method, path, status, headers, sent, got }
		this.fronts = [];
	}

	// Where one who is at `port()` is reached through this.
	async front(name, port) {
		const front = http.createServer((request, response) => this.#pass(name, port(), request, response));
		this.fronts.push(front.listen(0, '127.0.0.1'));
		await once(front, 'listening');
		return `http://127.0.0.1:${front.address().port}`;
	}

	#pass(to, port, request, response) {
		const step = { to, method: request.method, path: request.url, sent: '', got: '', asked: request.headers };
		this.steps.push(step);
		const far = http.request({ host: '127.0.0.1', port, method: request.method, path: request.url,
			headers: request.headers }, answer => {
			Object.assign(step, { status: answer.statusCode, headers: answer.headers });
			response.writeHead(answer.statusCode, answer.headers);
			answer.on('data', chunk => { step.got += chunk; }).pipe(response);
		});
		far.on('error', () => response.destroy());
		response.on('close', () => far.destroy());
		request.on('data', chunk => { step.sent += chunk; }).pipe(far);
	}

	// All that were seen.
	get tokens() {
		return [...new Set(this.steps.flatMap(step => step.asked.authorization?.match(/(?<=^Bearer ).*/) ?? []))];
	}

	write(path) {
		const lines = ({ ...headers }) => told.filter(name => headers[name]).map(name => `    ${name}: ${headers[name]}\n`).join('');
		const body = text => text && `    ${text.slice(0, BODY_MAX).trimEnd().replaceAll('\n', '\n    ')}${text.length > BODY_MAX ? ' …' : ''}\n`;
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, cut(this.steps.map(step => `${step.to}: ${step.method} ${step.path}\n${lines(step.asked)}${body(step.sent)}`
			+ `  ${step.status ?? 'no answer'}\n${lines(step.headers ?? {})}${body(step.got)}\n`).join('')));
	}

	async stop() {
		for (const front of this.fronts) {
			front.closeAllConnections();
			front.close();
		}
	}
}
