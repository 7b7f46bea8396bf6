/* test_protocol_sessions.c - the table of sessions: whose they are, which of them makes room, what ends
 * them; what they follow. */
#include "auth_fixture.h"
#include "session_private.h"

static const struct caller *alice, *bob;

static void begin(void)
{
	ck_assert_ptr_null(auth_configure(alice_and_bob(), true));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &alice), AUTH_FINE);
	ck_assert_int_eq(check("Bearer " BOB_KEY, &bob), AUTH_FINE);
	runtime.set.sessions_max = 4;
	runtime.set.session_idle_ms = 60000;
}

static void end(void)
{
	sessions_stop();
	caller_drop(alice);
	caller_drop(bob);
}

/* One of a party that nothing is going on in; its id lives as long as the test. */
static str idle(uint64_t party)
{
	static char ids[64][SESSION_ID_SIZE];
	static int next;
	struct session *session = session_begin(alice, party, R2025_11_25, 0);
	char *id = ids[next++ % 64];

	ck_assert_ptr_nonnull(session);
	strcpy(id, session_id(session));
	session_drop(session);
	return str_of(id);
}

static struct session *busy(uint64_t party)
{
	return session_begin(alice, party, R2025_11_25, 0);
}

/* Without using it. */
static bool there(str id)
{
	return session_is_here(id);
}

static void use(str id)
{
	struct session *session = session_find(id, alice);

	ck_assert_ptr_nonnull(session);
	session_drop(session);
}

/* ---- Whose it is ---- */

START_TEST(a_session_is_found_by_whoever_began_it_alone)
{
	struct session *session = session_begin(alice, 1, R2025_06_18, CAN_FORM | CAN_ROOTS);
	str id = str_of(session_id(session));

	ck_assert_uint_eq(id.size, 32);
	ck_assert(session_is_id(id));
	ck_assert_int_eq(session_revision(session), R2025_06_18);
	ck_assert_uint_eq(session_can(session), CAN_FORM | CAN_ROOTS);
	ck_assert_int_eq(session_log_least(session), -1);
	session_set_log_least(session, 3);
	struct session *again = session_find(id, alice);
	ck_assert_ptr_eq(again, session);
	ck_assert_int_eq(session_log_least(again), 3);
	session_drop(again);
	ck_assert_ptr_null(session_find(id, bob));
	ck_assert_ptr_null(session_find(id, caller_anonymous()));
	ck_assert_ptr_null(session_find((str) { id.at, id.size - 1 }, alice));
	ck_assert_ptr_null(session_find((str) { 0 }, alice));
	session_drop(session);
}
END_TEST

START_TEST(a_session_that_ended_is_nobodys)
{
	struct session *session = busy(1), *other = busy(1);
	char id[SESSION_ID_SIZE];

	strcpy(id, session_id(session));
	session_end(session);
	session_end(session);
	ck_assert(!there(str_of(id)));
	ck_assert_ptr_null(session_held(str_of(id)));
	ck_assert_ptr_null(session_find(str_of(id), alice));
	ck_assert(there(str_of(session_id(other))));
	session_drop(session);
	session_drop(other);
	ck_assert_ptr_ne(session = session_held(str_of(session_id(other))), NULL);
	session_drop(session);
}
END_TEST

static const struct { const char *id; bool good; } ids[] = {
	{ "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_azAZ", true },
	{ "0123456789abcdefghijklmnopqrstuv", true },
	{ "0123456789abcdefghijklmnopqrstu", false },
	{ "0123456789abcdefghijklmnopqrstuvw", false },
	{ "", false },
	{ "/123456789abcdefghijklmnopqrstuv", false },
	{ "0123456789abcdefghijklmnopqrstu+", false },
	{ "0123456789abcdef hijklmnopqrstuv", false },
	{ "0123456789abcdef'hijklmnopqrstuv", false },
};

START_TEST(only_what_could_be_an_id_is_looked_for)
{
	ck_assert_int_eq(session_is_id(str_of(ids[_i].id)), ids[_i].good);
}
END_TEST

START_TEST(an_id_with_a_nul_is_none)
{
	ck_assert(!session_is_id((str) { "0123456789abcdefghijklmnopqrstu", 32 }));
}
END_TEST

static char ended[256];

static void note(const char *id)
{
	strcat(ended, id);
	strcat(ended, " ");
}

