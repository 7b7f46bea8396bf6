/* ecs_deployment.h - service deployments: what ECS itself says of how they went. */
#ifndef ECS_DEPLOYMENT_H
#define ECS_DEPLOYMENT_H

#include "look.h"

struct ecs_rollback { const char *reason; };
struct ecs_breaker { const char *status; int64_t failureCount, threshold; };
struct ecs_deployment_alarms { const char *status; const char **triggeredAlarmNames; int64_t triggered_count; };

struct ecs_service_deployment {
	const char *serviceDeploymentArn, *status, *statusReason, *lifecycleStage;
	double createdAt, finishedAt;   /* seconds since 1970; 0: not yet */
	struct ecs_rollback *rollback;
	struct ecs_breaker *deploymentCircuitBreaker;
	struct ecs_deployment_alarms *alarms;
};

struct ecs_service_deployments { struct ecs_service_deployment *serviceDeployments; int64_t count; };

/* The latest twenty, in no order that AWS promises, without rollback, breaker and alarms. False: pending, or not to be had. */
bool ecs_deployments(struct look *look, const char *service, struct ecs_service_deployments *all);

/* The newest, with all. Two rounds. serviceDeploymentArn NULL: there was none yet. False: pending, or it could not be had. */
bool ecs_newest_deployment(struct look *look, const char *service, struct ecs_service_deployment *deployment);

#endif
