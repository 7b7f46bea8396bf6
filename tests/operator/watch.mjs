// watch.mjs - what can be seen of an accident: what each process says of itself and when, its log, its figures, the alarms, and what the
// blocks of the book print.
import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exchange, pause, program, temporary } from '../e2e/support.mjs';

// A shell as that of whoever reads the book: its variables and its function are there.
export function shell(text, env, folder) {
	return new Promise(resolve => {
		const child = spawn('bash', ['-uc', `log() { cat log; }\n${text}`], { cwd: folder, env: { ...process.env, LC_ALL: 'C', ...env } });
		let said = '';
		for (const stream of [child.stdout, child.stderr])
			stream.setEncoding('utf8').on('data', more => { said += more; });
		child.on('close', () => resolve(said));
	});
}

// A folder with what such a shell runs.
export function bench() {
	const folder = temporary();
	mkdirSync(join(folder, 'bin'));
	symlinkSync(program('products'), join(folder, 'bin/mcp-products'));
	return folder;
}

// What it says to anybody.
export const readiness = task => exchange(task, { method: 'GET', path: '/readyz' }).then(({ text }) => text.trim(), () => 'no answer');

export class Watch {
	static async begin(world, prometheus) {
		const watch = new this();
		Object.assign(watch, { world, prometheus, over: false, began: Date.now(), rang: new Map() });
		watch.tasks = await Promise.all(world.shopTasks.map(async task => ({
			task, logged: task.log.length, figures: await world.metrics(task), said: [] })));
		watch.loops = [...watch.tasks.map(each => watch.#ask(each)), watch.#listen()];
		return watch;
	}

	get seconds() {
		return (Date.now() - this.began) / 1000;
	}

	async #ask(each) {
		for (; !this.over; await pause(200)) {
			const words = await readiness(each.task);
			if (each.said.at(-1)?.words !== words)
				each.said.push({ words, at: this.seconds });
		}
	}

	// An alarm of this world alone, and when it was first heard.
	async #listen() {
		const jobs = Object.keys(this.world.targets);
		for (; !this.over && this.prometheus; await pause(500))
			for (const { alarm, job, page } of await this.prometheus.rings())
				if (jobs.includes(job) && !this.rang.has(alarm))
					this.rang.set(alarm, { at: this.seconds, page });
	}

	logOf(task) {
		return task.log.slice(this.tasks.find(each => each.task === task).logged);
	}

	// What the lines of the log say that are no information, each once.
	lines(name) {
		const texts = this.world[name].flatMap(task => this.logOf(task).split('\n')).filter(line => /"level":"(error|warning)"|not ready|ready again/.test(line))
			.map(line => /"message":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1]).filter(Boolean);
		return [...new Set(texts.map(text => text.replace(/\d+(\.\d+)?/g, 'N')))].map(text => text.slice(0, 120));
	}

	// The figures of a program's tasks that grew, by how much in all. A process that was started anew began with nothing.
	async grown(name) {
		const sums = new Map();
		for (const { task, figures } of this.tasks.filter(each => each.task.name === name && each.task.alive))
			for (const [figure, value] of await this.world.metrics(task).catch(() => [])) {
				const before = figures.get(figure) ?? 0, more = value - (value < before ? 0 : before);
				if (more > 0)
					sums.set(figure, (sums.get(figure) ?? 0) + more);
			}
		return sums;
	}

	async stop() {
		this.over = true;
		await Promise.all(this.loops);
	}
}

// What each block prints now, where it is about this program.
export async function printed(world, watch, name, texts, folder) {
	const [task] = world[name], said = [];
	writeFileSync(join(folder, 'log'), watch.logOf(task));
	for (const text of texts)
		if (name === 'products' || !/mcp-products/.test(text))
			said.push([text, await shell(text, { PATH: `${folder}/bin:${process.env.PATH}`, DATABASE_URL: world.urls.products,
				SERVER: `http://127.0.0.1:${task.port}`, METRICS: `http://127.0.0.1:${task.settings.METRICS_PORT}` }, folder)]);
	return said;
}

export const logOf = path => readFileSync(path, 'utf8');
