/* alarms.h - the alarms of the cluster: which ring, why, and when they did. */
#ifndef ALARMS_H
#define ALARMS_H

#include "cloudwatch_history.h"
#include "cloudwatch_alarm.h"

struct alarms_wanted {
	const char *state, *service, *since;
	bool history, refresh;
};
extern SHAPE_OF(alarms_wanted_shape, struct alarms_wanted);

struct alarm_told {
	const char *alarm, *state, *reason, *condition, *latest, *about, *metric, *runbook;
	int64_t since;
};

struct alarms_answer {
	struct alarm_told *alarms;
	int64_t alarms_count, ringing, left_out;
	struct change *history;
	int64_t history_count;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(alarms_shape, struct alarms_answer);

enum mcp_answer alarms(struct mcp_call *call, const void *in, struct store *store);

/* "Maximum > 0 for 3 × 60 s"; NULL: it has no threshold. */
const char *alarm_condition(struct arena *arena, const struct alarm *alarm);
/* The latest values of its metric, which StateReasonData has: "0, 1, 1". NULL: it has none. */
const char *alarm_latest(struct arena *arena, const struct alarm *alarm);

#endif
