// golden.mjs - reads golden exchanges and compares answers with them; the format is told in
// tests/golden/README.md.
import assert from 'node:assert/strict';
import { exchange, keyLines, keys, meta, types } from './support.mjs';

// ---- Reading ----

const part = /^([\s\S]*?)(?:\r?\n\s*\n([\s\S]*))?$/;

function readHeaders(lines) {
	return lines.filter(Boolean).map(line => {
		const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? assert.fail(`no header: ${line}`);
		return [name, value];
	});
}

function readPart(text) {
	const [, head, body] = part.exec(text.trim());
	const [first, ...lines] = head.split('\n');
	return { first, headers: readHeaders(lines), body: body?.trim() };
}

// { program, settings, data, exchanges: [{ request, answer }] }
export function readGolden(text) {
	const golden = { program: 'products', settings: {}, data: undefined, exchanges: [] };
	const lines = text.split('\n');
	while (/^[#@<]|^\s*$/.test(lines[0])) {
		const line = lines.shift(), [first, ...others] = line.slice(1).trim().split(/\s+/);
		if (line.startsWith('@')) {
			golden.program = first;
			golden.settings = Object.fromEntries(others.map(item => item.split(/=(.*)/s)));
		} else if (line.startsWith('<')) {
			golden.data = [first, ...others];
		}
	}
	for (const each of lines.join('\n').split(/^===$/m)) {
		const sides = each.split(/^---$/m);
		assert.equal(sides.length, 2, 'an exchange is a request, a line ---, and an answer');
		golden.exchanges.push({ request: readPart(sides[0]), answer: readPart(sides[1]) });
	}
	return golden;
}

// ---- Placeholders ----

const placeholder = /\$\{([^}]*)\}/g;

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

const escape = text => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

// Compares text with a pattern; what has no value yet gets one.
function matchText(pattern, text, values, where) {
	const names = [];
	let source = '', at = 0;
	for (const match of pattern.matchAll(placeholder)) {
		source += escape(pattern.slice(at, match.index));
		at = match.index + match[0].length;
		if (match[1] === 'any') {
			source += '[\\s\\S]*';
		} else if (match[1] in values) {
			source += escape(String(values[match[1]]));
		} else {
			names.push(match[1]);
			source += '([\\s\\S]+?)';
		}
	}
	const found = new RegExp(`^${source}${escape(pattern.slice(at))}$`).exec(text);
	assert.ok(found, `${where} is ${JSON.stringify(text)}, not ${JSON.stringify(pattern)}`);
	names.forEach((name, index) => { values[name] = found[index + 1]; });
}

// ---- Comparing: what is expected must be contained in what came ----

function matchList(expected, actual, values, where) {
	assert.ok(Array.isArray(actual), `${where} is ${JSON.stringify(actual)}, not a list`);
	if (expected.length === 0)
		assert.equal(actual.length, 0, `${where} is not empty`);
	let at = 0;
	for (const item of expected) {
		let why;
		for (; at < actual.length; at++) {
			const tried = { ...values };
			try {
				contain(item, actual[at], tried, `${where}[${at}]`);
				Object.assign(values, tried);
				why = null;
				break;
			} catch (error) {
				why ??= error;
			}
		}
		if (at === actual.length)
			throw why ?? new Error(`${where} ends before ${JSON.stringify(item)}`);
		at++;
	}
}

export function contain(expected, actual, values, where = 'the answer') {
	const whole = typeof expected === 'string' && /^\$\{([^}]*)\}$/.exec(expected)?.[1];
	if (whole === 'absent')
		return assert.equal(actual, undefined, `${where} is there: ${JSON.stringify(actual)}`);
	assert.notEqual(actual, undefined, `${where} is missing`);
	if (whole === 'any')
		return;
	if (whole === 'empty')
		return assert.deepEqual(actual, {}, `${where} is not {}`);
	if (whole && !(whole in values)) {
		values[whole] = actual;
	} else if (whole) {
		assert.deepEqual(actual, values[whole], where);
	} else if (typeof expected === 'string') {
		assert.equal(typeof actual, 'string', `${where} is ${JSON.stringify(actual)}, not a text`);
		matchText(expected, actual, values, where);
	} else if (Array.isArray(expected)) {
		matchList(expected, actual, values, where);
	} else if (expected && typeof expected === 'object') {
		assert.ok(actual && typeof actual === 'object' && !Array.isArray(actual),
			`${where} is ${JSON.stringify(actual)}, not an object`);
		for (const [key, value] of Object.entries(expected))
			contain(value, actual[key], values, `${where}.${key}`);
	} else {
		assert.deepEqual(actual, expected, where);
	}
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

// Of a stream that is only expected to open, the first bytes are enough.
function holds(expected, events, values) {
	try {
		matchEvents(expected, events, values);
		return true;
	} catch {
		return false;
	}
}

const messages = events => events.filter(event => event.data).map(event => JSON.parse(event.data));

function matchEvents(expected, events, values) {
	if (expected.length)
		matchList(expected, messages(events), values, 'the stream');
}

function matchBody(type, body, answer, values) {
	if (!type) {
		assert.equal(answer.text, '', 'there is a body');
	} else if (type === 'application/json') {
		contain(JSON.parse(body ?? '"${any}"'), answer.json, values);
	} else if (type === 'text/event-stream') {
		matchEvents(paragraphs(body).map(JSON.parse), answer.events, values);
	} else if (body) {
		matchText(body, answer.text.trim(), values, 'the body');
	}
}

function compare({ first, headers, body }, answer, values) {
	const [status, type] = first.split(/\s+/);
	assert.equal(`${answer.status}`, status, `the status; the body was ${answer.text.slice(0, 500)}`);
	assert.equal(answer.headers['content-type']?.split(';')[0], type, 'Content-Type');
	for (const [name, value] of headers) {
		const actual = answer.headers[name.toLowerCase()];
		if (value === '(none)')
			assert.equal(actual, undefined, `${name} is there`);
		else
			matchText(value, actual ?? '', values, name);
	}
	matchBody(type, body, answer, values);
}

export async function play(golden, server) {
	const values = { ...constants, port: String(server.port) };
	for (const [index, { request, answer }] of golden.exchanges.entries()) {
		const stream = answer.first.endsWith('text/event-stream');
		const expected = paragraphs(answer.body);
		try {
			compare(answer, await exchange(server, {
				...requestOf(request, values),
				until: events => stream && holds(expected.map(JSON.parse), events, { ...values }),
			}), values);
		} catch (error) {
			error.message = `exchange ${index + 1}: ${error.message}`;
			throw error;
		}
	}
}
