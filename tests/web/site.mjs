// site.mjs - the web page of support as it is deployed (support/web/serve.mjs), and a browser that reports whatever is wrong with a page.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { chromium, flags } from '../e2e/browser.mjs';
import { eventually, npm, root } from '../e2e/support.mjs';
import { site } from '../../support/web/serve.mjs';

const dist = join(root, 'build/web/support/dist');
export const skip = !chromium ? 'there is no chromium' : !existsSync(join(dist, 'index.html')) && 'the page is not built, as ./dev test tests/web/page.test.mjs does first';

// What a failed test left open must not keep the process from ending.
const open = new Set();
after(() => Promise.all([...open].map(close => close())));

// `config`: its config.json. `connects`: origins beside its own. `server()`: where the API is just now.
export async function startSite({ server, config = {}, connects = [] }) {
	const started = { requests: [] };
	config.keys ??= true;
	const listener = site({ dist, server: () => `http://127.0.0.1:${server().port}`, connects, config,
		seen: ({ method, url }) => started.requests.push(`${method} ${url}`) });
	await new Promise(resolve => listener.listen(0, '127.0.0.1', resolve));
	started.url = `http://127.0.0.1:${listener.address().port}/`;
	started.stop = () => {
		open.delete(started.stop);
		listener.closeAllConnections();
		listener.close();
	};
	open.add(started.stop);
	return started;
}

// One browser; each person has profile and cookies of their own in it.
let browser;
const launch = () => browser ??= npm('playwright-core').chromium.launch({ executablePath: chromium, args: flags, timeout: 60000 });
after(async () => (await browser)?.close());

// A browser of one person's. `wrong`: what its pages complained of; what a lost connection says is no complaint.
export async function openPerson(options = {}) {
	const context = await (await launch()).newContext({ viewport: { width: 1100, height: 800 }, ...options });
	const page = await context.newPage(), wrong = [];
	page.setDefaultTimeout(15000);
	page.on('pageerror', error => wrong.push(String(error)));
	page.on('console', message => ['error', 'warning'].includes(message.type()) && !/Failed to load resource|net::ERR_/.test(message.text()) && wrong.push(message.text()));
	page.on('request', request => new URL(request.url()).hostname === '127.0.0.1' || request.url().startsWith('data:') || wrong.push(`asked ${request.url()}`));
	const close = () => open.delete(close) && context.close();
	open.add(close);
	return { context, page, wrong, close };
}

// ---- At a page ----

export async function write(page, text, name = 'Send') {
	await page.getByRole('textbox').fill(text);
	await page.getByRole('button', { name, exact: true }).click();
}

export const said = page => page.locator('.log .message .words').allTextContents();
export const shows = async (page, texts) => {
	let shown;
	await eventually(async () => JSON.stringify(shown = await said(page)) === JSON.stringify(texts), () => `the page shows ${JSON.stringify(shown)}`);
};
export const picture = async (page, name) => process.env.SCREENSHOTS && await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });

// What axe finds in the page as it is now: nothing.
export async function assertAccessible(page, what) {
	await page.evaluate(readFileSync(npm.resolve('axe-core/axe.min.js'), 'utf8'));
	const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
	assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => `${node.html.slice(0, 200)} ${node.failureSummary}`).join('; ')}`), [], what);
}
