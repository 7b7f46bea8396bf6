// shop.mjs - what AWS answers of a shop: the service products of the cluster shop-dev as it is where all is well, and what an
// accident makes of it. Members and words are AWS's own (ECS's pages on stopped tasks, botocore's models), with more than anybody reads.
const REGION = 'eu-central-1', ACCOUNT = '123456789012';
export const now = () => Date.now() / 1000;
export const ago = minutes => Number((now() - minutes * 60).toFixed(3));
export const arn = (service, rest) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
export const GROUP = arn('elasticloadbalancing', 'targetgroup/shop-dev-products/6d0ecf831eec9f09');

export const deployment = (id, more = {}) => ({ id: `ecs-svc/${id}`, status: 'PRIMARY', taskDefinition: arn('ecs', 'task-definition/shop-dev-products:7'),
	desiredCount: 2, pendingCount: 0, runningCount: 2, failedTasks: 0, createdAt: ago(2880), updatedAt: ago(2875), launchType: 'FARGATE',
	platformVersion: '1.4.0', platformFamily: 'Linux', rolloutState: 'COMPLETED',
	rolloutStateReason: `ECS deployment ecs-svc/${id} completed.`, ...more });

export const event = (minutes, message) => ({ id: `${minutes}-${message.length}`, createdAt: ago(minutes), message: `(service products) ${message}` });

export const service = (more = {}) => ({ serviceArn: arn('ecs', 'service/shop-dev/products'), serviceName: 'products',
	clusterArn: arn('ecs', 'cluster/shop-dev'), loadBalancers: [{ targetGroupArn: GROUP, containerName: 'products', containerPort: 8081 }],
	status: 'ACTIVE', desiredCount: 2, runningCount: 2, pendingCount: 0, launchType: 'FARGATE',
	taskDefinition: arn('ecs', 'task-definition/shop-dev-products:7'), deployments: [deployment('1')],
	events: [event(30, 'has reached a steady state.')], ...more });

export const serviceDeployment = (id, status, more = {}) => ({ serviceDeploymentArn: arn('ecs', `service-deployment/shop-dev/products/${id}`),
	serviceArn: arn('ecs', 'service/shop-dev/products'), clusterArn: arn('ecs', 'cluster/shop-dev'), createdAt: ago(10), startedAt: ago(10),
	updatedAt: ago(1), status, deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 0, threshold: 3 }, ...more });

