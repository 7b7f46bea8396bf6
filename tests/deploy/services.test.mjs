// services.test.mjs - one list of services: what is wrong with it is said, nobody else keeps one, and a server that is added is taken.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { standIn } from './day/mirror.mjs';
import { addGuestbook, added, entry } from './guestbook.mjs';
import { execute, root, stage, temporary, tool } from './stage.mjs';

const { parse } = createRequire(join(root, 'build/npm/package.json'))('yaml');
const list = JSON.parse(readFileSync(join(root, 'services.json'), 'utf8'));
const names = Object.keys(list);
const kept = name => list[name]?.database !== false;    // in a database

// ---- The list ----

function ask(words, value) {
	const file = join(temporary(), 'services.json');
	writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
	const { status, stdout, stderr } = spawnSync(join(root, 'services'), words, { encoding: 'utf8', env: { ...process.env, SERVICES_LIST: file } });
	return { status, stdout, stderr };
}

test('a wrong list stops whoever asks, and says what to do', () => {
	const one = (more, name = 'one') => ({ [name]: { about: 'One', port: 8081, priority: 10, ...more } });
	const two = more => ({ ...one(), two: { about: 'Two', port: 8082, priority: 20, ...more } });
	for (const [value, words] of [
		['{', /no JSON object/], ['[]', /no JSON object/], [{}, /no JSON object/], [{ one: 1 }, /one is no object/],
		[one({}, 'guest-book'), /"guest-book" can be no name: it is 2 to 12 lower-case letters/], [one({}, 'database'), /database is the name of something else/], [one({}, 'postgres'), /postgres is the name of something else/],
		[one({ about: '' }), /one has no about/], [one({ port: 80 }), /one has no port from 1024/], [one({ port: '8081' }), /one has no port/],
		[one({ priority: 35 }), /one has the priority 35: it is one of the tens from 10 to 49990, of which 10 is free/],
		[two({ priority: undefined }), /two has no priority: .*, of which 20 is free/], [two({ priority: '20' }), /two has the priority 20: .*, of which 20 is free/],
		[one({ maximum: 3 }), /one has maximum, and an entry has only about, aws, calls, database, figures, models, port, priority, scopes, table, web/],
		[one({ database: 'no' }), /one has a database that is neither true, as usual, nor false/], [one({ database: null }), /one has a database that is neither/],
		[one({ aws: 'write' }), /one has an aws that is not "read"/], [one({ web: true }), /one has a web that is no port from 1024 to 65535/],
		[one({ web: 8081 }), /one has the web 8081, where one serves/], [two({ web: 8081 }), /two has the web 8081, where one serves/],
		[{ ...one({ web: 5173 }), two: two({ web: 5173 }).two }, /one has the web 5173, where two serves/],
		[one({ figures: ['Made'] }), /one has figures that are not by Sum/], [one({ figures: { Median: {} } }), /one has figures/], [one({ figures: { Sum: { Made: 1 } } }), /one has figures/],
		[one({ models: 'gpt' }), /one has models that are neither true nor/], [one({ models: true, aws: 'read' }), /one has aws and models/],
		[one({ table: '../table.json' }), /one has a table that is no file of its folder/], [one({ table: 'table.json', aws: 'read' }), /one has aws and models or table/],
		[two({ port: 8081 }), /two has the port 8081, which is that of one/], [two({ priority: 10 }), /two has the priority 10, which is that of one/],
		[one({ calls: ['two'] }), /calls that are no object/], [two({ calls: { one: [] } }), /two calls one without the scopes/],
		[one({ scopes: ['one:read'] }), /one has scopes that are no object/], [one({ scopes: { read: 'Look' } }), /one has the scope read, and a scope is like/],
		[one({ scopes: { 'one:read': '' } }), /one has the scope one:read, and .* words for who is asked/],
		[{ ...one({ scopes: { 'one:read': 'Look' } }), two: two({ calls: { one: ['one:read', 'one:write'] } }).two }, /two calls one with one:write, and one has only one:read/],
		[two({ calls: { stock: ['stock:read'] } }), /two calls stock, which has to be a service that stands before it/],
		[{ ...one({ calls: { two: ['two:read'] } }), two: two().two }, /one calls two, which has to be a service that stands before it/],
	]) {
		const { status, stdout, stderr } = ask([], value);
		assert.equal(status, 1, JSON.stringify(value));
		assert.equal(stdout, '');
		assert.match(stderr, words);
	}
	assert.deepEqual(ask([], two({ calls: { one: ['one:read', 'one:write'] } })), { status: 0, stdout: 'one\ntwo\n', stderr: '' });
	assert.equal(ask(['two', 'calls'], two({ calls: { one: ['one:read', 'one:write'] } })).stdout, 'one one:read,one:write\n');
	assert.equal(ask(['one', 'scopes'], one({ scopes: { 'one:write': 'Change', 'one:read': 'Look' } })).stdout, 'one:write\none:read\n');
	assert.equal(ask(['one', 'scopes'], one()).stdout, '');
	assert.deepEqual([{}, { database: true }, { database: false }].map(more => ask(['one', 'database'], one(more)).stdout), ['true\n', 'true\n', 'false\n']);
	assert.deepEqual([{}, { aws: 'read' }].map(more => ask(['one', 'aws'], one(more)).stdout), ['nothing\n', 'read\n']);
	assert.deepEqual([{}, { web: 5173 }].map(more => ask(['one', 'web'], one(more)).stdout), ['nothing\n', '5173\n']);
	assert.deepEqual([{}, { models: true }].map(more => ask(['one', 'models'], one(more)).stdout), ['false\n', 'true\n']);
	assert.equal(ask(['three', 'port'], two()).status, 2);
});

