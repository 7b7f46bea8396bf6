// outward.mjs - what the benchmark measures of calls that go out: orders while products is slow, ops beside an AWS that takes
// 50 ms for each answer, signatures.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { startDouble } from '../aws/double.mjs';
import { GROUP, arn, deployment, service, shop } from '../aws/shop.mjs';
import { FEW_PRODUCTS, skuOf, sqliteFile } from './catalogue.mjs';
import { build, call, headers, load, row, scratch, seconds, serve, stop, us } from './measure.mjs';

const WORKERS = 4, SECOND = 1000, ORDERS = 500, AWS_MS = 50;

const sorted = (list) => list.toSorted((a, b) => a - b);
const percentile = (list, share) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))];

async function timed(run) {
  const began = performance.now(), value = await run();
  return { took: performance.now() - began, value };
}

async function callTool(port, name, args) {
  const answer = await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST', body: call(name, args), headers: {
    'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', 'MCP-Protocol-Version': '2026-07-28',
    'Mcp-Method': 'tools/call', 'Mcp-Name': name } });
  const text = await answer.text(), { result } = JSON.parse(text.match(/^data: (.*)$/m)?.[1] ?? text);
  if (!result || result.isError) throw new Error(`${name} failed: ${text.slice(0, 500)}`);
  return result.structuredContent;
}

// Passes on to a port; what goes there is `delay.ms` late.
async function between(port, delay) {
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    near.on('data', (data) => setTimeout(() => far.write(data), delay.ms)).on('close', () => far.destroy()).on('error', () => {});
    far.on('data', (data) => near.write(data)).on('close', () => near.destroy()).on('error', () => {});
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { port: server.address().port, close: () => server.close() };
}

const order = (i) => ({ customer: 'anna@example.com', idempotency_key: `slow-${i}`, items: [{ sku: skuOf(i % FEW_PRODUCTS), quantity: 1 }],
  shipping_address: { name: 'Anna Brown', line1: '1 High Street', city: 'York', postal_code: 'YO1 7HH', country: 'GB' } });

async function beside(port, name, args, times) {
  const all = [];
  for (let i = 0; i < times; i++) all.push((await timed(() => callTool(port, name, args))).took);
  return percentile(all, 0.5);
}

export async function slowService() {
  const file = path.join(scratch, 'slow-products.db'), delay = { ms: 0 };
  fs.copyFileSync(sqliteFile(build, FEW_PRODUCTS), file);
  const products = await serve('products/mcp-products', { DATABASE_URL: `sqlite:${file}` }), link = await between(products.port, delay);
  const orders = await serve('orders/mcp-orders', { DATABASE_URL: `sqlite:${path.join(scratch, 'slow-orders.db')}`,
    PRODUCTS_URL: `http://127.0.0.1:${link.port}/mcp`, WORKERS: String(WORKERS) });
  const { id } = await callTool(orders.port, 'create_order', order(ORDERS));
  const alone = await beside(orders.port, 'get_order', { id }, 50);
  delay.ms = SECOND;
  let left = ORDERS;
  const all = timed(() => Promise.all(Array.from({ length: ORDERS }, (_, i) => callTool(orders.port, 'create_order', order(i)).finally(() => left--))));
  await new Promise((later) => setTimeout(later, SECOND / 2));
  const meanwhile = await beside(orders.port, 'get_order', { id }, 50), waited = left, { took } = await all;
  // Two answers of a second each: a worker for each would need ORDERS * 2 / WORKERS seconds.
  row(`${ORDERS} create_orders, products a second an answer`, `${(took / 1000).toFixed(1)} s with ${WORKERS} workers`, 'under 10 s', took < 10 * SECOND);
  row('get_order meanwhile, p50', `${meanwhile.toFixed(1)} ms beside ${waited}, ${alone.toFixed(1)} alone`, 'at most 5 ms more', meanwhile <= alone + 5 && waited > 0);
  delay.ms = 0;
  await stop(orders);
  link.close();
  await stop(products);
}

const running = (name, number) => {
  const taskDefinition = arn('ecs', `task-definition/shop-dev-${name}:7`);
  return service({ serviceName: name, taskDefinition, deployments: [deployment(String(number), { taskDefinition })],
    loadBalancers: [{ targetGroupArn: GROUP.replace('products', name), containerName: name, containerPort: 8081 }] });
};
const definition = ({ taskDefinition }) => ({ taskDefinition: { taskDefinitionArn: taskDefinition, containerDefinitions: [
  { name: 'a service', image: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/a@sha256:${'7'.repeat(64)}` }] } });

// All that overview asks of AWS, where all is well, each answer after a while.
async function slowAws() {
  const aws = await startDouble({ keys: { AKIA: { secret: 's' } } });
  const all = { ...shop({ services: ['products', 'orders'].map(running) }), 'ecs DescribeTaskDefinition': { status: 200, body: definition } };
  for (const [what, answer] of Object.entries(all))
    aws.script(...what.split(' '), { ...('status' in answer ? answer : { body: answer }), delayMs: AWS_MS });
  return aws;
}

const serveOps = (aws) => serve('ops/mcp-ops', { HOME: scratch, AWS_ENDPOINT_URL: aws.url, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 's', AWS_EC2_METADATA_DISABLED: 'true' });

export async function overview() {
  const aws = await slowAws(), ops = await serveOps(aws), bodies = [call('overview', {})];
  const hundred = (ask) => Promise.all(Array.from({ length: 100 }, ask));
  // The client has its connections, and has run once, before it is timed.
  await hundred(() => fetch(`http://127.0.0.1:${ops.port}/healthz`).then((answer) => answer.text()));
  const cold = await timed(() => hundred(() => callTool(ops.port, 'overview', {})));
  const known = await timed(() => hundred(() => callTool(ops.port, 'overview', {})));
  const requests = aws.calls.length, same = new Set(aws.calls.map(({ service, action, input }) => `${service} ${action} ${input}`)).size;
  const rounds = Math.max(...aws.calls.map(({ round }) => round)), whole = cold.value.every(({ verdict, gaps }) => verdict === 'All is well.' && gaps.length === 0);
  row('overview: 100 at once, none known', `${cold.took.toFixed(0)} ms, ${known.took.toFixed(0)} known; ${requests} requests, ${same} different, ${rounds} rounds`,
    'each once, in 3 rounds at most, within 200 ms', whole && requests === same && rounds <= 3 && cold.took < 200);
  const most = await load(ops, headers('overview'), bodies), steady = await load(ops, headers('overview'), bodies, { rate: 5000, time: seconds });
  row('overview: all known', `${us(most.cpu)}, ${most.rate.toFixed(0)}/s at most`, 'at least 5,000/s', most.rate >= 5000);
  row('overview: all known, 5,000/s', `p50 ${steady.p50.toFixed(2)} ms, p99 ${steady.p99.toFixed(2)}`, 'p50 under 1 ms', steady.p50 < 1);
  await stop(ops);
  await aws.stop();
}

export async function signing() {
  const micros = Number(execFileSync(path.join(build, 'tests/bench/bench-sign'), ['100000']));
  row('a signature of AWS', us(micros), 'under 25 µs', micros < 25);
}
