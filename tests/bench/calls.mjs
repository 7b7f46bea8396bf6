// calls.mjs - what the benchmark measures of calls: of a tool that computes, of reads on SQLite and
// PostgreSQL, of searches; and the program at rest and at its start.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Postgres } from '../e2e/postgres.mjs';
import { getProducts, importInto, pairs, sqliteFile } from './catalogue.mjs';
import {
  build, call, compare, freePort, headers, here, load, modules, privateKib, row, scratch, seconds, serve, sleep, start, stop, us,
} from './measure.mjs';

let running;

// A bare libmicrohttpd, which runs until the benchmark ends.
const bare = () => running ??= start(path.join(build, 'tests/bench/bench-bare'), ['1'], {}, /(\d{4,5})/);

const addition = [call('add', { a: 2, b: 3 })];

async function adding(what, accept, bound) {
  const reference = await bare(), add = await serve('tests/bench/bench-add');
  const round = await compare(() => load(reference, headers('add'), addition), () => load(add, headers('add', accept), addition));
  row(what, `${us(round.own.cpu)}, bare ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×`, `at most ${bound.toFixed(1)} ×`, round.ratio <= bound);
  await stop(add);
}

export const computing = () => adding('a tool that computes, JSON answer', undefined, 2);
export const computingAsEvent = () => adding('the same as an SSE answer', 'text/event-stream', 2.5);

export async function sdk() {
  fs.copyFileSync(path.join(here, 'sdk_add.mjs'), path.join(modules, 'sdk_add.mjs'));
  const add = await serve('tests/bench/bench-add');
  const server = await start(process.execPath, [path.join(modules, 'sdk_add.mjs')], {}, /^(\d+)\n/m);
  await load(server, headers('add'), addition, { time: 2 });         // warm
  const ours = (await load(add, headers('add'), addition)).cpu, result = await load(server, headers('add'), addition);
  row('the same tool on the TypeScript SDK v2',
    `${us(result.cpu)}: ${(result.cpu / ours).toFixed(0)} × ours, ${result.rate.toFixed(0)}/s`,
    'at least 25 ×', result.cpu / ours >= 25);
  await stop(server);
  await stop(add);
}

// The same catalogue there; a worker asks the server, and 16 connections keep 4 of them busy.
export async function onPostgres() {
  const postgres = await Postgres.start().catch((error) => { if (!error.missing) throw error; });
  if (!postgres) return;
  const reference = await bare();
  const took = importInto(postgres.url);
  const products = await serve('products/mcp-products', { DATABASE_URL: postgres.url });
  const round = await compare(() => load(reference, headers('get_product'), getProducts()), () => load(products, headers('get_product'), getProducts()));
  row('get_product on PostgreSQL, of 100,000 products',
    `${us(round.own.cpu)}, bare ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×, ${round.own.rate.toFixed(0)}/s`, 'at most 6 ×', round.ratio <= 6);
  row('import of 100,000 products into PostgreSQL', `${took.toFixed(1)} s`, 'under 120 s', took < 120);
  await stop(products);
  await postgres.stop();
}

const productsOnSqlite = (env = {}) => serve('products/mcp-products', { DATABASE_URL: `sqlite:${sqliteFile()}`, ...env });

export async function onSqlite() {
  const reference = await bare(), products = await productsOnSqlite(), gets = getProducts();
  const round = await compare(() => load(reference, headers('get_product'), gets), () => load(products, headers('get_product'), gets));
  row('get_product from 100,000 products',
    `${us(round.own.cpu)}, bare ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×`, 'at most 3.5 ×', round.ratio <= 3.5);
  await stop(products);
}

export async function searches() {
  const products = await productsOnSqlite();
  await searching(products, 'two words, each in fewer than 5 %', pairs(2000), 8);
  await searching(products, 'one word in 30 %', ['classic'], 30);
  await stop(products);
}

async function searching(server, what, queries, bound) {
  const bodies = queries.map((words) => call('search_products', { words, limit: 20 }));
  const most = await load(server, headers('search_products'), bodies);
  const half = await load(server, headers('search_products'), bodies, { rate: most.rate / 2, time: seconds * 2 });
  row(`search: ${what}`, `p99 ${half.p99.toFixed(2)} ms at ${(most.rate / 2).toFixed(0)}/s (${us(most.cpu)})`,
    `p99 under ${bound} ms`, half.p99 < bound);
}

export async function resting() {
  const server = await productsOnSqlite({ LOOPS: '2' });
  await (await fetch(`http://127.0.0.1:${server.port}/readyz`)).text();
  await sleep(300);
  const kib = privateKib(server.pid);
  row('private memory at rest', `${(kib / 1024).toFixed(2)} MiB`, 'under 5 MiB', kib < 5 * 1024);
  await stop(server);
}

export async function startTime() {
  const times = [];
  for (let i = 0; i < 9; i++) {
    const port = await freePort();
    const text = execFileSync(path.join(build, 'tests/bench/bench-start'),
      [String(port), path.join(build, 'products/mcp-products')],
      { cwd: scratch, env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: '0',
        DATABASE_URL: `sqlite:${sqliteFile()}` } });
    times.push(Number(text));
  }
  const median = times.sort((a, b) => a - b)[4];
  row('start to first answer, 100,000 products there', `${median.toFixed(1)} ms`, 'under 25 ms', median < 25);
}
