// sign_in_shared.test.mjs - two processes of one service on one PostgreSQL: what was begun with a token at the
// one goes on with the refreshed one at the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { refresh, tokensOf } from '../oauth/person.mjs';
import { bearer, publicUrl, startIssuer, startTrusting, stopTrusting, withToken } from '../oauth/shop.mjs';
import { newDatabase, postgres, withoutPostgres as skip } from './postgres.mjs';
import { beginSession, callTool, eventually, exchange, keyLines, keys, stateless } from './support.mjs';
import { extension } from './tasks.mjs';

let issuer, one, two, tokens;
before(async () => {
	if (skip)
		return;
	issuer = await startIssuer();
	const settings = { DATABASE_URL: await newDatabase(), STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough',
		API_KEYS: keyLines, SHUTDOWN_TIMEOUT: '2s' };
	[one, two] = await Promise.all([1, 2].map(() => startTrusting('probe', issuer, settings)));
});
after(async () => {
	if (skip)
		return;
	await Promise.all([one, two].map(server => stopTrusting(server, issuer)));
	await issuer.stop();
	if (!process.env.POSTGRES_URL)
		await (await postgres()).stop();
});

const LIFE_S = 10;
const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));
const request = (session, method, params = {}) => ({ headers: session,
	body: JSON.stringify({ jsonrpc: '2.0', id: 'r', method, params }) });
const count = { name: 'count', arguments: { to: 120, pause_ms: 50 }, _meta: { progressToken: 'p' } };
const steps = events => messages(events).filter(message => message.method === 'notifications/progress')
	.map(message => message.params.progress);

// A token that is good for a few seconds, and the one after it.
async function signIn(person) {
	issuer.life = LIFE_S;
	tokens = await tokensOf(issuer, person, { scope: 'products:read', resource: publicUrl });
	issuer.life = undefined;
	return { first: bearer(tokens.access_token), next: async () => bearer((await refresh(issuer, tokens)).access_token) };
}

test('a session and its stream go on at the other with the refreshed token', { skip }, async () => {
	const { first, next } = await signIn('ann');
	const session = await beginSession(one, '2025-11-25', {}, first);
	const { events } = await exchange(one, { ...request(session, 'tools/call', count), until: all => steps(all).length >= 3 });
	await eventually(async () => (await exchange(two, request(session, 'ping'))).status === 401, 'the token expires');
	const later = { ...session, ...await next() };
	const rest = await exchange(two, { method: 'GET', headers: { ...later, Accept: 'text/event-stream',
		'Last-Event-ID': events.findLast(event => event.id).id } });
	assert.equal(rest.status, 200, rest.text);
	assert.deepEqual([...steps(events), ...steps(rest.events)], Array.from({ length: 120 }, (_, i) => i + 1));
	const bob = { ...session, ...bearer(issuer.mint({ sub: 'bob' })) };
	for (const server of [one, two])
		assert.equal((await exchange(server, request(bob, 'ping'))).status, 404);
	assert.equal((await exchange(two, { method: 'DELETE', headers: later })).status, 204);
});

test('a listening stream that ended at the one goes on at the other', { skip }, async () => {
	const { first, next } = await signIn('sam');
	const session = await beginSession(one, '2025-11-25', {}, first), touched = [];
	const updated = events => messages(events).filter(message => message.method === 'notifications/resources/updated').length;
	await exchange(one, request(session, 'resources/subscribe', { uri: 'probe://x' }));
	let seen = [];
	const listening = exchange(one, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' },
		until: events => { seen = events; return false; } }).finally(() => { seen.over = true; });
	const touch = async () => touched.push(await callTool(two, 'touch', { name: 'x' }, withToken(keys.staff)));
	await touch();
	await eventually(() => updated(seen) === 1, 'it is told');
	const { events } = await listening;
	await touch();
	const rest = await exchange(two, { method: 'GET', headers: { ...session, ...await next(), Accept: 'text/event-stream',
		'Last-Event-ID': events.findLast(event => event.id).id }, until: more => updated(more) === 1 });
	assert.equal(rest.status, 200);
});

test('a task begun at one is answered for at the other', { skip }, async () => {
	const { first, next } = await signIn('ann');
	const asTasks = headers => ({ headers, capabilities: { elicitation: {}, extensions: { [extension]: {} } } });
	const { json } = await exchange(one, stateless('tools/call',
		{ name: 'confirm_delete', arguments: { filename: 'f' } }, asTasks(first)));
	const { taskId } = json.result, get = headers => exchange(two, stateless('tasks/get', { taskId }, asTasks(headers)));
	await eventually(async () => (await get(first)).status === 401, 'the token expires');
	const later = await next();
	await eventually(async () => (await get(later)).json.result?.status === 'input_required', 'it asks');
	assert.ok((await get(bearer(issuer.mint({ sub: 'bob' })))).json.error);
	const question = Object.keys((await get(later)).json.result.inputRequests)[0];
	await exchange(two, stateless('tasks/update', { taskId, inputResponses: {
		[question]: { action: 'accept', content: { confirm: true } } } }, asTasks(later)));
	await eventually(async () => (await get(later)).json.result.status === 'completed', 'it goes on where it is answered');
});
