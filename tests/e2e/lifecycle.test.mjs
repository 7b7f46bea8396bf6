// lifecycle.test.mjs - starting, settings, keys, signals and stopping.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Between, freePort, open, head, post } from './raw.mjs';
import {
	ask, assertSilent, beginSession, callTool, eventually, exchange, keyLines, keys, opened, orderOf, program, run, start,
	startShop, stateless, temporary, types, onPostgres,
} from './support.mjs';

const ping = { headers: types, body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' };
const bearer = key => ({ ...types, Authorization: `Bearer ${key}` });

// ---- The command line ----

for (const name of ['products', 'orders']) {
	test(`mcp-${name} --help lists commands and every setting`, async () => {
		const { status, stdout } = await run(name, ['--help']);
		assert.equal(status, 0);
		for (const word of ['import', 'key', 'HOST', 'PORT', 'DATABASE_URL', 'LOOPS', 'WORKERS', 'COMPAT',
			'STATE_KEYS', 'API_KEYS', 'AUTH', 'METRICS_PORT', 'TRUSTED_PROXIES', 'PUBLIC_HOSTS',
			'ALLOWED_ORIGINS', 'BODY_MAX', ...(name === 'orders' ? ['PRODUCTS_URL'] : [])])
			assert.match(stdout, new RegExp(`\\b${word}\\b`), word);
		assert.ok(stdout.split('\n').every(line => line.length <= 120), 'a line is too long');
	});

	test(`mcp-${name} version`, async () => {
		const { status, stdout } = await run(name, ['version']);
		assert.equal(status, 0);
		assert.match(stdout, new RegExp(`^mcp-${name} \\d+\\.\\d+\\.\\d+(\\+[0-9A-Za-z.-]+)?\\nmcp-server \\d+\\.\\d+\\.\\d+\\n$`));
	});
}

test('what a person needs to connect is printed, as JSON that parses', async () => {
	const { status, stdout } = await run('products', ['connect', '--port', '9123']);
	assert.equal(status, 0);
	const block = JSON.parse(/^\{[\s\S]*^\}/m.exec(stdout)[0]);
	assert.deepEqual(block.mcpServers.products.args.slice(0, 3),
		['-y', 'mcp-remote', 'http://127.0.0.1:9123/mcp']);
});

// What is wrong, and the words that must say so.
const wrong = [
	[{ PORT: 'abc' }, [/PORT/, /abc/, /0/, /65535/]],
	[{ PORT: '70000' }, [/PORT/, /70000/, /65535/]],
	[{ WORKERS: '0' }, [/WORKERS/, /"0"/, /1/]],
	[{ BODY_MAX: '5 bananas' }, [/BODY_MAX/, /bananas/, /MiB/]],
	[{ CALL_DEADLINE: 'soon' }, [/CALL_DEADLINE/, /soon/]],
	[{ AUTH: 'maybe' }, [/AUTH/, /maybe/, /keys/, /none/]],
	[{ AUTH: 'tokens' }, [/AUTH is tokens/, /OAUTH_ISSUER.* is not set/]],
	[{ AUTH: 'keys', OAUTH_ISSUER: 'https://id.example' }, [/AUTH is keys/, /API_KEYS.* is not set/]],
	[{ OAUTH_ISSUER: 'https://id.example' }, [/OAUTH_ISSUER: it needs PUBLIC_URL/]],
	[{ LOG_LEVEL: 'loud' }, [/LOG_LEVEL/, /loud/, /info/]],
	[{ API_KEYS: 'ann:1234:products:read' }, [/API_KEYS, item 1/, /SHA-256/]],
	[{ API_KEYS: '@/no/such/file' }, [/\/no\/such\/file/]],
	[{ TRUSTED_PROXIES: '10.0.0.0/8, nonsense' }, [/TRUSTED_PROXIES/, /nonsense/]],
	[{ METRICS_EMF: 'shop production' }, [/METRICS_EMF/, /shop production/, /mcp\/production/]],
	[{ METRICS_EMF: 'AWS/ECS' }, [/METRICS_EMF/, /Amazon/]],
	[{ COMPAT: 'everything' }, [/COMPAT/, /everything/]],
	[{ DATABASE_URL: 'mysql://localhost/shop' }, [/DATABASE_URL|mysql/, /sqlite/]],
	[{ DATABASE_URL: 'sqlite:/no/such/folder/products.db' }, [/no\/such\/folder.*; make its folder first/, /DATABASE_URL \(--database-url\) names the database/]],
	[{ HOST: 'no.such.host.invalid' }, [/no\.such\.host\.invalid/]],
];
for (const [settings, words] of wrong)
	test(`does not start with ${JSON.stringify(settings)}, and says why`, async () => {
		const folder = temporary();
		const { status, stderr } = await run('products', [], { folder, within: 60000, env: {
			PORT: '0', METRICS_PORT: '0', DATABASE_URL: `sqlite:${folder}/products.db`, ...settings,
		} });
		assert.notEqual(status, 0);
		for (const word of words)
			assert.match(stderr, word);
	});

test('does not start with a PRODUCTS_URL that is none', async () => {
	const { status, stderr } = await run('orders', [], { env: {
		PORT: '0', METRICS_PORT: '0', DATABASE_URL: 'sqlite:orders.db', PRODUCTS_URL: 'products' } });
	assert.notEqual(status, 0);
	assert.match(stderr, /PRODUCTS_URL/);
});

// Any library stands for one that is too old.
test('without a libpq that it can use it does not start on PostgreSQL, and says why', async () => {
	const folder = temporary();
	const env = { PORT: '0', METRICS_PORT: '0', DATABASE_URL: 'postgresql://127.0.0.1:1/shop', DATABASE_USER: 'shop',
		DATABASE_PASSWORD: 'x', SETUP_USER: 'master', SETUP_PASSWORD: 'y', LD_LIBRARY_PATH: folder };
	const library = join(folder, 'libpq.so.5'), needs = 'that needs libpq.so.5 of PostgreSQL 14 or later';
	const refuses = async words => {
		for (const args of [['serve'], ['setup']]) {
			const { status, stderr } = await run('products', args, { env });
			assert.equal(status, 1, stderr);
			assert.ok(stderr.includes(needs + words), stderr);
		}
	};
	writeFileSync(library, 'no library');
	await refuses(`, which can't be loaded: ${library}: `);
	const other = execFileSync('ldd', [program('products')], { encoding: 'utf8' }).match(/libsqlite3\S* => (\S+)/)[1];
	rmSync(library);
	symlinkSync(other, library);
	await refuses('; the one on this machine has no PQbackendPID');
});

// Words that are wrong, and what is said of them before the usage: that of the command, or of the program.
const misused = [
	[['--colour', 'red'], 'there is no flag or setting --colour'],
	[['dance'], 'there is no command dance'],
	[['--port', 'abc'], 'PORT is "abc": a whole number from 0 to 65535 is needed'],
	[['--port'], 'a whole number from 0 to 65535 is needed behind --port'],
	[['--allowed-addresses', 'all'], 'ALLOWED_ADDRESSES has "all", which is no address or network'],
	[['connect', '--allowed-addresses', 'all'], 'ALLOWED_ADDRESSES has "all", which is no address or network'],
	...['serve', 'connect', 'setup', 'check', 'healthcheck'].flatMap(name => [
		[[name, 'now'], 'what is this word for? now'],
		[[name, '--now'], 'there is no flag or setting --now'],
	]),
	...['backup', 'restore'].flatMap(name => [
		[[name], `${name}: name the file`],
		[[name, 'a', 'b'], 'what is this word for? b'],
		[[name, '-f'], 'there is no flag or setting -f'],
	]),
	[['import'], 'import: name the file'],
	[['import', 'a.csv', 'b.csv'], 'import: b.csv is not understood'],
	[['key'], 'a name is missing'],
	[['key', 'ann'], 'a scope is missing'],
	[['key', 'ann', 'products:dance'], 'there is no scope products:dance'],
	[['key', 'ann', 'products:read', '--all'], 'there is no flag or setting --all'],
	[['key', 'a b', '*'], 'this cannot be a name: a b'],
	[['key', 'ann', 'customer=a b'], 'this cannot be a scope: customer=a b'],
];

test('a command that is used wrongly says what is wrong, and its usage', async () => {
	const { stdout: help } = await run('products', ['--help']);
	for (const [args, why] of misused) {
		const { status, stdout, stderr } = await run('products', args);
		assert.equal(status, 2, args.join(' '));
		assert.equal(stdout, '');
		assert.ok(stderr.includes(why), `${why}\n${stderr}`);
		const [, usage] = /^usage: mcp-products (.*?)(?: \[SETTINGS\])?$/m.exec(stderr) ?? assert.fail(stderr);
		const known = /^\w/.test(args[0]) && help.includes(`\n  ${args[0]}`);
		assert.ok(known ? usage.startsWith(args[0]) && help.includes(`\n  ${usage.slice(0, 40)}`) : usage === '[COMMAND]', stderr);
	}
});

test('key names the scopes there are', async () => {
	const { stderr } = await run('products', ['key', 'ann', 'products:dance']);
	const [, scopes] = /^ +SCOPE +what it may do: (.*), or \* for everything$/m.exec(stderr) ?? assert.fail(stderr);
	assert.deepEqual(scopes.split(', ').sort(), ['products:read', 'products:write', 'stock:reserve', 'stock:restock']);
});

test('a key that could see nothing is not made without its customer', async () => {
	for (const [name, scope] of [['support', 'support:chat'], ['orders', 'orders:own']]) {
		const { status, stdout, stderr } = await run(name, ['key', 'ann', scope]);
		assert.deepEqual([status, stdout], [2, '']);
		assert.match(stderr, new RegExp(`say whose they are, as in\n  mcp-${name} key ann ${scope} customer=C-17850$`, 'm'));
	}
	for (const words of [['support:chat', 'customer=C-17850'], ['support:chat', 'support:staff'], ['support:staff'], ['*']])
		assert.equal((await run('support', ['key', 'ann', ...words])).status, 0, words.join(' '));
});

test('a port or an address that can\'t be had is told by its setting, with what to do', async () => {
	const server = await start('products'), taken = String(server.port);
	const refused = {
		[`PORT ${taken} of 127.0.0.1 is in use: stop what serves there, or set PORT (--port N; 0 takes any free one)`]: { PORT: taken },
		[`METRICS_PORT ${taken} of 127.0.0.1 is in use: stop what serves there, or set METRICS_PORT (--metrics-port N; 0: no metrics)`]:
			{ METRICS_PORT: taken },
		'HOST is 192.0.2.1, which is no address of this machine: set HOST to one that is': { HOST: '192.0.2.1', AUTH: 'none' },
		'METRICS_HOST is no.such.invalid, which is no address to listen on': { METRICS_HOST: 'no.such.invalid', METRICS_PORT: '1' },
	};
	for (const [words, env] of Object.entries(refused)) {
		const { status, stderr } = await run('products', [], { env: { PORT: '0', METRICS_PORT: '0', ...env } });
		assert.equal(status, 1, words);
		assert.ok(stderr.includes(words), `${words}\n${stderr}`);
	}
	await server.stop();
});

test('listens beyond loopback only with keys, or where AUTH=none says so', async () => {
	const folder = temporary();
	const env = { HOST: '0.0.0.0', PORT: '0', METRICS_PORT: '0', DATABASE_URL: `sqlite:${folder}/p.db` };
	const refused = await run('products', [], { env });
	assert.notEqual(refused.status, 0);
	assert.match(refused.stderr, /API_KEYS/);
	assert.match(refused.stderr, /AUTH=none/);

	const keyed = await start('products', { HOST: '0.0.0.0', API_KEYS: keyLines });
	assert.equal((await exchange(keyed, ping)).status, 401);
	assert.equal((await exchange(keyed, { ...ping, headers: bearer(keys.reader) })).status, 200);
	await keyed.stop();

	const aloud = await start('products', { HOST: '0.0.0.0', AUTH: 'none' });
	assert.match(aloud.log, /AUTH=none/);
	assert.equal((await exchange(aloud, ping)).status, 200);
	await aloud.stop();
});

test('healthcheck answers for the server on its port', async () => {
	const server = await start('products');
	const up = await run('products', ['healthcheck'], { env: { PORT: String(server.port) } });
	assert.equal(up.status, 0, up.stderr);
	await server.stop();
	const down = await run('products', ['healthcheck'], { env: { PORT: String(server.port) } });
	assert.equal(down.status, 1);
});

// ---- Keys ----

async function makeKey(name, ...scopes) {
	const { status, stdout, stderr } = await run('products', ['key', name, ...scopes]);
	assert.equal(status, 0, stderr);
	const [key, line] = stdout.split('\n').filter(each => each && !each.startsWith('#'));
	return { key, line };
}

test('a key that was made opens what its scopes say', async () => {
	const { key, line } = await makeKey('ann', 'products:read', 'stock:restock');
	assert.match(line, /^ann:[0-9a-f]{64}:products:read,stock:restock$/);
	assert.ok(!line.includes(key));
	const server = await start('products', { API_KEYS: line });
	const headers = { Authorization: `Bearer ${key}` };
	assert.equal((await ask(server, 'get_product', { sku: 'KIT-0001' }, { headers })).stock, 84);
	const refused = await exchange(server, stateless('tools/call',
		{ name: 'update_product', arguments: { sku: 'KIT-0001', stock_change: 1 } }, { headers }));
	assert.equal(refused.status, 403);
	assert.ok(!server.log.includes(key), 'the key is in the log');
	await server.stop();
});

test('two keys are never the same', async () => {
	assert.notEqual((await makeKey('ann', '*')).key, (await makeKey('ann', '*')).key);
});

test('SIGHUP reads the keys again, or keeps the old where the new are broken', async () => {
	const folder = temporary(), file = join(folder, 'keys');
	const ann = await makeKey('ann', '*'), ben = await makeKey('ben', '*');
	const status = async key => (await exchange(server, { ...ping, headers: bearer(key) })).status;
	writeFileSync(file, `# who may call\n\n${ann.line}\n`);
	const server = await start('products', { API_KEYS: `@${file}` });
	const reload = async (text, says) => {
		writeFileSync(file, text);
		const before = server.log.length;
		server.child.kill('SIGHUP');
		await eventually(() => says.test(server.log.slice(before)), () => server.log.slice(before));
	};

	assert.deepEqual([await status(ann.key), await status(ben.key)], [200, 401]);
	await reload(`${ann.line}\n${ben.line}\n`, /read again/);
	assert.deepEqual([await status(ann.key), await status(ben.key)], [200, 200]);
	await reload(`${ben.line}\nnonsense\n`, /not read again/);
	assert.deepEqual([await status(ann.key), await status(ben.key)], [200, 200]);
	await reload(`${ben.line}\n`, /read again/);
	assert.deepEqual([await status(ann.key), await status(ben.key)], [401, 200]);
	for (let i = 0; i < 2; i++) {
		await reload('', /no key any more/);
		assert.deepEqual([await status(ann.key), await status(ben.key), (await exchange(server, ping)).status], [401, 401, 401]);
	}
	await server.stop();
});

// From a file that takes a while.
test('while keys are read again that there never were nobody is refused', async () => {
	const folder = temporary(), file = join(folder, 'keys');
	writeFileSync(file, '# nobody\n'.repeat(100000));
	const server = await start('products', { API_KEYS: `@${file}` }), statuses = new Set();
	let over = false;
	const clients = Array.from({ length: 8 }, async () => {
		while (!over)
			statuses.add((await exchange(server, ping)).status);
	});
	for (let i = 0; i < 20; i++) {
		const before = server.log.length;
		server.child.kill('SIGHUP');
		await eventually(() => /read again/.test(server.log.slice(before)), 'it is not read again');
	}
	over = true;
	await Promise.all(clients);
	await server.stop();
	assert.deepEqual([...statuses], [200]);
});

// ---- Logs ----

test('each request is one line of the log, and a health check is none', async () => {
	const server = await start('products');
	const requests = [
		[{ method: 'GET', path: '/nothing' }, 'refused', 404],
		[{ method: 'GET', path: '/healthz' }],
		[{ method: 'GET', path: '/readyz' }],
		[{ method: 'OPTIONS' }, 'ok', 204],
		[{ headers: types, body: '[' }, 'refused', 400],
		[{ headers: types, body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' }, 'ok', 202],
		[{ headers: types, body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' }, 'ok', 200],
	];
	for (const [request] of requests)
		await exchange(server, request);
	await server.stop();
	const lines = server.log.trim().split('\n').map(line => JSON.parse(line)).filter(line => line.outcome);
	assert.deepEqual(lines.map(({ outcome, status }) => `${status} ${outcome}`).sort(),
		requests.filter(([, outcome]) => outcome).map(([, outcome, status]) => `${status} ${outcome}`).sort());
});

test('the log has a JSON line for each request, and nothing that is secret', async () => {
	const server = await start('products', { API_KEYS: keyLines });
	await ask(server, 'search_products', { words: 'xylophone' },
		{ headers: { Authorization: `Bearer ${keys.staff}` } });
	await exchange(server, { ...ping, headers: bearer('mcp_wrong-key-of-somebody') });
	await server.stop();
	const lines = server.log.trim().split('\n').map(line => JSON.parse(line));
	const call = lines.find(line => JSON.stringify(line).includes('search_products'));
	assert.ok(call, server.log);
	assert.equal(call.method, 'tools/call');
	assert.equal(call.caller, 'staff');
	for (const secret of ['xylophone', keys.staff, 'wrong-key-of-somebody'])
		assert.ok(!server.log.includes(secret), `${secret} is in the log`);
});

test('what a client sends cannot write lines of its own into the log', async () => {
	const server = await start('products');
	await exchange(server, { headers: types, body: JSON.stringify({ jsonrpc: '2.0', id: 1,
		method: 'tools/call', params: { name: 'x\n{"level":"error","message":"forged"}', arguments: {} } }) });
	await server.stop();
	for (const line of server.log.trim().split('\n'))
		assert.notEqual(JSON.parse(line).message, 'forged');
});

const filesAllowed = count => ({ under: ['bash', '-c', `ulimit -n ${count}; exec "$@"`, '-'] });

test('where too few files may be open it says how many would do', async () => {
	const server = await start('products', { LOOPS: '1' }, filesAllowed(32));
	await server.stop();
	const [, enough] = /no more than 32 files may be open, which is too few: even of 16 connections some may fail[^\n]*; (\d+) would do \(ulimit -n/
		.exec(server.log) ?? assert.fail(server.log);
	for (const [count, says] of [[Number(enough) - 1, true], [Number(enough), false]]) {
		const other = await start('products', { LOOPS: '1' }, filesAllowed(count));
		await other.stop();
		assert.equal(/would do/.test(other.log), says, other.log);
	}
});

test('where fewer files may be open than CONNECTIONS_MAX needs it says how many connections there are, and what would do', async () => {
	const server = await start('products', { LOOPS: '1', CONNECTIONS_MAX: '5000' }, filesAllowed(1024));
	await server.stop();
	const [, most, enough] = /at most (\d+) connections instead of 5000, since no more than 1024 files may be open: (\d+) would do/
		.exec(server.log) ?? assert.fail(server.log);
	assert.equal(Number(enough) - 1024, 5000 - Number(most));
});

// ---- Stopping ----

// What the log has where a stop did not end by itself.
const cut = /not all was finished in time|which is away|SHUTDOWN_TIMEOUT is over/;

for (const signal of ['SIGTERM', 'SIGINT'])
	test(`${signal} stops an idle server at once`, async () => {
		const server = await start('products', { SHUTDOWN_TIMEOUT: '50s' });
		const idle = await open(server);
		await server.stop(signal);
		assert.doesNotMatch(server.log, cut);
		assert.doesNotMatch(server.log, /ready again/);
		assert.ok(await idle.untilClosed());
	});

test('a call that runs is finished before the server stops', async () => {
	const products = await start('products');
	const between = await new Between(products.port).start();
	between.delay = 400;
	const orders = await start('orders', { PRODUCTS_URL: between.url });
	const running = ask(orders, 'create_order', orderOf({ 'KIT-0001': 2 }, 'stop-1'));
	await eventually(() => between.sockets.size > 0, 'products is called');
	const stopped = orders.stop();
	const order = await running;
	assert.equal(order.status, 'pending');
	await stopped;
	between.stop();
	assert.equal((await ask(products, 'get_product', { sku: 'KIT-0001' })).stock, 82);
	await products.stop();
});

test('open streams end cleanly, inside the bound', async () => {
	const shop = await startShop({ orders: { METRICS_PORT: 'any', SHUTDOWN_TIMEOUT: '50s' } });
	const { id } = await ask(shop.orders, 'create_order', orderOf({ 'KIT-0003': 1 }, 'stop-2'));
	const session = await beginSession(shop.orders);
	const listener = await opened(shop.orders, { method: 'GET',
		headers: { ...session, Accept: 'text/event-stream' } });
	const following = exchange(shop.orders, { headers: session, body: JSON.stringify({ jsonrpc: '2.0',
		id: 7, method: 'tools/call', params: { name: 'track_order', arguments: { id, follow: true },
			_meta: { progressToken: 'p' } } }) }).catch(error => error);
	await shop.orders.waits();
	await shop.orders.stop();
	assert.doesNotMatch(shop.orders.log, cut);
	assert.equal((await listener.answer).status, 200);
	await following;
	await shop.products.stop();
});

test('a stream that begins when the others have ended ends too', async () => {
	const server = await start('products', { LOOPS: '1', METRICS_PORT: 'any', SHUTDOWN_TIMEOUT: '50s' });
	const early = await open(server), late = await open(server);
	const { headers, body } = stateless('subscriptions/listen',
		{ notifications: { resourceSubscriptions: ['product://KIT-0001'] } });
	const bytes = post(server, body, headers);
	early.send(bytes);
	await early.until(/acknowledged/);
	late.send(bytes.subarray(0, -5));
	await eventually(async () => await server.metric('mcp_bytes_in_total') === 2 * body.length - 5, 'it has come');
	const stopped = server.stop();
	assert.ok(await early.untilClosed());
	late.send(bytes.subarray(-5));
	await stopped;
	assert.doesNotMatch(server.log, cut);
});

test('while it drains it says that it is not ready, and serves', async () => {
	const server = await start('products', { DRAIN_PAUSE: '40s', SHUTDOWN_TIMEOUT: '50s' });
	server.child.kill('SIGTERM');
	await server.says(/stopping/);
	const ready = await exchange(server, { method: 'GET', path: '/readyz' });
	assert.equal(ready.status, 503);
	assert.equal((await exchange(server, { method: 'GET', path: '/healthz' })).status, 200);
	const answer = await exchange(server, ping);
	assert.equal(answer.status, 200);
	server.child.kill('SIGTERM');
	assertSilent((await server.ended).stderr);
});

test('a second signal ends it at once, whatever still runs', async () => {
	const shop = await startShop({ orders: { METRICS_PORT: 'any', DRAIN_PAUSE: '40s', SHUTDOWN_TIMEOUT: '50s' } });
	const { id } = await ask(shop.orders, 'create_order', orderOf({ 'KIT-0003': 1 }, 'stop-3'));
	const following = callTool(shop.orders, 'track_order', { id, follow: true }).catch(error => error);
	await shop.orders.waits();
	shop.orders.child.kill('SIGTERM');
	await shop.orders.says(/stopping/);
	const began = Date.now();
	shop.orders.child.kill('SIGTERM');
	const { status, signal, stderr } = await shop.orders.ended;
	assert.ok(Date.now() - began < 20000, `it took ${Date.now() - began} ms`);
	assert.notEqual(status, 0);
	assert.equal(signal, null);
	assertSilent(stderr);
	await following;
	await shop.products.stop();
});

test('a call that waits for a change answers with what there is when the server stops', async () => {
	const shop = await startShop({ orders: { METRICS_PORT: 'any', SHUTDOWN_TIMEOUT: '50s' } });
	const { id } = await ask(shop.orders, 'create_order', orderOf({ 'KIT-0003': 1 }, 'stop-4'));
	const following = exchange(shop.orders, stateless('tools/call',
		{ name: 'track_order', arguments: { id, follow: true } }));
	await shop.orders.waits();
	await shop.orders.stop();
	assert.doesNotMatch(shop.orders.log, cut);
	assert.equal((await following).json.result.structuredContent.status, 'pending');
	await shop.products.stop();
});

test('a question nobody answers is cut at the bound, and the exit is clean', async () => {
	const shop = await startShop({ orders: { SHUTDOWN_TIMEOUT: '1s' } });
	const { id } = await ask(shop.orders, 'create_order', orderOf({ 'KIT-0003': 1 }, 'stop-5'));
	const session = await beginSession(shop.orders, '2025-11-25', { elicitation: {} });
	const asked = exchange(shop.orders, { headers: session, body: JSON.stringify({
		jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'cancel_order', arguments: { id } } }),
	}).catch(error => error);
	await shop.orders.says(/"outcome":"asked"/);
	await shop.orders.stop();       // it would take forever otherwise
	await asked;
	await shop.products.stop();
});

test('nobody is connected to a server that stopped listening', async () => {
	const server = await start('products', { DRAIN_PAUSE: '300ms' });
	const idle = await open(server);
	idle.send(post(server, ping.body));
	await idle.until(/"result"/);
	await server.stop();
	await assert.rejects(exchange(server, ping));
	assert.ok(await idle.untilClosed());
});

test('after a stop and a start everything is there again', async () => {
	const folder = temporary();
	const first = await start('products', {}, { folder });
	await ask(first, 'update_product', { sku: 'KIT-0001', stock_change: -4 });
	await first.stop();
	const second = await start('products', {}, { folder });
	assert.equal((await ask(second, 'get_product', { sku: 'KIT-0001' })).stock, 80);
	await second.stop();
});

test('sessions outlive a server that is started anew; where their state is gone they are 404', async () => {
	const folder = temporary(), port = String(await freePort());
	const first = await start('products', { PORT: port }, { folder });
	const session = await beginSession(first);
	await first.stop();
	const second = await start('products', { PORT: port }, { folder });
	assert.equal((await exchange(second, { headers: session, body: ping.body })).status, 200);
	await second.stop();
	if (onPostgres)
		return;
	rmSync(join(folder, 'products.db.state'));
	const third = await start('products', { PORT: port }, { folder });
	assert.equal((await exchange(third, { headers: session, body: ping.body })).status, 404);
	await third.stop();
});

test('metrics are served on their own port, and not on the endpoint\'s', async () => {
	const metricsPort = await freePort();
	const server = await start('products', { METRICS_PORT: String(metricsPort) });
	await ask(server, 'get_product', { sku: 'KIT-0001' });
	const { status, text } = await exchange({ port: metricsPort }, { method: 'GET', path: '/metrics' });
	assert.equal(status, 200);
	assert.match(text, /^mcp_requests_total\{[^}]*tool="get_product"[^}]*\} 1$/m);
	assert.match(text, /^mcp_request_duration_seconds_bucket\{[^}]*le="\+Inf"[^}]*\} \d+$/m);
	for (const line of text.trim().split('\n'))
		assert.match(line, /^(# (HELP|TYPE) |[a-z_]+(\{[^}]*\})? -?[0-9.e+]+$)/);
	assert.equal((await exchange(server, { method: 'GET', path: '/metrics' })).status, 404);
	await server.stop();
});

test('a half-open request does not keep it from stopping', async () => {
	const server = await start('products', { METRICS_PORT: 'any', SHUTDOWN_TIMEOUT: '2s' });
	const connection = await open(server);
	connection.send(head(server, { 'Content-Length': 1000 }) + 'x');
	await eventually(async () => await server.metric('mcp_bytes_in_total') > 0, 'it has come');
	await server.stop();            // it would take forever otherwise
});
