/* test_auth_keys.c - keys as they are written: lines, files, the command that makes one. */
#include "auth_fixture.h"

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
	for (const char *none = "/:@Gg`{ -"; *none; none++)
		for (size_t i = 0; i < 64; i += 9) {
			char kept = text[i];
			text[i] = *none;
			ck_assert(!digest_parse(str_of(text), again));
			text[i] = kept;
		}
	ck_assert(digest_parse(STR("0f9a0F9A0000000000000000000000000000000000000000000000000000af90"), again));
	ck_assert_int_eq(again[0], 0x0f);
	ck_assert_int_eq(again[1], 0x9a);
	ck_assert_int_eq(again[2], 0x0f);
	ck_assert_int_eq(again[3], 0x9a);
	ck_assert_int_eq(again[31], 0x90);
}
END_TEST

#define HASH "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HASH3 "da7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HASH2 "ca7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

#define SIXTY_FOUR "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static const struct { const char *keys, *words; } bad_keys[] = {
	{ "alice", "item 1" },
	{ "alice:" HASH, "no scopes" },
	{ "alice:" HASH ":", "no scopes" },
	{ "alice:" HASH ":a,", "comma" },
	{ "alice:" HASH ":a,,b", "scope" },
	{ "alice:" HASH ":a\"b", "scope" },
	{ "x", "item 1" },
	{ "(a:" HASH ":a", "NAME" },
	{ "alice:" HASH ":@a", "scope" },
	{ "alice:" HASH ":a,@", "scope" },
	{ "alice:" HASH ":a bob:" HASH2 ":b bob:" HASH3 ":c", "item 3: its name" },
	{ "alice:" HASH ":a bob:" HASH2 ":b carol:" HASH2 ":c", "item 3: its key" },
	{ "alice:" HASH ":a*", "scope" },
	{ "alice:" HASH ":a@", "scope" }, { "alice:" HASH ":a[", "scope" }, { "alice:" HASH ":a`", "scope" },
	{ "alice:" HASH ":a{", "scope" }, { "alice:" HASH ":a;", "scope" },
	{ "alice:" HASH ":" SIXTY_FOUR "x", "scope" },
	{ SIXTY_FOUR "x:" HASH ":a", "NAME" },
	{ "a@:" HASH ":a", "NAME" }, { "a[:" HASH ":a", "NAME" }, { "a`:" HASH ":a", "NAME" },
	{ "a{:" HASH ":a", "NAME" }, { "a;:" HASH ":a", "NAME" },
	{ "alice:" HASH "0:a", "64 hexadecimal" },
	{ "a:" HASH ":a\x0e" "b:" HASH2 ":b", "item 1: a scope" },
	{ "a:" HASH ":a\x08" "b:" HASH2 ":b", "item 1: a scope" },
	{ "a:" HASH ":a b:" HASH2 ":b c:x", "item 3: after the name" },
	{ "alice:1234:a", "64 hexadecimal" },
	{ "keys.txt", "as the command key prints it; a file of such lines is named as @FILE" },
	{ "alice:mcp_0123:a", "the SHA-256 of the key belongs here" },
	{ "al/ice:" HASH ":a", "NAME" },
	{ ":" HASH ":a", "NAME" },
	{ "anonymous:" HASH ":a", "anonymous" },
	{ "alice:" HASH ":a alice:" HASH2 ":b", "item 2: its name" },
	{ "alice:" HASH ":a alice:" HASH2 ":a,b", "item 2: its name" },
	{ "alice:" HASH ":a alice:" HASH ":a", "item 2: its key" },
	{ "alice:" HASH ":a bob:" HASH ":a", "item 2: its key" },
	{ "alice:" HASH ":customer=7", "no scopes" },
	{ "alice:" HASH ":a,customer=", "customer=" },
	{ "alice:" HASH ":a,customer=7,customer=8", "once" },
	{ "alice:" HASH ":a,customer=a*", "customer=" },
	{ "alice:" HASH ":a,customer=" SIXTY_FOUR "x", "customer=" },
	{ "alice:" HASH ":a,custome=7", "a scope" },
	{ "alice:" HASH ":a,customer=7 alice:" HASH2 ":a,customer=8", "item 2: its name" },
	{ "alice:" HASH ":a,customer=7 alice:" HASH2 ":a", "item 2: its name" },
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

static const struct { const char *keys, *name, *scope; } good_keys[] = {
	{ SIXTY_FOUR ":" HASH ":a", SIXTY_FOUR, "a" },
	{ "a.b_c-d:" HASH ":a", "a.b_c-d", "a" },
	{ "azAZ09:" HASH ":" SIXTY_FOUR, "azAZ09", SIXTY_FOUR },
	{ "alice:" HASH ":a.b_c:d/e-f", "alice", "a.b_c:d/e-f" },
	{ "alice:" HASH ":a,b,c", "alice", "c" },
	{ "\t\r\n\v\f alice:" HASH ":a\t", "alice", "a" },
	{ "bob:" HASH2 ":b\valice:" HASH ":a\fcarol:" HASH3 ":c", "alice", "a" },
	{ "bob:" HASH2 ":b\ralice:" HASH ":a\tcarol:" HASH3 ":c", "alice", "a" },
};

