// break.test.mjs - whoever tries to break it: customers and the desk do at random what there is to do, at two processes over one table, say things twice, leave in the
// middle, and are forgotten; what stands between fails at random; the processes are killed. Then all that is in the table has to add up.
import assert from 'node:assert/strict';
import test from 'node:test';
import { dynamodbUrl } from '../e2e/dynamodb.mjs';
import { callTool, eventually, pause, temporary } from '../e2e/support.mjs';
import { as, keyLines, World } from '../e2e/support_world.mjs';
import { Task } from '../many/cluster.mjs';
import { postgres } from '../many/postgres.mjs';
import { dice, long, seed } from '../many/scale.mjs';
import { startModels } from '../models/double.mjs';
import { checkTable } from './adds_up.mjs';
import { Between } from './between.mjs';

const TALKS = long ? 200 : 24, STEPS = long ? 8 : 5, KILLS = long ? 20 : 3, CUSTOMERS = long ? 24 : 8;
const names = Array.from({ length: CUSTOMERS }, (_, i) => `c${i}`), customer = name => `C-${name}`, forgotten = new Set(names.filter((_, i) => i % 4 === 0));
const keys = keyLines({ ...Object.fromEntries(names.map(name => [name, `support:chat,customer=${customer(name)}`])), staff: 'support:staff', admin: '*' });

// What becomes of a request to DynamoDB: most are fine.
const fates = rolls => action => {
	const roll = rolls.next();
	if (action === 'DescribeTable' || roll > 0.12)
		return undefined;
	return ['silent', 'torn', 'lost', 'internal', 'unavailable', 'conflict', 'inProgress', 30, 80, ...roll < 0.02 ? ['throttled', 'cancelledThrottled'] : []][Math.floor(rolls.between(0, roll < 0.02 ? 11 : 9))];
};

class Breaking {
	constructor(tasks, rolls) {
		Object.assign(this, { tasks, rolls, world: new World(), said: new Map(), words: new Map(), last: new Map(), over: false });
	}

