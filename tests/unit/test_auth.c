/* test_auth.c - callers: who they are, what they may, what becomes of them when the keys change. */
#include <pthread.h>
#include <stdatomic.h>

#include "auth_fixture.h"

/* ---- Help ---- */

static char revoked[128];

static void note(const char *name, bool gone)
{
	strcat(revoked, name);
	strcat(revoked, gone ? "! " : " ");
}

static const char *revoked_now(void)
{
	revoked[0] = '\0';
	auth_each_revoked(note);
	return revoked;
}

/* ---- Keys ---- */

/* Before anybody configured anything: nobody is let in. Must come first. */
START_TEST(without_a_configuration_nobody_comes_in)
{
	const struct caller *caller;

	ck_assert_int_eq(auth_key_count(), 0);
	ck_assert_int_eq(check(NULL, &caller), AUTH_MISSING);
	ck_assert_int_eq(check("Bearer abc", &caller), AUTH_UNKNOWN);
	ck_assert(!auth_is_current(caller_anonymous()));
	caller = auth_caller("anonymous");
	ck_assert(!auth_is_current(caller));
	ck_assert(!caller_may(caller, "a"));
	caller_drop(caller);
	ck_assert_str_eq(revoked_now(), "");
	/* What a caller keeps is counted for nobody, as long as nobody said how much that may be. */
	ck_assert_ptr_null(caller_requests(caller_anonymous()));
	ck_assert_ptr_null(caller_streams(caller_anonymous()));
	/* Whoever has no key is of no set of keys, the first one neither. */
	ck_assert_ptr_null(auth_configure(alice_and_bob(), false));
	caller = auth_caller("carol");
	ck_assert(!auth_is_current(caller));
	caller_drop(caller);
}
END_TEST

static const struct {
	const char *header;
	enum auth_outcome outcome;
	const char *name;
} headers[] = {
	{ NULL, AUTH_MISSING, NULL },
	{ "Bearer " ALICE_KEY, AUTH_FINE, "alice" },
	{ "bEARER  " BOB_KEY " ", AUTH_FINE, "bob" },
	{ "Bearer mcp_alicE", AUTH_UNKNOWN, NULL },
	{ "Bearer mcp_alic", AUTH_UNKNOWN, NULL },
	{ "Bearer " ALICE_KEY "=", AUTH_UNKNOWN, NULL },
	{ "Bearer x=", AUTH_UNKNOWN, NULL },
	{ "Bearer azAZ09-._~+/==", AUTH_UNKNOWN, NULL },
	{ "Bearer x", AUTH_UNKNOWN, NULL },
	{ "\t Bearer " ALICE_KEY, AUTH_FINE, "alice" },
	{ "Digest " ALICE_KEY, AUTH_MISSING, NULL },
	{ "Bearer a@", AUTH_MALFORMED, NULL }, { "Bearer a[", AUTH_MALFORMED, NULL },
	{ "Bearer a`", AUTH_MALFORMED, NULL }, { "Bearer a{", AUTH_MALFORMED, NULL },
	{ "Bearer a:", AUTH_MALFORMED, NULL }, { "Bearer a,", AUTH_MALFORMED, NULL },
	{ "Bearer a==b", AUTH_MALFORMED, NULL },
	{ "Bearer\t" ALICE_KEY, AUTH_MALFORMED, NULL },
	{ "BearerX" ALICE_KEY, AUTH_MALFORMED, NULL },
	{ "", AUTH_MALFORMED, NULL },
	{ "Bearer", AUTH_MALFORMED, NULL },
	{ "Bearer ", AUTH_MALFORMED, NULL },
	{ "Bearer =", AUTH_MALFORMED, NULL },
	{ "Bearer a=b", AUTH_MALFORMED, NULL },
	{ "Bearer " ALICE_KEY "," BOB_KEY, AUTH_MALFORMED, NULL },
	{ "Bearer " ALICE_KEY " x", AUTH_MALFORMED, NULL },
	{ "Bearer" ALICE_KEY, AUTH_MALFORMED, NULL },
	{ "Basic " ALICE_KEY, AUTH_MISSING, NULL },
	{ ALICE_KEY, AUTH_MALFORMED, NULL },
};

