// bench.mjs - the benchmark: every figure beside its reference from the same run.
//
// CPU is user plus system time of the server's process per request, read from /proc, with the request
// log on and going to a file. Absolute figures depend on the machine and its neighbours; the ratios
// are what counts. One event loop each, so that the load has a core of its own.
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { computing, computingAsEvent, onPostgres, onSqlite, resting, sdk, searches, startTime } from './calls.mjs';
import { conclude, here, seconds } from './measure.mjs';
import { afterPeak, idleStreams, streamMemory } from './streams.mjs';

const rows = [
  ['add', 'a tool that computes, beside a bare libmicrohttpd', computing],
  ['add-event', 'the same, answered as an event', computingAsEvent],
  ['sdk', 'the same tool on the TypeScript SDK', sdk],
  ['get-sqlite', 'get_product from 100,000 products, SQLite', onSqlite],
  ['search', 'search_products among them, at half of the most that it takes', searches],
  ['get-postgresql', 'get_product from 100,000 products, PostgreSQL, and their import', onPostgres],
  ['rest', 'private memory at rest', resting],
  ['start', 'from exec to the first answer', startTime],
  ['streams', 'private memory of an idle stream', streamMemory],
  ['idle-streams', 'CPU of 10,000 idle streams', idleStreams],
  ['after-peak', 'private memory 30 s after 5,000 streams closed', afterPeak],
];

// With a process and a conclusion of their own.
const scripts = [
  ['sessions', 'what the revisions with sessions cost'],
  ['sign_in', 'calls with tokens, and while tokens are forged'],
  ['many', 'several processes over one PostgreSQL'],
];

const usage = () => `usage: ./dev bench [--only NAME]...

Measures speed and memory, each figure beside its reference from the same run. BENCH_SECONDS is how long each
measurement is (4), BENCH_STRICT=1 makes a figure that misses its bound a failure. NAME is one of

${[...rows, ...scripts].map(([name, about]) => `  ${name.padEnd(16)} ${about}`).join('\n')}
`;

function options() {
  try {
    return parseArgs({ options: { only: { type: 'string', multiple: true, default: [] }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage()}`);
    process.exit(2);
  }
}

const { only, help } = options();
if (help) {
  process.stdout.write(usage());
  process.exit(0);
}
const unknown = only.find((name) => ![...rows, ...scripts].some((each) => each[0] === name));
if (unknown !== undefined) {
  process.stderr.write(`there is no row "${unknown}"\n\n${usage()}`);
  process.exit(2);
}
const wanted = ([name]) => only.length === 0 || only.includes(name);
const chosen = rows.filter(wanted);
if (chosen.length) {
  console.log(`${os.cpus().length} cores, ${os.cpus()[0].model}; ${seconds} s a measurement, 16 connections\n`);
  for (const [, , run] of chosen) await run();
}
let failed = chosen.length ? conclude() : false;
for (const [name] of scripts.filter(wanted))
  failed = spawnSync(process.execPath, [path.join(here, `${name}.mjs`)], { stdio: 'inherit' }).status !== 0 || failed;
process.exit(failed ? 1 : 0);
