// issuer_keys.test.mjs - the keys that tokens are checked with: changed, withdrawn, and not to be had, for the
// issuer is down, slow, or says what is not so. Whatever it does, keys of the server's own serve.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeKey } from '../oauth/keys.mjs';
import {
	assertTellsNoToken, bearer, metadataUrl, publicUrl, startIssuer, startTrusting, stopTrusting, trusting,
} from '../oauth/shop.mjs';
import { freePort, head, open, post } from './raw.mjs';
import { eventually, exchange, keyLines, keys, pause, start, stateless, temporary } from './support.mjs';

const API_KEYS = keyLines;
const list = headers => stateless('tools/list', {}, { headers });
const status = async (server, token) => (await exchange(server, list(bearer(token)))).status;
const fetches = issuer => issuer.requests.filter(request => request === 'GET /jwks').length;

// Starts a probe, and its issuer with some trouble; for what is counted it has its metrics.
async function startBoth({ trouble, settings = {}, wait = true } = {}) {
	const issuer = await startIssuer();
	issuer.trouble = trouble;
	const METRICS_PORT = String(await freePort());
	const probe = await (wait ? startTrusting : start)('probe', ...wait ? [issuer, { API_KEYS, METRICS_PORT, ...settings }]
		: [trusting(issuer, { API_KEYS, METRICS_PORT, ...settings })]);
	return {
		issuer, probe,
		async counted(name) {
			const { text } = await exchange({ port: Number(METRICS_PORT) }, { method: 'GET', path: '/metrics' });
			return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? assert.fail(`there is no ${name}`));
		},
		// Has the keys fetched now, until that was tried.
		async fetchAgain() {
			const before = await this.counted('mcp_issuer_fetches_total');
			probe.child.kill('SIGHUP');
			await eventually(async () => await this.counted('mcp_issuer_fetches_total') > before, 'they are fetched');
		},
		async stop() {
			await stopTrusting(probe, issuer);
			await issuer.stop();
		},
	};
}

// ---- Keys that change ----

test('a new key counts at the first token it signed, and the old one still', async () => {
	const { issuer, probe, stop } = await startBoth(), old = issuer.mint();
	assert.equal(await status(probe, old), 200);
	await issuer.rotate({ kid: 'rs-2' });
	const next = issuer.mint(), before = fetches(issuer);
	assert.deepEqual(await Promise.all(Array.from({ length: 20 }, () => status(probe, next))), Array(20).fill(200));
	assert.equal(fetches(issuer) - before, 1, 'those who wait are served by one fetch');
	assert.equal(await status(probe, old), 200);
	await stop();
});

test('a withdrawn key is no key, though a token of it was known', async () => {
	const both = await startBoth(), { issuer, probe } = both, old = issuer.mint();
	assert.equal(await status(probe, old), 200);
	await issuer.rotate({ kid: 'rs-2', withdraw: true });
	await both.fetchAgain();
	await eventually(async () => await status(probe, old) === 401, 'it is refused');
	assert.equal(await status(probe, issuer.mint()), 200);
	await both.stop();
});

test('keys from a file, read again on SIGHUP, and from an URL without discovery', async () => {
	const issuer = await startIssuer(), folder = temporary(), file = join(folder, 'jwks.json');
	writeFileSync(file, JSON.stringify(issuer.jwks));
	const probe = await start('probe', trusting(issuer, { OAUTH_JWKS: `@${file}` }), { folder });
	const old = issuer.mint();
	assert.equal(await status(probe, old), 200);
	assert.equal(await status(probe, issuer.mint({}, { header: { kid: 'unknown' } })), 401);
	await issuer.rotate({ withdraw: true, kid: 'rs-2' });
	writeFileSync(file, 'nonsense');
	probe.child.kill('SIGHUP');
	await probe.says(/not read again, the old ones stay: OAUTH_JWKS/);
	assert.equal(await status(probe, old), 200);
	writeFileSync(file, JSON.stringify(issuer.jwks));
	probe.child.kill('SIGHUP');
	await eventually(async () => await status(probe, issuer.mint()) === 200, 'the new ones are read');
	assert.equal(await status(probe, old), 401);
	assert.deepEqual(issuer.requests, [], 'nobody was asked');
	await stopTrusting(probe, issuer);
	const byUrl = await startTrusting('probe', issuer, { OAUTH_JWKS: `${issuer.url}/jwks` });
	assert.equal(await status(byUrl, issuer.mint()), 200);
	assert.deepEqual(issuer.requests, ['GET /jwks']);
	await byUrl.stop();
	await issuer.stop();
});

