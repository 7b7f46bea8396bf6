// readme.test.mjs - the README's server is compiled and called, its settings are the ones there are.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ask, callTool, root, run, start } from './support.mjs';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the README\'s server signs and reads its guest book', async () => {
	const server = await start('guestbook');
	const signed = await callTool(server, 'sign', { name: 'Ada', words: 'Lovely shop.' });
	assert.equal(signed.content[0].text, 'Thank you, Ada.');
	const { entries } = await ask(server, 'latest', {});
	assert.deepEqual([entries[0].name, entries[0].words], ['Ada', 'Lovely shop.']);
	await server.stop();
});

test('the README\'s table has every setting, with its default', async () => {
	const help = (await run('products', ['--help'])).stdout;
	const names = [...help.matchAll(/^ {2}([A-Z][A-Z_]+) /gm)].map(match => match[1]);
	assert.ok(names.length > 30, help);
	for (const name of names)
		assert.match(readme, new RegExp(`\`${name}\``), `${name} is not in the README`);
});

test('the feature table names tests that there are', () => {
	const rows = readme.match(/^\| feature [\s\S]*?\n\n/m)[0].split('\n').slice(2).filter(Boolean);
	assert.ok(rows.length > 10);
	for (const row of rows) {
		const paths = [...row.matchAll(/`(tests\/[^`]+)`/g)].map(match => match[1]);
		assert.ok(paths.length > 0, row);
		for (const path of paths)
			assert.ok(globSync(path, { cwd: root }).length > 0, `there is no ${path}`);
	}
});
