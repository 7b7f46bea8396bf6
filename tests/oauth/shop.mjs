// shop.mjs - servers that trust an issuer of the tests, and what is sent to them with a token.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { start } from '../e2e/support.mjs';
import { Issuer } from './issuer.mjs';

export const publicUrl = 'https://shop.example/mcp';
export const metadataUrl = 'https://shop.example/.well-known/oauth-protected-resource/mcp';

export const bearer = token => ({ Authorization: `Bearer ${token}` });
export const withToken = token => ({ headers: bearer(token) });

// What a failed test left listening must not keep the process from ending.
const issuers = [];
after(() => Promise.all(issuers.map(issuer => issuer.stop())));

export function startIssuer(settings = {}) {
	issuers.push(new Issuer({ resources: [publicUrl], ...settings }));
	return issuers.at(-1).start();
}

// Settings of a server that trusts it.
export const trusting = (issuer, settings = {}) =>
	({ OAUTH_ISSUER: issuer.url, PUBLIC_URL: publicUrl, LOG_LEVEL: 'debug', ...settings });

// One that has the issuer's keys already.
export async function startTrusting(name, issuer, settings = {}, options) {
	const server = await start(name, trusting(issuer, settings), options);
	await server.says(/keys of the issuer \S+: \d+/);
	return server;
}

// Is a token, or twelve letters of one, anywhere in what a server wrote? Of a header most is no secret.
const PART = 12;
export function assertTellsNoToken(text, issuer) {
	const parts = new Set();
	for (let i = 0; i + PART <= text.length; i++)
		parts.add(text.slice(i, i + PART));
	assert.ok(issuer.given.length > 0, 'there are tokens');
	for (const token of issuer.given)
		for (let i = token.indexOf('.') + 1; i + PART <= token.length; i++)
			assert.ok(!parts.has(token.slice(i, i + PART)), `a part of a token was written: ${token.slice(i, i + PART)}`);
}

export async function stopTrusting(server, issuer) {
	await server.stop();
	assertTellsNoToken(server.log, issuer);
}