START_TEST(a_header_is_a_caller_or_a_refusal)
{
	const struct caller *caller;
	ck_assert_ptr_null(auth_configure(alice_and_bob(), false));
	ck_assert_int_eq(check(headers[_i].header, &caller), headers[_i].outcome);
	if (headers[_i].outcome == AUTH_FINE)
		ck_assert_str_eq(caller_name(caller), headers[_i].name);
	else
		ck_assert_ptr_null(caller);
	caller_drop(caller);
}
END_TEST

START_TEST(a_header_ends_where_it_is_said_to_end)
{
	const struct caller *caller;

	ck_assert_ptr_null(auth_configure(alice_and_bob(), false));
	ck_assert_int_eq(auth_check((str) { "Bearer abc===", 11 }).outcome, AUTH_UNKNOWN);
	ck_assert_int_eq(auth_check((str) { "Bearer abc@", 10 }).outcome, AUTH_UNKNOWN);
	caller = auth_check((str) { "Bearer " ALICE_KEY "x", 16 }).caller;
	ck_assert_ptr_nonnull(caller);
	caller_drop(caller);
}
END_TEST

START_TEST(a_new_key_may_stand_beside_the_old_one_of_its_name)
{
	const struct caller *old, *new;
	char both[1024];
	snprintf(both, sizeof(both), "%s %s", line_of("alice", ALICE_KEY, "a:read"),
	         line_of("alice", "mcp_alice2", "a:read"));
	ck_assert_ptr_null(auth_configure(both, false));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &old), AUTH_FINE);
	ck_assert_int_eq(check("Bearer mcp_alice2", &new), AUTH_FINE);
	ck_assert(caller_same(old, new));
	ck_assert(caller_may(new, "a:read"));
	caller_drop(old);
	caller_drop(new);
}
END_TEST

START_TEST(open_access_lets_in_who_has_no_key_but_not_a_wrong_one)
{
	const struct caller *caller;
	ck_assert_ptr_null(auth_configure(alice_and_bob(), true));
	ck_assert_int_eq(check(NULL, &caller), AUTH_FINE);
	ck_assert_str_eq(caller_name(caller), "anonymous");
	ck_assert(caller_may(caller, "anything"));
	ck_assert_int_eq(check("Bearer wrong", &caller), AUTH_UNKNOWN);
	ck_assert_int_eq(check("Basic wrong", &caller), AUTH_MISSING);
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &caller), AUTH_FINE);
	ck_assert_str_eq(caller_name(caller), "alice");
	caller_drop(caller);
}
END_TEST

START_TEST(open_access_without_keys_ignores_what_is_presented)
{
	const struct caller *caller;
	ck_assert_ptr_null(auth_configure(NULL, true));
	ck_assert_int_eq(auth_key_count(), 0);
	ck_assert_int_eq(check("Bearer something", &caller), AUTH_FINE);
	ck_assert_int_eq(check("garbage", &caller), AUTH_FINE);
	ck_assert_str_eq(caller_name(caller), "anonymous");
	ck_assert_ptr_null(auth_configure("", false));
	ck_assert_int_eq(check("Bearer something", &caller), AUTH_UNKNOWN);
	ck_assert_int_eq(check(NULL, &caller), AUTH_MISSING);
}
END_TEST

