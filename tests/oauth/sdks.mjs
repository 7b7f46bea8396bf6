// sdks.mjs - the official TypeScript clients sign in by their own code: from a first call without a token to the
// next, and once more when one is not enough.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const npm = createRequire(fileURLToPath(new URL('../../build/npm/package.json', import.meta.url)));
const one = { ...npm('@modelcontextprotocol/sdk/client/index.js'), ...npm('@modelcontextprotocol/sdk/client/streamableHttp.js'),
	...npm('@modelcontextprotocol/sdk/client/auth.js') };
const two = npm('@modelcontextprotocol/client');

// What it keeps, as an OAuthClientProvider; `signIn(url)` gives where the browser was led back to.
class Memory {
	redirectUrl = 'http://127.0.0.1:9/callback';
	constructor(name, { registered, forgets }) {
		Object.assign(this, { name, forgets, client: registered && { client_id: registered } });
	}
	get clientMetadata() {
		return { client_name: this.name, redirect_uris: [this.redirectUrl], token_endpoint_auth_method: 'none',
			grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] };
	}
	state() { return 'a-state-of-the-tests'; }
	clientInformation() { return this.client; }
	saveClientInformation(client) { this.client = client; }
	tokens() { return this.given; }
	saveTokens({ refresh_token, ...tokens }) { this.given = this.forgets ? tokens : { ...tokens, refresh_token }; }
	saveCodeVerifier(verifier) { this.verifier = verifier; }
	codeVerifier() { return this.verifier; }
	redirectToAuthorization(url) { this.url = url; }
}

// Runs the steps of client.py in this process. `say(step)` is told each, and gives what a person does. `registered`: by
// that id; `forgets`: has no refresh tokens.
export async function runSdk(sdk, url, say, { mode, ...options } = {}) {
	const { Client, StreamableHTTPClientTransport, UnauthorizedError } = sdk === 1 ? one : two;
	const memory = new Memory(`TypeScript SDK ${sdk}`, options);
	let client, transport;
	const connect = async () => {
		client = new Client({ name: 'sign-in', version: '1.0.0' }, sdk === 1 ? {} : { versionNegotiation: { mode } });
		transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: memory });
		await client.connect(transport);
	};
	// The person is asked, and what was refused is done again.
	const signedIn = async work => {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof UnauthorizedError) && !/Unauthorized/.test(error?.name + error?.message))
				throw error;
		}
		const back = new URL(await say({ sign_in: String(memory.url) }));
		await (sdk === 1 ? transport.finishAuth(back.searchParams.get('code')) : transport.finishAuth(back.searchParams));
		return work();
	};
	const call = async (name, args) => {
		const result = await signedIn(() => client.callTool({ name, arguments: args }));
		await say({ called: name, error: !!result.isError });
	};
	await signedIn(connect);
	await call('search_products', { words: 'a' });
	await call('update_product', { sku: 'KIT-0001', stock_change: 1 });
	await say({ wait: true });
	await call('search_products', { words: 'b' });
	await client.close();
}
