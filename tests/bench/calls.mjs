// calls.mjs - what the benchmark measures of calls beside a bare libmicrohttpd: of a tool that computes, of reads
// on SQLite; of searches; and the program at rest.
import fs from 'node:fs';
import path from 'node:path';
import { getProducts, pairs, sqliteFile } from './catalogue.mjs';
import {
  build, call, compare, headers, here, load, modules, privateKib, row, scratch, seconds, serve, sleep, start, stop, us,
} from './measure.mjs';
import { OURS, atMostTimes, builds, table } from './table.mjs';

let running;

// A bare libmicrohttpd, which runs until the benchmark ends.
const bare = () => running ??= start(path.join(build, 'tests/bench/bench-bare'), ['1'], {}, /(\d{4,5})/);

const addition = [call('add', { a: 2, b: 3 })];

// Every µs is of the HTTP below or of us.
export async function computing() {
  const kinds = [{ name: 'libmicrohttpd alone, in C', server: await bare() }];
  for (const { name, folder } of builds()) kinds.push({ name, server: await serve('tests/bench/bench-add', {}, folder) });
  const results = await table('a tool that computes, JSON answer, 16 clients', kinds, headers('add'), addition, { rounds: 9 });
  atMostTimes(results[OURS()], results[kinds[0].name], 1.25);
  for (const { server } of kinds.slice(1)) await stop(server);
}

export async function computingAsEvent() {
  const reference = await bare(), add = await serve('tests/bench/bench-add');
  const round = await compare(() => load(reference, headers('add'), addition), () => load(add, headers('add', 'text/event-stream'), addition));
  row('the same as an SSE answer', `${us(round.own.cpu)}, bare ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×`, 'at most 2.5 ×', round.ratio <= 2.5);
  await stop(add);
}

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