test('a file of keys that is slow to be read stops nobody', async () => {
	const issuer = await startIssuer(), folder = temporary(), file = join(folder, 'jwks.json');
	writeFileSync(file, JSON.stringify(issuer.jwks));
	const probe = await start('probe', trusting(issuer, { OAUTH_JWKS: `@${file}` }), { folder });
	rmSync(file);
	execFileSync('mkfifo', [file]);
	probe.child.kill('SIGHUP');
	const pipe = await openFile(file, 'w');         // when it is opened there, too
	assert.equal(await status(probe, issuer.mint({}, { header: { kid: 'unknown' } })), 401);
	assert.equal(await status(probe, issuer.mint()), 200);
	await issuer.rotate({ kid: 'rs-2' });
	await pipe.write(JSON.stringify(issuer.jwks));
	await pipe.close();
	await eventually(async () => await status(probe, issuer.mint()) === 200, 'they are read');
	await stopTrusting(probe, issuer);
	await issuer.stop();
});

// ---- An issuer that is down ----

test('down at the start: keys serve, tokens are 503 until it is there, and nobody is unready', async () => {
	const issuer = await startIssuer(), token = issuer.mint();
	await issuer.down();
	const probe = await start('probe', trusting(issuer, { API_KEYS }));
	await probe.says(/keys of the issuer can't be had/);
	assert.equal((await exchange(probe, { method: 'GET', path: '/readyz' })).status, 200);
	assert.equal(await status(probe, keys.staff), 200);
	const refused = await exchange(probe, list(bearer(token)));
	assert.equal(refused.status, 503, 'no 401, on which clients drop their token');
	assert.match(refused.headers['retry-after'], /^[1-9]\d?$/);
	assert.equal(refused.headers['www-authenticate'], undefined);
	assert.equal(await status(probe, issuer.mint({ exp: 1 })), 401, 'no key makes this one good');
	assert.equal((await exchange(probe, list({}))).status, 401);
	await issuer.up();
	await eventually(async () => await status(probe, token) === 200, 'it is found again', 15000);
	await stopTrusting(probe, issuer);
	await issuer.stop();
});

test('down later: the keys there are serve on, a new one is 503', async () => {
	const both = await startBoth(), { issuer, probe } = both, before = issuer.mint();
	assert.equal(await status(probe, before), 200);
	await issuer.down();
	const failed = await both.counted('mcp_issuer_failed_fetches_total');
	await both.fetchAgain();
	await eventually(async () => await both.counted('mcp_issuer_failed_fetches_total') > failed, 'the fetch fails');
	assert.equal(await status(probe, before), 200);
	assert.equal(await status(probe, issuer.mint()), 200, 'also those it has not seen');
	const unknown = await exchange(probe, list(bearer(issuer.mint({}, { key: { ...makeKey('RS256', 'other') } }))));
	assert.equal(unknown.status, 503);
	assert.ok(Number(unknown.headers['retry-after']) > 0);
	assert.equal((await exchange(probe, { method: 'GET', path: '/readyz' })).status, 200);
	await issuer.up();
	await both.stop();
});

// ---- A slow one ----

// Until it answers again. Gives how to have it do so.
function holdingKeys() {
	let release;
	const held = new Promise(resolve => { release = resolve; });
	return { release, trouble: async (_, __, path) => path === '/jwks' && await held };
}

test('slow: the token waits for it, three seconds at most, and others do not', async () => {
	const first = holdingKeys(), second = holdingKeys();
	let holding = first, waited = false;
	const both = await startBoth({ wait: false, trouble: (...request) => holding.trouble(...request) });
	const { issuer, probe } = both, waiting = status(probe, issuer.mint()).finally(() => { waited = true; });
	await eventually(async () => await both.counted('mcp_sign_in_waited_total') > 0, 'it waits');
	assert.equal(await status(probe, keys.staff), 200);
	assert.ok(!waited, 'a key waits for nothing');
	first.release();
	assert.equal(await waiting, 200);
	holding = second;
	const other = issuer.mint({}, { header: { kid: 'not-yet' } });
	const late = await exchange(probe, list(bearer(other)));         // it is held until that has come
	assert.equal(late.status, 503);
	assert.equal(await status(probe, issuer.mint()), 200, 'while it is asked');
	second.release();
	await both.stop();
});

test('each method waits for a key, and those who leave meanwhile cost nothing', async () => {
	const { release, trouble } = holdingKeys(), both = await startBoth({ wait: false, trouble }), { issuer, probe } = both;
	const headers = bearer(issuer.mint()), ways = [list(headers), { method: 'GET', headers: { ...headers, Accept: 'text/event-stream' } },
		{ method: 'DELETE', headers }, { ...list(headers), body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { x: 'x'.repeat(200000) } }) }];
	const waiting = ways.map(way => exchange(probe, way));
	const leaving = await Promise.all(Array.from({ length: 100 }, () => open(probe)));
	for (const [i, connection] of leaving.entries())
		connection.send(i % 2 ? post(probe, ways[0].body, ways[0].headers) : head(probe, { ...ways[0].headers, 'Content-Length': 100 }));
	const waited = async () => await both.counted('mcp_sign_in_waited_total') >= leaving.length + ways.length;
	await eventually(waited, 'all wait');
	for (const connection of leaving.slice(0, 60))
		connection.leave();
	release();
	const statuses = (await Promise.all(waiting)).map(answer => answer.status);
	assert.deepEqual(statuses.slice(0, 1), [200]);
	assert.ok(statuses.slice(1).every(each => each === 404 || each === 400 || each === 200), `${statuses}`);
	for (const connection of leaving.slice(60).filter((_, i) => i % 2))
		assert.match(await connection.until(/^HTTP.* /), /^HTTP\/1.1 200/);
	for (const connection of leaving)
		connection.leave();
	await both.stop();
});

