// connections.test.mjs - how many connections to PostgreSQL a process opens, under whatever load:
// DATABASE_CONNECTIONS that its calls share, one for each of its loops, one that listens. docs/operate.md and
// Terraform multiply that by the tasks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { query, rows, startIfThere } from './postgres.mjs';
import { beginSession, callTool, eventually, exchange, orderOf, opened, pause, root, run, start, stateless } from './support.mjs';

const SHARED = 3, LOOPS = 4;
const [, EACH] = /^#define STORE_LOOP_CONNECTIONS (\d+)/m.exec(readFileSync(`${root}server/store/store_reads.h`, 'utf8'));
const SUM = SHARED + LOOPS * Number(EACH) + 1;

const server = await startIfThere();
const skip = !server && 'there is no PostgreSQL';
after(() => server?.stop());

// The most that each program had at once, looked at by the server itself each 2 ms until there is a row in `enough`.
class Watch {
	async start() {
		await query(server.url, 'create table enough (at timestamptz)');
		this.most = query(server.url, `set client_min_messages = error;
			create temp table seen (name text, pid int, at int);
			do $$
			declare
				turn int := 0;
			begin
				while not exists (select 1 from enough) loop
					perform pg_stat_clear_snapshot();
					turn := turn + 1;
					insert into seen select application_name, pid, turn from pg_stat_activity where application_name like 'mcp-%';
					perform pg_sleep(0.002);
				end loop;
			end $$;
			select coalesce(json_object_agg(name, most), '{}') from (
				select name, max(count) as most from (select name, at, count(*) from seen group by name, at) turns group by name) names`);
		this.most.catch(() => {});
		return this;
	}

	async stop() {
		await query(server.url, 'insert into enough values (now())');
		const most = JSON.parse(await this.most);
		await query(server.url, 'drop table enough');
		return most;
	}
}

// Who is connected as what, but for these tests' psql: whoever does not say what it is too.
const connected = () => rows(server.url, `select application_name as name, count(*) from pg_stat_activity
	where backend_type = 'client backend' and application_name <> 'psql' group by 1 order by 1`);

test('a process opens so many connections and never one more', { skip, timeout: 280000 }, async t => {
	for (const name of ['products', 'orders'])
		await server.create(name);
	const imported = await run('products', ['import', `${root}products/data/catalogue.csv`], { env: { DATABASE_URL: server.of('products') } });
	assert.equal(imported.status, 0, imported.stderr);
	await query(server.of('products'), 'update product set stock = 1000000');

	const settings = name => ({ DATABASE_URL: server.of(name), METRICS_PORT: 'any', LOOPS: String(LOOPS), DATABASE_CONNECTIONS: String(SHARED),
		RATE_CALLER: '0', RATE_INITIALIZE: '0' });
	const products = await start('products', settings('products'));
	const orders = await start('orders', { ...settings('orders'), PRODUCTS_URL: `http://127.0.0.1:${products.port}/mcp` });
	await pause(200);               // what they migrated with has hung up
	const watch = await new Watch().start();

	let over = false, calls = 0;
	const again = (count, work) => Array.from({ length: count }, async (_, i) => {
		for (let n = 0; !over; n++, calls++)
			await work(`${i}-${n}`);
	});
	const fine = async (...call) => {
		const result = await callTool(...call);
		assert.ok(!result.isError, result.content[0].text);
	};
	// Each request is a connection of its own, so all loops have some.
	const load = Promise.all([
		...again(24, () => fine(products, 'get_product', { sku: 'KIT-0001' })),
		...again(8, () => fine(products, 'search_products', { words: 'kitchen' })),
		...again(16, id => fine(products, 'reserve_stock', { reservation_id: id, items: [{ sku: 'KIT-0002', quantity: 1 }], minutes: 60 })),
		...again(8, id => fine(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, id))),
		...again(8, () => fine(orders, 'list_orders', {})),
		...again(4, () => beginSession(products)),
		...again(4, async () => {
			const { status } = await exchange(orders, { method: 'GET', path: '/readyz' });
			assert.equal(status, 200);
		}),
	]);
	const listening = await opened(products, {
		...stateless('subscriptions/listen', { notifications: { resourceSubscriptions: ['product://KIT-0001'] } }), until: () => over });
	// As many as there may be: what is never reached would be no bound.
	await eventually(async () => (await connected()).filter(({ count }) => count === SUM).length === 2, `two with ${SUM} connections`);
	await pause(3000);
	assert.deepEqual(await connected(), ['mcp-orders', 'mcp-products'].map(name => ({ name, count: SUM })));
	over = true;
	await load;
	const most = await watch.stop();
	t.diagnostic(`${calls} calls, with ${JSON.stringify(most)}`);
	assert.deepEqual(most, { 'mcp-products': SUM, 'mcp-orders': SUM });
	assert.ok(await products.metric('mcp_database_loop_reads_total') > 0);
	await query(server.of('products'), "notify mcp_changed, 'product://KIT-0001'");
	await listening.answer;
	await orders.stop();
	await products.stop();
	await eventually(async () => (await connected()).length === 0, 'nobody is connected any more');
});
