// shop.mjs - the servers of a run: one process of each program over SQLite, or two of each over
// PostgreSQL, with limits so small that each is met; and what happens to them meanwhile.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { query } from '../e2e/postgres.mjs';
import { freePort } from '../e2e/ports.mjs';
import {
	databaseUrl, exchange, keyLines, keys, onPostgres, pause, run, select, Server, start, temporary, writeOrders,
} from '../e2e/support.mjs';
import { bookSkus, DISTURBANCES, eventfulOrders } from './actions.mjs';

const STATE_KEYS = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
const SQLITE_BUSY = 5;
const allKeys = keyLines.split(' ').join('\n');
const SANITIZERS = {
	ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:detect_stack_use_after_return=1',
	TSAN_OPTIONS: 'halt_on_error=1:handle_segv=1:second_deadlock_stack=1:history_size=4',
	UBSAN_OPTIONS: 'print_stacktrace=1',
};

// Some are drawn, so that runs with other seeds meet other limits.
function settings(d) {
	return {
		LOOPS: '2', WORKERS: d.pick(['2', '3', '4']), WORKER_QUEUE: d.pick(['8', '64', '256']),
		SESSIONS_MAX: '40', SESSION_STREAMS: d.pick(['2', '4']), SESSION_IDLE: d.pick(['500ms', '5s']),
		STREAM_BACKLOG: d.pick(['2KiB', '8KiB', '64KiB']), BACKLOGS_MAX: d.pick(['64KiB', '1MiB']),
		LISTENS_MAX: '30', BODY_MAX: '512KiB', BODIES_MAX: '2MiB', BATCH_MAX: '20', CONNECTIONS_MAX: '400',
		RESUME_FOR: d.pick(['200ms', '3s']), RETRY: '50ms', KEEP_ALIVE: '50ms', SILENCE: d.pick(['5ms', '30ms']),
		CALL_DEADLINE: d.pick(['100ms', '1s']), QUESTION_TIMEOUT: d.pick(['80ms', '1s']), TASK_TTL: '2s',
		PAGE_SIZE: '3', HEADER_DEADLINE: '2s', BODY_DEADLINE: d.pick(['80ms', '2s']), IDLE_TIMEOUT: '10s',
		SHUTDOWN_TIMEOUT: '30s', STATE_KEYS, ...Object.fromEntries((process.env.CHAOS_SETTINGS ?? '').split(' ')
			.filter(Boolean).map(each => each.split('='))),
	};
}

const isDead = ({ child }) => child.exitCode !== null || child.signalCode !== null;

export class Shop {
	static async open(d, knowledge) {
		const shop = new Shop();
		shop.dead = [];
		Object.assign(shop, { d, knowledge, tally: knowledge.tally, folder: temporary(), settings: settings(d) });
		shop.keyFile = join(shop.folder, 'keys');
		writeFileSync(shop.keyFile, allKeys);
		const book = await databaseUrl('orders', shop.folder);
		const file = writeOrders(join(shop.folder, 'orders.csv'));
		const { status, stderr } = await run('orders', ['import', file, '--currency', 'GBP'],
			{ env: { DATABASE_URL: book } });
		assert.equal(status, 0, stderr);
		await shop.#enlarge();
		await shop.begin(shop.settings);
		shop.began = Date.now();
		shop.stock = await shop.stockNow();
		return shop;
	}

