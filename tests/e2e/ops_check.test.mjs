// ops_check.test.mjs - what `mcp-ops check` says of AWS: who asks it and where, and whether what is looked after is there; and what to do where not.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DENIED, play } from '../aws/ops.mjs';
import { startDouble } from '../aws/double.mjs';
import { service } from '../aws/shop.mjs';
import { run, temporary } from './support.mjs';

const WHO = 'arn:aws:sts::123456789012:assumed-role/ops/session';
const caller = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${WHO}</Arn>
	<UserId>AROA:session</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const missing = name => ({ arn: `arn:aws:ecs:eu-central-1:123456789012:service/shop-dev/${name}`, reason: 'MISSING' });
const WELL = { 'sts GetCallerIdentity': { status: 200, body: caller },
	'ecs DescribeServices': { services: [service(), service({ serviceName: 'orders', runningCount: 1 })], failures: [] } };

// What it says in lines, of a double that plays this.
async function check(t, script, env = {}, words = []) {
	const aws = await startDouble({ keys: { AKIA: { secret: 's' } } });
	t.after(() => aws.stop());
	play(aws, { ...WELL, ...script });
	const { status, stdout, stderr } = await run('ops', ['check', ...words], { env: { AWS_ENDPOINT_URL: aws.url, AWS_REGION: 'eu-central-1',
		AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's', AWS_EC2_METADATA_DISABLED: 'true', ...env } });
	const lines = text => text.split('\n').slice(0, -1);
	return { status, said: lines(stdout).slice(1), wrong: lines(stderr), calls: aws.calls };
}

const standing = ['Credentials of AWS: AWS_ACCESS_KEY_ID.', 'Region: eu-central-1.'], taken = [...standing, `AWS takes them as ${WHO}.`];

test('where all is well it says what it found', async t => {
	const { status, said, wrong } = await check(t, {});
	assert.deepEqual(wrong, []);
	assert.deepEqual(said, [...taken, 'The cluster shop-dev is there.', 'The service products is there: 2 of 2 tasks run.',
		'The service orders is there: 1 of 2 tasks run.']);
	assert.equal(status, 0);
});

test('nobody says who asks, and where', async t => {
	const { status, said, wrong, calls } = await check(t, {}, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_REGION: '' });
	assert.deepEqual([status, said, calls], [1, [], []]);
	assert.match(wrong[0], /^mcp-ops: there are no credentials of AWS \(.+\): set AWS_PROFILE, or give the machine or the task a role$/);
	assert.deepEqual(wrong.slice(1), ['mcp-ops: no region is set: set AWS_REGION, such as eu-central-1']);
});

