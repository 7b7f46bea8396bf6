// input.test.mjs - bad input: each gets a clear error, and the server goes on as before.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { Connection, freePort, head, open, post } from './raw.mjs';
import { ask, callTool, eventually, exchange, pause, start, stateless, types } from './support.mjs';

const MIB = 1024 * 1024;
let server, metricsPort;

before(async () => {
	metricsPort = await freePort();
	server = await start('products', {
		METRICS_PORT: String(metricsPort), HEADER_DEADLINE: '2s', BODY_DEADLINE: '2s',
	});
});
after(() => server.stop());

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

async function stillServes() {
	const answer = await exchange(server, { headers: types, body: ping });
	assert.equal(answer.status, 200);
	assert.deepEqual(answer.json, { jsonrpc: '2.0', id: 1, result: {} });
}

async function send(body) {
	return exchange(server, { headers: types, body });
}

async function metric(name) {
	const { text } = await exchange({ port: metricsPort }, { method: 'GET', path: '/metrics' });
	const line = text.split('\n').find(each => each.startsWith(`${name} `) || each.startsWith(`${name}{`));
	assert.ok(line, `there is no ${name} in\n${text}`);
	return Number(line.split(' ').at(-1));
}

async function untilMetric(name, value) {
	let now;
	await eventually(async () => (now = await metric(name)) === value, () => `${name} is ${now}, not ${value}`);
}

// ---- Headers ----

test('a page that asks to send a thousand headers is told of the first ones', async () => {
	const asked = Array.from({ length: 1000 }, (_, i) => `mcp-param-${i}`).join(',');
	const { status, headers } = await exchange(server, { method: 'OPTIONS', headers: {
		Origin: 'http://localhost', 'Access-Control-Request-Headers': asked } });
	assert.equal(status, 204);
	assert.match(headers['access-control-allow-headers'], /, mcp-param-0, .*, mcp-param-31$/);
});

// ---- Bodies ----

test('a body of 5 MiB is 413, in JSON', async () => {
	const answer = await send(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"${'x'.repeat(5 * MIB)}"}}`);
	assert.equal(answer.status, 413);
	assert.equal(answer.json.error.code, 413);
	await stillServes();
});

test('a body of 5 MiB in chunks is 413 too', async () => {
	const connection = await open(server);
	connection.send(head(server, { 'Transfer-Encoding': 'chunked' }));
	for (let i = 0; i < 80; i++)
		connection.send(`10000\r\n${'x'.repeat(65536)}\r\n`);
	connection.send('0\r\n\r\n');
	assert.match(await connection.until(/\r\n\r\n\{.*\}/s), /^HTTP\/1\.1 413 [\s\S]*"code":413/);
	connection.leave();
	await stillServes();
});

test('a body of 3 MiB is read', async () => {
	const answer = await send(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"${'x'.repeat(3 * MIB)}"}}`);
	assert.equal(answer.status, 200);
});

test('who asks before sending too much is told not to', async () => {
	const connection = await open(server);
	connection.send(head(server, { 'Content-Length': 5 * MIB, Expect: '100-continue' }));
	assert.match(await connection.until(/^HTTP\/1\.1 (?!100)\d+ [\s\S]*\}/m), /^HTTP\/1\.1 413 /);
	connection.leave();
});

