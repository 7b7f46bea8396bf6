#!/usr/bin/env node
// terraform.mjs - Terraform as an administrator runs it: says yes where it is asked, and makes in moto what a bootstrap leaves for others.
//
// The real program, with provider.mjs, which makes nothing: the bucket, the empty secrets and the repositories that later commands
// touch are made from the state. Who may take which role is written to WORLD/roles.json, for actions.mjs.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const args = process.argv.slice(2), real = process.env.REAL_TERRAFORM, world = process.env.WORLD;
const command = args.find(each => !each.startsWith('-')), folder = args.find(each => each.startsWith('-chdir='))?.slice(7) ?? '.';
const bootstrap = /bootstrap$/.test(folder);
// moto has no name for each bucket.
if (command === 'init' && (!bootstrap || existsSync(join(folder, 'backend.tf'))))
	args.push('-backend-config=use_path_style=true');
const asks = !process.env.TF_IN_AUTOMATION && (command === 'apply' || args.includes('-migrate-state'));
const { status } = spawnSync(real, args, { stdio: [asks ? 'pipe' : 'ignore', 'inherit', 'inherit'], input: asks ? 'yes\n' : undefined });
if (status !== 0 || command !== 'apply' || !bootstrap)
	process.exit(status ?? 1);

const aws = (...words) => execFileSync('aws', words, { stdio: ['ignore', 'ignore', 'inherit'] });
const resources = module => [...module.resources ?? [], ...(module.child_modules ?? []).flatMap(resources)];
const { values } = JSON.parse(execFileSync(real, [`-chdir=${folder}`, 'show', '-json'], { encoding: 'utf8', maxBuffer: 1 << 26 }));
const all = resources(values.root_module).filter(each => each.mode === 'managed');
for (const { type, values: { name, bucket } } of all) {
	if (type === 'aws_s3_bucket')
		aws('s3api', 'create-bucket', '--bucket', bucket);
	if (type === 'aws_secretsmanager_secret')
		aws('secretsmanager', 'create-secret', '--name', name);
	if (type === 'aws_ecr_repository')
		aws('ecr', 'create-repository', '--repository-name', name);
}
writeFileSync(join(world, 'roles.json'), JSON.stringify(Object.fromEntries(all.filter(each => each.type === 'aws_iam_role').map(each => [each.values.arn,
	JSON.parse(each.values.assume_role_policy).Statement.flatMap(one => one.Condition.StringEquals['token.actions.githubusercontent.com:sub'])]))));
