// memory.test.mjs - what clients can make a server keep, all of it at once, in a task of 512 MB.
//
// The settings are what they would be there: a quarter of it for requests, another for streams. The
// release binary is measured: sanitizers have memory of their own.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { head, open, post } from './raw.mjs';
import { beginSession, eventually, exchange, program, start, stateless } from './support.mjs';

process.env.BUILD = 'release';
const MIB = 1024 * 1024, LIMIT = 512 * MIB;
const missing = !existsSync(program('probe')) && 'there is no release build';

const resident = server => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) * 1024;
const own = server => [...readFileSync(`/proc/${server.pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+: +(\d+)/gm)]
	.reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
const zeros = `[${'0,'.repeat(2 * MIB - 200)}0]`;
const connections = [];
after(() => connections.forEach(each => each.leave()));

// Sends and reads nothing.
async function leaveUnread(server, message, headers) {
	const connection = await open(server);
	connection.socket.pause();
	connection.send(post(server, message, headers));
	connections.push(connection);
}

const listen = more => stateless('subscriptions/listen',
	{ notifications: { resourceSubscriptions: ['probe://a'] }, _meta: { more } });
const large = (kib, more = {}) => stateless('tools/call', { name: 'large', arguments: { kib }, ...more });
const each = (count, what) => Promise.all(Array.from({ length: count }, (_, i) => what(i)));

// One kind of each, many times.
const attacks = {
	async 'documents of two million values'(server) {
		const { headers, body } = listen('HERE');
		await each(12, () => leaveUnread(server, body.replace('"HERE"', zeros), headers));
	},
	async 'listens whose requests are large'(server) {
		const { headers, body } = listen('x'.repeat(4 * MIB - 1000));
		await each(60, () => leaveUnread(server, body, headers));
	},
	async 'URIs of four megabytes'(server) {
		await each(8, i => leaveUnread(server, JSON.stringify({ jsonrpc: '2.0', id: i,
			method: 'resources/subscribe', params: { uri: `probe://${'u'.repeat(4 * MIB - 1000)}` } }), server.session));
	},
	async 'large answers that nobody reads'(server) {
		const { headers, body } = large(8192);
		await each(64, () => leaveUnread(server, body, { ...headers, Accept: 'application/json' }));
	},
	async 'large streams that nobody reads'(server) {
		const { headers, body } = large(4096, { _meta: { progressToken: 1 } });
		await each(64, () => leaveUnread(server, body, headers));
		await each(16, i => leaveUnread(server, JSON.stringify({ jsonrpc: '2.0', id: i, method: 'tools/call',
			params: { name: 'large', arguments: { kib: 4096 }, _meta: { progressToken: 1 } } }), server.session));
	},
	async 'bodies that never end'(server) {
		await each(100, async () => {
			const connection = await open(server);
			connection.send(head(server, { 'Content-Length': 4 * MIB }) + 'x'.repeat(3 * MIB));
			connections.push(connection);
		});
	},
	async 'idle connections'(server) {
		await each(1000, async () => connections.push(await open(server)));
	},
};

test('the worst of it all at once fits, and the server goes on', { skip: missing, timeout: 280000 }, async t => {
	const server = await start('probe', { BODIES_MAX: '128MiB', BACKLOGS_MAX: '128MiB', CONNECTIONS_MAX: '6000' });
	server.session = await beginSession(server);
	for (const [what, attack] of Object.entries(attacks)) {
		await attack(server);
		// All that it does is done when what came behind it is answered.
		const answer = await exchange(server, stateless('tools/list'));
		assert.equal(answer.status, 200, `${what}: a small request is served all the same: ${answer.text}`);
		t.diagnostic(`${what}: ${(resident(server) / MIB).toFixed(0)} MiB at most so far`);
	}
	assert.ok(resident(server) < LIMIT, `${(resident(server) / MIB).toFixed(0)} MiB`);
	// What they held is there again.
	connections.splice(0).forEach(each => each.leave());
	let status = 0;
	await eventually(() => {
		exchange(server, large(8192)).then(answer => { status = answer.status; }, () => {});
		return status === 200;
	}, 'what was kept for clients that left is free again', 60000);
	await server.stop();
});

test('nothing piles up behind clients that are not waited for', { skip: missing, timeout: 180000 }, async t => {
	const server = await start('probe');
	const session = await beginSession(server, '2025-03-26');
	const body = JSON.stringify(Array.from({ length: 50 }, (_, i) => ({ jsonrpc: '2.0',
		method: 'notifications/cancelled', params: { requestId: `${'x'.repeat(200)}${i}` } })));
	const before = resident(server);
	let left = 4000;
	await each(50, async () => {
		while (left-- > 0)
			assert.equal((await exchange(server, { headers: session, body })).status, 202);
	});
	const more = (resident(server) - before) / MIB;
	t.diagnostic(`${more.toFixed(0)} MiB for 200,000 cancellations`);
	assert.ok(more < 64, `${more.toFixed(0)} MiB`);
	await server.stop();
});

test('what a peak took is given back once the server rests', { skip: missing, timeout: 120000 }, async t => {
	const server = await start('probe');
	const { headers, body } = stateless('subscriptions/listen', { notifications: { resourceSubscriptions: ['probe://a'] } });
	const listens = async count => {
		const streams = await each(count, () => open(server));
		await each(count, i => streams[i].send(post(server, body, headers)).until(/ 200 [^]*\r\n\r\n/));
		const peak = own(server);
		streams.forEach(stream => stream.leave());
		return peak;
	};
	await listens(50);                      // what is needed once, whatever comes
	const before = own(server);
	let peak = 0;
	for (let i = 0; i < 4; i++)
		peak = Math.max(peak, await listens(500));
	t.diagnostic(`${(before / MIB).toFixed(1)} MiB before, ${(peak / MIB).toFixed(1)} with 500 streams`);
	assert.ok(peak > before + 4 * MIB, 'it is a peak');
	await eventually(() => own(server) < before + 2 * MIB, () => `${(own(server) / MIB).toFixed(1)} MiB are left`, 60000);
	await server.stop();
});
