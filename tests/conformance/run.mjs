// run.mjs - the official conformance suite, two releases of it: all of it against mcp-conformance,
// and the scenarios that need no tools of their own against mcp-products and mcp-orders.
//
// A scenario passes when no check of it failed, warned or was skipped. BUILD says which preset's
// binaries are tested. The last line counts the scenarios of all runs.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const build = join(root, 'build', process.env.BUILD ?? 'release');
const folder = mkdtempSync(join(tmpdir(), 'mcp-conformance-'));
const atOnce = 3;                       // they mostly wait
const linesMax = 5;                     // of what is wrong with a scenario

// ---- What is run ----

const latest = '@modelcontextprotocol/conformance', first = 'conformance-0-1';

// How many scenarios there are: a suite that ran fewer has not passed.
const whole = [
	{ suite: latest, args: ['--requirements', '2025-11-25'], scenarios: 33, scored: 30 },
	{ suite: latest, args: ['--requirements', '2026-07-28'], scenarios: 50, scored: 37 },
	{ suite: latest, args: ['--suite', 'all'], scenarios: 65 },
	{ suite: latest, args: ['--suite', 'all', '--spec-version', '2025-03-26'], scenarios: 1 },
	{ suite: latest, args: ['--suite', 'all', '--spec-version', '2025-06-18'], scenarios: 27 },
	{ suite: latest, args: ['--suite', 'all', '--spec-version', '2025-11-25'], scenarios: 33 },
	{ suite: latest, args: ['--suite', 'all', '--spec-version', '2026-07-28'], scenarios: 40 },
	{ suite: first, args: ['--suite', 'all'], scenarios: 32 },
];

const generic = {
	'2025-03-26': ['server-session-lifecycle'],
	'2025-06-18': ['server-initialize', 'server-session-lifecycle', 'logging-set-level', 'ping',
		'tools-list', 'resources-list', 'prompts-list'],
	'2025-11-25': ['server-initialize', 'server-session-lifecycle', 'logging-set-level', 'ping',
		'tools-list', 'resources-list', 'prompts-list', 'server-sse-multiple-streams',
		'dns-rebinding-protection'],
	'2026-07-28': ['server-stateless', 'http-header-validation', 'caching',
		'dns-rebinding-protection', 'tools-list', 'resources-list', 'prompts-list',
		'server-sse-multiple-streams', 'sep-2164-resource-not-found'],
	// Of an extension, which belongs to no revision.
	skills: ['sep-2640-skills-manifest', 'sep-2640-skills-enumeration', 'sep-2640-skills-directory'],
};

// ---- What counts ----

// Skipped by every server there is: the suite has not written it yet.
const unwritten = check =>
	check.status === 'SKIPPED' && check.id === 'tasks-status-notifications';

// A shop has none of the tools that server-stateless calls to provoke something, and no list that
// changes; what it has nothing of is skipped.
const provoked = check => check.status === 'SKIPPED' ||
	/ diagnostic tool /.test(check.errorMessage) ||
	(check.status === 'WARNING' && /-list-changed-on-subscription$/.test(check.id));

const wrong = check => ['FAILURE', 'WARNING', 'SKIPPED'].includes(check.status);

// { scenario: checks } of a run's folder.
function readChecks(output) {
	const found = {};
	for (const name of existsSync(output) ? readdirSync(output) : []) {
		const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(name)?.[1];
		const file = join(output, name, 'checks.json');
		if (scenario && existsSync(file))
			found[scenario] = JSON.parse(readFileSync(file, 'utf8'));
	}
	return found;
}

// ---- Processes ----

const children = new Set();
process.on('exit', () => {
	for (const child of children)
		child.kill('SIGKILL');
	rmSync(folder, { recursive: true, force: true });
});

function launch(command, args, { env, timeout } = {}) {
	const child = spawn(command, args, {
		cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
		timeout, killSignal: 'SIGKILL',
	});
	children.add(child);
	child.text = '';
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', text => { child.text += text; });
	child.ended = new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (status, signal) => {
			children.delete(child);
			resolve({ status, signal, text: child.text });
		});
	});
	return child;
}

const program = name => join(build, name === 'conformance' ? 'tests' : name, `mcp-${name}`);
const database = name => ({ DATABASE_URL: `sqlite:${join(folder, `${name}.db`)}` });

