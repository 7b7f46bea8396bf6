// awscli.test.mjs - the scripts with the real CLI of AWS, which checks what it is given, against moto.
//
// The other tests say what AWS answers; this one that what it is asked is what it knows.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execute, root, scripts, temporary } from './stage.mjs';

const bin = join(root, 'build/aws/bin');
const skip = !existsSync(join(bin, 'moto_server')) && 'the CLI of AWS and moto can\'t be had here: left out';
const home = temporary();
const env = { HOME: home, AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', AWS_DEFAULT_REGION: 'us-east-1',
	PATH: `${bin}:${process.env.PATH}`, PAUSE_MS: '50', PAUSE_MOST_MS: '200', VISIT_SETTLE_SECONDS: '0', AWS_TRIES: '3' };
let moto, network;

const aws = (...words) => new Promise((resolve, reject) => execFile('aws', [...words, '--output', 'json'], { env },
	(error, stdout, stderr) => error ? reject(new Error(stderr)) : resolve(stdout ? JSON.parse(stdout) : {})));
const run = (name, ...args) => execute(join(scripts, name), args, { env });

// It says its port, once it listens.
async function startMoto() {
	moto = spawn('moto_server', ['--host', '127.0.0.1', '--port', '0'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
	let words = '';
	env.AWS_ENDPOINT_URL = await new Promise((resolve, reject) => {
		moto.stderr.setEncoding('utf8').on('data', text => {
			words += text;
			const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(words);
			if (found)
				resolve(found[1]);
		});
		moto.on('close', () => reject(new Error(`moto ended:\n${words}`)));
	});
}

before(async () => {
	if (skip)
		return;
	await startMoto();
	const { Vpc: { VpcId } } = await aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16');
	await aws('ec2', 'modify-vpc-attribute', '--vpc-id', VpcId, '--enable-dns-hostnames');
	const { Subnet: { SubnetId } } = await aws('ec2', 'create-subnet', '--vpc-id', VpcId, '--cidr-block', '10.0.1.0/24');
	const { GroupId } = await aws('ec2', 'create-security-group', '--group-name', 'tasks', '--description', 'tasks', '--vpc-id', VpcId);
	network = { SubnetId, GroupId };
	await aws('ecs', 'create-cluster', '--cluster-name', 'shop-dev');
	await aws('ecs', 'register-task-definition', '--family', 'products', '--requires-compatibilities', 'FARGATE', '--network-mode', 'awsvpc',
		'--cpu', '256', '--memory', '512', '--container-definitions', JSON.stringify([{ name: 'products', image: 'shop/products@sha256:1',
			memory: 512, essential: true, logConfiguration: { logDriver: 'awslogs', options: {
				'awslogs-group': '/shop-dev/products', 'awslogs-stream-prefix': 'service' } } }]));
	await aws('ecs', 'create-service', '--cluster', 'shop-dev', '--service-name', 'products', '--task-definition', 'products:1',
		'--desired-count', '1', '--launch-type', 'FARGATE', '--network-configuration',
		JSON.stringify({ awsvpcConfiguration: { subnets: [SubnetId], securityGroups: [GroupId] } }));
});
after(() => moto?.kill());

// moto's deployments never come through: that they are asked about in the right words is what counts.
test('a deployment is begun, watched and explained', { skip }, async () => {
	const { status, stdout, stderr } = await run('deploy-service', '--cluster', 'shop-dev', '--service', 'products',
		'--task-definition', 'products:1', '--image', 'shop/products@sha256:1', '--timeout', '1');
	assert.equal(status, 3, stderr);
	assert.match(stdout, /products: deployment ecs-svc\/\d+ of products:1/);
	assert.match(stderr, /ecs-svc\/\d+ {2}PRIMARY {2}IN_PROGRESS/);
	assert.doesNotMatch(stderr, /[Uu]nknown|[Ii]nvalid|usage:/);
	const other = await run('deploy-service', '--cluster', 'shop-dev', '--service', 'refunds');
	assert.equal(other.status, 6);
});

test('a task is run, looked at and stopped', { skip }, async () => {
	const { status, stderr } = await run('run-task', '--cluster', 'shop-dev', '--task-definition', 'products:1', '--subnets', network.SubnetId,
		'--security-groups', network.GroupId, '--timeout', '1', '--', 'import', '--dry-run', 'https://example.com/a.csv');
	assert.equal(status, 3, stderr);
	const { taskArns } = await aws('ecs', 'list-tasks', '--cluster', 'shop-dev', '--started-by', 'run-task', '--desired-status', 'STOPPED');
	assert.equal(taskArns.length, 1);
	const { tasks: [task] } = await aws('ecs', 'describe-tasks', '--cluster', 'shop-dev', '--tasks', taskArns[0]);
	assert.deepEqual(task.overrides.containerOverrides[0].command, ['import', '--dry-run', 'https://example.com/a.csv']);
});

test('the firewall\'s set is changed and changed back', { skip }, async () => {
	const { Summary: { Id } } = await aws('wafv2', 'create-ip-set', '--name', 'visitors', '--scope', 'REGIONAL',
		'--ip-address-version', 'IPV4', '--addresses', '203.0.113.9/32');
	const look = `aws wafv2 get-ip-set --name visitors --scope REGIONAL --id ${Id} --query IPSet.Addresses`;
	// The command has no rights of ours: it is given some to look.
	const { status, stdout, stderr } = await run('visit', '--set', 'visitors', '--id', Id, '--address', '198.51.100.7',
		'sh', '-c', `AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b ${look}`);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /203\.0\.113\.9\/32[\s\S]*198\.51\.100\.7\/32/);
	const { IPSet } = await aws('wafv2', 'get-ip-set', '--name', 'visitors', '--scope', 'REGIONAL', '--id', Id);
	assert.deepEqual(IPSet.Addresses, ['203.0.113.9/32']);
});

// The commands that operate.md has for it, as they stand there. This CLI looks for RDS at its own address unless it is told by a flag.
test('the last snapshot is found and copied as the runbook says', { skip }, async () => {
	const runbook = readFileSync(join(root, 'docs/operate.md'), 'utf8').split('## Taking an environment down')[1].split('\n## ')[0];
	const commands = [...runbook.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block.replace(/^ {4}/gm, ''));
	const rds = (...words) => aws('rds', ...words, '--endpoint-url', env.AWS_ENDPOINT_URL);
	await aws('kms', 'create-key').then(({ KeyMetadata: { KeyId } }) =>
		aws('kms', 'create-alias', '--alias-name', 'alias/shop-dev', '--target-key-id', KeyId));
	await rds('create-db-instance', '--db-instance-identifier', 'shop-dev', '--db-instance-class', 'db.t4g.micro', '--engine', 'postgres',
		'--allocated-storage', '20', '--master-username', 'postgres', '--manage-master-user-password');
	for (const name of ['shop-dev-final-0a1b2c3d', 'shop-dev-final-4e5f6071', 'shop-dev-by-hand'])
		await rds('create-db-snapshot', '--db-instance-identifier', 'shop-dev', '--db-snapshot-identifier', name);
	const { status, stdout, stderr } = await execute('bash', ['-euc', `aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }\n${commands.join('')}\necho "newest: $snapshot"`], { env: { ...env, AWS_DEFAULT_OUTPUT: 'json' } });
	assert.equal(status, 0, stderr);
	assert.match(stdout, /newest: shop-dev-final-4e5f6071/);
	assert.equal((await rds('describe-db-snapshots', '--db-snapshot-identifier', 'shop-dev-copy')).DBSnapshots.length, 1);
});
