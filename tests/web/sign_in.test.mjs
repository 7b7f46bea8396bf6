// sign_in.test.mjs - people sign in at the web page of support: at a real identity provider, with code and PKCE, found by what the server
// says of itself; and what is written when a token comes to its end is not lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../e2e/ports.mjs';
import { GPT, World } from '../e2e/support_world.mjs';
import { startIssuer } from '../oauth/shop.mjs';
import { openPerson, skip, startSite } from './site.mjs';

// `config`: what config.json says of the issuer. `apart`: the API has an origin of its own, as where CloudFront has the page; else the page's.
async function openWorld(t, { config, apart }) {
	let world;
	const connects = [], given = { keys: false }, port = await freePort();
	const site = await startSite({ server: () => world.server, config: given, connects });
	t.after(() => site.stop());
	const api = apart ? `http://127.0.0.1:${port}/mcp` : `${site.url}mcp`;
	const issuer = await startIssuer({ resources: [api], clients: [{ client_id: 'support-web', token_endpoint_auth_method: 'none', application_type: 'native',
		grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], redirect_uris: ['http://127.0.0.1/'] }] });
	t.after(() => issuer.stop());
	connects.push(issuer.url);
	Object.assign(given, config(issuer), apart && { api });
	if (apart)
		connects.push(new URL(api).origin);
	world = await World.open(t, { settings: { PORT: String(port), ALLOWED_ORIGINS: apart ? new URL(site.url).origin : '', OAUTH_ISSUER: issuer.url, PUBLIC_URL: api, OAUTH_CUSTOMER_CLAIM: 'customer',
		OAUTH_SCOPES: 'support:chat support:staff' } });
	world.models.script(GPT, ['Hello, Ann.'], ['Still here.']);
	return { world, site, issuer };
}

async function signIn(page, name) {
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('button', { name }).click();
	await page.locator('.connection').getByText('Connected').waitFor();
}

const ways = {
	'by what the server says, registering itself': { config: () => ({}) },
	'as a known client of a configured issuer': { config: issuer => ({ client_id: 'support-web', issuer: issuer.url, scope: 'support:chat support:staff' }) },
	'at a page that has another origin than the server': { config: () => ({ client_id: 'support-web' }), apart: true },
};
for (const [way, how] of Object.entries(ways))
	test(`a customer and staff sign in ${way}`, { skip }, async t => {
		const { site, issuer } = await openWorld(t, how);
		const ann = await openPerson(), sam = await openPerson();
		for (const each of [ann, sam])
			await each.page.goto(`${site.url}#/new`);
		assert.equal(await ann.page.getByLabel('Key').count(), 0);
		await signIn(ann.page, 'Ann');
		// Where they were going they are.
		await ann.page.getByRole('textbox').fill('Hi');
		await ann.page.keyboard.press('Enter');
		await ann.page.locator('.log').getByText('Hello, Ann.').waitFor();
		assert.equal(new URL(ann.page.url()).search, '');
		await signIn(sam.page, 'Sam');
		await sam.page.getByText('Nobody waits.').waitFor();
		await sam.page.locator('.conversations').getByText('C-Ann.77131').waitFor();

		// A token that is no good any more: another is had without a word.
		const spoil = () => ann.page.evaluate(name => sessionStorage.setItem(name,
			JSON.stringify({ ...JSON.parse(sessionStorage.getItem(name)), access_token: 'spoiled' })), 'support.sign_in.tokens');
		const given = () => issuer.requests.filter(request => request === 'POST /token').length, before = given();
		await spoil();
		await ann.page.reload();
		await ann.page.locator('.log').getByText('Hello, Ann.').waitFor();
		assert.ok(given() > before, 'it asked for another');
		// Where none is had, what was written waits until somebody has signed in.
		issuer.trouble = (_, response, path) => path === '/token'
			&& response.writeHead(400, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }).end('{"error":"invalid_grant"}');
		await ann.context.setOffline(true);
		await ann.page.getByRole('textbox').fill('Are you there?');
		await ann.page.keyboard.press('Enter');
		await ann.page.getByRole('textbox').fill('Half of a');
		await spoil();
		await ann.context.setOffline(false);
		await ann.page.getByText('You are signed out.').waitFor();
		issuer.trouble = undefined;
		await signIn(ann.page, 'Ann');
		await ann.page.locator('.log').getByText('Still here.').waitFor();
		assert.equal(await ann.page.getByRole('textbox').inputValue(), 'Half of a');
		await ann.page.getByRole('button', { name: 'Sign out' }).click();
		await ann.page.getByRole('button', { name: 'Sign in' }).waitFor();
		assert.deepEqual(await ann.page.evaluate(() => Object.keys(sessionStorage).filter(name => /token|key|outbox|draft/.test(name))), []);
		// Of the refusal the client's own words are there.
		assert.deepEqual([...ann.wrong, ...sam.wrong].filter(words => !/invalid_grant/.test(words)), []);
		await Promise.all([ann.close(), sam.close()]);
	});
