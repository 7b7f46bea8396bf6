// ops_diagnose.test.mjs - what is wrong with a service, and why: diagnose against a double of AWS, in six accidents, in none, and in each
// case that AWS makes for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accident, accidents, away, image, memory, sigterm } from '../aws/accidents.mjs';
import { cases, slowly, startAws, startOps } from '../aws/ops.mjs';
import { alarm, deployment, line, noDatabase, service, shop, stopped, trail } from '../aws/shop.mjs';
import { ask, callTool } from './support.mjs';

const settings = { OPS_SERVICES: 'products' };

async function diagnosed(t, script, args = {}) {
	const aws = await startAws(t, script), server = await startOps(t, aws.url, settings);
	return { ...await ask(server, 'diagnose', { service: 'products', ...args }), aws };
}

const names = ({ causes }) => causes.map(({ cause }) => cause);
const told = ({ evidence }) => evidence.join('\n');

cases('diagnose', { service: 'products' }, {
	settings, script: shop(accidents.image()),
	empty: shop({ services: [], rds: noDatabase }),
	fine: ({ structuredContent: { causes, gaps } }) => {
		assert.equal(causes[0].cause, 'image');
		assert.deepEqual(gaps, []);
	},
	nothing: ({ structuredContent: { causes, verdict } }) => {
		assert.deepEqual(causes, []);
		assert.match(verdict, /could not be had/);
	},
	missing: ({ structuredContent: { causes, gaps, verdict } }, why) => {
		assert.deepEqual(causes, []);
		assert.match(verdict, /could not be had/);
		assert.ok(gaps.length >= 6, JSON.stringify(gaps));
		for (const gap of gaps)
			assert.match(gap.why, why);
	},
});