test('10,000 levels of JSON are refused without being read', async () => {
	for (const [open, close] of [['[', ']'], ['{"a":', '}']]) {
		const deep = open.repeat(10000) + '1' + close.repeat(10000);
		const answer = await send(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${deep}}}`);
		assert.equal(answer.status, 400);
		assert.equal(answer.json.error.code, -32700);
	}
	const unclosed = await send('['.repeat(100000));
	assert.equal(unclosed.status, 400);
	assert.equal(unclosed.json.error.code, -32700);
});

const broken = {
	'a byte that is no UTF-8': Buffer.from([0xff]),
	'an overlong form': Buffer.from([0xc0, 0xaf]),
	'a surrogate': Buffer.from([0xed, 0xa0, 0x80]),
	'a character cut short': Buffer.from([0xe2, 0x82]),
	'a code point that does not exist': Buffer.from([0xf5, 0x80, 0x80, 0x80]),
};
for (const [name, bytes] of Object.entries(broken))
	test(`${name} is refused`, async () => {
		const answer = await send(Buffer.concat([
			Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"'), bytes, Buffer.from('"}}'),
		]));
		assert.equal(answer.status, 400);
		assert.equal(answer.json.error.code, -32700);
		assert.match(answer.json.error.message, /no Unicode text: what begins at byte 55 is no UTF-8/);
	});

const others = {
	gzip: [gzipSync(ping), 415, /compressed \(gzip\); send it as it is/],
	'much gzip': [gzipSync(randomBytes(100000)), 415, /compressed \(gzip\)/],
	deflate: [deflateSync(ping), 415, /compressed \(deflate\)/],
	zstd: [Buffer.from('28b52ffd00', 'hex'), 415, /compressed \(zstd\)/],
	'UTF-8 with a mark': [Buffer.from(`\ufeff${ping}`), 400, /byte order mark; leave it out/],
	'a mark alone': [Buffer.from('\ufeff'), 400, /byte order mark; leave it out/],
	'UTF-16': [Buffer.from(`\ufeff${ping}`, 'utf16le'), 400, /UTF-16/],
};
for (const [name, [body, status, words]] of Object.entries(others))
	test(`a body in ${name} is told what it is`, async () => {
		const answer = await send(body);
		assert.equal(answer.status, status);
		assert.match(answer.json.error.message, words);
		assert.equal(answer.headers['accept-encoding'], status === 415 ? 'identity' : undefined);
	});

test('a raw NUL in the body is refused', async () => {
	const answer = await send('{"jsonrpc":"2.0","id":1,"method":"pi\0ng"}');
	assert.equal(answer.status, 400);
	assert.equal(answer.json.error.code, -32700);
});

test('a NUL in a string is no end of it', async () => {
	const method = await send('{"jsonrpc":"2.0","id":1,"method":"ping\\u0000x"}');
	assert.ok([-32600, -32601].includes(method.json.error.code), method.text);
	const tool = await send('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_product\\u0000"}}');
	assert.equal(tool.json.error.code, -32602);
	const uri = await send('{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"product://KIT-0001%00"}}');
	assert.equal(uri.json.error.code, -32002);
	const id = await send('{"jsonrpc":"2.0","id":"a\\u0000b","method":"ping"}');
	assert.equal(id.json.id ?? id.json.error.code, id.json.error ? -32600 : 'a\0b');
});

test('integers come back with every digit', async () => {
	for (const id of ['9007199254740993', '-9223372036854775808', '9223372036854775807']) {
		const answer = await send(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
		assert.ok(answer.text.includes(`"id":${id},`) || answer.text.includes(`"id":${id}}`), answer.text);
	}
});

test('numbers out of range are told, not wrapped', async () => {
	for (const value of ['1e999', '-1', '0', '101', '9223372036854775808', '1e30', '"5"', 'true', '{}', '[]']) {
		const answer = await exchange(server, {
			headers: stateless('tools/call', { name: 'search_products' }).headers,
			body: stateless('tools/call', { name: 'search_products', arguments: { limit: '@' } }).body
				.replace('"@"', value),
		});
		const { result, error } = answer.json;
		assert.ok(result?.isError || error, `limit ${value}: ${answer.text}`);
	}
	await stillServes();
});

test('an object that names a member twice is refused within arguments too', async () => {
	const { headers, body } = stateless('tools/call', { name: 'get_product', arguments: { sku: 'KIT-0001' } });
	const { json } = await exchange(server, { headers,
		body: body.replace('"sku":"KIT-0001"', '"sku":"KIT-0001","sku":"KIT-0002"') });
	assert.ok(json.error || json.result.isError, JSON.stringify(json));
});

test('text that looks like SQL, a path or markup is only text', async () => {
	for (const words of ["'; drop table product; --", '" OR 1=1', '../../etc/passwd', 'a* NEAR(b, c)',
		'%_\\', '<script>', '\u202e\u0301', '*', '"', '-', 'AND OR NOT']) {
		const result = await callTool(server, 'search_products', { words });
		if (result.isError)
			assert.match(result.content[0].text, /no letter or digit/, words);
		else
			assert.ok(Array.isArray(result.structuredContent.products), words);
	}
	assert.equal((await ask(server, 'get_product', { sku: 'KIT-0001' })).stock, 84);
});

test('a tool that does not exist is named in the error', async () => {
	const answer = await exchange(server, stateless('tools/call', { name: 'dance', arguments: {} }));
	assert.match(answer.json.error.message, /dance/);
	assert.equal((await callTool(server, 'get_product', { sku: 'NO' })).isError, true);
});

// ---- Headers ----

test('a header block of 64 KiB is 431', async () => {
	const connection = await open(server);
	connection.send(head(server, { 'X-Long': 'x'.repeat(65536), 'Content-Length': 2 }));
	assert.match(await connection.until(/\r\n/), /^HTTP\/1\.1 431 /);
	connection.leave();
	await stillServes();
});

test('a thousand headers are 431', async () => {
	const connection = await open(server);
	connection.send(head(server, Object.fromEntries(
		Array.from({ length: 1000 }, (_, i) => [`X-Header-${i}`, 'x'.repeat(50)]))));
	assert.match(await connection.until(/\r\n/), /^HTTP\/1\.1 431 /);
	connection.leave();
	await stillServes();
});

test('what is not HTTP ends the connection', async () => {
	for (const bytes of ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'hello\r\n\r\n', '\r\n\r\n\r\n\r\n', '\0\0\0\0\r\n\r\n']) {
		const connection = await open(server);
		connection.send(bytes);
		assert.ok(await connection.untilClosed(), JSON.stringify(bytes));
	}
	await stillServes();
});

test('a length that is none is refused, once', async () => {
	for (const length of ['abc', '-5', '+40', '40, 40', '40 40', '0x28', '', '99999999999999999999999']) {
		const connection = await open(server);
		connection.send(head(server, { 'Content-Length': length }) + ping);
		assert.ok(await connection.untilClosed(), length);
		assert.match(connection.text, /^HTTP\/1\.1 4\d\d /, length);
		assert.equal(connection.text.match(/HTTP\/1\.1 \d/g).length, 1, `${length}: ${connection.text}`);
	}
	await stillServes();
});

test('what is echoed in a header is one that may be', async () => {
	for (const origin of ['http://localhost:\tx', 'http://localhost:\xe9', 'http://localhost:8 1']) {
		const connection = await open(server);
		connection.send(Buffer.from(head(server, { Origin: origin }, 'OPTIONS'), 'latin1'));
		assert.match(await connection.until(/\r\n/), /^HTTP\/1\.1 403 /, origin);
		connection.leave();
	}
	const connection = await open(server);
	connection.send(Buffer.from(head(server, { Origin: 'http://localhost:80',
		'Access-Control-Request-Headers': 'mcp-param-a\xe9,mcp-param-b\tc, mcp-param-d' }, 'OPTIONS'), 'latin1'));
	const answer = await connection.until(/\r\n\r\n/);
	assert.match(answer, /^HTTP\/1\.1 204 [\s\S]*X-Request-Id, mcp-param-d\r\n/);
	connection.leave();
});

test('requests that come one right after the other are answered in order', async () => {
	const connection = await open(server);
	const many = Array.from({ length: 20 }, (_, i) =>
		post(server, `{"jsonrpc":"2.0","id":${i + 1},"method":"ping"}`));
	connection.send(Buffer.concat(many));
	await connection.until(/"id":20[,}]/);
	const ids = [...connection.text.matchAll(/"id":(\d+)/g)].map(match => Number(match[1]));
	assert.deepEqual(ids, many.map((_, i) => i + 1));
	connection.leave();
});

// ---- Slow clients, and those who leave ----

test('headers that come by the byte are cut off at their deadline', async () => {
	const connection = await open(server);
	for (const byte of head(server, { 'Content-Length': 2, 'X-Slow': 'x'.repeat(1000) })) {
		if (connection.closed)
			break;
		connection.send(byte);
		await pause(20);
	}
	assert.ok(connection.closed, 'it is still open');
	await stillServes();
});

test('a body that comes by the byte is cut off at its deadline', async () => {
	const connection = await open(server);
	const began = Date.now();
	connection.send(head(server, { 'Content-Length': 5000 }));
	while (!connection.closed && Date.now() - began < 20000) {
		connection.send('x');
		await pause(20);
	}
	assert.ok(connection.closed, 'it is still open');
	await stillServes();
});

test('a slow client in good time is served', async () => {
	const connection = await open(server);
	const bytes = post(server, ping).toString();
	for (let i = 0; i < bytes.length; i += 16) {
		connection.send(bytes.slice(i, i + 16));
		await pause(5);
	}
	await connection.until(/"result":\{\}/);
	connection.leave();
});

test('clients that leave in the middle of a body cost nothing', async () => {
	for (let i = 0; i < 50; i++) {
		const connection = await open(server);
		connection.send(head(server, { 'Content-Length': 100000 }) + 'x'.repeat(i * 1000));
		if (i % 2)
			await pause(2);
		connection.leave();
	}
	await stillServes();
});

test('clients that leave right after asking cost nothing', async () => {
	for (let i = 0; i < 50; i++) {
		const connection = await open(server);
		const { headers, body } = stateless('tools/call', { name: 'search_products', arguments: { words: 'blue' } });
		connection.send(post(server, body, headers));
		connection.leave();
	}
	await stillServes();
});

test('streams whose clients left are gone', async () => {
	const begun = await exchange(server, { headers: types,
		body: '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}' });
	const session = begun.headers['mcp-session-id'];
	const before = await metric('mcp_open_streams');
	const listeners = [];
	for (let i = 0; i < 10; i++) {
		const connection = await open(server);
		connection.send(head(server, { Accept: 'text/event-stream', 'Mcp-Session-Id': session }, 'GET'));
		await connection.until(/text\/event-stream/);
		listeners.push(connection);
	}
	await untilMetric('mcp_open_streams', before + 10);
	for (const connection of listeners)
		connection.leave();
	await untilMetric('mcp_open_streams', before);
});

// ---- Many ----

const filesAllowed = () => Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))[1]);

test('10,000 idle connections are in nobody\'s way', {
	skip: filesAllowed() < 10500 && `only ${filesAllowed()} files may be open (ulimit -n)`,
}, async () => {
	const idle = [];
	for (let i = 0; i < 10000; i += 250)
		idle.push(...await Promise.all(Array.from({ length: 250 }, () => new Connection(server.port).opened)));
	const began = Date.now();
	await stillServes();
	assert.ok(Date.now() - began < 15000, `an answer took ${Date.now() - began} ms`);
	idle[9999].send(post(server, ping));
	await idle[9999].until(/"result":\{\}/);
	for (const connection of idle)
		connection.leave();
	await stillServes();
});
