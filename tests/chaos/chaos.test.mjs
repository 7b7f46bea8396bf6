// chaos.test.mjs - many clients do what they like to the real servers, and so does their surrounding;
// afterwards the servers must end in order and the books must add up.
//
//     ./dev chaos [SECONDS] [--seed N]
//
// BUILD and DATABASE choose the servers as for the end-to-end tests. What is done is drawn from a seed,
// which is printed: CHAOS_SEED repeats the decisions, though not the order in which things happen. To
// narrow down what was found: CHAOS_WITHOUT (rows of actions.mjs), CHAOS_SETTINGS, CHAOS_ACTORS.
import assert from 'node:assert/strict';
import test from 'node:test';
import { pause } from '../e2e/support.mjs';
import { compare, settle } from './books.mjs';
import { Dice } from './dice.mjs';
import { Knowledge } from './knowledge.mjs';
import { act } from './manners.mjs';
import { Shop } from './shop.mjs';
import { Tally } from './tally.mjs';

const seconds = Number(process.env.CHAOS_SECONDS ?? 10);
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1000000);
const actors = Number(process.env.CHAOS_ACTORS ?? 40);
const REQUESTS_MAX = 5000 * seconds, DEATHS_MAX = 20;
const STOP_MAX = 6000;                  // of SHUTDOWN_TIMEOUT's 10 s: nothing was cut at the bound

const say = words => console.log(words);
const repeat = `again: BUILD=${process.env.BUILD ?? 'dev'} DATABASE=${process.env.DATABASE ?? 'sqlite'
	} CHAOS_SEED=${seed} CHAOS_SECONDS=${seconds}`;

const summary = text => /^SUMMARY: .*$/m.exec(text)?.[0] ?? /^.*runtime error:.*$/m.exec(text)?.[0] ??
	text.replace(/^\{"time".*\n/gm, '').slice(-300);

// Each kind of report once, the first of its kind whole.
function reports(servers) {
	const seen = new Map();
	for (const { name, log } of servers)
		for (const part of log.replace(/^\{"time".*\n/gm, '').split(/^={10,}\n/m)
			.filter(each => /Sanitizer|runtime error:/.test(each))) {
			const kind = summary(part), known = seen.get(kind);
			seen.set(kind, { name, part: known?.part ?? part, count: (known?.count ?? 0) + 1 });
		}
	return [...seen.values()].map(({ name, part, count }) => `${name}, ${count} times:\n${part.slice(0, 6000)}`);
}

function report(shop, tally, began) {
	const spent = ((Date.now() - began) / 1000).toFixed(1);
	say(`${tally.count('requests')} requests, ${tally.count('statuses')} answers in ${spent} s\n${tally}`);
	if (shop.counters_)
		say(`  the servers counted: ${[...shop.counters_].filter(([name, value]) => value &&
			/limit|outcome|overflowed|resumed|evicted|gone|slow|refused|questions|moved|tasks|placed/.test(name))
			.map(([name, value]) => `${name.replace(/^mcp_|_total/g, '')} ${value}`).join(', ')}`);
}

async function rage(shop, tally, began) {
	const until = began + seconds * 1000;
	const isOver = () => Date.now() > until || shop.dead.length > DEATHS_MAX || tally.count('requests') > REQUESTS_MAX;
	const clients = Array.from({ length: actors }, (_, i) => act(new Dice(seed * 1000 + i), shop, isOver));
	const trouble = shop.disturb(new Dice(seed * 1000 + 999), isOver);
	const progress = setInterval(() => {
		shop.forgetLog();
		say(`${((Date.now() - began) / 1000).toFixed(0)} s: ${tally.count('requests')} requests, ${
			tally.count('statuses')} answers, ${shop.knowledge.placed.size} orders placed`);
	}, 5000);
	try {
		return (await Promise.all([...clients, trouble, shop.supervise(isOver)])).slice(0, actors);
	} finally {
		clearInterval(progress);
	}
}

test(`chaos for ${seconds} s, seed ${seed}`, { timeout: (seconds + 120) * 1000 }, async () => {
	const tally = new Tally(), knowledge = new Knowledge(tally), d = new Dice(seed);
	const shop = await Shop.open(d, knowledge), began = Date.now(), wrong = [];
	say(`${repeat}\n${Object.entries(shop.settings).map(pair => pair.join('=')).join(' ')}`);
	const clients = await rage(shop, tally, began);
	const attempt = async (what, work) => {
		try {
			return await work();
		} catch (error) {
			wrong.push(`${what}: ${error.message.replace(/^\{"time".*\n/gm, '').slice(0, 600)}`);
		}
	};
	for (const { name, how, after, log, start } of shop.dead)
		wrong.push(start ?? `${name} died after ${after} s: status ${how.status}, signal ${how.signal}, ${summary(log)}`);
	if (!shop.broken)
		shop.counters_ = await attempt('metrics', () => shop.counters());
	report(shop, tally, began);
	// Some clients are still there when the servers end.
	for (const client of clients)
		if (d.chance(0.7))
			client.leave();
	await pause(50);
	const late = setTimeout(() => say(`  not stopped yet: ${shop.servers.filter(({ child }) =>
		child.exitCode === null).map(({ name, port }) => `${name} ${port}`)}\n    ${clients.flatMap(client => client.unfinished).join('\n    ')}`), STOP_MAX);
	const servers = [...shop.dead, ...shop.servers], times = await attempt('stop', () => shop.stop());
	clearTimeout(late);
	clients.forEach(client => client.leave());
	if (times) {
		times.forEach((ms, i) => ms <= STOP_MAX || wrong.push(`${servers[shop.dead.length + i].name} took ${
			ms} ms to stop:\n${servers[shop.dead.length + i].log.split('\n').slice(-12).join('\n')}`));
		say(`  stopped within ${times.join(', ')} ms`);
		wrong.push(...await attempt('settling', () => settle(shop)) ?? []);
		servers.push(...shop.servers);
		await attempt('second stop', () => shop.stop());
		const { wrong: sums, ...counts } = await compare(shop);
		say(`  books: ${Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', ')}`);
		wrong.push(...sums);
		wrong.push(...knowledge.wrong);
	}
	for (const each of reports(servers))
		say(each);
	assert.ok(wrong.length === 0, `${repeat}\n${wrong.slice(0, 20).join('\n')}`);
});
