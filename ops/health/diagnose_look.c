/* diagnose_look.c - everything that diagnose reads of one service: what does not need another's answer in the first round, the
 * rest in the second. */
#include "diagnose.h"

#include "cloudtrail.h"
#include "stamp.h"

#define HOURS_MS INT64_C(3600000)
/* Times of requests are whole so many: a call that is run again asks the same, and others share the answer. */
#define STEP_MS INT64_C(300000)
#define LOG_MS HOURS_MS
#define CHANGES_MS (3 * HOURS_MS)

static int64_t since(int64_t ago_ms)
{
	return (now_ms() - ago_ms) / STEP_MS * STEP_MS;
}

static void keep_alarms_of(struct arena *arena, const char *service, struct alarms *alarms)
{
	int64_t kept = 0;

	for (int64_t i = 0; i < alarms->count; i++)
		if (alarm_is_of(arena, &alarms->alarms[i], service))
			alarms->alarms[kept++] = alarms->alarms[i];
	alarms->count = kept;
}

static void add_deployments(struct arena *arena, const struct ecs_service *of, struct changes *changes)
{
	for (int64_t i = 0; of && i < of->deployments_count; i++)
		changes_add(changes, arena, &(struct change) {
			.at = stamp_ms(of->deployments[i].createdAt), .kind = "deployment", .on = of->serviceName,
			.what = arena_print(arena, "a deployment began, of %s", of->deployments[i].taskDefinition ? of->deployments[i].taskDefinition : "?"),
		});
}

bool diagnose_look(struct look *look, const char *service, struct seen *seen)
{
	struct arena *arena = mcp_arena(look->call);
	struct ecs_services services;
	struct ecs_tasks tasks;

	*seen = (struct seen) { .service = service, .now_ms = now_ms() };
	ecs_services(look, &services);
	seen->of = ecs_find(&services, service);
	ecs_stopped_tasks(look, service, &tasks);
	ecs_newest_deployment(look, service, &seen->deployment);
	ecs_targets(look, seen->of, &seen->targets);
	log_errors(look, service, since(LOG_MS), &seen->errors);
	alarms_of_metrics(look, "ALARM", &seen->alarms);
	db_instance(look, &seen->database);
	cloudtrail_changes(look, since(CHANGES_MS), 1, &seen->changes);
	if (look->pending)
		return false;
	stops_group(arena, &tasks, &seen->stops);
	keep_alarms_of(arena, service, &seen->alarms);
	add_deployments(arena, seen->of, &seen->changes);
	changes_sort(&seen->changes);
	return true;
}
