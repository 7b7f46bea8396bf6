// symbols.mjs - what rooms call of each other once they are compiled: a declaration of one's own, or one in
// server/include, leads anywhere without an include.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reach } from './scan.mjs';

// [{ object, symbol }] of a library, those that it has or those that it wants.
const nm = (library, which) => [...execFileSync('nm', ['-A', '-g', which, library], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 })
	.matchAll(/:([^:\s]+\.o): *(?:[0-9a-f]+)? +[A-Za-z] (\S+)$/gm)].map(([, object, symbol]) => ({ object, symbol }));

// As check(), of what was built in build/PRESET.
export function checkSymbols({ rooms }, root, preset) {
	const libraries = rooms.flatMap(room => room.libraries.map(name => ({ room, path: join(root, 'build', preset, name) })));
	const missing = libraries.filter(({ path }) => !existsSync(path));
	if (missing.length)
		return missing.map(({ path }) => `${path} is not there: ./dev build ${preset}`);
	const homes = new Map();
	for (const { room, path } of libraries)
		for (const { symbol } of nm(path, '--defined-only'))
			homes.set(symbol, [...homes.get(symbol) ?? [], room]);
	return libraries.flatMap(({ room, path }) => {
		const seen = reach(room, one => one.sees).add(room);
		return nm(path, '--undefined-only')
			.filter(({ symbol }) => homes.has(symbol) && !homes.get(symbol).some(home => seen.has(home)))
			.map(({ object, symbol }) => `${room.folder}/${object.replace(/\.o$/, '')} uses ${symbol} of ${homes.get(symbol)[0].name}, which ${room.name} does not see`);
	});
}