// What must stand in the evidence of the cause that is named first, and how bad it is.
const expected = {
	image: ['error', /the registry has no such image/, /3 tasks stopped and never ran: CannotPullContainerError.*not found[^]*2 of 3 failures[^]*UpdateService by shop-dev-deploy/],
	secret: ['error', /it does not exist/, /3 tasks stopped and never ran: ResourceInitializationError[^]*DeleteSecret on shop-dev\/products\/keys by jane/],
	health_check: ['error', /fail their health checks/, /2 tasks stopped with exit code 0: Task failed ELB health checks[^]*10\.0\.2\.12 is unhealthy: Target\.ResponseCodeMismatch.*\[404\]/],
	out_of_memory: ['error', /need more memory/, /3 tasks stopped with exit code 137: OutOfMemoryError/],
	ignored_sigterm: ['warning', /don't end when they are told to/, /2 tasks stopped with exit code 137: Scaling activity/],
	database: ['critical', /does not reach its database: nobody listens there/,
		/log, 2 times: store: connection to server[^]*RDS says that the database shop-dev is available[^]*stopped with exit code 1:[^]*RevokeSecurityGroupIngress on sg-0123456789abcdef0 by jane/],
};

for (const [cause, [severity, what, evidence]] of Object.entries(expected))
	test(`the cause of an accident is named first: ${cause}`, async t => {
		const { causes, verdict, gaps } = await diagnosed(t, accident(accidents[cause]));
		assert.equal(causes[0].cause, cause);
		assert.equal(causes.length, 1, names({ causes }).join());
		assert.equal(causes[0].severity, severity);
		assert.match(causes[0].what, what);
		assert.match(told(causes[0]), evidence);
		assert.ok(causes[0].next && verdict.startsWith(causes[0].what));
		assert.deepEqual(gaps, []);
		assert.doesNotMatch(JSON.stringify(causes), /never to be seen/);
	});

test('nothing is wrong with what is well, whatever a deployment ended', async t => {
	const ended = code => stopped(20, 'ServiceSchedulerInitiated', 'Scaling activity initiated by (deployment ecs-svc/1)', { exitCode: code });
	const { causes, verdict, stopped: groups, running, targets_healthy, changes } = await diagnosed(t, shop({ tasks: [ended(143), ended(143), ended(0)],
		log: [line(50, 'info', 'ready again, after 9.4 s')], trails: [trail(30, 'UpdateService', 'shop-dev-deploy')] }));
	assert.deepEqual(causes, []);
	assert.equal(verdict, 'Nothing is wrong with products.');
	assert.deepEqual(groups.map(({ cause, count, exit_code }) => [cause, count, exit_code]), [['as_told', 2, 143], ['as_told', 1, 0]]);
	assert.deepEqual([running, targets_healthy], [2, 2]);
	assert.deepEqual(changes.map(({ what, who }) => [what, who]), [['ecs:UpdateService', 'shop-dev-deploy/session']]);
});

test('two accidents at once: who serves nobody comes first, and neither hides the other', async t => {
	const both = { ...away(), tasks: [...away().tasks, ...image().tasks], deployments: image().deployments };
	assert.deepEqual(names(await diagnosed(t, shop(both))), ['database', 'image']);
});

test('two others: what kills tasks comes before what only ends them badly', async t => {
	assert.deepEqual(names(await diagnosed(t, shop({ ...memory(), tasks: [...sigterm().tasks, ...memory().tasks] }))), ['out_of_memory', 'ignored_sigterm']);
});

test('what is over is a warning: the database is there again', async t => {
	const { causes } = await diagnosed(t, shop({ log: [line(5, 'info', 'store: the database is there again, after 9.4 s'),
		line(6, 'error', 'store: connection to server at "10.0.9.20", port 5432 failed: timeout expired')] }));
	assert.deepEqual(causes.map(({ cause, severity }) => [cause, severity]), [['database', 'warning']]);
});

test('an alarm is a cause only where nothing explains it', async t => {
	const alone = await diagnosed(t, shop({ alarms: [alarm('products-latency'), alarm('orders-errors')] }));
	assert.deepEqual(names(alone), ['alarm']);
	assert.deepEqual(alone.alarms.map(({ alarm }) => alarm), ['shop-dev-products-latency']);
	assert.deepEqual(names(await diagnosed(t, shop({ ...memory(), alarms: [alarm('products-memory')] }))), ['out_of_memory']);
});

test('what AWS itself did, and what was refused, is no change that explains', async t => {
	const itself = trail(8, 'RegisterTargets', 'ecs', { CloudTrailEvent: JSON.stringify({ userIdentity: { type: 'AWSService', invokedBy: 'ecs.amazonaws.com' } }) });
	const refused = trail(9, 'UpdateService', 'eve', { CloudTrailEvent: JSON.stringify({ errorCode: 'AccessDenied', userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::1:user/eve' } }) });
	const { causes, changes } = await diagnosed(t, shop({ ...image(), trails: [itself, refused] }));
	assert.doesNotMatch(told(causes[0]), /RegisterTargets|by eve/);
	assert.deepEqual(changes.filter(({ kind }) => kind === 'call').map(({ who, failed }) => [who, failed]), [['eve', 'AccessDenied']]);
});

test('a service of which there is no such is refused in words that name those there are', async t => {
	const server = await startOps(t, 'http://127.0.0.1:1', settings);
	const { isError, content } = await callTool(server, 'diagnose', { service: 'nothing' });
	assert.ok(isError);
	assert.match(content[0].text, /There is no service "nothing"; there are: products/);
});

test('one that sleeps is told to, and what one service of AWS refuses costs only its part', async t => {
	const script = { ...shop({ services: [service({ desiredCount: 0, runningCount: 0, deployments: [] })] }),
		'cloudtrail LookupEvents': { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } } };
	const result = await diagnosed(t, script);
	assert.deepEqual(names(result), ['asleep']);
	assert.deepEqual(result.gaps.map(({ what }) => what), ['who changed what']);
});

test('tasks that are not there: who told them to end, and what was changed before', async t => {
	const ended = (code, reason) => [stopped(4, code, reason, { exitCode: 0 })];
	const scaled = trail(5, 'UpdateService', 'jane');
	const asleep = await diagnosed(t, shop({ services: [service({ desiredCount: 0, runningCount: 0 })], trails: [scaled],
		tasks: ended('ServiceSchedulerInitiated', 'Scaling activity initiated by (deployment ecs-svc/1)') }));
	assert.match(told(asleep.causes[0]), /1 task stopped with exit code 0: Scaling activity[^]*UpdateService by jane/);
	const missing = await diagnosed(t, shop({ services: [service({ runningCount: 1 })], tasks: ended('UserInitiated', 'by hand') }));
	assert.deepEqual(names(missing), ['missing']);
	assert.match(told(missing.causes[0]), /1 task stopped with exit code 0: by hand/);
});

test('an empty page of the log is turned', async t => {
	const script = { ...shop(), 'logs FilterLogEvents': [{ events: [], nextToken: 't' }, { events: [line(1, 'error', 'something broke')] }] };
	const { causes, errors, aws } = await diagnosed(t, script);
	assert.deepEqual(names({ causes }), ['errors']);
	assert.deepEqual(errors.map(({ message, count }) => [message, count]), [['something broke', 1]]);
	assert.deepEqual(aws.calls.filter(({ action }) => action === 'FilterLogEvents').map(({ input }) => JSON.parse(input).nextToken), [undefined, 't']);
});

test('what is no complaint is none, whoever filtered: lines of calls, and what is not ours', async t => {
	const call = { logStreamName: 's', timestamp: Date.now(), message: JSON.stringify({ level: 'info', method: 'tools/call', target: 'get_product', outcome: 'fault' }) };
	const script = shop({ log: [call, { ...call, message: 'plain words' }, line(2, 'info', 'serving products'), line(1, 'warning', 'slow')] });
	const { causes, errors } = await diagnosed(t, script);
	assert.deepEqual(causes, []);
	assert.deepEqual(errors.map(({ level, message }) => [level, message]), [['warning', 'slow']]);
});

test('nobody serves while the first tasks are being started', async t => {
	const { causes, verdict } = await diagnosed(t, shop({ services: [service({ runningCount: 0, pendingCount: 2,
		deployments: [deployment('2', { rolloutState: 'IN_PROGRESS', runningCount: 0, pendingCount: 2 })] })], log: [line(30, 'error', 'something broke')] }));
	assert.deepEqual(causes.map(({ cause, severity }) => [cause, severity]), [['starting', 'critical'], ['errors', 'error']]);
	assert.match(verdict, /No task of products runs yet/);
});

test('it takes two rounds of requests', async t => {
	const { aws } = await diagnosed(t, slowly(shop(image()), 250));
	assert.deepEqual([...new Set(aws.calls.map(({ round }) => round))], [1, 2]);
});