test('what is listed is what serves: its port is the program\'s own', () => {
	for (const name of names) {
		const help = execFileSync(join(root, `build/${process.env.BUILD ?? 'dev'}`, name, `mcp-${name}`), ['--help'], { encoding: 'utf8' });
		assert.match(help, new RegExp(`^  PORT .*\\b${list[name].port}\\b`, 'm'), name);
	}
});

// A program of which only its key's usage counts, and the words of docs/mistakes.md.
test('the scopes of a program and of the list are the same, or it is said which are not', { skip: !tool('cmake') && 'there is no CMake' }, () => {
	const folder = temporary(), program = join(folder, 'mcp-shop'), file = join(folder, 'services.json');
	const rows = readFileSync(join(root, 'docs/mistakes.md'), 'utf8');
	const check = (has, listed) => {
		writeFileSync(program, `#!/bin/sh\necho '  SCOPE  what it may do: ${has.map(each => `${each}, `).join('')}${has.length ? 'or ' : ''}* for everything' >&2\nexit 2\n`, { mode: 0o755 });
		writeFileSync(file, JSON.stringify({ shop: { scopes: listed && Object.fromEntries(listed.map(each => [each, 'Words'])) } }));
		const { status, stderr } = spawnSync('cmake', ['-D', `PROGRAM=${program}`, '-D', `LIST=${file}`, '-D', 'NAME=shop', '-P', join(root, 'cmake/check_scopes.cmake')], { encoding: 'utf8' });
		const said = stderr.split(/^CMake Error.*$/m).map(each => each.replace(/\s+/g, ' ').trim()).filter(Boolean);
		for (const each of said)
			assert.ok(rows.includes(`| \`${each}\` |`), each);
		return [status, said.length];
	};
	assert.deepEqual(check([], undefined), [0, 0]);
	assert.deepEqual(check(['stock:read', 'stock:own'], ['stock:own', 'stock:read']), [0, 0]);
	assert.deepEqual(check(['stock:own', 'stock:read'], ['stock:own']), [1, 1]);
	assert.deepEqual(check(['stock:read'], undefined), [1, 1]);
	assert.deepEqual(check([], ['stock:raed']), [1, 1]);
	assert.deepEqual(check(['stock:read', 'stock:own'], ['stock:raed', 'stock:own']), [1, 2]);
});

