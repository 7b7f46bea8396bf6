// bench.mjs - the benchmark: every figure beside its reference from the same run.
//
// CPU is user plus system time of the server's process per request, read from /proc, with the request
// log on and going to a file. Absolute figures depend on the machine and its neighbours; the ratios
// are what counts. One event loop each, so that the load has a core of its own.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Postgres } from '../e2e/postgres.mjs';
import {
  beginSession, build, call, compare, conclude, cpuMicros, freePort, headers, here, load, meta, modules, privateKib, row, scratch,
  seconds, serve, sleep, start, stop, us,
} from './measure.mjs';

// ---- The catalogue: 100,000 products whose words are as frequent as words are ----

function random(seed) {
  return () => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

function makeCatalogue(file, count) {
  const next = random(7), letters = 'bcdfgklmnprstvz', vowels = 'aeiou';
  const word = (n) => { let text = ''; for (let i = 0; i < 3; i++) { text += letters[n % 15] + vowels[Math.floor(n / 15) % 5]; n = Math.floor(n / 75) + 11 * i; } return text + n.toString(36); };
  const words = Array.from({ length: 4000 }, (_, n) => word(n * 37 + 5));
  const pick = () => words[Math.floor(40 * (100 ** next()) - 40)];          // log-uniform: few are common
  const out = fs.createWriteStream(file);
  out.write('sku,name,price,currency,stock,category,description\n');
  for (let i = 0; i < count; i++) {
    const common = next() < 0.3 ? ' classic' : '';                           // one word in 30 %
    const name = [pick(), pick(), pick()].join(' ') + common;
    out.write(`B${String(i).padStart(6, '0')},${name},${(1 + i % 90)}.${String(i % 100).padStart(2, '0')},GBP,${i % 200},Category ${i % 12},${pick()} ${pick()} ${pick()} ${pick()}\n`);
  }
  return new Promise((resolve) => out.end(() => resolve(words)));
}

// Pairs of words that occur together, each in fewer than 5 % of the products.
function pairs(file, count) {
  const seen = new Map(), lines = fs.readFileSync(file, 'utf8').split('\n').slice(1, -1);
  const names = lines.map((line) => line.split(',')[1].split(' '));
  for (const words of names) for (const word of new Set(words)) seen.set(word, (seen.get(word) ?? 0) + 1);
  const rare = (word) => seen.get(word) < names.length * 0.05;
  const next = random(3), found = [];
  while (found.length < count) {
    const words = names[Math.floor(next() * names.length)].filter(rare);
    if (words.length >= 2) found.push(`${words[0]} ${words[1]}`);
  }
  return found;
}

// ---- Streams ----

async function openStreams(port, count, open = openStream) {
  const sockets = [];
  for (let i = 0; i < count; i += 100)
    sockets.push(...await Promise.all(Array.from({ length: Math.min(100, count - i) }, () => open(port))));
  return sockets;
}

async function openStream(port) {
  const session = await beginSession(port);
  return streamOf(port, `GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n` +
    `Mcp-Session-Id: ${session}\r\nMCP-Protocol-Version: 2025-11-25\r\n\r\n`);
}

async function streamOf(port, request) {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(request);
  await once(socket, 'data');
  socket.on('data', () => {});
  socket.on('error', () => {});
  return socket;
}

async function streamCost(memory, bound, count = 2000) {
  const server = await serve('tests/bench/bench-add', { CONNECTION_MEMORY: memory, SESSIONS_MAX: '20000' });
  const warm = await openStreams(server.port, 50);
  const before = privateKib(server.pid);
  const sockets = await openStreams(server.port, count);
  const each = (privateKib(server.pid) - before) / count;
  row(`an idle stream with its session, ${memory} pool`, `${each.toFixed(2)} KiB`, `under ${bound} KiB`, each < bound);
  for (const socket of [...warm, ...sockets]) socket.destroy();
  await stop(server);
}

async function idleStreams(count) {
  const server = await serve('tests/bench/bench-add', { SESSIONS_MAX: '20000', KEEP_ALIVE: '600s' });
  const sockets = await openStreams(server.port, count);
  await sleep(1000);
  const before = cpuMicros(server.pid);
  await sleep(5000);
  const used = (cpuMicros(server.pid) - before) / 1e3;
  row(`${count.toLocaleString('en')} idle streams, CPU in 5 s`, `${used.toFixed(0)} ms (keep-alives off)`, 'none', used <= 10);
  for (const socket of sockets) socket.destroy();
  await stop(server);
}

// Those who read server-sent events, as the revision without sessions has them.
function listenStream(port) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: { notifications: { toolsListChanged: true }, _meta: meta } });
  return streamOf(port, `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
    'Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: subscriptions/listen\r\n' +
    `Content-Length: ${body.length}\r\n\r\n${body}`);
}

async function afterPeak(count) {
  const server = await serve('tests/bench/bench-add');
  for (const socket of await openStreams(server.port, 50, listenStream)) socket.destroy();
  await sleep(1000);
  const before = privateKib(server.pid);
  const sockets = await openStreams(server.port, count, listenStream);
  const peak = privateKib(server.pid);
  for (const socket of sockets) socket.destroy();
  await sleep(30000);
  const after = privateKib(server.pid), mib = (kib) => (kib / 1024).toFixed(1);
  row(`private memory 30 s after ${count.toLocaleString('en')} streams closed`, `${mib(after)} MiB, before ${mib(before)}, with them ${mib(peak)}`,
    'at most 2 MiB more', after <= before + 2048);
  await stop(server);
}

async function startTime() {
  const times = [];
  for (let i = 0; i < 9; i++) {
    const port = await freePort();
    const text = execFileSync(path.join(build, 'tests/bench/bench-start'),
      [String(port), path.join(build, 'products/mcp-products')],
      { cwd: scratch, env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: '0',
        DATABASE_URL: `sqlite:${path.join(scratch, 'bench.db')}` } });
    times.push(Number(text));
  }
  const median = times.sort((a, b) => a - b)[4];
  row('start to first answer, 100,000 products there', `${median.toFixed(1)} ms`, 'under 25 ms', median < 25);
}

// ---- The table ----

async function computing(bare) {
  const add = await serve('tests/bench/bench-add');
  const body = [call('add', { a: 2, b: 3 })];
  const reference = () => load(bare, headers('add'), body);
  let round = await compare(reference, () => load(add, headers('add'), body));
  row('a tool that computes, JSON answer',
    `${us(round.own.cpu)}, bare ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×`, 'at most 2.0 ×', round.ratio <= 2);
  const ours = round.own.cpu;
  round = await compare(reference, () => load(add, headers('add', 'text/event-stream'), body));
  row('the same as an SSE answer',
    `${us(round.own.cpu)}, bare ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×`, 'at most 2.5 ×', round.ratio <= 2.5);
  await stop(add);
  return ours;
}

async function sdk(ours) {
  fs.copyFileSync(path.join(here, 'sdk_add.mjs'), path.join(modules, 'sdk_add.mjs'));
  const server = await start(process.execPath, [path.join(modules, 'sdk_add.mjs')], {}, /^(\d+)\n/m);
  await load(server, headers('add'), [call('add', { a: 2, b: 3 })], { time: 2 });         // warm
  const result = await load(server, headers('add'), [call('add', { a: 2, b: 3 })]);
  row('the same tool on the TypeScript SDK v2',
    `${us(result.cpu)}: ${(result.cpu / ours).toFixed(0)} × ours, ${result.rate.toFixed(0)}/s`,
    'at least 25 ×', result.cpu / ours >= 25);
  await stop(server);
}

function getProducts() {
  const next = random(11);
  return Array.from({ length: 5000 }, () => call('get_product', { sku: `B${String(Math.floor(next() * 100000)).padStart(6, '0')}` }));
}

// The same catalogue there; a worker asks the server, and 16 connections keep 4 of them busy.
async function onPostgres(bare) {
  const postgres = await Postgres.start().catch((error) => { if (!error.missing) throw error; });
  if (!postgres) return;
  const began = performance.now();
  execFileSync(path.join(build, 'products/mcp-products'), ['import', path.join(scratch, 'catalogue.csv')],
    { env: { ...process.env, DATABASE_URL: postgres.url }, cwd: scratch });
  const took = (performance.now() - began) / 1000;
  const products = await serve('products/mcp-products', { DATABASE_URL: postgres.url });
  const round = await compare(() => load(bare, headers('get_product'), getProducts()), () => load(products, headers('get_product'), getProducts()));
  row('get_product on PostgreSQL, of 100,000 products',
    `${us(round.own.cpu)}, bare ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×, ${round.own.rate.toFixed(0)}/s`, 'at most 6 ×', round.ratio <= 6);
  row('import of 100,000 products into PostgreSQL', `${took.toFixed(1)} s`, 'under 120 s', took < 120);
  await stop(products);
  await postgres.stop();
}

async function catalogue(bare) {
  const file = path.join(scratch, 'catalogue.csv'), database = `sqlite:${path.join(scratch, 'bench.db')}`;
  await makeCatalogue(file, 100000);
  execFileSync(path.join(build, 'products/mcp-products'), ['import', file], { env: { ...process.env, DATABASE_URL: database }, cwd: scratch });
  const products = await serve('products/mcp-products', { DATABASE_URL: database });
  const gets = getProducts();
  const round = await compare(() => load(bare, headers('get_product'), gets), () => load(products, headers('get_product'), gets));
  row('get_product from 100,000 products',
    `${us(round.own.cpu)}, bare ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×`, 'at most 3.5 ×', round.ratio <= 3.5);
  await searching(products, 'two words, each in fewer than 5 %', pairs(file, 2000), 8);
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

async function resting() {
  const server = await serve('products/mcp-products', { DATABASE_URL: `sqlite:${path.join(scratch, 'bench.db')}`, LOOPS: '2' });
  await (await fetch(`http://127.0.0.1:${server.port}/readyz`)).text();
  await sleep(300);
  const kib = privateKib(server.pid);
  row('private memory at rest', `${(kib / 1024).toFixed(2)} MiB`, 'under 5 MiB', kib < 5 * 1024);
  await stop(server);
}

console.log(`${os.cpus().length} cores, ${os.cpus()[0].model}; ${seconds} s a measurement, 16 connections\n`);
const bare = await start(path.join(build, 'tests/bench/bench-bare'), ['1'], {}, /(\d{4,5})/);
const ours = await computing(bare);
await sdk(ours);
await catalogue(bare);
await onPostgres(bare);
await stop(bare);
await resting();
await startTime();
await streamCost('8KiB', 10);
await streamCost('16KiB', 15);
await idleStreams(10000);
await afterPeak(5000);
conclude();
