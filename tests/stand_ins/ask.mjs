// ask.mjs - every tool of ops at one stand-in, in both eras; and the table of what it has.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eras, startOps } from '../aws/ops.mjs';
import { root } from '../e2e/support.mjs';
import { asks, lacking } from './asks.mjs';
import { say, shop } from './stand_in.mjs';

export const opsAt = (t, { url }, settings = {}) => startOps(t, url, { AWS_REGION: shop.region, OPS_CLUSTER: shop.cluster, OPS_SERVICES: shop.services.join(), ...settings });

// What is told, with the gaps that are expected and no other; never what must not be seen.
function judge(told, name, { gaps = [], look = asks[name].look } = {}) {
	assert.deepEqual(told.gaps.map(({ what }) => what).sort(), gaps.map(({ what }) => what).sort(), JSON.stringify(told.gaps));
	for (const { what, why } of gaps)
		assert.ok(why.some(words => told.gaps.find(gap => gap.what === what).why.startsWith(words)), JSON.stringify(told.gaps));
	assert.ok(!JSON.stringify(told).includes(shop.password), 'the password is told');
	look(told);
}

const whatOf = ({ gaps = [], lacks } = {}) => [lacks, ...gaps.map(({ what }) => what)].filter(Boolean).join(', ');

// A line of the table that ./dev test-aws prints.
function note(standIn, name, words) {
	mkdirSync(join(root, 'build/test'), { recursive: true });
	appendFileSync(join(root, 'build/test/stand-ins.tsv'), `${name}\t${standIn}\t${words ? `without ${words}` : 'all'}\n`);
}

// `given()`: the stand-in, once it is filled.
export function askEverything(standIn, given, { skip }) {
	for (const [name, { tool, args }] of Object.entries(asks))
		test(`${name} at ${standIn}`, { skip }, async t => {
			const different = lacking[standIn][name];
			await Promise.all(Object.values(eras).map(async call => {
				const { isError, content, structuredContent } = await call(await opsAt(t, given()), tool, args);
				assert.ok(!isError, content?.[0].text);
				judge(structuredContent, name, different);
			}));
			note(standIn, name, whatOf(different));
		});

	test(`tail_logs at ${standIn}`, { skip }, async t => {
		const [service] = shop.services, line = 'a line that came while somebody looked';
		await Promise.all(Object.values(eras).map(async call => {
			const server = await opsAt(t, given());
			const saying = setInterval(() => say(given(), service, line), 500);
			const { structuredContent } = await call(server, 'tail_logs', { service, seconds: 6 }).finally(() => clearInterval(saying));
			assert.deepEqual(structuredContent.gaps, []);
			assert.ok(structuredContent.seen > 0 && structuredContent.lines.every(({ message }) => message === line), JSON.stringify(structuredContent));
		}));
		note(standIn, 'tail_logs', '');
	});
}
