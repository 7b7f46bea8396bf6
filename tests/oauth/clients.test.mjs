// clients.test.mjs - real clients sign in by their own code: from the first 401 to a call, through a 403 to one that
// needs more, and on with a refreshed token. What they and the servers said lies in build/sign-in afterwards.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Desktop, startClient } from '../e2e/desktop.mjs';
import { root, start } from '../e2e/support.mjs';
import { Issuer } from './issuer.mjs';
import { signIn } from './person.mjs';
import { cut, Recorder } from './recorder.mjs';
import { runSdk } from './sdks.mjs';
import { assertTellsNoToken } from './shop.mjs';

const LIFE_S = 3;                       // of the token that is refreshed

// A server, its issuer, and who writes down what is said to both.
async function startRecorded({ plain = false, like = () => ({}), ...settings } = {}) {
	const recorder = new Recorder();
	let issuer, products;
	const issuerUrl = await recorder.front('issuer', () => issuer.port);
	const url = `${await recorder.front('products', () => products.port)}/mcp`;
	const { set = {}, ...shaped } = like(url);
	issuer = await new Issuer({ resources: [url], url: issuerUrl, ...shaped }).start();
	issuer.plain = plain;
	products = await start('products', { OAUTH_ISSUER: issuerUrl, PUBLIC_URL: url, LOG_LEVEL: 'debug',
		...settings, ...set });
	await products.says(/keys of the issuer \S+: \d+/);
	return { recorder, issuer, products, url, async stop() {
		await recorder.stop();
		await products.stop();
		await issuer.stop();
		issuer.given.push(...recorder.tokens);
		if (!issuer.given.length)
			return;                 // it failed before, and says why
		assertTellsNoToken(products.log, issuer);
	} };
}

const scopesOf = url => new URL(url).searchParams.get('scope').split(' ').filter(scope => scope.includes(':')).sort();

// What a person does at each step of a client; the tokens of the sign-in numbered `last` are short. `asked`: the
// scopes of each.
function personAt({ issuer }, last) {
	const seen = { asked: [], called: [] };
	return { seen, async at(step) {
		if (step.sign_in) {
			seen.asked.push(scopesOf(step.sign_in).join(' '));
			seen.resource = new URL(step.sign_in).searchParams.get('resource');
			issuer.ttl = issuer.life = seen.asked.length === last ? LIFE_S : 600;
			return String(await signIn(step.sign_in, 'sam', { arrives: false }));
		}
		if (step.wait) {
			await new Promise(resolve => setTimeout(resolve, (LIFE_S + 1) * 1000));
			issuer.ttl = 600;
			issuer.life = undefined;
			return 'go on';
		}
		assert.equal(step.error, false, step.called);
		seen.called.push(step.called);
	} };
}

function assertSignedIn(both, seen, { asked, refreshes }) {
	const { recorder, url } = both, to = name => recorder.steps.filter(step => step.to === name);
	assert.deepEqual(seen.called, ['search_products', 'update_product', 'search_products']);
	assert.deepEqual(seen.asked, asked);
	assert.equal(seen.resource, url, 'RFC 8707');
	assert.equal(to('products').filter(step => step.status === 403).length, asked.includes(few) ? 1 : 0);
	assert.ok(to('products').some(step => step.path === '/.well-known/oauth-protected-resource/mcp' && step.status === 200));
	assert.equal(to('issuer').some(step => step.sent.includes('grant_type=refresh_token') && step.status === 200), refreshes);
	assert.ok(to('products').every(step => !/eyJ/.test(step.path)), 'no token in an URL');
}

// A program that says its steps in lines.
async function runProgram(command, args, env, at) {
	const child = startClient(command, args, env);
	let rest = '', work = Promise.resolve();
	child.stdout.on('data', text => {
		const lines = (rest + text).split('\n');
		rest = lines.pop();
		for (const line of lines)
			work = work.then(() => at(JSON.parse(line))).then(answer => answer && child.stdin.write(`${answer}\n`));
	});
	work.catch(() => child.kill());
	const status = await child.ended;
	await work;
	assert.equal(status, 0, child.said.slice(-3000));
}

