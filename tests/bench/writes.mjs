// writes.mjs - what the benchmark measures of writes to SQLite: an order of two lines, and create_order whole,
// which both programs work on, in a shop of few products. Their files are beside the build, not in a temporary
// folder, which may be memory.
import fs from 'node:fs';
import path from 'node:path';
import { FEW_PRODUCTS, random, skuOf, sqliteFile } from './catalogue.mjs';
import { build, call, headers, serve, start, stop } from './measure.mjs';
import { OURS, atLeastRate, atMostMicros, builds, table } from './table.mjs';

let folder;

// Where a file is, in a folder that is made when it is first asked for.
function onDisk(name) {
  if (!folder) {
    folder = fs.mkdtempSync(path.join(build, 'bench-'));
    process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  }
  return path.join(folder, name);
}

const WRITER = 'a writer of one order a commit, in C';
const NUMBER = '############';             // the load has another one for each

function twoLines(bodyOf, count = 2000) {
  const next = random(5), upTo = (most) => Math.floor(next() * most);
  return Array.from({ length: count }, () => {
    const one = upTo(FEW_PRODUCTS), other = (one + 1 + upTo(FEW_PRODUCTS - 1)) % FEW_PRODUCTS;
    return bodyOf(skuOf(one), skuOf(other));
  });
}

const restock = (one, other) => call('restock', { restock_id: `bench-${NUMBER}`, items: [{ sku: one, quantity: 1 }, { sku: other, quantity: 2 }] });
const order = (one, other) => call('create_order', {
  customer: 'anna@example.com', idempotency_key: `bench-${NUMBER}`, items: [{ sku: one, quantity: 1 }, { sku: other, quantity: 2 }],
  shipping_address: { name: 'Anna Brown', line1: '1 High Street', city: 'York', postal_code: 'YO1 7HH', country: 'GB' },
});

let files = 0;

// A file of the catalogue for each build.
function stocked(programs) {
  const file = onDisk(`products-${files++}.db`);
  fs.copyFileSync(sqliteFile(programs, FEW_PRODUCTS), file);
  return `sqlite:${file}`;
}

const writer = () => start(path.join(build, 'tests/bench/bench-orders'), [onDisk(`orders-${files++}.db`), String(FEW_PRODUCTS)], {}, /(\d{4,5})/);

export async function ordersOnSqlite() {
  const kinds = [{ name: WRITER, server: await writer() }];
  for (const { name, folder: programs } of builds())
    kinds.push({ name, server: await serve('products/mcp-products', { DATABASE_URL: stocked(programs) }, programs) });
  let results = await table('an order of two lines written to SQLite (restock), 16 clients', kinds, headers('restock'), twoLines(restock));
  atMostMicros(results[OURS()], 60);
  atLeastRate(results[OURS()], 3 * results[WRITER].rate, ', 3 × the reference');
  results = await table('the same, 2 clients', kinds, headers('restock'), twoLines(restock), { connections: 2 });
  atMostMicros(results[OURS()], 226);
  atLeastRate(results[OURS()], results[WRITER].rate, ', the reference');
  for (const { server } of kinds) await stop(server);
}

async function shop({ name, folder: programs }) {
  const products = await serve('products/mcp-products', { DATABASE_URL: stocked(programs) }, programs);
  const orders = await serve('orders/mcp-orders', { DATABASE_URL: `sqlite:${onDisk(`book-${files++}.db`)}`,
    PRODUCTS_URL: `http://127.0.0.1:${products.port}/mcp` }, programs);
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
