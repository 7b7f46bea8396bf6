// release.test.mjs - the steps of a release, from Terraform's outputs to servers that answer or to what served before.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { keyLines, keys, start, temporary } from '../e2e/support.mjs';
import { certificate } from '../e2e/tls.mjs';
import { root, stage } from './stage.mjs';

const arn = (name, revision) => `arn:aws:ecs:us-east-1:123456789012:task-definition/shop-dev-${name}:${revision}`;
const image = name => `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/${name}@sha256:${'ab'.repeat(32)}`;
const names = ['products', 'orders'];
const listed = JSON.parse(readFileSync(join(root, 'services.json'), 'utf8'));

// As terraform/outputs.tf has them.
const outputs = (url = name => `https://${name}.dev.example.com`) => ({
	cluster_name: { value: 'shop-dev' },
	services: { value: Object.fromEntries(names.map(name => [name, {
		service_name: name, image: image(name), connector_url: `${url(name)}/mcp`,
		setup_task_definition_arn: arn(`${name}-setup`, 8), task_definition_arn: arn(name, 8), minimum: 1, maximum: 4, trial_header: null,
		subnet_ids: ['subnet-1', 'subnet-2'], security_group_ids: [`sg-${name}`],
	}])) },
	visitors: { value: { name: 'shop-dev-visitors', id: 'set-1', scope: 'REGIONAL' } },
	dashboard_url: { value: 'https://console.aws.amazon.com/cloudwatch/home#dashboards:name=shop-dev' },
	claude_desktop_config: { value: JSON.stringify({ mcpServers: { products: { command: 'npx',
		args: ['-y', 'mcp-remote', 'https://products.dev.example.com/mcp', '--transport', 'http-only', '--header', 'Authorization:${AUTH_HEADER}'],
		env: { AUTH_HEADER: 'Bearer mcp_…' } } } }) },
});

const deployment = (id, state, definition, running = 1, status = 'PRIMARY') =>
	({ id, status, rolloutState: state, taskDefinition: definition, runningCount: running, desiredCount: 1 });
const scaling = (MinCapacity, MaxCapacity) => ({ ScalableTargets: [{ MinCapacity, MaxCapacity }] });
const awake = { 'application-autoscaling describe-scalable-targets': [scaling(1, 4)] };
const note = (serves, asleep = []) => JSON.stringify({ serves, asleep });
const described = (...deployments) => ({ services: [{ serviceName: 'x', status: 'ACTIVE', desiredCount: 1,
	taskDefinition: deployments[0].taskDefinition, deployments, events: [] }] });

function at(script, values = outputs()) {
	const play = stage(script), file = join(play.folder, 'outputs.json'), note = join(play.folder, 'served.json');
	const list = join(play.folder, 'services.json');
	writeFileSync(file, JSON.stringify(values));
	writeFileSync(list, JSON.stringify(Object.fromEntries(names.map(name => [name, listed[name]]))));
	return { ...play, note, get calls() { return play.calls; }, asked: name => play.asked(name), github: join(play.folder, 'github'),
		release: (step, more = [], env = {}) => play.run('release', [step, file, ...more], { env: {
			GITHUB_OUTPUT: join(play.folder, 'github'), SERVICES_LIST: list, ...env } }) };
}

test('what serves is remembered: what came through, not what may be half way', async () => {
	const play = at({ ...awake, 'ecs describe-services': [
		described(deployment('ecs-svc/2', 'IN_PROGRESS', arn('products', 9)), deployment('ecs-svc/1', 'COMPLETED', arn('products', 7), 1, 'ACTIVE')),
		described(deployment('ecs-svc/3', 'FAILED', arn('orders', 9))),
	] });
	const { status, stdout, stderr } = await play.release('remember', [play.note]);
	assert.equal(status, 0, stderr);
	assert.deepEqual(JSON.parse(readFileSync(play.note)), { serves: { products: arn('products', 7) }, asleep: [] });
	assert.match(stdout, /orders: nothing that came through/);
});

test('what sleeps serves all the same, and what Terraform made without a task does not', async () => {
	const still = name => described({ ...deployment('ecs-svc/1', 'COMPLETED', arn(name, 7), 0), desiredCount: 0 });
	const play = at({ 'ecs describe-services': [still('products'), still('orders')],
		'application-autoscaling describe-scalable-targets': [scaling(0, 0), scaling(0, 4)] });
	assert.equal((await play.release('remember', [play.note])).status, 0);
	assert.deepEqual(JSON.parse(readFileSync(play.note)), { serves: { products: arn('products', 7) }, asleep: ['products'] });
});

