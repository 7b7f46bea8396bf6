/* test_auth.c - keys and callers. */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth.h"
#include "keys.h"
#include "sha256.h"

#define ALICE_KEY "mcp_alice"
#define BOB_KEY "mcp_bob"

/* ---- Help ---- */

/* NAME:HASH:SCOPES for a key; in one of a few buffers. */
static const char *line_of(const char *name, const char *key, const char *scopes)
{
	static char lines[8][512];
	static int next;
	char *line = lines[next++ % 8];
	uint8_t digest[DIGEST_SIZE];
	char hash[DIGEST_TEXT_SIZE];
	digest_of(str_of(key), digest);
	digest_print(digest, hash);
	snprintf(line, sizeof(lines[0]), "%s:%s:%s", name, hash, scopes);
	return line;
}

static const char *alice_and_bob(void)
{
	static char both[1024];
	snprintf(both, sizeof(both), "%s\n  %s ", line_of("alice", ALICE_KEY, "a:read,a:write"),
	         line_of("bob", BOB_KEY, "*"));
	return both;
}

static enum auth_outcome check(const char *header, const struct caller **caller)
{
	*caller = NULL;
	return auth_check(str_of(header), caller);
}

/* A file with some text; its name is to be freed, after unlink(). */
static char *file_with(const char *text)
{
	char *path = strdup("/tmp/test_auth_XXXXXX");
	int file = mkstemp(path);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
	return path;
}

/* ---- Keys ---- */

START_TEST(digests_are_sha256)
{
	uint8_t digest[DIGEST_SIZE], again[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];
	digest_of(STR("abc"), digest);
	digest_print(digest, text);
	ck_assert_str_eq(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert(digest_parse(str_of(text), again));
	ck_assert_mem_eq(digest, again, DIGEST_SIZE);
	ck_assert(digest_parse(STR("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"),
	                       again));
	ck_assert_mem_eq(digest, again, DIGEST_SIZE);
	ck_assert(!digest_parse((str) { text, 63 }, again));
	text[63] = 'g';
	ck_assert(!digest_parse(str_of(text), again));
}
END_TEST

#define HASH "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HASH2 "ca7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const struct { const char *keys, *words; } bad_keys[] = {
	{ "alice", "item 1" },
	{ "alice:" HASH, "no scopes" },
	{ "alice:" HASH ":", "no scopes" },
	{ "alice:" HASH ":a,", "comma" },
	{ "alice:" HASH ":a,,b", "scope" },
	{ "alice:" HASH ":a\"b", "scope" },
	{ "alice:" HASH ":a*", "scope" },
	{ "alice:1234:a", "64 hexadecimal" },
	{ "alice:mcp_0123:a", "the SHA-256 of the key belongs here" },
	{ "al/ice:" HASH ":a", "NAME" },
	{ ":" HASH ":a", "NAME" },
	{ "anonymous:" HASH ":a", "anonymous" },
	{ "alice:" HASH ":a alice:" HASH2 ":b", "item 2: its name" },
	{ "alice:" HASH ":a alice:" HASH2 ":a,b", "item 2: its name" },
	{ "alice:" HASH ":a alice:" HASH ":a", "item 2: its key" },
	{ "alice:" HASH ":a bob:" HASH ":a", "item 2: its key" },
	{ "@/nonexistent/keys", "API_KEYS: cannot read /nonexistent/keys" },
	{ "/", "API_KEYS: cannot read /" },
};

