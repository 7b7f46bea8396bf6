// ops_costs.test.mjs - what it costs: costs against a double of AWS, in each case that AWS makes for it, and what is particular to money.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { cases, startAws, startOps } from '../aws/ops.mjs';
import { alarm, shop } from '../aws/shop.mjs';
import { ask, callTool, exchange, stateless } from './support.mjs';

const day = offset => new Date(Date.now() + offset * 86400000).toISOString().slice(0, 10);
const after = date => new Date(Date.parse(date) + 86400000).toISOString().slice(0, 10);
const group = (keys, Amount, Unit = 'USD') => ({ Keys: keys, Metrics: { UnblendedCost: { Amount, Unit } } });
const result = (Start, ...Groups) => ({ TimePeriod: { Start, End: after(Start) }, Total: {}, Groups, Estimated: true });
const usage = (...results) => ({ ResultsByTime: results, GroupDefinitions: [], DimensionValueAttributes: [] });

// $33 that credits pay: who adds up net figures alone is shown 0.
const days = [
	result(day(-1), group(['Amazon Elastic Container Service', 'Usage'], '20.1000000001'),
		group(['Amazon Elastic Container Service', 'Credit'], '-20.1000000001'), group(['Amazon Relational Database Service', 'Usage'], '5.25')),
	result(day(0), group(['Amazon Relational Database Service', 'Usage'], '7.65'), group(['Amazon Relational Database Service', 'Credit'], '-12.9'),
		group(['Tax', 'Tax'], '0.004')),
];
const anomaly = { AnomalyId: 'a', AnomalyStartDate: `${day(-1)}T00:00:00Z`, DimensionValue: 'AWS Lambda', AnomalyScore: { MaxScore: 1, CurrentScore: 1 },
	RootCauses: [{ Service: 'AWS Lambda', Region: 'eu-central-1', UsageType: 'EUC1-Request' }],
	Impact: { MaxImpact: 3, TotalImpact: 4.5, TotalActualSpend: 6, TotalExpectedSpend: 1.5 }, MonitorArn: 'arn' };
const script = {
	'ce GetCostAndUsage': usage(...days),
	'ce GetCostForecast': { Total: { Amount: '10.005', Unit: 'USD' }, ForecastResultsByTime: [] },
	'ce GetAnomalies': { Anomalies: [anomaly] },
};
const of = (server, args = {}) => ask(server, 'costs', { period: 'last 2 days', ...args });

cases('costs', { period: 'last 2 days' }, {
	script,
	empty: { 'ce GetCostAndUsage': usage(), 'ce GetCostForecast': { Total: { Amount: '0', Unit: 'USD' } }, 'ce GetAnomalies': { Anomalies: [] } },
	fine: ({ structuredContent: costs }) => {
		assert.deepEqual([costs.gross, costs.credits, costs.net, costs.currency], ['33.00', '-33.00', '0.00', 'USD']);
		assert.deepEqual(costs.groups.map(({ name, gross, credits, net, share }) => [name, gross, credits, net, share]), [
			['Amazon Elastic Container Service', '20.10', '-20.10', '0.00', 60.9],
			['Amazon Relational Database Service', '12.90', '-12.90', '0.00', 39.1], ['Tax', '0.00', '0.00', '0.00', 0]]);
		assert.deepEqual(costs.stacked, ['Amazon Elastic Container Service', 'Amazon Relational Database Service', 'Tax', 'all others']);
		assert.deepEqual(costs.bars.map(({ gross, net, parts, partial }) => [gross, net, parts, partial]), [
			['25.35', '5.25', ['20.10', '5.25', '0.00', '0.00'], false], ['7.65', '-5.25', ['0.00', '7.65', '0.00', '0.00'], true]]);
		assert.deepEqual([costs.partial, costs.estimated, costs.bars_are], [true, true, 'day']);
		assert.equal(costs.forecast.gross, '10.00');
		assert.deepEqual(costs.anomalies.map(({ service, usage_type, impact, expected }) => [service, usage_type, impact, expected]),
			[['AWS Lambda', 'EUC1-Request', '4.50', '1.50']]);
		assert.deepEqual(costs.asking, { requests: 3, dollars: '0.03' });
		assert.deepEqual(costs.gaps, []);
		assert.ok(Math.abs(Date.parse(costs.as_of) - Date.now()) < 60000);
	},
	nothing: ({ structuredContent: costs }) => {
		assert.deepEqual([costs.gross, costs.groups, costs.bars, costs.anomalies, costs.gaps], ['0.00', [], [], [], []]);
	},
	missing: ({ structuredContent: costs }, why) => {
		assert.equal(costs.gross, undefined);
		assert.deepEqual(costs.gaps.map(({ what }) => what), ['the costs', 'the forecast', 'the anomalies']);
		for (const gap of costs.gaps)
			assert.match(gap.why, why);
		assert.deepEqual(costs.asking, { requests: 0, dollars: '0.00' });
	},
});

