// ops_logs_page.test.mjs - the page of search_logs and tail_logs in a real browser, beside a double of AWS; and the prompts and skills.
//
// SCREENSHOTS names a folder to leave pictures of it in.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DENIED, startAws, startOps } from '../aws/ops.mjs';
import { chromium, openBrowser, openPlaces, pale, request, show, sideways } from './browser.mjs';
import { eventually } from './support.mjs';

const FILTER = 'logs FilterLogEvents', at = Date.parse('2026-11-28T09:30:00Z');
const event = (message, seconds) => ({ eventId: `${message}${seconds}`, timestamp: at - seconds * 1000,
	message: typeof message === 'string' ? message : JSON.stringify(message) });
const told = [
	event({ level: 'error', id: '01J9ZQ3N7K8M2P4R6T8V0X2Z4B', message: 'store: the database does not answer: connection to server at "10.0.3.17", port 5432'
		+ ' failed: Connection timed out. Is the server running on that host and accepting TCP/IP connections?' }, 0),
	event({ level: 'warning', id: '01J9ZQ3N7K8M2P4R6T8V0X2Z4C', message: 'not ready: the database does not answer' }, 2),
	event({ level: 'info', id: '01J9ZQ3N7K8M2P4R6T8V0X2Z4D', method: 'tools/call', target: 'search_products', caller: 'alice', outcome: 'unavailable',
		status: 503, ms: 5003.25, trace: '4bf92f3577b34da6a3ce929d0e0e4736' }, 3),
	...Array.from({ length: 41 }, (_, i) => event({ level: 'warning', id: `r${i}`, message: 'calling reserve_stock of http://products:8081/mcp failed' }, 4 + i)),
	event('<img src=x onerror=alert(1)> ' + 'x'.repeat(300), 60), event({ level: 'debug', message: 'password=hunter2' }, 61),
];

test('a prompt says what is to be done, and its skill is there', async t => {
	const aws = await startAws(t, {}), server = await startOps(t, aws.url);
	for (const [name, args, skill, words] of [['incident', { service: 'products', seen: 'it is slow' }, 'incident', /products.*it is slow/],
		['incident', {}, 'incident', /the shop/], ['release_check', { service: 'orders' }, 'release-check', /orders/],
		['monthly_costs', { month: '2026-10' }, 'monthly-costs', /2026-10/], ['monthly_costs', {}, 'monthly-costs', /this month so far/]]) {
		const { messages } = await request(server, 'prompts/get', { name, arguments: args });
		assert.match(messages[0].content.text, words);
		assert.match(messages[0].content.text, new RegExp(`skill://${skill}/SKILL\\.md`));
		const { contents } = await request(server, 'resources/read', { uri: `skill://${skill}/SKILL.md` });
		assert.match(contents[0].text, new RegExp(`^---\\nname: ${skill}\\n`));
	}
	const { tools } = await request(server, 'tools/list'), names = new Set(tools.map(({ name }) => name));
	for (const tool of ['overview', 'diagnose', 'search_logs', 'query_logs', 'tail_logs', 'metrics', 'costs'])
		assert.ok(names.has(tool), `a skill names ${tool}`);
	const ref = { type: 'ref/prompt', name: 'incident' };
	assert.deepEqual((await request(server, 'completion/complete', { ref, argument: { name: 'service', value: 'pr' } })).completion.values, ['products']);
	assert.deepEqual((await request(server, 'completion/complete', { ref, argument: { name: 'seen', value: 'pr' } })).completion.values, []);
});