START_TEST(whose_key_is_gone_loses_all_sessions_and_others_none)
{
	struct session *mine = busy(1), *his = session_begin(bob, 2, R2025_11_25, 0), *also = busy(1);
	char expected[256];

	snprintf(expected, sizeof(expected), "%s %s ", session_id(also), session_id(mine));
	ended[0] = '\0';
	sessions_end_revoked(note);
	ck_assert_str_eq(ended, "");
	ck_assert_ptr_null(auth_configure(line_of("bob", BOB_KEY, "*"), true));
	sessions_end_revoked(note);
	ck_assert_str_eq(ended, expected);
	ck_assert(!there(str_of(session_id(mine))));
	ck_assert(!there(str_of(session_id(also))));
	ck_assert(there(str_of(session_id(his))));
	session_drop(mine);
	session_drop(his);
	session_drop(also);
}
END_TEST

/* ---- Which one makes room ---- */

START_TEST(the_one_idle_longest_makes_room)
{
	str first = idle(1), second = idle(1), third = idle(1), fourth = idle(1);

	use(first);
	str fifth = idle(1);
	ck_assert(there(first) && !there(second) && there(third) && there(fourth) && there(fifth));
	use(third);
	str sixth = idle(1);
	ck_assert(there(first) && there(third) && !there(fourth) && there(fifth) && there(sixth));
}
END_TEST

START_TEST(whoever_has_most_makes_room_for_others)
{
	str other = idle(2), first = idle(1), second = idle(1), third = idle(1);

	str new = idle(3);
	ck_assert(there(other) && !there(first) && there(second) && there(third) && there(new));
}
END_TEST

START_TEST(one_that_is_in_use_makes_no_room_while_another_can)
{
	struct session *held = busy(1);
	str second = idle(1), other = idle(2), third = idle(1);

	str new = idle(3);
	ck_assert(there(str_of(session_id(held))) && !there(second) && there(other) && there(third));
	ck_assert(there(new));
	session_drop(held);
}
END_TEST

START_TEST(whoever_has_more_than_half_loses_even_one_in_use)
{
	struct session *held[3] = { busy(1), busy(1), busy(1) }, *other = busy(2);

	struct session *new = busy(3);
	ck_assert_ptr_nonnull(new);
	ck_assert(!there(str_of(session_id(held[0]))));
	ck_assert(there(str_of(session_id(held[1]))) && there(str_of(session_id(held[2]))));
	ck_assert(there(str_of(session_id(other))));
	for (int i = 0; i < 3; i++)
		session_drop(held[i]);
	session_drop(other);
	session_drop(new);
}
END_TEST

START_TEST(where_nobody_has_more_than_half_and_all_are_in_use_there_is_no_room)
{
	struct session *held[4] = { busy(1), busy(1), busy(2), busy(2) };

	ck_assert_ptr_null(busy(3));
	for (int i = 0; i < 4; i++)
		ck_assert(there(str_of(session_id(held[i]))));
	/* Nor for whoever has its share, also where another's could go. */
	ck_assert_ptr_null(busy(1));
	session_drop(held[3]);
	ck_assert_ptr_null(busy(1));
	struct session *new = busy(3);
	ck_assert_ptr_nonnull(new);
	session_drop(new);
	for (int i = 0; i < 3; i++)
		session_drop(held[i]);
}
END_TEST

START_TEST(its_own_idle_one_goes_before_one_in_use_of_others)
{
	struct session *held[3] = { busy(1), busy(1), busy(1) };
	str own = idle(2);

	str new = idle(2);
	ck_assert(!there(own) && there(new));
	for (int i = 0; i < 3; i++) {
		ck_assert(there(str_of(session_id(held[i]))));
		session_drop(held[i]);
	}
}
END_TEST

/* ---- Which were used lately, the newest first ---- */

START_TEST(what_was_used_is_told_the_newest_first)
{
	struct arena *arena = arena_create();
	str first = idle(1), second = idle(1), third = idle(1);

	use(first);
	char *expected = arena_print(arena, "[\"%s\",\"%s\",\"%s\"]", first.at, third.at, second.at);
	ck_assert(str_is(sessions_used(arena), expected));
	/* What nobody used since is left out; what goes on is not. */
	for (int64_t now = tick_ms(); tick_ms() <= now;)
		;
	sessions_used(arena);
	for (int64_t now = tick_ms(); tick_ms() <= now;)
		;
	struct session *held = session_held(second);
	expected = arena_print(arena, "[\"%s\"]", second.at);
	ck_assert(str_is(sessions_used(arena), expected));
	session_drop(held);
	arena_destroy(arena);
}
END_TEST

/* ---- What it follows ---- */

