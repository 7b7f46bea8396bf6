// includes.test.mjs - the programs see the public headers and nothing behind them; layers include
// downwards only.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { root } from './support.mjs';

const read = path => readFileSync(join(root, path), 'utf8');
const includes = path => [...read(path).matchAll(/^\s*#\s*include\s*([<"])([^>"]+)[>"]/gm)]
	.map(([, kind, name]) => ({ name, own: kind === '"' }));
const headers = folder => new Set(globSync(`${folder}/*.h`, { cwd: root }).map(path => basename(path)));

const offered = headers('server/include');
const runtime = new Set(globSync('server/**/*.h', { cwd: root }).map(path => basename(path)));
const outside = /^(microhttpd|yyjson|sqlite3|libpq-fe|openssl\/|curl\/|zlib|check)/;

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

// As server/CMakeLists.txt has it; a layer that is not named there may not exist.
const below = {
	core: [], metrics: ['core'], fold: ['core'], store: ['core'], http: ['core'], crypto: ['core'],
	auth: ['http', 'crypto'], client: ['http'], import: ['store'], schema: ['core'],
	shared: ['http', 'store'], skills: ['crypto'],
	calls: ['auth', 'metrics', 'shared', 'schema'], protocol: ['calls', 'skills'], run: ['protocol', 'import'],
};
const reach = layer => new Set([layer, ...below[layer].flatMap(next => [...reach(next)])]);

test('layers include downwards only', () => {
	const home = new Map();
	for (const layer of Object.keys(below))
		for (const header of headers(`server/${layer}`))
			home.set(header, layer);
	for (const path of globSync('server/*/*.[ch]', { cwd: root })) {
		const layer = basename(dirname(path));
		if (layer === 'include')
			continue;
		assert.ok(layer in below, `${path} is in a layer nobody knows`);
		for (const { name } of includes(path))
			if (home.has(name) && !headers('server/include').has(name))
				assert.ok(reach(layer).has(home.get(name)), `${path} includes ${name}, upwards`);
	}
});

test('every source says in its first line what it is', () => {
	for (const path of globSync('{server,products,orders}/**/*.[ch]', { cwd: root }))
		assert.match(read(path), new RegExp(`^/\\* ${basename(path).replace('.', '\\.')} - \\S`),
			path);
});
