// desktop.mjs - starts other people's clients; and a program that knows only stdio, as Claude Desktop
// is one: it starts mcp-remote with the arguments of the README and speaks JSON-RPC through it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after } from 'node:test';
import { root, temporary } from './support.mjs';

const running = new Set();
const endAll = () => {
	for (const child of running)
		child.kill('SIGKILL');
};

// What a failed test left running must not keep the process from ending.
after(endAll);
process.on('exit', endAll);

// A client in a home of its own, that ends with the test process. `ended` is its exit status, `said`
// what it wrote on stderr.
export function startClient(command, args, env = {}) {
	const home = temporary();
	const child = spawn(command, args, {
		cwd: home, stdio: 'pipe', env: { PATH: process.env.PATH, HOME: home, ...env },
	});
	running.add(child);
	child.said = '';
	child.stdin.on('error', () => {});
	child.stdout.setEncoding('utf8');
	child.stderr.setEncoding('utf8').on('data', text => { child.said += text; });
	child.ended = new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', status => {
			running.delete(child);
			resolve(status);
		});
	});
	return child;
}

// What a client that ends well prints.
export async function printed(child) {
	let text = '';
	child.stdout.on('data', more => { text += more; });
	assert.equal(await child.ended, 0, child.said);
	return text;
}

const remote = join(root, 'build/npm/node_modules/mcp-remote/dist/proxy.js');

export class Desktop {
	constructor(url, { args = [], env = {}, elicit, callbackPort } = {}) {
		Object.assign(this, { elicit, last: 0, waiting: new Map(), told: [] });
		this.child = startClient(process.execPath, [remote, url,
			...callbackPort ? [`${callbackPort}`] : [], '--transport', 'http-only', ...args], env);
		this.child.on('close', status => {
			for (const { reject } of this.waiting.values())
				reject(new Error(`mcp-remote ended with ${status}:\n${this.child.said}`));
		});
		let rest = '';
		this.child.stdout.on('data', text => {
			const lines = (rest + text).split('\n');
			rest = lines.pop();
			for (const line of lines)
				this.hear(JSON.parse(line));
		});
	}

	send(message) {
		this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
	}

	hear(message) {
		if (message.method === 'elicitation/create')
			this.send({ id: message.id, result: this.elicit(message.params) });
		else if (message.method === 'notifications/progress')
			this.waiting.get(message.params.progressToken)?.onprogress?.(message.params);
		else if (message.method)
			this.told.push(message);
		else {
			this.waiting.get(message.id)?.resolve(message);
			this.waiting.delete(message.id);
		}
	}

	// The whole answer, result or error.
	request(method, params = {}, onprogress) {
		const id = ++this.last;
		return new Promise((resolve, reject) => {
			this.waiting.set(id, { resolve, reject, onprogress });
			this.send({ id, method,
				params: onprogress ? { ...params, _meta: { progressToken: id } } : params });
		});
	}

	async result(method, params, onprogress) {
		const answer = await this.request(method, params, onprogress);
		assert.ok(answer.result, JSON.stringify(answer));
		return answer.result;
	}

	call(name, args, onprogress) {
		return this.result('tools/call', { name, arguments: args }, onprogress);
	}

	async begin() {
		const begun = await this.result('initialize', {
			protocolVersion: '2025-11-25', capabilities: this.elicit ? { elicitation: {} } : {},
			clientInfo: { name: 'desktop', version: '1.0.0' },
		});
		this.send({ method: 'notifications/initialized' });
		return begun;
	}

	async end() {
		this.child.stdin.end();
		assert.equal(await this.child.ended, 0, this.child.said);
	}
}
