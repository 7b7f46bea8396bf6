// check.test.mjs - the command `check` leaves a file of SQLite's, and its folder, as they are, and says what keeps it from looking.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ask, assertSilent, eventually, launch, onPostgres, program, run, start, temporary } from './support.mjs';

const skip = onPostgres && 'it is about files of SQLite';
const OTHERS = 65534;                   // nobody's

// Each file of a folder: its name, bytes and when they were written.
const listing = folder => readdirSync(folder).sort().map(name => {
	const path = join(folder, name), { mtimeMs, size, mode } = statSync(path);
	return [name, size, mtimeMs, mode, createHash('sha256').update(readFileSync(path)).digest('hex')].join(' ');
});

const file = folder => join(folder, 'products.db');
const check = (folder, env = {}) => run('products', ['check'], { env: { DATABASE_URL: `sqlite:${file(folder)}`, ...env } });

async function served(folder) {
	const server = await start('products', {}, { folder });
	await ask(server, 'update_product', { sku: 'KIT-0001', stock_change: 7 });
	return server;
}

async function stopped() {
	const folder = temporary();
	await (await served(folder)).stop();
	return folder;
}

async function killed() {
	const folder = temporary(), server = await served(folder);
	server.child.kill('SIGKILL');
	await server.ended;
	assert.ok(readdirSync(folder).includes('products.db-wal') && readdirSync(folder).includes('products.db-shm'));
	return folder;
}

const forbidToWrite = folder => [...readdirSync(folder).map(name => join(folder, name)), folder]
	.forEach(path => chmodSync(path, path === folder ? 0o555 : 0o444));

// As somebody who is not root, whom nothing is forbidden.
async function checkAsOthers(folder) {
	const as = process.getuid() === 0 ? { uid: OTHERS, gid: OTHERS } : {};
	const child = spawn(program('products'), ['check'], { ...as, env: { DATABASE_URL: `sqlite:${file(folder)}`, ASAN_OPTIONS: 'detect_leaks=0' } });
	let said = '';
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', text => { said += text; });
	const status = await new Promise(resolve => child.on('close', resolve));
	return { status, said };
}

async function left(folder, look) {
	const before = listing(folder), result = await look(folder);
	assert.deepEqual(listing(folder), before);
	return result;
}

for (const [what, make] of Object.entries({ 'a server that stopped': stopped, 'a server that was killed': killed })) {
	test(`what ${what} left is looked at, and is byte for byte as it was`, { skip }, async () => {
		const { status, stdout, stderr } = await left(await make(), check);
		assert.equal(status, 0, stderr);
		assert.match(stdout, /can be read: \d+ migrations; products: \d+ \(select count\(\*\) as count from product\)\./);
	});

	test(`what ${what} left can be looked at by who may only read it`, { skip }, async () => {
		const folder = await make();
		forbidToWrite(folder);
		const { status, said } = await left(folder, checkAsOthers);
		assert.equal(status, 0, said);
		assert.match(said, /can be read: \d+ migrations; products: \d+ \(select count\(\*\) as count from product\)\./);
	});
}

test('what is in the log of a server that was killed is counted, and without its index too', { skip }, async () => {
	const folder = temporary(), copy = temporary();
	const server = await start('products', { DATABASE_URL: `sqlite:${file(folder)}` }, { folder });
	server.child.kill('SIGKILL');
	await server.ended;
	for (const name of ['products.db', 'products.db-wal'])
		copyFileSync(join(folder, name), join(copy, name));
	const counts = /(\d+) migrations; products: (\d+)/;
	const whole = counts.exec((await left(copy, check)).stdout)?.[0];
	assert.match(whole, counts);
	assert.equal(counts.exec((await check(folder)).stdout)[0], whole);
	// All of it is in the log: the file alone has not even the tables.
	const alone = temporary();
	copyFileSync(file(folder), file(alone));
	assert.notEqual(counts.exec((await check(alone)).stdout)?.[0], whole);
});

test('a log that is another file\'s is said to be so, and nothing is changed', { skip }, async () => {
	const folder = await killed(), other = await stopped();
	copyFileSync(file(other), file(folder));
	const { status, stderr } = await left(folder, check);
	assert.equal(status, 1);
	assert.match(stderr, /does not go with the log beside it/);
});

