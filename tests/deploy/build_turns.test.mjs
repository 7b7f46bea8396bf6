// build_turns.test.mjs - two ./dev build of a preset at once: the second says that it waits, and does.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { eventually, root, temporary } from '../e2e/support.mjs';

const skip = !['/usr/bin/flock', '/bin/flock'].some(existsSync) && 'there is no flock';

// The script and what it reads, beside a cmake that builds for as long as nobody writes into its preset's pipe.
function checkout() {
	const folder = temporary(), scripts = execFileSync('git', ['ls-files', 'dev', '*.sh'], { cwd: root, encoding: 'utf8' });
	for (const path of scripts.trim().split('\n')) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		cpSync(join(root, path), join(folder, path));
	}
	mkdirSync(join(folder, 'bin'));
	// Who opens while the word for another is still being written finds the end of that, and no word.
	writeFileSync(join(folder, 'bin/cmake'),
		`#!/bin/sh\n[ "$1" = --build ] || exit 0\necho begins >>'${folder}/built'\nuntil read -r _ <'${folder}/go-'$3; do :; done\necho ends >>'${folder}/built'\n`,
		{ mode: 0o755 });
	execFileSync('mkfifo', ['dev', 'asan'].map(preset => join(folder, `go-${preset}`)));
	return folder;
}

const begun = [];
after(() => {                                   // what a failure left, compilers too
	for (const child of begun.filter(({ exitCode }) => exitCode === null))
		process.kill(-child.pid);
});

function build(folder, preset) {
	const child = spawn('./dev', ['build', preset], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], detached: true,
		env: { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` } });
	begun.push(child);
	const building = { said: '', ended: new Promise(resolve => child.on('close', resolve)) };
	child.stdout.setEncoding('utf8').on('data', text => { building.said += text; });
	return building;
}

const built = folder => existsSync(join(folder, 'built')) ? readFileSync(join(folder, 'built'), 'utf8').trim().split('\n') : [];
const go = (folder, preset) => writeFileSync(join(folder, `go-${preset}`), 'on\n');

test('the second build of a preset waits for the first, and then builds', { skip }, async () => {
	const folder = checkout(), first = build(folder, 'dev');
	await eventually(() => built(folder).length === 1, 'the first');
	const second = build(folder, 'dev');
	await eventually(() => second.said || built(folder).length > 1, 'the second');
	assert.equal(second.said, 'another build of the preset dev is at it: waiting for its end\n');
	assert.deepEqual(built(folder), ['begins']);
	go(folder, 'dev');
	assert.equal(await first.ended, 0);
	await eventually(() => built(folder).length === 3, 'the second builds');
	go(folder, 'dev');
	assert.equal(await second.ended, 0);
	assert.deepEqual(built(folder), ['begins', 'ends', 'begins', 'ends']);
});

test('builds of two presets wait for nobody', { skip }, async () => {
	const folder = checkout(), both = [build(folder, 'dev'), build(folder, 'asan')];
	await eventually(() => built(folder).length === 2, 'both');
	go(folder, 'dev');
	go(folder, 'asan');
	assert.deepEqual(await Promise.all(both.map(each => each.ended)), [0, 0]);
});
