/* test_support_conversations.c - conversations as those in them see them: listed, read, followed; and not those of others. */
#include <setjmp.h>

#include "support_fixture.h"

struct people { struct mcp_test *ada, *bob, *staff, *nobody; };

/* ada and bob are customers, each with conversations; nobody has the scope, and no customer. */
static struct people open_desk(const char *revision)
{
	struct people people = { .staff = mcp_test_open(&support_server, DATABASE, .revision = revision, .caller = "carol",
	                                                .scopes = "support:staff") };

	people.ada = mcp_test_also(people.staff, .revision = revision, .caller = "ada", .scopes = "support:chat", .customer = "C-ada");
	people.bob = mcp_test_also(people.staff, .revision = revision, .caller = "bob", .scopes = "support:chat", .customer = "C-bob");
	people.nobody = mcp_test_also(people.staff, .revision = revision, .caller = "dan", .scopes = "support:chat");
	begin_at(people.staff, "CNV-A1", "C-ada", 1000);
	begin_at(people.staff, "CNV-A2", "C-ada", 2000);
	begin_at(people.staff, "CNV-B1", "C-bob", 3000);
	return people;
}

/* ---- Listed ---- */

START_TEST(a_customer_lists_its_own_and_staff_all)
{
	struct people people = open_desk(revisions[_i]);

	say_more(people.staff, "CNV-A1", &(struct message) { .at = 4000, .role = "model", .author = "m", .text = "It is in the post.", .answers = 1 });
	struct mcp_said said = mcp_test_call(people.ada, "list_conversations", "{}");
	mcp_test_answers(said, "{'count': 2, 'next_cursor': null, 'conversations': [{'conversation_id': 'CNV-A1', 'status': 'open',"
	                 " 'customer': null, 'started_at': '1970-01-01T00:00:01Z', 'updated_at': '1970-01-01T00:00:04Z',"
	                 " 'first_words': 'Where is my teapot? I am C-ada.', 'latest_words': 'It is in the post.', 'messages': 2,"
	                 " 'waiting_since': null, 'rating': null, 'sentiment': null}, {'conversation_id': 'CNV-A2'}]}");
	mcp_test_answers(mcp_test_call(people.bob, "list_conversations", "{}"), "{'count': 1, 'conversations': [{'conversation_id': 'CNV-B1'}]}");
	mcp_test_answers(mcp_test_call(people.staff, "list_conversations", "{}"), "{'count': 3, 'conversations':"
	                 " [{'customer': 'C-ada'}, {'customer': 'C-bob'}, {'customer': 'C-ada'}]}");
	mcp_test_answers(mcp_test_call(people.staff, "list_conversations", "{'status': 'closed'}"), "{'conversations': []}");
	mcp_test_answers(mcp_test_call(people.staff, "list_conversations", "{'status': 'open', 'since': '1970-01-01T00:00:03Z'}"), "{'count': 2}");
	mcp_test_answers(mcp_test_call(people.ada, "list_conversations", "{'status': 'waiting'}"), "{'conversations': []}");
	mcp_test_refuses(mcp_test_call(people.nobody, "list_conversations", "{}"), "does not know which customer you are");
	/* Who may see all is somebody's customer, perhaps. */
	struct mcp_test *both = mcp_test_also(people.staff, .revision = revisions[_i], .caller = "both", .scopes = "support:chat support:staff", .customer = "C-bob");
	mcp_test_answers(mcp_test_call(both, "list_conversations", "{'own': true}"), "{'count': 1, 'conversations': [{'conversation_id': 'CNV-B1'}]}");
	mcp_test_refuses(mcp_test_call(people.staff, "list_conversations", "{'own': true}"), "does not know which customer you are");
	mcp_test_answers(mcp_test_call(people.staff, "list_conversations", "{'idempotency_key': 'none'}"), "{'conversations': []}");
	mcp_test_close(people.staff);
}
END_TEST

struct cursor { const char *next_cursor; };
static SHAPE(cursor_shape, struct cursor, TEXT(struct cursor, next_cursor, "", .required = true));

