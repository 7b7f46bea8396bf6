// streams.mjs - what the benchmark measures of streams: memory of each, CPU of idle ones, memory after a peak.
import { once } from 'node:events';
import net from 'node:net';
import { beginSession, cpuMicros, meta, privateKib, row, serve, sleep, stop } from './measure.mjs';

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

export async function afterPeak(count = 5000) {
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