test('before the first apply there is nothing to remember, and nothing to go back to', async () => {
	const play = at({}, {});
	assert.equal((await play.release('remember', [play.note])).status, 0);
	assert.deepEqual(JSON.parse(readFileSync(play.note)), { serves: {}, asleep: [] });
	const after = at({});
	writeFileSync(after.note, note({}));
	const { status, stdout } = await after.release('rollback', [after.note]);
	assert.equal(status, 0);
	assert.match(stdout, /products: there is nothing to go back to\norders: there is nothing/);
});

test('each service is set up in its own network, in order; one that fails ends it', async () => {
	const task = exitCode => ({ taskArn: 'arn:aws:ecs:us-east-1:1:task/shop-dev/1', taskDefinitionArn: 'x', lastStatus: 'STOPPED',
		containers: [{ name: 'products', exitCode }] });
	const play = at({ 'ecs run-task': [{ tasks: [task(null)] }], 'ecs describe-tasks': [{ tasks: [task(0)] }] });
	assert.equal((await play.release('setup')).status, 0);
	assert.deepEqual(play.asked('ecs run-task').map(call => [call.flags['task-definition'],
		JSON.parse(call.flags['network-configuration']).awsvpcConfiguration.securityGroups]),
	names.map(name => [arn(`${name}-setup`, 8), [`sg-${name}`]]));

	// One that has no database has nothing to set up.
	const values = outputs();
	values.services.value.products.setup_task_definition_arn = null;
	const without = at({ 'ecs run-task': [{ tasks: [task(null)] }], 'ecs describe-tasks': [{ tasks: [task(0)] }] }, values);
	const { status, stdout } = await without.release('setup');
	assert.equal(status, 0);
	assert.match(stdout, /^products has no database\n/);
	assert.deepEqual(without.asked('ecs run-task').map(call => call.flags['task-definition']), [arn('orders-setup', 8)]);

	const bad = at({ 'ecs run-task': [{ tasks: [task(null)] }], 'ecs describe-tasks': [{ tasks: [task(1)] }],
		'ecs describe-task-definition': [{ taskDefinition: { containerDefinitions: [] } }] });
	assert.equal((await bad.release('setup')).status, 1);
	assert.equal(bad.asked('ecs run-task').length, 1);
});

test('each service is deployed from what Terraform made; the next only when the one before is through', async () => {
	const script = state => ({ ...awake,
		'ecs describe-services': [described(deployment('ecs-svc/1', 'COMPLETED', arn('products', 7))),
			described(deployment('ecs-svc/2', state, arn('products', 8)))],
		'ecs update-service': [{ service: described(deployment('ecs-svc/2', 'IN_PROGRESS', arn('products', 8))).services[0] }],
		'ecs describe-task-definition': [{ taskDefinition: { containerDefinitions: names.map(name => ({ image: image(name) })) } }],
		'ecs list-tasks': [{ taskArns: [] }],
	});
	const play = at(script('COMPLETED'));
	const { status, stderr } = await play.release('deploy');
	assert.equal(status, 0, stderr);
	assert.deepEqual(play.asked('ecs update-service').map(call => [call.flags.service, call.flags['task-definition']]),
		names.map(name => [name, arn(name, 8)]));
	assert.ok(play.asked('ecs update-service').every(call => call.flags['desired-count'] === '1'));
	assert.match(readFileSync(play.github, 'utf8'), /^status=0$/m);

	const bad = at(script('FAILED'));
	assert.equal((await bad.release('deploy')).status, 1);
	assert.equal(bad.asked('ecs update-service').length, 1);
	assert.match(readFileSync(bad.github, 'utf8'), /^status=1$/m);
});

test('going back deploys what was remembered, and leaves what serves it already', async () => {
	const old = described(deployment('ecs-svc/1', 'COMPLETED', arn('orders', 7)));
	const play = at({ ...awake,
		'ecs describe-services': [
			described(deployment('ecs-svc/2', 'COMPLETED', arn('products', 8))), described(deployment('ecs-svc/2', 'COMPLETED', arn('products', 8))),
			described(deployment('ecs-svc/3', 'COMPLETED', arn('products', 7))), old],
		'ecs update-service': [{ service: described(deployment('ecs-svc/3', 'IN_PROGRESS', arn('products', 7))).services[0] }],
	});
	writeFileSync(play.note, note({ products: arn('products', 7), orders: arn('orders', 7) }));
	const { status, stdout, stderr } = await play.release('rollback', [play.note]);
	assert.equal(status, 0, stderr);
	assert.deepEqual(play.asked('ecs update-service').map(call => call.flags['task-definition']), [arn('products', 7)]);
	assert.match(stdout, /orders: .*orders:7 serves already/);
});

