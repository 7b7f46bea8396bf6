/* test_seal.c - sealed text, randomness, base64. */
#include <pthread.h>
#include <stdlib.h>

#include "seal.h"
#include "suite.h"

#define OLD_KEY "old-old-old-old-old-old-old-old-old-"
#define NEW_KEY "new-new-new-new-new-new-new-new-new-"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_create();
	ck_assert_ptr_null(seal_configure(OLD_KEY));
}

static void tear_down(void)
{
	arena_destroy(arena);
}

static const size_t sizes[] = { 0, 1, 2, 3, 15, 16, 17, 1000, SEAL_MAX };

START_TEST(what_was_sealed_opens)
{
	char *bytes = arena_alloc(arena, sizes[_i] + 1);
	random_bytes(bytes, sizes[_i]);
	str plain = { bytes, sizes[_i] };
	str sealed = seal(arena, "cursor", plain);
	ck_assert_ptr_nonnull(sealed.at);
	str opened = seal_open(arena, "cursor", sealed);
	ck_assert_ptr_nonnull(opened.at);
	ck_assert(str_same(opened, plain));
	ck_assert_ptr_null(seal_open(arena, "state", sealed).at);
	ck_assert_ptr_null(seal_open(arena, "cursors", sealed).at);
	ck_assert_ptr_null(seal_open(arena, "", sealed).at);
}
END_TEST

START_TEST(too_much_is_not_sealed)
{
	char *bytes = arena_alloc(arena, SEAL_MAX + 1);
	ck_assert_ptr_null(seal(arena, "state", (str) { bytes, SEAL_MAX + 1 }).at);
	char *text = arena_alloc(arena, 100000);
	memset(text, 'A', 100000);
	ck_assert_ptr_null(seal_open(arena, "state", (str) { text, 100000 }).at);
}
END_TEST

START_TEST(every_seal_is_another)
{
	str one = seal(arena, "cursor", STR("same")), other = seal(arena, "cursor", STR("same"));
	ck_assert(!str_same(one, other));
}
END_TEST

START_TEST(any_change_is_noticed)
{
	str sealed = seal(arena, "cursor", STR("page 2 of tea"));
	for (size_t i = 0; i < sealed.size; i++) {
		char *copy = arena_copy(arena, sealed);
		copy[i] = copy[i] == 'A' ? 'B' : 'A';
		ck_assert_ptr_null(seal_open(arena, "cursor", (str) { copy, sealed.size }).at);
	}
	for (size_t size = 0; size < sealed.size; size++)
		ck_assert_ptr_null(seal_open(arena, "cursor", (str) { sealed.at, size }).at);
	char *longer = arena_print(arena, "%.*sA", STR_FORMAT(sealed));
	ck_assert_ptr_null(seal_open(arena, "cursor", str_of(longer)).at);
	ck_assert_ptr_null(seal_open(arena, "cursor", (str) { 0 }).at);
}
END_TEST

/* Sealed by another process, of whatever version: what is on its way must open after an update. */
START_TEST(what_others_sealed_opens)
{
	static const char sealed[] = "AdzSUU2QcuRZ3DrNOqTEv4R7HRNvmonoIQPF6a9WUf7uNBj83VjNfCphxbo_8g";

	ck_assert(str_is(seal_open(arena, "cursor", str_of(sealed)), "page 2 of tea"));
	ck_assert_ptr_null(seal_configure(NEW_KEY));
	ck_assert_ptr_null(seal_open(arena, "cursor", str_of(sealed)).at);
}
END_TEST

/* Not by the memory that was there before: each byte has many values, wherever it stands. */
static void check_random(unsigned char (*rows)[64], int count, size_t size)
{
	for (size_t at = 0; at < size; at++) {
		bool there[256] = { false };
		int values = 0;
		for (int i = 0; i < count; i++) {
			values += !there[rows[i][at]];
			there[rows[i][at]] = true;
		}
		ck_assert_msg(values > count / 4, "byte %zu has %d values", at, values);
	}
}

