// golden.test.mjs - plays every golden exchange against the real servers, each file as a test.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { constants, fill, play, readGolden } from './golden.mjs';
import { root, start } from './support.mjs';

const folder = join(root, 'tests/golden');
const files = globSync('*/*.http', { cwd: folder }).sort();
const servers = new Map();

// Files that want the same settings and data share a server.
function serverFor(file, { program, settings, data }) {
	const filled = Object.fromEntries(Object.entries(settings).map(([name, value]) =>
		[name, fill(value, constants)]));
	const given = data && { data: data.map(path => resolve(folder, dirname(file), path)) };
	const key = JSON.stringify([program, filled, given]);
	if (!servers.has(key))
		servers.set(key, start(program, { MCP_BUILD: 'golden', ...filled }, given));
	return servers.get(key);
}

after(async () => {
	const results = await Promise.allSettled([...servers.values()].map(async server =>
		(await server).stop()));
	for (const result of results)
		assert.equal(result.status, 'fulfilled', result.reason?.message);
});

test('there are golden exchanges of every revision', () => {
	for (const revision of ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'])
		assert.ok(files.some(file => file.startsWith(revision)), revision);
});

for (const file of files)
	test(`golden ${file.replace('.http', '')}`, async () => {
		const golden = readGolden(readFileSync(join(folder, file), 'utf8'));
		await play(golden, await serverFor(file, golden), `tests/golden/${file}`);
	});
