/* test_support_writing.c - who writes in a conversation just now is seen by those who see it, and for as long as they do. */
#include "support_talk.h"

static void follow(struct mcp_test *test)
{
	mcp_test_follow(test, URI);
	mcp_test_notice(test, UPDATED);         /* it is there itself */
	mcp_test_read(test, URI);
	mcp_test_quiet(test);
}

static void say(struct mcp_test *test, const char *more, const char *answer)
{
	mcp_test_says(mcp_test_call(test, "say_writing", "{'conversation_id': 'cnv-a1', %s}", more), answer);
}

/* As one of PostgreSQL's hears it only after it was sent there and back, in the order in which it was said. */
static void is_heard(struct talk talk, const char *what)
{
	mcp_test_call(talk.ada, "say_writing", "{'conversation_id': 'CNV-A2', %s}", what);
	mcp_test_notice(talk.dave, "resources/updated", "{'uri': 'support://conversation/CNV-A2'}");
}

/* Both ways to look. */
static void sees(struct mcp_test *test, const char *writers)
{
	mcp_test_answers(mcp_test_call(test, "get_conversation_history", "{'conversation_id': 'CNV-A1'}"), "{'writers': %s}", writers);
	mcp_test_answers(mcp_test_read(test, URI), "{'writers': %s}", writers);
}

static const char *const WRITES = "'writing': true", *const ENDS = "'writing': false";
static const char *const ANSWERS = "'writing': true, 'as_person': true";

START_TEST(who_begins_and_ends_is_told_and_who_goes_on_is_not)
{
	struct talk talk = open_talk(revisions[_i]);

	sees(talk.carol, "[]");
	follow(talk.carol);
	mcp_test_follow(talk.dave, "support://conversation/CNV-A2");
	mcp_test_notice(talk.dave, "resources/updated", "{'uri': 'support://conversation/CNV-A2'}");
	say(talk.ada, WRITES, "six seconds");
	mcp_test_notice(talk.carol, UPDATED);
	sees(talk.carol, "[{'role': 'customer', 'name': 'C-ada', 'you': false}]");
	sees(talk.ada, "[{'role': 'customer', 'name': null, 'you': true}]");
	/* Past the six seconds of the first. */
	for (int i = 0; i < 3; i++) {
		mcp_test_pass(talk.carol, 3000);
		say(talk.ada, WRITES, "six seconds");
		is_heard(talk, WRITES);
		is_heard(talk, ENDS);
		sees(talk.carol, "[{'role': 'customer'}]");
	}
	mcp_test_quiet(talk.carol);
	say(talk.ada, ENDS, "no more");
	mcp_test_notice(talk.carol, UPDATED);
	sees(talk.carol, "[]");
	say(talk.ada, ENDS, "no more");
	is_heard(talk, WRITES);
	mcp_test_quiet(talk.carol);
	/* Nothing of it was written down. */
	ck_assert_int_eq(conversation_now(talk.carol, "CNV-A1").messages, 1);
	mcp_test_close(talk.carol);
}
END_TEST

START_TEST(who_says_no_more_is_over_by_itself)
{
	struct talk talk = open_talk(revisions[_i]);

	follow(talk.ada);
	say(talk.carol, ANSWERS, "six seconds");
	mcp_test_notice(talk.ada, UPDATED);
	mcp_test_pass(talk.ada, 3000);
	say(talk.dave, ANSWERS, "six seconds");
	mcp_test_notice(talk.ada, UPDATED);
	sees(talk.dave, "[{'role': 'person', 'name': 'carol', 'you': false}, {'role': 'person', 'name': 'dave', 'you': true}]");
	mcp_test_pass(talk.ada, 3000);
	sees(talk.dave, "[{'role': 'person', 'name': 'dave'}]");
	mcp_test_notice(talk.ada, UPDATED);
	mcp_test_pass(talk.ada, 3000);
	sees(talk.dave, "[]");
	mcp_test_notice(talk.ada, UPDATED);
	mcp_test_quiet(talk.ada);
	mcp_test_close(talk.carol);
}
END_TEST