// A task that stopped so many minutes ago; `container`: what is said of its one container.
export const stopped = (minutes, stopCode, stoppedReason, container = {}, more = {}) => {
	const id = Math.random().toString(16).slice(2).padEnd(32, '0');
	return { taskArn: arn('ecs', `task/shop-dev/${id}`), clusterArn: arn('ecs', 'cluster/shop-dev'), availabilityZone: `${REGION}a`,
		taskDefinitionArn: arn('ecs', 'task-definition/shop-dev-products:8'), desiredStatus: 'STOPPED', lastStatus: 'STOPPED', stopCode, stoppedReason,
		group: 'service:products', launchType: 'FARGATE', cpu: '256', memory: '512', healthStatus: 'UNKNOWN', createdAt: ago(minutes + 2),
		stoppingAt: ago(minutes + 0.5), stoppedAt: ago(minutes), ...'exitCode' in container && { startedAt: ago(minutes + 1.5) },
		containers: [{ containerArn: arn('ecs', `container/shop-dev/${id}/1`), taskArn: arn('ecs', `task/shop-dev/${id}`), name: 'products',
			image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/shop/products@sha256:${'8'.repeat(64)}`, lastStatus: 'STOPPED', healthStatus: 'UNKNOWN',
			networkInterfaces: [], ...container }],
		overrides: { containerOverrides: [{ name: 'products', environment: [{ name: 'SECRET', value: 'never to be seen' }] }] }, ...more };
};

const target = ({ id, state, reason, description }) => `<member><HealthCheckPort>8081</HealthCheckPort><Target><Port>8081</Port>
	<Id>${id}</Id><AvailabilityZone>${REGION}a</AvailabilityZone></Target><TargetHealth><State>${state}</State>${reason ? `<Reason>${reason}</Reason>` : ''}${
	description ? `<Description>${description}</Description>` : ''}</TargetHealth></member>`;

export const targets = (...all) => `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
	<DescribeTargetHealthResult><TargetHealthDescriptions>${all.map(target).join('')}</TargetHealthDescriptions></DescribeTargetHealthResult>
	<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeTargetHealthResponse>`;

const healthy = id => ({ id, state: 'healthy' });
export const sick = (id, code) => ({ id, state: 'unhealthy', reason: 'Target.ResponseCodeMismatch', description: `Health checks failed with these codes: [${code}]` });

export const database = status => `<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBInstancesResult>
	<DBInstances><DBInstance><DBInstanceIdentifier>shop-dev</DBInstanceIdentifier><DBInstanceStatus>${status}</DBInstanceStatus>
	<DBInstanceClass>db.t4g.micro</DBInstanceClass><Engine>postgres</Engine><EngineVersion>17.6</EngineVersion><MultiAZ>false</MultiAZ>
	<AllocatedStorage>20</AllocatedStorage><DBInstanceArn>${arn('rds', 'db:shop-dev')}</DBInstanceArn>
	</DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>`;
export const noDatabase = { status: 404, body: `<ErrorResponse><Error><Type>Sender</Type><Code>DBInstanceNotFound</Code>
	<Message>DBInstance shop-dev not found.</Message></Error></ErrorResponse>` };

// A line of our own log, as CloudWatch has it.
export const line = (minutes, level, message, more = {}) => ({ logStreamName: 'service/products/1', timestamp: Math.round(ago(minutes) * 1000),
	ingestionTime: Date.now(), eventId: '3'.repeat(56),
	message: JSON.stringify({ time: new Date(ago(minutes) * 1000).toISOString(), level, id: '519b7fc4d99fc3b6', ...more, message }) });

export const trail = (minutes, EventName, who, more = {}) => ({ EventId: 'e', EventName, ReadOnly: 'false', EventTime: ago(minutes),
	EventSource: 'ecs.amazonaws.com', Username: who, Resources: [], CloudTrailEvent: JSON.stringify({ eventVersion: '1.11', userIdentity: {
		type: 'AssumedRole', arn: arn('sts', `assumed-role/${who}/session`).replace(`:${REGION}:`, '::') }, requestParameters: { secret: 'never to be seen' } }), ...more });

export const alarm = (name, more = {}) => ({ AlarmName: `shop-dev-${name}`, AlarmArn: arn('cloudwatch', `alarm:shop-dev-${name}`),
	AlarmDescription: 'docs/on-call.md#not-ready', ActionsEnabled: true, OKActions: [], AlarmActions: [], InsufficientDataActions: [], StateValue: 'ALARM',
	StateReason: 'Threshold Crossed: 3 out of the last 3 datapoints were greater than the threshold (0.0).', StateReasonData: '{}',
	StateUpdatedTimestamp: ago(5), StateTransitionedTimestamp: ago(5), MetricName: 'UnHealthyHostCount', Namespace: 'AWS/ApplicationELB',
	Statistic: 'Maximum', Dimensions: [], Period: 60, EvaluationPeriods: 3, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', ...more });

// Everything that is asked of AWS for diagnose and overview, where all is well; what is given is so instead.
export function shop({ services = [service()], tasks = [], deployments = [], health = targets(healthy('10.0.1.10'), healthy('10.0.2.11')),
	log = [], alarms = [], trails = [], rds = database('available') } = {}) {
	return {
		'ecs DescribeServices': { services, failures: [] },
		'ecs ListTasks': { taskArns: tasks.map(({ taskArn }) => taskArn) },
		'ecs DescribeTasks': { tasks, failures: [] },
		'ecs ListServiceDeployments': { serviceDeployments: deployments.map(({ serviceDeploymentArn, status, createdAt }) => (
			{ serviceDeploymentArn, status, createdAt })) },
		'ecs DescribeServiceDeployments': { serviceDeployments: deployments.slice(0, 1), failures: [] },
		'elasticloadbalancing DescribeTargetHealth': { status: 200, body: health },
		'logs FilterLogEvents': { events: log, searchedLogStreams: [] },
		'monitoring DescribeAlarms': { MetricAlarms: alarms, CompositeAlarms: [] },
		'rds DescribeDBInstances': typeof rds === 'string' ? { status: 200, body: rds } : rds,
		'cloudtrail LookupEvents': { Events: trails },
	};
}
