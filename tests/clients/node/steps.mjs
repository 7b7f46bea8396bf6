// steps.mjs - the steps of a tour, for clients on Node. What they mean: tests/clients/tours.mjs.
//
// A client is an object that connect(url, key) gives, with methods that give what they saw: known,
// tools, lists, call(tool, args, { signal, onprogress }), fail, read, prompt, complete, changes, close. call()
// gives the structured content of a call that must succeed, and calls onprogress(progress) meanwhile.
// `asked` has the questions that were answered. What a client has nothing for throws Cannot.
import { createInterface } from 'node:readline';

export const changing = 'product://KIT-0006';

export class Cannot extends Error {}

export const say = line => process.stdout.write(`${JSON.stringify(line)}\n`);

// All that an error says, and what caused it.
export function words(error) {
	const said = `${error?.name}: ${error?.message ?? error}`;
	return error?.cause ? `${said}; ${words(error.cause)}` : said;
}

const within = (seconds, promise) => {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

async function step(name, run) {
	try {
		say({ step: name, seen: await within(10, run()) });
	} catch (error) {
		say(error instanceof Cannot ? { step: name, cannot: error.message }
			: { step: name, failed: words(error) });
	}
}

// ---- Steps that take more than one call ----

const product = shop => shop.call('get_product', { sku: 'KIT-0003' }, {});

const following = (book, order, options) =>
	book.call('track_order', { id: order, follow: true, wait_seconds: 30 }, options);

async function follow(book, order) {
	const steps = [];
	const { status } = await following(book, order, { onprogress: progress => {
		steps.push(progress);
		say({ progress: order });
	} });
	return { steps, status };
}

async function giveUp(book) {
	const controller = new AbortController();
	const call = following(book, process.env.GIVE_UP,
		{ signal: controller.signal, onprogress: () => controller.abort() });
	try {
		await call;
		return { gave_up: false };
	} catch (error) {
		if (error instanceof Cannot)
			throw error;
		return { gave_up: controller.signal.aborted };
	}
}

async function question(book) {
	const { status } = await book.call('cancel_order', { id: process.env.ASK }, {});
	return { asked: book.asked[0], status };
}

// The second call after it must arrive.
async function restart(shop) {
	say({ restart: true });
	const lines = createInterface({ input: process.stdin });
	await new Promise(resolve => { lines.once('line', resolve); });
	lines.close();
	await within(3, product(shop)).catch(() => {});
	return await product(shop);
}

async function refused(connect) {
	try {
		const shop = await connect(process.env.KEYED, process.env.WRONG_KEY);
		return { tools: await shop.tools() };
	} catch (error) {
		return { words: words(error) };
	}
}

async function withKey(connect) {
	const shop = await connect(process.env.KEYED, process.env.KEY);
	const tools = await shop.tools();
	await shop.close();
	return { tools };
}

// Takes all of them, and ends the process.
export async function take(connect) {
	const { PRODUCTS, ORDERS, FOLLOW, RESUME } = process.env;
	const shop = await connect(PRODUCTS), book = await connect(ORDERS);
	await step('connect', () => shop.known());
	await step('lists', () => shop.lists());
	await step('call', () => product(shop));
	await step('error', () => shop.fail());
	await step('read', () => shop.read());
	await step('prompt', () => shop.prompt());
	await step('complete', () => shop.complete());
	await step('progress', () => follow(book, FOLLOW));
	await step('question', () => question(book));
	await step('cancel', () => giveUp(book));
	await step('changes', () => shop.changes());
	await step('refused', () => refused(connect));
	await step('key', () => withKey(connect));
	await step('restart', () => restart(shop));
	await step('resume', () => follow(book, RESUME));
	process.exit(0);
}
