// issuer_tls.test.mjs - an issuer by https, as all are but those on the server's own machine: whose certificate is
// believed, what the log says to do where one isn't, proxies, IPv6, paths, redirects, and keys on another host.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { bearer, startIssuer, startTrusting, stopTrusting, trusting } from '../oauth/shop.mjs';
import { freePort } from './raw.mjs';
import { exchange, keyLines, keys, start, stateless, temporary } from './support.mjs';
import { authority, certificate, certified } from './tls.mjs';

const folder = temporary(), ours = authority(folder, 'Our authority'), others = authority(folder, 'Others');
const believing = { API_KEYS: keyLines, CURL_CA_BUNDLE: ours.file };
const ask = (probe, token) => exchange(probe, stateless('tools/list', {}, { headers: bearer(token) }));
const discovery = '/.well-known/openid-configuration';

// An issuer whose certificate is ours, unless it is to be another. Elsewhere than it is, where a name says so.
async function startSecure({ names = 'DNS:localhost', by = ours, days, host, url, tls } = {}) {
	const port = await freePort();
	return startIssuer({ port, host, url: url ?? `https://localhost:${port}`, tls: { ...certified(by, names, days), ...tls } });
}

// Its tokens are taken; and what a server did meanwhile is well.
async function assertServes(issuer, settings = {}) {
	const probe = await startTrusting('probe', issuer, { ...believing, ...settings });
	assert.equal((await ask(probe, issuer.mint())).status, 200);
	await stopTrusting(probe, issuer);
	return probe;
}

// It is an outage: tokens are to come again, keys serve, and the log says what to do.
async function assertOutage(issuer, words, settings = {}) {
	const probe = await start('probe', trusting(issuer, { ...believing, ...settings }));
	const [line] = await probe.says(/keys of the issuer can't be had: [^"]*/);
	assert.match(line, words);
	assert.match(line, /; until then access tokens are answered with 503$/);
	const refused = await ask(probe, issuer.mint());
	assert.equal(refused.status, 503);
	assert.match(refused.headers['retry-after'], /^[1-9]\d?$/);
	assert.equal((await ask(probe, keys.staff)).status, 200);
	await stopTrusting(probe, issuer);
}

// ---- Certificates ----

const why = 'CURL_CA_BUNDLE names a file of the authorities that are, instead of the system\'s';
const unknown = new RegExp(`certificate is not trusted \\(SSL certificate problem: [^)]*\\): ${why};`);

describe('an issuer by https', () => {
	let issuer;
	before(async () => { issuer = await startSecure(); });
	after(() => issuer.stop());

	test('whose authority CURL_CA_BUNDLE has', () => assertServes(issuer));

	test('whose authority the system does not have', () => assertOutage(issuer, unknown, { CURL_CA_BUNDLE: '' }));

	test('whose authority is another', () => assertOutage(issuer, unknown, { CURL_CA_BUNDLE: others.file }));

	for (const file of ['/nowhere.pem', '/etc/passwd'])
		test(`where ${file} is to have authorities`, () => assertOutage(issuer,
			new RegExp(`: [^:]*${file}[^:]*: CURL_CA_BUNDLE names no file of certificates \\(PEM\\);`), { CURL_CA_BUNDLE: file }));

	test('that is down, and comes back with a certificate of others', async () => {
		const probe = await startTrusting('probe', issuer, believing), { tls } = issuer;
		await issuer.down();
		issuer.tls = certified(others, 'DNS:localhost');
		await issuer.up();
		probe.child.kill('SIGHUP');
		const [line] = await probe.says(/keys of the issuer can't be had: [^"]*/);
		assert.match(line, /certificate is not trusted .*; those of before are used$/);
		assert.equal((await ask(probe, issuer.mint())).status, 200);
		await stopTrusting(probe, issuer);
		await issuer.down();
		issuer.tls = tls;
		await issuer.up();
	});
});

const wrong = {
	'signed by itself alone': [{ tls: certificate(folder) }, unknown],
	'expired': [{ days: ['20200101', '20200102'] }, /certificate is not trusted \(SSL certificate problem: certificate has expired\);/],
	'not valid yet': [{ days: ['20900101', '20910101'] }, /not trusted \(SSL certificate problem: certificate is not yet valid\);/],
	'for another name': [{ names: 'DNS:elsewhere' }, /not trusted \(SSL: no alternative certificate subject name matches [^)]*\);/],
	'by TLS 1.1 alone': [{ tls: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } },
		/there is no TLS with it, of 1\.2 or newer \(.*\);/],
};
for (const [what, [settings, words]] of Object.entries(wrong))
	test(`an issuer whose certificate is ${what}: an outage, and the log says why`, async () => {
		const issuer = await startSecure(settings);
		await assertOutage(issuer, words);
		await issuer.stop();
	});

