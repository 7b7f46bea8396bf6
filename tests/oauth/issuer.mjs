// issuer.mjs - an identity provider on this machine: oidc-provider, which is certified, with people, clients,
// and tokens in the shapes of others; in front of it what a test may do to it.
//
// It has code + PKCE, refresh, client_credentials, dynamic registration and resource indicators (RFC 8707),
// by OpenID Connect's discovery and RFC 8414's. Its keys can be changed while it runs, it can be down, and
// answer whatever a test says.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeKey, signatureOf, tokenOf } from './keys.mjs';
import { over, page } from './page.mjs';
import { shapes } from './shapes.mjs';

const npm = createRequire(fileURLToPath(new URL('../../build/npm/package.json', import.meta.url)));
const { default: Provider, errors } = await quietly(() => import(pathToFileURL(npm.resolve('oidc-provider')).href));

// It warns of http and of what its defaults are; here both are meant.
async function quietly(work) {
	const { warn, info } = console;
	console.warn = console.info = () => {};
	try {
		return await work();
	} finally {
		Object.assign(console, { warn, info });
	}
}

// Who may sign in, and with which scopes; `claims` stand in their tokens.
export const people = {
	ann: { title: 'Ann, a customer', scopes: ['products:read', 'orders:own', 'support:chat'], claims: { customer: 'C-Ann.77131' } },
	bob: { title: 'Bob, a customer', scopes: ['products:read', 'orders:own', 'support:chat'], claims: { customer: 'C-Bob.44902' } },
	sam: { title: 'Sam, of staff', scopes: ['products:read', 'products:write', 'stock:reserve', 'stock:restock',
		'orders:read', 'orders:write', 'orders:staff', 'reports:read', 'ops:read', 'ops:costs', 'support:staff'], claims: {} },
};
const known = [...new Set(Object.values(people).flatMap(person => person.scopes))];

