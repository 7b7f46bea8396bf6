// run_task.test.mjs - the one-off task runs to its end, once, and its end counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './stage.mjs';

const DEFINITION = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop-dev-products-setup:3';
const TASK = 'arn:aws:ecs:us-east-1:123456789012:task/shop-dev/0123456789abcdef';
const task = (lastStatus, exitCode, more = {}) => ({
	taskArn: TASK, taskDefinitionArn: DEFINITION, lastStatus, containers: [{ name: 'products', exitCode }], ...more,
});
const started = { tasks: [task('PROVISIONING')], failures: [] };
const args = ['--cluster', 'shop-dev', '--task-definition', DEFINITION, '--subnets', 'subnet-1,subnet-2',
	'--security-groups', 'sg-1'];
const logs = {
	'ecs describe-task-definition': [{ taskDefinition: { containerDefinitions: [{ name: 'products', logConfiguration: {
		options: { 'awslogs-group': '/shop-dev/services/products', 'awslogs-stream-prefix': 'setup' } } }] } }],
	'logs get-log-events': [{ events: [{ message: 'the database can\'t be reached' }] }],
};
const throttled = { error: 'ThrottlingException', words: 'Rate exceeded' };

test('it runs in the private network and ends with 0', async () => {
	const play = stage({
		'ecs run-task': [throttled, throttled, started],
		'ecs describe-tasks': [{ tasks: [] }, throttled, { tasks: [task('RUNNING')] }, { tasks: [task('STOPPED', 0)] }],
	});
	const { status, stdout, stderr } = await play.run('run-task', args);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /shop-dev-products-setup:3: done/);
	const asked = play.asked('ecs run-task');
	assert.deepEqual(JSON.parse(asked[2].flags['network-configuration']), { awsvpcConfiguration: {
		subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' } });
	// However often it is asked for, it is one task.
	assert.equal(new Set(asked.map(each => each.flags['client-token'])).size, 1);
	assert.match(asked[0].flags['client-token'], /^[0-9a-f]{32}$/);
});

test('a command takes the place of the definition\'s', async () => {
	const play = stage({ ...logs, 'ecs run-task': [started], 'ecs describe-tasks': [{ tasks: [task('STOPPED', 0)] }] });
	const url = 'https://files.example.com/a.csv?X-Signature=a=b&c';
	assert.equal((await play.run('run-task', [...args, '--', 'import', url, '--dry-run'])).status, 0);
	assert.deepEqual(JSON.parse(play.asked('ecs run-task')[0].flags.overrides),
		{ containerOverrides: [{ name: 'products', command: ['import', url, '--dry-run'] }] });
});

test('a task that ends badly shows what it said', async () => {
	const play = stage({ ...logs, 'ecs run-task': [started],
		'ecs describe-tasks': [{ tasks: [task('STOPPED', 1, { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' })] }] });
	const { status, stderr } = await play.run('run-task', args);
	assert.equal(status, 1);
	assert.match(stderr, /exit status 1/);
	assert.match(stderr, /the database can't be reached/);
});

test('a task that never ran, and one that is never started', async () => {
	const never = stage({ ...logs, 'ecs run-task': [started], 'ecs describe-tasks': [{ tasks: [
		task('STOPPED', undefined, { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: pull image manifest' })] }] });
	const first = await never.run('run-task', args);
	assert.equal(first.status, 1);
	assert.match(first.stderr, /TaskFailedToStart: CannotPullContainerError/);
	assert.match(first.stderr, /products: never ran/);

	const none = stage({ 'ecs run-task': [{ tasks: [], failures: [{ arn: 'arn:aws:ecs:…', reason: 'Capacity is unavailable at this time' }] }] });
	const second = await none.run('run-task', args);
	assert.equal(second.status, 1);
	assert.match(second.stderr, /Capacity is unavailable/);
	assert.match(second.stderr, /was not started/);
});

test('a task that does not end is stopped', async () => {
	const play = stage({ ...logs, 'ecs run-task': [started], 'ecs describe-tasks': [{ tasks: [task('RUNNING')] }],
		'ecs stop-task': [{}] });
	const { status, stderr } = await play.run('run-task', [...args, '--timeout', '1']);
	assert.equal(status, 3);
	assert.match(stderr, /more than 1 s/);
	assert.equal(play.asked('ecs stop-task')[0].flags.task, TASK);
});

test('AWS refuses, wrong usage', async () => {
	const refused = stage({ 'ecs run-task': [{ error: 'ClusterNotFoundException', words: 'Cluster not found.' }] });
	const { status, stderr } = await refused.run('run-task', args);
	assert.equal(status, 6);
	assert.match(stderr, /Cluster not found/);
	assert.equal(refused.asked('ecs run-task').length, 1);
	assert.equal((await stage().run('run-task', args.slice(2))).status, 2);
	assert.equal((await stage().run('run-task', [...args, '--timeout', '5m'])).status, 2);
});
