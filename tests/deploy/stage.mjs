// stage.mjs - runs a deploy script with the stand-in for AWS, or with what else a test puts on its PATH.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const scripts = join(root, '.github/scripts');

// Where a program is that ./dev put into build/bin or that the machine has; undefined: it can't be had.
export const tool = name => [join(root, 'build/bin'), ...process.env.PATH.split(':')]
	.map(each => join(each, name)).find(existsSync);

const folders = [];
process.on('exit', () => folders.forEach(each => rmSync(each, { recursive: true, force: true })));
export function temporary() {
	folders.push(mkdtempSync(join(tmpdir(), 'mcp-deploy-')));
	return folders.at(-1);
}

// What the stand-in for the AWS CLI answers: for each operation ("ecs describe-services") a list, one a call, the last one again and
// again. {error: 'ThrottlingException', words: '…'} fails as the CLI does, {text: '…'} is printed as it is, anything else as JSON. In
// all of them "$NOW" is this moment. One with {until: 'ecs continue-service-deployment'} is given again until that was asked.
function write(script, folder) {
	mkdirSync(folder);
	for (const [operation, answers] of Object.entries(script)) {
		const at = join(folder, operation);
		mkdirSync(at);
		writeFileSync(join(at, 'next'), '0\n');
		answers.forEach(({ until, ...answer }, i) => {
			const { error, words = '', text = JSON.stringify(answer, null, 4) } = answer;
			writeFileSync(join(at, error ? `${i}.error` : `${i}.text`),
				error ? `(${error}) when calling the OPERATION operation: ${words}\n` : `${text}\n`);
			if (until)
				writeFileSync(join(at, `${i}.until`), `${until}\n`);
		});
	}
}

// What it was asked: the operation, all words, and the flags with their values.
function read(path) {
	const calls = [], all = existsSync(path) ? readFileSync(path, 'utf8').split('\0') : [];
	for (let at = 0; at + 1 < all.length;) {
		const [operation, count] = [all[at], Number(all[at + 1])], words = all.slice(at + 2, at + 2 + count), flags = {};
		for (let i = 0; i < count; i++)
			if (words[i].startsWith('--'))
				flags[words[i].slice(2)] = i + 1 < count && !words[i + 1].startsWith('--') ? words[++i] : true;
		calls.push({ operation, words, flags });
		at += 2 + count;
	}
	return calls;
}

// A folder with programs of ours in front of those of the machine.
export function stage(script = {}) {
	const folder = temporary(), bin = join(folder, 'bin');
	mkdirSync(bin);
	symlinkSync(process.execPath, join(bin, 'node'));
	symlinkSync(join(root, 'tests/deploy/aws'), join(bin, 'aws'));
	write(script, join(folder, 'aws'));
	return {
		folder,
		get calls() { return read(join(folder, 'calls')); },
		asked(operation) {
			return this.calls.filter(call => call.operation === operation);
		},
		run(name, args, { env = {}, within } = {}) {
			return execute(join(scripts, name), args, { within, env: {
				PATH: `${bin}:${process.env.PATH}`, HOME: folder, PLAY: folder,
				PAUSE_MS: '4', PAUSE_MOST_MS: '20', ...env,
			} });
		},
	};
}

// What hangs is killed before the test's own time is up; on a busy machine some take minutes.
export function execute(program, args, { env, cwd, within = 240000 } = {}) {
	return new Promise((resolve, reject) => {
		const began = Date.now();
		const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
		const timer = setTimeout(() => child.kill('SIGKILL'), within);
		let stdout = '', stderr = '';
		child.stdout.setEncoding('utf8').on('data', text => { stdout += text; });
		child.stderr.setEncoding('utf8').on('data', text => { stderr += text; });
		child.on('error', reject);
		child.on('close', (status, signal) => {
			clearTimeout(timer);
			resolve({ status, signal, stdout, stderr, all: stdout + stderr, ms: Date.now() - began });
		});
	});
}
