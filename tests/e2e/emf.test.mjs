// emf.test.mjs - the metrics that CloudWatch reads from stdout.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, callTool, pause, start } from './support.mjs';
import { GPT, World } from './support_world.mjs';

const linesOf = server => server.child.output.stdout.split('\n').filter(line => line.startsWith('{"_aws"'))
	.map(line => JSON.parse(line));

test('METRICS_EMF writes a line a minute and one at the end, and nothing without it', async () => {
	const silent = await start('products');
	const server = await start('products', { METRICS_EMF: 'shop/test' });
	await ask(server, 'list_categories', {});
	await ask(silent, 'list_categories', {});
	assert.equal((await callTool(server, 'get_product', { sku: 'no-such' })).isError, true);

	const until = Date.now() + 150000;
	while (linesOf(server).length < 1 && Date.now() < until)
		await pause(200);
	const [first] = linesOf(server);
	assert.ok(first, 'no line within 150 s');
	assert.deepEqual([first.Service, first.Calls, first.Errors, first.OpenStreams], ['products', 2, 1, 0]);
	assert.equal(first._aws.CloudWatchMetrics[0].Namespace, 'shop/test');
	assert.ok(Math.abs(Date.now() - first._aws.Timestamp) < 30000);

	await ask(server, 'list_categories', {});
	await server.stop();
	await silent.stop();
	const all = linesOf(server);
	assert.equal(all.length, 2);
	assert.deepEqual([all[1].Calls, all[1].Errors], [1, 0]);
	assert.equal(silent.child.output.stdout, '');
});

test('what models and the program itself count is told too, by model', async t => {
	const world = await World.open(t, { settings: { METRICS_EMF: 'shop/test' } });
	world.models.script(GPT, ['Hello.', { usage: [70, 30, 40] }]);
	const { conversation_id, sentiment } = await world.chat('ann', 'This is awful, I am very angry');
	assert.ok(sentiment < -0.3);
	assert.equal((await world.chat('ann', 'I want to talk to a person', { conversation_id })).by, 'nobody');
	await world.server.stop();
	const [whole, of, ...more] = linesOf(world.server);
	assert.deepEqual(more, []);
	for (const line of [whole, of])
		assert.deepEqual([line.InputTokens, line.OutputTokens, line.CachedTokens, line.FirstWords, line.AnsweredModelRequests, line.FailedModelRequests], [70, 30, 40, 1, 1, 0]);
	assert.deepEqual([whole.AnsweredQuestions, whole.FailedQuestions, whole.ConversationsPassedOn, whole.UnhappyMessages], [1, 0, 1, 1]);
	assert.ok(whole.FirstWordMicroseconds >= 0 && whole.ConversationsWaiting >= 0);
	assert.equal(whole.CustomersSentiment, Math.round(sentiment * 10));
	assert.deepEqual([of.Model, of._aws.CloudWatchMetrics[0].Dimensions], [`openai:${GPT}`, [['Service', 'Model']]]);
});
