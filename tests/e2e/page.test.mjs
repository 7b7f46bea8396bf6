// page.test.mjs - the page that a person finds who opens a server's address in a browser: what it says,
// who gets it, and how it looks.
//
// SCREENSHOTS names a folder to leave pictures of it in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { background, chromium, openBrowser, pale, sideways } from './browser.mjs';
import { exchange, keyLines, keys, run, start, types } from './support.mjs';

// What Chrome and Firefox send when a person opens an address.
const browsers = [
	'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
	'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
];
const asked = { Accept: browsers[0] };
let open, proxied, keyed;

before(async () => {
	[open, proxied, keyed] = await Promise.all([
		start('products', { PUBLIC_HOSTS: '*' }),
		start('documented', { TRUSTED_PROXIES: '127.0.0.1', PUBLIC_HOSTS: '*' }),
		start('orders', { API_KEYS: keyLines, PUBLIC_URL: 'https://orders.shop.example/mcp' }),
	]);
});
after(() => Promise.all([open.stop(), proxied.stop(), keyed.stop()]));

const visit = (server, { path = '/', method = 'GET', headers = {} } = {}) =>
	exchange(server, { method, path, headers: { ...asked, ...headers } });

const plain = html => html.replace(/<\/?span>/g, '').replace(/<[^>]+>/g, ' ')
	.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) =>
		({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': '\'' })[name]);

// The text of a page as a person reads it, and what there is to copy: the address, then the commands.
const words = html => plain(html.replace(/<style>[\s\S]*?<\/style>/, '')).replace(/\s+/g, ' ');
const codes = html => [...html.matchAll(/<pre><code>([\s\S]*?)<\/code><\/pre>/g)].map(([, code]) => plain(code));

