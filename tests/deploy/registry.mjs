// registry.mjs - Debian's container registry on this machine, for a test file; gone with it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../e2e/ports.mjs';
import { temporary, tool } from './stage.mjs';

const missing = ['docker-registry', 'skopeo'].filter(each => !tool(each));

// Why nothing can be pushed, or false.
export const noRegistry = missing.length > 0
	&& `${missing.join(' and ')} can't be had here: no image is pushed`;

export async function startRegistry() {
	const folder = temporary(), host = `127.0.0.1:${await freePort()}`;
	writeFileSync(join(folder, 'config.yml'), `version: 0.1
storage: { filesystem: { rootdirectory: ${folder}/data } }
http: { addr: ${host} }
`);
	const registry = spawn(tool('docker-registry'), ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
	for (const until = Date.now() + 20000; ;) {
		if (await fetch(`http://${host}/v2/`).then(answer => answer.ok, () => false))
			return { host, stop: () => registry.kill() };
		assert.ok(Date.now() < until, 'the registry did not start');
		await new Promise(resolve => setTimeout(resolve, 50));
	}
}
