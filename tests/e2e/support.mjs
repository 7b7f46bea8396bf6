// support.mjs - starts the real servers for the tests, talks HTTP with them, and ends them.
//
// A server runs in a folder of its own, on any free port, and must exit with 0 and without a word
// from a sanitizer when it is stopped. BUILD says which preset's binaries are tested: dev, release;
// DATABASE=postgresql gives every server a database of its own on PostgreSQL instead of a file; where tests/dynamodb.sh runs the
// tests, support has its conversations in a table of DynamoDB.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dynamodbUrl, Table } from './dynamodb.mjs';
import { freePort } from './ports.mjs';
import { postgres, query, rows } from './postgres.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const shared = process.env.SHARED_DATA ?? join(root, '../shared/data');  // real data, where it is there
export const npm = createRequire(join(root, 'build/npm/package.json'));
export const sanitized = (process.env.BUILD ?? 'dev') !== 'release';

export const onPostgres = process.env.DATABASE === 'postgresql';

export const program = name => resolve(root, 'build', process.env.BUILD ?? 'dev',
	['documented', 'guestbook-whole', 'conformance', 'probe', 'asker', 'clerk'].includes(name) ? 'tests' : name, `mcp-${name}`);
export const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

// `within` only ends the wait for what never comes: no test passes sooner or later by it. `what` may be a
// function, which says what there is instead.
export async function eventually(condition, what, within = 30000) {
	for (const until = Date.now() + within; !await condition(); await pause(10))
		assert.ok(Date.now() < until, `not within ${within} ms: ${typeof what === 'function' ? what() : what}`);
}

// ---- Folders and processes that end with the test process ----

const folders = [];
const children = new Set();

const killAll = () => {
	for (const child of children)
		child.kill('SIGKILL');
};

// What a failed test left running must not keep the process from ending.
after(() => setTimeout(killAll, 10000).unref());

// The runner ends a file that takes too long by SIGTERM.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
	process.once(signal, () => process.exit(1));

process.on('exit', () => {
	killAll();
	for (const folder of folders)
		rmSync(folder, { recursive: true, force: true });
});

export function temporary() {
	folders.push(mkdtempSync(join(tmpdir(), 'mcp-test-')));
	return folders.at(-1);
}

const environment = {
	PATH: process.env.PATH,
	HOME: process.env.HOME ?? '/',
	ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0',
	UBSAN_OPTIONS: 'print_stacktrace=1',
	...process.env.GCOV_PREFIX && { GCOV_PREFIX: process.env.GCOV_PREFIX },
};

// `under`: a command that runs it, as its last words.
export function launch(name, args, env, folder, under = []) {
	const [command, ...words] = [...under, program(name), ...args];
	const child = spawn(command, words, {
		cwd: folder, env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
	});
	children.add(child);
	child.output = { stdout: '', stderr: '' };
	for (const stream of ['stdout', 'stderr'])
		child[stream].setEncoding('utf8').on('data', text => { child.output[stream] += text; });
	child.ended = new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (status, signal) => {
			children.delete(child);
			resolve({ status, signal, ...child.output });
		});
	});
	return child;
}

export function assertSilent(text) {
	const at = text.search(/^.*(Sanitizer|runtime error:)/m);
	assert.equal(at, -1, `a sanitizer spoke:\n${text.slice(at, at + 6000)}`);
}

// Runs a command of a program to its end; one that goes on serving instead is killed.
export async function run(name, args, { env = {}, folder = temporary(), within = 240000 } = {}) {
	const child = launch(name, args, env, folder);
	const timer = setTimeout(() => child.kill('SIGKILL'), within);
	const result = await child.ended;
	clearTimeout(timer);
	assertSilent(result.stderr);
	return result;
}

// ---- Databases ----

const file = (name, folder) => join(folder, `${name}.db`);
const database = (name, folder) => `${basename(folder)}_${name}`.toLowerCase().replace(/\W/g, '_');
const created = new Map();

// What is in the database of a program where a test says nothing else: files as fill() takes them.
export const samples = { products: [join(root, 'products/data/catalogue.csv')] };

