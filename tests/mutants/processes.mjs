// processes.mjs - programs that the mutants need: run to their end, or ended after a while with all that they started.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const atOnce = availableParallelism();
// In memory, and gone with this process.
export const scratch = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `mutants-${process.pid}`);

const running = new Set();

mkdirSync(scratch);
process.on('exit', () => {
	for (const child of running)
		end(child, 'SIGKILL');
	rmSync(scratch, { recursive: true, force: true });
});
process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));

export function run(command, words, options = {}) {
	const done = spawnSync(command, words, { cwd: root, encoding: 'utf8', ...options });
	if (done.status !== 0)
		throw new Error(`${command} ${words.join(' ')}:\n${done.stdout}${done.stderr}`);
	return done.stdout;
}

function end(child, signal) {
	try {
		process.kill(-child.pid, signal);
	} catch {
		// It has just ended.
	}
}

// Whether it ends with 0 in that time. `fails`: what it says on stdout when it need not go on.
export function execute(command, words, options, ms, fails) {
	return new Promise(done => {
		const child = spawn(command, words, { stdio: ['ignore', fails ? 'pipe' : 'ignore', 'ignore'], detached: true, ...options });
		const limit = setTimeout(() => end(child, 'SIGKILL'), ms);
		let failed = false, hurry;
		running.add(child);
		child.stdout?.setEncoding('utf8').on('data', text => {
			if (failed || !fails.test(text))
				return;
			failed = true;
			// It tidies up behind itself, and is not waited for long.
			end(child, 'SIGTERM');
			hurry = setTimeout(() => end(child, 'SIGKILL'), 3000);
		});
		// What it left behind may still tidy up.
		child.on('exit', () => setTimeout(() => end(child, 'SIGKILL'), 3000).unref());
		child.on('close', status => {
			running.delete(child);
			clearTimeout(limit);
			clearTimeout(hurry);
			done(status === 0 && !failed);
		});
	});
}

export const shell = (command, cwd, ms = 60000) => execute('sh', ['-c', command], { cwd }, ms);
