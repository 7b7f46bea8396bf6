// support_pages.test.mjs - the pages of support (MCP Apps) in a real browser, in a host that calls the real server beside a double of models: a customer
// talks, a person answers.
//
// SCREENSHOTS names a folder to leave pictures of them in.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium, faults, openBrowser, openPlaces, pale, readPage, request, show, sideways } from './browser.mjs';
import { ask, callTool, eventually } from './support.mjs';
import { as, customers, GPT, World } from './support_world.mjs';

const nasty = '<img src=x onerror="document.title=\'owned\'"><b>bold</b>';
const use = (name, input) => ({ tool: { id: `t-${name}`, name, input } });

describe('what mcp-support says of its pages', () => {
	for (const [tool, who, uri] of [['chat_with_ai', 'ann', 'ui://support/chat'], ['get_conversation_history', 'staff', 'ui://support/chat'],
		['list_queue', 'staff', 'ui://support/desk'], ['take_conversation', 'staff', 'ui://support/desk']])
		test(`${tool} names a page that is there for who may call it, all in one piece`, async t => {
			const { server } = await World.open(t, { models: false });
			assert.ok((await request(server, 'resources/list', {}, as(who))).resources.some(resource => resource.uri === uri));
			const page = await readPage(server, tool, as(who));
			assert.deepEqual([page.uri, page.mimeType], [uri, 'text/html;profile=mcp-app']);
			assert.doesNotMatch(page.text, /@[\w.]+@|\bsrc="|\bhref="|innerHTML/);
		});
});

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
			return route.abort();
		});
	});
	after(async () => {
		await browser?.close();
		places?.close();
		assert.deepEqual([loaded, places.strays], [[], []]);
	});

	async function open(t, world, tool, who, options) {
		const page = await show(browser, places, world.server, tool, { as: as(who), ...options });
		t.after(() => page.tab.close());
		return page;
	}
	const status = ({ view }) => view.locator('#status').textContent();
	const says = (page, pattern) => eventually(async () => pattern.test(await status(page)), `the status is ${pattern}`);
	const shown = (page, text) => page.view.getByRole('log').getByText(text).waitFor();
	// Who has been elsewhere is told at once, without waiting until the page looks again.
	const comesBack = page => page.view.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
	// Somebody goes on writing elsewhere, while the page looks.
	const writes = (page, world, who, id, text) => eventually(async () => {
		await ask(world.server, 'say_writing', { conversation_id: id, writing: true, as_person: who === 'staff' }, as(who));
		await comesBack(page);
		return await page.view.locator('#writers[role=status]').textContent() === text;
	}, `it says “${text}”`);
	const focused = ({ view }) => view.evaluate(() => document.activeElement.id);
	const queued = (page, text) => page.view.locator('#waiting li', { hasText: text }).waitFor();
	const history = (world, who, id) => ask(world.server, 'get_conversation_history', { conversation_id: id }, as(who));

	// Whole, with nothing that sticks out, is too pale or that axe finds, in either colour and on a phone.
	async function looksWell(page, name) {
		for (const [theme, width] of [['light', 900], ['dark', 900], ['light', 390], ['dark', 320]]) {
			await page.notify('host-context-changed', { theme });
			await page.tab.emulateMedia({ colorScheme: theme });
			await page.tab.setViewportSize({ width, height: 800 });
			await eventually(() => page.view.evaluate(([theme, width]) => document.documentElement.dataset.theme === theme && innerWidth === width, [theme, width]), 'it follows');
			assert.ok(await page.view.evaluate(sideways) <= 0, `${name} is wider than its frame of ${width}`);
			assert.deepEqual(await page.view.evaluate(pale), [], `${name}, ${theme}`);
			if (!process.env.SCREENSHOTS)
				continue;
			await eventually(() => page.view.evaluate(() => Math.abs(document.body.getBoundingClientRect().height - innerHeight) < 1), 'the host follows its height');
			await page.tab.setViewportSize({ width, height: await page.view.evaluate(() => innerHeight) });
			await page.tab.screenshot({ path: join(process.env.SCREENSHOTS, `support-${name}-${theme}-${width}.png`) });
		}
		assert.deepEqual(await faults(page.view), [], name);
	}

	test('a customer goes on here: what is found is a card, and what is written comes as it is written', async t => {
		const world = await World.open(t, { shop: true }), order = await world.place(customers.ann, 'key ann', { 'KIT-0001': 2 }, 'shipped');
		const rest = Promise.withResolvers();
		world.models.script(GPT, ['Let me look. ', use('track_my_order', { order_id: order })], ['It is on its way.'],
			['A teapot ', 600, 'is ', { until: rest.promise }, 'for tea.']);
		const page = await open(t, world, 'chat_with_ai', 'ann');
		await page.call({ message: 'Where is my order?' });
		await shown(page, 'It is on its way.');
		await page.view.getByRole('log').locator(`section[aria-label="Order ${order}"]`).waitFor();
		await says(page, /^The shop’s assistant answers\.$/);

		await page.view.getByLabel('Your message').fill('What is a teapot for?');
		await page.tab.keyboard.press('Enter');
		await page.view.locator('#writing', { hasText: 'A teapot' }).waitFor();
		await says(page, /^The assistant is writing…$/);
		await shown(page, 'What is a teapot for?');
		rest.resolve();
		await shown(page, 'A teapot is for tea.');
		assert.equal(await page.view.locator('#writing').isVisible(), false);
		const names = await page.view.getByRole('log').locator('article').evaluateAll(all => all.map(each => each.className));
		assert.deepEqual(names, ['message customer mine', 'message model', 'message customer mine', 'message model']);
		assert.equal(await page.view.locator('#pending article').count(), 0);
		await looksWell(page, 'chat');
	});

	test('a new conversation is seen before its first answer is there: its host tells of that alone, so it is found by its key', async t => {
		const world = await World.open(t), rest = Promise.withResolvers();
		world.models.script(GPT, ['One ', 600, 'moment', { until: rest.promise }, '.']);
		const page = await open(t, world, 'chat_with_ai', 'ann'), call = page.call({ message: 'Hello', idempotency_key: 'k1' });
		await page.view.locator('#writing', { hasText: 'One moment' }).waitFor();
		await shown(page, 'Hello');
		assert.equal(await page.view.locator('#pending article').count(), 0);
		await page.view.getByRole('button', { name: 'Talk to a person' }).click();
		await says(page, /^(Waiting for a person, place 1|The assistant is writing)/);
		rest.resolve();
		await call;
		await says(page, /^Waiting for a person, place 1/);
	});

	test('a customer asks for a person, who answers, and is rated: by the keyboard alone', async t => {
		const world = await World.open(t);
		world.models.script(GPT, ['Good day.']);
		const page = await open(t, world, 'chat_with_ai', 'ann');
		const { structuredContent: { conversation_id } } = await page.call({ message: 'Hello' });
		await shown(page, 'Good day.');
		await page.view.getByRole('button', { name: 'Talk to a person' }).focus();
		await page.tab.keyboard.press('Enter');
		await says(page, /^Waiting for a person, place 1/);
		await page.tab.keyboard.type('Is anybody there?');
		await page.tab.keyboard.press('Shift+Enter');
		await page.tab.keyboard.type('I wait.');
		await page.tab.keyboard.press('Enter');
		await shown(page, 'Is anybody there?');
		await writes(page, world, 'staff', conversation_id, 'Somebody of the shop is writing');
		await ask(world.server, 'reply_as_person', { conversation_id, message: 'Here I am.', close: true }, as('staff'));
		await comesBack(page);
		await shown(page, 'Here I am.');
		await says(page, /^Closed\./);
		await page.view.getByRole('button', { name: '4 of 5' }).focus();
		await page.tab.keyboard.press('Space');
		await page.view.getByText('You gave 4 of 5.').waitFor();
		const { rating, history: said } = await history(world, 'ann', conversation_id);
		assert.equal(rating, 4);
		assert.deepEqual(said.filter(({ role }) => role === 'customer').map(({ text }) => text), ['Hello', 'Is anybody there?\nI wait.']);
		await looksWell(page, 'chat-closed');
	});

	test('what was not answered is tried again, and said once', async t => {
		const world = await World.open(t);
		world.models.script(GPT, ['Good day.'], ['Here it is.']);
		const page = await open(t, world, 'chat_with_ai', 'ann');
		const { structuredContent: { conversation_id } } = await page.call({ message: 'Hello' });
		await page.view.getByLabel('Your message').waitFor();
		// First it does not come to the server, then its answer does not come back.
		await page.tab.evaluate(() => {
			const { server } = window, lost = { chat_with_ai: 2, get_conversation_history: Infinity };
			window.server = async (method, params) => {
				const way = lost[params.name]--;
				const told = way === 2 ? undefined : await server(method, params);
				if (way > 0)
					throw new Error('The host has lost it.');
				return told;
			};
			window.find = () => { lost.get_conversation_history = 0; };
		});
		await page.view.getByLabel('Your message').fill('Once only');
		await page.view.getByRole('button', { name: 'Send' }).click();
		for (let i = 0; i < 2; i++) {
			await page.view.getByRole('alert').getByText('The host has lost it.').waitFor();
			await says(page, /^This was not answered\.$/);
			await page.view.getByRole('button', { name: 'Try again' }).click();
			if (i === 0)
				await eventually(async () => (await page.seen('tools/call')).filter(({ name }) => name === 'chat_with_ai').length === 2, 'it is tried again');
			await page.tab.evaluate(i => i === 1 && find(), i);
		}
		await shown(page, 'Here it is.');
		await page.view.getByRole('alert').waitFor({ state: 'hidden' });
		assert.equal(await page.view.getByRole('button', { name: 'Try again' }).count(), 0);
		const { history: said } = await history(world, 'ann', conversation_id);
		assert.deepEqual(said.map(({ text }) => text), ['Hello', 'Good day.', 'Once only', 'Here it is.']);
		assert.equal(new Set((await page.seen('tools/call')).filter(({ name }) => name === 'chat_with_ai').map(({ arguments: { idempotency_key: key } }) => key)).size, 1);
	});

	test('a host that passes no calls on shows what was answered, and nothing to press', async t => {
		const world = await World.open(t);
		world.models.script(GPT, ['Good day.']);
		const page = await open(t, world, 'chat_with_ai', 'ann', { capabilities: {} });
		await page.call({ message: 'Hello' });
		await shown(page, 'Good day.');
		await shown(page, 'Hello');
		assert.equal(await page.view.getByRole('button').count(), 0);
	});

	test('a history that a customer or the desk has asked for is shown, earlier messages too', async t => {
		const world = await World.open(t, { models: false });
		const { conversation_id } = await world.chat('ann', 'Word 1');
		for (let i = 2; i <= 55; i++)
			await world.chat('ann', `Word ${i}`, { conversation_id });
		for (const who of ['ann', 'staff']) {
			const page = await open(t, world, 'get_conversation_history', who);
			await page.call({ conversation_id });
			await shown(page, 'Word 55');
			assert.equal(await page.view.getByRole('log').getByText('Word 1', { exact: true }).count(), 0);
			await page.view.getByRole('button', { name: 'Earlier messages' }).click();
			await page.view.getByRole('log').getByText('Word 1', { exact: true }).waitFor();
			assert.equal(await page.view.getByRole('log').locator('article').count(), 55);
			// Only who it is of writes here.
			assert.equal(await page.view.getByLabel('Your message').isVisible(), who === 'ann');
		}
	});

	test('the desk sees who waits and how they feel, takes one, answers, and gives it back to the model', async t => {
		const world = await World.open(t);
		world.models.script(GPT, ['I am sorry.']);
		const { conversation_id: id } = await world.chat('ann', 'This is terrible, useless, the worst shop. It is a disgrace!!!');
		await ask(world.server, 'escalate', { conversation_id: id, reason: 'It is broken', contact: 'ann@example.org', confirm: true }, as('ann'));
		const page = await open(t, world, 'list_queue', 'staff');
		await page.call({});
		await says(page, /^One waits\.$/);
		await queued(page, 'very unhappy');
		await page.view.locator('.row').focus();
		await page.tab.keyboard.press('Enter');
		await shown(page, 'I am sorry.');
		assert.equal(await focused(page), 'title');
		assert.match(await page.view.locator('#facts').textContent(), /waiting · waits \d+ min · It is broken · else reached at ann@example\.org/);
		await looksWell(page, 'desk');

		await page.view.getByRole('button', { name: 'Take' }).click();
		await eventually(async () => /yours/.test(await page.view.locator('#facts').textContent()), 'it is taken');
		await page.view.locator('#taken .row').waitFor();
		assert.equal(await page.view.getByRole('button', { name: 'Take' }).count(), 0);
		await eventually(async () => await focused(page) === 'box', 'one can write');
		assert.equal((await history(world, 'staff', id)).person, 'staff');
		await page.tab.keyboard.type('What is broken?');
		await page.tab.keyboard.press('Enter');
		await shown(page, 'What is broken?');
		await eventually(async () => await page.view.getByLabel('Your answer').inputValue() === '', 'the box is empty');
		await writes(page, world, 'ann', id, 'The customer is writing');
		await world.chat('ann', 'The lid.', { conversation_id: id });
		await comesBack(page);
		await shown(page, 'The lid.');
		await page.view.getByLabel('Your answer').fill('A new one is on its way.');
		await page.view.getByRole('button', { name: 'Answer and give back' }).click();
		await shown(page, 'A new one is on its way.');
		await eventually(async () => (await history(world, 'staff', id)).status === 'open', 'the model has it');
		await says(page, /^Nobody waits\.$/);
	});

	test('the desk has the model’s words to begin with, and closes', async t => {
		const world = await World.open(t), rest = Promise.withResolvers();
		t.after(() => rest.resolve());
		world.models.script(GPT, ['Good day.'], ['The lid ', 600, 'can be ', { until: rest.promise }]);
		const { conversation_id: id } = await world.chat('ann', 'Hello');
		const asked = callTool(world.server, 'chat_with_ai', { message: 'My lid is broken', conversation_id: id }, as('ann'));
		const page = await open(t, world, 'take_conversation', 'staff');
		await eventually(async () => (await history(world, 'staff', id)).writing, 'the model writes');
		await page.notify('tool-result', { structuredContent: { conversation_id: id }, content: [] });
		await page.view.getByRole('button', { name: 'Use the assistant’s words' }).click();
		assert.match(await page.view.getByLabel('Your answer').inputValue(), /^The lid/);
		await page.tab.keyboard.press('Control+A');
		await page.tab.keyboard.type('The lid can be had anew.');
		await page.view.getByRole('button', { name: 'Answer and close' }).click();
		await shown(page, 'The lid can be had anew.');
		await eventually(async () => (await history(world, 'staff', id)).status === 'closed', 'it is closed');
		rest.resolve();
		assert.equal((await asked).structuredContent.by, 'person');
	});

	test('what anybody wrote turns nothing round but itself, and stands as its own language does', async t => {
		const world = await World.open(t, { models: false });
		const { conversation_id: id } = await world.chat('ann', 'שלום!');
		await ask(world.server, 'escalate', { conversation_id: id, reason: 'Over \u202e there', contact: '\u202e+49 30 12', confirm: true }, as('ann'));
		await ask(world.server, 'rate_conversation', { conversation_id: id, rating: 1 }, as('ann'));
		const desk = await open(t, world, 'list_queue', 'staff');
		await desk.call({});
		await desk.view.locator('.row').click();
		await desk.view.getByText('rated 1 of 5').waitFor();
		// Where the first two letters of words of ours stand, from the left.
		const left = words => desk.view.locator('#facts').evaluate((facts, words) => {
			const all = document.createTreeWalker(facts, NodeFilter.SHOW_TEXT);
			for (let node; (node = all.nextNode());)
				if (node.data.includes(words)) {
					const at = node.data.indexOf(words), range = document.createRange();
					return [at, at + 1].map(i => (range.setStart(node, i), range.setEnd(node, i + 1), range.getBoundingClientRect().left));
				}
		}, words);
		for (const words of ['else reached', 'rated 1 of 5']) {
			const [first, second] = await left(words);
			assert.ok(first < second, `${words} is written backwards: ${first}, ${second}`);
		}
		const box = await desk.view.getByRole('log').getByText('שלום!').evaluate(words => {
			const range = document.createRange();
			range.setStart(words.firstChild, 4);
			range.setEnd(words.firstChild, 5);
			return { mark: range.getBoundingClientRect().left, first: (range.setStart(words.firstChild, 0), range.setEnd(words.firstChild, 1), range.getBoundingClientRect().left) };
		});
		assert.ok(box.mark < box.first, `the mark is where the sentence ends: ${JSON.stringify(box)}`);
	});

	test('what anybody wrote is never read as HTML', async t => {
		const world = await World.open(t);
		world.models.script(GPT, [nasty]);
		const chat = await open(t, world, 'chat_with_ai', 'ann');
		const { structuredContent: { conversation_id: id } } = await chat.call({ message: nasty });
		await chat.view.getByRole('log').getByText(nasty).nth(1).waitFor();
		await ask(world.server, 'escalate', { conversation_id: id, reason: nasty, contact: nasty, confirm: true }, as('ann'));
		const desk = await open(t, world, 'list_queue', 'staff');
		await desk.call({});
		await desk.view.locator('.row').click();
		await desk.view.getByRole('log').getByText(nasty).nth(1).waitFor();
		await ask(world.server, 'reply_as_person', { conversation_id: id, message: nasty }, as('staff'));
		await ask(world.server, 'rate_conversation', { conversation_id: id, rating: 1, comment: nasty }, as('ann'));
		await comesBack(desk);
		await eventually(async () => (await desk.view.locator('#facts').textContent()).includes(`“${nasty}”`), 'the comment is shown');
		// As no tool makes them.
		await chat.notify('tool-result', { structuredContent: { conversation_id: 'other', status: nasty, messages: 1, earlier: false, later: false, history: [{
			seq: 1, at: '2026-11-01T09:00:00Z', role: 'model', author: nasty, text: nasty, cards: [null, 7, { kind: nasty }, { kind: '__proto__' }, { kind: 'constructor' },
				{ kind: 'order', id: nasty, status: nasty, placed_at: nasty, total: { amount: 1 }, items: [null, { name: nasty, quantity: nasty }], returns: 'none' }] }] } });
		await chat.view.locator('.card .title', { hasText: nasty }).waitFor();
		for (const { view } of [chat, desk]) {
			assert.equal(await view.locator('img, b:not(.top b)').count(), 0);
			assert.notEqual(await view.title(), 'owned');
		}
	});
});
