// measure.test.mjs - CloudWatch RUM in the web page of support: what is told to a stand-in of RUM and of Cognito's identities is how the page went,
// signed by a guest's key, and nothing that anybody said; and who is not measured asks neither.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { eventually } from '../e2e/support.mjs';
import { GPT, World } from '../e2e/support_world.mjs';
import { openPerson, shows, skip, startSite, write } from './site.mjs';

const SAID = ['ann@example.com', 'teapot', '4111', 'on its way', 'secret', 'mcp_', '77131', 'C0DE'];

// Both of AWS's services. `told`: the batches, read; `asked`: each request but preflights.
async function startRum(t) {
	const rum = { told: [], asked: [] };
	const answers = {
		GetId: ({ IdentityPoolId }) => ({ IdentityId: `of ${IdentityPoolId}` }),
		GetCredentialsForIdentity: ({ IdentityId }) => ({ IdentityId, Credentials: { AccessKeyId: 'ASIAGUEST', SecretKey: 'key', SessionToken: 'token', Expiration: Date.now() / 1000 + 3600 } }),
	};
	const listener = http.createServer(async (request, response) => {
		const pieces = await request.toArray(), body = Buffer.concat(pieces), target = request.headers['x-amz-target']?.split('.')[1];
		const open = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*, Authorization', 'Content-Type': 'application/json' };
		if (request.method === 'OPTIONS')
			return response.writeHead(204, open).end();
		rum.asked.push(target ?? request.url.split('?')[0]);
		if (!target)
			rum.told.push({ ...JSON.parse(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body), by: request.headers.authorization ?? new URL(request.url, 'http://x').searchParams.get('X-Amz-Credential') });
		response.writeHead(200, open).end(target ? JSON.stringify(answers[target](JSON.parse(body))) : '{}');
	});
	await new Promise(resolve => listener.listen(0, '127.0.0.1', resolve));
	t.after(() => (listener.closeAllConnections(), listener.close()));
	rum.url = `http://127.0.0.1:${listener.address().port}`;
	rum.events = () => rum.told.flatMap(({ RumEvents }) => RumEvents).map(event => ({ ...event, details: JSON.parse(event.details) }));
	rum.of = kind => rum.events().filter(({ type }) => type === `com.amazon.rum.${kind}`).map(({ details }) => details);
	return rum;
}

async function openPage(t, rum, part) {
	const world = await World.open(t), config = { rum: { monitor: 'monitor-1', pool: 'eu-west-1:pool', part, endpoint: rum.url, identity: rum.url } };
	const site = await startSite({ server: () => world.server, config, connects: [rum.url] });
	t.after(() => site.stop());
	const person = await openPerson();
	await person.context.addInitScript(() => document.addEventListener('securitypolicyviolation', ({ blockedURI }) => console.error(`refused ${blockedURI}`)));
	// As when a sign-in comes back; of another page's query it is said nothing either.
	await person.page.goto(`${site.url}?desk&C0DE=secret`);
	await person.page.goto(`${site.url}?C0DE=secret`);
	await person.page.getByLabel('Key').fill('mcp_ann');
	await person.page.getByRole('button', { name: 'Use this key' }).click();
	await person.page.locator('.connection').getByText('Connected').waitFor();
	return { world, site, ...person };
}

async function talk({ world, page }) {
	world.models.script(GPT, ['It is on its way.']);
	await page.getByRole('link', { name: 'New conversation' }).click();
	await write(page, 'Where is my teapot? I am ann@example.com, my card is 4111 1111');
	await shows(page, ['Where is my teapot? I am ann@example.com, my card is 4111 1111', 'It is on its way.']);
}

const hide = page => page.evaluate(() => {
	Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
	document.dispatchEvent(new Event('visibilitychange'));
	delete document.visibilityState;
});

test('how the page went is told, and nothing that was said in it', { skip }, async t => {
	const rum = await startRum(t), at = await openPage(t, rum, 1);
	await talk(at);
	await at.page.evaluate(() => {
		const stack = 'TypeError: ann@example.com said teapot\n    at say (https://help.example.com/assets/index-1_a.js:1:22)\n    at teapot';
		setTimeout(() => { throw Object.assign(new TypeError('ann@example.com said teapot'), { stack }); });
		void Promise.reject(Object.assign(new Error('teapot'), { name: 'ann@example.com' }));
		void Promise.reject('my secret teapot');
	});
	// A request that fails, with a query; and one that the page itself ends, which is no failure.
	await at.page.evaluate(() => fetch(new URL('assets/none.js?C0DE=secret#teapot', document.baseURI)).then(() => {}));
	await at.page.evaluate(() => {
		const cut = new AbortController();
		const ended = fetch('config.json?ended', { signal: cut.signal }).catch(() => {});
		cut.abort();
		return ended;
	});
	// By and by, and what is left when it is hidden, since it may not come back.
	await eventually(() => rum.of('js_error_event').length === 3 && rum.of('http_event').length > 0, () => `errors are told: ${JSON.stringify(rum.events().map(({ type }) => type))}`);
	await hide(at.page);
	await eventually(() => rum.of('cumulative_layout_shift_event').length > 0, 'the rest is told as the page is hidden');

	assert.deepEqual(rum.asked.slice(0, 2), ['GetId', 'GetCredentialsForIdentity']);
	assert.ok(rum.told.every(({ by }) => /ASIAGUEST\/\d{8}\/eu-west-1\/rum\/aws4_request/.test(by)), 'each is signed by the guest');
	assert.ok(rum.told.every(({ UserDetails }) => UserDetails.userId === '00000000-0000-0000-0000-000000000000'), 'nobody is known again');
	assert.deepEqual(rum.of('js_error_event').map(({ type, message, stack }) => [type, message, stack ?? '']).sort(), [
		['Error', 'Error', ''], ['TypeError', 'TypeError', 'https://help.example.com/assets/index-1_a.js:1:22'], ['unhandledrejection', 'unhandledrejection', '']]);
	assert.deepEqual(rum.of('http_event').map(({ request, response }) => [request.method, new URL(request.url).pathname, response.status]), [['GET', '/assets/none.js', 404]]);
	assert.ok(rum.of('performance_navigation_event')[0].duration > 0);
	// A slow page may be told of twice.
	assert.deepEqual([...new Set(rum.of('page_view_event').map(({ pageId }) => pageId))], ['/']);
	const everything = JSON.stringify(rum.told), conversation = /#\/([\w-]+)$/.exec(at.page.url())[1];
	assert.deepEqual([...SAID, conversation].filter(words => everything.includes(words)), []);
	assert.ok(!everything.includes('?') && !everything.includes('"title'), 'neither a query nor a title');

	// Nothing stays, and the page's policy had nothing to say.
	assert.deepEqual(await at.page.evaluate(() => [document.cookie, Object.keys(localStorage)]), ['', []]);
	assert.deepEqual(at.wrong.filter(words => !/teapot/.test(words)), []);
});

test('whoever is not measured asks nobody for it, and loads nothing', { skip }, async t => {
	const rum = await startRum(t), at = await openPage(t, rum, 0);
	await talk(at);
	await hide(at.page);
	assert.deepEqual(rum.asked, []);
	assert.deepEqual(at.site.requests.filter(request => /measure/.test(request)), []);
	assert.deepEqual(at.wrong, []);
});
