// queue.test.mjs - who follows the queue and reads it when told sees who waits, though the index that has it knows later than the table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamodbUrl } from '../e2e/dynamodb.mjs';
import { ask, eventually, exchange, stateless } from '../e2e/support.mjs';
import { as, World } from '../e2e/support_world.mjs';
import { Between } from './between.mjs';

test('who follows the queue sees who waits, though no index knows yet', { skip: !dynamodbUrl && 'there is no DynamoDB: tests/dynamodb.sh runs one' }, async t => {
	const between = await Between.start(t, { late: 800 }), table = await between.table();
	const world = await World.open(t, { models: false, settings: table.settings });
	let over = false, told = 0, read = 0, waiting = 0;
	const until = events => { told = events.filter(({ data }) => data && /resources\/updated/.test(data)).length; return over; };
	exchange(world.server, { ...stateless('subscriptions/listen', { notifications: { resourceSubscriptions: ['support://queue'] } }, as('staff')), until }).catch(() => {});
	const { conversation_id } = await world.chat('ann', 'Hello');
	// Read each time that it is told, and no more.
	await eventually(async () => {
		if (read < told) {
			read = told;
			({ waiting } = await ask(world.server, 'list_queue', {}, as('staff')));
		}
		return waiting.length === 1;
	}, () => `it is read as often as it is told, ${told} times`);
	assert.equal(waiting[0].conversation_id ?? waiting[0].id, conversation_id);
	over = true;
});
