// stack.mjs - the local stack as a test has it: under a name and on ports of its own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';
import { pause, root, stateless } from '../e2e/support.mjs';
import { docker, listed, output, unique } from './support.mjs';

export class Stack {
	name = `mcp-test-${unique()}`;

	// Of this checkout or another one, with the services that are listed there.
	constructor(checkout = root, names = Object.keys(listed), env = {}) {
		this.dev = join(checkout, 'dev');
		this.names = names;
		this.folder = join(checkout, 'build', this.name);
		this.env = {
			PROJECT: this.name, STACK_FOLDER: this.name, PROMETHEUS_PORT: '0', GRAFANA_PORT: '0', ...env,
			...Object.fromEntries(names.map(name => [`${name.toUpperCase()}_HTTPS_PORT`, '0'])),
		};
	}

	// What ./dev up says is all that anybody knows of it.
	async up() {
		this.said = await output(this.dev, ['up'], { env: this.env });
		for (const name of this.names)
			this[name] = new RegExp(`^ {2}${name} +(https:\\S+)$`, 'm').exec(this.said)[1];
		this.prometheus = /^ {2}Prometheus +(http:\S+)$/m.exec(this.said)[1];
		this.key = /^Your key, .*: (mcp_\S+)$/m.exec(this.said)[1];
		tls.setDefaultCACertificates([...tls.getCACertificates(), readFileSync(join(this.folder, 'ca.pem'), 'utf8')]);
	}

	down(...words) {
		return output(this.dev, ['down', ...words], { env: this.env });
	}

	container(service) {
		return docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${this.name}`,
			'--filter', `label=com.docker.compose.service=${service}`);
	}

	// A call in 2026-07-28 through the balancer: its result, or an error where there is none. A client
	// that is too fast does as it is told.
	async call(url, name, args) {
		const { headers, body } = stateless('tools/call', { name, arguments: args });
		const response = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(30000),
			headers: { ...headers, Authorization: `Bearer ${this.key}` } });
		const text = await response.text();
		if (response.status === 429) {
			await pause(Number(response.headers.get('retry-after')) * 1000);
			return this.call(url, name, args);
		}
		const message = JSON.parse(/^data: (\{.*"result".*)$/m.exec(text)?.[1] ?? text);
		assert.ok(message.result, `${response.status} ${text}`);
		return message.result;
	}

	async ask(url, name, args) {
		const result = await this.call(url, name, args);
		assert.ok(!result.isError, `${name} failed: ${result.content?.[0]?.text}`);
		return result.structuredContent;
	}

	async query(expression) {
		const response = await fetch(`${this.prometheus}/api/v1/query?${new URLSearchParams({ query: expression })}`);
		const answer = await response.json();
		assert.equal(answer.status, 'success', `${expression}: ${answer.error}`);
		return answer.data.result;
	}
}
