// types.test.mjs - a struct where another one is described does not compile, in the words of docs/mistakes.md.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../e2e/support.mjs';
import { read, rows } from './pages.mjs';

const BEFORE = `#include "mcp.h"
#include "client.h"
struct entry { const char *name; int64_t at; };
struct page { int64_t limit; };
struct entries { struct entry *entries; int64_t count; };
static SHAPE(entry_shape, struct entry, TEXT(struct entry, name, "Who"), TIME(struct entry, at, "When"));
static SHAPE(page_shape, struct page, INT(struct page, limit, "How many"));
static SHAPE(entries_shape, struct entries, LIST(struct entries, entries, count, struct entry, entry_shape, "All"));
`;

const within = (line) => line.startsWith('static ') ? line : `enum mcp_answer tool(struct mcp_call *call, struct store *store);
enum mcp_answer tool(struct mcp_call *call, struct store *store)
{
	struct entry entry = { 0 };
	struct page page = { 0 };
	(void)page;
	${line}
	return mcp_say(call, "%s %d", entry.name, store != NULL);
}`;

function compile(line) {
	const run = spawnSync(process.env.CC ?? 'cc', ['-S', '-o', '/dev/null', '-Wunused-function', '-Werror', '-std=c17', '-D_GNU_SOURCE', `-I${join(root, 'server/include')}`,
		`-I${join(root, 'build', process.env.BUILD ?? 'dev', 'server/include')}`, '-xc', '-'], { input: BEFORE + within(line), encoding: 'utf8' });
	return run.stderr.split('\n').filter((text) => text.includes(' error: ')).join('\n');
}

const code = (cell) => cell.replace(/^`(.*)`$/, '$1');
const table = read('docs/mistakes.md').split('## As it is compiled')[1].split('\n## ')[0];

test('what fits compiles', () => {
	assert.equal(compile('return mcp_return(call, entry_shape, &entry);'), '');
	assert.equal(compile('return mcp_return(call, entries_shape, &(struct entries) { &entry, 1 });'), '');
});

for (const [mistake, written, said] of rows(table).slice(1).map((cells) => cells.map(code)))
	test(`${mistake} does not compile`, () => {
		const errors = compile(written);
		assert.equal(errors.split('\n').length, 1, errors);
		assert.ok(errors.includes(said), errors);
	});
