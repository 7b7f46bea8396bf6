// backup.test.mjs - SQLite: a stop leaves one file; it is copied, backed up and restored; it goes and
// comes back while it is served.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, copyFileSync, existsSync, lstatSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync,
	statSync, symlinkSync, watch, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { ask, callTool, eventually, exchange, onPostgres, orderOf, program, run, start, temporary, writeOrders } from './support.mjs';

const skip = onPostgres && 'PostgreSQL has its own backups';

let products;
before(async () => {
	if (skip)
		return;
	products = await start('products');
	await ask(products, 'update_product', { sku: 'KIT-0001', stock_change: 1000000 });
});
after(() => products?.stop());

// An order book in a folder of its own.
class Book {
	constructor(folder = temporary()) {
		this.folder = folder;
		this.file = join(folder, 'orders.db');
	}

	async start(settings = {}) {
		this.server = await start('orders', { PRODUCTS_URL: products.url, ...settings }, { folder: this.folder });
		return this.server;
	}

	stop() {
		return this.server.stop();
	}

	async kill() {
		this.server.child.kill('SIGKILL');
		await this.server.ended;
	}

	place(key) {
		return callTool(this.server, 'create_order', orderOf({ 'KIT-0001': 1 }, key));
	}

	async order(count, what = 'o') {
		const ids = [];
		for (let i = 0; i < count; i++)
			ids.push((await ask(this.server, 'create_order', orderOf({ 'KIT-0001': 1 }, `${this.folder}-${what}-${i}`))).id);
		return ids;
	}

	async ids() {
		const { orders } = await ask(this.server, 'list_orders', { limit: 100 });
		return orders.map(order => order.id).sort();
	}

	command(...words) {
		return run('orders', words, { env: { DATABASE_URL: `sqlite:${this.file}` }, folder: this.folder });
	}

	// What there is of the data: the state beside it is no part of a backup.
	get files() {
		return this.all.filter(name => !name.startsWith('orders.db.state'));
	}

	get all() {
		return readdirSync(this.folder).sort();
	}
}

const ready = async server => (await exchange(server, { method: 'GET', path: '/readyz' })).status;

test('a stop in order leaves one file, which is all there is to copy', { skip }, async () => {
	const book = new Book();
	await book.start();
	const ids = await book.order(10);
	assert.equal((await book.ids()).length, 10);         // the loops read too
	await book.stop();
	assert.deepEqual(book.all, ['orders.db', 'orders.db.state']);
	const copy = new Book();
	copyFileSync(book.file, copy.file);
	await copy.start();
	assert.deepEqual(await copy.ids(), ids.sort());
	await copy.stop();
	assert.deepEqual(copy.files, ['orders.db']);
});

test('so does every one of many stops', { skip }, async () => {
	const book = new Book();
	for (let i = 0; i < 8; i++) {
		await book.start({ LOOPS: '2', WORKERS: '3' });
		await Promise.all([book.ids(), book.order(1, `${i}`), book.ids()]);
		await book.stop();
		assert.deepEqual(book.all, ['orders.db', 'orders.db.state'], `stop ${i}`);
	}
});

test('a copy put over the file of a server that was stopped is what is served then', { skip }, async () => {
	const book = new Book(), kept = join(temporary(), 'kept.db');
	await book.start();
	const early = await book.order(3, 'early');
	await book.stop();
	copyFileSync(book.file, kept);
	await book.start();
	await book.order(10, 'late');
	await book.stop();
	copyFileSync(kept, book.file);
	await book.start();
	assert.deepEqual(await book.ids(), early.sort());
	await book.stop();
});

test('a backup says what is kept elsewhere', { skip }, async () => {
	const folder = temporary(), file = join(folder, 'backup.db'), DATABASE_URL = `sqlite:${join(folder, 'support.db')}`;
	await (await start('support', { DATABASE_URL }, { folder })).stop();
	const backup = async HISTORY => (await run('support', ['backup', file], { env: { DATABASE_URL, HISTORY } })).stdout.split('\n').slice(1);
	assert.deepEqual(await backup('store'), ['']);
	assert.deepEqual(await backup('dynamodb:talks'), ['Conversations are not in it: they are kept in DynamoDB\'s table talks, which has backups of its own.', '']);
});

