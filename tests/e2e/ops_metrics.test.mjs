// ops_metrics.test.mjs - how a metric went: metrics against a double of AWS, in each case that AWS makes for it, and what is particular to
// points and thresholds.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cases, startAws, startOps } from '../aws/ops.mjs';
import { request } from './browser.mjs';
import { ask, callTool, root } from './support.mjs';

const dimensions = pairs => Object.entries(pairs).map(([Name, Value]) => ({ Name, Value }));
const cpu = { Namespace: 'AWS/ECS', MetricName: 'CPUUtilization', Dimensions: dimensions({ ServiceName: 'orders', ClusterName: 'shop-dev' }) };
const alarm = (AlarmName, more) => ({ AlarmName, StateValue: 'OK', StateReason: 'Threshold Crossed', StateTransitionedTimestamp: 1.795e9,
	Statistic: 'Average', Period: 300, EvaluationPeriods: 3, Threshold: 85, ComparisonOperator: 'GreaterThanThreshold', Dimensions: [], ...more });
const alarms = [
	alarm('shop-dev-orders-cpu', cpu),
	alarm('shop-dev-products-cpu', { ...cpu, Dimensions: dimensions({ ClusterName: 'shop-dev', ServiceName: 'products' }) }),
	alarm('shop-dev-orders-failures', { StateValue: 'ALARM', Threshold: 10, Statistic: undefined, Metrics: [
		{ Id: 'value', Expression: '100 * failed / calls', ReturnData: true },
		{ Id: 'calls', MetricStat: { Metric: { Namespace: 'shop-dev', MetricName: 'Calls', Dimensions: dimensions({ Service: 'orders' }) },
			Period: 900, Stat: 'Sum' } }] }),
];
// A value for each period that is asked for: 1, 2, 3 … times the metric's place; Timestamps as AWS has them, some whole and some not.
const points = ({ StartTime, EndTime, MetricDataQueries: queries }, stop = Infinity) => ({ Messages: [], MetricDataResults: queries.map(({ Id, MetricStat }, at) => {
	const Timestamps = [];
	for (let time = StartTime; time < EndTime && Timestamps.length < stop; time += MetricStat.Period)
		Timestamps.push(time);
	return { Id, Label: MetricStat.Metric.MetricName, Timestamps, Values: Timestamps.map((_, i) => (i + 1) * (at + 1)), StatusCode: 'Complete' };
}) });
const script = {
	'monitoring GetMetricData': { status: 200, body: points },
	'monitoring DescribeAlarms': { MetricAlarms: alarms, CompositeAlarms: [] },
};
const near = (text, at) => assert.ok(Math.abs(Date.parse(text) - at) <= 121000, `${text} is not near ${new Date(at).toISOString()}`);

cases('metrics', { service: 'orders', what: 'cpu', since: '2h' }, {
	script,
	empty: { 'monitoring GetMetricData': { MetricDataResults: [{ Id: 'm0', Timestamps: [], Values: [], StatusCode: 'Complete' }] },
		'monitoring DescribeAlarms': { MetricAlarms: [] } },
	fine: ({ structuredContent: { series, alarms, period_seconds, from, until, gaps } }) => {
		assert.equal(series.length, 1);
		const [{ metric, of, stat, unit, min, max, mean, last, values, seconds, total }] = series;
		assert.deepEqual([metric, of, stat, unit], ['AWS/ECS CPUUtilization', 'ClusterName=shop-dev, ServiceName=orders', 'Average', 'percent']);
		assert.ok(values.length >= 119 && values.length <= 120, `${values.length} points`);
		assert.deepEqual([min, max, last, mean, total], [1, values.length, values.length, (values.length + 1) / 2, undefined]);
		assert.deepEqual(seconds.slice(0, 3), [0, 60, 120]);
		assert.equal(period_seconds, 60);
		near(from, Date.now() - 7200000);
		near(until, Date.now());
		assert.deepEqual(alarms.map(({ name, state, threshold, rings }) => [name, state, threshold, rings]),
			[['shop-dev-orders-cpu', 'OK', 85, 'above 85']]);
		assert.deepEqual(gaps, []);
	},
	nothing: ({ structuredContent: { series: [{ values, min, last }], alarms, gaps } }) => {
		assert.deepEqual([values, min, last, alarms, gaps], [[], undefined, undefined, [], []]);
	},
	missing: ({ structuredContent: { series: [{ values }], alarms, gaps } }, why) => {
		assert.deepEqual([values, alarms], [[], []]);
		assert.deepEqual(gaps.map(({ what }) => what).sort(), ['the alarms', 'the metrics']);
		for (const gap of gaps)
			assert.match(gap.why, why);
	},
});