describe('what it says', () => {
	test('what this is, and how to connect, as the command connect does', async () => {
		const { status, text } = await visit(open);
		assert.equal(status, 200);
		assert.match(text, /^<!doctype html>\n<html lang="en">/);
		assert.match(text, /<title>Products, an MCP server<\/title>/);
		assert.match(words(text), /Products MCP server, version \d+\.\d+\.\d+(\+\S+)? The catalogue and the stock of a shop\. /);
		assert.match(words(text), /Neither a key nor a sign-in is needed\./);
		const { json: { result: { tools } } } = await exchange(open, { headers: types,
			body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
		for (const tool of tools)
			assert.ok(words(text).includes(`${tool.name} ${tool.annotations.title}`), tool.name);
		const { stdout } = await run('products', ['connect', '--port', String(open.port)]);
		const shown = words(text);
		const told = stdout.replace(/\s+/g, ' ');
		assert.equal(codes(text).length, 5);
		for (const code of codes(text))
			assert.ok(stdout.includes(code), code);
		for (const about of ['start Claude again', 'claude mcp add', 'npx -y mcp-remote', 'curl http'])
			assert.ok(shown.includes(about) && told.includes(about), about);
	});

	test('of a server with keys: that one is needed, and not which tools there are', async () => {
		for (const headers of [{}, { Authorization: `Bearer ${keys.staff}` }]) {
			const { status, text } = await visit(keyed, { headers });
			assert.equal(status, 200);
			assert.match(words(text), /A key is needed, as the header Authorization: Bearer YOUR-KEY ; there is no sign-in\./);
			assert.match(words(text), /mcp-orders key NAME SCOPE\.\.\./);
			assert.match(words(text), /"AUTH_HEADER": "Bearer YOUR-KEY"/);
			assert.match(words(text), /There are 9\. Which of them may be used, the key says\./);
			assert.doesNotMatch(text, /create_order|mcp_a-key|staff|needed\.<\/p>\n<h2>/);
		}
	});

	test('its address is PUBLIC_URL, escaped for whoever reads it', async () => {
		assert.equal(codes((await visit(keyed)).text)[0], 'https://orders.shop.example/mcp');
		const url = 'https://shop.example/mcp?a=1&b="2"\'<i>';
		const odd = await start('documented', { PUBLIC_URL: url });
		const { text } = await visit(odd);
		await odd.stop();
		assert.ok(text.includes('>https://shop.example/mcp?a=1&amp;b=&quot;2&quot;&#39;&lt;i&gt;<'));
		const [, desktop, code] = codes(text);
		assert.equal(JSON.parse(desktop).mcpServers.guestbook.args[2], url);
		const said = execFileSync('sh', ['-c', `printf '<%s>' ${code.replace('claude', '')}`], { encoding: 'utf8' });
		assert.equal(said, `<mcp><add><--transport><http><guestbook><${url}>`);
	});

	test('or the one that the person used', async () => {
		const address = async (headers, server = open) => codes((await visit(server, { headers })).text)[0];
		assert.equal(await address({}), `http://127.0.0.1:${open.port}/mcp`);
		assert.equal(await address({ Host: 'shop.example' }), 'http://shop.example/mcp');
		assert.equal(await address({ Host: '[::1]:8081' }), 'http://[::1]:8081/mcp');
		// How somebody came is a proxy's to say.
		const secure = { Host: 'shop.example', 'X-Forwarded-Proto': 'https' };
		assert.equal(await address(secure), 'http://shop.example/mcp');
		assert.equal(await address(secure, proxied), 'https://shop.example/mcp');
		assert.equal(await address({ 'X-Forwarded-Proto': 'javascript' }, proxied),
			`http://127.0.0.1:${proxied.port}/mcp`);
	});

	test('a Host that could be more than a name is not repeated', async () => {
		for (const host of ['localhost:"><script>', 'a$(id)', 'a;id', 'a`id`', 'a/b', 'a b', '\'', 'x'.repeat(300)]) {
			const { status, text } = await visit(open, { headers: { Host: host } });
			assert.ok(status >= 400, host);
			assert.ok(!text.includes(host), text);
		}
		const strict = await visit(keyed, { headers: { Host: 'evil.example' } });
		assert.equal(strict.status, 403);
		// Of a target that is a whole URL its host counts, and is the one that was checked.
		const whole = await visit(open, { path: `http://127.0.0.1:${open.port}/`, headers: { Host: 'evil.example' } });
		assert.equal(codes(whole.text)[0], `http://127.0.0.1:${open.port}/mcp`);
	});

	// A balancer may lead to the endpoint alone.
	test('its links lead to the health checks, where nothing stands between', async () => {
		const links = async server => [...(await visit(server)).text.matchAll(/href="([^"]+)"/g)]
			.map(([, link]) => link).filter(link => link !== 'https://modelcontextprotocol.io');
		assert.deepEqual(await links(open), ['/healthz', '/readyz']);
		for (const path of await links(open))
			assert.equal((await exchange(open, { method: 'GET', path })).status, 200, path);
		assert.deepEqual(await links(proxied), []);
		assert.deepEqual(await links(keyed), []);
	});
});

describe('who gets it', () => {
	test('nothing on it runs or is loaded: the policy allows its one style', async () => {
		const { headers, text } = await visit(open);
		const style = /<style>([\s\S]*?)<\/style>/.exec(text)[1];
		const hash = createHash('sha256').update(style).digest('base64');
		assert.equal(headers['content-security-policy'], `default-src 'none'; style-src 'sha256-${hash}';`
			+ ` base-uri 'none'; form-action 'none'; frame-ancestors 'none'`);
		assert.equal(headers['content-type'], 'text/html; charset=utf-8');
		assert.equal(headers['x-content-type-options'], 'nosniff');
		assert.doesNotMatch(text, /<script|\bsrc=|\bstyle=|\son\w+=|@import|url\(/i);
	});

	test('whoever has it already is told so', async () => {
		const { headers } = await visit(open);
		assert.equal(headers['cache-control'], 'no-cache');
		assert.equal(headers.vary, 'Accept');
		for (const tag of [headers.etag, `W/${headers.etag}`, `"x", ${headers.etag}`, '*']) {
			const again = await visit(open, { headers: { 'If-None-Match': tag } });
			assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', headers.etag], tag);
		}
		assert.equal((await visit(open, { headers: { 'If-None-Match': '"x"' } })).status, 200);
		assert.notEqual((await visit(open, { headers: { Host: 'shop.example' } })).headers.etag, headers.etag);
	});

	test('HEAD is the same without the page', async () => {
		const [get, head] = await Promise.all([visit(open), visit(open, { method: 'HEAD' })]);
		assert.equal(head.status, 200);
		assert.equal(head.text, '');
		for (const name of ['etag', 'content-length', 'content-type', 'content-security-policy'])
			assert.equal(head.headers[name], get.headers[name], name);
	});

	test('a browser at the endpoint, or sent to sign in, reads it too, but never with a 200', async () => {
		for (const server of [open, keyed])
			for (const [path, status] of [['/mcp', 406], ['/mcp/', 406], ['/authorize?client_id=x', 404]])
				for (const Accept of browsers) {
					const answer = await visit(server, { path, headers: { Accept } });
					assert.deepEqual([answer.status, answer.headers['cache-control']], [status, 'no-store'], path);
					assert.match(words(answer.text), /MCP server, version/);
				}
	});

	test('nobody else does', async () => {
		const clients = [
			[{ path: '/' }, 404], [{ path: '/', headers: { Accept: '*/*' } }, 404],
			[{ path: '/', headers: { Accept: 'application/json, text/event-stream' } }, 404],
			[{ path: '/', headers: asked, method: 'POST', body: '{}' }, 404],
			[{ path: '/index.html', headers: asked }, 404], [{ path: '/favicon.ico', headers: asked }, 404],
			[{ path: '/mcp', headers: { Accept: 'text/event-stream' } }, 400],
			[{ path: '/mcp', headers: { Accept: 'text/html, text/event-stream' } }, 400],
			[{ path: '/mcp', headers: { Accept: '*/*' } }, 400],
		];
		for (const [request, status] of clients) {
			const answer = await exchange(open, { method: 'GET', ...request });
			assert.equal(answer.status, status, JSON.stringify(request));
			assert.equal(answer.headers['content-type'], 'application/json');
			assert.ok(answer.json.error.message);
		}
	});
});

describe('how it looks', { skip: chromium ? false : 'there is no chromium' }, () => {
	let browser, tab, told;

	before(async () => {
		browser = await openBrowser({ viewport: { width: 1100, height: 900 } });
		tab = await browser.newPage();
		told = [];
		tab.on('console', message => told.push(message.text()));
		tab.on('pageerror', error => told.push(String(error)));
	});
	after(() => browser?.close());

	const shoot = async name => process.env.SCREENSHOTS
		&& await tab.screenshot({ path: join(process.env.SCREENSHOTS, `page-${name}.png`), fullPage: true });

	for (const [name, server] of [['open', () => open], ['keyed', () => keyed]])
		test(`${name}: light, dark, on a phone`, async () => {
			const shown = [];
			for (const colorScheme of ['light', 'dark']) {
				await tab.emulateMedia({ colorScheme });
				const answer = await tab.goto(`http://127.0.0.1:${server().port}/`);
				assert.equal(answer.status(), 200);
				assert.deepEqual(await tab.evaluate(pale), [], colorScheme);
				shown.push(await tab.evaluate(background));
				if (name === 'keyed')
					await shoot(colorScheme);
			}
			assert.notEqual(shown[0], shown[1]);
			await tab.emulateMedia({ colorScheme: 'light' });
			for (const [width, zoom] of [[390, 'phone'], [320, 'narrow'], [1100]]) {
				await tab.setViewportSize({ width, height: 844 });
				assert.equal(await tab.evaluate(sideways), 0, `${width}`);
				const cut = await tab.evaluate(() => [...document.querySelectorAll('pre')]
					.filter(each => each.scrollWidth > each.clientWidth).length);
				assert.equal(cut, 0, `${width}`);
				if (name === 'keyed' && zoom === 'phone')
					await shoot(zoom);
			}
			assert.deepEqual(told.filter(text => !/favicon|404/.test(text)), []);
		});

	test('a click selects a whole command, the keyboard reaches every link', async () => {
		await tab.goto(`http://127.0.0.1:${open.port}/mcp`);
		await tab.getByText('claude mcp add').click();
		assert.equal(await tab.evaluate(() => getSelection().toString().trim()),
			`claude mcp add --transport http products http://127.0.0.1:${open.port}/mcp`);
		await tab.reload();
		for (const link of ['Model Context Protocol', '/healthz', '/readyz']) {
			await tab.keyboard.press('Tab');
			assert.deepEqual(await tab.evaluate(() => [document.activeElement.textContent,
				getComputedStyle(document.activeElement).outlineStyle]), [link, 'solid']);
		}
	});

	test('its outline is one of headings and landmarks', async () => {
		await tab.goto(`http://127.0.0.1:${open.port}/`);
		const outline = await tab.evaluate(() => [...document.querySelectorAll('h1, h2, h3')]
			.map(each => Number(each.tagName[1])));
		assert.deepEqual(outline, [1, 2, 3, 3, 3, 3, 2]);
		for (const landmark of ['banner', 'main', 'contentinfo'])
			assert.equal(await tab.getByRole(landmark).count(), 1, landmark);
	});
});
