// support_history.test.mjs - where support keeps what was said: a setting, which is told from what it is not, looked at by `check`, and said at start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamodbUrl, Table } from './dynamodb.mjs';
import { run, temporary } from './support.mjs';
import { World } from './support_world.mjs';

const skip = !dynamodbUrl && 'there is no DynamoDB: tests/dynamodb.sh runs one';

// AWS is asked for nothing: whoever is misspelt is told so first.
const support = (args, settings) => {
	const folder = temporary();
	return run('support', args, { folder, within: 60000, env: { PORT: '0', METRICS_PORT: '0', HOME: folder, ...settings } });
};

for (const HISTORY of ['dynamo', 'Store', 'dynamodb', 'dynamodb:', 'dynamodb:ab', 'DynamoDB:support', 'dynamodb: support', 'dynamodb:arn:aws:dynamodb:eu-central-1:1:table/support',
	`dynamodb:${'x'.repeat(256)}`])
	for (const args of [[], ['check']])
		test(`${args[0] ?? 'the start'} tells that ${JSON.stringify(HISTORY.slice(0, 60))} is no place of a history`, async () => {
			const { status, stderr } = await support(args, { HISTORY });
			assert.notEqual(status, 0);
			assert.match(stderr, /HISTORY is .*it can be store, or dynamodb:TABLE, where TABLE is 3 to 255 letters, digits, _, - and \./);
		});

test('check tells whether the table is there, and what to do where it is not', { skip }, async () => {
	const { settings, name } = await Table.make();
	const found = await support(['check'], settings);
	assert.equal(found.status, 0, found.stderr);
	assert.match(found.stdout, new RegExp(`^Conversations are kept in DynamoDB's table ${name} in eu-central-1\\.$`, 'm'));
	const missing = await support(['check'], { ...settings, HISTORY: 'dynamodb:nobody-made-it' });
	assert.equal(missing.status, 1);
	assert.match(missing.stderr, /^mcp-support: DynamoDB has no table nobody-made-it in eu-central-1: make it with aws dynamodb create-table --table-name nobody-made-it --cli-input-json/m);
	const nowhere = await support(['check'], { ...settings, AWS_REGION: '' });
	assert.equal(nowhere.status, 1);
	assert.match(nowhere.stderr, /^mcp-support: HISTORY is in DynamoDB, and nobody says in which region: set AWS_REGION/m);
});

test('the log says where it is', { skip }, async t => {
	const { settings, name } = await Table.make(), world = await World.open(t, { models: false, settings });
	await world.server.says(new RegExp(`conversations are kept in DynamoDB's table ${name} in eu-central-1`));
});
