// rooms.test.mjs - the rooms keep their rules; and each rule, broken on purpose in a copy, is found broken.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const build = process.env.BUILD ?? 'dev';         // whose libraries are looked at
const rooms = (at, ...words) => spawnSync(process.execPath, [join(at, 'tests/rooms/rooms.mjs'), ...words], { encoding: 'utf8' });

test('the rooms keep their rules, and the listing has each once, above all that it sees', () => {
	const built = rooms(root, '--check', build);
	assert.equal(built.stdout + built.stderr, '');
	const { stdout, stderr, status } = rooms(root);
	const [listing, ...findings] = stdout.trim().split('\n\n');
	assert.equal(findings.join('\n') + stderr, '');
	assert.equal(status, 0);
	const rows = listing.split('\n').slice(1, -1).map(line => line.trim().split(/\s{2,}/));
	const names = rows.map(([name]) => name);
	assert.equal(new Set(names).size, names.length);
	for (const name of ['include', 'core', 'http', 'store', 'run', 'server', 'products', 'orders'])
		assert.ok(names.includes(name), name);
	rows.forEach(([name, , , , sees = ''], at) => {
		for (const other of sees.split(', ').filter(Boolean))
			assert.ok(names.slice(0, at).includes(other.replace(/[()]/g, '')), `${name} sees ${other}`);
	});
});

test('docs/architecture.md has the drawing', () => {
	assert.ok(readFileSync(join(root, 'docs/architecture.md'), 'utf8').includes(`\n${rooms(root, '--drawing').stdout}`));
});

test('one room is shown, and a word that is none is refused', () => {
	assert.match(rooms(root, 'client').stdout,
		/^It sees +include, fetch, spans, calls, and through them core, curl, [\s\S]*^ +calling\.h +\d+ .*\bclient\.h\b/m);
	const refused = rooms(root, 'attic');
	assert.match(refused.stderr, /there is no room "attic"; there are include, core/);
	assert.equal(refused.status, 2);
});

// ---- Each rule, broken ----

const copy = mkdtempSync(join(tmpdir(), 'rooms-'));
const changed = new Map();              // what a file of the copy was; undefined: it was not there

before(() => {
	for (const name of readdirSync(root).filter(each => !['.git', 'build'].includes(each)))
		cpSync(join(root, name), join(copy, name), { recursive: true });
});
after(() => rmSync(copy, { recursive: true }));

function write(path, make) {
	const at = join(copy, path), was = existsSync(at) ? readFileSync(at, 'utf8') : undefined;
	if (!changed.has(path))
		changed.set(path, was);
	mkdirSync(dirname(at), { recursive: true });
	writeFileSync(at, make(was));
}

function undo() {
	for (const [path, was] of changed)
		if (was === undefined)
			rmSync(join(copy, path));
		else
			writeFileSync(join(copy, path), was);
	changed.clear();
}