	// An answer, or undefined: it failed, was left, or its process was killed.
	async #call(who, tool, args, until) {
		try {
			const server = this.rolls.pick(this.tasks);
			const answer = tool === 'chat_with_ai' ? (await this.world.follow(who, args, { server, until })).result : await callTool(server, tool, args, as(who));
			const words = answer?.isError && answer.content[0].text.replaceAll(/CNV-\w+/g, 'CNV');
			if (words)
				this.words.set(words, (this.words.get(words) ?? 0) + 1);
			return answer && !words ? answer.structuredContent ?? {} : undefined;
		} catch {
			return undefined;
		}
	}

	async #say(who, talk, step, conversation_id) {
		const { rolls } = this, message = `w${talk}-${step} ${who}`, args = { message, idempotency_key: `k${talk}-${step}`, ...conversation_id && { conversation_id } };
		const times = rolls.next() < 0.2 ? 2 : 1;
		let answer;
		for (const until = Date.now() + 200000; !answer; await pause(rolls.between(5, 100))) {
			assert.ok(Date.now() < until, `${message} was never said: ${JSON.stringify([...this.words])}`);
			const leaves = rolls.next() < 0.1;
			answer = (await Promise.all(Array.from({ length: times }, () => this.#call(who, 'chat_with_ai', args, leaves ? told => told.length > 0 : undefined))))[0];
		}
		this.said.set(message, answer);
		return answer.conversation_id;
	}

	async talk(talk) {
		const { rolls } = this, who = rolls.pick(names);
		let conversation_id = await this.#say(who, talk, 0);
		for (let step = 1; step < STEPS; step++) {
			const roll = rolls.next(), about = { conversation_id };
			if (roll < 0.55)
				// One of a customer who is forgotten may be gone.
				conversation_id = await this.#say(who, talk, step, forgotten.has(who) ? undefined : conversation_id);
			else if (roll < 0.65)
				await this.#call(who, 'escalate', { ...about, reason: `because ${talk}-${step}`, confirm: true });
			else if (roll < 0.75)
				await this.#call('staff', 'reply_as_person', { ...about, message: `p${talk}-${step}`, idempotency_key: `p${talk}-${step}`, give_back: rolls.next() < 0.7 });
			else if (roll < 0.82)
				await this.#call('staff', 'take_conversation', about);
			else if (roll < 0.9)
				await this.#call(who, 'rate_conversation', { ...about, rating: 1 + Math.floor(rolls.between(0, 5)), ...rolls.next() < 0.5 && { comment: `c${talk}` } });
			else if (forgotten.has(who))
				await this.#call('admin', 'forget_customer', { customer: customer(who), confirm: true });
			else
				await (roll < 0.95 ? this.#call(who, 'list_conversations', {}) : this.#call(who, 'get_conversation_history', about));
		}
	}

	async kill() {
		for (let kills = 0; kills < KILLS && !this.over; kills++) {
			await pause(this.rolls.between(200, 2500));
			const task = this.rolls.pick(this.tasks);
			await task.kill();
			await task.start(60000);
		}
	}
}

test(`${TALKS} conversations that somebody tries to break`, { skip: !dynamodbUrl && 'there is no DynamoDB', timeout: 900000 }, async t => {
	t.diagnostic(`MANY_SEED=${seed}`);
	const rolls = dice(seed), models = await startModels(), server = await postgres(), folder = temporary();
	t.after(() => models.stop());
	await server.admin('drop database if exists broken with (force)', 'create database broken');
	let number = 0;
	models.script('first', () => [rolls.between(0, 60), `Answer ${++number}. `, rolls.between(0, 200), 'That is all.', { usage: [1 + Math.floor(rolls.between(0, 90)), 7, 0] }]);
	const between = await Between.start(t, { decide: fates(rolls), page: 4, late: 200 }), table = await between.table();
	const tasks = [0, 1].map(i => new Task('support', i, { DATABASE_URL: server.tcp('broken'), API_KEYS: keys, CUSTOMER_TOKENS: '0', SHUTDOWN_TIMEOUT: '10s', MODELS: 'openai:first',
		OPENAI_URL: models.openai, PRODUCTS_URL: 'http://127.0.0.1:9/mcp', ORDERS_URL: 'http://127.0.0.1:9/mcp', ...table.settings }, folder));
	t.after(() => Promise.all(tasks.filter(task => task.alive).map(task => task.kill())));
	await Promise.all(tasks.map(task => task.start(60000)));
	const breaking = new Breaking(tasks, rolls);
	const talking = Promise.all(Array.from({ length: TALKS }, (_, i) => pause(rolls.between(0, 25 * TALKS)).then(() => breaking.talk(i)))).finally(() => { breaking.over = true; });
	await Promise.all([talking, breaking.kill()]);

	// Now it is well again, and whoever was to be forgotten is.
	between.decide = () => {};
	await Promise.all(tasks.map(task => eventually(() => task.ready(), 'both are ready', 60000)));
	for (const name of forgotten)
		assert.ok(!(await callTool(tasks[0], 'forget_customer', { customer: customer(name), confirm: true }, as('admin'))).isError);
	await Promise.all(tasks.map(task => task.stop()));
	const items = await table.scan();
	const words = item => JSON.stringify(item, (_, each) => typeof each === 'bigint' ? Number(each) : each);
	for (const name of forgotten)
		assert.deepEqual(items.filter(item => words(item).match(new RegExp(`C-${name}\\b|\\bw\\d+-\\d+ ${name}\\b`))), [], `${name} is forgotten`);
	const { conversations, messages } = checkTable(items);
	const customers = messages.filter(({ role }) => role === 'customer'), texts = customers.map(({ text }) => text);
	assert.deepEqual([...new Set(texts)].length, texts.length, 'each message once');
	for (const [message, answer] of breaking.said) {
		if (forgotten.has(message.split(' ')[1]))
			continue;
		const found = customers.find(({ text }) => text === message);
		assert.ok(found && found.conversation_id === answer.conversation_id && Number(found.seq) === answer.seq, `${message}: ${JSON.stringify(answer)}`);
	}
	t.diagnostic(`${conversations.length} conversations, ${messages.length} messages, ${between.calls.length} requests to DynamoDB, ${tasks.reduce((sum, { lives }) => sum + lives, 0) - 2} kills`);
	for (const [words, times] of breaking.words)
		t.diagnostic(`${times} times: ${words}`);
});
