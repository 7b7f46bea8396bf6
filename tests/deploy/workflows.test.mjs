// workflows.test.mjs - the rules that the workflows and the scripts they call keep.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, scripts, stage, tool } from './stage.mjs';

const { parse } = createRequire(join(root, 'build/npm/package.json'))('yaml');
const folder = join(root, '.github/workflows');
const texts = Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]));
const workflows = Object.entries(texts).map(([file, text]) => ({ ...parse(text), file }));
const jobs = workflows.flatMap(workflow => Object.entries(workflow.jobs)
	.map(([name, job]) => ({ where: `${workflow.file}, ${name}`, workflow, ...job })));
const steps = jobs.flatMap(job => job.steps.map((step, i) => ({ where: `${job.where}, step ${i + 1}`, job, ...step })));

const without = name => !tool(name) && `${name} can't be had here: left out`;

// ---- Workflows ----

test('there are a check, a deployment and a way down, started by what should start them', () => {
	const on = Object.fromEntries(workflows.map(each => [each.file, Object.keys(each.on)]));
	assert.deepEqual(on, { 'ci.yml': ['pull_request', 'merge_group'], 'costs.yml': ['schedule', 'workflow_dispatch'], 'deploy.yml': ['push', 'workflow_dispatch'],
		'destroy.yml': ['workflow_dispatch'] });
	assert.deepEqual(workflows.find(each => each.file === 'deploy.yml').on.push, { branches: ['main'] });
});

test('every action is pinned to a commit, with its version beside it, and each to one', () => {
	const pins = new Map();
	for (const [name, text] of Object.entries(texts))
		for (const line of text.split('\n').filter(each => /\buses:/.test(each))) {
			const found = /uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$/.exec(line);
			assert.ok(found, `${name}: ${line.trim()}`);
			const [, action, ...pin] = found;
			assert.equal(pins.get(action) ?? `${pin}`, `${pin}`, `${action} is pinned twice`);
			pins.set(action, `${pin}`);
		}
	assert.ok(pins.size >= 7);
});

test('nobody may do anything that is not given, and what is given is little', () => {
	for (const workflow of workflows) {
		assert.deepEqual(workflow.permissions, {}, workflow.file);
		assert.ok(workflow.concurrency?.group, workflow.file);
	}
	for (const job of jobs) {
		assert.ok(job.permissions, job.where);
		for (const [what, how] of Object.entries(job.permissions))
			assert.ok(how === 'read' || (what === 'id-token' && how === 'write'), `${job.where}: ${what}: ${how}`);
		assert.ok(job['timeout-minutes'] > 0 && job['timeout-minutes'] <= 60, job.where);
		assert.match(job['runs-on'], /^ubuntu-\d/, job.where);
	}
});

test('whoever signs in to AWS does it in an environment, without a stored key', () => {
	for (const step of steps.filter(each => /configure-aws-credentials/.test(each.uses))) {
		assert.match(step.with['role-to-assume'], /^\$\{\{ vars\.\w+ \}\}$/, step.where);
		assert.ok(!('aws-access-key-id' in step.with), step.where);
		const plan = step.with['role-to-assume'].includes('PLAN');
		assert.equal(Boolean(step.job.environment), !plan, step.where);
	}
	assert.equal(jobs.find(each => each.where === 'destroy.yml, destroy').environment.name, '${{ inputs.environment }}-destroy');
	assert.doesNotMatch(Object.values(texts).join(), /AKIA|AWS_SECRET_ACCESS_KEY|pull_request_target/);
});

test('a deployment is never cut off by the next, nor by a destruction', () => {
	const [deploy, destroy] = ['deploy.yml', 'destroy.yml'].map(name => workflows.find(each => each.file === name).concurrency);
	assert.equal(deploy['cancel-in-progress'], false);
	assert.equal(destroy['cancel-in-progress'], false);
	assert.equal(deploy.group.split('-')[0], destroy.group.split('-')[0]);
});

test('nothing that others write gets into a script but through the environment', () => {
	for (const step of steps.filter(each => each.run))
		assert.doesNotMatch(step.run, /\$\{\{/, step.where);
	for (const step of steps.filter(each => /checkout/.test(each.uses)))
		assert.equal(step.with['persist-credentials'], false, step.where);
});

test('the scripts that are called are there, and so is the rest', () => {
	for (const step of steps.filter(each => each.run))
		for (const [, name] of step.run.matchAll(/\.github\/scripts\/([\w.-]+)/g))
			assert.ok(statSync(join(scripts, name)).mode & 0o100, `${step.where}: ${name}`);
	const used = steps.map(each => each.run ?? '').join('\n') + readdirSync(scripts).map(name =>
		readFileSync(join(scripts, name), 'utf8')).join('\n');
	for (const name of readdirSync(scripts))
		assert.ok(used.includes(`/${name}`), `${name} is called by nobody`);
});

test('what is applied is what was planned, and what failed is taken back', () => {
	const runs = jobs.find(each => each.where === 'deploy.yml, deploy').steps.map(each => each.run ?? '');
	const order = ['images-to-deploy', 'release remember', ' plan ', ' apply ', 'release setup', 'release deploy', 'release smoke',
		'release summary', 'release rollback'].map(words => runs.findIndex(run => run.includes(words)));
	assert.ok(order.every((at, i) => at >= 0 && (i === 0 || at >= order[i - 1])), String(order));
	const at = runs.find(run => run.includes(' plan ')), applied = runs.find(run => run.includes(' apply '));
	assert.equal(/plan ("\S+")/.exec(at)[1], /apply ("\S+")/.exec(applied)[1]);
});

test('the base image is the one of the Dockerfile', { skip: !existsSync(join(root, 'docker/Dockerfile')) && 'docker/ is not here: left out' }, () => {
	const [, base] = /^ARG BASE=(\S+)$/m.exec(readFileSync(join(root, 'docker/Dockerfile'), 'utf8'));
	assert.equal(jobs.find(each => each.where === 'ci.yml, test').container, base);
});

test('actionlint has nothing to say', { skip: without('actionlint') }, () => {
	const { status, stdout, stderr } = spawnSync(tool('actionlint'), ['-color=false', ...Object.keys(texts).map(name => join(folder, name))]);
	assert.equal(status, 0, `${stdout}${stderr}`);
});

// ---- Scripts ----

const bash = readdirSync(scripts).filter(name => !name.endsWith('.mjs'));

test('shellcheck has nothing to say', { skip: without('shellcheck') }, () => {
	const { status, stdout, stderr } = spawnSync('shellcheck', ['-x', ...bash], { cwd: scripts });
	assert.equal(status, 0, `${stdout}${stderr}`);
});

for (const name of readdirSync(scripts).filter(each => !each.endsWith('.sh')))
	test(`${name} says what it is, and stops at what goes wrong`, async () => {
		const text = readFileSync(join(scripts, name), 'utf8');
		assert.match(text, new RegExp(`^#!/usr/bin/env (bash|node)\n(#|//) ${name.replace('.', '\\.')} - `));
		if (!name.endsWith('.mjs'))
			assert.match(text, /^set -euo pipefail$/m);
		const { status, stdout, stderr } = await stage().run(name, ['--help']);
		assert.equal(status, 0, stderr);
		assert.match(stdout, new RegExp(`^${name.replace('.', '\\.')} - `));
		assert.match(stdout, /[Ee]xit status/);
	});
