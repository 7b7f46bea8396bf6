// deploy_service.test.mjs - a deployment is done when that very one is, and every other end is told apart.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stage } from './stage.mjs';

const OLD = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop-dev-products:7';
const NEW = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop-dev-products:8';
const OURS = 'ecs-svc/8000000000000000008', THEIRS = 'ecs-svc/7000000000000000007', NEXT = 'ecs-svc/9000000000000000009';
const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/products@sha256:${'ab'.repeat(32)}`;

const deployment = (id, status, rolloutState, { running = 0, desired = 2, failed = 0, definition = NEW, reason } = {}) => ({
	id, status, rolloutState, runningCount: running, desiredCount: desired, failedTasks: failed, taskDefinition: definition,
	...(reason && { rolloutStateReason: reason }),
});
const service = (deployments, events = []) => ({
	serviceName: 'products', status: 'ACTIVE', taskDefinition: deployments[0]?.taskDefinition ?? OLD, deployments,
	events: events.map((message, i) => ({ id: String(i), createdAt: '$NOW', message })),
});
const described = (...args) => ({ services: [service(...args)], failures: [] });
const served = deployment(THEIRS, 'PRIMARY', 'COMPLETED', { running: 2, definition: OLD });
const draining = running => deployment(THEIRS, 'ACTIVE', 'COMPLETED', { running, definition: OLD });
const began = deployment(OURS, 'PRIMARY', 'IN_PROGRESS');
const updated = { service: service([began, draining(2)]) };
const definitionAnswer = { taskDefinition: { containerDefinitions: [{
	name: 'products', image: IMAGE, logConfiguration: { logDriver: 'awslogs', options: {
		'awslogs-group': '/shop-dev/services/products', 'awslogs-stream-prefix': 'service' } },
}] } };

const scaling = (MinCapacity, MaxCapacity) => ({ ScalableTargets: [{ MinCapacity, MaxCapacity }] });
const calls = {
	'ecs update-service': [updated],
	'ecs list-tasks': [{ taskArns: [] }],
	'ecs describe-task-definition': [definitionAnswer],
	'application-autoscaling describe-scalable-targets': [scaling(1, 4)],
};
const deploy = (play, more = [], options) => play.run('deploy-service',
	['--cluster', 'shop-dev', '--service', 'products', ...more], options);

test('it is done when that deployment is PRIMARY and COMPLETED', async () => {
	const play = stage({ ...calls, 'ecs describe-services': [
		described([served]),
		described([began, draining(2)]),
		described([deployment(OURS, 'PRIMARY', 'IN_PROGRESS', { running: 1 }), draining(2)]),
		described([deployment(OURS, 'PRIMARY', 'IN_PROGRESS', { running: 2 }), draining(1)]),
		described([deployment(OURS, 'PRIMARY', 'COMPLETED', { running: 2 })]),
	] });
	const { status, stdout, stderr } = await deploy(play, ['--task-definition', NEW, '--image', IMAGE]);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /products: deployment ecs-svc\/8000000000000000008 of shop-dev-products:8/);
	assert.match(stdout, /1 of 2 tasks run/);
	assert.match(stdout, /is through after/);
	assert.equal(stderr, '');
	const [update] = play.asked('ecs update-service');
	assert.ok(update.words.includes('--force-new-deployment'));
	assert.equal(update.flags['task-definition'], NEW);
	assert.equal(play.asked('ecs update-service').length, 1);
	assert.equal(play.asked('ecs describe-services').length, 5);
});

test('a service that is steady because it went back is no success', async () => {
	const stopped = { taskArns: ['arn:aws:ecs:us-east-1:123456789012:task/shop-dev/0123456789abcdef'] };
	const play = stage({ ...calls,
		'ecs describe-services': [
			described([served]), described([began, draining(2)]),
			described([deployment(OURS, 'PRIMARY', 'IN_PROGRESS', { failed: 3 }), draining(2)]),
			described([deployment(NEXT, 'PRIMARY', 'COMPLETED', { running: 2, definition: OLD }),
				deployment(OURS, 'ACTIVE', 'FAILED', { failed: 4, reason: 'ECS deployment circuit breaker: tasks failed to start.' })],
			[`(service products) rolling back to deployment ${NEXT}.`,
				`(service products) (deployment ${OURS}) deployment failed: tasks failed to start.`]),
		],
		'ecs list-tasks': [stopped],
		'ecs describe-tasks': [{ tasks: [{
			taskArn: stopped.taskArns[0], taskDefinitionArn: NEW, stopCode: 'EssentialContainerExited',
			stoppedReason: 'Essential container in task exited', containers: [{ name: 'products', exitCode: 2 }],
		}] }],
		'logs get-log-events': [{ events: [{ message: 'mcp-products: DATABASE_URL is "postgresq://x"' },
			{ message: '::error::not a command' }] }],
	});
	const { status, stdout, stderr } = await deploy(play, [], { env: { GITHUB_ACTIONS: 'true' } });
	assert.equal(status, 1);
	assert.match(stderr, /deployment ecs-svc\/8\d+ failed; what served before goes on serving: ECS deployment circuit breaker/);
	assert.match(stderr, /rolling back to deployment/);
	assert.match(stderr, /task 0123456789abcdef: EssentialContainerExited: Essential container in task exited/);
	assert.match(stderr, /products: exit status 2/);
	assert.match(stderr, /DATABASE_URL is "postgresq/);
	assert.equal(play.asked('ecs list-tasks')[0].flags['started-by'], OURS);
	assert.equal(play.asked('logs get-log-events')[0].flags['log-stream-name'], 'service/products/0123456789abcdef');
	// GitHub is told once, and nothing that others wrote begins a line as a command.
	assert.match(stderr, /^::error title=deploy-service::/m);
	assert.equal((stdout + stderr).match(/^::/gm).length, 1);
});

test('a rollback that has already dropped the deployment is seen in the events', async () => {
	const play = stage({ ...calls, 'ecs describe-services': [
		described([served]), described([began, draining(2)]),
		described([deployment(NEXT, 'PRIMARY', 'COMPLETED', { running: 2, definition: OLD })],
			[`(service products) (deployment ${OURS}) deployment failed: alarm detected.`]),
	] });
	const { status, stderr } = await deploy(play);
	assert.equal(status, 1);
	assert.match(stderr, /goes on serving: .*alarm detected/);
});

test('the first deployment has nothing to go back to', async () => {
	const first = { running: 0, reason: 'ECS deployment circuit breaker: tasks failed to start.' };
	const play = stage({ ...calls, 'ecs describe-services': [
		described([deployment(THEIRS, 'PRIMARY', 'FAILED', { definition: OLD })]), described([began]),
		described([deployment(OURS, 'PRIMARY', 'FAILED', first)],
			['(service products) was unable to place a task. Reason: CannotPullContainerError: not found']),
	] });
	const { status, stderr } = await deploy(play);
	assert.equal(status, 5);
	assert.match(stderr, /no earlier one to go back to/);
	assert.match(stderr, /CannotPullContainerError/);
});

test('a task that can\'t start says why', async () => {
	const task = 'arn:aws:ecs:us-east-1:123456789012:task/shop-dev/fedcba9876543210';
	const play = stage({ ...calls,
		'ecs describe-services': [described([served]), described([
			deployment(OURS, 'PRIMARY', 'FAILED', { failed: 3, reason: 'ECS deployment circuit breaker: tasks failed to start.' }), draining(2)])],
		'ecs list-tasks': [{ taskArns: [task] }],
		'ecs describe-tasks': [{ tasks: [{
			taskArn: task, taskDefinitionArn: NEW, stopCode: 'TaskFailedToStart',
			stoppedReason: 'ResourceInitializationError: unable to pull secrets or registry auth',
			containers: [{ name: 'products', reason: 'never started' }],
		}] }],
		'logs get-log-events': [{ error: 'ResourceNotFoundException', words: 'The specified log stream does not exist.' }],
	});
	const { status, stderr } = await deploy(play);
	assert.equal(status, 1);
	assert.match(stderr, /TaskFailedToStart: ResourceInitializationError: unable to pull secrets/);
	assert.match(stderr, /products: never ran, never started/);
});

test('a newer deployment that takes over is told apart from a failure', async () => {
	for (const then of [
		[deployment(NEXT, 'PRIMARY', 'IN_PROGRESS'), deployment(OURS, 'ACTIVE', 'IN_PROGRESS', { running: 1 })],
		[deployment(NEXT, 'PRIMARY', 'COMPLETED', { running: 2 })],
	]) {
		const play = stage({ ...calls, 'ecs describe-services': [
			described([served]), described([began, draining(2)]), described(then)] });
		const { status, stderr } = await deploy(play);
		assert.equal(status, 4);
		assert.match(stderr, /another deployment took over from ecs-svc\/8/);
		assert.match(stderr, new RegExp(NEXT));
	}
});

test('COMPLETED with a task missing is not done yet', async () => {
	const play = stage({ ...calls, 'ecs describe-services': [
		described([served]), described([deployment(OURS, 'PRIMARY', 'COMPLETED', { running: 1 })]),
		described([deployment(OURS, 'PRIMARY', 'COMPLETED', { running: 2 })]),
	] });
	assert.equal((await deploy(play)).status, 0);
	assert.equal(play.asked('ecs describe-services').length, 3);
});

test('throttling and broken connections are tried again', async () => {
	const throttled = { error: 'ThrottlingException', words: 'Rate exceeded' };
	const play = stage({
		'application-autoscaling describe-scalable-targets': [throttled, scaling(1, 4)],
		'ecs describe-services': [throttled, described([served]), throttled,
			{ error: 'ServerException', words: 'Service Unavailable.' }, throttled, throttled,
			described([deployment(OURS, 'PRIMARY', 'COMPLETED', { running: 2 })])],
		'ecs update-service': [throttled, throttled, updated],
	});
	const { status, stderr } = await deploy(play);
	assert.equal(status, 0, stderr);
	assert.equal(play.asked('ecs update-service').length, 3);
});

test('throttling without an end is an end', async () => {
	const play = stage({ 'ecs describe-services': [{ error: 'ThrottlingException', words: 'Rate exceeded' }] });
	const { status, stderr } = await deploy(play, [], { env: { AWS_TRIES: '4' } });
	assert.equal(status, 6);
	assert.match(stderr, /Rate exceeded/);
	assert.equal(play.asked('ecs describe-services').length, 4);
});

test('what AWS refuses is not asked twice', async () => {
	const play = stage({ ...calls, 'ecs describe-services': [described([served])],
		'ecs update-service': [{ error: 'AccessDeniedException', words: 'not authorized to perform: ecs:UpdateService' }] });
	const { status, stderr } = await deploy(play);
	assert.equal(status, 6);
	assert.match(stderr, /not authorized/);
	assert.equal(play.asked('ecs update-service').length, 1);
});

test('a deployment that goes on for ever is left, with what ECS says', async () => {
	const play = stage({ ...calls, 'ecs describe-services': [described([served]), described([began, draining(2)],
		['(service products) (task 01) failed container health checks.'])] });
	const { status, stderr } = await deploy(play, ['--timeout', '1']);
	assert.equal(status, 3);
	assert.match(stderr, /not through after 1 s/);
	assert.match(stderr, /failed container health checks/);
	assert.match(stderr, /ecs-svc\/7\d+ {2}ACTIVE {2}COMPLETED {2}2\/2 tasks/);
});

test('what would run something else is not deployed', async () => {
	const play = stage({ ...calls, 'ecs describe-services': [described([served])] });
	const { status, stderr } = await deploy(play, ['--task-definition', NEW, '--image', IMAGE.replace('ab', 'cd')]);
	assert.equal(status, 6);
	assert.match(stderr, /shop-dev-products:8 runs .*sha256:abab.*, and not .*sha256:cdab.*: nothing was deployed/);
	assert.equal(play.asked('ecs update-service').length, 0);
});

// ---- How many tasks ----

const bounds = call => [call.flags['resource-id'], call.flags['min-capacity'], call.flags['max-capacity']];
const none = { ...served, runningCount: 0, desiredCount: 0 };
const through = described([deployment(OURS, 'PRIMARY', 'COMPLETED', { running: 2 })]);
const of = (desiredCount, ...args) => ({ ...described(...args), services: [{ ...service(...args), desiredCount }] });
const register = { 'application-autoscaling register-scalable-target': [{}] };

test('the first release starts a service that Terraform made without tasks: one deployment, and the scaling only then', async () => {
	const play = stage({ ...calls, ...register, 'application-autoscaling describe-scalable-targets': [scaling(0, 4)],
		'ecs describe-services': [of(0, [none]), through] });
	const { status, stderr } = await deploy(play, ['--minimum', '2', '--maximum', '4']);
	assert.equal(status, 0, stderr);
	const [update, ...more] = play.asked('ecs update-service');
	assert.equal(update.flags['desired-count'], '2');
	assert.deepEqual(more, []);
	assert.deepEqual(play.asked('application-autoscaling register-scalable-target').map(bounds), [['service/shop-dev/products', '2', '4']]);
	// Before the deployment it would start tasks of what was there until now.
	const order = play.calls.map(call => call.operation);
	assert.ok(order.indexOf('ecs update-service') < order.indexOf('application-autoscaling register-scalable-target'));
});

test('a first release that fails leaves nothing that goes on trying', async () => {
	const play = stage({ ...calls, ...register, 'application-autoscaling describe-scalable-targets': [scaling(0, 4), scaling(0, 4), scaling(2, 4)],
		'ecs describe-services': [of(0, [none]), described([deployment(OURS, 'PRIMARY', 'FAILED', { failed: 3, reason: 'tasks failed to start' })])] });
	const { status, stderr } = await deploy(play, ['--minimum', '2', '--maximum', '4']);
	assert.equal(status, 5, stderr);
	assert.equal(play.asked('ecs update-service').at(-1).flags['desired-count'], '0');
	assert.deepEqual(bounds(play.asked('application-autoscaling register-scalable-target').at(-1)), ['service/shop-dev/products', '0', '4']);
});

test('what sleeps is woken with the deployment, and has something to go back to', async () => {
	const play = stage({ ...calls, ...register, 'application-autoscaling describe-scalable-targets': [scaling(0, 0)],
		'ecs describe-services': [of(0, [none]), described([deployment(OURS, 'PRIMARY', 'FAILED', { reason: 'tasks failed to start' })])] });
	const { status, stderr } = await deploy(play, ['--minimum', '1', '--maximum', '4']);
	assert.equal(status, 1, stderr);
	assert.equal(play.asked('ecs update-service')[0].flags['desired-count'], '1');
});

test('what runs keeps its tasks, within new bounds; where they are what they were, nothing is set', async () => {
	for (const [runs, minimum, maximum, starts, sets] of [[3, 1, 4, '3', 0], [3, 4, 8, '4', 1], [3, 1, 2, '2', 1]]) {
		const play = stage({ ...calls, ...register, 'ecs describe-services': [of(runs, [{ ...served, runningCount: runs }]), through] });
		assert.equal((await deploy(play, ['--minimum', `${minimum}`, '--maximum', `${maximum}`])).status, 0);
		assert.equal(play.asked('ecs update-service')[0].flags['desired-count'], starts);
		assert.equal(play.asked('application-autoscaling register-scalable-target').length, sets);
	}
});

test('forced by hand it stays as many', async () => {
	const play = stage({ ...calls, 'ecs describe-services': [of(2, [served]), through] });
	assert.equal((await deploy(play)).status, 0);
	const [update] = play.asked('ecs update-service');
	assert.ok(update.words.includes('--force-new-deployment') && !('desired-count' in update.flags) && !('task-definition' in update.flags));
});

// ---- Blue/green ----

const book = id => `arn:aws:ecs:us-east-1:123456789012:service-deployment/shop-prod/products/${id}`;
const configured = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10, maximumPercent: 200, minimumHealthyPercent: 100,
	deploymentCircuitBreaker: { enable: true, rollback: true }, alarms: { alarmNames: ['shop-prod-products-errors'], enable: true, rollback: true } };
const listed = (...ids) => ({ serviceDeployments: ids.map((id, i) => ({ serviceDeploymentArn: book(id), createdAt: `2026-11-27T0${i}:00:00+00:00` })) });
const at = (status, lifecycleStage, more = {}) => ({ serviceDeployments: [{ serviceDeploymentArn: book('ours'), status, lifecycleStage, ...more }] });
const waits = { lifecycleHookDetails: [{ hookId: 'hook-1', targetType: 'PAUSE', status: 'AWAITING_ACTION', timeoutAction: 'ROLLBACK' }] };

// ECS, from the call that deploys on: what it says of its stages, of which it goes on from the pause only when it is told.
const stages = (...rest) => {
	const now = described([served]);
	now.services[0].deploymentConfiguration = configured;
	return { ...calls, 'ecs describe-services': [now], 'ecs continue-service-deployment': [{}],
		'ecs list-service-deployments': [listed('before'), listed('before'), listed('before', 'ours')],
		'ecs describe-service-deployments': [at('PENDING'), at('IN_PROGRESS', 'SCALE_UP'), at('IN_PROGRESS', 'TEST_TRAFFIC_SHIFT'), ...rest] };
};
const paused = { ...at('IN_PROGRESS', 'POST_TEST_TRAFFIC_SHIFT', waits), until: 'ecs continue-service-deployment' };
const bakes = [at('IN_PROGRESS', 'PRODUCTION_TRAFFIC_SHIFT'), at('IN_PROGRESS', 'BAKE_TIME'), at('IN_PROGRESS', 'CLEAN_UP'), at('SUCCESSFUL', 'CLEAN_UP')];
const hooks = call => JSON.parse(call.flags['deployment-configuration']).lifecycleHooks;

test('green is tried while it waits, gets the traffic, and the deployment is through after its bake time', async () => {
	const play = stage(stages(paused, ...bakes));
	const { status, stdout, stderr } = await deploy(play, ['--task-definition', NEW, '--', 'sh', '-c', 'echo tried >>$PLAY/tried']);
	assert.equal(status, 0, stderr);
	assert.equal(readFileSync(join(play.folder, 'tried'), 'utf8'), 'tried\n');
	const [begin, end, ...more] = play.asked('ecs update-service');
	assert.deepEqual(more, []);
	assert.ok(begin.words.includes('--force-new-deployment'));
	assert.deepEqual(hooks(begin), [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
		timeoutConfiguration: { timeoutInMinutes: 15, action: 'ROLLBACK' } }]);
	const { lifecycleHooks, ...rest } = JSON.parse(begin.flags['deployment-configuration']);
	assert.deepEqual(rest, configured, 'the rest of the configuration is as it was');
	// The pause was for this deployment: no plan of Terraform finds it, and nobody else's waits for somebody who is not there.
	assert.deepEqual(hooks(end), []);
	assert.ok(!end.words.includes('--force-new-deployment') && !('task-definition' in end.flags));
	const [told, ...again] = play.asked('ecs continue-service-deployment');
	assert.deepEqual([told.flags['service-deployment-arn'], told.flags['hook-id'], told.flags.action, again], [book('ours'), 'hook-1', 'CONTINUE', []]);
	assert.match(stdout, /in_progress, BAKE_TIME/);
	assert.match(stdout, /is through after/);
});

test('green that does not answer as it should never gets the traffic', async () => {
	const play = stage(stages(paused, at('ROLLBACK_IN_PROGRESS', 'CLEAN_UP'), at('ROLLBACK_SUCCESSFUL', 'CLEAN_UP', { rollback: { reason: 'requested' } })));
	const { status, stderr } = await deploy(play, ['--', 'false']);
	assert.equal(status, 1);
	assert.match(stderr, /what served before goes on serving: the new tasks did not answer as they should/);
	assert.equal(play.asked('ecs continue-service-deployment')[0].flags.action, 'ROLLBACK');
	assert.deepEqual(hooks(play.asked('ecs update-service').at(-1)), []);
});

test('one that ended while its tasks were tried says how, and not that AWS refused the word to go on', async () => {
	const ended = at('ROLLBACK_SUCCESSFUL', 'CLEAN_UP', { rollback: { reason: 'Service deployment rolled back because alarm shop-prod-products-errors was detected.' } });
	const play = stage({ ...stages(paused, ended), 'ecs continue-service-deployment': [{ error: 'InvalidParameterException', words: 'waits for nothing' }] });
	const { status, stderr } = await deploy(play, ['--', 'true']);
	assert.equal(status, 1, stderr);
	assert.match(stderr, /goes on serving: .*alarm shop-prod-products-errors/);
});

test('an alarm within the bake time turns it back', async () => {
	const play = stage(stages(paused, at('IN_PROGRESS', 'BAKE_TIME'),
		at('ROLLBACK_SUCCESSFUL', 'CLEAN_UP', { rollback: { reason: 'Service deployment rolled back because alarm shop-prod-products-errors was detected.' } })));
	const { status, stderr } = await deploy(play, ['--', 'true']);
	assert.equal(status, 1);
	assert.match(stderr, /goes on serving: .*alarm shop-prod-products-errors/);
});

test('without a trial it goes through without a pause', async () => {
	const play = stage(stages(...bakes));
	assert.equal((await deploy(play)).status, 0);
	const [update, ...more] = play.asked('ecs update-service');
	assert.ok(!('deployment-configuration' in update.flags));
	assert.deepEqual(more, []);
});

test('another deployment that stops it is told apart', async () => {
	const play = stage({ ...stages(at('STOPPED', 'SCALE_UP')),
		'ecs list-service-deployments': [listed('before'), listed('before', 'ours'), listed('before', 'ours', 'theirs')] });
	const { status, stderr } = await deploy(play, ['--', 'true']);
	assert.equal(status, 4, stderr);
});

test('one that is not through in time takes its pause away too', async () => {
	const script = { ...stages(), 'ecs describe-service-deployments': [at('IN_PROGRESS', 'SCALE_UP')] };
	script['ecs describe-services'][0].services[0].deploymentConfiguration = { ...configured, bakeTimeInMinutes: 0 };
	const play = stage(script);
	const { status } = await deploy(play, ['--timeout', '1', '--', 'true']);
	assert.equal(status, 3);
	assert.deepEqual(hooks(play.asked('ecs update-service').at(-1)), []);
});

test('a service that is not there', async () => {
	const play = stage({ 'ecs describe-services': [{ services: [], failures: [{ reason: 'MISSING' }] }] });
	const { status, stderr } = await deploy(play);
	assert.equal(status, 6);
	assert.match(stderr, /there is no service products in the cluster shop-dev/);
});

test('wrong usage', async () => {
	for (const args of [[], ['--cluster', 'a'], ['--cluster'], ['--what'], ['--cluster', 'a', '--service', 'b', '--timeout', 'long'],
		['--cluster', 'a', '--service', 'b', '--minimum', '2'], ['--cluster', 'a', '--service', 'b', '--minimum', '3', '--maximum', '2']]) {
		const { status, stderr } = await stage().run('deploy-service', args);
		assert.equal(status, 2, args.join(' '));
		assert.match(stderr, /--help/);
	}
});
