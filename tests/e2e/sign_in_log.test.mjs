// sign_in_log.test.mjs - what a server writes of sign-ins at LOG_LEVEL=debug: a line for each that was taken or
// refused, and in none of them any part of a token or anything it says of a person; and what CloudWatch and Prometheus are told.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeKey } from '../oauth/keys.mjs';
import { assertTellsNoToken, bearer, startIssuer, startTrusting } from '../oauth/shop.mjs';
import { freePort } from './raw.mjs';
import { beginSession, eventually, exchange, root, stateless } from './support.mjs';

// What a token says of a person and of the client; nothing of it may be found, however it is written.
const said = { sub: 'Subject-4711-Lovelace', email: 'ada.lovelace@private.example', name: 'Augusta Ada King', jti: 'jti-5f2b9c71',
	client_id: 'client-77-of-ada', azp: 'azp-77-of-ada', sid: 'sid-90210-x', customer: 'Customer-31337', groups: ['staff-of-ada'], nickname: 'the-countess' };

const list = token => stateless('tools/list', {}, { headers: bearer(token) });
const count = (text, words) => text.split(words).length - 1;

// What the log may not have: each part of each token, as it was sent and decoded, and each of its claims.
function assertTellsNothing(log, issuer) {
	assertTellsNoToken(log, issuer);
	for (const token of issuer.given)
		for (const part of token.split('.').filter(each => each.length > 11)) {
			assert.ok(!log.includes(part), `a part of a token was written: ${part}`);
			assert.ok(!log.includes(Buffer.from(part, 'base64url').toString('latin1')), 'a part was written, decoded');
			assert.ok(!log.includes(Buffer.from(part, 'base64url').toString('hex')), 'a part was written in hex');
		}
	for (const value of Object.values(said).flat())
		assert.ok(!log.toLowerCase().includes(value.toLowerCase()), `"${value}" was written`);
}

test('one line for each sign-in, and no part of a token in any', async () => {
	const issuer = await startIssuer(), METRICS_PORT = String(await freePort()), strange = makeKey('RS256', 'strange');
	const server = await startTrusting('orders', issuer, { OAUTH_CUSTOMER_CLAIM: 'customer', OAUTH_SCOPES: 'orders:read,orders:own',
		METRICS_EMF: 'shop/test', METRICS_PORT, PRODUCTS_URL: 'http://127.0.0.1:1/mcp' });
	const mint = (more, how) => issuer.mint({ scope: 'orders:own', ...said, ...more }, how);
	const now = Math.floor(Date.now() / 1000), good = mint();
	const [head, body, signature] = good.split('.');
	const at = async token => (await exchange(server, list(token))).status;

	assert.deepEqual([await at(good), await at(good)], [200, 200]);
	const session = { ...await beginSession(server, '2025-11-25', {}, bearer(good)), ...bearer(good) };
	assert.equal((await exchange(server, { method: 'DELETE', headers: session })).status, 204);
	const weak = await exchange(server, stateless('tools/call', { name: 'sales_report', arguments: {} }, { headers: bearer(good) }));
	assert.equal(weak.status, 403, weak.text);

	const refused = [
		[`${head}.${body}.x`, 401], [`${head}.${body}.${signature.slice(0, -8)}AAAAAAAA`, 401], [mint({}, { header: { alg: 'HS256' } }), 401],
		[mint({}, { header: { kid: strange.kid } }), 401], [mint({ exp: now - 3600 }), 401], [mint({ nbf: now + 3600 }), 401],
		[mint({ aud: 'https://other.example/mcp' }), 401], [mint({ iss: `${issuer.url}/` }), 401], [mint({ token_use: 'id' }), 401],
		[mint({}, { header: { typ: 'JWE' } }), 401],
	];
	const before = count(server.log, 'an access token was refused: ');
	let lines = 0, waits = 0;
	for (const [token, status] of refused) {
		issuer.remember(token);
		const got = await at(token);
		// A key that nobody knows may be there in half a minute.
		assert.ok(got === status || got === 503, `${got}`);
		got === 503 ? waits++ : lines++;
	}
	assert.ok(waits <= 1 && lines >= 8, `${lines} were refused, ${waits} are to come back`);
	await eventually(() => count(server.log, 'an access token was refused: ') - before >= lines, 'each has a line');
	assert.equal(count(server.log, 'an access token was refused: ') - before, lines);
	const signedIn = server.log.split('\n').filter(line => line.includes(' has signed in: '));
	assert.ok(signedIn.length >= 1 && signedIn.every(line => /:[\w-]{43} has signed in: orders:own/.test(line)), signedIn.join('\n'));

	issuer.trouble = (request, response) => response.writeHead(500).end() && true;
	server.child.kill('SIGHUP');
	await server.says(/the keys of the issuer can't be had/);
	const last = mint({ jti: 'another' }, { header: { kid: 'another' } });
	assert.equal(await at(last), 503);
	const { text: figures } = await exchange({ port: Number(METRICS_PORT) }, { method: 'GET', path: '/metrics' });
	const figure = name => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(figures)?.[1] ?? assert.fail(`there is no ${name}`));
	await server.stop();
	assertTellsNothing(server.log + server.child.output.stdout, issuer);

	// Whatever the dashboard asks for is there, and something of it.
	const { panels } = JSON.parse(readFileSync(join(root, 'docker/grafana/dashboards/sign-in.json'), 'utf8'));
	const asked = new Set(panels.flatMap(panel => panel.targets.flatMap(({ expr }) => expr.match(/\bmcp_\w+/g))));
	assert.deepEqual([...asked].sort(), [...new Set(figures.match(/^mcp_(?:sign_in|issuer)_\w+/gm))].sort());
	for (const kind of ['accepted', 'cached', 'malformed', 'signature', 'expired', 'audience', 'claims', 'unavailable'])
		assert.ok(figure(`mcp_sign_in_${kind}_total`) > 0, kind);
	assert.ok(Math.abs(figure('mcp_issuer_keys_timestamp_seconds') - Date.now() / 1000) < 600);

	const told = server.child.output.stdout.split('\n').filter(line => line.startsWith('{"_aws"')).map(line => JSON.parse(line));
	const sum = name => told.reduce((all, line) => all + line[name], 0);
	assert.ok(sum('AcceptedTokens') === signedIn.length, `${sum('AcceptedTokens')} of ${signedIn.length}`);
	assert.equal(sum('RefusedTokens'), lines);
	assert.ok(sum('FailedKeyFetches') >= 1);
	assert.equal(told.at(-1).RefusedFrom, 1);
	assert.ok(told.at(-1).KeysAge >= 0 && told.at(-1).KeysAge < 600);
});