test('a name that a URL would take apart is the name of a file', { skip }, async () => {
	const folder = await stopped(), strange = temporary();
	for (const name of ['a?b=c.db', 'a#b.db', 'a%3fb.db', 'a b.db']) {
		copyFileSync(file(folder), join(strange, name));
		const { status, stderr } = await left(strange, () => check(strange, { DATABASE_URL: `sqlite:${join(strange, name)}` }));
		assert.equal(status, 0, `${name}: ${stderr}`);
	}
});

test('while a server writes it is looked at, and the server goes on', { skip }, async () => {
	const folder = temporary(), server = await served(folder);
	let over = false, written = 1;
	const writes = (async () => {
		for (; !over; written++)
			await ask(server, 'update_product', { sku: 'KIT-0001', stock_change: 1 });
	})();
	for (let i = 0; i < 3; i++) {
		const { status, stdout, stderr } = await check(folder);
		assert.equal(status, 0, stderr);
		assert.match(stdout, /can be read/);
	}
	over = true;
	await writes;
	assert.ok(written > 3);
	await server.stop();
	assert.deepEqual(readdirSync(folder).filter(name => /-(wal|shm)$/.test(name)), []);
});

// A log that was left, and enough in it to be gone through for a while.
async function largeLogOf(folder) {
	const source = await stopped(), db = new DatabaseSync(file(source));
	db.exec('pragma wal_autocheckpoint = 0; create table large (a, b); create index large_b on large (b);'
		+ 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 8000)'
		+ 'insert into large select randomblob(600), randomblob(40) from n');
	for (const name of ['products.db', 'products.db-wal'])
		copyFileSync(join(source, name), join(folder, name));
	db.close();
}

const hasOpen = (pid, path) => readdirSync(`/proc/${pid}/fd`).some(number => {
	try {
		return readlinkSync(`/proc/${pid}/fd/${number}`) === path;
	} catch {
		return false;
	}
});

// The log would be the other program's by then: nobody is to remove it.
test('when another program begins to write meanwhile, that is said and nothing is called damaged', { skip }, async () => {
	const folder = temporary(), path = file(folder);
	await largeLogOf(folder);
	const looks = launch('products', ['check'], { DATABASE_URL: `sqlite:${path}` }, folder);
	await eventually(() => looks.exitCode !== null || hasOpen(looks.pid, path), 'it does not look');
	looks.kill('SIGSTOP');
	const other = new DatabaseSync(path);
	other.exec('pragma wal_checkpoint(truncate); delete from large where rowid % 2; update large set b = randomblob(40);'
		+ 'pragma wal_checkpoint(truncate); vacuum; pragma wal_checkpoint(truncate)');
	looks.kill('SIGCONT');
	const { status, stdout, stderr } = await looks.ended;
	other.close();
	assertSilent(stderr);
	assert.doesNotMatch(stdout + stderr, /does not go with|damaged|remove/);
	assert.match(stderr, /another program began to write to the database meanwhile; look again/);
	assert.equal(status, 1);
});

test('what is no file is said to be none, and is not waited for', { skip }, async () => {
	const folder = temporary(), pipe = join(folder, 'pipe');
	execFileSync('mkfifo', [pipe]);
	for (const path of [pipe, folder, '/dev/zero'])
		for (const command of ['check', 'serve']) {
			const env = { DATABASE_URL: `sqlite:${path}`, PORT: '0', METRICS_PORT: '0' };
			const { status, stderr } = await run('products', [command], { folder, env, within: 60000 });
			assert.equal(status, 1, `${command} ${path}`);
			assert.match(stderr, /it is there, and is no file/);
		}
});

test('a database that somebody has for himself is said to be locked, in bounded time, by check and at the start', { skip }, async () => {
	const folder = await stopped(), other = new DatabaseSync(file(folder));
	other.exec('pragma locking_mode = exclusive; begin immediate; create table theirs (a)');
	for (const command of ['check', 'serve', 'setup']) {
		const began = Date.now();
		const { status, stderr } = await run('products', [command], { folder, env: { DATABASE_URL: `sqlite:${file(folder)}`, PORT: '0', METRICS_PORT: '0' } });
		assert.equal(status, 1, command);
		assert.match(stderr, /database is locked: another program did not let go of it in time, such as a shell in a transaction/, command);
		assert.ok(Date.now() - began < 40000, `${command} took ${Date.now() - began} ms`);
	}
	other.close();
	assert.equal((await check(folder)).status, 0);
});
