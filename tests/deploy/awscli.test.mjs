// awscli.test.mjs - the scripts with the real CLI of AWS, which checks what it is given, against moto.
//
// The other tests say what AWS answers; this one that what it is asked is what it knows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startMoto } from './moto.mjs';
import { execute, root, scripts, temporary } from './stage.mjs';

const bin = join(root, 'build/aws/bin');
const skip = !existsSync(join(bin, 'moto_server')) && 'the CLI of AWS and moto can\'t be had here: left out';
const home = temporary();
const env = { HOME: home, AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', AWS_DEFAULT_REGION: 'us-east-1',
	PATH: `${bin}:${process.env.PATH}`, PAUSE_MS: '50', PAUSE_MOST_MS: '200', VISIT_SETTLE_SECONDS: '0', AWS_TRIES: '3', AWS_MAX_ATTEMPTS: '1' };
let moto, network;

const aws = (...words) => new Promise((resolve, reject) => execFile('aws', [...words, '--output', 'json'], { env },
	(error, stdout, stderr) => error ? reject(new Error(stderr)) : resolve(stdout ? JSON.parse(stdout) : {})));
const run = (name, ...args) => execute(join(scripts, name), args, { env });

before(async () => {
	if (skip)
		return;
	moto = await startMoto(env);
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

// moto has no blue/green, but the CLI checks the words before it sends any.
test('what is asked of a blue/green deployment the CLI knows', { skip }, async () => {
	const configuration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10, lifecycleHooks: [{ targetType: 'PAUSE',
		lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'], timeoutConfiguration: { timeoutInMinutes: 15, action: 'ROLLBACK' } }] };
	const unknown = /usage:|Unknown options|Parameter validation|Invalid choice/;
	const ask = (...words) => aws('ecs', ...words).then(() => '', error => error.message);
	for (const words of [
		['update-service', '--cluster', 'shop-dev', '--service', 'products', '--deployment-configuration', JSON.stringify(configuration)],
		['list-service-deployments', '--cluster', 'a', '--service', 'b', '--created-at', 'after=2026-11-27T08:15:00Z'],
		['describe-service-deployments', '--service-deployment-arns', 'a'],
		['continue-service-deployment', '--service-deployment-arn', 'a', '--hook-id', 'b', '--action', 'ROLLBACK'],
	])
		assert.doesNotMatch(await ask(...words), unknown);
	assert.match(await ask('continue-service-deployment', '--hook', 'b'), unknown);
});

test('the scaling is read and set', { skip }, async () => {
	const scaling = script => execute('bash', ['-euc', `. ${scripts}/lib.sh; . ${scripts}/ecs.sh; ${script}`], { env });
	assert.equal((await scaling('scaling_of shop-dev products')).stdout, 'null\n');
	assert.equal((await scaling('set_scaling shop-dev products 1 4; scaling_of shop-dev products')).stdout, '[1,4]\n');
	const { status, stdout, stderr } = await scaling('stop_tasks shop-dev products; scaling_of shop-dev products');
	assert.equal(status, 0, stderr);
	assert.equal(stdout, '[0,0]\n');
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
	assert.match(stdout, /"198\.51\.100\.7\/32"/);
	assert.doesNotMatch(stdout, /203\.0\.113\.9/, 'what an earlier run left is gone');
	const { IPSet } = await aws('wafv2', 'get-ip-set', '--name', 'visitors', '--scope', 'REGIONAL', '--id', Id);
	assert.deepEqual(IPSet.Addresses, []);
});

// ---- What an environment gets ----

const COMMIT = 'c'.repeat(40), EARLIER = 'e'.repeat(40), SERVICES = 'products orders';
const manifest = commit => JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', layers: [],
	config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest: `sha256:${commit.slice(32).repeat(8)}` } });

test('what passed in an environment is what the next one gets, by its digest', { skip }, async () => {
	await aws('s3api', 'create-bucket', '--bucket', 'shop-state');
	const digests = {};
	for (const service of SERVICES.split(' ')) {
		await aws('ecr', 'create-repository', '--repository-name', `shop/${service}`);
		for (const commit of [EARLIER, COMMIT])
			digests[service + commit] = (await aws('ecr', 'put-image', '--repository-name', `shop/${service}`, '--image-tag', commit,
				'--image-manifest', manifest(commit), '--image-digest', `sha256:${commit.slice(32).repeat(8)}`)).image.imageId.imageDigest;
	}
	const github = join(home, 'github');
	const give = async (...args) => {
		writeFileSync(github, '');
		const done = await execute(join(scripts, 'images-to-deploy'), args, { env: { ...env, SERVICES, STATE_BUCKET: 'shop-state', GITHUB_ENV: github } });
		return { ...done, images: JSON.parse(/^IMAGES=(.*)$/m.exec(readFileSync(github, 'utf8'))?.[1] ?? 'null') };
	};
	const passes = async (environment, commit, images) => {
		const outputs = join(home, 'outputs.json');
		writeFileSync(outputs, JSON.stringify({ services: { value: Object.fromEntries(Object.entries(images).map(([name, image]) => [name, { image }])) } }));
		const { status, stderr } = await execute(join(scripts, 'passed'), [environment, commit, outputs], { env: { ...env, STATE_BUCKET: 'shop-state' } });
		assert.equal(status, 0, stderr);
	};

	const built = (await give('dev', EARLIER)).images;
	assert.match(built.products, new RegExp(`dkr\\.ecr\\.us-east-1\\..*/shop/products@${digests[`products${EARLIER}`]}$`));
	const none = await give('dev', 'd'.repeat(40));
	assert.equal(none.status, 1);
	assert.match(none.stderr, /shop\/products has no image of commit d{40}/);

	const early = await give('staging');
	assert.equal(early.status, 1);
	assert.match(early.stderr, /nothing has passed in dev yet/);
	await passes('dev', EARLIER, built);
	// Built, but it has passed nowhere: nobody is offered it.
	assert.ok((await give('dev', COMMIT)).images);
	assert.deepEqual((await give('staging')).images, built);
	assert.match((await give('prod')).stderr, /nothing has passed in staging yet/);
	await passes('staging', EARLIER, built);
	assert.deepEqual((await give('prod')).images, built);
	await passes('prod', EARLIER, built);

	// A newer one takes its place, and the way back to what served in prod stays open.
	const newer = (await give('dev', COMMIT)).images;
	assert.notDeepEqual(newer, built);
	await passes('dev', COMMIT, newer);
	assert.match((await give('prod', COMMIT)).stderr, /has passed neither in staging nor in prod/);
	await passes('staging', COMMIT, newer);
	assert.deepEqual((await give('prod')).images, newer);
	assert.deepEqual((await give('prod', EARLIER)).images, built);

	// The pipeline of the environment before writes the note, and does not say with it what a commit's images are.
	const forge = async (note, says) => {
		const file = join(home, 'note.json');
		writeFileSync(file, JSON.stringify(note));
		await aws('s3api', 'put-object', '--bucket', 'shop-state', '--key', 'staging/passed.json', '--body', file);
		const forged = await give('prod');
		assert.equal(forged.status, 1, forged.all);
		assert.match(forged.stderr, says);
		assert.equal(forged.images, null);
	};
	await forge({ commit: COMMIT, images: built }, /the note of commit c{40} has other images than were built of it/);
	await forge({ commit: COMMIT, images: { ...newer, orders: newer.products } }, /other images/);
	await forge({ commit: `${COMMIT}\nfrom=dev`, images: newer }, /names another commit/);
	for (const args of [[], ['nowhere'], ['dev'], ['prod', 'HEAD']])
		assert.equal((await give(...args)).status, 2, args.join(' '));
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