// As Terraform leaves a service before its first release: asked for in whole, from what a release finds to what it leaves.
test('a whole release rolls each service once, at night too, and what slept sleeps again', async () => {
	for (const asleep of [false, true]) {
		const serves = name => [described({ ...deployment('ecs-svc/1', 'COMPLETED', arn(name, 7), asleep ? 0 : 1), desiredCount: asleep ? 0 : 1 })];
		const new_ = name => described(deployment('ecs-svc/2', 'COMPLETED', arn(name, 8)));
		const play = at({
			'ecs describe-services': [...serves('products'), ...serves('orders'), ...serves('products'), new_('products'), ...serves('orders'), new_('orders'),
				...[0, 1].map(() => ({ services: [{ ...new_('products').services[0], desiredCount: 0 }] }))],
			'ecs update-service': [{ service: new_('products').services[0] }],
			'ecs describe-task-definition': [{ taskDefinition: { containerDefinitions: names.map(name => ({ image: image(name) })) } }],
			'application-autoscaling describe-scalable-targets': asleep
				? [...[0, 1, 2, 3, 4, 5].map(() => scaling(0, 0)), scaling(1, 4)] : [scaling(1, 4)],
			'application-autoscaling register-scalable-target': [{}],
		});
		for (const [step, ...more] of [['remember', play.note], ['deploy'], ['smoke', play.note]]) {
			const { status, all } = await play.release(step, more);
			assert.equal(status, 0, all);
		}
		const rolls = play.asked('ecs update-service').filter(call => call.words.includes('--force-new-deployment') || call.flags['task-definition']);
		assert.deepEqual(rolls.map(call => [call.flags.service, call.flags['task-definition']]), names.map(name => [name, arn(name, 8)]));
		const ends = play.asked('ecs update-service').filter(call => call.flags['desired-count'] === '0').map(call => call.flags.service);
		assert.deepEqual(ends, asleep ? names : []);
		const bounds = play.asked('application-autoscaling register-scalable-target').map(call =>
			[call.flags['resource-id'], call.flags['min-capacity'], call.flags['max-capacity']].join(' '));
		assert.deepEqual(bounds.slice(-2), asleep ? names.map(name => `service/shop-dev/${name} 0 0`) : []);
	}
});

// In front of a server: what ends TLS and hands on bytes.
async function secure(server, certificate) {
	const front = tls.createServer({ cert: certificate.cert, key: certificate.key }, socket => {
		const onward = connect(server.port, '127.0.0.1');
		socket.pipe(onward).pipe(socket);
		socket.on('error', () => onward.destroy());
		onward.on('error', () => socket.destroy());
	}).listen(0, '127.0.0.1');
	await once(front, 'listening');
	return front;
}

test('the smoke test calls the real servers from inside the firewall, and one that sleeps is left out', async () => {
	const server = await start('products', { API_KEYS: keyLines, PUBLIC_HOSTS: 'localhost' });
	const paper = certificate(temporary()), front = await secure(server, paper);
	const script = {
		'ecs describe-services': [described(deployment('ecs-svc/1', 'COMPLETED', 'x')),
			{ services: [{ ...described(deployment('ecs-svc/1', 'COMPLETED', 'x')).services[0], desiredCount: 0 }] }],
		'wafv2 get-ip-set': [{ IPSet: { Addresses: [] }, LockToken: 'a' }, { IPSet: { Addresses: ['198.51.100.7/32'] }, LockToken: 'b' }],
		'wafv2 update-ip-set': [{}],
	};
	const env = { NODE_EXTRA_CA_CERTS: paper.file, GITHUB_ACTIONS: 'true',
		SMOKE_KEYS: JSON.stringify({ products: keys.reader, orders: keys.reader }),
		VISIT_SETTLE_SECONDS: '0', VISIT_ADDRESS: '198.51.100.7' };
	const values = outputs(() => `https://localhost:${front.address().port}`);
	const play = at(script, values);
	const good = await play.release('smoke', [], env);
	const bad = await at(script, values).release('smoke', [], { ...env, VERSION: '9.9.9', SMOKE_SECONDS: '1' });
	front.close();
	await server.stop();
	assert.equal(good.status, 0, good.all);
	assert.equal(good.stdout.match(/^ok /gm).length, 4);
	assert.match(good.stdout, /orders sleeps/);
	// Only as the command that hides it.
	assert.equal(good.stdout.replaceAll(`::add-mask::${keys.reader}`, '').includes(keys.reader), false);
	assert.equal(play.asked('wafv2 update-ip-set').length, 2);
	assert.equal(bad.status, 1);
	assert.match(bad.stdout, /must be 9\.9\.9/);
});

