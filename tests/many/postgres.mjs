// postgres.mjs - the private PostgreSQL of the tests, one for each test process, and psql to look
// into it and change it as a person would.
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { Postgres } from '../e2e/postgres.mjs';
import { eventually, pause } from '../e2e/support.mjs';

// A psql that stays: statements one after the other.
export class Psql {
	constructor(url) {
		Object.assign(this, { url, waiting: [], number: 0 });
		this.#open();
	}

	#open() {
		const child = spawn('psql', ['-qAtX', '-d', this.url], { stdio: ['pipe', 'pipe', 'ignore'] });
		this.child = child;
		this.text = '';
		child.stdout.setEncoding('utf8').on('data', text => this.#hear(text));
		child.stdin.on('error', () => {});
		child.ended = new Promise(resolve => child.on('close', resolve));
		child.ended.then(() => {
			child.gone = true;
			for (const each of this.waiting.splice(0))
				each.reject(new Error('psql ended'));
		});
	}

	#hear(text) {
		this.text += text;
		for (let first; (first = this.waiting[0]);) {
			const at = this.text.indexOf(first.mark);
			const end = this.text.indexOf('\n', at);
			if (at < 0 || end < 0)
				return;
			const [failed, words] = /^(\w+) ?(.*)$/.exec(this.text.slice(at + first.mark.length, end)).slice(1);
			const said = this.text.slice(0, at).trim();
			this.text = this.text.slice(end + 1);
			this.waiting.shift();
			if (failed === 'true')
				first.reject(new Error(`psql: ${words}: ${first.sql}`));
			else
				first.resolve(said);
		}
	}

	// What it printed. Where the server was restarted psql has ended: that is known only by trying.
	async run(sql) {
		return this.#send(sql).catch(error => {
			if (!/psql ended|terminating|no connection/.test(error.message))
				throw error;
			return this.#send(sql);
		});
	}

	#send(sql) {
		if (this.child.gone)
			this.#open();
		return new Promise((resolve, reject) => {
			const mark = `<${++this.number}> `;
			this.waiting.push({ sql, mark, resolve, reject });
			this.child.stdin.write(`${sql};\n\\echo '${mark}':ERROR :LAST_ERROR_MESSAGE\n`);
		});
	}

	async rows(sql) {
		return JSON.parse(await this.run(`select coalesce(json_agg(t), '[]') from (${sql}) t`));
	}

	async row(sql) {
		return (await this.rows(sql))[0];
	}

	async value(sql) {
		return Object.values(await this.row(sql))[0];
	}

	async end() {
		this.child.stdin.end();
		await this.child.ended;
	}
}

// As tests/postgres.sh serves it, with what these tests do to it.
class Server extends Postgres {
	async begin() {
		const { searchParams } = new URL(this.url.replace('@/', '@host/').replace(/^postgresql:/, 'http:'));
		this.folder = searchParams.get('host');
		this.port = Number(searchParams.get('port'));
		// What was answered must survive whatever ends the server.
		await this.set('synchronous_commit', 'on');
		return this;
	}

	// For the servers: TCP with a password, here or through something in between.
	tcp(database, port = this.port) {
		return `postgresql://postgres:secret@127.0.0.1:${port}/${database}`;
	}

	psql(database = 'postgres') {
		return new Psql(this.of(database));
	}

	async admin(...statements) {
		const psql = this.psql();
		try {
			for (const sql of statements)
				await psql.run(sql);
		} finally {
			await psql.end();
		}
	}

	set(name, value) {
		return this.admin(`alter system set ${name} = ${value}`, 'select pg_reload_conf()');
	}

	get postmaster() {
		return Number(readFileSync(join(this.folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
	}

	get log() {
		return this.logSince(0);
	}

	logSince(byte) {
		return readFileSync(join(this.folder, 'server.log')).toString('utf8', byte);
	}

	get logSize() {
		return statSync(join(this.folder, 'server.log')).size;
	}

	// `how`: fast (what runs is taken back) or immediate (as if it had crashed).
	async restart(how = 'fast') {
		const before = this.postmaster;
		if (how === 'immediate')
			process.kill(before, 'SIGQUIT');
		super.restart();
		await eventually(() => {
			try {
				return this.postmaster !== before;
			} catch {
				return false;
			}
		}, 'PostgreSQL came back', 60000);
		for (;;)
			try {
				return await this.admin('select 1');
			} catch {
				await pause(20);
			}
	}
}

// ---- The one of this process ----

let one;

export function postgres() {
	one ??= Server.start().then(server => server.begin());
	return one;
}

after(async () => {
	await (await one?.catch(() => undefined))?.stop();
});