START_TEST(open_without_keys_is_open_until_there_are_some)
{
	const struct caller *caller;
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_null(auth_configure(NULL, AUTH_OPEN_WITHOUT_KEYS));
		ck_assert(auth_is_open());
		ck_assert_int_eq(check(NULL, &caller), AUTH_FINE);
		ck_assert_ptr_null(auth_configure(alice_and_bob(), AUTH_OPEN_WITHOUT_KEYS));
		ck_assert(!auth_is_open());
		ck_assert_int_eq(check(NULL, &caller), AUTH_MISSING);
	}
}
END_TEST

START_TEST(scopes_say_what_a_caller_may)
{
	const struct caller *alice, *bob;
	ck_assert_ptr_null(auth_configure(alice_and_bob(), false));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &alice), AUTH_FINE);
	ck_assert_int_eq(check("Bearer " BOB_KEY, &bob), AUTH_FINE);
	ck_assert(caller_may(alice, "a:read") && caller_may(alice, "a:write"));
	ck_assert(!caller_may(alice, "a:rea") && !caller_may(alice, "a:reads"));
	ck_assert(!caller_may(alice, "b:read") && !caller_may(alice, "*"));
	ck_assert(caller_may(alice, NULL));
	ck_assert(caller_may(bob, "b:read"));
	ck_assert(!caller_same(alice, bob));
	caller_drop(alice);
	caller_drop(bob);
}
END_TEST

START_TEST(a_caller_outlives_its_key_and_is_the_same_with_other_scopes)
{
	const struct caller *before, *after;
	ck_assert_ptr_null(auth_configure(line_of("alice", ALICE_KEY, "a"), false));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &before), AUTH_FINE);
	ck_assert_ptr_null(auth_configure(line_of("alice", BOB_KEY, "b"), false));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &after), AUTH_UNKNOWN);
	ck_assert_int_eq(check("Bearer " BOB_KEY, &after), AUTH_FINE);
	ck_assert(caller_may(before, "a") && !caller_may(before, "b"));
	ck_assert(caller_may(after, "b") && !caller_may(after, "a"));
	ck_assert(caller_same(before, after));
	caller_drop(before);
	caller_drop(after);
}
END_TEST

/* ---- Keys that are no more ---- */

static const struct {
	const char *name, *key, *scopes;        /* instead of alice's a:read,a:write */
	const char *revoked;
	bool current;
} changes[] = {
	{ "alice", ALICE_KEY, "a:read,a:write", "", true },
	{ "alice", ALICE_KEY, "a:write,a:new,a:read", "", true },
	{ "alice", ALICE_KEY, "*", "", true },
	{ "alice", ALICE_KEY, "a:write", "alice ", false },
	{ "alice", ALICE_KEY, "a:writes,a:read", "alice ", false },
	{ "alice", ALICE_KEY, "a:read,a:write,customer=7", "alice ", false },
	{ "alice", "mcp_another", "a:read,a:write", "", false },
	{ "alice", "mcp_another", "a:read", "alice ", false },
	{ "carol", ALICE_KEY, "a:read,a:write", "alice! ", false },
};

START_TEST(who_lost_a_key_or_a_scope_is_told)
{
	const struct caller *alice, *bob;
	char lines[1024];

	ck_assert_ptr_null(auth_configure(alice_and_bob(), false));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &alice), AUTH_FINE);
	ck_assert_int_eq(check("Bearer " BOB_KEY, &bob), AUTH_FINE);
	ck_assert(auth_is_current(alice) && auth_is_current(bob));
	snprintf(lines, sizeof(lines), "%s %s", line_of("bob", BOB_KEY, "*"),
	         line_of(changes[_i].name, changes[_i].key, changes[_i].scopes));
	ck_assert_ptr_null(auth_configure(lines, false));
	ck_assert_str_eq(revoked_now(), changes[_i].revoked);
	ck_assert_int_eq(auth_is_current(alice), changes[_i].current);
	ck_assert(auth_is_current(bob));
	caller_drop(alice);
	caller_drop(bob);
}
END_TEST

