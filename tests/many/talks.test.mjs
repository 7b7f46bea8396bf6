// talks.test.mjs - customers talk with support while its processes are killed with -9 in the middle of answers: each message is there once,
// in its order, and answered once; no half of an answer stays; what customers were told is what was written down.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { temporary } from '../e2e/support.mjs';
import { talkWhileKilled, withTasks } from './killed.mjs';
import { postgres } from './postgres.mjs';
import { long } from './scale.mjs';

const TALKS = long ? 500 : 60, KILLS = long ? 40 : 8;

test(`${TALKS} conversations over PostgreSQL while two processes are killed`, { timeout: 600000 }, async t => {
	const server = await postgres();
	await server.admin('drop database if exists talks with (force)', 'create database talks');
	const psql = server.psql('talks');
	await withTasks(Array(2).fill({ DATABASE_URL: server.tcp('talks') }), (tasks, models, rolls) =>
		talkWhileKilled(t, tasks, sql => psql.rows(sql), { talks: TALKS, kills: KILLS }, models, rolls)).finally(() => psql.end());
});

test(`${TALKS / 2} conversations on SQLite while their process is killed`, { timeout: 600000 }, async t => {
	const file = join(temporary(), 'support.db');
	await withTasks([{ DATABASE_URL: `sqlite:${file}` }], (tasks, models, rolls) => talkWhileKilled(t, tasks, sql => {
		const open = new DatabaseSync(file, { readOnly: true });
		try {
			const statement = open.prepare(sql);
			statement.setReadBigInts(true);
			return statement.all().map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])));
		} finally {
			open.close();
		}
	}, { talks: TALKS / 2, kills: KILLS }, models, rolls));
});
