// bench.mjs - the benchmark: every figure beside its reference from the same run.
//
// CPU is user plus system time of the server's process per request, read from /proc, with the request
// log on and going to a file. Absolute figures depend on the machine and its neighbours; the ratios
// are what counts. One event loop each, so that the load has a core of its own.
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { computing, computingAsEvent, onSqlite, resting, sdk, searches } from './calls.mjs';
import { instructions } from './instructions.mjs';
import { conclude, here, seconds } from './measure.mjs';
import { overview, signing, slowService } from './outward.mjs';
import { gettingOnPostgres, searchingTwenty } from './reads.mjs';
import { startTime } from './starts.mjs';
import { afterPeak, idleStreams, streamMemory } from './streams.mjs';
import { compareWith } from './table.mjs';
import { talking } from './talks.mjs';
import { waiting } from './waits.mjs';
import { creatingOrders, ordersOnSqlite } from './writes.mjs';

// Those of `tables` are lines of several programs in turn, another build's too.
const tables = [
  ['add', 'a tool that computes, beside a bare libmicrohttpd', computing],
  ['wait', 'a tool that waits 50 ms, 256 clients, beside a thread for each', waiting],
  ['order', 'an order of two lines on SQLite, 16 and 2 clients, beside one writer in C', ordersOnSqlite],
  ['create-order', 'create_order whole, both processes, 16 clients', creatingOrders],
  ['search', 'search_products, 20 results, SQLite, 16 clients, beside SQLite alone', searchingTwenty],
  ['get-postgresql', 'get_product on PostgreSQL, 16 and 2 clients, beside libpq alone', gettingOnPostgres],
  ['start', 'from exec to the first answer', startTime],
  ['after-peak', 'private memory 30 s after 5,000 streams closed', afterPeak],
];

const figures = [
  ['add-event', 'a tool that computes, answered as an event', computingAsEvent],
  ['sdk', 'the same tool on the TypeScript SDK', sdk],
  ['get-sqlite', 'get_product from 100,000 products, SQLite', onSqlite],
  ['search-half', 'searches among them, at half of the most that it takes', searches],
  ['rest', 'private memory at rest', resting],
  ['streams', 'private memory of an idle stream', streamMemory],
  ['idle-streams', 'CPU of 10,000 idle streams', idleStreams],
  ['slow-service', '500 orders while products takes a second an answer', slowService],
  ['overview', "ops's overview, AWS 50 ms an answer: none known, all known", overview],
  ['sign', 'a signature of AWS', signing],
  ['support', '1,000 conversations at once with a model that takes its time', talking],
];

// Too slow to be run by everybody.
const onRequest = [['instructions', 'instructions of a call, by callgrind (three minutes)', instructions]];

// With a process and a conclusion of their own.
const scripts = [
  ['sessions', 'what the revisions with sessions cost'],
  ['sign_in', 'calls with tokens, and while tokens are forged'],
  ['many', 'several processes over one PostgreSQL'],
];

const all = [...tables, ...onRequest, ...figures, ...scripts];
const list = (some) => some.map(([name, about]) => `  ${name.padEnd(16)} ${about}`).join('\n');

const usage = () => `usage: ./dev bench [--against FOLDER] [--only NAME]...

Measures speed and memory, each figure beside its reference from the same run: the server's CPU a request, the rate,
milliseconds, private memory, and where strace is here the system calls a request. --against names the folder of
another release build, such as ../before/build/release, whose programs then take turns with this one's. BENCH_SECONDS
is how long a measurement is (4; in tables a quarter of it), BENCH_STRICT=1 makes a figure that misses its bound a failure.
NAME is one of

${list(tables)}

which --against is for, as it is for one that is run only where it is named,

${list(onRequest)}

or of

${list(figures)}
${list(scripts)}
`;

function options() {
  try {
    return parseArgs({ options: { against: { type: 'string' }, only: { type: 'string', multiple: true, default: [] }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage()}`);
    process.exit(2);
  }
}

const { against, only, help } = options();
if (help) {
  process.stdout.write(usage());
  process.exit(0);
}
const unknown = only.find((name) => !all.some((each) => each[0] === name));
if (unknown !== undefined) {
  process.stderr.write(`there is no row "${unknown}"\n\n${usage()}`);
  process.exit(2);
}
if (against) compareWith(against);
const wanted = ([name]) => only.length === 0 || only.includes(name);
const [inTables, alone] = [tables, figures].map((some) => some.filter(wanted));
if (inTables.length + alone.length)
  console.log(`${os.cpus().length} cores, ${os.cpus()[0].model}; ${seconds} s a measurement, of 16 clients where nothing else is said`);
for (const [, , run] of inTables) await run();
for (const [, , run] of onRequest.filter(([name]) => only.includes(name))) await run();
if (alone.length) console.log('');
for (const [, , run] of alone) await run();
let failed = inTables.length + alone.length > 0 && conclude();
for (const [name] of scripts.filter(wanted))
  failed = spawnSync(process.execPath, [path.join(here, `${name}.mjs`)], { stdio: 'inherit' }).status !== 0 || failed;
process.exit(failed ? 1 : 0);
