// sign_in_ends.test.mjs - tokens that come to their end, and what was begun with them: it is the person's, goes
// on with the next token, and is nobody else's. Also run with DATABASE=postgresql.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { refresh, tokensOf } from '../oauth/person.mjs';
import { bearer, publicUrl, startIssuer, startTrusting, stopTrusting, withToken } from '../oauth/shop.mjs';
import { ask, beginSession, callTool, eventually, exchange, keyLines, keys, meta, stateless, temporary } from './support.mjs';
import { extension } from './tasks.mjs';

const SKEW_S = 60, JITTER_MS = 10000;
const LIFE_S = 10;              // of a token that is about to end, at most: what is begun with it has begun by then

const STEPS = 300;              // a tenth of a second each: longer than a token's life and its jitter

let issuer, probe;
before(async () => {
	issuer = await startIssuer();
	probe = await startTrusting('probe', issuer, { API_KEYS: keyLines, SHUTDOWN_TIMEOUT: '1s' });
});
after(async () => {
	await stopTrusting(probe, issuer);
	await issuer.stop();
});

const inSeconds = seconds => Math.floor(Date.now() / 1000) + seconds;
const dying = (sub, life = LIFE_S) => issuer.mint({ sub, iat: inSeconds(-600), exp: inSeconds(life - SKEW_S) });
const fresh = sub => issuer.mint({ sub });
const request = (session, method, params = {}) => ({ headers: session,
	body: JSON.stringify({ jsonrpc: '2.0', id: 'r', method, params }) });
const call = (session, name, args) => request(session, 'tools/call', { name, arguments: args, _meta: { progressToken: 'p' } });
const listen = (session, headers = {}) => ({ method: 'GET', headers: { ...session, Accept: 'text/event-stream', ...headers } });
const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));
const updates = events => messages(events).filter(message => message.method === 'notifications/resources/updated').length;
const steps = events => messages(events).filter(message => message.method === 'notifications/progress')
	.map(message => message.params.progress);
const lastId = events => events.findLast(event => event.id).id;
const touch = name => ask(probe, 'touch', { name }, withToken(keys.staff)).catch(() => {});

// A stream that is open; `over`: when the server ended it.
async function open(on, what, server = probe) {
	const stream = { over: 0, events: [] };
	stream.answer = exchange(server, { ...on, until: events => { stream.events = events; return false; } }).finally(() => {
		stream.over = Date.now();
	});
	stream.answer.catch(() => {});
	await eventually(() => stream.events.length > 0 || stream.over, `${what} did not begin`);
	assert.ok(!stream.over, `${what}: ${(await Promise.race([stream.answer, {}])).text}`);
	return stream;
}

// ---- The end ----

