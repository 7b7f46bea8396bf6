// small_model.test.mjs - a conversation with a model that is one, small as it is: served by llama.cpp in OpenAI's protocol, and the
// same behind MiniStack, which makes Bedrock's frames of it. What it says is its own; that it is asked, heard and counted is ours.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { root, select } from '../e2e/support.mjs';
import { World } from '../e2e/support_world.mjs';
import { startMinistack } from '../stand_ins/stand_in.mjs';

const python = join(root, 'build/small_model/bin/python');
const wanted = (process.env.SMALL_MODEL ?? 'openai bedrock').split(' ');
const minutes = { timeout: 300_000 };

let child, url;
before(async () => {
	assert.ok(existsSync(python), 'it is not installed');
	child = spawn(python, [join(root, 'tests/small_model/serve.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
	[url] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit').then(() => assert.fail('it did not start'))]);
}, minutes);
after(() => child?.stdin.end());

// Two turns of one conversation, looked at from all sides.
async function talk(t, settings) {
	const world = await World.open(t, { shop: true, models: false, settings: { METRICS_PORT: 'any', MODELS: settings.model, ...settings } });
	const { told, result } = await world.follow('ann', { message: 'Hello! Who are you?' }), first = result.structuredContent;
	assert.ok(first, JSON.stringify(result));
	assert.deepEqual([first.by, first.model], ['model', settings.model]);
	assert.ok(first.reply.length > 0 && first.tokens_in + first.tokens_cached > 100 && first.tokens_out > 0, JSON.stringify(first));
	for (const [text] of told)
		assert.ok(first.reply.startsWith(text), `${text} is not how it begins: ${first.reply}`);
	const second = await world.chat('ann', 'Thank you, that is all.', { conversation_id: first.conversation_id });
	assert.ok(second.reply.length > 0 && second.tokens_in + second.tokens_cached > first.tokens_in + first.tokens_cached, JSON.stringify(second));
	const rows = await select('support', world.folder, "select role, text from message where role in ('customer', 'model') order by seq");
	assert.deepEqual(rows.map(({ role, text }) => [role, text]), [['customer', 'Hello! Who are you?'], ['model', first.reply],
		['customer', 'Thank you, that is all.'], ['model', second.reply]]);
	assert.equal(await world.server.metric('mcp_model_requests_total', { model: settings.model, outcome: 'answered' }) >= 2, true);
	t.diagnostic(`told ${told.length} times; ${first.tokens_in} tokens in, ${first.tokens_out} out, then ${second.tokens_in} in, ${second.tokens_cached} of a cache`);
	t.diagnostic(first.reply.replaceAll(/\s+/g, ' ').slice(0, 120));
	return { told, first, second };
}

test('a model on this machine, in OpenAI\'s protocol', { skip: !wanted.includes('openai') && 'not asked for', ...minutes }, async t => {
	const { told, first, second } = await talk(t, { model: 'openai:smollm2', OPENAI_URL: `${url}/v1` });
	assert.ok(told.length > 1 || first.tokens_out < 3, 'it is told as it is written');
	assert.ok(second.tokens_cached > 100, 'what is the same for all is found in its cache');
});

test('the same as Bedrock, in frames that MiniStack makes', { skip: !wanted.includes('bedrock') && 'not asked for', ...minutes }, async t => {
	const ministack = await startMinistack({ MINISTACK_BEDROCK_PROXY_URL: url });
	t.after(() => ministack.stop());
	await talk(t, { model: 'bedrock:us.amazon.nova-2-lite-v1:0', HOME: ministack.folder, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: ministack.url, AWS_REGION: 'us-east-1',
		AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's', AWS_EC2_METADATA_DISABLED: 'true' });
});
