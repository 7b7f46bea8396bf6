// crowd.mjs - takes every connection that a PostgreSQL of the tests' own has for roles that are no superuser.
import net from 'node:net';
import { join } from 'node:path';
import { query } from './postgres.mjs';
import { eventually } from './support.mjs';

// Connections of the role keeper that do nothing, until the server takes no more; a superuser still gets one.
async function takeAll(server, held) {
	const at = new URL(server.url.replace('@/', '@localhost/')).searchParams;
	const hello = Buffer.from('\0\0\0\0\0\x03\0\0user\0keeper\0database\0postgres\0\0', 'latin1');
	hello.writeInt32BE(hello.length);
	for (let takes = true; takes;) {
		const socket = net.connect(join(at.get('host'), `.s.PGSQL.${at.get('port')}`));
		socket.on('error', () => {});
		socket.write(hello);
		takes = await new Promise(resolve => {
			let said = '';
			socket.setEncoding('latin1').on('data', text => {
				said += text;
				// ReadyForQuery, or an error.
				if (said.startsWith('E') || said.endsWith('Z\0\0\0\x05I'))
					resolve(!said.startsWith('E'));
			}).on('close', () => resolve(false));
		});
		held.push(socket);
	}
}

// Of all the programs one connection is left, the oldest: where there is one program, that of its state. It finds none for calls.
export async function leaveOne(server, held) {
	const others = `from pg_stat_activity a where application_name like 'mcp-%' and exists (select 1 from pg_stat_activity b
		where b.application_name like 'mcp-%' and b.backend_start < a.backend_start)`;
	await eventually(async () => {
		try {
			await takeAll(server, held);
			await query(server.url, `select pg_terminate_backend(pid) ${others}`);
			await takeAll(server, held);
			return await query(server.url, `select count(*) ${others}`) === '0';
		} catch (error) {
			// Those who are being turned away take a superuser's place for a moment, too.
			if (!/too many clients/.test(error.stderr))
				throw error;
			return false;
		}
	}, () => 'it has others still');
}
