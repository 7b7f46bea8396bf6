// balancers.mjs - what stands before the tasks: haproxy, by connection (tcp) and by request (http),
// and nginx, as a load balancer of a cloud would be. All round robin, none sticky.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { freePort } from '../e2e/raw.mjs';
import { exchange, pause, root, temporary } from '../e2e/support.mjs';

const children = new Set();
process.on('exit', () => {
	for (const child of children)
		child.kill('SIGKILL');
});

// Where they are, also where they were only unpacked.
const PATH = [join(root, 'build/bin'), process.env.PATH, '/usr/sbin'].join(':');

function launch(command, args, options) {
	const child = spawn(command, args, { env: { PATH }, ...options });
	children.add(child);
	child.said = '';
	child.stderr.setEncoding('utf8').on('data', text => { child.said += text; });
	child.ended = new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', status => {
			children.delete(child);
			resolve(status);
		});
	});
	child.ended.catch(() => {});
	return child;
}

async function stop(child) {
	if (!children.has(child))
		return;
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
	await child.ended;
	clearTimeout(timer);
}

async function answers(port, what, child) {
	for (const until = Date.now() + 10000; ; await pause(20)) {
		const status = await exchange({ port }, { method: 'GET', path: '/readyz' })
			.then(answer => answer.status, () => 0);
		if (status === 200)
			return;
		assert.ok(Date.now() < until && children.has(child), `${what} does not answer: ${child.said}`);
	}
}

// ---- haproxy ----

const frontend = (name, mode, fd, tasks) => `
listen ${name}
	mode ${mode}
	bind fd@${fd}
	balance roundrobin
	${mode === 'http' ? 'option httpclose\n\toption forwardfor\n\toption redispatch 1' : 'option redispatch 1'}
	option httpchk
	http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host 127.0.0.1
	http-check expect status 200
${tasks.map(({ port }, i) => `	server task${i} 127.0.0.1:${port} check inter 200ms fall 2 rise 1`).join('\n')}
`;

// What ./dev up would give it for one service, both servers of which are at the port; without TLS.
function stackConfiguration(name, port) {
	const text = execFileSync('bash', ['-euo', 'pipefail', '-c', `. docker/configuration.sh; NAMES=(${name}); balancer_file`],
		{ cwd: root, encoding: 'utf8' });
	let fd = 3;
	return text.replaceAll(/server (\w+) [\w-]+:\d+/g, `server $1 127.0.0.1:${port}`)
		.replaceAll(/bind .*/g, () => `bind fd@${fd++}`);
}

export class Haproxy {
	// Its sockets are inherited, so that no port has to be guessed.
	async #listen(sockets) {
		const socket = net.createServer();
		await new Promise(resolve => socket.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
		sockets.push(socket);
		return socket.address().port;
	}

	async #run(text, sockets, ports) {
		const file = join(temporary(), 'haproxy.cfg');
		writeFileSync(file, text);
		this.child = launch('haproxy', ['-db', '-f', file],
			{ stdio: ['ignore', 'ignore', 'pipe', ...sockets.map(socket => socket._handle.fd)] });
		await pause(100);
		for (const socket of sockets)
			socket.close();
		for (const port of ports)
			await answers(port, 'haproxy', this.child);
		return this;
	}

	// As the stack has it, before one server: .outside and .inside are its two ports.
	async startStack(name, { port }) {
		const sockets = [];
		this.outside = await this.#listen(sockets);
		this.inside = await this.#listen(sockets);
		return await this.#run(stackConfiguration(name, port), sockets, [this.outside, this.inside]);
	}

	// `services`: { name: tasks }. Gives ports as .tcp.name and .http.name.
	async start(services) {
		const sockets = [];
		let text = `global
	maxconn 8000
defaults
	timeout connect 1s
	timeout client 1h
	timeout server 1h
	timeout check 1s
	retries 3
`;
		for (const mode of ['tcp', 'http']) {
			this[mode] = {};
			for (const [name, tasks] of Object.entries(services)) {
				this[mode][name] = await this.#listen(sockets);
				text += frontend(`${name}-${mode}`, mode, 3 + sockets.length - 1, tasks);
			}
		}
		return await this.#run(text, sockets, [...Object.values(this.tcp), ...Object.values(this.http)]);
	}

	get pid() {
		return this.child.pid;
	}

	stop() {
		return stop(this.child);
	}
}

// ---- nginx ----

export class Nginx {
	// Looks at /readyz of each task all the time; who fails gets nothing new.
	async start(tasks) {
		this.tasks = tasks;
		this.folder = temporary();
		this.out = new Set();
		this.reloads = 0;
		this.port = await freePort();
		this.#write();
		this.child = launch('nginx', ['-p', this.folder, '-c', 'nginx.conf', '-e', 'error.log'],
			{ stdio: ['ignore', 'ignore', 'pipe'] });
		await answers(this.port, 'nginx', this.child);
		this.watching = this.#watch();
		return this;
	}

	#write() {
		const there = this.tasks.filter(task => !this.out.has(task));
		writeFileSync(join(this.folder, 'nginx.conf'), `
daemon off;
${process.getuid() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_rlimit_nofile 16384;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 8000; }
http {
	access_log off;
	client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi; scgi_temp_path scgi;
	upstream tasks {
${(there.length ? there : this.tasks).map(({ port }) =>
		`		server 127.0.0.1:${port} max_fails=1 fail_timeout=1s;`).join('\n')}
		keepalive 16;
	}
	server {
		listen 127.0.0.1:${this.port} backlog=4096;
		location / {
			proxy_pass http://tasks;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host $http_host;
			proxy_buffering off;
			proxy_connect_timeout 1s;
			proxy_read_timeout 1h;
		}
	}
}
`);
	}

	async #watch() {
		while (!this.over) {
			const ready = await Promise.all(this.tasks.map(task =>
				exchange(task, { method: 'GET', path: '/readyz' })
					.then(answer => answer.status === 200, () => false)));
			const out = new Set(this.tasks.filter((_, i) => !ready[i]));
			if (out.size !== this.out.size || [...out].some(task => !this.out.has(task))) {
				this.out = out;
				this.#write();
				this.child.kill('SIGHUP');
				this.reloads++;
			}
			await pause(100);
		}
	}

	async stop() {
		this.over = true;
		await this.watching;
		await stop(this.child);
	}
}
