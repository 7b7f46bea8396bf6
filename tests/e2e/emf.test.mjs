// emf.test.mjs - the metrics that CloudWatch reads from stdout.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, callTool, pause, start } from './support.mjs';

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
