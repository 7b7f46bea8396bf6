// links.test.mjs - every link of every page leads somewhere, and to every page leads one.
import assert from 'node:assert/strict';
import { existsSync, globSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { root } from '../e2e/support.mjs';
import { anchors, files, links, read } from './pages.mjs';

const pages = files.filter(path => path.endsWith('.md'));
const target = (page, to) => to ? normalize(join(dirname(page), to)).replace(/\/$/, '') : page;       // '': the page itself

// What is wrong with a page's links, in words.
function wrong(page, text) {
	return links(text).flatMap(([to, anchor]) => {
		const path = target(page, to);
		if (path !== page && (path.startsWith('..') || !existsSync(join(root, path))))
			return [`${page}: there is no ${to}`];
		if (anchor === undefined)
			return [];
		return path.endsWith('.md') && anchors(path === page ? text : read(path)).includes(anchor) ? []
			: [`${page}: ${path} has no heading #${anchor}`];
	});
}

test('every link and anchor resolves', () => {
	assert.ok(pages.length > 25);
	assert.ok(pages.flatMap(page => links(read(page))).length > 60);
	assert.deepEqual(pages.flatMap(page => wrong(page, read(page))), []);
});

test('what does not resolve is found, and what is shown as code is no link', () => {
	const text = '# One, two\n## One, two\n[a](#one-two) [b](#one-two-1) [c](settings.md#who-may-call) [d](decisions/)\n\n'
		+ '`[e](nowhere.md)`\n\n    [f](nowhere.md)\n\n```\n[g](nowhere.md)\n# Three\n```\n[h](https://example.com/#x)\n';
	assert.deepEqual(wrong('docs/a.md', text), []);
	assert.deepEqual(wrong('docs/a.md', `${text}[i](#three) [j](nowhere.md) [k](settings.md#nowhere) ![l](x.png) [m](../../x)\n[n]: nowhere.md\n`), [
		'docs/a.md: docs/a.md has no heading #three', 'docs/a.md: there is no nowhere.md', 'docs/a.md: docs/settings.md has no heading #nowhere',
		'docs/a.md: there is no x.png', 'docs/a.md: there is no ../../x', 'docs/a.md: there is no nowhere.md']);
});

// A folder's page is the README in it.
test('from the README one comes to every page', () => {
	const reached = new Set(), left = ['README.md'];
	while (left.length) {
		const page = left.pop();
		if (reached.has(page))
			continue;
		reached.add(page);
		left.push(...links(read(page)).map(([to]) => target(page, to))
			.map(path => statSync(join(root, path)).isDirectory() ? `${path}/README.md` : path).filter(path => pages.includes(path)));
	}
	assert.deepEqual(pages.filter(page => /^(README|docs)/.test(page) && !reached.has(page)), []);
});

test('the index of decisions has each once', () => {
	const listed = [...read('docs/decisions/README.md').matchAll(/^\| \[[^\]]+\]\(([\w-]+\.md)\) \|/gm)].map(([, name]) => `docs/decisions/${name}`);
	assert.deepEqual(listed.sort(), pages.filter(page => /^docs\/decisions\/(?!README)/.test(page)).sort());
});

test('the README is read in five minutes', () => {
	assert.ok(read('README.md').split('\n').length <= 200);
});

// By a path of the repository or of server/, or by its name alone.
test('the sources that pages name are there', () => {
	const named = pages.filter(page => page.startsWith('docs/')).flatMap(page =>
		[...read(page).matchAll(/`([\w./*{},-]+\.(?:c|h|mjs|def|cmake))`/g)].map(([, path]) => [page, path]));
	assert.ok(named.length > 25);
	assert.deepEqual(named.filter(([, path]) => !globSync([path, `server/${path}`], { cwd: root }).length
		&& !(!path.includes('/') && files.some(file => file.endsWith(`/${path}`)))), []);
});

// A room is a folder with sources of its own, or what programs include.
test('architecture.md says of each room what it knows', () => {
	const rooms = new Set(globSync('server/*/*.{c,h}', { cwd: root }).map(path => path.split('/')[1]));
	const table = [...read('docs/architecture.md').matchAll(/^\| `(\w+)\/` \| .+ \|.*\|$/gm)].map(([, room]) => room);
	assert.ok(rooms.size > 15);
	assert.deepEqual(table.toSorted(), [...rooms].sort());
});

// Comments, scripts and messages name pages too.
test('the pages that code names are there', () => {
	const named = files.filter(path => /\.(c|h|cmake|mjs|sh|tf|yml|yaml|txt|def)$|^[\w.\/-]+\/[\w-]+$|^(dev|services)$/.test(path))
		.filter(path => path !== 'tests/docs/links.test.mjs')
		.flatMap(path => [...read(path).matchAll(/\bdocs\/[\w\/-]+\.md\b/g)].map(([page]) => [path, page]));
	assert.ok(named.length > 10);
	assert.deepEqual(named.filter(([, page]) => !pages.includes(page)), []);
});
