// dev_run.test.mjs - ./dev run where another program takes a server's port in the meantime.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort } from './raw.mjs';
import { eventually, root } from './support.mjs';

const DEV_RUN = 'build/test/run-taken';
const skip = !existsSync(join(root, 'build/release/products/mcp-products')) && 'there is no release build';
const other = createServer((_, answer) => answer.end('ok'));
let dev;
after(() => { dev?.kill(); other.close(); other.closeAllConnections(); });

test('who answers at the port is not taken for the server', { skip }, async () => {
	rmSync(join(root, DEV_RUN), { recursive: true, force: true });
	const port = await freePort();
	dev = spawn('./dev', ['run'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, PRODUCTS_PORT: String(port), DEV_RUN, SERVICES: 'products' } });
	let said = '', ended;
	for (const stream of [dev.stdout, dev.stderr])
		stream.setEncoding('utf8').on('data', text => {
			said += text;
			// The port was found free just before.
			if (!other.listening && /building/.test(said))
				other.listen(port, '127.0.0.1');
		});
	dev.on('close', status => { ended = { status }; });
	await eventually(() => ended, 'it ends', 300000);
	assert.equal(ended.status, 1, said);
	assert.match(said, new RegExp(`${port}[^]*products did not start`));
	assert.doesNotMatch(said, /The servers are up/);
});
