// tasks_bounds.test.mjs - how many tasks a database keeps, and for how long.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { newDatabase, postgres, query, withoutPostgres } from './postgres.mjs';
import { pause, start } from './support.mjs';
import { clientOf } from './tasks.mjs';

if (withoutPostgres) {
	test('what tasks a database keeps', { skip: withoutPostgres }, () => {});
} else {
	const startProbe = (url, more = {}) => start('probe',
		{ DATABASE_URL: url, STATE_KEYS: 'a-secret-of-the-tests-that-is-long-enough', ...more });

	after(async () => {
		if (!process.env.POSTGRES_URL)
			await (await postgres()).stop();
	});

	// Rows of somebody else's that are over (oldest first) or open.
	const fill = (count, { ended, bytes = 1, on }) => query(on, `
		insert into mcp_task (id, caller, owner, status, created, updated, ended, outcome)
		select 'filled-' || i, 'somebody', 0, ${ended ? "'completed'" : "'input_required'"}, mcp_now() - 1000 + i, mcp_now(),
		${ended ? 'mcp_now() - 1000 + i' : 0}, repeat('x', ${bytes}) from generate_series(1, ${count}) i`);
	const idsOf = on => query(on, "select coalesce(string_agg(id, ',' order by created), '') from mcp_task");

	test('the thousandth task of all is the last; what is over makes room', async () => {
		const own = await newDatabase();
		const server = await startProbe(own), { call, create } = clientOf(() => [server]);
		await fill(1000, { ended: false, on: own });
		assert.equal((await call('slow_compute', { seconds: 0 })).result.resultType, 'complete');
		assert.equal((await call('confirm_delete', { filename: 'full' })).status, 503);
		await query(own, `update mcp_task set status = 'completed', ended = mcp_now(), outcome = '{}'
			where id in ('filled-7', 'filled-9')`);
		await create('slow_compute', { seconds: 0 });
		const left = (await idsOf(own)).split(',');
		assert.deepEqual([left.length, left.includes('filled-7'), left.includes('filled-9')], [1000, false, true]);
		await server.stop();
	});

	test('who has as many tasks as one may is told that it is one\'s own', async () => {
		const own = await newDatabase();
		const server = await startProbe(own), { call } = clientOf(() => [server]);
		await fill(100, { ended: false, on: own });
		await query(own, "update mcp_task set caller = 'anonymous'");
		const answer = await call('confirm_delete', { filename: 'full' });
		assert.equal(answer.status, 429, JSON.stringify(answer));
		await server.stop();
	});

	test('results are deleted when they were kept long enough, or are too many bytes', async () => {
		const [briefly, large] = [await newDatabase(), await newDatabase()];
		const servers = [await startProbe(briefly, { TASK_TTL: '500ms' }), await startProbe(large)];
		const taskId = await clientOf(() => servers).create('slow_compute', { seconds: 0 });
		assert.equal(await idsOf(briefly), taskId);
		await fill(5, { ended: true, bytes: 10000000, on: large });
		const until = Date.now() + 40000;
		while (await idsOf(briefly) || await idsOf(large) !== 'filled-3,filled-4,filled-5') {
			assert.ok(Date.now() < until, `there are still ${await idsOf(briefly)} and ${await idsOf(large)}`);
			await pause(200);
		}
		await Promise.all(servers.map(server => server.stop()));
	});
}
