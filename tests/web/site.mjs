// site.mjs - the web page of support as it is deployed: its files with their headers, and the API on the same name, as CloudFront has
// them; and a browser that reports whatever is wrong with a page.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { extname, join, normalize } from 'node:path';
import { after } from 'node:test';
import { chromium, flags } from '../e2e/browser.mjs';
import { npm, root } from '../e2e/support.mjs';

export const dist = join(root, 'support/web/dist');
export const built = existsSync(join(dist, 'index.html'));
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

// What a failed test left open must not keep the process from ending.
const open = new Set();
after(() => Promise.all([...open].map(close => close())));

// Without exceptions: nothing within the HTML, nothing from elsewhere but the issuer's answers.
export const policy = (...connects) => [`default-src 'none'`, `script-src 'self'`, `style-src 'self'`, `img-src 'self' data:`,
	`connect-src ${["'self'", ...connects].join(' ')}`, `base-uri 'none'`, `form-action 'none'`, `frame-ancestors 'none'`, `require-trusted-types-for 'script'`].join('; ');

// `config`: its config.json. `connects`: origins beside its own. `server()`: where the API is just now.
export async function startSite({ server, config = {}, connects = [] }) {
	const site = { requests: [] };
	const toServer = (request, response) => {
		const { port } = server();
		const onward = http.request({ host: '127.0.0.1', port, method: request.method, path: request.url, headers: request.headers }, answer => {
			response.writeHead(answer.statusCode, answer.headers);
			answer.pipe(response);
			// What is cut there is cut here.
			answer.on('close', () => answer.complete || response.destroy());
		});
		onward.on('error', () => response.headersSent ? response.destroy() : response.writeHead(502).end());
		response.on('close', () => onward.destroy());
		request.pipe(onward);
	};
	const listener = http.createServer((request, response) => {
		const path = normalize(new URL(request.url, 'http://site').pathname);
		site.requests.push(`${request.method} ${path}`);
		if (path === '/mcp' || path.startsWith('/.well-known/'))
			return toServer(request, response);
		const file = join(dist, path === '/' ? 'index.html' : path), type = types[extname(file)];
		const headers = { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': policy(...connects), 'Referrer-Policy': 'no-referrer' };
		if (path === '/config.json')
			return response.writeHead(200, headers).end(JSON.stringify({ api: '/mcp', keys: true, ...config }));
		if (!type || !existsSync(file))
			return response.writeHead(404).end();
		response.writeHead(200, headers).end(readFileSync(file));
	});
	await new Promise(resolve => listener.listen(0, '127.0.0.1', resolve));
	site.url = `http://127.0.0.1:${listener.address().port}/`;
	site.stop = () => {
		open.delete(site.stop);
		listener.closeAllConnections();
		listener.close();
	};
	open.add(site.stop);
	return site;
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

// What axe finds in the page as it is now: nothing.
export async function assertAccessible(page, what) {
	await page.evaluate(readFileSync(npm.resolve('axe-core/axe.min.js'), 'utf8'));
	const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
	assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => `${node.html.slice(0, 200)} ${node.failureSummary}`).join('; ')}`), [], what);
}