test('an issuer that has no TLS where https is to be', async () => {
	const port = await freePort(), issuer = await startIssuer({ port, url: `https://localhost:${port}` });
	await assertOutage(issuer, /there is no TLS with it, of 1\.2 or newer \(.*wrong version number\)/);
	await issuer.stop();
});

// ---- Where it is ----

test('by IPv6 alone', async () => {
	const port = await freePort();
	const issuer = await startIssuer({ port, host: '::1', url: `https://[::1]:${port}`, tls: certified(ours, 'IP:::1') });
	await assertServes(issuer);
	await issuer.stop();
});

const answering = (status, headers, body) => (_, response) => {
	response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body && JSON.stringify(body));
	return true;
};

// Answers in the place of an issuer; at a path that is not there with 404.
const only = paths => (request, response, path) => (paths[path] ?? answering(404))(request, response);
const described = (issuer, at = issuer.url) => answering(200, {}, { issuer: issuer.url, jwks_uri: `${at}/jwks` });
const keysOf = issuer => (...on) => answering(200, {}, issuer.jwks)(...on);

for (const [path, form] of [['/realms/shop', `/realms/shop${discovery}`], ['/realms/shop/', `/realms/shop${discovery}`], ['/', discovery],
	['/realms/shop', '/.well-known/oauth-authorization-server/realms/shop'],
	['/realms/shop/', '/.well-known/oauth-authorization-server/realms/shop']])
	test(`an issuer ${path} is found at ${form}`, async () => {
		const port = await freePort(), origin = `https://localhost:${port}`;
		const issuer = await startIssuer({ port, url: origin + path, tls: certified(ours, 'DNS:localhost') });
		issuer.trouble = only({ [form]: described(issuer, origin), '/jwks': keysOf(issuer) });
		await assertServes(issuer);
		await issuer.stop();
	});

describe('an issuer that says', () => {
	let issuer, elsewhere;
	before(async () => {
		issuer = await startSecure();
		elsewhere = await startSecure();
	});
	after(() => Promise.all([issuer, elsewhere].map(each => each.stop())));

	test('that its keys are on another host: they are had from there', async () => {
		elsewhere.trouble = only({ '/jwks': keysOf(issuer) });
		issuer.trouble = only({ [discovery]: described(issuer, elsewhere.url) });
		await assertServes(issuer);
		assert.ok(elsewhere.requests.includes('GET /jwks'));
	});

	test('that they are on a host that is not believed: the log names that one', async () => {
		const stranger = await startSecure({ by: others });
		issuer.trouble = only({ [discovery]: described(issuer, stranger.url) });
		await assertOutage(issuer, new RegExp(`had: ${stranger.url}/jwks: .*certificate is not trusted`));
		await stranger.stop();
	});

	test('that it is elsewhere: nobody follows, and the log says where', async () => {
		const before = elsewhere.requests.length;
		issuer.trouble = only({ [discovery]: answering(301, { Location: `${elsewhere.url}${discovery}` }) });
		await assertOutage(issuer, new RegExp(`${issuer.url}${discovery} redirects to ${elsewhere.url}${discovery} \\(HTTP 301\\), which is`));
		assert.equal(elsewhere.requests.length, before);
	});

	test('that there is nothing: the log has both places where it was looked for', async () => {
		issuer.trouble = only({});
		await assertOutage(issuer, new RegExp(`${issuer.url}${discovery} answers with HTTP 404, and ${issuer.url
			}/.well-known/oauth-authorization-server answers with HTTP 404: is that what OAUTH_ISSUER is to be\\?`));
	});

	test('that it is another: the log has both names', async () => {
		issuer.trouble = only({ [discovery]: described(elsewhere) });
		await assertOutage(issuer, new RegExp(`is about the issuer ${elsewhere.url}, not about OAUTH_ISSUER, ${issuer.url}: they must be the same`));
	});
});

