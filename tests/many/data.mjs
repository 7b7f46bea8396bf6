// data.mjs - the databases of the tests: the catalogue, products of each tour's own, an order book;
// loaded once by each test process and then copied.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, shared, temporary, writeOrders } from '../e2e/support.mjs';
import { postgres } from './postgres.mjs';

export const TOURS_MAX = 150;

// The products that only one tour touches, so that it can count them.
export const tourSku = (tour, which) => `TOUR-${String(tour).padStart(3, '0')}-${which}`;

function writeTourProducts(path) {
	const lines = ['sku,name,price,currency,stock,category'];
	for (let tour = 0; tour < TOURS_MAX; tour++)
		for (const which of ['A', 'B', 'C'])
			lines.push(`${tourSku(tour, which)},Souvenir ${which} of tour ${tour},2.50,GBP,1000,Tours`);
	writeFileSync(path, `${lines.join('\n')}\n`);
	return path;
}

async function load(name, file, url, args = []) {
	const { status, stderr } = await run(name, ['import', file, ...args], { env: { DATABASE_URL: url } });
	assert.equal(status, 0, stderr);
}

// Where the real catalogue is at hand it is loaded too; the tests name products of the other.
async function makeTemplates() {
	const server = await postgres(), folder = temporary(), real = join(shared, 'products.csv');
	await server.admin('create database template_products', 'create database template_orders');
	for (const file of [...(existsSync(real) ? [real] : []), join(root, 'products/data/catalogue.csv'),
		writeTourProducts(join(folder, 'tours.csv'))])
		await load('products', file, server.tcp('template_products'));
	await load('orders', writeOrders(join(folder, 'orders.csv')), server.tcp('template_orders'),
		['--currency', 'GBP']);
}

let templates;

// A new database for each program.
export async function databases(name) {
	templates ??= makeTemplates();
	await templates;
	const server = await postgres(), made = {};
	for (const program of ['products', 'orders']) {
		made[program] = `${name}_${program}`;
		await server.admin(`drop database if exists ${made[program]} with (force)`,
			`create database ${made[program]} template template_${program}`);
	}
	return made;
}
