/* test_support_desk.c - a customer asks for a person, who waits is in the desk's queue, and a person of the shop takes it, answers and gives it back. */
#include "support_fixture.h"
#include "turn_store.h"

struct desk { struct mcp_test *ada, *carol, *dave; };

static struct desk open_desk(const char *revision)
{
	struct desk desk = { .carol = mcp_test_open(&support_server, DATABASE, .revision = revision, .caller = "carol", .scopes = "support:staff") };

	desk.ada = mcp_test_also(desk.carol, .revision = revision, .caller = "ada", .scopes = "support:chat", .customer = "C-ada");
	desk.dave = mcp_test_also(desk.carol, .revision = revision, .caller = "dave", .scopes = "support:staff");
	begin_at(desk.carol, "CNV-A1", "C-ada", 1000);
	return desk;
}

#define ESCALATES "{'conversation_id': 'CNV-A1', 'reason': 'It is broken'%s}"

/* ---- escalate ---- */

START_TEST(who_asks_for_a_person_is_asked_first)
{
	struct desk desk = open_desk(revisions[_i]);

	mcp_test_when_asked(desk.ada, "Shall a person of the shop take over?", MCP_DECLINED, NULL);
	mcp_test_refuses(mcp_test_call(desk.ada, "escalate", ESCALATES, ""), "goes on as it was");
	mcp_test_when_asked(desk.ada, NULL, MCP_ACCEPTED, "{'sure': false}");
	mcp_test_refuses(mcp_test_call(desk.ada, "escalate", ESCALATES, ""), "goes on as it was");
	ck_assert_str_eq(conversation_now(desk.ada, "CNV-A1").status, "open");
	mcp_test_when_asked(desk.ada, NULL, MCP_ACCEPTED, "{'sure': true}");
	mcp_test_follow(desk.dave, "support://queue");
	mcp_test_follow(desk.ada, "support://conversation/CNV-A1");
	mcp_test_answers(mcp_test_call(desk.ada, "escalate", ESCALATES, ""),
	                 "{'conversation_id': 'CNV-A1', 'status': 'waiting', 'place': 1, 'reason': 'It is broken', 'contact': null, 'messages': 2}");
	mcp_test_notice(desk.dave, "resources/updated", "{'uri': 'support://queue'}");
	mcp_test_notice(desk.ada, "resources/updated", "{'uri': 'support://conversation/CNV-A1'}");
	/* Again is the same; a contact is added. */
	int64_t since = conversation_now(desk.ada, "CNV-A1").waiting_since;
	ck_assert_int_gt(since, 0);
	mcp_test_pass(desk.ada, MINUTE_MS);
	mcp_test_answers(mcp_test_call(desk.ada, "escalate", ESCALATES, ""), "{'status': 'waiting', 'place': 1, 'messages': 2}");
	mcp_test_answers(mcp_test_call(desk.ada, "escalate", ESCALATES, ", 'contact': 'ada@example.org', 'confirm': true"),
	                 "{'place': 1, 'contact': 'ada@example.org', 'messages': 2}");
	mcp_test_answers(mcp_test_call(desk.ada, "escalate", ESCALATES, ", 'contact': 'ada@example.org'"), "{'messages': 2}");
	mcp_test_answers(mcp_test_call(desk.ada, "escalate", ESCALATES, ", 'contact': '0555', 'confirm': true"), "{'contact': '0555', 'messages': 2}");
	ck_assert_int_eq(conversation_now(desk.ada, "CNV-A1").waiting_since, since);
	mcp_test_answers(mcp_test_read(desk.ada, "support://conversation/CNV-A1"), "{'status': 'waiting', 'place': 1, 'history':"
	                 " [{'seq': 1}, {'seq': 2, 'role': 'note', 'author': 'C-ada', 'text': 'A person was asked for: It is broken'}]}");
	/* What happened is not what somebody said. */
	mcp_test_answers(mcp_test_read(desk.dave, "support://queue"), "{'waiting': [{'first_words': 'Where is my teapot? I am C-ada.',"
	                 " 'latest_words': 'Where is my teapot? I am C-ada.'}]}");
	/* Who has it back from a person has nothing to be reached for. */
	mcp_test_answers(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'x', 'give_back': true}"),
	                 "{'status': 'open', 'reason': null, 'contact': null}");
	mcp_test_answers(mcp_test_call(desk.carol, "list_conversations", "{}"), "{'conversations': [{'reason': null, 'contact': null}]}");
	mcp_test_close(desk.carol);
}
END_TEST