test('green is tried by the header that leads to it', async () => {
	const server = await start('products', { API_KEYS: keyLines, PUBLIC_HOSTS: 'localhost' });
	const paper = certificate(temporary()), front = await secure(server, paper);
	let asked = '';
	front.on('secureConnection', socket => socket.on('data', bytes => { asked += bytes; }));
	const values = outputs(() => `https://localhost:${front.address().port}`);
	values.services.value.products.trial_header = { name: 'X-Deployment', value: 'green' };
	const play = at({ 'wafv2 get-ip-set': [{ IPSet: { Addresses: [] }, LockToken: 'a' }, { IPSet: { Addresses: ['198.51.100.7/32'] }, LockToken: 'b' }],
		'wafv2 update-ip-set': [{}] }, values);
	const { status, all } = await play.release('trial', ['products'], { NODE_EXTRA_CA_CERTS: paper.file,
		SMOKE_KEYS: JSON.stringify({ products: keys.reader }), VISIT_SETTLE_SECONDS: '0', VISIT_ADDRESS: '198.51.100.7' });
	front.close();
	await server.stop();
	assert.equal(status, 0, all);
	const requests = asked.match(/(GET|POST|DELETE) \/mcp HTTP/g).length;
	assert.ok(requests >= 6, `${requests} requests`);
	assert.equal(asked.match(/^x-deployment: green\r$/gim).length, requests);
});

test('the summary has the block for Claude Desktop, and no key', async () => {
	const { status, stdout } = await at({}).release('summary');
	assert.equal(status, 0);
	const block = JSON.parse(/```json\n([\s\S]*?)```/.exec(stdout)[1]);
	assert.equal(block.mcpServers.products.args[6], 'Authorization:${AUTH_HEADER}');
	for (const name of names)
		assert.ok(stdout.includes(`| ${name} | https://${name}.dev.example.com/mcp | \`${image(name)}\` |`), stdout);
	assert.match(stdout, /name=shop-dev/);
	assert.match(stdout, /A connector .* wants a sign-in, which there is not here/);
});

test('where people sign in it has what they type', async () => {
	const connect = (name, more) => ({ url: `https://${name}.dev.example.com/mcp`, client_id: 'abc', claude_code: `claude mcp add ${name}`, mcp_remote: `npx ${name}`, ...more });
	const sign_in = { value: { issuer: 'https://login.example.com', client_id: 'abc', pages: null, user_pool_id: null, groups: [],
		services: { products: connect('products'), orders: connect('orders') } } };
	const { status, stdout } = await at({}, { ...outputs(), sign_in }).release('summary');
	assert.equal(status, 0);
	assert.match(stdout, /Advanced settings the OAuth Client ID `abc`, without a secret/);
	assert.ok(stdout.includes('| orders | `claude mcp add orders` | `npx orders` |'), stdout);
	assert.doesNotMatch(stdout, /which there is not here/);
	const registered = { value: { ...sign_in.value, client_id: null } };
	assert.doesNotMatch((await at({}, { ...outputs(), sign_in: registered }).release('summary')).stdout, /OAuth Client ID/);
});

const made = new URL('../../terraform/outputs.tf', import.meta.url);
test('the outputs are those that Terraform has', { skip: !existsSync(made) && 'terraform/ is not here: left out' }, () => {
	const text = readFileSync(made, 'utf8');
	const services = /output "services"[\s\S]*?\n}\n/.exec(text)[0];
	for (const name of Object.keys(outputs()))
		assert.match(text, new RegExp(`^output "${name}"`, 'm'));
	for (const name of ['issuer', 'client_id', 'pages', 'user_pool_id', 'groups', 'url', 'claude_code', 'mcp_remote'])
		assert.match(/output "sign_in"[\s\S]*?\n}\n/.exec(text)[0], new RegExp(`^ +${name} += `, 'm'), name);
	for (const name of Object.keys(outputs().services.value.products))
		assert.match(services, new RegExp(`^ +${name} += `, 'm'), name);
});

test('wrong usage', async () => {
	const play = at({});
	assert.equal((await play.release('what')).status, 2);
	assert.equal((await play.release('remember')).status, 2);
	assert.equal((await play.release('smoke', [], { SMOKE_KEYS: 'mcp_a mcp_b' })).status, 2);
	assert.equal((await stage().run('release', [])).status, 2);
	const { status, stderr } = await play.release('deploy', [], { SERVICES: 'refunds' });
	assert.equal(status, 1);
	assert.match(stderr, /has no service refunds/);
});