const append = (path, text) => write(path, was => was + text);
const nothing = lines => () => '/* nothing */\n'.repeat(lines);
const parts = (folder, count, lines) => [...Array(count)].forEach((_, i) => write(`${folder}/part_${i}.c`, nothing(lines)));
const idle = lines => () => `static void idle(void)\n{\n${'\tidle();\n'.repeat(lines - 2)}}\n`;
const lengthen = (path, lines) => write(path, was => was + '\n'.repeat(lines - was.split('\n').length + 1));
const except = text => write('tests/rooms/bounds.mjs', was => was.replace(/largeRooms = \{/, `$&\n\t${text},`));
const link = (from, to) => append('server/CMakeLists.txt', `target_link_libraries(mcp_${from} PUBLIC mcp_${to})\n`);
const page = 'docs/architecture.md';
const redraw = 'docs/architecture.md does not have the drawing of now: ./dev rooms --update';

// What is found once all of it is done to the copy.
function findings(...doings) {
	try {
		for (const doing of doings)
			doing();
		const { stdout, stderr, status } = rooms(copy, '--check');
		const found = stdout.split('\n').filter(Boolean);
		assert.equal(stderr, '');
		assert.equal(status, found.length ? 1 : 0);
		return found;
	} finally {
		undo();
	}
}

const broken = [
	['an include upwards, which does not compile', () => append('server/fold/fold.c', '#include "calling.h"\n'),
		/^server\/fold\/fold\.c includes server\/client\/calling\.h, but fold does not see client$/],
	['an include around CMake, which does', () => append('server/metrics/process.c', '# include "../client/calling.h"\n'),
		/^server\/metrics\/process\.c includes server\/client\/calling\.h, but metrics does not see client$/],
	['a circle of includes', () => append('server/fetch/fetch.c', '#include "../client/calling.h"\n'),
		/^server\/fetch\/fetch\.c includes server\/client\/calling\.h/, /^a circle of includes: .*-> fetch -> /],
	['a room of too many lines', () => parts('server/client', 7, 400), /^server\/client has 3\d\d\d lines, of 3000 it may have$/],
	['a room of too many files', () => parts('server/metrics', 25, 1), /^server\/metrics has \d\d files, of 25 it may have$/],
	['a door that is too long', () => lengthen('server/include/fold.h', 151),
		/^server\/include\/fold\.h has 151 lines as a door, of 150 it may have$/],
	['a file that is too long', () => write('server/auth/long.c', nothing(501)), /^server\/auth\/long\.c has 501 lines, of 500 it may have$/],
	['a function that is too long', () => write('server/auth/idle.c', idle(71)),
		/^server\/auth\/idle\.c:2: a function has 71 lines, of 70 it may have$/],
	['one whose brace stands elsewhere', () => write('server/auth/busy.c', () => idle(71)().replace('\n{', ' {')),
		/^server\/auth\/busy\.c:1: a function has 71 lines, of 70 it may have$/],
	['a folder that no target has', () => write('server/attic/old.c', nothing(1)),
		/^server\/attic\/old\.c is in no room: no target of CMake has its folder$/],
	['an exception that nobody needs', () => except('auth: [4000, 30]'), /^auth need not be in tests\/rooms\/bounds\.mjs any more$/],
	['an exception for what is not there', () => except('cellar: [4000, 30]'), /^cellar need not be in tests\/rooms\/bounds\.mjs any more$/],
	['an exception that is outgrown', () => { except('fold: [3100, 30]'); parts('server/fold', 8, 400); },
		/^server\/fold has 3\d\d\d lines, of 3100 it may have$/],
];

// All at once, since CMake takes most of the time: each has to be told, and nothing else.
test('every rule that is broken is told', async t => {
	const found = findings(...broken.map(([, doing]) => doing));
	for (const [what, , ...lines] of broken)
		await t.test(what, () => lines.forEach(line => assert.equal(found.filter(each => line.test(each)).length, 1, found.join('\n'))));
	assert.equal(found.length, broken.flatMap(([, , ...lines]) => lines).length, found.join('\n'));
});

test('a circle of links, which CMake allows, is told', () => {
	assert.deepEqual(findings(() => link('core', 'fold')), ['a circle of links: core -> fold -> core', redraw]);
});

test('what is as large as it may be is fine, and so is a link that follows from others', () => {
	assert.deepEqual(findings(
		() => write('server/fold/long.c', nothing(500)), () => write('server/fold/idle.c', idle(70)),
		() => lengthen('server/include/fold.h', 150),
		() => lengthen('server/client/calling.h', 151),         // no door
		() => link('client', 'core')), []);
});

test('a link that the drawing does not have is told, and ./dev rooms --update draws it', () => {
	assert.deepEqual(findings(() => link('client', 'fold')), [redraw]);
	assert.deepEqual(findings(() => link('client', 'fold'), () => assert.equal(rooms(copy, '--update').status, 0)), []);
	assert.match(readFileSync(join(copy, page), 'utf8'), /^ {4}client --> fold$/m);
	cpSync(join(root, page), join(copy, page));
});

test('a call of what a room does not see is told, though nothing is included', () => {
	for (const library of globSync(`build/${build}/{server,products,orders,ops,support}/*.a`, { cwd: root }))
		cpSync(join(root, library), join(copy, library));
	const source = join(copy, 'build/hidden.c'), object = join(copy, 'build/hidden.c.o');
	writeFileSync(source, 'extern char text_fold; char *hidden(void) { return &text_fold; }\n');
	execFileSync('cc', ['-c', source, '-o', object]);
	execFileSync('ar', ['r', join(copy, 'build', build, 'server/libmcp_core.a'), object], { stdio: 'pipe' });
	assert.equal(rooms(copy, '--check', build).stdout, 'server/core/hidden.c uses text_fold of fold, which core does not see\n');
	rmSync(join(copy, 'build', build, 'server/libmcp_core.a'));
	assert.match(rooms(copy, '--check', build).stdout, /^\S+libmcp_core\.a is not there: \.\/dev build \w+\n$/);
});