test('a backup while orders are placed holds all that were answered before it, and can be restored', { skip }, async t => {
	const book = new Book(), file = join(temporary(), 'backup.db');
	await book.start();
	const sure = await book.order(5);
	let over = false, number = 0, slowest = 0, failed = 0;
	const customers = Promise.all(Array.from({ length: 3 }, async () => {
		while (!over) {
			const began = Date.now();
			failed += (await book.place(`busy-${number++}`)).isError ? 1 : 0;
			slowest = Math.max(slowest, Date.now() - began);
		}
	}));
	const before = number;
	for (let i = 0; i < 3; i++) {
		const { status, stdout, stderr } = await book.command('backup', file);
		assert.equal(status, 0, stderr);
		assert.match(stdout, /was copied to .*backup\.db and checked: [\d,]+ bytes/);
	}
	over = true;
	await customers;
	t.diagnostic(`${number - before} orders meanwhile, the slowest took ${slowest} ms`);
	assert.ok(number > before, 'orders were placed meanwhile');
	assert.equal(failed, 0);
	await book.order(2, 'later');
	const all = (await ask(book.server, 'list_orders', { limit: 100 })).count;
	assert.ok(all > 5);
	await book.stop();
	assert.deepEqual(readdirSync(join(file, '..')), ['backup.db'], 'one file, and no rest');

	const restored = await book.command('restore', file);
	assert.equal(restored.status, 0, restored.stderr);
	assert.match(restored.stdout, /kept as .*orders\.db\.before-\d{8}T\d{6}Z/);
	assert.equal(book.files.length, 2, `${book.files}`);
	await book.start();
	const found = new DatabaseSync(file, { readOnly: true }).prepare(
		"select id from orders where status not in ('recording', 'committing') order by id").all().map(row => row.id);
	assert.ok(sure.every(id => found.includes(id)));
	for (const id of found.slice(-20))
		assert.equal((await ask(book.server, 'get_order', { id })).id, id);
	assert.equal(await ready(book.server), 200);
	await book.stop();
});

test('a backup after a kill holds what the log held', { skip }, async () => {
	const book = new Book(), file = join(temporary(), 'backup.db');
	await book.start();
	const ids = await book.order(5);
	await book.kill();
	assert.ok(book.files.includes('orders.db-wal'));
	assert.equal((await book.command('backup', file)).status, 0);
	assert.deepEqual(book.files, ['orders.db']);
	const found = new DatabaseSync(file, { readOnly: true }).prepare('select id from orders order by id').all();
	assert.deepEqual(found.map(row => row.id), ids.sort());
});

test('a restore over the file of a server that was killed is not undone by its log', { skip }, async () => {
	const book = new Book(), file = join(temporary(), 'backup.db');
	await book.start();
	const early = await book.order(2, 'early');
	assert.equal((await book.command('backup', file)).status, 0);
	const late = await book.order(5, 'late');
	await book.kill();
	const { status, stdout, stderr } = await book.command('restore', file);
	assert.equal(status, 0, stderr);
	assert.ok(!existsSync(`${book.file}-wal`) && !existsSync(`${book.file}-shm`));
	await book.start();
	assert.deepEqual(await book.ids(), early.sort());
	await book.stop();
	// And what was put aside is whole, its log with it.
	const aside = join(book.folder, /(orders\.db\.before-\S+Z)/.exec(stdout)[1]);
	const rows = new DatabaseSync(aside).prepare('select id from orders').all();
	assert.deepEqual(rows.map(row => row.id).sort(), [...early, ...late].sort());
});

test('a restore is refused while the database is served, and says by whom', { skip }, async () => {
	const book = new Book(), file = join(temporary(), 'backup.db');
	await book.start();
	const ids = await book.order(1);
	assert.equal((await book.command('backup', file)).status, 0);
	const { status, stdout, stderr } = await book.command('restore', file);
	assert.equal(status, 1);
	assert.match(stderr, new RegExp(`is in use: process ${book.server.pid} has it open`));
	assert.match(stdout, /Nothing was restored/);
	assert.deepEqual(await book.ids(), ids);
	assert.equal(await ready(book.server), 200);
	await book.order(1, 'after');
	await book.stop();
	assert.deepEqual(book.files, ['orders.db']);
	assert.equal((await book.command('restore', book.file)).status, 1, 'onto itself');
});

