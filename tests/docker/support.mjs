// support.mjs - what the tests of images and stack have in common: commands, and Docker where it runs.
//
// ./dev test says where Docker is (DOCKER, DOCKER_HOST) and which images were built (IMAGE_TAG), or
// why there is none (WHY_NO_DOCKER).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { pause, root } from '../e2e/support.mjs';

const { DOCKER, IMAGE_TAG, WHY_NO_DOCKER } = process.env;

export const needsDocker = DOCKER && IMAGE_TAG ? {}
	: { skip: `Docker can't run here: ${WHY_NO_DOCKER ?? './dev test did not say where it is'}` };
export const listed = JSON.parse(readFileSync(join(root, 'services.json'), 'utf8'));
export const image = name => `mcp-${name}:${IMAGE_TAG}`;
export const unique = () => randomBytes(4).toString('hex');

// A command to its end, in the folder of the checkout.
export function command(program, args, { env = {}, input } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env } });
		const result = { stdout: '', stderr: '' };
		for (const stream of ['stdout', 'stderr'])
			child[stream].setEncoding('utf8').on('data', text => { result[stream] += text; });
		child.on('error', reject);
		child.on('close', status => resolve({ status, ...result }));
		child.stdin.on('error', () => {});
		child.stdin.end(input);
	});
}

// What a command that must end well prints.
export async function output(program, args, options) {
	const { status, stdout, stderr } = await command(program, args, options);
	assert.equal(status, 0, `${program} ${args.join(' ')}:\n${stdout}\n${stderr}`);
	return stdout.trim();
}

export const docker = (...args) => output(DOCKER, args);
export const tryDocker = (...args) => command(DOCKER, args);
export const inspect = async (what, format) => JSON.parse(await docker('inspect', '--format',
	`{{json ${format}}}`, what));

// Until it is true; what it last was tells why it never became so: text, or what gives it then.
export async function until(condition, what, within = 60000) {
	for (const end = Date.now() + within; ; await pause(100)) {
		const is = await condition();
		if (is)
			return is;
		if (Date.now() >= end)
			assert.fail(`not within ${within / 1000} s: ${typeof what === 'function' ? await what() : what}`);
	}
}

// ---- Containers that end with the test ----

const containers = [];
after(async () => {
	if (containers.length)
		await tryDocker('rm', '--force', '--volumes', ...containers);
});

export async function runContainer(name, args, words = []) {
	const id = await docker('run', '--detach', ...args, image(name), ...words);
	containers.push(id);
	return id;
}
