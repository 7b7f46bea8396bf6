// talks.test.mjs - what tests/many/talks.test.mjs does, with the history in DynamoDB: customers talk with two processes over one table while these are killed with
// -9 in the middle of answers; and all that is in the table adds up.
import test from 'node:test';
import { dynamodbUrl, Table } from '../e2e/dynamodb.mjs';
import { talkWhileKilled, withTasks } from '../many/killed.mjs';
import { postgres } from '../many/postgres.mjs';
import { long } from '../many/scale.mjs';
import { checkTable } from './adds_up.mjs';

const TALKS = long ? 100 : 20, KILLS = long ? 30 : 4;

test(`${TALKS} conversations in DynamoDB while two processes are killed`, { skip: !dynamodbUrl && 'there is no DynamoDB', timeout: 600000 }, async t => {
	const server = await postgres(), table = await Table.make();
	await server.admin('drop database if exists talks_in_dynamodb with (force)', 'create database talks_in_dynamodb');
	await withTasks(Array(2).fill({ DATABASE_URL: server.tcp('talks_in_dynamodb'), ...table.settings }), async (tasks, models, rolls) => {
		// A stand-in is one process, which so many may keep waiting for longer than anybody waits.
		const may = /is written down, but there is no answer|can't be looked up or written down just now/;
		await talkWhileKilled(t, tasks, sql => table.rows(sql), { talks: TALKS, kills: KILLS, may }, models, rolls);
		checkTable(await table.scan());
	});
});
