// starts.mjs - what the benchmark measures of a program that starts: milliseconds from exec to its first answer.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { sqliteFile } from './catalogue.mjs';
import { build, claim, freePort, scratch } from './measure.mjs';
import { builds, median } from './table.mjs';

const STARTS = 15, MOST_MS = 4;

async function startOnce({ program, folder, args, env }) {
  const port = await freePort();
  const text = execFileSync(path.join(build, 'tests/bench/bench-start'), [String(port), path.join(folder, program), ...args(port)],
    { cwd: scratch, env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: '0', ...env } });
  const [took, cpu] = String(text).split(' ').map(Number);
  return { took, cpu };
}

// Each in turn. The least is what a program needs, the rest is its neighbours.
export async function startTime() {
  const kinds = [{ name: 'libmicrohttpd alone, in C', program: 'tests/bench/bench-bare', folder: build, args: (port) => ['1', String(port)], env: {} }];
  for (const { name, folder } of builds())
    kinds.push({ name, program: 'products/mcp-products', folder, args: () => [], env: { DATABASE_URL: `sqlite:${sqliteFile(folder)}` } });
  for (const kind of kinds) kind.times = [];
  for (let i = 0; i < STARTS; i++) for (const kind of kinds) kind.times.push(await startOnce(kind));
  console.log(`\n  from exec to the first answer, 100,000 products there, ${STARTS} starts`);
  for (const kind of kinds) {
    const [took, cpu] = ['took', 'cpu'].map((what) => kind.times.map((each) => each[what]));
    kind.least = Math.min(...took);
    console.log(`    ${kind.name.padEnd(34)}${kind.least.toFixed(2).padStart(9)} ms at least, half of them within ${median(took).toFixed(2)} ms; CPU ${median(cpu).toFixed(2)} ms`);
  }
  const ours = kinds.at(-1).least;
  claim(`at most ${MOST_MS} ms: ${ours.toFixed(2)}`, ours <= MOST_MS);
}
