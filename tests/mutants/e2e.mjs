// e2e.mjs - the end-to-end tests that notice slips in the server: those that take seconds, each a file of tests/e2e.
// They run against programs in a folder of build/ or elsewhere; a file ends with its first failure.
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { execute, root } from './processes.mjs';

const files = ['golden', 'bursts', 'changes', 'compat', 'deadline', 'emf', 'flow', 'input', 'lifecycle', 'lifetimes', 'limits',
	'quoting', 'revoke', 'scopes', 'sessions', 'shares', 'sign_in', 'skills',
	'strangers', 'streams', 'tasks', 'tokens', 'shared', 'tasks_shared'];
// The same again where the servers' data is on PostgreSQL; the last two above have one of their own.
const onPostgres = ['golden', 'flow', 'limits', 'revoke', 'shares', 'tasks'];

const sourcesOf = file => file === 'golden' ? globSync(['tests/golden/*/*.http', 'tests/e2e/golden*.mjs'], { cwd: root }).sort()
	: [`tests/e2e/${file}.test.mjs`, ...file.startsWith('tasks') ? ['tests/e2e/tasks.mjs'] : []];

function test(file, { database, pattern } = {}) {
	const words = ['--test-reporter=tap', '--test-timeout=60000', ...pattern ? [`--test-name-pattern=${pattern}`] : [],
		join(root, `tests/e2e/${file}.test.mjs`)];
	return {
		name: database ? `${file} on ${database}` : file, sources: sourcesOf(file),
		run: (folder, environment = {}, ms = 300000) => execute(process.execPath, words, { cwd: root, env: {
			...process.env, ...database && { DATABASE: database }, ...environment, BUILD: relative(join(root, 'build'), folder),
		} }, ms, /^ *not ok /m),
	};
}

export const endToEnd = [...files.map(file => test(file)), ...onPostgres.map(file => test(file, { database: 'postgresql' }))];

// Of products and orders the golden exchanges: what clients are told of the tools first, which alone tells of any bound.
export const goldenOf = program => [test('golden', { pattern: `${program}-tools` }), test('golden')];
