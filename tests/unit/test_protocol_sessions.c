/* test_protocol_sessions.c - the sessions that a process has met: whose they are, which of the copies
 * goes first, what ends them; what they follow. */
#include "auth_fixture.h"
#include "session_private.h"

static const struct caller *alice, *bob;

struct named {
	const char *name, *part;
};

static SHAPE(named_shape, struct named,
	TEXT(struct named, name, "A name", .required = true),
	TEXT(struct named, part, "A part of it", .required = true));

static struct offer template = { .name = "part://{name}-{part}", .in = named_shape };

static void begin(void)
{
	ck_assert_ptr_null(auth_configure(alice_and_bob(), true));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &alice), AUTH_FINE);
	ck_assert_int_eq(check("Bearer " BOB_KEY, &bob), AUTH_FINE);
	static const struct extension *const none[] = { NULL };

	runtime.extensions = none;
	runtime.templates = (struct offers) { &template, 1, 1 };
	runtime.set.sessions_max = 4;
	runtime.set.session_idle_ms = 60000;
}

static void end(void)
{
	sessions_stop();
	caller_drop(alice);
	caller_drop(bob);
}

/* One that was met; held by the receiver as well. */
static struct session *met_by(const struct caller *caller, enum revision revision, unsigned can)
{
	struct arena *arena = arena_create();
	struct session *session = session_create(random_text(arena, SESSION_ID_BYTES), caller, revision, can);

	ck_assert_ptr_eq(session_put(session), session);
	arena_destroy(arena);
	return session;
}

static struct session *busy(void)
{
	return met_by(alice, R2025_11_25, 0);
}

