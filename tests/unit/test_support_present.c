/* test_support_present.c - who has a conversation open is seen by those who see it, while they have. */
#include "support_talk.h"

/* Both ways to look. */
static void sees(struct mcp_test *test, const char *present)
{
	mcp_test_answers(mcp_test_call(test, "get_conversation_history", "{'conversation_id': 'CNV-A1'}"), "{'present': %s}", present);
	mcp_test_answers(mcp_test_read(test, URI), "{'present': %s}", present);
}

START_TEST(who_has_it_open_is_seen)
{
	struct talk talk = open_talk(revisions[_i]);

	sees(talk.carol, "[]");
	mcp_test_follow(talk.carol, URI);
	mcp_test_notice(talk.carol, UPDATED);
	sees(talk.carol, "[{'role': 'person', 'name': 'carol', 'you': true}]");
	mcp_test_follow(talk.ada, URI);
	mcp_test_notice(talk.ada, UPDATED);
	mcp_test_notice(talk.carol, UPDATED);
	sees(talk.dave, "[{'role': 'person', 'name': 'carol', 'you': false}, {'role': 'customer', 'name': 'C-ada', 'you': false}]");
	/* A second page is the same person. */
	mcp_test_follow(talk.ada, URI);
	sees(talk.ada, "[{'role': 'customer', 'name': null, 'you': true}]");
	mcp_test_close(talk.carol);
}
END_TEST

START_TEST(a_customer_sees_whoever_has_the_conversation_and_not_who_looks_on)
{
	struct talk talk = open_talk(revisions[_i]);

	mcp_test_follow(talk.carol, URI);
	mcp_test_notice(talk.carol, UPDATED);
	mcp_test_follow(talk.dave, URI);
	mcp_test_notice(talk.dave, UPDATED);
	sees(talk.ada, "[]");
	mcp_test_answers(mcp_test_call(talk.carol, "take_conversation", "{'conversation_id': 'CNV-A1'}"), "{'person': 'carol'}");
	sees(talk.ada, "[{'role': 'person', 'name': 'carol', 'you': false}]");
	mcp_test_refuses(mcp_test_call(talk.bob, "get_conversation_history", "{'conversation_id': 'CNV-A1'}"), "There is no conversation CNV-A1");
	mcp_test_close(talk.carol);
}
END_TEST

/* As one of PostgreSQL's hears it only after it was sent there and back, in the order in which it was said. */
static void is_heard(struct talk talk, const char *what)
{
	mcp_test_call(talk.ada, "say_writing", "{'conversation_id': 'CNV-A2', 'writing': %s}", what);
	mcp_test_notice(talk.dave, "resources/updated", "{'uri': 'support://conversation/CNV-A2'}");
}

START_TEST(who_stays_is_there)
{
	struct talk talk = open_talk(revisions[_i]);

	mcp_test_follow(talk.dave, "support://conversation/CNV-A2");
	mcp_test_notice(talk.dave, "resources/updated", "{'uri': 'support://conversation/CNV-A2'}");
	mcp_test_follow(talk.ada, URI);
	mcp_test_notice(talk.ada, UPDATED);
	/* Past the half minute that it holds. */
	for (int i = 0; i < 5; i++) {
		mcp_test_pass(talk.carol, 10000);
		is_heard(talk, "true");
		is_heard(talk, "false");
		sees(talk.carol, "[{'role': 'customer'}]");
	}
	mcp_test_quiet(talk.ada);
	mcp_test_close(talk.carol);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support_present");
	TCase *tests = tcase_create("present");

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, who_has_it_open_is_seen, 0, COUNT(revisions));
	tcase_add_loop_test(tests, a_customer_sees_whoever_has_the_conversation_and_not_who_looks_on, 0, COUNT(revisions));
	tcase_add_loop_test(tests, who_stays_is_there, 0, COUNT(revisions));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
