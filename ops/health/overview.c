/* overview.c - see overview.h. */
#include "overview.h"

#include "ecs_definition.h"
#include "stamp.h"
#include "watched.h"

/* Followers are told to look this often; or less, where a look takes so many requests that there would be more than CALLS_A_MINUTE. */
#define TELL_MS INT64_C(60000)
#define CALLS_A_MINUTE 20

const SHAPE(overview_wanted_shape, struct overview_wanted,
	BOOL(struct overview_wanted, refresh, "See how it is now, not up to a minute ago"));

const SHAPE(overview_shape, struct overview,
	TEXT(struct overview, verdict, "The answer in a sentence", .required = true),
	LIST(struct overview, findings, findings_count, struct finding, finding_shape, "What strikes one, worst first; none: all is well"),
	LIST(struct overview, services, services_count, struct service_state, service_state_shape, "The services"),
	LIST(struct overview, alarms, alarms_count, struct ringing, ringing_shape, "The alarms that ring"),
	NEST(struct overview, database, struct database_state, database_state_shape, "The database of RDS, where there is one"),
	TIME(struct overview, as_of, "When the oldest of it was so"),
	LIST(struct overview, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

/* What an ARN ends with: shop-dev-products:7. */
static const char *short_name(const char *arn)
{
	const char *slash = arn ? strrchr(arn, '/') : NULL;

	return slash ? slash + 1 : arn;
}

static struct service_state state_of(struct look *look, const struct ecs_service *service)
{
	const struct ecs_deployment *primary = ecs_primary(service);
	const char *definition = primary ? primary->taskDefinition : service->taskDefinition;
	struct targets targets = { 0 };
	struct service_state state = {
		.service = service->serviceName ? service->serviceName : "?", .desired = service->desiredCount, .running = service->runningCount,
		.pending = service->pendingCount, .task_definition = short_name(definition),
	};

	if (primary) {
		state.rollout = primary->rolloutState;
		state.rollout_reason = primary->rolloutStateReason;
		state.failed_tasks = primary->failedTasks;
		state.deployed_at = stamp_ms(primary->createdAt);
	}
	if (definition)
		image_read(mcp_arena(look->call), ecs_image(look, definition, state.service), &state);
	ecs_targets(look, service, &targets);
	state.has_targets = targets.count > 0;
	state.targets_healthy = targets_in(&targets, "healthy");
	state.targets_sick = targets_in(&targets, "unhealthy");
	state.targets_all = targets_all(&targets);
	return state;
}

static struct database_state *database_of(struct arena *arena, const struct db_instance *instance)
{
	struct database_state *state = arena_new(arena, struct database_state);

	if (!instance->DBInstanceIdentifier)
		return NULL;
	*state = (struct database_state) {
		.instance = instance->DBInstanceIdentifier, .status = instance->DBInstanceStatus, .class = instance->DBInstanceClass, .multi_az = instance->MultiAZ,
		.engine = instance->Engine && instance->EngineVersion ? arena_print(arena, "%s %s", instance->Engine, instance->EngineVersion) : instance->Engine,
	};
	return state;
}

static const char *verdict(struct arena *arena, const struct overview *out)
{
	if (out->findings_count > 1)
		return arena_print(arena, "%s (%s); %lld more.", out->findings[0].what, out->findings[0].severity, (long long)out->findings_count - 1);
	if (out->findings_count == 1)
		return arena_print(arena, "%s (%s).", out->findings[0].what, out->findings[0].severity);
	if (out->services_count == 0)
		return "How the services are could not be had.";
	return out->gaps_count > 0 ? "All is well, as far as could be seen." : "All is well.";
}

/* False: pending. */
static bool look_at_all(struct look *look, struct overview *out, struct alarms *alarms)
{
	struct arena *arena = mcp_arena(look->call);
	struct ecs_services services;
	struct db_instance instance;

	ecs_services(look, &services);
	alarms_of_metrics(look, "ALARM", alarms);
	db_instance(look, &instance);
	out->services = arena_array(arena, struct service_state, services.services_count);
	for (; out->services_count < services.services_count; out->services_count++)
		out->services[out->services_count] = state_of(look, &services.services[out->services_count]);
	out->database = database_of(arena, &instance);
	return !look->pending;
}

enum mcp_answer overview(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct overview_wanted *wanted = in;
	struct arena *arena = mcp_arena(call);
	struct look look = look_begin(call, wanted->refresh);
	struct overview out = { .findings = arena_array(arena, struct finding, FINDINGS_MAX) };
	struct alarms alarms;

	if (!look_at_all(&look, &out, &alarms))
		return MCP_WAITING;
	out.findings_count = findings(arena, &(struct states) { out.services, out.services_count, &alarms, out.database, now_ms() }, out.findings);
	out.alarms = alarms_told(arena, &alarms);
	out.alarms_count = alarms.count;
	out.as_of = look.as_of;
	out.gaps = look.gaps;
	out.gaps_count = look.gaps_count;
	out.verdict = verdict(arena, &out);
	return mcp_return(call, overview_shape, &out);
}

enum mcp_answer overview_read(struct mcp_call *call, UNUSED const void *in, struct store *store)
{
	return overview(call, &(struct overview_wanted) { false }, store);
}

int64_t overview_pause_ms(size_t services)
{
	/* Services by tens, the alarms, the database; of each service the targets of up to two groups. What is kept for an hour is left out. */
	int64_t calls = (int64_t)(services + 9) / 10 + 2 + 2 * (int64_t)services;
	int64_t least = calls * TELL_MS / CALLS_A_MINUTE;

	return least > TELL_MS ? least : TELL_MS;
}

int64_t overview_tell(UNUSED struct store *store)
{
	mcp_changed("ops://overview");
	return overview_pause_ms(watched_count());
}
