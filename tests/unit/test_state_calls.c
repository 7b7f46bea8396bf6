/* test_state_calls.c - calls that wait for a person, as rows: filed, answered, cancelled, due, and how
 * much of them there may be. */
#include "call_rows.h"
#include "rows.h"

static struct park_errand park(const char *in, int64_t stream, const char *id, int64_t question,
                               int64_t count)
{
	const char *caller = strcmp(in, "bobs") == 0 ? "bob" : strcmp(in, "carols") == 0 ? "carol" : "alice";
	struct park_errand park = { .errand.arena = arena, .session = in, .stream = stream, .id = id,
		.caller = caller, .record = "{\"method\":\"tools/call\"}", .expires_ms = 60000, .count = count };

	park.questions = arena_array(arena, struct state_question, count);
	for (int64_t i = 0; i < count; i++)
		park.questions[i] = (struct state_question) { .number = question + i,
			.key = arena_print(arena, "key%lld", (long long)i) };
	return park;
}

/* A call of a stream of its own, with questions from this number on. */
static void file(int64_t stream, int64_t question, int64_t count)
{
	struct park_errand parked = park("s", stream, "7", question, count);

	make_stream("s", stream, ME);
	ck_assert(call_row_park(&parked.errand, store));
	ck_assert(parked.filed);
}

static struct claim_errand answer_with(const char *in, int64_t question, const char *said,
                                       int64_t token)
{
	struct claim_errand claim = { .errand.arena = arena, .session = in, .number = question,
		.answer = said, .token = token };

	ck_assert(call_row_answer(&claim.errand, store) == !claim.errand.no_room);
	return claim;
}

static bool takes(const char *in, int64_t question, int64_t token)
{
	return answer_with(in, question, "{\"action\":\"accept\"}", token).taken;
}

static bool cancels(const char *in, const char *id, int64_t token)
{
	struct claim_errand claim = { .errand.arena = arena, .session = in, .id = id, .token = token };

	ck_assert(call_row_cancel(&claim.errand, store));
	return claim.taken;
}

static bool expires(int64_t call, int64_t token)
{
	struct claim_errand claim = { .errand.arena = arena, .call = call, .token = token };

	ck_assert(call_row_expire(&claim.errand, store));
	return claim.taken;
}

static void begin_calls(void)
{
	begin_rows();
	make_session("s", "alice");
}

/* ---- Filing, answering ---- */

START_TEST(the_last_answer_takes_a_call_up)
{
	file(1, 10, 2);
	script("update mcp_stream set home = 2");
	ck_assert(!takes("s", 10, 1));
	ck_assert_int_eq(count_of("select home as value from mcp_stream"), OTHER);
	struct claim_errand claim = answer_with("s", 11, "{\"action\":\"decline\"}", 2);
	const struct state_question *question = claim.questions.first;
	ck_assert(claim.taken);
	ck_assert_str_eq(claim.session, "s");
	ck_assert_int_eq(claim.stream, 1);
	ck_assert_int_eq(claim.last, 4);
	ck_assert_str_eq(claim.record, "{\"method\":\"tools/call\"}");
	ck_assert_str_eq(claim.ids, "[7]");
	ck_assert_str_eq(claim.caller, "alice");
	ck_assert_int_eq(claim.questions.count, 2);
	ck_assert_str_eq(question[0].key, "key0");
	ck_assert_str_eq(question[0].answer, "{\"action\":\"accept\"}");
	ck_assert(question[0].answered && question[1].answered);
	ck_assert_str_eq(question[1].answer, "{\"action\":\"decline\"}");
	ck_assert_int_eq(count_of("select home as value from mcp_stream"), ME);
	ck_assert_str_eq(heard(), "mcp_2 lost s 1\n");
}
END_TEST

START_TEST(an_error_is_an_answer_too)
{
	file(1, 10, 1);
	struct claim_errand claim = answer_with("s", 10, NULL, 1);
	const struct state_question *question = claim.questions.first;
	ck_assert(claim.taken);
	ck_assert(question[0].answered);
	ck_assert_ptr_null(question[0].answer);
}
END_TEST

START_TEST(what_was_answered_is_taken_up_once)
{
	file(1, 10, 2);
	ck_assert(!takes("s", 10, 1));
	ck_assert(!takes("s", 10, 2));          /* it came twice, and the other is open */
	ck_assert(takes("s", 11, 3));
	ck_assert(!takes("s", 11, 4));
	ck_assert(!takes("s", 10, 5));
	ck_assert(takes("s", 11, 3));           /* whoever did doesn't know that it did */
	ck_assert(!takes("s", 12, 6));
	ck_assert(!takes("other", 10, 7));
}
END_TEST

