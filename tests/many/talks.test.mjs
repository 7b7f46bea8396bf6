// talks.test.mjs - customers talk with support while its processes are killed with -9 in the middle of answers: each message is there once,
// in its order, and answered once; no half of an answer stays; what customers were told is what was written down.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { eventually, pause, temporary } from '../e2e/support.mjs';
import { Task } from './cluster.mjs';
import { postgres } from './postgres.mjs';
import { dice, long, seed } from './scale.mjs';
import { checkTalks, Models, Talks } from './talks.mjs';

const TALKS = long ? 500 : 60, MESSAGES = 5, KILLS = long ? 40 : 8;
const nobody = 'http://127.0.0.1:9/mcp';

// Kills a random one, again and again, while something waits for a model: so it dies in the middle of answers.
async function killAll(tasks, models, rolls, over) {
	const asked = () => models.double.requests.length;
	let kills = 0;
	for (; kills < KILLS && !over(); kills++) {
		const before = asked(), more = rolls.between(5, 25);
		await eventually(() => asked() > before + more || over(), 'nothing is asked any more', 120000);
		const task = rolls.pick(tasks);
		await task.kill();
		await task.start();
	}
	return kills;
}

async function talkWhileKilled(t, tasks, rows, count, models, rolls) {
	const talks = new Talks(tasks, rolls), began = Date.now();
	let over = false;
	await Promise.all(tasks.map(task => task.start()));
	const talking = Promise.all(Array.from({ length: count }, (_, i) => pause(rolls.between(0, 20 * count)).then(() => talks.talk(i, MESSAGES))));
	const [kills] = await Promise.all([killAll(tasks, models, rolls, () => over), talking.finally(() => { over = true; talks.until = 0; })]);
	await Promise.all(tasks.map(task => task.stop()));
	const sent = Array.from({ length: count }, (_, talk) => Array.from({ length: MESSAGES }, (_, i) => [talk, i])).flat();
	const { waiting, messages } = await checkTalks(rows, talks, models, sent);
	t.diagnostic(`MANY_SEED=${seed}: ${kills} kills in ${((Date.now() - began) / 1000).toFixed(1)} s; ${sent.length} messages in ${count} conversations by ${
		talks.calls} calls, of which ${talks.left} were left and ${talks.cut} cut off; models were asked ${models.requests.length - 1} times for ${
		messages.filter(({ role }) => role === 'model').length} answers; ${waiting.length} conversations wait for a person`);
	for (const [words, times] of talks.failed)
		t.diagnostic(`${times} times: ${words}`);
	// Nobody is in another's way: what fails is the model.
	assert.deepEqual([...talks.failed.keys()].filter(words => !/is written down, but there is no answer/.test(words)), []);
	assert.ok(kills >= KILLS / 2 && waiting.length < count / 3, `${kills} kills, ${waiting.length} wait`);
}

async function withTasks(t, urls, work) {
	const rolls = dice(seed), models = await Models.start(rolls), folder = temporary();
	const tasks = urls.map((url, i) => new Task('support', i, {
		DATABASE_URL: url, API_KEYS: Talks.keys, CUSTOMER_TOKENS: '0', PRODUCTS_URL: nobody, ORDERS_URL: nobody, SHUTDOWN_TIMEOUT: '10s', ...models.settings,
	}, folder));
	try {
		await work(tasks, models, rolls);
	} catch (error) {
		console.log(`MANY_SEED=${seed}\n${tasks.map(task => task.log.split('\n').filter(line => /"level":"(warning|error)"/.test(line)).slice(-15).join('\n')).join('\n--\n')}`);
		throw error;
	} finally {
		await Promise.all(tasks.filter(task => task.alive).map(task => task.kill()));
		await models.stop();
	}
}

test(`${TALKS} conversations over PostgreSQL while two processes are killed`, { timeout: 600000 }, async t => {
	const server = await postgres();
	await server.admin('drop database if exists talks with (force)', 'create database talks');
	const psql = server.psql('talks');
	await withTasks(t, [server.tcp('talks'), server.tcp('talks')], (tasks, models, rolls) =>
		talkWhileKilled(t, tasks, sql => psql.rows(sql), TALKS, models, rolls)).finally(() => psql.end());
});

test(`${TALKS / 2} conversations on SQLite while their process is killed`, { timeout: 600000 }, async t => {
	const file = join(temporary(), 'support.db');
	await withTasks(t, [`sqlite:${file}`], (tasks, models, rolls) => talkWhileKilled(t, tasks, sql => {
		const open = new DatabaseSync(file, { readOnly: true });
		try {
			const statement = open.prepare(sql);
			statement.setReadBigInts(true);
			return statement.all().map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])));
		} finally {
			open.close();
		}
	}, TALKS / 2, models, rolls));
});