START_TEST(pages_follow_each_other_and_cursors_open_for_whom_they_were_made)
{
	struct people people = open_desk(revisions[_i]);
	struct cursor first, staffs;
	struct mcp_said said = mcp_test_call(people.ada, "list_conversations", "{'limit': 1}");

	mcp_test_answers(said, "{'count': 1, 'conversations': [{'conversation_id': 'CNV-A2'}]}");
	mcp_test_take(said, cursor_shape, &first);
	mcp_test_answers(mcp_test_call(people.ada, "list_conversations", "{'limit': 1, 'cursor': '%s'}", first.next_cursor),
	                 "{'conversations': [{'conversation_id': 'CNV-A1'}], 'next_cursor': null}");
	mcp_test_refuses(mcp_test_call(people.bob, "list_conversations", "{'cursor': '%s'}", first.next_cursor), "not one that list_conversations gave");
	mcp_test_refuses(mcp_test_call(people.ada, "list_conversations", "{'cursor': 'CNV-A1'}"), "not one that list_conversations gave");
	mcp_test_take(mcp_test_call(people.staff, "list_conversations", "{'limit': 1}"), cursor_shape, &staffs);
	mcp_test_answers(mcp_test_call(people.staff, "list_conversations", "{'limit': 1, 'cursor': '%s'}", staffs.next_cursor),
	                 "{'conversations': [{'conversation_id': 'CNV-A2'}]}");
	mcp_test_refuses(mcp_test_call(people.ada, "list_conversations", "{'cursor': '%s'}", staffs.next_cursor), "not one that list_conversations gave");
	mcp_test_close(people.staff);
}
END_TEST

START_TEST(long_words_are_cut)
{
	struct people people = open_desk(revisions[0]);
	char words[400] = "";

	for (int i = 0; i < 121; i++)
		strcat(words, "ü");
	say_more(people.staff, "CNV-A1", &(struct message) { .at = 5, .role = "customer", .author = "C-ada", .text = words });
	say_more(people.staff, "CNV-A2", &(struct message) { .at = 5, .role = "customer", .author = "C-ada", .text = words + 2 });
	mcp_test_answers(mcp_test_call(people.ada, "list_conversations", "{}"), "{'conversations': [{'latest_words': '%s'}, {'latest_words': '%.238s…'}]}",
	                 words + 2, words);
	mcp_test_close(people.staff);
}
END_TEST

/* ---- Read ---- */

static void fill(struct mcp_test *test)
{
	say_more(test, "CNV-A1", &(struct message) { .at = 5000, .role = "model", .author = "small-model", .text = "It is in the post.",
		.answers = 1, .cards = "[{\"order\":\"ORD-1\"}]", .steps = "[{\"secret\":\"steps\"}]", .tokens_in = 900, .tokens_out = 12,
		.tokens_cached = 700, .cut = "length" });
	say_more(test, "CNV-A1", &(struct message) { .at = 6000, .role = "note", .author = "C-ada", .text = "A person was asked for: why?" });
	say_more(test, "CNV-A1", &(struct message) { .at = 7000, .role = "person", .author = "carol", .text = "It comes today.", .answers = 3 });
}

START_TEST(a_conversation_is_read_by_who_is_in_it)
{
	struct people people = open_desk(revisions[_i]);

	fill(people.staff);
	struct mcp_said said = mcp_test_call(people.ada, "get_conversation_history", "{'conversation_id': ' cnv\u2011a1'}");
	mcp_test_answers(said, "{'conversation_id': 'CNV-A1', 'status': 'open', 'messages': 4, 'earlier': false, 'later': false, 'writing': null,"
	                 " 'customer': null, 'history': [{'seq': 1, 'role': 'customer', 'author': 'C-ada', 'at': '1970-01-01T00:00:01Z',"
	                 " 'answers': null, 'cards': null},"
	                 " {'seq': 2, 'role': 'model', 'author': 'small-model', 'cards': [{'order': 'ORD-1'}], 'answers': 1, 'cut': 'length',"
	                 " 'tokens_in': null, 'tokens_out': null}, {'seq': 3, 'role': 'note'}, {'seq': 4, 'author': 'carol', 'answers': 3}]}");
	ck_assert_ptr_null(strstr(said.result, "steps"));
	said = mcp_test_call(people.staff, "get_conversation_history", "{'conversation_id': 'CNV-A1'}");
	mcp_test_answers(said, "{'customer': 'C-ada', 'history': [{'seq': 2, 'tokens_in': 900, 'tokens_out': 12, 'tokens_cached': 700}]}");
	ck_assert_ptr_null(strstr(said.result, "steps"));
	mcp_test_answers(mcp_test_call(people.ada, "get_conversation_history", "{'conversation_id': 'CNV-A1', 'limit': 2}"),
	                 "{'earlier': true, 'later': false, 'history': [{'seq': 3}, {'seq': 4}]}");
	mcp_test_answers(mcp_test_call(people.ada, "get_conversation_history", "{'conversation_id': 'CNV-A1', 'limit': 2, 'before': 4}"),
	                 "{'earlier': true, 'later': true, 'history': [{'seq': 2}, {'seq': 3}]}");
	mcp_test_answers(mcp_test_call(people.ada, "get_conversation_history", "{'conversation_id': 'CNV-A1', 'limit': 2, 'after': 1}"),
	                 "{'earlier': true, 'later': true, 'history': [{'seq': 2}, {'seq': 3}]}");
	mcp_test_answers(mcp_test_call(people.ada, "get_conversation_history", "{'conversation_id': 'CNV-A1', 'after': 4}"),
	                 "{'earlier': true, 'later': false, 'history': []}");
	mcp_test_close(people.staff);
}
END_TEST