// Everything behind the first page is another file's.
function spoil(file, from = 4096) {
	const open = openSync(file, 'r+');
	writeSync(open, Buffer.alloc(20000, 0x5a), 0, 20000, from);
	closeSync(open);
}

test('what is damaged, another program\'s or none of a database is not restored', { skip }, async () => {
	const book = new Book(), folder = temporary(), file = join(folder, 'backup.db');
	await book.start();
	const ids = await book.order(1);
	assert.equal((await book.command('backup', file)).status, 0);
	await book.stop();
	const copies = { damaged: /is damaged/, cut: /is damaged/, text: /is damaged|not a database/, other: /no database of this program/,
		empty: /no database of this program/, missing: /cannot be read/ };
	for (const name of ['damaged', 'cut', 'other'])
		copyFileSync(file, join(folder, name));
	spoil(join(folder, 'damaged'));
	writeFileSync(join(folder, 'cut'), readFileSync(file).subarray(0, 30000));
	writeFileSync(join(folder, 'text'), 'order,customer\n'.repeat(1000));
	writeFileSync(join(folder, 'empty'), '');
	rmSync(join(folder, 'other'));
	const shelf = await run('products', ['backup', join(folder, 'other')], { env: { DATABASE_URL: `sqlite:${join(products.folder, 'products.db')}` } });
	assert.equal(shelf.status, 0, shelf.stderr);
	for (const [name, words] of Object.entries(copies)) {
		const { status, stderr } = await book.command('restore', join(folder, name));
		assert.equal(status, 1, name);
		assert.match(stderr, words, name);
		assert.deepEqual(book.files, ['orders.db'], name);
	}
	await book.start();
	assert.deepEqual(await book.ids(), ids);
	await book.stop();
});

test('a damaged database is not backed up over a good backup', { skip }, async () => {
	const book = new Book(), folder = temporary(), file = join(folder, 'backup.db');
	await book.start();
	await book.order(1);
	assert.equal((await book.command('backup', file)).status, 0);
	await book.stop();
	const good = readFileSync(file);
	spoil(book.file, 3 * 4096);
	const { status, stderr } = await book.command('backup', file);
	assert.equal(status, 1);
	assert.match(stderr, /is damaged/);
	assert.ok(good.equals(readFileSync(file)));
	assert.deepEqual(readdirSync(folder), ['backup.db']);
	const onto = await book.command('backup', book.file);
	assert.equal(onto.status, 1);
	assert.match(onto.stderr, /is the database itself/);
	const folderItself = await book.command('backup', folder);
	assert.equal(folderItself.status, 1);
	assert.match(folderItself.stderr, /it is no file.*; name a file/);
	assert.deepEqual(readdirSync(folder), ['backup.db']);
});

test('a file put in the place of one whose log still lies there is not ruined by it', { skip }, async () => {
	const book = new Book(), other = new Book(), list = writeOrders(join(temporary(), 'orders.csv'));
	assert.equal((await book.command('import', list, '--currency', 'GBP')).status, 0);
	await book.start();
	await book.order(5, 'late');
	await book.kill();
	// Another database, of the same program: the log's pages do not fit it.
	await other.start();
	const ids = await other.order(40, 'other');
	await other.stop();
	copyFileSync(other.file, book.file);
	const before = readFileSync(book.file);
	await assert.rejects(book.start(), /remove .*orders\.db-wal and .*orders\.db-shm and start again/);
	assert.ok(before.equals(readFileSync(book.file)), 'nothing was changed');
	rmSync(`${book.file}-wal`);
	rmSync(`${book.file}-shm`, { force: true });
	await book.start();
	assert.deepEqual(await book.ids(), ids.sort());
	await book.stop();
});

test('nor is a restore undone by it: the log shows for which file it was written', { skip }, async () => {
	const book = new Book(), kept = join(temporary(), 'kept.db'), backup = join(temporary(), 'backup.db');
	await book.start();
	const ids = await book.order(3, 'early');
	assert.equal((await book.command('backup', backup)).status, 0);
	await book.stop();
	copyFileSync(book.file, kept);
	for (const copy of [kept, backup]) {
		await book.start();
		await book.order(5, `late-${copy}`);
		await book.kill();
		copyFileSync(copy, book.file);
		await assert.rejects(book.start(), /was written for another file.*remove .*orders\.db-wal/);
		assert.ok(readFileSync(copy).equals(readFileSync(book.file)), 'nothing was changed');
		rmSync(`${book.file}-wal`);
		rmSync(`${book.file}-shm`, { force: true });
		await book.start();
		assert.deepEqual(await book.ids(), ids.sort());
		await book.stop();
	}
});

