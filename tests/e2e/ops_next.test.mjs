// ops_next.test.mjs - what ops says is to be done next is there: tools with their arguments, and pages of the book, as resources, with their headings.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAws, startOps } from '../aws/ops.mjs';
import { alarm } from '../aws/shop.mjs';
import { request } from './browser.mjs';
import { ask, root } from './support.mjs';

// C's texts beside each other are one; what is defined stands for itself.
const source = ['cause.h', 'cause.c', 'findings.c'].map(name => readFileSync(join(root, 'ops/health', name), 'utf8')).join('\n');
const defined = [...source.matchAll(/^#define (\w+) (".*")$/gm)];
const joined = defined.reduce((text, [, name, words]) => text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), () => words), source).replace(/(?<!\\)" "/g, '');
const texts = words => [...words.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text.replaceAll('\\"', '"'));
const next = [...joined.matchAll(/^\t\[CAUSE_\w+\] = \{([^]*?), (?:true|false), [A-Z]+ \},$/gm)].map(([, row]) => texts(row)[2])
	.concat(texts(/\.next = (.*),$/m.exec(joined)[1]));

const anchor = heading => heading.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-');
const tools = words => [...words.matchAll(/(?:^|[;,] )([a-z_]+)(?=$|:(?!\/\/)|[;,]| \{| of )(?: (\{[^}]*\}))?/g)];
const pages = words => [...words.matchAll(/skill:\/\/[^\s;,]*/g)].map(([uri]) => uri);

async function has(server, uri) {
	const { contents: [page] } = await request(server, 'resources/read', { uri });
	const [file, heading] = uri.split('#');
	assert.equal(page.uri, file);
	assert.ok(!heading || [...page.text.matchAll(/^#+ (.*)$/gm)].some(([, title]) => anchor(title) === heading), uri);
}

test('each says what to do: nothing, or what is there', async t => {
	const server = await startOps(t, 'http://127.0.0.1:1'), { tools: all } = await request(server, 'tools/list');
	assert.ok(next.length >= 18, `only ${next.length} were found`);
	for (const words of next) {
		assert.ok(words && tools(words).length + pages(words).length > 0, words);
		assert.doesNotMatch(words, /docs\//);
		for (const [, name, args] of tools(words)) {
			const tool = all.find(tool => tool.name === name);
			assert.ok(tool, `there is no tool ${name}: ${words}`);
			for (const [key, value] of Object.entries(JSON.parse(args ?? '{}'))) {
				const property = tool.inputSchema.properties[key];
				assert.ok(property, `${name} takes no ${key}`);
				assert.ok(!property.enum || property.enum.includes(value), `${name} takes no ${key} ${value}`);
			}
		}
		for (const uri of pages(words))
			await has(server, uri);
	}
	const { contents: [skill] } = await request(server, 'resources/read', { uri: 'skill://incident/SKILL.md' });
	for (const [, uri] of skill.text.matchAll(/`(skill:[^`]*)`/g))
		await has(server, uri);
});

test("what an alarm's description sends to is there too, and the book is what is written once", async t => {
	const AlarmDescription = 'Targets are unhealthy. docs/on-call.md#not-ready';
	const aws = await startAws(t, { 'monitoring DescribeAlarms': { MetricAlarms: [alarm('products-unhealthy', { AlarmDescription }),
		alarm('products-errors', { AlarmDescription: 'See docs/deploy.md' })] } });
	const server = await startOps(t, aws.url), { alarms: [ours, theirs] } = await ask(server, 'alarms', {});
	assert.equal(ours.runbook, 'skill://incident/references/on-call.md#not-ready');
	await has(server, ours.runbook);
	assert.equal(theirs.runbook, 'docs/deploy.md');
	for (const page of ['on-call.md', 'on-call-steps.md']) {
		const { contents: [{ text }] } = await request(server, 'resources/read', { uri: `skill://incident/references/${page}` });
		assert.equal(text, readFileSync(join(root, 'docs', page), 'utf8'));
	}
});
