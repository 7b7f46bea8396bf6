// restore_drill.test.mjs - the newest backup comes back, every service looks at it, and it is always deleted again.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stage } from './stage.mjs';

const hours = n => new Date(Date.now() - n * 3600000).toISOString().replace('Z', '000+00:00');
const backup = (name, age, Status = 'available') => ({ DBSnapshotIdentifier: `rds:shop-prod-${name}`, SnapshotCreateTime: hours(age), Status, AllocatedStorage: 50 });
const beside = { DBInstances: [{ DBInstanceIdentifier: 'shop-prod', DBInstanceStatus: 'available', DBInstanceClass: 'db.t4g.medium',
	DBSubnetGroup: { DBSubnetGroupName: 'shop-prod' }, VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-database' }],
	DBParameterGroups: [{ DBParameterGroupName: 'shop-prod-1' }] }] };
const is = DBInstanceStatus => ({ DBInstances: [{ DBInstanceStatus, Endpoint: { Address: 'shop-prod-drill.x.rds.amazonaws.com' } }] });
const gone = { error: 'DBInstanceNotFound', words: 'DBInstance shop-prod-drill not found.' };
const names = ['products', 'orders'];
const arn = name => `arn:aws:ecs:us-east-1:123456789012:task-definition/shop-prod-${name}:4`;
const outputs = { cluster_name: { value: 'shop-prod' }, services: { value: Object.fromEntries(names.map(name => [name,
	{ task_definition_arn: arn(name), setup_task_definition_arn: arn(`${name}-setup`), subnet_ids: ['subnet-1', 'subnet-2'],
		security_group_ids: [`sg-${name}`] }])) } };
outputs.services.value.lookout = { ...outputs.services.value.products, task_definition_arn: arn('lookout'), setup_task_definition_arn: null };
const task = exitCode => ({ tasks: [{ taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/shop-prod/1', lastStatus: 'STOPPED',
	taskDefinitionArn: arn('products'), containers: [{ name: 'products', exitCode }] }] });
const definition = { taskDefinition: { containerDefinitions: [{ name: 'products', environment: [
	{ name: 'DATABASE_URL', value: 'postgresql://shop-prod.x.rds.amazonaws.com:5432/products?sslmode=require' }] }] } };

// Asked for the drill's state: before, while it is restored, its address, while it is deleted.
const script = (more = {}) => ({
	'rds describe-db-snapshots': [{ DBSnapshots: [backup('old', 30), backup('newest', 6), backup('half', 1, 'creating')] }],
	'rds describe-db-instances': [gone, beside, is('creating'), is('available'), is('available'), is('available'), is('deleting'), gone],
	'rds restore-db-instance-from-db-snapshot': [{}], 'rds delete-db-instance': [{}],
	'ecs describe-task-definition': [definition], 'ecs run-task': [task()], 'ecs describe-tasks': [task(0)], ...more });
async function drill(more, env = {}) {
	const play = stage(script(more)), file = join(play.folder, 'outputs.json');
	writeFileSync(file, JSON.stringify(outputs));
	const done = await play.run('restore-drill', [file], { env });
	return { ...done, asked: name => play.asked(name), flags: name => play.asked(name).map(each => each.flags),
		deleted: play.asked('rds delete-db-instance').map(each => each.flags['db-instance-identifier']) };
}

test('the newest whole backup is restored, looked at by each service that has a database, and deleted', async () => {
	const { status, all, flags, asked, deleted } = await drill();
	assert.equal(status, 0, all);
	const [restore] = flags('rds restore-db-instance-from-db-snapshot');
	assert.equal(restore['db-snapshot-identifier'], 'rds:shop-prod-newest');
	assert.deepEqual(['db-instance-identifier', 'db-subnet-group-name', 'vpc-security-group-ids', 'db-parameter-group-name', 'db-instance-class',
		'backup-retention-period'].map(name => restore[name]), ['shop-prod-drill', 'shop-prod', 'sg-database', 'shop-prod-1', 'db.t4g.medium', '0']);
	const [{ words }] = asked('rds restore-db-instance-from-db-snapshot');
	for (const word of ['--no-multi-az', '--no-publicly-accessible', '--no-deletion-protection'])
		assert.ok(words.includes(word), word);
	assert.deepEqual(flags('ecs run-task').map(each => each['task-definition']), names.map(arn));
	for (const each of flags('ecs run-task'))
		assert.deepEqual(JSON.parse(each.overrides), { containerOverrides: [{ name: 'products', command: ['check'], environment: [
			{ name: 'DATABASE_URL', value: 'postgresql://shop-prod-drill.x.rds.amazonaws.com:5432/products?sslmode=require' }] }] });
	assert.deepEqual(deleted, ['shop-prod-drill']);
	assert.ok(asked('rds delete-db-instance')[0].words.includes('--skip-final-snapshot'));
});

