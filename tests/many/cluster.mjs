// cluster.mjs - several tasks of both services over one PostgreSQL, and ways to hurt them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePort } from '../e2e/raw.mjs';
import { assertSilent, exchange, pause, program, temporary } from '../e2e/support.mjs';
import { Haproxy } from './balancers.mjs';
import { databases } from './data.mjs';
import { postgres } from './postgres.mjs';

const children = new Set();
process.on('exit', () => {
	for (const child of children)
		child.kill('SIGKILL');
});

// Clients that never give up must not keep the process of a test that failed.
after(() => setTimeout(() => process.exit(1), 3000).unref());

// One process of a service: always the same port, and one log for all its lives.
export class Task {
	constructor(name, index, settings, folder) {
		Object.assign(this, { name, index, settings, lives: 0 });
		this.file = join(folder, `${name}-${index}.log`);
	}

	get url() {
		return `http://127.0.0.1:${this.port}/mcp`;
	}

	get pid() {
		return this.child.pid;
	}

	get log() {
		return readFileSync(this.file, 'utf8');
	}

	get alive() {
		return children.has(this.child);
	}

	get serving() {
		return this.alive && this.began;
	}

	async start(within = 30000) {
		this.port ??= await freePort();
		const log = openSync(this.file, 'a');
		this.child = spawn(program(this.name), [], {
			env: { PATH: process.env.PATH, ASAN_OPTIONS: 'detect_leaks=1', PORT: String(this.port),
				METRICS_PORT: '0', ...this.settings },
			stdio: ['ignore', log, log],
		});
		closeSync(log);
		this.began = false;
		children.add(this.child);
		this.lives++;
		const child = this.child;
		this.ended = new Promise((resolve, reject) => {
			child.on('error', reject);
			child.on('close', (status, signal) => {
				children.delete(child);
				resolve({ status, signal });
			});
		});
		for (const until = Date.now() + within; !await this.ready(); await pause(20))
			assert.ok(this.alive && Date.now() < until, `${this.name} ${this.index} is not ready:\n${
				this.log.slice(-3000)}`);
		this.began = true;
		return this;
	}

	ready() {
		return exchange(this, { method: 'GET', path: '/readyz' })
			.then(answer => answer.status === 200, () => false);
	}

	async kill() {
		this.child.kill('SIGKILL');
		await this.ended;
	}

	// How many ms it took to end in order.
	async stop(within = 60000) {
		const began = Date.now(), child = this.child;
		child.kill('SIGTERM');
		const timer = setTimeout(() => child.kill('SIGKILL'), within);
		const ended = await this.ended;
		clearTimeout(timer);
		assertSilent(this.log);
		assert.deepEqual(ended, { status: 0, signal: null },
			`${this.name} ${this.index} did not stop well:\n${this.log.slice(-3000)}`);
		return Date.now() - began;
	}
}

export class Cluster {
	// `through`: a port that leads to PostgreSQL instead of its own.
	static async start(name, { tasks = 3, settings = {}, through, balanced = true } = {}) {
		const cluster = new Cluster(), server = await postgres();
		cluster.name = name;
		cluster.folder = temporary();
		cluster.databases = await databases(name);
		cluster.shop = server.psql(cluster.databases.products);
		cluster.book = server.psql(cluster.databases.orders);
		const common = { STATE_KEYS: randomBytes(32).toString('base64'), RETRY: '100ms', RESUME_FOR: '1h',
			SHUTDOWN_TIMEOUT: '10s', ...settings };
		const make = (program, more) => Array.from({ length: tasks }, (_, i) => new Task(program, i, {
			...common, DATABASE_URL: server.tcp(cluster.databases[program], through), ...more,
		}, cluster.folder));
		cluster.products = make('products', {});
		await Promise.all(cluster.products.map(task => task.start()));
		const ports = await Promise.all(Array.from({ length: tasks }, freePort));
		cluster.orders = make('orders', {});
		cluster.orders.forEach((task, i) => { task.port = ports[i]; });
		if (balanced) {
			// It must know where orders will be before they are: they call products through it.
			const shop = await new Haproxy().start({ products: cluster.products });
			cluster.shopBalancer = shop;
			for (const task of cluster.orders)
				task.settings.PRODUCTS_URL = `http://127.0.0.1:${shop.http.products}/mcp`;
		} else {
			cluster.orders.forEach((task, i) => { task.settings.PRODUCTS_URL = cluster.products[i].url; });
		}
		await Promise.all(cluster.orders.map(task => task.start()));
		if (balanced)
			cluster.balancer = await new Haproxy().start({ products: cluster.products, orders: cluster.orders });
		return cluster;
	}

	get tasks() {
		return [...this.products, ...this.orders];
	}

	// What the servers logged that was not information, the last of each.
	troubles(most = 15) {
		return this.tasks.map(task => {
			const lines = task.log.split('\n').filter(line => line && !/"level":"(info|debug)"/.test(line));
			return `-- ${task.name} ${task.index}\n${lines.slice(-most).join('\n')}`;
		}).join('\n');
	}

	async stop() {
		const times = [];
		for (const service of [this.orders, this.products])
			times.push(...await Promise.all(service.filter(task => task.alive).map(task => task.stop())));
		await this.end();
		return times;
	}

	async end() {
		await Promise.all(this.tasks.filter(task => task.alive).map(task => task.kill()));
		await this.balancer?.stop();
		await this.shopBalancer?.stop();
		await Promise.all([this.shop.end(), this.book.end()]);
	}
}

// A test on a cluster of its own; where it fails the servers' logs are shown.
export async function withCluster(name, options, work) {
	const cluster = await Cluster.start(name, options);
	try {
		const result = await work(cluster);
		await cluster.stop();
		return result;
	} catch (error) {
		console.log(`${error.stack}\n${cluster.troubles()}\n-- PostgreSQL\n${
			(await postgres()).log.split('\n').filter(line => /ERROR|FATAL|PANIC/.test(line)).slice(-15).join('\n')}`);
		await cluster.end();
		throw error;
	}
}
