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

// A folder with programs of ours in front of those of the machine.
export function stage(script = {}) {
	const folder = temporary(), bin = join(folder, 'bin');
	mkdirSync(bin);
	symlinkSync(process.execPath, join(bin, 'node'));
	symlinkSync(join(root, 'tests/deploy/aws.mjs'), join(bin, 'aws'));
	writeFileSync(join(folder, 'script.json'), JSON.stringify(script));
	return {
		folder,
		get calls() {
			const path = join(folder, 'calls.jsonl');
			return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(line => JSON.parse(line)) : [];
		},
		asked(operation) {
			return this.calls.filter(call => call.operation === operation);
		},
		run(name, args, { env = {}, within = 60000 } = {}) {
			return execute(join(scripts, name), args, { within, env: {
				PATH: `${bin}:${process.env.PATH}`, HOME: folder, PLAY: folder,
				PAUSE_MS: '4', PAUSE_MOST_MS: '20', ...env,
			} });
		},
	};
}

export function execute(program, args, { env, cwd, within = 60000 } = {}) {
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
