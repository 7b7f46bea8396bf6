// build.test.mjs - which build a server is: the same in its command version, log, serverInfo, page and metrics.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { exchange, root, run, start, stateless } from './support.mjs';

async function said(settings) {
	const server = await start('orders', { METRICS_PORT: 'any', ...settings });
	try {
		const { stdout } = await run('orders', ['version'], { env: settings });
		const { json } = await exchange(server, stateless('server/discover'));
		const { text: page } = await exchange(server, { method: 'GET', path: '/', headers: { Accept: 'text/html' } });
		const [, url] = await server.says(/metrics at (http:[^,;\s"]+)/);
		const { text: metrics } = await exchange({ port: Number(new URL(url).port) }, { method: 'GET', path: '/metrics' });
		return {
			command: /^mcp-orders (\S+)$/m.exec(stdout)[1],
			log: (await server.says(/serving orders (\S+) at/))[1],
			server: json.result._meta['io.modelcontextprotocol/serverInfo'].version,
			page: /version ([^<]+)</.exec(page)[1],
			metrics: /^mcp_build_info\{server="orders",version="1\.0\.0",build="([^"]*)"\} 1$/m.exec(metrics)[1],
		};
	} finally {
		await server.stop();
	}
}

const all = build => Object.fromEntries(['command', 'log', 'server', 'page'].map(place => [place, `1.0.0+${build}`]));

test('a program knows the commit that it was built from', async t => {
	let describe;
	try {
		describe = execFileSync('git', ['describe', '--tags', '--always', '--abbrev=12'], { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
	} catch {
		return t.skip('this is no checkout of git');
	}
	const { metrics, ...elsewhere } = await said({});
	assert.ok([describe, `${describe}-dirty`].includes(metrics), metrics);
	assert.deepEqual(elsewhere, all(metrics));
});

test('its image says it otherwise, with what a version may hold', async () => {
	assert.deepEqual(await said({ MCP_BUILD: 'v1/new one' }), { ...all('v1-new-one'), metrics: 'v1/new one' });
});
