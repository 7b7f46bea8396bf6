// ops_inventory.test.mjs - what there is: inventory against a double of AWS, in each case that AWS makes for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases, startAws, startOps } from '../aws/ops.mjs';
import { ask } from './support.mjs';

const ago = ms => new Date(Date.now() - ms).toISOString();
const answer = (action, inner) => `<${action}Response xmlns="http://x.amazonaws.com/"><${action}Result>${inner}</${action}Result>`
	+ `<ResponseMetadata><RequestId>a</RequestId></ResponseMetadata></${action}Response>`;
const NONE = code => ({ status: 404, body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>there is none</Message></Error></ErrorResponse>` });
const instance = more => answer('DescribeDBInstances', '<DBInstances><DBInstance><DBInstanceIdentifier>shop-dev</DBInstanceIdentifier>'
	+ '<DBInstanceStatus>available</DBInstanceStatus><DBInstanceClass>db.t4g.small</DBInstanceClass><Engine>postgres</Engine>'
	+ '<EngineVersion>17.2</EngineVersion><MultiAZ>true</MultiAZ><AllocatedStorage>20</AllocatedStorage><MaxAllocatedStorage>100</MaxAllocatedStorage>'
	+ '<MasterUsername>postgres</MasterUsername><DBInstanceArn>arn:aws:rds:eu-central-1:1:db:shop-dev</DBInstanceArn>'
	+ `<CACertificateIdentifier>rds-ca-rsa2048-g1</CACertificateIdentifier>${more}</DBInstance></DBInstances>`);
const actions = answer('DescribePendingMaintenanceActions', '<PendingMaintenanceActions><ResourcePendingMaintenanceActions>'
	+ '<ResourceIdentifier>arn</ResourceIdentifier><PendingMaintenanceActionDetails><PendingMaintenanceAction><Action>system-update</Action>'
	+ '<Description>New Operating System update</Description><AutoAppliedAfterDate>2026-12-20T00:00:00Z</AutoAppliedAfterDate>'
	+ '</PendingMaintenanceAction></PendingMaintenanceActionDetails></ResourcePendingMaintenanceActions></PendingMaintenanceActions>');
const caches = answer('DescribeReplicationGroups', '<ReplicationGroups><ReplicationGroup><ReplicationGroupId>shop-dev</ReplicationGroupId>'
	+ '<Status>modifying</Status><CacheNodeType>cache.t4g.micro</CacheNodeType><MultiAZ>disabled</MultiAZ><Engine>valkey</Engine></ReplicationGroup></ReplicationGroups>');
const noCaches = { 'elasticache DescribeReplicationGroups': NONE('ReplicationGroupNotFoundFault'),
	'elasticache DescribeServerlessCaches': NONE('ServerlessCacheNotFoundFault') };
const of = (result, names) => names.map(name => result.structuredContent[name]);
const missing = (...whats) => ({ structuredContent: { gaps, stores, secrets, balancers } }, why) => {
	assert.deepEqual([stores, secrets, balancers], [[], [], []]);
	assert.deepEqual(gaps.map(({ what }) => what).sort(), whats);
	for (const gap of gaps)
		assert.match(gap.why, why);
};

cases('inventory', { kind: 'data' }, {
	script: {
		'rds DescribeDBInstances': instance(`<LatestRestorableTime>${ago(300000)}</LatestRestorableTime>`
			+ '<PendingModifiedValues><DBInstanceClass>db.t4g.medium</DBInstanceClass></PendingModifiedValues>'
			+ '<CertificateDetails><CAIdentifier>rds-ca-rsa2048-g1</CAIdentifier><ValidTill>2061-05-25T22:54:25Z</ValidTill></CertificateDetails>'),
		'rds DescribePendingMaintenanceActions': actions, ...noCaches, 'elasticache DescribeReplicationGroups': caches,
	},
	empty: { 'rds DescribeDBInstances': NONE('DBInstanceNotFound'), ...noCaches },
	fine: result => {
		const [stores, attention, gaps] = of(result, ['stores', 'attention', 'gaps']), [cache, database] = stores;
		assert.deepEqual([database.name, database.version, database.size, database.multi_az, database.storage, database.certificate_until],
			['shop-dev', 'postgres 17.2', 'db.t4g.small', 'true', '20 of at most 100', '2061-05-25T22:54:25Z']);
		assert.ok(database.backup_age_s >= 300 && database.backup_age_s < 420);
		assert.equal(database.pending, 'class to db.t4g.medium');
		assert.deepEqual(database.maintenance, ['system-update: New Operating System update, not later than 2026-12-20T00:00:00Z']);
		assert.deepEqual([cache.kind, cache.status, cache.version], ['cache', 'modifying', 'valkey']);
		assert.equal(attention.length, 3);
		assert.deepEqual(gaps, []);
	},
	nothing: result => assert.deepEqual(of(result, ['stores', 'attention', 'gaps']), [[], [], []]),
	missing: missing('the caches', 'the database', 'the serverless caches'),
});

const day = 86400, now = Math.floor(Date.now() / 1000);
cases('inventory', { kind: 'secrets' }, {
	script: { 'secretsmanager ListSecrets': { SecretList: [
		{ ARN: 'arn', Name: 'shop-dev/orders/keys', Description: 'hunter2', Tags: [{ Key: 'k', Value: 'hunter2' }], LastChangedDate: now - day + 0.5,
			LastAccessedDate: now },
		{ Name: 'shop-dev/orders/database', RotationEnabled: true, LastRotatedDate: now - 40 * day, NextRotationDate: now - 10 * day, OwningService: 'rds' },
		{ Name: 'shop-dev/products/keys', RotationEnabled: true, NextRotationDate: now + day }] } },
	empty: { 'secretsmanager ListSecrets': { SecretList: [] } },
	fine: result => {
		const [secrets, attention] = of(result, ['secrets', 'attention']);
		assert.deepEqual(secrets.map(({ name, rotates, overdue, owner }) => [name, rotates, overdue, owner]), [
			['shop-dev/orders/keys', false, false, undefined], ['shop-dev/orders/database', true, true, 'rds'], ['shop-dev/products/keys', true, false, undefined]]);
		assert.equal(secrets[0].changed, new Date((now - day + 0.5) * 1000).toISOString());
		assert.deepEqual(attention, ['shop-dev/orders/database should have been rotated by now']);
		assert.doesNotMatch(JSON.stringify(result), /hunter2/);
	},
	nothing: result => assert.deepEqual(of(result, ['secrets', 'gaps']), [[], []]),
	missing: missing('the secrets'),
});

const balancers = answer('DescribeLoadBalancers', '<LoadBalancers><member><LoadBalancerArn>arn:lb</LoadBalancerArn><LoadBalancerName>shop-dev</LoadBalancerName>'
	+ '<DNSName>shop.example</DNSName><Scheme>internet-facing</Scheme><State><Code>active_impaired</Code></State></member></LoadBalancers>');
const listeners = answer('DescribeListeners', '<Listeners><member><Port>443</Port><Protocol>HTTPS</Protocol><SslPolicy>ELBSecurityPolicy-TLS13-1-2-2021-06</SslPolicy>'
	+ '<DefaultActions><member><Type>authenticate-oidc</Type><AuthenticateOidcConfig><ClientSecret>hunter2</ClientSecret></AuthenticateOidcConfig></member></DefaultActions></member></Listeners>');
const groups = answer('DescribeTargetGroups', '<TargetGroups>' + ['shop-dev-orders', 'other-thing'].map(name => `<member><TargetGroupName>${name}</TargetGroupName>`
	+ '<Protocol>HTTP</Protocol><Port>8082</Port><HealthCheckPath>/health</HealthCheckPath><LoadBalancerArns><member>arn:lb</member></LoadBalancerArns></member>').join('') + '</TargetGroups>');
cases('inventory', { kind: 'balancers' }, {
	script: { 'elasticloadbalancing DescribeLoadBalancers': balancers, 'elasticloadbalancing DescribeListeners': listeners,
		'elasticloadbalancing DescribeTargetGroups': groups },
	empty: { 'elasticloadbalancing DescribeLoadBalancers': NONE('LoadBalancerNotFound'), 'elasticloadbalancing DescribeTargetGroups':
		answer('DescribeTargetGroups', '<TargetGroups/>') },
	fine: result => {
		const [[balancer], target_groups, attention] = of(result, ['balancers', 'target_groups', 'attention']);
		assert.deepEqual([balancer.name, balancer.address, balancer.state], ['shop-dev', 'shop.example', 'active_impaired']);
		assert.deepEqual(balancer.listeners, [{ port: '443', protocol: 'HTTPS', policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06', action: 'authenticate-oidc' }]);
		assert.deepEqual(target_groups, [{ name: 'shop-dev-orders', protocol: 'HTTP', port: '8082', health_path: '/health', in_use: true }]);
		assert.equal(attention.length, 1);
		assert.doesNotMatch(JSON.stringify(result), /hunter2/);
	},
	nothing: result => assert.deepEqual(of(result, ['balancers', 'target_groups', 'gaps']), [[], [], []]),
	missing: missing('the balancers', 'the target groups'),
});

test('a backup that is old, or none, and a certificate that ends are told', async t => {
	const soon = new Date(Date.now() + 5 * 86400000).toISOString();
	const aws = await startAws(t, { 'rds DescribeDBInstances': [instance(`<LatestRestorableTime>${ago(3 * 3600000)}</LatestRestorableTime>`), instance(
		`<CertificateDetails><ValidTill>${soon}</ValidTill></CertificateDetails>`)], ...noCaches,
	'rds DescribePendingMaintenanceActions': answer('DescribePendingMaintenanceActions', '<PendingMaintenanceActions/>') });
	const first = await startOps(t, aws.url), second = await startOps(t, aws.url);
	assert.match((await ask(first, 'inventory', { kind: 'data' })).attention.join(), /only to 180 minutes ago/);
	assert.match((await ask(second, 'inventory', { kind: 'data' })).attention.join(), /has no backup.*certificate of shop-dev ends within a month/);
});

test('each is asked for by the cluster\'s name, which is all that IAM allows', async t => {
	const aws = await startAws(t, { 'rds DescribeDBInstances': NONE('DBInstanceNotFound'), ...noCaches }), server = await startOps(t, aws.url,
		{ OPS_CLUSTER: 'shop-prod' });
	await ask(server, 'inventory', { kind: 'data' });
	for (const { action, input } of aws.calls)
		assert.equal(new URLSearchParams(input).get({ DescribeDBInstances: 'DBInstanceIdentifier', DescribeReplicationGroups: 'ReplicationGroupId',
			DescribeServerlessCaches: 'ServerlessCacheName' }[action]), 'shop-prod');
	assert.equal(aws.calls.length, 3);
});

test('that there is none is what the code says, whatever the words do', async t => {
	const refused = code => ({ status: 403, body: `<ErrorResponse><Error><Code>${code}</Code><Message>DBInstanceNotFound, ReplicationGroupNotFoundFault,`
		+ ' LoadBalancerNotFound: not authorized</Message></Error></ErrorResponse>' });
	const aws = await startAws(t, { 'rds DescribeDBInstances': refused('AccessDenied'), ...noCaches,
		'elasticache DescribeReplicationGroups': refused('SomethingNotFoundFault'), 'elasticloadbalancing DescribeLoadBalancers': refused('AccessDenied'),
		'elasticloadbalancing DescribeTargetGroups': groups });
	const server = await startOps(t, aws.url), what = ({ gaps }) => gaps.map(({ what }) => what);
	assert.deepEqual(what(await ask(server, 'inventory', { kind: 'data' })).sort(), ['the caches', 'the database']);
	assert.deepEqual(what(await ask(server, 'inventory', { kind: 'balancers' })), ['the balancers']);
});
