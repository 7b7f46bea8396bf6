/* ecs.c - see ecs.h. */
#include "ecs.h"

#include "watched.h"

const SHAPE(ecs_deployment_shape, struct ecs_deployment,
	PARAM(struct ecs_deployment, id), PARAM(struct ecs_deployment, status), PARAM(struct ecs_deployment, taskDefinition),
	PARAM(struct ecs_deployment, rolloutState), PARAM(struct ecs_deployment, rolloutStateReason),
	PARAM(struct ecs_deployment, desiredCount), PARAM(struct ecs_deployment, runningCount),
	PARAM(struct ecs_deployment, pendingCount), PARAM(struct ecs_deployment, failedTasks),
	PARAM(struct ecs_deployment, createdAt), PARAM(struct ecs_deployment, updatedAt));

const SHAPE(ecs_event_shape, struct ecs_event, PARAM(struct ecs_event, message), PARAM(struct ecs_event, createdAt));
static SHAPE(alternate_shape, struct ecs_alternate, PARAM(struct ecs_alternate, alternateTargetGroupArn));
const SHAPE(ecs_balancer_shape, struct ecs_balancer,
	PARAM(struct ecs_balancer, targetGroupArn),
	NEST(struct ecs_balancer, advancedConfiguration, struct ecs_alternate, alternate_shape, NULL));

const SHAPE(ecs_service_shape, struct ecs_service,
	PARAM(struct ecs_service, serviceName), PARAM(struct ecs_service, status), PARAM(struct ecs_service, taskDefinition),
	PARAM(struct ecs_service, desiredCount), PARAM(struct ecs_service, runningCount), PARAM(struct ecs_service, pendingCount),
	LIST(struct ecs_service, deployments, deployments_count, struct ecs_deployment, ecs_deployment_shape, NULL),
	LIST(struct ecs_service, events, events_count, struct ecs_event, ecs_event_shape, NULL),
	LIST(struct ecs_service, loadBalancers, loadBalancers_count, struct ecs_balancer, ecs_balancer_shape, NULL));

const SHAPE(ecs_failure_shape, struct ecs_failure, PARAM(struct ecs_failure, arn), PARAM(struct ecs_failure, reason));

const SHAPE(ecs_services_shape, struct ecs_services,
	LIST(struct ecs_services, services, services_count, struct ecs_service, ecs_service_shape, NULL),
	LIST(struct ecs_services, failures, failures_count, struct ecs_failure, ecs_failure_shape, NULL));

const SHAPE(ecs_describe_shape, struct ecs_describe,
	PARAM(struct ecs_describe, cluster), TEXTS(struct ecs_describe, services, services_count, NULL));

static void note_failure(struct look *look, const struct ecs_failure *failure)
{
	struct arena *arena = mcp_arena(look->call);
	const char *slash = failure->arn ? strrchr(failure->arn, '/') : NULL;
	const char *what = slash ? arena_print(arena, "the service %s", slash + 1) : failure->arn ? failure->arn : "a service";

	if (failure->reason && strcmp(failure->reason, "MISSING") == 0)
		look_gap(look, what, arena_print(arena, "the cluster %s has none of that name: is OPS_SERVICES right?", watched_cluster()));
	else
		look_gap(look, what, failure->reason ? failure->reason : "AWS does not say why");
}

static void note_failures(struct look *look, const struct ecs_services *answer)
{
	for (int64_t i = 0; i < answer->failures_count; i++)
		note_failure(look, &answer->failures[i]);
}

/* AWS does not name the cluster, nor where it was looked for. */
static void note_no_cluster(struct look *look, const struct aws_about *about)
{
	if (look_said(about, "ClusterNotFound"))
		look_gap(look, arena_print(mcp_arena(look->call), "the cluster %s", watched_cluster()),
		         "this account has none of that name in this region: are OPS_CLUSTER, AWS_REGION and the credentials right?");
}

static bool ask(struct look *look, size_t first, size_t count, struct ecs_services *answer)
{
	struct ecs_describe describe = { watched_cluster(), (const char **)watched_services() + first, (int64_t)count };

	struct aws_about about = { 0 };

	*answer = (struct ecs_services) { 0 };
	if (!look_again_at(look, "the services", ECS_DESCRIBE_SERVICES, ecs_describe_shape, &describe, ecs_services_shape, answer, &about)) {
		note_no_cluster(look, &about);
		return false;
	}
	note_failures(look, answer);
	return true;
}

bool ecs_services(struct look *look, struct ecs_services *services)
{
	struct ecs_services answer;
	bool had = false;

	*services = (struct ecs_services) { .services = arena_array(mcp_arena(look->call), struct ecs_service, watched_count()) };
	for (size_t at = 0; at < watched_count(); at += ECS_SERVICES_AT_ONCE) {
		size_t left = watched_count() - at;
		if (!ask(look, at, left < ECS_SERVICES_AT_ONCE ? left : ECS_SERVICES_AT_ONCE, &answer))
			continue;
		had = true;
		for (int64_t i = 0; i < answer.services_count && services->services_count < (int64_t)watched_count(); i++)
			services->services[services->services_count++] = answer.services[i];
	}
	return had;
}

const struct ecs_service *ecs_find(const struct ecs_services *services, const char *service)
{
	for (int64_t i = 0; i < services->services_count; i++)
		if (services->services[i].serviceName && strcmp(services->services[i].serviceName, service) == 0)
			return &services->services[i];
	return NULL;
}

const struct ecs_deployment *ecs_primary(const struct ecs_service *service)
{
	for (int64_t i = 0; i < service->deployments_count; i++)
		if (service->deployments[i].status && strcmp(service->deployments[i].status, "PRIMARY") == 0)
			return &service->deployments[i];
	return service->deployments_count > 0 ? &service->deployments[0] : NULL;
}

void ecs_targets(struct look *look, const struct ecs_service *service, struct targets *targets)
{
	for (int64_t i = 0; service && i < service->loadBalancers_count; i++) {
		const struct ecs_balancer *balancer = &service->loadBalancers[i];
		if (balancer->targetGroupArn)
			elb_targets(look, balancer->targetGroupArn, targets);
		if (balancer->advancedConfiguration && balancer->advancedConfiguration->alternateTargetGroupArn)
			elb_targets(look, balancer->advancedConfiguration->alternateTargetGroupArn, targets);
	}
}
