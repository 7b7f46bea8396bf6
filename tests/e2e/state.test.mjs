// state.test.mjs - what a server on SQLite knows beside its data: one process has it at a time, commands
// leave it alone, and a damaged one costs sessions, not the service.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Mortal } from './mortal.mjs';
import {
	assertSilent, beginSession, callTool, exchange, launch, onPostgres, run, Server, start, temporary,
} from './support.mjs';

const skip = onPostgres && 'on PostgreSQL the state is in the same database';
const list = session => ({ headers: session, body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
const knows = async (server, session) => (await exchange(server, list(session))).status === 200;
const stateOf = folder => join(folder, 'products.db.state');

test('a server that is started before the other has ended waits, and goes on with its sessions', { skip }, async () => {
	const folder = temporary(), first = await start('products', {}, { folder });
	const session = await beginSession(first);
	const child = launch('products', [], {
		PORT: '0', METRICS_PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'products.db')}` }, folder);
	const second = new Server('products', child, folder);
	await second.says(/another server has .*products\.db\.state; waiting for its end/);
	assert.ok(await knows(first, session), 'the first goes on meanwhile');
	await first.stop();
	second.url = (await second.says(/ at (http:\/\/[^\s"]+\/mcp)/))[1];
	second.port = Number(new URL(second.url).port);
	assert.ok(await knows(second, session));
	await second.stop();
	assert.ok(!existsSync(`${stateOf(folder)}-wal`), 'its log is in the file');
});

test('of two on one database the later one says what to do', { skip }, async () => {
	const folder = temporary(), first = await start('products', {}, { folder });
	const { status, stderr } = await run('products', [], { folder, env: {
		PORT: '0', METRICS_PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'products.db')}` } });
	assert.equal(status, 1);
	assert.match(stderr, /products\.db\.state is in use: another server serves this data.*Stop that one/);
	assert.match(stderr, /not started/);
	await first.stop();
});

test('commands do not wait for it', { skip }, async () => {
	const folder = temporary(), server = await start('products', {}, { folder });
	const env = { DATABASE_URL: `sqlite:${join(folder, 'products.db')}` };
	for (const args of [['check'], ['backup', join(folder, 'copy.db')]]) {
		const { status, stderr } = await run('products', args, { folder, env, within: 60000 });
		assert.equal(status, 0, stderr);
	}
	assert.ok(!existsSync(join(folder, 'copy.db.state')));
	await server.stop();
});

test('a damaged one is put aside', { skip }, async () => {
	const folder = temporary(), first = await start('products', {}, { folder });
	const session = await beginSession(first);
	await first.stop();
	assert.equal(statSync(stateOf(folder)).mode & 0o007, 0, 'not for everyone to read');
	writeFileSync(stateOf(folder), Buffer.alloc(20000, 'nonsense'));
	const second = await start('products', {}, { folder });
	assert.match(second.log, /products\.db\.state was damaged, and is now .*\.damaged/);
	assert.ok(!await knows(second, session));
	assert.ok(await knows(second, await beginSession(second)));
	assert.equal((await exchange(second, { method: 'GET', path: '/readyz' })).status, 200);
	await second.stop();
	assertSilent(second.log);
});

test('what is no state in its place is left as it is, and said to be so', { skip }, async () => {
	const folder = temporary(), first = await start('products', {}, { folder });
	await first.stop();
	const data = readFileSync(join(folder, 'products.db'));
	writeFileSync(stateOf(folder), data);
	const env = { PORT: '0', METRICS_PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'products.db')}` };
	const strange = await run('products', [], { folder, env });
	assert.equal(strange.status, 1);
	assert.match(strange.stderr, /products\.db\.state is another database, not a state.*move it away/);
	assert.deepEqual(readFileSync(stateOf(folder)), data);
	rmSync(stateOf(folder));
	await (await start('products', {}, { folder })).stop();
	const file = new DatabaseSync(stateOf(folder));
	file.exec('drop table mcp_secret');
	file.close();
	const lacking = await run('products', [], { folder, env });
	assert.equal(lacking.status, 1);
	assert.match(lacking.stderr, /has not the tables it should have: move it away/);
});

test('one that may not be written is said to be so', { skip: skip || (process.getuid() === 0 && 'root may write all') }, async () => {
	const folder = temporary(), first = await start('products', {}, { folder });
	await first.stop();
	chmodSync(stateOf(folder), 0o440);
	const { status, stderr } = await run('products', [], { folder, env: {
		PORT: '0', METRICS_PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'products.db')}` } });
	assert.equal(status, 1);
	assert.match(stderr, /products\.db\.state is not writable/);
});

// A newer version's, before this one was put back; and what a disk makes of text.
test('a session of no revision that is known is none, and what is no URI is not followed', { skip }, async () => {
	const folder = temporary(), first = await start('products', {}, { folder });
	const session = await beginSession(first), newer = await beginSession(first);
	await first.stop();
	const file = new DatabaseSync(stateOf(folder));
	file.exec(`update mcp_session set followed = '["a",1,null,{"b":"c"}]'`);
	file.prepare('update mcp_session set revision = 99 where id = ?').run(newer['Mcp-Session-Id']);
	file.close();
	const second = await start('products', {}, { folder });
	assert.ok(await knows(second, session));
	assert.equal((await exchange(second, list(newer))).status, 404);
	await second.stop();
});

// Without STATE_KEYS.
test('what was sealed before it was killed is good afterwards', { skip }, async () => {
	const mortal = new Mortal('products', {});
	await mortal.live();
	const page = async cursor => (await callTool(mortal.server, 'search_products',
		{ limit: 5, ...(cursor ? { cursor } : {}) })).structuredContent;
	const first = await page();
	await mortal.die();
	const second = await page(first.next_cursor);
	assert.equal(second.products.length, 5);
	assert.ok(second.products.every(({ sku }) => !first.products.some(each => each.sku === sku)));
	await mortal.server.stop();
});
