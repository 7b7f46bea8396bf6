// talks.mjs - what the benchmark measures of support: 1,000 conversations at once with a model that writes for seconds. Our own share of a turn is
// what it takes until it is answered, without what the model takes from its being asked to its last word; the reference is the same client that asks
// the model itself.
import { execFileSync, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { call, cpuMicros, here, meta, ownKib, row, scratch, serve, sleep, stop } from './measure.mjs';

// Fewer where few files may be open: each has a connection here, and one to the model.
const files = Number(execFileSync('bash', ['-c', 'ulimit -Hn'], { encoding: 'utf8' })) || Infinity;
const TALKS = Math.min(1000, Math.floor(files / 20)), BEHIND = 5, TURNS = 4;
const SCRIPT = { pieces: 10, first: 500, every: 400 };
const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
const nobody = 'http://127.0.0.1:9/mcp';

const percentile = (list, share) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const ms = (list) => `p50 ${percentile(list, 0.5).toFixed(1)} ms, p99 ${percentile(list, 0.99).toFixed(1)}`;
const now = () => performance.timeOrigin + performance.now();

// ---- The model ----

async function startModel() {
  const child = fork(path.join(here, 'model.mjs'));
  const tell = async (what) => {
    child.send(what);
    return (await once(child, 'message'))[0];
  };
  return { tell, stop: () => child.disconnect(), requests: async () => new Map((await tell({})).requests.map((each) => [each.number, each])) };
}

// ---- Clients ----

// An answer of events: each line of them, with when it came.
function events(url, headers, body, hear) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers: { 'Content-Type': 'application/json', ...headers, 'Content-Length': Buffer.byteLength(body) } }, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (text) => {
        const at = now(), all = (rest + text).split('\n');
        rest = all.pop();
        for (const line of all) if (line.startsWith('data: ')) hear(line, at);
      }).on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`${response.statusCode}: ${rest}`));
        if (rest) hear(`data: ${rest}`, now());                // what had nothing to tell before
        resolve();
      }).on('error', reject);
    }).on('error', reject);
    request.end(body);
  });
}

let numbers = 0;

// What came, and when: { number, began, ended, heard }.
async function turn(port, talk) {
  const number = numbers++, heard = [];
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'chat_with_ai', arguments: { message: `q${number} Hello`,
    idempotency_key: `k${number}`, ...talk.id && { conversation_id: talk.id } }, _meta: { ...meta, progressToken: 1 } } });
  const began = now();
  let result;
  await events(`http://127.0.0.1:${port}/mcp`, { ...talk.headers, 'Mcp-Name': 'chat_with_ai' }, body, (line, at) => {
    // The first, 0, is where the conversation is.
    if (/"progress":0[,}]/.test(line)) return;
    if (line.includes('"notifications/progress"')) heard.push(at);
    else result = { line, at };
  });
  const said = JSON.parse(result.line.slice(6)).result;
  if (said?.structuredContent?.by !== 'model') throw new Error(`no answer: ${result.line.slice(0, 500)}`);
  talk.id = said.structuredContent.conversation_id;
  return { number, began, ended: result.at, heard };
}

// The same request without anybody between.
async function asked(url) {
  const number = numbers++, heard = [], began = now();
  const body = JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: `q${number} Hello` }] });
  await events(`${url}/chat/completions`, {}, body, (line, at) => { if (line.includes('"piece')) heard.push(at); });
  return { number, began, ended: heard.at(-1), heard };
}

// Each begins at a time of its own, and is at it all the time.
const atOnce = (count, times, run) => Promise.all(Array.from({ length: count }, async (_, i) => {
  const all = [], whole = SCRIPT.first + SCRIPT.every * SCRIPT.pieces;
  await sleep(whole * i / count);
  for (let time = 0; time < times; time++) all.push(await run(i));
  return all;
})).then((all) => all.flat());

function shares(turns, requests) {
  const own = [], late = [];
  for (const { number, began, ended, heard } of turns) {
    const { at, said } = requests.get(number);
    own.push(ended - began - (said.at(-1) - at));
    for (const [i, each] of heard.slice(0, said.length).entries()) late.push(each - said[i]);
  }
  return { own, late };
}

// ---- The server, with conversations behind it ----