START_TEST(who_cannot_be_asked_confirms)
{
	struct desk desk = open_desk(revisions[_i]);
	struct mcp_test *ada = mcp_test_also(desk.carol, .revision = revisions[_i], .caller = "ada", .scopes = "support:chat",
	                                     .customer = "C-ada", .cannot_ask = true);

	mcp_test_refuses(mcp_test_call(ada, "escalate", ESCALATES, ""), "confirm: true");
	mcp_test_answers(mcp_test_call(ada, "escalate", ESCALATES, ", 'confirm': true"), "{'status': 'waiting'}");
	mcp_test_close(desk.carol);
}
END_TEST

/* ---- The queue ---- */

START_TEST(the_queue_has_who_waits_in_order_and_who_is_taken)
{
	struct desk desk = open_desk(revisions[_i]);
	static const struct { const char *id; int64_t since; double sentiment; } waiting[] = {
		{ "CNV-W1", 10 * MINUTE_MS, 0.5 }, { "CNV-W2", 11 * MINUTE_MS, -0.5 }, { "CNV-W3", 9 * MINUTE_MS, 1 }, { "CNV-W4", 16 * MINUTE_MS, -1 },
	};

	for (int i = 0; i < COUNT(waiting); i++) {
		begin_at(desk.carol, waiting[i].id, "C-bob", 1000 + i);
		struct conversation conversation = conversation_now(desk.carol, waiting[i].id);
		conversation.status = "waiting";
		conversation.waiting_since = waiting[i].since;
		conversation.has_sentiment = true;
		conversation.sentiment = waiting[i].sentiment;
		keep(desk.carol, &conversation);
	}
	mcp_test_answers(mcp_test_read(desk.carol, "support://queue"), "{'count': 4, 'with_person': [], 'waiting': ["
	                 "{'conversation_id': 'CNV-W3', 'place': 1, 'customer': 'C-bob', 'first_words': 'Where is my teapot? I am C-bob.'},"
	                 " {'conversation_id': 'CNV-W2', 'place': 2}, {'conversation_id': 'CNV-W1', 'place': 3}, {'conversation_id': 'CNV-W4', 'place': 4}]}");
	mcp_test_answers(mcp_test_call(desk.carol, "get_conversation_history", "{'conversation_id': 'CNV-W1'}"), "{'place': 3}");
	mcp_test_answers(mcp_test_call(desk.carol, "take_conversation", "{'conversation_id': 'CNV-W2'}"),
	                 "{'status': 'with_person', 'person': 'carol', 'place': null, 'waiting_since': '1970-01-01T00:11:00Z'}");
	mcp_test_answers(mcp_test_read(desk.carol, "support://queue"), "{'count': 3, 'waiting': [{'conversation_id': 'CNV-W3', 'place': 1},"
	                 " {'conversation_id': 'CNV-W1', 'place': 2}], 'with_person': [{'conversation_id': 'CNV-W2', 'person': 'carol'}]}");
	mcp_test_close(desk.carol);
}
END_TEST

/* ---- reply_as_person ---- */

START_TEST(a_person_answers_all_so_far_and_the_models_turn_is_over)
{
	struct desk desk = open_desk(revisions[_i]);
	struct conversation conversation;

	mcp_test_answers(mcp_test_call(desk.ada, "escalate", ESCALATES, ", 'confirm': true"), "{'status': 'waiting'}");
	say_more(desk.carol, "CNV-A1", &(struct message) { .at = 2000, .role = "customer", .author = "C-ada", .text = "Hello?" });
	conversation = conversation_now(desk.carol, "CNV-A1");
	conversation.turn_seq = 1;
	conversation.turn_owner = 77;
	conversation.turn_until = now_ms() + MINUTE_MS;
	conversation.turn_text = "I think";
	conversation.turn_steps = "[]";
	conversation.low_count = conversation.failed_turns = 2;
	keep(desk.carol, &conversation);
	mcp_test_follow(desk.ada, "support://conversation/CNV-A1");
	mcp_test_follow(desk.dave, "support://queue");
	mcp_test_answers(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'I look for it.'}"),
	                 "{'status': 'with_person', 'person': 'carol', 'waiting_since': null, 'messages': 4}");
	mcp_test_notice(desk.ada, "resources/updated", "{'uri': 'support://conversation/CNV-A1'}");
	mcp_test_notice(desk.dave, "resources/updated", "{'uri': 'support://queue'}");
	conversation = conversation_now(desk.carol, "CNV-A1");
	ck_assert_int_eq(conversation.turn_seq + conversation.turn_owner + conversation.turn_until, 0);
	ck_assert_ptr_null(conversation.turn_text);
	ck_assert_ptr_null(conversation.turn_steps);
	ck_assert_int_eq(conversation.answered, 4);
	mcp_test_answers(mcp_test_read(desk.ada, "support://conversation/CNV-A1"), "{'person': 'carol', 'history':"
	                 " [{'seq': 4, 'role': 'person', 'author': 'carol', 'text': 'I look for it.', 'answers': 3}]}");
	/* Asking for one again is nothing new. */
	mcp_test_answers(mcp_test_call(desk.ada, "escalate", ESCALATES, ""), "{'status': 'with_person', 'person': 'carol', 'messages': 4}");

	/* Who says something to a person waits. */
	say_more(desk.carol, "CNV-A1", &(struct message) { .at = 9000, .role = "customer", .author = "C-ada", .text = "And?" });
	say_more(desk.carol, "CNV-A1", &(struct message) { .at = 9500, .role = "customer", .author = "C-ada", .text = "And???" });
	mcp_test_answers(mcp_test_read(desk.carol, "support://queue"), "{'waiting': [], 'with_person': [{'waiting_since': '1970-01-01T00:00:09Z'}]}");
	mcp_test_answers(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'Found.', 'give_back': true}"),
	                 "{'status': 'open', 'person': null, 'waiting_since': null, 'messages': 7}");
	conversation = conversation_now(desk.carol, "CNV-A1");
	ck_assert_int_eq(conversation.low_count + conversation.failed_turns, 0);
	mcp_test_answers(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'Bye.', 'close': true}"),
	                 "{'status': 'closed', 'person': null, 'messages': 8}");
	mcp_test_answers(mcp_test_call(desk.ada, "escalate", ESCALATES, ", 'confirm': true"), "{'status': 'waiting', 'person': null, 'place': 1}");
	mcp_test_refuses(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'x', 'close': true, 'give_back': true}"),
	                 "not both");
	mcp_test_refuses(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-XX', 'message': 'x'}"), "There is no conversation CNV-XX");
	mcp_test_refuses(mcp_test_call(desk.carol, "take_conversation", "{'conversation_id': 'CNV-XX'}"), "There is no conversation CNV-XX");
	mcp_test_close(desk.carol);
}
END_TEST

