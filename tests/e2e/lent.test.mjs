// lent.test.mjs - many calls, few connections to PostgreSQL: an outage while 200 wait for one, and one
// caller's slow statements beside another's quick ones.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { query, rows, startIfThere } from './postgres.mjs';
import { Between, freePort } from './raw.mjs';
import { callTool, eventually, exchange, keyLines, keys, root, run, start } from './support.mjs';

const server = await startIfThere();
const skip = !server && 'there is no PostgreSQL';
after(() => server?.stop());

async function stocked(name) {
	await server.create(name);
	const result = await run('products', ['import', `${root}products/data/catalogue.csv`],
		{ env: { DATABASE_URL: server.of(name) } });
	assert.equal(result.status, 0, result.stderr);
}

const connectionsTo = async name => (await rows(server.url,
	`select count(*) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`))[0].count;

async function metric(port, name) {
	const { text } = await exchange({ port }, { method: 'GET', path: '/metrics' });
	return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)[1]);
}

const reserve = (products, id, options) => callTool(products, 'reserve_stock',
	{ reservation_id: id, items: [{ sku: 'KIT-0002', quantity: 1 }], minutes: 60 }, options);

test('200 calls for whom the database is away end in words, and none keeps it away', { skip, timeout: 280000 }, async t => {
	await stocked('away');
	await query(server.of('away'), "update product set stock = 1000000 where sku = 'KIT-0002'");
	const between = await new Between(/port=(\d+)/.exec(server.url)[1]).start();
	const metrics = await freePort();
	const products = await start('products', { DATABASE_URL: `postgresql://127.0.0.1:${between.port}/away`,
		DATABASE_USER: 'postgres', DATABASE_PASSWORD: 'secret', METRICS_PORT: String(metrics) });
	const all = what => Promise.all(Array.from({ length: 200 }, (_, i) => reserve(products, `${what}-${i}`)));
	assert.ok((await all('before')).every(result => !result.isError));
	// Four that are lent, one that listens.
	assert.ok(await connectionsTo('away') <= 5);

	between.frozen = true;
	const asked = between.asked, began = Date.now(), results = await all('meanwhile'), took = Date.now() - began;
	t.diagnostic(`all ended within ${took} ms, after ${between.asked - asked} attempts to connect`);
	for (const result of results)
		assert.match(result.content[0].text, /unavailable; try again shortly/);
	assert.ok(took < 45000, `${took} ms`);
	// Each of four may have tried, and the state's; from then on one after each pause.
	assert.ok(between.asked - asked < 30, `${between.asked - asked}`);
	assert.match(products.log, /did not answer in time/);

	between.frozen = false;
	between.cut();
	await eventually(async () => !(await reserve(products, `after-${Date.now()}`)).isError, 'a reservation after the outage');
	assert.ok((await all('after')).every(result => !result.isError));
	assert.ok(await connectionsTo('away') <= 5);
	assert.ok(await metric(metrics, 'mcp_database_connections') <= 4);
	assert.ok(await metric(metrics, 'mcp_workers_busy') <= 1);
	// What was refused may have been done, once.
	const found = await rows(server.of('away'), `select count(*), sum(i.quantity) as units from reservation r
		join reservation_item i on i.reservation_id = r.id`);
	assert.equal(found[0].units, found[0].count);
	await products.stop();
	between.stop();
});

test("one caller's slow statements do not hold another's quick ones", { skip, timeout: 280000 }, async () => {
	await stocked('slow');
	await query(server.of('slow'), "update product set stock = 1000000 where sku = 'KIT-0002'");
	const products = await start('products', { DATABASE_URL: server.of('slow'), API_KEYS: keyLines });
	const as = name => ({ headers: { Authorization: `Bearer ${keys[name]}` } });
	const look = () => callTool(products, 'get_product', { sku: 'KIT-0001' }, as('other'));
	assert.ok(!(await look()).isError);
	// Whoever wants to reserve waits behind this one.
	const holds = query(server.of('slow'), `begin; lock table reservation in exclusive mode;
		select pg_sleep(4); commit`);
	await eventually(async () => (await rows(server.url,
		"select 1 from pg_stat_activity where query like '%pg_sleep(4)%' and pid <> pg_backend_pid()")).length > 0, 'a table that is held');
	let ended = 0;
	const slow = Array.from({ length: 100 }, async (_, i) => {
		const result = await reserve(products, `slow-${i}`, as('staff'));
		ended++;
		return result;
	});
	await eventually(async () => (await rows(server.url,
		"select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = 'slow'")).length >= 3, 'three that wait for it');
	for (let i = 0; i < 20; i++)
		assert.ok(!(await look()).isError);
	assert.equal(ended, 0, 'the quick ones waited for the slow ones');
	await holds;
	for (const result of await Promise.all(slow))
		assert.ok(!result.isError, result.content[0].text);
	await products.stop();
});
