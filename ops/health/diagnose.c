/* diagnose.c - see diagnose.h. */
#include "diagnose.h"

#include "stamp.h"
#include "watched.h"

#define ERRORS_SHOWN 10
#define CHANGES_SHOWN 15
#define SICK_SHOWN 10
#define BEFORE_MS INT64_C(3600000)

const SHAPE(diagnose_wanted_shape, struct diagnose_wanted,
	TEXT(struct diagnose_wanted, service, "Which service", .required = true, AT_LEAST(1), AT_MOST(63), EXAMPLES("products")),
	BOOL(struct diagnose_wanted, refresh, "See how it is now, not up to a minute ago"));

const SHAPE(service_named_shape, struct service_named,
	TEXT(struct service_named, service, "Which service", .required = true, AT_LEAST(1), AT_MOST(63), EXAMPLES("products")));

static SHAPE(sick_shape, struct sick_target,
	TEXT(struct sick_target, target, "Its address", .required = true),
	TEXT(struct sick_target, state, "unhealthy, draining, initial, unavailable"),
	TEXT(struct sick_target, reason, "The load balancer's code"),
	TEXT(struct sick_target, description, "The same in its words"));

const SHAPE(diagnosis_shape, struct diagnosis,
	TEXT(struct diagnosis, service, "Which service", .required = true),
	TEXT(struct diagnosis, verdict, "The answer in a sentence", .required = true),
	LIST(struct diagnosis, causes, causes_count, struct cause, cause_shape, "What is wrong, worst and likeliest first; none: nothing is"),
	INT(struct diagnosis, desired, "Tasks that should run", OPTIONAL(struct diagnosis, has_tasks)),
	INT(struct diagnosis, running, "Tasks that run", OPTIONAL(struct diagnosis, has_tasks)),
	INT(struct diagnosis, pending, "Tasks that are being started", OPTIONAL(struct diagnosis, has_tasks)),
	INT(struct diagnosis, failed_tasks, "Of the newest deployment", OPTIONAL(struct diagnosis, has_tasks)),
	TEXT(struct diagnosis, rollout, "Of the newest deployment: COMPLETED, IN_PROGRESS or FAILED"),
	TEXT(struct diagnosis, rollout_reason, "What ECS says of that"),
	TEXT(struct diagnosis, deployment, "How the newest service deployment went: SUCCESSFUL, ROLLBACK_SUCCESSFUL …"),
	TEXT(struct diagnosis, deployment_reason, "What ECS says of that"),
	TEXT(struct diagnosis, task_definition, "What runs, or is to"),
	TIME(struct diagnosis, deployed_at, "When the newest deployment began"),
	LIST(struct diagnosis, stopped, stopped_count, struct stopped, stopped_shape, "Tasks that stopped in the last hour, by cause"),
	INT(struct diagnosis, targets_healthy, "Targets of the load balancer that are well", OPTIONAL(struct diagnosis, has_targets)),
	INT(struct diagnosis, targets_all, "All of them", OPTIONAL(struct diagnosis, has_targets)),
	LIST(struct diagnosis, sick, sick_count, struct sick_target, sick_shape, "Those that are not"),
	LIST(struct diagnosis, errors, errors_count, struct log_error, log_error_shape, "The last errors and warnings of its log, equal ones folded"),
	LIST(struct diagnosis, alarms, alarms_count, struct ringing, ringing_shape, "Its alarms that ring"),
	LIST(struct diagnosis, changes, changes_count, struct change, change_shape, "What changed before, the latest first"),
	TIME(struct diagnosis, as_of, "When the oldest of it was so"),
	LIST(struct diagnosis, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void put_tasks(const struct seen *seen, struct diagnosis *out)
{
	const struct ecs_deployment *primary = seen->of ? ecs_primary(seen->of) : NULL;

	if (seen->of) {
		out->has_tasks = true;
		out->desired = seen->of->desiredCount;
		out->running = seen->of->runningCount;
		out->pending = seen->of->pendingCount;
	}
	if (primary) {
		out->failed_tasks = primary->failedTasks;
		out->rollout = primary->rolloutState;
		out->rollout_reason = primary->rolloutStateReason;
		out->task_definition = primary->taskDefinition;
		out->deployed_at = stamp_ms(primary->createdAt);
	}
	out->deployment = seen->deployment.status;
	out->deployment_reason = seen->deployment.statusReason;
}

static void put_targets(struct arena *arena, const struct targets *targets, struct diagnosis *out)
{
	out->has_targets = targets->count > 0;
	out->targets_healthy = targets_in(targets, "healthy");
	out->targets_all = targets_all(targets);
	out->sick = arena_array(arena, struct sick_target, SICK_SHOWN);
	for (int64_t i = 0; i < targets->count && out->sick_count < SICK_SHOWN; i++) {
		const struct target *target = &targets->targets[i];
		if (target->TargetHealth && !target_is(target, "healthy") && !target_is(target, "unused"))
			out->sick[out->sick_count++] = (struct sick_target) {
				target->Target && target->Target->Id ? target->Target->Id : "?", target->TargetHealth->State,
				target->TargetHealth->Reason, target->TargetHealth->Description,
			};
	}
}

/* From an hour before the worst began until then; where nothing is wrong, of the last hour. */
static void put_changes(const struct seen *seen, struct diagnosis *out)
{
	bool wrong = out->causes_count > 0 && out->causes[0].since > 0;
	int64_t until = wrong ? out->causes[0].since : seen->now_ms, from = until - BEFORE_MS;
	const struct changes *changes = &seen->changes;
	int64_t first = 0, count = 0;

	while (first < changes->count && changes->changes[first].at > until)
		first++;
	while (first + count < changes->count && count < CHANGES_SHOWN && changes->changes[first + count].at >= from)
		count++;
	out->changes = changes->changes ? changes->changes + first : NULL;
	out->changes_count = count;
}

static const char *verdict(struct arena *arena, const struct seen *seen, const struct diagnosis *out)
{
	if (out->causes_count > 0)
		return arena_print(arena, "%s (%s).", out->causes[0].what, out->causes[0].severity);
	if (!seen->of)
		return arena_print(arena, "What ECS says of %s could not be had.", seen->service);
	return arena_print(arena, "Nothing is wrong with %s%s.", seen->service, out->gaps_count > 0 ? ", as far as could be seen" : "");
}

enum mcp_answer diagnose(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct diagnose_wanted *wanted = in;
	struct arena *arena = mcp_arena(call);
	struct look look = look_begin(call, wanted->refresh);
	const char *service = watched_find(wanted->service);
	struct causes causes;
	struct seen seen;

	if (!service)
		return watched_none(call, wanted->service);
	if (!diagnose_look(&look, service, &seen))
		return MCP_WAITING;
	judge(arena, &seen, &causes);
	struct diagnosis out = {
		.service = service, .causes = causes.causes, .causes_count = causes.count, .as_of = look.as_of,
		.gaps = look.gaps, .gaps_count = look.gaps_count, .stopped = seen.stops.stops, .stopped_count = seen.stops.count,
		.errors = seen.errors.errors, .errors_count = least(seen.errors.count, ERRORS_SHOWN),
	};
	put_tasks(&seen, &out);
	put_targets(arena, &seen.targets, &out);
	out.alarms = alarms_told(arena, &seen.alarms);
	out.alarms_count = seen.alarms.count;
	put_changes(&seen, &out);
	out.verdict = verdict(arena, &seen, &out);
	return mcp_return(call, diagnosis_shape, &out);
}

enum mcp_answer diagnose_read(struct mcp_call *call, const void *in, struct store *store)
{
	const struct service_named *named = in;

	if (!watched_find(named->service))
		return mcp_not_found(call, "There is no service %s.", str_quote(str_of(named->service), 64).text);
	return diagnose(call, &(struct diagnose_wanted) { named->service, false }, store);
}
