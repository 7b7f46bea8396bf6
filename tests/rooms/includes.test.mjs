// includes.test.mjs - the programs see the public headers and nothing behind them; every source says what
// it is.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const read = path => readFileSync(join(root, path), 'utf8');
const includes = path => [...read(path).matchAll(/^\s*#\s*include\s*([<"])([^>"]+)[>"]/gm)]
	.map(([, kind, name]) => ({ name, own: kind === '"' }));
const headers = folder => new Set(globSync(`${folder}/*.h`, { cwd: root }).map(path => basename(path)));

const offered = headers('server/include');
const runtime = new Set(globSync('server/**/*.h', { cwd: root }).map(path => basename(path)));
const outside = /^(microhttpd|yyjson|sqlite3|libpq-fe|openssl\/|curl\/|zlib|yaml|expat|check)/;

for (const program of ['products', 'orders'])
	test(`${program} includes only what is offered to programs`, () => {
		const own = headers(program);
		for (const path of globSync(`${program}/*.[ch]`, { cwd: root }))
			for (const { name, own: quoted } of includes(path)) {
				const fine = quoted ? own.has(name) || offered.has(name)
					: !runtime.has(name) && !outside.test(name);
				assert.ok(fine, `${path} includes ${name}`);
			}
	});

test('every source says in its first line what it is', () => {
	for (const path of globSync('{server,products,orders,ops}/**/*.[ch]', { cwd: root }))
		assert.match(read(path), new RegExp(`^/\\* ${basename(path).replace('.', '\\.')} - \\S`),
			path);
});
