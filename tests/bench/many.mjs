// many.mjs - the benchmark of several processes over one PostgreSQL: calls a second through one, two
// and three of them behind a round robin, with the CPU of each part; what a call of the session era
// costs beside a stateless one, and what an event costs that is kept.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Postgres } from '../e2e/postgres.mjs';
import { orderOf } from '../e2e/support.mjs';
import { Haproxy } from '../many/balancers.mjs';
import { Session, callUntil } from '../many/session.mjs';
import { build, call, conclude, cpuMicros, headers, load, row, scratch, seconds, serve, stop, us } from './measure.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const skus = Array.from({ length: 9 }, (_, i) => `KIT-000${i + 1}`);

// The server's processes: the postmaster's children, which live as long as the connections do.
function postgresProcesses(folder) {
  const master = Number(fs.readFileSync(path.join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
  return [master, ...fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return Number(fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ')[1]) === master;
    } catch {
      return false;
    }
  })];
}

const cpuOf = (pids) => pids.reduce((sum, pid) => {
  try {
    return sum + cpuMicros(pid);
  } catch {
    return sum;
  }
}, 0);

// Load, with the CPU of each part for a request. `parts`: what gives the processes of each.
async function measure(port, head, bodies, parts, options) {
  const before = Object.entries(parts).map(([name, pids]) => [name, cpuOf(pids())]);
  const result = await load({ port, pid: process.pid }, head, bodies, { connections: 24, ...options });
  const cpu = Object.fromEntries(before.map(([name, then]) => [name, (cpuOf(parts[name]()) - then) / result.requests]));
  return { ...result, parts: cpu };
}

const words = (parts) => Object.entries(parts).map(([name, cpu]) => `${name} ${us(cpu)}`).join(', ');

async function throughput(products, parts) {
  const bodies = skus.map((sku) => call('get_product', { sku }));
  for (let count = 1; count <= products.length; count++) {
    const used = products.slice(0, count);
    const balancer = await new Haproxy().start({ products: used });
    const result = await measure(balancer.tcp.products, headers('get_product'), bodies,
      { ...parts, ours: () => used.map((each) => each.pid), balancer: () => [balancer.pid] });
    row(`get_product through ${count} of ${products.length}`, `${result.rate.toFixed(0)}/s, p99 ${result.p99.toFixed(1)} ms`,
      words(result.parts), true);
    await balancer.stop();
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

// Three interleaved rounds of two kinds of calls at one server.
async function sideBySide(server, kinds, parts) {
  const rounds = kinds.map(() => []);
  for (let round = 0; round < 3; round++)
    for (const [i, { head, bodies }] of kinds.entries())
      rounds[i].push(await measure(server.port, head, bodies, { ...parts, ours: () => [server.pid] }));
  return rounds.map((all) => ({
    ours: median(all.map((each) => each.parts.ours)), postgres: median(all.map((each) => each.parts.PostgreSQL)),
    rate: median(all.map((each) => each.rate)),
  }));
}

const inSession = (session, accept = 'application/json, text/event-stream') =>
  `Content-Type: application/json\r\nMCP-Protocol-Version: 2025-11-25\r\nMcp-Session-Id: ${session.id}\r\nAccept: ${accept}\r\n`;

// A call as 2025-11-25 has it.
const older = (name, args, meta) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call',
  params: { name, arguments: args, ...(meta ? { _meta: meta } : {}) } });

async function eras(server, parts) {
  const session = await new Session(server.port, '2025-11-25').begin();
  const [stateless, sessions] = await sideBySide(server, [
    { head: headers('get_product'), bodies: skus.map((sku) => call('get_product', { sku })) },
    { head: inSession(session), bodies: skus.map((sku) => older('get_product', { sku })) },
  ], parts);
  row('get_product in a session beside a stateless one',
    `${us(sessions.ours)}, stateless ${us(stateless.ours)}: ${(sessions.ours / stateless.ours).toFixed(2)} ×`,
    'at most 1.5 ×', sessions.ours / stateless.ours <= 1.5);
}

// The same stream of five steps and an answer, with a session, whose events are stored, and without.
// A session's stream also has a connection of its own.
async function events(server, order, parts) {
  const session = await new Session(server.port, '2025-11-25').begin();
  const args = { id: order, follow: true }, body = JSON.parse(call('track_order', args));
  body.params._meta.progressToken = 1;
  const [stateless, sessions] = await sideBySide(server, [
    { head: headers('track_order'), bodies: [JSON.stringify(body)] },
    { head: inSession(session), bodies: [older('track_order', args, { progressToken: 1 })] },
  ], parts);
  const each = (kind) => (sessions[kind] - stateless[kind]) / 6;
  row('an event that is stored, six to a stream', `ours ${us(each('ours'))}, PostgreSQL ${us(each('postgres'))}`,
    `${sessions.rate.toFixed(0)} streams/s, ${stateless.rate.toFixed(0)}/s not stored`, true);
}

const postgres = await Postgres.start().catch((error) => {
  if (!error.missing) throw error;
});
if (!postgres) {
  console.log('left out: there is no PostgreSQL');
  process.exit(0);
}
const folder = new URL(postgres.url.replace('@/', '@host/').replace(/^postgresql:/, 'http:')).searchParams.get('host');
const keys = randomBytes(32).toString('base64');
await postgres.create('products');
await postgres.create('orders');
execFileSync(path.join(build, 'products/mcp-products'), ['import', path.join(root, 'products/data/catalogue.csv')],
  { stdio: ['ignore', 'ignore', 'ignore'], env: { ...process.env, DATABASE_URL: postgres.of('products') }, cwd: scratch });
const products = [];
for (let i = 0; i < 3; i++)
  products.push(await serve('products/mcp-products', { DATABASE_URL: postgres.of('products'), STATE_KEYS: keys }));
const orders = await serve('orders/mcp-orders', { DATABASE_URL: postgres.of('orders'), STATE_KEYS: keys,
  SESSION_STREAMS: '10000', PRODUCTS_URL: `http://127.0.0.1:${products[0].port}/mcp` });
const order = (await callUntil(orders.port, 'create_order', orderOf({ 'KIT-0001': 1 }, 'bench'))).structuredContent.id;
for (const status of ['paid', 'packed', 'shipped', 'delivered'])
  await callUntil(orders.port, 'update_order_status', { id: order, status });

console.log(`\nseveral processes over one PostgreSQL; ${seconds} s a measurement, 24 connections; the CPU is for a request\n`);
const parts = { PostgreSQL: () => postgresProcesses(folder) };
await throughput(products, parts);
await eras(products[0], parts);
await events(orders, order, parts);
await stop(orders);
for (const each of products) await stop(each);
await postgres.stop();
process.exit(conclude() ? 1 : 0);
