// stack.test.mjs - ./dev up as a person uses it: official clients through its TLS, servers that are
// killed and stopped under load, the dashboards' queries, health-check.sh, and ./dev down.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { clients } from '../e2e/clients.mjs';
import { Desktop } from '../e2e/desktop.mjs';
import { orderOf, pause, root } from '../e2e/support.mjs';
import { Stack } from './stack.mjs';
import { command, docker, inspect, listed, needsDocker, output, tryDocker, unique, until } from './support.mjs';

const skus = ['KIT-0001', 'GAR-0001', 'TOY-0001', 'TEX-0001'];
const kept = name => listed[name].database !== false;          // in a database, so that there are two of it
const services = Object.keys(listed).flatMap(name => (kept(name) ? [`${name}-a`, `${name}-b`] : [`${name}-a`]));

describe('the stack', { ...needsDocker, timeout: 600000 }, () => {
	const stack = new Stack();
	const settled = new Map();              // orders that were confirmed, by their key
	const stocked = new Map();              // what there was before any of them

	before(async () => {
		await stack.up();
		// More of each than a fast machine sells in the time.
		for (const sku of skus)
			stocked.set(sku, (await stack.ask(stack.products, 'update_product', { sku, stock_change: 1000000 })).stock);
	}, { timeout: 400000 });
	after(() => existsSync(stack.folder) && stack.down('--volumes'), { timeout: 120000 });

	const healthy = async service =>
		await inspect(await stack.container(service), '.State.Health.Status') === 'healthy';
	const stockOf = async sku => (await stack.ask(stack.products, 'get_product', { sku })).stock;

	// ---- As it is given to a person ----

	test('is healthy in one command, and ours are read-only, without capabilities, as 10001', async () => {
		for (const service of services) {
			assert.ok(await healthy(service), service);
			const id = await stack.container(service);
			const host = await inspect(id, '.HostConfig');
			assert.ok(host.ReadonlyRootfs, service);
			assert.deepEqual(host.CapDrop, ['ALL'], service);
			assert.equal((await inspect(id, '.Config')).User, '10001:10001');
			assert.ok(!(await inspect(id, '.Config.Env')).some(line => line.startsWith('AUTH=')));
		}
		for (const service of ['postgres', 'prometheus'])
			assert.ok(await healthy(service), service);
	});

	test('prints a curl line that works as it stands', async () => {
		const line = /^ {2}(curl (?:.*\\\n)*.*)$/m.exec(stack.said)[1];
		const answer = JSON.parse(await output('bash', ['-c', `${line} --silent --show-error --fail`]));
		assert.ok(answer.result.tools.length >= 8);
	});

	test('prints what Claude Desktop needs, and mcp-remote goes through with it', async () => {
		const block = JSON.parse(/^Claude Desktop.*:\n( {2}\{\n[\s\S]*?\n {2}\})$/m.exec(stack.said)[1]);
		for (const [name, { command: program, args, env }] of Object.entries(block.mcpServers)) {
			assert.equal(program, 'npx');
			assert.deepEqual([args[0], args[1], args[3], args[4]], ['-y', 'mcp-remote', '--transport', 'http-only']);
			const desktop = new Desktop(args[2], { args: args.slice(5), env });
			assert.equal((await desktop.begin()).serverInfo.name, name);
			const listed = await desktop.result('tools/list');
			assert.ok(listed.tools.length >= 1);
			await desktop.end();
		}
	});

	// Whatever whoever runs this has set is not the stack's here.
	test('without anything of AWS ops serves, and says what it lacks', async () => {
		const { gaps } = await stack.ask(stack.ops, 'overview', {});
		assert.match(gaps.map(({ why }) => why).join('\n'), /set AWS_REGION/);
	});

	test('asks for its key, and its certificate is for this machine', async () => {
		for (const url of Object.keys(listed).map(name => stack[name])) {
			const { status } = await fetch(url, { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
				headers: { 'Content-Type': 'application/json' } });
			assert.equal(status, 401);
		}
		const { status } = await command('curl', ['-s', '--fail', `${new URL(stack.products).origin}/healthz`]);
		assert.equal(status, 60, 'a stranger does not trust it');
	});

	for (const [name, { connect }] of Object.entries(clients))
		test(`the official client (${name}) shops through the balancer`, async () => {
			const shop = await connect(stack.products, { key: stack.key });
			const book = await connect(stack.orders, { key: stack.key });
			await shop.client.listTools();
			await book.client.listTools();
			const found = await shop.ask('search_products', { words: 'mug', limit: 5 });
			assert.ok(Array.isArray(found.products));
			const key = `client-${unique()}`;
			const order = await book.ask('create_order', orderOf({ 'KIT-0001': 1 }, key));
			assert.equal((await book.ask('create_order', orderOf({ 'KIT-0001': 1 }, key))).id, order.id);
			assert.equal((await book.ask('get_order', { id: order.id })).status, 'pending');
			settled.set(key, order.id);
			await shop.close();
			await book.close();
		});

	// Its connections are counted, not its requests: while a stream is open at one of the two, a client
	// that asks one thing after the other may be served by the other alone.
	test('no client is tied to one server: both get work', async () => {
		const begun = Date.now(), served = {};
		// As each says itself in its log, which the engine may show later.
		const count = async service => {
			const { stdout, stderr } = await tryDocker('logs', await stack.container(service));
			served[service] = (stdout + stderr).split('\n').filter(line => line.includes('"method":"tools/call"'))
				.filter(line => Date.parse(JSON.parse(line).time) > begun).length;
		};
		const balancer = async () => tryDocker('logs', '--timestamps', await stack.container('balancer'));
		await until(async () => {
			for (let i = 0; i < 4; i++) {
				await stack.ask(stack.products, 'list_categories', {});
				await stack.ask(stack.orders, 'list_orders', { limit: 1 });
				await stack.ask(stack.support, 'list_conversations', {});
			}
			const twice = services.filter(service => kept(service.slice(0, -2)));
			await Promise.all(twice.map(count));
			return twice.every(service => served[service]);
		}, async () => `${JSON.stringify(served)} calls, and the balancer says:\n${Object.values(await balancer()).join('\n')}`);
	});

	// ---- Under load ----

	// Places orders until it is told to end. `again`: on a failure asks again with the same key, as a
	// client does that wants to know.
	function customers(count, again) {
		const run = { over: false, failures: [], placed: 0 };
		const customer = async () => {
			while (!run.over) {
				const key = `load-${unique()}`, items = { [skus[run.placed % skus.length]]: 1 + run.placed % 2 };
				for (const end = Date.now() + 180000; ; await pause(50)) {
					try {
						const { id } = await stack.ask(stack.orders, 'create_order', orderOf(items, key));
						settled.set(key, id);
						run.placed++;
						break;
					} catch (error) {
						run.failures.push(`${key}: ${error.message} ${error.cause?.code ?? ''}`);
						if (!again)
							break;
						assert.ok(Date.now() < end, `${key} was never answered: ${error.message}`);
					}
				}
			}
		};
		run.ended = Promise.all(Array.from({ length: count }, customer));
		run.ended.catch(() => {});
		return run;
	}

	// What was confirmed is there, once; and what is there was taken from the shelf.
	async function addsUp() {
		const orders = new Map();
		let cursor;
		do {
			const page = await stack.ask(stack.orders, 'list_orders', { limit: 100, ...(cursor ? { cursor } : {}) });
			for (const order of page.orders)
				orders.set(order.id, order);
			cursor = page.next_cursor;
		} while (cursor);
		for (const [key, id] of settled)
			assert.ok(orders.has(id), `${key} was confirmed and is lost`);
		assert.equal(new Set(settled.values()).size, settled.size, 'two keys have one order');
		assert.equal(orders.size, settled.size, 'an order is there that nobody was told of');
		const sold = {};
		const ids = [...orders.keys()];
		await Promise.all(Array.from({ length: 8 }, async () => {
			for (let id; (id = ids.pop());)
				for (const item of (await stack.ask(stack.orders, 'get_order', { id })).items)
					sold[item.sku] = (sold[item.sku] ?? 0) + item.quantity;
		}));
		for (const [sku, stock] of stocked)
			assert.equal(stock - await stockOf(sku), sold[sku] ?? 0, `${sku} does not add up`);
	}

	test('a server that stops in order costs nobody a request', async () => {
		const load = customers(6, false);
		for (const service of ['orders-a', 'products-b']) {
			const id = await stack.container(service);
			await docker('stop', '--time', '40', id);
			assert.equal(await inspect(id, '.State.ExitCode'), 0, service);
			await docker('start', id);
			await until(() => healthy(service), `${service} is healthy again`);
		}
		await until(() => load.placed > 20 || load.failures.length, 'there are orders');
		load.over = true;
		await load.ended;
		assert.deepEqual(load.failures, []);
	});

	test('a server that is killed under load loses nothing', async t => {
		const load = customers(8, true);
		for (const service of ['orders-a', 'products-a', 'orders-b', 'products-b']) {
			await pause(1000);
			const id = await stack.container(service);
			await docker('kill', id);
			await pause(500);
			await docker('start', id);
			await until(() => healthy(service), `${service} is healthy again`);
		}
		await until(() => load.placed > 50, 'there are orders');
		load.over = true;
		await load.ended;
		t.diagnostic(`${load.placed} orders; ${load.failures.length} requests had to be repeated`);
	});

	test('orders and stock add up after all that', addsUp);

	// ---- Watching it ----

	test('Prometheus reaches all of them', async () => {
		await until(async () => (await stack.query('up == 1')).length === services.length, 'they are up');
		const known = (await stack.query('up')).map(({ metric }) => metric.job);
		assert.deepEqual([...new Set(known)].sort(), Object.keys(listed).sort());
	});

	const dashboards = readdirSync(join(root, 'docker/grafana/dashboards'));

	test('every query of the dashboards returns data', { timeout: 120000 }, async t => {
		const all = dashboards.flatMap(file =>
			JSON.parse(readFileSync(join(root, 'docker/grafana/dashboards', file))).panels.flatMap(panel =>
				panel.targets.flatMap(({ expr }) => (/\$service/.test(expr) ? Object.keys(listed) : ['']).map(name => ({
					file, panel: panel.title, expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '30m')
						.replaceAll('$service', name) })))));
		// Nobody signs in here, and no model is asked: tests/e2e/sign_in_log.test.mjs and support_bedrock.test.mjs find those figures.
		const queries = all.filter(({ file }) => !['sign-in.json', 'models.json'].includes(file));
		const hasData = async ({ expr }) => (await stack.query(expr)).some(({ value }) => Number.isFinite(Number(value[1])));
		assert.ok(queries.length > 40);
		for (const each of all.filter(each => !queries.includes(each)))
			assert.ok(!await hasData(each), each.expr);
		let missing = queries;
		// What goes wrong is a part of real traffic.
		const traffic = async () => {
			for (const url of Object.keys(listed).map(name => stack[name]))
				await fetch(url, { method: 'POST', body: '{', headers: { Authorization: `Bearer ${stack.key}` } });
			await stack.ask(stack.products, 'search_products', { words: 'lamp' });
			await stack.call(stack.ops, 'overview', {});
			await stack.call(stack.ops, 'search_logs', { service: 'nobody' });
			await stack.ask(stack.support, 'list_conversations', {});
			await stack.call(stack.support, 'get_conversation_history', { conversation_id: 'CNV-NONE' });
			await stack.call(stack.products, 'get_product', { sku: 'NONE-0001' });
			await stack.call(stack.orders, 'get_order', { id: 'ord_none' });
			await stack.call(stack.orders, 'create_order', orderOf({ 'NONE-0001': 1 }, unique()));
		};
		await until(async () => {
			await traffic();
			const answers = await Promise.all(missing.map(hasData));
			missing = missing.filter((_, i) => !answers[i]);
			await pause(1000);
			return missing.length === 0;
		}, { toString: () => JSON.stringify(missing, null, 1) }, 60000);
		t.diagnostic(`${queries.length} queries of ${dashboards.length} dashboards`);
	});

	test('orders placed are counted once each', async () => {
		const counted = async () => Number((await stack.query('sum(orders_placed_total)'))[0].value[1]);
		// Two of them were started anew, and count from there.
		assert.ok(await counted() > 0 && await counted() <= settled.size);
		const begun = await counted(), key = `counted-${unique()}`;
		for (let i = 0; i < 3; i++)
			settled.set(key, (await stack.ask(stack.orders, 'create_order', orderOf({ 'TOY-0001': 1 }, key))).id);
		await until(async () => await counted() > begun, 'it is counted');
		assert.equal(await counted(), begun + 1);
	});

	test('the dashboards are what the provisioning finds', () => {
		const source = readFileSync(join(root, 'docker/grafana/provisioning/datasources/prometheus.yaml'), 'utf8');
		const uid = /^ +uid: (\S+)$/m.exec(source)[1];
		for (const file of dashboards) {
			const board = JSON.parse(readFileSync(join(root, 'docker/grafana/dashboards', file)));
			assert.equal(`${board.uid}.json`, `mcp-${file}`);
			assert.equal(new Set(board.panels.map(({ id }) => id)).size, board.panels.length);
			assert.ok(board.panels.every(panel => panel.datasource.uid === uid && panel.title));
		}
	});

	// ---- health-check.sh ----

	const check = (...words) => command('docker/health-check.sh', words, { env: stack.env });

	test('health-check.sh finds all well', async () => {
		const { status, stdout, stderr } = await check();
		assert.equal(status, 0, stdout + stderr);
		assert.match(stdout, /^All \d+ checks are well\.$/m);
		for (const name of Object.keys(listed)) {
			assert.match(stdout, new RegExp(`^${name} +sessions +tools/list +ok`, 'm'));
			assert.match(stdout, new RegExp(`^${name} +stateless +server/discover +ok`, 'm'));
		}
		assert.ok(!stdout.includes(stack.key));
	});

	test('health-check.sh finds what is not well, in a report too', async () => {
		const ids = [await stack.container('orders-a'), await stack.container('orders-b')];
		await docker('kill', ...ids);
		const { status, stdout } = await check('local', 'report');
		assert.equal(status, 1);
		assert.match(stdout, /^\| products \| stateless \| server\/discover \| ok \| 200 \|/m);
		assert.match(stdout, /\| \/readyz \| BAD \| 503 \|/);
		await docker('start', ...ids);
		await until(() => healthy('orders-b'), 'orders-b is healthy again');
	});

	// ---- Again, and down ----

	test('starting again changes nothing, and what was stored stays', async () => {
		const said = await stack.down();
		assert.match(said, /volumes.* stay/);
		assert.equal(await stack.container('postgres'), '');
		await stack.up();
		assert.doesNotMatch(stack.said, /Imported/);
		const [key, id] = [...settled].at(-1);
		assert.equal((await stack.ask(stack.orders, 'get_order', { id })).id, id, key);
	});

	test('./dev down --volumes leaves nothing', async () => {
		await stack.down('--volumes');
		assert.equal(await docker('volume', 'ls', '--quiet', '--filter', `name=${stack.name}`), '');
		assert.equal(await docker('network', 'ls', '--quiet', '--filter', `name=${stack.name}`), '');
		assert.ok(!existsSync(stack.folder));
	});
});
