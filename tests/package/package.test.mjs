// package.test.mjs - the runtime, installed, is all that a server needs: the template is built with it and called, and whatever
// names a program has for its own functions, they are its own. tests/docker does the same on a Debian of which nothing is there before.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, temporary } from '../e2e/support.mjs';
import { build, command, compile, declared, has, headersOf, install, names, needs, tables, template, version } from './support.mjs';

const runtime = install();

// ---- Headers ----

test('each header stands alone: as C17, and within C++\'s extern "C"', t => {
	const headers = headersOf(runtime);
	assert.ok(headers.length > 8);
	const languages = [['cc', ['-x', 'c', '-std=c17', '-Wpedantic'], name => `#include "${name}"\nextern int alone;\n`]];
	if (has('c++'))
		languages.push(['c++', ['-x', 'c++', '-std=c++17'], name => `extern "C" {\n#include "${name}"\n}\n`]);
	else
		t.diagnostic('C++ is left out: there is no c++');
	for (const name of headers)
		for (const [compiler, options, text] of languages)
			command(compiler, [...options, '-Wall', '-Wextra', '-Werror', '-fsyntax-only', `-I${runtime.include}`, '-'], { input: text(name) });
});

test('there are the headers of programs, and what they say of the version is so', () => {
	const offered = globSync('*.h', { cwd: join(root, 'server/include') });
	assert.deepEqual(headersOf(runtime), [...offered, 'mcp_version.h'].sort());
	for (const name of headersOf(runtime))          // a program's own store.h is guarded by STORE_H
		assert.match(readFileSync(join(runtime.include, name), 'utf8'), /^#ifndef MCP_\w*H$/m, name);
	assert.equal(command('pkg-config', ['--modversion', 'mcp-server'], { env: runtime.env }).trim(), version);
	assert.equal(command('pkg-config', ['--validate', 'mcp-server'], { env: runtime.env }), '');
	const folder = temporary(), [major, minor, patch] = version.split('.');
	writeFileSync(join(folder, 'version.c'), `#include <stdio.h>\n#include "mcp.h"
		#if MCP_VERSION_NUMBER < MCP_VERSION_OF(${major}, ${minor}, ${patch}) || MCP_VERSION_NUMBER >= MCP_VERSION_OF(${major}, ${minor}, ${+patch + 1})
		#error another version
		#endif
		int main(void) { return printf("%s %s", MCP_VERSION, mcp_version()) < 0; }\n`);
	assert.equal(command(compile(runtime, folder, ['version.c']), []), `${version} ${version}`);
	assert.match(readFileSync(join(root, 'docs/changes.md'), 'utf8'), new RegExp(`^## ${version.replaceAll('.', '\\.')}, \\d{4}-\\d\\d-\\d\\d$`, 'm'));
});

// ---- Names ----

test('the library has the names that its headers declare, and else only those that begin with mcp__', () => {
	const wanted = declared(runtime, headersOf(runtime));
	assert.ok(wanted.size > 100 && wanted.has('mcp_main') && wanted.has('store_find'));
	const there = [...names(runtime.library)];
	assert.deepEqual(there.filter(name => !name.startsWith('mcp__')).sort(), [...wanted].sort());
	for (const name of ['check', 'serve', 'mcp_main'])
		assert.ok(there.includes(`mcp__${name}`), name);
});

test('what the runtime needs of itself is in the library, whatever its files are called', () => {
	const there = names(runtime.library);
	const needed = command('nm', ['-P', '--extern-only', '--undefined-only', runtime.library]).match(/^mcp__\S+/gm);
	assert.ok(needed.length > 1000);
	assert.deepEqual([...new Set(needed)].filter(name => !there.has(name)), []);
	assert.equal(command('ar', ['t', runtime.library]).trim().split('\n').length,
		readFileSync(join(build, 'cmake/package/objects.txt'), 'utf8').trim().split('\n').length);
});

test('a program has whatever names it likes: each of the runtime\'s that its headers do not declare', () => {
	const folder = template(runtime);
	const used = declared(runtime, ['mcp_test.h']);
	const own = [...names(runtime.library)].map(name => name.replace(/^mcp__/, '')).filter(name => !used.has(name) && name !== 'main');
	assert.ok(own.length > 500 && own.includes('import_file') && own.includes('serve'));
	writeFileSync(join(folder, 'own.c'), `#include <stdlib.h>\n${[...new Set(own)].map(name => `void ${name}(void) { abort(); }`).join('\n')}\n`);
	command(compile(runtime, folder, ['test_guestbook.c', ...tables(runtime, folder), 'own.c'], ['-fno-builtin']), []);
});

// ---- Programs ----

test('the template is built with CMake, and its test passes', () => {
	const folder = template(runtime);
	command('cmake', ['-G', 'Ninja', '-S', folder, '-B', join(folder, 'build'), `-DCMAKE_PREFIX_PATH=${runtime.prefix}`]);
	command('cmake', ['--build', join(folder, 'build')]);
	assert.match(command('ctest', ['--test-dir', join(folder, 'build'), '--output-on-failure']), /100% tests passed, 0 tests failed out of 2/);
	assert.equal(command(join(folder, 'build/mcp-guestbook'), ['version']), `mcp-guestbook 1.0.0\nmcp-server ${version}\n`);
});

test('a program that is built in a checkout of git knows its commit', () => {
	const folder = template(runtime), git = (...args) => command('git', ['-C', folder, '-c', 'user.name=me', '-c', 'user.email=me@example.com', ...args]);
	const build = () => {
		command('cmake', ['--build', join(folder, 'build')]);
		return command(join(folder, 'build/mcp-guestbook'), ['version']).split('\n')[0];
	};
	git('init', '-q');
	git('add', '.');
	git('commit', '-qm', 'A guest book');
	git('tag', 'v1.0.0');
	writeFileSync(join(folder, '.gitignore'), 'build\n', { flag: 'a' });
	command('cmake', ['-G', 'Ninja', '-S', folder, '-B', join(folder, 'build'), `-DCMAKE_PREFIX_PATH=${runtime.prefix}`]);
	assert.match(build(), /^mcp-guestbook 1\.0\.0\+v1\.0\.0(-dirty)?$/);
	git('commit', '-qam', 'Ignores what is built', '--allow-empty');
	assert.match(build(), /^mcp-guestbook 1\.0\.0\+v1\.0\.0-1-g[0-9a-f]{12}$/);
});

test('it is built with pkg-config alone, and its program has nothing of the test', () => {
	const folder = template(runtime);
	command(compile(runtime, folder, ['test_guestbook.c', ...tables(runtime, folder)]), []);
	const there = [...names(compile(runtime, folder, ['main.c', ...tables(runtime, folder)]))];
	assert.ok(there.includes('mcp__serving_start'));
	assert.deepEqual(there.filter(name => /^(mcp__)?(mcp_test|wire)_/.test(name)), []);
});

test('where it is not so, its test says what the page shows', () => {
	const folder = template(runtime), guestbook = join(folder, 'guestbook.c');
	writeFileSync(guestbook, readFileSync(guestbook, 'utf8').replace('order by at desc', 'order by at'));
	const { status, signal, stderr } = spawnSync(compile(runtime, folder, ['test_guestbook.c', ...tables(runtime, folder)]), { encoding: 'utf8' });
	const [shown] = /^ {4}test_guestbook\.c:.*\n( {4}.*\n)+/m.exec(readFileSync(join(root, 'docs/writing-a-server.md'), 'utf8'));
	const whenever = text => text.replace(/"at":"[^"]*"/g, '"at":""');
	assert.equal(signal, 'SIGABRT', `status ${status}: ${stderr}`);
	assert.equal(whenever(stderr), whenever(shown.replace(/^ {4}/gm, '')));
});

// Each line of it that ends so is one that the compiler warns of.
const careless = `#include "mcp_test.h"
struct sure { bool sure; };
static SHAPE(sure_shape, struct sure, BOOL(struct sure, sure, "Whether"));
enum mcp_answer careless(struct mcp_call *call, struct store *store, const char *text, struct mcp_test *test)
{
	struct sure sure;
	mcp_notice(text);                                                            // format-security
	mcp_log(call, MCP_INFO, text);                                               // format-security
	mcp_progress(call, 1, 2, text);                                              // format-security
	mcp_message(call, "user", text);                                             // format-security
	(void)arena_print(mcp_arena(call), text);                                    // format-security
	if (mcp_ask(call, "sure", sure_shape, &sure, text) == MCP_PENDING)           // format-security
		return MCP_WAITING;
	if (mcp_ask(call, "sure", sure_shape, &sure, "%d?", text) == MCP_PENDING)    // format=
		return MCP_WAITING;
	mcp_test_call(test, "sign", text);                                           // format-security
	mcp_test_says(mcp_test_call(test, "sign", "%d", text), "Thank you");         // format=
	store_change(store, "delete from entry", NULL, NULL);                        // unused-result
	if (text[0])
		return mcp_fail(call, text);                                         // format-security
	if (text[1])
		return mcp_not_found(call, text);                                    // format-security
	if (text[2])
		return mcp_cannot_ask(call, text);                                   // format-security
	if (text[3])
		return mcp_say(call, text);                                          // format-security
	return mcp_error(call, -32603, text);                                        // format-security
}
`;

// "line name" of each warning, which may be one in a header that names the line behind it.
const warned = text => text.split(/^(?=.*: warning: )/m).slice(1)
	.map(one => `${/careless\.c:(\d+):/.exec(one)?.[1]} ${/\[-W([a-z=-]+)\]/.exec(one)?.[1]}`).sort();

test('a text of others as a format is warned of, and a result that is dropped: with pkg-config where that is asked for, with CMake always', () => {
	const folder = temporary();
	const wanted = careless.split('\n').flatMap((line, i) => / \/\/ ([a-z=-]+)$/.test(line) ? [`${i + 1} ${/([a-z=-]+)$/.exec(line)[1]}`] : []);
	assert.ok(wanted.length > 13);
	writeFileSync(join(folder, 'careless.c'), careless);
	const words = command('pkg-config', ['--cflags', 'mcp-server'], { env: runtime.env }).trim().split(/\s+/);
	const { stderr } = spawnSync('cc', [...words, '-Wformat', '-Wformat-security', '-c', 'careless.c'], { cwd: folder, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
	assert.deepEqual(warned(stderr), wanted.sort(), stderr);
	writeFileSync(join(folder, 'CMakeLists.txt'), `cmake_minimum_required(VERSION 3.25)\nproject(careless C)\nfind_package(mcp-server 1.0 REQUIRED)
		add_library(careless OBJECT careless.c)\ntarget_link_libraries(careless PRIVATE mcp-server::mcp)\n`);
	command('cmake', ['-G', 'Ninja', '-S', folder, '-B', join(folder, 'build'), `-DCMAKE_PREFIX_PATH=${runtime.prefix}`]);
	const said = command('cmake', ['--build', join(folder, 'build')], { env: { ...process.env, LC_ALL: 'C' } });
	assert.deepEqual(warned(said), wanted, said);
});

test('a program loads what it uses', () => {
	const folder = template(runtime);
	const plain = needs(compile(runtime, folder, ['main.c', ...tables(runtime, folder)]));
	assert.ok(plain.includes('microhttpd') && plain.includes('sqlite3'), plain.join());
	for (const name of ['utf8proc', 'curl', 'pq'])
		assert.ok(!plain.includes(name), name);
	writeFileSync(join(folder, 'folds.c'), `#include <stdio.h>\n#include "fold.h"\nint main(void)\n{\n\tstruct arena *arena = arena_create();
		puts(text_fold(arena, "Crème BRÛLÉE", FOLD_ACCENTS));\n\tarena_destroy(arena);\n}\n`);
	const folds = compile(runtime, folder, ['folds.c']);
	assert.equal(command(folds, []), 'creme brulee\n');
	assert.ok(needs(folds).includes('utf8proc') && !needs(folds).includes('microhttpd'));
});

test('CMake finds no package of another major version', () => {
	const folder = template(runtime), lists = join(folder, 'CMakeLists.txt'), [major] = version.split('.');
	const wants = wanted => {
		writeFileSync(lists, `cmake_minimum_required(VERSION 3.25)\nproject(x C)\nfind_package(mcp-server ${wanted} REQUIRED)\n`);
		command('cmake', ['-S', folder, '-B', join(temporary(), 'build'), `-DCMAKE_PREFIX_PATH=${runtime.prefix}`]);
	};
	wants(`${major}.0`);
	assert.throws(() => wants(`${+major + 1}.0`), /mcp-server/);
});

test('pages and skills become part of a program', () => {
	const folder = template(runtime), lists = join(folder, 'CMakeLists.txt');
	writeFileSync(join(folder, 'page.html'), '<script>@app.js@</script><style>@app.css@</style>');
	command('mkdir', ['-p', join(folder, 'skills/greeting')]);
	writeFileSync(join(folder, 'skills/greeting/SKILL.md'), '---\nname: greeting\ndescription: When somebody is to be greeted.\n---\nGreet.\n');
	writeFileSync(join(folder, 'shows.c'), `#include <stdio.h>\n#include "mcp.h"\nextern const char page_html[];\nextern const struct mcp_file skills[];
		int main(void) { printf("%s\\n%s", skills[0].path, page_html); }\n`);
	writeFileSync(lists, `${readFileSync(lists, 'utf8')}
		add_executable(shows shows.c)
		embed_files(shows FILES page.html PARTS \${MCP_SERVER_UI})
		embed_skills(shows skills)
		target_link_libraries(shows PRIVATE mcp-server::mcp)\n`);
	command('cmake', ['-G', 'Ninja', '-S', folder, '-B', join(folder, 'build'), `-DCMAKE_PREFIX_PATH=${runtime.prefix}`]);
	command('cmake', ['--build', join(folder, 'build')]);
	const [path, ...page] = command(join(folder, 'build/shows'), []).split('\n');
	assert.equal(path, 'greeting/SKILL.md');
	assert.ok(!/@app\.(js|css)@|@currencies\.def@/.test(page.join('\n')) && page.length > 100);
});

// ---- Debian's package ----

test('Debian\'s package has the same files, and lintian has no complaint', { skip: !has('dpkg-deb') && 'this is no Debian' }, t => {
	const folder = temporary();
	command('cpack', ['-B', folder], { cwd: build });
	const [path] = globSync(join(folder, '*.deb'));
	command('dpkg-deb', ['--extract', path, join(folder, 'unpacked')]);
	const files = at => globSync('**/*', { cwd: at, withFileTypes: true }).filter(entry => entry.isFile())
		.map(entry => join(entry.parentPath, entry.name).slice(at.length + 1)).sort();
	assert.deepEqual(files(join(folder, 'unpacked/usr')).filter(name => !/\/(copyright|changelog(\.Debian)?\.gz)$/.test(name)), files(runtime.prefix));
	if (has('lintian'))
		assert.equal(command('lintian', ['--allow-root', '--display-info', '--pedantic', '--tag-display-limit', '0', path]), '');
	else
		t.diagnostic('lintian is left out: it is not installed');
});
