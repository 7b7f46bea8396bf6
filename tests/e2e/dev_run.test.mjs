// dev_run.test.mjs - ./dev run builds what it runs and nothing else; and another program takes a server's port in the meantime.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
	// A cmake that notes what is asked of it.
	const folder = join(root, DEV_RUN, 'bin'), asked = join(root, DEV_RUN, 'asked');
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'cmake'), `#!/bin/sh\necho "$*" >>'${asked}'\nPATH=\${PATH#*:} exec cmake "$@"\n`, { mode: 0o755 });
	const port = await freePort();
	dev = spawn('./dev', ['run'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, PRODUCTS_PORT: String(port), DEV_RUN, SERVICES: 'products' } });
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
	assert.match(readFileSync(asked, 'utf8'), /^--build --preset release --target mcp-products$/m);
});
