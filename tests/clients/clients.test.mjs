// clients.test.mjs - clients of other languages tour both servers. What each of them can do stands in
// docs/clients.md; whoever suddenly can more, or less, is noticed here. CLIENTS: their names; without
// it those that are toured every day.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { root } from '../e2e/support.mjs';
import { Haproxy } from '../many/balancers.mjs';
import { steps, tour } from './tours.mjs';

const here = join(root, 'tests/clients'), built = join(root, 'build/clients');
const all = JSON.parse(readFileSync(join(here, 'clients.json'), 'utf8'));
const chosen = process.env.CLIENTS
	? process.env.CLIENTS.split(/\s+/).map(name => all.find(each => each.name === name)
		?? assert.fail(`there is no client ${name}`))
	: all.filter(each => each.daily);

// ---- The table ----

const columns = Object.keys(steps).filter(name => name !== 'connect');
const label = client => `${client.title} ${client.version}`;
const asRow = cells => `| ${cells.join(' | ')} |`;
const heading = [asRow(['client', 'revision', ...columns]), asRow([':--', ':--', ...columns.map(() => ':-:')])];

const document = readFileSync(join(root, 'docs/clients.md'), 'utf8');
const documented = document.split('\n').filter(line => /^\| .* \| 20\d\d-/.test(line));

test('the table has a row for each client and way to speak, and a reason for each no', () => {
	for (const line of heading)
		assert.ok(document.includes(line), `docs/clients.md has no line\n${line}`);
	assert.deepEqual(documented.map(row => row.split(' | ')[0]),
		all.flatMap(client => (client.modes ?? ['']).map(() => `| ${label(client)}`)));
	for (const row of documented) {
		const [client, , ...cells] = row.slice(2, -2).split(' | ');
		const title = client.replace(/ \S+$/, '');
		for (const [i, cell] of cells.entries())
			if (cell !== 'yes')
				assert.ok(document.split('\n* ').some(reason => reason.startsWith(`**${columns[i]}**`)
					&& reason.includes(title)), `docs/clients.md does not say why ${client} has "${cell}" for ${columns[i]}`);
	}
});

// ---- The tours ----

// How a tour is started, where it could be installed.
const commands = {
	go: ({ name }) => [join(built, name, 'tour')],
	rust: ({ name }) => [join(built, name, 'tour')],
	java: ({ name }) => ['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto',
		'-cp', `${join(built, name, 'classes')}:${join(built, name, 'jars/*')}`, 'Tour'],
	python: ({ name }) => [join(built, name, 'bin/python'), join(here, 'python', name, 'tour.py')],
	node: ({ name }) => [process.execPath, join(here, 'node', name, 'tour.mjs')],
};
const environment = ({ name }, mode) => ({
	MODE: mode, MODULES: join(built, name),
	PYTHONPATH: join(here, 'python'), PYTHONDONTWRITEBYTECODE: '1',
});

const haproxy = [join(root, 'build/bin'), ...process.env.PATH.split(':'), '/usr/sbin']
	.some(folder => existsSync(join(folder, 'haproxy')));
// Why a client can't be had here; one that is only not installed fails.
const left = ({ name }) => existsSync(join(built, name, 'left-out'))
	&& readFileSync(join(built, name, 'left-out'), 'utf8').trim();

const seen = [];

// A tour's row in the table, which must be the documented one.
async function compare(client, mode, balancer) {
	assert.ok(existsSync(join(built, client.name, 'installed')), `it is not installed: ./dev test-clients ${client.name}`);
	const { status, said, results } =
		await tour(commands[client.language](client), environment(client, mode), balancer);
	const revision = results.connect?.seen?.revision ?? 'none';
	const row = asRow([label(client), revision, ...columns.map(name => results[name]?.can ?? 'not taken')]);
	if (!balancer)
		seen.push(row);
	const why = Object.entries(results).filter(([, { can }]) => can !== 'yes')
		.map(([name, { can, why }]) => `${name}: ${can}: ${why}`).join('\n');
	if (process.env.EXPLAIN)
		console.log(`${row}\n${why}\n${said.slice(-3000)}`);
	assert.equal(status, 0, said.slice(-3000));
	assert.equal(row, documented.find(each => each.startsWith(`| ${label(client)} | ${revision} |`)), why);
}

describe('tours', { concurrency: 2 }, () => {
	for (const client of chosen)
		for (const mode of client.modes ?? [''])
			test(`${label(client)} ${mode}`, { skip: left(client) }, async () => {
				await compare(client, mode);
			});

	// One client in both eras, through what stands before the servers in the stack.
	const client = chosen.find(({ modes }) => modes?.length > 1);
	for (const mode of client?.modes ?? [])
		test(`${label(client)} ${mode} sees the same behind HAProxy`,
			{ skip: left(client) || (!haproxy && 'there is no haproxy') }, () => compare(client, mode, new Haproxy()));
});

after(() => {
	mkdirSync(built, { recursive: true });
	const order = row => documented.findIndex(each => each.split(' | ').slice(0, 2).join() === row.split(' | ').slice(0, 2).join());
	seen.sort((a, b) => order(a) - order(b));
	writeFileSync(join(built, 'table.md'), `${[...heading, ...seen].join('\n')}\n`);
});
