// ops_page.test.mjs - the page of overview in a real browser: the services as tiles, worst first, and what is wrong with one of them.
//
// SCREENSHOTS names a folder to leave pictures of it in.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { away } from '../aws/accidents.mjs';
import { DENIED, startAws, startOps } from '../aws/ops.mjs';
import { alarm, service, shop } from '../aws/shop.mjs';
import { chromium, openBrowser, openPlaces, pale, readPage, request, show, sideways } from './browser.mjs';
import { eventually } from './support.mjs';

const definition = { taskDefinition: { containerDefinitions: [{ name: 'products', image: `1.dkr.ecr.eu-central-1.amazonaws.com/shop/products:1.4@sha256:${'7'.repeat(64)}` }] } };
const orders = service({ serviceName: 'orders', loadBalancers: [], desiredCount: 1, runningCount: 1 });
const world = (more = {}) => ({ ...shop({ services: [orders, service()], ...more }), 'ecs DescribeTaskDefinition': definition });
const ill = () => world({ ...away(), services: [orders, ...away().services],
	alarms: [alarm('products-unhealthy', { StateReason: 'Threshold Crossed: <b>3</b> out of the last 3 datapoints were greater than the threshold (0.0).' })] });
const places = [['light', 900], ['dark', 900], ['light', 390], ['dark', 390]];

describe('the page of overview', { skip: chromium ? false : 'there is no chromium' }, () => {
	let browser, around;

	before(async () => {
		around = await openPlaces();
		browser = await openBrowser({ viewport: { width: 900, height: 700 }, reducedMotion: 'reduce' });
	});
	after(async () => {
		await browser?.close();
		around?.close();
	});

	const open = async (t, script, options) => {
		const aws = await startAws(t, script), server = await startOps(t, aws.url);
		const page = await show(browser, around, server, 'overview', options);
		await page.call({});
		await eventually(async () => await page.view.locator('#badge').isVisible(), () => 'nothing is shown');
		return { ...page, aws, server };
	};

	// Whole, without anything that sticks out or is too pale to be read.
	async function looksWell({ tab, view }, name) {
		assert.ok(await view.evaluate(sideways) <= 0, `${name} is wider than its frame`);
		assert.deepEqual(await view.evaluate(pale), [], name);
		if (!process.env.SCREENSHOTS)
			return;
		const { width } = tab.viewportSize();
		await tab.setViewportSize({ width, height: Math.max(200, await view.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height))) });
		await tab.screenshot({ path: join(process.env.SCREENSHOTS, `ops-${name}.png`) });
	}

	test('the tool names it, and it takes nothing from elsewhere', async t => {
		const server = await startOps(t, 'http://127.0.0.1:1'), page = await readPage(server, 'overview');
		const { resources } = await request(server, 'resources/list');
		assert.equal(resources.find(({ uri }) => uri === 'ui://ops/overview').mimeType, 'text/html;profile=mcp-app');
		assert.match(page.text, /^<!doctype html>/);
		assert.doesNotMatch(page.text, /@[\w.]+@|\bsrc="|\bhref="|innerHTML/);
	});

	for (const [theme, width] of places)
		test(`what is ill comes first, and why it is, ${theme}, ${width} wide`, async t => {
			const page = await open(t, ill(), { context: { theme } });
			await page.tab.setViewportSize({ width, height: 700 });
			const tiles = page.view.locator('#tiles > li');
			assert.deepEqual(await tiles.locator('.name').allTextContents(), ['products', 'orders', 'Database shop-dev']);
			assert.match(await tiles.first().getAttribute('class'), /critical/);
			assert.match(await page.view.locator('#findings').textContent(), /No target of products is healthy[^]*<b>3<\/b> out of/);
			assert.match(await page.view.locator('#findings').textContent(), /Next: diagnose for products/);
			await looksWell(page, `overview-${theme}-${width}`);
			await page.view.getByRole('button', { name: 'What is wrong with products?' }).click();
			await eventually(() => page.view.locator('#detail').isVisible(), () => 'no diagnosis is shown');
			const detail = await page.view.locator('#detail').textContent();
			assert.match(detail, /products does not reach its database: nobody listens there/);
			assert.match(detail, /RevokeSecurityGroupIngress/);
			assert.match(detail, /Next: metrics for products \(database\); the book, on call: “not ready”/);
			assert.doesNotMatch(await page.view.locator('body').textContent(), /Next: [^.]*(?:\{"|skill:)/);
			await looksWell(page, `diagnose-${theme}-${width}`);
		});

	test('what is well says so, with no tile in alarm', async t => {
		const page = await open(t, world());
		assert.equal(await page.view.locator('#badge').textContent(), 'well');
		assert.match(await page.view.locator('#status').textContent(), /^All is well\. As of /);
		assert.equal(await page.view.locator('#findings').isVisible(), false);
		await looksWell(page, 'overview-well');
	});

	test('what could not be had is told, and nothing is taken for well', async t => {
		const page = await open(t, Object.fromEntries(Object.keys(world()).map(what => [what, DENIED])));
		assert.equal(await page.view.locator('#badge').textContent(), 'unknown');
		assert.match(await page.view.locator('#gaps').textContent(), /AccessDenied/);
		await looksWell(page, 'overview-denied');
	});

	test('a host that calls no tools is shown no buttons', async t => {
		const page = await open(t, world(), { capabilities: {} });
		assert.equal(await page.view.getByRole('button').count(), 0);
	});
});
