// writes.mjs - what the benchmark measures of writes to SQLite: an order of two lines, and create_order whole,
// which both programs work on. Their files are beside the build, not in a temporary folder, which may be memory.
import fs from 'node:fs';
import path from 'node:path';
import { PRODUCTS, random, skuOf, sqliteFile } from './catalogue.mjs';
import { build, call, headers, serve, start, stop } from './measure.mjs';
import { OURS, atLeastRate, atMostMicros, atMostTimes, builds, table } from './table.mjs';

const disk = fs.mkdtempSync(path.join(build, 'bench-'));
process.on('exit', () => fs.rmSync(disk, { recursive: true, force: true }));

const WRITER = 'a writer of one order a commit, in C';
const NUMBER = '############';             // the load has another one for each

// Of products of which there is more than will be sold.
function twoLines(bodyOf, count = 2000) {
  const next = random(5), sku = () => skuOf(Math.floor(next() * PRODUCTS / 200) * 200 + 100 + Math.floor(next() * 100));
  return Array.from({ length: count }, () => bodyOf(sku(), sku()));
}

const restock = (one, other) => call('restock', { restock_id: `bench-${NUMBER}`, items: [{ sku: one, quantity: 1 }, { sku: other, quantity: 2 }] });
const order = (one, other) => call('create_order', {
  customer: 'anna@example.com', idempotency_key: `bench-${NUMBER}`, items: [{ sku: one, quantity: 1 }, { sku: other, quantity: 2 }],
  shipping_address: { name: 'Anna Brown', line1: '1 High Street', city: 'York', postal_code: 'YO1 7HH', country: 'GB' },
});

let files = 0;

// A file of the catalogue for each build.
function stocked(folder) {
  const file = path.join(disk, `products-${files++}.db`);
  fs.copyFileSync(sqliteFile(folder), file);
  return `sqlite:${file}`;
}

const writer = () => start(path.join(build, 'tests/bench/bench-orders'), [path.join(disk, `orders-${files++}.db`), String(PRODUCTS)], {}, /(\d{4,5})/);

export async function ordersOnSqlite() {
  const kinds = [{ name: WRITER, server: await writer() }];
  for (const { name, folder } of builds())
    kinds.push({ name, server: await serve('products/mcp-products', { DATABASE_URL: stocked(folder) }, folder) });
  let results = await table('an order of two lines written to SQLite (restock), 16 clients', kinds, headers('restock'), twoLines(restock));
  atMostMicros(results[OURS()], 60);
  atLeastRate(results[OURS()], 3 * results[WRITER].rate, ', 3 × the reference');
  results = await table('the same, 2 clients', kinds, headers('restock'), twoLines(restock), { connections: 2 });
  atMostTimes(results[OURS()], results[WRITER], 1);
  atLeastRate(results[OURS()], results[WRITER].rate, ', the reference');
  for (const { server } of kinds) await stop(server);
}

async function shop({ name, folder }) {
  const products = await serve('products/mcp-products', { DATABASE_URL: stocked(folder) }, folder);
  const orders = await serve('orders/mcp-orders', { DATABASE_URL: `sqlite:${path.join(disk, `book-${files++}.db`)}`,
    PRODUCTS_URL: `http://127.0.0.1:${products.port}/mcp` }, folder);
  return { name, server: { ...orders, pids: [orders.pid, products.pid] }, products };
}

export async function creatingOrders() {
  const kinds = [{ name: WRITER, server: await writer() }];
  for (const each of builds()) kinds.push(await shop(each));
  const results = await table('create_order whole, of two lines, both processes, SQLite, 16 clients', kinds, headers('create_order'), twoLines(order));
  atMostMicros(results[OURS()], 450);
  atLeastRate(results[OURS()], 3000);
  for (const { server, products } of kinds) {
    await stop(server);
    if (products) await stop(products);
  }
}