START_TEST(every_nonce_is_random)
{
	unsigned char nonces[200][64];

	for (int i = 0; i < 200; i++) {
		struct arena *own = arena_create();
		str bytes = base64url_open(own, seal(own, "cursor", STR("same")));
		memcpy(nonces[i], bytes.at + 5, 12);
		arena_destroy(own);
	}
	check_random(nonces, 200, 12);
}
END_TEST

START_TEST(random_text_is_of_random_bytes)
{
	unsigned char rows[200][64];

	for (int i = 0; i < 200; i++) {
		struct arena *own = arena_create();
		str bytes = base64url_open(own, str_of(random_text(own, 32)));
		memcpy(rows[i], bytes.at, 32);
		arena_destroy(own);
	}
	check_random(rows, 200, 32);
}
END_TEST

START_TEST(any_number_of_bytes_is_random)
{
	static const size_t sizes_at_once[] = { 1, 255, 256, 257, 511, 512, 513, 1000 };
	unsigned char rows[200][64], bytes[1002];

	for (size_t size = 0; size < 8; size++) {
		size_t end = sizes_at_once[size], seen = end < 32 ? end : 32;
		for (int i = 0; i < 200; i++) {
			memset(bytes, 0x55, sizeof(bytes));
			random_bytes(bytes + 1, end);
			ck_assert_int_eq(bytes[0], 0x55);
			ck_assert_int_eq(bytes[end + 1], 0x55);
			memcpy(rows[i], bytes + 1, seen);
			memcpy(rows[i] + seen, bytes + 1 + end - seen, seen);
		}
		check_random(rows, 200, 2 * seen);
	}
}
END_TEST

/* The name of a key is taken from it: where the keys are random, the names are. The second time there is
 * nothing left on the stack but what the first has wiped out. */
START_TEST(a_random_key_is_another_each_time)
{
	unsigned char rows[200][64];

	for (int i = 0; i < 200; i++) {
		ck_assert_ptr_null(seal_configure(NULL));
		ck_assert_ptr_null(seal_configure(NULL));
		memcpy(rows[i], base64url_open(arena, seal(arena, "cursor", STR("x"))).at + 1, 4);
	}
	check_random(rows, 200, 4);
}
END_TEST

/* Before anything is configured. Must come first. */
START_TEST(without_a_configuration_there_is_a_random_key_too)
{
	arena = arena_create();
	str sealed = seal(arena, "cursor", STR("x"));
	ck_assert(str_is(seal_open(arena, "cursor", sealed), "x"));
	ck_assert_ptr_null(seal_configure(NULL));
	ck_assert_ptr_null(seal_open(arena, "cursor", sealed).at);
	arena_destroy(arena);
}
END_TEST

START_TEST(keys_can_be_rotated)
{
	str old = seal(arena, "cursor", STR("kept"));
	ck_assert_ptr_null(seal_configure(NEW_KEY ", " OLD_KEY));
	str new = seal(arena, "cursor", STR("fresh"));
	ck_assert(str_is(seal_open(arena, "cursor", old), "kept"));
	ck_assert_ptr_null(seal_configure(NEW_KEY));
	ck_assert_ptr_null(seal_open(arena, "cursor", old).at);
	ck_assert(str_is(seal_open(arena, "cursor", new), "fresh"));
}
END_TEST

START_TEST(without_keys_there_is_a_random_one)
{
	ck_assert_ptr_null(seal_configure(NULL));
	str sealed = seal(arena, "cursor", STR("x"));
	ck_assert(str_is(seal_open(arena, "cursor", sealed), "x"));
	ck_assert_ptr_null(seal_configure(" ,\n"));
	ck_assert_ptr_null(seal_open(arena, "cursor", sealed).at);
}
END_TEST

/* As text it ends with a NUL that is its own: what the arena gives next comes behind it. */
START_TEST(base64_is_ended)
{
	for (size_t size = 1; size < 100; size++) {
		char *bytes = arena_alloc(arena, size);
		str text = base64(arena, (str) { bytes, size });
		memset(arena_alloc(arena, 1), 'x', 1);
		ck_assert_uint_eq(strlen(text.at), text.size);
	}
}
END_TEST

