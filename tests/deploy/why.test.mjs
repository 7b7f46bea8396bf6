// why.test.mjs - what ./dev test ends with says why something failed: in words of node's report, of ctest's log, of any other part's.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, temporary } from '../e2e/support.mjs';

const { NODE_TEST_CONTEXT, ...outside } = process.env;

// What is said in the end, once these have been told.
function said(words) {
	const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', `. tests/why.sh\n${words}\nsay_why`],
		{ cwd: root, encoding: 'utf8' });
	assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
	return stdout;
}

function report(text) {
	const folder = temporary(), file = join(folder, 'odd.test.mjs'), tap = join(folder, 'report.tap');
	writeFileSync(file, `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n${text}`);
	writeFileSync(tap, spawnSync(process.execPath, ['--test', '--test-reporter=tap', file], { encoding: 'utf8', env: outside }).stdout);
	return tap;
}

test('of a test of node: its name and place, its message, where it was thrown', () => {
	const text = said(`why_node ${report(`
		test('fine', () => console.log('not this'));
		test('a "#"', () => assert.equal(1, 2));
		test('later', () => new Promise(() => setTimeout(() => { throw new Error('nobody waits'); }, 1)));
		test('outer', async t => { await t.test('inner', () => { throw new Error('line one\\nline two'); }); });`)}`);
	assert.match(text, /^\nwhat they said:\n- \S*odd\.test\.mjs:5: a "#"\n +Expected values .*:\n +1 !== 2\n +at \S+ .*odd\.test\.mjs:5:/);
	assert.match(text, /- \S*odd\.test\.mjs:6: later\n +nobody waits\n +at /);
	assert.match(text, /- \S*odd\.test\.mjs:7: inner\n +line one\n +line two\n +at /);
	assert.doesNotMatch(text, /outer|fine|not this/);
});

test('of a file that could not be read: what node printed', () => {
	const text = said(`why_node ${report('throw new Error("no test at all");')}`);
	assert.match(text, /odd\.test\.mjs\n +test failed\n.*Error: no test at all\n/s);
});

test('of what says much the begin and the end, and of many the first', () => {
	const many = Array.from({ length: 13 }, (_, i) => `test('t${i}', () => { throw new Error(Array.from({ length: 99 }, (_, i) =>
		'line ' + i + (i === 98 ? 'x'.repeat(9999) : '')).join('\\n')); });`).join('\n');
	const lines = said(`why_node ${report(many)}`).trim().split('\n');
	assert.ok(lines.length < 130, `${lines.length}`);
	assert.ok(lines.every(line => line.length < 620));
	assert.match(lines.join('\n'), /t9\n +line 0\n[^-]* \.\.\.\n[^-]*line 97\n +line 98x+ \.\.\. x+\n +at .*\n- and 3 more$/);
	const [first] = said(`why_node ${report(many.split('\ntest(')[0])}`).split('- and');
	assert.equal(first.trim().split('\n').length, 1 + 25);
});

test('of C tests: the checks that failed, a sanitizer\'s words, or the end of what was printed', () => {
	const folder = temporary(), put = (name, text) => writeFileSync(join(folder, name), text);
	const tests = ['fine', 'checked missing', 'raced missing', 'other missing'].map(files =>
		`add_test(NAME ${files.split(' ')[0]} COMMAND cat ${files} WORKING_DIRECTORY ${folder})`);
	put('CMakeLists.txt', ['cmake_minimum_required(VERSION 3.25)', 'project(p LANGUAGES NONE)', 'enable_testing()', ...tests].join('\n'));
	put('fine', 'x.c:1:F:not this\n');
	put('checked', 'Running suite(s): x\n0%: Checks: 1, Failures: 1, Errors: 0\nx.c:20:F:x:is_one:0: Assertion \'1 == 2\' failed\n');
	put('raced', '100%: Checks: 1, Failures: 0, Errors: 0\nWARNING: ThreadSanitizer: data race (pid=1)\n  Write of size 8\n');
	put('other', 'something else\n');
	execFileSync('cmake', ['-S', folder, '-B', join(folder, 'b')], { stdio: 'pipe' });
	spawnSync('ctest', ['--test-dir', join(folder, 'b')]);
	const text = said(`why_c threads ${join(folder, 'b/Testing/Temporary/LastTest.log')}`);
	assert.match(text, /- checked \(threads\): Test Failed\.\n +x\.c:20:F:x:is_one:0: Assertion '1 == 2' failed\n- raced/);
	assert.match(text, /- raced \(threads\): Test Failed\.\n +WARNING: ThreadSanitizer: data race \(pid=1\)\n +Write of size 8\n/);
	assert.match(text, /- other \(threads\): Test Failed\.\n +something else\n +\S*cat: missing: /);
	assert.doesNotMatch(text, /not this/);
});

test('of other parts: what reads like a failure and what was said before it, or the end', () => {
	const log = join(temporary(), 'part.log');
	const of = text => {
		writeFileSync(log, text);
		return said(`why_log Terraform ${log}`);
	};
	assert.equal(of('a\nb\nc\nd\ne\nalarm: rings twice\n  dev: alarms  3 passed  1 failed\nf\n9 passed, 1 failed\n'),
		'\nwhat they said:\n- Terraform:\n    c\n    d\n    e\n    alarm: rings twice\n      dev: alarms  3 passed  1 failed\n');
	assert.equal(of('Error: no such argument\n  on main.tf line 3\n9 passed, 1 failed\n'),
		'\nwhat they said:\n- Terraform:\n    Error: no such argument\n      on main.tf line 3\n    9 passed, 1 failed\n');
	assert.equal(of('killed\n1 passed, 1 failed\n'), '\nwhat they said:\n- Terraform:\n    killed\n    1 passed, 1 failed\n');
	assert.equal(said(`why_log Terraform ${log}.missing`), '');
});
