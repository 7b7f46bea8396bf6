// run.mjs - ./dev mutants [--since REV] [--every N] [FILE...]: changes C files by one slip at a time and sees
// whether a fast test fails: the C tests that link the file, then the golden exchanges.
//
// A mutant is compiled alone, and linked before the library that holds its file, so nothing else is built
// anew. Tests have their databases in memory and end with the first that fails (stop.c). What lives although
// no test can fail (it does the same, or what differs does not matter) stands in accepted.txt with the
// reason. Exit status 1: others live too.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { accepted } from './accepted.mjs';
import { mutantsOf } from './operators.mjs';

const root = resolve(import.meta.dirname, '../..');
const build = join(root, 'build/mutants');
const scratch = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `mutants-${process.pid}`);
const atOnce = availableParallelism();

// ---- What is asked for ----

function readArguments(words) {
	const asked = { files: [], every: 1 };
	for (let i = 0; i < words.length; i++)
		if (words[i] === '--since')
			asked.since = words[++i];
		else if (words[i] === '--every')
			asked.every = Number(words[++i]);
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
	return chosen.flatMap(file => [...mutantsOf(readFileSync(join(root, file), 'utf8'))].map(mutant => ({ file, ...mutant })))
		.filter(({ file, line }) => !changed || changed[file]?.has(line))
		.filter((_, i) => i % every === 0);
}

// ---- The build they begin from ----

function run(command, words, options = {}) {
	const done = spawnSync(command, words, { cwd: root, encoding: 'utf8', ...options });
	if (done.status !== 0)
		throw new Error(`${command} ${words.join(' ')}:\n${done.stdout}${done.stderr}`);
	return done.stdout;
}

// Without the address sanitizer: it would cost more than all the rest. But fresh memory is garbage, so that what
// is read of it is noticed, and undefined behaviour is a trap.
const flags = '-O0 -DKEPT_MAX=0 -fsanitize=undefined -fsanitize-undefined-trap-on-error';

