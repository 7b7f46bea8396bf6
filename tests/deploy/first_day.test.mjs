// first_day.test.mjs - docs/deploy.md, command by command, from an empty account to prod.
//
// The commands are those of the document. Terraform is the real one, with its plans and its state in S3 (moto); GitHub keeps what it is
// told and runs the workflows as they stand; a variable, a secret, an output or a right that is not there yet ends it. Made up are AWS's
// answers to Terraform (day/provider.mjs), what compiles and builds, and the steps of a release that want tasks (release.test.mjs).
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { mirror, without } from './day/mirror.mjs';
import { execute, root, temporary, tool } from './stage.mjs';
import { startMoto } from './moto.mjs';

const bin = join(root, 'build/aws/bin'), here = join(root, 'tests/deploy/day');
const skip = without() || (!existsSync(join(bin, 'moto_server')) && 'the CLI of AWS and moto can\'t be had here: left out');
const world = temporary(), repository = join(world, 'repository'), stubs = join(world, 'bin');
const env = { PATH: `${stubs}:${bin}:${process.env.PATH}`, HOME: world, WORLD: world, AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none',
	TF_CLI_ARGS: '-no-color', PAUSE_MS: '4', PAUSE_MOST_MS: '20', AWS_TRIES: '2', EDITOR: 'add-smoke', GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x@example.com',
	GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x@example.com', REAL_TERRAFORM: tool('terraform') };
const services = Object.keys(JSON.parse(readFileSync(join(root, 'services.json'), 'utf8')));
let moto;

const git = (...words) => execFileSync('git', ['-C', repository, ...words], { env, encoding: 'utf8' }).trim();
const aws = (...words) => execFileSync('aws', [...words, '--region', 'us-east-1', '--output', 'json'], { env, encoding: 'utf8' });
const github = () => JSON.parse(readFileSync(join(world, 'github.json'), 'utf8'));
const summary = name => readFileSync(join(world, 'summaries', name), 'utf8');
function put(path, text) {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
	chmodSync(path, 0o755);
}

// As whoever reads it types it: one shell, one line after the other, and an answer where one is asked for.
const type = script => execute('bash', ['-c', 'yes mcp_smoke | bash -euo pipefail "$0"', (put(join(world, 'typed'), script), join(world, 'typed'))],
	{ env, cwd: repository, within: 900000 });
const document = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
const commands = (from, to) => document.slice(from ? document.indexOf(`## ${from}.`) : 0, document.indexOf(`## ${to}.`))
	.split('\n').filter(line => /^ {4}\S|^ {8}/.test(line)).map(line => line.slice(4)).join('\n');

// What builds and pushes is tried elsewhere: these are its images, of whatever commit main has.
function build(commit, mark) {
	for (const service of services)
		aws('ecr', 'put-image', '--repository-name', `shop/${service}`, '--image-tag', commit, '--image-digest', `sha256:${mark.repeat(64)}`,
			'--image-manifest', JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', layers: [],
				config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest: `sha256:${mark.repeat(64)}` } }));
}

