// bursts.test.mjs - many connections at the same moment, again and again: none hangs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection, post } from './raw.mjs';
import { start } from './support.mjs';

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

test('100 bursts of 64 to 512 connections are all answered', { timeout: 280000 }, async () => {
	const server = await start('products');
	const request = post(server, ping, { Connection: 'close' });
	for (let round = 0; round < 100; round++) {
		const size = [64, 128, 256, 512][round % 4];
		const burst = Array.from({ length: size }, () => {
			const connection = new Connection(server.port);
			connection.send(request);
			return new Promise(resolve => connection.socket.on('close', () => resolve(connection)));
		});
		const timer = setTimeout(() => assert.fail(`round ${round}: ${size} connections hang`), 60000);
		for (const connection of await Promise.all(burst))
			assert.match(connection.text, /^HTTP\/1\.1 200 [\s\S]*"result":\{\}/);
		clearTimeout(timer);
	}
	await server.stop();
});