static void commit_fails(struct store *in)
{
	in->driver->take_back(in);
	store_known_failed(in, STORE_UNABLE, "the disk is full");
}

/* Whoever gives up then must not run the tool: its client is told that the answer was not taken, and
 * gives it again. */
START_TEST(what_was_not_committed_is_not_taken_up)
{
	const struct driver *sound = store->driver;
	struct driver full = *sound;
	struct claim_errand answer = { .errand.arena = arena, .session = "s", .number = 10, .token = 1,
		.answer = "{}" }, by_id = { .errand.arena = arena, .session = "s", .id = "7", .token = 2 };

	file(1, 10, 1);
	script("update mcp_call set until = 1");
	struct claim_errand due = { .errand.arena = arena, .token = 3,
		.call = count_of("select id as value from mcp_call") };
	full.commit = commit_fails;
	store->driver = &full;
	ck_assert(!call_row_answer(&answer.errand, store) && !answer.taken);
	ck_assert(!call_row_cancel(&by_id.errand, store) && !by_id.taken);
	ck_assert(!call_row_expire(&due.errand, store) && !due.taken);
	store->driver = sound;
	ck_assert(takes("s", 10, 4));
}
END_TEST

START_TEST(a_call_is_filed_once)
{
	struct park_errand again = park("s", 1, "7", 10, 2);

	file(1, 10, 2);
	ck_assert(call_row_park(&again.errand, store) && again.filed);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_call"), 1);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_question"), 2);
}
END_TEST

START_TEST(on_a_stream_that_is_not_its_own_nothing_is_filed)
{
	struct park_errand gone = park("gone", 1, "7", 10, 2), others = park("s", 1, "7", 20, 1),
		ended = park("s", 2, "7", 30, 1);

	make_stream("s", 1, OTHER);
	make_stream("s", 2, ME);
	script("update mcp_stream set ended = 1 where number = 2");
	ck_assert(call_row_park(&gone.errand, store) && !gone.filed);
	ck_assert(call_row_park(&others.errand, store) && !others.filed);
	ck_assert(call_row_park(&ended.errand, store) && !ended.filed);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_call"), 0);
}
END_TEST

START_TEST(of_a_stream_that_is_over_nothing_is_taken_up)
{
	file(1, 10, 1);
	script("update mcp_stream set ended = 1");
	ck_assert(!takes("s", 10, 1));
	ck_assert_int_ne(count_of("select claimed as value from mcp_call"), 0);
	file(2, 20, 1);
	script("delete from mcp_session");
	ck_assert_int_eq(count_of("select count(*) as value from mcp_call"), 0);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_question"), 0);
	ck_assert(!takes("s", 20, 1));
}
END_TEST

/* ---- Cancelled, due ---- */

START_TEST(a_cancelled_call_is_taken_up_once_and_not_answered_any_more)
{
	file(1, 10, 1);
	heard();
	ck_assert(!cancels("s", "8", 1));
	ck_assert_str_eq(heard(), "mcp_all cancel s 8\n");     /* it may run elsewhere */
	ck_assert(!cancels("other", "7", 1));
	ck_assert(cancels("s", "7", 1));
	ck_assert(!cancels("s", "7", 2));
	ck_assert(cancels("s", "7", 1));
	ck_assert(!takes("s", 10, 3));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_question where answered"), 0);
}
END_TEST

/* A client that gives two calls the same id. */
START_TEST(of_two_calls_of_one_id_one_is_cancelled_at_a_time)
{
	file(1, 10, 1);
	file(2, 20, 1);
	ck_assert(cancels("s", "7", 1));
	ck_assert(cancels("s", "7", 1));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_call where claimed = 0"), 1);
	ck_assert(takes("s", 20, 2));
}
END_TEST

START_TEST(a_call_that_is_due_is_taken_up_once_with_what_was_answered)
{
	file(1, 10, 2);
	int64_t call = count_of("select id as value from mcp_call");
	ck_assert(!takes("s", 10, 1));
	ck_assert(!expires(call, 2));
	script("update mcp_call set until = 1");
	struct claim_errand claim = { .errand.arena = arena, .call = call, .token = 3 };
	ck_assert(call_row_expire(&claim.errand, store));
	const struct state_question *question = claim.questions.first;
	ck_assert(claim.taken);
	ck_assert_str_eq(claim.session, "s");
	ck_assert(question[0].answered && !question[1].answered);
	ck_assert(!expires(call, 4));
	ck_assert(expires(call, 3));
	ck_assert(!takes("s", 11, 5));
}
END_TEST

/* ---- The end of a process ---- */