test('whoever is killed, whenever that is, finds its log its own', { skip, timeout: 280000 }, async () => {
	const book = new Book(), list = writeOrders(join(temporary(), 'orders.csv'));
	for (let i = 0; i < 8; i++) {
		await book.start();
		const orders = [], placing = Array.from({ length: i % 4 * 3 + 1 }, (_, n) => book.place(`${book.folder}-k-${i}-${n}`)
			.then(result => orders.push(result.structuredContent.id)));
		const importing = i % 2 ? book.command('import', list, '--currency', 'GBP') : undefined;
		await Promise.race(placing);
		await book.kill();
		await Promise.allSettled([...placing, importing]);
		await book.start();
		assert.match(book.server.log, i % 2 ? /./ : /did not stop in order; it was checked/);
		for (const id of orders)
			assert.equal((await ask(book.server, 'get_order', { id })).id, id);
		if (i % 3)
			await book.stop();
		else
			await book.kill();
	}
});

test('readiness is not claimed over a damaged database', { skip }, async () => {
	const book = new Book();
	await book.start();
	await book.order(3);
	await book.stop();
	spoil(book.file, 2 * 4096);
	await book.start().then(async server => {
		await callTool(server, 'list_orders', {});
		await callTool(server, 'create_order', orderOf({ 'KIT-0001': 1 }, 'damaged'));
		assert.equal(await ready(server), 503);
		await server.says(/is damaged/);
		await server.stop();
	}, error => assert.match(error.message, /malformed|damaged/));
});

// ---- The file goes away ----

const aways = {
	'moved, and comes back': {
		go: book => renameSync(book.file, `${book.file}.elsewhere`),
		back: book => renameSync(`${book.file}.elsewhere`, book.file),
	},
	'deleted': { go: book => rmSync(book.file) },
	'replaced': { go: book => {
		copyFileSync(book.file, `${book.file}.new`);
		renameSync(`${book.file}.new`, book.file);
	} },
	'left without its log': { go: book => rmSync(`${book.file}-wal`) },
};
for (const [what, { go, back }] of Object.entries(aways))
	test(`a database that is ${what}: nothing is answered as done meanwhile`, { skip }, async () => {
		const book = new Book();
		await book.start();
		const ids = await book.order(2);
		assert.equal(await ready(book.server), 200);
		go(book);
		// At once, so that workers are started that had no connection yet; then one after the other.
		const atOnce = await Promise.all(Array.from({ length: 20 }, (_, i) => book.place(`at-once-${i}`)));
		for (let i = 0; i < 40; i++) {
			const result = atOnce[i] ?? await book.place(`lost-${i}`);
			assert.ok(result.isError, 'it was answered as placed');
			assert.match(result.content[0].text, /unavailable|try again/i);
		}
		assert.equal(await ready(book.server), 503);
		assert.ok((await callTool(book.server, 'get_order', { id: ids[0] })).isError, 'reads are honest too');
		await book.server.says(/moved, deleted or replaced/);
		// Once as what is wrong, once as why it is not ready.
		for (const line of [/"store: .*moved, deleted or replaced/g, /"not ready: .*moved, deleted or replaced/g])
			assert.equal(book.server.log.match(line).length, 1, book.server.log);
		if (back) {
			back(book);
			const more = await book.order(2, 'back');
			// The next look finds it, a second later; none of the calls that failed meanwhile keeps it away.
			await eventually(async () => await ready(book.server) === 200, 'it is not ready again', 5000);
			await book.server.says(/is back in its place/);
			assert.deepEqual(await book.ids(), [...ids, ...more].sort());
			await book.stop();
			assert.deepEqual(book.files, ['orders.db']);
			await book.start();
			assert.deepEqual(await book.ids(), [...ids, ...more].sort());
		}
		await book.stop();
	});

