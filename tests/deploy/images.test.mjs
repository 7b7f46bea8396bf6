// images.test.mjs - which image a commit has, that it is signed, and what Terraform is told of it.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { root, stage } from './stage.mjs';

const REPOSITORY = '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/products';
const COMMIT = 'c'.repeat(40);

// A program of ours on the PATH: a shell script that may also note its words.
function put(play, name, text) {
	const path = join(play.folder, 'bin', name);
	writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$*" >>"$PLAY/${name}.calls"\n${text}\n`);
	chmodSync(path, 0o755);
}
const called = (play, name) => {
	const path = join(play.folder, `${name}.calls`);
	return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};
const github = play => ({ GITHUB_OUTPUT: join(play.folder, 'output'), GITHUB_ENV: join(play.folder, 'env'),
	GITHUB_REPOSITORY: 'example/shop-mcp' });

// skopeo, as for a registry in which every tag of ours is there, or none.
const manifest = '{"schemaVersion":2}';
const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
const there = `printf '%s' '${manifest}'`, missing = 'echo "reading manifest: manifest unknown" >&2; exit 1';

// cosign: `signed` is a file that says whether it is; signing makes it.
const cosign = 'case $1 in verify) test -e "$PLAY/signed" || { echo "no signatures found" >&2; exit 1; } ;; sign) touch "$PLAY/signed" ;; esac';

test('what is there already is not built again', async () => {
	for (const [skopeo, image] of [[there, `${REPOSITORY}@${digest}`], [missing, '']]) {
		const play = stage();
		put(play, 'skopeo', skopeo);
		const { status, stderr } = await play.run('image-there', [REPOSITORY, COMMIT], { env: github(play) });
		assert.equal(status, 0, stderr);
		assert.equal(readFileSync(join(play.folder, 'output'), 'utf8'), `image=${image}\nrepository=${REPOSITORY}\n`);
		assert.match(called(play, 'skopeo')[0], new RegExp(`docker://${REPOSITORY}:${COMMIT}`));
	}
});

test('a registry that is out of order is not one without the image', async () => {
	const play = stage();
	put(play, 'skopeo', 'echo "received unexpected HTTP status: 500" >&2; exit 1');
	const { status } = await play.run('image-there', [REPOSITORY, COMMIT], { env: github(play) });
	assert.equal(status, 1);
	assert.equal(called(play, 'skopeo').length, 5);
});

test('an image is signed once, as the workflow on main', async () => {
	const play = stage();
	put(play, 'cosign', cosign);
	const image = `${REPOSITORY}@${digest}`;
	for (let i = 0; i < 2; i++)
		assert.equal((await play.run('sign-image', [image], { env: github(play) })).status, 0);
	assert.equal(called(play, 'cosign').filter(call => call.startsWith('sign ')).length, 1);
	assert.match(called(play, 'cosign')[0],
		/--certificate-identity https:\/\/github\.com\/example\/shop-mcp\/\.github\/workflows\/deploy\.yml@refs\/heads\/main$/);

	const bad = stage();
	put(bad, 'cosign', 'exit 1');
	assert.equal((await bad.run('sign-image', [image], { env: github(bad) })).status, 1);
	assert.equal(called(bad, 'cosign').filter(call => call.startsWith('sign ')).length, 4);
	for (const args of [[], [`${REPOSITORY}:latest`]])
		assert.equal((await bad.run('sign-image', args, { env: github(bad) })).status, 2);
});

test('only what is there and signed is deployed, by digest', async () => {
	const play = stage();
	put(play, 'skopeo', there);
	put(play, 'cosign', cosign);
	const go = () => play.run('images-to-deploy', [REPOSITORY.replace('/products', ''), COMMIT], { env: github(play) });
	const unsigned = await go();
	assert.equal(unsigned.status, 1);
	assert.match(unsigned.stderr, /is not signed by deploy\.yml on main[\s\S]*no signatures found/);
	assert.equal(called(play, 'cosign').filter(call => call.startsWith('sign ')).length, 0);
	writeFileSync(join(play.folder, 'signed'), '');
	assert.equal((await go()).status, 0);
	const images = JSON.parse(/^IMAGES=(.*)$/m.exec(readFileSync(join(play.folder, 'env'), 'utf8'))[1]);
	assert.deepEqual(images, { products: `${REPOSITORY}@${digest}`, orders: `${REPOSITORY.replace('products', 'orders')}@${digest}` });

	const none = stage();
	put(none, 'skopeo', missing);
	const { status, stderr } = await none.run('images-to-deploy', ['registry/shop', COMMIT], { env: github(none) });
	assert.equal(status, 1);
	assert.match(stderr, /registry\/shop\/products has no image c{40}/);
});

