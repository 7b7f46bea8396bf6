// readiness.test.mjs - /readyz says what is so, and why: in words for anybody, and for operators with what was found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { query } from './postgres.mjs';
import { callTool, databaseUrl, eventually, exchange, onPostgres, start, temporary } from './support.mjs';

const readiness = async server => {
	const { status, text } = await exchange(server, { method: 'GET', path: '/readyz' });
	return { status, text };
};

// What operators read, on the port of the metrics.
async function details(server) {
	const [, url] = await server.says(/metrics at (http:[^,;\s"]+)/);
	return exchange({ port: Number(new URL(url).port) }, { method: 'GET', path: '/readyz' });
}

async function becomes(server, words) {
	let last;
	await eventually(async () => (last = await readiness(server)).text === words, () => JSON.stringify(last));
	return last.status;
}

// As somebody does it by hand.
async function change(folder, sql) {
	const url = await databaseUrl('orders', folder);
	if (onPostgres)
		return query(url, sql);
	const file = new DatabaseSync(url.replace('sqlite:', ''));
	file.exec(`pragma busy_timeout = 5000; ${sql}`);
	file.close();
}

const ready = 'ready\n';

test('a table that is not what it was, and is again', async () => {
	const folder = temporary(), server = await start('orders', { METRICS_PORT: 'any' }, { folder });
	try {
		assert.equal(await becomes(server, ready), 200);
		assert.equal(await server.metric('mcp_ready'), 1);
		await change(folder, 'alter table order_line rename column sku to article');
		assert.equal(await becomes(server, 'not ready: its tables are not those that this version needs\n'), 503);
		await server.says(/not ready: its tables are not those that this version needs: (sqlite|postgresql): [a-z]+\.c:\d+: .*sku/);
		assert.equal(await server.metric('mcp_ready'), 0);
		const { status, text } = await details(server);
		assert.equal(status, 503);
		assert.match(text, /^process: well\nstate: well\ntables: its tables [^\n]*: [a-z]+\.c:\d+: [^\n]*sku[^\n]*\nwrites: well\nneeds: well\ncalls: well\n$/);
		assert.equal((await exchange(server, { method: 'GET', path: '/healthz' })).status, 200);
		await change(folder, 'alter table order_line rename column article to sku');
		assert.equal(await becomes(server, ready), 200);
		await server.says(/ready again, after \d+\.\d s/);
		assert.equal((await details(server)).text, 'process: well\nstate: well\ntables: well\nwrites: well\nneeds: well\ncalls: well\n');
		assert.equal(await server.metric('mcp_ready'), 1);
	} finally {
		await server.stop();
	}
});

// The first /readyz on each loop comes once it is gone: none of them has a connection, and gets none.
test('a file that was replaced is told as what it is, by who never had a connection too', { skip: onPostgres && 'of a file' }, async () => {
	const folder = temporary(), server = await start('products', { METRICS_PORT: 'any' }, { folder });
	const path = (await databaseUrl('products', folder)).replace('sqlite:', '');
	try {
		renameSync(path, `${path}.kept`);
		copyFileSync(`${path}.kept`, path);
		const said = await Promise.all(Array.from({ length: 20 }, () => readiness(server)));
		for (const each of said)
			assert.deepEqual(each, { status: 503, text: "not ready: the database's file was moved, deleted or replaced\n" });
		await server.says(/not ready: the database's file was moved, deleted or replaced: \S+\/products\.db was moved/);
		assert.match((await details(server)).text, /^writes: the database's file was moved, deleted or replaced: \S+\/products\.db was/m);
		renameSync(`${path}.kept`, path);
		assert.equal(await becomes(server, ready), 200);
	} finally {
		await server.stop();
	}
});

// A disk of its own, a small one; null where this machine gives none.
function disk(t) {
	const folder = temporary();
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder]).status !== 0)
		return null;
	t.after(() => spawnSync('umount', ['-l', folder]));
	return folder;
}

test('a disk that is full, and is emptied', { skip: onPostgres && 'of a file' }, async t => {
	const folder = disk(t);
	if (!folder)
		return t.skip('nothing can be mounted here');
	const server = await start('products', { METRICS_PORT: 'any' }, { folder, data: false });
	try {
		assert.equal(await becomes(server, ready), 200);
		const { bavail, bsize } = statfsSync(folder);
		writeFileSync(join(folder, 'fills'), Buffer.alloc((bavail - 16) * bsize));
		assert.equal(await becomes(server, 'not ready: nothing can be written\n'), 503);
		assert.match((await details(server)).text, /^writes: nothing can be written: the disk of \S+ is full: \d+ KiB are left$/m);
		// What needs no place goes on.
		const found = await callTool(server, 'search_products', { words: 'kettle' });
		assert.ok(!found.isError, JSON.stringify(found));
		rmSync(join(folder, 'fills'));
		assert.equal(await becomes(server, ready), 200);
	} finally {
		await server.stop();
	}
});