test('it is asked in Cost Explorer\'s own region, once in six hours, by service and kind of charge', async t => {
	const aws = await startAws(t, script), server = await startOps(t, aws.url);
	await of(server);
	await of(server);
	assert.equal(aws.calls.length, 3);
	assert.ok(aws.calls.every(({ region }) => region === 'us-east-1'));
	const input = JSON.parse(aws.calls.find(({ action }) => action === 'GetCostAndUsage').input);
	assert.deepEqual(input, { TimePeriod: { Start: day(-1), End: day(1) }, Granularity: 'DAILY', Metrics: ['UnblendedCost'],
		GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }, { Type: 'DIMENSION', Key: 'RECORD_TYPE' }] });
	const forecast = JSON.parse(aws.calls.find(({ action }) => action === 'GetCostForecast').input);
	assert.deepEqual(forecast.Filter, { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund'] } } });
});

test('all pages are one answer, and a day that is cut by one is one bar', async t => {
	const pages = [{ ...usage(days[0]), NextPageToken: 'Bearer-2' }, { ...usage(result(day(-1), group(['AWS Lambda', 'Usage'], '1'))), NextPageToken: '3' },
		usage(days[1])];
	const aws = await startAws(t, { ...script, 'ce GetCostAndUsage': pages }), server = await startOps(t, aws.url);
	const costs = await of(server);
	assert.equal(costs.gross, '34.00');
	assert.deepEqual(costs.bars.map(({ gross }) => gross), ['26.35', '7.65']);
	assert.deepEqual(costs.asking, { requests: 5, dollars: '0.05' });
	assert.deepEqual(aws.calls.filter(({ action }) => action === 'GetCostAndUsage').map(({ input }) => JSON.parse(input).NextPageToken),
		[undefined, 'Bearer-2', '3']);
});

test('pages without end come to one, and that is said', async t => {
	let page = 0;
	const endless = () => ({ ...usage(days[0]), NextPageToken: `${page++}` });
	const aws = await startAws(t, { ...script, 'ce GetCostAndUsage': { status: 200, body: endless } }), server = await startOps(t, aws.url);
	const { asking, gaps } = await of(server);
	assert.equal(asking.requests, 12);
	assert.match(gaps[0].why, /more pages/);
});

test('compare adds the days before', async t => {
	const answer = ({ TimePeriod: { Start } }) => Start === day(-1) ? usage(...days)
		: usage(result(Start, group(['Amazon Relational Database Service', 'Usage'], '30'), group(['AWS Lambda', 'Usage'], '3')));
	const aws = await startAws(t, { ...script, 'ce GetCostAndUsage': { status: 200, body: answer } }), server = await startOps(t, aws.url);
	const costs = await of(server, { compare: true });
	assert.deepEqual(costs.compared, { from: day(-3), to: day(-1), gross: '33.00', net: '33.00', change: 0 });
	assert.deepEqual(costs.groups.map(({ name, before, change }) => [name, before, change]), [
		['Amazon Elastic Container Service', '0.00', undefined], ['Amazon Relational Database Service', '30.00', -57],
		['Tax', '0.00', undefined], ['AWS Lambda', '3.00', -100]]);
	assert.equal(costs.gross, '33.00');
});

