/* test_support_report.c - what is added up of a period: by day, by week, by model. */
#include "support_fixture.h"

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

/* 2026-11-02 is a Monday. */
#define MONDAY INT64_C(1793577600000)

static void judge(struct mcp_test *test, const char *id, const char *reason, double sentiment, int64_t rating)
{
	struct conversation conversation = conversation_now(test, id);

	conversation.reason = reason;
	conversation.has_sentiment = sentiment != 0;
	conversation.sentiment = sentiment;
	conversation.rating = rating;
	keep(test, &conversation);
}

static void answer(struct mcp_test *test, const char *id, int64_t at, const char *model, const char *cut)
{
	say_more(test, id, &(struct message) { .at = at, .role = "model", .author = model, .text = "x", .answers = 1, .cut = cut,
		.tokens_in = 100, .tokens_out = 10, .tokens_cached = 40 });
}

static struct mcp_test *open_report(const char *revision, bool knows_tasks)
{
	struct mcp_test *test = mcp_test_open(&support_server, DATABASE, .revision = revision, .caller = "carol", .scopes = "support:staff",
	                                      .knows_tasks = knows_tasks);

	begin_at(test, "CNV-EARLY", "C-ada", MONDAY - 1);
	begin_at(test, "CNV-1", "C-ada", MONDAY);
	begin_at(test, "CNV-2", "C-ada", MONDAY + 5 * HOUR_MS);
	begin_at(test, "CNV-3", "C-bob", MONDAY + 8 * DAY_MS);
	answer(test, "CNV-1", MONDAY + HOUR_MS, "small", NULL);
	answer(test, "CNV-2", MONDAY + DAY_MS, "small", "length");
	answer(test, "CNV-2", MONDAY + DAY_MS, "big", NULL);
	say_more(test, "CNV-2", &(struct message) { .at = MONDAY + DAY_MS, .role = "note", .author = "C-ada", .text = "A note" });
	say_more(test, "CNV-2", &(struct message) { .at = MONDAY + DAY_MS, .role = "person", .author = "carol", .text = "x", .answers = 1 });
	judge(test, "CNV-1", NULL, 0.5, 5);
	judge(test, "CNV-2", "broken", -1, 2);
	return test;
}

START_TEST(days_are_added_up)
{
	struct mcp_test *test = open_report(revisions[_i], false);

	mcp_test_answers(mcp_test_call(test, "support_report", "{'from': '2026-11-02', 'to': '2026-11-05', 'by': 'day'}"),
	                 "{'by': 'day', 'rows': [{'label': '2026-11-02', 'conversations': 2, 'escalated': 1, 'rated': 2, 'rating': 3.5,"
	                 " 'sentiment': -0.25, 'asked': 2, 'person_answers': 0, 'answers': 1, 'cut': 0, 'tokens_in': 100, 'tokens_out': 10,"
	                 " 'tokens_cached': 40}, {'label': '2026-11-03', 'conversations': 0, 'rating': null, 'sentiment': null, 'asked': 0,"
	                 " 'person_answers': 1, 'answers': 2, 'cut': 1, 'tokens_in': 200}, {'label': '2026-11-04', 'answers': 0}],"
	                 " 'total': {'label': null, 'conversations': 2, 'answers': 3, 'tokens_in': 300, 'tokens_out': 30, 'tokens_cached': 120}}");
	/* Half a day is no whole one. */
	mcp_test_answers(mcp_test_call(test, "support_report", "{'from': '2026-11-02T01:00:00Z', 'to': '2026-11-02T06:00:00Z', 'by': 'day'}"),
	                 "{'rows': [{'label': '2026-11-02', 'conversations': 1, 'answers': 1}]}");
	mcp_test_close(test);
}
END_TEST

START_TEST(weeks_begin_on_mondays)
{
	struct mcp_test *test = open_report(revisions[_i], false);

	mcp_test_answers(mcp_test_call(test, "support_report", "{'from': '2026-11-01', 'to': '2026-11-12', 'by': 'week'}"),
	                 "{'rows': [{'label': '2026-10-26', 'conversations': 1}, {'label': '2026-11-02', 'conversations': 2, 'answers': 3},"
	                 " {'label': '2026-11-09', 'conversations': 1}], 'total': {'conversations': 4}}");
	mcp_test_close(test);
}
END_TEST

START_TEST(models_are_added_up_each)
{
	struct mcp_test *test = open_report(revisions[0], _i == 1);

	mcp_test_answers(mcp_test_call(test, "support_report", "{'from': '2026-11-01', 'to': '2026-11-12', 'by': 'model'}"),
	                 "{'rows': [{'label': 'big', 'answers': 1, 'tokens_in': 100, 'conversations': null, 'asked': null}, {'label': 'small', 'answers': 2, 'cut': 1}],"
	                 " 'total': {'conversations': 4, 'asked': 4, 'answers': 3, 'person_answers': 1}}");
	mcp_test_close(test);
}
END_TEST

START_TEST(a_period_has_bounds)
{
	struct mcp_test *test = open_report(revisions[0], false);

	mcp_test_refuses(mcp_test_call(test, "support_report", "{'from': '2026-11-02', 'to': '2026-11-02', 'by': 'day'}"), "later than `from`");
	mcp_test_refuses(mcp_test_call(test, "support_report", "{'from': '2020-11-02', 'to': '2026-11-02', 'by': 'week'}"), "at most 400 days");
	mcp_test_answers(mcp_test_call(test, "support_report", "{'from': '2026-01-01T12:00:00Z', 'to': '2027-02-05T12:00:00Z', 'by': 'day'}"),
	                 "{'total': {'conversations': 4}}");
	mcp_test_close(test);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support's report");
	TCase *tests = tcase_create("report");

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, days_are_added_up, 0, COUNT(revisions));
	tcase_add_loop_test(tests, weeks_begin_on_mondays, 0, COUNT(revisions));
	tcase_add_loop_test(tests, models_are_added_up_each, 0, 2);
	tcase_add_test(tests, a_period_has_bounds);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
