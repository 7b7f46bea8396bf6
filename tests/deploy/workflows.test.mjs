// workflows.test.mjs - the rules that the workflows and the scripts they call keep.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, scripts, stage, temporary, tool } from './stage.mjs';

const { parse } = createRequire(join(root, 'build/npm/package.json'))('yaml');
const folder = join(root, '.github/workflows');
const texts = Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]));
const workflows = Object.entries(texts).map(([file, text]) => ({ ...parse(text), file }));
const jobs = workflows.flatMap(workflow => Object.entries(workflow.jobs)
	.map(([name, job]) => ({ where: `${workflow.file}, ${name}`, workflow, ...job })));
const steps = jobs.flatMap(job => job.steps.map((step, i) => ({ where: `${job.where}, step ${i + 1}`, job, ...step })));

const without = name => !tool(name) && `${name} can't be had here: left out`;

// ---- Workflows ----

test('there are a check, a deployment, a way down, a drill and costs, started by what should start them', () => {
	const on = Object.fromEntries(workflows.map(each => [each.file, Object.keys(each.on)]));
	assert.deepEqual(on, { 'ci.yml': ['pull_request', 'merge_group'], 'costs.yml': ['schedule', 'workflow_dispatch'], 'deploy.yml': ['push', 'workflow_dispatch'],
		'destroy.yml': ['workflow_dispatch'], 'drill.yml': ['schedule', 'workflow_dispatch'] });
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
		const credentials = job.steps.map(each => each.with?.['role-duration-seconds']).find(Boolean) ?? 3600;
		assert.ok(job['timeout-minutes'] > 0 && job['timeout-minutes'] <= credentials / 60, job.where);
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

// Without a word GitHub takes bash -e; only `shell: bash` has it look at more than the last of a pipe.
test('a step is red when any part of a pipe failed', () => {
	const piped = steps.filter(each => each.run && /(^|[^|])\|([^|]|$)/.test(each.run.replace(/'[^']*'|"[^"]*"/g, '')));
	assert.ok(piped.length > 0);
	for (const step of piped)
		assert.equal(step.shell, 'bash', `${step.where}: shell: bash, for pipefail`);
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

test('what is applied is what was planned, shown and approved, and what failed is taken back', () => {
	const { plan, deploy } = Object.fromEntries(['plan', 'deploy'].map(name => [name, jobs.find(each => each.where === `deploy.yml, ${name}`)]));
	const runs = job => job.steps.map(each => each.run ?? each.uses ?? '');
	const inOrder = (job, ...words) => {
		const order = words.map(each => runs(job).findIndex(run => run.includes(each)));
		assert.ok(order.every((at, i) => at >= 0 && (i === 0 || at >= order[i - 1])), `${job.where}: ${order}`);
	};
	inOrder(plan, 'images-to-deploy', ' plan ', ' show ', 'upload-artifact');
	inOrder(deploy, 'download-artifact', 'sign-image --check', 'release remember', ' apply ', 'release setup', 'release deploy', 'release smoke',
		'publish-web', 'scripts/passed', 'release summary', 'release rollback');
	assert.ok(!runs(deploy).some(run => / plan /.test(run)), 'the job behind the approval plans nothing of its own');
	// Nobody approves the plan's job, so it can have no role that changes anything.
	assert.equal(plan.environment, undefined);
	assert.match(JSON.stringify(plan.steps), /vars\.AWS_PLAN_ROLE_ARN/);
	const put = plan.steps.find(each => /upload-artifact/.test(each.uses)).with, got = deploy.steps.find(each => /download-artifact/.test(each.uses)).with;
	const file = 'apply "$RUNNER_TEMP/plan"';
	assert.deepEqual([put.name, put.path, got.path], [got.name, '${{ runner.temp }}/plan', '${{ runner.temp }}']);
	assert.ok(runs(deploy).some(run => run.includes(file)));
	// GitHub's expressions read as JavaScript's here.
	const runsIf = (words, failed, { apply = 'success', status = '0', smoke = 'failure', asleep = '' }) => new Function('failure', 'steps',
		`return ${deploy.steps.find(each => each.run?.includes(words)).if}`)(() => failed,
		{ apply: { outcome: apply }, deploy: { outputs: { status } }, smoke: { outcome: smoke, outputs: { asleep } } });
	for (const [failed, known, back] of [[true, {}, true], [true, { status: '1', smoke: 'skipped' }, true], [false, {}, false], [true, { apply: 'failure' }, false],
		[true, { status: '4', smoke: 'skipped' }, false], [true, { smoke: 'success' }, false]]) // the last: its note or its summary failed
		assert.equal(runsIf('release rollback', failed, known), back, JSON.stringify(known));
	// What slept was not tried.
	assert.deepEqual(['', 'products'].map(asleep => runsIf('scripts/passed', false, { asleep })), [true, false]);
});

// Its dependencies are others' code: whoever builds it has no rights, and who has rights takes what was built of the very commit.
test('pages are built by a job that can do nothing, and come after the servers', () => {
	const { pages, deploy } = Object.fromEntries(['pages', 'deploy'].map(name => [name, jobs.find(each => each.where === `deploy.yml, ${name}`)]));
	assert.deepEqual([pages.permissions, pages.environment, pages.env.COMMIT], [{ contents: 'read' }, undefined, '${{ needs.plan.outputs.commit }}']);
	assert.deepEqual(steps.filter(each => /\/build-web/.test(each.run)).map(each => each.job.where), ['deploy.yml, pages']);
	assert.doesNotMatch(JSON.stringify(pages.steps), /secrets\.|aws-actions/);
	const put = pages.steps.find(each => /upload-artifact/.test(each.uses)).with;
	const got = deploy.steps.find(each => /download-artifact/.test(each.uses) && each.with.name === put.name).with;
	assert.deepEqual([put.path, got.path], ['${{ runner.temp }}/web', '${{ runner.temp }}/web']);
	assert.ok(deploy.needs.includes('pages') && deploy.if.includes("needs.pages.result == 'success'"));
	// Once the servers answered they stay, whatever became of the page: the new ones take what an old one asks.
	const at = words => deploy.steps.findIndex(each => each.run?.includes(words));
	assert.ok(at('release smoke') < at('publish-web') && at('publish-web') < at('scripts/passed'));
});

test('whoever signs in to AWS is on main, or reads for a pull request of this repository, and changes what was named', () => {
	const main = (workflow, name) => {
		const job = workflow.jobs[name];
		// Whoever also comes after a job that was left out has to ask itself.
		return /github\.ref == 'refs\/heads\/main'/.test(job.if) || !/== 'skipped'/.test(job.if) && [job.needs ?? []].flat().some(each => main(workflow, each));
	};
	for (const workflow of workflows)
		for (const [name, job] of Object.entries(workflow.jobs).filter(([, each]) => each.permissions['id-token'])) {
			if (workflow.file === 'ci.yml')
				assert.match(job.if, /github\.event\.pull_request\.head\.repo\.full_name == github\.repository &&/, name);
			else
				assert.ok(main(workflow, name), `${workflow.file}, ${name}`);
			// The approval is that of the environment which the scripts are given.
			const given = job.env?.ENVIRONMENT ?? workflow.env?.ENVIRONMENT, waits = job.environment?.name ?? job.environment;
			if (/inputs/.test(waits))
				assert.equal(waits.replace(/-(destroy|drill)$/, ''), given, `${workflow.file}, ${name}`);
			else
				assert.ok([undefined, 'images', 'costs'].includes(waits), `${workflow.file}, ${name}: ${waits}`);
		}
	const { run } = jobs.find(each => each.where === 'destroy.yml, destroy').steps[0];
	for (const [CONFIRM, status] of [['prod', 0], ['dev', 1], ['', 1]])
		assert.equal(spawnSync('bash', ['-e', '-c', run], { env: { ...process.env, ENVIRONMENT: 'prod', CONFIRM } }).status, status, CONFIRM);
});

test('only what main once was is built, not what a merged branch had on its way', () => {
	const step = steps.find(each => each.job.where === 'deploy.yml, images' && /what main once was/.test(each.name));
	const build = step.job.steps.findIndex(each => /build-image/.test(each.run));
	assert.ok(step.job.steps.indexOf(step.job.steps.find(each => each.run === step.run)) < build);
	const folder = temporary();
	const git = (...args) => {
		const { status, stdout, stderr } = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args], { cwd: folder, encoding: 'utf8' });
		assert.equal(status, 0, stderr);
		return stdout.trim();
	};
	const commit = words => { git('commit', '-q', '--allow-empty', '-m', words); return git('rev-parse', 'HEAD'); };
	git('init', '-q', '-b', 'main');
	const first = commit('first');
	git('checkout', '-q', '-b', 'branch');
	const hidden = commit('hidden');
	git('checkout', '-q', 'main');
	const second = commit('second');
	git('merge', '-q', '--no-ff', '-m', 'merge', 'branch');
	const head = git('rev-parse', 'HEAD');
	const allowed = COMMIT => spawnSync('bash', ['-eo', 'pipefail', '-c', step.run], { cwd: folder, env: { ...process.env, COMMIT, GITHUB_SHA: head } }).status === 0;
	assert.deepEqual([first, second, head, hidden, 'main', first.slice(0, 12), '-v', '.*'].map(allowed), [true, true, true, false, false, false, false, false]);
});

test('no scan is left out, and each can fail', () => {
	const scans = steps.filter(each => /trivy-action/.test(each.uses));
	assert.deepEqual(scans.map(each => each.job.where), ['ci.yml, images', 'deploy.yml, images', 'deploy.yml, images']);
	assert.equal(scans[0].with['exit-code'], '1');
	assert.deepEqual(scans.slice(1).map(each => each.env.TRIVY_PLATFORM), ['linux/arm64', 'linux/amd64']);
	for (const each of scans)
		assert.deepEqual([each.with.severity, each.if, each['continue-on-error']], ['HIGH,CRITICAL', undefined, undefined], each.where);
});

test('what a drill left is taken down also when its run was cancelled or its machine was lost', () => {
	const job = jobs.find(each => each.where === 'drill.yml, taken-down');
	assert.deepEqual([job.needs, job.if], ['drill', "always() && needs.drill.result != 'skipped'"]);
	assert.match(job.steps.at(-1).run, /restore-drill --take-down/);
});

test('only what is new has to pass the scan, and only what passed is signed', () => {
	const { steps: made } = jobs.find(each => each.where === 'deploy.yml, images');
	const at = words => made.findIndex(each => (each.run ?? '').includes(words));
	const scans = made.map((each, i) => /trivy/.test(each.uses) ? i : -1).filter(i => i >= 0);
	assert.equal(scans.length, 2);
	assert.ok(at('--ask') < scans[0] && scans[1] < at('sign-image "$IMAGE"'));
	for (const i of scans)
		assert.equal(made[i].with['exit-code'], "${{ steps.signature.outputs.signed == 'yes' && '0' || '1' }}");
	// Nothing else that scans stands in anybody's way.
	assert.ok(!jobs.filter(each => /^(deploy|destroy|drill)/.test(each.where) && !each.where.endsWith(', images'))
		.some(job => job.steps.some(step => /trivy/.test(step.uses))));
});

// GitHub skips whatever needs a job that was skipped, directly or not, where its condition does not say otherwise.
test('a job that needs one that may be left out says when it runs', () => {
	for (const workflow of workflows) {
		const needs = name => [workflow.jobs[name].needs ?? []].flat();
		const ancestors = name => needs(name).flatMap(each => [each, ...ancestors(each)]);
		for (const [name, job] of Object.entries(workflow.jobs))
			if (!String(job.if).startsWith('always()') && ancestors(name).some(each => workflow.jobs[each].if))
				assert.match(String(job.if), /!cancelled\(\).*needs\.\w+\.result == 'success'/, `${workflow.file}, ${name}`);
	}
});

test('each environment comes from another, or from what was built, and every list of them is the same', () => {
	const from = JSON.parse(readFileSync(join(root, '.github/environments.json'), 'utf8')), names = Object.keys(from);
	const way = (name, seen = []) => name === 'images' ? seen : (assert.ok(name in from && !seen.includes(name), name), way(from[name], [...seen, name]));
	names.forEach(name => way(name));
	assert.equal(names.filter(name => from[name] === 'images').length, 1, 'one environment takes what was built');
	for (const each of workflows.filter(workflow => workflow.on.workflow_dispatch?.inputs?.environment))
		assert.deepEqual(each.on.workflow_dispatch.inputs.environment.options, names, each.file);
	assert.deepEqual(readdirSync(join(root, 'terraform/environments')).map(name => name.replace('.tfvars', '')).sort(), [...names].sort());
	const example = readFileSync(join(root, 'terraform/bootstrap/example.tfvars'), 'utf8');
	const bootstrapped = [...example.matchAll(/^ {2}(\w+) += \{ zone_ids/gm)].map(match => match[1]);
	assert.deepEqual(names.filter(name => !bootstrapped.includes(name)), [], 'the example names more where one was taken out, and none less');
});

test('main takes what passed each job of ci.yml', () => {
	const rules = JSON.parse(readFileSync(join(root, '.github/main.json'), 'utf8')).rules;
	const wanted = rules.find(each => each.type === 'required_status_checks').parameters.required_status_checks.map(each => each.context);
	const { jobs: made } = workflows.find(each => each.file === 'ci.yml');
	// Of a matrix nobody knows the names beforehand, so one job speaks for all.
	assert.deepEqual(wanted, ['everything']);
	assert.deepEqual([...made.everything.needs, 'everything'].sort(), Object.keys(made).sort());
	assert.equal(made.everything.if, 'always()');
	for (const [results, status] of [['success skipped', 0], ['success failure', 1], ['cancelled skipped', 1]])
		assert.equal(spawnSync('bash', ['-e', '-c', made.everything.steps[0].run], { env: { ...process.env, RESULTS: results } }).status, status, results);
	assert.ok(['pull_request', 'non_fast_forward', 'deletion'].every(type => rules.some(each => each.type === type)));
});

test('providers are locked, to one version in both folders, and what is pinned is looked after', () => {
	const [one, two] = ['terraform', 'terraform/bootstrap'].map(each => readFileSync(join(root, each, '.terraform.lock.hcl'), 'utf8'));
	assert.equal(one, two);
	// From the registry: a checksum of each platform's archive.
	assert.ok(one.match(/"zh:[0-9a-f]{64}"/g).length >= 10);
	assert.equal(/constraints = "(.*)"/.exec(one)[1], /^ +version = "(.*)"/m.exec(readFileSync(join(root, 'terraform/versions.tf'), 'utf8'))[1]);
	for (const { where, run } of steps.filter(each => /terraform\b.* init/.test(each.run)))
		assert.match(run, /terraform-for/, where);
	assert.match(readFileSync(join(scripts, 'terraform-for'), 'utf8'), /init .*-lockfile=readonly/);
	const looked = parse(readFileSync(join(root, '.github/dependabot.yml'), 'utf8')).updates;
	const folders = name => looked.filter(each => each['package-ecosystem'] === name).flatMap(each => each.directories ?? [each.directory]);
	assert.deepEqual(folders('terraform'), ['/terraform', '/terraform/bootstrap']);
	assert.deepEqual(folders('docker'), ['/docker']);
});

test('the base image is the one of the Dockerfile', { skip: !existsSync(join(root, 'docker/Dockerfile')) && 'docker/ is not here: left out' }, () => {
	// As Dependabot reads it: in a FROM.
	const [, base] = /^FROM \S+ (\S+@\S+) AS pinned$/m.exec(readFileSync(join(root, 'docker/Dockerfile'), 'utf8'));
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