START_TEST(good_keys_are_taken)
{
	const struct caller *caller;

	ck_assert_ptr_null(auth_configure(good_keys[_i].keys, false));
	ck_assert_int_eq(check("Bearer abc", &caller), AUTH_FINE);
	ck_assert_str_eq(caller_name(caller), good_keys[_i].name);
	ck_assert(caller_may(caller, good_keys[_i].scope));
	ck_assert(!caller_may(caller, "d"));
	caller_drop(caller);
}
END_TEST

static const struct { const char *items, *customer; } customers[] = {
	{ "a,b", NULL },
	{ "customer=17850,a,b", "17850" },
	{ "a,customer=17850,b", "17850" },
	{ "a,b,customer=ann.lee+x@shop.example", "ann.lee+x@shop.example" },
	{ "a,b,customer=" SIXTY_FOUR, SIXTY_FOUR },
};

START_TEST(a_key_may_be_a_customers)
{
	const struct caller *caller;
	char line[512];

	snprintf(line, sizeof(line), "alice:" HASH ":%s", customers[_i].items);
	ck_assert_ptr_null(auth_configure(line, false));
	ck_assert_int_eq(check("Bearer abc", &caller), AUTH_FINE);
	if (customers[_i].customer)
		ck_assert_str_eq(caller_customer(caller), customers[_i].customer);
	else
		ck_assert_ptr_null(caller_customer(caller));
	ck_assert(caller_may(caller, "a") && caller_may(caller, "b"));
	ck_assert(!caller_may(caller, "customer=17850") && !caller_may(caller, ""));
	caller_drop(caller);
}
END_TEST

START_TEST(one_of_several_scopes_is_enough)
{
	const struct caller *caller;

	ck_assert_ptr_null(auth_configure("alice:" HASH ":a,b", false));
	ck_assert_int_eq(check("Bearer abc", &caller), AUTH_FINE);
	ck_assert(caller_may(caller, "c a") && caller_may(caller, "b c") && caller_may(caller, NULL));
	ck_assert(!caller_may(caller, "c d") && !caller_may(caller, "a,b") && !caller_may(caller, "*"));
	caller_drop(caller);
}
END_TEST

/* ---- Files ---- */

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

START_TEST(a_file_of_keys_has_at_most_1_mib)
{
	char *text = malloc(1024 * 1024 + 2);
	int size = sprintf(text, "%s\n#", line_of("alice", ALICE_KEY, "a"));

	memset(text + size, '#', (size_t)(1024 * 1024 - size));
	text[1024 * 1024] = '\0';
	char *path = file_with(text);
	ck_assert_ptr_null(auth_configure(path, false));
	ck_assert_int_eq(auth_key_count(), 1);
	/* And is closed again, however often it is read. */
	int before = dup(0);
	close(before);
	ck_assert_ptr_null(auth_configure(path, false));
	int after = dup(0);
	close(after);
	ck_assert_int_eq(after, before);
	unlink(path);
	free(path);
	strcpy(text + 1024 * 1024, "#");
	path = file_with(text);
	const char *wrong = auth_configure(path, false);
	ck_assert_ptr_nonnull(wrong);
	ck_assert_ptr_nonnull(strstr(wrong, "is larger than 1 MiB"));
	unlink(path);
	free(path);
	free(text);
}
END_TEST

static const struct { const char *text, *line; } bad_files[] = {
	{ "x", "line 1" }, { "#\nx", "line 2" }, { "#\n \n\nx\n", "line 4" }, { "#\n x #", "line 2" },
};

START_TEST(a_line_that_is_no_key_is_no_comment_either)
{
	char *path = file_with(bad_files[_i].text);
	const char *wrong = auth_configure(path, false);

	ck_assert_ptr_nonnull(wrong);
	ck_assert_ptr_nonnull(strstr(wrong, bad_files[_i].line));
	unlink(path);
	free(path);
}
END_TEST