START_TEST(what_is_not_there_is_no_base64)
{
	ck_assert_ptr_null(base64_open(arena, (str) { 0 }).at);
	ck_assert_ptr_null(base64url_open(arena, (str) { 0 }).at);
}
END_TEST

START_TEST(every_key_of_the_list_opens)
{
	static const char *const alone[] = {
		"a-32-32-32-32-32-32-32-32-32-32-", "b-32-32-32-32-32-32-32-32-32-32-",
		"c-32-32-32-32-32-32-32-32-32-32-", "d-32-32-32-32-32-32-32-32-32-32-",
		"e-32-32-32-32-32-32-32-32-32-32-", "f-32-32-32-32-32-32-32-32-32-32-",
	};
	str sealed[6];

	for (int i = 0; i < 6; i++) {
		ck_assert_uint_eq(strlen(alone[i]), 32);
		ck_assert_ptr_null(seal_configure(alone[i]));
		sealed[i] = seal(arena, "cursor", str_of(alone[i]));
	}
	char *list = arena_print(arena, " %s,%s %s\t%s\r%s\n%s,\n", alone[0], alone[1], alone[2],
	                         alone[3], alone[4], alone[5]);
	ck_assert_ptr_null(seal_configure(list));
	for (int i = 0; i < 6; i++)
		ck_assert(str_is(seal_open(arena, "cursor", sealed[i]), alone[i]));
	/* The first one seals. */
	str new = seal(arena, "cursor", STR("new"));
	ck_assert_ptr_null(seal_configure(alone[1]));
	ck_assert_ptr_null(seal_open(arena, "cursor", new).at);
	ck_assert_ptr_null(seal_configure(alone[0]));
	ck_assert(str_is(seal_open(arena, "cursor", new), "new"));
}
END_TEST

START_TEST(there_may_be_sixteen_keys)
{
	const char *list = "";

	for (int i = 0; i < 16; i++)
		list = arena_print(arena, "%s %d-%s", list, i, OLD_KEY);
	ck_assert_ptr_null(seal_configure(list));
	const char *wrong = seal_configure(arena_print(arena, "%s %s", list, NEW_KEY));
	ck_assert_ptr_nonnull(wrong);
	ck_assert_str_eq(wrong, "STATE_KEYS: more than 16");
}
END_TEST

START_TEST(weak_keys_are_refused)
{
	ck_assert_ptr_null(seal_configure("exactly-thirty-two-characters-32"));
	ck_assert_ptr_nonnull(seal_configure("exactly-thirty-one-characters-1"));
	ck_assert_ptr_nonnull(seal_configure("x"));
	const char *wrong = seal_configure(OLD_KEY " short");
	ck_assert_ptr_nonnull(wrong);
	ck_assert_ptr_nonnull(strstr(wrong, "STATE_KEYS, item 2"));
	ck_assert_ptr_null(strstr(wrong, "short "));
}
END_TEST

static void *seal_and_open(void *unused)
{
	struct arena *own = arena_create();
	bool fine = true;
	for (int i = 0; i < 200 && fine; i++) {
		char *text = arena_print(own, "text %d", i);
		str sealed = seal(own, "cursor", str_of(text));
		fine = str_is(seal_open(own, "cursor", sealed), text) &&
		       !seal_open(own, "state", sealed).at;
	}
	arena_destroy(own);
	return fine ? unused : NULL;
}

START_TEST(threads_seal_at_once)
{
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, seal_and_open, arena);
	for (int i = 0; i < 4; i++) {
		void *fine = NULL;
		pthread_join(threads[i], &fine);
		ck_assert_ptr_nonnull(fine);
	}
}
END_TEST

START_TEST(random_text_is_long_and_never_the_same)
{
	char *one = random_text(arena, 32), *other = random_text(arena, 32);
	ck_assert_uint_eq(strlen(one), 43);
	ck_assert_str_ne(one, other);
	ck_assert_uint_eq(base64url_open(arena, str_of(one)).size, 32);
	for (size_t bytes = 0; bytes < 10; bytes++)
		ck_assert_uint_eq(strlen(random_text(arena, bytes)), (bytes * 4 + 2) / 3);
}
END_TEST

