// reach.mjs - which test runs which line of the server: counted once by gcov, with the preset coverage.
//
// A test that never comes by a line cannot notice what is wrong with it, so it need not be run. What was
// counted is kept in build/mutants-reach until the test changes. Of a C file that changed since, every test
// that came by any of its lines is taken to come by all.
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { atOnce, root, run } from './processes.mjs';

const build = join(root, 'build/coverage');
const kept = join(root, 'build/mutants-reach');

const hashOf = (...files) => files.reduce((hash, file) => hash.update(readFileSync(join(root, file))),
	createHash('sha256')).digest('hex').slice(0, 16);

// { 'server/auth/keys.c': { hash, lines: [12, 13], others: [14] } } of what was counted in a folder.
function readCounts(folder) {
	const reached = {};
	const counts = globSync('**/*.gcda', { cwd: folder }).filter(file => file.includes('/CMakeFiles/mcp'));
	for (const file of counts) {
		const notes = `${file.slice(0, -5)}.gcno`;
		symlinkSync(`/${notes}`, join(folder, notes));
	}
	const output = counts.length ? run('gcov', ['--json-format', '--stdout', ...counts], { cwd: folder, maxBuffer: 1 << 30 }) : '';
	for (const line of output.split('\n').filter(Boolean))
		for (const { file, lines } of JSON.parse(line).files) {
			const name = relative(root, file);
			const numbers = [true, false].map(passed => lines.filter(each => each.count > 0 === passed).map(each => each.line_number));
			if (name.startsWith('server/') && numbers[0].length)
				reached[name] = { hash: hashOf(name), lines: numbers[0], others: numbers[1] };
		}
	return reached;
}

// A line that was not counted is part of the one before it, or of a table, which every test of the file may look at.
function lineCounted(text, line, { lines, others }) {
	for (let i = line; i > 0; i--) {
		if (lines.includes(i) || others.includes(i))
			return i;
		if (/^[^\s{]/.test(text[i - 1]))
			return undefined;
	}
}

function reacher(reached) {
	const texts = {};
	return (file, line) => {
		const counted = reached[file];
		if (!counted)
			return false;
		counted.current ??= counted.hash === hashOf(file);
		texts[file] ??= readFileSync(join(root, file), 'utf8').split('\n');
		const place = counted.current ? lineCounted(texts[file], line, counted) : undefined;
		return place === undefined || counted.lines.includes(place);
	};
}

// A test is { name, sources, run(folder of the programs, environment) }.
async function count(test, hash) {
	const folder = join(kept, `${test.name}.counts`);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const began = Date.now();
	const passed = await test.run(build, { GCOV_PREFIX: folder });
	const entry = { hash, passed, ms: Date.now() - began, reached: readCounts(folder) };
	rmSync(folder, { recursive: true });
	writeFileSync(join(kept, `${test.name}.json`), JSON.stringify(entry));
	if (!passed)
		console.error(`${test.name} fails as it is`);
	return entry;
}

function read(test, hash) {
	try {
		const entry = JSON.parse(readFileSync(join(kept, `${test.name}.json`), 'utf8'));
		return entry.hash === hash && entry.passed ? entry : undefined;
	} catch {
		return undefined;
	}
}

// Of each test that passes: { ...test, ms, reaches(file, line) }.
export async function measure(tests) {
	mkdirSync(kept, { recursive: true });
	const entries = tests.map(test => {
		const hash = hashOf(...test.sources);
		return { test, hash, entry: read(test, hash) };
	});
	const missing = entries.filter(({ entry }) => !entry);
	if (missing.length)
		run('cmake', ['--preset', 'coverage', '-S', root]), run('cmake', ['--build', build]);
	const worker = async () => {
		for (let next; (next = missing.shift());)
			next.entry = await count(next.test, next.hash);
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	return entries.filter(({ entry }) => entry.passed).map(({ test, entry }) => ({ ...test, ms: entry.ms, reaches: reacher(entry.reached) }));
}
