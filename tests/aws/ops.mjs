// ops.mjs - mcp-ops beside a double of AWS: one tool, in each of the cases that AWS makes for it, in both eras.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginSession, callTool, exchange, start, temporary } from '../e2e/support.mjs';
import { startDouble } from './double.mjs';

const KEYS = { AKIA: { secret: 's' } };

// A double, and how a process that calls it is set.
export async function startAws(t, script = {}) {
	const aws = await startDouble({ keys: KEYS });
	t.after(() => aws.stop());
	play(aws, script);
	return aws;
}

// { 'ecs DescribeServices': answer or [answers] }; an answer without a status is its body.
export function play(aws, script) {
	for (const [what, answers] of Object.entries(script))
		aws.script(...what.split(' '), ...[answers].flat().map(answer => typeof answer === 'object' && 'status' in answer ? answer : { body: answer }));
}

export async function startOps(t, url, settings = {}) {
	const folder = temporary();
	const server = await start('ops', { HOME: folder, AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIA',
		AWS_SECRET_ACCESS_KEY: 's', AWS_EC2_METADATA_DISABLED: 'true', ...settings }, { folder, data: false });
	t.after(() => server.stop());
	return server;
}

// tools/call in a session of 2025-11-25.
async function callInSession(server, name, args) {
	const answer = await exchange(server, { headers: await beginSession(server),
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }) });
	const message = answer.events.length ? JSON.parse(answer.events.findLast(event => event.data).data) : answer.json;
	assert.ok(message.result, `${name} was refused: ${JSON.stringify(message)}`);
	return message.result;
}

export const eras = { '2026-07-28': callTool, '2025-11-25': callInSession };

const every = (script, answer) => Object.fromEntries(Object.entries(script).map(([what, good]) => [what, answer(good)]));
const good = answer => [answer].flat().map(each => typeof each === 'object' && 'status' in each ? each : { status: 200, body: each });
// The same, each answer so late.
export const slowly = (script, delayMs) => every(script, answer => good(answer).map(each => ({ ...each, delayMs })));
export const DENIED = { status: 400, body: { __type: 'AccessDeniedException', message: 'User: arn:aws:iam::1:user/x is not authorized' } };
export const THROTTLED = { status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } };

// Six cases of a tool, each in both eras. `script` and `empty` are what AWS answers where all is well, and where there is nothing;
// `fine` and `nothing` look at the result; `missing` at one of which nothing could be had, and why (in words).
export function cases(tool, args, { script, empty, settings, fine, nothing, missing }) {
	const worlds = {
		'fine': [script, fine],
		'empty': [empty, nothing],
		'denied': [every(script, () => DENIED), result => missing(result, /AccessDenied/)],
		'throttled, then fine': [every(script, answer => [THROTTLED, ...good(answer)]), fine],
		'cut off': [every(script, () => ({ status: 200, body: {}, cut: 1 })), result => missing(result, /can't be reached/)],
	};
	for (const [era, call] of Object.entries(eras)) {
		for (const [name, [answers, look]] of Object.entries(worlds))
			test(`${tool}, ${name}, in ${era}`, async t => {
				const aws = await startAws(t, answers), server = await startOps(t, aws.url, settings);
				await look(await call(server, tool, args), aws);
			});
		test(`${tool}, unreachable, in ${era}`, async t => {
			const server = await startOps(t, 'http://127.0.0.1:1', settings);
			await missing(await call(server, tool, args), /can't be reached/);
		});
	}
}
