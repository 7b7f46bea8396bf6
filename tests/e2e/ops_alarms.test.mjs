// ops_alarms.test.mjs - which alarms ring, and what changed: alarms and changes against a double of AWS, in each case that AWS makes for them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases, DENIED, startAws, startOps } from '../aws/ops.mjs';
import { ago, alarm, serviceDeployment, trail } from '../aws/shop.mjs';
import { ask, callTool } from './support.mjs';

const metric = [alarm('orders-latency', { StateValue: 'OK', Statistic: undefined, ExtendedStatistic: 'p99', Threshold: 1.5, EvaluationPeriods: 5 }),
	alarm('products-unhealthy', { StateReasonData: JSON.stringify({ version: '1.0', recentDatapoints: [0, 1, 1], threshold: 0 }),
		AlarmDescription: 'Targets are unhealthy. docs/on-call.md#not-ready' })];
const composite = { AlarmName: 'shop-dev-all', AlarmRule: 'ALARM("shop-dev-products-unhealthy")', StateValue: 'ALARM', StateReason: 'one rings', StateUpdatedTimestamp: ago(4) };
const item = (minutes, name, HistorySummary) => ({ AlarmName: name, AlarmType: 'MetricAlarm', Timestamp: ago(minutes), HistoryItemType: 'StateUpdate',
	HistorySummary, HistoryData: '{}' });
const history = { AlarmHistoryItems: [item(5, 'shop-dev-products-unhealthy', 'Alarm updated from OK to ALARM'), item(20, 'another-thing', 'Alarm updated from OK to ALARM'),
	item(30, 'shop-dev-orders-latency', 'Alarm updated from ALARM to OK')] };

// Metric alarms and the others are asked for apart: rights for the others are often missing.
const alarms = [{ status: 200, body: ({ AlarmTypes: [type] }) => (type === 'MetricAlarm' ? { MetricAlarms: metric, CompositeAlarms: [] }
	: { MetricAlarms: [], CompositeAlarms: [composite], LogAlarms: [] }) }];

cases('alarms', { history: true }, {
	script: { 'monitoring DescribeAlarms': alarms, 'monitoring DescribeAlarmHistory': history },
	empty: { 'monitoring DescribeAlarms': { MetricAlarms: [], CompositeAlarms: [] }, 'monitoring DescribeAlarmHistory': { AlarmHistoryItems: [] } },
	fine: ({ structuredContent: { alarms, ringing, history, gaps } }) => {
		assert.deepEqual(alarms.map(({ alarm, state, condition, latest, runbook }) => [alarm, state, condition, latest, runbook]), [
			['shop-dev-products-unhealthy', 'ALARM', 'Maximum > 0 for 3 × 60 s', '0,1,1', 'skill://incident/references/on-call.md#not-ready'],
			['shop-dev-all', 'ALARM', 'ALARM("shop-dev-products-unhealthy")', undefined, undefined],
			['shop-dev-orders-latency', 'OK', 'p99 > 1.5 for 5 × 60 s', undefined, 'skill://incident/references/on-call.md#not-ready']]);
		assert.equal(ringing, 2);
		assert.deepEqual(history.map(({ on, what }) => [on, what]), [['shop-dev-products-unhealthy', 'Alarm updated from OK to ALARM'],
			['shop-dev-orders-latency', 'Alarm updated from ALARM to OK']]);
		assert.deepEqual(gaps, []);
	},
	nothing: ({ structuredContent: { alarms, ringing, history, gaps } }) => assert.deepEqual([alarms, ringing, history, gaps], [[], 0, [], []]),
	missing: ({ structuredContent: { alarms, gaps } }, why) => {
		assert.deepEqual(alarms, []);
		assert.equal(gaps.length, 3);
		for (const gap of gaps)
			assert.match(gap.why, why);
	},
});

test('of one service, and of one state; what there are no rights for is a gap', async t => {
	const aws = await startAws(t, { 'monitoring DescribeAlarms': { status: 200, body: ({ AlarmTypes: [type] }) => (type === 'MetricAlarm'
		? { MetricAlarms: metric } : {}) } });
	const server = await startOps(t, aws.url);
	assert.deepEqual((await ask(server, 'alarms', { service: 'products' })).alarms.map(({ alarm }) => alarm), ['shop-dev-products-unhealthy']);
	await ask(server, 'alarms', { state: 'ALARM' });
	assert.equal(JSON.parse(aws.calls.at(-1).input).StateValue, 'ALARM');
	assert.ok((await callTool(server, 'alarms', { service: 'nothing' })).isError);
	assert.match((await callTool(server, 'alarms', { since: 'a while' })).content[0].text, /30m.*at most two weeks ago/);
	aws.script('monitoring', 'DescribeAlarms', DENIED);
	const { gaps } = await ask(server, 'alarms', { refresh: true, state: 'OK' });
	assert.deepEqual(gaps.map(({ what }) => what), ['the alarms', 'composite alarms and those of log queries']);
});

