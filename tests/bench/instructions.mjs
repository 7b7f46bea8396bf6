// instructions.mjs - the instructions of a call in our process, counted by callgrind: the same on every machine, and
// whoever else uses it. The kernel's are not among them, nor what waiting costs.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { getProducts, sqliteFile } from './catalogue.mjs';
import { build, call, headers, load, scratch, start, stop } from './measure.mjs';
import { builds } from './table.mjs';

const CLIENTS = 4, SHORT_SECONDS = 1, LONG_SECONDS = 4, RATE = 250;
const canCount = spawnSync('valgrind', ['--version']).status === 0;

let runs = 0;

// A whole run, from start to stop, with a load of so many seconds.
async function run(program, env, head, bodies, time) {
  const out = path.join(scratch, `callgrind-${runs++}`);
  const server = await start('valgrind', ['--tool=callgrind', `--callgrind-out-file=${out}`, program],
    { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', LOOPS: '1', ...env }, /(?:^|:)(\d{4,5})(?:\/mcp|$)/m);
  const { requests } = await load(server, head, bodies, { connections: CLIENTS, rate: RATE, time });
  await stop(server);
  return { requests, all: Number(fs.readFileSync(out, 'utf8').match(/^totals: (\d+)/m)[1]) };
}

// What a longer load adds: starting and stopping is in both.
async function count(...what) {
  const short = await run(...what, SHORT_SECONDS), long = await run(...what, LONG_SECONDS);
  return (long.all - short.all) / (long.requests - short.requests);
}

export async function instructions() {
  if (!canCount) {
    console.log('\n  instructions of a call are left out: valgrind is not here');
    return;
  }
  console.log('\n  instructions of a call');
  const bare = await count(path.join(build, 'tests/bench/bench-bare'), {}, headers('add'), [call('add', { a: 2, b: 3 })]);
  console.log(`    ${'libmicrohttpd alone, in C'.padEnd(34)}${bare.toFixed(0).padStart(9)}`);
  for (const { name, folder } of builds()) {
    const products = path.join(folder, 'products/mcp-products'), env = { DATABASE_URL: `sqlite:${sqliteFile(folder)}` };
    const add = await count(path.join(folder, 'tests/bench/bench-add'), {}, headers('add'), [call('add', { a: 2, b: 3 })]);
    const get = await count(products, env, headers('get_product'), getProducts());
    const search = await count(products, env, headers('search_products'), [call('search_products', { limit: 20 })]);
    console.log(`    ${name.padEnd(34)}${add.toFixed(0).padStart(9)} add, ${get.toFixed(0)} get_product on SQLite, ${search.toFixed(0)} search_products of the first 20`);
  }
}
