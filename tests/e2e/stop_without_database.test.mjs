// stop_without_database.test.mjs - a stop while PostgreSQL is away does not wait for what nobody can store, and says what that
// was; where it is there all is stored. On servers of the tests' own.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { query, startIfThere } from './postgres.mjs';
import { beginSession, callTool, eventually, exchange, opened, start } from './support.mjs';
import { clientOf } from './tasks.mjs';

const STREAMS = 3;
const servers = [];
after(() => Promise.all(servers.map(server => server.stop())));

async function another() {
	const server = await startIfThere();
	if (server)
		servers.push(server);
	return server;
}

const there = await another();
const skip = !there && 'there is no PostgreSQL';

// Streams that only listen, each of a session of its own: what they get until they end, or are cut.
async function listenTo(shop) {
	const ends = [];
	for (let i = 0; i < STREAMS; i++) {
		const session = await beginSession(shop);
		const { answer } = await opened(shop, { method: 'GET', headers: { ...session, Accept: 'text/event-stream' } });
		ends.push(answer.catch(error => error));
	}
	return ends;
}

const within = shop => Number(/stopped after (\d+) ms/.exec(shop.log)?.[1]);

// Runs `body` with a server that has streams open on it; it is gone afterwards, however that ends.
async function withStreams(url, body) {
	const shop = await start('probe', { DATABASE_URL: url, METRICS_PORT: 'any', SHUTDOWN_TIMEOUT: '30s' });
	try {
		const ends = await listenTo(shop);
		await eventually(async () => await query(url, 'select count(*) from mcp_stream') === String(STREAMS),
			() => 'not all streams are stored');
		await body(shop);
		await Promise.all(ends);
	} finally {
		shop.child.kill('SIGKILL');
		await shop.ended;
	}
}

async function goesAway(server, shop) {
	await server.stop();
	await eventually(async () => (await exchange(shop, { method: 'GET', path: '/readyz' })).status === 503,
		() => 'it still says that it is ready');
}

test('it is away: the stop does not wait for it', { skip, timeout: 120000 }, async () => {
	const server = await another();
	await withStreams(server.of('postgres'), async shop => {
		await goesAway(server, shop);
		await shop.stop();
		assert.ok(within(shop) < 5000, shop.log);
		assert.match(shop.log, /what is open waits for the database, which is away: 3 streams are cut, 0 workers are busy/);
		assert.equal(shop.log.match(/has not the last of this process \(streams' ends or events: 3\)/g)?.length, 1, shop.log);
	});
});

test('it is away: what needs none is finished', { skip, timeout: 120000 }, async () => {
	const server = await another();
	await withStreams(server.of('postgres'), async shop => {
		await goesAway(server, shop);
		const counted = callTool(shop, 'count', { to: 50, pause_ms: 100 });
		await eventually(async () => await shop.metric('mcp_workers_busy') === 1, () => 'no worker is busy');
		await shop.stop();
		const { content: [{ text }] } = await counted;
		assert.equal(text, 'Counted to 50.');
		assert.ok(within(shop) < 12000, shop.log);
	});
});

test('it is away: a task that waits is not waited for', { skip, timeout: 120000 }, async () => {
	const server = await another();
	await withStreams(server.of('postgres'), async shop => {
		await clientOf(() => [shop]).create('linger_task', { ever: true });
		await goesAway(server, shop);
		await shop.stop();
		assert.ok(within(shop) < 8000, shop.log);
		assert.match(shop.log, /"target":"linger_task",.*"outcome":"stopping"/);
	});
});

test('it is there: every stream has its end', { skip, timeout: 120000 }, async () => {
	const url = there.of('postgres');
	await withStreams(url, async shop => {
		await shop.stop();
		assert.ok(within(shop) < 5000, shop.log);
		assert.doesNotMatch(shop.log, /is away|cut|has not/);
		assert.equal(await query(url, 'select count(*) from mcp_stream where ended <> 0'), String(STREAMS));
		assert.equal(await query(url, 'select count(*) from mcp_event'), '0', 'somebody was told that it died');
	});
});
