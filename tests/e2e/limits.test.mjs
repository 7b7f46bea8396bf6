// limits.test.mjs - each limit a client can meet, on both sides of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, head, open, post } from './raw.mjs';
import {
	beginSession, callTool, eventually, exchange, onPostgres, pause, start, stateless, types,
} from './support.mjs';

// A server of its own, with these settings.
const limit = (what, settings, run) => test(what, async () => {
	const metrics = await freePort();
	const server = await start('probe', { LOOPS: '1', METRICS_PORT: String(metrics), ...settings });
	server.metric = async name => {
		const { text } = await exchange({ port: metrics }, { method: 'GET', path: '/metrics' });
		return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
	};
	try {
		await run(server);
	} finally {
		await server.stop();
	}
});

const count = (to, pause_ms) => stateless('tools/call', { name: 'count', arguments: { to, pause_ms } });
const listen = (...names) => stateless('subscriptions/listen',
	{ notifications: { resourceSubscriptions: names.map(name => `probe://${name}`) } });
const rpc = (server, headers, method, params) => exchange(server, { headers,
	body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });

limit('a tool over CALL_DEADLINE', { CALL_DEADLINE: '2s' }, async server => {
	assert.equal((await callTool(server, 'count', { to: 1, pause_ms: 10 })).isError, undefined);
	const { json } = await exchange(server, count(1, 4000));
	assert.equal(json.error.code, -32603);
	assert.match(json.error.message, /longer/);
});

limit('a read on a loop that takes too long is moved to a worker', {}, async server => {
	const moved = () => server.metric('mcp_moved_to_worker_total');
	const before = await moved();
	assert.equal((await callTool(server, 'sum', { to: 10 })).content[0].text, '55');
	assert.equal(await moved(), before);
	assert.equal((await callTool(server, 'sum', { to: 200000 })).content[0].text, '20000100000');
	if (!onPostgres)
		assert.equal(await moved(), before + 1);
});

limit('SESSION_STREAMS + 1', { SESSION_STREAMS: '2' }, async server => {
	const headers = { ...await beginSession(server), Accept: 'text/event-stream' };
	const connections = [];
	for (let i = 0; i < 2; i++) {
		const connection = await open(server);
		connections.push(connection.send(head(server, headers, 'GET')));
		await connection.until(/text\/event-stream/);
	}
	const answer = await exchange(server, { method: 'GET', headers });
	assert.equal(answer.status, 429);
	assert.ok(answer.headers['retry-after'] > 0);
	connections.forEach(each => each.leave());
});

// Whose client is gone makes way, whichever loop it was on.
limit('SESSION_STREAMS of clients that left', { SESSION_STREAMS: '4', LOOPS: '4' }, async server => {
	const headers = { ...await beginSession(server), Accept: 'text/event-stream' };
	for (let i = 0; i < 40; i++) {
		let answer;                     // it may be refused until the server has seen that another left
		await eventually(async () => {
			const connection = await open(server);
			answer = await connection.send(head(server, headers, 'GET')).until(/text\/event-stream|HTTP\/1.1 [45]/);
			connection.leave();
			return /^HTTP\/1.1 200/.test(answer);
		}, () => answer);
	}
});

limit('a session that nobody uses ends', { SESSION_IDLE: '400ms' }, async server => {
	const session = await beginSession(server);
	const ping = async () => (await rpc(server, session, 'ping')).status;
	assert.equal(await ping(), 200);
	// To look at it would be to use it. The gauge tells that its copy is gone; that the session is, a look
	// when the server must have looked for idle ones.
	await eventually(async () => await server.metric('mcp_sessions') === 0, 'its copy is kept');
	for (const until = Date.now() + 60000; await ping() !== 404; await pause(3000))
		assert.ok(Date.now() < until, 'it does not end');
});

limit('LISTENS_MAX + 1', { LISTENS_MAX: '1' }, async server => {
	const connection = await open(server), { headers, body } = listen('a');
	await connection.send(post(server, body, headers)).until(/acknowledged/);
	assert.equal((await exchange(server, listen('b'))).status, 503);
	connection.leave();
	const again = () => exchange(server, { ...listen('b'), until: events => events.length > 0 });
	for (const until = Date.now() + 30000; (await again()).status !== 200;)
		assert.ok(Date.now() < until, 'there is room again');
});

