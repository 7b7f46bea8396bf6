/* test_ops_judge.c - what is wrong with a service: what ECS's words about a task mean, and what is concluded from all that was seen. */
#include "cause.h"
#include "suite.h"

#define NOW INT64_C(1795000000000)
#define MINUTE INT64_C(60000)

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

#define NOBODY -1       /* its container never ran */

static const struct { const char *code, *reason, *container; int exit_code; enum stop stop; } tasks[] = {
	{ "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", NULL, 143, STOP_AS_TOLD },
	{ "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", NULL, 0, STOP_AS_TOLD },
	{ "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", NULL, 137, STOP_IGNORED_SIGTERM },
	{ "UserInitiated", "Task stopped by user", NULL, 143, STOP_AS_TOLD },
	{ "UserInitiated", "Task stopped by user", NULL, 137, STOP_IGNORED_SIGTERM },
	{ "SpotInterruption", "Your Spot Task was interrupted.", NULL, 143, STOP_AS_TOLD },
	{ "EssentialContainerExited", "Essential container in task exited", NULL, 143, STOP_AS_TOLD },
	{ "EssentialContainerExited", "Essential container in task exited", NULL, 1, STOP_CRASH },
	{ "EssentialContainerExited", "Essential container in task exited", NULL, 139, STOP_CRASH },
	{ "EssentialContainerExited", "Essential container in task exited", NULL, 0, STOP_CRASH },
	{ "EssentialContainerExited", "Essential container in task exited", NULL, 137, STOP_KILLED },
	{ "EssentialContainerExited", "Essential container in task exited", "OutOfMemoryError: Container killed due to memory usage", 137, STOP_MEMORY },
	/* Told to end, and killed for memory before it did. */
	{ "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", "OutOfMemoryError: container killed due to memory usage", 137, STOP_MEMORY },
	{ "ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group arn)", NULL, 0, STOP_HEALTH },
	{ "ServiceSchedulerInitiated", "Task failed container health checks", NULL, 137, STOP_HEALTH },
	{ "TaskFailedToStart", "CannotPullContainerError: pull image manifest has been retried 5 time(s): not found", NULL, NOBODY, STOP_IMAGE },
	{ "TaskFailedToStart", "Task failed to start", "CannotPullContainerError: ref pull has been retried 1 time(s): not found", NOBODY, STOP_IMAGE },
	{ "TaskFailedToStart", "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to"
	  " retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret", NULL, NOBODY, STOP_SECRET },
	{ "TaskFailedToStart", "ResourceInitializationError: unable to pull secrets or registry auth: The task can't retrieve the secret with ARN 'x' from AWS"
	  " Secrets Manager. Check whether the secret exists in the specified Region.", NULL, NOBODY, STOP_SECRET },
	{ "TaskFailedToStart", "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR:"
	  " There is a connection issue between the task and Amazon ECR. Check your task network configuration.", NULL, NOBODY, STOP_NETWORK },
	{ "TaskFailedToStart", "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group", NULL, NOBODY, STOP_START },
	{ "TaskFailedToStart", "CannotStartContainerError: exec format error", NULL, NOBODY, STOP_START },
	{ "TaskFailedToStart", "Unexpected EC2 error while attempting to Create Network Interface", NULL, NOBODY, STOP_START },
	{ NULL, NULL, NULL, NOBODY, STOP_AS_TOLD },
};

START_TEST(what_stopped_a_task_is_known_by_codes_and_words)
{
	struct ecs_container container = { .name = "products", .reason = tasks[_i].container, .exitCode = tasks[_i].exit_code,
	                                   .has_exitCode = tasks[_i].exit_code != NOBODY };
	struct ecs_task task = { .stopCode = tasks[_i].code, .stoppedReason = tasks[_i].reason, .containers = &container, .containers_count = 1 };

	ck_assert_str_eq(stop_names[stop_of(&task)], stop_names[tasks[_i].stop]);
}
END_TEST

START_TEST(of_several_containers_the_one_that_failed_tells)
{
	struct ecs_container containers[] = {
		{ .name = "beside", .has_exitCode = true }, { .name = "products", .has_exitCode = true, .exitCode = 3 }, { .name = "log" },
	};
	struct ecs_task task = { .stopCode = "EssentialContainerExited", .stoppedAt = 60, .containers = containers, .containers_count = 3 };
	struct ecs_tasks all = { &task, 1 };
	struct stops stops;

	stops_group(arena, &all, &stops);
	ck_assert_int_eq(stops.count, 1);
	ck_assert_int_eq(stops.stops[0].stop, STOP_CRASH);
	ck_assert_int_eq(stops.stops[0].exit_code, 3);
	ck_assert_int_eq(stops.stops[0].last, MINUTE);
}
END_TEST