test('as many wait as may; more are told to come again, and the server ends while they wait', async () => {
	const { release, trouble } = holdingKeys(), both = await startBoth({ wait: false, trouble }), { issuer, probe } = both;
	const token = issuer.mint();
	const answers = Array.from({ length: 1500 }, () => exchange(probe, list(bearer(token))).catch(error => ({ status: error.code })));
	await eventually(async () => await both.counted('mcp_sign_in_waited_total') > 100, 'they wait');
	assert.equal(await status(probe, keys.staff), 200);
	const counts = {};
	for (const { status: each } of await Promise.all(answers))
		counts[each] = (counts[each] ?? 0) + 1;
	assert.ok(counts[503] >= 1000 && Object.keys(counts).every(each => /503|ECONN|EPIPE/.test(each)), JSON.stringify(counts));
	const last = Array.from({ length: 50 }, () => status(probe, token).catch(error => error.code));
	await eventually(async () => await both.counted('mcp_sign_in_waited_total') > 0, 'some wait again');
	const stopping = stopTrusting(probe, issuer);
	await Promise.all(last);
	await stopping;
	release();
	await issuer.stop();
});

const from = (address, token) => list({ ...bearer(token), 'X-Forwarded-For': address });

test('whoever names keys that nobody has takes half of the places, and others wait beside it', async () => {
	const both = await startBoth({ settings: { TRUSTED_PROXIES: '127.0.0.0/8' } }), { issuer, probe } = both;
	const { release, trouble } = holdingKeys();
	issuer.trouble = trouble;
	await issuer.rotate({ kid: 'rs-2' });
	const many = Array.from({ length: 300 }, (_, i) =>
		exchange(probe, from('198.51.100.7', issuer.mint({}, { header: { kid: `nobody's-${i}` } }))));
	await eventually(async () => await both.counted('mcp_sign_in_unavailable_total') > 0, 'some come too late');
	const waited = await both.counted('mcp_sign_in_waited_total');
	assert.ok(waited >= 128, `${waited} wait`);
	const other = exchange(probe, from('203.0.113.9', issuer.mint()));
	await eventually(async () => await both.counted('mcp_sign_in_waited_total') > waited, 'another waits beside them');
	assert.equal(await status(probe, keys.staff), 200);
	release();
	assert.equal((await other).status, 200, 'whose key it was');
	const answers = await Promise.all(many), refused = answers.filter(answer => answer.status === 503);
	assert.ok(answers.every(answer => answer.status === 401 || answer.status === 503));
	assert.ok(refused.length > 0);
	for (const answer of refused)
		assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d?$/);
	await both.stop();
});

