// tours.mjs - what a tour is: a small program in its client's own language that takes these steps with
// both servers, and tells what it saw. A tour judges nothing; that is done here.
//
// It finds in its environment: MODE (how its client is to speak, where there is a choice); the URLs
// PRODUCTS, ORDERS and KEYED, which is products with keys; KEY, with which four tools may be read, and
// WRONG_KEY; the orders FOLLOW, ASK, GIVE_UP and RESUME. It prints a line of JSON for each
//
//     {"step": NAME, "seen": {...}}         that it took
//     {"step": NAME, "failed": "words"}     that ended in an error
//     {"step": NAME, "cannot": "why"}       that its client has nothing for
//     {"progress": ORDER}                   progress of track_order: this moves the order on, or for
//                                           RESUME cuts the connection and moves it to its end
//     {"subscribed": true}                  from now on KIT-0006 changes, until "changes" was seen
//     {"restart": true}                     products is stopped and started; a line on stdin says when
//
// and ends by itself. Each of its steps takes 10 seconds at most.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Between } from '../e2e/raw.mjs';
import {
	ask, databaseUrl, eventually, exchange, keyLines, keys, orderOf, pause, root, start, stateless,
	temporary,
} from '../e2e/support.mjs';

const statuses = ['paid', 'packed', 'shipped', 'delivered'];
const sorted = names => JSON.stringify([...names ?? []].sort());

// Each step by name, in the order of the table: whether what was seen is right.
export const steps = {
	connect: seen => seen.server === 'products' && /^20\d\d-\d\d-\d\d$/.test(seen.revision),
	lists: (seen, stage) => ['tools', 'resources', 'templates', 'prompts']
		.every(kind => sorted(seen[kind]) === sorted(stage.offered[kind])),
	call: seen => seen.name === 'Beech Butter Knife' && seen.price?.amount === 425,
	error: seen => seen.error === true && /NO-SUCH/.test(seen.words),
	read: seen => JSON.parse(seen.text).name === 'Beech Butter Knife',
	prompt: seen => /KIT-0001/.test(seen.text) && /KIT-0002/.test(seen.text),
	complete: seen => seen.values?.includes('KIT-0003'),
	progress: seen => sorted(seen.steps) === '[1,2,3,4,5]' && seen.status === 'delivered',
	question: (seen, stage) => seen.asked?.includes(stage.environment.ASK) && seen.status === 'cancelled',
	cancel: (seen, stage) => seen.gave_up === true && stage.cancelled(),
	changes: seen => seen.uri === 'product://KIT-0006',
	refused: seen => /(key|it) is not known/.test(seen.words),
	key: (seen, stage) => sorted(seen.tools) === sorted(stage.readable),
	restart: seen => seen.name === 'Beech Butter Knife',
	resume: seen => sorted(seen.steps) === '[1,2,3,4,5]' && seen.status === 'delivered',
};

// ---- The servers that a tour visits, its own ----

async function names(server, method, kind, name) {
	const answer = await exchange(server, stateless(method, {},
		{ headers: { Authorization: `Bearer ${keys.staff}` } }));
	return answer.json.result[kind].map(each => each[name]);
}

class Stage {
	moved = new Map();              // by order: how often progress was told

	// `balancer`: what a tour's requests go through, of tests/many.
	static async set(balancer) {
		const stage = new Stage();
		// Pages of four: whoever sees everything has followed cursors.
		stage.settings = { PAGE_SIZE: '4' };
		stage.products = await start('products', stage.settings);
		stage.shop = await new Between(stage.products.port).start();
		stage.orders = await start('orders', { PRODUCTS_URL: stage.shop.url, RETRY: '100ms' });
		stage.book = await new Between(stage.orders.port).start();
		stage.keyed = await start('products', { API_KEYS: keyLines });
		stage.balancer = await balancer?.start({ shop: [stage.shop], book: [stage.book], keyed: [stage.keyed] });
		stage.offered = {
			tools: await names(stage.keyed, 'tools/list', 'tools', 'name'),
			resources: await names(stage.keyed, 'resources/list', 'resources', 'uri'),
			templates: await names(stage.keyed, 'resources/templates/list', 'resourceTemplates', 'uriTemplate'),
			prompts: await names(stage.keyed, 'prompts/list', 'prompts', 'name'),
		};
		stage.readable = ['search_products', 'get_product', 'list_categories', 'check_stock'];
		const url = name => balancer ? `http://127.0.0.1:${balancer.http[name]}/mcp` : stage[name].url;
		stage.environment = {
			PRODUCTS: url('shop'), ORDERS: url('book'), KEYED: url('keyed'),
			KEY: keys.reader, WRONG_KEY: 'mcp_a-key-that-nobody-knows',
		};
		for (const order of ['FOLLOW', 'ASK', 'GIVE_UP', 'RESUME'])
			stage.environment[order] = (await ask(stage.orders, 'create_order',
				orderOf({ 'KIT-0003': 1 }, `tour-${order}`))).id;
		return stage;
	}