const runPython = MODE => (url, at) => runProgram(python, [join(root, 'tests/oauth/client.py'), url], { MODE }, at);
const runGo = MODE => (url, at) => runProgram(go, [url], { MODE }, at);
const go = join(root, 'build/clients/go-sign-in/tour'), python = join(root, 'build/python/bin/python');
const few = 'products:read', both = 'products:read products:write';
// First what the 401 says, then what the 403 says; after that it refreshes.
const stepsUp = { scopes: few, asked: [few, both], refreshes: true };
const clients = {
	// Who has a refresh token tries that on a 403, which gives no more, and gives up; who has none is asked again.
	'TypeScript SDK 1, more scopes': { scopes: few, asked: [few, both, few], refreshes: false,
		run: (url, at) => runSdk(1, url, at, { registered: 'desktop', forgets: true }) },
	'TypeScript SDK 1': { scopes: both, asked: [both], refreshes: true, run: (url, at) => runSdk(1, url, at) },
	'TypeScript SDK 2, 2025': { ...stepsUp, run: (url, at) => runSdk(2, url, at, { mode: 'legacy' }) },
	'TypeScript SDK 2, 2026': { ...stepsUp, run: (url, at) => runSdk(2, url, at, { mode: { pin: '2026-07-28' } }) },
	'Python SDK, 2025': { ...stepsUp, run: runPython('legacy') },
	'Python SDK, 2026': { ...stepsUp, run: runPython('auto') },
	'Go SDK, 2025': { ...stepsUp, run: runGo('2025-11-25') },
	'Go SDK, 2026': { ...stepsUp, run: runGo('2026-07-28') },
};
const left = name => (name.startsWith('Go') && !existsSync(go) && 'there is no Go SDK here')
	|| (name.startsWith('Python') && !existsSync(python) && 'there is no Python 3.11 or later');

describe('clients sign in', { concurrency: 2 }, () => {
	for (const [name, { run, ...expected }] of Object.entries(clients))
		test(name, { skip: left(name) }, async () => {
			const both = await startRecorded({ OAUTH_SCOPES: expected.scopes });
			const { seen, at } = personAt(both, expected.scopes === few ? 2 : 1);
			try {
				await run(both.url, at);
				assertSignedIn(both, seen, expected);
			} finally {
				both.recorder.write(join(root, 'build/sign-in', `${name.toLowerCase().replace(/\W+/g, '-')}.txt`));
				await both.stop();
			}
		});
});

// ---- mcp-remote, as Claude Desktop starts it ----

