// spellings.test.mjs - a client may spell a URI otherwise than the server does: percent-encoded where it need not be,
// in lower-case hex, or not where it should. It is told of each change in its own spelling, in both eras, and ends
// what it follows in any. On PostgreSQL by two processes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginSession, callTool, eventually, exchange, onPostgres, start, stateless, temporary } from './support.mjs';

const settings = { LOOPS: '1', STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough' };
const serve = folder => start('probe', settings, { folder });
const touch = (server, name) => callTool(server, 'touch', { name });

// What names each of these as the program is told: 'touch' says it without any encoding.
const spellings = {
	'a letter that need not be encoded': ['tea', 'probe://%74e%61'],
	'lower-case hex': ['t\u00e9', 'probe://t%c3%a9'],
	'what the program did not encode, as it may': ['a+b', 'probe://a%2Bb'],
	'what the program did not encode, as it must not': ['a b', 'probe://a%20b'],
};

async function pair(work) {
	const folder = temporary(), one = await serve(folder), two = onPostgres ? await serve(folder) : one;
	try {
		return await work(one, two);
	} finally {
		await Promise.all([...new Set([one, two])].map(server => server.stop()));
	}
}

// A stream that goes on until the test ends, and what it was told so far.
async function stream(server, request, begun) {
	const held = { events: [] };
	held.told = () => held.events.filter(event => event.data).map(event => JSON.parse(event.data))
		.filter(message => message.method === 'notifications/resources/updated').map(message => message.params.uri);
	held.acknowledged = () => JSON.parse(held.events.find(event => event.data).data).params.notifications.resourceSubscriptions;
	exchange(server, { ...request, until: events => { held.events = events; return false; } }).catch(() => {});
	await eventually(() => begun(held.events), 'it listens');
	return held;
}
const listen = (server, uris) => stream(server,
	stateless('subscriptions/listen', { notifications: { resourceSubscriptions: uris } }), events => events.some(event => event.data));
const get = (server, session, last = {}) => stream(server,
	{ method: 'GET', headers: { ...session, ...last, Accept: 'text/event-stream' } }, events => events.length > 0);

const request = async (server, session, method, uri) => {
	const { json } = await exchange(server, { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { uri } }) });
	assert.deepEqual(json.result, {}, JSON.stringify(json));
};
const follow = (server, session, uri) => request(server, session, 'resources/subscribe', uri);
const leave = (server, session, uri) => request(server, session, 'resources/unsubscribe', uri);

let fences = 0;

// Makes changes, and one more that is told behind them wherever they were told at all.
async function changed(server, names, held, follows) {
	const fence = `fence-${++fences}`;
	await follows?.(`probe://${fence}`);
	for (const name of [...names, fence])
		await touch(server, name);
	await eventually(() => held.told().includes(`probe://${fence}`), 'the last change is told');
	return held.told().filter(uri => !uri.startsWith('probe://fence-'));
}

for (const [what, [name, uri]] of Object.entries(spellings)) {
	test(`2026-07-28: ${what}`, () => pair(async (one, two) => {
		const held = await listen(one, [uri, `probe://fence-${fences + 1}`]);
		assert.deepEqual(await changed(two, [name, name], held), [uri, uri]);
	}));

	for (const revision of ['2025-03-26', '2025-06-18', '2025-11-25'])
		test(`${revision}: ${what}`, () => pair(async (one, two) => {
			const session = await beginSession(one, revision), held = await get(two, session);
			const fenced = fence => follow(two, session, fence);
			await follow(one, session, uri);
			assert.deepEqual(await changed(one, [name], held, fenced), [uri]);
			await leave(two, session, `probe://${name}`);
			assert.deepEqual(await changed(two, [name], held, fenced), [uri], 'it was left, in another spelling');
			await follow(two, session, uri);
			await leave(one, session, uri);
			assert.deepEqual(await changed(two, [name], held, fenced), [uri]);
		}));
}

test('2026-07-28: what is wanted twice is acknowledged and told once, in each of its spellings', () => pair(async (one, two) => {
	const wanted = ['probe://tea', 'probe://%74ea', 'probe://%74%65a', 'probe://other'], fence = `probe://fence-${fences + 1}`;
	const held = await listen(one, [...wanted, ...wanted, 'probe://tea', fence, fence]);
	assert.deepEqual(held.acknowledged(), [...wanted, fence]);
	assert.deepEqual((await changed(two, ['tea'], held)).sort(), wanted.slice(0, 3).sort());
}));

test('2026-07-28: who comes back with another spelling is told of what it may have missed', () => pair(async (one, two) => {
	await listen(one, ['probe://tea']);
	await touch(one, 'tea');
	const held = await listen(two, ['probe://%74ea', `probe://fence-${fences + 1}`]);
	assert.deepEqual([...new Set(await changed(one, [], held))], ['probe://%74ea']);    // twice is as good as once
}));

test('2025-11-25: several spellings are told, each in its own, and are left together', () => pair(async (one, two) => {
	const session = await beginSession(one, '2025-11-25'), held = await get(one, session);
	const fenced = fence => follow(two, session, fence), both = ['probe://%74ea', 'probe://tea'];
	for (const uri of [...both, ...both, 'probe://coffee'])
		await follow(two, session, uri);
	assert.deepEqual((await changed(two, ['tea'], held, fenced)).sort(), both);
	await leave(one, session, 'probe://te%61');
	assert.deepEqual((await changed(two, ['tea', 'coffee'], held, fenced)).sort(), [...both, 'probe://coffee'].sort());
}));

test('2025-11-25: behind the death of the process that held the stream, too', { skip: !onPostgres && 'one has it alone' }, async () => {
	const folder = temporary(), one = await serve(folder), two = await serve(folder);
	const session = await beginSession(one, '2025-11-25'), first = await get(one, session), uri = 'probe://%74e%61';
	await follow(one, session, uri);
	assert.deepEqual(await changed(two, ['tea'], first, fence => follow(one, session, fence)), [uri]);
	one.child.kill('SIGKILL');
	await one.ended;
	await touch(two, 'tea');
	const second = await get(two, session, { 'Last-Event-ID': first.events.findLast(event => event.id).id });
	await eventually(() => second.told().includes(uri), 'it is told of what it may have missed', 60000);
	const before = second.told().filter(each => each === uri).length;
	await changed(two, ['tea'], second, fence => follow(two, session, fence));
	assert.ok(second.told().filter(each => each === uri).length > before, 'and of what changes then');
	await leave(two, session, 'probe://tea');
	const told = second.told().filter(each => each === uri).length;
	await changed(two, ['tea'], second, fence => follow(two, session, fence));
	assert.equal(second.told().filter(each => each === uri).length, told);
	await two.stop();
});