test('a source of credentials that has none is named', async t => {
	const { status, wrong } = await check(t, {}, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: 'shop' });
	assert.equal(status, 1);
	assert.match(wrong[0], /\(there is no profile shop in AWS's files\): set AWS_PROFILE/);
});

const ills = {
	'AWS does not take them': [{}, { AWS_SECRET_ACCESS_KEY: 'another' }, standing,
		[/^mcp-ops: AWS does not say who that is \(AWS answers InvalidSignature.*\): renew the credentials, or set AWS_PROFILE to another$/]],
	'AWS can\'t be reached': [{}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, standing,
		[/^mcp-ops: AWS does not say who that is \(AWS can't be reached: .*\): see that it can be reached from here, and whether AWS_ENDPOINT_URL is right$/]],
	'there is no such cluster': [{ 'ecs DescribeServices': { status: 400, body: { __type: 'ClusterNotFoundException', message: 'Cluster not found.' } } }, {}, taken,
		[/^mcp-ops: there is no cluster shop-dev in eu-central-1: set OPS_CLUSTER, AWS_REGION or AWS_PROFILE to where it is$/]],
	'the services may not be looked at': [{ 'ecs DescribeServices': DENIED }, {}, taken,
		[/^mcp-ops: the services of the cluster shop-dev could not be had \(AWS answers AccessDenied.*\): let it call what terraform\/modules\/aws-read allows$/]],
	'a service is not there, another was deleted': [{ 'ecs DescribeServices': { services: [service({ status: 'INACTIVE' })], failures: [missing('orders')] } }, {},
		[...taken, 'The cluster shop-dev is there.'],
		[/^mcp-ops: the service products is INACTIVE: take it out of OPS_SERVICES, or deploy it$/,
			/^mcp-ops: the cluster shop-dev has no service orders \(MISSING\): set OPS_SERVICES to those that it has$/]],
	'a setting is wrong': [{}, { OPS_SERVICES: 'a;b' }, taken, [/^mcp-ops: OPS_SERVICES names up to 32 services .*"a;b" is none/]],
};

for (const [what, [script, env, good, bad]] of Object.entries(ills))
	test(`${what}: it says what to do`, async t => {
		const { status, said, wrong } = await check(t, script, env);
		assert.deepEqual(said, good);
		assert.equal(wrong.length, bad.length, wrong.join('\n'));
		bad.forEach((words, i) => assert.match(wrong[i], words));
		assert.equal(status, 1);
	});

// A role, taken by keys of a profile, of an AWS whose clock is another.
for (const hours of [1, -2])
	test(`a role is taken though the clock is wrong by ${hours} h`, async t => {
		const aws = await startDouble({ keys: { AKIA: { secret: 's' }, ASIA: { secret: 'r', token: 't' } }, skewMs: hours * 3600000 }), folder = temporary();
		t.after(() => aws.stop());
		const credentials = { AccessKeyId: 'ASIA', SecretAccessKey: 'r', SessionToken: 't', Expiration: new Date(Date.now() + (hours + 1) * 3600000).toISOString() };
		play(aws, { ...WELL, 'sts AssumeRole': { status: 200, body: `<AssumeRoleResponse><AssumeRoleResult><Credentials>${
			Object.entries(credentials).map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</Credentials></AssumeRoleResult></AssumeRoleResponse>` } });
		writeFileSync(join(folder, 'config'), '[profile shop]\nrole_arn = arn:aws:iam::123456789012:role/ops\nsource_profile = me\n'
			+ '[profile me]\naws_access_key_id = AKIA\naws_secret_access_key = s\n');
		const { status, stdout, stderr } = await run('ops', ['check'], { env: { AWS_CONFIG_FILE: join(folder, 'config'), AWS_PROFILE: 'shop',
			AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: aws.url } });
		assert.equal(status, 0, stderr);
		assert.match(stdout, /AWS takes them as arn:/);
	});

test('more services than one request takes are all looked for', async t => {
	const names = Array.from({ length: 12 }, (_, i) => `s${i}`);
	const body = ({ services }) => ({ services: services.map(serviceName => service({ serviceName })), failures: [] });
	const { status, said, calls } = await check(t, { 'ecs DescribeServices': { status: 200, body } }, { OPS_SERVICES: names.join() });
	assert.equal(status, 0);
	assert.equal(said.filter(line => /^The service s\d+ is there/.test(line)).length, 12);
	assert.deepEqual(calls.filter(({ action }) => action === 'DescribeServices').map(({ input }) => JSON.parse(input).services.length), [10, 2]);
});

// Less than a call of AWS may take, or a credential_process.
const SOON_MS = 18000;

test('what never answers is not waited for', async t => {
	const folder = temporary(), AWS_CONFIG_FILE = join(folder, 'config'), began = Date.now();
	writeFileSync(AWS_CONFIG_FILE, '[profile slow]\ncredential_process = sleep 50\n');
	const [aws, command] = await Promise.all([check(t, { 'ecs DescribeServices': { status: 200, hold: true } }),
		check(t, {}, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_CONFIG_FILE, AWS_PROFILE: 'slow' })]);
	assert.ok(Date.now() - began < SOON_MS);
	assert.deepEqual([aws.status, aws.said, command.status, command.said], [1, taken, 1, ['Region: eu-central-1.']]);
	assert.match(aws.wrong[0], /could not be had \(AWS did not answer in time\): see that AWS can be reached from here$/);
	assert.match(command.wrong[0], /there are no credentials of AWS \(the credentials of AWS are still being looked up\): /);
});

test('of tables alone AWS is not asked', async t => {
	const { status, said, wrong, calls } = await check(t, {}, {}, ['tables']);
	assert.deepEqual([status, said, wrong, calls], [0, [], [], []]);
	const { status: misused, stderr } = await run('ops', ['check', 'all']);
	assert.equal(misused, 2);
	assert.match(stderr, /what is this word for\? all\nusage: mcp-ops check \[tables\]/);
});
