// publish_web.test.mjs - a page's files get to where CloudFront takes them from, in an order that no open page notices, and are seen there.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { root, stage } from './stage.mjs';

const listed = JSON.parse(readFileSync(join(root, 'services.json'), 'utf8'));
const name = Object.keys(listed).find(each => listed[each].web);
const { site } = await import(join(root, name, 'web/serve.mjs'));
const built = { 'index.html': '<!doctype html>', 'config.json': '{"api":"mcp"}', 'licenses.md': '# Licenses', 'assets/page-B1.js': '1', 'assets/page-A2.css': 'p{}', 'assets/icon-C3.svg': '<svg/>' };
const servers = [];
after(() => servers.forEach(each => each.close()));

// What CloudFront would serve: `served`, where it is another than what was built, with the headers of headers.json and more origins.
async function at({ files = built, served = files, web = true, answers = [{}], seen = () => {}, WEB_SECONDS = '60', change } = {}) {
	const play = stage({ 's3api put-object': answers });
	const write = (folder, contents) => Object.entries(contents).forEach(([path, text]) => {
		mkdirSync(join(folder, path, '..'), { recursive: true });
		writeFileSync(join(folder, path), text);
	});
	const folder = join(play.folder, 'web'), dist = join(play.folder, 'served'), outputs = join(play.folder, 'outputs.json');
	mkdirSync(folder);
	write(join(folder, name), files);
	write(dist, served);
	const there = site({ dist, server: () => 'http://127.0.0.1:1', connects: ['https://login.example.com'], seen: request => seen(request, contents => write(dist, contents)) });
	if (change)
		there.prependListener('request', change);
	servers.push(there.listen(0, '127.0.0.1'));
	await once(there, 'listening');
	writeFileSync(outputs, JSON.stringify({ web: { value: web ? { [name]: { bucket: 'shop-dev-page', url: `http://127.0.0.1:${there.address().port}/` } } : {} } }));
	const done = await play.run('publish-web', [outputs, folder], { env: { WEB_SECONDS } });
	return { ...done, put: play.asked('s3api put-object').map(({ flags }) => ({ ...flags, body: relative(join(folder, name), flags.body) })) };
}

test('what is named by its contents comes first and is kept for ever, the page itself last and is asked for each time', async () => {
	const { status, all, put } = await at();
	assert.equal(status, 0, all);
	const forEver = 'public, max-age=31536000, immutable';
	assert.deepEqual(put.map(each => [each.key, each['content-type'], each['cache-control']]), [
		['assets/icon-C3.svg', 'image/svg+xml', forEver], ['assets/page-A2.css', 'text/css', forEver], ['assets/page-B1.js', 'text/javascript', forEver],
		['licenses.md', 'text/plain; charset=utf-8', 'no-cache'], ['index.html', 'text/html; charset=utf-8', 'no-cache']]);
	for (const each of put)
		assert.deepEqual([each.bucket, each.body], ['shop-dev-page', each.key]);
	assert.match(all, /http:\/\/127\.0\.0\.1:\d+\/ is what was built, with its headers/);
});

test('what CloudFront still has of before is waited for', async () => {
	const asked = [];
	const { status, all } = await at({ served: { ...built, 'index.html': 'before' }, seen: (request, write) => {
		asked.push(request.url);
		if (asked.length === 2)
			write({ 'index.html': built['index.html'] });
	} });
	assert.equal(status, 0, all);
	assert.deepEqual(asked.slice(0, 3), ['/', '/', '/config.json']);
});

test('a page that is not what was built, lacks a file or a header, or is told of no service, is an error', async () => {
	const header = (request, response) => {
		const { writeHead } = response;
		response.writeHead = (status, headers) => writeHead.call(response, status, { ...headers, 'Content-Security-Policy': "default-src *; connect-src 'self'" });
	};
	const { 'assets/page-B1.js': gone, ...lacking } = built;
	for (const [how, words] of [[{ served: { ...built, 'index.html': 'another' } }, /\/: it is not what was built/], [{ served: lacking }, /page-B1\.js: it is answered with 404/],
		[{ served: { ...built, 'config.json': '{}' } }, /config\.json: it does not say where the service is/], [{ change: header }, /its Content-Security-Policy is "default-src \*/]]) {
		const { status, stderr } = await at({ ...how, WEB_SECONDS: '0' });
		assert.equal(status, 1, stderr);
		assert.match(stderr, words);
	}
});

test('the page stays as it is where a file of it can\'t be put there', async () => {
	const { status, put } = await at({ answers: [{}, { error: 'AccessDenied', words: 'Access Denied' }] });
	assert.equal(status, 6);
	assert.deepEqual(put.map(each => each.key), ['assets/icon-C3.svg', 'assets/page-A2.css']);
});

test('a page that nobody asked for is not put anywhere, and one that was not built is an error', async () => {
	const none = await at({ web: false });
	assert.deepEqual([none.status, none.put], [0, []], none.all);
	const { status, stderr, put } = await at({ files: {}, served: built });
	assert.deepEqual([status, put], [1, []]);
	assert.match(stderr, /is wanted and was not built/);
});
