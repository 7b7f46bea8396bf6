// guestbook.test.mjs - a server that ./dev new wrote is built, and answers in the stack.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addGuestbook, added, entry } from '../deploy/guestbook.mjs';
import { Stack } from './stack.mjs';
import { inspect, listed, needsDocker, output, tryDocker, unique, until } from './support.mjs';

const names = [...Object.keys(listed), added];

describe('a server that ./dev new wrote', { ...needsDocker, timeout: 600000 }, () => {
	const tag = `guestbook-${unique()}`, compiled = `mcp-compiled:${tag}`;
	let copy, stack;

	// What the images of this checkout were made of is there, and only what is new has to be compiled. The rest of the
	// definition, by which an image comes about, is used as it stands.
	before(async () => {
		copy = addGuestbook();
		await output('bash', ['-euo', 'pipefail', '-c', `
			say() { :; }; has() { command -v "$1" >/dev/null; }; fail() { echo "$*" >&2; exit 1; }
			. docker/engine.sh; . docker/images.sh
			need_docker; find_base
			build_program "$1" "$2" --target build`, 'compile', Object.keys(listed)[0], compiled]);
		const path = join(copy.folder, 'docker/Dockerfile'), definition = readFileSync(path, 'utf8');
		const shorter = definition.replace(/^FROM .* AS build$/m, `FROM ${compiled} AS build`).replace(/^RUN \/build\/packages\.sh$/m, '')
			.replace(/^ARG PROGRAMS=tested$/m, 'ARG PROGRAMS=build')
			.replace(/^RUN \/src\/docker\/image\/compile\.sh$/m, 'RUN cd /src && cmake --preset release && cmake --build --preset release --target mcp-' + added);
		assert.equal(shorter.split('\n').filter(line => !definition.includes(line)).length, 3);
		writeFileSync(path, shorter);
		stack = new Stack(copy.folder, names, { IMAGE_TAG: tag });
		await stack.up();
	}, { timeout: 500000 });
	after(async () => {
		await stack?.down('--volumes').catch(() => {});
		await tryDocker('rmi', compiled, ...names.map(name => `mcp-${name}:${tag}`));
		copy?.remove();
	}, { timeout: 100000 });

	test('has an image like the others', async () => {
		const config = await inspect(`mcp-${added}:${tag}`, '.Config');
		assert.deepEqual([config.User, config.Entrypoint, Object.keys(config.ExposedPorts)], ['10001:10001', ['/usr/bin/server'], [`${entry.port}/tcp`]]);
		assert.equal(config.Labels['org.opencontainers.image.title'], `mcp-${added}`);
		assert.equal(config.Labels['org.opencontainers.image.description'], entry.about);
	});

	test('answers through the balancer, for who has the key, from a database of its own', async () => {
		assert.equal((await fetch(stack[added], { method: 'POST', body: '{}' })).status, 401);
		const signed = await stack.call(stack[added], 'sign', { name: 'Ada', words: 'Lovely shop.' });
		assert.equal(signed.content[0].text, 'Thank you, Ada.');
		const { entries } = await stack.ask(stack[added], 'latest', {});
		assert.deepEqual(entries.map(({ name }) => name), ['Ada']);
	});

	test('is watched, and the others serve as before', async () => {
		await until(async () => (await stack.query(`up{job="${added}"} == 1`)).length === 2, 'both are up');
		assert.ok((await stack.ask(stack.products, 'list_categories', {})).count > 0);
		assert.equal((await stack.ask(stack.orders, 'list_orders', { limit: 1 })).orders.length, 0);
	});
});
