// collected.test.mjs - what goes wrong with a client of the chaos is told when it is over, and ends nothing before.
import assert from 'node:assert/strict';
import net from 'node:net';
import test from 'node:test';
import { Client } from './client.mjs';
import { Dice } from './dice.mjs';
import { Knowledge } from './knowledge.mjs';
import { act } from './manners.mjs';
import { Tally } from './tally.mjs';

test('an answer that is none of JSON-RPC is told in words', async () => {
	const knowledge = new Knowledge(new Tally());
	const server = net.createServer(socket => socket.on('error', () => {}).end(
		'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull'));
	await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
	await new Client(server.address().port, knowledge).ask({ verb: 'GET' });
	server.close();
	assert.match(knowledge.wrong.join(), /^an answer is none: TypeError/);
});

test('a client that can\'t connect at all goes on trying, and says why', async () => {
	const knowledge = new Knowledge(new Tally());
	const shop = { knowledge, broken: false, ports: () => [99999] };
	await act(new Dice(1), shop, () => knowledge.wrong.length > 1);
	assert.match(knowledge.wrong[0], /^a client: RangeError.*\n.*at /);
});