/* The model's turn, with the lease as chat_with_ai holds it; a person is first. */
START_TEST(what_a_model_says_after_a_person_is_never_there)
{
	struct desk desk = open_desk(revisions[0]);
	struct store *store = mcp_test_store(desk.carol);
	struct arena *arena = mcp_test_arena(desk.carol);
	struct turn turn = { .id = "CNV-A1", .customer = "C-ada", .text = "Is it broken?", .call = 5 };
	struct turn_end end = { .answer = { .role = "model", .author = "m", .text = "No." } };
	const char *id = "CNV-A1";

	ck_assert_int_eq(turn_begin(store, arena, &turn), TURN_OURS);
	ck_assert_int_eq(turn_tell(store, arena, id, 5, STR("N")), 1);
	mcp_test_answers(mcp_test_read(desk.ada, "support://conversation/CNV-A1"), "{'writing': 'N', 'messages': 2}");
	if (_i)
		mcp_test_answers(mcp_test_call(desk.carol, "take_conversation", "{'conversation_id': 'CNV-A1'}"), "{'messages': 2}");
	else
		mcp_test_answers(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'Yes.'}"), "{'messages': 3}");
	ck_assert_int_eq(turn_tell(store, arena, id, 5, STR("No")), 0);
	ck_assert_int_eq(turn_finish(store, arena, &turn, &end), TURN_BUSY);
	ck_assert_int_eq(turn_begin(store, arena, &turn), _i ? TURN_FOR_PERSON : TURN_ANSWERED);
	if (!_i)
		ck_assert_str_eq(turn.answer.text, "Yes.");
	struct mcp_said said = mcp_test_read(desk.ada, "support://conversation/CNV-A1");
	mcp_test_answers(said, "{'status': 'with_person', 'writing': null}");
	ck_assert_ptr_null(strstr(said.json, "\"model\""));
	mcp_test_close(desk.carol);
}
END_TEST

START_TEST(a_customer_who_is_forgotten_gets_no_answer_any_more)
{
	struct mcp_test *admin = mcp_test_open(&support_server, DATABASE, .scopes = "support:admin");
	struct turn turn = { .customer = "C-ada", .text = "Is it broken?", .call = 5 };
	struct turn_end end = { .answer = { .role = "model", .author = "m", .text = "No." } };

	ck_assert_int_eq(turn_begin(mcp_test_store(admin), mcp_test_arena(admin), &turn), TURN_OURS);
	mcp_test_answers(mcp_test_call(admin, "forget_customer", "{'customer': 'C-ada', 'confirm': true}"), "{'conversations': 1, 'messages': 1}");
	ck_assert_int_eq(turn_finish(mcp_test_store(admin), mcp_test_arena(admin), &turn, &end), TURN_BUSY);
	ck_assert_int_eq(turn_begin(mcp_test_store(admin), mcp_test_arena(admin), &turn), TURN_NOT_FOUND);
	mcp_test_close(admin);
}
END_TEST

