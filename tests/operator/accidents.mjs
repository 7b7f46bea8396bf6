// accidents.mjs - what befalls a shop: how it is made, and mended; what /readyz must say meanwhile (nothing: ready all the time), which
// alarms must ring, and which may. `before`, `after`: what is done outside of all that. `mayFail`: it may say that calls fail. `within`:
// seconds in which it has to be well again by itself.
import assert from 'node:assert/strict';
import { copyFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, callTool, eventually, exchange, keys, opened, pause, stateless } from '../e2e/support.mjs';

const away = /^not ready: the database does not answer$/, unwritable = /^not ready: nothing can be written$/;
const unfit = /^not ready: its tables are not those that this version needs$/;
const lost = /^not ready: the database's file was moved, deleted or replaced$/;
const forWant = /^not ready: (calls (that (only read|change something) )?fail for want of the database|the database does not answer)$/;
const both = words => ({ products: words, orders: words });

const filler = world => join(world.disk, 'fills');
const fill = (world, spared) => {
	const { bavail, bsize } = statfsSync(world.disk);
	writeFileSync(filler(world), Buffer.alloc(Math.max(0, bavail - spared) * bsize));
};

let words = 0;
const describe = world => Promise.all(Array.from({ length: 30 }, (_, i) => callTool(world.products[0], 'update_product',
	{ sku: `KIT-${String(i % 9 + 1).padStart(4, '0')}`, description: `${words++} ${'words and more words '.repeat(90)}` }).catch(() => {})));