const groups = '<DescribeTargetGroupsResponse><DescribeTargetGroupsResult><TargetGroups>'
	+ [['shop-dev-orders', 1], ['shop-dev-orders-2', 2], ['shop-dev-orders-old', 3], ['shop-dev-products', 4]].map(([name, id]) =>
		`<member><TargetGroupArn>arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/${name}/${id}</TargetGroupArn>`
		+ `<TargetGroupName>${name}</TargetGroupName><Port>8082</Port><LoadBalancerArns>`
		+ '<member>arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/shop-dev/9</member></LoadBalancerArns></member>').join('')
	+ '</TargetGroups></DescribeTargetGroupsResult></DescribeTargetGroupsResponse>';
const everything = { ...script, 'elasticloadbalancing DescribeTargetGroups': groups };
const asked = aws => aws.calls.filter(({ action }) => action === 'GetMetricData').map(({ input }) => JSON.parse(input));

test('each word stands for metrics that our programs or Terraform\'s dashboards name', async t => {
	const named = ['server/metrics/emf.c', 'terraform/modules/dashboard/main.tf', 'terraform/modules/service/alarms.tf', 'terraform/modules/database/alarms.tf']
		.map(path => readFileSync(join(root, path), 'utf8')).join('\n');
	const aws = await startAws(t, everything), server = await startOps(t, aws.url);
	const { tools } = await request(server, 'tools/list');
	const words = tools.find(({ name }) => name === 'metrics').inputSchema.properties.what.enum;
	assert.ok(words.length >= 12);
	for (const what of words)
		await ask(server, 'metrics', { service: 'orders', what });
	const metrics = asked(aws).flatMap(({ MetricDataQueries }) => MetricDataQueries.map(({ MetricStat }) => MetricStat.Metric));
	assert.ok(metrics.length >= 25);
	for (const { Namespace, MetricName, Dimensions } of metrics)
		for (const word of [MetricName, ...Dimensions.map(({ Name }) => Name), ...(Namespace === 'shop-dev' ? [] : [Namespace])])
			assert.ok(named.includes(`"${word}"`) || named.includes(` ${word} `), `${word} of ${MetricName} is named nowhere`);
});

test('what goes through the balancer is of the service\'s own target groups', async t => {
	const aws = await startAws(t, everything), server = await startOps(t, aws.url);
	const { series } = await ask(server, 'metrics', { service: 'orders', what: 'latency' });
	assert.deepEqual(series.map(({ label }) => label), ['half of them', 'half of them (shop-dev-orders-2)', '19 of 20',
		'19 of 20 (shop-dev-orders-2)', '99 of 100', '99 of 100 (shop-dev-orders-2)']);
	assert.equal(series[1].of, 'TargetGroup=targetgroup/shop-dev-orders-2/2, LoadBalancer=app/shop-dev/9');
	assert.deepEqual(asked(aws)[0].MetricDataQueries.map(({ MetricStat }) => MetricStat.Stat), ['p50', 'p50', 'p95', 'p95', 'p99', 'p99']);
});

test('compare says how it changed against as long before, in the same request', async t => {
	const aws = await startAws(t, script), server = await startOps(t, aws.url);
	const { series: [calls], period_seconds } = await ask(server, 'metrics', { service: 'orders', what: 'requests', since: '1h', compare: true });
	const n = calls.values.length, before = n * (n + 1) / 2, total = 2 * n * (2 * n + 1) / 2 - before;
	assert.deepEqual([calls.total, calls.before, period_seconds], [total, before, 60]);
	assert.equal(calls.change, Math.round((total - before) / before * 1000) / 10);
	assert.equal(asked(aws).length, 1);
});

