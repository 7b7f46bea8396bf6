// sign_in.mjs - what sign-in costs: a call with an access token beside one with a key, calls of people while
// somebody else forges tokens, and memory at rest.
//
// Tokens are made before anything is measured, for signing with RSA takes half a millisecond. A server knows
// 1,024 tokens an event loop, so of 5,000 people who call in turn each is a stranger every time.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { certificate, listen } from '../e2e/tls.mjs';
import { base64url, makeKey, signatureOf, tokenOf } from '../oauth/keys.mjs';
import {
  call, conclude, freePort, headers, load, privateKib, row, scratch, seconds, serve, sleep, stop, us,
} from './measure.mjs';

const STRANGERS = 5000, PEOPLE = 20;
const API_KEY = 'mcp_the-key-of-the-benchmark';
const API_KEYS = `bench:${createHash('sha256').update(API_KEY).digest('hex')}:*`;
const PUBLIC_URL = 'https://shop.example/mcp';

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

// ---- An issuer ----

const keys = Object.fromEntries(['RS256', 'ES256', 'EdDSA'].map((alg) => [alg, makeKey(alg, `key-${alg}`)]));
const jwks = JSON.stringify({ keys: Object.values(keys).map((key) => key.open) });
let fetches = 0;

async function issuer(tls) {
  const { url, close } = await listen((request, response) => {
    fetches += request.url === '/jwks';
    response.setHeader('Content-Type', 'application/json');
    response.end(request.url === '/jwks' ? jwks : JSON.stringify({ issuer: url, jwks_uri: `${url}/jwks` }));
  }, tls);
  return { url, close };
}

const claims = (iss, person, more = {}) => {
  const now = Math.floor(Date.now() / 1000);
  return { iss, sub: `0b8f4c52-${person}`, aud: PUBLIC_URL, client_id: '5f2c1f8e7d6a4b3c', scope: 'openid profile email',
    iat: now, exp: now + 7200, jti: `9d1e6a70-${person}`, ...more };
};
const signed = (alg, payload, header = {}) => tokenOf({ alg, kid: keys[alg].kid, typ: 'at+jwt', ...header }, payload,
  (text) => signatureOf(keys[alg], text));
const tokens = (iss, alg, count) => Array.from({ length: count }, (_, n) => signed(alg, claims(iss, n)));

// Waits until it has the issuer's keys.
async function serveTrusting(program, { url }, settings = {}) {
  const server = await serve(program, { API_KEYS, OAUTH_ISSUER: url, PUBLIC_URL, ...settings });
  for (let tries = 0; !/keys of the issuer/.test(fs.readFileSync(server.log, 'utf8')); tries++) {
    if (tries === 5000) throw new Error(`no keys:\n${fs.readFileSync(server.log, 'utf8')}`);
    await sleep(1);
  }
  return server;
}

// ---- A call ----

const add = call('add', { a: 2, b: 3 }), head = headers('add');
const bearing = (token, from) => `Authorization: Bearer ${token}\t${from ? `X-Forwarded-For: ${from}\t` : ''}${add}`;

async function counted(port, name) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)[1]);
}

// Each round has all of them, one after the other: the machine's speed drifts within a run. A small difference is
// one of the cheapest rounds (`least`), for neighbours add more than that.
async function sideBySide(server, kinds, rounds) {
  const results = kinds.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, bodies] of kinds.entries())
      results[i].push((await load(server, head, bodies, { time: seconds / 4 })).cpu);
  return results.map((all) => ({
    cpu: median(all), least: Math.min(...all),
    ratio: median(all.map((cpu, round) => cpu / results[0][round])),
  }));
}

// Hardly anybody of so many is known: else something else is measured than is said.
async function assertStrange(server, port, bodies) {
  const before = await counted(port, 'mcp_sign_in_cached_total');
  const { requests } = await load(server, head, bodies, { time: seconds / 4 });
  const cached = await counted(port, 'mcp_sign_in_cached_total') - before;
  if (cached > requests / 100) throw new Error(`${cached} of ${requests} tokens were known`);
}

async function calls(from) {
  const METRICS_PORT = String(await freePort()), algs = Object.keys(keys), most = { RS256: 6, ES256: 10, EdDSA: 14 };
  const server = await serveTrusting('tests/bench/bench-add', from, { METRICS_PORT });
  const withKey = [bearing(API_KEY)], strangers = algs.map((alg) => tokens(from.url, alg, STRANGERS).map((token) => bearing(token)));
  await assertStrange(server, METRICS_PORT, strangers[1]);
  const [key, known] = await sideBySide(server, [withKey, [strangers[0][0]]], 9);
  const more = known.least - key.least;
  row('a call with a key', us(key.least), 'what the next are compared with', true);
  row('with an RS256 token that is known', `${us(known.least)}: ${us(more)} more`, 'at most 3 µs more', more <= 3);
  const [, ...unknown] = await sideBySide(server, [withKey, ...strangers], 3);
  for (const [i, alg] of algs.entries())
    row(`with an ${alg} token that is not, 5,000 in turn`, `${us(unknown[i].cpu)}: ${unknown[i].ratio.toFixed(2)} ×`,
      `at most ${most[alg]} ×`, unknown[i].ratio <= most[alg]);
  await stop(server);
}