describe('what is open ends with its token', { concurrency: 8 }, () => {
	async function endsInTime(stream, token) {
		const end = (JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp + SKEW_S) * 1000;
		await eventually(() => stream.over, 'it is still open', LIFE_S * 1000 + JITTER_MS + 20000);
		assert.ok(stream.over >= end, `it ended ${end - stream.over} ms before its time`);
	}

	test('2025: a stream that listens; the client comes back with the next token and misses nothing', async () => {
		const token = dying('listener'), session = await beginSession(probe, '2025-11-25', {}, bearer(token));
		assert.equal((await exchange(probe, request(session, 'resources/subscribe', { uri: 'probe://l' }))).status, 200);
		const stream = await open(listen(session), 'GET');
		await touch('l');
		await eventually(() => updates(stream.events) === 1, 'it is told of a change');
		await endsInTime(stream, token);
		await touch('l');
		assert.equal((await exchange(probe, listen(session, { 'Last-Event-ID': lastId(stream.events) }))).status, 401);
		const next = { ...session, ...bearer(fresh('listener')) };
		const rest = await exchange(probe, { ...listen(next, { 'Last-Event-ID': lastId(stream.events) }),
			until: events => updates(events) === 1 });
		assert.equal(rest.status, 200);
		assert.equal((await exchange(probe, { method: 'DELETE', headers: next })).status, 204);
	});

	test('2025: a call that runs; it goes on, and the rest of it is there', async () => {
		const token = dying('caller'), session = await beginSession(probe, '2025-11-25', {}, bearer(token));
		const stream = await open(call(session, 'count', { to: STEPS, pause_ms: 100 }), 'a call');
		await endsInTime(stream, token);
		const seen = steps(stream.events);
		assert.ok(seen.length > 0 && seen.length < STEPS, `${seen.length}`);
		const rest = await exchange(probe, listen({ ...session, ...bearer(fresh('caller')) }, { 'Last-Event-ID': lastId(stream.events) }));
		assert.deepEqual([...seen, ...steps(rest.events)], Array.from({ length: STEPS }, (_, i) => i + 1));
		assert.equal(messages(rest.events).at(-1).result.content[0].text, `Counted to ${STEPS}.`);
	});

	test('before 2025-11-25: a call that runs, whose client would not come back, goes on to its end', async () => {
		const token = dying('older'), session = await beginSession(probe, '2025-06-18', {}, bearer(token));
		const [stream, listener] = await Promise.all([open(call(session, 'count', { to: 160, pause_ms: 100 }), 'a call'),
			open(listen(await beginSession(probe, '2025-06-18', {}, bearer(token))), 'GET')]);
		await endsInTime(listener, token);
		const { events } = await stream.answer;
		assert.equal((await exchange(probe, request(session, 'ping'))).status, 401);
		assert.deepEqual(steps(events), Array.from({ length: 160 }, (_, i) => i + 1));
		assert.match(messages(events).at(-1).result.content[0].text, /Counted to 160/);
	});

	test('2025: a question; it is answered with the next token', async () => {
		const token = dying('asked'), session = await beginSession(probe, '2025-11-25', { elicitation: {} }, bearer(token));
		const stream = await open(call(session, 'consent', {}), 'a question');
		const question = () => messages(stream.events).find(message => message.method === 'elicitation/create');
		await eventually(question, 'it asks');
		await endsInTime(stream, token);
		const next = { ...session, ...bearer(fresh('asked')) };
		const answer = { jsonrpc: '2.0', id: question().id, result: { action: 'accept', content: { sure: true } } };
		assert.equal((await exchange(probe, { headers: session, body: JSON.stringify(answer) })).status, 401);
		assert.equal((await exchange(probe, { headers: next, body: JSON.stringify(answer) })).status, 202);
		const rest = await exchange(probe, listen(next, { 'Last-Event-ID': lastId(stream.events) }));
		assert.match(messages(rest.events).at(-1).result.content[0].text, /Sure 1/);
	});

	test('2026: a subscription; another one goes on with the next token', async () => {
		const wish = token => stateless('subscriptions/listen', { notifications: { resourceSubscriptions: ['probe://s'] } },
			withToken(token));
		const token = dying('follower'), stream = await open(wish(token), 'a subscription');
		const before = updates(stream.events);
		await touch('s');
		await eventually(() => updates(stream.events) > before, 'it is told of a change');
		await endsInTime(stream, token);
		assert.equal((await exchange(probe, wish(token))).status, 401);
		await exchange(probe, { ...wish(fresh('follower')), until: events => updates(events) > 0 });
	});

	test('2026: whoever is told of a task', async () => {
		const token = dying('owner'), task = await beginTask(token);
		const stream = await open(stateless('subscriptions/listen', { notifications: { taskIds: [task] } },
			{ ...asTasks, ...withToken(token) }), 'a subscription');
		await endsInTime(stream, token);
		assert.equal((await getTask(task, token)).status, 401);
		assert.equal((await getTask(task, fresh('owner'))).json.result.status, 'working');
	});

	test('what came with a key goes on', async () => {
		const session = await beginSession(probe, '2025-11-25', {}, bearer(keys.staff));
		const stream = await open(listen(session), 'GET');
		const token = dying('short'), other = await open(listen(await beginSession(probe, '2025-11-25', {}, bearer(token))), 'GET');
		await endsInTime(other, token);
		assert.ok(!stream.over);
		assert.equal((await exchange(probe, { method: 'DELETE', headers: session })).status, 204);
		await eventually(() => stream.over, 'it ends with its session');
	});
});

