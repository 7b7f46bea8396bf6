// reads.mjs - what the benchmark measures of reads beside programs that make the same read without us: a
// product on PostgreSQL, a search of 20 results on SQLite.
import fs from 'node:fs';
import path from 'node:path';
import { Postgres } from '../e2e/postgres.mjs';
import { getProducts, importInto, sqliteFile, wordsOf } from './catalogue.mjs';
import { build, call, headers, row, scratch, serve, start, stop } from './measure.mjs';
import { OURS, atMostCalls, atMostMicros, atMostTimes, builds, table } from './table.mjs';

const reference = (name, ...args) => start(path.join(build, `tests/bench/bench-${name}`), args, {}, /(\d{4,5})/);

export async function gettingOnPostgres() {
  const postgres = await Postgres.start().catch((error) => { if (!error.missing) throw error; });
  if (!postgres) {
    console.log('\n  get_product on PostgreSQL is left out: there is none');
    return;
  }
  // By the oldest, for the newer one can read it.
  await postgres.create('catalogue');
  const kinds = [], took = importInto(postgres.of('catalogue'), builds()[0].folder);
  for (const { name, folder } of builds()) {
    await postgres.create(name, 'catalogue');
    kinds.push({ name, server: await serve('products/mcp-products', { DATABASE_URL: postgres.of(name) }, folder) });
  }
  kinds.unshift(
    { name: 'libpq, a connection each, in C', server: await reference('gets', postgres.of(OURS()), 'threads') },
    { name: 'libpq, one in pipeline mode, in C', server: await reference('gets', postgres.of(OURS()), 'pipeline') });
  for (const [connections, most] of [[16, 18], [2, 30]]) {
    const results = await table(`get_product on PostgreSQL, of 100,000 products, ${connections} clients`, kinds, headers('get_product'), getProducts(), { connections });
    atMostMicros(results[OURS()], most);
    atMostCalls(results[OURS()], 6);
  }
  row('import of 100,000 products into PostgreSQL', `${took.toFixed(1)} s`, 'under 120 s', took < 120);
  for (const { server } of kinds) await stop(server);
  await postgres.stop();
}

export async function searchingTwenty() {
  const bodies = wordsOf(20, 36).map((words) => call('search_products', { words, limit: 20 }));
  const kinds = [];
  for (const { name, folder } of builds()) {
    const file = path.join(scratch, `search-${name}.db`);
    fs.copyFileSync(sqliteFile(folder), file);
    kinds.push({ name, server: await serve('products/mcp-products', { DATABASE_URL: `sqlite:${file}` }, folder) });
  }
  kinds.unshift({ name: 'SQLite alone, a thread each, in C', server: await reference('searches', path.join(scratch, `search-${OURS()}.db`)) });
  const results = await table('search_products, 20 results of 100,000 products, SQLite, 16 clients', kinds, headers('search_products'), bodies);
  atMostTimes(results[OURS()], results[kinds[0].name], 1.5);
  for (const { server } of kinds) await stop(server);
}
