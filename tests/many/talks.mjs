// talks.mjs - customers who talk with support whatever happens to it, models that answer by the dice, and whether it all adds up in the end.
import assert from 'node:assert/strict';
import { startModels } from '../models/double.mjs';
import { pause } from '../e2e/support.mjs';
import { keyLines, World } from '../e2e/support_world.mjs';

const CUSTOMERS = 20, NAMES = ['first', 'second', 'third'];
const PATIENCE_MS = 240000;             // several leases, and pauses
const name = talk => `c${talk % CUSTOMERS}`, customer = who => `C-${who}`;

// ---- Models ----

// Each answer has the number of its request in its words, and tokens of its own: so what is written down says what it is made of.
export class Models {
	static async start(rolls) {
		const models = new Models();
		Object.assign(models, { rolls, requests: [null], double: await startModels() });
		for (const each of NAMES)
			models.double.script(each, body => models.#answer(body));
		return models;
	}

	get settings() {
		return { MODELS: NAMES.map(each => `openai:${each}`).join(), OPENAI_URL: this.double.openai };
	}

	#pieces(count, least, most) {
		return Array.from({ length: count }, (_, i) => [this.rolls.between(least, most), `word ${i} `]).flat();
	}

	#answer(body) {
		const { rolls } = this, number = this.requests.length, kind = rolls.next();
		const usage = [1 + Math.floor(rolls.between(0, 1000)), 1 + Math.floor(rolls.between(0, 100)), 0];
		const users = body.messages.filter(({ role }) => role === 'user').map(({ content }) => content).join('\n');
		const request = { usage, told: new Set(users.match(/\bm\d+-\d+\b/g)) };
		this.requests.push(request);
		const use = (tool, input) => [`#${number} I look. `, { tool: { id: `t${number}`, name: tool, input } }, { usage }];
		if (kind < 0.04)
			return { status: 429, headers: { 'retry-after': '1' }, body: { error: { message: 'slow down', code: 'rate_limit_exceeded' } } };
		if (kind < 0.07)
			return { status: 503, body: { error: { message: 'not now', code: 'server_error' } } };
		if (kind < 0.10)
			return [rolls.between(0, 100), { cut: true }];
		if (kind < 0.17) {
			request.cut = true;
			return [`#${number} `, ...this.#pieces(3, 50, 400), { cut: true }];
		}
		if (kind < 0.24 && body.tool_choice !== 'none')
			return kind < 0.18 ? use('ask_a_person', { reason: 'the dice said so' }) : use('find_product', { words: `kettle ${number}` });
		// Some say nothing for longer than whoever repeats a message waits.
		const late = kind < 0.27 ? 4000 : 0, slow = kind < 0.42;
		return [late, `#${number} `, ...slow ? this.#pieces(6, 100, 500) : this.#pieces(2, 1, 60), { usage }];
	}

	stop() {
		return this.double.stop();
	}
}

// ---- Customers ----

export class Talks {
	constructor(servers, rolls) {
		Object.assign(this, { servers, rolls, told: [], calls: 0, left: 0, cut: 0, failed: new Map(), world: new World() });
		this.until = Date.now() + PATIENCE_MS;
	}

	static get keys() {
		return keyLines(Object.fromEntries(Array.from({ length: CUSTOMERS }, (_, i) => name(i)).map(who =>
			[who, `support:chat,customer=${customer(who)}`])));
	}

	// One message until it is answered: the same key again, some time later, somewhere.
	async #say(talk, args) {
		const { rolls } = this;
		for (let last; ; await pause(rolls.between(10, 200))) {
			assert.ok(Date.now() < this.until, `${args.message} was never answered, at last: ${last}`);
			const leaves = rolls.next() < 0.15 ? Math.floor(rolls.between(1, 4)) : Infinity;
			const era = rolls.next() < 0.2 ? '2025-11-25' : '2026-07-28';
			this.calls++;
			try {
				const { result } = await this.world.follow(name(talk), args,
					{ era, server: rolls.pick(this.servers), until: leaves < Infinity ? told => told.length >= leaves : undefined });
				if (result && !result.isError)
					return { ...result.structuredContent, message: args.message, talk };
				last = result?.content[0].text.replaceAll(/CNV-\w+/g, 'CNV') ?? 'left';
				this.left += !result;
				if (result)
					this.failed.set(last, (this.failed.get(last) ?? 0) + 1);
			} catch (error) {
				this.cut++;
				last = error.message;                           // killed while it was called, or not up yet
			}
		}
	}

