// statements.test.mjs - what a request costs the database: the statements the server logs are
// counted, BEGIN and COMMIT among them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { orderOf, pause } from '../e2e/support.mjs';
import { withCluster } from './cluster.mjs';
import { postgres } from './postgres.mjs';
import { long } from './scale.mjs';
import { callUntil, once, send, Session } from './session.mjs';

const TIMES = 20;
const IDLE_SECONDS = long ? 60 : 8;

// What one process says while it does nothing: that it lives; what it tidies up each 30 s; and orders
// looks each 15 s for orders and errands that somebody left, products each 60 s for words of another version,
// and both for an import. A worker may
// connect meanwhile.
const beat = /^with beat as/,
	tidying = new RegExp('^(with now as materialized|update mcp_session set used|delete from mcp_session where used'
		+ '|select count\\(\\*\\) as id from mcp_session|delete from mcp_(stream|event|task)|update mcp_stream set bytes|select caller, cast'
		+ "|update mcp_task set status = 'failed')"),
	finishing = /from import_run where lease_until|from product p where substr/, recovering = /\blease_until\b/, connecting = /^set tcp_keepalives/;
const TIDYING = 10, RECOVERING = 3;     // statements each time, at most

// The statements since a place in PostgreSQL's log, of servers alone.
function statements(server, from) {
	const found = [];
	for (const line of server.logSince(from).split('\n')) {
		const match = /\] mcp-\S+ LOG:  (?:statement|execute [^:]*): (.*)$/.exec(line);
		if (match)
			found.push(match[1].trim());
	}
	return found;
}