test('by tag its values have names, by day it is told by kind of charge, by use there is a bar a month', async t => {
	const answer = ({ GroupBy, TimePeriod: { Start, End } }) => ({ ResultsByTime: [{ TimePeriod: { Start, End }, Groups: {
		TAG: [group(['project$shop', 'Usage'], '2'), group(['project$', 'Usage'], '1')],
		RECORD_TYPE: [group(['Usage'], '3'), group(['Credit'], '-1')], USAGE_TYPE: [group(['EUC1-Fargate', 'Usage'], '3')],
	}[GroupBy[0].Type === 'TAG' ? 'TAG' : GroupBy[0].Key] }] });
	const aws = await startAws(t, { ...script, 'ce GetCostAndUsage': { status: 200, body: answer } }), server = await startOps(t, aws.url);
	const names = async args => (await of(server, args)).groups.map(({ name, gross, credits }) => [name, gross, credits]);
	assert.deepEqual(await names({ by: 'tag', tag: 'team' }), [['shop', '2.00', '0.00'], ['(none)', '1.00', '0.00']]);
	assert.deepEqual(await names({ by: 'day' }), [['Usage', '3.00', '0.00'], ['Credit', '0.00', '-1.00']]);
	assert.deepEqual(await names({ by: 'usage' }), [['EUC1-Fargate', '3.00', '0.00']]);
	const inputs = aws.calls.filter(({ action }) => action === 'GetCostAndUsage').map(({ input }) => JSON.parse(input));
	assert.deepEqual(inputs.map(({ Granularity, GroupBy }) => [Granularity, GroupBy[0].Key]),
		[['DAILY', 'team'], ['DAILY', 'RECORD_TYPE'], ['MONTHLY', 'USAGE_TYPE']]);
});

test('what can\'t be read, or is in another currency, is left out, and that is said', async t => {
	const odd = usage(result(day(0), group(['A', 'Usage'], '1'), group(['B', 'Usage'], 'much'), group(['C', 'Usage'], '5', 'CNY')));
	const aws = await startAws(t, { ...script, 'ce GetCostAndUsage': odd }), server = await startOps(t, aws.url);
	const { gross, gaps } = await of(server);
	assert.equal(gross, '1.00');
	assert.match(gaps[0].why, /left out/);
});

test('a period that is none is told which there are, and costs nothing', async t => {
	const aws = await startAws(t, script), server = await startOps(t, aws.url);
	for (const period of ['this year', '2020-13', 'last 400 days']) {
		const { isError, content } = await callTool(server, 'costs', { period });
		assert.ok(isError);
		assert.match(content[0].text, /"last month"/);
	}
	assert.equal(aws.calls.length, 0);
});

test('the month may come to what was so far, and what is foretold', async t => {
	const first = `${day(0).slice(0, 8)}01`, today = result(day(0), group(['A', 'Usage'], '100'));
	const before = first === day(0) ? [] : [result(first, group(['A', 'Usage'], '2.5'))];
	const aws = await startAws(t, { ...script, 'ce GetCostAndUsage': usage(...before, today) }), server = await startOps(t, aws.url);
	const { forecast } = await of(server, { period: 'this month' });
	assert.deepEqual([forecast.from, forecast.month], [day(0), before.length ? '12.50' : '10.00']);
});

test('only who has ops:costs sees it, as a metric too', async t => {
	const keys = { reader: 'mcp_a-key-that-may-not-see-what-it-costs', payer: 'mcp_a-key-that-may-see-what-it-costs' };
	const line = (name, scope) => `${name}:${createHash('sha256').update(keys[name]).digest('hex')}:${scope}`;
	const aws = await startAws(t, script);
	const server = await startOps(t, aws.url, { API_KEYS: `${line('reader', 'ops:read')} ${line('payer', 'ops:read,ops:costs')}` });
	for (const [name, sees] of [['reader', false], ['payer', true]]) {
		const { json } = await exchange(server, stateless('tools/list', {}, { headers: { Authorization: `Bearer ${keys[name]}` } }));
		assert.equal(json.result.tools.some(tool => tool.name === 'costs'), sees);
		const args = { namespace: ' aws/billing', name: 'EstimatedCharges', dimensions: [{ name: 'Currency', value: 'USD' }], stat: 'Maximum' };
		const { json: { result } } = await exchange(server, stateless('tools/call', { name: 'metrics', arguments: args },
			{ headers: { Authorization: `Bearer ${keys[name]}` } }));
		assert.equal(result.isError ?? false, !sees, JSON.stringify(result));
	}
});

