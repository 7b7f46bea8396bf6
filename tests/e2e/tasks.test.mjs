// tasks.test.mjs - the life of tasks: made, polled, asked, answered, followed, cancelled, forgotten.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start, startShop } from './support.mjs';
import { clientOf, rpc, testTasks, undeclared } from './tasks.mjs';

let server;
before(async () => { server = await start('conformance'); });
after(() => server.stop());

const { call, create, until } = clientOf(() => [server]);

testTasks(() => [server], async settings => [await start('conformance', settings)]);

test('sales_report says the same as a task', async () => {
	const shop = await startShop();
	const args = { from: '2011-01-01', to: '2011-02-01', by: 'month' };
	const taskId = await create('sales_report', args, { on: shop.orders });
	const { result } = await until(taskId, 'completed', { on: shop.orders });
	const plain = await call('sales_report', args, { on: shop.orders, capabilities: {} });
	assert.deepEqual(result, plain.result);
	await shop.stop();
});

test('tasks leave a worker to those who wait for their answer', async () => {
	const few = await start('conformance', { WORKERS: '2' });
	const on = { on: few };
	const slow = await Promise.all(Array.from({ length: 4 }, () => create('slow_compute', { seconds: 60 }, on)));
	const { result } = await call('slow_compute', { seconds: 0 }, { ...on, capabilities: undeclared });
	assert.equal(result.resultType, 'complete');
	for (const taskId of slow)
		await rpc('tasks/cancel', { taskId }, on);
	await few.stop();
});

test('the end of the server cuts tasks at its bound', async () => {
	const ending = await start('conformance', { SHUTDOWN_TIMEOUT: '2s' });
	await create('slow_compute', { seconds: 60 }, { on: ending });
	await create('multi_input', {}, { on: ending });
	const began = Date.now();
	await ending.stop();
	assert.ok(Date.now() - began < 3500, `it took ${Date.now() - began} ms`);
	assert.match(ending.log, /slow_compute/);
});
