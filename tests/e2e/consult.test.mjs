// consult.test.mjs - a tool that asks another server is run when one of the answers comes, and not in between.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { test } from 'node:test';
import { callTool, exchange, start, stateless } from './support.mjs';

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

	// Whoever asks for something is answered at once.
	answerAll() {
		this.asked.set = (name, { message, response }) => {
			Map.prototype.set.call(this.asked, name, { message, response });
			this.answer(name);
		};
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

const waitingFor = async (probe, calls) => {
	while (await probe.metric('mcp_calls_waiting') !== calls)
		;
};

for (const tool of ['consult', 'consult_blocking']) {
	test(`one that waits is over when its client leaves, and the next answer is nobody's (${tool})`, async () => {
		const other = await new Other().start();
		const probe = await start('probe', { METRICS_PORT: 'any', LOOPS: '1', CONSULT_URL: other.url });
		for (let i = 0; i < 20; i++) {
			const leaving = new AbortController();
			const { headers, body } = stateless('tools/call', { name: tool, arguments: { rounds: `a${i} b${i}` } });
			const call = fetch(`http://127.0.0.1:${probe.port}/mcp`, { method: 'POST', headers, body, signal: leaving.signal });
			await Promise.all([other.isAsked(`a${i}`), other.isAsked(`b${i}`), waitingFor(probe, 1)]);
			leaving.abort();
			// Both at once, so that either may be first.
			await Promise.all([other.answer(`a${i}`), assert.rejects(call)]);
			await waitingFor(probe, 0);
		}
		await probe.stop();
		other.stop();
	});

	test(`one that waits for longer than it may is over (${tool})`, async () => {
		const other = await new Other().start();
		const probe = await start('probe', { METRICS_PORT: 'any', LOOPS: '1', CALL_DEADLINE: '1s', CONSULT_URL: other.url });
		const { json } = await exchange(probe, stateless('tools/call', { name: tool, arguments: { rounds: 'never' } }));
		assert.match(json.error.message, /longer than the 1 s/);
		await waitingFor(probe, 0);
		await probe.stop();
		other.stop();
	});
}

// How often its threads waited for something, and had to be woken.
const waits = ({ pid }) => readdirSync(`/proc/${pid}/task`).reduce((sum, thread) =>
	sum + Number(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8').match(/^voluntary_ctxt_switches:\s*(\d+)/m)[1]), 0);

// The outbound thread, when it is asked and when the answer comes, and the worker: the loop learns nothing.
test('an answer goes to a worker, and not by way of the loop', async () => {
	const ROUNDS = 100, other = await new Other().start();
	const probe = await start('probe', { LOOPS: '1', CONSULT_URL: other.url });
	const rounds = Array.from({ length: ROUNDS }, (_, i) => `r${i}`).join(';');
	other.answerAll();
	await callTool(probe, 'consult_blocking', { rounds });
	const before = waits(probe);
	await callTool(probe, 'consult_blocking', { rounds });
	const each = (waits(probe) - before) / ROUNDS;
	console.log(`# ${each.toFixed(2)} waits a round`);
	assert.ok(each < 4.7, `${each} waits a round`);
	await probe.stop();
	other.stop();
});
