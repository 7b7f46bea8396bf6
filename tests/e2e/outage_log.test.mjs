// outage_log.test.mjs - what the log has of an outage of PostgreSQL: its beginning, once a minute that it goes on, its end. Each
// statement that finds no database is no line of its own.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startIfThere } from './postgres.mjs';
import { Between } from './raw.mjs';
import { beginSession, callTool, eventually, exchange, opened, start } from './support.mjs';

const server = await startIfThere();
const skip = !server && 'there is no PostgreSQL';
after(() => server?.stop());

test('an outage is a line at its beginning and one at its end', { skip, timeout: 120000 }, async () => {
	const port = new URL(server.url.replace('@/', '@localhost/')).searchParams.get('port');
	const between = await new Between(Number(port)).start();
	const shop = await start('products', {
		DATABASE_URL: `postgresql://postgres:secret@127.0.0.1:${between.port}/postgres?sslmode=disable`, METRICS_PORT: 'any' }, { data: false });
	try {
		const session = await beginSession(shop);
		const { answer } = await opened(shop, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' } });
		const ended = answer.catch(error => error);
		const began = Date.now();
		between.down = true;
		between.cut();
		// Some of each kind: a loop's reads, a worker's, what changes, what the beat does.
		const failures = () => shop.metric('mcp_database_failures_total\\{cause="away"\\}');
		await eventually(async () => {
			await Promise.all([callTool(shop, 'get_product', { sku: 'KIT-0001' }), callTool(shop, 'search_products', { words: 'kettle' }),
				callTool(shop, 'update_product', { sku: 'KIT-0001', stock_change: 1 })]);
			return await failures() > 40 && Date.now() - began > 2000;       // a shorter one has no line at its end
		}, () => 'nothing fails');
		between.down = false;
		await shop.says(/the database is there again, after [1-9]\d*\.\d s/);
		await eventually(async () => (await exchange(shop, { method: 'GET', path: '/readyz' })).status === 200, () => 'it is not ready again');
		await shop.stop();
		await ended;
		const lines = shop.log.split('\n').filter(line => /"message":"store: /.test(line) && /"level":"error"/.test(line));
		assert.ok(lines.length > 0, shop.log);
		const different = new Set(lines.map(line => JSON.parse(line).message.replace(/ \(\d+ more times? in \d+ s\)$/, '')));
		// Of whatever was under way as the connections broke, and that none can be made: in libpq's words, which are two.
		const none = [...different].filter(message => /connection to server/.test(message));
		assert.ok(none.length >= 1 && none.length <= 2, none.join('\n'));
		for (const message of none)
			assert.match(message, /^store: connection to server/);
		assert.ok(different.size <= 8, [...different].join('\n'));
		assert.equal(shop.log.match(/is there again/g).length, 1, shop.log);
	} finally {
		shop.child.kill('SIGKILL');
		await shop.ended;
		between.stop();
	}
});
