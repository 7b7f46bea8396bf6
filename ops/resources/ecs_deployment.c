/* ecs_deployment.c - see ecs_deployment.h. */
#include "ecs_deployment.h"

#include "watched.h"

static SHAPE(rollback_shape, struct ecs_rollback, PARAM(struct ecs_rollback, reason));
static SHAPE(breaker_shape, struct ecs_breaker,
	PARAM(struct ecs_breaker, status), PARAM(struct ecs_breaker, failureCount), PARAM(struct ecs_breaker, threshold));
static SHAPE(alarms_shape, struct ecs_deployment_alarms,
	PARAM(struct ecs_deployment_alarms, status),
	TEXTS(struct ecs_deployment_alarms, triggeredAlarmNames, triggered_count, NULL));

static SHAPE(deployment_shape, struct ecs_service_deployment,
	PARAM(struct ecs_service_deployment, serviceDeploymentArn), PARAM(struct ecs_service_deployment, status),
	PARAM(struct ecs_service_deployment, statusReason), PARAM(struct ecs_service_deployment, lifecycleStage),
	PARAM(struct ecs_service_deployment, createdAt), PARAM(struct ecs_service_deployment, finishedAt),
	NEST(struct ecs_service_deployment, rollback, struct ecs_rollback, rollback_shape, NULL),
	NEST(struct ecs_service_deployment, deploymentCircuitBreaker, struct ecs_breaker, breaker_shape, NULL),
	NEST(struct ecs_service_deployment, alarms, struct ecs_deployment_alarms, alarms_shape, NULL));

static SHAPE(deployments_shape, struct ecs_service_deployments,
	LIST(struct ecs_service_deployments, serviceDeployments, count, struct ecs_service_deployment, deployment_shape, NULL));

struct list { const char *service, *cluster; int64_t maxResults; };
static SHAPE(list_shape, struct list, PARAM(struct list, service), PARAM(struct list, cluster), PARAM(struct list, maxResults));

struct describe { const char **serviceDeploymentArns; int64_t count; };
static SHAPE(describe_shape, struct describe, TEXTS(struct describe, serviceDeploymentArns, count, NULL));

static const struct ecs_service_deployment *newest(const struct ecs_service_deployments *all)
{
	const struct ecs_service_deployment *found = NULL;

	for (int64_t i = 0; i < all->count; i++)
		if (!found || all->serviceDeployments[i].createdAt > found->createdAt)
			found = &all->serviceDeployments[i];
	return found && found->serviceDeploymentArn ? found : NULL;
}

static const char *deployments_of(struct look *look, const char *service)
{
	return arena_print(mcp_arena(look->call), "the deployments of %s", service);
}

bool ecs_deployments(struct look *look, const char *service, struct ecs_service_deployments *all)
{
	struct list list = { service, watched_cluster(), 20 };

	*all = (struct ecs_service_deployments) { 0 };
	return look_at(look, deployments_of(look, service), ECS_LIST_SERVICE_DEPLOYMENTS, list_shape, &list, deployments_shape, all);
}

bool ecs_newest_deployment(struct look *look, const char *service, struct ecs_service_deployment *deployment)
{
	struct ecs_service_deployments all, one = { 0 };

	*deployment = (struct ecs_service_deployment) { 0 };
	if (!ecs_deployments(look, service, &all))
		return false;
	const struct ecs_service_deployment *latest = newest(&all);
	if (!latest)
		return true;
	*deployment = *latest;
	struct describe describe = { (const char *[]) { latest->serviceDeploymentArn }, 1 };
	if (!look_at(look, deployments_of(look, service), ECS_DESCRIBE_SERVICE_DEPLOYMENTS, describe_shape, &describe, deployments_shape, &one))
		return false;
	if (one.count > 0)
		*deployment = one.serviceDeployments[0];
	return true;
}