before(async () => {
	if (skip)
		return;
	moto = await startMoto(env);
	const files = execFileSync('git', ['-C', root, 'ls-files', '--cached', '--others', '--exclude-standard', 'terraform', '.github', 'docs', 'services.json', 'services'],
		{ encoding: 'utf8' }).trim().split('\n').filter(name => existsSync(join(root, name)));
	for (const name of files)
		cpSync(join(root, name), join(repository, name));
	Object.assign(env, mirror(world, join(repository, 'terraform')));

	put(join(stubs, 'gh'), `#!/bin/sh\nexec '${process.execPath}' '${join(here, 'gh.mjs')}' "$@"\n`);
	put(join(stubs, 'terraform'), `#!/bin/sh\nexec '${process.execPath}' '${join(here, 'terraform.mjs')}' "$@"\n`);
	// As version 2, which takes the region from where the document puts it.
	put(join(stubs, 'aws'), `#!/bin/sh\nexport AWS_DEFAULT_REGION="\${AWS_REGION:-}"\nexec '${join(bin, 'aws')}' "$@"\n`);
	put(join(stubs, 'sleep'), '#!/bin/sh\n');
	put(join(stubs, 'cosign'), '#!/bin/sh\necho "$*" >>"$WORLD/cosign"\n');
	put(join(stubs, 'add-smoke'), '#!/bin/sh\njq \'.API_KEYS += " smoke:0:read"\' "$1" >"$1.new" && mv "$1.new" "$1"\n');
	put(join(repository, 'dev'), `#!/bin/sh\nfor each in ${services.join(' ')}; do\n\tmkdir -p build/release/$each\n` +
		'\tprintf \'#!/bin/sh\\necho mcp_smoke\\n\' >build/release/$each/mcp-$each\n\tchmod +x build/release/$each/mcp-$each\ndone\n');
	put(join(repository, '.gitignore'), '/build/\n');
	put(join(repository, '.github/scripts/release'), '#!/bin/sh\necho "$1" >>"$WORLD/released"\n');
	put(join(repository, '.github/scripts/install-clients'), '#!/bin/sh\n');

	// The lock files are of the real provider; here they are of the other one.
	for (const folder of ['terraform', 'terraform/bootstrap']) {
		rmSync(join(repository, folder, '.terraform.lock.hcl'));
		execFileSync(env.REAL_TERRAFORM, [`-chdir=${join(repository, folder)}`, 'init', '-backend=false'], { env, stdio: 'pipe' });
		rmSync(join(repository, folder, '.terraform'), { recursive: true });
	}
	execFileSync('git', ['init', '-q', '--bare', join(world, 'origin')]);
	git('init', '-q', '-b', 'main');
	git('remote', 'add', 'origin', join(world, 'origin'));
	git('add', '.');
	git('commit', '-qm', 'what there is');
	git('push', '-q', 'origin', 'main');
});
after(() => moto?.kill());

