/* test_state_sessions.c - sessions as rows: which goes where there are too many, and what they follow. */
#include "rows.h"
#include "session_rows.h"

static const char *used_ids = "[]";
static int64_t used_takes_ms;

/* What was used lately, the newest first; to find that out takes a while. */
static str used_lately(UNUSED struct arena *in)
{
	for (int64_t until = now_ms() + used_takes_ms; now_ms() < until;)
		;
	return str_of(used_ids);
}

static void begin_sessions(void)
{
	begin_rows();
	state_set.handler.used = used_lately;
	used_ids = "[]";
	used_takes_ms = 0;
	(void)heard();
}

static struct session_errand session_of(const char *id, const char *uri)
{
	return (struct session_errand) { .errand.arena = arena, .uri = uri, .kept = uri,
		.session = { .id = id, .caller = "alice", .revision = 2, .log_least = -1 } };
}

/* ---- How many ---- */

/* So many of a party, the first of them used `idle` s and a moment ago. */
static void make_sessions(const char *name, int party, int count, int idle)
{
	for (int i = 1; i <= count; i++)
		script(arena_print(arena, "insert into mcp_session (id, revision, can, caller, party, log_least,"
		                   " used) values ('%s%d', 2, 0, 'alice', %d, -1,"
		                   " mcp_now() - 1000 * %d - 100 * %d)", name, i, party, idle, i));
}

START_TEST(whoever_has_most_sessions_loses_the_one_idle_longest)
{
	long long before = atomic_load(&state_counters.evicted);

	make_sessions("alice", 1, 8, 1);
	make_sessions("bob", 2, 3, 10);
	make_sessions("carol", 3, 1, 20);
	ck_assert(beat_tidy(store));
	ck_assert_int_eq(atomic_load(&state_counters.evicted) - before, 2);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session"), 10);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session where party <> 1"), 4);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session where id in ('alice7',"
	                          " 'alice8')"), 0);
	ck_assert_ptr_nonnull(strstr(heard(), "mcp_all ended alice8\n") );
}
END_TEST

/* Looking for the ones that go is as much work for one as for many. */
START_TEST(where_sessions_are_many_room_is_made_for_more_than_one)
{
	struct session_errand new = { .errand.arena = arena,
		.session = { .id = "new", .caller = "alice", .log_least = -1 } };

	state_set.sessions_max = 200;
	for (int i = 0; i < 200; i++)
		make_session(arena_print(arena, "s%d", i), "alice");
	ck_assert(beat_tidy(store));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session"), 200);
	ck_assert(session_row_insert(&new.errand, store));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session"), 197);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session where id = 'new'"), 1);
}
END_TEST

/* The clock that says when the others were used goes on while the row of the new one is made. */
START_TEST(a_session_that_begins_does_not_make_room_for_those_used_before_it)
{
	struct session_errand new = session_of("new", NULL);

	make_sessions("alice", 1, 10, 1);
	ck_assert(beat_tidy(store));
	used_ids = "[\"alice3\",\"alice1\",\"alice2\",\"alice4\",\"alice5\",\"alice6\",\"alice7\","
	           "\"alice8\",\"alice10\",\"alice9\"]";
	used_takes_ms = 50;
	ck_assert(session_row_insert(&new.errand, store));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session"), 10);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session where id = 'new'"), 1);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session where id = 'alice9'"), 0);
}
END_TEST

START_TEST(a_session_ends_with_all_that_is_its_own)
{
	struct session_errand ended = session_of("a", NULL);

	make_session("a", "alice");
	make_stream("a", 1, ME);
	script("insert into mcp_event (session, stream, number, at, data) values ('a', 1, 1, 1, 'x')");
	ck_assert(session_row_delete(&ended.errand, store) && ended.there);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_event"), 0);
	ck_assert_str_eq(heard(), "mcp_all ended a\n");
	ck_assert(session_row_delete(&ended.errand, store) && !ended.there);
}
END_TEST

/* ---- What it follows ---- */

START_TEST(what_a_session_follows_is_told_and_counts_once)
{
	struct session_errand follow = session_of("a", "x:\"1\""), loaded = session_of("a", NULL);

	make_session("a", "alice");
	ck_assert(session_row_follow(&follow.errand, store) && follow.there);
	follow.uri = follow.kept = "x:2";
	ck_assert(session_row_follow(&follow.errand, store) && follow.there);
	ck_assert(session_row_follow(&follow.errand, store) && follow.there);
	follow.uri = "x:\"1\"", follow.kept = "[\"x:\\\"1\\\"\"]";
	ck_assert(session_row_unfollow(&follow.errand, store) && follow.there);
	ck_assert(session_row_load(&loaded.errand, store) && loaded.there);
	ck_assert_str_eq(loaded.session.followed, "[\"x:2\"]");
	ck_assert_str_eq(heard(), "mcp_all follow a x:\"1\"\nmcp_all follow a x:2\n"
	                 "mcp_all follow a x:2\nmcp_all unfollow a x:\"1\"\n");
}
END_TEST