START_TEST(nothing_but_blanks_are_no_keys)
{
	ck_assert_ptr_null(auth_configure(" ", false));
	ck_assert_int_eq(auth_key_count(), 0);
	ck_assert_ptr_null(auth_configure("\n", false));
	char *path = file_with(" ");
	ck_assert_ptr_null(auth_configure(path, false));
	ck_assert_int_eq(auth_key_count(), 0);
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

/* ---- The command ---- */

/* Runs the command with stdout and stderr in a file; `text` is what it wrote to stdout, `said` to stderr. */
static char said[1024];

static int make_key(int argc, char **argv, char *text, size_t room)
{
	FILE *out = tmpfile(), *words = tmpfile();
	fflush(stdout);
	int old_out = dup(1), old_words = dup(2);
	dup2(fileno(out), 1);
	dup2(fileno(words), 2);
	int status = auth_make_key(argc, argv, "usage: so it is\n");
	fflush(stdout);
	dup2(old_out, 1);
	dup2(old_words, 2);
	close(old_out);
	close(old_words);
	rewind(out);
	text[fread(text, 1, room - 1, out)] = '\0';
	rewind(words);
	said[fread(said, 1, sizeof(said) - 1, words)] = '\0';
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

START_TEST(a_key_may_have_one_scope)
{
	char *words[] = { "key", "orders", "*", NULL };
	char text[1024];

	ck_assert_int_eq(make_key(3, words, text, sizeof(text)), 0);
	ck_assert_ptr_nonnull(strstr(text, ":*\n"));
	ck_assert_str_eq(strstr(text, ":*\n"), ":*\n");
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(a_key_that_nobody_could_see_is_a_failure)
{
	char *words[] = { "key", "orders", "*", NULL };
	FILE *full = fopen("/dev/full", "w"), *hidden = tmpfile();

	fflush(stdout);
	int old_out = dup(1), old_words = dup(2);
	dup2(fileno(full), 1);
	dup2(fileno(hidden), 2);
	int status = auth_make_key(3, words, "");
	dup2(old_out, 1);
	dup2(old_words, 2);
	close(old_out);
	close(old_words);
	clearerr(stdout);
	fclose(full);
	rewind(hidden);
	said[fread(said, 1, sizeof(said) - 1, hidden)] = '\0';
	fclose(hidden);
	ck_assert_int_eq(status, 1);
	ck_assert_ptr_nonnull(strstr(said, "stdout: No space left"));
}
END_TEST

static const struct { char *words[4], *said; } bad_words[] = {
	{ { "key" }, "a name is missing\n" },
	{ { "key", "orders" }, "a scope is missing\n" },
	{ { "key", "a b", "x" }, "this cannot be a name: a b\n" },
	{ { "key", "anonymous", "x" }, "this cannot be a name: anonymous\n" },
	{ { "key", "orders", "a,b" }, "this cannot be a scope: a,b\n" },
	{ { "key", "orders", "x", "y z" }, "this cannot be a scope: y z\n" },
	{ { "key", "orders", "" }, "this cannot be a scope: \n" },
	{ { "key", "", "x" }, "this cannot be a name: \n" },
	{ { "key", SIXTY_FOUR "x", "x" }, "this cannot be a name: " SIXTY_FOUR "x\n" },
};

START_TEST(a_key_is_not_made_of_bad_words)
{
	char text[1024];
	int argc = 0;

	while (argc < 4 && bad_words[_i].words[argc])
		argc++;
	ck_assert_int_eq(make_key(argc, (char **)bad_words[_i].words, text, sizeof(text)), 2);
	ck_assert_str_eq(text, "");
	ck_assert_msg(strncmp(said, bad_words[_i].said, strlen(bad_words[_i].said)) == 0, "%s", said);
	ck_assert_str_eq(said + strlen(bad_words[_i].said), "usage: so it is\n");
}
END_TEST

static TCase *key_tests(void)
{
	TCase *tests = tcase_create("keys");
	tcase_add_test(tests, digests_are_sha256);
	tcase_add_loop_test(tests, bad_keys_are_explained_and_change_nothing, 0, COUNT(bad_keys));
	tcase_add_loop_test(tests, good_keys_are_taken, 0, COUNT(good_keys));
	tcase_add_loop_test(tests, a_key_may_be_a_customers, 0, COUNT(customers));
	tcase_add_test(tests, one_of_several_scopes_is_enough);
	tcase_add_test(tests, keys_come_from_a_file);
	tcase_add_test(tests, a_file_of_keys_has_at_most_1_mib);
	tcase_add_loop_test(tests, a_line_that_is_no_key_is_no_comment_either, 0, COUNT(bad_files));
	tcase_add_test(tests, nothing_but_blanks_are_no_keys);
	tcase_add_test(tests, a_bad_line_of_a_file_is_named_by_its_number);
	tcase_add_test(tests, a_key_that_was_made_is_accepted);
	tcase_add_test(tests, a_key_may_have_one_scope);
	tcase_add_test(tests, a_key_that_nobody_could_see_is_a_failure);
	tcase_add_loop_test(tests, a_key_is_not_made_of_bad_words, 0, COUNT(bad_words));
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("keys");
	suite_add_tcase(suite, key_tests());
	return run_suite(suite);
}
