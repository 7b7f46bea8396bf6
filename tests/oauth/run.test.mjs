// run.test.mjs - ./dev run --sign-in as a whole: what it prints works, and it ends well.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort } from '../e2e/raw.mjs';
import { ask, eventually, exchange, orderOf, root } from '../e2e/support.mjs';
import { tokensOf } from './person.mjs';
import { withToken } from './shop.mjs';

const DEV_RUN = 'build/test/run';
const skip = !existsSync(join(root, 'build/release/products/mcp-products')) && 'there is no release build';
let dev;
after(() => dev?.kill());

test('servers and an identity provider: two people sign in, and see what they may', { skip }, async () => {
	rmSync(join(root, DEV_RUN), { recursive: true, force: true });
	const [PRODUCTS_PORT, ORDERS_PORT, OPS_PORT, SUPPORT_PORT, SUPPORT_WEB_PORT, ISSUER_PORT] = await Promise.all([1, 2, 3, 4, 5, 6].map(async () => String(await freePort())));
	dev = spawn('./dev', ['run', '--sign-in'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, PRODUCTS_PORT, ORDERS_PORT, OPS_PORT, SUPPORT_PORT, SUPPORT_WEB_PORT, ISSUER_PORT, DEV_RUN, SERVICES: '' } });
	let said = '', ended;
	for (const stream of [dev.stdout, dev.stderr])
		stream.setEncoding('utf8').on('data', text => { said += text; });
	dev.on('close', status => { ended = { status }; });
	await eventually(() => /Ctrl-C stops them/.test(said) || ended, 'it starts', 200000);
	assert.ok(!ended, said);
	const orders = { port: Number(ORDERS_PORT) }, resource = `http://127.0.0.1:${ORDERS_PORT}/mcp`;
	const [, scope] = /scope="([^"]*)"/.exec((await exchange(orders, { headers: { 'Content-Type': 'application/json' }, body: '{}' }))
		.headers['www-authenticate']);
	const issuer = { url: `http://127.0.0.1:${ISSUER_PORT}`, remember() {} };
	const [ann, sam] = await Promise.all(['ann', 'sam'].map(async name =>
		withToken((await tokensOf(issuer, name, { scope, resource })).access_token)));
	const { customer, ...own } = orderOf({ 'KIT-0001': 1 }, 'k');
	const order = await ask(orders, 'create_order', own, ann);
	const other = await ask(orders, 'create_order', { ...own, customer }, sam);
	const seen = async who => (await ask(orders, 'list_orders', {}, who)).orders.map(each => each.id).sort();
	assert.deepEqual(await seen(ann), [order.id]);
	assert.deepEqual(await seen(sam), [order.id, other.id].sort());
	for (const url of [`http://127.0.0.1:${PRODUCTS_PORT}/mcp`, resource])
		assert.ok(said.includes(`claude mcp add --transport http`) && said.includes(`"mcp-remote","${url}"`), said);
	const token = /curl -u machine:secret (\S+) -d (\S+) \\\s+-d '([^']*)' -d (\S+)/.exec(said);
	const answer = await fetch(token[1], { method: 'POST', body: new URLSearchParams(token.slice(2).join('&')),
		headers: { Authorization: `Basic ${Buffer.from('machine:secret').toString('base64')}` } });
	const { access_token } = await answer.json();
	await ask({ port: Number(PRODUCTS_PORT) }, 'search_products', { words: 'a' }, withToken(access_token));
	for (const path of ['reg', 'token']) {
		const headers = { Origin: 'http://localhost:6274' };
		const asked = await fetch(`${issuer.url}/${path}`, { method: 'OPTIONS', headers: { ...headers, 'Access-Control-Request-Method': 'POST' } });
		const done = await fetch(`${issuer.url}/${path}`, { method: 'POST', headers });
		assert.deepEqual([asked, done].map(each => each.headers.get('access-control-allow-origin')), ['*', '*'], `pages may ask ${path}`);
	}
	const over = await fetch(`${issuer.url}/interaction/of-yesterday`);
	assert.equal(over.status, 400);
	assert.match(await over.text(), /This sign-in is over[^]*Go back to\s+your program/);
	dev.kill('SIGTERM');
	await eventually(() => ended, 'it ends', 60000);
	assert.equal(ended.status, 0, said);
	assert.match(said, /stopped\n$/);
});
