// ops_start.test.mjs - what mcp-ops says of its settings: which cluster and services are looked after, and what is wrong with those that are none.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAws, startOps } from '../aws/ops.mjs';
import { shop } from '../aws/shop.mjs';
import { ask, run, temporary } from './support.mjs';

const wrong = {
	'a list with a name that is none': [{ OPS_SERVICES: 'products, ,orders;x' }, /OPS_SERVICES.*"orders;x" is none/],
	'a list without a name': [{ OPS_SERVICES: ' , ' }, /OPS_SERVICES names no service.*such as products/],
	'a cluster that is none': [{ OPS_CLUSTER: 'shop;dev' }, /OPS_CLUSTER.*"shop;dev" is none/],
};

for (const [what, [env, words]] of Object.entries(wrong))
	test(`${what} stops the start, and is told with what is allowed`, async () => {
		const { status, stderr } = await run('ops', [], { env: { PORT: '0', METRICS_PORT: '0', LOG_FORMAT: 'text', ...env } });
		assert.notEqual(status, 0);
		assert.match(stderr, words);
		assert.match(stderr, / error not started: for the reason above\n$/);
	});

test('what is looked after is told at the start', async t => {
	const server = await startOps(t, 'http://127.0.0.1:1', { OPS_CLUSTER: 'shop-prod', OPS_SERVICES: 'orders,products' });
	assert.match(server.log, /looks after orders, products in the cluster shop-prod/);
});

test('a service that is named twice is looked at once', async t => {
	const aws = await startAws(t, shop()), server = await startOps(t, aws.url, { OPS_SERVICES: 'products, products' });
	await ask(server, 'overview', {});
	assert.deepEqual(JSON.parse(aws.calls.find(({ action }) => action === 'DescribeServices').input).services, ['products']);
});

test('a service that is not there is named as what is missing, with where to look', async t => {
	const failures = [{ arn: 'arn:aws:ecs:eu-central-1:123456789012:service/shop-dev/shipping', reason: 'MISSING' }];
	const aws = await startAws(t, { ...shop(), 'ecs DescribeServices': { services: [], failures } });
	const server = await startOps(t, aws.url, { OPS_SERVICES: 'shipping' });
	assert.deepEqual((await ask(server, 'overview', {})).gaps, [{ what: 'the service shipping', why: 'the cluster shop-dev has none of that name: is OPS_SERVICES right?' }]);
});

test('a cluster that is not there is named, with where to look', async t => {
	const none = { status: 400, body: { __type: 'ClusterNotFoundException', message: 'Cluster not found.' } };
	const aws = await startAws(t, { ...shop(), 'ecs DescribeServices': none }), server = await startOps(t, aws.url, { OPS_CLUSTER: 'shop-prod' });
	const { gaps } = await ask(server, 'overview', {});
	assert.deepEqual(gaps.map(({ what }) => what), ['the services', 'the cluster shop-prod']);
	assert.match(gaps[1].why, /are OPS_CLUSTER, AWS_REGION and the credentials right\?$/);
});

test('where it is not said who asks AWS, and where, both are said to be missing', async t => {
	const server = await startOps(t, '', { AWS_REGION: '', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
	const { verdict, gaps } = await ask(server, 'overview', {});
	assert.match(verdict, /could not be had/);
	assert.ok(gaps.length > 0 && gaps.every(({ why }) => /set AWS_REGION, such as/.test(why)));
});

test('help has nothing of a database, which ops has not, and all else', async () => {
	const help = async name => (await run(name, ['--help'])).stdout.match(/^  [\w]+/gm).map(word => word.trim());
	const [ops, orders] = await Promise.all([help('ops'), help('orders')]);
	const ofDatabase = ['setup', 'backup', 'restore', 'DATABASE_URL', 'DATABASE_USER', 'DATABASE_PASSWORD', 'DATABASE_CONNECTIONS', 'SETUP_USER', 'SETUP_PASSWORD',
		'SETUP_URL'];
	const own = ['import', 'PRODUCTS_URL', 'PRODUCTS_KEY', 'IMPORT_MAX', 'IMPORT_TIMEOUT'];
	assert.deepEqual(orders.filter(word => !ops.includes(word) && !own.includes(word)), ofDatabase);
	assert.ok(ops.includes('OPS_CLUSTER') && ops.includes('AUTH') && ops.includes('PORT') && ops.includes('MISTAKES'));
});

for (const [words, what] of [['setup', 'to set up'], ['backup', 'to back up'], ['backup file', 'to back up'], ['restore file', 'to restore']])
	test(`${words} of a server that has no database says that there is none`, async () => {
		const { status, stdout, stderr } = await run('ops', words.split(' '));
		assert.equal(stderr, `mcp-ops keeps nothing: there is no database ${what}\n`);
		assert.deepEqual([status, stdout], [2, '']);
	});

test("AWS is reached where the profile says, but for what the environment says", async t => {
	const aws = await startAws(t, shop()), folder = temporary(), AWS_CONFIG_FILE = join(folder, 'config'), more = { AWS_CONFIG_FILE, AWS_PROFILE: 'double' };
	const told = async settings => (await ask(await startOps(t, '', { ...more, ...settings }), 'overview', {})).services.length;
	writeFileSync(AWS_CONFIG_FILE, `[profile double]\nendpoint_url = ${aws.url}\n`);
	const keys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
	writeFileSync(join(folder, 'credentials'), '[double]\naws_access_key_id = AKIA\naws_secret_access_key = s\n');
	assert.ok(await told({ ...keys, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') }) > 0);
	assert.ok(aws.calls.length > 0);
	const before = aws.calls.length;
	await told({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
	assert.equal(aws.calls.length, before);
});