test('whoever leaves while it waits is in the log all the same', async () => {
	const both = await startBoth({ wait: false, trouble: async (_, __, path) => path === '/jwks' && await pause(2000) });
	const { body, headers } = list(bearer(both.issuer.mint())), connection = await open(both.probe);
	connection.send(post(both.probe, body, headers));
	await eventually(async () => await both.counted('mcp_sign_in_waited_total') === 1, 'it waits');
	connection.leave();
	await both.probe.says(/"method":"POST".*"outcome":"gone"/);
	await both.stop();
});

// ---- One that lies ----

const answering = (status, headers, body) => (request, response) => {
	response.writeHead(status, headers).end(body);
	return true;
};
const json = { 'Content-Type': 'application/json' };
const at = (path, trouble) => (request, response, asked) => asked === path && trouble(request, response);
const discovery = '/.well-known/openid-configuration';
const stranger = makeKey('RS256', 'stranger');

const lies = {
	'another issuer in its discovery': issuer => at(discovery, answering(200, json,
		JSON.stringify({ issuer: `${issuer.url}/`, jwks_uri: `${issuer.url}/jwks` }))),
	'no issuer in its discovery': issuer => at(discovery, answering(200, json, JSON.stringify({ jwks_uri: `${issuer.url}/jwks` }))),
	'keys over http of another machine': issuer => at(discovery, answering(200, json,
		JSON.stringify({ issuer: issuer.url, jwks_uri: 'http://192.0.2.1/jwks' }))),
	'keys in a file': issuer => at(discovery, answering(200, json,
		JSON.stringify({ issuer: issuer.url, jwks_uri: 'file:///etc/passwd' }))),
	'a name that only begins like this machine\'s': issuer => at(discovery, answering(200, json,
		JSON.stringify({ issuer: issuer.url, jwks_uri: 'http://127.0.0.1.example.com/jwks' }))),
	'a redirect of its discovery': issuer => at(discovery, answering(302, { Location: `${issuer.url}/elsewhere` }, '')),
	'a redirect to other keys': issuer => at('/jwks', answering(302, { Location: `${issuer.url}/elsewhere` }, '')),
	'a page': () => at('/jwks', answering(200, { 'Content-Type': 'text/html' }, '<!doctype html><title>Sign in</title>')),
	'no JSON': () => at('/jwks', answering(200, json, '{"keys":[')),
	'no keys': () => at('/jwks', answering(200, json, '{"keys":[]}')),
	'keys of other kinds alone': () => at('/jwks', answering(200, json, JSON.stringify({ keys: [
		{ kty: 'oct', kid: 'x', k: 'c2VjcmV0' }, { ...stranger.open, use: 'enc' }] }))),
	'an error': () => at('/jwks', answering(500, {}, 'oops')),
	'10 MiB': () => at('/jwks', answering(200, json, `{"keys":[${' '.repeat(10 * 1024 * 1024)}]}`)),
	'a body without an end': () => at('/jwks', (request, response) => {
		response.writeHead(200, json);
		const timer = setInterval(() => response.write(' '.repeat(65536)), 1);
		response.on('close', () => clearInterval(timer));
		return true;
	}),
	'nothing, and hangs up': () => at('/jwks', request => {
		request.socket.destroy();
		return true;
	}),
};
const elsewhere = (request, response, path) => path === '/elsewhere'
	&& answering(200, json, JSON.stringify({ keys: [stranger.open], issuer: 'x', jwks_uri: 'x' }))(request, response);