START_TEST(what_is_being_written_is_told_while_somebody_writes)
{
	struct people people = open_desk(revisions[_i]);
	struct conversation conversation = conversation_now(people.staff, "CNV-A1");

	conversation.turn_seq = 1;
	conversation.turn_owner = 5;
	conversation.turn_until = now_ms() + MINUTE_MS;
	conversation.turn_text = "It is in";
	conversation.turn_steps = "[{\"secret\":\"steps\"}]";
	keep(people.staff, &conversation);
	struct mcp_said said = mcp_test_read(people.ada, "support://conversation/CNV-A1");
	mcp_test_answers(said, "{'writing': 'It is in', 'history': [{'seq': 1}]}");
	ck_assert_ptr_null(strstr(said.result, "steps"));
	/* Whoever wrote is gone. */
	mcp_test_pass(people.staff, 2 * MINUTE_MS);
	mcp_test_answers(mcp_test_read(people.ada, "support://conversation/CNV-A1"), "{'writing': null, 'history': [{'seq': 1}]}");
	mcp_test_close(people.staff);
}
END_TEST

START_TEST(the_resource_has_the_latest_fifty)
{
	struct people people = open_desk(revisions[_i]);

	for (int i = 0; i < 60; i++)
		say_more(people.staff, "CNV-A1", &(struct message) { .at = 5000, .role = "customer", .author = "C-ada", .text = "Hello?" });
	struct mcp_said said = mcp_test_read(people.ada, "support://conversation/cnv-a1");
	mcp_test_answers(said, "{'messages': 61, 'earlier': true, 'later': false, 'history': [{'seq': 12}, {'seq': 61}]}");
	ck_assert_ptr_null(strstr(said.json, "\"seq\":11,"));
	mcp_test_close(people.staff);
}
END_TEST

/* ---- What is somebody else's is not there ---- */

/* What was said, with the number of what was asked for taken out. */
static const char *words_in(struct mcp_said said, const char *id)
{
	const char *at = strstr(said.result, id);
	struct arena *arena = mcp_test_arena(said.test);

	ck_assert_msg(at != NULL, "%s", said.result);
	return arena_print(arena, "%.*s%s", (int)(at - said.result), said.result, at + strlen(id));
}

static const struct { const char *tool, *more; } of_one[] = {
	{ "get_conversation_history", "" }, { "escalate", ", 'reason': 'Help', 'confirm': true" }, { "rate_conversation", ", 'rating': 1" },
};

START_TEST(what_is_somebody_elses_is_in_exactly_the_words_of_what_never_was)
{
	struct people people = open_desk(revisions[_i]);

	for (int i = 0; i < COUNT(of_one); i++) {
		const char *tool = of_one[i].tool;
		struct mcp_said theirs = mcp_test_call(people.bob, tool, "{'conversation_id': 'CNV-A1'%s}", of_one[i].more);
		struct mcp_said none = mcp_test_call(people.bob, tool, "{'conversation_id': 'CNV-XX'%s}", of_one[i].more);
		mcp_test_refuses(theirs, "There is no conversation CNV-A1.");
		ck_assert_str_eq(words_in(theirs, "CNV-A1"), words_in(none, "CNV-XX"));
		mcp_test_refuses(mcp_test_call(people.nobody, tool, "{'conversation_id': 'CNV-A1'%s}", of_one[i].more), "which customer you are");
	}
	mcp_test_refuses(mcp_test_read(people.bob, "support://conversation/CNV-A1"), "There is no conversation CNV-A1.");
	mcp_test_refuses(mcp_test_read(people.bob, "support://conversation/CNV-XX"), "There is no conversation CNV-XX.");
	mcp_test_refuses(mcp_test_read(people.nobody, "support://conversation/CNV-A1"), "which customer you are");
	mcp_test_refuses(mcp_test_read(people.bob, "support://queue"), "support:staff");
	for (int i = 0; i < 4; i++) {
		static const char *const staffs[] = { "take_conversation", "reply_as_person", "support_report", "forget_customer" };
		mcp_test_refuses(mcp_test_call(people.bob, staffs[i], "{'conversation_id': 'CNV-B1', 'message': 'x'}"),
		                 i < 3 ? "support:staff" : "support:admin");
	}
	mcp_test_answers(mcp_test_complete(people.bob, "support://conversation/{id}", "id", "{'id': 'cnv-'}"), "['CNV-B1']");
	mcp_test_answers(mcp_test_complete(people.bob, "support://conversation/{id}", "id", "{'id': 'CNV-A'}"), "[]");
	mcp_test_answers(mcp_test_complete(people.nobody, "support://conversation/{id}", "id", "{'id': ''}"), "[]");
	mcp_test_answers(mcp_test_complete(people.staff, "support://conversation/{id}", "id", "{'id': 'CNV-A'}"), "['CNV-A1', 'CNV-A2']");
	/* Staff who is a customer too sees all, and rates and passes on its own. */
	struct mcp_test *both = mcp_test_also(people.staff, .revision = revisions[_i], .caller = "eve", .scopes = "support:chat support:staff",
	                                      .customer = "C-bob");
	mcp_test_answers(mcp_test_call(both, "get_conversation_history", "{'conversation_id': 'CNV-A1'}"), "{'messages': 1}");
	mcp_test_refuses(mcp_test_call(both, "rate_conversation", "{'conversation_id': 'CNV-A1', 'rating': 1}"), "There is no conversation CNV-A1.");
	mcp_test_refuses(mcp_test_call(both, "escalate", "{'conversation_id': 'CNV-A1', 'reason': 'r', 'confirm': true}"), "There is no conversation CNV-A1.");
	struct conversation untouched = conversation_now(people.staff, "CNV-A1");
	ck_assert_int_eq(untouched.rating, 0);
	ck_assert_str_eq(untouched.status, "open");
	mcp_test_close(people.staff);
}
END_TEST