function buildAll() {
	run('cmake', ['-B', build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Debug', `-DCMAKE_C_FLAGS_DEBUG=${flags}`, '-DSANITIZE=', '-S', root]);
	run('cmake', ['--build', build]);
	return Object.fromEntries(JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'))
		.map(({ file, command }) => [relative(root, file), { command, output: / -o (\S+) /.exec(command)[1] }]));
}

// What other linkers do in a third of the time.
const linker = ['mold', 'gold'].find(name => spawnSync('sh', ['-c', `command -v ld.${name}`]).status === 0);
const faster = linker ? ` -fuse-ld=${linker}` : '';
const stop = join(build, 'stop.o');

const linkOf = target => run('ninja', ['-C', build, '-t', 'commands', '-s', target]).split('\n').filter(line => line.includes('-o ')).at(-1)
	.replace(/^.*?: && /, '').replace(/ && :\s*$/, '');

// What the linker takes out of libraries for this program: libproducts.a(stock.c.o)
function objectsIn(link) {
	const map = join(build, 'link.map');
	run('sh', ['-c', `${link.replace(/-o \S+/, '-o /dev/null')} -Wl,-Map=${map}`], { cwd: build });
	return new Set(readFileSync(map, 'utf8').match(/lib\w+\.a\([\w.]+\.c\.o\)/g));
}

// products/stock.c is in libproducts.a, server/core/text.c in libmcp_core.a, server/serve.c in libmcp.a.
const objectOf = file => `lib${dirname(file).replace(/^server/, 'mcp').replace('/', '_')}.a(${basename(file)}.o)`;

const ofPrograms = /^test_(products|orders)/;

const seeded = { ...process.env, SEED: '1', TMPDIR: scratch, MALLOC_PERTURB_: '165' };

// { name, link, objects, ms } of every C test that passes. Programs have tests of their own.
function readTests(files) {
	run('cc', ['-c', join(import.meta.dirname, 'stop.c'), '-o', stop]);
	const all = run('ctest', ['--test-dir', build, '-N']).matchAll(/: (test_\w+)$/gm);
	const server = files.some(file => file.startsWith('server/'));
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

// The program's own tests, or the library's, that link the file: those first that noticed most of its mutants so
// far, then those that are named after it, then the fastest.
const noticed = new Map();
const hits = (file, { name }) => noticed.get(`${file} ${name}`) ?? 0;

function testsOf(tests, file) {
	const later = test => test.name.includes(basename(file, '.c')) ? 0 : 1;
	const folder = file.startsWith('server/') ? undefined : dirname(file);
	return tests.filter(test => test.objects.has(objectOf(file)) && ofPrograms.exec(test.name)?.[1] === folder)
		.sort((a, b) => hits(file, b) - hits(file, a) || later(a) - later(b) || a.ms - b.ms);
}

// ---- One mutant ----

const running = new Set();

function end(child) {
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		// It has just ended.
	}
}

function execute(command, words, options, ms) {
	return new Promise(done => {
		const child = spawn(command, words, { stdio: 'ignore', detached: true, ...options });
		const limit = setTimeout(end, ms, child);
		running.add(child);
		child.on('close', status => {
			clearTimeout(limit);
			running.delete(child);
			done(status === 0);
		});
	});
}

const shell = (command, cwd, ms = 60000) => execute('sh', ['-c', command], { cwd }, ms);

// Compiled from a copy; what it includes by a relative path is looked for where the file is.
const compile = ({ command, output }, file, source, object, flags) => shell(command.replace(/ -o \S+ -c \S+$/, '')
	.replace(/^(\S*ccache )/, '').replace(' -Werror', '') + ` ${flags} -w -I${join(root, dirname(file))} -o ${object} -c ${source}`, build);

// A library's own object is not taken where ours comes first; a program's takes the place of its.
const linkWith = (link, { output }, object, there) => (link.includes(` ${output} `)
	? link.replace(` ${output} `, ` ${object} `).replace(/-o (\S+)/, `-o ${there}`)
	: link.replace(/-o (\S+)/, `-o ${there} ${object}`)) + faster;

// It ends with the first failure, or when it used more processor or memory than any test does.
const runTest = ({ link, ms }, compiled, object, there) => shell(linkWith(link, compiled, `${object} ${stop} -Wl,-z,muldefs`, there), build)
	.then(linked => linked && execute('sh', ['-c', `ulimit -t ${2 + Math.ceil(ms / 1000)}; ulimit -v 4000000; exec ${there}`], { env: seeded }, 10 * ms + 15000));

async function isSameCode(context, folder) {
	const { compiled, mutant: { file } } = context;
	const [plain, changed] = [join(folder, 'plain.o'), join(folder, 'changed.o')];
	const flags = '-O2 -g0 -fno-sanitize=all -frandom-seed=1 -DNDEBUG';
	const copy = join(folder, 'same', basename(file));
	mkdirSync(dirname(copy), { recursive: true });
	const text = readFileSync(join(folder, basename(file)));
	writeFileSync(copy, readFileSync(join(root, file)));
	const fine = await compile(compiled, file, copy, plain, flags);
	writeFileSync(copy, text);
	return fine && await compile(compiled, file, copy, changed, flags) && readFileSync(plain).equals(readFileSync(changed));
}

// The golden exchanges with this mutant in every program that has it; the others are as they were.
async function survivesGolden({ compiled, mutant: { file } }, folder, object) {
	for (const program of ['products/mcp-products', 'orders/mcp-orders', 'tests/mcp-guestbook', 'tests/mcp-conformance']) {
		const there = join(folder, program);
		mkdirSync(dirname(there), { recursive: true });
		const mutated = file.startsWith('server/') || program.startsWith(dirname(file));
		if (!mutated)
			symlinkSync(join(build, program), there);
		else if (!await shell(linkWith(linkOf(program), compiled, object, there), build))
			return false;
	}
	// What clients are told of the tools first: that alone tells of any bound.
	const plays = pattern => execute(process.execPath, ['--test', '--test-reporter=dot', `--test-name-pattern=${pattern}`,
		join(root, 'tests/e2e/golden.test.mjs')], { cwd: root, env: { ...process.env, BUILD: relative(join(root, 'build'), folder) } }, 60000);
	return await plays(`${dirname(file)}-tools`) && await plays('golden');
}

// 'killed', 'no code' (it does not compile), 'same code', or 'lives'.
async function judge(context, folder) {
	const { compiled, mutant: { file, line, after }, tests } = context;
	const source = join(folder, basename(file)), object = join(folder, 'mutant.o');
	const text = readFileSync(join(root, file), 'utf8').split('\n');
	text[line - 1] = after;
	writeFileSync(source, text.join('\n'));
	if (!await compile(compiled, file, source, object, ''))
		return 'no code';
	for (const test of tests) {
		const there = join(folder, test.name);
		const passed = await runTest(test, compiled, object, there);
		rmSync(there, { force: true });
		if (!passed) {
			noticed.set(`${file} ${test.name}`, hits(file, test) + 1);
			return 'killed';
		}
	}
	if (await isSameCode(context, folder))
		return 'same code';
	return await survivesGolden(context, folder, object) ? 'lives' : 'killed';
}

// ---- All of them ----

function describe({ file, line, before, after }) {
	return `${file}:${line}\n  - ${before.trim()}\n  + ${after.trim()}`;
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
	if (living.length)
		console.log(`\n${living.map(({ mutant }) => describe(mutant)).join('\n')}\n`);
	row('all', real);
	console.log(`${count(results, 'same code')} more are the same code, ${count(results, 'no code')} are none; in ${seconds} s`);
	return living.length;
}

// A file that is as it was must live, else every mutant of it would seem to be killed: the first of each folder.
async function trust(mutants, commands, tests) {
	const folder = join(scratch, 'trust'), asked = new Set();
	for (const file of new Set(mutants.map(mutant => mutant.file))) {
		if (!testsOf(tests, file).length)
			console.error(`no C test links ${file}`);
		if (!commands[file] || asked.has(dirname(file)))
			continue;
		asked.add(dirname(file));
		const first = readFileSync(join(root, file), 'utf8').split('\n')[0];
		mkdirSync(folder, { recursive: true });
		const mutant = { file, line: 1, before: first, after: first };
		const context = { mutant, compiled: commands[file], tests: testsOf(tests, file) };
		const verdict = await judge(context, folder);
		if (verdict !== 'same code' || !await survivesGolden(context, folder, join(folder, 'mutant.o')))
			throw new Error(`${file} as it is: ${verdict}; its tests must pass first`);
		rmSync(folder, { recursive: true });
	}
}

async function main() {
	mkdirSync(scratch, { recursive: true });
	process.on('exit', () => {
		running.forEach(end);
		rmSync(scratch, { recursive: true, force: true });
	});
	process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));
	const began = Date.now(), mutants = chooseMutants(readArguments(process.argv.slice(2)));
	const commands = buildAll(), tests = readTests([...new Set(mutants.map(mutant => mutant.file))]), results = [];
	let next = 0;
	const worker = async number => {
		const folder = join(scratch, `worker-${number}`);
		for (let mutant; (mutant = mutants[next++]);) {
			rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder, { recursive: true });
			const compiled = commands[mutant.file];
			const context = { mutant, compiled, tests: testsOf(tests, mutant.file) };
			const verdict = compiled ? await judge(context, folder) : 'no code';
			results.push({ mutant, verdict: verdict === 'lives' && accepted(mutant) ? 'accepted' : verdict });
			if (process.stderr.isTTY || next % 50 === 0)
				process.stderr.write(`${next} of ${mutants.length}, ${results.filter(each => each.verdict === 'lives').length} live\n`);
		}
		rmSync(folder, { recursive: true, force: true });
	};
	await trust(mutants, commands, tests);
	await Promise.all(Array.from({ length: atOnce }, (_, i) => worker(i)));
	process.exit(report(results, Math.round((Date.now() - began) / 1000)) ? 1 : 0);
}

await main();