test('an expired token is refused in each way there is, also one that was taken before', async () => {
	const token = dying('each'), session = await beginSession(probe, '2025-11-25', {}, bearer(token));
	const { events } = await exchange(probe, call(session, 'count', { to: 3, pause_ms: 0 }));
	const ways = { POST: request(session, 'ping'), GET: listen(session), DELETE: { method: 'DELETE', headers: session },
		'Last-Event-ID': listen(session, { 'Last-Event-ID': lastId(events) }),
		'POST of 2026': stateless('tools/list', {}, withToken(token)),
		'subscriptions/listen': stateless('subscriptions/listen', { notifications: { toolsListChanged: true } }, withToken(token)),
		initialize: { headers: session, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {
			protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } } }) } };
	assert.equal((await exchange(probe, ways.POST)).status, 200, 'good until its end, and what clocks differ by');
	await eventually(async () => (await exchange(probe, ways.POST)).status === 401, 'it expires', LIFE_S * 1000 + 20000);
	for (const [way, how] of Object.entries(ways)) {
		const answer = await exchange(probe, how);
		assert.equal(answer.status, 401, way);
		assert.match(answer.headers['www-authenticate'], /error="invalid_token", error_description="The (access )?token has expired\."/);
	}
	assert.equal((await exchange(probe, { ...request({ ...session, ...bearer(fresh('each')) }, 'ping') })).status, 200);
});

test('keys that are withdrawn end nothing of a person\'s, also the last one', async () => {
	const folder = temporary(), file = join(folder, 'keys');
	writeFileSync(file, keyLines.replaceAll(' ', '\n'));
	const server = await startTrusting('probe', issuer, { API_KEYS: `@${file}`, SHUTDOWN_TIMEOUT: '1s' }, { folder });
	const streams = [];
	for (const token of [keys.staff, fresh('ann')]) {
		const session = await beginSession(server, '2025-11-25', {}, bearer(token));
		streams.push(await open(listen(session), 'GET', server));
	}
	writeFileSync(file, '');
	server.child.kill('SIGHUP');
	await eventually(() => streams[0].over, 'the key\'s ends');
	assert.equal((await exchange(server, stateless('tools/list', {}, withToken(fresh('ann'))))).status, 200);
	assert.equal((await exchange(server, stateless('tools/list', {}, withToken(keys.staff)))).status, 401);
	assert.equal((await exchange(server, stateless('tools/list'))).status, 401, 'nobody is let in without');
	assert.ok(!streams[1].over);
	await stopTrusting(server, issuer);
});

// ---- Whose it is ----

const asTasks = { capabilities: { elicitation: {}, extensions: { [extension]: {} } } };
async function beginTask(token, name = 'slow_compute', args = { seconds: 120 }) {
	const { json } = await exchange(probe, stateless('tools/call', { name, arguments: args }, { ...asTasks, ...withToken(token) }));
	assert.equal(json.result?.resultType, 'task', JSON.stringify(json));
	return json.result.taskId;
}
const getTask = (taskId, token) => exchange(probe, stateless('tasks/get', { taskId }, { ...asTasks, ...withToken(token) }));

// The same person with the next token, another person, a key of the person's name, and a person of a key's name.
const others = { 'another person': () => issuer.mint({ sub: 'bob' }), 'a key': () => keys.staff,
	'a person of the same name in capitals': () => issuer.mint({ sub: 'ANN' }) };

