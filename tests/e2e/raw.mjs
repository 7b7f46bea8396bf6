// raw.mjs - sockets for the tests that HTTP clients are too well behaved for.
import net from 'node:net';
import { pause } from './support.mjs';

export { freePort } from './ports.mjs';

export class Connection {
	constructor(port) {
		this.text = '';
		this.closed = false;
		this.socket = net.connect(port, '127.0.0.1');
		this.socket.setEncoding('utf8');
		this.socket.on('data', text => { this.text += text; });
		this.socket.on('close', () => { this.closed = true; });
		this.socket.on('error', () => {});
		this.opened = new Promise((resolve, reject) => {
			this.socket.once('connect', () => resolve(this));
			this.socket.once('error', reject);
		});
	}

	send(bytes) {
		this.socket.write(bytes);
		return this;
	}

	// Until the text matches, or the connection is closed and can't any more.
	async until(pattern, within = 30000) {
		const end = Date.now() + within;
		while (!pattern.test(this.text)) {
			if (this.closed || Date.now() > end)
				throw new Error(`${this.closed ? 'closed' : 'no answer'} without ${pattern}: ${
					JSON.stringify(this.text.slice(0, 500))}`);
			await pause(5);
		}
		return this.text;
	}

	async untilClosed(within = 30000) {
		const end = Date.now() + within;
		while (!this.closed && Date.now() < end)
			await pause(5);
		return this.closed;
	}

	leave() {
		this.socket.destroy();
	}
}

export const open = server => new Connection(server.port).opened;

export const head = (server, headers = {}, method = 'POST', path = '/mcp') =>
	`${method} ${path} HTTP/1.1\r\n${Object.entries({
		Host: `127.0.0.1:${server.port}`, 'Content-Type': 'application/json', ...headers,
	}).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;

export const post = (server, body, headers = {}) => Buffer.concat([
	Buffer.from(head(server, { 'Content-Length': Buffer.byteLength(body), ...headers })),
	Buffer.from(body),
]);

// Stands between a client and a server: can cut the connections, delay what goes to the server, be
// down, and freeze.
export class Between {
	constructor(port) {
		this.sockets = new Set();
		this.to = port;                 // of new connections
		this.delay = 0;
		this.asked = 0;                 // how often somebody connected
		this.down = false;
		this.frozen = false;            // nothing gets through, and nobody is told
		this.server = net.createServer(near => {
			this.asked++;
			if (this.down)
				return near.destroy();
			if (this.frozen)
				return this.sockets.add(near.on('error', () => {}));
			const far = net.connect(this.to, '127.0.0.1');
			for (const [from, to] of [[near, far], [far, near]]) {
				this.sockets.add(from);
				from.on('error', () => {});
				from.on('close', () => {
					this.sockets.delete(from);
					to.destroy();
				});
				from.on('data', data => {
					if (this.frozen)
						return;
					if (from === near && this.delay)
						setTimeout(() => to.write(data), this.delay);
					else
						to.write(data);
				});
			}
		});
	}

	async start() {
		await new Promise(resolve => this.server.listen(0, '127.0.0.1', resolve));
		this.port = this.server.address().port;
		this.url = `http://127.0.0.1:${this.port}/mcp`;
		return this;
	}

	cut() {
		for (const socket of this.sockets)
			socket.destroy();
	}

	stop() {
		this.cut();
		this.server.close();
	}
}
