/* stopped.h - why tasks stopped: what ECS says of each, sorted into what it means. Pure. */
#ifndef STOPPED_H
#define STOPPED_H

#include "ecs_task.h"

enum stop {
	STOP_AS_TOLD,           /* a deployment, scaling or a person ended it, and it ended: 143 or 0 */
	STOP_IMAGE,             /* its image could not be pulled */
	STOP_SECRET,            /* a secret could not be read */
	STOP_NETWORK,           /* it could not reach what starts it: registry, secrets, logs */
	STOP_START,             /* it could not be started, for another reason */
	STOP_MEMORY,            /* it needed more memory than it has */
	STOP_HEALTH,            /* a health check failed */
	STOP_IGNORED_SIGTERM,   /* it was told to end, did not, and was killed */
	STOP_KILLED,            /* SIGKILL of somebody else's, memory or not */
	STOP_CRASH,             /* it ended by itself, with a code */
	STOP_KINDS
};

extern const char *const stop_names[STOP_KINDS + 1];    /* "image" …, for ONE_OF; NULL behind the last */

/* Tasks that stopped of the same. */
struct stopped {
	enum stop stop;
	const char *cause;              /* its name */
	const char *reason;             /* as ECS says of the latest */
	int64_t exit_code, count;
	bool has_exit_code;
	int64_t first, last;            /* milliseconds since 1970 */
	bool ran;                       /* it had begun */
	int64_t place;                  /* of the first, among the tasks */
};
extern SHAPE_OF(stopped_shape, struct stopped);

struct stops {
	struct stopped *stops;          /* the most first */
	int64_t count;
};

enum stop stop_of(const struct ecs_task *task);
void stops_group(struct arena *arena, const struct ecs_tasks *tasks, struct stops *stops);
/* Of that kind, the latest; NULL: none. */
const struct stopped *stops_find(const struct stops *stops, enum stop stop);

#endif