// Files of data into the database of a folder: .csv by the program's own command, .sql as it stands, once it has its tables.
async function fill(name, folder, files) {
	const DATABASE_URL = await databaseUrl(name, folder);
	for (const path of files) {
		if (path.endsWith('.sql')) {
			await (await start(name, { DATABASE_URL }, { folder })).stop();
			await change(name, folder, readFileSync(path, 'utf8'));
		} else {
			const result = await run(name, ['import', path], { env: { DATABASE_URL } });
			assert.equal(result.status, 0, result.stderr);
		}
	}
	return folder;
}

const filled = new Map();

// A folder with such a database, made once by each test process and then copied.
function filledWith(name, files) {
	const key = JSON.stringify([name, files]);
	if (!filled.has(key))
		filled.set(key, fill(name, temporary(), files));
	return filled.get(key);
}

async function createOnPostgres(name, folder, data) {
	const from = data ? database(name, await filledWith(name, data)) : 'template0';
	await (await postgres()).create(database(name, folder), from);
}

// The URL of a server's database in a folder. `data`: files of what is in it, where it is new.
export async function databaseUrl(name, folder, data = undefined) {
	if (data)
		given.add(folder);
	if (!onPostgres) {
		if (data && !existsSync(file(name, folder)))
			copyFileSync(file(name, await filledWith(name, data)), file(name, folder));
		return `sqlite:${file(name, folder)}`;
	}
	const key = database(name, folder);
	if (!created.has(key))
		created.set(key, createOnPostgres(name, folder, data));
	await created.get(key);
	return (await postgres()).of(key);
}

// Runs SQL on it.
async function change(name, folder, sql) {
	if (onPostgres)
		return query(await databaseUrl(name, folder), sql);
	const open = new DatabaseSync(file(name, folder));
	open.exec(sql);
	open.close();
}

const tables = new Map(), given = new Set();

// The table of a support server in a folder: made once, of what its database was given.
export function tableOf(folder) {
	const make = async () => {
		const table = await Table.make();
		if (given.has(folder))
			await table.take(...await Promise.all(['conversation order by id', 'message order by conversation_id, seq'].map(which => find('support', folder, `select * from ${which}`))));
		return table;
	};
	if (!tables.has(folder))
		tables.set(folder, make());
	return tables.get(folder);
}

// What a query finds in it; or, where it is SQLite's, in the file beside it that is named so.
export async function select(name, folder, sql, beside = '') {
	return dynamodbUrl && name === 'support' ? (await tableOf(folder)).rows(sql) : find(name, folder, sql, beside);
}

async function find(name, folder, sql, beside = '') {
	if (onPostgres)
		return rows(await databaseUrl(name, folder), sql);
	const open = new DatabaseSync(file(name, folder) + beside, { readOnly: true });
	try {
		open.exec('pragma busy_timeout = 5000');     // whoever brings in the log of a killed process locks it
		return open.prepare(sql).all();
	} finally {
		open.close();
	}
}

// ---- Servers ----

export class Server {
	constructor(name, child, folder) {
		Object.assign(this, { name, child, folder, pid: child.pid, ended: child.ended });
	}

	get log() {
		return this.child.output.stderr;
	}

	// Until the log says it; fails when the server ends before.
	async says(pattern, within = 60000) {
		const until = Date.now() + within;
		while (!pattern.test(this.log)) {
			if (this.child.exitCode !== null || this.child.signalCode !== null)
				throw new Error(`${this.name} ended: ${JSON.stringify(await this.ended)}`);
			if (Date.now() > until)
				throw new Error(`${this.name} did not say ${pattern} but:\n${this.log}`);
			await pause(10);
		}
		return pattern.exec(this.log);
	}

