/* test_auth.c - keys, callers, rates and addresses. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth.h"
#include "keys.h"
#include "sha256.h"
#include "siphash.h"

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
	{ "alice:" HASH ":a alice:" HASH2 ":a", "item 2: its name" },
	{ "alice:" HASH ":a bob:" HASH ":a", "item 2: its key" },
	{ "@/nonexistent/keys", "/nonexistent/keys" },
	{ "/", "cannot read /" },
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

/* ---- Rates ---- */

START_TEST(siphash_is_the_published_one)
{
	uint64_t key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	char bytes[15];
	for (int i = 0; i < 15; i++)
		bytes[i] = (char)i;
	ck_assert_uint_eq(siphash(key, (str) { bytes, 15 }), 0xa129ca6149be45e5);
	ck_assert_uint_eq(siphash(key, (str) { bytes, 8 }), 0x93f5f5799a932462);
	ck_assert_uint_eq(siphash(key, (str) { bytes, 0 }), 0x726fdb47dd0e0e31);
}
END_TEST

START_TEST(a_bucket_gives_its_burst_and_then_its_rate)
{
	struct rates *rates = rates_create(60, 5);      /* one a second */
	int64_t now = 1000000;
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(rates_take(rates, STR("alice"), now), 0);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now), 1000);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 400), 600);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 999), 1);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 1000), 0);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 1000), 1000);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(rates_take(rates, STR("bob"), now + 1000), 0);
	ck_assert_int_eq(rates_take(rates, STR("bob"), now + 1000), 1000);
	/* A long rest fills it, and not further. */
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(rates_take(rates, STR("alice"), now + 3600000), 0);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 3600000), 1000);
	rates_destroy(rates);
}
END_TEST

START_TEST(being_refused_costs_nothing)
{
	struct rates *rates = rates_create(600, 1);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 100);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5100), 0);
	rates_destroy(rates);
}
END_TEST

START_TEST(no_rate_is_no_limit)
{
	struct rates *rates = rates_create(0, 1);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	ck_assert_int_eq(rates_take(NULL, STR("a"), 5000), 0);
	rates_destroy(rates);
}
END_TEST

START_TEST(ten_thousand_callers_do_not_get_in_each_others_way)
{
	struct rates *rates = rates_create(60, 1);
	int refused = 0;
	for (int i = 0; i < 10000; i++) {
		char who[32];
		int size = snprintf(who, sizeof(who), "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		refused += rates_take(rates, (str) { who, (size_t)size }, 5000) != 0;
	}
	ck_assert_int_le(refused, 10);
	rates_destroy(rates);
}
END_TEST

struct taking {
	struct rates *rates;
	atomic_int taken;
};

static void *take_many(void *context)
{
	struct taking *taking = context;
	for (int i = 0; i < 1000; i++)
		if (rates_take(taking->rates, STR("shared"), 7000) == 0)
			atomic_fetch_add(&taking->taken, 1);
	return NULL;
}

START_TEST(threads_share_a_bucket_exactly)
{
	struct taking taking = { .rates = rates_create(60, 1500) };
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, take_many, &taking);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&taking.taken), 1500);
	rates_destroy(taking.rates);
}
END_TEST

/* ---- Addresses ---- */

static const struct { const char *list, *address; bool in; } members[] = {
	{ "10.0.0.0/8", "10.1.2.3", true },
	{ "10.0.0.0/8", "11.0.0.0", false },
	{ "10.0.0.0/8", "::ffff:10.9.9.9", true },
	{ "::ffff:10.0.0.0/104", "10.9.9.9", true },
	{ "10.9.9.9/8", "10.1.2.3", true },
	{ "192.0.2.7", "192.0.2.7", true },
	{ "192.0.2.7", "192.0.2.6", false },
	{ "172.16.0.0/12", "172.31.255.255", true },
	{ "172.16.0.0/12", "172.32.0.0", false },
	{ "0.0.0.0/0", "255.1.1.1", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "::/0", "2001:db8::1", true },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "fe80::/10", "fe80::1%eth0", true },
	{ "::1, 127.0.0.1\n10.0.0.0/8", "10.0.0.1", true },
	{ "::1, 127.0.0.1\n10.0.0.0/8", "::1", true },
	{ "", "10.0.0.1", false },
	{ "0.0.0.0/0", "unknown", false },
	{ "0.0.0.0/0", "", false },
	{ "0.0.0.0/0", "10.1", false },
};

START_TEST(networks_contain_addresses)
{
	str wrong = { 0 };
	struct networks *networks = networks_parse(members[_i].list, &wrong);
	ck_assert_ptr_nonnull(networks);
	ck_assert(networks_contain(networks, str_of(members[_i].address)) == members[_i].in);
	networks_destroy(networks);
}
END_TEST