START_TEST(who_had_every_scope_and_has_some_may_do_less)
{
	ck_assert_ptr_null(auth_configure(line_of("bob", BOB_KEY, "*"), false));
	ck_assert_ptr_null(auth_configure(line_of("bob", BOB_KEY, "a"), false));
	ck_assert_str_eq(revoked_now(), "bob ");
}
END_TEST

START_TEST(who_had_no_key_is_told_where_one_is_needed_now)
{
	const struct caller *anonymous;

	ck_assert_ptr_null(auth_configure(NULL, true));
	ck_assert_int_eq(check(NULL, &anonymous), AUTH_FINE);
	ck_assert(auth_is_current(anonymous));
	ck_assert_ptr_null(auth_configure(alice_and_bob(), false));
	ck_assert_str_eq(revoked_now(), "anonymous! ");
	ck_assert(!auth_is_current(anonymous));
	/* Somebody of a name that nobody has is of no key. */
	const struct caller *nobody = auth_caller("dave");
	ck_assert(!auth_is_current(nobody));
	caller_drop(nobody);
}
END_TEST

/* ---- In somebody's name ---- */

START_TEST(on_behalf_of_a_name_one_may_what_its_key_may_now)
{
	const struct caller *caller;

	ck_assert_ptr_null(auth_configure(alice_and_bob(), false));
	caller = auth_caller("alice");
	ck_assert_str_eq(caller_name(caller), "alice");
	ck_assert(caller_may(caller, "a:read") && !caller_may(caller, "b"));
	ck_assert(auth_is_current(caller));
	caller_drop(caller);
	caller = auth_caller("bob");
	ck_assert(caller_may(caller, "b"));
	caller_drop(caller);
	/* "anonymous" is somebody only where one may come without a key. */
	caller = auth_caller("anonymous");
	ck_assert(caller_same(caller, caller_anonymous()));
	ck_assert_uint_eq(caller_party(caller, (str) { 0 }), caller_party(caller_anonymous(), (str) { 0 }));
	ck_assert_uint_ne(caller_party(caller_anonymous(), STR("a")), caller_party(caller_anonymous(), STR("b")));
	ck_assert(!caller_may(caller, "a:read"));
	ck_assert(!auth_is_current(caller));
	caller_drop(caller);
	ck_assert_ptr_null(auth_configure(alice_and_bob(), true));
	caller = auth_caller("anonymous");
	ck_assert_ptr_eq(caller, caller_anonymous());
	ck_assert(caller_may(caller, "a:read"));
	caller = auth_caller("alice");
	ck_assert(!caller_may(caller, "b"));
	caller_drop(caller);
	caller = auth_caller("alicia");
	ck_assert(!caller_may(caller, "a:read"));
	caller_drop(caller);
}
END_TEST

START_TEST(each_of_several_is_told)
{
	char three[2048];

	snprintf(three, sizeof(three), "%s %s", alice_and_bob(), line_of("carol", "mcp_carol", "*"));
	ck_assert_ptr_null(auth_configure(three, false));
	ck_assert_ptr_null(auth_configure(line_of("alice", ALICE_KEY, "a:read,a:write"), false));
	ck_assert_str_eq(revoked_now(), "bob! carol! ");
}
END_TEST

START_TEST(who_may_still_come_without_a_key_is_told_nothing)
{
	ck_assert_ptr_null(auth_configure(NULL, true));
	ck_assert_ptr_null(auth_configure(alice_and_bob(), true));
	ck_assert_str_eq(revoked_now(), "");
	ck_assert(auth_is_current(caller_anonymous()));
	/* Only the latest reading counts, and only against the one before. */
	ck_assert_ptr_null(auth_configure(line_of("bob", BOB_KEY, "*"), true));
	ck_assert_str_eq(revoked_now(), "alice! ");
	ck_assert_ptr_null(auth_configure(line_of("bob", BOB_KEY, "*"), true));
	ck_assert_str_eq(revoked_now(), "");
}
END_TEST

