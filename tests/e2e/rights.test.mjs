// rights.test.mjs - PostgreSQL: what a role may not do is said before it serves, with what gives it; and a database that only can be read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { query, startIfThere } from './postgres.mjs';
import { callTool, root, run, start } from './support.mjs';

const server = await startIfThere();
const skip = !server && 'there is no PostgreSQL';
const port = server && /port=(\d+)/.exec(server.url)[1];
const as = (role, options = '') => ({ DATABASE_URL: `postgresql://127.0.0.1:${port}/shop${options}`, DATABASE_USER: role,
	DATABASE_PASSWORD: 'secret', PORT: '0', METRICS_PORT: '0' });
const roles = ['reader', 'writer', 'mute'];

before(async () => {
	if (skip)
		return;
	await server.create('shop');
	await query(server.url, ['owner', ...roles].map(role => `create role ${role} login password 'secret'`).join('; '));
	await query(server.of('shop'), 'alter schema public owner to owner');
	const { status, stderr } = await run('products', ['import', `${root}products/data/catalogue.csv`], { env: as('owner') });
	assert.equal(status, 0, stderr);
	await query(server.of('shop'), `grant usage on schema public to ${roles}; grant select on all tables in schema public to reader;
		grant select, insert, update, delete on all tables in schema public to writer; grant usage on all sequences in schema public to writer`);
});
after(() => server?.stop());

test('a role that may only read is told, by check and at the start, what it lacks on which table', { skip }, async () => {
	const words = /: permission denied for table restock; its owner gives it: grant select, insert, update, delete on restock to reader/;
	for (const command of ['check', 'serve']) {
		const { status, stderr } = await run('products', [command], { env: as('reader') });
		assert.equal(status, 2, stderr);
		assert.match(stderr, words);
		assert.doesNotMatch(stderr, /grant [a-z, ]* on category /);
	}
	// The runtime's own tables too, which a program's statements do not tell of.
	assert.match((await run('products', ['check'], { env: as('reader') })).stderr, /grant select, insert, update, delete on mcp_session to reader/);
});

test('a role that may do what the statements do serves, and one that is not the one before is looked at anew', { skip }, async () => {
	assert.equal((await run('products', ['check'], { env: as('writer') })).status, 0);
	const products = await start('products', as('writer'));
	assert.ok(!(await callTool(products, 'search_products', { words: 'tent' })).isError);
	await products.stop();
	await query(server.of('shop'), 'revoke update on product from writer');
	const { status, stderr } = await run('products', ['check'], { env: as('writer') });
	await query(server.of('shop'), 'grant update on product to writer');
	assert.equal(status, 2);
	assert.match(stderr, /permission denied for table product;/);
});

test('a role that may read nothing is told so', { skip }, async () => {
	for (const command of ['check', 'serve']) {
		const { status, stderr } = await run('products', [command], { env: as('mute') });
		assert.notEqual(status, 0);
		assert.match(stderr, /permission denied for table migration; its owner gives it: grant select on migration to mute/);
	}
});

// A hyphen, a quotation mark, a capital, a word of SQL's own: without quotes the words would be no SQL, or another role's.
for (const [role, name] of [['Read-"only"', '"Read-""only"""'], ['current_user', '"current_user"'], ['order', '"order"'], ['verbose', '"verbose"']])
test(`what gives a right is SQL that gives it, also where the role is called ${role}`, { skip }, async () => {
	await query(server.of('shop'), `create role ${name} login password 'secret'; grant usage on schema public to ${name};
		grant select on all tables in schema public to ${name}; revoke select on product from ${name}`);
	const look = async () => (await run('products', ['check'], { env: as(role) })).stderr;
	const grants = [...(await look()).matchAll(/table product; its owner gives it: (grant .*)/g)];
	assert.ok(grants.length > 0);
	for (const [, words] of grants)
		await query(server.of('shop'), words);
	assert.doesNotMatch(await look(), /table product;/);
});

test('a database that only can be read is said to be one, at once', { skip }, async () => {
	const only = '?options=-cdefault_transaction_read_only%3Don', words = /only can be read: it is a standby, or default_transaction_read_only is set/;
	for (const command of [['check'], ['serve'], ['import', `${root}products/data/catalogue.csv`]]) {
		const { status, stderr } = await run('products', command, { env: as('owner', only) });
		assert.equal(status, 1, stderr);
		assert.match(stderr, words);
		assert.doesNotMatch(stderr, /given up after \d{2,} tries/);
	}
});