static const struct { const char *list, *wrong; } bad_lists[] = {
	{ "10.0.0.0/33", "10.0.0.0/33" },
	{ "::1/129", "::1/129" },
	{ "::1, 10.0.0/8, x", "10.0.0/8" },
	{ "10.0.0.0/", "10.0.0.0/" },
	{ "10.0.0.0/-1", "10.0.0.0/-1" },
	{ "10.0.0.0/+1", "10.0.0.0/+1" },
	{ "10.0.0.0/8x", "10.0.0.0/8x" },
	{ "proxy.example", "proxy.example" },
	{ "/8", "/8" },
};

START_TEST(a_bad_network_is_pointed_at)
{
	str wrong = { 0 };
	ck_assert_ptr_null(networks_parse(bad_lists[_i].list, &wrong));
	ck_assert(str_is(wrong, bad_lists[_i].wrong));
}
END_TEST

static const struct { const char *trusted, *peer, *forwarded, *client; } clients[] = {
	{ "", "192.0.2.1", "1.2.3.4", "192.0.2.1" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4", "1.2.3.4" },
	{ "10.0.0.0/8", "192.0.2.1", "1.2.3.4", "192.0.2.1" },
	{ "10.0.0.0/8", "10.0.0.1", NULL, "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4" },
	{ "10.0.0.0/8", "10.0.0.1", "6.6.6.6, 1.2.3.4 ,10.0.0.2", "1.2.3.4" },
	{ "10.0.0.0/8", "10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4, unknown", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4, unknown, 10.0.0.2", "10.0.0.2" },
	{ "10.0.0.0/8", "10.0.0.1", ",,", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "1.2.3.4:567", "1.2.3.4" },
	{ "10.0.0.0/8", "10.0.0.1", "[2001:db8::1]:99", "2001:db8::1" },
	{ "10.0.0.0/8", "10.0.0.1", "[2001:db8::1]", "2001:db8::1" },
	{ "10.0.0.0/8", "10.0.0.1", "[2001:db8::1", "10.0.0.1" },
	{ "10.0.0.0/8", "10.0.0.1", "2001:db8::1", "2001:db8::1" },
	{ "10.0.0.0/8", "::ffff:10.0.0.1", "::ffff:1.2.3.4", "1.2.3.4" },
	{ "", "::ffff:10.0.0.1", NULL, "10.0.0.1" },
	{ "", "::1", NULL, "::1" },
};

START_TEST(the_client_is_the_last_address_that_is_no_trusted_proxy)
{
	str wrong = { 0 };
	struct networks *trusted = networks_parse(clients[_i].trusted, &wrong);
	str client = auth_client_address(trusted, str_of(clients[_i].peer),
	                                 str_of(clients[_i].forwarded));
	ck_assert_msg(str_is(client, clients[_i].client), "%.*s", STR_FORMAT(client));
	networks_destroy(trusted);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

static TCase *key_tests(void)
{
	TCase *tests = tcase_create("keys");
	tcase_add_test(tests, digests_are_sha256);
	tcase_add_loop_test(tests, bad_keys_are_explained_and_change_nothing, 0, COUNT(bad_keys));
	tcase_add_loop_test(tests, a_header_is_a_caller_or_a_refusal, 0, COUNT(headers));
	tcase_add_test(tests, open_access_lets_in_who_has_no_key_but_not_a_wrong_one);
	tcase_add_test(tests, open_access_without_keys_ignores_what_is_presented);
	tcase_add_test(tests, scopes_say_what_a_caller_may);
	tcase_add_test(tests, a_caller_outlives_its_key_and_is_the_same_with_other_scopes);
	tcase_add_test(tests, keys_come_from_a_file);
	tcase_add_test(tests, a_bad_line_of_a_file_is_named_by_its_number);
	tcase_add_test(tests, keys_are_replaced_while_threads_check);
	tcase_add_test(tests, a_key_that_was_made_is_accepted);
	tcase_add_loop_test(tests, a_key_is_not_made_of_bad_words, 0, COUNT(bad_words));
	return tests;
}

static TCase *rate_tests(void)
{
	TCase *tests = tcase_create("rates");
	tcase_add_test(tests, siphash_is_the_published_one);
	tcase_add_test(tests, a_bucket_gives_its_burst_and_then_its_rate);
	tcase_add_test(tests, being_refused_costs_nothing);
	tcase_add_test(tests, no_rate_is_no_limit);
	tcase_add_test(tests, ten_thousand_callers_do_not_get_in_each_others_way);
	tcase_add_test(tests, threads_share_a_bucket_exactly);
	return tests;
}

static TCase *address_tests(void)
{
	TCase *tests = tcase_create("addresses");
	tcase_add_loop_test(tests, networks_contain_addresses, 0, COUNT(members));
	tcase_add_loop_test(tests, a_bad_network_is_pointed_at, 0, COUNT(bad_lists));
	tcase_add_loop_test(tests, the_client_is_the_last_address_that_is_no_trusted_proxy, 0,
	                    COUNT(clients));
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("auth");
	suite_add_tcase(suite, key_tests());
	suite_add_tcase(suite, rate_tests());
	suite_add_tcase(suite, address_tests());
	SRunner *runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	int failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? 0 : 1;
}