	// A conversation: what a customer says one after the other, and some of it at once. Some say the same twice at once.
	async talk(talk, count) {
		const { rolls } = this;
		let conversation, number = 0, behind = 0;
		while (number < count) {
			const burst = number === 0 || rolls.next() < 0.5 ? 1 : Math.min(count - number, 2 + Math.floor(rolls.between(0, 2)));
			const said = await Promise.all(Array.from({ length: burst }, () => number++).flatMap(i => {
				const args = { message: `m${talk}-${i} hello`, idempotency_key: `k${talk}-${i}`, ...conversation && { conversation_id: conversation } };
				return Array.from({ length: rolls.next() < 0.15 ? 2 : 1 }, () => this.#say(talk, args));
			}));
			conversation ??= said[0].conversation_id;
			for (const each of said)
				assert.ok(each.conversation_id === conversation && each.seq > behind, JSON.stringify({ conversation, behind, each }));
			behind = Math.max(...said.map(({ seq }) => seq));
			this.told.push(...said);
		}
	}
}

// ---- All of it ----

const numbersIn = text => [...(text ?? '').matchAll(/#(\d+) /g)].map(([, number]) => Number(number));

// What was written down, against itself and what was sent.
function checkConversation(conversation, messages, models) {
	const where = `${conversation.id}: ${JSON.stringify(messages)}`;
	const [ofCustomer, answers] = ['customer', 'model'].map(role => messages.filter(message => message.role === role));
	assert.deepEqual(messages.map(({ seq }) => Number(seq)), messages.map((_, i) => i + 1), where);
	assert.equal(conversation.messages, messages.length, where);
	assert.ok(messages.every(({ at }, i) => i === 0 || at >= messages[i - 1].at), `not in order, ${where}`);
	assert.deepEqual([conversation.turn_seq, conversation.turn_owner, conversation.turn_until, conversation.turn_asks].map(Number), [0, 0, 0, 0], where);
	assert.deepEqual([conversation.turn_text, conversation.turn_steps], [null, null], where);
	for (const [i, answer] of answers.entries()) {
		const to = Number(answer.answers);
		assert.ok(to < answer.seq && messages[to - 1].role === 'customer' && (i === 0 || to > answers[i - 1].answers), `an answer too many, ${where}`);
		// It is what was sent of the last request, and counts the tokens of all of them.
		const last = numbersIn(answer.text).at(-1), steps = JSON.parse(answer.steps ?? '[]');
		const requests = [...steps.filter(({ role }) => role === 'assistant').flatMap(({ blocks }) => blocks.flatMap(({ text }) => numbersIn(text))), last];
		const sum = at => requests.reduce((all, number) => all + (models.requests[number].cut ? 0 : models.requests[number].usage[at]), 0);
		assert.deepEqual([answer.tokens_in, answer.tokens_out].map(Number), [sum(0), sum(1)], `tokens of ${answer.seq}, ${where}`);
		assert.equal(Boolean(answer.cut), Boolean(models.requests[last].cut), `cut, of ${answer.seq}, ${where}`);
		// It was told all up to what it answers, and nothing of later.
		assert.deepEqual([...models.requests[last].told].toSorted(), ofCustomer.filter(({ seq }) => seq <= to).map(({ text }) => text.split(' ')[0]).toSorted(),
			`what was told for ${answer.seq}, ${where}`);
	}
	if (conversation.status === 'waiting') {
		assert.ok(conversation.reason && messages.some(({ role }) => role === 'note'), where);
	} else {
		assert.equal(conversation.status, 'open', where);
		assert.equal(conversation.answered, conversation.messages, where);
		assert.ok(ofCustomer.every(({ seq }) => answers.some(answer => answer.answers >= seq)), `unanswered, ${where}`);
	}
}

function checkTold(each, conversation, messages) {
	const words = JSON.stringify({ each, messages }), said = messages[each.seq - 1];
	assert.equal(said.text, each.message, words);
	if (each.by === 'nobody') {
		assert.equal(conversation.status, 'waiting', words);
		return;
	}
	const answer = messages.find(({ seq, answers }) => seq > each.seq && Number(answers) >= each.seq);
	assert.deepEqual([each.answers, each.reply, each.tokens_in, each.tokens_out, each.model],
		[Number(answer.seq), answer.text, Number(answer.tokens_in), Number(answer.tokens_out), answer.author], words);
}

// `rows`: of a statement. How many conversations wait for a person.
export async function checkTalks(rows, talks, models, sent) {
	const conversations = await rows('select * from conversation order by id'), of = new Map(conversations.map(each => [each.id, []]));
	for (const message of await rows('select * from message order by conversation_id, seq'))
		of.get(message.conversation_id).push(message);
	const texts = [...of.values()].flat().filter(({ role }) => role === 'customer').map(({ text, author }) => `${author} ${text}`).toSorted();
	assert.deepEqual(texts, sent.map(([talk, i]) => `${customer(name(talk))} m${talk}-${i} hello`).toSorted(), 'not each message once');
	for (const conversation of conversations)
		checkConversation(conversation, of.get(conversation.id), models);
	for (const each of talks.told)
		checkTold(each, conversations.find(({ id }) => id === each.conversation_id), of.get(each.conversation_id));
	return { waiting: conversations.filter(({ status }) => status === 'waiting'), conversations, messages: [...of.values()].flat() };
}
