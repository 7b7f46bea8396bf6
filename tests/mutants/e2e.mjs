// e2e.mjs - the end-to-end tests that notice slips in the server: those that take seconds, each a file of tests/e2e.
// They run against programs in a folder of build/ or elsewhere; a file ends with its first failure.
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { execute, root } from './processes.mjs';

const files = ['golden', 'bursts', 'changes', 'compat', 'deadline', 'emf', 'flow', 'input', 'lifecycle', 'lifetimes', 'limits',
	'quoting', 'revoke', 'sessions', 'shares', 'skills', 'strangers', 'streams', 'tasks', 'shared', 'tasks_shared'];
// The same again where the servers' data is on PostgreSQL; the last two above have one of their own.
const onPostgres = ['golden', 'flow', 'limits', 'revoke', 'shares', 'tasks'];

const sourcesOf = file => file === 'golden' ? globSync(['tests/golden/*/*.http', 'tests/e2e/golden*.mjs'], { cwd: root }).sort()
	: [`tests/e2e/${file}.test.mjs`, ...file.startsWith('tasks') ? ['tests/e2e/tasks.mjs'] : []];

const test = (file, database) => ({
	name: database ? `${file} on ${database}` : file,
	sources: sourcesOf(file),
	run: (folder, environment = {}, ms = 300000) => execute(process.execPath,
		['--test-reporter=tap', '--test-timeout=60000', join(root, `tests/e2e/${file}.test.mjs`)], { cwd: root, env: {
			...process.env, ...database && { DATABASE: database }, ...environment, BUILD: relative(join(root, 'build'), folder),
		} }, ms, /^ *not ok /m),
});

export const golden = test('golden');
export const endToEnd = [...files.map(file => test(file)), ...onPostgres.map(file => test(file, 'postgresql'))];