describe('the page in a browser', { skip: chromium ? false : 'there is no chromium' }, () => {
	let browser, places;

	before(async () => {
		places = await openPlaces();
		browser = await openBrowser({ viewport: { width: 900, height: 700 }, reducedMotion: 'reduce', timezoneId: 'UTC', locale: 'en' });
	});
	after(async () => {
		await browser?.close();
		places?.close();
	});

	const opened = async (t, answers, { width = 900, theme = 'light', args = { service: 'products' } } = {}) => {
		const aws = await startAws(t, { [FILTER]: answers }), server = await startOps(t, aws.url);
		const page = await show(browser, places, server, 'search_logs', { context: { theme } });
		await page.tab.setViewportSize({ width, height: 700 });
		await page.call(args);
		await eventually(async () => !/^Looking/.test(await page.view.getByRole('status').textContent()), 'an answer is shown');
		t.after(() => page.tab.close());
		return { ...page, aws, items: page.view.getByRole('listitem'), status: () => page.view.getByRole('status').textContent() };
	};
	const shoot = async (page, name) => {
		await eventually(() => page.view.evaluate(() => Math.abs(document.body.getBoundingClientRect().height - innerHeight) < 1), 'the height settles');
		assert.deepEqual(await page.view.evaluate(pale), []);
		assert.ok(await page.view.evaluate(sideways) <= 0, 'nothing is wider than the page');
		if (!process.env.SCREENSHOTS)
			return;
		await page.tab.setViewportSize({ width: page.tab.viewportSize().width, height: await page.view.evaluate(() => innerHeight) });
		await page.tab.screenshot({ path: join(process.env.SCREENSHOTS, `ops-logs-${name}.png`) });
	};

	test('lines are folded, opened, narrowed; what they say is no HTML', async t => {
		const page = await opened(t, [{ events: told }]);
		assert.equal(await page.status(), '6 different lines');
		assert.equal(await page.items.count(), 6);
		assert.match(await page.items.nth(3).innerText(), /×41/);
		assert.equal(await page.view.locator('img').count(), 0);
		assert.match(await page.items.nth(5).innerText(), /password=\*\*\*/);
		await page.items.nth(2).getByRole('button').first().click();
		assert.match(await page.items.nth(2).innerText(), /caller alice\s+took 5,003\.25 ms\s+request 01J9ZQ3N7K8M2P4R6T8V0X2Z4D/);
		await shoot(page, 'light');
		await page.view.getByLabel('Level').selectOption('warning');
		assert.equal(await page.status(), '2 different lines of 6');
		await page.view.getByLabel('Lines that have').fill('READY');
		assert.deepEqual([await page.status(), await page.items.count()], ['1 line of 6', 1]);
	});

	test('the host searches, goes on and follows for it', async t => {
		const now = Date.now(), fresh = { eventId: 'f', timestamp: now, message: 'fresh' };
		const page = await opened(t, [{ events: told, nextToken: 'more' }, { events: [event('older', 99)] }, { events: [fresh] }],
			{ args: { service: 'products', limit: 6 } });
		await page.view.getByRole('button', { name: 'More lines' }).click();
		await eventually(async () => await page.status() === '7 different lines', 'older lines come');
		await page.view.getByRole('button', { name: 'Follow' }).click();
		assert.match(await page.status(), /following/);
		await page.items.filter({ hasText: 'fresh' }).waitFor();
		await page.view.getByRole('button', { name: 'Stop' }).click();
		await page.view.getByLabel('Lines that have').fill('fresh');
		await page.view.getByRole('button', { name: 'Search' }).click();
		await eventually(async () => (await page.seen('tools/call')).some(({ name, arguments: { text } }) => name === 'search_logs' && text === 'fresh'),
			'it is searched');
	});

	test('in the dark, on a phone, without a line, and with nothing to be had', async t => {
		await shoot(await opened(t, [{ events: told }], { theme: 'dark' }), 'dark');
		const phone = await opened(t, [{ events: told, nextToken: 'more' }], { width: 390, args: { service: 'products', limit: 6 } });
		await phone.items.nth(0).getByRole('button').first().click();
		await shoot(phone, 'phone');
		const empty = await opened(t, [{ events: [] }], { width: 390 });
		assert.equal(await empty.status(), 'No line was found.');
		await shoot(empty, 'empty');
		const denied = await opened(t, [DENIED]);
		await denied.view.getByText(/Without the log: .*AccessDenied/).waitFor();
		await shoot(denied, 'denied');
		const wrong = await opened(t, [{ events: [] }], { args: { service: 'nobody' } });
		await wrong.view.getByText(/There is no service "nobody"/).waitFor();
		await shoot(wrong, 'wrong');
	});
});
