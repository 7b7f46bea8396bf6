// bench.test.mjs - the page of the tests names the benchmark's rows, as it names them itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('the page has every table of the benchmark, and no other', () => {
	const help = execFileSync(process.execPath, [`${root}tests/bench/bench.mjs`, '--help'], { encoding: 'utf8' });
	const listed = help.slice(help.indexOf('NAME is one of'), help.indexOf('which --against'));
	const page = readFileSync(`${root}docs/testing.md`, 'utf8').split('## What is measured')[1];
	const names = (text, pattern) => [...text.matchAll(pattern)].map(match => match[1]);
	const told = names(page, /^\| `([a-z-]+)` \|/gm);

	assert.ok(told.length > 5, page);
	assert.deepEqual(told, names(listed, /^ {2}([a-z-]+) /gm));
});
