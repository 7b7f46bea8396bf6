// collector.mjs - a collector of OpenTelemetry's that keeps what it is sent, and answers as a test has it answer.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { eventually, root } from './support.mjs';

const python = join(root, 'build/python/bin/python');
export const withoutPython = !existsSync(python) && 'there is no Python with OpenTelemetry\'s messages';

const valueOf = ({ stringValue, intValue }) => stringValue ?? Number(intValue);

export class Collector {
	requests = [];
	bodies = [];                            // of those that were taken
	answer = () => [200, {}, '{}'];         // status, headers, body; undefined: never

	async start() {
		this.server = http.createServer((request, response) => {
			const parts = [];
			request.on('data', part => parts.push(part));
			request.on('end', () => this.#take(request, Buffer.concat(parts).toString(), response));
		});
		await new Promise(resolve => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${this.server.address().port}`;
		return this;
	}

	#take({ method, url, headers }, body, response) {
		this.requests.push({ method, url, headers, size: body.length });
		const answer = this.answer(this.requests.length);
		if (!answer)
			return;
		const [status, more, text] = answer;
		if (status === 200)
			this.bodies.push(body);
		response.writeHead(status, { 'Content-Type': 'application/json', ...more }).end(text);
	}

	stop() {
		this.server.closeAllConnections();
		return new Promise(resolve => this.server.close(resolve));
	}

	// All spans, with their service, attributes as an object, and times in nanoseconds.
	get spans() {
		return this.bodies.flatMap(body => JSON.parse(body).resourceSpans).flatMap(({ resource, scopeSpans }) => {
			const about = Object.fromEntries(resource.attributes.map(({ key, value }) => [key, valueOf(value)]));
			return scopeSpans.flatMap(({ spans }) => spans).map(span => ({
				...span, resource: about, service: about['service.name'],
				began: BigInt(span.startTimeUnixNano), ended: BigInt(span.endTimeUnixNano),
				is: Object.fromEntries(span.attributes.map(({ key, value }) => [key, valueOf(value)])),
			}));
		});
	}

	async spansOf(condition, what = 'no such span') {
		await eventually(() => this.spans.some(condition), what);
		return this.spans.filter(condition);
	}

	// As OpenTelemetry's own messages read it.
	check() {
		const { stdout, stderr, status } = spawnSync(python, [join(root, 'tests/e2e/otlp.py')], { input: this.bodies.join('\n'), encoding: 'utf8' });
		assert.equal(status, 0, stderr);
		assert.equal(Number(stdout), this.spans.length);
	}
}

// Its lines begin with how deep they are: "products POST /mcp".
export function tree(spans, root) {
	const lines = [];
	const show = (span, depth) => {
		lines.push(`${'  '.repeat(depth)}${span.service} ${span.name}`);
		const inner = spans.filter(each => each.parentSpanId === span.spanId && each.traceId === span.traceId);
		for (const each of inner.sort((a, b) => Number(a.began - b.began)))
			show(each, depth + 1);
	};
	show(root, 0);
	return lines;
}