// It gets one notice a resource, however often that changed, and the latest always.
limit('a slow listener', { STREAM_BACKLOG: '4KiB' }, async server => {
	const names = Array.from({ length: 300 }, (_, i) => `${i}-${'n'.repeat(90)}`);
	const connection = await open(server), { headers, body } = listen(...names);
	await connection.send(post(server, body, headers)).until(/acknowledged/);
	connection.socket.pause();
	for (let i = 0; i < 3; i++)
		await Promise.all(names.map(name => callTool(server, 'touch', { name })));
	connection.socket.resume();
	await callTool(server, 'touch', { name: names[0] });
	const seen = () => new Set([...connection.text.matchAll(/probe:\/\/(\d+)-n+"},"_meta|"uri":"probe:\/\/(\d+)-/g)]
		.map(match => match[1] ?? match[2]));
	await eventually(() => seen().size === names.length, 'each is told', 20000);
	assert.equal(connection.closed, false);
	connection.leave();
});

limit('BODIES_MAX in the middle of a chunked body', { BODIES_MAX: '64KiB' }, async server => {
	const { headers, body } = stateless('tools/list', { _meta: { more: 'x'.repeat(100000) } });
	const connection = await open(server);
	connection.send(head(server, { ...headers, 'Transfer-Encoding': 'chunked' }));
	for (let at = 0; at < body.length; at += 10000) {
		const piece = body.slice(at, at + 10000);
		connection.send(`${piece.length.toString(16)}\r\n${piece}\r\n`);
	}
	connection.send('0\r\n\r\n');
	await connection.until(/ 503 /);
	assert.equal(await server.metric('mcp_limit_hits_total\\{limit="body"\\}'), 1);
	connection.leave();
	assert.equal((await exchange(server, stateless('tools/list'))).status, 200);
});

limit('what a limit refused is counted under its name', { BODY_MAX: '2KiB', BATCH_MAX: '2', JSON_DEPTH: '8', JSON_VALUES: '100' },
	async server => {
		const ping = params => ({ jsonrpc: '2.0', id: 1, method: 'ping', params });
		const deep = levels => levels > 0 ? { in: deep(levels - 1) } : {};
		const hits = name => server.metric(`mcp_limit_hits_total\\{limit="${name}"\\}`);
		const refused = { body: ping({ x: 'x'.repeat(3000) }), batch: [ping(), ping(), ping()], depth: ping(deep(8)),
			values: ping({ x: Array(120).fill(1) }) };
		for (const message of [ping({ x: 'x'.repeat(1000) }), [ping(), ping()], ping(deep(4)), ping({ x: Array(20).fill(1) })])
			assert.equal((await exchange(server, { headers: types, body: JSON.stringify(message) })).status, 200);
		for (const [name, message] of Object.entries(refused)) {
			assert.equal(await hits(name), 0, name);
			const { status } = await exchange(server, { headers: types, body: JSON.stringify(message) });
			assert.equal(status, name === 'body' ? 413 : 400, name);
			assert.equal(await hits(name), 1, name);
		}
	});

limit('header parameters of each type', {}, async server => {
	const call = (args, headers) => exchange(server, stateless('tools/call', { name: 'labels', arguments: args },
		{ headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [`Mcp-Param-${name}`, value])) }));
	const args = { text: 'a', number: 42, flag: true };
	const right = { Text: 'a', Number: '42', Flag: 'true' };
	const fine = await call(args, right);
	assert.equal(fine.json.result.content[0].text, 'a 42 1');
	assert.equal((await call(args, { ...right, Number: '42.0' })).status, 200);
	for (const [name, wrong] of [['Text', 'b'], ['Number', '43'], ['Flag', 'false'], ['Flag', '1'],
		['Number', '1e999'], ['Number', 'nan'], ['Number', '']]) {
		const { status, json } = await call(args, { ...right, [name]: wrong });
		assert.equal(status, 400, `${name}: ${wrong}`);
		assert.equal(json.error.code, -32020);
	}
	// What no integer holds is not cast into one.
	assert.equal((await call({ number: 1e300 }, { Number: '9223372036854775807' })).status, 400);
	assert.ok((await call({ number: 1e300 }, { Number: '1e300' })).json.result.isError);
	assert.equal((await call({}, { Text: 'a' })).status, 400);
	assert.equal((await call({ number: 1 }, {})).status, 400);
});
