// actions.mjs - runs a workflow as GitHub would: conditions, expressions, environments, outputs, files that jobs hand on.
//
// Each job has a checkout of its own. Steps with `run` are run; of those with `uses` only what they mean here: who signs in to AWS is compared with whom the role trusts, and
// artifacts are kept. A job that needs what is not here (a compiler, Docker) is left to its own tests, and has succeeded.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { root } from '../stage.mjs';

const { parse } = createRequire(join(root, 'build/npm/package.json'))('yaml');
const ELSEWHERE = ['ci.yml test', 'ci.yml workflows', 'ci.yml terraform', 'ci.yml images', 'ci.yml everything', 'deploy.yml images', 'deploy.yml pages'];

// What is asked for has to be there: GitHub would take it for an empty text, and nobody would notice.
const strict = (kind, values) => new Proxy(values, { get: (all, name) => {
	if (!(name in all))
		throw new Error(`${kind}.${String(name)} was never set`);
	return all[name];
} });

function evaluator(context) {
	const names = Object.keys(context), values = Object.values(context);
	const one = expression => new Function(...names, `return (${expression.replaceAll(/\b(\w+)\.([\w-]+-[\w-]+)/g, '$1["$2"]')})`)(...values);
	const text = value => typeof value !== 'string' ? value : value.replaceAll(/\$\{\{([\s\S]*?)\}\}/g, (_, each) => one(each) ?? '');
	return { text, holds: condition => condition === undefined || Boolean(one(String(condition).replace(/^\$\{\{([\s\S]*)\}\}$/, '$1'))),
		all: object => Object.fromEntries(Object.entries(object ?? {}).map(([key, value]) => [key, text(value)])) };
}

// Lines of NAME=VALUE, as steps leave them.
const left = file => Object.fromEntries((existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').filter(Boolean).map(line => line.split(/=(.*)/s)));

export function run(world, github, file, event, inputs) {
	const repository = join(world, 'repository'), workflow = parse(readFileSync(join(repository, '.github/workflows', file), 'utf8'));
	const sha = spawnSync('git', ['-C', repository, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).stdout.trim();
	const artifacts = mkdtempSync(join(world, 'artifacts-')), needs = {};
	const events = { event_name: event, sha, ref: event === 'pull_request' ? 'refs/pull/1/merge' : 'refs/heads/main', repository: 'example/shop-mcp',
		server_url: 'https://github.com', event: { pull_request: { head: { repo: { full_name: 'example/shop-mcp' } } } } };
	const note = words => writeFileSync(join(world, 'runs'), `${words}\n`, { flag: 'a' });

	function signIn(job, environment, { 'role-to-assume': role }) {
		const who = environment ? `environment:${environment}` : event === 'pull_request' ? event : `ref:${events.ref}`;
		const trusted = JSON.parse(readFileSync(join(world, 'roles.json'), 'utf8'))[role];
		if (!trusted?.includes(`repo:example/shop-mcp:${who}`))
			throw new Error(`${job}: ${role} is not there for ${who}, but for ${trusted}`);
		note(`${job}: ${role.split(':').at(-1)} as ${who}`);
	}

	for (const [name, job] of Object.entries(workflow.jobs)) {
		const needed = Object.fromEntries([job.needs ?? []].flat().map(each => [each, needs[each]]));
		const open = { github: events, inputs, needs: needed, cancelled: () => false, always: () => true, runner: { temp: mkdtempSync(join(world, 'runner-')) },
			vars: strict('vars', github.variables), secrets: strict('secrets', {}), steps: {}, matrix: {},
			fromJSON: JSON.parse, toJSON: JSON.stringify };
		const before = evaluator(open);
		if (job.if === undefined ? Object.values(needed).some(each => each.result !== 'success') : !before.holds(job.if)) {
			needs[name] = { result: 'skipped', outputs: {} };
			continue;
		}
		const environment = before.text(job.environment?.name ?? job.environment ?? '');
		if (environment && !github.environments[environment])
			throw new Error(`${file}, ${name}: the environment ${environment} was never made`);
		const own = github.environments[environment] ?? { variables: {}, secrets: {} };
		const context = { ...open, vars: strict('vars', { ...github.variables, ...own.variables }), secrets: strict('secrets', own.secrets),
			failure: () => false };
		const { text, all, holds } = evaluator(context), settings = { ...all(workflow.env), ...all(job.env) };
		needs[name] = { result: 'success', outputs: {} };
		const checkout = join(context.runner.temp, 'checkout');
		execFileSync('git', ['clone', '-q', repository, checkout]);
		for (const step of job.steps) {
			// Also where the job itself is left to others: with which role, and from what variables.
			if (/configure-aws-credentials/.test(step.uses))
				signIn(`${file}, ${name}`, environment, all(step.with));
			if (ELSEWHERE.includes(`${file} ${name}`) || !holds(step.if))
				continue;
			if (/upload-artifact/.test(step.uses))
				cpSync(text(step.with.path), join(artifacts, basename(text(step.with.path))));
			if (/download-artifact/.test(step.uses))
				cpSync(artifacts, text(step.with.path), { recursive: true });
			if (!step.run)
				continue;
			const files = Object.fromEntries(['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'].map(each => [each, join(context.runner.temp, each)]));
			writeFileSync(files.GITHUB_OUTPUT, '');
			const { status, stdout, stderr } = spawnSync('bash', [...step.shell === 'bash' ? ['-eo', 'pipefail'] : ['-e'], '-c', step.run], { cwd: checkout, encoding: 'utf8', maxBuffer: 1 << 26, env: {
				...process.env, CI: 'true', ...settings, ...left(files.GITHUB_ENV), ...all(step.env), ...files, RUNNER_TEMP: context.runner.temp,
				GITHUB_SHA: sha, GITHUB_REPOSITORY: 'example/shop-mcp' } });
			if (status !== 0)
				throw new Error(`${file}, ${name}, ${step.name ?? step.run}: exit status ${status}\n${stdout.slice(-2000)}${stderr.slice(-3000)}`);
			context.steps[step.id ?? ''] = { outcome: 'success', outputs: new Proxy(left(files.GITHUB_OUTPUT), { get: (made, key) => made[key] ?? '' }) };
		}
		const summary = join(context.runner.temp, 'GITHUB_STEP_SUMMARY');
		if (existsSync(summary))
			cpSync(summary, join(mkdirSync(join(world, 'summaries'), { recursive: true }) ?? join(world, 'summaries'),
				`${file}-${inputs.environment ?? 'dev'}-${name}`));
		needs[name].outputs = all(job.outputs);
	}
}
