// measure.mjs - what the benchmarks share: starting servers, sending load, reading CPU and memory, and
// the table of figures.
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = path.dirname(fileURLToPath(import.meta.url));
export const build = process.env.BUILD_DIR ?? path.resolve(here, '../../build/release');
export const modules = process.env.NPM_DIR ?? path.resolve(here, '../../build/npm');
export const seconds = Number(process.env.BENCH_SECONDS ?? 4);
export const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
const ticks = Number(execFileSync('getconf', ['CLK_TCK']));
const rows = [];
const children = new Set();
let starts = 0;
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  fs.rmSync(scratch, { recursive: true, force: true });
});

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// ---- Processes ----

export async function start(command, args, env, portPattern) {
  const log = path.join(scratch, `${path.basename(command)}-${starts++}.log`);
  const out = fs.openSync(log, 'w');
  const began = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', out, out], cwd: scratch,
    env: { ...process.env, ...env } });
  children.add(child);
  for (let tries = 0; tries < 20000; tries++) {
    const match = fs.readFileSync(log, 'utf8').match(portPattern);
    if (match) return { child, pid: child.pid, port: Number(match[1]), began, log };
    if (child.exitCode !== null) break;
    await sleep(1);
  }
  throw new Error(`${command} did not start:\n${fs.readFileSync(log, 'utf8')}`);
}

export async function stop(server) {
  server.child.kill('SIGTERM');
  if (server.child.exitCode === null) await once(server.child, 'exit');
  children.delete(server.child);
}

export const serve = (program, env = {}, folder = build) => start(path.join(folder, program), [],
  { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', LOOPS: '1', ...env }, /http:\/\/[^\s"]*?:(\d+)\/mcp/);

export { freePort } from '../e2e/ports.mjs';

export function cpuMicros(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 1e6 / ticks;
}

export function privateKib(pid) {
  const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return [...text.matchAll(/^Private_(?:Clean|Dirty): +(\d+)/gm)].reduce((sum, m) => sum + Number(m[1]), 0);
}

// Without the pages of a database's file that are mapped: the kernel takes them back as it likes.
export function ownKib(pid) {
  const mappings = fs.readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return mappings.filter((text) => !/^[^\n]*\.db(-shm)?\n/.test(text))
    .flatMap((text) => [...text.matchAll(/^Private_(?:Clean|Dirty): +(\d+)/gm)]).reduce((sum, m) => sum + Number(m[1]), 0);
}

// ---- Load ----

export const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {} };
export const call = (name, args) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call',
  params: { name, arguments: args, _meta: meta } });
export const headers = (name, accept = 'application/json, text/event-stream') =>
  'Content-Type: application/json\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\n' +
  `Mcp-Name: ${name}\r\nAccept: ${accept}\r\n`;

export async function beginSession(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {
      protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } } }) });
  await answer.text();
  return answer.headers.get('mcp-session-id');
}

let loads = 0;

// The processes that a call is the work of, where it is more than its server.
const cpuOf = (server) => (server.pids ?? [server.pid]).reduce((sum, pid) => sum + cpuMicros(pid), 0);

// `refused`: answers other than 200 are what is looked for.
export async function load(server, head, bodies, { connections = 16, rate = 0, time = seconds, refused = false } = {}) {
  const [headFile, bodyFile] = ['head', 'bodies'].map((name) => path.join(scratch, `${name}-${loads % 2}`));
  loads++;                                                                   // two may run at once
  fs.writeFileSync(headFile, head);
  fs.writeFileSync(bodyFile, bodies.join('\n') + '\n');
  const before = cpuOf(server);
  const child = spawn(path.join(build, 'tests/bench/bench-load'),
    [server.port, connections, time, rate, headFile, bodyFile].map(String), { stdio: ['ignore', 'pipe', refused ? 'ignore' : 'inherit'] });
  let text = '';
  child.stdout.on('data', (data) => { text += data; });
  await once(child, 'close');
  if (!text) throw new Error(`nothing was measured; the server's log ends with\n${fs.readFileSync(server.log, 'utf8').slice(-1000)}`);
  const result = JSON.parse(text);
  if (result.errors && !refused) throw new Error(`${result.errors} bad answers`);
  return { ...result, cpu: (cpuOf(server) - before) / result.requests,
    rate: result.requests / result.seconds };
}

export function row(what, figure, bound, ok) {
  rows.push([what, figure, bound, ok ? 'yes' : 'NO']);
  console.log(`${ok ? '  ' : '! '}${what.padEnd(52)} ${figure.padEnd(44)} ${bound}`);
}

// A figure that has no line of its own.
export function claim(bound, ok) {
  rows.push(['', '', bound, ok ? 'yes' : 'NO']);
  console.log(`${ok ? '  ' : '! '}  ${ok ? 'is' : 'is NOT'} ${bound}`);
}

export const us = (value) => `${value.toFixed(2)} µs`;

// The median of three interleaved rounds: the machine's speed drifts within a run.
export async function compare(reference, subject) {
  const rounds = [];
  for (let round = 0; round < 3; round++) {
    const base = await reference(), own = await subject();
    rounds.push({ base, own, ratio: own.cpu / base.cpu });
  }
  return rounds.sort((a, b) => a.ratio - b.ratio)[1];
}

// Says how many figures are within their bound. Whether it failed: one is not, and that was asked.
export function conclude() {
  const missed = rows.filter((each) => each[3] === 'NO').length;
  console.log(`\n${rows.length - missed} of ${rows.length} figures within their bound`);
  return Boolean(missed && process.env.BENCH_STRICT);
}