test('a backup takes the place of nothing but a backup', { skip }, async () => {
	const book = new Book(), other = new Book();
	await book.start();
	const ids = await book.order(1);
	await other.start();
	const others = await other.order(1, 'other');
	const log = readFileSync(`${book.file}-wal`), names = book.files;
	execFileSync('mkfifo', [join(book.folder, 'pipe')]);
	symlinkSync('pipe', join(book.folder, 'link'));
	symlinkSync('/dev/null', join(book.folder, 'device'));
	symlinkSync('nowhere', join(book.folder, 'dangling'));
	writeFileSync(join(book.folder, 'list.csv'), 'order,placed_at\n');
	const refused = { [join(book.folder, 'list.csv')]: /is no backup/, [`${book.file}-wal`]: /is called so/, [`${book.file}-shm`]: /is called so/, [`${book.file}-journal`]: /is called so/,
		[other.file]: /is a database in use/, [join(book.folder, 'pipe')]: /is no file/, [join(book.folder, 'link')]: /is no file/,
		[join(book.folder, 'device')]: /is no file/, [book.folder]: /is no file/, [join(book.folder, 'dangling')]: /a link to what is not there/ };
	for (const [file, words] of Object.entries(refused)) {
		const { status, stderr, stdout } = await book.command('backup', file);
		assert.equal(status, 1, file);
		assert.match(stderr, words, file);
		assert.match(stdout, /There is no new backup/);
	}
	assert.ok(log.equals(readFileSync(`${book.file}-wal`)), 'the log is what it was');
	assert.ok(lstatSync(join(book.folder, 'pipe')).isFIFO());
	assert.deepEqual(book.files, [...names, 'dangling', 'device', 'link', 'list.csv', 'pipe'].sort());
	// A database that was killed: what it has in its log would be brought into the backup.
	await other.kill();
	const left = await book.command('backup', other.file);
	assert.equal(left.status, 1);
	assert.match(left.stderr, /orders\.db-wal.* is there: it belongs to a database/);
	await other.start();
	assert.deepEqual(await other.ids(), others);
	await other.stop();
	await book.kill();
	await book.start();
	assert.deepEqual(await book.ids(), ids);
	await book.stop();
});

test('what a link names is what is served, backed up and restored, and it stays a link', { skip }, async () => {
	const book = new Book(), real = join(temporary(), 'real.db'), link = join(temporary(), 'latest.db'), kept = join(temporary(), 'kept.db');
	symlinkSync(real, book.file);
	writeFileSync(real, '');
	writeFileSync(kept, '');
	symlinkSync(kept, link);
	await book.start();
	const ids = await book.order(2, 'early');
	assert.equal((await book.command('backup', link)).status, 0);
	assert.ok(lstatSync(link).isSymbolicLink());
	await book.order(2, 'late');
	await book.kill();
	// A log that is another's is noticed beside what the link names.
	const log = readFileSync(`${real}-wal`), whole = readFileSync(real);
	copyFileSync(kept, real);
	await assert.rejects(book.start(), /does not go with the log beside it/);
	writeFileSync(real, whole);
	writeFileSync(`${real}-wal`, log);
	const { status, stderr, stdout } = await book.command('restore', link);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /is kept as .*real\.db\.before-/);
	assert.ok(lstatSync(book.file).isSymbolicLink());
	assert.ok(!existsSync(`${real}-wal`));
	await book.start();
	assert.deepEqual(await book.ids(), ids.sort());
	// The log lies beside what it names, and is missed there.
	renameSync(`${real}-wal`, `${real}-gone`);
	const failed = await book.place(`${book.folder}-missed`);
	assert.ok(failed.isError);
	renameSync(`${real}-gone`, `${real}-wal`);
	await book.stop();
});

