// prometheus.mjs - a Prometheus of the tests' own, which asks the servers every second and has the alarms that are delivered, their
// minutes made seconds: the rules are the same, and ring so much sooner.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prometheus as program } from '../e2e/monitor.mjs';
import { eventually, root } from '../e2e/support.mjs';
import { freePort } from '../e2e/raw.mjs';

const FASTER = 30;                      // a minute is two seconds

// 15m is 30s, 3m is 6s.
const shortened = text => text.replace(/(\[|\bfor: )(\d+)m\b/g, (_, before, minutes) => `${before}${minutes * 60 / FASTER}s`);

export class Prometheus {
	// `targets`: { job: [port] }
	static async start(folder, targets) {
		const prometheus = new this(), port = await freePort(), rules = join(folder, 'alerts.yml'), configuration = join(folder, 'prometheus.yml');
		mkdirSync(folder, { recursive: true });
		writeFileSync(rules, shortened(readFileSync(join(root, 'docker/prometheus/alerts.yml'), 'utf8')));
		writeFileSync(configuration, JSON.stringify({
			global: { scrape_interval: '1s', scrape_timeout: '900ms', evaluation_interval: '1s' }, rule_files: [rules],
			scrape_configs: Object.entries(targets).map(([job, ports]) => ({
				job_name: job, static_configs: [{ targets: ports.map(each => `127.0.0.1:${each}`) }] })),
		}));
		prometheus.url = `http://127.0.0.1:${port}`;
		prometheus.child = spawn(program, [`--config.file=${configuration}`, `--storage.tsdb.path=${join(folder, 'data')}`,
			`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'], { stdio: ['ignore', 'ignore', 'pipe'] });
		process.on('exit', () => prometheus.child.kill('SIGKILL'));
		prometheus.child.stderr.setEncoding('utf8').on('data', text => { prometheus.said = (prometheus.said ?? '') + text; });
		const ready = () => fetch(`${prometheus.url}/-/ready`).then(({ ok }) => ok, () => false);
		await eventually(ready, () => `Prometheus is not ready: ${prometheus.said}`);
		return prometheus;
	}

	async #get(path) {
		const answer = await (await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(10000) })).json();
		assert.equal(answer.status, 'success', JSON.stringify(answer));
		return answer.data;
	}

	// What rings now: { alarm, job, page }.
	async rings() {
		const { alerts } = await this.#get('/api/v1/alerts');
		return alerts.filter(({ state }) => state === 'firing').map(({ labels, annotations }) => ({
			alarm: labels.alertname, job: labels.job, page: annotations.runbook_url }));
	}

	async query(expression) {
		return (await this.#get(`/api/v1/query?query=${encodeURIComponent(expression)}`)).result;
	}

	async stop() {
		const ended = new Promise(resolve => this.child.on('close', resolve));
		this.child.kill('SIGTERM');
		await ended;
	}
}
