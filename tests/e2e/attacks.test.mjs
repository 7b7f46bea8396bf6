// attacks.test.mjs - every token that must not be taken, sent to a real server: none is, whichever way it is sent,
// none makes it ask anybody, and those that are right are taken beside them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { attacksOn } from '../oauth/attacks.mjs';
import { bearer, startIssuer, startTrusting, stopTrusting, trusting } from '../oauth/shop.mjs';
import { head, open } from './raw.mjs';
import { exchange, keyLines, keys, start, stateless, temporary, types } from './support.mjs';
import { listen } from './tls.mjs';

let issuer, secondRealm, own, asked = 0, groups;
const servers = {};
before(async () => {
	issuer = await startIssuer();
	secondRealm = await startIssuer();
	own = await listen((request, response) => {
		asked++;
		response.end('{"keys":[]}');
	});
	const file = join(temporary(), 'jwks.json');
	writeFileSync(file, JSON.stringify(issuer.jwks));
	servers.discovery = await startTrusting('products', issuer, { API_KEYS: keyLines });
	servers.file = await start('products', trusting(issuer, { API_KEYS: keyLines, OAUTH_JWKS: `@${file}` }));
	groups = attacksOn(issuer, { listens: own.url, secondRealm });
});
after(async () => {
	for (const server of Object.values(servers))
		await stopTrusting(server, issuer);
	await Promise.all([own.close(), issuer.stop(), secondRealm.stop()]);
});

const answerTo = (on, token) => exchange(on, stateless('tools/list', {}, { headers: bearer(token) }));

// ---- Tokens ----

const names = ['HMAC with what is public', 'no algorithm', 'a key from the header', 'a wrong key', 'a wrong signature',
	'a header that asks for more', 'another text of the same token', 'somebody else\'s', 'out of its time', 'of another kind'];
const isToken = /^[A-Za-z0-9\-._~+/]+=*$/;             // RFC 6750 2.1
const counted = {};

// 401, in words that a header can hold. What is no token at all is a malformed request. Where keys are fetched, one
// that was never seen may be there in half a minute.
function judge(server, what, token, { status, headers, text }) {
	const waits = server === 'discovery' && status === 503 && headers['retry-after'];
	const malformed = status === 400 && !isToken.test(token), large = status === 431 && token.length > 8192;
	assert.ok(status === 401 || waits || malformed || large, `${what}: ${status} ${text}`);
	if (status === 401)
		assert.match(headers['www-authenticate'], /^Bearer realm="products".* error="invalid_token", error_description="[^"\\]+"/, what);
	counted[server] ??= {};
	counted[server][status] = (counted[server][status] ?? 0) + 1;
}

for (const name of names)
	test(`refused: ${name}`, async context => {
		for (const [what, token] of groups[name]) {
			issuer.remember(token);
			for (const [server, on] of Object.entries(servers))
				judge(server, what, token, await answerTo(on, token));
		}
		context.diagnostic(`${groups[name].length} tokens`);
	});

test('all of them were tried, no one else was asked, and right ones are taken still', async context => {
	assert.deepEqual(Object.keys(groups), names);
	context.diagnostic(`none taken of ${Object.values(groups).flat().length} tokens: ${JSON.stringify(counted)}`);
	assert.equal(asked, 0, 'nobody\'s own keys were fetched');
	for (const server of Object.values(servers)) {
		for (const alg of ['RS256', 'ES256', 'EdDSA'])
			assert.equal((await answerTo(server, issuer.mint({}, { alg }))).status, 200, alg);
		assert.equal((await answerTo(server, issuer.mint({}, { alg: 'EdDSA', header: { alg: 'Ed25519' } }))).status, 200);
		assert.equal((await answerTo(server, issuer.mint({ exp: Math.floor(Date.now() / 1000) - 30 }))).status, 200, 'clocks differ');
		assert.equal((await answerTo(server, issuer.mint({ exp: Date.now() / 1000 + 60.5 }))).status, 200, 'parts of seconds');
		assert.equal((await answerTo(server, issuer.mint({}, { header: { typ: 'JWT' } }))).status, 200);
		assert.equal((await answerTo(server, keys.staff)).status, 200);
	}
});

test('a key set without alg, as Entra\'s: the kind of key decides, and HMAC is none', async () => {
	const file = join(temporary(), 'jwks.json');
	writeFileSync(file, JSON.stringify({ keys: issuer.jwks.keys.map(({ alg, ...key }) => key) }));
	const bare = await start('products', trusting(issuer, { OAUTH_JWKS: `@${file}` }));
	for (const [what, token] of [...groups['HMAC with what is public'], ...groups['no algorithm']])
		assert.equal((await answerTo(bare, token)).status, 401, what);
	for (const alg of ['RS256', 'ES256', 'EdDSA'])
		assert.equal((await answerTo(bare, issuer.mint({}, { alg }))).status, 200, alg);
	await stopTrusting(bare, issuer);
});

// ---- In the header ----

// As bytes: what no client of HTTP lets through.
async function rawAnswer(header) {
	const connection = await open(servers.file), body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
	const [first, ...lines] = head(servers.file, { ...types, Connection: 'close', 'Content-Length': body.length }).split('\r\n');
	connection.send(Buffer.from([first, header, ...lines].join('\r\n') + body, 'latin1'));
	await connection.untilClosed();
	return Number(/^HTTP\/1\.1 (\d+)/.exec(connection.text)?.[1] ?? 0);
}

describe('ways to write the header', () => {
	const ways = {
		'two lines': token => [`Authorization: Bearer ${token}\r\nAuthorization: Bearer ${token}`, 400],
		'two in one line': token => [`Authorization: Bearer ${token}, Bearer ${token}`, 400],
		'a blank inside': token => [`Authorization: Bearer ${token.replace('.', ' .')}`, 400],
		'no blank': token => [`Authorization: Bearer${token}`, 400, 401],
		'the token alone': token => [`Authorization: ${token}`, 400],
		'another scheme': token => [`Authorization: DPoP ${token}`, 401],
		'Basic': token => [`Authorization: Basic ${Buffer.from(`:${token}`).toString('base64')}`, 401],
		'in a cookie': token => [`Cookie: access_token=${token}`, 401],
		'in X-Access-Token': token => [`X-Access-Token: ${token}`, 401],
		'in Proxy-Authorization': token => [`Proxy-Authorization: Bearer ${token}`, 401],
		'with a NUL': token => [`Authorization: Bearer ${token}\0`, 400, 401, 0],
		'with a high byte': token => [`Authorization: Bearer ${token}\xff`, 400, 401],
		'quoted': token => [`Authorization: Bearer "${token}"`, 400],
		'a folded line': token => [`Authorization: Bearer\r\n ${token}`, 400, 401],
	};
	for (const [way, write] of Object.entries(ways))
		test(way, async () => {
			const [header, ...expected] = write(issuer.mint());
			const status = await rawAnswer(header);
			assert.ok(expected.includes(status), `${status}, not ${expected}`);
		});

	test('and the ways that are right: in small letters, with blanks around', async () => {
		assert.equal(await rawAnswer(`authorization: bearer ${issuer.mint()}`), 200);
		assert.equal(await rawAnswer(`Authorization:   Bearer   ${issuer.mint()}  `), 200);
	});
});
