// programs.test.mjs - what the pages say of the programs is so: the guest book, settings, scopes, features.
import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, callTool, exchange, root, run, start } from '../e2e/support.mjs';
import { files, read, rows } from './pages.mjs';

// ---- What has to be installed ----

test('the README names every library that ./dev wants', () => {
	const [, list] = /^LIBRARIES='([^']+)'/m.exec(read('dev'));
	const wanted = list.replace(/ >= \S+/g, '').split(' ').map(name => name.replace(/^lib|-[\d.]+$|(?<=sqlite)3$/g, ''));
	const [, told] = /^On Debian ([\s\S]*?)\n\n/m.exec(read('README.md'));
	assert.ok(wanted.length > 8);
	assert.deepEqual(wanted.filter(name => !told.toLowerCase().includes(name)), []);
});

// ---- The guest book ----

const program = read('docs/template/guestbook.c');

// [page, file, block] of what is shown of the template, or of another file by its path, each block with that name.
const shown = files.filter(path => /^(README|docs\/.*)\.md$/.test(path)).flatMap(page =>
	[...read(page).matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, file, block]) => [page, file, block]))
	.map(([page, file, block]) => [page, existsSync(join(root, 'docs/template', file)) ? `docs/template/${file}` : file, block])
	.filter(([, file]) => existsSync(join(root, file)));

test('the pages show the template as it is', () => {
	for (const [where, file] of [['writing-a-server', 'guestbook.c'], ['writing-a-server', 'main.c'], ['writing-a-server', 'test_guestbook.c'],
		['writing/pages', 'ui/latest.html']])
		assert.equal(shown.find(([page, name]) => page === `docs/${where}.md` && name === `docs/template/${file}`)?.[2], read(`docs/template/${file}`));
});

test('what pages show of a file is in it', () => {
	assert.ok(shown.length > 5);
	for (const [page, file, block] of shown)
		assert.ok(read(file).includes(block), `${page}: ${block}`);
});

test('the guest book signs and is read', async () => {
	const server = await start('documented');
	assert.deepEqual(await ask(server, 'latest', {}), { entries: [] });
	const signed = await callTool(server, 'sign', { name: 'Ada', words: 'Lovely shop.' });
	assert.equal(signed.content[0].text, 'Thank you, Ada.');
	const { entries } = await ask(server, 'latest', {});
	assert.deepEqual([entries[0].name, entries[0].words], ['Ada', 'Lovely shop.']);
	await server.stop();
});

// A page, a command or a setting that speaks of the sample programs' things would do so in everybody's program.
const foreign = /.*\b(products?|orders|shop|catalogue)(?![a-z]).*/i;

test('what the runtime prints in a program speaks of nobody else\'s things', async () => {
	const { stdout: help } = await run('documented', ['help']);
	const commands = [...help.split('Commands:')[1].split('Settings:')[0].matchAll(/^  ([a-z]+)\b/gm)].map(([, name]) => name);
	assert.ok(commands.length > 8, help);
	const wrong = [{ DATABASE_URL: 'sqlite:' }, { METRICS_EMF: 'a b' }, { OAUTH_ISSUER: 'https://id.example' },
		{ OAUTH_ISSUER: 'https://id.example', PUBLIC_URL: 'https://mcp.example/mcp', OAUTH_SCOPES: '*' }, { API_KEYS: 'ann' },
		{ HOST: '0.0.0.0' }];
	const runs = [
		...commands.filter(name => name !== 'serve').flatMap(name => [[[name]], [[name, '--help']], [[name, 'a', 'b', 'c']]]),
		[['key', 'ann', '*']], [['backup', 'copy.db']], [['--nothing']], ...wrong.map(settings => [[], settings]),
		// It has more commands, and is a client of products.
		[['import'], {}, 'guestbook-whole'], [['import', '--help'], {}, 'guestbook-whole'],
		[['import', 'https://'], {}, 'guestbook-whole'], [['import', 'none.csv'], {}, 'guestbook-whole'],
	];
	for (const [args, settings, name = 'documented'] of runs) {
		const { stdout, stderr } = await run(name, args, { env: { PORT: '0', METRICS_PORT: '0', ...settings } });
		assert.equal(foreign.exec(stdout + stderr)?.[0], undefined, args.join(' '));
	}
	const server = await start('documented');
	const { text } = await exchange(server, { method: 'GET', path: '/', headers: { Accept: 'text/html' } });
	await server.stop();
	assert.match(text, /<html/);
	assert.equal(foreign.exec(text + server.log)?.[0], undefined);
});

test('what the README shows of it is in it', () => {
	const [, shown] = /```c\n([\s\S]*?)```/.exec(read('README.md'));
	const parts = shown.split(/^(?=static )/m);
	assert.ok(parts.length > 1);
	for (const part of parts)
		assert.ok(program.includes(part.trim()), part);
});

