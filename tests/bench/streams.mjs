// streams.mjs - what the benchmark measures of streams: memory of each, CPU of idle ones, memory after a peak.
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { beginSession, build, claim, cpuMicros, meta, privateKib, row, serve, sleep, start, stop } from './measure.mjs';
import { builds } from './table.mjs';

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

export async function streamMemory() {
  await streamCost('8KiB', 10);
  await streamCost('16KiB', 15);
}

export async function idleStreams(count = 10000) {
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

// A connection that was answered and stays: what a stream is to a server that has none.
function keptConnection(port) {
  return streamOf(port, `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 2\r\n\r\n{}`);
}

async function peak(kind, count) {
  kind.server = await kind.serve();
  for (const socket of await openStreams(kind.server.port, 50, kind.open)) socket.destroy();
  await sleep(1000);
  kind.before = privateKib(kind.server.pid);
  const sockets = await openStreams(kind.server.port, count, kind.open);
  kind.most = privateKib(kind.server.pid);
  for (const socket of sockets) socket.destroy();
}

// One after the other they have many streams; then all are given their time.
export async function afterPeak(count = 5000) {
  const kinds = [{ name: 'libmicrohttpd alone, connections', open: keptConnection, serve: () => start(path.join(build, 'tests/bench/bench-bare'), ['1'], {}, /(\d{4,5})/) }];
  for (const { name, folder } of builds()) kinds.push({ name, open: listenStream, serve: () => serve('tests/bench/bench-add', {}, folder) });
  for (const kind of kinds) await peak(kind, count);
  await sleep(30000);
  console.log(`\n  private memory 30 s after ${count.toLocaleString('en')} streams closed`);
  const mib = (kib) => (kib / 1024).toFixed(1);
  for (const kind of kinds) {
    kind.after = privateKib(kind.server.pid);
    console.log(`    ${kind.name.padEnd(34)}${mib(kind.after).padStart(9)} MiB, before ${mib(kind.before)}, with them ${mib(kind.most)}`);
    await stop(kind.server);
  }
  const { before, after } = kinds.at(-1);
  claim(`at most 2 MiB more than before: ${mib(after - before)}`, after <= before + 2048);
}