test('from an empty account to dev', { skip }, async () => {
	// Of the first commit there are images, as the workflow's first job makes them.
	const script = commands('', '5'), merge = script.indexOf('gh pr merge');
	assert.match(script, /^terraform -chdir=terraform\/bootstrap apply$[\s\S]*^terraform\/github\b[\s\S]*^gh pr checks --watch$/m);
	const begun = await type(script.slice(0, merge));
	assert.equal(begun.status, 0, begun.all.slice(-4000));
	build(git('rev-parse', 'HEAD'), 'a');
	const done = await type(`export AWS_REGION=us-east-1\n${script.slice(merge)}`);
	assert.equal(done.status, 0, done.all.slice(-4000));

	assert.match(summary('ci.yml-dev-plan'), /## dev: \d{2,} to make, 0 to change, 0 to replace, 0 to take away/);
	assert.match(summary('deploy.yml-dev-plan'), /\| products \| `\S+\/shop\/products@sha256:a{64}` \|/);
	assert.deepEqual(readFileSync(join(world, 'released'), 'utf8').trim().split('\n'), ['remember', 'setup', 'deploy', 'smoke', 'summary']);
	const keys = aws('s3api', 'list-objects-v2', '--bucket', github().variables.STATE_BUCKET, '--query', 'Contents[].Key');
	assert.deepEqual(JSON.parse(keys).sort(), ['bootstrap/terraform.tfstate', `dev/passed.json`, `dev/passed/${git('rev-parse', 'HEAD')}.json`, 'dev/terraform.tfstate']);
	assert.match(aws('secretsmanager', 'get-secret-value', '--secret-id', 'shop-dev/products/keys'), /smoke:0:read/);
});

test('on GitHub each environment takes main only, and what is dangerous waits for somebody', { skip }, async () => {
	const { environments, rulesets } = github();
	const waits = Object.keys(environments).filter(name => environments[name].reviewers.length).sort();
	assert.deepEqual(waits, ['dev-destroy', 'prod', 'prod-destroy', 'staging-destroy']);
	for (const [name, each] of Object.entries(environments))
		assert.deepEqual([each.branches, each.deployment_branch_policy], [['main'], { protected_branches: false, custom_branch_policies: true }], name);
	assert.deepEqual(rulesets.map(each => each.name), ['main']);
	// Again, with somebody else: nothing is there twice.
	const again = await type('terraform/github --reviewer alice --reviewer bob\n');
	assert.equal(again.status, 0, again.all);
	assert.equal(github().rulesets.length, 1);
	assert.deepEqual(github().environments.prod.branches, ['main']);
	assert.equal(github().environments.prod.reviewers.length, 2);
});

test('whoever comes next has the bootstrap\'s state, and nothing to change', { skip }, async () => {
	const next = join(world, 'next');
	execFileSync('git', ['clone', '-q', '-b', 'our-values', join(world, 'origin'), next]);
	const { status, all } = await execute('bash', ['-ec', `cd '${next}'; export AWS_REGION=us-east-1
		terraform -chdir=terraform/bootstrap init; terraform -chdir=terraform/bootstrap plan -detailed-exitcode`], { env, within: 300000 });
	assert.equal(status, 0, all.slice(-3000));
	assert.equal(execFileSync('git', ['-C', next, 'status', '--short'], { encoding: 'utf8' }), '');
});

test('staging and prod get what passed before them, by a plan that is shown, and nothing newer', { skip }, async () => {
	const passed = git('rev-parse', 'HEAD');
	git('commit', '-q', '--allow-empty', '-m', 'newer');
	build(git('rev-parse', 'HEAD'), 'b');
	const [staging, prod] = commands('7', '8').split('\n').filter(Boolean);
	const keys = name => commands('2', '4').replaceAll(/(secrets |--env |shop-)dev\b/g, `$1${name}`);
	for (const [name, line] of [['staging', staging], ['prod', prod]]) {
		const done = await type(`export AWS_REGION=us-east-1\n${keys(name)}\n${line}\n`);
		assert.equal(done.status, 0, done.all.slice(-4000));
		assert.match(summary(`deploy.yml-${name}-plan`), new RegExp(`## ${name}: \\d{2,} to make[\\s\\S]*/shop/orders@sha256:a{64}`));
		assert.doesNotMatch(summary(`deploy.yml-${name}-plan`), /b{64}/);
	}
	assert.match(readFileSync(join(world, 'runs'), 'utf8'), /deploy\.yml, plan: shop-plan as ref:refs\/heads\/main\n.*deploy\.yml, deploy: shop-prod-deploy as environment:prod\n$/);
	assert.match(aws('s3api', 'list-objects-v2', '--bucket', github().variables.STATE_BUCKET, '--prefix', 'prod/passed/'), new RegExp(passed));
});

test('a plan that was approved is not applied once the state has moved', { skip }, async () => {
	const image = mark => JSON.stringify(Object.fromEntries(services.map(name => [name, `shop/${name}@sha256:${mark.repeat(64)}`])));
	const { status, stdout, stderr } = await execute('bash', ['-ec', `cd '${repository}'; f=.github/scripts/terraform-for; $f staging init >/dev/null
		IMAGES='${image('c')}' $f staging plan one >/dev/null; IMAGES='${image('d')}' $f staging plan two >/dev/null
		$f staging apply two >/dev/null; $f staging images one; $f staging apply one`],
	{ env: { ...env, ...github().variables }, within: 300000 });
	assert.equal(status, 1, stderr.slice(-2000));
	assert.match(stderr, /the state of staging moved since this was planned: nothing was applied/);
	assert.match(stdout, /shop\/products@sha256:c{64}/);
});

test('what was never whole can be taken down', { skip }, async () => {
	const { status, stderr } = await execute('bash', ['-ec', `cd '${repository}'; f=.github/scripts/terraform-for; $f prod init >/dev/null
		terraform -chdir=terraform state pull | jq '.outputs = {} | .serial += 1' >torn; terraform -chdir=terraform state push "$PWD/torn" >/dev/null
		$f prod plan-down down >/dev/null; $f prod show down`], { env: { ...env, ...github().variables }, within: 300000 });
	assert.equal(status, 0, stderr.slice(-3000));
});