START_TEST(a_session_follows_what_it_asked_for)
{
	struct session *session = busy(1);

	ck_assert(!session_follows(session, "a://b"));
	ck_assert(session_subscribe(session, STR("a://b"), true));
	ck_assert(session_subscribe(session, STR("a://b"), true));
	ck_assert(session_subscribe(session, STR("a://c"), true));
	ck_assert(session_follows(session, "a://b") && session_follows(session, "a://c"));
	ck_assert(!session_follows(session, "a://") && !session_follows(session, "a://bc"));
	ck_assert(session_subscribe(session, STR("a://d"), false));
	ck_assert(session_subscribe(session, STR("a://b"), false));
	ck_assert(!session_follows(session, "a://b") && session_follows(session, "a://c"));
	ck_assert(session_subscribe(session, STR("a://c"), false));
	ck_assert(!session_follows(session, "a://c"));
	session_drop(session);
}
END_TEST

START_TEST(a_session_follows_a_thousand_and_no_more)
{
	struct session *session = busy(1);
	char uri[32];

	for (int i = 0; i < 1000; i++) {
		snprintf(uri, sizeof(uri), "a://%d", i);
		ck_assert(session_subscribe(session, str_of(uri), true));
	}
	ck_assert(!session_subscribe(session, STR("a://more"), true));
	ck_assert(!session_follows(session, "a://more"));
	ck_assert(session_subscribe(session, STR("a://7"), true));
	ck_assert(session_subscribe(session, STR("a://7"), false));
	ck_assert(session_subscribe(session, STR("a://more"), true));
	ck_assert(session_follows(session, "a://more") && session_follows(session, "a://999"));
	session_drop(session);
}
END_TEST

static struct budget requests = { .max = 2000 }, streams = { .max = 2000 };

START_TEST(what_a_session_follows_counts_and_is_given_back)
{
	auth_share(&requests, &streams);
	ck_assert_ptr_null(auth_configure(line_of("carol", "mcp_carol", "a"), false));
	const struct caller *carol;
	ck_assert_int_eq(check("Bearer mcp_carol", &carol), AUTH_FINE);
	struct budget *own = caller_requests(carol);
	struct session *session = session_begin(carol, 3, R2025_11_25, 0);
	char uri[500];

	memset(uri, 'x', sizeof(uri));
	ck_assert(session_subscribe(session, (str) { uri, 500 }, true));
	size_t one = atomic_load(&own->used);
	ck_assert_uint_ge(one, 500);
	ck_assert_uint_eq(atomic_load(&requests.used), one);
	/* Half of all is 1000, which another does not fit into. */
	ck_assert(!session_subscribe(session, (str) { uri, 499 }, true));
	ck_assert(session_subscribe(session, STR("a"), true));
	ck_assert_uint_eq(atomic_load(&own->used), 2 * one - 499);
	ck_assert(session_subscribe(session, (str) { uri, 500 }, false));
	ck_assert_uint_eq(atomic_load(&own->used), one - 499);
	session_end(session);
	session_drop(session);
	ck_assert_uint_eq(atomic_load(&own->used), 0);
	ck_assert_uint_eq(atomic_load(&requests.used), 0);
	caller_drop(carol);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("sessions");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, a_session_is_found_by_whoever_began_it_alone);
	tcase_add_test(tests, a_session_that_ended_is_nobodys);
	tcase_add_loop_test(tests, only_what_could_be_an_id_is_looked_for, 0, COUNT(ids));
	tcase_add_test(tests, an_id_with_a_nul_is_none);
	tcase_add_test(tests, whose_key_is_gone_loses_all_sessions_and_others_none);
	tcase_add_test(tests, the_one_idle_longest_makes_room);
	tcase_add_test(tests, whoever_has_most_makes_room_for_others);
	tcase_add_test(tests, one_that_is_in_use_makes_no_room_while_another_can);
	tcase_add_test(tests, whoever_has_more_than_half_loses_even_one_in_use);
	tcase_add_test(tests, where_nobody_has_more_than_half_and_all_are_in_use_there_is_no_room);
	tcase_add_test(tests, its_own_idle_one_goes_before_one_in_use_of_others);
	tcase_add_test(tests, what_was_used_is_told_the_newest_first);
	tcase_add_test(tests, a_session_follows_what_it_asked_for);
	tcase_add_test(tests, a_session_follows_a_thousand_and_no_more);
	tcase_add_test(tests, what_a_session_follows_counts_and_is_given_back);
	Suite *suite = suite_create("sessions");
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
