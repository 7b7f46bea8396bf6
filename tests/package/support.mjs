// support.mjs - the runtime installed under a prefix, and programs that are built with it.
//
// It is that of the release build: what would be installed is made anew where something changed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root, temporary } from '../e2e/support.mjs';

export const build = join(root, 'build/release');
export const version = /^project\(\S+ VERSION (\S+)/m.exec(readFileSync(join(root, 'CMakeLists.txt'), 'utf8'))[1];

export const has = (program, ...words) => spawnSync(program, words.length ? words : ['--version']).status === 0;

// A command to its end; what it printed.
export function command(program, args, options = {}) {
	const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
	assert.equal(status, 0, `${program} ${args.join(' ')}:\n${error ?? ''}${stdout}\n${stderr}`);
	return stdout;
}

// { prefix, library, headers, environment of pkg-config }
export function install() {
	const prefix = temporary();
	command('cmake', ['--build', build, '--target', 'package_library']);
	command('cmake', ['--install', build, '--prefix', prefix, '--component', 'libmcp-server-dev']);
	const [library] = globSync('lib/**/libmcp-server.a', { cwd: prefix });
	return {
		prefix, library: join(prefix, library), include: join(prefix, 'include/mcp-server'),
		env: { ...process.env, PKG_CONFIG_PATH: join(prefix, library, '../pkgconfig') },
	};
}

// The template, in a folder of its own.
export function template({ prefix }) {
	const folder = join(temporary(), 'guestbook');
	cpSync(join(prefix, 'share/mcp-server/template'), folder, { recursive: true });
	return folder;
}

// Its sources but main(), for who builds it without CMake: also the page, which embed_files() would write as C.
export function tables({ prefix }, folder) {
	const [script] = globSync('lib/**/embed_files.cmake', { cwd: prefix });
	const parts = globSync(join(prefix, 'share/mcp-server/ui/*')).join(';');
	command('cmake', ['-DIN=ui/latest.html', '-DOUT=latest_html.c', '-DSYMBOL=latest_html', `-DPARTS=${parts}`, '-P', join(prefix, script)], { cwd: folder });
	return ['guestbook.c', 'latest_html.c'];
}

export const names = library => new Set(command('nm', ['-P', '--extern-only', '--defined-only', library]).split('\n')
	.map(line => line.split(' ')).filter(([, type]) => type?.length === 1).map(([name]) => name));

export const headersOf = ({ include }) => globSync('*.h', { cwd: include }).sort();

// What the compiler says that some headers declare, and what they take in.
export function declared({ include }, headers) {
	const folder = temporary(), source = join(folder, 'all.c');
	writeFileSync(source, headers.map(name => `#include "${name}"\n`).join(''));
	command('gcc', ['-std=c17', `-I${include}`, '-fsyntax-only', '-aux-info', join(folder, 'said'), source]);
	const found = readFileSync(join(folder, 'said'), 'utf8').matchAll(/^\/\* (\S+):\d+:\S+ \*\/ (?!static)[^(]*?(\w+) \(/gm);
	return new Set([...found].filter(([, path]) => path.startsWith(include)).map(([, , name]) => name));
}

// A program of sources, linked as pkg-config says; some compilers would leave out by themselves what is not used.
export function compile({ env }, folder, sources, options = []) {
	const words = command('pkg-config', ['--cflags', '--libs', 'mcp-server'], { env }).trim().split(/\s+/);
	const program = join(folder, basename(sources[0], '.c'));
	command('cc', ['-std=c17', '-Wall', '-Wextra', '-Werror', ...options, '-Wl,--no-as-needed', ...sources, '-o', program, ...words], { cwd: folder });
	return program;
}

export const needs = program => [...command('readelf', ['-d', program], { env: { ...process.env, LC_ALL: 'C' } })
	.matchAll(/\(NEEDED\).*\[lib([a-z0-9]+)/g)].map(([, name]) => name);
