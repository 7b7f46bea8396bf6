// compat.test.mjs - each known wrong request of a real client: refused as the specification has it, and
// served and counted where COMPAT names it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { callTool, exchange, meta, start, types } from './support.mjs';

const body = _meta => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list',
	params: _meta ? { _meta } : {} });

const requests = {
	'version-mismatch': { headers: { ...types, 'MCP-Protocol-Version': '2025-11-25', 'Mcp-Method': 'tools/list' },
		body: body(meta()) },
	'version-twice': { headers: { ...types, 'MCP-Protocol-Version': '2025-11-25, 2025-11-25' }, body: body() },
	'version-missing': { headers: { ...types, 'Mcp-Method': 'tools/list' }, body: body(meta()) },
	'params-empty': { headers: types, body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}' },
};

// The same request in another form.
const lines = { ...requests['version-twice'],
	headers: { ...types, 'MCP-Protocol-Version': ['2025-11-25', '2025-11-25'] } };

async function counted(server, name) {
	const { text } = await exchange({ port: server.metrics }, { method: 'GET', path: '/metrics' });
	return Number(new RegExp(`^mcp_compat_total\\{request="${name}"\\} (\\d+)`, 'm').exec(text)[1]);
}

for (const [name, request] of Object.entries(requests))
	test(`${name}: refused, and served where COMPAT says so`, async () => {
		const strict = await start('products');
		const refused = await exchange(strict, request);
		assert.equal(refused.status, 400, refused.text);
		assert.ok(refused.json.error.code <= -32000);
		await strict.stop();

		const lenient = await start('products', { COMPAT: name, METRICS_PORT: '' });
		lenient.metrics = Number((await lenient.says(/metrics at http:\/\/127\.0\.0\.1:(\d+)/))[1]);
		const served = await exchange(lenient, request);
		assert.equal(served.status, 200, served.text);
		assert.ok(served.json.result.tools.length > 5);
		// As the revision has it that the body names.
		assert.equal(served.json.result.resultType, request.body.includes('2026-07-28') ? 'complete' : undefined);
		assert.equal('ttlMs' in served.json.result, request.body.includes('2026-07-28'));
		assert.equal(await counted(lenient, name), 1);
		assert.equal((await exchange(lenient, lines)).status, name === 'version-twice' ? 200 : 400);
		const two = { ...types, 'MCP-Protocol-Version': '2025-11-25, 2025-06-18' };
		assert.equal((await exchange(lenient, { headers: two, body: body() })).status, 400, 'two versions');
		for (const [other, wrong] of Object.entries(requests))
			if (other !== name)
				assert.equal((await exchange(lenient, wrong)).status, 400, `${other} was not asked for`);
		await lenient.stop();
	});

// n8n adds to the arguments of every tool; who reads the error there did not write them.
test('extra-arguments: refused in words, and served where COMPAT says so', async () => {
	const added = { sessionId: 'a1', action: 'sendMessage', chatInput: 'KIT-0001?', toolCallId: 'call_1' };
	const strict = await start('products');
	for (const [name, value] of Object.entries(added)) {
		const { isError, content } = await callTool(strict, 'get_product', { sku: 'KIT-0001', [name]: value });
		assert.ok(isError);
		assert.equal(content[0].text, `Unknown argument "${name}": the arguments are sku. n8n adds such`
			+ ' arguments; whoever runs this server lets them pass with COMPAT=extra-arguments');
	}
	await strict.stop();

	const lenient = await start('products', { COMPAT: 'extra-arguments', METRICS_PORT: '' });
	lenient.metrics = Number((await lenient.says(/metrics at http:\/\/127\.0\.0\.1:(\d+)/))[1]);
	const { structuredContent } = await callTool(lenient, 'get_product', { ...added, sku: 'KIT-0001' });
	assert.equal(structuredContent.sku, 'KIT-0001');
	assert.ok(!(await callTool(lenient, 'list_categories', added)).isError);
	assert.ok(!(await callTool(lenient, 'get_product', { sku: 'KIT-0001' })).isError);
	assert.equal(await counted(lenient, 'extra-arguments'), 2);
	const nested = { items: [{ sku: 'KIT-0001', quantity: 1, toolCallId: 'call_1' }] };
	for (const wrong of [{ sku: 'KIT-0001', colour: 'red', ...added }, { sku: 'KIT-0001', sessionID: 'a1' }])
		assert.match((await callTool(lenient, 'get_product', wrong)).content[0].text, /^Unknown argument "(colour|sessionID)"/);
	assert.match((await callTool(lenient, 'check_stock', nested)).content[0].text, /^Unknown member "toolCallId" in items\[0\]/);
	await lenient.stop();
});