// ---- Settings ----

// As `help` says them, in three columns: [name, default, meaning]. The meaning goes on below, and begins there beside a long default.
async function settings(name) {
	const lines = (await run(name, ['help'])).stdout.split('\nSettings:')[1].split('\n\n')[1].split('\n');
	const column = lines[0].indexOf('Address'), found = [];
	for (const line of lines) {
		const long = /\S/.test(line[column - 1] ?? ' ');
		const [setting, standard = ''] = line.slice(0, long ? undefined : column).trim().split(/ +/);
		const about = long ? '' : line.slice(column);
		if (setting)
			found.push([setting, standard, about]);
		else
			found.at(-1)[2] = `${found.at(-1)[2]} ${about}`.trim();
	}
	return found;
}

const cells = table => table.map(row => row.map(cell => cell.replace(/^`(.*)`$/, '$1')));

const served = Object.keys(JSON.parse(read('services.json')));

test('the table of settings is what the programs say', async () => {
	const page = read('docs/settings.md');
	const [ours, own] = ['settings', 'own settings'].map(words => cells(rows(page.split(`<!-- ${words} -->`)[1].split(`<!-- /${words} -->`)[0])).slice(1));
	const tables = Object.fromEntries(await Promise.all(served.map(async name => [name, await settings(name)])));
	const { products } = tables;
	const first = own.map(([, setting]) => products.findIndex(([name]) => name === setting)).filter(at => at >= 0);
	const common = Math.min(...first);
	assert.ok(common > 40);
	const line = ([setting, standard, about]) => `| \`${setting}\` | ${standard && `\`${standard}\``} | ${about} |`;
	for (let i = 0; i < common; i++)
		assert.equal(line(ours[i] ?? ['', '', '']), line(products[i]));
	assert.equal(ours.length, common);
	// One without a database has nothing of one; what it has of them is the same.
	const shared = new Map(products.slice(0, common).map(([setting, , about]) => [setting, about]));
	for (const [setting, , about] of Object.values(tables).flat().filter(([name]) => shared.has(name)))
		assert.equal(about, shared.get(setting), setting);
	const told = ([name, table]) => table.filter(([setting]) => !shared.has(setting)).map(row => `| ${name} ${line(row)}`);
	const written = own.flatMap(([names, ...row]) => names.split(', ').map(name => `| ${name} ${line(row)}`));
	assert.deepEqual(written.sort(), Object.entries(tables).flatMap(told).sort());
});

test('other pages say of a setting what that table says', () => {
	const known = rows(read('docs/settings.md')).map(row => row.join('|'));
	const row = /^\| `[A-Z_]+` \| (`[^`]*`)? +\| .*\|$/gm;
	assert.ok(read('README.md').match(row).length > 5);
	for (const page of files.filter(path => /^(README|docs\/.*)\.md$/.test(path)))
		for (const [line] of read(page).matchAll(row))
			assert.ok(known.includes(rows(line)[0].join('|')), `${page}: ${line}`);
});

// Where they stand: of a tool, or named once for several, of which each may be enough ("a b").
const asked = name => [...new Set(globSync(`${name}/*.{c,h}`, { cwd: root }).flatMap(path =>
	[...read(path).matchAll(/(?:\.scope = |^#define \w+ )"(\w+:\w+(?: \w+:\w+)*)"/gm)].flatMap(([, scopes]) => scopes.split(' '))))].sort();

test('the scopes are those that are asked for', () => {
	const [, told] = /^Scopes: ([\s\S]*?)\.\n/m.exec(read('docs/settings.md'));
	assert.deepEqual([...told.matchAll(/`([^`]+)`/g)].map(([, scope]) => scope).sort(), served.flatMap(asked).sort());
});

test('services.json has them too, each in words for whoever is asked at a sign-in', () => {
	for (const [name, { scopes }] of Object.entries(JSON.parse(read('services.json'))))
		assert.deepEqual(Object.keys(scopes).sort(), asked(name), name);
});

// ---- Features ----

test('the feature table names tests that there are, and revisions that are tried', () => {
	const [, table] = /^(\| feature [\s\S]*?\n)\n/m.exec(read('docs/features.md'));
	const features = rows(table).slice(1);
	assert.ok(features.length > 10);
	const tried = readdirSync(join(root, 'tests/golden'));
	for (const [feature, revisions, proofs] of features) {
		const paths = [...proofs.matchAll(/`(tests\/[^`]+)`/g)].map(([, path]) => path);
		assert.ok(paths.length > 0, feature);
		for (const path of paths)
			assert.ok(globSync(path, { cwd: root }).length > 0, `there is no ${path}`);
		for (const [revision] of `${feature} ${revisions}`.matchAll(/\d{4}-\d\d-\d\d/g))
			assert.ok(tried.includes(revision), feature);
	}
});
