/* ecs_task.c - see ecs_task.h. */
#include "ecs_task.h"

#include "watched.h"

static const char the_tasks[] = "the tasks that stopped";

static SHAPE(container_shape, struct ecs_container,
	PARAM(struct ecs_container, name), PARAM(struct ecs_container, reason), PARAM(struct ecs_container, healthStatus),
	INT(struct ecs_container, exitCode, NULL, OPTIONAL(struct ecs_container, has_exitCode)));

const SHAPE(ecs_task_shape, struct ecs_task,
	PARAM(struct ecs_task, taskArn), PARAM(struct ecs_task, taskDefinitionArn), PARAM(struct ecs_task, stopCode),
	PARAM(struct ecs_task, stoppedReason), PARAM(struct ecs_task, createdAt), PARAM(struct ecs_task, startedAt),
	PARAM(struct ecs_task, stoppingAt), PARAM(struct ecs_task, stoppedAt),
	LIST(struct ecs_task, containers, containers_count, struct ecs_container, container_shape, NULL));

static SHAPE(tasks_shape, struct ecs_tasks,
	LIST(struct ecs_tasks, tasks, tasks_count, struct ecs_task, ecs_task_shape, NULL));

struct list { const char *cluster, *serviceName, *desiredStatus; };
static SHAPE(list_shape, struct list,
	PARAM(struct list, cluster), PARAM(struct list, serviceName), PARAM(struct list, desiredStatus));

struct listed { const char **taskArns; int64_t taskArns_count; const char *nextToken; };
static SHAPE(listed_shape, struct listed,
	TEXTS(struct listed, taskArns, taskArns_count, NULL), PARAM(struct listed, nextToken));

struct describe { const char *cluster; const char **tasks; int64_t tasks_count; };
static SHAPE(describe_shape, struct describe,
	PARAM(struct describe, cluster), TEXTS(struct describe, tasks, tasks_count, NULL));

bool ecs_stopped_tasks(struct look *look, const char *service, struct ecs_tasks *tasks)
{
	struct list list = { watched_cluster(), service, "STOPPED" };
	struct listed listed = { 0 };

	*tasks = (struct ecs_tasks) { 0 };
	if (!look_at(look, the_tasks, ECS_LIST_TASKS, list_shape, &list, listed_shape, &listed))
		return false;
	if (listed.nextToken)
		look_gap(look, the_tasks, "there are more than are shown");
	if (listed.taskArns_count == 0)
		return true;
	struct describe describe = { watched_cluster(), listed.taskArns, listed.taskArns_count };
	return look_at(look, the_tasks, ECS_DESCRIBE_TASKS, describe_shape, &describe, tasks_shape, tasks);
}