async function start(name, env = {}) {
	const child = launch(program(name), [],
		{ env: { PORT: '0', METRICS_PORT: '0', ...database(name), ...env } });
	const gone = child.ended.then(({ text }) => { throw new Error(`${name} ended: ${text}`); });
	gone.catch(() => {});
	const url = new Promise(resolve => child.stderr.on('data', () => {
		const at = / at (http:\/\/[^\s"]+\/mcp)/.exec(child.text);
		if (at)
			resolve(at[1]);
	}));
	return { name, child, url: await Promise.race([url, gone]) };
}

// Null, or what was wrong with how it ended.
async function stop({ name, child }) {
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), 40000);
	const { status, signal, text } = await child.ended;
	clearTimeout(timer);
	const spoke = /^.*(Sanitizer|runtime error:)[\s\S]{0,4000}/m.exec(text)?.[0];
	return spoke ?? (status === 0 ? null : `${name} ended with ${signal ?? status}`);
}

// ---- Running ----

let passed = 0, failed = 0, runs = 0;

const version = suite => JSON.parse(readFileSync(
	join(root, 'build/npm/node_modules', suite, 'package.json'), 'utf8')).version;

// { checks by scenario, what the suite printed }
async function ask(suite, server, args) {
	const output = join(folder, `run-${++runs}`);
	const script = join(root, 'build/npm/node_modules', suite, 'dist/index.js');
	const { text } = await launch(process.execPath,
		[script, 'server', '--url', server.url, ...args, '-o', output], { timeout: 300000 }).ended;
	return { found: readChecks(output), text };
}

// What is wrong with a scenario, as lines.
function complain(name, bad) {
	const lines = bad.slice(0, linesMax).map(check =>
		`  ${name}: ${check.status} ${check.id}: ${check.errorMessage ?? check.description}`);
	if (bad.length > linesMax)
		lines.push(`  ${name}: and ${bad.length - linesMax} more`);
	return lines;
}

// Counts what a run found, and gives what is to be printed of it.
function judge(title, { found, text }, { scenarios, scored, excused }) {
	const results = Object.entries(found).map(([name, checks]) =>
		({ name, checks, bad: checks.filter(check => wrong(check) && !excused(check)) }));
	const fine = results.filter(({ checks, bad }) => checks.length > 0 && bad.length === 0);
	const optional = new Set([...text.matchAll(/^ {2}[✓✗] (\S+) \(/gm)].map(match => match[1]));
	const counting = fine.filter(({ name }) => !optional.has(name)).length;
	const checks = results.flatMap(result => result.checks)
		.filter(check => check.status === 'SUCCESS').length;
	const lines = [`${title.padEnd(56)} ${fine.length} of ${scenarios} scenarios${
		scored ? `, ${counting} of ${scored} scored` : ''}, ${checks} checks`];

	lines.push(...results.flatMap(({ name, bad }) => complain(name, bad)));
	if (fine.length + results.filter(({ bad }) => bad.length).length < scenarios)
		lines.push('  scenarios are missing; the suite said last:', text.trimEnd().slice(-2000));
	passed += fine.length;
	failed += Math.max(scenarios, results.length) - fine.length;
	return lines.join('\n');
}

const runWhole = async (server, { suite, args, ...rest }) =>
	judge(`${version(suite)} ${args.join(' ')}`, await ask(suite, server, args),
		{ ...rest, excused: unwritten });

async function runGeneric(server, revision) {
	const found = {}, texts = [];
	for (const scenario of generic[revision]) {
		const run = await ask(latest, server, ['--scenario', scenario,
			...revision === 'skills' ? [] : ['--spec-version', revision]]);
		Object.assign(found, run.found);
		if (!run.found[scenario])
			texts.push(run.text);
	}
	return judge(`${version(latest)} of mcp-${server.name}, ${revision}`,
		{ found, text: texts.join('\n') },
		{ scenarios: generic[revision].length,
			excused: revision === 'skills' ? unwritten : provoked });
}

async function importCatalogue() {
	const { status, text } = await launch(program('products'),
		['import', join(root, 'products/data/catalogue.csv')],
		{ env: database('products') }).ended;
	if (status !== 0)
		throw new Error(`the catalogue was not imported: ${text}`);
}

await importCatalogue();
const conformance = await start('conformance');
const products = await start('products');
const orders = await start('orders', { PRODUCTS_URL: products.url });

// Some at a time, printed in order.
const work = [
	...whole.map(run => () => runWhole(conformance, run)),
	...[products, orders].flatMap(server => Object.keys(generic).map(revision =>
		() => runGeneric(server, revision))),
];
const lines = [];
let next = 0, printed = 0;

async function lane() {
	for (let at; (at = next++) < work.length;) {
		lines[at] = await work[at]();
		while (lines[printed] !== undefined)
			console.log(lines[printed++]);
	}
}
await Promise.all(Array.from({ length: atOnce }, lane));

for (const server of [conformance, orders, products]) {
	const why = await stop(server);
	if (why) {
		console.log(why);
		failed++;
	}
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
