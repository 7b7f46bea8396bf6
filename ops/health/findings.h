/* findings.h - what strikes one about how everything is, worst first. Pure. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "cloudwatch_alarm.h"
#include "ecs.h"
#include "database.h"

struct service_state {
	const char *service, *rollout, *rollout_reason, *image_tag, *image_digest, *task_definition;
	int64_t desired, running, pending, failed_tasks;
	int64_t deployed_at;            /* milliseconds since 1970 */
	int64_t targets_healthy, targets_sick, targets_all;
	bool has_targets;
};
extern SHAPE_OF(service_state_shape, struct service_state);

struct database_state {
	const char *instance, *status, *engine, *class, *multi_az;
};
extern SHAPE_OF(database_state_shape, struct database_state);

struct finding {
	const char *severity, *what, *next;
	const char *service;            /* NULL: of none, or of all */
	int64_t since;
	int worse;                      /* how they are put in order: less is first */
};
extern SHAPE_OF(finding_shape, struct finding);

#define FINDINGS_MAX 50

struct states {
	const struct service_state *services;
	int64_t services_count;
	const struct alarms *alarms;    /* that ring */
	const struct database_state *database;  /* NULL: there is none, or it is not known */
	int64_t now_ms;
};

/* `findings` has room for FINDINGS_MAX. How many there are. */
int64_t findings(struct arena *arena, const struct states *states, struct finding *findings);

/* "…/products:1.4@sha256:ab…": what stands in it; NULL: nothing of it. */
void image_read(struct arena *arena, const char *image, struct service_state *state);

#endif
