// ops_pages.test.mjs - the pages of metrics and costs (MCP Apps) in a real browser, in a host that calls the real server beside a double of AWS.
//
// SCREENSHOTS names a folder to leave pictures of them in.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startAws, startOps } from '../aws/ops.mjs';
import { chromium, openBrowser, openPlaces, pale, readPage, request, show, sideways } from './browser.mjs';
import { eventually } from './support.mjs';

const pages = { metrics: 'ui://ops/metrics', costs: 'ui://ops/costs' };
const nasty = '<img src=x onerror="document.title=\'owned\'"><b>bold</b>';

// ---- What AWS says ----

const wave = (i, place) => place === 0 ? 55 + 25 * Math.sin(i / 9) + (i > 90 ? 12 : 0) : 20 + place * 7 + 4 * Math.sin(i / 5 + place);
const points = ({ StartTime, EndTime, MetricDataQueries: queries }) => ({ MetricDataResults: queries.map(({ Id, MetricStat: { Period, Metric } }, place) => {
	const Timestamps = [];
	for (let time = StartTime; time < EndTime; time += Period)
		if (place || Timestamps.length !== 40 || time % 7)
			Timestamps.push(time);
	return { Id, Label: Metric.MetricName, Timestamps, Values: Timestamps.map((_, i) => wave(i, place)), StatusCode: 'Complete' };
}) });
const dimensions = pairs => Object.entries(pairs).map(([Name, Value]) => ({ Name, Value }));
const alarm = { AlarmName: 'shop-dev-orders-cpu', StateValue: 'ALARM', StateReason: 'Threshold Crossed', StateTransitionedTimestamp: Date.now() / 1000 - 1500,
	Statistic: 'Average', Period: 300, Threshold: 85, ComparisonOperator: 'GreaterThanThreshold', Namespace: 'AWS/ECS', MetricName: 'CPUUtilization',
	Dimensions: dimensions({ ClusterName: 'shop-dev', ServiceName: 'orders' }) };

const services = ['Amazon Elastic Container Service', 'Amazon Relational Database Service', 'Amazon Elastic Load Balancing', 'AmazonCloudWatch',
	'AWS Cost Explorer', 'Amazon EC2 Container Registry (ECR)', 'AWS Key Management Service', 'AWS Secrets Manager'];
const group = (Keys, amount) => ({ Keys, Metrics: { UnblendedCost: { Amount: amount.toFixed(10), Unit: 'USD' } } });
const dayText = ms => new Date(ms).toISOString().slice(0, 10);
const usage = ({ TimePeriod: { Start, End }, Granularity }) => {
	const first = Date.parse(Start), ends = Date.parse(End), step = Granularity === 'DAILY' ? 86400000 : ends - first, ResultsByTime = [];
	for (let at = first; at < ends; at += step)
		ResultsByTime.push({ TimePeriod: { Start: dayText(at), End: dayText(at + step) }, Estimated: true, Groups: services.flatMap((name, i) => {
			const amount = (4.2 / (i + 1) ** 1.3) * (1 + 0.25 * Math.sin(at / 86400000 + i)) * (at + step > Date.now() ? 0.4 : 1) * step / 86400000;
			return [group([name, 'Usage'], amount), ...i < 2 ? [group([name, 'Credit'], -amount)] : []];
		}) });
	return { ResultsByTime };
};
const aws = {
	'monitoring GetMetricData': { status: 200, body: points }, 'monitoring DescribeAlarms': { MetricAlarms: [alarm] },
	'ce GetCostAndUsage': { status: 200, body: usage }, 'ce GetCostForecast': { Total: { Amount: '31.5', Unit: 'USD' } },
	'ce GetAnomalies': { Anomalies: [{ AnomalyStartDate: `${dayText(Date.now() - 86400000)}T00:00:00Z`, RootCauses: [{ Service: 'AWS Key Management Service',
		Region: 'eu-central-1', UsageType: 'EUC1-KMS-Requests' }], Impact: { TotalImpact: 2.41, TotalExpectedSpend: 0.3 } }] },
};

