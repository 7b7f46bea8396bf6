// support_serve.test.mjs - support/web/serve.mjs for whoever asks it what no browser does: it goes on, gives away nothing but its files, and lets
// no page of somebody else's call the service behind it.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { site } from '../../support/web/serve.mjs';
import { eventually, exchange, stateless, temporary } from './support.mjs';
import { World } from './support_world.mjs';

async function serve(t, server) {
	const folder = temporary(), dist = join(folder, 'dist');
	mkdirSync(join(dist, 'assets'), { recursive: true });
	writeFileSync(join(dist, 'index.html'), 'the page');
	writeFileSync(join(dist, 'assets/big.js'), Buffer.alloc(8 << 20, ' '));
	writeFileSync(join(folder, 'secret.json'), '{}');
	symlinkSync('/proc/self/mem', join(dist, 'assets/broken.js'));
	const listener = site({ dist, server: () => server?.url });
	await new Promise(resolve => listener.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		listener.closeAllConnections();
		listener.close();
	});
	return { port: listener.address().port };
}

// The bytes that are said, as they are; what is answered up to the end of the connection, or to its first piece.
const speak = ({ port }, text, { leaves = false } = {}) => new Promise(resolve => {
	const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
	let heard = '';
	socket.on('data', piece => {
		heard += piece;
		if (leaves)
			socket.destroy();
	}).on('error', () => {}).on('close', () => resolve(heard));
});
const get = path => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
const open = name => readdirSync('/proc/self/fd').filter(fd => {
	try {
		return readlinkSync(`/proc/self/fd/${fd}`).endsWith(name);
	} catch {
		return false;
	}
}).length;

test('who leaves in the middle of a file leaves nothing open, and what can not be read is one request’s trouble', async t => {
	const page = await serve(t);
	for (let i = 0; i < 20; i++)
		assert.match(await speak(page, get('/assets/big.js'), { leaves: true }), /^HTTP\/1.1 200/);
	await eventually(() => open('big.js') === 0, () => `${open('big.js')} are open`);
	await speak(page, get('/assets/broken.js'));
	await eventually(() => open('/mem') === 0, 'it is closed');
	assert.match(await speak(page, get('/')), /the page/);
});

test('no path leads out of its folder', async t => {
	const page = await serve(t);
	for (const path of ['/../secret.json', '/%2e%2e/secret.json', '/..%2fsecret.json', '/assets/../../secret.json', '/assets/..\\..\\secret.json', '//secret.json', '/./secret.json',
		'/assets', '/assets/', '/assets//big.js', '/index.html%00.js', '/__proto__.js', '/x.constructor', '*', 'http://127.0.0.1/index.html', `/${'x'.repeat(9000)}.js`])
		assert.match(await speak(page, get(path)), /^HTTP\/1.1 404/, path);
	assert.match(await speak(page, get('/?/../secret.json')), /the page/);
});

test('a page of somebody else’s calls nothing by way of it, under its own name or ours', async t => {
	const world = await World.open(t, { models: false, settings: { API_KEYS: '' } }), page = await serve(t, world.server);
	const list = headers => exchange(page, stateless('tools/list', {}, { headers }));
	const { port } = page, own = `http://127.0.0.1:${port}`;
	assert.equal((await list({ Origin: own, Host: `127.0.0.1:${port}` })).status, 200);
	for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { Origin: `http://127.0.0.1.evil.example:${port}` }, { Origin: 'http://localhost.evil.example' },
		{ Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` }, { Host: `evil.example:${port}` }, { Origin: 'https://evil.example', 'Content-Type': 'text/plain' }])
		assert.equal((await list(headers)).status, 403, JSON.stringify(headers));
});
