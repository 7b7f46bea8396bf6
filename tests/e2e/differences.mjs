// differences.mjs - in what an answer is not what a golden exchange expects, the smallest difference first.
//
// A difference is { where, expected, actual }: as values of JSON, a text with its placeholders; undefined is nothing.
import { isDeepStrictEqual } from 'node:util';

export const placeholder = /\$\{([^}]*)\}/g;

const differ = (where, expected, actual) => [{ where, expected, actual }];

// ---- Texts with placeholders ----

const escape = text => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

// The expression of a pattern, and the names that get a value by it.
function expression(pattern, values) {
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
	return { source: source + escape(pattern.slice(at)), names };
}

// Compares text with a pattern; what has no value yet gets one.
export function textDifferences(pattern, text, values, where) {
	const { source, names } = expression(pattern, values);
	const found = new RegExp(`^${source}$`).exec(text);
	if (!found)
		return differ(where, pattern, text);
	names.forEach((name, index) => { values[name] = found[index + 1]; });
	return [];
}

// ---- JSON: what is expected must be contained in what came ----

// Of what came the item that is most like it; -1: none is.
function alike(item, actual, from, values, where) {
	let best = { at: -1 };
	for (let at = from; at < actual.length; at++) {
		const tried = { ...values }, found = differences(item, actual[at], tried, `${where}[${at}]`);
		if (found.length === 0)
			return { at, found, tried };
		if (best.at === -1 || sizeOf(found) < sizeOf(best.found))
			best = { at, found };
	}
	return best;
}

function listDifferences(expected, actual, values, where) {
	if (!Array.isArray(actual) || (expected.length === 0 && actual.length > 0))
		return differ(where, expected, actual);
	let from = 0;
	for (const item of expected) {
		const { at, found, tried } = alike(item, actual, from, values, where);
		if (at === -1)
			return differ(`${where}[${actual.length}]`, item, undefined);
		if (found.length > 0)
			return found;
		Object.assign(values, tried);
		from = at + 1;
	}
	return [];
}

export function differences(expected, actual, values, where = '') {
	const whole = typeof expected === 'string' && /^\$\{([^}]*)\}$/.exec(expected)?.[1];
	const unless = same => same ? [] : differ(where, expected, actual);
	if (whole === 'absent')
		return unless(actual === undefined);
	if (actual === undefined)
		return differ(where, expected, actual);
	if (whole === 'any')
		return [];
	if (whole === 'empty')
		return unless(isDeepStrictEqual(actual, {}));
	if (whole && whole in values)
		return isDeepStrictEqual(actual, values[whole]) ? [] : differ(where, values[whole], actual);
	if (whole) {
		values[whole] = actual;
		return [];
	}
	if (typeof expected === 'string' && typeof actual === 'string')
		return textDifferences(expected, actual, values, where);
	if (Array.isArray(expected))
		return listDifferences(expected, actual, values, where);
	if (expected === null || typeof expected !== 'object')
		return unless(isDeepStrictEqual(actual, expected));
	if (actual === null || typeof actual !== 'object' || Array.isArray(actual))
		return differ(where, expected, actual);
	return Object.entries(expected).flatMap(([key, value]) =>
		differences(value, actual[key], values, where ? `${where}.${key}` : key));
}

// ---- In words ----

const text = value => value === undefined ? '(nothing)' : JSON.stringify(value);
const sizeOf = found => found.reduce((sum, { expected, actual }) => sum + text(expected).length + text(actual).length, 0);

const BEFORE = 40, MOST = 200, SHOWN = 5, MOST_TRIED = 2000;

// Two texts from where they part, with a little before it: behind as much of the pattern as there is what fits it.
function fromWhereTheyPart(expected, actual, values) {
	for (let end = Math.min(expected.length, MOST_TRIED); end > 0; end--) {
		const before = expected.slice(0, end);
		if (/\$(\{[^}]*)?$/.test(before))
			continue;
		const found = new RegExp(`^${expression(before, values).source.replaceAll('[\\s\\S]*', '[\\s\\S]*?')}`).exec(actual);
		if (found)
			return [cut(expected, end), cut(actual, found[0].length)];
	}
	return [cut(expected, 0), cut(actual, 0)];
}

function cut(whole, at) {
	const from = at > BEFORE + 10 ? at - BEFORE : 0, to = from + MOST;
	return `${from ? '…' : ''}${whole.slice(from, to)}${to < whole.length ? '…' : ''}`;
}

function told({ where, expected, actual }, values) {
	const texts = typeof expected === 'string' && typeof actual === 'string';
	const [minus, plus] = texts ? fromWhereTheyPart(expected, actual, values).map(text)
		: [expected, actual].map(value => cut(text(value), 0));
	return `  ${where || 'the body'}\n    - ${minus}\n    + ${plus}`;
}

// A line on where, then what was expected (-) and what came (+), for each of them.
export function inWords(found, values) {
	const sorted = [...found].sort((a, b) => sizeOf([a]) - sizeOf([b]));
	const more = sorted.length - SHOWN;
	return [...sorted.slice(0, SHOWN).map(each => told(each, values)), ...more > 0 ? [`  and ${more} more`] : []].join('\n');
}