START_TEST(bad_keys_are_explained_and_change_nothing)
{
	const struct caller *caller;
	ck_assert_ptr_null(auth_configure(alice_and_bob(), false));
	const char *wrong = auth_configure(bad_keys[_i].keys, true);
	ck_assert_ptr_nonnull(wrong);
	ck_assert_msg(strstr(wrong, bad_keys[_i].words), "\"%s\" does not say \"%s\"", wrong,
	              bad_keys[_i].words);
	ck_assert_ptr_null(strstr(wrong, "0123"));
	ck_assert_int_eq(auth_key_count(), 2);
	ck_assert_int_eq(check(NULL, &caller), AUTH_MISSING);
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
	{ "", AUTH_MALFORMED, NULL },
	{ "Bearer", AUTH_MALFORMED, NULL },
	{ "Bearer ", AUTH_MALFORMED, NULL },
	{ "Bearer =", AUTH_MALFORMED, NULL },
	{ "Bearer a=b", AUTH_MALFORMED, NULL },
	{ "Bearer " ALICE_KEY "," BOB_KEY, AUTH_MALFORMED, NULL },
	{ "Bearer " ALICE_KEY " x", AUTH_MALFORMED, NULL },
	{ "Bearer" ALICE_KEY, AUTH_MALFORMED, NULL },
	{ "Basic " ALICE_KEY, AUTH_MALFORMED, NULL },
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
	ck_assert_int_eq(check("Basic wrong", &caller), AUTH_MALFORMED);
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
	ck_assert_int_eq(auth_check((str) { 0 }, &anonymous), AUTH_FINE);
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

/* ---- Shares ---- */

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
	ck_assert_int_eq(auth_check((str) { 0 }, &anonymous), AUTH_FINE);
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

START_TEST(keys_come_from_a_file)
{
	char text[2048], setting[64];
	snprintf(text, sizeof(text), "# who may call\r\n\n  %s\r\n\t\n#%s\n%s",
	         line_of("alice", ALICE_KEY, "a"), "bob::", line_of("bob", BOB_KEY, "b"));
	char *path = file_with(text);
	ck_assert_ptr_null(auth_configure(path, false));
	ck_assert_int_eq(auth_key_count(), 2);
	ck_assert_ptr_null(auth_configure("", false));
	snprintf(setting, sizeof(setting), "@%s", path);
	ck_assert_ptr_null(auth_configure(setting, false));
	ck_assert_int_eq(auth_key_count(), 2);
	unlink(path);
	free(path);
}
END_TEST

START_TEST(a_bad_line_of_a_file_is_named_by_its_number)
{
	char *path = file_with("# comment\n\nalice:" HASH ":a\nbob:x:a\n");
	const char *wrong = auth_configure(path, false);
	ck_assert_ptr_nonnull(wrong);
	ck_assert_ptr_nonnull(strstr(wrong, path));
	ck_assert_ptr_nonnull(strstr(wrong, "line 4"));
	unlink(path);
	free(path);
}
END_TEST

static atomic_bool checking;

static void *check_on(void *failures)
{
	while (atomic_load(&checking)) {
		const struct caller *caller = NULL;
		if (auth_check(STR("Bearer " ALICE_KEY), &caller) != AUTH_FINE ||
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

/* Runs the command with stdout and stderr in a file; `text` is what it wrote to stdout. */
static int make_key(int argc, char **argv, char *text, size_t room)
{
	FILE *out = tmpfile(), *words = tmpfile();
	fflush(stdout);
	int old_out = dup(1), old_words = dup(2);
	dup2(fileno(out), 1);
	dup2(fileno(words), 2);
	int status = auth_make_key(argc, argv);
	fflush(stdout);
	dup2(old_out, 1);
	dup2(old_words, 2);
	close(old_out);
	close(old_words);
	rewind(out);
	text[fread(text, 1, room - 1, out)] = '\0';
	fclose(out);
	fclose(words);
	return status;
}

START_TEST(a_key_that_was_made_is_accepted)
{
	char *words[] = { "key", "orders", "products:read", "products:reserve", NULL };
	char text[1024], header[256], *rest = text;
	const struct caller *caller;
	ck_assert_int_eq(make_key(4, words, text, sizeof(text)), 0);
	char *path = file_with(text);           /* the whole of it but for the key is a good file */
	strsep(&rest, "\n");
	const char *key = strsep(&rest, "\n");
	strsep(&rest, "\n");
	const char *line = strsep(&rest, "\n");
	ck_assert_int_eq(strncmp(key, "mcp_", 4), 0);
	ck_assert_uint_eq(strlen(key), 4 + 43);
	ck_assert_ptr_null(auth_configure(line, false));
	snprintf(header, sizeof(header), "Bearer %s", key);
	ck_assert_int_eq(check(header, &caller), AUTH_FINE);
	ck_assert_str_eq(caller_name(caller), "orders");
	ck_assert(caller_may(caller, "products:reserve") && !caller_may(caller, "products:write"));
	caller_drop(caller);
	unlink(path);
	free(path);
}
END_TEST

static char *const bad_words[][4] = {
	{ "key" }, { "key", "orders" }, { "key", "a b", "x" }, { "key", "anonymous", "x" },
	{ "key", "orders", "a,b" }, { "key", "orders", "" }, { "key", "", "x" },
	{ "key", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x" },
};

START_TEST(a_key_is_not_made_of_bad_words)
{
	char text[1024];
	int argc = 0;
	while (argc < 4 && bad_words[_i][argc])
		argc++;
	ck_assert_int_eq(make_key(argc, (char **)bad_words[_i], text, sizeof(text)), 2);
	ck_assert_str_eq(text, "");
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

static TCase *key_tests(void)
{
	TCase *tests = tcase_create("keys");
	tcase_add_test(tests, digests_are_sha256);
	tcase_add_loop_test(tests, bad_keys_are_explained_and_change_nothing, 0, COUNT(bad_keys));
	tcase_add_loop_test(tests, a_header_is_a_caller_or_a_refusal, 0, COUNT(headers));
	tcase_add_test(tests, a_new_key_may_stand_beside_the_old_one_of_its_name);
	tcase_add_test(tests, open_access_lets_in_who_has_no_key_but_not_a_wrong_one);
	tcase_add_test(tests, open_access_without_keys_ignores_what_is_presented);
	tcase_add_test(tests, scopes_say_what_a_caller_may);
	tcase_add_test(tests, a_caller_outlives_its_key_and_is_the_same_with_other_scopes);
	tcase_add_loop_test(tests, who_lost_a_key_or_a_scope_is_told, 0, COUNT(changes));
	tcase_add_test(tests, who_had_every_scope_and_has_some_may_do_less);
	tcase_add_test(tests, who_had_no_key_is_told_where_one_is_needed_now);
	tcase_add_test(tests, a_caller_counts_by_its_name_and_one_without_by_its_address);
	tcase_add_test(tests, keys_come_from_a_file);
	tcase_add_test(tests, a_bad_line_of_a_file_is_named_by_its_number);
	tcase_add_test(tests, keys_are_replaced_while_threads_check);
	tcase_add_test(tests, a_key_that_was_made_is_accepted);
	tcase_add_loop_test(tests, a_key_is_not_made_of_bad_words, 0, COUNT(bad_words));
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("auth");
	suite_add_tcase(suite, key_tests());
	SRunner *runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	int failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? 0 : 1;
}