test('what an alarm of the bill saw is told to who has ops:costs, that it rings to everybody', async t => {
	const keys = { reader: 'mcp_a-key-that-may-not-see-what-it-costs', payer: 'mcp_a-key-that-may-see-what-it-costs' };
	const line = (name, scope) => `${name}:${createHash('sha256').update(keys[name]).digest('hex')}:${scope}`;
	const bill = { StateReason: 'Threshold Crossed: 1 datapoint [123.45] was greater than the threshold (97.5).', Threshold: 97.5,
		StateReasonData: JSON.stringify({ recentDatapoints: [123.45] }), AlarmDescription: 'The bill' };
	const alone = { Namespace: 'AWS/Billing', MetricName: 'EstimatedCharges' }, none = { Namespace: undefined, MetricName: undefined };
	const alarms = [alarm('products-bill', { ...bill, ...alone }), alarm('products-share', { ...bill, ...none, Metrics: [{ Id: 'a', Expression: 'b / 2' },
		{ Id: 'b', MetricStat: { Metric: alone, Period: 300, Stat: 'Maximum' } }] }),
	alarm('products-search', { ...bill, ...none, Metrics: [{ Id: 'a', Expression: `SEARCH('{AWS/Billing,Currency}', 'Maximum')` }] })];
	const aws = await startAws(t, { ...shop({ alarms }), 'monitoring DescribeAlarmHistory': { AlarmHistoryItems: [] } });
	const server = await startOps(t, aws.url, { OPS_SERVICES: 'products', API_KEYS: `${line('reader', 'ops:read')} ${line('payer', 'ops:read,ops:costs')}` });
	const asks = [['alarms', {}, /123\.45[^]*97\.5/], ['overview', {}, /123\.45/], ['diagnose', { service: 'products' }, /123\.45/]];
	for (const [name, sees] of [['payer', true], ['reader', false]])
		for (const [tool, args, figures] of asks) {
			const { json: { result: { structuredContent: told } } } = await exchange(server, stateless('tools/call', { name: tool, arguments: args },
				{ headers: { Authorization: `Bearer ${keys[name]}` } })), words = JSON.stringify(told);
			assert.deepEqual(told.alarms.map(({ alarm }) => alarm), ['shop-dev-products-bill', 'shop-dev-products-share', 'shop-dev-products-search'], tool);
			if (sees)
				assert.match(words, figures, tool);
			else
				assert.doesNotMatch(words, /123\.45|97\.5|> 0/, tool);
			assert.equal(/told to whoever has the scope ops:costs/.test(words), !sees, tool);
		}
});

test('forty requests are paid for at once, no more', async t => {
	const aws = await startAws(t, script), server = await startOps(t, aws.url), gaps = [];
	for (let ago = 1; ago <= 41; ago++)
		gaps.push((await of(server, { period: `${day(-ago)} to ${day(-ago)}`, by: 'day' })).gaps);
	assert.deepEqual(gaps.slice(0, 40).flat(), []);
	assert.match(JSON.stringify(gaps.at(-1)), /the costs.*try again in a while/);
	assert.equal(aws.calls.filter(({ action }) => action === 'GetCostAndUsage').length, 40);
});

test('half of what is paid for at once is one caller\'s at most', async t => {
	const keys = ['mcp_a-key-of-who-pays-for-too-much', 'mcp_a-key-of-who-pays-for-one-look'];
	const API_KEYS = keys.map((key, i) => `caller${i}:${createHash('sha256').update(key).digest('hex')}:ops:read,ops:costs`).join(' ');
	const aws = await startAws(t, script), server = await startOps(t, aws.url, { API_KEYS });
	const pay = (key, ago) => ask(server, 'costs', { period: `${day(-ago)} to ${day(-ago)}`, by: 'day' }, { headers: { Authorization: `Bearer ${key}` } });
	for (let ago = 1; ago <= 20; ago++)
		assert.deepEqual((await pay(keys[0], ago)).gaps, []);
	assert.match(JSON.stringify((await pay(keys[0], 21)).gaps), /the costs.*try again in a while/);
	assert.deepEqual((await pay(keys[1], 21)).gaps, []);
	assert.deepEqual((await pay(keys[0], 21)).gaps, []);
});
