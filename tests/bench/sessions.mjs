// sessions.mjs - what the revisions with sessions cost: a call beside a stateless one, and an event of a
// resumable stream on SQLite beside one on PostgreSQL, whose own processes count too.
import fs from 'node:fs';
import path from 'node:path';
import { Postgres, query } from '../e2e/postgres.mjs';
import { beginSession, call, compare, conclude, cpuMicros, headers, load, row, scratch, serve, stop, us } from './measure.mjs';

const CLIENTS = 16, CALLS = 60, EVENTS = 50;

const rpc = (id, method, params) => JSON.stringify({ jsonrpc: '2.0', id, method, params });

async function calls() {
  const server = await serve('tests/bench/bench-add');
  const session = 'Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n' +
    `MCP-Protocol-Version: 2025-11-25\r\nMcp-Session-Id: ${await beginSession(server.port)}\r\n`;
  const round = await compare(() => load(server, headers('add'), [call('add', { a: 2, b: 3 })]),
    () => load(server, session, [rpc(1, 'tools/call', { name: 'add', arguments: { a: 2, b: 3 } })]));
  row('a call of a session, JSON answer', `${us(round.own.cpu)}, stateless ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×`,
    'at most 1.05 ×', round.ratio <= 1.05);
  await stop(server);
}

// ---- Events ----

// Of a database's own processes, which are those that its first one has started.
function databaseMicros(parent) {
  return parent ? fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).reduce((sum, pid) => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
      return Number(stat[1]) === parent ? sum + cpuMicros(pid) : sum;
    } catch {
      return sum;             // it has just ended
    }
  }, 0) : 0;
}

// Each client has its own session, and its calls tell so many times how far they are.
async function streamed(server, parent) {
  const sessions = await Promise.all(Array.from({ length: CLIENTS }, () => beginSession(server.port)));
  const before = cpuMicros(server.pid) + databaseMicros(parent);
  await Promise.all(sessions.map(async (session) => {
    for (let id = 1; id <= CALLS; id++) {
      const answer = await fetch(`http://127.0.0.1:${server.port}/mcp`, { method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream',
          'MCP-Protocol-Version': '2025-11-25', 'Mcp-Session-Id': session },
        body: rpc(id, 'tools/call', { name: 'count', arguments: { to: EVENTS, pause_ms: 0 }, _meta: { progressToken: id } }) });
      const events = (await answer.text()).split('\n').filter((line) => line.startsWith('data: {')).length;
      if (events !== EVENTS + 1) throw new Error(`${events} events`);
    }
  }));
  return { cpu: (cpuMicros(server.pid) + databaseMicros(parent) - before) / (CLIENTS * CALLS * (EVENTS + 1)) };
}

async function events() {
  const postgres = await Postgres.start().catch((error) => { if (!error.missing) throw error; });
  const settings = { STREAM_BACKLOG: '1MiB', WORKERS: '4', SESSIONS_MAX: '10000', LOOPS: '1' };
  const lite = await serve('tests/mcp-probe', { ...settings, DATABASE_URL: `sqlite:${path.join(scratch, 'sessions.db')}` });
  if (!postgres) {
    const { cpu } = await streamed(lite);
    row('an event of a session\'s stream, SQLite', us(cpu), 'PostgreSQL is not here', true);
    return stop(lite);
  }
  const parent = Number((await query(postgres.url, 'select pg_read_file(\'postmaster.pid\')')).split('\n')[0]);
  const other = await serve('tests/mcp-probe', { ...settings, DATABASE_URL: postgres.url });
  const round = await compare(() => streamed(other, parent), () => streamed(lite));
  row('an event of a session\'s stream, SQLite', `${us(round.own.cpu)}, PostgreSQL ${us(round.base.cpu)}: ${round.ratio.toFixed(2)} ×`,
    'at most 0.7 ×', round.ratio <= 0.7);
  await stop(lite);
  await stop(other);
  return postgres.stop();
}

await calls();
await events();
process.exit(conclude() ? 1 : 0);
