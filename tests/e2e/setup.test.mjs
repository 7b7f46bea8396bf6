// setup.test.mjs - the command `setup` on a server of its own: roles, databases, rights, passwords.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { query, startIfThere } from './postgres.mjs';
import { ask, root, run, start, temporary } from './support.mjs';

const server = await startIfThere();
const skip = !server && 'there is no PostgreSQL';
after(() => server?.stop());

const port = server && /port=(\d+)/.exec(server.url)[1];
const over = database => `postgresql://127.0.0.1:${port}/${database}`;
const master = { SETUP_USER: 'master', SETUP_PASSWORD: 'the-masters-secret' };
const shop = { DATABASE_USER: 'shop', DATABASE_PASSWORD: 'it\'s "ours" $1 \\ %41 é' };

// As whoever, over TCP, where a password is asked for.
const as = (user, password, database, sql) => query(
	`${over(database)}?user=${encodeURIComponent(user)}&password=${encodeURIComponent(password)}`, sql);

async function setup(env, program = 'products') {
	const result = await run(program, ['setup'], { env });
	for (const secret of [env.DATABASE_PASSWORD, env.SETUP_PASSWORD].filter(Boolean))
		assert.ok(!(result.stdout + result.stderr).includes(secret), 'it tells a password');
	return result;
}

const catalogue = { DATABASE_URL: server && over('shop products'.replace(' ', '%20')), ...master, ...shop };

test('a master like a managed service has makes it all, also where several do at once', { skip }, async () => {
	// No superuser: it may make roles and databases.
	await query(server.url, `create role master login createrole createdb password '${master.SETUP_PASSWORD}'`);
	await query(server.url, "alter system set log_statement = 'all'");
	await query(server.url, 'select pg_reload_conf()');
	const results = await Promise.all(Array.from({ length: 5 }, () => setup(catalogue)));
	for (const { status, stderr } of results)
		assert.equal(status, 0, stderr);
	const said = results.map(({ stdout }) => stdout).join('');
	assert.equal(said.match(/role was made/g).length, 1, said);
	assert.equal(said.match(/database was made/g).length, 1, said);
	assert.equal(said.match(/shop%20products is ready/g).length, 5);
});

// Tables of the state too, so that no server finds that it has to make some, nor setup ones it does not know.
test('all that a server needs is there, and known when it comes again', { skip }, async () => {
	assert.equal(await query(server.of('shop%20products'), "select to_regclass('mcp_session') is not null"), 't');
	const again = await setup(catalogue);
	assert.equal(again.status, 0, again.stderr);
	assert.equal(again.stderr, '');
});

test('the role has what it needs and nothing more', { skip }, async () => {
	const attributes = await query(server.url, `select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
		from pg_roles where rolname = 'shop'`);
	assert.equal(attributes, 'f|f|f|f|f');
	assert.equal(await query(server.of('shop%20products'), `select nspowner::regrole, has_schema_privilege('public',
		'public', 'create') from pg_namespace where nspname = 'public'`), 'shop|f');
	assert.equal(await query(server.of('shop%20products'),
		"select string_agg(distinct tableowner, ',') from pg_tables where schemaname = 'public'"), 'shop');
	assert.equal(await query(server.url, `select has_database_privilege('shop', 'shop products', 'connect'),
		has_database_privilege('shop', 'shop products', 'create'), pg_encoding_to_char(encoding), datcollate
		from pg_database where datname = 'shop products'`), 't|f|UTF8|C');
	assert.equal(await query(server.url, `select count(*) from pg_auth_members where roleid = 'shop'::regrole`), '0');
});

test('others may not sign in to its database', { skip }, async () => {
	const other = { DATABASE_URL: over('orders'), DATABASE_USER: 'or"ders', DATABASE_PASSWORD: 'another', ...master };
	assert.equal((await setup(other, 'orders')).status, 0);
	await assert.rejects(as('or"ders', 'another', 'shop%20products', 'select 1'), /permission denied/);
	await assert.rejects(as(shop.DATABASE_USER, shop.DATABASE_PASSWORD, 'orders', 'select 1'), /permission denied/);
	assert.equal(await as('or"ders', 'another', 'orders', 'select count(*) from orders'), '0');
});

test('a server serves with that role', { skip }, async () => {
	const { SETUP_USER, SETUP_PASSWORD, ...env } = catalogue;
	const file = join(temporary(), 'one.csv');
	writeFileSync(file, 'sku,name,price,currency,stock\nA-1,Teapot,12.50,GBP,3\n');
	assert.equal((await run('products', ['import', file], { env })).status, 0);
	const products = await start('products', env);
	assert.equal((await ask(products, 'get_product', { sku: 'a-1' })).name, 'Teapot');
	assert.ok(!products.log.includes(shop.DATABASE_PASSWORD));
	await products.stop();
});

