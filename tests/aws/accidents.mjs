// accidents.mjs - six accidents of the service products, each as AWS and the service's own log would tell of it.
import { ago, deployment, event, GROUP, line, service, serviceDeployment, shop, sick, stopped, targets, trail } from './shop.mjs';

const started = trail(12, 'UpdateService', 'shop-dev-deploy');
// A new deployment beside the old one, whose tasks still run.
const rollout = (events = [], more = {}) => service({
	deployments: [
		deployment('2', { taskDefinition: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-dev-products:8', desiredCount: 2, runningCount: 0,
			failedTasks: 2, createdAt: ago(11), updatedAt: ago(1), rolloutState: 'IN_PROGRESS', rolloutStateReason: 'ECS deployment ecs-svc/2 in progress.', ...more }),
		deployment('1', { status: 'ACTIVE' })],
	events: [...events, event(11, 'has started 1 tasks: (task 0).'), event(30, 'has reached a steady state.')] });
const failing = serviceDeployment('2', 'IN_PROGRESS', { deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 2, threshold: 3 } });

const notFound = 'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref'
	+ ` 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/products@sha256:${'8'.repeat(64)}: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/products@sha256:${'8'.repeat(64)}: not found`;
export const image = () => ({ services: [rollout()], deployments: [failing], trails: [started],
	tasks: [1, 4, 8].map(minutes => stopped(minutes, 'TaskFailedToStart', notFound, { reason: notFound })) });

const noSecret = 'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve'
	+ ' secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-dev/products/keys-AbCdEf'
	+ " from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.";
export const secret = () => ({ services: [rollout([event(1, 'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.')])],
	deployments: [failing], tasks: [1, 3, 7].map(minutes => stopped(minutes, 'TaskFailedToStart', noSecret)),
	trails: [trail(20, 'DeleteSecret', 'jane', { EventSource: 'secretsmanager.amazonaws.com', Resources: [{ ResourceType: 'AWS::SecretsManager::Secret', ResourceName: 'shop-dev/products/keys' }] })] });

const unhealthy = `Task failed ELB health checks in (target-group ${GROUP})`;
export const health = () => ({ services: [rollout([event(2, `(port 8081) is unhealthy in (target-group ${GROUP}) due to (reason Health checks failed with these codes: [404]).`)],
	{ runningCount: 1 })],
	deployments: [failing], tasks: [2, 6].map(minutes => stopped(minutes, 'ServiceSchedulerInitiated', unhealthy, { exitCode: 0 })),
	health: targets({ id: '10.0.1.10', state: 'healthy' }, { id: '10.0.2.11', state: 'healthy' }, sick('10.0.2.12', 404)), trails: [started] });

const outOfMemory = { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' };
export const memory = () => ({ services: [service({ runningCount: 1, pendingCount: 1, events: [event(1, 'has started 1 tasks: (task 9).'), event(40, 'has reached a steady state.')] })],
	tasks: [1, 9, 20].map(minutes => stopped(minutes, 'EssentialContainerExited', 'Essential container in task exited', outOfMemory)) });

export const sigterm = () => ({ services: [service()], deployments: [serviceDeployment('2', 'SUCCESSFUL', { finishedAt: ago(3) })],
	tasks: [3, 3].map(minutes => stopped(minutes, 'ServiceSchedulerInitiated', 'Scaling activity initiated by (deployment ecs-svc/1)', { exitCode: 137 },
		{ stoppingAt: ago(5), stoppedAt: ago(minutes) })), trails: [started] });

const refused = 'store: connection to server at "10.0.9.20", port 5432 failed: Connection refused';
export const away = () => ({ services: [service({ runningCount: 2, events: [event(1, `(port 8081) is unhealthy in (target-group ${GROUP}) due to (reason Health checks failed with these codes: [503]).`),
	event(30, 'has reached a steady state.')] })],
	health: targets(sick('10.0.1.10', 503), sick('10.0.2.11', 503)),
	tasks: [stopped(1, 'ServiceSchedulerInitiated', unhealthy, { exitCode: 0 }),
		...[1, 2].map(minutes => stopped(minutes, 'EssentialContainerExited', 'Essential container in task exited', { exitCode: 1 }))],
	log: [line(0.2, 'error', `${refused} (31 more times in 60 s)`), line(1, 'error', "not started: postgresql://shop-dev.c1.eu-central-1.rds.amazonaws.com:5432/products can't be used, for the reason above; DATABASE_URL (--database-url) names the database"),
		line(4, 'error', 'not ready: the database does not answer'), line(4, 'error', refused)],
	trails: [trail(5, 'RevokeSecurityGroupIngress', 'jane', { EventSource: 'ec2.amazonaws.com', Resources: [{ ResourceName: 'sg-0123456789abcdef0' }] })] });

export const accidents = { image, secret, health_check: health, out_of_memory: memory, ignored_sigterm: sigterm, database: away };
export const accident = of => shop(of());