// A free one that no connection is given meanwhile; the one that it would take by itself may be another's.
async function callbackPort() {
	for (;;) {
		const port = 10000 + Math.floor(Math.random() * 20000), server = net.createServer();
		const free = await new Promise(resolve => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
		await new Promise(resolve => server.close(resolve));
		if (free)
			return port;
	}
}

// Signs in whenever it says where, with what else it was told.
async function desktopOf({ url, issuer }, more = []) {
	const desktop = new Desktop(url, { callbackPort: await callbackPort(), args: ['--allow-http', '--static-oauth-client-info', '{"client_id":"desktop"}', ...more],
		env: { BROWSER: 'true' } });
	desktop.asked = [];
	desktop.child.stderr.on('data', () => {
		const urls = [...desktop.child.said.matchAll(new RegExp(`${issuer.url}/auth\\?\\S+(?=\\s)`, 'g'))].map(([each]) => each);
		for (const each of new Set(urls))
			if (!desktop.asked.includes(each)) {
				desktop.asked.push(each);
				signIn(each, 'sam').catch(error => { desktop.failed = error; });
			}
	});
	return desktop;
}

async function withRemote(name, { args, ...settings }, work) {
	const both = await startRecorded(settings), desktop = await desktopOf(both, args);
	try {
		const late = new Promise((_, reject) => setTimeout(reject, 25000, new Error('it does not answer')).unref());
		await Promise.race([late, work(desktop, both)]);
		await desktop.end();
	} catch (error) {
		desktop.child.kill();
		throw new Error(`${error.stack}\n${desktop.failed ?? ''}\n${cut(desktop.child.said).slice(-3000)}`);
	} finally {
		both.recorder.write(join(root, 'build/sign-in', `${name}.txt`));
		await both.stop();
	}
}

describe('mcp-remote signs in', { concurrency: 2 }, () => {
	test('from the first 401 to a call, and with a refreshed token', () =>
		withRemote('mcp-remote', { OAUTH_SCOPES: both }, async (desktop, { issuer, recorder }) => {
			issuer.ttl = issuer.life = LIFE_S;
			await desktop.begin();
			assert.deepEqual(desktop.asked.map(scopesOf), [both.split(' ')]);
			issuer.ttl = 600;
			issuer.life = undefined;
			const { isError } = await desktop.call('update_product', { sku: 'KIT-0001', stock_change: 1 });
			assert.ok(!isError);
			await new Promise(resolve => setTimeout(resolve, (LIFE_S + 1) * 1000));
			assert.ok((await desktop.call('search_products', { words: 'a' })).structuredContent.products.length);
			assert.ok(recorder.steps.some(step => step.sent.includes('grant_type=refresh_token') && step.status === 200));
			assert.equal(desktop.asked.length, 1, 'the person is asked once');
		}));

	test('and again where a call needs more', () =>
		withRemote('mcp-remote-more', { OAUTH_SCOPES: few }, async desktop => {
			await desktop.begin();
			assert.ok((await desktop.call('search_products', { words: 'a' })).structuredContent.products.length);
			const { isError } = await desktop.call('update_product', { sku: 'KIT-0001', stock_change: 1 });
			assert.ok(!isError);
			assert.deepEqual(desktop.asked.map(scopesOf), [[few], both.split(' ')]);
		}));

	test('at an issuer that announces no PKCE, by the façade', () =>
		withRemote('mcp-remote-facade', { OAUTH_SCOPES: few, OAUTH_FACADE: 'on', plain: true }, async (desktop, { recorder }) => {
			await desktop.begin();
			assert.ok((await desktop.call('search_products', { words: 'a' })).structuredContent.products.length);
			assert.ok(recorder.steps.some(step => step.to === 'products' && step.status === 200
				&& step.path === '/.well-known/oauth-authorization-server'));
		}));

	// As a whole: no PKCE announced, scopes with a prefix, and tokens without an audience, or with another than was asked for.
	const entra = 'api://6f8b9a3e/';
	for (const [vendor, settings] of Object.entries({
		Cognito: { like: url => ({ shape: 'cognito', prefixes: [`${url}/`], set: { OAUTH_CLIENTS: 'desktop', OAUTH_SCOPE_PREFIX: `${url}/` } }) },
		Entra: { like: () => ({ shape: 'entra', prefixes: [entra], audience: '6f8b9a3e', set: { OAUTH_AUDIENCE: '6f8b9a3e',
			OAUTH_SCOPE_PREFIX: entra } }), args: ['--disable-resource-parameter'] },
	}))
		test(`at an issuer like ${vendor}, and again where a call needs more`, () =>
			withRemote(`mcp-remote-${vendor.toLowerCase()}`, { OAUTH_SCOPES: few, OAUTH_FACADE: 'on', plain: true, ...settings },
				async (desktop, { issuer: { prefixes: [prefix] } }) => {
					await desktop.begin();
					assert.ok((await desktop.call('search_products', { words: 'a' })).structuredContent.products.length);
					assert.ok(!(await desktop.call('update_product', { sku: 'KIT-0001', stock_change: 1 })).isError);
					assert.deepEqual(desktop.asked.map(scopesOf), [[few], both.split(' ')].map(list => list.map(scope => prefix + scope)));
				}));
});