for (const [who, token] of Object.entries(others))
	test(`a session is its person's, and ${who} does not find it`, async () => {
		const session = await beginSession(probe, '2025-11-25', {}, bearer(fresh('ann')));
		const other = { ...session, ...bearer(token()) };
		const { events } = await exchange(probe, call(session, 'count', { to: 3, pause_ms: 0 }));
		for (const way of [request(other, 'ping'), listen(other), listen(other, { 'Last-Event-ID': lastId(events) }),
			{ method: 'DELETE', headers: other }])
			assert.equal((await exchange(probe, way)).status, 404);
		const never = await exchange(probe, request({ ...other, 'Mcp-Session-Id': 'nobody-ever-began-this-session-1' }, 'ping'));
		const theirs = await exchange(probe, request(other, 'ping'));
		assert.equal(theirs.text, never.text, 'nothing tells it from one that never was');
		assert.equal((await exchange(probe, request({ ...session, ...bearer(fresh('ann')) }, 'ping'))).status, 200);
	});

test('a task is its person\'s, and nobody else finds it', async () => {
	const task = await beginTask(fresh('ann'));
	for (const [who, token] of Object.entries(others)) {
		const [theirs, never] = [await getTask(task, token()), await getTask(task.replace(/.$/, 'x'), token())];
		assert.ok(theirs.json.error, who);
		assert.deepEqual([theirs.status, theirs.json.error.code, theirs.json.error.message.replaceAll(task, '')],
			[never.status, never.json.error.code, never.json.error.message.replaceAll(task.replace(/.$/, 'x'), '')], who);
		for (const method of ['tasks/cancel', 'tasks/update'])
			assert.ok((await exchange(probe, stateless(method, { taskId: task, inputResponses: {} },
				{ ...asTasks, ...withToken(token()) }))).json.error, `${who}: ${method}`);
	}
	assert.equal((await getTask(task, fresh('ann'))).json.result.status, 'working');
});

test('a question of 2026 is answered by whom it was put to', async () => {
	const asking = token => ({ capabilities: { elicitation: {} }, ...withToken(token) });
	const asked = await callTool(probe, 'consent', {}, asking(fresh('ann')));
	assert.ok(asked.requestState, JSON.stringify(asked));
	const answer = { name: 'consent', arguments: {}, requestState: asked.requestState,
		inputResponses: { 'consent-1': { action: 'accept', content: { sure: true } } }, _meta: meta() };
	for (const [who, token] of Object.entries(others)) {
		const refused = await exchange(probe, stateless('tools/call', answer, asking(token())));
		assert.doesNotMatch(refused.text, /Sure 1/, who);
	}
	assert.match((await exchange(probe, stateless('tools/call', answer, asking(fresh('ann'))))).text, /Sure 1/);
});

test('a person whose sub is a key\'s name is not who has the key', async () => {
	const session = await beginSession(probe, '2025-11-25', {}, bearer(keys.staff));
	for (const sub of ['staff', ':staff', 'anonymous', '*']) {
		const answer = await exchange(probe, request({ ...session, ...bearer(issuer.mint({ sub })) }, 'ping'));
		assert.equal(answer.status, 404, sub);
	}
	const task = await beginTask(keys.staff);
	assert.ok((await getTask(task, issuer.mint({ sub: 'staff' }))).json.error);
	assert.equal((await exchange(probe, request(session, 'ping'))).status, 200);
});

test('a session goes on with the refreshed token of a real sign-in', async () => {
	issuer.life = LIFE_S;
	const tokens = await tokensOf(issuer, 'ann', { scope: 'products:read', resource: publicUrl });
	issuer.life = undefined;
	const session = await beginSession(probe, '2025-11-25', {}, bearer(tokens.access_token));
	await eventually(async () => (await exchange(probe, request(session, 'ping'))).status === 401, 'it expires', LIFE_S * 1000 + 20000);
	const { access_token } = await refresh(issuer, tokens);
	assert.equal((await exchange(probe, request({ ...session, ...bearer(access_token) }, 'ping'))).status, 200);
});
