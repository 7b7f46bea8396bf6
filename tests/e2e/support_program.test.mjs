// support_program.test.mjs - the program in docs/support.md, as it stands there: a customer and the desk, by the official Python client.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { printed, startClient } from './desktop.mjs';
import { root } from './support.mjs';
import { GPT, World } from './support_world.mjs';

const python = join(root, 'build/python/bin/python');

test('the program of docs/support.md does what the page says', { skip: !existsSync(python) && 'the Python client is not installed' }, async t => {
	const world = await World.open(t);
	world.models.script(GPT, ['There ', 400, 'is one.']);
	const [, program] = /^```python\n([^]*?)^```$/m.exec(readFileSync(join(root, 'docs/support.md'), 'utf8'));
	const endpoint = 'http://127.0.0.1:8084/mcp';
	assert.ok(program.includes(`'${endpoint}'`));
	const said = await printed(startClient(python, ['-c', program.replace(endpoint, world.server.url)], { ANNA: 'mcp_ann', EVA: 'mcp_staff', PYTHONUTF8: '1' }));
	const lines = said.trim().split('\n'), { status, history } = JSON.parse(lines.at(-1));
	assert.equal(lines.at(-3), 'There is one.');
	assert.match(lines.at(-2), /^ResourceUpdated\(uri='support:\/\/(queue|conversation\/CNV-\w+)'\)$/);
	assert.ok(lines.length > 4 && /^… support:\/\/conversation\/CNV-\w+$/.test(lines[0]) && lines.slice(1, -3).every(line => line.startsWith('… There')), said);
	assert.deepEqual([status, history.map(({ role, text }) => [role, text])], ['open', [['customer', 'Is there a red teapot?'], ['model', 'There is one.'],
		['note', 'A person was asked for: It leaks'], ['person', 'There is.']]]);
});