static jmp_buf refused;
static const char *why_refused;

static void take_refusal(const char *file UNUSED, int line UNUSED, const char *text)
{
	why_refused = text;
	longjmp(refused, 1);
}

/* In a function of its own, for longjmp() leaves the variables of setjmp()'s undefined. */
static void cannot_follow(struct mcp_test *test, const char *uri)
{
	why_refused = NULL;
	if (setjmp(refused) == 0)
		(mcp_test_follow)(mcp_test_at(test, __FILE__, __LINE__, take_refusal), uri);
	ck_assert_msg(why_refused != NULL, "%s can be followed", uri);
}

START_TEST(what_is_followed_is_ones_own)
{
	struct people people = open_desk(revisions[_i]);

	cannot_follow(people.bob, "support://conversation/CNV-A1");
	cannot_follow(people.bob, "support://conversation/CNV-XX");
	cannot_follow(people.bob, "support://queue");
	cannot_follow(people.nobody, "support://conversation/CNV-A1");
	mcp_test_follow(people.ada, "support://conversation/CNV-A1");
	mcp_test_notice(people.ada, "resources/updated", "{'uri': 'support://conversation/CNV-A1'}");
	mcp_test_follow(people.bob, "support://conversation/CNV-B1");
	mcp_test_notice(people.bob, "resources/updated", "{'uri': 'support://conversation/CNV-B1'}");
	mcp_test_follow(people.staff, "support://conversation/CNV-A1");
	mcp_test_notice(people.staff, "resources/updated", "{'uri': 'support://conversation/CNV-A1'}");
	mcp_test_notice(people.ada, "resources/updated", "{'uri': 'support://conversation/CNV-A1'}");
	mcp_test_answers(mcp_test_call(people.ada, "rate_conversation", "{'conversation_id': 'CNV-A1', 'rating': 5}"), "{'rating': 5}");
	mcp_test_notice(people.ada, "resources/updated", "{'uri': 'support://conversation/CNV-A1'}");
	mcp_test_notice(people.staff, "resources/updated", "{'uri': 'support://conversation/CNV-A1'}");
	mcp_test_answers(mcp_test_call(people.bob, "rate_conversation", "{'conversation_id': 'CNV-B1', 'rating': 4}"), "{'rating': 4}");
	mcp_test_notice(people.bob, "resources/updated", "{'uri': 'support://conversation/CNV-B1'}");
	mcp_test_quiet(people.bob);
	mcp_test_close(people.staff);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support's conversations");
	TCase *tests = tcase_create("conversations");

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, a_customer_lists_its_own_and_staff_all, 0, COUNT(revisions));
	tcase_add_loop_test(tests, pages_follow_each_other_and_cursors_open_for_whom_they_were_made, 0, COUNT(revisions));
	tcase_add_test(tests, long_words_are_cut);
	tcase_add_loop_test(tests, a_conversation_is_read_by_who_is_in_it, 0, COUNT(revisions));
	tcase_add_loop_test(tests, what_is_being_written_is_told_while_somebody_writes, 0, COUNT(revisions));
	tcase_add_loop_test(tests, the_resource_has_the_latest_fifty, 0, COUNT(revisions));
	tcase_add_loop_test(tests, what_is_somebody_elses_is_in_exactly_the_words_of_what_never_was, 0, COUNT(revisions));
	tcase_add_loop_test(tests, what_is_followed_is_ones_own, 0, COUNT(revisions));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
