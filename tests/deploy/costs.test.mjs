// costs.test.mjs - the weekly line of what each environment cost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './stage.mjs';

const day = ago => new Date(Date.now() - ago * 86400e3).toISOString().slice(0, 10);
const cost = (ago, groups) => ({ TimePeriod: { Start: day(ago), End: day(ago - 1) }, Total: {}, Estimated: true,
	Groups: groups.map(([environment, service, amount]) => ({ Keys: [`environment$${environment}`, service],
		Metrics: { UnblendedCost: { Amount: String(amount), Unit: 'USD' } } })) });
const pages = [
	{ GroupDefinitions: [], ResultsByTime: [
		cost(14, [['dev', 'AmazonCloudWatch', 8], ['', 'Tax', 1]]),
		cost(8, [['dev', 'Amazon Relational Database Service', 2]]),
		cost(7, [['dev', 'Amazon Relational Database Service', 3.2], ['prod', 'Amazon Elastic Container Service', '1.0000000004'], ['', 'Tax', 0.5]]),
	], NextPageToken: 'more' },
	{ ResultsByTime: [cost(1, [['dev', 'AmazonCloudWatch', 5.75], ['dev', 'AWS WAF', 0.05], ['dev', 'Amazon Route 53', 0.01], ['staging', 'AWS WAF', 0.0000001]])] },
];
const answers = { 'ce get-cost-and-usage': pages, 'sts get-caller-identity': [{ Account: '123456789012' }], 'sns publish': [{ MessageId: '1' }] };
const env = { AWS_REGION: 'eu-west-1' };

test('each environment has a line, and what carries no tag the last', async () => {
	const here = stage(answers);
	const { status, stdout, stderr } = await here.run('costs', []);
	assert.equal(status, 0, stderr);
	assert.equal(stdout, [
		'dev: 9.01 dollars in seven days, 10.00 in the seven before (-10 %); most of it AmazonCloudWatch 5.75, Amazon Relational Database Service 3.20, AWS WAF 0.05',
		'prod: 1.00 dollars in seven days; most of it Amazon Elastic Container Service 1.00',
		'without the tag: 0.50 dollars in seven days, 1.00 in the seven before (-50 %); most of it Tax 0.50', '',
	].join('\n'));
	const asked = here.asked('ce get-cost-and-usage');
	assert.deepEqual(asked.map(({ flags }) => flags['next-page-token']), [undefined, 'more']);
	for (const { words } of asked)
		assert.ok(words.includes(`Start=${day(14)},End=${day(0)}`), words.join(' '));
	assert.deepEqual(here.asked('sns publish'), []);
});

test('those who are to be told are, by their own topic, each in words that they can show', async () => {
	const here = stage(answers);
	const { status, stderr } = await here.run('costs', ['--tell', '--project', 'store'], { env });
	assert.equal(status, 0, stderr);
	const told = here.asked('sns publish').map(({ flags }) => flags);
	assert.deepEqual(told.map(flags => flags['topic-arn']),
		['dev', 'prod'].map(name => `arn:aws:sns:eu-west-1:123456789012:store-${name}-alarms`));
	const message = JSON.parse(told[0].message);
	assert.match(message.email, /^dev: 9\.01 dollars/);
	assert.equal(message.default, message.email);
	assert.deepEqual(JSON.parse(message.https), { version: '1.0', source: 'custom',
		content: { title: 'What store-dev cost this week', description: message.email } });
	assert.ok(told.every(flags => flags['message-structure'] === 'json' && flags.subject.length <= 100));
});

test('a tag that is not activated is said, and no zero is told', async () => {
	const here = stage({ ...answers, 'ce get-cost-and-usage': [{ ResultsByTime: [cost(2, [['', 'Tax', 4]])] }] });
	const { status, stdout, stderr } = await here.run('costs', ['--tell'], { env });
	assert.equal(status, 1);
	assert.match(stdout, /^without the tag: 4\.00 dollars/);
	assert.match(stderr, /not activated/);
	assert.deepEqual(here.asked('sns publish'), []);
});

test('who can\'t be told does not keep the others from it', async () => {
	const here = stage({ ...answers, 'sns publish': [{ error: 'NotFound', words: 'Topic does not exist' }, { MessageId: '2' }] });
	const { status, stderr } = await here.run('costs', ['--tell'], { env });
	assert.equal(status, 1);
	assert.match(stderr, /dev could not be told/);
	assert.equal(here.asked('sns publish').length, 2);
});

test('a refusal of AWS, and wrong words, have exits of their own', async () => {
	const refused = await stage({ 'ce get-cost-and-usage': [{ error: 'AccessDeniedException' }] }).run('costs', []);
	assert.equal(refused.status, 6);
	assert.match(refused.stderr, /AccessDenied/);
	assert.equal((await stage().run('costs', ['weekly'])).status, 2);
	assert.equal((await stage().run('costs', ['--tell'], { env: { AWS_REGION: '' } })).status, 2);
	assert.match((await stage().run('costs', ['--help'])).stdout, /Exit status/);
});
