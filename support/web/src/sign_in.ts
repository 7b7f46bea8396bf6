// sign_in.ts - who the person is to the API: a token by OAuth (code + PKCE), or a key where config.json lets one be typed in.
//
// What is kept is in sessionStorage: it goes with the tab, and the way to the issuer and back is survived.
import { auth, type OAuthClientMetadata, type OAuthClientInformationContext, type OAuthClientProvider, type OAuthDiscoveryState, type StoredOAuthClientInformation, type StoredOAuthTokens }
	from '@modelcontextprotocol/client';
import type { Config } from './config';
import { mayPass, Refused, Unreachable } from './server';
import type { Role } from './types';

const PREFIX = 'support.sign_in.';

function kept<Value>(name: string): Value | undefined {
	const text = sessionStorage.getItem(PREFIX + name);
	return text === null ? undefined : JSON.parse(text) as Value;
}

function keep(name: string, value: unknown): void {
	if (value === undefined)
		sessionStorage.removeItem(PREFIX + name);
	else
		sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
}

// The page's own address, to which the issuer leads back.
const here = () => new URL('.', document.baseURI).href;

export class SignIn implements OAuthClientProvider {
	validateResourceURL?: (url: string | URL, named?: string) => Promise<URL | undefined>;

	constructor(private readonly config: Config) {
		if (config.resource)
			this.validateResourceURL = async (url, named) => {
				if (named !== undefined && named !== config.resource)
					throw new Error(`${url} is ${named}, and config.json says ${config.resource}`);
				return named === undefined ? undefined : new URL(named);
			};
	}

	// ---- Nobody ----

	// Where a server has neither keys nor an issuer, as on one's own machine, all are one.
	needless = false;
	async isNeedless(): Promise<boolean> {
		const { ok, status } = await fetch(this.config.api, { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
			headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' } });
		if (!ok && status !== 401)
			throw mayPass(status) ? new Unreachable(String(status)) : new Refused(String(status), status);
		return this.needless = ok;
	}

	// ---- A key ----

	get key() { return kept<string>('key'); }
	useKey(key: string) { keep('key', key); }

	// What they turned out to be: a page that is loaded anew need not wait for a server to show what is kept.
	get role() { return kept<Role>('role'); }
	set role(role: Role | undefined) { keep('role', role); }

	get is() { return this.key !== undefined || this.tokens() !== undefined; }

	out() {
		this.needless = false;
		for (const name of ['key', 'role', 'tokens', 'verifier', 'state', 'discovery', 'where'])
			keep(name, undefined);
	}

	// ---- The way to the issuer, and back ----

	// Leads away, or says by its return that nobody need sign in.
	async begin(): Promise<void> {
		keep('where', location.hash);
		this.#leads = true;
		await auth(this, { serverUrl: this.config.api, ...this.config.scope && { scope: this.config.scope } });
	}

	// Whether this page is what the issuer led back to; then the person is signed in, or it is said why not by an error.
	async end(): Promise<boolean> {
		const given = new URLSearchParams(location.search), state = kept<string>('state');
		if (!given.has('code') && !given.has('error'))
			return false;
		history.replaceState(null, '', here() + (kept<string>('where') ?? ''));
		keep('state', undefined);
		if (!given.has('code') || !state || given.get('state') !== state)
			throw new Error(given.get('error') ?? 'another sign-in than that which began here');
		await auth(this, { serverUrl: this.config.api, authorizationCode: given.get('code')!, ...given.has('iss') && { iss: given.get('iss')! } });
		return true;
	}

	// ---- As the client asks for it ----

	get redirectUrl() { return here(); }

	get clientMetadata(): OAuthClientMetadata {
		return { client_name: 'Support', redirect_uris: [here()], token_endpoint_auth_method: 'none', application_type: location.protocol === 'https:' ? 'web' : 'native',
			grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], ...this.config.scope && { scope: this.config.scope } };
	}

	state() {
		const state = crypto.randomUUID();
		keep('state', state);
		return state;
	}

	clientInformation(of?: OAuthClientInformationContext): StoredOAuthClientInformation | undefined {
		const issuer = this.config.issuer ?? of?.issuer;
		return this.config.client_id ? { client_id: this.config.client_id, ...issuer && { issuer } } : kept('client');
	}
	saveClientInformation(client: StoredOAuthClientInformation) { keep('client', client); }

	tokens(): StoredOAuthTokens | undefined { return kept('tokens'); }
	saveTokens(tokens: StoredOAuthTokens) { keep('tokens', tokens); }

	saveCodeVerifier(verifier: string) { keep('verifier', verifier); }
	codeVerifier() { return kept<string>('verifier') ?? ''; }

	saveDiscoveryState(state: OAuthDiscoveryState) { keep('discovery', state); }
	discoveryState(): OAuthDiscoveryState | undefined {
		return kept('discovery') ?? (this.config.issuer ? { authorizationServerUrl: this.config.issuer } : undefined);
	}

	invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery') {
		for (const name of scope === 'all' ? ['client', 'tokens', 'verifier', 'discovery'] : [scope])
			keep(name, undefined);
	}

	// A client that finds its token at an end comes here as well: nobody is led away from what they write.
	#leads = false;
	redirectToAuthorization(url: URL) {
		if (this.#leads)
			location.assign(url.href);
	}
}