START_TEST(equal_ones_are_one_group_the_most_first)
{
	struct ecs_container crashed = { .has_exitCode = true, .exitCode = 1 }, ended = { .has_exitCode = true, .exitCode = 143 };
	struct ecs_task of[] = {
		{ .stopCode = "ServiceSchedulerInitiated", .stoppedAt = 100, .containers = &ended, .containers_count = 1 },
		{ .stopCode = "EssentialContainerExited", .stoppedReason = "older", .stoppedAt = 120, .containers = &crashed, .containers_count = 1 },
		{ .stopCode = "EssentialContainerExited", .stoppedReason = "latest", .stoppedAt = 180, .containers = &crashed, .containers_count = 1 },
	};
	struct stops stops;

	stops_group(arena, &(struct ecs_tasks) { of, 3 }, &stops);
	ck_assert_int_eq(stops.count, 2);
	ck_assert_str_eq(stops.stops[0].cause, "crash");
	ck_assert_int_eq(stops.stops[0].count, 2);
	ck_assert_str_eq(stops.stops[0].reason, "latest");
	ck_assert_int_eq(stops.stops[0].first, 120000);
	ck_assert_int_eq(stops.stops[0].last, 180000);
}
END_TEST

/* ---- What is concluded ---- */

static struct ecs_deployment completed = { .status = "PRIMARY", .rolloutState = "COMPLETED" };
static struct ecs_service well = { .serviceName = "products", .desiredCount = 2, .runningCount = 2, .deployments = &completed, .deployments_count = 1 };

static struct causes judged(struct seen *seen)
{
	struct causes causes;

	seen->service = "products";
	seen->now_ms = NOW;
	judge(arena, seen, &causes);
	for (int64_t i = 0; i < causes.count; i++) {
		ck_assert_ptr_nonnull(causes.causes[i].next);
		ck_assert_ptr_null(strstr(causes.causes[i].next, "%s"));
		ck_assert_ptr_null(strstr(causes.causes[i].what, "%s"));
	}
	return causes;
}

START_TEST(of_nothing_nothing_is_concluded)
{
	ck_assert_int_eq(judged(&(struct seen) { 0 }).count, 0);
	ck_assert_int_eq(judged(&(struct seen) { .of = &well }).count, 0);
}
END_TEST

/* One kind of stop, so many tasks running, so long ago: how bad it is. */
static const struct { enum stop stop; int64_t running; int minutes; const char *cause, *severity; } alone[] = {
	{ STOP_IMAGE, 2, 1, "image", "error" }, { STOP_IMAGE, 0, 1, "image", "critical" }, { STOP_IMAGE, 2, 50, "image", "warning" },
	{ STOP_SECRET, 2, 14, "secret", "error" }, { STOP_SECRET, 2, 16, "secret", "warning" }, { STOP_SECRET, 1, 16, "secret", "error" },
	{ STOP_NETWORK, 0, 1, "network", "critical" }, { STOP_START, 0, 1, "start", "critical" },
	{ STOP_MEMORY, 2, 1, "out_of_memory", "error" }, { STOP_MEMORY, 0, 1, "out_of_memory", "critical" },
	{ STOP_KILLED, 2, 1, "killed", "error" }, { STOP_CRASH, 0, 1, "crash", "critical" }, { STOP_HEALTH, 2, 1, "health_check", "error" },
	{ STOP_IGNORED_SIGTERM, 2, 1, "ignored_sigterm", "warning" }, { STOP_IGNORED_SIGTERM, 0, 1, "ignored_sigterm", "warning" },
};

START_TEST(how_bad_it_is_goes_by_who_is_served_and_whether_it_goes_on)
{
	struct ecs_service of = well;
	struct stopped stopped = { .stop = alone[_i].stop, .count = 1, .first = NOW - alone[_i].minutes * MINUTE, .last = NOW - alone[_i].minutes * MINUTE };

	of.runningCount = alone[_i].running;
	struct causes causes = judged(&(struct seen) { .of = &of, .stops = { &stopped, 1 } });
	ck_assert_int_eq(causes.count, 1);
	ck_assert_str_eq(causes.causes[0].cause, alone[_i].cause);
	ck_assert_str_eq(causes.causes[0].severity, alone[_i].severity);
	ck_assert_int_eq(causes.causes[0].since, stopped.first);
}
END_TEST

