// images.test.mjs - the images hold what they should and nothing else, run with nothing but what they
// need, and are built to the same bytes again.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { smuggled } from '../e2e/smuggled.mjs';
import { ask, beginSession, exchange, keyLines, keys, orderOf, root } from '../e2e/support.mjs';
import {
	command, docker, image, inspect, listed, needsDocker, output, runContainer, tryDocker, unique, until,
} from './support.mjs';

const MiB = 1024 * 1024;
const ports = Object.fromEntries(Object.entries(listed).map(([name, { port }]) => [name, port]));

// ---- What is in them ----

// The folder an image's files were written to.
async function unpacked(name) {
	const folder = mkdtempSync(join(tmpdir(), 'mcp-image-'));
	const container = await docker('create', image(name));
	await output('bash', ['-c', '"$0" export "$1" | tar -x -C "$2"', process.env.DOCKER, container, folder]);
	await docker('rm', container);
	return folder;
}

// The engine's own are not the image's.
const engines = /^\/(\.dockerenv|(dev|proc|sys)(\/.*)?|etc\/(mtab|hosts|hostname|resolv\.conf))$/;

for (const name of Object.keys(ports))
	describe(`the image of ${name}`, needsDocker, () => {
		let folder, files;

		before(async () => {
			folder = await unpacked(name);
			files = (await output('find', [folder, '-printf', '%y %m %U %T@ /%P\n'])).split('\n')
				.map(line => /^(.) (\d+) (\d+) (\d+)\.\d+ (.*)$/.exec(line).slice(1))
				.map(([type, mode, owner, at, path]) => ({ type, mode, owner, at: Number(at), path }))
				.filter(({ path }) => path !== '/' && !engines.test(path));
		});
		after(() => rmSync(folder, { recursive: true, force: true }));

		test('holds one program, and no shell or anything else to run', async () => {
			const runnable = files.filter(({ type, mode, path }) => type === 'f' && Number(mode) % 10 & 1 &&
				!/\/(ld-linux-[a-z0-9-]+|libc)\.so\.\d$/.test(path));
			assert.deepEqual(runnable.map(({ path }) => path), [`/usr/bin/mcp-${name}`]);
			for (const shell of ['/bin/sh', 'sh', '/usr/bin/sh', '/bin/bash']) {
				const { status, stderr } = await tryDocker('run', '--rm', '--entrypoint', shell, image(name));
				assert.equal(status, 127, stderr);
			}
		});

		test('holds the libraries that it loads, and no other', async () => {
			const libraries = files.filter(({ type, path }) => type === 'f' && /\.so\.\d+$/.test(path))
				.map(({ path }) => path);
			const loader = libraries.find(path => /\/ld-linux/.test(path));
			// It may load some by their name, while it runs.
			const program = readFileSync(join(folder, `usr/bin/mcp-${name}`), 'latin1');
			const loaded = new Set([basename(loader)]);
			for (const path of [`/usr/bin/mcp-${name}`,
				...libraries.filter(path => program.includes(`\0${basename(path)}\0`))]) {
				const listed = await docker('run', '--rm', '--entrypoint', loader, image(name), '--list', path);
				assert.doesNotMatch(listed, /not found/);
				loaded.add(basename(path));
				for (const [, library] of listed.matchAll(/=> \S*\/(\S+) \(/g))
					loaded.add(library);
			}
			loaded.delete(`mcp-${name}`);
			assert.deepEqual(libraries.map(path => basename(path)).sort(), [...loaded].sort());
		});

		test('holds nothing besides, and only its own folder is its own', () => {
			const known = [
				/^\/(data|etc|lib|lib64|usr|var|etc\/ssl|etc\/ssl\/certs|usr\/(bin|lib|lib64)|var\/lib|var\/lib\/dpkg)$/,
				/^\/usr\/bin\/(server|mcp-[a-z]+)$/, /^\/usr\/lib\/[a-z0-9_]+-linux-gnu(\/[^/]+\.so\.\d+)?$/,
				/^\/usr\/lib(64)?\/ld-linux[^/]*$/,
				/^\/etc\/(passwd|group|nsswitch\.conf|os-release|ssl\/certs\/(ca-certificates\.crt|rds\.pem))$/,
				/^\/var\/lib\/dpkg\/status\.d(\/[a-z0-9.+-]+)?$/,
			];
			assert.deepEqual(files.filter(({ path }) => !known.some(one => one.test(path))), []);
			assert.deepEqual(files.filter(({ owner }) => owner !== '0').map(({ path }) => path), ['/data']);
			assert.deepEqual(files.filter(({ type, mode }) => type !== 'l' && Number(`0o${mode}`) & 0o6022)
				.map(({ path }) => path), ['/data']);
		});

		test('names the packages its libraries are from, for those who scan it', () => {
			const records = files.filter(({ type, path }) => type === 'f' && path.startsWith('/var/lib/dpkg/'));
			const packages = records.map(({ path }) =>
				/^Package: (\S+)$/m.exec(readFileSync(join(folder, path), 'utf8'))[1]);
			for (const one of ['libc6', 'libssl3t64', 'libsqlite3-0', 'ca-certificates'])
				assert.ok(packages.includes(one), `${one} is not among ${packages}`);
			assert.ok(records.length >= 15);
		});

		test('holds the roots of RDS, where the tasks in AWS look for them', () => {
			assert.equal(readFileSync(join(folder, 'etc/ssl/certs/rds.pem'), 'utf8'),
				readFileSync(join(root, 'docker/image/rds-roots.pem'), 'utf8'));
		});

		test('carries one time: that of the commit', async () => {
			const commit = Number((await command('git', ['log', '-1', '--format=%ct'])).stdout);
			const times = new Set(files.map(({ at }) => at));
			// The engine makes the folders anew that it mounts something in.
			times.delete(files.find(({ path }) => path === '/etc').at);
			assert.deepEqual([...times], [commit || 0]);
		});

		test('is 12 MiB at most, as a registry takes it', async () => {
			const layers = `${folder}.layers`;
			await output('bash', ['-c', 'mkdir "$2" && "$0" save "$1" | tar -x -C "$2"', process.env.DOCKER,
				image(name), layers]);
			const [{ Layers }] = JSON.parse(readFileSync(join(layers, 'manifest.json')));
			const bytes = Layers.reduce((sum, layer) => sum + gzipSync(readFileSync(join(layers, layer))).length, 0);
			rmSync(layers, { recursive: true });
			assert.ok(bytes <= 12 * MiB, `${(bytes / MiB).toFixed(2)} MiB`);
		});

		test('says what it is and how it is run', async () => {
			const config = await inspect(image(name), '.Config');
			assert.equal(config.User, '10001:10001');
			assert.equal(readlinkSync(join(folder, 'usr/bin/server')), `mcp-${name}`);
			assert.deepEqual(config.Entrypoint, ['/usr/bin/server']);
			assert.deepEqual(config.Healthcheck.Test, ['CMD', '/usr/bin/server', 'healthcheck']);
			assert.deepEqual(Object.keys(config.ExposedPorts), [`${ports[name]}/tcp`]);
			assert.deepEqual(config.Env.filter(line => !line.startsWith('PATH=')), ['HOST=0.0.0.0', `PORT=${ports[name]}`,
				`MCP_BUILD=${(await command('git', ['describe', '--tags', '--always', '--dirty', '--abbrev=12'])).stdout.trim()}`]);
			const labels = Object.fromEntries(Object.entries(config.Labels)
				.map(([key, value]) => [key.replace('org.opencontainers.image.', ''), value]));
			assert.equal(labels.title, `mcp-${name}`);
			assert.equal(labels.description, listed[name].about);
			assert.match(labels.version, /^\d+\.\d+\.\d+$/);
			assert.match(labels.created, /^20\d\d-\d\d-\d\dT/);
			assert.equal(labels.revision, await output('git', ['rev-parse', 'HEAD']));
		});
	});

// ---- How they run ----

// With nothing that it does not need; gives it as the tests of the servers take one.
async function hardened(name, network, settings) {
	const id = await runContainer(name, [
		'--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', '10001',
		'--tmpfs', '/data', '--network', network, '--network-alias', name, '--health-interval', '1s',
		'--publish', `127.0.0.1::${ports[name]}`, '--env', `API_KEYS=${keyLines}`,
		'--env', `PUBLIC_HOSTS=localhost,127.0.0.1,${name}`,
		...Object.entries(settings).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
	]);
	const port = Number((await docker('port', id, `${ports[name]}/tcp`)).split(':').at(-1));
	return { id, port, url: `http://127.0.0.1:${port}/mcp` };
}

describe('the images, read-only, without capabilities, as 10001', needsDocker, () => {
	const network = `mcp-test-${unique()}`;
	const staff = { headers: { Authorization: `Bearer ${keys.staff}` } };
	let products, orders;

	before(async () => {
		await docker('network', 'create', network);
		products = await hardened('products', network, {});
		orders = await hardened('orders', network,
			{ PRODUCTS_URL: 'http://products:8081/mcp', PRODUCTS_KEY: keys.staff });
	});
	after(async () => {
		await tryDocker('rm', '--force', products?.id, orders?.id);
		await tryDocker('network', 'rm', network);
	});

	test('become healthy, as the program itself says', async () => {
		for (const { id } of [products, orders])
			await until(async () => await inspect(id, '.State.Health.Status') === 'healthy', 'healthy');
	});

	test('run with no right at all', async () => {
		for (const { id } of [products, orders]) {
			const status = readFileSync(`/proc/${await inspect(id, '.State.Pid')}/status`, 'utf8');
			assert.match(status, /^Uid:\t10001\t10001\t10001\t10001$/m);
			assert.match(status, /^Cap(Prm|Eff|Bnd):\t0{16}$/m);
			assert.match(status, /^NoNewPrivs:\t1$/m);
		}
	});

	test('serve both eras, to those with a key', async () => {
		for (const server of [products, orders]) {
			const session = await beginSession(server, '2025-11-25', {}, staff.headers);
			const listed = await exchange(server, { headers: session,
				body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
			assert.ok(listed.json.result.tools.length >= 8, listed.text);
			const refused = await exchange(server, { headers: { 'Content-Type': 'application/json' },
				body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
			assert.equal(refused.status, 401);
		}
		assert.equal((await ask(products, 'list_categories', {}, staff)).count, 0);
		assert.equal((await ask(orders, 'list_orders', {}, staff)).count, 0);
	});

	test('take no request that hides another', async () => {
		for (const [, tried] of smuggled)
			await tried(products);
	});

	test('find each other by name', async () => {
		const answer = await exchange(orders, { path: '/readyz', method: 'GET' });
		assert.equal(answer.status, 200);
		await assert.rejects(ask(orders, 'create_order', orderOf({ 'NOT-THERE': 1 }, 'find'), staff),
			/NOT-THERE/);           // products said so
	});

	test('stop in order on docker stop, with 0', async () => {
		for (const { id } of [orders, products]) {
			await docker('stop', '--time', '60', id);       // then it would be killed, and not 0
			assert.equal(await inspect(id, '.State.ExitCode'), 0, await docker('logs', id));
		}
	});

	test('do not start for all the world without a key', async () => {
		const { status, stderr } = await tryDocker('run', '--rm', '--read-only', '--tmpfs', '/data',
			image('products'));
		assert.equal(status, 1);
		assert.match(stderr, /API_KEYS/);
	});
});

// ---- How they are built ----

test('built again from nothing they have the same bytes', { ...needsDocker, timeout: 900000 }, async () => {
	const tag = `again-${unique()}`, names = Object.keys(ports);
	await output('./dev', ['images'], { env: { IMAGE_TAG: tag, NO_CACHE: '1' } });
	try {
		for (const name of names)
			assert.deepEqual(await inspect(`mcp-${name}:${tag}`, '.RootFS.Layers'),
				await inspect(image(name), '.RootFS.Layers'));
	} finally {
		await tryDocker('rmi', ...names.map(name => `mcp-${name}:${tag}`));
	}
});

test('for arm64 they are cross-compiled, whole', { ...needsDocker, timeout: 900000 }, async () => {
	// The build runs them in an emulator, with nothing but what is in the image.
	const tag = `cross-${unique()}`, names = Object.keys(ports).map(name => `mcp-${name}:${tag}-arm64`);
	const said = await output('./dev', ['images', 'arm64'], { env: { IMAGE_TAG: tag } });
	try {
		for (const name of names) {
			assert.equal(await inspect(name, '.Architecture'), 'arm64');
			const [, size] = new RegExp(`${name}: linux/arm64, .* \\(([\\d.]+) MiB\\)`).exec(said);
			assert.ok(Number(size) <= 12, size);
		}
		assert.match(said, / usr\/lib\/aarch64-linux-gnu\/libc\.so\.6/);
		assert.doesNotMatch(said, /x86_64/);
	} finally {
		await tryDocker('rmi', ...names);
	}
});

test('no key, database or git history is sent to a build', needsDocker, async () => {
	const context = mkdtempSync(join(tmpdir(), 'mcp-context-')), tag = `context-${unique()}`;
	const wanted = ['CMakeLists.txt', 'docker/image/compile.sh', 'docs/writing-a-server.md', 'docs/writing/calls.md', 'guestbook/CMakeLists.txt', 'guestbook/main.c',
		'guestbook/ui/page.html', 'server/core/text.c', 'services.json'];
	for (const path of [...wanted, '.env', '.git/config', 'build/stack/key', 'docker/compose.yaml', 'docs/operate.md', 'notes',
		'products/products.db', 'products/products.db-wal', 'products/products.db.state', 'products/products.db.state-wal', 'orders/data.db', 'guestbook/left.db', 'guestbooks/main.c', 'guestbook/web/index.html', 'tests/e2e/support.mjs']) {
		mkdirSync(dirname(join(context, path)), { recursive: true });
		writeFileSync(join(context, path), path);
	}
	// As after a service was added.
	const list = { ...listed, guestbook: { about: 'A guest book', port: 9998, priority: 49980 } };
	writeFileSync(join(context, 'services.json'), JSON.stringify(list));
	for (const path of ['CMakeLists.txt', 'services', 'docker/ignore'])
		copyFileSync(join(root, path), join(context, path));
	writeFileSync(`${context}.Dockerfile.dockerignore`, await output(join(context, 'docker/ignore'), []));
	writeFileSync(`${context}.Dockerfile`, 'FROM scratch\nCOPY . /\nCMD ["none"]\n');
	await output(process.env.DOCKER, ['build', '--quiet', '--tag', tag, '--file', `${context}.Dockerfile`, context],
		{ env: { DOCKER_BUILDKIT: '1' } });
	const container = await docker('create', tag);
	const sent = await output('bash', ['-c', '"$0" export "$1" | tar -t', process.env.DOCKER, container]);
	await docker('rm', container);
	await docker('rmi', tag);
	rmSync(context, { recursive: true });
	rmSync(`${context}.Dockerfile`);
	rmSync(`${context}.Dockerfile.dockerignore`);
	assert.deepEqual(sent.split('\n').filter(path => !path.endsWith('/') && !engines.test(`/${path.split(' ')[0]}`)).sort(),
		wanted.sort());
});
