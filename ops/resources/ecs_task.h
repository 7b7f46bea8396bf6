/* ecs_task.h - the tasks of a service that stopped: ECS tells of each for about an hour. */
#ifndef ECS_TASK_H
#define ECS_TASK_H

#include "look.h"

struct ecs_container {
	const char *name, *reason, *healthStatus;
	int64_t exitCode;
	bool has_exitCode;              /* it ran */
};

struct ecs_task {
	const char *taskArn, *taskDefinitionArn, *stopCode, *stoppedReason;
	double createdAt, startedAt, stoppingAt, stoppedAt;     /* seconds since 1970 */
	struct ecs_container *containers;
	int64_t containers_count;
};
extern SHAPE_OF(ecs_task_shape, struct ecs_task);

struct ecs_tasks {
	struct ecs_task *tasks;
	int64_t tasks_count;
};

/* Two rounds. A hundred at most: that there are more is a gap. False: pending, or none was had. */
bool ecs_stopped_tasks(struct look *look, const char *service, struct ecs_tasks *tasks);

#endif
