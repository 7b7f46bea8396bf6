// waits.mjs - what the benchmark measures of tools that wait: 50 ms each, for 256 clients, with the settings
// that a program has by itself.
import path from 'node:path';
import { build, call, claim, headers, scratch, serve, start, stop } from './measure.mjs';
import { OURS, SECONDS, atLeastRate, builds, table } from './table.mjs';

const CLIENTS = 256, WAIT_MS = 50, RATE = 4800, MIB = 16;

export async function waiting() {
  const kinds = [{ name: 'a thread for each client, in C', server: await start(path.join(build, 'tests/bench/bench-waits'), [String(WAIT_MS)], {}, /(\d{4,5})/) }];
  for (const { name, folder } of builds())
    kinds.push({ name, server: await serve('tests/mcp-probe', { LOOPS: undefined, DATABASE_URL: `sqlite:${path.join(scratch, `waits-${name}.db`)}` }, folder) });
  // Threads that were not needed have ended until it is a server's turn again: a longer one, of which that is a small part.
  const results = await table(`a tool that waits ${WAIT_MS} ms, ${CLIENTS} clients`, kinds, headers('count'),
    [call('count', { to: 1, pause_ms: WAIT_MS })], { connections: CLIENTS, rounds: 3, time: 3 * SECONDS });
  const ours = results[OURS()];
  atLeastRate(ours, RATE);
  claim(`at most 55 ms at p50: ${ours.p50.toFixed(1)} ms`, ours.p50 <= 55);
  claim(`under ${MIB} MiB private: ${ours.mib.toFixed(1)} MiB`, ours.mib < MIB);
  for (const { server } of kinds) await stop(server);
}
