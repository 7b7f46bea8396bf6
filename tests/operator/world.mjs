// world.mjs - a shop as it is run: two of each program over a PostgreSQL of its own, or one of each on SQLite; its load, in both eras;
// and the places where accidents can be made to happen.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Collector } from '../e2e/collector.mjs';
import { leaveOne } from '../e2e/crowd.mjs';
import { query, rows } from '../e2e/postgres.mjs';
import { Between, freePort } from '../e2e/raw.mjs';
import { exchange, keyLines, keys, root, run, temporary } from '../e2e/support.mjs';
import { Task } from '../many/cluster.mjs';
import { postgres } from '../many/postgres.mjs';
import { Relay } from '../many/relay.mjs';

const DISK = '24m';

// A disk of its own, a small one; undefined where this machine gives none.
function smallDisk(t, owner) {
	const folder = temporary();
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder]).status !== 0)
		return undefined;
	t.after(() => spawnSync('umount', ['-l', folder]));
	if (owner !== undefined)
		assert.equal(spawnSync('chown', [String(owner), folder]).status, 0);
	return folder;
}

// Who looks into a database of PostgreSQL, or changes it by hand: the superuser, with a psql for each statement.
class Database {
	constructor(url) {
		this.url = url;
	}

	rows(sql) {
		return rows(this.url, sql);
	}

	async value(sql) {
		return Object.values((await this.rows(sql))[0])[0];
	}

	run(sql) {
		return query(this.url, sql);
	}
}

// Who looks into a file of SQLite, or changes it by hand: opened for each statement, as the file may be another by then.
class File {
	constructor(path) {
		this.path = path;
	}

	#with(work) {
		const file = new DatabaseSync(this.path);
		try {
			file.exec('pragma busy_timeout = 5000');
			return work(file);
		} finally {
			file.close();
		}
	}

	async rows(sql) {
		return this.#with(file => file.prepare(sql).all());
	}

	async value(sql) {
		return Object.values((await this.rows(sql))[0])[0];
	}

	async run(sql) {
		this.#with(file => file.exec(sql));
	}
}

export class World {
	// `t`: a test, after which all of it is gone. `settings`: of all its programs. `small`: its data is on a disk that can be filled.
	// `traced`: its traces go to a collector.
	static async open(t, name, { settings = {}, small = false, traced = false } = {}) {
		const world = new World();
		Object.assign(world, { t, name, settings, small, folder: temporary(), keyFile: join(temporary(), 'keys') });
		t.after(() => world.end());
		mkdirSync(join(world.folder, 'logs'));
		world.lineOf = Object.fromEntries(keyLines.split(' ').map(line => [line.split(':')[0], line]));
		world.writeKeys(Object.keys(world.lineOf));
		if (traced)
			await world.#trace();
		await (name === 'PostgreSQL' ? world.#onPostgres() : world.#onSqlite());
		return world;
	}

	get shopTasks() {
		return [...this.products, ...this.orders];
	}

	// { job: [port of its metrics] }, as Prometheus is told.
	get targets() {
		return Object.fromEntries(['products', 'orders'].map(name =>
			[this.job(name), this[name].map(({ settings }) => settings.METRICS_PORT)]));
	}

	job(name) {
		return `${name}-${this.name.toLowerCase()}`;
	}

	writeKeys(names) {
		writeFileSync(this.keyFile, names.map(name => this.lineOf[name]).join('\n'));
	}

	readKeysAgain() {
		this.products.forEach(task => task.child.kill('SIGHUP'));
	}

	// A part of what is called, sent soon.
	async #trace() {
		this.collector = await new Collector().start();
		this.settings = { OTEL_EXPORTER_OTLP_ENDPOINT: this.collector.url, OTEL_BSP_SCHEDULE_DELAY: '1000',
			OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1', ...this.settings };
	}

	// ---- The two ----

	async #onPostgres() {
		this.server = await postgres();
		await this.server.admin(`create role keeper login password 'secret'`);
		const { uid } = statSync(this.server.folder);
		this.disk = this.small ? smallDisk(this.t, uid) : undefined;
		if (this.disk)
			await this.server.admin(`create tablespace small owner keeper location '${this.disk}'`);
		this.relay = await new Relay(this.server.port).start();
		for (const name of ['products', 'orders'])
			await this.server.admin(`create database ${name} owner keeper template template0${
				this.disk && name === 'products' ? ' tablespace small' : ''}`);
		const url = (name, port) => this.server.tcp(name, port).replace('postgres:', 'keeper:');
		await this.#begin(2, name => url(name, this.relay.port), name => url(name));
		[this.shop, this.book] = ['products', 'orders'].map(name => new Database(this.server.of(name)));
	}

