// page.test.mjs - the web page of support in a real browser: signing in, a conversation between a customer's two browsers and the desk,
// connections that are lost, a server that is killed; and whether everybody can use it. Against a real server and a double of models.
//
// SCREENSHOTS names a folder to leave pictures in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sideways } from '../e2e/browser.mjs';
import { eventually, select } from '../e2e/support.mjs';
import { customers, GPT, World } from '../e2e/support_world.mjs';
import { assertAccessible, openPerson, picture, said, shows, skip, startSite, write } from './site.mjs';

const use = (name, input, id = `t-${name}`) => ({ tool: { id, name, input } });

async function openWorld(t, options) {
	const world = await World.open(t, options);
	world.site = await startSite({ server: () => world.server });
	t.after(() => world.site.stop());
	return world;
}

// Somebody at the page; and signed in, by key.
async function arrive(t, world, options) {
	const { context, page, wrong, close } = await openPerson(options);
	t.after(async () => {
		await close();
		assert.deepEqual(wrong, []);
	});
	await page.goto(world.site.url);
	return { context, page };
}

async function person(t, world, key, options) {
	const { context, page } = await arrive(t, world, options);
	await page.getByLabel('Key').fill(`mcp_${key}`);
	await page.getByRole('button', { name: 'Use this key' }).click();
	await page.locator('.connection').getByText('Connected').waitFor();
	return { context, page };
}

const messages = world => select('support', world.folder, "select role, text from message where role <> 'note' order by conversation_id, seq");
const roles = async world => (await messages(world)).map(({ role, text }) => [role, text]);
const held = () => {
	let go;
	const until = new Promise(resolve => { go = resolve; });
	return { until, go };
};

test('a customer’s two browsers and the desk are in one conversation, live', { skip }, async t => {
	const world = await openWorld(t), wait = held();
	world.models.script(GPT, ['Good ', 600, 'day. ', { until: wait.until }, 'It is on its way.'], ['You are welcome.']);
	const ann = (await person(t, world, 'ann')).page, desk = (await person(t, world, 'staff')).page;
	await picture(ann, 'empty');
	await ann.getByRole('link', { name: 'New conversation' }).click();
	await write(ann, 'Where is my teapot?');
	await ann.locator('.writing').getByText('Good day.').waitFor();
	await picture(ann, 'writing');

	// The desk sees the model write, and another browser of hers.
	await eventually(async () => {
		await desk.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
		return await desk.locator('.conversations a').count() === 1;
	}, 'the desk sees the conversation');
	await desk.locator('.conversations a').click();
	await desk.locator('.writing').getByText('Good day.').waitFor();
	const other = (await person(t, world, 'ann')).page;
	await other.locator('.conversations a').click();
	await other.locator('.writing').getByText('Good day.').waitFor();
	wait.go();
	const whole = ['Where is my teapot?', 'Good day. It is on its way.'];
	for (const page of [ann, other, desk])
		await shows(page, whole);
	await ann.getByText('Answered', { exact: true }).waitFor();

	// A person is asked for: she is asked, the queue hears of it, and who takes it answers.
	await ann.getByRole('button', { name: 'Ask for a person' }).click();
	await ann.getByRole('dialog').getByRole('button', { name: 'Pass it on' }).waitFor();
	await picture(ann, 'question');
	await assertAccessible(ann, 'the question');
	await ann.getByRole('dialog').getByRole('button', { name: 'Pass it on' }).click();
	await ann.getByText('Waiting for a person; place 1').waitFor();
	// What was pressed is there no more; who pressed it writes on.
	await ann.locator('textarea:focus').waitFor();
	await desk.locator('[data-part=waiting] .conversations a').getByText(whole[1]).waitFor();
	await desk.getByRole('button', { name: 'Take it' }).press('Enter');
	await ann.locator('.thread-head').getByText('With staff').waitFor();
	await desk.locator('textarea:focus').waitFor();
	await desk.locator('[data-part=taken] .conversations a').waitFor();
	await write(desk, 'I am Eva. It arrives tomorrow.', 'Answer');
	for (const page of [ann, other]) {
		await page.locator('.list').getByText('With staff').waitFor();
		await page.locator('.list').getByText('I am Eva.').waitFor();
	}
	for (const page of [ann, other, desk])
		await shows(page, [...whole, 'I am Eva. It arrives tomorrow.']);
	await picture(desk, 'desk');
	await write(desk, 'Our assistant goes on.', 'Answer and give back');
	await shows(ann, [...whole, 'I am Eva. It arrives tomorrow.', 'Our assistant goes on.']);
	await write(other, 'Thank you');
	const all = [...whole, 'I am Eva. It arrives tomorrow.', 'Our assistant goes on.', 'Thank you', 'You are welcome.'];
	for (const page of [ann, other, desk])
		await shows(page, all);
	await write(desk, 'Good bye.', 'Answer and close');
	await ann.locator('.thread-head').getByText('Closed').waitFor();
	await ann.locator('.list').getByText('Closed').waitFor();

	await ann.getByRole('button', { name: '4 of 5' }).click();
	await ann.getByText('You gave 4 of 5').waitFor();
	await desk.getByText('The customer gave 4 of 5').waitFor();
	assert.deepEqual((await roles(world)).map(([, text]) => text), [...all, 'Good bye.']);
	// The desk begins none.
	await desk.goto(`${world.site.url}#/new`);
	await desk.getByText('Choose a conversation.').waitFor();
});

