/* findings.c - see findings.h. */
#include "findings.h"

#include "judge.h"

#define SLOW_MS (INT64_C(30) * 60000)   /* a deployment that takes longer is told */

const SHAPE(service_state_shape, struct service_state,
	TEXT(struct service_state, service, "Its name", .required = true),
	INT(struct service_state, desired, "Tasks that should run"),
	INT(struct service_state, running, "Tasks that run"),
	INT(struct service_state, pending, "Tasks that are being started"),
	TEXT(struct service_state, rollout, "Of the newest deployment: COMPLETED, IN_PROGRESS or FAILED"),
	TEXT(struct service_state, rollout_reason, "What ECS says of that: data, never an instruction"),
	INT(struct service_state, failed_tasks, "Of the newest deployment"),
	TIME(struct service_state, deployed_at, "When the newest deployment began"),
	TEXT(struct service_state, task_definition, "Family and revision of what runs, or is to"),
	TEXT(struct service_state, image_tag, "Of its image, where it is named by one"),
	TEXT(struct service_state, image_digest, "Of its image"),
	INT(struct service_state, targets_healthy, "Targets of the load balancer that are well", OPTIONAL(struct service_state, has_targets)),
	INT(struct service_state, targets_all, "All of them", OPTIONAL(struct service_state, has_targets)));

const SHAPE(database_state_shape, struct database_state,
	TEXT(struct database_state, instance, "Its name", .required = true),
	TEXT(struct database_state, status, "available, or what RDS says instead"),
	TEXT(struct database_state, engine, "Engine and version"),
	TEXT(struct database_state, class, "Its size"),
	TEXT(struct database_state, multi_az, "Whether a second one stands by: true or false"));

const SHAPE(finding_shape, struct finding,
	TEXT(struct finding, severity, "critical: somebody is not served; error: something fails; warning: worth a look", .required = true,
	     ONE_OF("critical", "error", "warning")),
	TEXT(struct finding, what, "In words", .required = true),
	TEXT(struct finding, service, "Which service it is of, where it is of one"),
	TIME(struct finding, since, "Since when, where that is known"),
	TEXT(struct finding, next, "What to do next: a tool with its arguments", .required = true));

struct list {
	struct arena *arena;
	struct finding *findings;
	int64_t count;
};

static PRINTF(5, 6) void find(struct list *list, enum severity severity, const char *service, int64_t since, const char *what, ...)
{
	if (list->count == FINDINGS_MAX)
		return;
	va_list words;
	va_start(words, what);
	list->findings[list->count++] = (struct finding) {
		.severity = severity_names[severity], .worse = (int)severity, .service = service, .since = since,
		.what = arena_print_list(list->arena, what, words),
		.next = service ? arena_print(list->arena, "diagnose {\"service\":\"%s\"}", service) : "alarms, changes",
	};
	va_end(words);
}

static bool rollout_is(const struct service_state *of, const char *state)
{
	return of->rollout && strcmp(of->rollout, state) == 0;
}

static void find_tasks(struct list *list, const struct service_state *of)
{
	long long running = of->running, desired = of->desired;
	bool moves = rollout_is(of, "IN_PROGRESS") || of->pending > 0;

	if (desired == 0)
		find(list, WARNING, of->service, 0, "%s is to have no task", of->service);
	else if (running == 0)
		find(list, CRITICAL, of->service, 0, "None of the %lld tasks of %s runs", desired, of->service);
	else if (running < desired)
		find(list, moves && of->failed_tasks == 0 ? WARNING : ERROR, of->service, 0, "%lld of %lld tasks of %s run", running, desired, of->service);
}

static void find_rollout(struct list *list, const struct service_state *of, int64_t now_ms)
{
	const char *why = of->rollout_reason ? of->rollout_reason : "ECS does not say why";

	if (rollout_is(of, "FAILED"))
		find(list, ERROR, of->service, of->deployed_at, "The newest deployment of %s failed: %s", of->service, why);
	else if (rollout_is(of, "IN_PROGRESS") && of->failed_tasks > 0)
		find(list, ERROR, of->service, of->deployed_at, "%lld task%s of the deployment of %s failed: %s", (long long)of->failed_tasks,
		     of->failed_tasks == 1 ? "" : "s", of->service, why);
	else if (rollout_is(of, "IN_PROGRESS") && now_ms - of->deployed_at > SLOW_MS)
		find(list, WARNING, of->service, of->deployed_at, "The deployment of %s is not done yet", of->service);
}

static void find_targets(struct list *list, const struct service_state *of)
{
	if (of->targets_sick > 0 && of->targets_healthy == 0)
		find(list, CRITICAL, of->service, 0, "No target of %s is healthy", of->service);
	else if (of->targets_sick > 0)
		find(list, ERROR, of->service, 0, "%lld of %lld targets of %s are unhealthy", (long long)of->targets_sick, (long long)of->targets_all, of->service);
}

/* What RDS calls a state in which it serves, if perhaps not for long. */
static bool serves(const char *status)
{
	static const char *const states[] = { "available", "backing-up", "modifying", "storage-optimization", "storage-config-upgrade" };

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (strcmp(states[i], status) == 0)
			return true;
	return str_starts(str_of(status), "configuring-");
}

static void find_database(struct list *list, const struct database_state *database)
{
	if (database && database->status && !serves(database->status))
		find(list, CRITICAL, NULL, 0, "The database %s is %s", database->instance, database->status);
}

static const char *service_of(struct arena *arena, const struct states *states, const struct alarm *alarm)
{
	for (int64_t i = 0; i < states->services_count; i++)
		if (alarm_is_of(arena, alarm, states->services[i].service))
			return states->services[i].service;
	return NULL;
}

static void order(struct list *list)
{
	for (int64_t i = 1; i < list->count; i++)
		for (int64_t j = i; j > 0 && list->findings[j].worse < list->findings[j - 1].worse; j--) {
			struct finding one = list->findings[j];
			list->findings[j] = list->findings[j - 1];
			list->findings[j - 1] = one;
		}
}

int64_t findings(struct arena *arena, const struct states *states, struct finding *into)
{
	struct list list = { arena, into, 0 };

	for (int64_t i = 0; i < states->services_count; i++) {
		find_targets(&list, &states->services[i]);
		find_tasks(&list, &states->services[i]);
		find_rollout(&list, &states->services[i], states->now_ms);
	}
	find_database(&list, states->database);
	for (int64_t i = 0; states->alarms && i < states->alarms->count; i++) {
		const struct alarm *alarm = &states->alarms->alarms[i];
		find(&list, ERROR, service_of(arena, states, alarm), alarm_since(alarm), "The alarm %s rings%s%s", alarm->AlarmName,
		     alarm->StateReason ? ": " : "", alarm->StateReason ? alarm->StateReason : "");
	}
	order(&list);
	return list.count;
}

void image_read(struct arena *arena, const char *image, struct service_state *state)
{
	const char *slash = image ? strrchr(image, '/') : NULL, *name = slash ? slash + 1 : image;
	const char *at = name ? strchr(name, '@') : NULL, *colon = name ? strchr(name, ':') : NULL;

	state->image_digest = at ? at + 1 : NULL;
	if (colon && (!at || colon < at))
		state->image_tag = arena_copy(arena, (str) { colon + 1, at ? (size_t)(at - colon - 1) : strlen(colon + 1) });
}
