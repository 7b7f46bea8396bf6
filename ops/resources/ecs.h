/* ecs.h - what ECS says of services, and how it is asked: members as AWS calls them. */
#ifndef ECS_H
#define ECS_H

#include "elb.h"

struct ecs_deployment {
	const char *id, *status, *taskDefinition, *rolloutState, *rolloutStateReason;
	int64_t desiredCount, runningCount, pendingCount, failedTasks;
	double createdAt, updatedAt;    /* seconds since 1970 */
};
extern SHAPE_OF(ecs_deployment_shape, struct ecs_deployment);

struct ecs_event {
	const char *message;
	double createdAt;
};
extern SHAPE_OF(ecs_event_shape, struct ecs_event);

/* The second group of blue/green; they take turns. */
struct ecs_alternate {
	const char *alternateTargetGroupArn;
};

struct ecs_balancer {
	const char *targetGroupArn;
	struct ecs_alternate *advancedConfiguration;
};
extern SHAPE_OF(ecs_balancer_shape, struct ecs_balancer);

struct ecs_service {
	const char *serviceName, *status, *taskDefinition;
	int64_t desiredCount, runningCount, pendingCount;
	struct ecs_deployment *deployments;     /* the newest first */
	int64_t deployments_count;
	struct ecs_event *events;               /* the newest first */
	int64_t events_count;
	struct ecs_balancer *loadBalancers;
	int64_t loadBalancers_count;
};
extern SHAPE_OF(ecs_service_shape, struct ecs_service);

struct ecs_failure {
	const char *arn, *reason;
};
extern SHAPE_OF(ecs_failure_shape, struct ecs_failure);

struct ecs_services {
	struct ecs_service *services;
	int64_t services_count;
	struct ecs_failure *failures;           /* with a 200 */
	int64_t failures_count;
};
extern SHAPE_OF(ecs_services_shape, struct ecs_services);

/* What is asked: up to so many services of a cluster. */
#define ECS_SERVICES_AT_ONCE 10         /* AWS takes no more */
struct ecs_describe {
	const char *cluster;
	const char **services;
	int64_t services_count;
};
extern SHAPE_OF(ecs_describe_shape, struct ecs_describe);

/* All that are watched, in as many requests as that takes; each that there is not is a gap. False: pending, or none was had. */
bool ecs_services(struct look *look, struct ecs_services *services);

/* The one of that name; NULL: it is not there. */
const struct ecs_service *ecs_find(const struct ecs_services *services, const char *service);
/* The newest of its deployments, which is the one that counts; NULL: there is none. */
const struct ecs_deployment *ecs_primary(const struct ecs_service *service);

/* Adds its targets, of both groups where they take turns. `service` NULL: none. */
void ecs_targets(struct look *look, const struct ecs_service *service, struct targets *targets);

#endif