	// So many orders that a report takes a while, and tells of its progress often; some with a history so
	// long that telling it is more than a loop is told at a time.
	async #enlarge() {
		const copies = 'with recursive copy (n) as (select 1 union all select n + 1 from copy where n < 8)';
		const order = 'customer, status, placed_at, delivered_at, units, total, total_currency, country';
		const line = 'line, sku, quantity, unit_price, unit_price_currency';
		await this.change('orders', `
			${copies} insert into orders (id, ${order}) select id || '-' || n, ${order} from orders, copy;
			${copies} insert into order_line (order_id, ${line})
				select order_id || '-' || n, ${line} from order_line, copy;
			with recursive step (n) as (select 1 union all select n + 1 from step where n < 150)
			insert into order_event (order_id, seq, at, actor, from_status, to_status)
				select id, 1000 + n, placed_at + n, 'import', 'paid', 'packed' from orders, step where id in (${
	eventfulOrders.map(id => `'${id}'`)})`);
	}

	async begin(settings) {
		this.products = await this.#start('products', settings, {});
		this.orders = await this.#start('orders', settings, { PRODUCTS_KEY: keys.staff,
			PRODUCTS_URL: this.products[0].url });
	}

	async #start(name, settings, more) {
		return await Promise.all(Array.from({ length: onPostgres ? 2 : 1 }, () => this.#startOne(name,
			{ ...SANITIZERS, ...settings, API_KEYS: `@${this.keyFile}`, ...more })));
	}

	async #startOne(name, settings) {
		const metrics = settings.METRICS_PORT ?? String(await freePort());
		const server = await start(name, { ...settings, METRICS_PORT: metrics }, { folder: this.folder });
		return Object.assign(server, { settings, metrics });
	}

	get servers() {
		return [...this.orders, ...this.products];
	}

	ports(program) {
		return this[program].map(server => server.port);
	}

	// Who died is started again, as in production: what is behind the first fault is found too. The dead
	// are kept for their last words.
	async supervise(isOver) {
		for (; !isOver(); await pause(20))
			for (const service of [this.products, this.orders])
				for (const [i, server] of service.entries())
					if (isDead(server))
						service[i] = await this.#replace(server);
	}

	async #replace(server) {
		const after = ((Date.now() - this.began) / 1000).toFixed(1);
		this.dead.push(Object.assign(server, { how: await server.ended, after }));
		try {
			return await this.#startOne(server.name, { ...server.settings, PORT: String(server.port) });
		} catch (error) {
			return Object.assign(new Server(server.name, server.child, server.folder), { settings: server.settings,
				port: server.port, metrics: server.metrics, start: error.message });
		}
	}

	get broken() {
		return this.servers.some(isDead);
	}

	get alive() {
		return this.servers.filter(server => !isDead(server));
	}

	// What was logged of every request is not kept: an hour of it would not fit.
	forgetLog() {
		for (const { child: { output } } of this.servers)
			output.stderr = output.stderr.split('\n').filter((line, i, all) => i === all.length - 1 ||
				!line.startsWith('{"time"') || !/"level":"(info|debug)"/.test(line)).join('\n');
	}

	// ---- The databases ----

	select(name, sql) {
		return select(name, this.folder, sql);
	}

	async change(name, sql) {
		const url = await databaseUrl(name, this.folder);
		if (onPostgres)
			return await query(url, sql);
		const file = new DatabaseSync(url.replace(/^sqlite:/, ''), { timeout: 5000 });
		try {
			file.exec(sql);
		} finally {
			file.close();
		}
	}

	async stockNow() {
		const rows = await this.select('products', 'select sku, stock from product');
		return Object.fromEntries(rows.filter(row => bookSkus.includes(row.sku)).map(row => [row.sku, row.stock]));
	}

	// ---- What happens meanwhile ----

	async disturb(d, isOver) {
		while (!isOver()) {
			await pause(d.between(100, 500));
			const [, name] = d.weighted(DISTURBANCES);
			this.tally.add('disturbances', name);
			const deaths = this.dead.length;
			await this[name](d).catch(error => {
				if (!this.broken && this.dead.length === deaths)
					this.knowledge.complain(`${name}: ${error.stack}`);
			});
		}
		writeFileSync(this.keyFile, allKeys);
	}

	// The keys are read again; sometimes one is gone.
	async hangUp(d) {
		writeFileSync(this.keyFile, d.chance(0.4) ? allKeys.split('\n').slice(0, 2).join('\n') : allKeys);
		d.pick(this.servers).child.kill('SIGHUP');
	}

	// A process that gets no time for a while, as on a machine with too much to do.
	async stall(d) {
		const { child } = d.pick(this.servers);
		child.kill('SIGSTOP');
		await pause(d.between(30, 600));
		child.kill('SIGCONT');
	}

	// Somebody else writes, and takes his time.
	async lock(d) {
		const [name, table] = d.pick([['products', 'product'], ['orders', 'orders']]), ms = d.between(50, 500);
		const url = await databaseUrl(name, this.folder);
		if (onPostgres) {
			await query(url, `begin; lock table ${table} in exclusive mode;
				select pg_sleep(${ms / 1000}); commit`);
			return;
		}
		const file = new DatabaseSync(url.replace(/^sqlite:/, ''), { timeout: 5000 });
		try {
			file.exec('begin immediate');
			await pause(ms);
			file.exec('rollback');
		} catch (error) {
			// SQLite's turns are nobody's by right: where others write all the time it may come to none.
			if (error.errcode !== SQLITE_BUSY)
				throw error;
			this.tally.add('disturbances', 'lock in vain');
		} finally {
			file.close();
		}
	}

	async scrape(d) {
		await exchange({ port: d.pick(this.servers).metrics }, { method: 'GET', path: '/metrics' }).catch(() => {});
	}

	// The database ends connections, as a failover does.
	async disconnect(d) {
		if (onPostgres)
			await query(await databaseUrl(d.pick(['products', 'orders']), this.folder),
				`select pg_terminate_backend(pid) from pg_stat_activity
				where datname = current_database() and pid <> pg_backend_pid() and random() < 0.4`);
	}

	// ---- The end ----

	// What the servers counted, of all of them together.
	async counters() {
		const sums = new Map();
		for (const server of this.alive) {
			const { text } = await exchange({ port: server.metrics }, { method: 'GET', path: '/metrics' });
			for (const [, name, value] of text.matchAll(/^(mcp_\w+(?:\{limit="\w+"\})?) (\d+)$/gm))
				sums.set(name, (sums.get(name) ?? 0) + Number(value));
			for (const [, outcome, value] of text.matchAll(/^mcp_requests_total\{.*outcome="(\w+)".*\} (\d+)$/gm))
				sums.set(`outcome ${outcome}`, (sums.get(`outcome ${outcome}`) ?? 0) + Number(value));
		}
		return sums;
	}

	// In order, in time, without a word of a sanitizer. How long each took.
	async stop() {
		const ended = [];
		for (const service of [this.orders, this.products])
			ended.push(...await Promise.allSettled(service.map(async server => {
				const began = Date.now();
				await server.stop('SIGTERM', 60000);
				return Date.now() - began;
			})));
		const failed = ended.find(each => each.reason);
		if (failed)
			throw failed.reason;
		return ended.map(each => each.value);
	}
}
