// docs.test.mjs - what docs/deploy.md, docs/operate.md, those for who is on call and docs/sign-in.md name is there, and their sums are right.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './stage.mjs';

const read = path => readFileSync(join(root, path), 'utf8');
const docs = Object.fromEntries(['docs/deploy.md', 'docs/operate.md', 'docs/on-call.md', 'docs/on-call-steps.md'].map(path => [path, read(path)]));
const text = Object.values(docs).join('\n');
// Without those of one's own, of which these pages know nothing.
const list = JSON.parse(read('services.json'));
const ours = [...read('README.md').matchAll(/^\* \*\*(\w+)\*\* /gm)].map(([, name]) => name).filter(name => name in list);
const workflows = readdirSync(join(root, '.github/workflows')).map(name => read(`.github/workflows/${name}`)).join('\n');

test('every cost table adds up', () => {
	let tables = 0;
	for (const name of ['dev', 'prod']) {
		const [, table] = new RegExp(`\\| ${name} \\| how it comes about[\\s\\S]*?\\n((?:\\|.*\\n)+)`).exec(docs['docs/deploy.md']);
		const cents = table.split('\n').filter(line => /\d\.\d\d\*{0,2} \|$/.test(line))
			.map(line => Math.round(Number(/([\d.]+)\*{0,2} \|$/.exec(line)[1]) * 100));
		assert.equal(cents.slice(0, -1).reduce((a, b) => a + b), cents.at(-1), name);
		tables++;
	}
	assert.equal(tables, 2);
});

test('the sums of connections are those of the examples', () => {
	const page = docs['docs/operate.md'];
	const rows = [...page.matchAll(/^\| (dev|prod) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) × 2 × (\d+) × (\d+) = (\d+) \| \S+: (\d+) \| (\d+) \|$/gm)];
	assert.equal(rows.length, 2);
	// tests/e2e/connections.test.mjs holds a process to it.
	assert.match(page, /^ {4}services with a database × 2 \(old and new\) × maximum × \(DATABASE_CONNECTIONS \+ LOOPS \+ 1\)$/m);
	if (existsSync(join(root, 'server/store/store_reads.h')))
		assert.match(read('server/store/store_reads.h'), /^#define STORE_LOOP_CONNECTIONS 1\b/m);
	for (const [, name, maximum, cpu, loops, connections, services, factor, each, sum, takes, spared] of rows) {
		assert.equal(Number(services), ours.filter(name => list[name].database !== false).length);
		assert.equal(factor, maximum);
		assert.equal(Number(loops), Math.max(1, Math.floor(cpu / 1024)));
		assert.equal(Number(each), Number(connections) + Number(loops) + 1);
		assert.equal(Number(sum), services * 2 * Number(maximum) * Number(each));
		assert.ok(Number(sum) + Number(spared) <= Number(takes));
		// Those that are here, and one of one's own.
		assert.ok(name !== 'dev' || 4 * sum / services + Number(spared) <= Number(takes), 'dev has room for four services');
		// As long as it is the example: whoever put in values of their own may have put in other numbers too.
		const example = join(root, `terraform/environments/${name}.tfvars`);
		if (existsSync(example) && /^domain += ".*\bexample\.com"/m.test(readFileSync(example, 'utf8')))
			assert.match(readFileSync(example, 'utf8'), new RegExp(`every_service = \\{${cpu === '256' ? '(?!.*cpu)' : `.*cpu = ${cpu}\\b`}.*maximum = ${maximum}\\b${connections === '4' ? '(?!.*database_connections)' : `.*database_connections = ${connections}\\b`}`));
	}
});

