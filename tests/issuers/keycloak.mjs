// keycloak.mjs - Keycloak on a free port of this machine, and realms in it, made as docs/sign-in.md says by the API
// that its admin console uses.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pause, root } from '../e2e/support.mjs';

const ADMIN = 'admin', START_S = 800, MiB = 2 ** 20;

// Its script waits for Java: both are told, as a group of their own. Whatever becomes of this process, they end.
const running = new Set();
const END_S = 1800;

function tell(child, signal) {
	try {
		if (running.has(child))
			process.kill(-child.pid, signal);
	} catch {
		// It has ended just now.
	}
}
process.on('exit', () => running.forEach(child => tell(child, 'SIGKILL')));

export class Keycloak {
	// Its database is in its memory: each has nothing but what a test makes.
	async start() {
		const child = this.child = spawn('timeout', ['-k', '10', String(END_S), join(root, 'build/issuers/keycloak/bin/kc.sh'), 'start',
			'--optimized', '--http-enabled=true', '--http-host=127.0.0.1', '--http-port=0', '--hostname-strict=false', '--cache=local'],
		{ env: { PATH: process.env.PATH, HOME: process.env.HOME ?? '/', JAVA_OPTS_KC_HEAP: '-Xms128m -Xmx640m',
			KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN, KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
		let said = '';
		running.add(child);
		child.ended = new Promise(resolve => child.on('close', resolve).on('error', resolve)).then(() => running.delete(child));
		for (const stream of [child.stdout, child.stderr])
			stream.setEncoding('utf8').on('data', text => { said = (said + text).slice(-MiB); });
		for (const until = Date.now() + START_S * 1000; !this.url; await pause(50)) {
			this.url = /Listening on: (http:\S+?)\.?\s/.exec(said)?.[1];
			if (!this.url && (!running.has(child) || Date.now() > until)) {
				await this.stop();
				throw new Error(`Keycloak did not start:\n${said.slice(-4000)}`);
			}
		}
		return this;
	}

	async stop() {
		tell(this.child, 'SIGTERM');
		const late = setTimeout(() => tell(this.child, 'SIGKILL'), 20000);
		await this.child?.ended;
		clearTimeout(late);
	}

	// One call of the API, with the status that it has to have; gives the answer, or the id of what was made.
	async admin(method, path, body, expected = [200, 201, 204]) {
		const token = await (await fetch(`${this.url}/realms/master/protocol/openid-connect/token`, { method: 'POST',
			body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: ADMIN, password: ADMIN }) })).json();
		const answer = await fetch(`${this.url}/admin/realms${path}`, { method, body: body && JSON.stringify(body),
			headers: { Authorization: `Bearer ${token.access_token}`, 'Content-Type': 'application/json' } });
		const text = await answer.text();
		assert.ok(expected.includes(answer.status), `${method} ${path}: ${answer.status} ${text}`);
		return text ? JSON.parse(text) : answer.headers.get('location')?.split('/').at(-1);
	}

	async realm(name) {
		await this.admin('POST', '', { realm: name, enabled: true });
		return new Realm(this, name);
	}
}

const mapper = (name, protocolMapper, config) => ({ name, protocol: 'openid-connect', protocolMapper,
	config: { 'access.token.claim': 'true', ...config } });

// Its `url` is what tokensOf() of person.mjs wants; `issuer` what stands in its tokens.
export class Realm {
	given = [];

	constructor(keycloak, name) {
		Object.assign(this, { keycloak, name, issuer: `${keycloak.url}/realms/${name}` });
		this.url = `${this.issuer}/protocol/openid-connect`;
	}

	admin(method, path, ...more) {
		return this.keycloak.admin(method, `/${this.name}${path}`, ...more);
	}

	remember(token) {
		this.given.push(token);
	}

