// run.mjs - ./dev mutants [--since REV] [--every N] [--quick] [FILE...]: changes C files by one slip at a time and
// sees whether a fast test fails: the C tests that link the file, then the golden exchanges (not where --quick);
// of the server's files those tests that come by the line (reach.mjs), among them other end-to-end tests.
//
// A mutant is compiled alone, and linked before the library that holds its file, so nothing else is built
// anew. Tests have their databases in memory and end with the first that fails (stop.c). What lives although
// no test can fail (it does the same, or what differs does not matter) stands in accepted.txt with the
// reason. Exit status 1: others live too.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { accepted } from './accepted.mjs';
import { endToEnd, goldenOf } from './e2e.mjs';
import { mutantsOf } from './operators.mjs';
import { atOnce, execute, root, run, scratch, shell } from './processes.mjs';
import { measure } from './reach.mjs';

const build = join(root, 'build/mutants');
const isOfServer = file => file.startsWith('server/');

// ---- What is asked for ----

function readArguments(words) {
	const asked = { files: [], every: 1 };
	for (let i = 0; i < words.length; i++)
		if (words[i] === '--since')
			asked.since = words[++i];
		else if (words[i] === '--every')
			asked.every = Number(words[++i]);
		else if (words[i] === '--quick')
			asked.quick = true;
		else
			asked.files.push(relative(root, resolve(words[i])));
	return asked;
}

const git = (...words) => execFileSync('git', words, { cwd: root, encoding: 'utf8' });
const isMine = file => /^(products|orders|server)\/.*\.c$/.test(file);

// The lines of each file that differ from a revision: { file: Set }.
function changedSince(revision) {
	const changed = {};
	let lines;
	for (const line of git('diff', '-U0', revision, '--', 'products', 'orders', 'server').split('\n')) {
		const file = /^\+\+\+ b\/(.*)$/.exec(line)?.[1];
		const [, from, count = '1'] = /^@@ -\S+ \+(\d+)(?:,(\d+))?/.exec(line) ?? [];
		if (file)
			lines = isMine(file) ? changed[file] = new Set() : undefined;
		for (let i = 0; from && i < Number(count); i++)
			lines?.add(Number(from) + i);
	}
	return changed;
}

function chooseMutants({ files, since, every }) {
	const changed = since && changedSince(since);
	const chosen = files.length ? files : since ? Object.keys(changed) : git('ls-files', 'products', 'orders').split('\n').filter(isMine);
	return chosen.flatMap(file => {
		const text = readFileSync(join(root, file), 'utf8');
		return [...mutantsOf(text)].map(mutant => ({ file, text, ...mutant }));
	})
		.filter(({ file, line }) => !changed || changed[file]?.has(line))
		.filter((_, i) => i % every === 0);
}

// ---- The build they begin from ----

// Without the address sanitizer, which everywhere would cost more than all the rest. But fresh memory is garbage, so that what
// is read of it is noticed, and undefined behaviour is a trap.
const flags = '-O0 -DKEPT_MAX=0 -fsanitize=undefined -fsanitize-undefined-trap-on-error';

