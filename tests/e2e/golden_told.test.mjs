// golden_told.test.mjs - where an answer is not what a golden exchange says, it is told where that stands, what was sent and what differs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { differences, inWords } from './differences.mjs';
import { play, readGolden } from './golden.mjs';
import { root, start } from './support.mjs';

const path = 'tests/golden/2026-07-28/documented.http', text = readFileSync(join(root, path), 'utf8');
const lines = text.split('\n');
let server;

before(async () => { server = await start('documented', {}, { data: [join(root, 'tests/golden/2026-07-28/documented.sql')] }); });
after(() => server.stop());

// What is said of the first exchange that has `words`, once they are `others`.
async function toldOf(words, others) {
	const said = await play(readGolden(text.replace(words, others)), server, path).then(() => null, error => error.message);
	const at = lines.findIndex(line => line.includes(words.trimEnd()));
	const request = lines.findLastIndex((line, i) => i < at && line.startsWith('POST')) + 1;
	const answer = lines.findLastIndex((line, i) => i <= at && /^\d{3} /.test(line)) + 1;
	assert.ok(said?.startsWith(`${path}:${request}: the answer is not that of line ${answer}; - is expected, + came\n`), said);
	return said;
}

test('a text is shown where it parts, behind place and line, before the request and all that came', async () => {
	const [, where, minus, plus, request, answer] = (await toldOf('Thank you, Ada.', 'Thank you, Bob.')).split('\n');
	assert.deepEqual([where, minus, plus], ['  result.content[0].text', '    - "Thank you, Bob."', '    + "Thank you, Ada."']);
	assert.match(request, /^ {2}the request was POST \/mcp \{"jsonrpc":"2\.0","id":2,"method":"tools\/call".*"Lovely shop\."/);
	assert.match(answer, /^ {2}the answer 200 \{"jsonrpc":"2\.0","id":2,.*"Thank you, Ada\."/);
});

test('another status, a header and a member that are missing, an item that is none', async () => {
	assert.match(await toldOf('200 application/json', '202 application/json'), /\n {2}the status\n {4}- "202"\n {4}\+ "200"\n {2}the request/);
	assert.match(await toldOf('200 application/json\n', '200 application/json\nX-Own: 1\n'), /\n {2}X-Own\n {4}- "1"\n {4}\+ \(nothing\)\n/);
	assert.match(await toldOf('"readOnlyHint":false', '"readOnlyHint":false,"own":[1]'),
		/\n {2}result\.tools\[0\]\.annotations\.own\n {4}- \[1\]\n {4}\+ \(nothing\)\n/);
	assert.match(await toldOf('"annotations":{"readOnlyHint":true}}', '"annotations":{"readOnlyHint":true}},{}'),
		/\n {2}result\.tools\[2\]\n {4}- \{\}\n {4}\+ \(nothing\)\n/);
});

test('what is no exchange is told by its line', async () => {
	assert.throws(() => readGolden('# One.\n@ documented\nPOST /mcp\n'), /^AssertionError.*line 3: an exchange is/);
	await assert.rejects(play(readGolden('# One.\n\nPOST /${who}\n---\n200\n'), server, 'x.http'), /^AssertionError.*x\.http:3: \$\{who\} is not known yet/);
});

const told = (expected, actual, values = {}) => inWords(differences(expected, actual, values), values);

test('the smallest comes first, a long one is cut around where it parts, and of a list it is the item most alike', () => {
	const long = 'a'.repeat(500);
	assert.equal(told({ a: `${long}b`, c: 1, d: null }, { a: `${long}B`, c: 2, d: null }),
		`  c\n    - 1\n    + 2\n  a\n    - "…${'a'.repeat(40)}b"\n    + "…${'a'.repeat(40)}B"`);
	assert.equal(told({ a: `${'${any}'}is here${'${any}'}` }, { a: 'it is there' }), '  a\n    - "${any}is here${any}"\n    + "it is there"');
	assert.equal(told([{ name: 'x', at: 1 }], [{ name: 'w', at: 3 }, { name: 'x', at: 2 }]), '  [1].at\n    - 1\n    + 2');
	assert.equal(told({ a: '${empty}', b: '${absent}', c: [] }, { a: { x: 1 }, b: 1, c: [2] }),
		'  c\n    - []\n    + [2]\n  b\n    - "${absent}"\n    + 1\n  a\n    - "${empty}"\n    + {"x":1}');
	assert.equal(told({ a: '${id}', b: '${id}' }, { a: 7, b: 8 }), '  b\n    - 7\n    + 8');
	assert.match(told([1, 2, 3, 4, 5, 6, 7].reduce((all, i) => ({ ...all, [`m${i}`]: i }), {}), {}), /\n {2}and 2 more$/);
});
