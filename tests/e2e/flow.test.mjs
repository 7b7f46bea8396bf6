// flow.test.mjs - more for a client than may wait for it: it is given as much as it takes, and all of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
	beginSession, callTool, exchange, opened, start, stateless,
} from './support.mjs';

let probe;

before(async () => {
	probe = await start('probe', { STREAM_BACKLOG: '16KiB', RETRY: '100ms' });
});
after(() => probe.stop());

const messages = events => events.filter(each => each.data).map(each => JSON.parse(each.data));
const rpc = (headers, id, method, params) => exchange(probe, { headers,
	body: JSON.stringify({ jsonrpc: '2.0', id, method, params }) });

test('a listener of a thousand long URIs is acknowledged and told of each', async () => {
	const names = Array.from({ length: 1000 }, (_, i) => String(i).padStart(99, 'u')), uris = names.map(name => `probe://${name}`);
	for (let i = 0; i < 1000; i += 50)
		await Promise.all(names.slice(i, i + 50).map(name => callTool(probe, 'touch', { name })));
	const { events } = await exchange(probe, {
		...stateless('subscriptions/listen', { notifications: { resourceSubscriptions: uris } }),
		until: events => messages(events).length === 1001,
	});
	const [first, ...told] = messages(events);
	assert.deepEqual(first.params.notifications.resourceSubscriptions, uris);
	assert.deepEqual(told.map(each => each.params.uri), uris);
});

for (const era of ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'])
	test(`${era}: an answer behind progress may be larger than what may wait`, async () => {
		const params = { name: 'large', arguments: { kib: 300 }, _meta: { progressToken: 1 } };
		const { headers, events } = era === '2026-07-28'
			? await exchange(probe, stateless('tools/call', params))
			: await rpc(await beginSession(probe, era), 1, 'tools/call', params);
		assert.match(headers['content-type'], /event-stream/);
		assert.equal(messages(events).at(-1).result.content[0].text.length, 300 * 1024);
	});

// What is missed meanwhile is more than may wait, and more than is kept.
test('who comes back is given what it missed, as it reads', async () => {
	const session = await beginSession(probe), name = 'missed';
	await rpc(session, 1, 'resources/subscribe', { uri: `probe://${name}` });
	const get = { method: 'GET', headers: { ...session, Accept: 'text/event-stream' } };
	let begun = false;
	const { events } = await exchange(probe, { ...get, until: events => {
		if (events.length && !begun)
			begun = callTool(probe, 'touch', { name });
		return messages(events).length > 0;
	} });
	let last = events.findLast(each => each.id).id;
	for (let i = 0; i < 400; i += 20)
		await Promise.all(Array.from({ length: 20 }, () => callTool(probe, 'touch', { name })));
	const seen = Number(last.split('-')[1]);
	const all = [];
	// Where more comes than is kept while it reads, its stream ends and it comes back once more.
	while (!all.includes(seen + 400)) {
		const back = await exchange(probe, { ...get, headers: { ...get.headers, 'Last-Event-ID': last },
			until: events => events.some(each => each.id?.endsWith(`-${seen + 400}`)) });
		assert.equal(back.status, 200);
		const numbers = back.events.filter(each => each.data && each.id).map(each => Number(each.id.split('-')[1]));
		assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), 'nothing in between is missing');
		assert.ok(!all.length || !numbers.length || numbers[0] > all.at(-1), 'nothing comes twice');
		all.push(...numbers);
		last = back.events.findLast(each => each.id)?.id ?? last;
	}
	assert.ok(all.length > 50);
});

// An event that never was: there is nothing behind it, or all of it.
for (const number of ['9223372036854775807', '-9223372036854775808'])
	test(`who comes back may say that it has event ${number}`, async () => {
		const session = await beginSession(probe), name = `far${number}`;
		await rpc(session, 1, 'resources/subscribe', { uri: `probe://${name}` });
		const get = { method: 'GET', headers: { ...session, Accept: 'text/event-stream' } };
		const told = events => messages(events).length > 0;
		const touched = async more => {
			const stream = await opened(probe, { ...get, ...more, until: told });
			await callTool(probe, 'touch', { name });
			return (await stream.answer).events;
		};
		const first = (await touched({})).findLast(each => each.id).id;
		const back = { headers: { ...get.headers, 'Last-Event-ID': `${first.split('-')[0]}-${number}` } };
		const events = await touched(back);
		assert.equal(messages(events)[0].params.uri, `probe://${name}`);
	});

test('what is kept for clients that may come back leaves its stream to who reads', async () => {
	const small = await start('probe', { STREAM_BACKLOG: '64KiB', BACKLOGS_MAX: '512KiB' });
	const answered = async (session, name, args) => {
		const { events } = await exchange(small, { headers: session, body: JSON.stringify({
			jsonrpc: '2.0', id: 1, method: 'tools/call',
			params: { name, arguments: args, _meta: { progressToken: 1 } } }) });
		assert.ok(messages(events).at(-1)?.result, `${name} has no answer: its stream was cut`);
	};
	for (let i = 0; i < 4; i++) {
		const session = await beginSession(small);
		for (let k = 0; k < 10; k++)
			await answered(session, 'large', { kib: 20 });
		for (let k = 0; k < 5; k++)
			await answered(session, 'count', { to: 10, pause_ms: 0 });
	}
	await small.stop();
});
