// rights.test.mjs - mcp-ops at a moto that judges signatures and rights: with what terraform/modules/aws-read allows, and with less.
//
// moto knows actions alone: the policy's resources and conditions are taken out of it here, and are terraform/tests/rights.mjs's to judge.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { callTool, root, temporary } from '../e2e/support.mjs';
import { tool as findTool } from '../deploy/stage.mjs';
import { opsAt } from './ask.mjs';
import { asks, lacking } from './asks.mjs';
import { python, shop, startFilledMoto, withoutMoto } from './stand_in.mjs';

const terraform = findTool('terraform');
const skip = withoutMoto || (!terraform && 'there is no terraform, which writes the policy: left out');
const helper = join(root, 'tests/stand_ins/people.py');
const everything = { Sid: 'All', Effect: 'Allow', Action: ['*'] };
const DENIED = 'AWS answers AccessDenied';
let moto;
const people = {};

// The module's policy, as an apply would have it: it makes nothing, and needs no provider.
function renderPolicy(account) {
	const folder = temporary(), run = (...words) => execFileSync(terraform, [`-chdir=${folder}`, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
	cpSync(join(root, 'terraform/modules/aws-read/main.tf'), join(folder, 'main.tf'));
	run('init', '-input=false', '-no-color');
	run('apply', '-auto-approve', '-input=false', '-no-color', ...Object.entries({ project: shop.project, name: shop.cluster, region: shop.region, account })
		.map(([name, value]) => `-var=${name}=${value}`));
	return JSON.parse(run('output', '-raw', 'policy'));
}

// As moto understands it: it names CloudWatch's actions by what signatures call it.
const forMoto = statements => ({ Version: '2012-10-17', Statement: statements.map(({ Sid, Effect, Action }) => (
	{ Sid, Effect, Action: Action.map(action => action.replace(/^cloudwatch:/, 'monitoring:')), Resource: '*' })) });

// The gaps of an ask that can only be refused ones.
async function gapsOf(server, name) {
	const { structuredContent, isError, content } = await callTool(server, asks[name].tool, asks[name].args);
	assert.ok(!isError, `${name}: ${content?.[0].text}`);
	return structuredContent.gaps;
}

before(async () => {
	if (skip)
		return;
	moto = await startFilledMoto();
	const policy = renderPolicy(moto.account);
	Object.assign(people, JSON.parse(python(helper, moto.url, shop.region, JSON.stringify({
		reader: forMoto(policy.Statement), nobody: null, without_alarms: forMoto(policy.Statement.filter(({ Sid }) => Sid !== 'Alarms')),
		reader_of_all: forMoto([everything, ...policy.Statement]), owner: forMoto([everything]),
	}))));
	// From here on each request has to be signed by somebody who may.
	await fetch(`${moto.url}/moto-api/reset-auth`, { method: 'POST', body: '0' });
});
after(() => moto?.stop());

test('with the rights that Terraform gives nothing is refused', { skip }, async t => {
	const server = await opsAt(t, moto, people.reader);
	await Promise.all(Object.keys(asks).map(async name =>
		assert.deepEqual((await gapsOf(server, name)).map(({ what, why }) => [what, why.startsWith(DENIED)]).sort(),
			(lacking.moto[name]?.gaps ?? []).map(({ what }) => [what, false]).sort(), name)));
});

test('without rights each tool says in its gaps that it was refused', { skip }, async t => {
	const server = await opsAt(t, moto, people.nobody);
	for (const name of Object.keys(asks)) {
		const gaps = await gapsOf(server, name);
		assert.ok(gaps.length > 0, `${name} has no gap`);
		for (const { what, why } of gaps)
			assert.ok(why.startsWith(DENIED), `${name}, ${what}: ${why}`);
	}
});

test('a right that is missing costs its own part alone', { skip }, async t => {
	const server = await opsAt(t, moto, people.without_alarms);
	assert.deepEqual((await gapsOf(server, 'overview')).map(({ what, why }) => [what, why.startsWith(DENIED)]), [['the alarms', true]]);
	assert.deepEqual(await gapsOf(server, 'inventory, secrets'), []);
});

test('a secret that is not theirs opens nothing, and says so', { skip }, async t => {
	const server = await opsAt(t, moto, { ...people.reader, AWS_SECRET_ACCESS_KEY: 'wrong' });
	for (const { why } of await gapsOf(server, 'overview'))
		assert.match(why, /SignatureDoesNotMatch/);
});

test('the policy keeps secrets shut, whatever else is allowed', { skip }, () => {
	const reads = ({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }) => python(helper, moto.url, shop.region,
		`${shop.cluster}/${shop.services[0]}/keys`, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).trim();
	assert.deepEqual(Object.fromEntries(['reader', 'reader_of_all', 'owner'].map(name => [name, reads(people[name])])),
		{ reader: '403', reader_of_all: '403', owner: '200' });
});
