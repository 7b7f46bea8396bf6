/* judge.h - what is wrong with a service, from what was read of it: causes with their evidence, worst and likeliest first.
 *
 * Pure: the same was read, the same is judged. What comes of something else is no cause of its own but evidence of that: a
 * task that ended because it had no database, a target that says it is not ready for the same reason. */
#ifndef JUDGE_H
#define JUDGE_H

#include "change.h"
#include "cloudwatch_alarm.h"
#include "ecs.h"
#include "ecs_deployment.h"
#include "elb.h"
#include "log_errors.h"
#include "database.h"
#include "stopped.h"

/* All of one service; what could not be had is empty. */
struct seen {
	const char *service;
	int64_t now_ms;
	const struct ecs_service *of;   /* NULL: ECS has no such, or does not say */
	struct ecs_service_deployment deployment;
	struct stops stops;
	struct targets targets;
	struct log_errors errors;
	struct alarms alarms;           /* that ring, of this service */
	struct changes changes;         /* the latest first */
	struct db_instance database;
};

#define EVIDENCE_MAX 12

struct cause {
	const char *cause;              /* "image", "secret" … */
	const char *severity;           /* "critical", "error", "warning" */
	const char *what;
	int64_t since, last;            /* milliseconds since 1970; 0: not known */
	const char **evidence;
	int64_t evidence_count;
	const char *next;

	int worse, likelier;            /* how they are put in order: less is first */
};
extern SHAPE_OF(cause_shape, struct cause);

struct causes {
	struct cause *causes;
	int64_t count;
};

void judge(struct arena *arena, const struct seen *seen, struct causes *causes);

/* The same words for whoever finds without judging. */
enum severity { CRITICAL, ERROR, WARNING };
extern const char *const severity_names[];

#endif
