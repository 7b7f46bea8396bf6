// table.mjs - the same work of several servers in turn: the references, this build, and, where one was named,
// another build to compare with; a line each.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { build, claim, load, ownKib, scratch, seconds, sleep } from './measure.mjs';

export const SECONDS = seconds / 4;
const TRACED_SECONDS = 1, MOST_USED = 6;

export const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

let other;

// `folder`: of a build to compare with, as build/release.
export function compareWith(folder) {
  if (!fs.existsSync(path.join(folder, 'products/mcp-products'))) throw new Error(`${folder} is no folder of a build`);
  other = path.resolve(folder);
}

// The builds that are measured, the one to compare with first. An import by that one can be read by both.
export const builds = () => [...(other ? [{ name: 'before', folder: other }] : []), { name: other ? 'now' : 'ours', folder: build }];
export const OURS = () => builds().at(-1).name;

// ---- System calls ----

const canTrace = spawnSync('strace', ['-V']).status === 0;
let toldUntraced = false;

// What strace counts while a load runs, or nothing.
async function systemCalls(server, head, bodies, options) {
  if (!canTrace) return undefined;
  const pids = server.pids ?? [server.pid], file = path.join(scratch, 'strace');
  const tracer = spawn('strace', ['-f', '-c', '-o', file, ...pids.flatMap((pid) => ['-p', String(pid)])], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '', ended = false;
  tracer.stderr.on('data', (data) => { words += data; });
  tracer.once('exit', () => { ended = true; });
  for (let tries = 0; tries < 200 && !ended && !pids.every((pid) => words.includes(`Process ${pid} attached`)); tries++) await sleep(10);
  if (ended) return undefined;             // it may not, as /proc/sys/kernel/yama/ptrace_scope says
  const { requests } = await load(server, head, bodies, { ...options, time: TRACED_SECONDS });
  tracer.kill('SIGINT');
  if (!ended) await once(tracer, 'exit');
  const calls = fs.readFileSync(file, 'utf8').split('\n').map((line) => line.trim().split(/ +/))
    .filter((cells) => cells.length >= 5 && /^\d+$/.test(cells[3]) && cells.at(-1) !== 'total')
    .map((cells) => ({ name: cells.at(-1), each: Number(cells[3]) / requests })).sort((a, b) => b.each - a.each);
  return { all: calls.reduce((sum, { each }) => sum + each, 0), calls };
}

function printCalls(kinds) {
  for (const { name, traced } of kinds.filter((each) => each.traced))
    console.log(`      calls, ${name}: ${traced.calls.slice(0, MOST_USED).map((each) => `${each.name} ${each.each.toFixed(2)}`).join(', ')}`);
  if (kinds.every((each) => !each.traced) && !toldUntraced) {
    toldUntraced = true;
    console.log('      system calls are not counted: strace is not here, or may not attach');
  }
}

// ---- Rounds ----

const memoryOf = (server) => (server.pids ?? [server.pid]).reduce((sum, pid) => sum + ownKib(pid), 0) / 1024;

// Its private memory is looked at while the load runs.
async function measure(server, head, bodies, { time, ...options }) {
  let mib = NaN;
  const timer = setTimeout(() => { mib = memoryOf(server); }, time * 600);
  const result = await load(server, head, bodies, { ...options, time });
  clearTimeout(timer);
  return { ...result, mib };
}

const number = (value, digits = 0) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

function print(name, { cpu, cpus, rate, p50, p99, mib }, traced) {
  const range = `(${number(Math.min(...cpus))}-${number(Math.max(...cpus))})`;
  console.log(`    ${name.padEnd(34)}${number(cpu, 1).padStart(9)} µs ${range.padEnd(13)}${number(rate).padStart(10)}/s   p50${number(p50, 2).padStart(9)} ms   ` +
    `p99${number(p99, 2).padStart(9)} ms${number(mib, 1).padStart(7)} MiB${traced ? `${number(traced.all, 1).padStart(7)} calls` : ''}`);
}

// `kinds`: each with a name and a server. Prints a line of each, and gives the medians of its rounds by name.
export async function table(what, kinds, head, bodies, { rounds: count = 5, time = SECONDS, ...options } = {}) {
  console.log(`\n  ${what}`);
  for (const { server } of kinds) await load(server, head, bodies, { ...options, time: 0.5 });        // warm
  const rounds = kinds.map(() => []);
  for (let round = 0; round < count; round++)
    for (let i = 0; i < kinds.length; i++) {
      const at = round % 2 ? kinds.length - 1 - i : i;
      rounds[at].push(await measure(kinds[at].server, head, bodies, { ...options, time }));
    }
  const results = {};
  for (const [i, kind] of kinds.entries()) {
    const all = (key) => rounds[i].map((each) => each[key]);
    kind.traced = await systemCalls(kind.server, head, bodies, options);
    results[kind.name] = { cpus: all('cpu'), calls: kind.traced?.all,
      ...Object.fromEntries(['cpu', 'rate', 'p50', 'p99', 'mib'].map((key) => [key, median(all(key))])) };
    print(kind.name, results[kind.name], kind.traced);
  }
  printCalls(kinds);
  return results;
}

// ---- Bounds ----

export const atMostMicros = (result, most) => claim(`at most ${most} µs a request: ${number(result.cpu, 1)}`, result.cpu <= most);

export const atMostCalls = (result, most) => {
  if (result.calls !== undefined) claim(`at most ${most} system calls a request: ${number(result.calls, 1)}`, result.calls <= most);
};

// Round by round: the machine's speed drifts.
export function atMostTimes(result, reference, most) {
  const times = median(result.cpus.map((cpu, round) => cpu / reference.cpus[round]));
  claim(`at most ${most} × the reference's CPU: ${times.toFixed(2)}`, times <= most);
}

export function atLeastRate(result, least, words = '') {
  claim(`at least ${number(least)}/s${words}: ${number(result.rate)}`, result.rate >= least);
}