// Clients that are a page ask from their browser, also to be registered, for which oidc-provider has no CORS. True: it
// was a preflight, and is answered.
function letPagesIn({ method, headers }, response) {
	if (!headers.origin)
		return false;
	response.setHeader('Access-Control-Allow-Origin', '*');
	if (method !== 'OPTIONS')
		return false;
	response.writeHead(204, { 'Access-Control-Allow-Methods': 'GET, POST',
		'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '*' }).end();
	return true;
}

export class Issuer {
	// `resources`: whose tokens it gives, the first where a client names none. `prefixes`: what may stand before
	// a scope. `shape`: of all its tokens; else a client m-SHAPE has its own. `url`: where it is reached, if that is
	// not its own port. `audience`: of all its tokens, where that is no resource. `tls`: options of https.Server.
	constructor({ resources, prefixes = [], shape, alg = 'RS256', port = 0, host = '127.0.0.1', clients = [], url, audience, tls }) {
		Object.assign(this, { resources, prefixes, shape, alg, port, host, clients, url, audience, tls });
		this.requests = [];             // that came, as "METHOD PATH"
		this.trouble = undefined;       // answers in its place: (request, response, path) => true
		this.plain = false;             // announces neither PKCE nor itself in redirects, as some don't
		this.life = undefined;          // seconds for which a token is taken, where shorter than it says
		this.ttl = 600;                 // seconds that tokens say they are good for
		this.keys = [makeKey('RS256', 'rs-1'), makeKey('ES256', 'es-1'), makeKey('EdDSA', 'ed-1')];
		this.others = [makeKey('RSA-OAEP', 'enc-1', { use: 'enc' })];
	}

	async start() {
		await this.up();
		this.url ??= `http://${this.host}:${this.port}`;
		await this.#provide();
		return this;
	}

	// As after a crash: what it knew it knows still.
	async up() {
		this.server = (this.tls ? https : http).createServer({ ...this.tls }, (request, response) =>
			this.#answer(request, response).catch(error => {
				response.writeHead(500).end(String(error?.stack ?? error));
			}));
		this.server.listen(this.port, this.host);
		await once(this.server, 'listening');
		this.port = this.server.address().port;
	}

	async down() {
		this.server.closeAllConnections();
		this.server.close();
		await once(this.server, 'close');
	}

	stop() {
		return this.server.listening ? this.down() : undefined;
	}

	// ---- Keys ----

	get jwks() {
		return { keys: [...this.keys, ...this.others].map(key => key.open) };
	}

	keyOf(alg = this.alg) {
		return this.keys.find(key => key.alg === alg);
	}

	// Signs with a new one from now on. `withdraw`: the old one is gone.
	async rotate({ withdraw = false, alg = this.alg, kid = `new-${this.keys.length}` } = {}) {
		const key = makeKey(alg, kid);
		this.keys = [key, ...withdraw ? this.keys.filter(old => old.alg !== alg) : this.keys];
		await this.#provide();
		return key;
	}

	// ---- Tokens that nobody asked for ----

	// Claims of a good one; what is undefined is not there.
	claims(more = {}) {
		const now = Math.floor(Date.now() / 1000);
		return { iss: this.url, sub: 'sam', aud: this.resources[0], client_id: 'desktop', scope: 'products:read',
			iat: now, exp: now + this.ttl, jti: `minted-${++this.minted}`, ...more };
	}
	minted = 0;
	given = [];

	mint(claims = {}, { alg = this.alg, key = this.keyOf(alg), header = {} } = {}) {
		return this.remember(tokenOf({ alg, kid: key.kid, typ: 'at+jwt', ...header }, this.claims(claims),
			text => signatureOf(key, text, alg)));
	}

	// One of a vendor's shape.
	mintAs(shape, claims, options = {}) {
		const header = { alg: this.alg, kid: this.keyOf().kid, typ: 'at+jwt' }, payload = this.claims(claims);
		shapes[shape](header, payload, options);
		return this.remember(tokenOf(header, payload, text => signatureOf(this.keyOf(), text)));
	}

	// Everything that is a token of this issuer, for whoever looks for them where none may be.
	remember(token) {
		this.given.push(token);
		return token;
	}

	// One by client_credentials, from its own token endpoint.
	async machine(client, scope, resource = this.resources[0]) {
		const answer = await fetch(`${this.url}/token`, { method: 'POST',
			headers: { Authorization: `Basic ${Buffer.from(`${client}:secret`).toString('base64')}` },
			body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }) });
		const body = await answer.json();
		if (!body.access_token)
			throw new Error(`${client} got no token: ${JSON.stringify(body)}`);
		this.remember(body.access_token);
		return body;
	}

	// ---- The provider ----

	get #scopes() {
		return [...known, ...this.prefixes.flatMap(prefix => known.map(scope => prefix + scope))];
	}

	async #provide() {
		const provider = await quietly(() => new Provider(this.url, this.#configuration()));
		provider.on('server_error', (_, error) => console.error(error));
		provider.use(async (ctx, next) => {
			await next();
			if (this.plain && ctx.oidc?.route === 'discovery') {
				delete ctx.body.code_challenge_methods_supported;
				delete ctx.body.authorization_response_iss_parameter_supported;
			}
		});
		this.provider = provider;
		this.callback = provider.callback();
	}

	#configuration() {
		const machine = name => ({ client_id: name, client_secret: 'secret', grant_types: ['client_credentials'],
			redirect_uris: [], response_types: [] });
		return {
			jwks: { keys: this.keys.map(key => key.secret) },
			clients: [
				...['machine', ...Object.keys(shapes).map(shape => `m-${shape}`)].map(machine),
				{ client_id: 'desktop', token_endpoint_auth_method: 'none', application_type: 'native',
					grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
					redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback', 'http://localhost/oauth/callback'] },
				...this.clients,
			],
			scopes: ['openid', 'offline_access', ...this.#scopes],
			features: {
				clientCredentials: { enabled: true },
				devInteractions: { enabled: false },
				registration: { enabled: true },
				resourceIndicators: {
					enabled: true,
					defaultResource: (_, client, several) => several?.[0] ?? this.resources[0],
					useGrantedResource: () => true,
					getResourceServerInfo: (_, indicator) => this.#resource(indicator),
				},
			},
			// Clients register with the scopes of their first 401, and some want others later: most providers let them.
			extraClientMetadata: { properties: ['any_scope'], validator: (ctx, name, value, metadata) => { delete metadata.scope; } },
			extraTokenClaims: (_, token) => people[token.accountId]?.claims,
			findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
			formats: { customizers: { jwt: (_, token, parts) => this.#shape(token, parts) } },
			interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
			issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
			loadExistingGrant: ({ oidc }) => oidc.result?.consent && oidc.provider.Grant.find(oidc.result.consent.grantId),
			cookies: { keys: ['of the tests'] },
			ttl: { AccessToken: (_, token) => token.resourceServer?.accessTokenTTL ?? this.ttl, ClientCredentials: (_, token) =>
				token.resourceServer?.accessTokenTTL ?? this.ttl, IdToken: 600, Grant: 86400, Interaction: 3600, RefreshToken: 86400, Session: 3600, AuthorizationCode: 60 },
		};
	}

	#resource(indicator) {
		if (!this.resources.includes(indicator))
			throw new errors.InvalidTarget(`${indicator} is no resource of this issuer`);
		return { scope: this.#scopes.join(' '), audience: this.audience ?? indicator, accessTokenFormat: 'jwt',
			accessTokenTTL: this.ttl, jwt: { sign: { alg: this.alg } } };
	}

	#shape(token, parts) {
		const shape = shapes[this.shape ?? /^m-(.*)/.exec(token.clientId)?.[1]];
		const header = { typ: 'at+jwt' };
		shape?.(header, parts.payload, { prefix: this.prefixes.find(prefix => parts.payload.scope?.startsWith(prefix)) });
		parts.header = { ...parts.header, typ: header.typ };
		if (this.life !== undefined)
			parts.payload.exp = Math.floor(Date.now() / 1000) + this.life - 60;
	}

	// ---- Requests ----

	async #answer(request, response) {
		const { pathname } = new URL(request.url, this.url);
		this.requests.push(`${request.method} ${pathname}`);
		if (await this.trouble?.(request, response, pathname))
			return;
		if (letPagesIn(request, response))
			return;
		if (pathname === '/jwks')
			response.writeHead(200, { 'Content-Type': 'application/jwk-set+json' }).end(JSON.stringify(this.jwks));
		else if (pathname.startsWith('/interaction/'))
			await this.#interact(request, response);
		else {
			if (this.plain)
				this.#keepSilent(response);
			this.callback(request, response);
		}
	}

	// RFC 9207's `iss` is left out of where it sends to.
	#keepSilent(response) {
		const set = response.setHeader;
		response.setHeader = function (name, value) {
			return set.call(this, name, name.toLowerCase() !== 'location' ? value
				: value.replace(/([?&])iss=[^&]*&?/, '$1').replace(/[?&]$/, ''));
		};
	}

	// Who it is, and what is given, in one step: whoever it is gets of what was asked what that person may have.
	async #interact(request, response) {
		const { provider } = this, html = { 'Content-Type': 'text/html; charset=utf-8' };
		const interaction = await provider.interactionDetails(request, response).catch(error => {
			if (!(error instanceof errors.SessionNotFound))
				throw error;
		});
		if (!interaction)
			return response.writeHead(400, html).end(over);
		const { params } = interaction;
		if (request.method !== 'POST')
			return response.writeHead(200, html).end(page(params, people, await provider.Client.find(params.client_id)));
		let form = '';
		for await (const chunk of request)
			form += chunk;
		const accountId = new URLSearchParams(form).get('person'), person = people[accountId];
		if (!person)
			return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'Nobody signed in: it was refused' });
		const grant = new provider.Grant({ accountId, clientId: params.client_id });
		const asked = params.scope?.split(' ') ?? [], isFor = scope => person.scopes.some(own => scope.endsWith(own));
		grant.addOIDCScope('openid offline_access');
		for (const resource of [params.resource ?? this.resources[0]].flat()) {
			grant.addResourceScope(resource, asked.filter(isFor).join(' '));
			grant.rejectResourceScope(resource, asked.filter(scope => !isFor(scope)).join(' '));
		}
		grant.rejectOIDCScope(asked.join(' '));
		await provider.interactionFinished(request, response,
			{ login: { accountId, remember: false }, consent: { grantId: await grant.save() } });
	}
}
