// operator.test.mjs - an operator's hour: one accident after another befalls two of each program over PostgreSQL, and one of each on
// SQLite. Readiness tells the truth, the alarms ring that should and no others, the book's blocks say what it promises, all is
// well again by itself, and in the end the books add up.
//
//     ./dev test-operator [WORDS...]       # of accidents' names; all without
//
// What came of it is in build/test/operator.md.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blocks, expected, labelled } from '../docs/book.mjs';
import { read } from '../docs/pages.mjs';
import { withoutPrometheus } from '../e2e/monitor.mjs';
import { withoutPostgres } from '../e2e/postgres.mjs';
import { ask, eventually, npm, orderOf, pause, temporary } from '../e2e/support.mjs';
import { accidents } from './accidents.mjs';
import { Load } from './load.mjs';
import { Prometheus } from './prometheus.mjs';
import { report, write } from './report.mjs';
import { bench, printed, readiness, Watch } from './watch.mjs';
import { World } from './world.mjs';

const SMALL_QUEUE = { WORKERS: '16', WORKER_QUEUE: '64' };
const WELL_WITHIN = 30, SILENT_WITHIN = 60, STOPPED_WITHIN = 15, TOLD_WITHIN = 90;
const asked = (process.env.OPERATOR_ACCIDENTS ?? '').split('\n').filter(Boolean);
const chosen = accidents.filter(({ name }) => !asked.length || asked.some(words => name.includes(words)));

const alarms = npm('yaml').parse(read('docker/prometheus/alerts.yml')).groups.flatMap(({ rules }) => rules)
	.map(({ alert, expr, annotations }) => [alert, expr, annotations.runbook_url]);
const bad = ['docs/on-call.md', 'docs/on-call-steps.md'].flatMap(page => blocks(read(page)))
	.filter(({ language, text }) => language === 'sh' && expected(text, 'bad').length);
const results = [], seen = new Map();           // block -> what it printed in some accident

// It does what it is for: writes are taken everywhere, and an order goes through both programs.
let probes = 0;
async function works(world) {
	const number = ++probes;
	for (const [i, task] of world.products.entries())
		await ask(task, 'restock', { restock_id: `probe-${number}-${i}`, items: [{ sku: 'KIT-0003', quantity: 2 }] });
	for (const [i, task] of world.orders.entries())
		await ask(task, 'create_order', orderOf({ 'KIT-0003': 1 }, `probe-${number}-${i}`));
}

async function isWell(world, within) {
	const began = Date.now();
	let last;
	await eventually(async () => {
		try {
			for (const task of world.shopTasks)
				assert.equal((await world.readyz(task)).status, 200, `${task.name} ${task.index}`);
			await works(world);
			return true;
		} catch (error) {
			last = error.message;
			await pause(200);
			return false;
		}
	}, () => last, within * 1000);
	return (Date.now() - began) / 1000;
}

// What each task said that was not "ready", each once, with when it first did: { task, name, words, at }.
const unready = watch => watch.tasks.flatMap(({ task, said }) => said
	.filter(({ words }, i) => !/^(ready|no answer|not ready: it stops)$/.test(words) && i === said.findIndex(each => each.words === words))
	.map(each => ({ task: `${task.name} ${task.index}`, name: task.name, ...each })));

// Where calls fail it may say that before it has found out why.
const CALLS = /^not ready: calls (that (only read|change something) )?fail for want of the database$/;

function toldTheTruth(accident, watch, world) {
	const states = unready(watch);
	for (const name of ['products', 'orders']) {
		const wanted = accident.unready[name], of = states.filter(state => state.name === name);
		if (!wanted) {
			assert.deepEqual(of.filter(({ words }) => !accident.mayFail || !CALLS.test(words)), [], `${name} was ready for what it is asked`);
			continue;
		}
		const found = new Set(of.filter(({ words }) => wanted.test(words)).map(({ task }) => task));
		assert.ok(found.size >= (accident.oneIsEnough ? 1 : world[name].length), `a task of ${name} did not say it: ${JSON.stringify(of)}`);
		for (const { words } of of)
			assert.ok(wanted.test(words) || CALLS.test(words), words);
	}
}

// One that was stopped, and begins slowly on a busy machine, is gone.
function rangRight(accident, watch, stopped) {
	const rang = [...watch.rang.keys()], { rings } = accident, may = [...accident.may, ...stopped ? ['Gone'] : []];
	assert.deepEqual(rings.filter(alarm => !rang.includes(alarm)), [], `it did not ring; what did: ${rang}`);
	assert.deepEqual(rang.filter(alarm => !rings.includes(alarm) && !may.includes(alarm)), [], 'it rang for nothing');
}