START_TEST(a_call_that_waits_survives_its_process)
{
	file(1, 10, 1);
	make_stream("s", 2, OTHER);
	script("update mcp_stream set home = 2, last = last + 1");
	bury_the_other();
	ck_assert_int_eq(count_of("select ended as value from mcp_stream where number = 1"), 0);
	ck_assert_int_ne(count_of("select ended as value from mcp_stream where number = 2"), 0);
	ck_assert_str_eq(text_of("select data as text from mcp_event where stream = 2"), "last words");
	ck_assert(takes("s", 10, 1));
}
END_TEST

START_TEST(a_call_whose_questions_nobody_saw_ends_with_its_process)
{
	file(1, 10, 2);
	script("update mcp_stream set home = 2, last = last + 1");
	bury_the_other();
	ck_assert_int_ne(count_of("select ended as value from mcp_stream"), 0);
	ck_assert_str_eq(text_of("select data as text from mcp_event"), "last words");
	ck_assert(!takes("s", 10, 1) && !takes("s", 11, 2));
}
END_TEST

START_TEST(a_call_that_was_taken_up_ends_with_its_process)
{
	file(1, 10, 1);
	state_set_me(OTHER);
	ck_assert(takes("s", 10, 1));
	state_set_me(ME);
	bury_the_other();
	ck_assert_int_ne(count_of("select ended as value from mcp_stream where number = 1"), 0);
	ck_assert_str_eq(text_of("select data as text from mcp_event where stream = 1"), "last words");
	ck_assert(!takes("s", 10, 2));
}
END_TEST

/* ---- Two at once ---- */

static bool takes_up(struct store *connection, struct arena *own, int which, int round)
{
	struct claim_errand claim = { .errand.arena = own, .session = "s", .number = 2 * round + which,
		.answer = "{}", .token = 2 * round + which + 1 };

	return call_row_answer(&claim.errand, connection) && claim.taken;
}

START_TEST(of_two_last_answers_at_once_one_takes_the_call_up)
{
	/* Only one process has SQLite's. */
	if (!on_postgres())
		return;
	state_set.budget = NULL;
	for (int64_t i = 0; i < ROUNDS; i++)
		file(100 + i, 2 * i, 2);
	of_two_answers_one_is_the_last(takes_up);
}
END_TEST

/* ---- So much and no more ---- */

static bool has_room(const char *in, int64_t stream, int64_t question, size_t size)
{
	struct park_errand parked = park(in, stream, "7", question, 1);
	char *record = arena_alloc(arena, size + 1);

	memset(record, 'r', size);
	parked.record = record;
	ck_assert(call_row_park(&parked.errand, store) == !parked.errand.no_room);
	ck_assert(parked.filed == !parked.errand.no_room);
	return parked.filed;
}

/* To sum it up is to look at all that waits. */
START_TEST(what_others_let_wait_is_seen_when_a_fourth_of_what_was_left_is_given)
{
	for (int i = 1; i <= 4; i++)
		make_stream("s", i, ME);
	ck_assert(has_room("s", 1, 10, 0));
	script(arena_print(arena, "insert into mcp_call (session, stream, until, name, record, bytes)"
	                   " values ('s', 1, 1, '8', '', %d)", BUDGET / 2 - WAITING_QUESTION));
	ck_assert(has_room("s", 2, 20, 0));
	ck_assert(has_room("s", 3, 30, 0));
	ck_assert(!has_room("s", 4, 40, 0));
}
END_TEST

START_TEST(a_caller_has_half_of_what_may_wait)
{
	make_stream("s", 1, ME);
	make_session("bobs", "bob");
	make_stream("bobs", 1, ME);
	make_session("carols", "carol");
	make_stream("carols", 1, ME);
	make_session("too", "alice");
	make_stream("too", 1, ME);
	/* With its question each takes a quarter; the last of them to the byte. */
	ck_assert(has_room("s", 1, 10, BUDGET / 4 - WAITING_QUESTION));
	ck_assert(!has_room("too", 1, 20, BUDGET / 4 - WAITING_QUESTION + 1));
	ck_assert(has_room("too", 1, 30, BUDGET / 4 - WAITING_QUESTION));
	ck_assert(!has_room("too", 1, 40, 0));
	ck_assert(has_room("bobs", 1, 50, BUDGET / 2 - WAITING_QUESTION));
	ck_assert(!has_room("carols", 1, 60, 0));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_call"), 3);
	ck_assert_int_eq(count_of("select sum(bytes) as value from mcp_call"), BUDGET);
	/* What is filed already needs no room, and a call that asks anew what it took before. */
	ck_assert(has_room("s", 1, 10, BUDGET / 4 - WAITING_QUESTION));
	ck_assert(takes("s", 10, 1));
	ck_assert(!has_room("too", 1, 70, 0));
	ck_assert(!has_room("s", 1, 80, BUDGET / 4 - WAITING_QUESTION + 1));
	ck_assert(has_room("s", 1, 90, BUDGET / 4 - WAITING_QUESTION));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_call"), 3);
	ck_assert_int_eq(count_of("select sum(bytes) as value from mcp_call"), BUDGET);
}
END_TEST

