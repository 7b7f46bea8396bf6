// catalogue.mjs - the benchmark's catalogues, a large one for reads whose words are as frequent as words are, and
// a small one for orders of which there is always enough; and the databases they were imported into.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build, call, scratch } from './measure.mjs';

export const PRODUCTS = 100000, FEW_PRODUCTS = 300;
const ENOUGH = 1000000000;

export const skuOf = (i) => `B${String(i).padStart(6, '0')}`;

export function random(seed) {
  return () => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

function write(file, count) {
  const next = random(7), letters = 'bcdfgklmnprstvz', vowels = 'aeiou';
  const word = (n) => { let text = ''; for (let i = 0; i < 3; i++) { text += letters[n % 15] + vowels[Math.floor(n / 15) % 5]; n = Math.floor(n / 75) + 11 * i; } return text + n.toString(36); };
  const words = Array.from({ length: 4000 }, (_, n) => word(n * 37 + 5));
  const pick = () => words[Math.floor(40 * (100 ** next()) - 40)];          // log-uniform: few are common
  const lines = ['sku,name,price,currency,stock,category,description'];
  for (let i = 0; i < count; i++) {
    const common = next() < 0.3 ? ' classic' : '';                           // one word in 30 %
    const name = [pick(), pick(), pick()].join(' ') + common;
    lines.push(`${skuOf(i)},${name},${(1 + i % 90)}.${String(i % 100).padStart(2, '0')},GBP,${count === FEW_PRODUCTS ? ENOUGH : i % 200},Category ${i % 12},${pick()} ${pick()} ${pick()} ${pick()}`);
  }
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
}

const made = new Set();

// The CSV, made when it is first asked for.
export function catalogue(count = PRODUCTS) {
  const file = path.join(scratch, `catalogue-${count}.csv`);
  if (!made.has(count)) write(file, count);
  made.add(count);
  return file;
}

// What each product says: its name, and its name and description.
function texts() {
  return fs.readFileSync(catalogue(), 'utf8').split('\n').slice(1, -1).map((line) => {
    const cells = line.split(',');
    return { name: cells[1], all: `${cells[1]} ${cells[6]}` };
  });
}

// How many of the texts have each word.
function frequencies(all) {
  const seen = new Map();
  for (const text of all) for (const word of new Set(text.split(' '))) seen.set(word, (seen.get(word) ?? 0) + 1);
  return seen;
}

// Pairs of words that occur together, each in fewer than 5 % of the products.
export function pairs(count) {
  const names = texts().map((each) => each.name), seen = frequencies(names);
  const rare = (word) => seen.get(word) < names.length * 0.05;
  const next = random(3), found = [];
  while (found.length < count) {
    const words = names[Math.floor(next() * names.length)].split(' ').filter(rare);
    if (words.length >= 2) found.push(`${words[0]} ${words[1]}`);
  }
  return found;
}

// Words that so many products have.
export function wordsOf(least, most) {
  return [...frequencies(texts().map((each) => each.all))].filter(([, count]) => count >= least && count <= most).map(([word]) => word);
}

// Calls that get one product each, at random.
export function getProducts() {
  const next = random(11);
  return Array.from({ length: 5000 }, () => call('get_product', { sku: skuOf(Math.floor(next() * PRODUCTS)) }));
}

// Imports the catalogue, with the programs of `folder`. Gives the seconds that took.
export function importInto(url, folder = build, count = PRODUCTS) {
  const began = performance.now();
  execFileSync(path.join(folder, 'products/mcp-products'), ['import', catalogue(count)],
    { env: { ...process.env, DATABASE_URL: url }, cwd: scratch, stdio: ['ignore', 'ignore', 'ignore'] });
  return (performance.now() - began) / 1000;
}

const databases = new Map();

// The SQLite file with so many products in it, as the programs of `folder` have imported them.
export function sqliteFile(folder = build, count = PRODUCTS) {
  const key = `${folder} ${count}`;
  if (!databases.has(key)) {
    const database = path.join(scratch, `catalogue-${databases.size}.db`);
    importInto(`sqlite:${database}`, folder, count);
    databases.set(key, database);
  }
  return databases.get(key);
}
