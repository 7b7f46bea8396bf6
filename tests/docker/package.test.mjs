// package.test.mjs - from an empty folder on a Debian 13 of which nothing is there before: the package is installed, the template built and
// tested with it by its own Dockerfile, and what came of it serves.
import assert from 'node:assert/strict';
import { cpSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, callTool, keyLines, keys, root, temporary } from '../e2e/support.mjs';
import { docker, image, inspect, needsDocker, output, runContainer, tryDocker, until } from './support.mjs';

describe('the package of the runtime, on Debian 13', { ...needsDocker, timeout: 900000 }, () => {
	const folder = temporary();

	// The engine has the programs compiled, and what was installed before, unless something changed.
	before(async () => {
		cpSync(join(root, 'docs/template'), folder, { recursive: true });
		await output('bash', ['-euo', 'pipefail', '-c', `
			say() { :; }; has() { command -v "$1" >/dev/null; }; fail() { echo "$*" >&2; exit 1; }
			. docker/engine.sh; . docker/images.sh
			need_docker; find_base
			build_package "$1"
			build_image "$1" --build-arg "BASE=$BASE" --tag "$2"`, 'package', folder, image('guestbook')]);
	}, { timeout: 800000 });
	after(() => tryDocker('rmi', '--force', image('guestbook')));

	test('is made for that', () => {
		const [path] = globSync(join(folder, 'libmcp-*.deb'));
		assert.match(basename(path), /^libmcp-server-dev_\d+\.\d+\.\d+-1~deb13u1_(amd64|arm64)\.deb$/);
	});

	test('and a server that was built with it serves who has a key', async () => {
		const config = await inspect(image('guestbook'), '.Config');
		assert.deepEqual([config.User, config.Entrypoint], ['10001:10001', ['mcp-guestbook']]);
		const id = await runContainer('guestbook', ['--publish', '127.0.0.1::8084', '--env', `API_KEYS=${keyLines}`]);
		const port = Number((await docker('port', id, '8084/tcp')).split(':').at(-1));
		const log = async () => (await tryDocker('logs', id)).stderr;
		await until(async () => (await log()).includes('serving guestbook'), log);
		const server = { port };
		const options = { headers: { Authorization: `Bearer ${keys.staff}` } };
		assert.deepEqual(await ask(server, 'latest', {}, options), { entries: [] });
		await callTool(server, 'sign', { name: 'Ada', words: 'Lovely shop.' }, options);
		assert.equal((await ask(server, 'latest', {}, options)).entries[0].name, 'Ada');
		await docker('stop', id);
		assert.equal(await inspect(id, '.State.ExitCode'), 0);
	});
});