test('a machine without containers is told of a database where there is one', { skip: !tool('cmake') && 'there is no CMake' }, () => {
	const folder = temporary(), file = join(folder, 'services.json');
	const told = entry => {
		const made = join(folder, 'made');
		writeFileSync(file, JSON.stringify({ shop: { about: 'Sells', port: 8081, priority: 10, ...entry } }));
		execFileSync('cmake', ['-D', `LIST=${file}`, '-D', 'SERVICE=shop', '-D', `MADE=${made}`, '-P', join(root, 'cmake/service/describe.cmake')], { stdio: 'pipe' });
		const [unit, settings] = ['mcp-shop.service', 'settings'].map(name => readFileSync(join(made, name), 'utf8'));
		assert.match(unit, /^Description=Sells$/m);
		assert.match(settings, /^#API_KEYS=@\/etc\/mcp-shop\/keys\n/m);
		return [/^After=.* nss-lookup\.target(.*)$/m.exec(unit)[1], settings.includes('DATABASE_URL')];
	};
	assert.deepEqual(told({ calls: { stock: ['stock:read'] } }), [' postgresql.service mcp-stock.service', true]);
	assert.deepEqual(told({ database: true }), [' postgresql.service', true]);
	assert.deepEqual(told({ database: false }), ['', false]);
	assert.deepEqual(told({ database: false, calls: { stock: ['stock:read'] } }), [' mcp-stock.service', false]);
});

test('what serves already keeps its place at the balancer', () => {
	assert.deepEqual([list.orders.priority, list.products.priority, list.ops.priority], [10, 20, 30]);
});

// ---- Nobody else keeps one ----

// Where a service may be named all the same, and why. Tests name what they try.
const may = [
	['dev', /products\.db|import products\/data|'products'|\*' products '\*/, 'the shop\'s own: its catalogue'],
	['dev', /such as PRODUCTS_PORT/, 'an example'],
	['docker/stack.sh', /--dbname products|products\/data\/catalogue|products-a import/, 'the shop\'s own: its catalogue'],
	['docker/health-check.sh', /CALL=list_/, 'which tool to call there; a server that it does not know is asked all but that'],
	['docker/grafana/dashboards/shop.json', /./, 'the shop\'s own figures; those of any server are in servers.json'],
	['cmake/add_services.cmake', /like|orders\/CMakeLists/, 'an example'],
	['services', /such as/, 'an example'],
];

test('no other file names a service', () => {
	const files = execFileSync('git', ['ls-files', 'terraform', 'docker', '.github', 'cmake', 'dev', 'services', 'CMakeLists.txt', 'CMakePresets.json'],
		{ cwd: root, encoding: 'utf8' }).trim().split('\n').filter(path => !/(^|\/)tests\//.test(path) && existsSync(join(root, path)));
	const used = new Set(), found = [];
	const named = new RegExp(names.map(name => `(?<![\\w-])${name}(?!\\w)|\\b${name.toUpperCase()}_`).join('|'));
	for (const path of files) {
		const code = readFileSync(join(root, path), 'utf8')
			// Words for people: comments, and what Terraform says of a variable.
			.replace(/^(\s*)(?:description|error_message) += (?:<<-END\n[\s\S]*?\n\s*END|.*)$/gm, words => words.replace(/[^\n]/g, ''))
			.split('\n').map(line => line.replace(/(^|\s)(#|\/\/).*/, ''));
		code.forEach((line, i) => {
			if (!named.test(line))
				return;
			const reason = may.find(([where, words]) => where === path && words.test(line));
			if (reason)
				used.add(reason);
			else
				found.push(`${path}:${i + 1}: ${line.trim()}`);
		});
	}
	assert.deepEqual(found, [], 'take it from services.json');
	assert.deepEqual(may.filter(each => !used.has(each)), [], 'no longer needed');
});

// ---- One is added ----

const terraform = standIn() ?? tool('terraform');

describe('with a server that ./dev new wrote, everything takes it', { timeout: 600000 }, () => {
	let copy;
	before(() => { copy = addGuestbook(); });
	after(() => copy.remove());

	// A program of ours on the PATH that notes its words.
	function noted(play, name) {
		const path = join(play.folder, 'bin', name);
		writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$*" >>"$PLAY/${name}.calls"\n`);
		chmodSync(path, 0o755);
	}
	const run = (path, args, play = stage()) => execute(join(copy.folder, path), args, { cwd: copy.folder, env: {
		PATH: `${join(play.folder, 'bin')}:${process.env.PATH}`, HOME: play.folder, PLAY: play.folder, GITHUB_OUTPUT: join(play.folder, 'output') } });

	test('its entry is the next in the list, with the scopes of its tools', () => {
		const { [added]: { scopes, ...rest }, ...others } = JSON.parse(readFileSync(join(copy.folder, 'services.json'), 'utf8'));
		assert.deepEqual([rest, others], [entry, list]);
		const asked = new Set([...readFileSync(join(copy.folder, added, `${added}.c`), 'utf8').matchAll(/\.scope = "([^"]+)"/g)].map(([, scope]) => scope));
		assert.deepEqual(Object.keys(scopes).sort(), [...asked].sort());
	});

	test('what would be overwritten or is no name stays as it is', async () => {
		const golden = 'tests/golden/2026-07-28';
		const there = () => [readFileSync(join(copy.folder, 'services.json'), 'utf8'), ...['.', golden, added].map(path => readdirSync(join(copy.folder, path)))];
		const before = there();
		for (const [words, said] of [
			[[added], `${added} is there already`], [[names[0]], `${names[0]} is there already`], [['server'], /server is there already/],
			[['build'], /build is there already/], [['documented'], /documented\.http is there already/], [['probe'], /mcp-probe is another program/], [['library'], /mcp-library is another program/],
			[['store'], /test_store is another test/], [['main'], /main\.c is the file of main/],
			[['guest-book'], /"guest-book" can be no name/], [['../out'], /can be no name/], [['balancer'], /something else in the network/],
			[[], /new wants a name/], [['one', 'two'], /new takes one name/], [['--port'], /new does not know "--port"/],
		]) {
			const { status, all } = await run('dev', ['new', ...words]);
			assert.notEqual(status, 0, all);
			assert.match(all, new RegExp(said));
		}
		assert.deepEqual(there(), before);
	});

	test('it is taken away again, what somebody wrote only by force', async () => {
		const other = addGuestbook(), at = path => join(other.folder, path), golden = `tests/golden/2026-07-28/${added}.http`;
		const dev = (...words) => execute(at('dev'), ['new', ...words], { cwd: other.folder, env: process.env });
		const list = () => readFileSync(at('services.json'), 'utf8');
		const there = () => [list() !== before, existsSync(at(added)), existsSync(at(golden))];
		const before = readFileSync(join(root, 'services.json'), 'utf8');
		const says = async (words, status, said) => {
			const done = await dev(...words);
			assert.equal(done.status, status, done.all);
			assert.match(done.all, said);
		};
		await says(['--remove', names[0]], 1, /is no server that \.\/dev new wrote/);
		await says(['--remove', 'nobody'], 1, /is no server that/);
		await says(['--remove'], 1, /new wants a name/);
		await says([added, '--force'], 1, /--force goes with --remove/);
		assert.deepEqual(there(), [true, true, true]);
		await says(['--remove', added], 0, /is taken away: its entry .*\n$/);
		assert.deepEqual(there(), [false, false, false]);

		// With an entry behind it, and files of somebody's own: golden exchanges with data, of which one names what another server's does.
		await says([added], 0, /What comes next/);
		await says(['afterwards'], 0, /What comes next/);
		const own = [`${added}/${added}.c`, `${added}/notes.txt`, ...['-more.csv', '-more.http', '.csv'].map(end => `tests/golden/2026-07-28/${added}${end}`)];
		for (const path of own)
			appendFileSync(at(path), '/* mine */\n');
		writeFileSync(at(own[3]), `@ ${added} BODY_MAX=1KiB\n< ${added}-more.csv documented.sql\nGET /mcp\n---\n405\n`);
		mkdirSync(at('build/run'), { recursive: true });
		writeFileSync(at(`build/run/${added}.db`), '');
		const all = () => [list(), ...readdirSync(other.folder, { recursive: true }).filter(path => !path.startsWith('build')).sort()];
		const left = all(), listed = `:\n  ${own.map(path => path.replaceAll('.', '\\.')).join('\n  ')}\n$`;
		await says(['--remove', added], 1, new RegExp(`nothing is taken away.* --remove ${added} --force takes them too${listed}`));
		assert.deepEqual(all(), left);
		await says(['--remove', 'afterwards'], 0, /is taken away/);
		await says(['--remove', added, '--force'], 0, new RegExp(`with what somebody wrote${listed}`));
		assert.deepEqual(there(), [false, false, false]);
		assert.deepEqual([list(), ...own.filter(path => existsSync(at(path)))], [before]);
		assert.deepEqual([existsSync(at('tests/golden/2026-07-28/documented.sql')), existsSync(at(`build/run/${added}.db`))], [true, false]);
		other.remove();
	});

	// Plainly: its own sanitizers and flags are those of all programs, and this is quicker.
	test('it builds, its tests pass, and it answers what its golden exchange says', { skip: !tool('cmake') && 'there is no CMake' }, async () => {
		const build = join(copy.folder, 'build/dev'), { NODE_TEST_CONTEXT: _, ...env } = process.env;
		const passes = async (program, words) => {
			const { status, all } = await execute(program, words, { cwd: copy.folder, env: { ...env, BUILD: 'dev' }, within: 400000 });
			assert.equal(status, 0, all);
			return all;
		};
		await passes('cmake', ['-S', copy.folder, '-B', build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=None']);
		await passes('cmake', ['--build', build, '--target', `mcp-${added}`, `test_${added}`]);
		assert.match(await passes('ctest', ['--test-dir', build, '-R', added, '--output-on-failure']), /100% tests passed, 0 tests failed out of 4/);
		const played = await passes(process.execPath, ['--test', '--test-reporter=tap', `--test-name-pattern=${added}`, 'tests/e2e/golden.test.mjs']);
		assert.match(played, /^# pass 1$/m);
	});

	test('one without a folder is refused', { skip: !tool('cmake') && 'there is no CMake' }, async () => {
		const other = addGuestbook();
		writeFileSync(join(other.folder, 'services.json'), JSON.stringify({ ...list, reviews: { ...entry, port: entry.port + 1, priority: entry.priority + 10 } }));
		const { status, all } = await execute('cmake', ['-S', other.folder, '-B', temporary(), '-G', 'Ninja'], { env: process.env });
		other.remove();
		assert.notEqual(status, 0);
		assert.match(all, /lists reviews, but there is no[\s\S]+reviews\/CMakeLists\.txt/);
	});

	test('the pipeline builds its image, and asks for it', async () => {
		const play = stage();
		const listed = await run('.github/scripts/list-services', [], play);
		assert.equal(listed.status, 0, listed.all);
		const [, matrix] = /^names=(.*)$/m.exec(readFileSync(join(play.folder, 'output'), 'utf8'));
		assert.deepEqual(JSON.parse(matrix), [...names, added]);
		for (const file of ['ci.yml', 'deploy.yml']) {
			const { jobs } = parse(readFileSync(join(copy.folder, '.github/workflows', file), 'utf8'));
			assert.equal(jobs.images.strategy.matrix.service, '${{ fromJSON(needs.services.outputs.names) }}', file);
			assert.deepEqual([jobs.images.needs].flat(), ['services']);
			assert.equal(jobs.services.steps.find(step => step.id === 'list').run, '.github/scripts/list-services');
		}
		for (const name of ['docker', 'git'])
			noted(play, name);
		const built = await run('.github/scripts/build-image', [added, join(play.folder, 'image.tar')], play);
		assert.equal(built.status, 0, built.all);
		const call = readFileSync(join(play.folder, 'docker.calls'), 'utf8');
		for (const words of [`SERVICE=${added}`, `PORT=${entry.port}`, `ABOUT=${entry.about}`])
			assert.ok(call.includes(`--build-arg ${words} `), call);
		assert.match(readFileSync(join(copy.folder, 'docker/Dockerfile.dockerignore'), 'utf8'), new RegExp(`^!${added}$`, 'm'));
	});

	// What ./dev up writes of the list: where a file of it is.
	async function stackOf(folder, env = {}) {
		const made = await execute('bash', ['-euo', 'pipefail', '-c', `
			say() { :; }; has() { command -v "$1" >/dev/null; }; fail() { echo "$*" >&2; exit 1; }
			. docker/images.sh; . docker/configuration.sh; . docker/stack.sh
			mapfile -t NAMES < <(./services)
			make_secrets`], { cwd: copy.folder, env: { ...process.env, STACK_FOLDER: folder, ...env } });
		assert.equal(made.status, 0, made.all);
		return path => join(copy.folder, 'build', folder, path);
	}

	test('of a server without a database the stack has one, and no settings of a database; who reads in AWS does as whoever starts it', async () => {
		const file = join(temporary(), 'services.json'), lone = 'lookout';
		writeFileSync(file, JSON.stringify({ ...list, [lone]: { about: 'Looks', port: 9000, priority: 40000, database: false, aws: 'read' } }));
		const at = await stackOf('lone', { SERVICES_LIST: file });
		const { services } = parse(readFileSync(at('services.yaml'), 'utf8')), others = names.filter(kept);
		assert.deepEqual(Object.keys(services).filter(name => name.startsWith(lone)), [`${lone}-a`]);
		// As whoever starts the stack has them: null is what compose takes from there, or leaves out.
		const { environment } = services[`${lone}-a`];
		assert.deepEqual([environment.LOOKOUT_CLUSTER, environment.AWS_SECRET_ACCESS_KEY, environment.AWS_EC2_METADATA_DISABLED], [null, null, 'true']);
		assert.equal(Object.keys(services[`${names[0]}-a`].environment).some(name => name.startsWith('AWS_')), false);
		assert.deepEqual(services.postgres, { command: ['postgres', '-c', `max_connections=${others.length * 42 + 15}`] });
		assert.match(readFileSync(at(`${lone}.env`), 'utf8'), /^STATE_KEYS=.*\n$/);
		assert.match(readFileSync(at(`${names[0]}.env`), 'utf8'), /^DATABASE_URL=/m);
		assert.match(readFileSync(at('haproxy.cfg'), 'utf8'), new RegExp(`backend ${lone}\n\tserver a ${lone}-a:9000\n$`));
		assert.deepEqual(JSON.parse(readFileSync(at('prometheus/services.json'), 'utf8')).at(-1), { labels: { job: lone }, targets: [`${lone}-a:10000`] });
	});

	test('the stack has two of it, behind the balancer, watched, with keys', async () => {
		const at = await stackOf('stack');
		const { services } = parse(readFileSync(at('services.yaml'), 'utf8')), https = entry.port + 362;
		assert.deepEqual(Object.keys(services).sort(), ['balancer', 'postgres',
			...[...names, added].flatMap(name => (kept(name) ? [`${name}-a`, `${name}-b`] : [`${name}-a`]))].sort());
		// As tests/e2e/connections.test.mjs has it, on a machine of any size, and some beside.
		const table = readFileSync(join(root, 'server/run/settings_table.c'), 'utf8');
		const shared = Number(/"DATABASE_CONNECTIONS", INT_, "(\d+)"/.exec(table)[1]);
		const loops = Number(/^#define LOOPS_MAX (\d+)$/m.exec(readFileSync(join(root, 'server/run/options.c'), 'utf8'))[1]);
		assert.deepEqual(services.postgres, { command: ['postgres', '-c', `max_connections=${(names.filter(kept).length + 1) * 2 * (shared + loops + 1) + 15}`] });
		assert.equal(services[`${added}-b`].image, `mcp-${added}:\${IMAGE_TAG:-local}`);
		assert.ok(services.balancer.ports.includes(`127.0.0.1:\${${added.toUpperCase()}_HTTPS_PORT:-${https}}:${https}`));
		assert.match(readFileSync(at(`${added}.keys`), 'utf8'), /^you:[0-9a-f]{64}:\*\n$/);
		for (const called of names)
			assert.match(readFileSync(at(`${called}.keys`), 'utf8'), new RegExp(`^you:[0-9a-f]{64}:\\*\n${Object.entries(list)
				.filter(([, { calls }]) => calls?.[called]).map(([caller, { calls }]) => `${caller}:[0-9a-f]{64}:${calls[called].join(',')}\n`).join('')}$`), called);
		assert.deepEqual(JSON.parse(readFileSync(at('prometheus/services.json'), 'utf8')).at(-1),
			{ labels: { job: added }, targets: ['a', 'b'].map(each => `${added}-${each}:${entry.port + 1000}`) });
		const files = ['--file', 'docker/compose.yaml', '--file', at('services.yaml'), 'config', '--quiet'];
		const compose = [['docker', ['compose']], ['docker-compose', []]].find(([program, words]) =>
			spawnSync(program, [...words, 'version']).status === 0);
		if (compose) {
			const { status, all } = await execute(compose[0], [...compose[1], ...files],
				{ cwd: copy.folder, env: { ...process.env, STACK: join(copy.folder, 'build/stack') } });
			assert.equal(status, 0, all);
		}
		const haproxy = tool('haproxy') ?? ['/usr/sbin/haproxy'].find(existsSync);
		if (haproxy) {
			const config = join(temporary(), 'haproxy.cfg');
			writeFileSync(config, readFileSync(at('haproxy.cfg'), 'utf8').replaceAll('/run/secrets/tls.pem', at('tls.pem')).replaceAll(/\w+-[ab]:/g, '127.0.0.1:'));
			const { status, all } = await execute(haproxy, ['-c', '-f', config], { env: process.env });
			assert.equal(status, 0, all);
		}
	});

	test('its secrets are filled', { skip: !tool('openssl') && 'there is no openssl' }, async () => {
		const { status, all } = await execute('python3', ['terraform/tests/secrets.py'], { cwd: copy.folder, env: process.env });
		assert.equal(status, 0, all);
	});

	test('a plan has it, and moves no rule of the others', { skip: !terraform && 'there is no Terraform', timeout: 500000 }, async t => {
		const at = join(copy.folder, 'terraform');
		const go = (...words) => execute(terraform, [`-chdir=${at}`, ...words], { cwd: copy.folder, env: process.env, within: 400000 });
		const ready = await go('init', '-backend=false', '-input=false');
		if (ready.status !== 0 && /registry/.test(ready.all))
			return t.skip('Terraform\'s registry can\'t be reached');
		assert.equal(ready.status, 0, ready.all);
		const { stdout } = await go('test', '-json', '-verbose', '-test-directory=tests/environments', '-var-file=environments/dev.tfvars');
		const messages = stdout.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line));
		const state = messages.find(each => each.type === 'test_state')?.test_state;
		assert.ok(state, stdout);
		const all = module => [...module.resources ?? [], ...(module.child_modules ?? []).flatMap(all)];
		const resources = all(state.root_module);
		const tens = {};
		for (const { address, values } of resources.filter(each => each.type === 'aws_lb_listener_rule'))
			(tens[/module\.service\["(\w+)"\]/.exec(address)[1]] ??= new Set()).add(Math.floor(values.priority / 10) * 10);
		assert.deepEqual(Object.fromEntries(Object.entries(tens).map(([name, set]) => [name, [...set]])),
			Object.fromEntries(Object.entries({ ...list, [added]: entry }).map(([name, { priority }]) => [name, [priority]])));
		const [{ values: service }] = resources.filter(each => each.type === 'aws_ecs_task_definition' && each.values.family === `shop-dev-${added}`);
		const [container] = JSON.parse(service.container_definitions);
		assert.equal(container.environment.find(each => each.name === 'PORT').value, String(entry.port));
	});
});
