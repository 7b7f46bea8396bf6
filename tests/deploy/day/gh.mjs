#!/usr/bin/env node
// gh.mjs - stands in for GitHub's command line: keeps what it was told in WORLD/github.json, and runs the workflows that it would start.
//
// It refuses what GitHub refuses: a variable of an environment that is not there, a branch policy where none is wanted. Names in braces
// are its own, as with the real one.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './actions.mjs';

const world = process.env.WORLD, file = join(world, 'github.json');
const github = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { variables: {}, environments: {}, rulesets: [], asked: [] };
const keep = () => writeFileSync(file, JSON.stringify(github, null, '\t'));

const names = [], flags = {}, alone = ['--fill', '--watch', '--squash', '--delete-branch'];
for (let words = process.argv.slice(2); words.length;) {
	const word = words.shift();
	if (word.startsWith('-') && !alone.includes(word))
		(flags[word] ??= []).push(words.shift());
	else
		names.push(word);
}
github.asked.push(names.join(' '));
const [what, how, name] = names, flag = key => flags[key]?.[0];

function refuse(words) {
	console.error(`gh: ${words}`);
	process.exit(1);
}
const show = value => process.stdout.write(flag('--jq') ?
	execFileSync('jq', ['-r', flag('--jq')], { input: JSON.stringify(value), encoding: 'utf8' }) : JSON.stringify(value));
const input = () => flag('--input') ? JSON.parse(readFileSync(flag('--input') === '-' ? 0 : flag('--input'), 'utf8')) :
	Object.fromEntries((flags['-f'] ?? []).map(each => each.split(/=(.*)/s)));
// What a person types: a line.
function typed() {
	const bytes = Buffer.alloc(4096);
	return bytes.toString('utf8', 0, readSync(0, bytes)).split('\n')[0];
}
const environment = () => flag('--env') === undefined ? github :
	github.environments[flag('--env')] ?? refuse(`the environment ${flag('--env')} is not there (HTTP 404)`);

const REPOSITORY = 'repos/{owner}/{repo}';
const api = {
	'^user$': () => ({ login: 'operator' }),
	'^users/(\\w+)$': () => ({ id: 7 }),
	[`^${REPOSITORY}$`.replace(/[{}]/g, '\\$&')]: () => ({ name: 'shop-mcp', id: 123456789, owner: { login: 'example', id: 12345678 } }),
	'/environments/([\\w-]+)$': (at, method, body) => {
		if (method !== 'PUT')
			refuse(`${method}?`);
		github.environments[at] = { variables: {}, secrets: {}, branches: [], ...github.environments[at], ...body };
	},
	'/environments/([\\w-]+)/deployment-branch-policies$': (at, method, body) => {
		const to = github.environments[at] ?? refuse(`${at} is not there (HTTP 404)`);
		if (method === 'POST' && !to.deployment_branch_policy?.custom_branch_policies)
			refuse('custom branch policies are off (HTTP 404)');
		if (method === 'POST')
			to.branches.push(body.name);
		return { branch_policies: to.branches.map(each => ({ name: each })) };
	},
	'/rulesets$': (at, method, body) => method === 'POST' ? void github.rulesets.push({ id: github.rulesets.length + 1, ...body }) : github.rulesets,
	'/rulesets/(\\d+)$': (at, method, body) => { github.rulesets[at - 1] = { id: Number(at), ...body }; },
};

const commands = {
	api: () => {
		const method = flag('-X') ?? 'GET';
		for (const [path, answer] of Object.entries(api)) {
			const found = new RegExp(path).exec(how);
			if (found)
				return show(answer(found[1], method, method === 'GET' ? undefined : input()) ?? {});
		}
		refuse(`what is ${how}?`);
	},
	variable: () => how === 'get' ? console.log(github.variables[name] ?? refuse(`there is no variable ${name}`)) :
		flag('--body') ? void (environment().variables[name] = flag('--body')) : refuse(`${name} would be empty`),
	secret: () => { environment().secrets[name] = typed() || refuse(`${name} would be empty`); },
	pr: () => how === 'checks' && run(world, github, 'ci.yml', 'pull_request', {}),
	run: () => how === 'list' ? show([{ databaseId: 1 }]) : run(world, github, 'deploy.yml', 'push', {}),
	workflow: () => run(world, github, `${name}.yml`, 'workflow_dispatch', input()),
};
(commands[what] ?? (() => refuse(`what is ${what}?`)))();
keep();