function buildAll() {
	run('cmake', ['-B', build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Debug', `-DCMAKE_C_FLAGS_DEBUG=${flags}`, '-DSANITIZE=', '-S', root]);
	run('cmake', ['--build', build]);
	return Object.fromEntries(JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'))
		.map(({ file, command }) => [relative(root, file), {
			command, output: / -o (\S+) /.exec(command)[1], address: isOfServer(relative(root, file)) ? '-fsanitize=address' : '',
		}]));
}

// What other linkers do in a third of the time.
const linker = ['mold', 'gold'].find(name => spawnSync('sh', ['-c', `command -v ld.${name}`]).status === 0);
const faster = linker ? ` -fuse-ld=${linker}` : '';
const stop = join(build, 'stop.o');

const links = new Map();
const linkOf = target => links.get(target) ?? links.set(target, run('ninja', ['-C', build, '-t', 'commands', '-s', target]).split('\n').filter(line => line.includes('-o ')).at(-1)
	.replace(/^.*?: && /, '').replace(/ && :\s*$/, '')).get(target);

// What the linker takes out of libraries for this program: libproducts.a(stock.c.o)
function objectsIn(link) {
	const map = join(build, 'link.map');
	run('sh', ['-c', `${link.replace(/-o \S+/, '-o /dev/null')} -Wl,-Map=${map}`], { cwd: build });
	return new Set(readFileSync(map, 'utf8').match(/lib\w+\.a\([\w.]+\.c\.o\)/g));
}

// products/stock.c is in libproducts.a, server/core/text.c in libmcp_core.a, server/mcp_main.c in libmcp.a.
const objectOf = file => `lib${dirname(file).replace(/^server/, 'mcp').replace('/', '_')}.a(${basename(file)}.o)`;

const ofPrograms = /^test_(products|orders)/;

const seeded = { ...process.env, SEED: '1', TMPDIR: scratch, MALLOC_PERTURB_: '165' };

// { name, link, objects, ms } of every C test that passes. Programs have tests of their own.
function readTests(files) {
	run('cc', ['-c', join(import.meta.dirname, 'stop.c'), '-o', stop]);
	const all = run('ctest', ['--test-dir', build, '-N']).matchAll(/: (test_\w+)$/gm);
	const server = files.some(isOfServer);
	const names = [...all].map(match => match[1]).filter(name => !name.endsWith('_on_postgresql') && (server || ofPrograms.test(name)));
	return names.flatMap(name => {
		const began = Date.now();
		const done = spawnSync(join(build, 'tests', name), { encoding: 'utf8', env: seeded, timeout: 60000 });
		if (done.status !== 0)
			throw new Error(`${name} fails; it must pass first:\n${done.stdout}`);
		const link = linkOf(`tests/${name}`);
		return [{ name, link, objects: objectsIn(link), ms: Date.now() - began }];
	});
}

// All tests there are for these files: C tests, and those of the whole server.
async function readAll(files, quick) {
	const tests = readTests(files);
	if (!files.some(isOfServer))
		return { tests, ends: [] };
	const [own, others] = [true, false].map(of => tests.filter(({ name }) => ofPrograms.test(name) === of));
	const measured = await measure([...others.map(test => ({
		...test, sources: [`tests/unit/${test.name}.c`],
		run: (folder, environment) => execute(join(folder, 'tests', test.name), [], { env: { ...seeded, ...environment } }, 120000),
	})), ...quick ? [] : endToEnd]);
	return { tests: [...own, ...measured.filter(({ link }) => link)], ends: measured.filter(({ link }) => !link) };
}

// Those first that noticed most of the file's mutants so far, then those that are named after it, then the fastest.
const noticed = new Map();
const hits = (file, { name }) => noticed.get(`${file} ${name}`) ?? 0;

function notice(file, { name }) {
	noticed.set(`${file} ${name}`, (noticed.get(`${file} ${name}`) ?? 0) + 1);
}

function inOrder(tests, file) {
	const later = ({ name }) => name.includes(basename(file, '.c')) ? 0 : 1;
	return tests.sort((a, b) => hits(file, b) - hits(file, a) || later(a) - later(b) || a.ms - b.ms);
}

// The program's own tests, or the library's, that link the file and come by the line.
function testsOf(tests, file, line) {
	const folder = isOfServer(file) ? undefined : dirname(file);
	return inOrder(tests.filter(test => test.objects.has(objectOf(file)) && ofPrograms.exec(test.name)?.[1] === folder &&
		(folder || test.reaches(file, line))), file);
}

// The golden exchanges always are first: they say most in little time. What a few others do not notice, the rest seldom does.
const ENDS_MOST = 8;

function endsOf(ends, file, line) {
	const there = inOrder(ends.filter(test => test.reaches(file, line)), file);
	return [...there.filter(({ name }) => name === 'golden'), ...there.filter(({ name }) => name !== 'golden')].slice(0, ENDS_MOST);
}

const contextOf = (mutant, commands, { tests, ends }, quick) => ({
	mutant, compiled: commands[mutant.file], tests: testsOf(tests, mutant.file, mutant.line),
	ends: isOfServer(mutant.file) ? endsOf(ends, mutant.file, mutant.line) : quick ? [] : goldenOf(dirname(mutant.file)),
});

// ---- One mutant ----

// Compiled from a copy; what it includes by a relative path is looked for where the file is.
const compile = ({ command, address }, file, source, object, flags) => shell(command.replace(/ -o \S+ -c \S+$/, '')
	.replace(/^(\S*ccache )/, '').replace(' -Werror', '') + ` ${address} ${flags} -w -I${join(root, dirname(file))} -o ${object} -c ${source}`, build);

// A library's own object is not taken where ours comes first; a program's takes the place of its.
const linkWith = (link, { output, address }, object, there) => (link.includes(` ${output} `)
	? link.replace(` ${output} `, ` ${object} `).replace(/-o (\S+)/, `-o ${there}`)
	: link.replace(/-o (\S+)/, `-o ${there} ${object}`)) + ` ${address}${faster}`;

// It ends with the first failure, or when it used more processor or memory than any test does; the address
// sanitizer sets aside more memory than there is.
const runTest = ({ link, ms }, compiled, object, there) => shell(linkWith(link, compiled, `${object} ${stop} -Wl,-z,muldefs`, there), build)
	.then(linked => linked && execute('sh', ['-c',
		`ulimit -t ${2 + Math.ceil(ms / 1000)}; ${compiled.address ? '' : 'ulimit -v 4000000; '}exec ${there}`], { env: seeded }, 10 * ms + 15000));

async function isSameCode(context, folder) {
	const { compiled, mutant: { file, text: before } } = context;
	const [plain, changed] = [join(folder, 'plain.o'), join(folder, 'changed.o')];
	const flags = '-O2 -g0 -fno-sanitize=all -frandom-seed=1 -DNDEBUG';
	const copy = join(folder, 'same', basename(file));
	mkdirSync(dirname(copy), { recursive: true });
	const text = readFileSync(join(folder, basename(file)));
	writeFileSync(copy, before);
	const fine = await compile(compiled, file, copy, plain, flags);
	writeFileSync(copy, text);
	return fine && await compile(compiled, file, copy, changed, flags) && readFileSync(plain).equals(readFileSync(changed));
}

// This mutant in every program that has it; the others are as they were.
async function linkPrograms({ compiled, mutant: { file } }, folder, object) {
	for (const program of ['products/mcp-products', 'orders/mcp-orders', 'tests/mcp-documented', 'tests/mcp-conformance', 'tests/mcp-probe']) {
		const there = join(folder, program);
		mkdirSync(dirname(there), { recursive: true });
		const mutated = isOfServer(file) || program.startsWith(dirname(file));
		if (!mutated)
			symlinkSync(join(build, program), there);
		else if (!await shell(linkWith(linkOf(program), compiled, object, there), build))
			return false;
	}
	return true;
}

async function survivesEnds(context, folder, object) {
	if (context.ends.length && !await linkPrograms(context, folder, object))
		return false;
	for (const test of context.ends)
		if (!await test.run(folder, {}, 60000 + 2 * (test.ms ?? 0))) {
			notice(context.mutant.file, test);
			return false;
		}
	return true;
}

// 'killed', 'no code' (it does not compile), 'same code', or 'lives'.
async function judge(context, folder) {
	const { compiled, mutant: { file, text, line, after }, tests } = context;
	const source = join(folder, basename(file)), object = join(folder, 'mutant.o');
	const lines = text.split('\n');
	lines[line - 1] = after;
	writeFileSync(source, lines.join('\n'));
	if (!await compile(compiled, file, source, object, ''))
		return 'no code';
	for (const test of tests) {
		const there = join(folder, test.name);
		const passed = await runTest(test, compiled, object, there);
		rmSync(there, { force: true });
		if (!passed) {
			notice(file, test);
			return 'killed';
		}
	}
	if (await isSameCode(context, folder))
		return 'same code';
	return await survivesEnds(context, folder, object) ? 'lives' : 'killed';
}

// ---- All of them ----

function describe({ file, line, before, after, unseen }) {
	return `${file}:${line}${unseen ? ' (no test comes here)' : ''}\n  - ${before.trim()}\n  + ${after.trim()}`;
}

function report(results, seconds) {
	const files = [...new Set(results.map(({ mutant }) => mutant.file))].sort();
	const count = (of, ...verdicts) => of.filter(({ verdict }) => verdicts.includes(verdict)).length;
	const row = (name, of) => console.log([name.padEnd(36), String(of.length).padStart(5), 'mutants',
		String(count(of, 'killed')).padStart(5), 'killed', String(count(of, 'accepted')).padStart(4), 'accepted',
		String(count(of, 'lives')).padStart(4), 'live'].join(' '));
	const real = results.filter(({ verdict }) => !['no code', 'same code'].includes(verdict));
	for (const file of files)
		row(file, real.filter(({ mutant }) => mutant.file === file));
	const living = real.filter(({ verdict }) => verdict === 'lives');
	row('all', real);
	console.log(`${count(results, 'same code')} more are the same code, ${count(results, 'no code')} are none; in ${seconds} s`);
	return living.length;
}

// A file that is as it was must live, else every mutant of it would seem to be killed: the first of each folder.
async function trust(mutants, commands, all, quick) {
	const folder = join(scratch, 'trust'), asked = new Set();
	for (const file of new Set(mutants.map(mutant => mutant.file))) {
		const text = readFileSync(join(root, file), 'utf8'), [first] = text.split('\n');
		const context = contextOf({ file, text, line: 1, before: first, after: first }, commands, all, quick);
		if (!context.tests.length)
			console.error(`no C test links ${file}`);
		if (!commands[file] || asked.has(dirname(file)))
			continue;
		asked.add(dirname(file));
		mkdirSync(folder, { recursive: true });
		const verdict = await judge(context, folder);
		context.ends.splice(2);
		if (verdict !== 'same code' || !await survivesEnds(context, folder, join(folder, 'mutant.o')))
			throw new Error(`${file} as it is: ${verdict}; its tests must pass first`);
		rmSync(folder, { recursive: true });
	}
}

async function main() {
	const began = Date.now(), asked = readArguments(process.argv.slice(2)), mutants = chooseMutants(asked);
	const commands = buildAll(), all = await readAll([...new Set(mutants.map(mutant => mutant.file))], asked.quick), results = [];
	let next = 0;
	const worker = async number => {
		const folder = join(scratch, `worker-${number}`);
		for (let mutant; (mutant = mutants[next++]);) {
			rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder, { recursive: true });
			const context = contextOf(mutant, commands, all, asked.quick);
			mutant.unseen = !context.tests.length && !context.ends.length;
			const verdict = context.compiled ? await judge(context, folder) : 'no code';
			results.push({ mutant, verdict: verdict === 'lives' && accepted(mutant) ? 'accepted' : verdict });
			if (results.at(-1).verdict === 'lives')
				console.log(describe(mutant));
			if (process.stderr.isTTY || next % 50 === 0)
				process.stderr.write(`${next} of ${mutants.length}, ${results.filter(each => each.verdict === 'lives').length} live\n`);
		}
		rmSync(folder, { recursive: true, force: true });
	};
	await trust(mutants, commands, all, asked.quick);
	await Promise.all(Array.from({ length: atOnce }, (_, i) => worker(i)));
	process.exit(report(results, Math.round((Date.now() - began) / 1000)) ? 1 : 0);
}

await main();