test('a new conversation is there before a word of its first answer is: it is followed, and a person can be asked for', { skip }, async t => {
	const world = await openWorld(t), wait = held();
	world.models.script(GPT, [{ until: wait.until }, 'Good ', 'day.'], ['Blue.']);
	const { page } = await person(t, world, 'ann'), box = page.getByRole('textbox');
	await page.getByRole('link', { name: 'New conversation' }).click();
	await write(page, 'Hi');
	await page.waitForURL(/#\/CNV-/);
	await shows(page, ['Hi']);
	await page.getByRole('heading', { name: 'Hi', exact: true }).waitFor();
	await page.locator('.own-state').getByText('the assistant is on it').waitFor();
	await page.locator('.list a[aria-current]').getByText('Hi').first().waitFor();
	await page.getByRole('button', { name: 'Ask for a person' }).waitFor();
	// What is written meanwhile stays under one's fingers, and is sent.
	await box.pressSequentially('Which ');
	const desk = (await person(t, world, 'staff')).page;
	await desk.goto(page.url());
	await eventually(async () => {
		await box.press('x');
		return await desk.locator('.writers').textContent() === 'The customer is writing';
	}, 'the desk sees that she writes');
	await write(page, 'Which colour?');
	await shows(page, ['Hi', 'Which colour?']);
	assert.equal(await page.locator('.letter').count(), 0);
	wait.go();
	await shows(page, ['Hi', 'Which colour?', 'Good day.', 'Blue.']);
});

test('who writes, and who is there, is seen by whoever is there, for as long as they are, and heard once', { skip }, async t => {
	const world = await openWorld(t, { models: false }), ann = (await person(t, world, 'ann')).page, desk = (await person(t, world, 'staff')).page;
	await ann.getByRole('link', { name: 'New conversation' }).click();
	await write(ann, 'Is somebody there?');
	await ann.getByText('Waiting for a person; place 1').waitFor();
	await desk.goto(ann.url());
	const line = page => page.locator('.writers[role=status]'), box = page => page.getByRole('textbox');
	// While somebody goes on writing: on a slow machine it is over before it was looked at.
	const says = (page, text, goOn = async () => {}) => eventually(async () => {
		await goOn();
		return await line(page).textContent() === text;
	}, () => `it says “${text}”`);
	const answers = () => box(desk).press('y'), long = 'I have been waiting here for quite a while', began = Date.now();
	await desk.getByRole('button', { name: 'Take it' }).waitFor();
	for (const page of [ann, desk])
		await page.evaluate(() => {
			window.heard = [];
			new MutationObserver(() => heard.push(document.querySelector('.writers').textContent)).observe(document.querySelector('.writers'), { childList: true, characterData: true, subtree: true });
		});

	// A name is told of who has the conversation.
	await says(ann, 'Somebody of the shop is writing', answers);
	await desk.getByRole('button', { name: 'Take it' }).click();
	await says(ann, 'staff is writing', answers);
	await picture(ann, 'person-writes');
	await assertAccessible(ann, 'a person writes');

	// At once in both ways; nobody is told of themselves.
	await box(ann).pressSequentially(long);
	await says(desk, 'The customer is writing');
	await says(ann, 'staff is writing', answers);
	const answer = await box(desk).inputValue();
	await desk.getByRole('button', { name: 'Answer', exact: true }).click();
	await shows(ann, ['Is somebody there?', answer]);
	await says(ann, 'staff is here');
	// Who empties it writes no more, and neither does who leaves; and is here no more soon.
	await box(ann).fill('');
	await says(desk, 'The customer is here');
	await picture(desk, 'customer-is-here');
	await assertAccessible(desk, 'the customer is here');
	await box(ann).fill('And');
	await says(desk, 'The customer is writing');
	await ann.goto(`${world.site.url}#/new`);
	await says(desk, '');

	const [writing, here] = ['The customer is writing', 'The customer is here'];
	assert.deepEqual(await desk.evaluate(() => heard), [writing, here, writing, here, '']);
	// Of each page one in three seconds, beside those that begin and end.
	const calls = world.server.log.match(/say_writing/g).length, most = 8 + 2 * (Date.now() - began) / 3000;
	t.diagnostic(`${answer.length + long.length} keys were ${calls} calls, of ${Math.floor(most)} they may be`);
	assert.ok(calls >= 5 && calls <= most, `${calls} calls, of ${most}`);
});

test('what somebody else wrote is not there', { skip }, async t => {
	const world = await openWorld(t);
	world.models.script(GPT, ['Hello.']);
	const { conversation_id } = await world.chat('ann', 'My secret is 42');
	const { page } = await person(t, world, 'bob');
	await page.goto(`${world.site.url}#/${conversation_id}`);
	await page.getByText('There is no such conversation.').waitFor();
	assert.equal(await page.getByText('My secret').count(), 0);
	assert.equal(await page.getByRole('textbox').count(), 0);
});

test('a server that says no for good is not asked for ever: it is said what to do', { skip }, async t => {
	const world = await World.open(t, { models: false }), config = { api: 'nothing' };
	world.site = await startSite({ server: () => world.server, config });
	t.after(() => world.site.stop());
	const { page } = await arrive(t, world);
	await page.getByRole('alert').getByText(/the server answered 404/).waitFor();
	assert.equal(world.site.requests.filter(request => request === 'POST /nothing').length, 4);
	await picture(page, 'closed');
	await assertAccessible(page, 'nobody is let in');
	config.api = 'mcp';
	await page.getByRole('button', { name: 'Try again' }).click();
	await page.getByLabel('Key').waitFor();
});

// ---- Whatever breaks, each message is there once ----

test('what is written without a connection is kept, and sent once when it is back', { skip }, async t => {
	const world = await openWorld(t);
	world.models.script(GPT, ['Hello.'], ['Blue.'], ['Large.']);
	const { page, context } = await person(t, world, 'ann');
	await page.getByRole('link', { name: 'New conversation' }).click();
	await write(page, 'Hi');
	await shows(page, ['Hi', 'Hello.']);
	await context.setOffline(true);
	await page.locator('.connection').getByText('No connection').waitFor();
	await write(page, 'Which colour?');
	await write(page, 'Which size?');
	await page.locator('.letter').getByText('Not sent yet').nth(1).waitFor();
	await picture(page, 'offline');
	await assertAccessible(page, 'without a connection');
	assert.equal((await messages(world)).length, 2);
	await context.setOffline(false);
	await page.locator('.connection').getByText('Connected').waitFor();
	await page.locator('.log').getByText('Large.').waitFor();
	assert.equal(await page.locator('.letter').count(), 0);
	const there = await roles(world), by = role => there.filter(each => each[0] === role).map(([, text]) => text);
	assert.deepEqual([by('customer'), by('model')], [['Hi', 'Which colour?', 'Which size?'], ['Hello.', 'Blue.', 'Large.']]);
	await shows(page, there.map(([, text]) => text));
});

test('a server that is killed while it answers, and comes back, has the message once and answers it once', { skip }, async t => {
	const world = await openWorld(t);
	world.models.script(GPT, ['Hello.'], ['Half of ', { hold: true }], ['Whole.'], ['And that.']);
	const { page } = await person(t, world, 'ann');
	await page.getByRole('link', { name: 'New conversation' }).click();
	await write(page, 'Hi');
	await shows(page, ['Hi', 'Hello.']);
	await write(page, 'Answer me');
	await page.locator('.writing').getByText('Half of').waitFor();
	world.server.child.kill('SIGKILL');
	await world.server.ended;
	await page.locator('.connection').getByText('No connection').waitFor();
	await write(page, 'And this?');
	// Not even a page that is loaded anew forgets it.
	await page.reload();
	await page.locator('.letter').getByText('And this?').waitFor();
	world.server = await world.begin();
	await page.locator('.log').getByText('And that.').waitFor();
	assert.equal(await page.locator('.letter').count(), 0);
	const there = await roles(world), by = role => there.filter(each => each[0] === role).map(([, text]) => text);
	assert.deepEqual([by('customer'), by('model')], [['Hi', 'Answer me', 'And this?'], ['Hello.', 'Whole.', 'And that.']]);
	await shows(page, there.map(([, text]) => text));
});

test('a restart is not noticed', { skip }, async t => {
	const world = await openWorld(t), wait = held();
	world.models.script(GPT, ['Hello.'], ['One ', { until: wait.until }, 'moment.'], ['Done.']);
	const { page } = await person(t, world, 'ann'), desk = (await person(t, world, 'staff')).page;
	await page.getByRole('link', { name: 'New conversation' }).click();
	await write(page, 'Hi');
	await shows(page, ['Hi', 'Hello.']);
	await desk.goto(`${world.site.url}${new URL(page.url()).hash}`);
	await shows(desk, ['Hi', 'Hello.']);
	await write(page, 'Wait');
	await page.locator('.writing').getByText('One').waitFor();
	// The old one ends what it has begun; the next waits for its data.
	const next = world.begin(), stopped = world.server.stop();
	wait.go();
	await stopped;
	world.server = await next;
	await shows(page, ['Hi', 'Hello.', 'Wait', 'One moment.']);
	await write(page, 'And?');
	for (const each of [page, desk])
		await shows(each, ['Hi', 'Hello.', 'Wait', 'One moment.', 'And?', 'Done.']);
	assert.equal((await messages(world)).length, 6);
});

// ---- For everybody ----

const looks = {
	'light, wide': { colorScheme: 'light', viewport: { width: 1100, height: 800 } },
	'dark, on a phone': { colorScheme: 'dark', viewport: { width: 375, height: 720 }, hasTouch: true },
};
for (const [name, look] of Object.entries(looks))
	test(`cards, a question and the desk by keyboard and for screen readers, ${name}`, { skip }, async t => {
		const world = await openWorld(t, { shop: true });
		const order = await world.place(customers.ann, 'key ann', { 'KIT-0001': 2 }, 'delivered');
		world.models.script(GPT, ['Let me look. ', use('my_orders', {}), use('track_my_order', { order_id: order }, 't2')],
			[use('find_product', { words: 'kettle' }), use('check_stock', { items: [{ sku: 'KIT-0001' }] }, 't4')], ['It was delivered. <b>What</b> is wrong with it?'],
			[use('start_return', { order_id: order, items: [{ sku: 'KIT-0001', quantity: 1 }], reason: 'It leaks' })], ['Your return is arranged.']);
		const { page } = await arrive(t, world, look);
		await page.getByRole('button', { name: 'Sign in' }).waitFor();
		await assertAccessible(page, 'signing in');
		await picture(page, `sign-in-${name}`);
		await page.getByLabel('Key').fill('mcp_ann');
		await page.keyboard.press('Enter');
		await page.getByRole('link', { name: 'New conversation' }).focus();
		await assertAccessible(page, 'the list');
		await page.keyboard.press('Enter');

		// One begins to write at once: Shift and Enter begins a line, Enter sends.
		await page.locator('textarea:focus').waitFor();
		await page.keyboard.type('Where is my order?');
		await page.keyboard.press('Shift+Enter');
		await page.keyboard.type('And is there a kettle?');
		await page.keyboard.press('Enter');
		await page.getByRole('region', { name: `Order ${order}` }).waitFor();
		await page.getByRole('region', { name: 'Your orders' }).waitFor();
		await page.getByRole('region', { name: 'Products' }).waitFor();
		assert.deepEqual(await said(page), ['Where is my order?\nAnd is there a kettle?', 'It was delivered. <b>What</b> is wrong with it?']);
		assert.equal(await page.getByRole('log').getAttribute('aria-live'), 'polite');
		await assertAccessible(page, 'a conversation');
		await page.locator('textarea:focus').waitFor();
		await page.keyboard.type('I want to send one back, it leaks');
		await page.keyboard.press('Enter');
		const question = page.getByRole('dialog', { name: 'A question to you' });
		await question.getByText(/^Return 1 x/).waitFor();
		assert.equal(await page.locator('.writing').getByText('Fulfilling').count(), 0, 'nothing is shown as the assistant’s that it did not write');
		await assertAccessible(page, 'a question');
		await picture(page, `question-${name}`);
		// Who was writing meanwhile has answered nothing by it: it is answered by who goes to a button.
		await question.locator('h2:focus').waitFor();
		await page.keyboard.type('and so ');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		await question.locator('button.main:focus').waitFor();
		await page.keyboard.press('Enter');
		await page.locator('.log').getByText('Your return is arranged.').waitFor();
		await question.waitFor({ state: 'detached' });
		await page.locator('textarea:focus').waitFor();
		assert.ok(await page.evaluate(sideways) <= 0, 'nothing is wider than the page');
		await picture(page, `conversation-${name}`);

		// The desk, of the same person's looks.
		await page.getByRole('button', { name: 'Ask for a person' }).click();
		await question.getByRole('button', { name: 'Pass it on' }).click();
		await page.getByText('Waiting for a person; place 1').waitFor();
		const desk = (await person(t, world, 'staff', look)).page;
		await desk.locator('[data-part=waiting] a').waitFor();
		await assertAccessible(desk, 'the queue');
		await picture(desk, `queue-${name}`);
		await desk.locator('[data-part=waiting] a').focus();
		await desk.keyboard.press('Enter');
		await desk.getByRole('button', { name: 'Take it' }).waitFor();
		await desk.locator('.log').getByText('Your return is arranged.').waitFor();
		await assertAccessible(desk, 'the desk');
		await picture(desk, `desk-${name}`);
		assert.ok(await desk.evaluate(sideways) <= 0, 'nothing is wider than the desk');
	});