static struct target sick(struct target_health *health, const char *description)
{
	*health = (struct target_health) { "unhealthy", "Target.ResponseCodeMismatch", description };
	return (struct target) { NULL, health };
}

/* What a target says, whether the log says that the database is away: the causes. */
static const struct { const char *description; bool away; const char *first, *second; } sicks[] = {
	{ "Health checks failed with these codes: [503]", true, "database", NULL },
	{ "Health checks failed with these codes: [503]", false, "health_check", NULL },
	{ "Health checks failed with these codes: [404]", true, "database", "health_check" },
	{ "Request timed out", false, "health_check", NULL },
};

START_TEST(a_target_that_is_not_ready_is_evidence_of_the_database_that_is_away)
{
	struct target_health health;
	struct target target = sick(&health, sicks[_i].description);
	struct log_error error = { "error", "store: connection to server at \"x\", port 5432 failed: timeout expired", 1, NOW - MINUTE, NOW };
	struct causes causes = judged(&(struct seen) { .of = &well, .targets = { &target, 1 }, .errors = { &error, sicks[_i].away } });

	ck_assert_int_eq(causes.count, sicks[_i].second ? 2 : 1);
	ck_assert_str_eq(causes.causes[0].cause, sicks[_i].first);
	ck_assert_str_eq(causes.causes[0].severity, "critical");
	if (sicks[_i].second)
		ck_assert_str_eq(causes.causes[1].cause, sicks[_i].second);
}
END_TEST

/* Without its database a program ends at its start with 1; whatever ends otherwise is a cause of its own. */
static const struct { int exit_code; int64_t count; } ends[] = { { 1, 1 }, { 139, 2 }, { 0, 2 } };

START_TEST(a_task_that_ended_for_want_of_the_database_is_evidence_of_that)
{
	struct log_error error = { "error", "store: connection to server at \"x\", port 5432 failed: timeout expired", 1, NOW - MINUTE, NOW };
	struct stopped stopped = { .stop = STOP_CRASH, .exit_code = ends[_i].exit_code, .has_exit_code = true, .count = 2, .first = NOW, .last = NOW };
	struct causes causes = judged(&(struct seen) { .of = &well, .stops = { &stopped, 1 }, .errors = { &error, 1 } });

	ck_assert_int_eq(causes.count, ends[_i].count);
	ck_assert_str_eq(causes.causes[0].cause, "database");
}
END_TEST

static const struct { const char *message; bool away; } lines[] = {
	{ "store: connection to server at \"10.0.0.1\", port 5432 failed: Connection refused", true },
	{ "store: select 1: server closed the connection unexpectedly", true },
	{ "store: no further connection can be made: timeout expired", true },
	{ "not ready: the database does not answer", true },
	{ "not started: postgresql://x/y can't be used, for the reason above", true },
	{ "store: select sku from product: no such table: product", false },
	{ "calling reserve failed: connection to server lost", false },
	{ "not ready: nothing can be written", false },
	{ "not ready: the database's file was moved, deleted or replaced", true },
	{ "not started: PORT is no number", false },
};

START_TEST(a_database_that_is_away_is_known_by_the_programs_own_words)
{
	ck_assert_msg(says_database(lines[_i].message) == lines[_i].away, "%s", lines[_i].message);
}
END_TEST

