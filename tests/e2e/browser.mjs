// browser.mjs - Debian's chromium with the host page of apps/, which shows a server's pages as an
// MCP Apps host does. Nothing leaves the machine: no name resolves, and every request is counted.
import assert from 'node:assert/strict';
import { accessSync, constants, readFileSync } from 'node:fs';
import http from 'node:http';
import { delimiter, join } from 'node:path';
import { callTool, exchange, npm, root, stateless, temporary } from './support.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const isProgram = path => {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
};

// The browser's path, or undefined.
export const chromium = process.env.CHROMIUM ?? process.env.PATH.split(delimiter)
	.flatMap(folder => names.map(name => join(folder, name))).find(isProgram);

export const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'];

export const openBrowser = options => npm('playwright-core').chromium.launchPersistentContext(
	temporary(), { executablePath: chromium, headless: true, args: flags, timeout: 60000, ...options });

// ---- The host's and the sandbox's origins, and a third that no page may reach ----

function listen(handler) {
	const server = http.createServer(handler);
	return new Promise(resolve => server.listen(0, '127.0.0.1', () => {
		server.url = `http://127.0.0.1:${server.address().port}`;
		resolve(server);
	}));
}

const page = name => readFileSync(join(root, 'tests/e2e/apps', `${name}.html`));

export async function openPlaces() {
	const places = { strays: [] };
	places.host = await listen((_, response) =>
		response.writeHead(200, { 'Content-Type': 'text/html' }).end(page('host')));
	places.sandbox = await listen((request, response) => response.writeHead(200, {
		'Content-Type': 'text/html',
		'Content-Security-Policy': new URL(request.url, places.sandbox.url).searchParams.get('csp'),
	}).end(page('sandbox')));
	places.elsewhere = await listen((request, response) => {
		places.strays.push(request.url);
		response.end();
	});
	places.close = () => [places.host, places.sandbox, places.elsewhere].forEach(place => {
		place.closeAllConnections();
		place.close();
	});
	return places;
}

// ---- A page, shown ----

export async function request(server, method, params = {}, as = {}) {
	const answer = await exchange(server, stateless(method, params, as));
	assert.ok(answer.json.result, `${method} was refused: ${answer.text}`);
	return answer.json.result;
}

// The specification's Content-Security-Policy for what a resource declares.
function policy({ connectDomains = [], resourceDomains = [], frameDomains = [] } = {}) {
	const from = resourceDomains.join(' ');
	return [`default-src 'none'`, `script-src 'self' 'unsafe-inline' ${from}`,
		`style-src 'self' 'unsafe-inline' ${from}`, `connect-src 'self' ${connectDomains.join(' ')}`,
		`img-src 'self' data: ${from}`, `font-src 'self' ${from}`, `media-src 'self' data: ${from}`,
		`frame-src ${frameDomains.join(' ') || `'none'`}`, `object-src 'none'`, `base-uri 'self'`].join('; ');
}

// The page of a tool, as the server names and serves it.
export async function readPage(server, tool, as) {
	const { tools } = await request(server, 'tools/list', {}, as);
	const uri = tools.find(({ name }) => name === tool)._meta.ui.resourceUri;
	return (await request(server, 'resources/read', { uri }, as)).contents[0];
}

// The tool's page in a tab of the browser: `view` is its frame, `host` the functions of host.html. `as`: whose calls they are.
export async function show(browser, places, server, tool, { context = {}, as,
	capabilities = { serverTools: {}, openLinks: {} } } = {}) {
	const { text: html, _meta } = await readPage(server, tool, as);
	const tab = await browser.newPage();
	tab.setDefaultTimeout(15000);
	await tab.exposeFunction('server', (_, { name, arguments: args }) => callTool(server, name, args, as));
	await tab.goto(places.host.url);
	await tab.evaluate(message => host.open(message), {
		html, context, capabilities, csp: policy(_meta.ui.csp), sandboxUrl: places.sandbox.url,
	});
	const frame = await tab.frameLocator('#sandbox').locator('#page').elementHandle();
	return {
		tab, view: await frame.contentFrame(),
		notify: (method, params) =>
			tab.evaluate(([method, params]) => host.notify(method, params), [method, params]),
		seen: method => tab.evaluate(method =>
			host.seen.filter(message => message.method === method).map(message => message.params), method),
		// What a host does for a call of the tool: its arguments, then its result.
		async call(args) {
			await this.notify('tool-input', { arguments: args });
			const result = await callTool(server, tool, args, as);
			await this.notify('tool-result', result);
			return result;
		},
	};
}

// ---- How a page looks: run inside of it ----

// Every text of the page whose contrast with what is behind it is below 4.5.
export const pale = () => {
	const light = color => {
		const canvas = new OffscreenCanvas(1, 1).getContext('2d');
		canvas.fillStyle = color;
		canvas.fillRect(0, 0, 1, 1);
		const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(value => value / 255)
			.map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const behind = element => {
		const color = getComputedStyle(element).backgroundColor;
		return color !== 'rgba(0, 0, 0, 0)' || !element.parentElement ? color : behind(element.parentElement);
	};
	const contrast = element => {
		const [high, low] = [getComputedStyle(element).color, behind(element)].map(light).sort((a, b) => b - a);
		return (high + 0.05) / (low + 0.05);
	};
	return [...document.querySelectorAll('body *')].filter(element => element.checkVisibility()
		&& [...element.childNodes].some(child => child.nodeType === 3 && child.data.trim())
		&& contrast(element) < 4.5).map(element => `${element.textContent} ${contrast(element).toFixed(2)}`);
};

// What axe finds in it as it is now, in words.
export async function faults(view) {
	await view.evaluate(readFileSync(npm.resolve('axe-core/axe.min.js'), 'utf8'));
	const { violations } = await view.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
	return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`).join('; ')}`);
}

export const sideways = () => document.documentElement.scrollWidth - window.innerWidth;
export const background = () => getComputedStyle(document.body).backgroundColor;
