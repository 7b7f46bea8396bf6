// tours.test.mjs - three tasks of each service behind a round robin without stickiness: both official
// TypeScript clients and the Python client do the full tour, many at once, without one failure.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { clients } from '../e2e/clients.mjs';
import { printed, startClient } from '../e2e/desktop.mjs';
import { Between } from '../e2e/raw.mjs';
import { npm, root } from '../e2e/support.mjs';
import { withCluster } from './cluster.mjs';
import { long } from './scale.mjs';
import { Tour } from './tour.mjs';

const python = join(root, 'build/python/bin/python');
const count = long ? 100 : 10;
const SECONDS = 300;                    // for a Python tour: the machine has all of them to do at once

// Each request of fetch() has a connection of its own, so that each goes to another task.
const undici = npm('undici');
undici.setGlobalDispatcher(new undici.Agent({ pipelining: 0 }));

async function pythonTour(mode, ports) {
	const between = await new Between(ports.orders).start();
	const child = startClient(python, [join(root, 'tests/e2e/tour.py'), mode,
		`http://127.0.0.1:${ports.products}/mcp`, `http://127.0.0.1:${ports.orders}/mcp`, between.url,
		String(SECONDS)]);
	let done = false;
	child.stderr.on('data', () => {
		if (!done && child.said.includes('cut\n')) {
			done = true;
			between.cut();
			child.stdin.write('\n');
		}
	});
	try {
		const seen = JSON.parse(await printed(child));
		for (const [name, { tools }] of Object.entries(seen.lists))
			assert.deepEqual([...new Set(seen.called[name])].sort(), tools.sort());
		assert.deepEqual(seen.followed, { steps: 5, status: 'delivered' });
		assert.deepEqual(seen.cancelled, { asked: 1, names_it: true, status: 'cancelled' });
		assert.deepEqual([seen.returned, seen.products.released, seen.reported.rows], ['received', 'released', 3]);
		assert.match(seen.told.orders, /^order:\/\/ORD-/);
		assert.equal(seen.connection.again, 'delivered');
		if (mode === 'legacy')
			assert.deepEqual(seen.connection.steps, [1, 2, 3, 4, 5]);
	} finally {
		between.stop();
	}
}

// Who does the tours, in turn.
const kinds = [
	...Object.entries(clients).map(([name, client]) => ({ name,
		run: (number, { tcp }) => new Tour(number, client, tcp).run() })),
	...existsSync(python) ? ['legacy', 'auto'].map(mode => ({ name: `Python, ${mode}`,
		run: (number, { http }) => pythonTour(mode, http) })) : [],
];

test(`${count} tours at once through three tasks`, { timeout: 900000 }, t =>
	withCluster('tours', {}, async ({ balancer, tasks }) => {
		if (!existsSync(python))
			t.diagnostic('there is no Python 3.11 or later: without its client');
		const began = Date.now(), done = new Map(kinds.map(({ name }) => [name, 0])), failed = [];
		await Promise.all(Array.from({ length: count }, async (_, number) => {
			const { name, run } = kinds[number % kinds.length];
			await run(number, balancer).then(() => done.set(name, done.get(name) + 1),
				error => failed.push(`tour ${number}, ${name}: ${error.stack}`));
		}));
		t.diagnostic(`${count - failed.length} of ${count} tours in ${((Date.now() - began) / 1000).toFixed(1)} s: ${
			[...done].map(([name, n]) => `${name} ${n}`).join(', ')}`);
		const served = tasks.map(task => task.log.match(/"method":"tools\/call"/g)?.length ?? 0);
		t.diagnostic(`calls each task served: ${served.join(', ')}`);
		assert.deepEqual(failed, []);
		assert.ok(served.every(n => n > 0), 'a task had nothing to do');
	}));
