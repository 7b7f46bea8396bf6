// push_image.test.mjs - images of two architectures, really pushed to Debian's registry on this machine.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { freePort } from '../e2e/ports.mjs';
import { noRegistry as skip, startRegistry } from './registry.mjs';
import { stage, temporary } from './stage.mjs';

// ---- An image as buildx writes it: an index of two architectures, and what it attests ----

const digestOf = bytes => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

function archive(what) {
	const folder = temporary(), blobs = join(folder, 'blobs/sha256');
	mkdirSync(blobs, { recursive: true });
	const put = (mediaType, content, more = {}) => {
		const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
		writeFileSync(join(blobs, digestOf(bytes).slice(7)), bytes);
		return { mediaType, digest: digestOf(bytes), size: bytes.length, ...more };
	};
	const manifest = (architecture, text, more) => {
		const layer = Buffer.alloc(1024);
		layer.write(text);
		const config = put('application/vnd.oci.image.config.v1+json', { architecture, os: 'linux', config: {},
			rootfs: { type: 'layers', diff_ids: [digestOf(layer)] } });
		return put('application/vnd.oci.image.manifest.v1+json', { schemaVersion: 2,
			mediaType: 'application/vnd.oci.image.manifest.v1+json', config,
			layers: [put('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(layer))] },
		{ platform: { os: 'linux', architecture }, ...more });
	};
	const arm = manifest('arm64', `${what} arm64`), amd = manifest('amd64', `${what} amd64`);
	const attested = manifest('unknown', `${what} sbom`, { platform: { os: 'unknown', architecture: 'unknown' },
		annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': arm.digest } });
	const index = put('application/vnd.oci.image.index.v1+json', { schemaVersion: 2,
		mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [arm, amd, attested] });
	writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
	writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [index] }));
	const file = join(temporary(), 'image.tar');
	execFileSync('tar', ['-C', folder, '-cf', file, 'oci-layout', 'index.json', 'blobs']);
	return { file, digest: index.digest };
}

// ---- The registry ----

let registry, host;

before(async () => {
	if (skip)
		console.log(skip);
	else
		({ host } = registry = await startRegistry());
});
after(() => registry?.stop());

const push = (...args) => stage().run('push-image', args);
const manifestOf = async (repository, tag) => {
	const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`,
		{ headers: { Accept: 'application/vnd.oci.image.index.v1+json' } });
	assert.equal(answer.status, 200);
	return digestOf(Buffer.from(await answer.arrayBuffer()));
};

test('both architectures and what they attest arrive under the digest they had', { skip }, async () => {
	const image = archive('first');
	const { status, stdout, stderr } = await push(image.file, `${host}/shop/products`, 'abc123');
	assert.equal(status, 0, stderr);
	assert.equal(stdout, `${host}/shop/products@${image.digest}\n`);
	assert.equal(await manifestOf('shop/products', 'abc123'), image.digest);
	const index = await (await fetch(`http://${host}/v2/shop/products/manifests/${image.digest}`,
		{ headers: { Accept: 'application/vnd.oci.image.index.v1+json' } })).json();
	for (const { digest, mediaType } of index.manifests)
		assert.equal((await fetch(`http://${host}/v2/shop/products/manifests/${digest}`, { headers: { Accept: mediaType } })).status, 200);
	assert.equal(index.manifests.length, 3);
});

test('the same again is fine; another under that tag is refused, and nothing moves', { skip }, async () => {
	const image = archive('second'), other = archive('third');
	assert.equal((await push(image.file, `${host}/shop/orders`, 'v1')).status, 0);
	const again = await push(image.file, `${host}/shop/orders`, 'v1');
	assert.equal(again.status, 0);
	assert.equal(again.stdout, `${host}/shop/orders@${image.digest}\n`);
	assert.match(again.stderr, /is there already, and the same/);
	const refused = await push(other.file, `${host}/shop/orders`, 'v1');
	assert.equal(refused.status, 4);
	assert.match(refused.stderr, /a tag never moves/);
	assert.equal(refused.stdout, '');
	assert.equal(await manifestOf('shop/orders', 'v1'), image.digest);
	assert.equal((await push(other.file, `${host}/shop/orders`, 'v2')).status, 0);
});

test('what is there is told without pushing', { skip }, async () => {
	const image = archive('fourth');
	const none = await push('--there', `${host}/shop/refunds`, 'v1');
	assert.deepEqual([none.status, none.stdout], [5, '']);
	await push(image.file, `${host}/shop/refunds`, 'v1');
	const found = await push('--there', `${host}/shop/refunds`, 'v1');
	assert.deepEqual([found.status, found.stdout], [0, `${host}/shop/refunds@${image.digest}\n`]);
	assert.equal((await push('--there', `${host}/shop/refunds`, 'v2')).status, 5);
});

test('a registry that does not answer, and a file that is no image', { skip }, async () => {
	const image = archive('fifth'), port = await freePort();
	const { status, stdout, stderr } = await push(image.file, `127.0.0.1:${port}/shop/products`, 'v1');
	assert.equal(status, 1);
	assert.equal(stdout, '');
	assert.match(stderr, /could not be found out/);
	const file = join(temporary(), 'no.tar');
	writeFileSync(file, 'no archive');
	assert.equal((await push(file, `${host}/shop/products`, 'v9')).status, 1);
	assert.equal((await push('--there', `${host}/shop/products`, 'v9')).status, 5);
});

test('wrong usage', { skip }, async () => {
	const { file } = archive('sixth');
	for (const args of [[], [file, 'a/b'], [file, 'a/b', 'no tag'], [file, 'a/b:latest', 'v1'], ['/no/such.tar', 'a/b', 'v1']])
		assert.equal((await push(...args)).status, 2, args.join(' '));
});