describe('an issuer that lies', () => {
	let both;
	before(async () => { both = await startBoth(); });
	after(() => both.stop());

	for (const [what, lie] of Object.entries(lies))
		test(`${what}: it counts as a failure, and what was known stays`, async () => {
			const { issuer, probe } = both, told = lie(issuer);
			issuer.trouble = async (...on) => await told(...on) || elsewhere(...on);
			const failed = await both.counted('mcp_issuer_failed_fetches_total');
			await both.fetchAgain();
			await eventually(async () => await both.counted('mcp_issuer_failed_fetches_total') > failed, 'it fails');
			assert.equal(await status(probe, issuer.mint()), 200);
			const answer = await status(probe, issuer.mint({}, { key: stranger }));
			assert.ok(answer === 503 || answer === 401, `${answer}`);
			issuer.trouble = undefined;
			assert.ok(!issuer.requests.includes('GET /elsewhere'), 'it was not followed');
		});

	test('after all of that the next good answer counts', async () => {
		await both.issuer.rotate({ kid: 'rs-9' });
		await both.fetchAgain();
		await eventually(async () => await status(both.probe, both.issuer.mint()) === 200, 'it is served');
	});
});

test('a lie at the start: tokens are 503, and the log says why', async () => {
	const both = await startBoth({ wait: false, trouble: at(discovery, answering(200, json, '{"issuer":"https://evil.example"}')) });
	await both.probe.says(/can't be had:.*evil\.example/);
	assert.equal(await status(both.probe, both.issuer.mint()), 503);
	assert.equal(await status(both.probe, keys.staff), 200);
	await both.stop();
});

test('an issuer that has only RFC 8414\'s form of discovery', async () => {
	const both = await startBoth({ trouble: at(discovery, answering(404, {}, '')) });
	assert.equal(await status(both.probe, both.issuer.mint()), 200);
	await both.stop();
});

// ---- Strangers ----

test('a thousand random kids cost at most one fetch, and nobody else anything', async () => {
	const both = await startBoth(), { issuer, probe } = both, before = fetches(issuer), good = issuer.mint();
	const counts = {};
	for (let i = 0; i < 1000; i += 50) {
		const answers = await Promise.all(Array.from({ length: 50 }, (_, j) =>
			status(probe, issuer.mint({}, { header: { kid: `random-${i + j}-${Math.random()}` } }))));
		for (const answer of answers)
			counts[answer] = (counts[answer] ?? 0) + 1;
		assert.equal(await status(probe, good), 200);
		assert.equal(await status(probe, keys.staff), 200);
	}
	assert.equal((counts[401] ?? 0) + (counts[503] ?? 0), 1000, JSON.stringify(counts));
	assert.ok(fetches(issuer) - before <= 1, `${fetches(issuer) - before} fetches`);
	const late = fetches(issuer), forged = makeKey('RS256', issuer.keyOf().kid);
	for (let i = 0; i < 50; i++)
		assert.equal(await status(probe, issuer.mint({ jti: `${i}` }, { key: forged })), 401);
	assert.equal(fetches(issuer), late, 'a wrong signature by a known key fetches nothing');
	await both.stop();
});

test('whoever sends wrong signatures meets the rate of its address', async () => {
	const both = await startBoth({ settings: { RATE_ADDRESS: '60' } }), { issuer, probe } = both;
	const forged = makeKey('RS256', issuer.keyOf().kid), counts = {};
	for (let i = 0; i < 200; i++) {
		const answer = await status(probe, issuer.mint({ jti: `${i}` }, { key: forged }));
		counts[answer] = (counts[answer] ?? 0) + 1;
	}
	assert.ok(counts[429] > 50 && counts[401] + counts[429] === 200, JSON.stringify(counts));
	await both.stop();
});

// ---- The façade ----

test('an issuer that leaves out what clients insist on is stood in for, without a token passing', async () => {
	const issuer = await startIssuer();
	issuer.plain = true;
	const probe = await startTrusting('products', issuer, { OAUTH_FACADE: 'on', OAUTH_SCOPES: 'products:read',
		OAUTH_SCOPE_PREFIX: 'https://shop.example/mcp/' });
	const metadata = await exchange(probe, { method: 'GET', path: new URL(metadataUrl).pathname });
	assert.deepEqual(metadata.json.authorization_servers, ['https://shop.example']);
	assert.deepEqual(metadata.json.scopes_supported, ['https://shop.example/mcp/products:read']);
	const server = await exchange(probe, { method: 'GET', path: '/.well-known/oauth-authorization-server',
		headers: { Origin: 'https://anywhere.example' } });
	assert.equal(server.headers['access-control-allow-origin'], '*');
	const { issuer: named, authorization_endpoint, token_endpoint, jwks_uri, code_challenge_methods_supported,
		scopes_supported, token_endpoint_auth_methods_supported, registration_endpoint } = server.json;
	assert.deepEqual({ named, authorization_endpoint, token_endpoint, jwks_uri, code_challenge_methods_supported, scopes_supported },
		{ named: 'https://shop.example', authorization_endpoint: `${issuer.url}/auth`, token_endpoint: `${issuer.url}/token`,
			jwks_uri: `${issuer.url}/jwks`, code_challenge_methods_supported: ['S256'],
			scopes_supported: ['https://shop.example/mcp/products:read'] });
	assert.ok(token_endpoint_auth_methods_supported.includes('none'));
	assert.equal(registration_endpoint, undefined);
	assert.equal(await status(probe, issuer.mint({ iss: 'https://shop.example' })), 401, 'tokens have the issuer\'s own name');
	assert.equal(await status(probe, issuer.mint()), 200);
	await stopTrusting(probe, issuer);
	await issuer.stop();
});

test('no endpoint that is not on the web is passed on', async () => {
	const issuer = await startIssuer(), good = { authorization_endpoint: `${issuer.url}/auth`, token_endpoint: `${issuer.url}/token` };
	const says = async more => {
		issuer.trouble = at(discovery, answering(200, json, JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks`,
			...good, ...more })));
		const probe = await startTrusting('probe', issuer, { OAUTH_FACADE: 'on' });
		const { status, json: said } = await exchange(probe, { method: 'GET', path: '/.well-known/oauth-authorization-server' });
		await probe.stop();
		return { status, said };
	};
	for (const url of ['javascript:alert(1)', 'file:///bin/sh', 'https://id.example/$(a b)', 'https://id.example/"', 'http:', '', 5,
		null, { a: 1 }, [`${issuer.url}/auth`], undefined])
		for (const name of Object.keys(good))
			assert.equal((await says({ [name]: url })).status, 503, `${name} ${JSON.stringify(url)}`);
	const { status, said } = await says({ revocation_endpoint: 'ssh://-oProxyCommand=a',
		token_endpoint_auth_methods_supported: ['none', 1, { a: 'b' }, 'client_secret_post'] });
	assert.deepEqual([status, said.revocation_endpoint, said.token_endpoint_auth_methods_supported],
		[200, undefined, ['none', 'client_secret_post']]);
	assert.equal(said.authorization_endpoint, good.authorization_endpoint);
	await issuer.stop();
});

test('what would give a token away is found', () => {
	const issuer = { given: ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLW9mLWl0'] };
	assert.throws(() => assertTellsNoToken('... bmF0dXJlLW9mLW ...', issuer), /a part of a token/);
	assertTellsNoToken(`the issuer of ${publicUrl}: {"alg":"RS256"}`, issuer);
});
