// run.test.mjs - ./dev run as somebody tries it who has nothing: its web page opens straight into a conversation, which the desk, another
// browser and mcp-remote share; and with --sign-in people sign in at it.
//
// SCREENSHOTS names a folder to leave pictures in.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Desktop } from '../e2e/desktop.mjs';
import { freePort } from '../e2e/raw.mjs';
import { eventually, root } from '../e2e/support.mjs';
import { GPT } from '../e2e/support_world.mjs';
import { startModels } from '../models/double.mjs';
import { assertAccessible, openPerson, picture, said, shows, skip as noPage, write } from './site.mjs';

const skip = noPage || !existsSync(join(root, 'build/release/products/mcp-products')) && 'there is no release build';
const running = new Set();
after(() => running.forEach(dev => dev.kill()));

// What it says, and the page's addresses in that.
async function run(t, folder, settings = {}, ...words) {
	const DEV_RUN = `build/test/${folder}`, ports = {};
	for (const name of ['PRODUCTS', 'ORDERS', 'OPS', 'SUPPORT', 'SUPPORT_WEB', 'ISSUER'])
		ports[`${name}_PORT`] = String(await freePort());
	rmSync(join(root, DEV_RUN), { recursive: true, force: true });
	const dev = spawn('./dev', ['run', ...words], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MODELS: '', ...ports, ...settings, DEV_RUN, SERVICES: '' } });
	running.add(dev);
	let text = '', ended;
	for (const stream of [dev.stdout, dev.stderr])
		stream.setEncoding('utf8').on('data', more => { text += more; });
	dev.on('close', status => { ended = { status }; running.delete(dev); });
	t.after(async () => {
		dev.kill('SIGTERM');
		await eventually(() => ended, 'it ends', 60000);
		assert.equal(ended.status, 0, text);
	});
	await eventually(() => /Ctrl-C stops them/.test(text) || ended, 'it starts', 300000);
	const [, shop, desk] = /^Talk with the shop: (\S+) .* desk: (\S+)$/m.exec(text) ?? assert.fail(text);
	// What is missing for an answer of a model is said where somebody begins.
	assert.equal(/^No model is set.* docs\/support\.md\.$/m.test(text), !settings.MODELS, text);
	return { shop, desk, endpoint: /"mcp-remote","(\S+?)"/.exec(text.split('"support"')[1])[1] };
}

async function visit(t, url, options) {
	const { page, wrong, close } = await openPerson(options);
	t.after(async () => {
		await close();
		assert.deepEqual(wrong, []);
	});
	await page.goto(url);
	return page;
}

// The first conversation of the list, at a desk and elsewhere.
const openFirst = page => page.locator('.conversations a').first().click();
const looks = {
	light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' },
	phone: { colorScheme: 'light', viewport: { width: 375, height: 720 }, hasTouch: true, isMobile: true },
};

test('without a model a person answers, whom anybody can be', { skip }, async t => {
	const { shop, desk, endpoint } = await run(t, 'run-web');
	const customer = await visit(t, shop, looks.light);
	await customer.locator('textarea:focus').waitFor();
	assert.equal(await customer.getByLabel('Key').count(), 0);
	await picture(customer, 'run-begins');
	await assertAccessible(customer, 'it begins');
	await write(customer, 'Is there a red teapot?');
	await customer.getByText('Waiting for a person; place 1').waitFor();
	await picture(customer, 'run-waits');

	// The desk is a link away, and at an address of its own.
	const staff = await visit(t, desk, looks.dark);
	await staff.locator('[data-part=waiting] a').click();
	await staff.getByRole('button', { name: 'Take it' }).click();
	await write(staff, 'There is.', 'Answer and give back');
	await shows(customer, ['Is there a red teapot?', 'There is.']);
	await picture(staff, 'run-desk');
	await customer.getByRole('link', { name: 'The desk' }).click();
	await customer.getByRole('link', { name: 'As a customer' }).waitFor();
	await customer.getByText('Nobody waits.').waitFor();
	await customer.getByRole('link', { name: 'As a customer' }).click();

	// Who comes by mcp-remote is the same customer, in the same conversation.
	const program = new Desktop(endpoint);
	await program.begin();
	const { structuredContent: { conversations: [{ conversation_id }] } } = await program.call('list_conversations', {});
	const phone = await visit(t, `${shop}#/${conversation_id}`, looks.phone);
	await shows(phone, ['Is there a red teapot?', 'There is.']);
	await program.call('chat_with_ai', { conversation_id, message: 'How much is it?' });
	await shows(phone, ['Is there a red teapot?', 'There is.', 'How much is it?']);
	await picture(phone, 'run-phone');
	await program.end();
});

