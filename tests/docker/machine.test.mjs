// machine.test.mjs - a Debian 13 with systemd and without containers: the packages are installed, the services run under their units,
// and what befalls a service there befalls it.
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, keyLines, keys, root, temporary } from '../e2e/support.mjs';
import { command, docker, image, listed, needsDocker, output, runContainer, tryDocker, until } from './support.mjs';

const { DOCKER } = process.env;
const services = Object.keys(listed).map(name => `mcp-${name}`);

describe('a machine with systemd', { ...needsDocker, timeout: 900000 }, () => {
	let id;

	const inside = (...words) => docker('exec', id, ...words);
	const shell = text => inside('bash', '-euo', 'pipefail', '-c', text);
	const show = async (service, property) => inside('systemctl', 'show', '--value', '--property', property, service);
	const journal = () => inside('journalctl', '--no-pager', '--output', 'cat', '--unit', 'mcp-products', '--unit', 'mcp-orders');
	const becomes = (service, property, wanted) => until(async () => wanted === await show(service, property),
		async () => `${property} is "${await show(service, property)}", not "${wanted}"\n${await journal()}`);

	before(async () => {
		const folder = temporary();
		cpSync(join(root, 'tests/docker/machine'), folder, { recursive: true });
		await output('bash', ['-euo', 'pipefail', '-c', `
			say() { :; }; has() { command -v "$1" >/dev/null; }; fail() { echo "$*" >&2; exit 1; }
			. docker/engine.sh; . docker/images.sh
			need_docker; find_base
			build_package "$1"
			build_image "$1" --build-arg "BASE=$BASE" --tag "$2"`, 'machine', folder, image('machine')]);
		id = await runContainer('machine', ['--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined', '--security-opt',
			'apparmor=unconfined', '--cgroupns', 'private', '--tmpfs', '/run', '--tmpfs', '/tmp', '--publish', '127.0.0.1::8081']);
		await until(async () => /^(running|degraded)$/.test((await tryDocker('exec', id, 'systemctl', 'is-system-running')).stdout.trim()),
			async () => (await tryDocker('logs', id)).stdout);
	}, { timeout: 800000 });
	after(() => process.env.KEEP_IT || tryDocker('rmi', '--force', image('machine')));

	test('one command installs them all, and they serve', async () => {
		const said = await shell('DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /packages/*.deb 2>&1');
		for (const [name, { port, database }] of Object.entries(listed)) {
			const service = `mcp-${name}`;
			await becomes(service, 'ActiveState', 'active');
			assert.equal(await show(service, 'StatusText'), `serving at http://127.0.0.1:${port}/mcp`, said);
			assert.equal(await show(service, 'UnitFileState'), 'enabled');
			if (database !== false)
				assert.equal(await inside('stat', '-c', '%U %a', `/var/lib/${service}/${name}.db`), `${service} 600`);
			assert.equal(await inside('stat', '-c', '%U:%G %a', `/etc/${service}/settings`), `root:${service} 640`);
			await inside(service, 'healthcheck');
		}
	});

	test('a second one has a catalogue served, from a file that the service may not read', async () => {
		const { status, stdout, stderr } = await command(DOCKER, ['exec', '--interactive', id, 'mcp-products-run', 'import', '-'],
			{ input: readFileSync(join(root, 'products/data/catalogue.csv')) });
		assert.equal(status, 0, stdout + stderr);
		assert.equal(await inside('stat', '-c', '%U', '/var/lib/mcp-products/products.db'), 'mcp-products');
	});

	test('and its settings make it known to others, to whom it serves that', async () => {
		const lines = ['HOST=0.0.0.0', 'PUBLIC_HOSTS=127.0.0.1', 'API_KEYS="@/etc/mcp-products/keys"', '# the end'].join('\n');
		await shell(`umask 077; cat >>/etc/mcp-products/settings <<'END'\n${lines}\nEND
			printf '%s\\n' ${keyLines} >/etc/mcp-products/keys
			systemd-tmpfiles --create mcp-products.conf; systemctl restart mcp-products`);
		await becomes('mcp-products', 'ActiveState', 'active');
		const port = Number((await docker('port', id, '8081/tcp')).split(':').at(-1));
		const { products } = await ask({ port }, 'search_products', { limit: 5 }, { headers: { Authorization: `Bearer ${keys.staff}` } });
		assert.equal(products.length, 5);
		assert.match(await inside('mcp-products-run', 'check'), /sound/);
	});

	test('its keys are read again by a reload', async () => {
		await shell('mcp-products key somebody products:read >/tmp/key 2>&1; grep -o "somebody:[^ ]*" /tmp/key | tail -1 >>/etc/mcp-products/keys');
		await inside('systemctl', 'reload', 'mcp-products');
		await until(async () => /API_KEYS was read again: [4-9] keys/.test(await journal()), journal);
		await becomes('mcp-products', 'ActiveState', 'active');
	});

	test('systemd has no complaint of the units, and finds little that an attacker could do in them', async () => {
		for (const service of services) {
			assert.equal(await shell(`systemd-analyze verify --man=no ${service}.service 2>&1`), '');
			const [, exposure] = /exposure level for \S+: ([\d.]+)/.exec(await inside('systemd-analyze', 'security', '--no-pager', service));
			assert.ok(Number(exposure) <= 1.5, exposure);
		}
		assert.match(await shell('grep -E "^(Seccomp|NoNewPrivs|CapEff)" /proc/$(systemctl show --value -p MainPID mcp-orders)/status | tr -s "[:space:]" " "'),
			/CapEff: 0{16} .*NoNewPrivs: 1 Seccomp: 2/);
	});

	test('an event loop that does not turn is noticed, and the service started anew', async () => {
		await shell(`mkdir -p /run/systemd/system/mcp-orders.service.d
			printf '[Service]\\nWatchdogSec=3\\nTimeoutAbortSec=1\\n' >/run/systemd/system/mcp-orders.service.d/watchdog.conf
			systemctl daemon-reload; systemctl restart mcp-orders`);
		const pid = await show('mcp-orders', 'MainPID');
		await shell('sleep 5');                         // longer than it may be silent
		assert.equal(await show('mcp-orders', 'MainPID'), pid);
		await shell(`kill -STOP ${pid}`);
		await until(async () => await show('mcp-orders', 'NRestarts') === '1', journal);
		await becomes('mcp-orders', 'ActiveState', 'active');
		assert.notEqual(await show('mcp-orders', 'MainPID'), pid);
		await shell('rm -r /run/systemd/system/mcp-orders.service.d; systemctl daemon-reload; systemctl restart mcp-orders');
	});

	test('a database that is away is waited for, and a wrong setting is not', async () => {
		await shell(`echo DATABASE_URL=postgresql://127.0.0.1:1/orders >>/etc/mcp-orders/settings
			systemctl restart mcp-orders --no-block`);
		await until(async () => Number(await show('mcp-orders', 'NRestarts')) >= 2, journal);
		await shell('sed -i /^DATABASE_URL/d /etc/mcp-orders/settings');
		await becomes('mcp-orders', 'ActiveState', 'active');
		await shell('echo LOOPS=many >>/etc/mcp-orders/settings; systemctl restart mcp-orders || true');
		await becomes('mcp-orders', 'ActiveState', 'failed');
		assert.equal(await show('mcp-orders', 'ExecMainStatus'), '2');
		assert.match(await journal(), /LOOPS/);
		await shell('sed -i /^LOOPS/d /etc/mcp-orders/settings; systemctl restart mcp-orders');
		await becomes('mcp-orders', 'ActiveState', 'active');
	});

	test('a stop is an orderly one, and a start has what was there', async () => {
		await inside('systemctl', 'stop', 'mcp-products');
		assert.equal(await show('mcp-products', 'Result'), 'success');
		assert.match(await journal(), /stopped after \d+ ms/);
		assert.equal(await shell('ls /var/lib/mcp-products | paste -sd,'), 'products.db,products.db.state');
		await inside('systemctl', 'start', 'mcp-products');
		const port = Number((await docker('port', id, '8081/tcp')).split(':').at(-1));
		const { products } = await ask({ port }, 'search_products', { limit: 5 }, { headers: { Authorization: `Bearer ${keys.staff}` } });
		assert.equal(products.length, 5);
	});

	test('what is taken away leaves the data, and nothing that runs', async () => {
		await shell(`apt-get purge -y ${services.join(' ')} 2>&1`);
		assert.equal(await shell('ls -d /etc/mcp-* /usr/bin/mcp-* 2>/dev/null || true; pgrep ^mcp- || true; ls /var/lib/mcp-products | paste -sd,'),
			'products.db,products.db.state');
		assert.match(await shell('systemctl status mcp-products 2>&1 || true'), /could not be found/);
	});
});