START_TEST(who_takes_over_says_so)
{
	struct desk desk = open_desk(revisions[_i]);

	mcp_test_answers(mcp_test_call(desk.carol, "take_conversation", "{'conversation_id': 'CNV-A1'}"), "{'person': 'carol', 'messages': 1}");
	mcp_test_answers(mcp_test_call(desk.carol, "take_conversation", "{'conversation_id': 'CNV-A1'}"), "{'person': 'carol', 'messages': 1}");
	mcp_test_answers(mcp_test_call(desk.dave, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'I do it.'}"),
	                 "{'person': 'dave', 'messages': 3}");
	mcp_test_answers(mcp_test_call(desk.carol, "take_conversation", "{'conversation_id': 'CNV-A1'}"), "{'person': 'carol', 'messages': 4}");
	mcp_test_answers(mcp_test_read(desk.ada, "support://conversation/CNV-A1"), "{'history': [{'seq': 2, 'role': 'note', 'author': 'dave',"
	                 " 'text': 'dave took over from carol.'}, {'seq': 3, 'role': 'person', 'answers': 2}, {'seq': 4, 'text': 'carol took over from dave.'}]}");
	mcp_test_close(desk.carol);
}
END_TEST

START_TEST(a_reply_is_said_once_by_its_key)
{
	struct desk desk = open_desk(revisions[_i]);

	begin_at(desk.carol, "CNV-A2", "C-ada", 1000);
	for (int i = 0; i < 3; i++)
		mcp_test_answers(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'Once.', 'idempotency_key': 'k'}"),
		                 "{'messages': 2}");
	mcp_test_refuses(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-A1', 'message': 'Twice.', 'idempotency_key': 'k'}"),
	                 "was used before, for another reply (in conversation CNV-A1)");
	mcp_test_refuses(mcp_test_call(desk.carol, "reply_as_person", "{'conversation_id': 'CNV-A2', 'message': 'Once.', 'idempotency_key': 'k'}"),
	                 "was used before, for another reply (in conversation CNV-A1)");
	/* Keys are of who writes. */
	mcp_test_answers(mcp_test_call(desk.dave, "reply_as_person", "{'conversation_id': 'CNV-A2', 'message': 'Once.', 'idempotency_key': 'k'}"),
	                 "{'messages': 2}");
	ck_assert_int_eq(conversation_now(desk.carol, "CNV-A1").messages, 2);
	mcp_test_close(desk.carol);
}
END_TEST

/* ---- rate_conversation ---- */

START_TEST(a_conversation_is_rated_and_rated_again)
{
	struct desk desk = open_desk(revisions[_i]);

	mcp_test_answers(mcp_test_call(desk.ada, "rate_conversation", "{'conversation_id': 'CNV-A1', 'rating': 2, 'comment': 'Slow.'}"),
	                 "{'rating': 2, 'comment': 'Slow.', 'updated_at': '1970-01-01T00:00:01Z'}");
	mcp_test_answers(mcp_test_call(desk.ada, "rate_conversation", "{'conversation_id': 'CNV-A1', 'rating': 5}"), "{'rating': 5, 'comment': null}");
	mcp_test_answers(mcp_test_call(desk.carol, "list_conversations", "{}"), "{'conversations': [{'rating': 5}]}");
	mcp_test_refuses(mcp_test_call(desk.ada, "rate_conversation", "{'conversation_id': 'CNV-A1', 'rating': 6}"), "rating");
	mcp_test_refuses(mcp_test_call(desk.carol, "rate_conversation", "{'conversation_id': 'CNV-A1', 'rating': 5}"), "support:chat");
	mcp_test_close(desk.carol);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support's desk");
	TCase *tests = tcase_create("desk");

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, who_asks_for_a_person_is_asked_first, 0, COUNT(revisions));
	tcase_add_loop_test(tests, who_cannot_be_asked_confirms, 0, COUNT(revisions));
	tcase_add_loop_test(tests, the_queue_has_who_waits_in_order_and_who_is_taken, 0, COUNT(revisions));
	tcase_add_loop_test(tests, a_person_answers_all_so_far_and_the_models_turn_is_over, 0, COUNT(revisions));
	tcase_add_loop_test(tests, what_a_model_says_after_a_person_is_never_there, 0, 2);
	tcase_add_test(tests, a_customer_who_is_forgotten_gets_no_answer_any_more);
	tcase_add_loop_test(tests, who_takes_over_says_so, 0, COUNT(revisions));
	tcase_add_loop_test(tests, a_reply_is_said_once_by_its_key, 0, COUNT(revisions));
	tcase_add_loop_test(tests, a_conversation_is_rated_and_rated_again, 0, COUNT(revisions));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