	// The pages: a name and a password, and for a client that registered itself whether it may.
	fill(text, person) {
		const action = /<form[^>]*\saction="([^"]+)"/.exec(text)?.[1].replaceAll('&amp;', '&');
		if (/name="password"/.test(text))
			return { action, fields: { username: person, password: `${person}'s password` } };
		return /name="accept"/.test(text) && { action, fields: { accept: 'Yes', code: /name="code" value="([^"]*)"/.exec(text)?.[1] ?? '' } };
	}

	// ---- What the page tells its operator to make ----

	// Client scope, Type Optional, Include in token scope, mapper Audience; `role`: under its Scope. `mappers`: more.
	async scope(name, audience, { role, mappers = [] } = {}) {
		const id = await this.admin('POST', '/client-scopes', { name, protocol: 'openid-connect',
			attributes: { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'true' },
			protocolMappers: [mapper('audience', 'oidc-audience-mapper', { 'included.custom.audience': audience }), ...mappers] });
		await this.admin('PUT', `/default-optional-client-scopes/${id}`);
		if (role)
			await this.admin('POST', `/client-scopes/${id}/scope-mappings/realm`, [await this.role(role)]);
	}

	// An attribute of people that only administrators can edit, and the mapper of it.
	async customer(attribute) {
		const profile = await this.admin('GET', '/users/profile');
		profile.attributes.push({ name: attribute, displayName: attribute, permissions: { view: ['admin'], edit: ['admin'] } });
		await this.admin('PUT', '/users/profile', profile);
		return mapper(attribute, 'oidc-usermodel-attribute-mapper', { 'user.attribute': attribute, 'claim.name': attribute,
			'jsonType.label': 'String', 'id.token.claim': 'false' });
	}

	async role(name) {
		return await this.admin('GET', `/roles/${name}`, undefined, [200, 404]).then(async found => found.id ? found
			: await this.admin('POST', '/roles', { name }) && await this.admin('GET', `/roles/${name}`));
	}

	people(clientId, redirectUris) {
		return this.admin('POST', '/clients', { clientId, publicClient: true, standardFlowEnabled: true, redirectUris,
			attributes: { 'pkce.code.challenge.method': 'S256' } });
	}

	machine(clientId, secret, attributes = {}) {
		return this.admin('POST', '/clients', { clientId, secret, publicClient: false, serviceAccountsEnabled: true,
			standardFlowEnabled: false, attributes });
	}

	async person(username, { roles = [], attributes = {} } = {}) {
		const id = await this.admin('POST', '/users', { username, enabled: true, email: `${username}@example.com`, emailVerified: true,
			firstName: username, lastName: 'of the tests', attributes,
			credentials: [{ type: 'password', value: `${username}'s password`, temporary: false }] });
		await this.admin('POST', `/users/${id}/role-mappings/realm`, await Promise.all(roles.map(role => this.role(role))));
	}

	// Client registration, anonymous: `settings` by the name of the policy.
	async registration(settings) {
		const policies = await this.admin('GET', '/components?type=org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy');
		for (const policy of policies.filter(each => each.subType === 'anonymous' && settings[each.name]))
			await this.admin('PUT', `/components/${policy.id}`, { ...policy, config: { ...policy.config, ...settings[policy.name] } });
	}

	// ---- What happens to it ----

	// Signs with a new key from now on; `withdraw`: with the old ones nobody can be checked any more.
	async rotate({ withdraw = false } = {}) {
		const providers = await this.admin('GET', '/components?type=org.keycloak.keys.KeyProvider');
		const old = providers.filter(each => each.providerId === 'rsa-generated' && each.config.enabled?.[0] !== 'false');
		await this.admin('POST', '/components', { name: `rsa-${providers.length}`, providerId: 'rsa-generated', parentId: old[0].parentId,
			providerType: 'org.keycloak.keys.KeyProvider', config: { priority: [String(100 + providers.length)] } });
		for (const each of withdraw ? old : [])
			await this.admin('PUT', `/components/${each.id}`, { ...each, config: { ...each.config, enabled: ['false'], active: ['false'] } });
	}

	// By client_credentials.
	async token(client, secret, scope) {
		const answer = await fetch(`${this.url}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
			headers: { Authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` } });
		const body = await answer.json();
		assert.ok(body.access_token, JSON.stringify(body));
		this.remember(body.access_token);
		return body.access_token;
	}
}
