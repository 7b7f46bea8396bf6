// images.test.mjs - which image a commit has, how it is built, and that it is signed.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { stage } from './stage.mjs';

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
	for (const args of [[], [`${REPOSITORY}:latest`], [image, image], ['--ask', image, image], ['--check']])
		assert.equal((await bad.run('sign-image', args, { env: github(bad) })).status, 2);
});

test('only what is signed is deployed, and each of them is looked at', async () => {
	const play = stage();
	const [first, second] = [`${REPOSITORY}@${digest}`, `${REPOSITORY.replace('products', 'orders')}@${digest}`];
	put(play, 'cosign', `case $* in *${second}*) echo "no signatures found" >&2; exit 1 ;; esac`);
	const check = images => play.run('sign-image', ['--check', ...images], { env: github(play) });
	assert.equal((await check([first])).status, 0);
	const unsigned = await check([first, second]);
	assert.equal(unsigned.status, 1);
	assert.match(unsigned.stderr, /orders@\S+ is not signed by deploy\.yml on main[\s\S]*no signatures found/);
	assert.equal(called(play, 'cosign').filter(call => call.startsWith('sign ')).length, 0);
});

test('whether one is signed can be asked, and "no" is no failure', async () => {
	for (const [cosign, signed] of [['exit 0', 'yes'], ['exit 1', 'no']]) {
		const play = stage();
		put(play, 'cosign', cosign);
		assert.equal((await play.run('sign-image', ['--ask', `${REPOSITORY}@${digest}`], { env: github(play) })).status, 0);
		assert.equal(readFileSync(join(play.folder, 'output'), 'utf8'), `signed=${signed}\n`);
	}
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