test('without a backup of today nothing is restored', async () => {
	for (const DBSnapshots of [[], [backup('old', 30)], [backup('half', 1, 'creating')]]) {
		const { status, stderr, asked } = await drill({ 'rds describe-db-snapshots': [{ DBSnapshots }] });
		assert.equal(status, 1);
		assert.match(stderr, /has no backup of the last 26 hours/);
		assert.equal(asked('rds restore-db-instance-from-db-snapshot').length, 0);
	}
});

test('it is deleted when a service can\'t read it, after the others have looked too', async () => {
	const { status, stderr, flags, deleted } = await drill({ 'ecs describe-tasks': [task(1), task(1), task(0)] });
	assert.equal(status, 1);
	assert.match(stderr, /what was restored can't be read/);
	assert.equal(flags('ecs run-task').length, 2);
	assert.deepEqual(deleted, ['shop-prod-drill']);
});

test('it is deleted when it does not become available, or comes to nothing, also if it can\'t be deleted at once', async () => {
	const busy = { error: 'InvalidDBInstanceState', words: 'DB instance shop-prod-drill is creating' };
	const late = await drill({ 'rds describe-db-instances': [gone, beside, is('creating'), is('creating'), is('creating'), is('creating'), gone],
		'rds delete-db-instance': [busy, {}] }, { DRILL_SECONDS: '0' });
	assert.equal(late.status, 3, late.all);
	assert.match(late.stderr, /shop-prod-drill is creating, and not available/);
	assert.equal(late.deleted.length, 2);
	const broken = await drill({ 'rds describe-db-instances': [gone, beside, is('incompatible-restore'), is('incompatible-restore'), is('incompatible-restore'), gone] });
	assert.equal(broken.status, 3);
	assert.deepEqual(broken.deleted, ['shop-prod-drill']);
});

test('what an earlier one left goes first, and what can\'t be deleted is cried out', async () => {
	const left = await drill({ 'rds describe-db-instances': [is('available'), gone, beside, is('available'), is('available'), is('available'), gone] });
	assert.equal(left.status, 0, left.all);
	assert.equal(left.deleted.length, 2);
	const stuck = await drill({ 'rds describe-db-instances': [gone, beside, is('available')],
		'rds delete-db-instance': [{ error: 'AccessDenied', words: 'no' }] }, { DELETE_SECONDS: '0' });
	assert.equal(stuck.status, 7);
	assert.match(stuck.stderr, /shop-prod-drill could not be deleted, and costs until it is: aws rds delete-db-instance/);
});

test('what a drill left that was cut off can be taken down by itself, and nothing else is', async () => {
	const down = async (answers, ...args) => {
		const play = stage({ 'rds describe-db-instances': answers, 'rds delete-db-instance': [{}] });
		const { status } = await play.run('restore-drill', ['--take-down', ...args]);
		return [status, ...play.asked('rds delete-db-instance').map(each => each.flags['db-instance-identifier'])];
	};
	assert.deepEqual(await down([is('available'), is('deleting'), gone], 'shop-prod'), [0, 'shop-prod-drill']);
	assert.deepEqual(await down([gone], 'shop-prod'), [0]);
	for (const args of [[], ['shop-prod', 'more'], ['shop']])
		assert.deepEqual(await down([gone], ...args), [2]);
});

test('wrong usage, and nothing deployed', async () => {
	assert.equal((await stage().run('restore-drill', [])).status, 2);
	assert.equal((await stage().run('restore-drill', ['nowhere'])).status, 2);
	const play = stage();
	writeFileSync(join(play.folder, 'none.json'), '{}');
	assert.equal((await play.run('restore-drill', [join(play.folder, 'none.json')])).status, 1);
});
