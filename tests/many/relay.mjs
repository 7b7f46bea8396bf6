// relay.mjs - a wire that can fail: stands between the servers and PostgreSQL, and can stop passing
// bytes with every socket left open, or refuse connections.
import net from 'node:net';

export class Relay {
	constructor(port) {
		this.target = port;
		this.pairs = new Set();
		this.deaf = false;
		this.passed = 0;                // bytes
	}

	async start() {
		await this.#listen(0);
		this.port = this.server.address().port;
		return this;
	}

	#listen(port) {
		this.server = net.createServer({ allowHalfOpen: true }, near => this.#join(near));
		return new Promise((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, '127.0.0.1', resolve);
		});
	}

	#join(near) {
		const far = net.connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true });
		const pair = [near, far];
		this.pairs.add(pair);
		for (const [from, to] of [pair, [far, near]]) {
			from.setNoDelay(true);
			from.on('error', () => {});
			from.on('data', data => {
				this.passed += data.length;
				if (!to.destroyed)
					to.write(data);
			});
			from.on('end', () => to.end());
			from.on('close', () => {
				this.pairs.delete(pair);
				to.destroy();
			});
			if (this.deaf)
				from.pause();
		}
	}

	// Nothing arrives any more, at neither end, and nobody is told.
	hole() {
		this.deaf = true;
		for (const socket of [...this.pairs].flat())
			socket.pause();
	}

	// What was sent meanwhile arrives.
	heal() {
		this.deaf = false;
		for (const socket of [...this.pairs].flat())
			socket.resume();
	}

	async refuse() {
		const closed = new Promise(resolve => this.server.close(resolve));
		for (const socket of [...this.pairs].flat())
			socket.destroy();
		await closed;
	}

	accept() {
		return this.#listen(this.port);
	}

	async stop() {
		await this.refuse();
	}
}
