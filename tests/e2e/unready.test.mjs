// unready.test.mjs - a PostgreSQL that answers and yet can't: /readyz says that calls fail, and calls are told apart. On a
// server of the tests' own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, statSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { leaveOne } from './crowd.mjs';
import { query, startIfThere } from './postgres.mjs';
import { callTool, eventually, exchange, root, run, start, temporary } from './support.mjs';

const server = await startIfThere();
const skip = !server && 'there is no PostgreSQL';
after(() => server?.stop());

const failing = 'not ready: calls fail for want of the database\n';

const failingChanges = 'not ready: calls that change something fail for want of the database\n';

const readiness = async of => (await exchange(of, { method: 'GET', path: '/readyz' })).text;

async function becomes(of, words, meanwhile = async () => {}, within = 60000) {
	let last;
	await eventually(async () => {
		await meanwhile();
		return (last = await readiness(of)) === words;
	}, () => JSON.stringify(last), within);
}

const unavailable = of => of.metric('mcp_requests_total\\{method="tools/call",tool="\\w+",outcome="unavailable"\\}');

async function products(database, settings = {}, url = server.of(database)) {
	const imported = await run('products', ['import', `${root}products/data/catalogue.csv`], { env: { DATABASE_URL: url } });
	assert.equal(imported.status, 0, imported.stderr);
	return start('products', { DATABASE_URL: url, METRICS_PORT: 'any', LOOPS: '1', ...settings });
}

const many = (of, name, args) => Promise.all(Array.from({ length: 30 }, (_, i) => callTool(of, name, args(i))));

test('every connection is taken', { skip, timeout: 280000 }, async () => {
	await query(server.url, 'create role keeper login');
	await query(server.url, 'create database crowded template template0 owner keeper');
	const shop = await products('crowded', {}, server.of('crowded').replace('postgres@', 'keeper@'));
	const held = [], release = () => held.forEach(socket => socket.destroy());
	try {
		await becomes(shop, 'ready\n');
		await leaveOne(server, held);
		let turn = 0;
		const restock = () => many(shop, 'restock', i => ({
			restock_id: `crowded-${turn++}-${i}`, items: [{ sku: 'KIT-0001', quantity: 1 }] }));
		await becomes(shop, failing, restock);
		assert.ok(await unavailable(shop) >= 3);
		assert.ok(await shop.metric('mcp_database_failures_total\\{cause="away"\\}') >= 3);
		assert.equal(await shop.metric('mcp_ready'), 0);
		assert.equal((await exchange(shop, { method: 'GET', path: '/healthz' })).status, 200);
		release();
		await becomes(shop, 'ready\n');
		await eventually(async () => (await restock()).every(each => !each.isError), () => 'calls still fail');
		assert.equal(await shop.metric('mcp_ready'), 1);
	} finally {
		release();
		await shop.stop();
	}
});

// A small disk for its tables; null where this machine gives none.
async function smallDisk(t) {
	const folder = temporary();
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', folder]).status !== 0)
		return null;
	const { uid } = statSync(new URL(server.url.replace('@/', '@localhost/')).searchParams.get('host'));
	assert.equal(spawnSync('chown', [String(uid), folder]).status, 0);
	// Its database is gone by then, or the server is.
	t.after(() => spawnSync('umount', ['-l', folder]));
	return folder;
}

test('its disk is full', { skip, timeout: 280000 }, async t => {
	const folder = await smallDisk(t);
	if (!folder)
		return t.skip('nothing can be mounted here');
	await query(server.url, `create tablespace small location '${folder}'`);
	await query(server.url, 'create database full_up template template0 tablespace small');
	const shop = await products('full_up');
	try {
		await becomes(shop, 'ready\n');
		const { bavail, bsize } = statfsSync(folder);
		writeFileSync(join(folder, 'fills'), Buffer.alloc(bavail * bsize));
		let turn = 0;
		const describe = () => many(shop, 'update_product', i => ({
			sku: `KIT-${String(i % 9 + 1).padStart(4, '0')}`, description: `${turn++} ${'words and more words '.repeat(90)}` }));
		await becomes(shop, failing, describe);
		assert.ok(await unavailable(shop) >= 3);
		assert.ok(await shop.metric('mcp_database_failures_total\\{cause="unable"\\}') >= 3);
		// What needs no place goes on.
		const found = await callTool(shop, 'get_product', { sku: 'KIT-0001' });
		assert.ok(!found.isError, JSON.stringify(found));
		rmSync(join(folder, 'fills'));
		await becomes(shop, 'ready\n');
		await eventually(async () => (await describe()).every(each => !each.isError), () => 'calls still fail');
	} finally {
		await shop.stop();
		await query(server.url, 'drop database full_up with (force)').catch(() => {});
	}
});

test('a right is taken away, and many only read', { skip, timeout: 280000 }, async () => {
	await query(server.url, 'create role owner login');
	await query(server.url, 'create database revoked template template0 owner owner');
	const shop = await products('revoked', {}, server.of('revoked').replace('postgres@', 'owner@'));
	const right = sql => query(server.of('revoked'), sql);
	let turn = 0;
	const describe = () => Promise.all([
		...Array.from({ length: 5 }, () => callTool(shop, 'update_product', { sku: 'KIT-0001', description: `Words ${turn++}` })),
		...Array.from({ length: 60 }, () => callTool(shop, 'get_product', { sku: 'KIT-0001' })),
	]);
	try {
		await becomes(shop, 'ready\n', describe);
		await right('revoke update on product from owner');
		await becomes(shop, failingChanges, describe);
		const [, url] = await shop.says(/metrics at (http:[^,;\s"]+)/);
		const { text } = await exchange({ port: Number(new URL(url).port) }, { method: 'GET', path: '/readyz' });
		assert.match(text, /^calls: calls that change something fail for want of the database: \d+ of the latest \d+$/m);
		await right('grant update on product to owner');
		await becomes(shop, 'ready\n', describe);
		await eventually(async () => (await describe()).every(each => !each.isError), () => 'calls still fail');
	} finally {
		await shop.stop();
	}
});
