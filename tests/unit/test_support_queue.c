/* test_support_queue.c - what is left to answer of a conversation, who is first among those that wait for a person, and what nobody answered. */
#include "support_fixture.h"

static void answered_are(struct mcp_test *test, const char *id, int64_t answered, int64_t messages)
{
	struct conversation conversation = conversation_now(test, id);

	ck_assert_int_eq(conversation.answered, answered);
	ck_assert_int_eq(conversation.messages, messages);
}

START_TEST(what_is_left_to_answer_is_counted)
{
	struct mcp_test *test = mcp_test_open(&support_server, DATABASE);

	begin(test, "CNV-A", "ada");
	answered_are(test, "CNV-A", 0, 1);
	say_more(test, "CNV-A", &(struct message) { .role = "note", .author = "support", .text = "A note." });
	answered_are(test, "CNV-A", 0, 2);
	say_more(test, "CNV-A", &(struct message) { .role = "model", .author = "m", .text = "In the post.", .answers = 1 });
	answered_are(test, "CNV-A", 3, 3);
	say_more(test, "CNV-A", &(struct message) { .role = "note", .author = "support", .text = "A note." });
	answered_are(test, "CNV-A", 4, 4);
	/* The second of two is said while the first is answered. */
	say_more(test, "CNV-A", &(struct message) { .role = "customer", .author = "ada", .text = "Sure?" });
	say_more(test, "CNV-A", &(struct message) { .role = "customer", .author = "ada", .text = "Really?" });
	say_more(test, "CNV-A", &(struct message) { .role = "model", .author = "m", .text = "Sure.", .answers = 5 });
	answered_are(test, "CNV-A", 5, 7);
	say_more(test, "CNV-A", &(struct message) { .role = "person", .author = "bob", .text = "Really.", .answers = 7 });
	answered_are(test, "CNV-A", 8, 8);
	mcp_test_close(test);
}
END_TEST

static void wait_from(struct mcp_test *test, const char *id, int64_t since, double sentiment)
{
	begin(test, id, "ada");
	struct conversation conversation = conversation_now(test, id);
	conversation.status = "waiting";
	conversation.waiting_since = since;
	conversation.sentiment = sentiment;
	conversation.has_sentiment = sentiment != 0;
	keep(test, &conversation);
}

static void place_is(struct mcp_test *test, const char *id, int64_t expected)
{
	struct conversation conversation = conversation_now(test, id);
	int64_t place;

	ck_assert(queue_place(mcp_test_store(test), mcp_test_arena(test), &conversation, &place));
	ck_assert_int_eq(place, expected);
}

START_TEST(who_waits_longest_is_first_and_who_feels_worse_among_equals)
{
	struct mcp_test *test = mcp_test_open(&support_server, DATABASE);

	begin(test, "CNV-OPEN", "ada");
	wait_from(test, "CNV-LATE", 11 * MINUTE_MS, -1);
	wait_from(test, "CNV-GLAD", 5 * MINUTE_MS, 0.5);
	wait_from(test, "CNV-NOBODYKNOWS", 6 * MINUTE_MS, 0);
	wait_from(test, "CNV-ANGRY", 9 * MINUTE_MS, -0.7);
	wait_from(test, "CNV-FIRST", 4 * MINUTE_MS, 1);
	wait_from(test, "CNV-NOBODYKNOWS2", 6 * MINUTE_MS, 0);
	place_is(test, "CNV-FIRST", 1);
	place_is(test, "CNV-ANGRY", 2);
	place_is(test, "CNV-NOBODYKNOWS", 3);
	place_is(test, "CNV-NOBODYKNOWS2", 4);
	place_is(test, "CNV-GLAD", 5);
	place_is(test, "CNV-LATE", 6);
	place_is(test, "CNV-OPEN", 0);
	mcp_test_close(test);
}
END_TEST

/* ---- What nobody answered ---- */

START_TEST(what_nobody_answered_waits_for_a_person)
{
	struct mcp_test *test = mcp_test_open(&support_server, DATABASE);

	begin(test, "CNV-A", "ada");
	mcp_test_job(test, "unanswered");
	ck_assert_str_eq(conversation_now(test, "CNV-A").status, "open");
	mcp_test_pass(test, 3 * MINUTE_MS);
	begin(test, "CNV-NOW", "ada");
	begin_at(test, "CNV-DONE", "ada", 1);
	say_more(test, "CNV-DONE", &(struct message) { .at = 1, .role = "model", .author = "m", .text = "There.", .answers = 1 });
	begin_at(test, "CNV-BUSY", "ada", 1);
	struct conversation busy = conversation_now(test, "CNV-BUSY");
	busy.turn_seq = 1;
	busy.turn_owner = 7;
	busy.turn_until = now_ms() + MINUTE_MS;
	keep(test, &busy);
	mcp_test_job(test, "unanswered");

	struct conversation conversation = conversation_now(test, "CNV-A");
	ck_assert_str_eq(conversation.status, "waiting");
	ck_assert_str_eq(conversation.reason, "nobody answered in time");
	ck_assert_int_gt(conversation.waiting_since, 0);
	answered_are(test, "CNV-A", 0, 2);
	ck_assert_str_eq(conversation_now(test, "CNV-NOW").status, "open");
	ck_assert_str_eq(conversation_now(test, "CNV-DONE").status, "open");
	ck_assert_str_eq(conversation_now(test, "CNV-BUSY").status, "open");
	mcp_test_job(test, "unanswered");
	answered_are(test, "CNV-A", 0, 2);
	/* Whose turn was cut off: its lease is over. */
	mcp_test_pass(test, 2 * MINUTE_MS);
	mcp_test_job(test, "unanswered");
	ck_assert_str_eq(conversation_now(test, "CNV-BUSY").status, "waiting");
	ck_assert_int_eq(conversation_now(test, "CNV-BUSY").turn_owner, 0);
	mcp_test_close(test);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support's queue");
	TCase *tests = tcase_create("queue");

	tcase_add_test(tests, what_is_left_to_answer_is_counted);
	tcase_add_test(tests, who_waits_longest_is_first_and_who_feels_worse_among_equals);
	tcase_add_test(tests, what_nobody_answered_waits_for_a_person);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
