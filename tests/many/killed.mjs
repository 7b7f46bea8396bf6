// killed.mjs - customers talk with support while its processes are killed in the middle of answers, by the dice; then it all has to add up.
import assert from 'node:assert/strict';
import { eventually, pause, temporary } from '../e2e/support.mjs';
import { Task } from './cluster.mjs';
import { dice, seed } from './scale.mjs';
import { checkTalks, Models, Talks } from './talks.mjs';

const MESSAGES = 5;
const nobody = 'http://127.0.0.1:9/mcp';

// Kills a random one, again and again, while something waits for a model: so it dies in the middle of answers.
async function killAll(tasks, models, rolls, most, over) {
	const asked = () => models.double.requests.length;
	let kills = 0;
	for (; kills < most && !over(); kills++) {
		const before = asked(), more = rolls.between(5, 25);
		await eventually(() => asked() > before + more || over(), 'nothing is asked any more', 120000);
		const task = rolls.pick(tasks);
		await task.kill();
		await task.start();
	}
	return kills;
}

// `rows`: of a statement; so many conversations, and so many kills at most. `may`: what may be said of a call that failed.
export async function talkWhileKilled(t, tasks, rows, { talks: count, kills: most, may = /is written down, but there is no answer/ }, models, rolls) {
	const talks = new Talks(tasks, rolls), began = Date.now();
	let over = false;
	await Promise.all(tasks.map(task => task.start()));
	const talking = Promise.all(Array.from({ length: count }, (_, i) => pause(rolls.between(0, 20 * count)).then(() => talks.talk(i, MESSAGES))));
	const [kills] = await Promise.all([killAll(tasks, models, rolls, most, () => over), talking.finally(() => { over = true; talks.until = 0; })]);
	await Promise.all(tasks.map(task => task.stop()));
	const sent = Array.from({ length: count }, (_, talk) => Array.from({ length: MESSAGES }, (_, i) => [talk, i])).flat();
	const { waiting, messages } = await checkTalks(rows, talks, models, sent);
	t.diagnostic(`MANY_SEED=${seed}: ${kills} kills in ${((Date.now() - began) / 1000).toFixed(1)} s; ${sent.length} messages in ${count} conversations by ${
		talks.calls} calls, of which ${talks.left} were left and ${talks.cut} cut off; models were asked ${models.requests.length - 1} times for ${
		messages.filter(({ role }) => role === 'model').length} answers; ${waiting.length} conversations wait for a person`);
	for (const [words, times] of talks.failed)
		t.diagnostic(`${times} times: ${words}`);
	// Nobody is in another's way: what fails is the model.
	assert.deepEqual([...talks.failed.keys()].filter(words => !may.test(words)), []);
	assert.ok(kills >= most / 2 && waiting.length < count / 3, `${kills} kills, ${waiting.length} wait`);
}

// `places`: settings of each process, at least its DATABASE_URL.
export async function withTasks(places, work) {
	const rolls = dice(seed), models = await Models.start(rolls), folder = temporary();
	const tasks = places.map((place, i) => new Task('support', i, {
		API_KEYS: Talks.keys, CUSTOMER_TOKENS: '0', PRODUCTS_URL: nobody, ORDERS_URL: nobody, SHUTDOWN_TIMEOUT: '10s', ...models.settings, ...place,
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
