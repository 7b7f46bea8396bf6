// ports.mjs - a port for a server that has to be told one: free when it is asked for, and still so when the server takes it.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import net from 'node:net';

// Those below what the kernel gives to connections, and to port 0; where that leaves few, as if it were set as usual.
const given = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split('\t')[0]);
const LEAST = 10000, MOST = given >= 2 * LEAST ? given : 32768;

// Or undefined, where somebody has it.
const listen = where => new Promise((resolve, reject) => {
	const server = net.createServer();
	server.once('error', error => error.code === 'EADDRINUSE' ? resolve() : reject(error));
	server.listen(where, () => resolve(server));
});

// One that is free still when a server that begins takes it, and whenever it comes back to it: no connection is given it,
// and no other process of tests while this one lives, which listens at a socket of that name.
export async function freePort() {
	for (;;) {
		const port = randomInt(LEAST, MOST), kept = await listen(`\0mcp-tests-port-${port}`);
		kept?.unref();
		const server = kept && await listen({ host: '127.0.0.1', port });
		if (server) {
			await new Promise(resolve => server.close(resolve));
			return port;
		}
	}
}
