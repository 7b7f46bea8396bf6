// mortal.mjs - a server that is killed with -9, or stopped, and started again on the same port and data.
import { assertSilent, select, start, temporary } from './support.mjs';

export class Mortal {
	constructor(name, settings) {
		Object.assign(this, { name, settings, folder: temporary(), kills: 0 });
	}

	async live() {
		this.server = await start(this.name, this.settings, { folder: this.folder });
		this.settings = { ...this.settings, PORT: String(this.server.port) };
		return this.server;
	}

	async die() {
		this.server.child.kill('SIGKILL');
		assertSilent((await this.server.ended).stderr);
		this.kills++;
		await this.live();
	}

	// `settings`: what the next one has otherwise.
	async restart(settings = {}) {
		await this.server.stop();
		Object.assign(this.settings, settings);
		await this.live();
	}

	select(sql) {
		return select(this.name, this.folder, sql);
	}
}