START_TEST(a_deployment_that_failed_is_a_cause_alone_and_evidence_beside_one)
{
	struct ecs_breaker breaker = { "TRIGGERED", 3, 3 };
	struct seen seen = { .of = &well, .deployment = { .status = "ROLLBACK_SUCCESSFUL", .statusReason = "tasks failed to start",
	                     .createdAt = (double)(NOW / 1000 - 7200), .finishedAt = (double)(NOW / 1000 - 3000), .deploymentCircuitBreaker = &breaker } };
	struct causes causes = judged(&seen);

	ck_assert_int_eq(causes.count, 1);
	ck_assert_str_eq(causes.causes[0].cause, "deployment");
	ck_assert_str_eq(causes.causes[0].severity, "warning");
	ck_assert_str_eq(causes.causes[0].evidence[0], "deployment ROLLBACK_SUCCESSFUL: tasks failed to start; circuit breaker TRIGGERED, 3 of 3 failures");
	/* The reason is known: a deployment that was put back goes on to be wrong, however long ago. */
	struct stopped stopped = { .stop = STOP_IMAGE, .count = 3, .first = NOW - 55 * MINUTE, .last = NOW - 50 * MINUTE };
	seen.stops = (struct stops) { &stopped, 1 };
	causes = judged(&seen);
	ck_assert_int_eq(causes.count, 1);
	ck_assert_str_eq(causes.causes[0].cause, "image");
	ck_assert_str_eq(causes.causes[0].severity, "error");
	ck_assert_int_eq(causes.causes[0].evidence_count, 2);
}
END_TEST

/* Since it was steady: what ECS said before that is over. */
START_TEST(events_count_until_it_was_steady)
{
	struct ecs_event events[] = {
		{ "(service products) was unable to place a task. Reason: Capacity is unavailable at this time.", (double)(NOW / 1000 - 60) },
		{ "(service products) has reached a steady state.", (double)(NOW / 1000 - 120) },
		{ "(service products) failed to launch a task with (error x)", (double)(NOW / 1000 - 180) },
	};
	struct ecs_service of = well;

	of.runningCount = 0;
	of.events = events;
	of.events_count = 3;
	struct causes causes = judged(&(struct seen) { .of = &of });
	ck_assert_int_eq(causes.count, 1);
	ck_assert_str_eq(causes.causes[0].cause, "capacity");
	ck_assert_str_eq(causes.causes[0].severity, "critical");
	of.events++;
	of.events_count--;
	causes = judged(&(struct seen) { .of = &of });
	ck_assert_str_eq(causes.causes[0].cause, "missing");
}
END_TEST

START_TEST(there_is_a_bound_to_evidence_and_room_for_what_changed)
{
	struct log_error errors[LOG_ERRORS_MAX];
	struct change changes[] = {
		{ NOW - 5 * MINUTE, "call", "jane", "rds:ModifyDBInstance", NULL, NULL },
		{ NOW - 6 * MINUTE, "call", "eve", "rds:StopDBInstance", NULL, "AccessDenied" },
		{ NOW - 62 * MINUTE, "call", "ann", "rds:DeleteDBInstance", NULL, NULL },
	};

	for (int i = 0; i < LOG_ERRORS_MAX; i++)
		errors[i] = (struct log_error) { "error", arena_print(arena, "store: connection to server failed %d", i), 1, NOW - MINUTE, NOW };
	struct causes causes = judged(&(struct seen) { .of = &well, .errors = { errors, LOG_ERRORS_MAX }, .changes = { changes, 3, 0 } });
	ck_assert_int_eq(causes.count, 1);
	ck_assert_int_eq(causes.causes[0].evidence_count, EVIDENCE_MAX - 1);
	ck_assert_str_eq(causes.causes[0].evidence[EVIDENCE_MAX - 2], "4 min before: rds:ModifyDBInstance by jane");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge");
	TCase *tcase = tcase_create("judge");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, what_stopped_a_task_is_known_by_codes_and_words, 0, COUNT(tasks));
	tcase_add_test(tcase, of_several_containers_the_one_that_failed_tells);
	tcase_add_test(tcase, equal_ones_are_one_group_the_most_first);
	tcase_add_test(tcase, of_nothing_nothing_is_concluded);
	tcase_add_loop_test(tcase, how_bad_it_is_goes_by_who_is_served_and_whether_it_goes_on, 0, COUNT(alone));
	tcase_add_loop_test(tcase, a_target_that_is_not_ready_is_evidence_of_the_database_that_is_away, 0, COUNT(sicks));
	tcase_add_loop_test(tcase, a_task_that_ended_for_want_of_the_database_is_evidence_of_that, 0, COUNT(ends));
	tcase_add_loop_test(tcase, a_database_that_is_away_is_known_by_the_programs_own_words, 0, COUNT(lines));
	tcase_add_test(tcase, a_deployment_that_failed_is_a_cause_alone_and_evidence_beside_one);
	tcase_add_test(tcase, events_count_until_it_was_steady);
	tcase_add_test(tcase, there_is_a_bound_to_evidence_and_room_for_what_changed);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