test('the files that are named are there', () => {
	const others = ['terraform/', 'docker/'].filter(folder => !existsSync(join(root, folder)));
	for (const [path] of text.matchAll(/(?:\.github|docs|docker|terraform)\/[\w.\/-]*\w/g))
		if (!others.some(folder => path.startsWith(folder)) && !/^terraform\/bootstrap\//.test(path))
			assert.ok(existsSync(join(root, path)), path);
	for (const [, words] of text.matchAll(/^\| [^|]* \| ((?:`[\w.\- ]+`(?:, )?)+) \|$/gm))
		for (const [, name] of words.matchAll(/`([\w.-]+)/g))
			assert.ok(existsSync(join(root, '.github/scripts', name)), name);
});

test('what is to be set on GitHub is what the workflows read', () => {
	const read = new Set([...workflows.matchAll(/\b(?:vars|secrets)\.(\w+)/g)].map(match => match[1]));
	// By hand, or by the script that the document names.
	const script = readFileSync(join(root, 'terraform/github'), 'utf8');
	assert.match(text, /^ {4}terraform\/github /m);
	const told = new Set([...`${text}\n${script}`.matchAll(/gh (?:variable|secret) set ([A-Z]\w+)|^\s*environment \S+ \S+ ([A-Z]\w+)/gm)].map(match => match[1] ?? match[2]));
	assert.deepEqual([...told].sort(), [...read].sort());
});

// The smoke test calls each that serves, and fails where it has no key for one.
test('each service has a key for the smoke test, of its own scopes', () => {
	const page = docs['docs/deploy.md'];
	assert.ok(ours.length > 1);
	const made = Object.fromEntries([...page.matchAll(/^ {4}build\/release\/(\w+)\/mcp-\1 key smoke (\S+)/gm)].map(([, name, scope]) => [name, scope]));
	assert.deepEqual(Object.keys(made), ours);
	for (const [name, scope] of Object.entries(made))
		assert.ok(scope in list[name].scopes, scope);
	assert.deepEqual([...page.matchAll(/^ {4}edit shop-dev\/(\w+)\/keys$/gm)].map(([, name]) => name), ours);
	assert.deepEqual(Object.keys(JSON.parse(/gh secret set SMOKE_KEYS .*?(\{.*\})$/m.exec(page)[1])), ours);
});

// Those of Terraform, and so that a line that a runbook has one put into a tfvars is taken; metrics begin with mcp_, what PostgreSQL has with pg_.
test('the variables that are named exist', () => {
	const modules = readdirSync(join(root, 'terraform'), { recursive: true }).filter(name => /(?<!tests\/.*)\.tf$/.test(name));
	const known = modules.map(name => read(`terraform/${name}`)).join('\n');
	const named = [...text.matchAll(/(?:`|^ {4})((?!mcp_|pg_)[a-z]+(?:_[a-z]+)+)(?:`| = )/gm)].map(([, name]) => name);
	assert.ok(named.includes('restore_from_snapshot') && named.includes('alarm_slack'));
	for (const name of named)
		assert.match(known, new RegExp(`\\b${name}\\b`), name);
});

test('the settings and scopes that are named exist', () => {
	const settings = read('docs/settings.md');
	for (const name of ['METRICS_EMF', 'API_KEYS', 'STATE_KEYS', 'PRODUCTS_KEY', 'DATABASE_CONNECTIONS', 'RATE_CALLER', 'RATE_ADDRESS', 'RATE_INITIALIZE',
		'SESSIONS_MAX', 'RESUME_FOR', 'LOG_LEVEL']) {
		assert.match(text, new RegExp(name));
		assert.match(settings, new RegExp(`\`${name}`), name);
	}
	for (const [, scope] of text.matchAll(/\b((?:products|stock|orders|reports):[a-z]+)\b/g))
		assert.match(settings, new RegExp(`\`${scope}\``), scope);
});

// ---- Sign-in ----

test('the callbacks that are told are those of the client that is made', () => {
	const [, made] = /callbacks = \{\n([\s\S]*?)\n  \}/.exec(read('terraform/modules/sign-in/main.tf'));
	const [, told] = /^\| program \| callback \|\n([\s\S]*?)\n\n/m.exec(read('docs/sign-in.md'));
	const callbacks = (words, quote) => [...words.matchAll(new RegExp(`${quote}(\\w+://[^${quote}]+)${quote}`, 'g'))].map(([, url]) => url).sort();
	assert.ok(callbacks(told, '`').length > 8);
	assert.deepEqual(callbacks(told, '`'), callbacks(made, '"'));
});

test('what is said of sign_in can be said, and each setting of an issuer comes from it', () => {
	const page = read('docs/sign-in.md'), [, type] = /variable "sign_in" \{([\s\S]*?)\n  default = /.exec(read('terraform/variables.tf'));
	const can = new Set([...type.matchAll(/^ +(\w+) += (?:optional|string)/gm)].map(([, name]) => name));
	const blocks = [...page.matchAll(/^    sign_in = \{\n([\s\S]*?)\n    \}$/gm)].map(([, block]) => block);
	assert.equal(blocks.length, 2);
	for (const block of blocks)
		for (const [, name] of block.matchAll(/(?:^ +|[{,] )(\w+) += /gm))
			assert.ok(can.has(name), name);
	const told = new Set([...page.matchAll(/\bOAUTH_[A-Z]+(?:_[A-Z]+)*\b/g)].map(([name]) => name));
	const made = new Set([...read('terraform/sign_in.tf').matchAll(/^ +(OAUTH_\w+) += /gm)].map(([, name]) => name));
	assert.ok(told.size > 6);
	assert.deepEqual([...told].sort(), [...made].sort());
});
