// operators.mjs - the mutants of a C file: one small change in one line each, as a slip of the hand would make it.

// What is no code: comments, and strings but for those that are SQL. Same length as the text, so that places agree.
function mask(text) {
	const blank = piece => piece.replace(/[^\n]/g, ' ');
	return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'/g,
		piece => piece[0] === '"' ? `"${blank(piece.slice(1, -1))}"` : blank(piece));
}

// The same with nothing left but strings that are SQL: with a parameter (:name), or a clause.
function sqlOnly(text) {
	let at = 0, out = '';
	for (const { 0: piece, index } of text.matchAll(/\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g)) {
		out += text.slice(at, index).replace(/[^\n]/g, ' ');
		const sql = piece[0] === '"' && /[ (]:[a-z_]+|^"\s*(select|where|update|delete from|order by)\b|^"\s*and .* ([<>]?=|<>?|>|is|in|not) /.test(piece);
		out += sql ? piece : piece.replace(/[^\n]/g, ' ');
		at = index + piece.length;
	}
	return out + text.slice(at).replace(/[^\n]/g, ' ');
}

// [pattern, replacements of its first group]: what stands there instead.
const inCode = [
	[/(?<=[\w)\]] )(<|<=|>|>=)(?= )/g, op => ({ '<': ['<='], '<=': ['<'], '>': ['>='], '>=': ['>'] })[op]],
	[/ (==|!=) /g, op => [op === '==' ? '!=' : '==']],
	[/ (&&|\|\|)(?= |$)/gm, op => [op === '&&' ? '||' : '&&']],
	[/(?<=[\w)\]] )([+-])(?= [\w(&*])/g, op => [op === '+' ? '-' : '+']],
	[/(?<=[\w\])] )(\+=|-=)(?= )/g, op => [op === '+=' ? '-=' : '+=']],
	[/(\+\+|--)/g, op => [op === '++' ? '--' : '++']],
	[/(?<![\w.])(true|false)\b/g, word => [word === 'true' ? 'false' : 'true']],
	[/(?<=[(\s&|])(!)(?=[\w(*])/g, () => ['']],
	[/(?<![\w.])(\d+)(?![\w.])/g, number => [number === '1' ? '0' : String(BigInt(number) + 1n)]],
];

const inSql = [
	[/(?<= )(<|<=|>|>=)(?= )/g, op => ({ '<': ['<='], '<=': ['<'], '>': ['>='], '>=': ['>'] })[op]],
	[/(?<= )(=)(?= )/g, () => ['<>']],
	[/(?<= )(and|or)(?= )/g, word => [word === 'and' ? 'or' : 'and']],
	[/(?<= )([+-])(?= )/g, op => [op === '+' ? '-' : '+']],
	[/(?<= )(desc)\b/g, () => ['']],
];

function* exchanged(line, masked, table) {
	for (const [pattern, others] of table)
		for (const match of masked.matchAll(pattern)) {
			const from = match.index + match[0].indexOf(match[1]);
			for (const other of others(match[1]))
				yield line.slice(0, from) + other + line.slice(from + match[1].length);
		}
}

// Where the parenthesis that opens at `from` closes; -1: not in this line.
function closing(text, from) {
	for (let depth = 0, i = from; i < text.length; i++) {
		depth += text[i] === '(' ? 1 : text[i] === ')' ? -1 : 0;
		if (depth === 0)
			return i;
	}
	return -1;
}

function* negated(line, masked) {
	for (const { index, 0: word } of masked.matchAll(/\b(if|while) (?=\()/g)) {
		const open = index + word.length, close = closing(masked, open);
		// One comparison alone is exchanged for its opposite already.
		if (close > 0 && !/^\([^&|]*( [!=]= | [<>]=? )[^&|]*\)$|^\(!/.test(masked.slice(open, close + 1)))
			yield `${line.slice(0, open)}(!${line.slice(open, close + 1)})${line.slice(close + 1)}`;
	}
}

// A statement that stands alone in its line, and is no declaration. What happens without memory no test can
// have, and a lock that is missing only two threads at the same moment can tell, which the thread sanitizer looks for.
const statement = /^(\t+)(?!abort\(|pthread_mutex_lock\(|return\b|goto\b|case\b|default\b|else\b|struct\b|const\b|static\b|if\b|for\b|while\b|switch\b|int\b|char\b|bool\b|str\b|size_t\b|u?int\d+_t\b|enum\b|va_list\b|typedef\b|#)(\*?[A-Za-z_][\w.>[\]-]*(?:\(|(?: [-+*/|&^]?| <<| >>)?=[^=]|\+\+|--|;).*)$/;

// `next` tells that the statement ends with its line.
function* deleted(line, masked, before) {
	const match = statement.exec(masked);
	if (!match || !masked.trimEnd().endsWith(';') || !/^\s*$|[;{}:)]\s*$|\belse\s*$/.test(before))
		return;
	if (masked.split('(').length !== masked.split(')').length)
		return;
	yield `${match[1]};`;
}

// Every mutant of a C text: { line (from 1), before, after }.
export function* mutantsOf(text) {
	const lines = text.split('\n'), masked = mask(text).split('\n'), sql = sqlOnly(text).split('\n');
	let before = '';
	for (const [i, line] of lines.entries()) {
		if (/^\s*#/.test(line) && !/^#define \w+ /.test(line))
			continue;
		const seen = new Set([line]);
		const all = [exchanged(line, masked[i], inCode), exchanged(line, sql[i], inSql), negated(line, masked[i]),
			deleted(line, masked[i], before)];
		for (const each of all)
			for (const after of each)
				if (!seen.has(after)) {
					seen.add(after);
					yield { line: i + 1, before: line, after };
				}
		if (masked[i].trim())
			before = masked[i];
	}
}
