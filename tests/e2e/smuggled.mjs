// smuggled.mjs - requests that two readers could see the end of in two places, and how each must fare:
// refused, and nothing behind it answered on that connection.
import assert from 'node:assert/strict';
import { open } from './raw.mjs';

// What must not be answered: nobody asked for it.
const hidden = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const chunked = 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

const refused = {
	'a line that begins with a colon': `Content-Length: 0\r\n: x\r\n${hidden}`,
	'a line that is a colon': `Content-Length: 0\r\n:\r\n${hidden}`,
	'a line that begins with a NUL': `Content-Length: 0\r\n\0: x\r\n${hidden}`,
	'a line that is a NUL': `Content-Length: 0\r\n\0\r\n${hidden}`,
	'a NUL in a length': `Content-Length: 0\x005\r\n\r\n${hidden}`,
	'a NUL in a value': `X: a\0b\r\nContent-Length: 0\r\n\r\n${hidden}`,
	'a CR in a value': `X: a\rContent-Length: 5\r\nContent-Length: 0\r\n\r\n${hidden}`,
	'a CR before the end of a line': `Content-Length: 0\r\r\n\r\n${hidden}`,
	'a LF alone behind a header': `Content-Length: 0\nX: y\r\n\r\n${hidden}`,
	'a LF alone behind the headers': `Content-Length: 0\r\n\n${hidden}`,
	'a folded header': `X: a\r\n Content-Length: 5\r\nContent-Length: 0\r\n\r\n${hidden}`,
	'a blank before a colon': `Content-Length : 0\r\n\r\n${hidden}`,
	'a list of lengths': `Content-Length: 0, 0\r\n\r\n${hidden}`,
	'a length with a sign': `Content-Length: +0\r\n\r\n${hidden}`,
	'two lengths': `Content-Length: 0\r\nContent-Length: 5\r\n\r\n${hidden}`,
	'a length and chunks': `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
	'a coding that is none': `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
	'a coding behind a tab': `Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n${hidden}`,
};

// Bodies of which only libmicrohttpd sees the lines: refused or not, they are the last of their
// connection where it is lenient about them.
const last = {
	'a chunk with an extension': `${chunked}4;a=b\r\nping\r\n0\r\n\r\n${hidden}`,
	'a LF alone behind a chunk\'s size': `${chunked}4\nping\r\n0\r\n\r\n${hidden}`,
	'a LF alone in an extension': `${chunked}4;\nping\r\n0\r\n\r\n${hidden}`,
	'a LF alone behind a chunk': `${chunked}4\r\nping\n0\r\n\r\n${hidden}`,
	'a trailer that begins with a colon': `${chunked}4\r\nping\r\n0\r\nX: y\r\n: x\r\n${hidden}`,
};

const paths = { 'a NUL in the path': '/mcp\0/healthz', 'a CR in the path': '/mcp\r/healthz', 'a control character in it': '/m\x01cp' };

const requestLine = path => `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;

async function send(server, text) {
	const connection = await open(server);
	connection.send(Buffer.from(text, 'latin1'));
	assert.ok(await connection.untilClosed(), 'the connection is still open');
	assert.doesNotMatch(connection.text, /alive/, 'what was hidden was answered');
	assert.ok((connection.text.match(/HTTP\/1\.1 \d/g) ?? []).length <= 1, connection.text);
	return connection.text;
}

// [what, how it is tried] for each.
export const smuggled = [
	...Object.entries(refused).map(([what, rest]) =>
		[what, async server => assert.match(await send(server, requestLine('/mcp') + rest), /^HTTP\/1\.1 400 /)]),
	...Object.entries(paths).map(([what, path]) =>
		[what, async server => assert.match(await send(server, `${requestLine(path)}Content-Length: 0\r\n\r\n${hidden}`), /^(HTTP\/1\.1 400 |$)/)]),
	...Object.entries(last).map(([what, rest]) =>
		[what, async server => assert.match(await send(server, requestLine('/mcp') + rest), /^HTTP\/1\.1 4\d\d /)]),
];

// What a lenient library leaves no trace of: it looks like two ends of lines. So it may only be tried
// where each connection serves one request.
export const unseen = server => send(server, `${requestLine('/mcp')}Content-Length: 0\r\n:\n${hidden}`);