/* Whatever stands behind its URI, it is the same that is followed, and is left. */
START_TEST(what_is_followed_is_known_by_its_uri)
{
	struct session_errand follow = session_of("a", "x:1"), loaded = session_of("a", NULL);

	make_session("a", "alice");
	ck_assert(session_row_follow(&follow.errand, store) && follow.there);
	follow.kept = "x:1\1Ann";
	ck_assert(session_row_follow(&follow.errand, store) && follow.there);
	follow.uri = "x:11", follow.kept = "x:11\1";
	ck_assert(session_row_follow(&follow.errand, store) && follow.there);
	ck_assert(session_row_load(&loaded.errand, store) && loaded.there);
	ck_assert_str_eq(loaded.session.followed, store_kind(store) == STORE_SQLITE
	                 ? "[\"x:1\\u0001Ann\",\"x:11\\u0001\"]" : "[\"x:1\\u0001Ann\", \"x:11\\u0001\"]");
	follow.uri = follow.kept = "%78:1";
	ck_assert(session_row_follow(&follow.errand, store) && follow.there);
	follow.uri = "x:1", follow.kept = "[\"x:1\\u0001Ann\",\"%78:1\",\"x:none\"]";
	ck_assert(session_row_unfollow(&follow.errand, store) && follow.there);
	ck_assert(session_row_load(&loaded.errand, store) && loaded.there);
	ck_assert_str_eq(loaded.session.followed, "[\"x:11\\u0001\"]");
	ck_assert_str_eq(heard(), "mcp_all follow a x:1\nmcp_all follow a x:1\1Ann\nmcp_all follow a x:11\1\n"
	                 "mcp_all follow a %78:1\nmcp_all unfollow a x:1\n");
}
END_TEST

START_TEST(a_session_follows_so_much_and_no_more)
{
	struct session_errand follow = session_of("a", NULL);
	char *long_uri = arena_alloc(arena, 270000);

	make_session("a", "alice");
	memset(long_uri, 'u', 269999);
	follow.uri = follow.kept = long_uri;
	ck_assert(session_row_follow(&follow.errand, store) && !follow.there);
	long_uri[140000] = '\0';
	ck_assert(session_row_follow(&follow.errand, store) && follow.there);
	ck_assert_str_eq(heard(), "mcp_all session a\n");
	*long_uri = 'v';
	ck_assert(session_row_follow(&follow.errand, store) && !follow.there);

	make_session("b", "alice");
	make_session("c", "bob");
	state_set.kept_max = 8 * 200000;
	follow.session.id = "b";
	ck_assert(session_row_follow(&follow.errand, store) && !follow.there);
	follow.session.id = "c";
	follow.session.caller = "bob";
	ck_assert(session_row_follow(&follow.errand, store) && follow.there);
}
END_TEST

static int follow_many(const char *session, int first)
{
	int done = 0;

	for (int i = 0; i < 200; i++) {
		struct session_errand follow = session_of(session,
			arena_print(arena, "x:%0996d", first + i));
		follow.session.caller = "carol";
		ck_assert(session_row_follow(&follow.errand, store));
		done += follow.there;
	}
	return done;
}

/* What another process lets it follow is seen when a fourth of what was left is written. */
START_TEST(what_a_caller_follows_is_summed_up_when_it_may_be_too_much)
{
	struct session_errand first = session_of("a", "x:1"), ended = session_of("b", NULL);

	first.session.caller = "carol";
	state_set.kept_max = 8 * 200000;
	make_session("a", "carol");
	make_session("b", "carol");
	ck_assert(session_row_follow(&first.errand, store) && first.there);
	script(arena_print(arena, "update mcp_session set followed = '[\"%0150000d\"]' where id = 'b'", 0));
	int done = follow_many("a", 0);
	ck_assert_int_ge(done, 47);
	ck_assert_int_le(done, 50);
	ck_assert_int_eq(follow_many("a", 1000), 0);
	ck_assert(session_row_delete(&ended.errand, store));
	make_session("b", "carol");
	done = follow_many("b", 2000);
	ck_assert_int_ge(done, 145);
	ck_assert_int_le(done, 152);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shared sessions");
	TCase *tests = tcase_create("shared sessions");

	tcase_add_checked_fixture(tests, begin_sessions, end_rows);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, whoever_has_most_sessions_loses_the_one_idle_longest);
	tcase_add_test(tests, a_session_that_begins_does_not_make_room_for_those_used_before_it);
	tcase_add_test(tests, where_sessions_are_many_room_is_made_for_more_than_one);
	tcase_add_test(tests, what_a_session_follows_is_told_and_counts_once);
	tcase_add_test(tests, what_is_followed_is_known_by_its_uri);
	tcase_add_test(tests, a_session_follows_so_much_and_no_more);
	tcase_add_test(tests, what_a_caller_follows_is_summed_up_when_it_may_be_too_much);
	tcase_add_test(tests, a_session_ends_with_all_that_is_its_own);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