test('statements per request', { timeout: 300000 }, async t => {
	const server = await postgres();
	await server.set('log_statement', `'all'`);
	try {
		await withCluster('statements', { tasks: 2, balanced: false, settings: { KEEP_ALIVE: '200ms' } },
			async cluster => {
				const { products, orders } = cluster;
				// All statements are prepared, all connections there.
				const session = await new Session(products[0].port, '2025-11-25').begin();
				const get = { name: 'get_product', arguments: { sku: 'KIT-0001' } };
				const warm = async () => {
					for (let i = 0; i < 12; i++)
						await Promise.all(Array.from({ length: 4 }, () => once(products[0].port, 'tools/call', get)));
				};
				await warm();

				// What `work` makes the servers say, less what they say when they rest.
				const count = async (name, most, work, times = TIMES) => {
					await pause(100);
					const from = server.logSize;
					await work();
					await pause(200);
					const said = statements(server, from).filter(sql => ![beat, tidying, recovering, finishing].some(resting => resting.test(sql)));
					const each = said.length / times;
					t.diagnostic(`${name}: ${each.toFixed(2)}`);
					assert.ok(each <= most, `${name}: ${each} statements instead of ${most}:\n${
						[...Map.groupBy(said, sql => sql.slice(0, 100))].map(([sql, all]) => `${all.length} ${sql}`).join('\n')}`);
				};
				const times = async work => {
					for (let i = 0; i < TIMES; i++)
						await work(i);
				};

				await count('initialize, and initialized', 1, () => times(() =>
					new Session(products[0].port, '2025-11-25').begin()));
				// Nobody has to have a key for it: a browser asks before it sends one.
				await count('OPTIONS that name a session nobody knows', 0, () => times(async i => {
					const { status } = await send(products[0].port, { method: 'OPTIONS',
						headers: { 'Mcp-Session-Id': String(i).padStart(session.id.length, 'A') } });
					assert.equal(status, 204);
				}));
				await count('ping in a session', 0, () => times(() => session.ask('ping')));
				// One, but a worker asks again for what a loop has waited for too long: as happens on a busy machine.
				const read = 1.2;
				await count('get_product in a session, answered as JSON', read, () => times(() =>
					send(products[0].port, { headers: { ...session.headers, Accept: 'application/json, text/event-stream' },
						body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: get }) })));
				await count('get_product, 2026-07-28', read, () => times(() => once(products[0].port, 'tools/call', get)));
				await count('the first request of a session at another task', 1, async () => {
					for (let i = 0; i < TIMES; i++) {
						const other = await new Session(products[0].port, '2025-11-25').begin();
						other.port = products[1].port;
						await other.ask('ping');
					}
				}, TIMES * 2);          // half of them begin the session
				// The first of a caller looks how much it follows.
				await session.ask('resources/subscribe', { uri: 'product://KIT-0001' });
				await count('subscribe, and unsubscribe, which reads first', 1.5, () => times(async () => {
					for (const method of ['resources/subscribe', 'resources/unsubscribe'])
						await session.ask(method, { uri: 'product://KIT-0001' });
				}), TIMES * 2);

				// A stream with k events: opened, then each batch of events a statement.
				const order = (await callUntil(orders[0].port, 'create_order', orderOf({ 'KIT-0001': 1 }, 'stream')))
					.structuredContent;
				for (const status of ['paid', 'packed', 'shipped', 'delivered'])
					await callUntil(orders[0].port, 'update_order_status', { id: order.id, status });
				const book = await new Session(orders[0].port, '2025-11-25').begin();
				const track = () => book.request('tools/call', { _meta: { progressToken: 1 },
					name: 'track_order', arguments: { id: order.id, follow: true } });
				await track();
				const before = [...book.streams.values()].flat().length;
				await count('a call that streams 5 events of progress at once and answers', 5, () => times(track));
				assert.equal([...book.streams.values()].flat().length - before, 6 * TIMES, 'it did not stream');

				// Written down with its questions, and taken up with the answer; the tool looks at the order twice.
				const asked = new Session(orders[0].port, '2025-11-25');
				asked.capabilities = { elicitation: {} };
				await asked.begin();
				const pending = (await callUntil(orders[0].port, 'create_order', orderOf({ 'KIT-0001': 1 }, 'asked')))
					.structuredContent;
				let declined = 0;
				const ask = () => asked.request('tools/call', { name: 'cancel_order', arguments: { id: pending.id } }, {
					onmessage: ({ id, method }) => method === 'elicitation/create' && send(orders[0].port, { headers: asked.headers,
						body: JSON.stringify({ jsonrpc: '2.0', id, result: { action: 'decline' } }) }).then(() => { declined++; }) });
				await ask();
				await count('a question, its answer and the result', 18, () => times(ask));
				assert.equal(declined, TIMES + 1);

				// An event that comes alone, on a session's own stream.
				const listening = session.listen(() => { heard++; });
				let heard = 0;
				await session.ask('resources/subscribe', { uri: 'product://KIT-0002' });
				await pause(300);
				let price = 1000;
				await count('a change that a session is told', 1, () => times(async () => {
					const now = heard;
					await cluster.shop.run(`update product set price = ${++price} where sku = 'KIT-0002'`);
					for (const until = Date.now() + 20000; heard === now && Date.now() < until;)
						await pause(2);
				}));
				assert.equal(heard, TIMES);

				// A client that comes back, to the other task.
				const stream = [...book.streams.keys()].at(-1);
				await count('a resume, at another task', 6, () => times(() => send(orders[1].port, {
					method: 'GET', headers: { ...book.headers, 'Last-Event-ID': `${stream}-1` } })));

				// Nothing but a beat each two seconds, and no statement for a keep-alive.
				const from = server.logSize, since = Date.now();
				await pause(IDLE_SECONDS * 1000);
				const seconds = (Date.now() - since) / 1000;
				let idle = statements(server, from);
				const take = pattern => {
					const taken = idle.filter(sql => pattern.test(sql)).length;
					idle = idle.filter(sql => !pattern.test(sql));
					return taken;
				};
				const [beats, tidied, finished, recovered] = [beat, tidying, finishing, recovering].map(take);
				take(connecting);
				const processes = cluster.tasks.length, rate = beats / processes / seconds;
				t.diagnostic(`idle for ${IDLE_SECONDS} s with open streams and keep-alives each 200 ms: ${
					rate.toFixed(2)} beats a process and second, ${tidied} for tidying, ${recovered} of orders' job, ${
					idle.length} others`);
				assert.ok(rate > 0.2 && rate < 0.6, `${beats} beats in ${seconds} s`);
				assert.ok(tidied <= processes * TIDYING * (seconds / 30 + 1), `${tidied} for tidying`);
				assert.ok(finished <= 2 * processes * (seconds / 60 + 1), `${finished} for imports and words`);
				assert.ok(recovered <= orders.length * RECOVERING * (seconds / 15 + 1), `${recovered} of the job`);
				assert.deepEqual([...new Set(idle)].map(sql => sql.slice(0, 200)), []);
				await listening.stop();
			});
	} finally {
		await server.set('log_statement', `'none'`);
	}
});
