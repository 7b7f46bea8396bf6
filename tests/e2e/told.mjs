// told.mjs - a call of a tool, and what it tells on its way, in either era.
import assert from 'node:assert/strict';
import { beginSession, exchange, stateless } from './support.mjs';

// With progress: { result, told: [[text, at]], begun }, `at` by performance.now(); `begun` is the text of the progress that is 0. `until(told)`: the client leaves then, without a result.
export async function call(server, name, args, { era = '2026-07-28', headers = {}, until } = {}) {
	const told = [], params = { name, arguments: args, _meta: { progressToken: 'p' } };
	let seen = 0, begun;
	const look = events => {
		for (const { data } of events.slice(seen)) {
			const message = data && JSON.parse(data);
			if (message?.method !== 'notifications/progress')
				continue;
			if (message.params.progress === 0)
				begun = message.params.message;
			else
				told.push([message.params.message, performance.now()]);
		}
		seen = events.length;
		return until?.(told) ?? false;
	};
	const request = era === '2026-07-28' ? stateless('tools/call', params, { headers })
		: { headers: { ...headers, ...await beginSession(server, era, {}, headers) }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }) };
	const answer = await exchange(server, { ...request, until: look });
	if (until?.(told))
		return { told, begun };
	const message = answer.events.length ? JSON.parse(answer.events.findLast(({ data }) => data).data) : answer.json;
	assert.ok(message.result, JSON.stringify(message));
	return { told, begun, result: message.result };
}
