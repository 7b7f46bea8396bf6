/* ecs_running.c - see ecs_running.h. */
#include "ecs_running.h"

#include "watched.h"

#define TASKS_MAX 100

static const char the_tasks[] = "the tasks that run";

static SHAPE(container_shape, struct running_container,
	PARAM(struct running_container, name), PARAM(struct running_container, image), PARAM(struct running_container, imageDigest));
static SHAPE(task_shape, struct running_task,
	PARAM(struct running_task, taskArn), PARAM(struct running_task, taskDefinitionArn),
	LIST(struct running_task, containers, containers_count, struct running_container, container_shape, NULL));
static SHAPE(tasks_shape, struct running_tasks,
	LIST(struct running_tasks, tasks, tasks_count, struct running_task, task_shape, NULL));

struct list { const char *cluster, *serviceName, *desiredStatus; };
static SHAPE(list_shape, struct list, PARAM(struct list, cluster), PARAM(struct list, serviceName), PARAM(struct list, desiredStatus));

struct listed { const char **taskArns; int64_t taskArns_count; const char *nextToken; };
static SHAPE(listed_shape, struct listed, TEXTS(struct listed, taskArns, taskArns_count, NULL), PARAM(struct listed, nextToken));

struct describe { const char *cluster; const char **tasks; int64_t tasks_count; };
static SHAPE(describe_shape, struct describe, PARAM(struct describe, cluster), TEXTS(struct describe, tasks, tasks_count, NULL));

bool ecs_running_tasks(struct look *look, const char *service, struct running_tasks *tasks)
{
	struct list list = { watched_cluster(), service, "RUNNING" };
	struct listed listed = { 0 };

	*tasks = (struct running_tasks) { 0 };
	if (!look_at(look, the_tasks, ECS_LIST_TASKS, list_shape, &list, listed_shape, &listed))
		return false;
	if (listed.nextToken || listed.taskArns_count > TASKS_MAX)
		look_gap(look, the_tasks, "there are more than a hundred; the first are looked at");
	if (listed.taskArns_count == 0)
		return true;
	int64_t count = listed.taskArns_count < TASKS_MAX ? listed.taskArns_count : TASKS_MAX;
	struct describe describe = { watched_cluster(), listed.taskArns, count };
	return look_at(look, the_tasks, ECS_DESCRIBE_TASKS, describe_shape, &describe, tasks_shape, tasks);
}
