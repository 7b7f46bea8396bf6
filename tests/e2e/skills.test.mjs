// skills.test.mjs - the skills of both shops, taken in as a host does: every file is read and compared
// with its digest, the frontmatter with what another YAML reader makes of it; and the setting SKILLS.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
	ask, beginSession, exchange, keyLines, keys, npm, run, start, stateless, temporary,
} from './support.mjs';

const { parse } = npm('yaml');

// { request(method, params), result } of a server in either era.
const eras = {
	'2026-07-28': async server => async (method, params) =>
		(await exchange(server, stateless(method, params))).json.result,
	'2025-11-25': async server => {
		const headers = await beginSession(server);
		return async (method, params) => (await exchange(server, { headers,
			body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })).json.result;
	},
};

const read = async (call, uri) => {
	const [content] = (await call('resources/read', { uri })).contents;
	return content.text === undefined ? Buffer.from(content.blob, 'base64') : Buffer.from(content.text);
};

// All files below a directory, found by reading directories alone.
async function walk(call, uri) {
	const found = [];
	for (const child of (await call('resources/directory/read', { uri })).resources)
		found.push(...child.mimeType === 'inode/directory' ? await walk(call, child.uri) : [child.uri]);
	return found;
}

async function verify(call, skill) {
	const directory = dirname(skill.uri);
	for (const { uri, digest, size } of skill.resources) {
		const bytes = await read(call, uri);
		assert.equal(bytes.length, size, uri);
		assert.equal(`sha256:${createHash('sha256').update(bytes).digest('hex')}`, digest, uri);
	}
	const text = String(await read(call, skill.uri));
	assert.deepEqual(parse(/^---\n([\s\S]*?)\n---\n/.exec(text)[1]), skill.frontmatter);
	assert.deepEqual((await walk(call, directory)).sort(), skill.resources.map(each => each.uri).sort());
	// What it refers to is there.
	for (const [, path] of text.matchAll(/\]\(([^):]+)\)/g))
		assert.ok(skill.resources.some(each => each.uri === `${directory}/${path}`), path);
	return text;
}

const shops = { products: 'choose-a-gift', orders: 'handle-a-return', conformance: 'pdf-processing' };

for (const [name, expected] of Object.entries(shops))
	for (const [revision, era] of Object.entries(eras))
		test(`${name}, ${revision}: a host verifies every file of every skill`, async () => {
			const server = await start(name), call = await era(server);
			const { skills } = await call('skills/list', {});
			assert.ok(skills.some(skill => skill.frontmatter.name === expected));
			for (const skill of skills) {
				await verify(call, skill);
				assert.deepEqual((await call('skills/get', { uri: skill.uri })).skill, skill);
			}
			await server.stop();
		});

// The names of tools, arguments and fields that a server has.
function collect(value, names) {
	for (const [key, each] of Object.entries(value ?? {})) {
		names.add(key);
		if (key === 'name')
			names.add(each);
		if (typeof each === 'object')
			collect(each, names);
	}
}

test('the skills name tools, arguments and fields that there are', async () => {
	const servers = [await start('products'), await start('orders')], names = new Set();
	const calls = await Promise.all(servers.map(eras['2026-07-28']));
	for (const call of calls)
		collect((await call('tools/list', {})).tools, names);
	for (const call of calls)
		for (const { resources } of (await call('skills/list', {})).skills)
			for (const { uri } of resources)
				for (const [, name] of String(await read(call, uri)).matchAll(/`([a-z]+(?:_[a-z]+)+)\b[^`]*`/g))
					assert.ok(names.has(name), `${uri}: there is no ${name}`);
	for (const server of servers)
		await server.stop();
});

test('what the skill advises to search for is in the catalogue', async () => {
	const server = await start('products'), call = await eras['2026-07-28'](server);
	const text = String(await read(call, 'skill://choose-a-gift/references/occasions.md'));
	const categories = (await ask(server, 'list_categories', {})).categories.map(each => each.category);
	const rows = [...text.matchAll(/^\| [a-z].*$/gm)].map(([row]) => row.split('|')[2]);
	const advice = rows.flatMap(row => row.split(',').map(each => each.trim()))
		.filter(each => /^`|^[A-Z]/.test(each));
	assert.ok(advice.length > 40);
	for (const each of advice) {
		const word = /^`(.*)`$/.exec(each)?.[1];
		if (word)
			assert.ok((await ask(server, 'search_products', { words: word, in_stock: true })).count > 0, word);
		else
			assert.ok(categories.includes(each), each);
	}
	await server.stop();
});

function folderOf(files) {
	const folder = temporary();
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), text);
	}
	return folder;
}

const tea = '---\nname: make-tea\ndescription: How tea is made\n---\nBoil water.\n';

test('SKILLS names a folder that is served instead', async () => {
	const server = await start('products', { SKILLS: folderOf({ 'make-tea/SKILL.md': tea }) });
	const call = await eras['2026-07-28'](server), { skills } = await call('skills/list', {});
	assert.deepEqual(skills.map(skill => skill.uri), ['skill://make-tea/SKILL.md']);
	assert.equal(await verify(call, skills[0]), tea);
	const { resources } = await call('resources/list', {});
	assert.deepEqual(resources.filter(each => each.uri.startsWith('skill:')).map(each => each.name), ['make-tea']);
	await server.stop();
});

for (const [files, words] of [
	[{ 'make-tea/SKILL.md': tea.replace('How', 'yes: How') }, /line 3: text with a colon .* quotes/],
	[{ 'tea/SKILL.md': tea }, /its name is make-tea, its folder's is tea/],
	[{ 'make-tea/SKILL.md': tea, 'notes.md': 'x' }, /"notes.md" that belongs to none/],
	[{ 'make-tea/SKILL.md': tea, 'make-tea/my notes.md': 'x' }, /"make-tea\/my notes.md"; rename it/],
	[{}, /there is nothing in/],
])
	test(`does not start with a folder of ${JSON.stringify(Object.keys(files))}, and says what to do`, async () => {
		const { status, stderr } = await run('products', [], { within: 60000, env: {
			PORT: '0', METRICS_PORT: '0', DATABASE_URL: 'sqlite:products.db', SKILLS: folderOf(files) } });
		assert.notEqual(status, 0);
		assert.match(stderr, /SKILLS: /);
		assert.match(stderr, words);
	});

test('who has a key may read skills, nobody else', async () => {
	const server = await start('products', { API_KEYS: keyLines });
	const asked = headers => exchange(server, stateless('skills/list', {}, { headers }));
	assert.equal((await asked({})).status, 401);
	const { json } = await asked({ Authorization: `Bearer ${keys.reader}` });
	assert.equal(json.result.skills.length, 1);
	await server.stop();
});