/* ---- Shares ---- */

static struct budget all_requests = { .max = 1000 }, all_streams = { .max = 301 };

START_TEST(of_what_is_kept_a_name_may_have_half_whoever_has_its_keys)
{
	const struct caller *alice, *other, *bob, *anonymous;
	char lines[1024];

	auth_share(&all_requests, &all_streams);
	snprintf(lines, sizeof(lines), "%s %s %s", line_of("ada", ALICE_KEY, "a"),
	         line_of("ada", "mcp_ada2", "a"), line_of("bert", BOB_KEY, "*"));
	ck_assert_ptr_null(auth_configure(lines, true));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &alice), AUTH_FINE);
	ck_assert_int_eq(check("Bearer mcp_ada2", &other), AUTH_FINE);
	ck_assert_int_eq(check("Bearer " BOB_KEY, &bob), AUTH_FINE);
	ck_assert_int_eq(check(NULL, &anonymous), AUTH_FINE);
	ck_assert_ptr_eq(caller_requests(alice)->of, &all_requests);
	ck_assert_ptr_eq(caller_streams(alice)->of, &all_streams);
	ck_assert_uint_eq(caller_requests(alice)->max, 500);
	ck_assert_uint_eq(caller_streams(alice)->max, 150);
	ck_assert_ptr_eq(caller_requests(alice), caller_requests(other));
	ck_assert_ptr_eq(caller_streams(alice), caller_streams(other));
	ck_assert_ptr_ne(caller_requests(alice), caller_requests(bob));
	ck_assert_ptr_ne(caller_streams(alice), caller_streams(bob));
	ck_assert_ptr_eq(caller_requests(anonymous), &all_requests);
	ck_assert_ptr_eq(caller_streams(anonymous), &all_streams);
	/* The same name's later on, too. */
	struct budget *before = caller_requests(alice);
	caller_drop(alice);
	caller_drop(other);
	caller_drop(bob);
	ck_assert_ptr_null(auth_configure(line_of("ada", "mcp_ada3", "b"), false));
	ck_assert_int_eq(check("Bearer mcp_ada3", &alice), AUTH_FINE);
	ck_assert_ptr_eq(caller_requests(alice), before);
	caller_drop(alice);
}
END_TEST

static uint64_t party_at(const struct caller *caller, const char *address)
{
	char room[16];

	return caller_party(caller, auth_address_group(str_of(address), room));
}

START_TEST(a_caller_counts_by_its_name_and_one_without_by_its_address)
{
	const struct caller *alice, *bob, *anonymous;

	ck_assert_ptr_null(auth_configure(alice_and_bob(), true));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &alice), AUTH_FINE);
	ck_assert_int_eq(check("Bearer " BOB_KEY, &bob), AUTH_FINE);
	ck_assert_int_eq(check(NULL, &anonymous), AUTH_FINE);
	ck_assert_uint_eq(party_at(alice, "192.0.2.1"), party_at(alice, "::1"));
	ck_assert_uint_ne(party_at(alice, "::1"), party_at(bob, "::1"));
	ck_assert_uint_ne(party_at(anonymous, "192.0.2.1"), party_at(anonymous, "192.0.2.2"));
	ck_assert_uint_eq(party_at(anonymous, "2001:db8:1:2::3"), party_at(anonymous, "2001:db8:1:2:ffff::"));
	ck_assert_uint_ne(party_at(anonymous, "2001:db8:1:2::3"), party_at(anonymous, "2001:db8:1:3::3"));
	ck_assert_uint_ne(party_at(anonymous, "192.0.2.1"), caller_party(anonymous, (str) { 0 }));
	caller_drop(alice);
	caller_drop(bob);
}
END_TEST

static pthread_barrier_t seen, changed;

