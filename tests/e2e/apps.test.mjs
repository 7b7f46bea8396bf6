// apps.test.mjs - the pages of search_products and track_order (MCP Apps): what the servers say of
// them, and the pages themselves in a real browser, in a host that calls the real servers.
//
// SCREENSHOTS names a folder to leave pictures of them in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
	background, chromium, openBrowser, openPlaces, pale, readPage, request, show, sideways,
} from './browser.mjs';
import { ask, beginSession, callTool, eventually, exchange, orderOf, run, startShop } from './support.mjs';

const MIME = 'text/html;profile=mcp-app';
const EXTENSION = 'io.modelcontextprotocol/ui';
const pages = { search_products: 'ui://products/search', track_order: 'ui://orders/track' };
let shop;

before(async () => { shop = await startShop(); });
after(() => shop.stop());
const serverOf = tool => tool === 'track_order' ? shop.orders : shop.products;

describe('what the servers say of their pages', () => {
	for (const [tool, uri] of Object.entries(pages))
		test(`${tool} names a page that is there`, async () => {
			const server = serverOf(tool);
			const { capabilities } = await request(server, 'server/discover');
			assert.deepEqual(capabilities.extensions[EXTENSION], { mimeTypes: [MIME] });
			const { resources } = await request(server, 'resources/list');
			assert.equal(resources.find(resource => resource.uri === uri).mimeType, MIME);
			const page = await readPage(server, tool);
			assert.deepEqual([page.uri, page.mimeType], [uri, MIME]);
			assert.match(page.text, /^<!doctype html>/);
			assert.doesNotMatch(page.text, /@[\w.]+@|\bsrc="|\bhref="|innerHTML/);
		});

	test('a session of 2025-06-18 is told the same, one of 2025-03-26 nothing', async () => {
		for (const [revision, told] of [['2025-06-18', true], ['2025-03-26', false]]) {
			const headers = await beginSession(shop.products, revision);
			const { json } = await exchange(shop.products, { headers,
				body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
			const tool = json.result.tools.find(({ name }) => name === 'search_products');
			assert.equal(tool._meta?.ui.resourceUri, told ? pages.search_products : undefined);
		}
	});

	test('the text of an answer is complete without the page', async () => {
		const result = await callTool(shop.products, 'search_products', { words: 'mug', limit: 3 });
		assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
		assert.match(result.structuredContent.products[0].image_url, /^https:\/\/images\.example\.com\//);
	});

	test('IMAGE_ORIGINS is checked at the start', async () => {
		for (const wrong of ['images.example.com', 'https://', 'https://a.example/"x', 'https://a.example/path']) {
			const { status, stderr } = await run('products', [],
				{ env: { IMAGE_ORIGINS: `https://ok.example, ${wrong}`, PORT: '0', METRICS_PORT: '0' } });
			assert.notEqual(status, 0);
			assert.match(stderr, /IMAGE_ORIGINS has "/);
		}
	});
});

// Where CLDR, which Intl follows, leaves out what hardly anybody pays with; ISO 4217 has 2, of IQD 3.
const shorter = 'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SLL SOS SYP YER'.split(' ');

test('the list of currencies agrees with Intl, but where Intl leaves digits out', () => {
	const list = readFileSync(new URL('../../server/core/currencies.def', import.meta.url), 'utf8');
	const digits = Object.fromEntries([...list.matchAll(/CURRENCIES\((\d), "(.*)"\)/g)]
		.flatMap(([, count, codes]) => codes.split(' ').map(code => [code, Number(count)])));
	assert.equal(Object.keys(digits).length, list.match(/\b[A-Z]{3}\b(?=.*"\)$)/gm).length, 'a code is there twice');
	const known = Intl.supportedValuesOf('currency').filter(code => code in digits);
	assert.ok(known.length > 150);
	for (const currency of known) {
		const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
		assert.ok(maximumFractionDigits === digits[currency] || (shorter.includes(currency)
			&& maximumFractionDigits === 0), `${currency}: ${digits[currency]}, in Intl ${maximumFractionDigits}`);
	}
});

// ---- In the browser ----

const picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><rect width="40" height="30"'
	+ ' fill="#c96f4a"/><circle cx="20" cy="15" r="9" fill="#f6e7d8"/></svg>';

const focused = () => {
	const { outlineStyle } = getComputedStyle(document.activeElement);
	return [document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent, outlineStyle];
};

const until = (check, what) => eventually(check, what);

describe('the pages in a browser', { skip: chromium ? false : 'there is no chromium' }, () => {
	let browser, places;
	const loaded = [];              // what was asked of anyone, beside the host and the sandbox

	before(async () => {
		places = await openPlaces();
		browser = await openBrowser({ viewport: { width: 900, height: 700 }, reducedMotion: 'reduce' });
		await browser.route('**', route => {
			const url = route.request().url();
			if (url.startsWith(places.host.url) || url.startsWith(places.sandbox.url))
				return route.continue();
			loaded.push(url);
			return /[13579]\.jpg$/.test(url)
				? route.fulfill({ contentType: 'image/svg+xml', body: picture }) : route.abort();
		});
	});
	after(async () => {
		await browser?.close();
		places?.close();
	});

	const settled = ({ view }) => until(() => view.evaluate(() =>
		Math.abs(document.body.getBoundingClientRect().height - innerHeight) < 1), 'the host follows its height');
	const shoot = async (page, name) => {
		await settled(page);
		if (!process.env.SCREENSHOTS)
			return;
		const { width } = page.tab.viewportSize();
		await page.tab.setViewportSize({ width, height: await page.view.evaluate(() => innerHeight) });
		await page.tab.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
	};
	const status = ({ view }) => view.getByRole('status').textContent();

	async function search(args, options) {
		const page = await show(browser, places, shop.products, 'search_products', options);
		const { structuredContent } = await page.call(args);
		await until(async () => !(await status(page)).startsWith('Searching'), 'an answer is shown');
		return { ...page, found: structuredContent };
	}

	async function order(options) {
		const { id } = await ask(shop.orders, 'create_order', orderOf({ 'KIT-0001': 1 }, `apps-${Math.random()}`));
		const page = await show(browser, places, shop.orders, 'track_order', options);
		await page.call({ id });
		await page.view.getByText('Order placed').waitFor();
		return { ...page, id };
	}

	test('what was found is shown as cards, with the picture or a drawn one', async () => {
		const page = await search({ category: 'Kitchen', limit: 8 });
		const cards = page.view.getByRole('list').getByRole('listitem');
		assert.equal(await cards.count(), 8);
		for (const [i, product] of page.found.products.entries()) {
			const text = await cards.nth(i).innerText();
			for (const part of [product.name, product.sku, (product.price.amount / 100).toFixed(2)])
				assert.ok(text.includes(part), `${part} is not in: ${text}`);
			assert.match(text, product.available > 5 ? /\d in stock/ : /Sold out|Only \d left/);
		}
		await page.view.locator('img').last().scrollIntoViewIfNeeded();
		await until(async () => (await page.view.locator('img:not(.there)').count()) === 0, 'pictures settle');
		const odd = page.found.products.filter(({ image_url }) => /[13579]\.jpg$/.test(image_url)).length;
		assert.equal(await page.view.locator('img.there').count(), odd);
		assert.match(await status(page), /^8 products, and there are more\.$/);
		assert.deepEqual(await page.view.evaluate(pale), []);
		await shoot(page, 'search-light');
		await page.tab.close();
	});

	test('all of it can be done with the keyboard, and the next page comes through the host', async () => {
		const page = await search({ category: 'Kitchen', limit: 3 });
		const names = page.found.products.map(({ name }) => `Details of ${name}`);
		await page.tab.locator('iframe').focus();
		for (const name of [...names, 'More results']) {
			await page.tab.keyboard.press('Tab');
			assert.deepEqual(await page.view.evaluate(focused), [name, 'solid']);
		}
		await page.tab.keyboard.press('Enter');
		await until(async () => await page.view.getByRole('listitem').count() === 6, 'three more cards');
		assert.match(await status(page), /^6 products, and there are more\.$/);
		const fourth = await page.view.getByRole('listitem').nth(3).getByRole('heading').textContent();
		await page.tab.keyboard.press('Tab');
		assert.deepEqual(await page.view.evaluate(focused), [`Details of ${fourth}`, 'solid']);
		const [call] = await page.seen('tools/call');
		assert.deepEqual([call.name, call.arguments],
			['search_products', { category: 'Kitchen', limit: 3, cursor: page.found.next_cursor }]);

		await page.tab.keyboard.press('Enter');
		const button = page.view.getByRole('button', { name: `Details of ${fourth}` });
		await until(async () => await button.getAttribute('aria-expanded') === 'true', 'details are open');
		await page.tab.keyboard.press('Tab');
		await page.tab.keyboard.press('Enter');
		await until(async () => (await page.seen('ui/open-link')).length, 'the picture is opened');
		assert.match((await page.seen('ui/open-link'))[0].url, /^https:\/\/images\.example\.com\//);
		await page.tab.close();
	});

	test('the last page says so, and an empty one why', async () => {
		const page = await search({ category: 'Kitchen', limit: 100 });
		assert.equal(await page.view.getByRole('button', { name: 'More results' }).count(), 0);
		await page.call({ words: 'zeppelin' });
		await page.view.getByText('No product was found. No product has a word that begins with "zeppelin"')
			.waitFor();
		assert.equal(await page.view.getByRole('listitem').count(), 0);
		await page.call({ words: '!!!' });
		await page.view.getByRole('alert').getByText('There is no letter or digit').waitFor();
		await shoot(page, 'search-failed');
		await page.tab.close();
	});

	test('a host that passes no calls on gets no buttons', async () => {
		const page = await search({ category: 'Kitchen', limit: 3 }, { capabilities: {} });
		assert.equal(await page.view.getByRole('button').count(), 0);
		await page.tab.close();
	});

	test('it is dark where the host or the person wants it dark', async () => {
		const page = await search({ category: 'Garden', limit: 6 }, { context: { theme: 'dark' } });
		const dark = await page.view.evaluate(background);
		assert.deepEqual(await page.view.evaluate(pale), []);
		await page.tab.emulateMedia({ colorScheme: 'dark' });
		await shoot(page, 'search-dark');
		await page.notify('host-context-changed', { theme: 'light' });
		await until(async () => await page.view.evaluate(background) === 'rgb(255, 255, 255)', 'light');
		await page.notify('host-context-changed', { styles: { variables: {
			'--color-background-primary': 'rgb(1, 2, 3)' } } });
		await until(async () => await page.view.evaluate(background) === 'rgb(1, 2, 3)', 'the host\'s colour');
		await page.tab.close();

		const asked = await search({ words: 'mug' });
		await asked.tab.emulateMedia({ colorScheme: 'dark' });
		assert.equal(await asked.view.evaluate(background), dark);
		await asked.tab.close();
	});

	test('a phone shows it without scrolling sideways', async () => {
		for (const open of [() => search({ category: 'Kitchen', limit: 6 }), () => order()]) {
			const page = await open();
			for (const width of [320, 390]) {
				await page.tab.setViewportSize({ width, height: 844 });
				await until(() => page.view.evaluate(width => innerWidth === width, width), 'it is narrow');
				assert.equal(await page.view.evaluate(sideways), 0);
			}
			await shoot(page, `phone-${await page.view.title()}`);
			await page.tab.close();
		}
	});

	test('nothing is asked of anyone but the pictures\' host', async () => {
		const page = await search({ words: 'mug' });
		const blocked = await page.view.evaluate(async url => {
			const seen = [];
			document.addEventListener('securitypolicyviolation', event => seen.push(event.effectiveDirective));
			new Image().src = `${url}/image`;
			await fetch(`${url}/fetch`).catch(() => {});
			document.head.append(Object.assign(document.createElement('script'), { src: `${url}/script` }));
			document.head.append(Object.assign(document.createElement('link'),
				{ rel: 'stylesheet', href: `${url}/style` }));
			document.body.append(Object.assign(document.createElement('iframe'), { src: `${url}/frame` }));
			await new Promise(resolve => setTimeout(resolve, 200));
			return seen.sort();
		}, places.elsewhere.url);
		for (const directive of ['connect-src', 'frame-src', 'img-src', 'script-src-elem', 'style-src-elem'])
			assert.ok(blocked.includes(directive), `${directive} is not among ${blocked}`);
		assert.deepEqual(places.strays, []);
		assert.deepEqual(loaded.filter(url => !url.startsWith('https://images.example.com/')), []);
		await page.tab.close();
	});

	test('a price has the digits that ISO 4217 gives its currency', async () => {
		const page = await search({ words: 'mug' });
		const amounts = { GBP: [1250, '£12.50'], JPY: [1250, '¥1,250'], HUF: [1250000, 'HUF 12,500.00'],
			IQD: [1250, 'IQD 1.250'], KWD: [1250, 'KWD 1.250'], UYW: [12500, 'UYW 1.2500'] };
		await page.notify('tool-result', { structuredContent: { count: 6, capped: false,
			products: Object.entries(amounts).map(([currency, [amount]]) =>
				({ sku: currency, name: currency, price: { amount, currency }, available: 1 })) } });
		await page.view.getByRole('heading', { name: 'UYW' }).waitFor();
		assert.deepEqual((await page.view.locator('.price').allTextContents()).map(text => text.replace('\u00a0', ' ')),
			Object.values(amounts).map(([, shown]) => shown));
		await page.tab.close();
	});

	test('words of a tool are never read as HTML', async () => {
		const page = await search({ words: 'mug' });
		const nasty = '<img src=x onerror="document.title=\'owned\'"><b>bold</b>';
		await page.notify('tool-result', { structuredContent: { count: 1, capped: false, products: [{
			sku: nasty, name: nasty, brand: nasty, category: nasty, image_url: 'javascript:alert(1)',
			price: { amount: 100, currency: 'JPY' }, available: 1 }] } });
		await page.view.getByRole('heading', { name: nasty }).waitFor();
		assert.equal(await page.view.title(), 'Products');
		assert.equal(await page.view.locator('b, img').count(), 0);
		assert.equal(await page.view.locator('.price').textContent(), '¥100');
		await page.tab.close();
	});

	test('an order is a timeline, which a second result carries on', async () => {
		const page = await order();
		const steps = page.view.getByRole('list').getByRole('listitem');
		assert.equal(await steps.count(), 5);
		assert.match(await steps.nth(0).innerText(), /Order placed/);
		assert.match(await steps.nth(4).innerText(), /Delivered.*still to come/s);
		assert.match(await status(page), /^It was placed, /);

		await ask(shop.orders, 'update_order_status', { id: page.id, status: 'paid' });
		await page.notify('tool-result', await callTool(shop.orders, 'track_order', { id: page.id }));
		await until(async () => /^It is paid, /.test(await status(page)), 'it is paid');
		assert.match(await page.view.locator('[aria-current=step]').innerText(), /^Paid/);
		assert.equal(await steps.count(), 5);

		await ask(shop.orders, 'update_order_status', { id: page.id, status: 'packed' });
		await ask(shop.orders, 'update_order_status', { id: page.id, status: 'shipped', note: 'Parcel 7731 by rail' });
		await page.tab.locator('iframe').focus();
		await page.tab.keyboard.press('Tab');
		await page.tab.keyboard.press('Enter');
		await until(async () => /^It is on its way, /.test(await status(page)), 'it is on its way');
		assert.match(await page.view.locator('[aria-current=step]').innerText(), /Parcel 7731 by rail/);
		assert.deepEqual(await page.view.evaluate(pale), []);
		await shoot(page, 'track-light');
		await page.notify('host-context-changed', { theme: 'dark' });
		await page.tab.emulateMedia({ colorScheme: 'dark' });
		assert.deepEqual(await page.view.evaluate(pale), []);
		await shoot(page, 'track-dark');

		await ask(shop.orders, 'update_order_status', { id: page.id, status: 'delivered' });
		await page.notify('tool-result', await callTool(shop.orders, 'track_order', { id: page.id }));
		await until(async () => /^It was delivered, /.test(await status(page)), 'it was delivered');
		assert.equal(await page.view.getByRole('button').count(), 0);
		await page.tab.close();
	});

	test('a cancelled order has nothing to come, and one that is unknown says so', async () => {
		const page = await order();
		await ask(shop.orders, 'cancel_order', { id: page.id, confirm: true, reason: 'Found it cheaper' });
		await page.notify('tool-result', await callTool(shop.orders, 'track_order', { id: page.id }));
		await until(async () => /^It was cancelled, /.test(await status(page)), 'it is cancelled');
		assert.equal(await page.view.getByRole('listitem').count(), 2);
		await shoot(page, 'track-cancelled');
		await page.notify('tool-result', await callTool(shop.orders, 'track_order', { id: 'ORD-NONE' }));
		await page.view.getByRole('alert').getByText('ORD-NONE').waitFor();
		await page.tab.close();
	});
});