test('both architectures are built, with SBOM and provenance, at the commit\'s moment', async () => {
	const play = stage();
	put(play, 'docker', 'exit 0');
	put(play, 'git', 'case $1 in log) echo 1764000000 ;; rev-parse) echo abc ;; esac');
	const { status, stderr } = await play.run('build-image', ['products', join(play.folder, 'image.tar')],
		{ env: { SOURCE_URL: 'https://github.com/example/shop-mcp' } });
	assert.equal(status, 0, stderr);
	const [call] = called(play, 'docker');
	for (const words of ['buildx build .', '--file docker/Dockerfile', '--build-arg SERVICE=products', '--build-arg PORT=8081', '--platform linux/amd64,linux/arm64', '--sbom=true',
		'--provenance=mode=max', 'SOURCE_DATE_EPOCH=1764000000', 'CREATED=2025-11-24T16:00:00Z', 'REVISION=abc', `dest=${play.folder}/image.tar`])
		assert.ok(call.includes(words), `${words} is not in ${call}`);
	assert.match(call, /VERSION=\d+\.\d+\.\d+/);
	const unknown = await play.run('build-image', ['../products', 'x']);
	assert.equal(unknown.status, 2);
	assert.match(unknown.stderr, /lists no "\.\.\/products", but products, orders/);
});

// ---- Terraform ----

const terraform = (play, args, env = {}) => play.run('terraform-for', args, { env: {
	STATE_BUCKET: 'shop-state', AWS_REGION: 'us-east-1', ...env } });
const variables = join(root, 'terraform/environments/dev.tfvars');
const skip = !existsSync(variables) && 'terraform/environments/dev.tfvars is not here: left out';

test('a plan is of one environment with these images, and what is applied is that plan', { skip }, async () => {
	const play = stage(), plan = join(play.folder, 'plan');
	put(play, 'terraform', 'echo "$TF_VAR_images" >>"$PLAY/images"; case "$*" in *output*) echo \'{"services":{"value":{"products":{"image":"old@sha256:1"}}}}\' ;; esac');
	mkdirSync(plan);
	assert.equal((await terraform(play, ['dev', 'init'])).status, 0);
	const made = await terraform(play, ['dev', 'plan', plan, '-destroy'], { IMAGES: '{"products":"new@sha256:2"}' });
	assert.equal(made.status, 0, made.stderr);
	assert.equal((await terraform(play, ['dev', 'plan', plan])).status, 0);
	assert.equal((await terraform(play, ['dev', 'apply', plan])).status, 0);
	const calls = called(play, 'terraform');
	assert.match(calls[0], /init -backend-config=bucket=shop-state -backend-config=region=us-east-1 -backend-config=key=dev\/terraform\.tfstate$/);
	assert.match(calls[1], new RegExp(`plan -var-file=environments/dev\\.tfvars -out=${plan} -lock-timeout=5m -destroy$`));
	assert.match(calls.at(-1), new RegExp(`apply -lock-timeout=5m ${plan}$`));
	// Of the images that are not said the state knows.
	assert.deepEqual(readFileSync(join(play.folder, 'images'), 'utf8').split('\n').filter(Boolean),
		['{"products":"new@sha256:2"}', '{"products":"old@sha256:1"}']);
});

test('a state that can\'t be read is not an empty one', { skip }, async () => {
	const play = stage();
	put(play, 'terraform', 'case "$*" in *output*) echo "Error: error loading state" >&2; exit 1 ;; esac');
	assert.equal((await terraform(play, ['dev', 'plan', join(play.folder, 'plan')])).status, 1);
	assert.ok(!called(play, 'terraform').some(call => call.includes(' plan ')));
	assert.notEqual((await terraform(play, ['dev', 'outputs', join(play.folder, 'o')])).status, 0);
});

test('wrong usage of Terraform', async () => {
	const play = stage();
	put(play, 'terraform', 'exit 0');
	for (const args of [[], ['dev'], ['../dev', 'init'], ['nowhere', 'init']])
		assert.equal((await terraform(play, args)).status, 2, args.join(' '));
	if (skip)
		return;
	assert.equal((await terraform(play, ['dev', 'what'])).status, 2);
	assert.equal((await terraform(play, ['dev', 'init'], { STATE_BUCKET: '' })).status, 2);
	assert.equal((await terraform(play, ['dev', 'plan', 'x'], { IMAGES: '["a"]' })).status, 2);
	assert.equal((await terraform(play, ['dev', 'plan', 'x'], { IMAGES: 'no JSON' })).status, 2);
});
