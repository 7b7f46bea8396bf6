// ops_hostile.test.mjs - numbers, times and texts that no AWS says, or that somebody got into a log: they are read, and what is told fits its schema.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAws, startOps } from '../aws/ops.mjs';
import { ask } from './support.mjs';

const MOST = '9223372036854775807', LEAST = '-9223372036854775808', FILTER = 'logs FilterLogEvents';
const group = more => `{"logGroupName":"/shop-dev/services/products",${more}}`;
const now = Math.floor(Date.now() / 1000);
const service = at => `{"services":[{"serviceName":"products","desiredCount":${MOST},"runningCount":${LEAST},"deployments":[{"status":"PRIMARY",
	"createdAt":${at},"updatedAt":${at},"rolloutState":"FAILED","failedTasks":${LEAST}}],"events":[{"message":"was unable to place a task","createdAt":${at}}]}]}`;
const everything = at => ({
	'ecs DescribeServices': service(at), 'ecs ListTasks': { taskArns: ['a'] }, 'cloudtrail LookupEvents': `{"Events":[{"EventName":"a","EventTime":${at}}]}`,
	'ecs DescribeTasks': `{"tasks":[{"stoppedAt":${at},"stopCode":"EssentialContainerExited","containers":[{"name":"a","exitCode":1}]}]}`,
	'monitoring DescribeAlarms': `{"MetricAlarms":[{"AlarmName":"shop-dev-products-x","StateValue":"ALARM","StateTransitionedTimestamp":${at},"Threshold":1e308}]}`,
	[FILTER]: `{"events":[{"message":"x","timestamp":${LEAST}}]}`,
	'ecs ListServiceDeployments': `{"serviceDeployments":[{"serviceDeploymentArn":"x","createdAt":${at}}]}`,
	'ecs DescribeServiceDeployments': `{"serviceDeployments":[{"status":"ROLLBACK_SUCCESSFUL","finishedAt":${at}}]}`,
	'monitoring DescribeAlarmHistory': `{"AlarmHistoryItems":[{"AlarmName":"shop-dev-products-x","Timestamp":${at}}]}`,
});

for (const at of ['1e300', '-1e300', '9e15', '-62135596800'])
	test(`times of ${at} seconds are none`, async t => {
		const aws = await startAws(t, everything(at)), server = await startOps(t, aws.url);
		const { causes, deployed_at } = await ask(server, 'diagnose', { service: 'products' });
		assert.equal(deployed_at, undefined);
		assert.ok(causes.length > 0 && causes.every(({ since }) => since === undefined), JSON.stringify(causes));
		assert.equal((await ask(server, 'overview', {})).services[0].deployed_at, undefined);
		assert.ok((await ask(server, 'alarms', { history: true })).alarms[0].since === undefined);
		await ask(server, 'changes', {});
	});

test('bytes of any number are an estimate and a price', async t => {
	const groups = [group(`"storedBytes":${MOST},"creationTime":${LEAST},"retentionInDays":${MOST}`), group(`"storedBytes":${MOST},"creationTime":${MOST}`)];
	const aws = await startAws(t, { 'logs DescribeLogGroups': `{"logGroups":[${groups}]}`, 'logs StartQuery': { queryId: 'q' },
		'logs GetQueryResults': '{"status":"Complete","results":[],"statistics":{"bytesScanned":1e300,"recordsMatched":-1e300}}' });
	const server = await startOps(t, aws.url);
	const { cost, records_matched } = await ask(server, 'query_logs', { query: 'x', since: '1400w', confirm: true });
	assert.deepEqual([cost, records_matched], ['$41943.040000', 0]);
});

test('values that CloudWatch has not are left out, whatever they add up to', async t => {
	const values = [1e308, 1e308, 5, -1e308, 1e-320];
	const answer = { MetricDataResults: [{ Id: 'm0', Timestamps: [now - 3000, now - 3060, now - 3120, now - 3180, now - 20000], Values: values }] };
	const aws = await startAws(t, { 'monitoring DescribeAlarms': {}, 'monitoring GetMetricData': answer }), server = await startOps(t, aws.url);
	const { series: [{ mean, total, max, change }] } = await ask(server, 'metrics', { service: 'products', what: 'requests', compare: true });
	assert.deepEqual([mean, total, max, change], [5, 5, 5, undefined]);
});

test('a line without a time, and one with a NUL, hide none of the others', async t => {
	const events = [{ message: 'a\0b' }, { message: 'c', timestamp: now * 1000 }, { message: '\0', timestamp: 1 }];
	const aws = await startAws(t, { [FILTER]: { events } }), server = await startOps(t, aws.url);
	for (const tool of ['search_logs', 'tail_logs']) {
		const { lines, gaps } = await ask(server, tool, { service: 'products', ...tool === 'tail_logs' && { seconds: 1 } });
		assert.deepEqual([lines.map(({ message }) => message), gaps], [['a\ufffdb', 'c', '\ufffd'], []]);
	}
});

test('fifty thousand changes are read in the room of a few', async t => {
	const many = `{"Events":[${Array(50000).fill('{"EventName":"a"}')}]}`;
	const aws = await startAws(t, { 'cloudtrail LookupEvents': many }), server = await startOps(t, aws.url);
	const { changes, left_out } = await ask(server, 'changes', { since: '1d' });
	assert.deepEqual([changes.length, left_out], [100, 49900]);
});
