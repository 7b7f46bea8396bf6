// one.test.mjs - what failed is told as a line that runs it alone: pasted into a shell, it runs that test and no other.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root, temporary } from '../e2e/support.mjs';

const folder = mkdtempSync(join(root, 'build/one-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'odd.test.mjs');
const odd = ['it\'s $5 (or "6") [a-z]* # 1 \\ 2', 'it\'s', 'a test: of one line'];
writeFileSync(file, `import { test } from 'node:test';\n${odd.map(name => `test(${JSON.stringify(name)}, () => { throw new Error('no'); });\n`).join('')}
	test('fine', () => {});\ntest('outer', async t => { await t.test('inner', () => { throw new Error('no'); }); });\n`);

const node = (...words) => spawnSync(process.execPath, ['--test', ...words, file], { encoding: 'utf8', env: outside() });
function outside() {                            // of this runner
	const { NODE_TEST_CONTEXT, ...rest } = process.env;
	return rest;
}

// The functions of one.sh, where all that they need is there.
const bash = words => spawnSync('bash', ['-euc', `
	build() { :; }; need_tools() { :; }; need_node_modules() { :; }; node_to_use() { echo '${process.execPath}'; }
	fail() { echo "$@" >&2; exit 1; }
	. tests/one.sh\n${words}`], { cwd: root, encoding: 'utf8', env: outside() });

function told() {
	const report = join(temporary(), 'report.tap');
	writeFileSync(report, node('--test-reporter=tap').stdout);
	const { stdout, stderr } = bash(`BUILD=dev DATABASE=; again_node ${report}; say_again`);
	assert.equal(stderr, '');
	return stdout.trim().split('\n').slice(1).map(line => line.trim());
}

test('each failure of a file is a line, the outer one of two', () => {
	const lines = told();
	assert.equal(lines.length, odd.length + 1, lines.join('\n'));
	assert.match(lines[1], /^BUILD=dev \.\/dev test 'build\/one-\w+\/odd\.test\.mjs:it'\\''s'$/);
});

test('on PostgreSQL the line says so', () => {
	const report = join(temporary(), 'report.tap');
	writeFileSync(report, `not ok 1 - one\n  ---\n  location: '${join(root, 'tests/e2e/x.test.mjs')}:1:1'\n  ...\n`);
	for (const how of ['WITH=(env DATABASE=postgresql tests/postgres.sh run); DATABASE=', 'DATABASE=postgresql'])
		assert.equal(bash(`${how}; BUILD=asan; again_node ${report}; say_again`).stdout,
			"\none of these alone:\n  BUILD=asan DATABASE=postgresql ./dev test 'tests/e2e/x.test.mjs:one'\n");
});

test('settings that a test goes by are in the line too', () => {
	const report = join(temporary(), 'report.tap');
	writeFileSync(report, `not ok 1 - chaos for 10 s, seed 7\n  ---\n  location: '${join(root, 'tests/chaos/chaos.test.mjs')}:1:1'\n  ...\n`);
	const { stdout } = bash(`DATABASE= BUILD=threads CHAOS_SEED=7 CHAOS_SECONDS=10 CHAOS_SETTINGS='A=1 B=2'; again_node ${report}; say_again`);
	assert.equal(stdout, "\none of these alone:\n  BUILD=threads CHAOS_SECONDS=10 CHAOS_SEED=7 CHAOS_SETTINGS=A=1\\ B=2 ./dev test"
		+ " 'tests/chaos/chaos.test.mjs:chaos for 10 s, seed 7'\n");
});

test('words that name no test fail, and say so', () => {
	const { status, stderr } = bash(`run_some_tests '${file.slice(root.length)}:a fine one'`);
	assert.notEqual(status, 0);
	assert.match(stderr, /there is no test in build\/one-\w+\/odd\.test\.mjs that has these words in its name: a fine one/);
	assert.equal(bash(`run_some_tests '${file.slice(root.length)}:fine'`).status, 0);
});

test('such a line runs what failed, and nothing else', () => {
	for (const [at, line] of told().entries()) {
		const { stdout } = bash(line.replace('./dev test', 'run_some_tests'));
		const failed = [...stdout.split('failing tests:')[0].matchAll(/^✖ (.*) \([\d.]+ms\)$/gm)].map(([, name]) => name);
		assert.ok(failed.includes([...odd, 'outer'][at]), `${line}\n${stdout}`);
		assert.ok(at === 1 || failed.length === 1, stdout);     // the second one's name is also the first one's beginning
		assert.ok(!stdout.includes('fine'), stdout);
	}
});

test('of C tests the line names the build', () => {
	const log = join(temporary(), 'LastTestsFailed.log');
	writeFileSync(log, '12:test_store\n13:test_store_on_postgresql\n');
	assert.equal(bash(`again_c release ${log}; say_again`).stdout,
		'\none of these alone:\n  BUILD=release ./dev test test_store\n  BUILD=release ./dev test test_store_on_postgresql\n');
});
