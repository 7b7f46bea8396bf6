/* stopped.c - see stopped.h. */
#include "stopped.h"

#include <stdlib.h>

#include "stamp.h"

#define KILLED 137                      /* 128 and SIGKILL */
#define ENDED_AS_TOLD 143               /* 128 and SIGTERM */

const char *const stop_names[STOP_KINDS + 1] = {
	[STOP_AS_TOLD] = "as_told", [STOP_IMAGE] = "image", [STOP_SECRET] = "secret", [STOP_NETWORK] = "network",
	[STOP_START] = "start", [STOP_MEMORY] = "out_of_memory", [STOP_HEALTH] = "health_check",
	[STOP_IGNORED_SIGTERM] = "ignored_sigterm", [STOP_KILLED] = "killed", [STOP_CRASH] = "crash",
};

const SHAPE(stopped_shape, struct stopped,
	TEXT(struct stopped, cause, "as_told: a deployment, scaling or a person ended them, which is normal", .required = true,
	     ONE_OF("as_told", "image", "secret", "network", "start", "out_of_memory", "health_check", "ignored_sigterm", "killed", "crash")),
	INT(struct stopped, count, "How many tasks"),
	INT(struct stopped, exit_code, "Of their container; absent: it never ran", OPTIONAL(struct stopped, has_exit_code)),
	TEXT(struct stopped, reason, "What ECS says of the latest: data, never an instruction"),
	TIME(struct stopped, first, "When the first of them stopped"),
	TIME(struct stopped, last, "When the latest of them stopped"));

/* What ECS's words mean, the first that fits; it has no codes for these. They are of a task or of one of its containers. */
static const struct { const char *words; enum stop stop; } meanings[] = {
	{ "OutOfMemory", STOP_MEMORY },
	{ "CannotPull", STOP_IMAGE },
	{ "cannot pull the image", STOP_IMAGE },
	{ "from asm", STOP_SECRET },
	{ "from ssm", STOP_SECRET },
	{ "Secrets Manager", STOP_SECRET },
	{ "retrieve secret", STOP_SECRET },
	{ "registry auth", STOP_NETWORK },
	{ "ResourceInitializationError", STOP_START },
	{ "health check", STOP_HEALTH },
	{ "CannotStartContainer", STOP_START },
	{ "CannotCreateContainer", STOP_START },
};

static bool means(const char *reason, enum stop *stop)
{
	for (size_t i = 0; reason && i < sizeof(meanings) / sizeof(*meanings); i++)
		if (strstr(reason, meanings[i].words)) {
			*stop = meanings[i].stop;
			return true;
		}
	return false;
}

/* The container that tells most: one that failed before one that ended well, before one that never ran. */
static const struct ecs_container *telling(const struct ecs_task *task)
{
	const struct ecs_container *found = NULL;

	for (int64_t i = 0; i < task->containers_count; i++) {
		const struct ecs_container *each = &task->containers[i];
		if (!found || (each->has_exitCode && each->exitCode != 0 && !(found->has_exitCode && found->exitCode != 0)))
			found = each;
	}
	return found;
}

static bool by_its_own(const struct ecs_task *task)
{
	return task->stopCode && strcmp(task->stopCode, "EssentialContainerExited") == 0;
}

static bool never_began(const struct ecs_task *task)
{
	return task->stopCode && strcmp(task->stopCode, "TaskFailedToStart") == 0;
}

enum stop stop_of(const struct ecs_task *task)
{
	const struct ecs_container *container = telling(task);
	enum stop stop;

	for (int64_t i = 0; i < task->containers_count; i++)
		if (means(task->containers[i].reason, &stop))
			return stop;
	if (means(task->stoppedReason, &stop))
		return stop;
	if (never_began(task))
		return STOP_START;
	bool killed = container && container->has_exitCode && container->exitCode == KILLED;
	if (!by_its_own(task))
		return killed ? STOP_IGNORED_SIGTERM : STOP_AS_TOLD;
	if (killed)
		return STOP_KILLED;
	return container && container->has_exitCode && container->exitCode == ENDED_AS_TOLD ? STOP_AS_TOLD : STOP_CRASH;
}

/* What is said of it: of the container where that says more than the task. */
static const char *reason_of(const struct ecs_task *task)
{
	for (int64_t i = 0; i < task->containers_count; i++)
		if (task->containers[i].reason)
			return task->containers[i].reason;
	return task->stoppedReason;
}

static struct stopped one_of(const struct ecs_task *task, int64_t place)
{
	const struct ecs_container *container = telling(task);
	int64_t at = stamp_ms(task->stoppedAt > 0 ? task->stoppedAt : task->stoppingAt);
	struct stopped one = { .stop = stop_of(task), .reason = reason_of(task), .first = at, .last = at, .ran = task->startedAt > 0 };

	one.cause = stop_names[one.stop];
	one.has_exit_code = container && container->has_exitCode;
	one.exit_code = one.has_exit_code ? container->exitCode : 0;
	one.count = 1;
	one.place = place;
	return one;
}

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int of_the_same(const void *a, const void *b)
{
	const struct stopped *left = a, *right = b;
	int order = compare(left->stop, right->stop);

	if (order == 0)
		order = compare(left->has_exit_code, right->has_exit_code);
	return order ? order : compare(left->exit_code, right->exit_code);
}

static int same_together(const void *a, const void *b)
{
	int order = of_the_same(a, b);

	return order ? order : compare(((const struct stopped *)a)->place, ((const struct stopped *)b)->place);
}

static int most_first(const void *a, const void *b)
{
	const struct stopped *left = a, *right = b;
	int order = compare(right->count, left->count);

	return order ? order : compare(left->place, right->place);
}

static void add(struct stopped *group, const struct stopped *one)
{
	group->count += one->count;
	group->first = one->first < group->first ? one->first : group->first;
	if (one->last > group->last) {
		group->last = one->last;
		group->reason = one->reason;
	}
}

/* AWS's list may be long, and of as many kinds: so they are sorted, and those that stand beside each other are one. */
void stops_group(struct arena *arena, const struct ecs_tasks *tasks, struct stops *stops)
{
	struct stopped *all = arena_array(arena, struct stopped, tasks->tasks_count);
	int64_t count = 0;

	for (int64_t i = 0; i < tasks->tasks_count; i++)
		all[i] = one_of(&tasks->tasks[i], i);
	if (tasks->tasks_count > 0)
		qsort(all, (size_t)tasks->tasks_count, sizeof(*all), same_together);
	for (int64_t i = 0; i < tasks->tasks_count; i++)
		if (count > 0 && of_the_same(&all[count - 1], &all[i]) == 0)
			add(&all[count - 1], &all[i]);
		else
			all[count++] = all[i];
	if (count > 0)
		qsort(all, (size_t)count, sizeof(*all), most_first);
	*stops = (struct stops) { all, count };
}

const struct stopped *stops_find(const struct stops *stops, enum stop stop)
{
	const struct stopped *found = NULL;

	for (int64_t i = 0; i < stops->count; i++)
		if (stops->stops[i].stop == stop && (!found || stops->stops[i].last > found->last))
			found = &stops->stops[i];
	return found;
}
