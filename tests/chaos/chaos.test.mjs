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
const STOP_MAX = 25000;                 // of SHUTDOWN_TIMEOUT's 30 s: nothing was cut at the bound

// A run that did none of these did not do what it says.
const HAPPENS = [['batches', 'call'], ['streams', 'events'], ['kinds', 'cancel'], ['kinds', 'create_order']];

const say = words => console.log(words);
const repeat = `again: BUILD=${process.env.BUILD ?? 'dev'} DATABASE=${process.env.DATABASE ?? 'sqlite'
	} CHAOS_SEED=${seed} CHAOS_SECONDS=${seconds}`;

// ---- What is told ----

const withoutRequests = log => log.replace(/^\{"time".*\n/gm, '');
const summary = text => /^SUMMARY: .*$/m.exec(text)?.[0] ?? /^.*runtime error:.*$/m.exec(text)?.[0] ??
	withoutRequests(text).slice(-300);

// Each kind of report once, the first of its kind whole.
function reports(servers) {
	const seen = new Map();
	for (const { name, log } of servers)
		for (const part of withoutRequests(log).split(/^={10,}\n/m)) {
			if (!/Sanitizer|runtime error:/.test(part))
				continue;
			const kind = summary(part), known = seen.get(kind);
			seen.set(kind, { name, part: known?.part ?? part, count: (known?.count ?? 0) + 1 });
		}
	return [...seen.values()].map(({ name, part, count }) =>
		`${name}, ${count} times:\n${part.slice(0, 6000)}`);
}

const COUNTED = /limit|outcome|overflowed|resumed|evicted|gone|slow|refused|questions|moved|tasks|placed/;

function report(tally, counters, began) {
	const spent = ((Date.now() - began) / 1000).toFixed(1);
	say(`${tally.count('requests')} requests, ${tally.count('statuses')} answers in ${spent} s\n${tally}`);
	say(`  the servers counted: ${[...counters ?? []].filter(([name, value]) => value && COUNTED.test(name))
		.map(([name, value]) => `${name.replace(/^mcp_|_total/g, '')} ${value}`).join(', ')}`);
}

// ---- A run ----

async function rage(shop, tally, began) {
	const until = began + seconds * 1000;
	const isOver = () => Date.now() > until || shop.dead.length > DEATHS_MAX ||
		tally.count('requests') > REQUESTS_MAX;
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

// Some clients are still there when the servers end. What is wrong, in words.
async function end(shop, clients, d) {
	for (const client of clients)
		if (d.chance(0.7))
			client.leave();
	const late = setTimeout(() => say(`  not stopped yet: ${shop.alive.map(({ name, port }) => `${name} ${port}`)
		}\n    ${clients.flatMap(client => client.unfinished).join('\n    ')}`), STOP_MAX);
	const times = await shop.stop();
	clearTimeout(late);
	clients.forEach(client => client.leave());
	say(`  stopped within ${times.join(', ')} ms`);
	return shop.servers.flatMap(({ name, log }, i) => times[i] <= STOP_MAX ? [] :
		[`${name} took ${times[i]} ms to stop:\n${log.split('\n').slice(-12).join('\n')}`]);
}

// Started again, in quiet: the books must add up.
async function audit(shop) {
	const open = await settle(shop);
	await shop.stop();
	const { wrong, ...counts } = await compare(shop);
	say(`  books: ${Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', ')}`);
	return [...open, ...wrong];
}

const deaths = shop => shop.dead.map(({ name, how, after, log, start }) => start ??
	`${name} died after ${after} s: status ${how.status}, signal ${how.signal}, ${summary(log)}`);

test(`chaos for ${seconds} s, seed ${seed}`, { timeout: (seconds + 120) * 1000 }, async () => {
	const tally = new Tally(), knowledge = new Knowledge(tally), d = new Dice(seed);
	const shop = await Shop.open(d, knowledge), began = Date.now(), wrong = [];
	const attempt = async (what, work) => {
		try {
			wrong.push(...await work() ?? []);
		} catch (error) {
			wrong.push(`${what}: ${withoutRequests(error.message).slice(0, 600)}`);
		}
	};

	say(`${repeat}\n${Object.entries(shop.settings).map(pair => pair.join('=')).join(' ')}`);
	const clients = await rage(shop, tally, began), servers = [...shop.dead, ...shop.servers];
	wrong.push(...deaths(shop));
	report(tally, await shop.counters().catch(() => undefined), began);
	for (const [group, name] of HAPPENS)
		if (!tally.count(group, name))
			wrong.push(`there was no ${name} among ${group}`);
	await attempt('stop', () => end(shop, clients, d));
	if (!shop.alive.length) {
		await attempt('books', () => audit(shop));
		servers.push(...shop.servers);
	}
	wrong.push(...knowledge.wrong);
	for (const each of reports(servers))
		say(each);
	assert.ok(wrong.length === 0, `${repeat}\n${wrong.slice(0, 20).join('\n')}`);
});