	// What a tour tells of progress is answered by more of it.
	async progress(order) {
		const past = this.moved.get(order) ?? 0;
		this.moved.set(order, past + 1);
		if (order === this.environment.FOLLOW && past < statuses.length)
			await this.move(order, statuses[past]);
		if (order !== this.environment.RESUME || past > 0)
			return;
		this.book.cut();
		for (const status of statuses)
			await this.move(order, status);
	}

	move(id, status) {
		return ask(this.orders, 'update_order_status', { id, status });
	}

	// Whether the server, too, gave up the call that its client gave up; it is told soon.
	async cancelled() {
		const pattern = /"track_order"[^\n]*"cancelled"/;
		for (const until = Date.now() + 5000; !pattern.test(this.orders.log) && Date.now() < until;)
			await pause(20);
		return pattern.test(this.orders.log);
	}

	// Nothing says when a client's own stream is open, so there is a change until one was told.
	async change(over) {
		while (!over()) {
			await ask(this.products, 'update_product', { sku: 'KIT-0006', stock_change: 1 });
			await pause(200);
		}
	}

	// The same database at the same address, with the sessions. Whoever stands before it has seen it go
	// as well as come, else a balancer may still find out that it went when the client calls.
	async restart() {
		const { folder } = this.products, { port } = new URL(this.environment.PRODUCTS);
		const serves = () => exchange({ port }, { method: 'GET', path: '/readyz' })
			.then(({ status }) => status === 200, () => false);
		await this.products.stop();
		await eventually(async () => !await serves(), 'it still serves', 10000);
		this.products = await start('products', { ...this.settings,
			DATABASE_URL: await databaseUrl('products', folder) }, { folder });
		this.shop.to = this.products.port;
		await eventually(serves, 'it does not serve again', 10000);
	}

	async strike() {
		await this.balancer?.stop();
		this.book.stop();
		this.shop.stop();
		for (const server of [this.orders, this.products, this.keyed])
			await server.stop();
	}
}

// ---- The tour ----

// What a line of it brings about.
async function hear(line, stage, child, results) {
	if (line.progress)
		await stage.progress(line.progress);
	else if (line.subscribed)
		await stage.change(() => results.changes || child.exitCode !== null || child.signalCode !== null);
	else if (line.restart) {
		await stage.restart();
		child.stdin.write('\n');
	} else
		results[line.step] = await judge(line, stage);
}

// 'yes', 'no' or '–', and why.
async function judge({ step, seen, failed, cannot }, stage) {
	if (cannot)
		return { can: '–', why: cannot };
	if (failed)
		return { can: 'no', why: failed };
	const right = await (async () => steps[step](seen ?? {}, stage))().catch(() => false);
	return { can: right ? 'yes' : 'no', why: JSON.stringify(seen), seen };
}

// Runs a tour's command: its exit status, what it said on stderr, and its results by step.
export async function tour([command, ...args], environment, balancer) {
	const stage = await Stage.set(balancer);
	const results = {}, work = [];
	const child = spawn(command, args, {
		cwd: temporary(), stdio: 'pipe',
		env: { PATH: process.env.PATH, HOME: temporary(), ...environment, ...stage.environment },
	});
	const limit = setTimeout(() => child.kill('SIGKILL'), 120000);
	let said = '', rest = '';
	child.stdin.on('error', () => {});
	child.stderr.setEncoding('utf8').on('data', text => { said += text; });
	child.stdout.setEncoding('utf8').on('data', text => {
		const lines = (rest + text).split('\n');
		rest = lines.pop();
		for (const line of lines.filter(each => each.startsWith('{'))) {
			const heard = hear(JSON.parse(line), stage, child, results);
			heard.catch(() => {});          // told below
			work.push(heard);
		}
	});
	try {
		const status = await new Promise((resolve, reject) => {
			child.on('error', reject);
			child.on('close', resolve);
		});
		await Promise.all(work);
		return { status, said, results };
	} finally {
		clearTimeout(limit);
		await stage.strike();
	}
}