test('with a model it answers, in browsers and through mcp-remote', { skip }, async t => {
	const models = await startModels();
	t.after(() => models.stop());
	models.script(GPT, ['Let me look. ', { tool: { id: 't', name: 'find_product', input: { words: 'kettle' } } }], ['We have a ', 50, 'kettle.'],
		['It is ', 500, 'blue.']);        // what is over at once need not be told piece by piece
	const { shop, desk, endpoint } = await run(t, 'run-web-model', { MODELS: `openai:${GPT}`, OPENAI_URL: models.openai });
	const customer = await visit(t, shop, looks.dark), staff = await visit(t, desk, looks.light);
	await write(customer, 'Is there a kettle?');
	await shows(customer, ['Is there a kettle?', 'We have a kettle.']);
	await customer.getByRole('region', { name: 'Products' }).waitFor();
	await picture(customer, 'run-model-dark');
	await staff.reload();
	await openFirst(staff);
	await shows(staff, await said(customer));

	const program = new Desktop(endpoint), told = [];
	const { capabilities } = await program.begin();
	assert.ok(capabilities.resources.subscribe);
	const { structuredContent: { conversations: [{ conversation_id }] } } = await program.call('list_conversations', {});
	const uri = `support://conversation/${conversation_id}`;
	await program.result('resources/subscribe', { uri });
	const { structuredContent: answer } = await program.call('chat_with_ai', { conversation_id, message: 'Which colour?' }, ({ message }) => told.push(message));
	assert.deepEqual([answer.reply, answer.by], ['It is blue.', 'model']);
	const [where, ...words] = told;
	assert.equal(where, uri);
	assert.ok(words.length > 0 && words.every(text => answer.reply.startsWith(text)), told.join());
	for (const page of [customer, staff])
		await shows(page, ['Is there a kettle?', 'We have a kettle.', 'Which colour?', 'It is blue.']);
	await eventually(() => program.told.some(({ method, params }) => method === 'notifications/resources/updated' && params.uri === uri), 'mcp-remote is told of changes');
	const { structuredContent: { history } } = await program.call('get_conversation_history', { conversation_id });
	assert.deepEqual(history.filter(({ role }) => role !== 'note').map(({ text }) => text), await said(customer));
	await picture(staff, 'run-model-desk');
	await program.end();
});

test('with an identity provider people sign in at it', { skip }, async t => {
	const { shop } = await run(t, 'run-web-sign-in', {}, '--sign-in');
	const ann = await visit(t, shop, looks.phone), sam = await visit(t, shop, looks.dark);
	await ann.getByRole('button', { name: 'Sign in' }).click();
	await ann.getByRole('button', { name: 'Ann' }).click();
	await ann.getByRole('link', { name: 'New conversation' }).click();
	await write(ann, 'Hello?');
	await ann.getByText('Waiting for a person; place 1').waitFor();
	await picture(ann, 'run-sign-in-phone');
	await sam.getByRole('button', { name: 'Sign in' }).click();
	await sam.getByRole('button', { name: 'Sam' }).click();
	await sam.locator('[data-part=waiting] a').click();
	await sam.getByRole('button', { name: 'Take it' }).click();
	await write(sam, 'Hello, Ann.', 'Answer');
	await shows(ann, ['Hello?', 'Hello, Ann.']);
	// A token that is no good any more: another is had without a word.
	await ann.evaluate(name => sessionStorage.setItem(name, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(name)), access_token: 'spoiled' })), 'support.sign_in.tokens');
	await write(ann, 'Good bye.');
	await shows(ann, ['Hello?', 'Hello, Ann.', 'Good bye.']);
});