static void *check_once(void *unused)
{
	const struct caller *caller;

	if (check("Bearer " ALICE_KEY, &caller) == AUTH_FINE)
		caller_drop(caller);
	pthread_barrier_wait(&seen);
	pthread_barrier_wait(&changed);
	return unused;
}

/* Else the set would never be freed, which the leak sanitizer tells. */
START_TEST(a_thread_that_ends_lets_go_of_the_keys_it_saw)
{
	pthread_t thread;

	ck_assert_ptr_null(auth_configure(line_of("alice", ALICE_KEY, "seen"), false));
	pthread_barrier_init(&seen, NULL, 2);
	pthread_barrier_init(&changed, NULL, 2);
	pthread_create(&thread, NULL, check_once, NULL);
	pthread_barrier_wait(&seen);
	for (int i = 0; i < 3; i++)
		ck_assert_ptr_null(auth_configure(line_of("alice", ALICE_KEY, "a"), false));
	pthread_barrier_wait(&changed);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&seen);
	pthread_barrier_destroy(&changed);
}
END_TEST

static atomic_bool checking;

static void *check_on(void *failures)
{
	while (atomic_load(&checking)) {
		const struct caller *caller;
		if (check("Bearer " ALICE_KEY, &caller) != AUTH_FINE ||
		    strcmp(caller_name(caller), "alice") != 0)
			atomic_fetch_add((atomic_int *)failures, 1);
		caller_drop(caller);
	}
	return NULL;
}

START_TEST(keys_are_replaced_while_threads_check)
{
	pthread_t threads[4];
	atomic_int failures = 0;
	char one[512], other[512];
	strcpy(one, line_of("alice", ALICE_KEY, "a"));
	strcpy(other, line_of("alice", ALICE_KEY, "b"));
	ck_assert_ptr_null(auth_configure(one, false));
	atomic_store(&checking, true);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, check_on, &failures);
	for (int i = 0; i < 300; i++)
		ck_assert_ptr_null(auth_configure(i % 2 ? one : other, false));
	atomic_store(&checking, false);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&failures), 0);
}
END_TEST

static TCase *key_tests(void)
{
	TCase *tests = tcase_create("keys");
	tcase_add_test(tests, without_a_configuration_nobody_comes_in);
	tcase_add_loop_test(tests, a_header_is_a_caller_or_a_refusal, 0, COUNT(headers));
	tcase_add_test(tests, a_header_ends_where_it_is_said_to_end);
	tcase_add_test(tests, a_new_key_may_stand_beside_the_old_one_of_its_name);
	tcase_add_test(tests, open_access_lets_in_who_has_no_key_but_not_a_wrong_one);
	tcase_add_test(tests, open_access_without_keys_ignores_what_is_presented);
	tcase_add_test(tests, open_without_keys_is_open_until_there_are_some);
	tcase_add_test(tests, scopes_say_what_a_caller_may);
	tcase_add_test(tests, a_caller_outlives_its_key_and_is_the_same_with_other_scopes);
	tcase_add_loop_test(tests, who_lost_a_key_or_a_scope_is_told, 0, COUNT(changes));
	tcase_add_test(tests, who_had_every_scope_and_has_some_may_do_less);
	tcase_add_test(tests, who_had_no_key_is_told_where_one_is_needed_now);
	tcase_add_test(tests, on_behalf_of_a_name_one_may_what_its_key_may_now);
	tcase_add_test(tests, each_of_several_is_told);
	tcase_add_test(tests, who_may_still_come_without_a_key_is_told_nothing);
	tcase_add_test(tests, of_what_is_kept_a_name_may_have_half_whoever_has_its_keys);
	tcase_add_test(tests, a_caller_counts_by_its_name_and_one_without_by_its_address);
	tcase_add_test(tests, a_thread_that_ends_lets_go_of_the_keys_it_saw);
	tcase_add_test(tests, keys_are_replaced_while_threads_check);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("auth");
	suite_add_tcase(suite, key_tests());
	return run_suite(suite);
}
