// modules.test.mjs - what Terraform's modules take from one another goes one way: none takes from one that takes from it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './stage.mjs';

// Also over a local or a resource of the root.
function takes(text) {
	const made = {};
	for (const [, kind, first, second, body] of text.matchAll(/^(module|resource|data) "([\w-]+)"(?: "([\w-]+)")? \{\n([\s\S]*?)^\}/gm))
		made[{ module: 'module.', resource: '', data: 'data.' }[kind] + first + (second ? `.${second}` : '')] = body;
	for (const [, block] of text.matchAll(/^locals \{\n([\s\S]*?)^\}/gm))
		for (const [, name, value] of block.matchAll(/^ {2}(\w+) += ([\s\S]*?)(?=^ {2}\w+ +=|(?![\s\S]))/gm))
			made[`local.${name}`] = value;
	const names = Object.keys(made);
	return Object.fromEntries(names.map(name =>
		[name, names.filter(other => new RegExp(`(?<![\\w.])${other.replaceAll('.', '\\.')}\\b`).test(made[name]))]));
}

function circle(graph) {
	const done = new Set();
	const walk = (name, path) => {
		if (path.includes(name))
			return [...path.slice(path.indexOf(name)), name];
		if (done.has(name))
			return undefined;
		const found = graph[name].map(other => walk(other, [...path, name])).find(Boolean);
		done.add(name);
		return found;
	};
	return Object.keys(graph).map(name => walk(name, [])).find(Boolean);
}

test('modules take from one another in one direction', () => {
	const graph = takes(readFileSync(join(root, 'terraform/main.tf'), 'utf8'));
	assert.ok(graph['module.security'].includes('module.network'), 'the file is read wrongly');
	assert.equal(circle(graph)?.join(' takes from '), undefined);
});
