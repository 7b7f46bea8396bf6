// consult.test.mjs - a tool that asks another server is run when one of the answers comes, and not in between.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { callTool, start } from './support.mjs';

// A server whose tools answer when they are told to.
class Other {
	asked = new Map();
	waiting = new Map();

	async start() {
		this.server = http.createServer((request, response) => {
			const parts = [];
			request.on('data', part => parts.push(part));
			request.on('end', () => {
				const message = JSON.parse(Buffer.concat(parts)), { name } = message.params;
				this.asked.set(name, { message, response });
				this.waiting.get(name)?.();
			});
		});
		await new Promise(resolve => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${this.server.address().port}/mcp`;
		return this;
	}

	async answer(name) {
		if (!this.asked.has(name))
			await new Promise(resolve => this.waiting.set(name, resolve));
		const { message, response } = this.asked.get(name);
		const body = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { resultType: 'complete', content: [] } });
		response.writeHead(200, { 'content-type': 'application/json' }).end(body);
	}

	async isAsked(name) {
		if (!this.asked.has(name))
			await new Promise(resolve => this.waiting.set(name, resolve));
	}

	stop() {
		this.server.closeAllConnections();
		this.server.close();
	}
}

for (const tool of ['consult', 'consult_blocking'])
	test(`an answer that the tool no longer asks for does not run it over and over (${tool})`, async () => {
		const other = await new Other().start();
		const probe = await start('probe', { METRICS_PORT: 'any', LOOPS: '1', CONSULT_URL: other.url });
		const call = callTool(probe, tool, { rounds: 'first second;third;fourth' });
		await other.isAsked('second');
		await other.answer('first');
		await other.isAsked('third');
		await other.answer('second');
		// A round trip through the loop and through the other server: time to run it some thousand times.
		for (let i = 0; i < 20; i++)
			await probe.metric('probe_consulted_total');
		await other.answer('third');
		await other.answer('fourth');
		const { text } = (await call).content[0], runs = await probe.metric('probe_consulted_total');
		// Each kept how many there were before it.
		assert.equal(text, `All have answered after ${runs} runs.`);
		assert.ok(runs <= 5, `${runs} runs for four answers`);
		await probe.stop();
		other.stop();
	});