test('a restore from another file system, by a copy and the log that it was copied with', { skip: skip || !existsSync('/dev/shm') && 'there is one only' }, async () => {
	const book = new Book(), folder = mkdtempSync('/dev/shm/mcp-test-'), copy = join(folder, 'copy.db');
	try {
		await book.start();
		const ids = await book.order(3);
		await book.kill();
		copyFileSync(book.file, copy);
		copyFileSync(`${book.file}-wal`, `${copy}-wal`);
		assert.equal((await book.command('restore', copy)).status, 0);
		await book.start();
		assert.deepEqual(await book.ids(), ids.sort());
		await book.stop();
		// The same log beside a copy that it was not written for.
		rmSync(copy);
		rmSync(`${copy}-wal`);
		assert.equal((await book.command('backup', copy)).status, 0);
		await book.start();
		await book.order(1, 'more');
		copyFileSync(`${book.file}-wal`, `${copy}-wal`);
		await book.stop();
		const { status, stderr } = await book.command('restore', copy);
		assert.equal(status, 1);
		assert.match(stderr, /copy\.db-wal does not go with the file beside it/);
		assert.deepEqual(book.files.filter(name => !/before/.test(name)), ['orders.db']);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('what is restored belongs to whom the database belonged', { skip }, async () => {
	const book = new Book(), backup = join(temporary(), 'backup.db'), isRoot = process.getuid() === 0;
	await (await book.start()).stop();
	assert.equal((await book.command('backup', backup)).status, 0);
	chmodSync(book.file, 0o600);
	if (isRoot)
		chownSync(book.file, 65534, 65534);
	assert.equal((await book.command('restore', backup)).status, 0);
	const { mode, uid, gid } = statSync(book.file);
	assert.equal(mode & 0o7777, 0o600);
	if (isRoot)
		assert.deepEqual([uid, gid], [65534, 65534]);
});

// In a container every command is process 1.
test('what a killed command left is not brought into what the next one of its number writes', { skip }, async () => {
	const book = new Book(), backup = join(temporary(), 'backup.db');
	await book.start();
	const ids = await book.order(1);
	assert.equal((await book.command('backup', backup)).status, 0);
	await book.order(3, 'late');
	await book.kill();
	copyFileSync(`${book.file}-wal`, `${book.file}-left`);
	const { status, stderr } = spawnSync('bash', ['-c', 'mv "$1" "$2.part-$$-wal"; exec "$3" restore "$4"', '-',
		`${book.file}-left`, book.file, program('orders'), backup], { env: { ...process.env, DATABASE_URL: `sqlite:${book.file}` }, encoding: 'utf8' });
	assert.equal(status, 0, stderr);
	await book.start();
	assert.deepEqual(await book.ids(), ids);
	await book.stop();
});

// inotify tells what happened to names, in order.
test('a restore that is killed leaves nothing that is served without what its log held', { skip }, async () => {
	const book = new Book(), backup = join(temporary(), 'backup.db'), seen = [];
	await book.start();
	await book.order(1);
	assert.equal((await book.command('backup', backup)).status, 0);
	await book.order(1, 'late');
	await book.kill();
	const watcher = watch(book.folder, (event, name) => {
		if (event === 'rename')
			seen.push(name);
	});
	assert.equal((await book.command('restore', backup)).status, 0);
	await eventually(() => seen.includes('orders.db-wal'), 'the log was not taken away');
	watcher.close();
	assert.ok(seen.includes('orders.db'));
	assert.ok(seen.indexOf('orders.db') < seen.indexOf('orders.db-wal'), `${seen}`);
});

test('where files may not grow a command fails, and changes nothing', { skip }, async () => {
	const book = new Book(), list = writeOrders(join(temporary(), 'orders.csv')), backup = join(temporary(), 'backup.db');
	await book.start();
	const ids = await book.order(1);
	await book.stop();
	for (const words of [['backup', backup], ['import', list, '--currency', 'GBP'], ['restore', list]]) {
		const { status, signal } = spawnSync('bash', ['-c', 'ulimit -f 64; exec "$@"', '-', program('orders'), ...words],
			{ env: { ...process.env, DATABASE_URL: `sqlite:${book.file}` }, encoding: 'utf8' });
		assert.equal(signal, null, words[0]);
		assert.equal(status, 1, words[0]);
	}
	assert.ok(!existsSync(backup));
	assert.ok(!book.files.some(name => /part|before/.test(name)), `${book.files}`);
	await book.start();
	assert.deepEqual(await book.ids(), ids);
	await book.stop();
});

test('with PostgreSQL both commands name its tools', async () => {
	for (const command of ['backup', 'restore']) {
		const { status, stderr } = await run('orders', [command, 'file'], { env: { DATABASE_URL: 'postgresql://127.0.0.1:1/orders' } });
		assert.equal(status, 1);
		assert.match(stderr, /pg_dump.*pg_restore/);
		const without = await run('orders', [command]);
		assert.equal(without.status, 2);
		assert.match(without.stderr, /name the file/);
	}
	assert.match((await run('orders', ['--help'])).stdout, /backup FILE[^]*restore FILE/);
});
