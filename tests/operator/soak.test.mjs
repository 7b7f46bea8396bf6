// soak.test.mjs - a steady load of both eras, on PostgreSQL and on SQLite: what a process holds, and what it keeps for others, stays flat.
//
//     ./dev soak SECONDS
//
// Each few seconds memory, descriptors, the rows of the state, the log that is written ahead and the lines of the log are looked at; the
// first third is warm-up. What came of it is in build/test/soak.md.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { withoutPostgres } from '../e2e/postgres.mjs';
import { pause, root } from '../e2e/support.mjs';
import { judge } from './flat.mjs';
import { Load } from './load.mjs';
import { World } from './world.mjs';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 60), EVERY = Math.min(30, Math.max(1, SECONDS / 120));
// What is kept for a while is kept so short that it is let go many times within the run.
const KEPT = `${Math.round(Math.min(120, Math.max(5, SECONDS / 20)))}s`;
const SETTINGS = { SESSION_IDLE: KEPT, RESUME_FOR: KEPT, TASK_TTL: KEPT, QUESTION_TIMEOUT: KEPT };
const MIB = 1024 * 1024;

// By how much each may grow in the two thirds behind the warm-up.
const BOUNDS = {
	'private memory': { share: 0.08, least: 2 * MIB }, 'descriptors': { share: 0.1, least: 6 }, 'threads': { share: 0.1, least: 8 },
	'rows of the state': { share: 0.25, least: 60 }, 'file of the state': { share: 0.25, least: 2 * MIB }, 'written ahead': { share: 0.5, least: 4 * MIB }, 'log bytes a request': { share: 0.1, least: 20 },
};

const tables = ['call', 'event', 'listener', 'process', 'question', 'session', 'stream', 'task', 'task_question'].map(name => `mcp_${name}`);
const count = list => `select ${list.map(name => `(select count(*) from ${name})`).join(' + ')} as n`;

// Without pages of the database's files that are mapped.
function privateBytes(pid) {
	const mappings = readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
	return mappings.filter(text => !/\.db(?:\.state)?(?:-wal|-shm)?$/m.test(text.slice(0, text.indexOf('\n'))))
		.flatMap(text => [...text.matchAll(/^Private_(?:Clean|Dirty): +(\d+)/gm)]).reduce((sum, [, kib]) => sum + kib * 1024, 0);
}

async function ofTask(world, task) {
	const figures = await world.metrics(task), requests = figures.get('mcp_http_requests_total');
	return { 'private memory': privateBytes(task.pid), 'descriptors': readdirSync(`/proc/${task.pid}/fd`).length,
		'threads': readdirSync(`/proc/${task.pid}/task`).length,
		...requests && { 'log bytes a request': size(task.file) / requests } };
}

const size = path => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

// On SQLite it has a file of its own beside the data, which nobody else may open; what is let go there makes room for what comes.
async function ofState(world, name) {
	if (world.server)
		return { 'rows of the state': await world[name === 'products' ? 'shop' : 'book'].value(count(tables)) };
	const path = join(world.data, `${name}.db`);
	return { 'file of the state': size(`${path}.state`), 'written ahead': size(`${path}-wal`) + size(`${path}.state-wal`) };
}

async function look(world, series, when) {
	const note = (whose, figures) => Object.entries(figures).forEach(([what, value]) => {
		const key = `${whose}: ${what}`;
		series.set(key, [...series.get(key) ?? [], [when, value]]);
	});
	for (const task of world.shopTasks)
		note(`${task.name} ${task.index}`, await ofTask(world, task));
	for (const name of ['products', 'orders'])
		note(name, await ofState(world, name));
}

const number = (what, value) => /memory|ahead|file/.test(what) ? `${(value / MIB).toFixed(2)} MiB` : value.toFixed(1);
const lines = [];

async function soak(t, where) {
	const world = await World.open(t, where, { settings: SETTINGS }), load = await Load.begin(world), series = new Map(), began = Date.now();
	for (let next = began; Date.now() < began + SECONDS * 1000; await pause(Math.max(0, (next += EVERY * 1000) - Date.now())))
		await look(world, series, (Date.now() - began) / 1000);
	assert.equal(load.failure, undefined);
	const grown = [];
	for (const [key, samples] of series) {
		const what = key.split(': ')[1], { begin, middle, end, grew, may, flat } = judge(samples, BOUNDS[what]);
		lines.push(`| ${[where, key, ...[begin, middle, end, grew, may].map(value => number(what, value)), flat ? 'flat' : 'GROWS'].join(' | ')} |`);
		if (!flat)
			grown.push(lines.at(-1));
	}
	await load.end();
	for (const task of [...world.orders, ...world.products])
		await task.stop(15000);
	assert.deepEqual(grown, []);
}

describe(`a load for ${SECONDS} s`, { concurrency: 2 }, () => {
	const timeout = (SECONDS + 300) * 1000;
	test('on PostgreSQL', { skip: withoutPostgres, timeout }, t => soak(t, 'PostgreSQL'));
	test('on SQLite', { timeout }, t => soak(t, 'SQLite'));
});

test('what came of it is written', () => {
	const text = `# ${SECONDS} s of load\n\n| on | what | begin | middle | end | grew | may grow | |\n|---|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`;
	const path = join(root, 'build/test/soak.md');
	mkdirSync(join(root, 'build/test'), { recursive: true });
	writeFileSync(path, text);
	console.log(`${text}\n${path}`);
	assert.ok(lines.length > 0);
});
