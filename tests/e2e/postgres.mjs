// postgres.mjs - a PostgreSQL for the tests: the one at POSTGRES_URL, or a private one of this process.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../postgres.sh', import.meta.url));

// Why what needs one is skipped, or false.
export const withoutPostgres = process.env.POSTGRES_URL || spawnSync(script, ['there']).status === 0
	? false : 'there is no PostgreSQL here';

// A server as tests/postgres.sh runs it; it ends with this process, however that ends.
export class Postgres {
	static async start(settings = {}) {
		const child = spawn(script, ['serve'], {
			stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...settings },
		});
		const url = await new Promise((resolve, reject) => {
			child.stdout.once('data', text => resolve(String(text).trim()));
			child.once('close', status => reject(Object.assign(
				new Error(`PostgreSQL did not start: ${status}`), { missing: status === 77 })));
		});
		return new this(url, child);
	}

	constructor(url, child) {
		Object.assign(this, { url, child });
		// The tests' process may end while it runs.
		for (const part of child ? [child, child.stdin, child.stdout] : [])
			part.unref();
	}

	// The superuser's URL of a database.
	of(database) {
		return this.url.replace('@/postgres', `@/${database}`);
	}

	async create(database, template = 'template0') {
		for (const until = Date.now() + 10000; ;) {
			try {
				return await query(this.url, `create database "${database}" template "${template}"`);
			} catch (error) {
				// Whoever filled the template may not have hung up yet.
				if (!/being accessed/.test(error.stderr) || Date.now() > until)
					throw error;
			}
		}
	}

	// Stops it in order and starts it again.
	restart() {
		this.child.kill('SIGUSR1');
	}

	async stop() {
		if (!this.child)
			return;
		this.child.ref();
		this.child.stdin.end();
		await once(this.child, 'close');
	}
}

// What psql prints.
export async function query(url, sql) {
	const { stdout } = await promisify(execFile)('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', url, '-c', sql],
		{ maxBuffer: 1 << 28 });
	return stdout.trim();
}

export async function rows(url, sql) {
	const text = await query(url, `select coalesce(json_agg(t), '[]') from (${sql}) t`);
	assert.ok(text, sql);
	return JSON.parse(text);
}

// One for a test file of its own, or undefined where none is installed.
export const startIfThere = () => Postgres.start().catch(error => {
	if (!error.missing)
		throw error;
});

let shared;

// The one that this process's tests share.
export function postgres() {
	shared ??= process.env.POSTGRES_URL
		? Promise.resolve(new Postgres(process.env.POSTGRES_URL)) : Postgres.start();
	return shared;
}

let databases = 0;

// The superuser's URL of a new database on it.
export async function newDatabase() {
	const name = `test-${process.pid}-${++databases}`, server = await postgres();
	await server.create(name);
	return server.of(name);
}
