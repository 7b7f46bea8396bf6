// types.test.mjs - a struct where another one is described does not compile, in the words of docs/mistakes.md.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../e2e/support.mjs';
import { read, rows } from './pages.mjs';

const BEFORE = `#include "mcp.h"
#include "client.h"
struct entry { const char *name; int64_t at; bool known; };
struct page { int64_t limit; };
struct entries { struct entry *entries; int64_t count; };
static SHAPE(entry_shape, struct entry, TEXT(struct entry, name, "Who"), TIME(struct entry, at, "When"));
static SHAPE(page_shape, struct page, INT(struct page, limit, "How many"));
static SHAPE(entries_shape, struct entries, LIST(struct entries, entries, count, struct entry, entry_shape, "All"));
`;

const within = (line) => line.startsWith('static ') ? line : `enum mcp_answer tool(struct mcp_call *call, struct store *store, const char *text);
enum mcp_answer tool(struct mcp_call *call, struct store *store, const char *text)
{
	struct entry entry = { 0 };
	struct page page = { 0 };
	(void)page;
	${line}
	return mcp_say(call, "%s %s %d", entry.name, text, store != NULL);
}`;

function compile(line, kind = ' error: ', options = ['-Wunused-function', '-Werror']) {
	const run = spawnSync(process.env.CC ?? 'cc', ['-S', '-o', '/dev/null', '-std=c17', '-D_GNU_SOURCE', `-I${join(root, 'server/include')}`,
		`-I${join(root, 'build', process.env.BUILD ?? 'dev', 'server/include')}`, ...options, '-xc', '-'],
	{ input: BEFORE + within(line), encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
	return run.stderr.split('\n').filter((text) => text.includes(kind)).join('\n');
}

const code = (cell) => cell.replace(/^`(.*)`$/, '$1');
const page = read('docs/mistakes.md');
const table = (heading) => rows(page.split(heading)[1].split(/\n##+ /)[0]).slice(1).map((cells) => cells.map(code));

test('what fits compiles', () => {
	assert.equal(compile('return mcp_return(call, entry_shape, &entry);'), '');
	assert.equal(compile('return mcp_return(call, entries_shape, &(struct entries) { &entry, 1 });'), '');
	assert.equal(compile('static SHAPE(fine_shape, struct entry, TEXT(struct entry, name, "Who", DEFAULT("Ada")), BOOL(struct entry, known, "So", DEFAULT(true)));'), '');
	assert.equal(compile('return mcp_error(call, -32603, "%s", text);', ' warning: ', ['-Wall', '-Wextra', '-Wformat-security', '-Wno-unused-const-variable']), '');
});

for (const [mistake, written, said] of table('## As it is compiled'))
	test(`${mistake} does not compile`, () => {
		const errors = compile(written);
		assert.equal(errors.split('\n').length, 1, errors);
		assert.ok(errors.includes(said), errors);
		if (/SHAPE\(/.test(written))
			assert.match(errors, /^<stdin>:/);
	});

for (const [mistake, written, said] of table('### What is warned of'))
	test(`${mistake} is warned of`, () => {
		const warnings = compile(written, ' warning: ', ['-Wformat', '-Wformat-security']);
		assert.equal(warnings.split('\n').length, 1, warnings);
		assert.ok(warnings.includes(said), warnings);
	});