// When its log's latest line was written, as it has it.
const lastTime = task => Date.parse(task.log.match(/"time":"[^"]*"/g)?.at(-1).slice(8, -1));

const file = world => join(world.data, 'products.db');

export const accidents = [
	{
		name: 'the database is killed', on: ['PostgreSQL'], unready: both(away), seconds: 20,
		rings: ['NotReady', 'StatementsFail', 'CallsNotServed'], may: ['CallsOutFail'], counts: /^mcp_database_failures_total\{cause="(away|lost)"\}/,
		begin: world => process.kill(world.server.postmaster, 'SIGQUIT'),
		async end(world) {
			world.server.child.kill('SIGUSR1');
			await eventually(() => world.server.admin('select 1').then(() => true, () => false), 'PostgreSQL is not back');
		},
	},
	{
		name: 'the database is frozen', on: ['PostgreSQL'], unready: both(away), seconds: 26,
		rings: ['NotReady', 'CallsNotServed'], may: ['StatementsFail', 'CallsOutFail'], counts: /^mcp_database_failures_total\{cause="(away|lost)"\}/,
		begin: world => world.relay.hole(),
		end: world => world.relay.heal(),
	},
	{
		name: 'every connection is taken', on: ['PostgreSQL'], unready: both(forWant), seconds: 20, within: 45,
		rings: ['StatementsFail', 'CallsNotServed'], may: ['NotReady', 'CallsOutFail'], counts: /^mcp_database_failures_total\{cause="away"\}/,
		begin: world => world.crowd(),
		end: world => world.leave(),
	},
	{
		name: 'a column is renamed', on: ['PostgreSQL', 'SQLite'], unready: { products: unfit }, seconds: 24,
		rings: ['NotReady', 'CallsNotServed'], may: ['StatementsFail', 'CallsOutFail'], counts: /^mcp_ready|cause="unfit"|outcome="mistake"/,
		begin: world => world.shop.run('alter table product rename column description to words'),
		end: world => world.shop.run('alter table product rename column words to description'),
	},
	{
		// What a role may do is not looked at while it serves: calls find out.
		name: 'a right is revoked', on: ['PostgreSQL'], unready: { products: forWant }, seconds: 24, within: 75,
		rings: ['StatementsFail', 'CallsNotServed'], may: ['NotReady', 'CallsOutFail'], counts: /^mcp_database_failures_total\{cause="unfit"\}/,
		begin: world => world.shop.run('revoke update on product from keeper'),
		end: world => world.shop.run('grant update on product to keeper'),
	},
	{
		name: 'the disk is full', on: ['PostgreSQL'], needs: 'disk', unready: { products: forWant }, seconds: 20, within: 75, oneIsEnough: true,
		rings: ['StatementsFail', 'CallsNotServed'], may: ['NotReady', 'CallsOutFail'], counts: /^mcp_database_failures_total\{cause="unable"\}/,
		begin: world => fill(world, 0),
		meanwhile: describe,
		end: world => rmSync(filler(world)),
	},
	{
		// The file that is written ahead may have room for what calls write, for a while.
		name: 'the disk is full', on: ['SQLite'], needs: 'disk', unready: both(unwritable), seconds: 16,
		rings: ['NotReady'], may: ['StatementsFail', 'CallsNotServed', 'CallsOutFail'], counts: /^mcp_database_failures_total\{cause="unable"\}|outcome="unavailable"/,
		begin: world => fill(world, 16),
		end: world => rmSync(filler(world)),
	},
	{
		name: 'its file is replaced', on: ['SQLite'], unready: { products: lost }, seconds: 16,
		rings: ['NotReady', 'CallsNotServed'], may: ['StatementsFail', 'CallsOutFail'], counts: /outcome="unavailable"/,
		begin(world) {
			renameSync(file(world), `${file(world)}.kept`);
			copyFileSync(`${file(world)}.kept`, file(world));
		},
		end: world => renameSync(`${file(world)}.kept`, file(world)),
	},
	{
		name: 'products is away', on: ['PostgreSQL', 'SQLite'], unready: {}, seconds: 18,
		rings: ['CallsOutFail', 'CallsNotServed'], may: [], counts: /^mcp_calls_out_total\{.*outcome="(unreachable|held-back)"/,
		begin(world) {
			world.between.down = true;
			world.between.cut();
		},
		end(world) { world.between.down = false; },
	},
	{
		name: 'products is slow', on: ['PostgreSQL'], unready: {}, seconds: 24,
		rings: ['CallsOutFail', 'CallsNotServed'], may: [], counts: /^mcp_calls_out_total\{.*outcome="(unreachable|held-back)"/,
		begin(world) { world.between.delay = 20000; },
		end(world) {
			world.between.delay = 0;
			world.between.cut();
		},
	},
	{
		name: 'the key for products is no good', on: ['PostgreSQL', 'SQLite'], unready: {}, seconds: 18,
		rings: ['CallsOutFail', 'CallsNotServed'], may: [], counts: /^mcp_calls_out_total\{.*outcome="denied"/,
		begin(world) {
			world.writeKeys(['reader', 'other']);
			world.readKeysAgain();
		},
		end(world) {
			world.writeKeys(['reader', 'other', 'staff']);
			world.readKeysAgain();
		},
	},
	{
		name: 'a process of each is killed', on: ['PostgreSQL', 'SQLite'], unready: {}, seconds: 12, kills: true,
		rings: ['Gone'], may: ['CallsOutFail', 'CallsNotServed'],
		begin: world => Promise.all([world.products.at(-1).kill(), world.orders.at(-1).kill()]),
		end: world => Promise.all([world.products.at(-1).start(), world.orders.at(-1).start()]),
	},
	{
		// By a table that is locked: what waits for it for long has failed.
		name: 'the queue is full', on: ['PostgreSQL'], unready: {}, mayFail: true, seconds: 8,
		rings: [], may: ['CallsNotServed', 'StatementsFail', 'CallsOutFail'], counts: /^mcp_limit_hits_total\{limit="queue"\}/,
		async begin(world) {
			world.locked = world.shop.run('begin; lock table product in exclusive mode; select pg_sleep(7); commit');
			world.burst = Promise.all(Array.from({ length: 200 }, (_, i) => callTool(world.products[0], 'restock',
				{ restock_id: `burst-${i}`, items: [{ sku: 'KIT-0004', quantity: 1 }] }).catch(() => {})));
		},
		end: world => Promise.all([world.locked, world.burst]),
	},
	{
		// Of one machine, so all step together. Not over PostgreSQL: libpq's own timeouts of a connect go by the time of day, and what
		// fails so under a library that stands between says nothing of these programs.
		name: 'the clock steps by hours', on: ['SQLite'], needs: 'faketime', unready: {}, seconds: 0, kills: true,
		rings: [], may: [],
		before: world => world.underClock(),
		async begin(world) {
			for (const [offset, hours] of [['+5h', 5], ['-5h', -5], ['+0', 0]]) {
				world.setClock(offset);
				for (const task of world.shopTasks)
					await eventually(() => Math.abs(lastTime(task) - Date.now() - hours * 3600000) < 60000, `${task.name} has another time`, 10000);
				await pause(6000);
			}
		},
		end: world => world.setClock('+0'),
		after: world => world.restart({}),
	},
	{
		// Its key has expired, say. Nobody who calls notices.
		name: 'the collector of traces refuses', on: ['PostgreSQL', 'SQLite'], unready: {}, seconds: 30,
		rings: ['SpansLost'], may: [], counts: /^mcp_spans_total\{outcome="failed"/,
		begin(world) { world.collector.answer = () => [401, {}, '{}']; },
		end(world) { world.collector.answer = () => [200, {}, '{}']; },
	},
	{
		name: 'a key is revoked', on: ['PostgreSQL', 'SQLite'], unready: {}, seconds: 3,
		rings: [], may: [],
		async begin(world) {
			const as = { headers: { Authorization: `Bearer ${keys.reader}` } }, [task] = world.products;
			await ask(task, 'get_product', { sku: 'KIT-0001' }, as);
			const { answer } = await opened(task, stateless('subscriptions/listen',
				{ notifications: { resourceSubscriptions: ['product://KIT-0001'] } }, as));
			let over = false;
			answer.finally(() => { over = true; }).catch(() => {});
			world.writeKeys(['staff', 'other']);
			world.readKeysAgain();
			await eventually(() => over, 'what is open of it goes on', 10000);
			const { status } = await exchange(task, stateless('tools/list', {}, as));
			assert.equal(status, 401);
		},
		end(world) {
			world.writeKeys(Object.keys(world.lineOf));
			world.readKeysAgain();
		},
	},
	{
		name: 'each is deployed, one after the other', on: ['PostgreSQL', 'SQLite'], unready: {}, seconds: 0, kills: true,
		rings: [], may: ['CallsOutFail', 'CallsNotServed', 'Gone'],
		async begin(world) {
			for (const task of world.shopTasks) {
				await task.stop(15000);
				await task.start();
			}
		},
		end() {},
	},
];
