// ops_overview.test.mjs - how everything is: overview against a double of AWS, in each case that AWS makes for it, and as a resource.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases, slowly, startAws, startOps } from '../aws/ops.mjs';
import { ago, alarm, arn, database, deployment, GROUP, noDatabase, service, shop, sick, targets } from '../aws/shop.mjs';
import { ask, beginSession, exchange } from './support.mjs';

const image = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/products';
const definition = (of = `${image}@sha256:${'7'.repeat(64)}`) => ({ taskDefinition: { family: 'shop-dev-products', revision: 7, containerDefinitions: [
	{ name: 'beside', image: 'beside:1' }, { name: 'products', image: of, environment: [{ name: 'X', value: 'never to be seen' }] }] } });
const orders = (more = {}) => service({ serviceName: 'orders', loadBalancers: [], runningCount: 1, desiredCount: 1, ...more });
const all = (more = {}, of) => ({ ...shop({ services: [service(), orders()], ...more }), 'ecs DescribeTaskDefinition': definition(of) });

cases('overview', {}, {
	script: all({ services: [service(), orders({ runningCount: 0 })] }),
	empty: all({ services: [], rds: noDatabase }),
	fine: ({ structuredContent: { verdict, findings, services, database, gaps, as_of } }) => {
		assert.deepEqual(services.map(({ service, running, rollout, targets_healthy, targets_all, image_digest, task_definition }) =>
			[service, running, rollout, targets_healthy, targets_all, image_digest, task_definition]), [
			['products', 2, 'COMPLETED', 2, 2, `sha256:${'7'.repeat(64)}`, 'shop-dev-products:7'],
			['orders', 0, 'COMPLETED', undefined, undefined, 'beside:1' && undefined, 'shop-dev-products:7']]);
		assert.deepEqual(findings.map(({ severity, service, next }) => [severity, service, next]), [['critical', 'orders', 'diagnose {"service":"orders"}']]);
		assert.match(verdict, /None of the 1 tasks of orders runs \(critical\)/);
		assert.deepEqual([database.status, database.engine], ['available', 'postgres 17.6']);
		assert.deepEqual(gaps, []);
		assert.ok(Math.abs(Date.parse(as_of) - Date.now()) < 60000);
	},
	nothing: ({ structuredContent: { services, findings, database, verdict } }) => {
		assert.deepEqual([services, findings, database], [[], [], undefined]);
		assert.match(verdict, /could not be had/);
	},
	missing: ({ structuredContent: { services, gaps } }, why) => {
		assert.deepEqual(services, []);
		assert.deepEqual(gaps.map(({ what }) => what), ['the services', 'the alarms', 'the database']);
		for (const gap of gaps)
			assert.match(gap.why, why);
	},
});

const seen = async (t, script) => {
	const aws = await startAws(t, script), server = await startOps(t, aws.url);
	return { ...await ask(server, 'overview', {}), aws, server };
};

test('what is well has no finding, what deploys as it should neither; the image has its tag where it is named by one', async t => {
	const { verdict, findings, services, gaps } = await seen(t, all({ services: [service({ pendingCount: 2,
		deployments: [deployment('2', { rolloutState: 'IN_PROGRESS', createdAt: ago(3) }), deployment('1', { status: 'ACTIVE' })] }), orders()] }, `${image}:1.4@sha256:${'8'.repeat(64)}`));
	assert.deepEqual([verdict, findings, gaps], ['All is well.', [], []]);
	assert.deepEqual([services[0].image_tag, services[0].image_digest], ['1.4', `sha256:${'8'.repeat(64)}`]);
});

