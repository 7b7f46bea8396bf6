// manners.mjs - how a client behaves: a function for each manner of actions.mjs. None takes longer
// than about a second, whatever the server does.
import { pause } from '../e2e/support.mjs';
import { MANNERS, SHAPES } from './actions.mjs';
import { Client, bytesOf } from './client.mjs';
import { cancelOf, compose } from './compose.mjs';

const STREAMS_KEPT = 3;                 // of one actor: open while it does other things
const within = (promise, ms) => Promise.race([promise, pause(ms)]);

class Actor {
	constructor(d, shop) {
		Object.assign(this, { d, shop, knowledge: shop.knowledge, lines: new Map(), kept: [] });
	}

	// A connection of its own, to any process of the program.
	connect(program) {
		return new Client(this.d.pick(this.shop.ports(program)), this.knowledge);
	}

	// One that can be used again, or a new one.
	line(program) {
		const fresh = this.d.chance(0.1), there = this.lines.get(program);
		if (there?.idle && !fresh)
			return there;
		there?.idle && there.leave();
		this.lines.set(program, this.connect(program));
		return this.lines.get(program);
	}

	// A stream goes on in the background, until it is one of too many.
	keep(line) {
		this.kept.push(line);
		if (this.kept.length > STREAMS_KEPT)
			this.kept.splice(this.d.below(STREAMS_KEPT), 1)[0].leave();
	}

	get all() {
		return [...this.lines.values(), ...this.kept];
	}

	get unfinished() {
		return this.all.map(line => line.unfinished).filter(Boolean);
	}

	leave() {
		for (const line of this.all)
			line.leave();
	}
}

async function ask(actor, line, request, ms = 400) {
	const part = await within(line.ask(request), ms);
	if (part?.streams)
		actor.keep(line);
	else if (!part)
		line.leave();
}

const manners = {
	waits: (actor, request) => ask(actor, actor.line(request.program), request),

	async pipelines(actor, request) {
		const { d } = actor, line = actor.line(request.program), answers = [line.ask(request)];
		for (let n = d.between(1, 7); n > 0; n--)
			answers.push(line.ask(compose(d, actor.knowledge, request.program)));
		if (d.chance(0.3))
			line.leave();
		await within(Promise.all(answers), 500);
		if (!line.idle)
			actor.keep(line);
	},

	// From another connection, or behind it on the same; again and again where there are many.
	async cancels(actor, request) {
		const { d } = actor;
		if (!request.ids?.length || !request.session)
			return manners.waits(actor, request);
		const line = actor.line(request.program), answer = line.ask(request);
		const other = d.chance(0.85) ? actor.connect(request.program) : line;
		if (d.chance(0.6))
			await pause(d.below(15));
		for (const id of request.ids)
			if (d.chance(0.8))
				other.ask(cancelOf(d, request, id));
		actor.knowledge.tally.add('kinds', 'cancel');
		const part = await within(answer, 300);
		if (part?.streams)
			actor.keep(line);
		if (other !== line)
			other.leave();
	},

	async leaves(actor, request) {
		const line = actor.connect(request.program), { d } = actor;
		line.ask(request);
		await pause(d.pick([0, 1, 3, 10, 40]));
		line.leave();
	},

	async halfCloses(actor, request) {
		const line = actor.connect(request.program);
		const answer = line.ask(request);
		line.socket.end();
		await within(answer, 300);
		line.leave();
	},

	async cuts(actor, request) {
		const line = actor.connect(request.program), { head, body } = bytesOf(request, line.port);
		const all = Buffer.concat([head, body]);
		line.write(all.subarray(0, actor.d.below(all.length)));
		await pause(actor.d.pick([0, 5, 30]));
		if (actor.d.chance(0.5))
			line.socket.end();
		else
			line.leave();
	},

	async inPieces(actor, request) {
		const line = actor.connect(request.program), { d } = actor;
		const { head, body } = bytesOf(request, line.port), all = Buffer.concat([head, body]);
		const answer = line.expect(request);
		for (let at = 0, n = d.between(2, 6); n > 0; n--) {
			const end = n === 1 ? all.length : at + d.below(all.length - at);
			line.write(all.subarray(at, end));
			at = end;
			await pause(d.below(12));
		}
		await within(answer, 300);
		actor.keep(line);
	},

	// Asks for much and takes nothing.
	async neverReads(actor, request) {
		const line = actor.connect(request.program), { d } = actor;
		line.socket.pause();
		line.ask(request);
		for (let n = d.between(2, 30); n > 0; n--)
			line.ask(compose(d, actor.knowledge, request.program));
		await pause(d.between(50, 600));
		if (d.chance(0.3))
			line.socket.resume();
		actor.keep(line);
	},

	async stalls(actor, request) {
		const line = actor.connect(request.program), { head, body } = bytesOf(request, line.port);
		line.write(head);
		line.write(body.subarray(0, body.length / 2));
		await pause(actor.d.between(20, 100));
		actor.keep(line);
	},

	async twice(actor, request) {
		await Promise.all([0, 1].map(() => ask(actor, actor.connect(request.program), request)));
	},
};

async function step(actor) {
	const { d, knowledge } = actor, program = d.chance(0.62) ? 'orders' : 'products';
	const request = compose(d, knowledge, program, d.weighted(SHAPES)[1]), [, manner] = d.weighted(MANNERS);
	knowledge.tally.add('manners', manner);
	await manners[manner](actor, request);
}

// Acts until it is over: one request after the other, each in some manner.
export async function act(d, shop, isOver) {
	const actor = new Actor(d, shop);
	while (!isOver()) {
		while (shop.broken && !isOver())
			await pause(20);
		await step(actor).catch(error => shop.knowledge.complain(`a client: ${error.stack}`));
		await pause(0);
	}
	return actor;
}
