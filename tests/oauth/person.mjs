// person.mjs - a person with a browser, who signs in where a client sends them: each redirect is followed, and
// on the provider's page the person's button is pressed.
import { createHash, randomBytes } from 'node:crypto';

// What is sent of the provider's page, by its form; undefined: it has none for people.
const press = (text, person) => text.includes('<form method="post">') && { fields: { person } };

// Until it is led away from the provider, and to there, where a client waits (`arrives`). Gives that URL. `fill`: for
// pages of another provider than ours; an `action` says where its form goes.
export async function signIn(url, person, { arrives = true, fill = press } = {}) {
	const cookies = new Map(), { origin } = new URL(url);
	let at = new URL(url), form;
	for (let step = 0; step < 20; step++) {
		const answer = await fetch(at, { redirect: 'manual', method: form ? 'POST' : 'GET', body: form,
			headers: { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
		for (const cookie of answer.headers.getSetCookie()) {
			const [, name, value] = /^([^=]*)=([^;]*)/.exec(cookie);
			cookies.set(name, value);
		}
		const location = answer.headers.get('location'), text = await answer.text();
		const filled = !location && !form && fill(text, person);
		if (!location && !filled)
			throw new Error(`nobody can sign in at ${at.origin}${at.pathname}: ${answer.status} ${text.slice(0, 500)}`);
		form = filled ? new URLSearchParams(filled.fields) : undefined;
		at = new URL(location ?? filled.action ?? at, at);
		if (at.origin !== origin) {
			if (arrives)
				await arrive(at);
			return at;
		}
	}
	throw new Error(`led around in circles: ${url}`);
}

// A person is slower than this: whoever asked may not listen yet.
async function arrive(url) {
	for (const until = Date.now() + 60000; ;) {
		try {
			return await (await fetch(url)).text();
		} catch (error) {
			if (Date.now() > until)
				throw error;
			await new Promise(resolve => setTimeout(resolve, 50));
		}
	}
}

// The whole of a client's part, with code + PKCE: the answer of the token endpoint. `scope` and `resource` as
// they are asked for.
export async function tokensOf(issuer, person, { scope, resource, client = 'desktop' }) {
	const verifier = randomBytes(32).toString('base64url'), redirect_uri = 'http://127.0.0.1:9/callback';
	const url = new URL(`${issuer.url}/auth`);
	url.search = new URLSearchParams({ response_type: 'code', client_id: client, redirect_uri, scope,
		code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
		state: 'a-state', ...resource && { resource } });
	const back = await signIn(url, person, { arrives: false, fill: issuer.fill });
	const code = back.searchParams.get('code');
	if (!code)
		throw new Error(`${person} was not signed in: ${back}`);
	return grant(issuer, { grant_type: 'authorization_code', client_id: client, code, redirect_uri, code_verifier: verifier,
		...resource && { resource } });
}

export const refresh = (issuer, tokens, { client = 'desktop' } = {}) =>
	grant(issuer, { grant_type: 'refresh_token', client_id: client, refresh_token: tokens.refresh_token });

async function grant(issuer, fields) {
	const answer = await fetch(`${issuer.url}/token`, { method: 'POST', body: new URLSearchParams(fields) });
	const body = await answer.json();
	if (!body.access_token)
		throw new Error(`no token was given: ${answer.status} ${JSON.stringify(body)}`);
	for (const token of [body.access_token, body.refresh_token])
		token && issuer.remember(token);
	return body;
}