START_TEST(what_is_over_makes_room)
{
	make_stream("s", 1, ME);
	make_stream("s", 2, ME);
	ck_assert(has_room("s", 1, 10, BUDGET / 2 - WAITING_QUESTION));
	ck_assert(takes("s", 10, 1));
	ck_assert(!has_room("s", 2, 20, 0));    /* it may have to be taken up once more */
	script("update mcp_stream set ended = 1 where number = 1");
	ck_assert(has_room("s", 2, 20, 0));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_call"), 1);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_question"), 1);
}
END_TEST

START_TEST(a_short_answer_needs_no_room_and_a_long_one_does)
{
	char *longer = arena_alloc(arena, WAITING_QUESTION + 2);

	memset(longer, 'x', WAITING_QUESTION + 1);
	make_stream("s", 1, ME);
	make_stream("s", 2, ME);
	ck_assert(has_room("s", 1, 10, 0));
	ck_assert(has_room("s", 2, 20, BUDGET / 2 - 2 * WAITING_QUESTION));
	struct claim_errand refused = answer_with("s", 10, longer, 1);
	ck_assert(refused.errand.no_room && !refused.taken);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_question where answered"), 0);
	longer[WAITING_QUESTION] = '\0';
	struct claim_errand taken = answer_with("s", 10, longer, 2);
	ck_assert(!taken.errand.no_room && taken.taken);
	longer[WAITING_QUESTION] = 'x';
	struct claim_errand unknown = answer_with("s", 11, longer, 3);
	ck_assert(!unknown.errand.no_room && !unknown.taken);
	/* Done again: it is there already. */
	taken = answer_with("s", 10, longer, 2);
	ck_assert(!taken.errand.no_room && taken.taken);
}
END_TEST

START_TEST(a_long_answer_is_counted)
{
	char *longer = arena_alloc(arena, WAITING_QUESTION + 101);

	memset(longer, 'x', WAITING_QUESTION + 100);
	file(1, 10, 2);
	int64_t before = count_of("select bytes as value from mcp_call");
	ck_assert(!answer_with("s", 10, longer, 1).taken);
	ck_assert_int_eq(count_of("select bytes as value from mcp_call"), before + 100);
	ck_assert(!answer_with("s", 10, longer, 2).taken);
	ck_assert_int_eq(count_of("select bytes as value from mcp_call"), before + 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shared_calls");
	TCase *tests = tcase_create("shared_calls");

	tcase_add_checked_fixture(tests, begin_calls, end_rows);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, the_last_answer_takes_a_call_up);
	tcase_add_test(tests, an_error_is_an_answer_too);
	tcase_add_test(tests, what_was_answered_is_taken_up_once);
	tcase_add_test(tests, what_was_not_committed_is_not_taken_up);
	tcase_add_test(tests, a_call_is_filed_once);
	tcase_add_test(tests, on_a_stream_that_is_not_its_own_nothing_is_filed);
	tcase_add_test(tests, of_a_stream_that_is_over_nothing_is_taken_up);
	tcase_add_test(tests, a_cancelled_call_is_taken_up_once_and_not_answered_any_more);
	tcase_add_test(tests, of_two_calls_of_one_id_one_is_cancelled_at_a_time);
	tcase_add_test(tests, a_call_that_is_due_is_taken_up_once_with_what_was_answered);
	tcase_add_test(tests, a_call_that_waits_survives_its_process);
	tcase_add_test(tests, a_call_whose_questions_nobody_saw_ends_with_its_process);
	tcase_add_test(tests, a_call_that_was_taken_up_ends_with_its_process);
	tcase_add_test(tests, of_two_last_answers_at_once_one_takes_the_call_up);
	tcase_add_test(tests, what_others_let_wait_is_seen_when_a_fourth_of_what_was_left_is_given);
	tcase_add_test(tests, a_caller_has_half_of_what_may_wait);
	tcase_add_test(tests, what_is_over_makes_room);
	tcase_add_test(tests, a_short_answer_needs_no_room_and_a_long_one_does);
	tcase_add_test(tests, a_long_answer_is_counted);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