test('what was not asked for is passed over: alarms in another state, and the same ones in both answers', async t => {
	const aws = await startAws(t, { 'monitoring DescribeAlarms': { MetricAlarms: metric, CompositeAlarms: [composite] } });
	const server = await startOps(t, aws.url, { OPS_SERVICES: 'products' });
	const { alarms } = await ask(server, 'alarms', { state: 'ALARM' });
	assert.deepEqual(alarms.map(({ alarm }) => alarm), ['shop-dev-products-unhealthy', 'shop-dev-all']);
	assert.deepEqual((await ask(server, 'overview', {})).alarms.map(({ alarm }) => alarm), ['shop-dev-products-unhealthy']);
});

const secret = trail(9, 'PutSecretValue', 'jane', { EventSource: 'secretsmanager.amazonaws.com', Resources: [{ ResourceName: 'shop-dev/products/keys' }] });
const page = (events, NextToken) => ({ status: 200, body: { Events: events, NextToken } });
const deployments = { serviceDeployments: [serviceDeployment('2', 'ROLLBACK_SUCCESSFUL', { statusReason: 'tasks failed to start', createdAt: ago(8) }),
	serviceDeployment('1', 'SUCCESSFUL', { createdAt: ago(60 * 24 * 3) })] };

cases('changes', {}, {
	settings: { OPS_SERVICES: 'products' },
	script: { 'cloudtrail LookupEvents': { Events: [secret, trail(10, 'UpdateService', 'shop-dev-deploy')] }, 'monitoring DescribeAlarmHistory': history,
		'ecs ListServiceDeployments': deployments },
	empty: { 'cloudtrail LookupEvents': { Events: [] }, 'monitoring DescribeAlarmHistory': { AlarmHistoryItems: [] }, 'ecs ListServiceDeployments': { serviceDeployments: [] } },
	fine: ({ structuredContent: { changes, gaps } }) => {
		assert.deepEqual(changes.map(({ kind, who, what, on }) => [kind, who, what, on]), [
			['alarm', undefined, 'Alarm updated from OK to ALARM', 'shop-dev-products-unhealthy'],
			['deployment', undefined, 'a deployment began: ROLLBACK_SUCCESSFUL, tasks failed to start', 'products'],
			['call', 'jane/session', 'secretsmanager:PutSecretValue', 'shop-dev/products/keys'],
			['call', 'shop-dev-deploy/session', 'ecs:UpdateService', undefined],
			['alarm', undefined, 'Alarm updated from ALARM to OK', 'shop-dev-orders-latency']]);
		assert.deepEqual(gaps, []);
		assert.doesNotMatch(JSON.stringify(changes), /never to be seen/);
	},
	nothing: ({ structuredContent: { changes, gaps } }) => assert.deepEqual([changes, gaps], [[], []]),
	missing: ({ structuredContent: { changes, gaps } }, why) => {
		assert.deepEqual(changes, []);
		assert.deepEqual(gaps.map(({ what }) => what), ['who changed what', 'what alarms did', 'the deployments of products']);
		for (const gap of gaps)
			assert.match(gap.why, why);
	},
});

test('who did it and what it was, in any case; two pages of calls, and that there are more', async t => {
	const aws = await startAws(t, { 'cloudtrail LookupEvents': [page([secret], 'a'), page([trail(11, 'DeleteRule', 'Jane', { EventSource: 'elasticloadbalancing.amazonaws.com' })], 'b')],
		'monitoring DescribeAlarmHistory': history, 'ecs ListServiceDeployments': deployments });
	const server = await startOps(t, aws.url, { OPS_SERVICES: 'products' });
	const { changes, gaps } = await ask(server, 'changes', { who: 'JANE' });
	assert.deepEqual(changes.map(({ what }) => what), ['secretsmanager:PutSecretValue', 'elasticloadbalancing:DeleteRule']);
	assert.match(gaps[0].why, /latest 100 calls/);
	assert.deepEqual((await ask(server, 'changes', { what: 'PRODUCTS/keys' })).changes.map(({ on }) => on), ['shop-dev/products/keys']);
	assert.deepEqual((await ask(server, 'changes', { what: 'rollback', since: '2h' })).changes.map(({ kind }) => kind), ['deployment']);
	assert.equal((await ask(server, 'changes', { what: 'deployment', since: '7d' })).changes.length, 2);
	for (const since of ['15d', '-1h', '2999-01-01', '0x1h', 'h'])
		assert.ok((await callTool(server, 'changes', { since })).isError, since);
});
