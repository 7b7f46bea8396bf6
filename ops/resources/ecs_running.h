/* ecs_running.h - the tasks of a service that run, and the images that they were given. */
#ifndef ECS_RUNNING_H
#define ECS_RUNNING_H

#include "look.h"

struct running_container {
	const char *name, *image, *imageDigest;
};

struct running_task {
	const char *taskArn, *taskDefinitionArn;
	struct running_container *containers;
	int64_t containers_count;
};

struct running_tasks {
	struct running_task *tasks;
	int64_t tasks_count;
};

/* Two rounds; a hundred at most. False: pending, or none was had. */
bool ecs_running_tasks(struct look *look, const char *service, struct running_tasks *tasks);

#endif