test('again it changes nothing; with another password it changes that', { skip }, async () => {
	const verifier = () => query(server.url, "select rolpassword from pg_authid where rolname = 'shop'");
	const before = await verifier();
	assert.match(before, /^SCRAM-SHA-256\$/);
	const again = await setup(catalogue);
	assert.equal(again.status, 0, again.stderr);
	assert.match(again.stdout, /role was there, the database was there/);
	assert.equal(await verifier(), before);

	const changed = await setup({ ...catalogue, DATABASE_PASSWORD: 'a-new-one' });
	assert.equal(changed.status, 0, changed.stderr);
	assert.match(changed.stdout, /has a new password/);
	await assert.rejects(as('shop', shop.DATABASE_PASSWORD, 'shop%20products', 'select 1'), /authentication failed/);
	assert.equal(await as('shop', 'a-new-one', 'shop%20products', 'select count(*) from product'), '1');
});

test('no password stands in the log of PostgreSQL', { skip }, async () => {
	const data = await query(server.url, 'show data_directory');
	const log = readFileSync(join(dirname(data), 'server.log'), 'utf8');
	assert.match(log, /alter role "shop" login password 'SCRAM-SHA-256/);
	for (const secret of ['a-new-one', 'another', "it's", "it''s"])
		assert.ok(!log.includes(`'${secret}`), secret);
});

const refused = {
	'a wrong password of the master': [{ SETUP_PASSWORD: 'a-wrong-secret' }, /SETUP_USER.*authentication failed/],
	'nobody there': [{ DATABASE_URL: 'postgresql://127.0.0.1:1/shop' }, /SETUP_USER.*refused/],
	'no database named': [{ DATABASE_URL: server && `postgresql://127.0.0.1:${port}` }, /names no database/],
	'no password for the role': [{ DATABASE_PASSWORD: '' }, /DATABASE_PASSWORD/],
	'a superuser': [{ DATABASE_USER: 'postgres' }, /superuser/],
	'the master itself': [{ DATABASE_USER: 'master' }, /a role of its own/],
	'a URL that is none': [{ DATABASE_URL: 'postgresql://shop:p%zz@127.0.0.1/x' }, /not of the form/],
};
for (const [what, [env, words]] of Object.entries(refused))
	test(`${what} is refused in words`, { skip }, async () => {
		const { status, stderr } = await setup({ ...catalogue, ...env });
		assert.equal(status, 1);
		assert.match(stderr, words);
	});

test('a master without the right to is told so', { skip }, async () => {
	await query(server.url, "create role weak login password 'weak'");
	const { status, stderr } = await setup({ ...catalogue, DATABASE_USER: 'fresh', SETUP_USER: 'weak', SETUP_PASSWORD: 'weak' });
	assert.equal(status, 1);
	assert.match(stderr, /role cannot be made.*permission denied/);
});

test('what was brought back can be looked at, and is left as it is', { skip }, async () => {
	const check = (env, program = 'products') => run(program, ['check'], { env: { ...catalogue, ...env } });
	await setup(catalogue);
	const { status, stdout, stderr } = await check();
	assert.equal(status, 0, stderr);
	assert.match(stdout, /can be read: \d+ migrations; products: 1 \(.*\)\.$/m);
	// An empty database is none of ours, and does not become one.
	await query(server.url, 'create database hollow');
	for (let i = 0; i < 2; i++) {
		const hollow = await check({ DATABASE_URL: `postgresql://127.0.0.1:${port}/hollow` });
		assert.equal(hollow.status, 1);
		assert.match(hollow.stderr, /the database can't be read/);
	}
	assert.equal((await check({ DATABASE_URL: 'postgresql://127.0.0.1:1/shop' })).status, 1);
});

test('SQLite needs nobody, and gets its tables', async () => {
	const { status, stdout } = await run('products', ['setup'], { env: { DATABASE_URL: `sqlite:${join(temporary(), 'p.db')}` } });
	assert.equal(status, 0);
	assert.match(stdout, /is ready/);
});

test('docs/mistakes.md shows what is said where nothing is wrong', async () => {
	const [, shown] = /\$ mcp-guestbook check\n([\s\S]*?)\n\n/.exec(readFileSync(join(root, 'docs/mistakes.md'), 'utf8'));
	const { status, stdout, stderr } = await run('documented', ['check'], { env: { DATABASE_URL: '' } });
	assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${shown.replaceAll(/^    /gm, '')}\n`, stderr: '' });
});

test('an SQLite database that is not there is not made by looking at it', async () => {
	const folder = temporary(), env = { DATABASE_URL: `sqlite:${join(folder, 'g.db')}` };
	const { status, stderr } = await run('documented', ['check'], { env });
	assert.equal(status, 1);
	assert.match(stderr, /a file that is not there/);
	assert.deepEqual(readdirSync(folder), []);
	// One that was set up is told of; who says nothing of what to count is told no number.
	assert.equal((await run('documented', ['setup'], { env })).status, 0);
	const there = await run('documented', ['check'], { env });
	assert.equal(there.status, 0, there.stderr);
	assert.match(there.stdout, /g\.db can be read: 1 migration\.$/m);
});
