// ports.test.mjs - what the tests tell a server as its port is nobody else's by the time it begins.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { start } from './support.mjs';

const ports = new URL('ports.mjs', import.meta.url).href;

// So many of a process that stays until it is told to end.
function draw(count) {
	const child = spawn(process.execPath, ['--input-type=module', '-e', `const { freePort } = await import('${ports}');
		const all = [];
		for (let i = 0; i < ${count}; i++)
			all.push(await freePort());
		console.log(JSON.stringify(all));
		process.stdin.resume();`], { stdio: ['pipe', 'pipe', 'inherit'] });
	return new Promise((resolve, reject) => {
		let text = '';
		child.stdout.setEncoding('utf8').on('data', piece => {
			text += piece;
			if (text.endsWith('\n'))
				resolve({ all: JSON.parse(text), end: () => child.stdin.end() });
		});
		child.on('close', () => reject(new Error('it ended before')));
	});
}

// By chance alone some hundred of them would be two processes'.
test('no port is given to two, though nobody has taken it yet', async () => {
	const processes = await Promise.all([1, 2, 3, 4].map(() => draw(500)));
	const all = processes.flatMap(each => each.all);
	processes.forEach(({ end }) => end());
	assert.equal(new Set(all).size, all.length);
});

test('a server of the tests has a port that the kernel gives to no connection', async () => {
	const server = await start('products');
	const least = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split('\t')[0]);
	assert.ok(server.port < least || least < 20000, `${server.port}`);
	await server.stop();
});
