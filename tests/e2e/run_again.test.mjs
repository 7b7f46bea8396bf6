// run_again.test.mjs - a tool that is run again from the top, for an answer of the database's or because it was too long for an event
// loop, is heard once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchange, onPostgres, start, stateless } from './support.mjs';

async function narrate(probe, to) {
	const request = stateless('tools/call', { name: 'narrate', arguments: { to },
		_meta: { progressToken: 'told', 'io.modelcontextprotocol/logLevel': 'debug' } });
	const { events } = await exchange(probe, request);
	const messages = events.filter(event => event.data).map(event => JSON.parse(event.data));
	const told = method => messages.filter(message => message.method === method).map(message => message.params);
	return {
		logs: told('notifications/message').map(params => params.data),
		progress: told('notifications/progress').map(params => params.progress),
		answer: messages.at(-1).result.content[0].text,
	};
}

// Few numbers are added up on a loop; many are too many for one, on PostgreSQL too.
for (const [to, sum] of [[10, '55'], [100000, '5000050000']])
	test(`what a tool says and counts between reads is heard once (${to})`, async () => {
		const probe = await start('probe', { METRICS_PORT: 'any', LOOPS: '1' });
		for (let i = 1; i <= 20; i++) {
			assert.deepEqual(await narrate(probe, to),
				{ logs: ['before', 'between', 'after'], progress: [1, 2], answer: sum });
			assert.equal(await probe.metric('probe_narrated_total'), i);
		}
		if (onPostgres && to === 10)
			assert.ok(await probe.metric('mcp_database_loop_reads_total') > 0, 'nothing was read on the loop');
		await probe.stop();
	});

// What a run said that does not count was not said: the next one may ask.
for (const to of [10, 100000])
	test(`a tool asks after a read that failed at first (${to})`, async () => {
		const probe = await start('probe', { LOOPS: '1' });
		for (let i = 0; i < 5; i++) {
			const { json } = await exchange(probe, stateless('tools/call', { name: 'concern', arguments: { to },
				_meta: { progressToken: 'told' } }, { capabilities: { elicitation: {} } }));
			assert.equal(json.result.resultType, 'input_required', JSON.stringify(json));
		}
		await probe.stop();
	});