test('an issuer by http that sends on to https: nobody follows, and the log says where', async () => {
	const issuer = await startIssuer();
	issuer.trouble = only({ [discovery]: answering(308, { Location: `https://localhost:9${discovery}` }) });
	await assertOutage(issuer, /redirects to https:\/\/localhost:9\/\S* \(HTTP 308\), which is not followed;/);
	await issuer.stop();
});

test('an issuer whose name is not known', async () => {
	const issuer = await startSecure({ url: 'https://id.invalid' });
	await assertOutage(issuer, /https:\/\/id\.invalid\/\S*: .*(Could not resolve host: id\.invalid|Resolving timed out)/);
	await issuer.stop();
});

// ---- By a proxy ----

// Connects to this port, whoever was asked for; or refuses. `asked`: for whom.
async function startProxy(port, refusal) {
	const proxy = http.createServer(), asked = [], sockets = new Set();
	proxy.on('connect', (request, client) => {
		asked.push(request.url);
		if (refusal)
			return client.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
		const server = net.connect(port, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connected\r\n\r\n');
			server.pipe(client).pipe(server);
		});
		for (const socket of [client, server])
			sockets.add(socket.on('error', () => {}));
	});
	proxy.listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	return {
		asked, url: `http://127.0.0.1:${proxy.address().port}`,
		async stop() {
			for (const socket of sockets)
				socket.destroy();
			proxy.closeAllConnections();
			proxy.close();
			await once(proxy, 'close');
		},
	};
}

describe('a proxy', () => {
	let issuer, proxy;
	before(async () => {
		issuer = await startSecure({ names: 'DNS:id.example', url: 'https://id.example' });
		proxy = await startProxy(issuer.port);
	});
	after(() => Promise.all([issuer, proxy].map(each => each.stop())));

	for (const name of ['https_proxy', 'HTTPS_PROXY'])
		test(`that ${name} names is gone through, without being able to look in`, async () => {
			const before = proxy.asked.length;
			await assertServes(issuer, { [name]: proxy.url });
			assert.deepEqual(proxy.asked.slice(before), ['id.example:443']);
		});

	test('is not gone through for whom no_proxy names', async () => {
		const before = proxy.asked.length;
		await assertOutage(issuer, /Could not resolve host: id\.example|Resolving timed out/, { https_proxy: proxy.url, no_proxy: 'id.example' });
		assert.equal(proxy.asked.length, before);
	});

	test('is not gone through for an issuer on this machine', async () => {
		const here = await startSecure(), before = proxy.asked.length;
		await assertServes(here, { https_proxy: proxy.url });
		assert.equal(proxy.asked.length, before);
		await here.stop();
	});

	test('and an issuer behind it, which has nobody ask what listens on this machine', async () => {
		const here = await startSecure();
		for (const at of [here.url, `http://127.0.0.1:${here.port}`]) {
			issuer.trouble = only({ [discovery]: described(issuer, at), '/jwks': keysOf(issuer) });
			await assertOutage(issuer, /jwks_uri of \S+ must begin with https:\/\/, and is on this machine only where the issuer is: /,
				{ https_proxy: proxy.url });
		}
		issuer.trouble = undefined;
		assert.deepEqual(here.requests, []);
		await here.stop();
	});

	test('that refuses, or is down, is named in the log', async () => {
		const strict = await startProxy(issuer.port, '407 Proxy Authentication Required');
		await assertOutage(issuer, /CONNECT tunnel failed, response 407/, { https_proxy: strict.url });
		await strict.stop();
		await assertOutage(issuer, new RegExp(`connect to 127\\.0\\.0\\.1 port ${new URL(strict.url).port}`), { https_proxy: strict.url });
	});
});
