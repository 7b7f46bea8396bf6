// quoting.test.mjs - whatever a client sends, what it is told about it is UTF-8, whole characters of
// a bounded length.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { head } from './raw.mjs';
import { beginSession, exchange, root, start, stateless, types } from './support.mjs';

let server;
before(async () => { server = await start('products', { LOG_FORMAT: 'json', STATE_KEYS: 'k'.repeat(32) }); });
after(() => server.stop());

// The bytes of an answer's body, of a request as bytes (Latin-1).
function ask(request) {
	return new Promise((resolve, reject) => {
		const parts = [], socket = net.connect(server.port, '127.0.0.1');
		socket.on('data', part => parts.push(part)).on('error', reject).on('close', () => {
			const all = Buffer.concat(parts);
			resolve(all.subarray(all.indexOf('\r\n\r\n') + 4));
		});
		socket.end(Buffer.from(request, 'latin1'));
	});
}

const post = (headers, body) => head(server, {
	...types, Connection: 'close', 'Content-Length': body.length, ...headers }) + body;

async function error(headers, message) {
	const body = await ask(post(headers, Buffer.from(JSON.stringify(message)).toString('latin1')));
	return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)).error;
}

// Each says what it was sent, in quotation marks, up to so many bytes.
const echoes = {
	'a method': [64, text => ({ method: text })],
	'a tool': [128, text => ({ method: 'tools/call', params: { name: text } })],
	'a prompt': [128, text => ({ method: 'prompts/get', params: { name: text } })],
	'a resource': [256, text => ({ method: 'resources/read', params: { uri: text } })],
	'a skill': [256, text => ({ method: 'skills/get', params: { uri: text } })],
	'a subscription': [256, text => ({ method: 'resources/subscribe', params: { uri: text } })],
};
for (const [name, [most, message]] of Object.entries(echoes))
	test(`${name} is quoted in whole characters`, async () => {
		const headers = await beginSession(server);
		const told = async text => {
			const { message: words } = await error(headers, { jsonrpc: '2.0', id: 1, ...message(text) });
			return /"(.*)"/s.exec(words)?.[1] ?? assert.fail(words);
		};
		for (const end of ['é', '€', '🙂'])
			assert.equal(await told('a'.repeat(most - 1) + end), `${'a'.repeat(most - 1)}…`);
		assert.equal(await told(`${'a'.repeat(most - 2)}é`), `${'a'.repeat(most - 2)}é`);
		assert.equal(await told('\u001b[2J\u009b\u007f\n'), '\ufffd[2J\ufffd\ufffd\ufffd');
	});

test('a version that is no text is quoted all the same', async () => {
	const { message, data } = await error({ 'MCP-Protocol-Version': '\xff\xfe2099' },
		{ jsonrpc: '2.0', id: 1, method: 'tools/list' });
	assert.equal(message, 'MCP-Protocol-Version "\ufffd\ufffd2099" is not served.');
	assert.equal(data.requested, '\ufffd\ufffd2099');
});

test('headers of any bytes are answered in UTF-8', async () => {
	for (const name of ['MCP-Protocol-Version', 'Mcp-Session-Id', 'Mcp-Method', 'Mcp-Name',
		'Last-Event-ID', 'Origin', 'Accept', 'Content-Type', 'Authorization', 'X-Forwarded-For',
		'Idempotency-Key', 'Host'])
		for (const value of ['\xff\xfe', '\xc3', `${'a'.repeat(63)}\xc3\xa9`, '\xed\xa0\x80', '\x80'.repeat(2000)]) {
			for (const version of ['2025-11-25', '2026-07-28']) {
				const body = await ask(post({ 'MCP-Protocol-Version': version, [name]: value },
					version === '2026-07-28' ? stateless('ping').body : '{"jsonrpc":"2.0","id":1,"method":"ping"}'));
				new TextDecoder('utf-8', { fatal: true }).decode(body);
			}
		}
	// Nor does anything of it get as far as the database.
	assert.deepEqual(server.log.split('\n').filter(line => /"level":"(error|warning)"/.test(line)), []);
});

test('an argument that is refused is quoted in whole characters', async () => {
	const { json } = await exchange(server, stateless('tools/call', {
		name: 'search_products', arguments: { sort: `${'a'.repeat(59)}é` } }));
	assert.match(JSON.stringify(json), /not \\"a{59}…\\"/);
});

// What is told of a text of others goes through str_quote(), which cuts between characters. These
// build something of whole parts instead, and tell it to nobody who could be confused.
const builders = new Set([
	'server/core/settings.c',               // the help's lines, of the program's own words
	'server/metrics/prometheus.c',          // names of metrics
	'server/core/log_repeats.c',            // a line that was kept in whole characters
	'server/fetch/transfer.c', 'server/calls/origin.c', 'server/protocol/guard.c',        // headers
	'server/run/command_connect.c', 'server/visitors/connect.c', 'server/visitors/page.c',  // words, URLs, commands
	'server/import/source.c', 'server/databases/databases.c', 'server/otlp/target.c',           // a URL without its secrets
	'server/spans/record.c', 'server/aws/identity.c', 'server/aws/sign.c', 'server/aws_calls/aws_calls.c', 'server/aws_ask/aws_ask.c',  // ids, scopes, keys
	'server/aws/request.c', 'server/model_ask/model_send.c', 'server/aws_credentials/credential_get.c', 'server/aws_credentials/credential_answer.c',  // headers, dates
	'server/run/process_limits.c', 'server/sqlite/place.c', 'server/sqlite/restore.c',      // paths
	'server/visitors/metadata.c', 'server/issuer/key_fetch.c',      // URLs
	'server/issuer/issuer.c', 'server/run/command_key.c',           // scopes, as the operator or the program has them
	'server/auth/caller.c', 'server/auth/token.c',          // a caller's name and rights, in a row
	'server/state/words.c',               // what processes tell each other
	'server/skills/skill_methods.c', 'server/schema/uri.c',       // URIs
	'server/postgresql/connect.c', 'server/postgresql/setup.c',     // a line of libpq's
	'server/testing/notice.c', 'server/testing/request.c', 'server/testing/words.c',       // to whoever tests their server
	'products/page.c', 'products/words.c',  // a page's policy; the words of an index
]);

test('nothing else cuts text of others', () => {
	const cutting = [];
	for (const path of globSync('{server,products,orders}/**/*.[ch]', { cwd: root })) {
		const text = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
		const cuts = /%-?\d*\.(\*|(?!10s|255s)\d+)s|\(int\)\([^()]*\bsize\b\s*<\s*\d+\s*\?/g;  // a date, a host
		if (!builders.has(path))
			cutting.push(...(text.match(cuts) ?? []).map(cut => `${path}: ${cut}`));
	}
	assert.deepEqual(cutting, [], 'use str_quote()');
});
