// moves.test.mjs - the name by which orders calls products stands for another address: the next call goes there, as
// tasks that ECS replaces want it. The name is one of /etc/hosts in a mount namespace of the test's own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from './raw.mjs';
import { ask, callTool, databaseUrl, orderOf, samples, start, temporary } from './support.mjs';

const bind = ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"'];
const can = spawnSync(bind[0], [...bind.slice(1), '/dev/null', 'true']).status === 0;

test('an order goes to where products is now', { skip: !can && 'it takes the right to mount' }, async () => {
	const hosts = join(temporary(), 'hosts'), port = String(await freePort());
	const folder = temporary(), DATABASE_URL = await databaseUrl('products', folder, samples.products);
	const moveTo = address => writeFileSync(hosts, `${address} products.test\n`);        // the same file, as it is mounted
	const productsAt = HOST => start('products', { HOST, PORT: port, AUTH: 'none', PUBLIC_HOSTS: 'products.test', DATABASE_URL });
	moveTo('127.0.0.2');
	const before = await productsAt('127.0.0.2');
	const orders = await start('orders', { PRODUCTS_URL: `http://products.test:${port}/mcp` }, { under: [...bind, hosts] });
	await ask(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'moves-1'));

	// Where it was, nobody listens any more.
	await before.stop();
	moveTo('127.0.0.3');
	let products = await productsAt('127.0.0.3');
	await ask(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'moves-2'));

	// It was away for a while: asked meanwhile, nothing is remembered of where it was not.
	await products.stop();
	assert.equal((await callTool(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'moves-3'))).isError, true);
	moveTo('127.0.0.4');
	products = await productsAt('127.0.0.4');
	await ask(orders, 'create_order', orderOf({ 'KIT-0001': 1 }, 'moves-4'));
	await orders.stop();
	await products.stop();
});
