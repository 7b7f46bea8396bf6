/* test_ops_findings.c - what strikes one about how everything is, worst first; and what rings an alarm. */
#include "alarms.h"
#include "findings.h"
#include "overview.h"
#include "suite.h"

#define NOW INT64_C(1795000000000)

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

/* What is seen of one service: how bad the worst of it is, and how much there is; NULL: nothing. */
static const struct { struct service_state state; const char *worst; int64_t count; } states[] = {
	{ { .desired = 2, .running = 2, .rollout = "COMPLETED", .targets_healthy = 2, .targets_all = 2 }, NULL, 0 },
	{ { .desired = 0 }, "warning", 1 },
	{ { .desired = 2, .running = 0 }, "critical", 1 },
	{ { .desired = 2, .running = 1, .rollout = "COMPLETED" }, "error", 1 },
	{ { .desired = 2, .running = 1, .pending = 1 }, "warning", 1 },
	{ { .desired = 2, .running = 1, .rollout = "IN_PROGRESS", .deployed_at = NOW - 60000 }, "warning", 1 },
	{ { .desired = 2, .running = 2, .rollout = "IN_PROGRESS", .deployed_at = NOW - 60000 }, NULL, 0 },
	{ { .desired = 2, .running = 2, .rollout = "IN_PROGRESS", .deployed_at = NOW - 31 * 60000 }, "warning", 1 },
	{ { .desired = 2, .running = 1, .rollout = "IN_PROGRESS", .failed_tasks = 1, .deployed_at = NOW }, "error", 2 },
	{ { .desired = 2, .running = 2, .rollout = "FAILED", .failed_tasks = 3 }, "error", 1 },
	/* Of a deployment that is done it is over. */
	{ { .desired = 2, .running = 2, .rollout = "COMPLETED", .failed_tasks = 3 }, NULL, 0 },
	{ { .desired = 2, .running = 2, .targets_healthy = 1, .targets_sick = 1, .targets_all = 2 }, "error", 1 },
	{ { .desired = 2, .running = 2, .targets_sick = 2, .targets_all = 2 }, "critical", 1 },
	/* They are new. */
	{ { .desired = 2, .running = 2, .targets_all = 2 }, NULL, 0 },
};

START_TEST(what_strikes_one_of_a_service)
{
	struct service_state state = states[_i].state;
	struct finding found[FINDINGS_MAX];

	state.service = "products";
	int64_t count = findings(arena, &(struct states) { .services = &state, .services_count = 1, .now_ms = NOW }, found);
	ck_assert_int_eq(count, states[_i].count);
	if (count > 0) {
		ck_assert_str_eq(found[0].severity, states[_i].worst);
		ck_assert_str_eq(found[0].next, "diagnose {\"service\":\"products\"}");
	}
}
END_TEST

static const struct { const char *status; bool found; } databases[] = {
	{ "available", false }, { "backing-up", false }, { "modifying", false }, { "configuring-enhanced-monitoring", false },
	{ "stopped", true }, { "storage-full", true }, { "rebooting", true }, { "failed", true }, { NULL, false },
};

START_TEST(a_database_that_does_not_serve_is_found)
{
	struct database_state database = { .instance = "shop-dev", .status = databases[_i].status };
	struct finding found[FINDINGS_MAX];

	ck_assert_int_eq(findings(arena, &(struct states) { .database = &database, .now_ms = NOW }, found), databases[_i].found);
}
END_TEST

START_TEST(there_are_no_more_than_there_is_room_for)
{
	struct alarm all[FINDINGS_MAX + 10];
	struct finding found[FINDINGS_MAX];

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		all[i] = (struct alarm) { .AlarmName = "shop-dev-x" };
	struct alarms alarms = { all, FINDINGS_MAX + 10, false };
	ck_assert_int_eq(findings(arena, &(struct states) { .alarms = &alarms, .now_ms = NOW }, found), FINDINGS_MAX);
}
END_TEST

static const struct { const char *image, *tag, *digest; } images[] = {
	{ "1.dkr.ecr.eu.amazonaws.com/shop/products@sha256:ab", NULL, "sha256:ab" }, { "localhost:5000/products:1.4", "1.4", NULL },
	{ "products:1.4@sha256:ab", "1.4", "sha256:ab" }, { "localhost:5000/products", NULL, NULL }, { NULL, NULL, NULL },
};

static void ck_same(const char *is, const char *should)
{
	ck_assert_msg((!is && !should) || (is && should && strcmp(is, should) == 0), "%s, not %s", is ? is : "nothing", should ? should : "nothing");
}

START_TEST(an_image_has_a_tag_or_a_digest_or_both)
{
	struct service_state state = { 0 };

	image_read(arena, images[_i].image, &state);
	ck_same(state.image_tag, images[_i].tag);
	ck_same(state.image_digest, images[_i].digest);
}
END_TEST

static const struct { struct alarm alarm; const char *condition, *latest; } alarms_of[] = {
	{ { .Statistic = "Sum", .ComparisonOperator = "GreaterThanOrEqualToThreshold", .Threshold = 5, .Period = 300, .EvaluationPeriods = 3 }, "Sum ≥ 5 for 3 × 300 s", NULL },
	{ { .ComparisonOperator = "LessThanThreshold", .Threshold = 0.5, .Period = 60 }, "< 0.5 for 1 × 60 s", NULL },
	{ { .ComparisonOperator = "GreaterThanUpperThreshold" }, NULL, NULL }, { { .AlarmRule = "ALARM(x)" }, "ALARM(x)", NULL },
	{ { .StateReasonData = "{\"recentDatapoints\":[1.0,2.0],\"threshold\":1}" }, NULL, "1.0,2.0" },
	{ { .StateReasonData = "{\"recentDatapoints\":[]}" }, NULL, NULL }, { { .StateReasonData = "{\"recentDatapoints\":[1" }, NULL, NULL },
};

START_TEST(an_alarm_says_when_it_rings_and_what_it_saw)
{
	ck_same(alarm_condition(arena, &alarms_of[_i].alarm), alarms_of[_i].condition);
	ck_same(alarm_latest(arena, &alarms_of[_i].alarm), alarms_of[_i].latest);
}
END_TEST

static const struct { size_t services; int64_t pause_ms; } pauses[] = { { 1, 60000 }, { 8, 60000 }, { 9, 63000 }, { 32, 210000 } };

START_TEST(followers_are_told_once_a_minute_or_less_where_a_look_takes_more)
{
	ck_assert_int_eq(overview_pause_ms(pauses[_i].services), pauses[_i].pause_ms);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("findings");
	TCase *tcase = tcase_create("findings");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, what_strikes_one_of_a_service, 0, COUNT(states));
	tcase_add_loop_test(tcase, a_database_that_does_not_serve_is_found, 0, COUNT(databases));
	tcase_add_test(tcase, there_are_no_more_than_there_is_room_for);
	tcase_add_loop_test(tcase, an_image_has_a_tag_or_a_digest_or_both, 0, COUNT(images));
	tcase_add_loop_test(tcase, an_alarm_says_when_it_rings_and_what_it_saw, 0, COUNT(alarms_of));
	tcase_add_loop_test(tcase, followers_are_told_once_a_minute_or_less_where_a_look_takes_more, 0, COUNT(pauses));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