/* One that nothing is going on in; its id lives as long as the test. */
static str idle(void)
{
	static char ids[64][SESSION_ID_SIZE];
	static int next;
	struct session *session = busy();
	char *id = ids[next++ % 64];

	strcpy(id, session_id(session));
	session_drop(session);
	return str_of(id);
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
	struct session *session = met_by(alice, R2025_06_18, CAN_FORM | CAN_ROOTS);
	str id = str_of(session_id(session));

	ck_assert_uint_eq(id.size, 32);
	ck_assert(session_is_id(id));
	ck_assert_int_eq(session_revision(session), R2025_06_18);
	ck_assert_uint_eq(session_can(session), CAN_FORM | CAN_ROOTS);
	ck_assert_int_eq(session_log_least(session), -1);
	struct session *again = session_find(id, alice);
	ck_assert_ptr_eq(again, session);
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
	struct session *session = busy(), *other = busy();
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
	struct session *mine = busy(), *his = met_by(bob, R2025_11_25, 0), *also = busy();
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

/* ---- Two that meet one at once have one copy ---- */

START_TEST(a_session_that_is_met_twice_is_one)
{
	struct session *session = busy();
	struct session *again = session_create(session_id(session), alice, R2025_11_25, 0);

	ck_assert_ptr_eq(session_put(again), session);
	session_drop(session);
	session_drop(session);
}
END_TEST

/* ---- Which copy makes room ---- */

START_TEST(the_copy_idle_longest_makes_room)
{
	str first = idle(), second = idle(), third = idle(), fourth = idle();

	use(first);
	str fifth = idle();
	ck_assert(there(first) && !there(second) && there(third) && there(fourth) && there(fifth));
	use(third);
	str sixth = idle();
	ck_assert(there(first) && there(third) && !there(fourth) && there(fifth) && there(sixth));
}
END_TEST

START_TEST(a_session_in_use_keeps_its_copy_and_keeps_out_none)
{
	struct session *held[6] = { busy() };
	str second = idle(), third = idle(), fourth = idle(), fifth = idle();

	ck_assert(there(str_of(session_id(held[0]))) && !there(second));
	ck_assert(there(third) && there(fourth) && there(fifth));
	for (int i = 1; i < 6; i++)
		held[i] = busy();
	for (int i = 0; i < 6; i++) {
		ck_assert(there(str_of(session_id(held[i]))));
		session_drop(held[i]);
	}
	ck_assert(!there(third) && !there(fourth) && !there(fifth));
}
END_TEST

/* ---- Which were used lately, the newest first ---- */

START_TEST(what_was_used_is_told_the_newest_first)
{
	struct arena *arena = arena_create();
	str first = idle(), second = idle(), third = idle();

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

static bool follows(struct session *session, const char *uri)
{
	struct arena *arena = arena_create();
	struct topic topic = topic_of(arena, str_of(uri));

	arena_destroy(arena);
	return session_follows(session, topic);
}

START_TEST(a_session_follows_what_it_asked_for)
{
	struct session *session = busy();

	ck_assert(!follows(session, "a://b"));
	ck_assert(session_subscribe(session, STR("a://b")));
	ck_assert(session_subscribe(session, STR("a://b")));
	ck_assert(session_subscribe(session, STR("a://c")));
	ck_assert(follows(session, "a://b") && follows(session, "a://c"));
	ck_assert(!follows(session, "a://") && !follows(session, "a://bc"));
	session_unsubscribe(session, STR("a://d"));
	session_unsubscribe(session, STR("a://b"));
	ck_assert(!follows(session, "a://b") && follows(session, "a://c"));
	session_unsubscribe(session, STR("a://c"));
	ck_assert(!follows(session, "a://c"));
	session_drop(session);
}
END_TEST

START_TEST(a_session_follows_each_spelling_and_leaves_all_of_one_resource)
{
	struct session *session = busy();
	struct arena *arena = arena_create();

	ck_assert(session_subscribe(session, STR("part://a-1")));
	ck_assert(session_subscribe(session, STR("part://%61-1\1Ann")));
	ck_assert(session_subscribe(session, STR("part://a-2")));
	ck_assert(follows(session, "part://a-%31"));
	struct state_session row = { .followed = "[\"part://a-1\",\"part://%61-1\\u0001Ann\",\"part://a-2\"]" };
	ck_assert_str_eq(session_kept_of(arena, &row, "part://a-%31"),
	                 "[\"part://a-1\",\"part://%61-1\\u0001Ann\"]");
	ck_assert_ptr_null(session_kept_of(arena, &row, "part://a-3"));
	session_unsubscribe(session, STR("part://a-%31"));
	ck_assert(!follows(session, "part://a-1") && !follows(session, "part://%61-1"));
	ck_assert(follows(session, "part://a-2"));
	arena_destroy(arena);
	session_drop(session);
}
END_TEST

START_TEST(a_session_follows_a_thousand_and_no_more)
{
	struct session *session = busy();
	char uri[32];

	for (int i = 0; i < 1000; i++) {
		snprintf(uri, sizeof(uri), "a://%d", i);
		ck_assert(session_subscribe(session, str_of(uri)));
	}
	ck_assert(!session_subscribe(session, STR("a://more")));
	ck_assert(!follows(session, "a://more"));
	ck_assert(session_subscribe(session, STR("a://7")));
	session_unsubscribe(session, STR("a://7"));
	ck_assert(session_subscribe(session, STR("a://more")));
	ck_assert(follows(session, "a://more") && follows(session, "a://999"));
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
	struct session *session = met_by(carol, R2025_11_25, 0);
	char uri[500];

	memset(uri, 'x', sizeof(uri));
	ck_assert(session_subscribe(session, (str) { uri, 500 }));
	size_t one = atomic_load(&own->used);
	ck_assert_uint_ge(one, 500);
	ck_assert_uint_eq(atomic_load(&requests.used), one);
	/* Half of all is 1000, which another does not fit into. */
	ck_assert(!session_subscribe(session, (str) { uri, 499 }));
	ck_assert(session_subscribe(session, STR("a")));
	ck_assert_uint_eq(atomic_load(&own->used), 2 * one - 499);
	session_unsubscribe(session, (str) { uri, 500 });
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
	tcase_add_test(tests, a_session_that_is_met_twice_is_one);
	tcase_add_test(tests, the_copy_idle_longest_makes_room);
	tcase_add_test(tests, a_session_in_use_keeps_its_copy_and_keeps_out_none);
	tcase_add_test(tests, what_was_used_is_told_the_newest_first);
	tcase_add_test(tests, a_session_follows_what_it_asked_for);
	tcase_add_test(tests, a_session_follows_each_spelling_and_leaves_all_of_one_resource);
	tcase_add_test(tests, a_session_follows_a_thousand_and_no_more);
	tcase_add_test(tests, what_a_session_follows_counts_and_is_given_back);
	Suite *suite = suite_create("sessions");
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
