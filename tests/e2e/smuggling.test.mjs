// smuggling.test.mjs - no request hides in another, whatever libmicrohttpd is installed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Connection, head, post } from './raw.mjs';
import { smuggled, unseen } from './smuggled.mjs';
import { exchange, keyLines, keys, start, types } from './support.mjs';

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
let server;

before(async () => {
	server = await start('products');
});
after(() => server.stop());

for (const [what, tried] of smuggled)
	test(`${what} hides nothing`, () => tried(server));

test('an extension of a chunk is ignored, or refused by libmicrohttpd 1.0', async () => {
	const connection = await new Connection(server.port).opened;
	connection.send(head(server, { ...types, 'Transfer-Encoding': 'chunked' }))
		.send(`${ping.length.toString(16)};a="b"\r\n${ping}\r\n0;c\r\n\r\n`);
	assert.match(await connection.until(/(\}|<\/html>)$/), /^HTTP\/1\.1 (200 [\s\S]*"result":\{\}|400 )/);
	connection.leave();
});

const settings = [{ TRUSTED_PROXIES: '127.0.0.1' }, { PUBLIC_URL: 'https://shop.example/mcp' },
	{ HOST: '0.0.0.0', API_KEYS: keyLines }];
for (const each of settings)
	test(`where proxies may be (${Object.keys(each)}), a lenient library serves one request a connection`, async () => {
		const proxied = await start('products', each);
		const headers = { ...types, Authorization: `Bearer ${keys.staff}` };
		const lenient = /libmicrohttpd 0\.\S+ is older/.test(proxied.log);
		const connection = await new Connection(proxied.port).opened;
		connection.send(Buffer.concat([post(proxied, ping, headers), post(proxied, ping.replace('1,', '2,'), headers)]));
		if (lenient) {
			assert.ok(await connection.untilClosed());
			assert.match(connection.text, /^HTTP\/1\.1 \d+ [\s\S]*connection: close/i);
			assert.doesNotMatch(connection.text, /"id":2/);
		} else {
			await connection.until(/"id":2/);
			connection.leave();
		}
		await unseen(proxied);
		assert.equal((await exchange(proxied, { method: 'GET', path: '/healthz' })).status, 200);
		await proxied.stop();
	});