START_TEST(what_is_said_ends_it)
{
	struct talk talk = open_talk(revisions[_i]);

	follow(talk.ada);
	say(talk.carol, ANSWERS, "six seconds");
	mcp_test_notice(talk.ada, UPDATED);
	say(talk.ada, WRITES, "six seconds");
	mcp_test_notice(talk.ada, UPDATED);
	mcp_test_call(talk.carol, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'Here I am.'}");
	mcp_test_notice(talk.ada, UPDATED);
	mcp_test_notice(talk.ada, UPDATED);
	sees(talk.dave, "[{'role': 'customer'}]");
	mcp_test_call(talk.ada, "chat_with_ai", "{'conversation_id': 'CNV-A1', 'message': 'Good.'}");
	mcp_test_notice(talk.ada, UPDATED);
	mcp_test_notice(talk.ada, UPDATED);
	sees(talk.dave, "[]");
	mcp_test_close(talk.carol);
}
END_TEST

START_TEST(a_customer_knows_the_name_of_who_has_the_conversation)
{
	struct talk talk = open_talk(revisions[_i]);

	follow(talk.ada);
	say(talk.carol, ANSWERS, "six seconds");
	mcp_test_notice(talk.ada, UPDATED);
	sees(talk.ada, "[{'role': 'person', 'name': null, 'you': false}]");
	mcp_test_answers(mcp_test_call(talk.carol, "take_conversation", "{'conversation_id': 'CNV-A1'}"), "{'person': 'carol'}");
	mcp_test_notice(talk.ada, UPDATED);
	say(talk.dave, ANSWERS, "six seconds");
	mcp_test_notice(talk.ada, UPDATED);
	sees(talk.ada, "[{'role': 'person', 'name': 'carol'}, {'role': 'person', 'name': null}]");
	mcp_test_close(talk.carol);
}
END_TEST

START_TEST(nobody_writes_in_what_they_do_not_see_or_as_what_they_are_not)
{
	struct talk talk = open_talk(revisions[_i]);

	mcp_test_refuses(mcp_test_call(talk.bob, "say_writing", "{'conversation_id': 'CNV-A1', 'writing': true}"), "There is no conversation CNV-A1");
	mcp_test_refuses(mcp_test_call(talk.bob, "get_conversation_history", "{'conversation_id': 'CNV-A1'}"), "There is no conversation CNV-A1");
	mcp_test_refuses(mcp_test_call(talk.ada, "say_writing", "{'conversation_id': 'CNV-A1', 'writing': true, 'as_person': true}"), "Only staff");
	mcp_test_refuses(mcp_test_call(talk.carol, "say_writing", "{'conversation_id': 'CNV-A1', 'writing': true}"), "customer");
	mcp_test_refuses(mcp_test_call(talk.carol, "say_writing", "{'conversation_id': 'CNV-X', 'writing': true, 'as_person': true}"), "There is no");
	sees(talk.carol, "[]");
	mcp_test_close(talk.carol);
}
END_TEST

/* As on one's own machine: without keys anybody is a customer, and the desk. */
START_TEST(who_is_both_is_seen_as_what_they_say)
{
	struct mcp_test *both = mcp_test_open(&support_server, DATABASE, .revision = revisions[_i], .caller = "both", .scopes = "support:chat support:staff",
	                                      .customer = "C-ada");

	begin(both, "CNV-A1", "C-ada");
	follow(both);
	say(both, WRITES, "six seconds");
	mcp_test_notice(both, UPDATED);
	say(both, ANSWERS, "six seconds");
	mcp_test_notice(both, UPDATED);
	sees(both, "[{'role': 'customer', 'name': 'C-ada', 'you': true}, {'role': 'person', 'name': 'both', 'you': true}]");
	say(both, ENDS, "no more");
	mcp_test_notice(both, UPDATED);
	sees(both, "[{'role': 'person', 'name': 'both'}]");
	mcp_test_close(both);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support_writing");
	TCase *tests = tcase_create("writing");

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, who_begins_and_ends_is_told_and_who_goes_on_is_not, 0, COUNT(revisions));
	tcase_add_loop_test(tests, who_says_no_more_is_over_by_itself, 0, COUNT(revisions));
	tcase_add_loop_test(tests, what_is_said_ends_it, 0, COUNT(revisions));
	tcase_add_loop_test(tests, a_customer_knows_the_name_of_who_has_the_conversation, 0, COUNT(revisions));
	tcase_add_loop_test(tests, nobody_writes_in_what_they_do_not_see_or_as_what_they_are_not, 0, COUNT(revisions));
	tcase_add_loop_test(tests, who_is_both_is_seen_as_what_they_say, 0, COUNT(revisions));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