const headers = (i) => ({ Authorization: `Bearer mcp_c${i}`, Accept: 'application/json, text/event-stream', 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call' });

function writeKeys() {
  const file = path.join(scratch, 'talks-keys');
  fs.writeFileSync(file, Array.from({ length: TALKS }, (_, i) =>
    `c${i}:${createHash('sha256').update(`mcp_c${i}`).digest('hex')}:support:chat,customer=C-${i}`).join('\n'));
  return `@${file}`;
}

// One has talked; all others are given the same past.
function copyTalk(file, id) {
  const database = new DatabaseSync(file), talks = [{ id, headers: headers(0) }];
  const all = (sql) => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all();
  };
  const insert = (table, values) => database.prepare(`insert into ${table} (${Object.keys(values)}) values (${Object.keys(values).map(() => '?')})`).run(...Object.values(values));
  const [conversation] = all('select * from conversation'), messages = all('select * from message');
  database.exec('begin');
  for (let i = 1; i < TALKS; i++) {
    const talk = { id: `CNV-${String(i).padStart(10, '0')}`, headers: headers(i) };
    insert('conversation', { ...conversation, id: talk.id, customer: `C-${i}` });
    for (const message of messages)
      insert('message', { ...message, conversation_id: talk.id, call: 0, idempotency_key: null, author: message.role === 'customer' ? `C-${i}` : message.author });
    talks.push(talk);
  }
  database.exec('commit');
  database.close();
  return talks;
}

async function historyMeanwhile(port, talks, over) {
  const all = [];
  for (let i = 0; !over(); i++, await sleep(20)) {
    const talk = talks[i * 7 % talks.length], began = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST', body: call('get_conversation_history', { conversation_id: talk.id }),
      headers: { ...talk.headers, 'Content-Type': 'application/json', 'Mcp-Name': 'get_conversation_history' } });
    if (!(await answer.text()).includes('"messages"')) throw new Error('get_conversation_history failed');
    all.push(performance.now() - began);
  }
  return all;
}

export async function talking() {
  const model = await startModel(), { url } = await model.tell({ ...SCRIPT, pieces: 1, first: 1 });
  const file = path.join(scratch, 'talks.db'), settings = { DATABASE_URL: `sqlite:${file}`, API_KEYS: writeKeys(), MODELS: 'openai:bench', OPENAI_URL: url,
    PRODUCTS_URL: nobody, ORDERS_URL: nobody };
  let server = await serve('support/mcp-support', settings);
  const first = { headers: headers(0) };
  for (let i = 0; i < BEHIND; i++) await turn(server.port, first);
  await stop(server);
  const talks = copyTalk(file, first.id);

  await model.tell(SCRIPT);
  const bare = await atOnce(TALKS, 1, () => asked(url)), reference = shares(bare, await model.requests());

  server = await serve('support/mcp-support', settings);
  // What every thread has once it has worked is no turn's.
  await model.tell({ ...SCRIPT, pieces: 1, first: 50 });
  for (let i = 0; i < 3; i++) await Promise.all(talks.slice(0, 64).map((talk) => turn(server.port, talk)));
  const before = ownKib(server.pid);
  await model.tell(SCRIPT);
  let over = false;
  const cpu = cpuMicros(server.pid), meanwhile = historyMeanwhile(server.port, talks, () => over);
  const all = atOnce(TALKS, TURNS, (i) => turn(server.port, talks[i]));
  await sleep(2 * (SCRIPT.first + SCRIPT.every * SCRIPT.pieces));
  const waiting = (ownKib(server.pid) - before) / TALKS, turns = await all;
  over = true;
  const { own, late } = shares(turns, await model.requests()), history = await meanwhile;
  const used = (cpuMicros(server.pid) - cpu) / turns.length / 1000;
  row(`our own share of a turn, ${TALKS} conversations at once`, `${ms(own)}; model alone ${ms(reference.own)}`, 'p50 under 5 ms', percentile(own, 0.5) < 5);
  row('CPU of a turn of ten pieces, with what is read meanwhile', `${used.toFixed(2)} ms`, '', true);
  row('what is told, behind what the model said', `p95 ${percentile(late, 0.95).toFixed(1)} ms; model alone ${percentile(reference.late, 0.95).toFixed(1)}`,
    'p95 at most 50 ms', percentile(late, 0.95) <= 50);
  row('private memory of a turn that waits', `${waiting.toFixed(1)} KiB`, 'at most 64 KiB', waiting <= 64);
  row('get_conversation_history meanwhile', ms(history), 'p50 under 5 ms', percentile(history, 0.5) < 5);
  await stop(server);
  model.stop();
  agent.destroy();
}