test('what strikes one is told worst first: targets, tasks, deployments, the database, alarms', async t => {
	const { findings, verdict } = await seen(t, all({
		services: [service({ desiredCount: 3, deployments: [deployment('2', { rolloutState: 'IN_PROGRESS', failedTasks: 4, createdAt: ago(40),
			rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.' })] }), orders({ desiredCount: 0, runningCount: 0 })],
		health: targets(sick('10.0.1.10', 503), sick('10.0.2.11', 503)), rds: database('storage-full'),
		alarms: [alarm('products-unhealthy'), alarm('database-storage')] }));
	assert.deepEqual(findings.map(({ severity, service }) => [severity, service]), [['critical', 'products'], ['critical', undefined],
		['error', 'products'], ['error', 'products'], ['error', 'products'], ['error', undefined], ['warning', 'orders']]);
	assert.match(findings[0].what, /No target of products is healthy/);
	assert.match(findings[1].what, /The database shop-dev is storage-full/);
	assert.match(verdict, /^No target of products is healthy \(critical\); 6 more\.$/);
});

test('cold it takes at most three rounds of requests, cached none', async t => {
	const { aws, server } = await seen(t, slowly(all(), 50)), asked = aws.calls.length;
	assert.ok(Math.max(...aws.calls.map(({ round }) => round)) <= 3, JSON.stringify(aws.calls.map(({ action, round }) => [action, round])));
	await Promise.all(Array.from({ length: 20 }, () => ask(server, 'overview', {})));
	assert.equal(aws.calls.length, asked);
});

test('a hundred at once are one request each, and what was seen is as old as it says', async t => {
	const aws = await startAws(t, all()), server = await startOps(t, aws.url);
	const results = await Promise.all(Array.from({ length: 100 }, () => ask(server, 'overview', {})));
	assert.equal(new Set(aws.calls.map(({ action, input }) => `${action} ${input}`)).size, aws.calls.length);
	assert.equal(new Set(results.map(({ as_of }) => as_of)).size, 1);
});

test('of blue and green both groups are looked at, and what is not used does not count', async t => {
	const green = arn('elasticloadbalancing', 'targetgroup/shop-dev-products-2/1');
	const { services: [products], aws } = await seen(t, { ...all({ services: [service({ loadBalancers: [{ targetGroupArn: GROUP,
		advancedConfiguration: { alternateTargetGroupArn: green, productionListenerRule: 'r', roleArn: 'r' } }] })] }),
		'elasticloadbalancing DescribeTargetHealth': [{ status: 200, body: targets({ id: '10.0.1.10', state: 'healthy' }) },
			{ status: 200, body: targets({ id: '10.0.1.11', state: 'unused', reason: 'Target.NotInUse' }) }] });
	assert.deepEqual([products.targets_healthy, products.targets_all], [1, 1]);
	assert.deepEqual(aws.calls.filter(({ action }) => action === 'DescribeTargetHealth').map(({ input }) => new URLSearchParams(input).get('TargetGroupArn')).sort(), [GROUP, green].sort());
});

const read = async (server, uri) => {
	const { json } = await exchange(server, { headers: await beginSession(server), body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri } }) });
	return json.result ? JSON.parse(json.result.contents[0].text) : json.error;
};

test('the resources say what the tools say', async t => {
	const aws = await startAws(t, all()), server = await startOps(t, aws.url);
	const { as_of, ...overview } = await read(server, 'ops://overview'), { as_of: other, ...told } = await ask(server, 'overview', {});
	assert.deepEqual(overview, told);
	assert.equal((await read(server, 'ops://service/products')).verdict, 'Nothing is wrong with products.');
	assert.match((await read(server, 'ops://service/nothing')).message, /no service "?nothing/);
});

// What a look costs is asked by whoever looks: a server that nobody asks says nothing to AWS, however often it tells.
test('who follows is told each minute to look, and AWS hears of it only then', { timeout: 120000 }, async t => {
	const aws = await startAws(t, all()), server = await startOps(t, aws.url), headers = await beginSession(server);
	await exchange(server, { headers, body: '{"jsonrpc":"2.0","id":2,"method":"resources/subscribe","params":{"uri":"ops://overview"}}' });
	const told = data => data && JSON.parse(data).method === 'notifications/resources/updated';
	const { events } = await exchange(server, { method: 'GET', headers: { ...headers, Accept: 'text/event-stream' },
		until: events => events.some(({ data }) => told(data)) });
	assert.ok(events.some(({ data }) => told(data) && JSON.parse(data).params.uri === 'ops://overview'));
	assert.equal(aws.calls.length, 0);
});