describe('what mcp-ops says of its pages', () => {
	for (const [tool, uri] of Object.entries(pages))
		test(`${tool} names a page that is there, all in one piece`, async t => {
			const server = await startOps(t, 'http://127.0.0.1:1');
			assert.ok((await request(server, 'resources/list')).resources.some(resource => resource.uri === uri));
			const page = await readPage(server, tool);
			assert.deepEqual([page.uri, page.mimeType], [uri, 'text/html;profile=mcp-app']);
			assert.doesNotMatch(page.text, /@[\w.]+@|\bsrc="|\bhref="|innerHTML/);
		});
});

describe('the pages in a browser', { skip: chromium ? false : 'there is no chromium' }, () => {
	let browser, places;

	before(async () => {
		places = await openPlaces();
		browser = await openBrowser({ viewport: { width: 900, height: 700 }, reducedMotion: 'reduce' });
	});
	after(async () => {
		await browser?.close();
		places?.close();
	});

	async function open(t, tool, args, { script = aws, ...options } = {}) {
		const double = await startAws(t, script), server = await startOps(t, double.url);
		const page = await show(browser, places, server, tool, options);
		t.after(() => page.tab.close());
		await page.call(args);
		await eventually(async () => !(await page.view.getByRole('status').textContent()).startsWith('Looking'), 'an answer is shown');
		return { ...page, double };
	}
	const shoot = async ({ tab, view }, name) => {
		await eventually(() => view.evaluate(() => Math.abs(document.body.getBoundingClientRect().height - innerHeight) < 1), 'the host follows its height');
		if (!process.env.SCREENSHOTS)
			return;
		const { width } = tab.viewportSize();
		await tab.setViewportSize({ width, height: await view.evaluate(() => innerHeight) });
		await tab.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
	};
	const narrow = async ({ tab, view }, width) => {
		await tab.setViewportSize({ width, height: 844 });
		await eventually(() => view.evaluate(width => innerWidth === width, width), 'it is narrow');
		await eventually(() => view.evaluate(() => [...document.querySelectorAll('svg')].every(chart =>
			chart.viewBox.baseVal.width <= innerWidth)), 'charts are as narrow');
		assert.equal(await view.evaluate(sideways), 0);
	};

	test('metrics are lines, with the threshold of the alarm and the moment it rang', async t => {
		const page = await open(t, 'metrics', { service: 'orders', what: 'cpu', since: '2h', compare: true });
		await page.view.locator('polyline.line').first().waitFor();
		assert.equal(await page.view.locator('line.threshold').count(), 1);
		assert.equal(await page.view.locator('line.ringing').count(), 1);
		assert.match(await page.view.getByRole('img').getAttribute('aria-label'), /^processor: latest \d/);
		assert.equal(await page.view.locator('#badge').textContent(), 'an alarm rings');
		assert.deepEqual(await page.view.evaluate(pale), []);
		await shoot(page, 'metrics-light');
		await page.view.locator('.chart').hover({ position: { x: 400, y: 60 } });
		assert.match(await page.view.locator('.tip').innerText(), /processor: \d/);
	});

	test('metrics in the dark, several lines to a unit and a chart to each', async t => {
		const page = await open(t, 'metrics', { what: 'database', since: '1d' }, { context: { theme: 'dark' } });
		await page.tab.emulateMedia({ colorScheme: 'dark' });
		await eventually(async () => await page.view.locator('svg').count() === 3, 'percent, connections, bytes');
		assert.equal(await page.view.locator('section svg').nth(2).locator('polyline').count(), 2);
		assert.deepEqual(await page.view.evaluate(pale), []);
		await shoot(page, 'metrics-dark');
	});

	test('metrics on a phone', async t => {
		const page = await open(t, 'metrics', { service: 'orders', what: 'cpu' });
		for (const width of [320, 390])
			await narrow(page, width);
		await shoot(page, 'metrics-phone');
	});

	test('another time is asked for by way of the host', async t => {
		const page = await open(t, 'metrics', { service: 'orders', what: 'cpu' });
		await page.view.getByRole('button', { name: '7 days' }).click();
		await eventually(async () => /each 3 h,/.test(await page.view.getByRole('status').textContent()), 'seven days are shown');
		assert.deepEqual((await page.seen('tools/call'))[0].arguments, { service: 'orders', what: 'cpu', since: '7d' });
		assert.equal(await page.view.getByRole('button', { name: '7 days' }).getAttribute('aria-pressed'), 'true');
	});

	test('metrics of nothing, and of what could not be had, say so', async t => {
		const none = { 'monitoring GetMetricData': { MetricDataResults: [] }, 'monitoring DescribeAlarms': { status: 400, body: { __type: 'AccessDeniedException' } } };
		const page = await open(t, 'metrics', { service: 'orders', what: 'cpu' }, { script: none, capabilities: {} });
		await page.view.getByText('Nothing was told in this time.').waitFor();
		assert.match(await page.view.locator('#gaps').innerText(), /the alarms: .*AccessDenied/);
		assert.equal(await page.view.getByRole('button').count(), 0);
		await shoot(page, 'metrics-empty');
		await page.call({ service: 'nobody' });
		await page.view.getByRole('alert').getByText('there are: products, orders').waitFor();
	});

	test('costs are stacked bars, gross before net', async t => {
		const page = await open(t, 'costs', { period: 'last 30 days', compare: true });
		await page.view.locator('rect').first().waitFor();
		assert.match((await page.view.locator('dt').allTextContents()).join(), /^Without credits,Credits and refunds,To be paid,Until \w{3} 1 may come$/);
		assert.ok(await page.view.locator('rect').count() > 100);
		assert.equal(await page.view.getByRole('row').count(), 1 + services.length);
		assert.match(await page.view.locator('#asking').textContent(), /Asking cost \$0\.04/);
		assert.match(await page.view.locator('#anomalies').innerText(), /Key Management Service .*\$2\.41 more/);
		assert.deepEqual(await page.view.evaluate(pale), []);
		await page.view.locator('.chart').hover({ position: { x: 400, y: 60 } });
		assert.match(await page.view.locator('.tip').innerText(), /Amazon Elastic Container Service: \$/);
		await page.tab.mouse.move(1, 1);
		await shoot(page, 'costs-light');
	});

	test('costs in the dark, and on a phone', async t => {
		const page = await open(t, 'costs', { period: 'last 14 days' }, { context: { theme: 'dark' } });
		await page.tab.emulateMedia({ colorScheme: 'dark' });
		await page.view.locator('rect').first().waitFor();
		assert.deepEqual(await page.view.evaluate(pale), []);
		await shoot(page, 'costs-dark');
		for (const width of [320, 390])
			await narrow(page, width);
		await shoot(page, 'costs-phone-dark');
		await page.notify('host-context-changed', { theme: 'light' });
		await page.tab.emulateMedia({ colorScheme: 'light' });
		await shoot(page, 'costs-phone');
	});

	test('costs are told apart by something else by way of the host', async t => {
		const page = await open(t, 'costs', { period: 'last 7 days' });
		await page.view.getByRole('button', { name: 'Tag' }).click();
		await page.view.getByRole('columnheader', { name: 'Tag' }).waitFor();
		assert.deepEqual((await page.seen('tools/call'))[0].arguments, { period: 'last 7 days', by: 'tag' });
	});

	test('costs that could not be had say why', async t => {
		const denied = { status: 400, body: { __type: 'AccessDeniedException', message: 'not authorized' } };
		const page = await open(t, 'costs', {}, { script: { 'ce GetCostAndUsage': denied, 'ce GetCostForecast': denied, 'ce GetAnomalies': denied } });
		assert.equal(await page.view.getByRole('status').textContent(), 'The costs could not be had.');
		assert.equal(await page.view.locator('#gaps li').count(), 3);
		assert.equal(await page.view.locator('svg').count(), 0);
		await shoot(page, 'costs-denied');
	});

	test('what AWS says is never read as HTML', async t => {
		const odd = () => ({ ResultsByTime: [{ TimePeriod: { Start: dayText(Date.now()), End: dayText(Date.now() + 86400000) }, Groups: [group([nasty, 'Usage'], 5)] }] });
		const costs = await open(t, 'costs', { period: 'last 1 day' }, { script: { ...aws, 'ce GetCostAndUsage': { status: 200, body: odd } } });
		await costs.view.getByText(nasty).first().waitFor();
		const metrics = await open(t, 'metrics', { namespace: nasty, name: nasty });
		await metrics.view.getByText(nasty).first().waitFor();
		for (const { view } of [costs, metrics]) {
			assert.equal(await view.locator('b:not(.tip b), img').count(), 0);
			assert.notEqual(await view.title(), 'owned');
		}
	});
});