// One of two is stopped while it lasts, and begins again when it is over.
async function stopOne(accident, world) {
	const task = world.products.at(-1);
	if (accident.kills || world.products.length < 2)
		return {};
	const took = await task.stop(STOPPED_WITHIN * 1000);
	return { took: took / 1000, begin: () => task.start(60000) };
}

// Until it has lasted as long as it should.
async function lasts(accident, world) {
	for (const until = Date.now() + accident.seconds * 1000; Date.now() < until; await pause(200))
		await accident.meanwhile?.(world);
}

// What the blocks print while it is told. One whose calls fail is ready now and then, to try: what was printed while that
// changed is printed once more.
async function pageSays(accident, world, watch, folder) {
	const texts = bad.map(({ text }) => text).filter(text => labelled(text, world.name)), [task] = world.products;
	const wanted = accident.oneIsEnough ? undefined : accident.unready.products;
	const isTold = async () => !wanted || wanted.test(await readiness(task));
	let said;
	await eventually(async () => {
		if (!await isTold())
			return false;
		said = [...await printed(world, watch, 'products', texts, folder), ...await printed(world, watch, 'orders', texts, folder)];
		return isTold();
	}, 'it is not told for as long as it takes to look', TOLD_WITHIN * 1000);
	return said;
}

// What can be seen while it lasts.
async function look(accident, world, watch, folder) {
	const grown = new Map();
	for (const name of ['products', 'orders'])
		(await watch.grown(name)).forEach((value, figure) => grown.set(figure, (grown.get(figure) ?? 0) + value));
	for (const [text, said] of await pageSays(accident, world, watch, folder))
		seen.set(text, (seen.get(text) ?? '') + said);
	return grown;
}

async function befalls(accident, world, prometheus, folder) {
	const watch = await Watch.begin(world, prometheus);
	let grown, stopped;
	try {
		await accident.begin(world);
		await lasts(accident, world);
		grown = await look(accident, world, watch, folder);
		stopped = await stopOne(accident, world);
	} finally {
		await accident.end(world);
	}
	const over = Date.now();
	await stopped.begin?.();
	await isWell(world, accident.within ?? WELL_WITHIN);
	const well = (Date.now() - over) / 1000;
	await pause(1000);
	await watch.stop();
	results.push({ name: accident.name, where: world.name, states: unready(watch), rang: watch.rang, stopped: stopped.took, well, grown,
		lines: [...watch.lines('products'), ...watch.lines('orders')] });
	toldTheTruth(accident, watch, world);
	assert.ok(!accident.counts || [...grown.keys()].some(figure => accident.counts.test(figure)), `no figure tells of it: ${[...grown.keys()].join(' ')}`);
	if (prometheus)
		rangRight(accident, watch, stopped.begin);
}

async function happens(accident, world, prometheus, folder) {
	await accident.before?.(world);
	try {
		await befalls(accident, world, prometheus, folder);
	} finally {
		await accident.after?.(world);
	}
}

const isSilent = (world, prometheus) => prometheus && eventually(async () =>
	!(await prometheus.rings()).some(({ job }) => job in world.targets), 'something still rings', SILENT_WITHIN * 1000);

// One world and what befalls it.
async function hour(t, where) {
	const world = await World.open(t, where, { settings: SMALL_QUEUE, small: true, traced: true }), folder = bench();
	const prometheus = withoutPrometheus ? undefined : await Prometheus.start(temporary(), world.targets);
	t.after(() => prometheus?.stop());
	const load = await Load.begin(world);
	await isWell(world, WELL_WITHIN);
	for (const accident of chosen.filter(({ on, needs }) => on.includes(where) && (!needs || world[needs]))) {
		await isSilent(world, prometheus);
		await t.test(accident.name, { timeout: 300000 }, () => happens(accident, world, prometheus, folder));
		assert.equal(load.failure, undefined);
	}
	await load.end();
	for (const task of [...world.orders, ...world.products])
		await task.stop(STOPPED_WITHIN * 1000);
}

describe('an hour of an operator', { concurrency: 2 }, () => {
	test('on PostgreSQL', { skip: withoutPostgres, timeout: 1300000 }, t => hour(t, 'PostgreSQL'));
	test('on SQLite', { timeout: 1300000 }, t => hour(t, 'SQLite'));
});

test('what the book calls bad was seen', { skip: asked.length > 0 && 'not all happened' }, () => {
	for (const [text, said] of seen)
		for (const { pattern, words } of expected(text, 'bad'))
			assert.match(said, pattern, `${words}\n${text}`);
	assert.equal(seen.size, bad.length);
});

test('what came of it is written', () => {
	const text = report(results, alarms);
	console.log(`${text}\n${write(text)}`);
	assert.equal(results.length > 0, true);
});