static const struct { const char *bytes, *text, *url; } codes[] = {
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	{ "\xff\xef\xbe", "/+++", "_---" },
	{ "\xfb\xff", "+/8=", "-_8" },
};

START_TEST(base64_goes_there_and_back)
{
	str bytes = str_of(codes[_i].bytes);
	ck_assert_str_eq(base64(arena, bytes).at, codes[_i].text);
	ck_assert_str_eq(base64url(arena, bytes).at, codes[_i].url);
	str back = base64_open(arena, str_of(codes[_i].text));
	ck_assert(back.at && str_same(back, bytes));
	back = base64url_open(arena, str_of(codes[_i].url));
	ck_assert(back.at && str_same(back, bytes));
}
END_TEST

START_TEST(base64_has_no_seams)
{
	size_t size = (7 << 20) + 1;
	char *bytes = arena_alloc_raw(arena, size);

	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	str text = base64(arena, (str) { bytes, size });
	ck_assert_uint_eq(text.size, (size + 2) / 3 * 4);
	str back = base64_open(arena, text);
	ck_assert(back.at && str_same(back, (str) { bytes, size }));
}
END_TEST

static const char *const not_base64[] = {
	"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "=", "====", "Zm9v\n", "Zm 9v", "Zm9-",
	"Zg==Zg==", "Z===", "A===", "=AAA", "A=AA", "AA=A", "Zm9v====", "Zm9vA===",
	/* What OpenSSL would take. */
	"    Zm9v", " \t\r\nZm9v", "Zm9v    ", "Zm9v\r\n\r\n", "Zm9v Zg==", "Zm9vZg-=", "Zm9vZg--",
};
static const char *const not_base64url[] = {
	"Z", "A", "AAAAA", "Zg==", "Zh", "Zm9", "Zm9vY", "Zm9+", "Zm9/", "Zm 9v", "Zm9v\n",
	"    Zm9v", "Zm9v    ", "Zm9v====", "AA@A", "AA[A", "AA`A", "AA{A", "AA:A",
};

START_TEST(base64_is_strict)
{
	ck_assert_ptr_null(base64_open(arena, str_of(not_base64[_i])).at);
}
END_TEST

START_TEST(base64url_is_strict)
{
	ck_assert_ptr_null(base64url_open(arena, str_of(not_base64url[_i])).at);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("seal");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, what_was_sealed_opens, 0, COUNT(sizes));
	tcase_add_test(tests, too_much_is_not_sealed);
	tcase_add_test(tests, every_seal_is_another);
	tcase_add_test(tests, any_change_is_noticed);
	tcase_add_test(tests, what_others_sealed_opens);
	tcase_add_test(tests, every_nonce_is_random);
	tcase_add_test(tests, random_text_is_of_random_bytes);
	tcase_add_test(tests, any_number_of_bytes_is_random);
	tcase_add_test(tests, a_random_key_is_another_each_time);
	tcase_add_test(tests, keys_can_be_rotated);
	tcase_add_test(tests, without_keys_there_is_a_random_one);
	tcase_add_test(tests, weak_keys_are_refused);
	tcase_add_test(tests, base64_is_ended);
	tcase_add_test(tests, what_is_not_there_is_no_base64);
	tcase_add_test(tests, every_key_of_the_list_opens);
	tcase_add_test(tests, there_may_be_sixteen_keys);
	tcase_add_test(tests, threads_seal_at_once);
	tcase_add_test(tests, random_text_is_long_and_never_the_same);
	tcase_add_loop_test(tests, base64_goes_there_and_back, 0, COUNT(codes));
	tcase_add_test(tests, base64_has_no_seams);
	tcase_add_loop_test(tests, base64_is_strict, 0, COUNT(not_base64));
	tcase_add_loop_test(tests, base64url_is_strict, 0, COUNT(not_base64url));
	TCase *first = tcase_create("unconfigured");
	tcase_add_test(first, without_a_configuration_there_is_a_random_key_too);
	Suite *suite = suite_create("seal");
	suite_add_tcase(suite, first);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