	async #onSqlite() {
		this.disk = this.small ? smallDisk(this.t) : undefined;
		this.data = this.disk ?? this.folder;
		const url = name => `sqlite:${join(this.data, `${name}.db`)}`;
		await this.#begin(1, url, url);
		[this.shop, this.book] = ['products', 'orders'].map(name => new File(join(this.data, `${name}.db`)));
	}

	async #begin(count, url, straight) {
		const { status, stderr } = await run('products', ['import', join(root, 'products/data/catalogue.csv')],
			{ env: { DATABASE_URL: straight('products') } });
		assert.equal(status, 0, stderr);
		this.urls = { products: straight('products'), orders: straight('orders') };
		const make = async (name, more) => Promise.all(Array.from({ length: count }, async (_, i) => {
			const task = new Task(name, i, { API_KEYS: `@${this.keyFile}`, AUTH: 'none', RETRY: '100ms', SHUTDOWN_TIMEOUT: '10s',
				METRICS_PORT: String(await freePort()), DATABASE_URL: url(name), ...this.settings, ...more }, join(this.folder, 'logs'));
			await task.start();
			return task;
		}));
		this.products = await make('products', {});
		this.between = await new Between(this.products[0].port).start();
		this.orders = await make('orders', { PRODUCTS_URL: this.between.url, PRODUCTS_KEY: keys.staff });
	}

	// The next of a program's tasks, for each request another.
	next(name) {
		let turn = 0;
		return () => this[name][turn++ % this[name].length].port;
	}

	// Where this machine has libfaketime (Debian: faketime), a clock of all processes here that can be set.
	get faketime() {
		const folder = `/usr/lib/${arch() === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu/faketime`;
		return [join(folder, 'libfaketimeMT.so.1')].find(path => existsSync(path));
	}

	// Each is begun anew with these settings for now, one after the other.
	async restart(more) {
		for (const task of this.shopTasks) {
			const { settings } = task;
			await task.stop(15000);
			task.settings = { ...settings, ...more };
			await task.start();
			task.settings = settings;
		}
	}

	// Under a clock that setClock() sets by '+5h' or '-5h'. Time that only goes on is left alone, as by whoever sets a machine's clock.
	async underClock() {
		this.clock = join(this.folder, 'clock');
		this.setClock('+0');
		await this.restart({ LD_PRELOAD: this.faketime, FAKETIME_TIMESTAMP_FILE: this.clock, FAKETIME_CACHE_DURATION: '1',
			FAKETIME_DONT_FAKE_MONOTONIC: '1' });
	}

	setClock(offset) {
		writeFileSync(this.clock, `${offset}\n`);
	}

	readyz(task) {
		return exchange({ port: Number(task.settings.METRICS_PORT) }, { method: 'GET', path: '/readyz' });
	}

	async metrics(task) {
		const { text } = await exchange({ port: Number(task.settings.METRICS_PORT) }, { method: 'GET', path: '/metrics' });
		return new Map([...text.matchAll(/^(\w+(?:\{[^}]*\})?) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]));
	}

	// Connections that do nothing, until there is none left for calls.
	async crowd() {
		this.held = [];
		await leaveOne(this.server, this.held);
	}

	leave() {
		this.held?.splice(0).forEach(socket => socket.destroy());
	}

	async end() {
		this.leave();
		await Promise.all((this.orders ?? []).concat(this.products ?? []).filter(task => task.alive).map(task => task.kill()));
		this.between?.stop();
		await this.collector?.stop();
		await this.relay?.stop();
	}
}
