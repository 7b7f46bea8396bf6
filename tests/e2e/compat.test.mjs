// compat.test.mjs - each known wrong request of a real client: refused as the specification has it, and
// served and counted where COMPAT names it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { exchange, meta, start, types } from './support.mjs';

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
		assert.equal(await counted(lenient, name), 1);
		assert.equal((await exchange(lenient, lines)).status, name === 'version-twice' ? 200 : 400);
		for (const [other, wrong] of Object.entries(requests))
			if (other !== name)
				assert.equal((await exchange(lenient, wrong)).status, 400, `${other} was not asked for`);
		await lenient.stop();
	});