// ---- Forgers ----

// What anybody can make who has seen one token: of each kind some, in turn.
function forgeries(iss, count) {
  // No number in it is larger than what it is reduced by, or it would be refused before the costly part.
  const rubbish = (size) => base64url(randomBytes(size).fill(0, 0, 1).fill(0, size - 1));
  const algs = Object.keys(keys);
  const unsigned = (header, payload, size) => `${tokenOf(header, payload, '')}${rubbish(size)}`;
  const kinds = [
    ...algs.map((alg) => (n) => unsigned({ alg, kid: keys[alg].kid }, claims(iss, n), alg === 'RS256' ? 256 : 64)),
    (n) => unsigned({ alg: 'ES256', kid: `key-${n}` }, claims(iss, n), 64),
    (n) => signed(algs[n % 3], claims(iss, n, { exp: 1e9 })),
    (n) => unsigned({ alg: 'HS256', kid: keys.RS256.kid }, claims(iss, n), 32),
    () => `${rubbish(90)}.${rubbish(300)}.${rubbish(256)}`,
  ];
  return Array.from({ length: count }, (_, n) => kinds[n % kinds.length](n));
}

const words = ({ p50, p99 }) => `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
const quietest = (rounds) => rounds.toSorted((a, b) => a.p99 - b.p99)[0];     // the machine's neighbours are in the others

// The same people alone and beside whoever forges, in turn. They are twenty at as many addresses, since one
// may not send 1,000 a second where the limits are as usual.
async function forgers(from, what, limits) {
  const server = await serveTrusting('tests/bench/bench-add', from, { TRUSTED_PROXIES: '127.0.0.0/8', ...limits });
  const good = tokens(from.url, 'RS256', PEOPLE).map((token, n) => bearing(token, `198.51.100.${n}`));
  const bad = forgeries(from.url, 2100).map((token) => bearing(token, '203.0.113.66'));
  const people = (time) => load(server, head, good, { rate: 1000, time, refused: true });
  const forge = (time) => load(server, head, bad, { rate: 1000, time, refused: true });
  const alone = [], beside = [], statuses = {}, before = fetches;
  await Promise.all([people(2.5), forge(2.5)]);                              // what may come at once is used up
  for (let round = 0; round < 10; round++) {
    alone.push(await people(seconds / 8));
    const [served, refused] = await Promise.all([people(seconds / 8), forge(seconds / 8)]);
    beside.push(served);
    for (const [status, count] of Object.entries(refused.statuses)) statuses[status] = (statuses[status] ?? 0) + count;
  }
  await stop(server);
  const one = quietest(alone), other = quietest(beside);
  const each = median(beside.map((served, round) => served.cpu - alone[round].cpu));
  const failed = [...alone, ...beside].reduce((sum, { errors }) => sum + errors, 0);
  row(`1,000 calls a second of ${PEOPLE} people`, `${words(one)}, ${failed} failed`, 'none fails', failed === 0);
  row(`beside 1,000 forged ones a second, ${what}`, words(other), 'p99 at most 3 ×, or 5 ms',
    other.p99 <= Math.max(3 * one.p99, 5));
  const answers = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`).join(', ');
  row('what these cost, and were answered', `${each.toFixed(0)} µs each; ${answers}`, 'never 200; one fetch of keys',
    !statuses[200] && fetches - before <= 1);
}

// ---- Memory ----

// With what was read of libraries, where no other process has them: of OpenSSL's that is 1.4 MiB for keys, and 2.5
// for TLS.

async function resting(what, bound, env, from) {
  const settings = { LOOPS: '2', DATABASE_URL: `sqlite:${scratch}/rest.db`, ...env };
  const server = await (from ? serveTrusting('products/mcp-products', from, settings) : serve('products/mcp-products', settings));
  await (await fetch(`http://127.0.0.1:${server.port}/readyz`)).text();
  await sleep(300);
  const mib = privateKib(server.pid) / 1024;
  row(`private memory at rest, ${what}`, `${mib.toFixed(2)} MiB`, `under ${bound} MiB`, mib < bound);
  await stop(server);
}

// Beside the authorities that the system knows, which are most of what https takes.
const tls = certificate(scratch), authorities = path.join(scratch, 'authorities.pem');
const systems = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'].filter(fs.existsSync).slice(0, 1);
fs.writeFileSync(authorities, Buffer.concat([...systems, tls.file].map((file) => fs.readFileSync(file))));
const [plain, secure] = [await issuer(), await issuer(tls)];
console.log(`\nsign-in; ${seconds / 4} s a measurement, 16 connections\n`);
await calls(plain);
await forgers(plain, 'limits as usual', { RATE_ADDRESS: '12000', RATE_CALLER: '6000' });
await forgers(plain, 'no limit', {});
await resting('no sign-in', 5, {});
await resting('an issuer by http', 8, {}, plain);
await resting('an issuer by https', 11, { CURL_CA_BUNDLE: authorities }, secure);
process.exit(conclude() ? 1 : 0);
