// shop.mjs - servers that trust an issuer of the tests, and what is sent to them with a token.
import { start } from '../e2e/support.mjs';
import { Issuer } from './issuer.mjs';

export const publicUrl = 'https://shop.example/mcp';
export const metadataUrl = 'https://shop.example/.well-known/oauth-protected-resource/mcp';

export const bearer = token => ({ Authorization: `Bearer ${token}` });
export const withToken = token => ({ headers: bearer(token) });

export const startIssuer = (settings = {}) => new Issuer({ resources: [publicUrl], ...settings }).start();

// Settings of a server that trusts it.
export const trusting = (issuer, settings = {}) =>
	({ OAUTH_ISSUER: issuer.url, PUBLIC_URL: publicUrl, LOG_LEVEL: 'debug', ...settings });

// One that has the issuer's keys already.
export async function startTrusting(name, issuer, settings = {}, options) {
	const server = await start(name, trusting(issuer, settings), options);
	await server.says(/the issuer \S+ has \d+ keys/);
	return server;
}
