#!/usr/bin/env node
// smoke.mjs - calls servers as their clients do, in both eras of the protocol, and prints what it found.
//
//     PRODUCTS_KEY=mcp_… ORDERS_KEY=mcp_… smoke.mjs [--version 1.0.0] [--within SECONDS] [--header 'NAME: VALUE']
//         products=https://products.example.com/mcp orders=https://orders.example.com/mcp
//
// The key of each server is in NAME_KEY and should only be able to read. Each check is tried again until
// --within (120) seconds have passed. --header goes with every request. The official SDKs make the calls; they are looked for in NPM_DIR
// (build/npm), where `npm ci` of tests/package.json puts them.
//
// Exit status: 0 all is well; 1 something is not; 2 wrong usage.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

function help() {
	const lines = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n').slice(1);
	const end = lines.findIndex(line => !line.startsWith('//'));
	return lines.slice(0, end).map(line => line.replace(/^\/\/ ?/, '')).join('\n');
}

function misused(words) {
	console.error(`smoke: ${words} (--help says how)`);
	process.exit(2);
}

// ---- What was asked for ----

const servers = [];
let version, within = 120, header = {};
for (let words = process.argv.slice(2); words.length;) {
	const word = words.shift(), named = /^([a-z][a-z0-9-]*)=(https?:\/\/.+)$/.exec(word);
	if (word === '--help' || word === '-h') {
		console.log(help());
		process.exit(0);
	} else if (word === '--version' && words.length)
		version = words.shift();
	else if (word === '--within' && words.length)
		within = Number(words.shift());
	else if (word === '--header' && /^[\w-]+: ./.test(words[0]))
		header = Object.fromEntries([words.shift().split(/: (.*)/, 2)]);
	else if (named)
		servers.push({ name: named[1], url: named[2] });
	else
		misused(`what is ${word}?`);
}
if (!servers.length || !(within > 0))
	misused('servers are needed, as name=URL');
for (const server of servers) {
	const variable = `${server.name.toUpperCase().replaceAll('-', '_')}_KEY`;
	server.key = process.env[variable];
	if (!server.key)
		misused(`${variable} has no key`);
}

// ---- The clients ----

const npm = createRequire(join(resolve(root, process.env.NPM_DIR ?? 'build/npm'), 'package.json'));
const old = {
	...npm('@modelcontextprotocol/sdk/client/index.js'),
	...npm('@modelcontextprotocol/sdk/client/streamableHttp.js'),
};
const latest = npm('@modelcontextprotocol/client');
const info = { name: 'smoke', version: '1.0.0' };
const timeout = 20000;

const eras = {
	'2025-11-25': {
		client: () => new old.Client(info),
		transport: old.StreamableHTTPClientTransport,
		call: (client, name) => client.callTool({ name, arguments: {} }, undefined, { timeout }),
	},
	'2026-07-28': {
		client: () => new latest.Client(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
		transport: latest.StreamableHTTPClientTransport,
		call: (client, name) => client.callTool({ name, arguments: {} }, { timeout }),
	},
};

// ---- Checks: each gives its findings in a few words, or throws why not ----

function expect(condition, words) {
	if (!condition)
		throw new Error(words);
}

async function refuses(server, key, what) {
	const answer = await fetch(server.url, {
		method: 'POST', signal: AbortSignal.timeout(timeout), redirect: 'error',
		headers: { ...header, 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream',
			...(key && { Authorization: `Bearer ${key}` }) },
		body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
	});
	await answer.text();
	expect(answer.status === 401, `${what} is answered ${answer.status}, and must be 401`);
	return /resource_metadata=/.test(answer.headers.get('www-authenticate')) ? `401, ${await tellsWhereToSignIn(server)}` : '401';
}

// What a client looks up then: it goes on only where that is about the very URL that it was given.
async function tellsWhereToSignIn(server) {
	const { origin, pathname } = new URL(server.url);
	const answer = await fetch(`${origin}/.well-known/oauth-protected-resource${pathname}`,
		{ headers: header, signal: AbortSignal.timeout(timeout), redirect: 'error' });
	const text = await answer.text();
	expect(answer.status === 200, `where to sign in is answered ${answer.status}, and must be 200`);
	const { resource, authorization_servers: [issuer] } = JSON.parse(text);
	expect(resource === server.url, `one signs in to ${resource}, and must to ${server.url}`);
	return `sign-in at ${issuer}`;
}

async function answers(server, era) {
	const client = era.client();
	const transport = new era.transport(new URL(server.url),
		{ requestInit: { headers: { ...header, Authorization: `Bearer ${server.key}` } } });
	try {
		await client.connect(transport, { timeout });
		const about = client.getServerVersion();
		expect(about?.name === server.name, `the server is "${about?.name}"`);
		// Behind a + it says of which build it is.
		expect(!version || [about.version, about.version.split('+')[0]].includes(version), `its version is ${about?.version}, and must be ${version}`);
		const { tools } = await client.listTools(undefined, { timeout });
		const tool = tools.find(each => each.annotations?.readOnlyHint && !each.inputSchema.required?.length);
		expect(tool, `none of its ${tools.length} tools only reads`);
		const result = await era.call(client, tool.name);
		expect(!result.isError, `${tool.name} failed: ${result.content?.[0]?.text}`);
		return `${about.version}, ${tools.length} tools, ${tool.name} answers`;
	} finally {
		await transport.terminateSession?.().catch(() => {});
		await client.close().catch(() => {});
	}
}

const checks = [
	['no key', server => refuses(server, undefined, 'a call without a key')],
	['wrong key', server => refuses(server, 'mcp_of-nobody', 'a wrong key')],
	...Object.entries(eras).map(([revision, era]) => [revision, server => answers(server, era)]),
];

// ---- The run ----

// An address that was just made may not be known yet, and a balancer takes a while to see a task.
async function insist(check, until) {
	for (let pause = 500; ; pause = Math.min(pause * 2, 10000)) {
		const began = performance.now();
		try {
			return { found: await check(), ms: Math.round(performance.now() - began) };
		} catch (error) {
			const wait = pause / 2 + Math.random() * pause / 2;
			if (Date.now() + wait > until)
				return { trouble: [error.message, error.cause?.message].filter(Boolean).join(': ') };
			await new Promise(resolve => setTimeout(resolve, wait));
		}
	}
}

const until = Date.now() + within * 1000;
let failed = 0;
for (const server of servers)
	for (const [what, check] of checks) {
		const { found, ms, trouble } = await insist(() => check(server), until);
		failed += trouble ? 1 : 0;
		console.log(`${trouble ? 'FAILED' : 'ok    '}  ${server.name.padEnd(10)}  ${what.padEnd(10)}  ${
			trouble ?? `${found}, ${ms} ms`}`);
	}
if (failed)
	console.error(`smoke: ${failed} of ${servers.length * checks.length} checks failed`);
process.exit(failed ? 1 : 0);
