// golden.mjs - reads golden exchanges and compares answers with them; the format is told in
// tests/golden/README.md.
import assert from 'node:assert/strict';
import { differences, inWords, placeholder, textDifferences } from './differences.mjs';
import { exchange, keyLines, keys, meta, types } from './support.mjs';

// ---- Reading ----

const part = /^([\s\S]*?)(?:\r?\n\s*\n([\s\S]*))?$/;

function readHeaders(lines) {
	return lines.filter(Boolean).map(line => {
		const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? assert.fail(`no header: ${line}`);
		return [name, value];
	});
}

// Of an exchange: a request or an answer, and where it begins.
function readPart(lines, at) {
	const from = lines.findIndex(line => line.trim());
	const [, head, body] = part.exec(lines.join('\n').trim());
	const [first, ...others] = head.split('\n');
	return { first, headers: readHeaders(others), body: body?.trim(), line: at + Math.max(from, 0) };
}

// The lines between those that are `mark`: [lines, number of the first], the first of all being `at`.
function split(lines, mark, at) {
	const parts = [[[], at]];
	for (const line of lines) {
		at++;
		if (line === mark)
			parts.push([[], at]);
		else
			parts.at(-1)[0].push(line);
	}
	return parts;
}

// { program, settings, data, exchanges: [{ request, answer }] }
export function readGolden(text) {
	const golden = { program: 'products', settings: {}, data: undefined, exchanges: [] };
	const lines = text.split('\n');
	let at = 1;
	for (; /^[#@<]|^\s*$/.test(lines[0]); at++) {
		const line = lines.shift(), [first, ...others] = line.slice(1).trim().split(/\s+/);
		if (line.startsWith('@')) {
			golden.program = first;
			golden.settings = Object.fromEntries(others.map(item => item.split(/=(.*)/s)));
		} else if (line.startsWith('<')) {
			golden.data = [first, ...others];
		}
	}
	for (const [exchanged, number] of split(lines, '===', at)) {
		const sides = split(exchanged, '---', number);
		assert.equal(sides.length, 2, `line ${number}: an exchange is a request, a line ---, and an answer`);
		golden.exchanges.push({ request: readPart(...sides[0]), answer: readPart(...sides[1]) });
	}
	return golden;
}

// ---- Placeholders ----

const metaText = capabilities => `"_meta":${JSON.stringify(meta(capabilities))}`;

export const constants = {
	meta: metaText({}),
	meta_asking: metaText({ elicitation: {} }),
	meta_tasks: metaText({ extensions: { 'io.modelcontextprotocol/tasks': {} } }),
	keys: keyLines,
	reader: keys.reader, staff: keys.staff, other: keys.other,
};

export function fill(text, values) {
	return text.replace(placeholder, (whole, name) => {
		const repeated = /^(.+)\*(\d+)$/.exec(name);
		if (repeated)
			return repeated[1].repeat(Number(repeated[2]));
		assert.ok(name in values, `${whole} is not known yet`);
		const value = values[name];
		return typeof value === 'string' ? value : JSON.stringify(value);
	});
}

// ---- Running ----

// POSTs have both types unless the file says otherwise; "(none)" leaves a header out. A name that
// comes again is another line.
function requestOf({ first, headers, body }, values) {
	const [method, path] = first.split(/\s+/);
	const all = method === 'POST' ? { ...types } : {}, named = new Set();
	for (const [name, value] of headers) {
		for (const known of Object.keys(all))
			if (known.toLowerCase() === name.toLowerCase() && known !== name)
				delete all[known];
		const filled = fill(value, values);
		if (filled === '(none)')
			delete all[name];
		else
			all[name] = named.has(name) ? [all[name], filled].flat() : filled;
		named.add(name);
	}
	return { method, path: fill(path, values), headers: all, body: body && fill(body, values) };
}

const paragraphs = text => text?.split(/\n\s*\n/) ?? [];

const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));

function streamDifferences(expected, events, values) {
	return expected.length ? differences(expected, messages(events), values, 'the stream') : [];
}

function bodyDifferences(type, body, answer, values) {
	if (!type)
		return textDifferences('', answer.text, values, 'the body');
	if (type === 'application/json')
		return differences(JSON.parse(body ?? '"${any}"'), answer.json, values);
	if (type === 'text/event-stream')
		return streamDifferences(paragraphs(body).map(JSON.parse), answer.events, values);
	return body ? textDifferences(body, answer.text.trim(), values, 'the body') : [];
}

function headDifferences({ first, headers }, answer, values) {
	const [status, type] = first.split(/\s+/), came = answer.headers['content-type']?.split(';')[0];
	return [
		...differences(status, `${answer.status}`, values, 'the status'),
		...differences(type ?? '${absent}', came, values, 'Content-Type'),
		...headers.flatMap(([name, value]) =>
			differences(value === '(none)' ? '${absent}' : value, answer.headers[name.toLowerCase()], values, name)),
	];
}

// The body of another kind of answer differs as a whole.
function answerDifferences(expected, answer, values) {
	const head = headDifferences(expected, answer, values);
	return head.length ? head : bodyDifferences(expected.first.split(/\s+/)[1], expected.body, answer, values);
}

const MOST = 2000;
const short = text => text.length > MOST ? `${text.slice(0, MOST)}… (${text.length} characters)` : text;

function send(server, request, expected, values) {
	const stream = expected.first.endsWith('text/event-stream'), events = paragraphs(expected.body);
	return exchange(server, {
		...request,
		// Of a stream that is only expected to open, the first bytes are enough.
		until: came => stream && streamDifferences(events.map(JSON.parse), came, { ...values }).length === 0,
	});
}

async function playOne({ request, answer: expected }, server, values) {
	const sent = requestOf(request, values), answer = await send(server, sent, expected, values);
	const found = answerDifferences(expected, answer, values);
	if (found.length === 0)
		return;
	throw new Error([
		`the answer is not that of line ${expected.line}; - is expected, + came`,
		inWords(found, values),
		`  the request was ${request.first} ${short(sent.body ?? '')}`,
		`  the answer ${answer.status} ${short(answer.text)}`,
	].join('\n'));
}

// `path` is the file's, for whoever looks for what is said.
export async function play(golden, server, path) {
	const values = { ...constants, port: String(server.port) };
	for (const each of golden.exchanges) {
		try {
			await playOne(each, server, values);
		} catch (error) {
			error.message = `${path}:${each.request.line}: ${error.message}`;
			throw error;
		}
	}
}
