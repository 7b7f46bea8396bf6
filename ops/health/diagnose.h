/* diagnose.h - what is wrong with one service, and why. */
#ifndef DIAGNOSE_H
#define DIAGNOSE_H

#include "judge.h"

struct diagnose_wanted {
	const char *service;
	bool refresh;
};
extern SHAPE_OF(diagnose_wanted_shape, struct diagnose_wanted);

struct sick_target { const char *target, *state, *reason, *description; };

struct diagnosis {
	const char *service, *verdict;
	struct cause *causes;
	int64_t causes_count;
	int64_t desired, running, pending, failed_tasks, targets_healthy, targets_all;
	bool has_tasks, has_targets;
	const char *rollout, *rollout_reason, *deployment, *deployment_reason, *task_definition;
	int64_t deployed_at;
	struct stopped *stopped;
	int64_t stopped_count;
	struct sick_target *sick;
	int64_t sick_count;
	struct log_error *errors;
	int64_t errors_count;
	struct ringing *alarms;
	int64_t alarms_count;
	struct change *changes;
	int64_t changes_count;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(diagnosis_shape, struct diagnosis);

enum mcp_answer diagnose(struct mcp_call *call, const void *in, struct store *store);

/* The resource ops://service/NAME. */
struct service_named { const char *service; };
extern SHAPE_OF(service_named_shape, struct service_named);
enum mcp_answer diagnose_read(struct mcp_call *call, const void *in, struct store *store);

/* Everything of one service, in two rounds. False: pending. */
bool diagnose_look(struct look *look, const char *service, struct seen *seen);

#endif
