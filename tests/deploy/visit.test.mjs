// visit.test.mjs - the firewall lets the pipeline in for as long as its command runs, and not longer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './stage.mjs';

const args = ['--set', 'shop-dev-visitors', '--id', 'set-1', '--address', '198.51.100.7'];
const env = { VISIT_SETTLE_SECONDS: '0', AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
const set = (...Addresses) => ({ IPSet: { Name: 'shop-dev-visitors', Addresses }, LockToken: `lock-${Addresses.length}` });
const visit = (play, command, more = {}) => play.run('visit', [...args, ...command], { env: { ...env, ...more } });
const sent = play => play.asked('wafv2 update-ip-set').map(call => JSON.parse(call.flags['cli-input-json']));

test('it is let in, and out again, and what an earlier one left goes too', async () => {
	const play = stage({ 'wafv2 get-ip-set': [set('203.0.113.9/32'), set('198.51.100.7/32')],
		'wafv2 update-ip-set': [{ NextLockToken: 'x' }] });
	const { status, stdout, stderr } = await visit(play, ['sh', '-c', 'echo inside; env']);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /inside/);
	assert.doesNotMatch(stdout, /AKIAEXAMPLE|secret|=token/, 'the command has no part in our rights');
	assert.deepEqual(sent(play), [
		{ Name: 'shop-dev-visitors', Id: 'set-1', Scope: 'REGIONAL', Addresses: ['198.51.100.7/32'], LockToken: 'lock-1' },
		{ Name: 'shop-dev-visitors', Id: 'set-1', Scope: 'REGIONAL', Addresses: [], LockToken: 'lock-1' },
	]);
});

test('it is let out when the command fails, and its status stays', async () => {
	const play = stage({ 'wafv2 get-ip-set': [set(), set('198.51.100.7/32')], 'wafv2 update-ip-set': [{}] });
	assert.equal((await visit(play, ['sh', '-c', 'exit 9'])).status, 9);
	assert.deepEqual(sent(play)[1].Addresses, []);
});

test('another changes the set at the same moment', async () => {
	const locked = { error: 'WAFOptimisticLockException', words: 'someone else has modified the resource' };
	const play = stage({ 'wafv2 get-ip-set': [set(), set('203.0.113.9/32'), set('198.51.100.7/32')],
		'wafv2 update-ip-set': [locked, {}] });
	assert.equal((await visit(play, ['true'])).status, 0);
	assert.deepEqual(sent(play).map(each => [each.LockToken, ...each.Addresses]),
		[['lock-0', '198.51.100.7/32'], ['lock-1', '198.51.100.7/32'], ['lock-1']]);
});

test('where it is not let in, nothing runs; where it can\'t be let out, somebody is told', async () => {
	const shut = stage({ 'wafv2 get-ip-set': [{ error: 'AccessDeniedException', words: 'no' }] });
	const first = await visit(shut, ['sh', '-c', 'echo inside']);
	assert.equal(first.status, 6);
	assert.doesNotMatch(first.stdout, /inside/);

	const stuck = stage({ 'wafv2 get-ip-set': [set(), { error: 'AccessDeniedException', words: 'no' }], 'wafv2 update-ip-set': [{}] });
	const second = await visit(stuck, ['true']);
	assert.equal(second.status, 0);
	assert.match(second.stderr, /198\.51\.100\.7 could not be taken out of shop-dev-visitors again/);
});

test('wrong usage', async () => {
	assert.equal((await stage().run('visit', args)).status, 2);
	assert.equal((await stage().run('visit', ['--set', 'a', 'true'])).status, 2);
	assert.equal((await stage().run('visit', ['--set', 'a', '--id', 'b', '--address', '::1', 'true'])).status, 1);
});
