// push.test.mjs - the images that were built, really pushed to a registry and fetched from it again.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { noRegistry, startRegistry } from '../deploy/registry.mjs';
import { stage, temporary, tool } from '../deploy/stage.mjs';
import { docker, image, inspect, listed, needsDocker, output } from './support.mjs';

const options = needsDocker.skip ? needsDocker : { skip: noRegistry };
let registry;

before(async () => {
	if (!options.skip)
		registry = await startRegistry();
});
after(() => registry?.stop());

for (const name of Object.keys(listed))
	test(`the image of ${name} arrives whole, once under its tag`, options, async () => {
		const folder = temporary(), saved = join(folder, 'saved.tar'), archive = join(folder, 'image.tar');
		await docker('save', '--output', saved, image(name));
		await output(tool('skopeo'), ['copy', '--quiet', `docker-archive:${saved}`, `oci-archive:${archive}`]);

		const repository = `${registry.host}/shop/${name}`;
		const pushed = await stage().run('push-image', [archive, repository, 'v1']);
		assert.equal(pushed.status, 0, pushed.stderr);
		const reference = pushed.stdout.trim();
		assert.match(reference, new RegExp(`^${repository}@sha256:[0-9a-f]{64}$`));
		assert.equal((await stage().run('push-image', [archive, repository, 'v1'])).stdout.trim(), reference);

		const config = JSON.parse(await output(tool('skopeo'),
			['inspect', '--config', '--tls-verify=false', `docker://${reference}`]));
		assert.equal(config.config.User, '10001:10001');
		assert.deepEqual(config.rootfs.diff_ids, await inspect(image(name), '.RootFS.Layers'));
		await output(tool('skopeo'), ['copy', '--quiet', '--src-tls-verify=false', `docker://${reference}`,
			`docker-archive:${join(folder, 'fetched.tar')}:${name}:fetched`]);
	});
