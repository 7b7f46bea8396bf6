// sessions.test.mjs - what processes know together: a session is served and ended by all, a person's
// answer may reach any of them, also when whoever asked is dead, and what one sealed another opens.
import assert from 'node:assert/strict';
import test from 'node:test';
import { eventually, orderOf, pause } from '../e2e/support.mjs';
import { withCluster } from './cluster.mjs';
import { callUntil, once, send, Session } from './session.mjs';

const newOrder = async (port, key) =>
	(await callUntil(port, 'create_order', orderOf({ 'KIT-0003': 1 }, key))).structuredContent.id;
const statusOf = async (port, id) =>
	(await callUntil(port, 'get_order', { id })).structuredContent.status;

test('a session is served by all, also by a task that was started after it, and ended on all at once', () =>
	withCluster('sessions', { balanced: false }, async ({ products }) => {
		const [first, second, third] = products;
		await third.kill();
		const session = await new Session(first.port, '2025-11-25').begin();
		await third.start();
		for (const task of [second, third]) {
			session.port = task.port;
			assert.ok((await session.ask('tools/list')).tools.length, task.index);
		}
		await first.kill();
		session.port = second.port;
		assert.ok((await session.ask('tools/list')).tools.length);
		const ended = await send(third.port, { method: 'DELETE', headers: session.headers });
		assert.equal(ended.status, 204, ended.text);
		await pause(1000);
		const ping = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'ping' });
		for (const task of [second, third])
			assert.equal((await send(task.port, { headers: session.headers, body: ping })).status, 404);
		await first.start();
		assert.equal((await send(first.port, { headers: session.headers, body: ping })).status, 404);
	}));

// cancel_order asks; the answer is sent to another task.
async function askAndAnswer({ orders }, key, between) {
	const [asks, answers] = orders;
	const id = await newOrder(answers.port, key);
	const session = new Session(asks.port, '2025-11-25');
	session.capabilities = { elicitation: {} };
	await session.begin();
	const posted = [];
	const outcome = session.request('tools/call', { name: 'cancel_order', arguments: { id } }, {
		onmessage: message => {
			if (message.method !== 'elicitation/create')
				return;
			session.port = answers.port;    // and resumes go there too
			posted.push((async () => {
				await between(asks);
				return send(answers.port, { headers: session.headers, body: JSON.stringify({ jsonrpc: '2.0',
					id: message.id, result: { action: 'accept', content: { sure: true } } }) });
			})());
		} });
	const { message } = await outcome;
	assert.equal(posted.length, 1, 'it was asked');
	assert.equal((await posted[0]).status, 202);
	assert.equal(JSON.parse(message.result?.content[0].text ?? '{}').status, 'cancelled', JSON.stringify(message));
	assert.equal(await statusOf(answers.port, id), 'cancelled');
}

test('a question is answered at another task than asked it', () =>
	withCluster('questions', { balanced: false, tasks: 2 }, cluster => askAndAnswer(cluster, 'asked', () => {})));

test('a question is answered after the task that asked it was killed', () =>
	withCluster('orphans', { balanced: false, tasks: 2 }, cluster =>
		askAndAnswer(cluster, 'orphan', async task => {
			await pause(200);
			await task.kill();
		})));

test('a cursor and the state of a question go to any task; 2026-07-28', () =>
	withCluster('sealed', { balanced: false, tasks: 2 }, async ({ products, orders }) => {
		const seen = [];
		let cursor, turn = 0;
		do {
			const page = (await callUntil(products[turn++ % 2].port, 'search_products',
				{ category: 'Kitchen', limit: 5, ...(cursor ? { cursor } : {}) })).structuredContent;
			seen.push(...page.products.map(each => each.sku));
			cursor = page.next_cursor;
		} while (cursor);
		assert.ok(turn > 2 && new Set(seen).size === seen.length);

		const id = await newOrder(orders[0].port, 'sealed'), capabilities = { elicitation: { form: {} } };
		const call = { name: 'cancel_order', arguments: { id } };
		const { message } = await once(orders[0].port, 'tools/call', call, { capabilities });
		assert.equal(message.result.resultType, 'input_required', JSON.stringify(message));
		const [key] = Object.keys(message.result.inputRequests);
		const answered = await once(orders[1].port, 'tools/call', { ...call,
			requestState: message.result.requestState,
			inputResponses: { [key]: { action: 'accept', content: { sure: true } } } }, { capabilities });
		assert.equal(answered.message.result?.structuredContent?.status, 'cancelled', JSON.stringify(answered.message));
	}));

test('a call on a task that is killed is answered with an error within its bound', t =>
	withCluster('orphaned', { balanced: false, tasks: 2 }, async ({ orders }) => {
		const id = await newOrder(orders[1].port, 'orphaned'), session = await new Session(orders[0].port, '2025-11-25').begin();
		let steps = 0;
		const outcome = session.request('tools/call', { name: 'track_order', _meta: { progressToken: 1 },
			arguments: { id, follow: true, wait_seconds: 120 } }, { onmessage: () => { steps++; } });
		await eventually(() => steps > 0, 'it follows');
		session.port = orders[1].port;
		const began = Date.now();
		await orders[0].kill();
		const { message } = await outcome;
		const took = Date.now() - began;
		t.diagnostic(`after ${(took / 1000).toFixed(1)} s: ${message.error?.message}`);
		assert.ok(message.error, JSON.stringify(message));
		assert.ok(took < 60000, `it took ${took} ms`);
	}));