test('an alarm of an expression is told, those that ring first, and has no line', async t => {
	const aws = await startAws(t, script), server = await startOps(t, aws.url);
	const { alarms } = await ask(server, 'metrics', { service: 'orders', what: 'requests' });
	assert.deepEqual(alarms.map(({ name, state, rings, threshold }) => [name, state, rings, threshold]),
		[['shop-dev-orders-failures', 'ALARM', '100 * failed / calls above 10', undefined]]);
});

test('a threshold of sums is a line only where both are of the same time', async t => {
	const failed = { Namespace: 'shop-dev', MetricName: 'FailedStatements', Dimensions: dimensions({ Service: 'orders' }), Statistic: 'Sum', Period: 60,
		Threshold: 0 };
	const aws = await startAws(t, { ...script, 'monitoring DescribeAlarms': { MetricAlarms: [alarm('shop-dev-orders-statements', failed)] } });
	const server = await startOps(t, aws.url);
	const threshold = async since => (await ask(server, 'metrics', { service: 'orders', what: 'errors', since })).alarms.map(({ threshold }) => threshold);
	assert.deepEqual(await threshold('1h'), [0]);
	assert.deepEqual(await threshold('1d'), [undefined]);
});

test('there are at most 120 points, whatever the time', async t => {
	const aws = await startAws(t, script), server = await startOps(t, aws.url);
	for (const [since, period] of [['1m', 60], ['2h', 60], ['3h', 300], ['1d', 900], ['7d', 10800], ['30d', 21600], ['64w', 604800]]) {
		const { series: [{ values }], period_seconds } = await ask(server, 'metrics', { service: 'orders', what: 'memory', since });
		assert.equal(period_seconds, period, since);
		assert.ok(values.length >= 1 && values.length <= 120, `${since}: ${values.length}`);
	}
});

test('what AWS cuts is asked for again, and what it can\'t compute is a gap', async t => {
	const parts = [
		{ status: 200, body: input => ({ ...points(input, 2), NextToken: 'more' }) },
		{ status: 200, body: ({ StartTime, MetricDataQueries: [{ Id, MetricStat: { Period } }] }) => ({ MetricDataResults: [
			{ Id, Timestamps: [StartTime + 2 * Period], Values: [40], StatusCode: 'InternalError', Messages: [{ Code: 'x', Value: 'try later' }] },
			{ Id: 'm99', Timestamps: [1], Values: [1], StatusCode: 'Complete' }, { Id: 'other', Timestamps: [], Values: [] }] }) },
	];
	const aws = await startAws(t, { ...script, 'monitoring GetMetricData': parts }), server = await startOps(t, aws.url);
	const { series: [{ values }], gaps } = await ask(server, 'metrics', { service: 'orders', what: 'cpu' });
	assert.deepEqual(values, [1, 2, 40]);
	assert.deepEqual(gaps, [{ what: 'CPUUtilization', why: 'try later' }]);
	assert.equal(asked(aws)[1].NextToken, 'more');
});

test('another metric is asked for by its name', async t => {
	const aws = await startAws(t, script), server = await startOps(t, aws.url);
	const { series: [series], what } = await ask(server, 'metrics', { namespace: 'AWS/SQS', name: 'NumberOfMessagesSent', stat: 'Sum',
		dimensions: [{ name: 'QueueName', value: 'q' }] });
	assert.deepEqual([what, series.metric, series.of], ['NumberOfMessagesSent', 'AWS/SQS NumberOfMessagesSent', 'QueueName=q']);
	assert.deepEqual(asked(aws)[0].MetricDataQueries[0].MetricStat.Metric.Dimensions, [{ Name: 'QueueName', Value: 'q' }]);
});

test('what can\'t be asked for is said in words', async t => {
	const aws = await startAws(t, script), server = await startOps(t, aws.url);
	for (const [args, words] of [[{ what: 'cpu' }, /Of which service/], [{ service: 'nobody' }, /there are: products, orders/],
		[{ service: 'orders', since: 'yesterday' }, /"3h"/], [{ service: 'orders', since: '2999-01-01' }, /"3h"/],
		[{ service: 'orders', since: '66w' }, /455 days/], [{ name: 'X' }, /namespace and name/]]) {
		const { isError, content } = await callTool(server, 'metrics', args);
		assert.ok(isError);
		assert.match(content[0].text, words);
	}
	assert.equal(aws.calls.length, 0);
});