	// A figure of its metrics, of all that have these labels together, where it was started with a port for them.
	async metric(name, labels = {}) {
		const [, url] = await this.says(/metrics at (http:[^,;\s"]+)/);
		const { text } = await exchange({ port: Number(new URL(url).port) }, { method: 'GET', path: '/metrics' });
		const lines = [...text.matchAll(new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm'))];
		const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
		return lines.reduce((sum, [, has = '', value]) => sum + (wanted.every(label => has.split(',').includes(label)) ? Number(value) : 0), 0);
	}

	// Until so many calls wait in it for a change, or a person.
	async waits(calls = 1) {
		let waiting;
		await eventually(async () => (waiting = await this.metric('mcp_calls_waiting')) === calls,
			() => `${calls} calls wait, but ${waiting}`);
	}

	async stop(signal = 'SIGTERM', within = 60000) {
		this.child.kill(signal);
		const timer = setTimeout(() => this.child.kill('SIGKILL'), within);
		const { status, signal: by, stderr } = await this.ended;
		clearTimeout(timer);
		assertSilent(stderr);
		assert.deepEqual({ status, by }, { status: 0, by: null }, `it did not stop well:\n${stderr}`);
	}
}

// How often the log says these words: what repeats is written once, and then how often it was in a minute.
export function timesSaid(log, words) {
	const lines = log.split('\n').filter(line => line.includes(words));
	return lines.reduce((times, line) => times + Number(/ \((\d+) more times? in \d+ s\)/.exec(line)?.[1] ?? 1), 0);
}

// `settings` are environment variables; METRICS_PORT may be `any`. `data`: files of what its database has, or false. Its port
// is none that the kernel gives to a connection while a test has it end and begin again.
export async function start(name, settings = {}, { folder = temporary(), data = samples[name], under } = {}) {
	const url = settings.DATABASE_URL ?? await databaseUrl(name, folder, data);
	const history = dynamodbUrl && name === 'support' ? (await tableOf(folder)).settings : {};
	const child = launch(name, [], {
		PORT: String(await freePort()), METRICS_PORT: '0', DATABASE_URL: url, SHUTDOWN_TIMEOUT: '10s', ...history, ...settings,
		...settings.METRICS_PORT === 'any' && { METRICS_PORT: String(await freePort()) },
	}, folder, under);
	const server = new Server(name, child, folder);
	try {
		server.url = (await server.says(/ at (http:\/\/[^\s"]+\/mcp)/))[1];
	} catch (error) {
		child.kill('SIGKILL');
		throw error;
	}
	server.port = Number(new URL(server.url).port);
	return server;
}

// Both servers, orders calling products; stop() ends them in the order that leaves nothing behind.
export async function startShop(settings = {}) {
	const products = await start('products', settings.products);
	const orders = await start('orders', { PRODUCTS_URL: products.url, ...settings.orders });
	return {
		products, orders,
		async stop() {
			await orders.stop();
			await products.stop();
		},
	};
}

// ---- Keys ----

export const keys = {
	reader: 'mcp_a-key-that-may-only-read-products',
	staff: 'mcp_a-key-that-may-do-everything',
	other: 'mcp_another-key-that-may-do-everything',
};
const scopes = { reader: 'products:read,orders:read', staff: '*', other: '*' };

// The value of API_KEYS for those three.
export const keyLines = Object.entries(keys).map(([name, key]) =>
	`${name}:${createHash('sha256').update(key).digest('hex')}:${scopes[name]}`).join(' ');

// ---- HTTP ----

// Takes whole events off the front of `rest`.
export function parseEvents(rest) {
	const events = [];
	for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) {
		const event = {};
		for (const line of rest.slice(0, end).split('\n')) {
			const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
			if (name)
				event[name] = name === 'data' && 'data' in event ? `${event.data}\n${value}` : value;
		}
		events.push(event);
	}
	return { events, rest };
}

// One exchange with exactly these headers, plus Host where there is none. Resolves when the answer
// is complete, or as soon as `until(events)` is true of a stream, which is then closed. `opened` is
// called when it begins. `from` is an address of this machine.
export function exchange(server, { method = 'POST', path = '/mcp', headers = {}, body, until, opened, from } = {}) {
	return new Promise((resolve, reject) => {
		const named = new Set(Object.keys(headers).map(name => name.toLowerCase()));
		const all = { ...(named.has('host') ? {} : { Host: `127.0.0.1:${server.port}` }), ...headers };
		if (body !== undefined && !named.has('content-length'))
			all['Content-Length'] = String(Buffer.byteLength(body));
		const request = http.request({
			host: '127.0.0.1', port: server.port, method, path, headers: all, setHost: false, agent: false, localAddress: from,
		}, response => {
			let text = '', rest = '', events = [];
			opened?.();
			const done = () => resolve({
				status: response.statusCode, headers: response.headers, text, events,
				get json() { return JSON.parse(text); },
			});
			response.setEncoding('utf8');
			response.on('data', chunk => {
				text += chunk;
				const parsed = parseEvents(rest + chunk);
				rest = parsed.rest;
				events.push(...parsed.events);
				if (until?.(events)) {
					done();
					request.destroy();
				}
			});
			response.on('end', done);
			response.on('error', reject);
		});
		request.on('error', reject);
		request.setTimeout(30000, () => request.destroy(new Error('no answer within 30 s')));
		request.end(body);
	});
}

// The same of a stream that is waited for: resolves when it has begun, to what will be the answer.
export function opened(server, request) {
	return new Promise((resolve, reject) => {
		const answer = exchange(server, { ...request, opened: () => resolve({ answer }) });
		answer.catch(reject);
	});
}

export const types = {
	'Content-Type': 'application/json', Accept: 'application/json, text/event-stream',
};

export const meta = (capabilities = {}) => ({
	'io.modelcontextprotocol/protocolVersion': '2026-07-28',
	'io.modelcontextprotocol/clientCapabilities': capabilities,
	'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1.0.0' },
});

let lastId = 0;

// A request of 2026-07-28 as exchange() takes it.
export function stateless(method, params = {}, { capabilities, headers = {} } = {}) {
	const name = params.name ?? params.uri ?? params.taskId;
	return {
		headers: {
			...types, 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': method,
			...(name === undefined ? {} : { 'Mcp-Name': name }), ...headers,
		},
		body: JSON.stringify({
			jsonrpc: '2.0', id: ++lastId, method,
			params: { ...params, _meta: { ...meta(capabilities), ...params._meta } },
		}),
	};
}

// Calls a tool in 2026-07-28 and gives its result, from JSON or from a stream.
export async function callTool(server, name, args, options) {
	const answer = await exchange(server, stateless('tools/call', { name, arguments: args }, options));
	const message = answer.events.length
		? JSON.parse(answer.events.findLast(event => event.data).data) : answer.json;
	assert.ok(message.result, `${name} was refused: ${JSON.stringify(message)}`);
	return message.result;
}

// The same, of a call that must succeed: its structured content.
export async function ask(server, name, args, options) {
	const result = await callTool(server, name, args, options);
	assert.ok(!result.isError, `${name} failed: ${result.content?.[0]?.text}`);
	return result.structuredContent;
}

// A session of an older revision: what its requests carry.
export async function beginSession(server, revision = '2025-11-25', capabilities = {}, headers = {}) {
	const answer = await exchange(server, {
		headers: { ...types, ...headers },
		body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {
			protocolVersion: revision, capabilities, clientInfo: { name: 'tests', version: '1.0.0' },
		} }),
	});
	assert.equal(answer.status, 200, answer.text);
	const session = {
		...types, ...headers, 'Mcp-Session-Id': answer.headers['mcp-session-id'],
		...(revision === '2025-03-26' ? {} : { 'MCP-Protocol-Version': revision }),
	};
	await exchange(server, { headers: session,
		body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' });
	return session;
}

// An order's arguments that create_order takes.
export const orderOf = (items, key, customer = 'anna@example.com') => ({
	customer, idempotency_key: key,
	items: Object.entries(items).map(([sku, quantity]) => ({ sku, quantity })),
	shipping_address: { name: 'Anna Brown', line1: '1 High Street', city: 'York',
		postal_code: 'YO1 7HH', country: 'GB' },
});

// 1,200 delivered orders of January 2011, so that a report has something to go through.
export function writeOrders(path) {
	const lines = ['order,placed_at,customer,country,sku,quantity,unit_price'];
	for (let i = 0; i < 1200; i++)
		lines.push(`I${10000 + i},2011-01-${String(1 + i % 28).padStart(2, '0')}T10:00:00Z,C${i % 50},${
			['United Kingdom', 'France', 'Spain'][i % 3]},KIT-000${1 + i % 3},${1 + i % 4},2.50`);
	writeFileSync(path, `${lines.join('\n')}\n`);
	return path;
}
