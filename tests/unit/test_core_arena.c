/* test_core_arena.c - memory handed out in pieces, given back as a whole. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "charged.h"
#include "core.h"
#include "suite.h"
#include "wiped.h"

START_TEST(memory_is_zeroed_aligned_and_apart)
{
	/* Twice, so that the second arena is made of blocks the first one soiled. */
	for (int round = 0; round < 2; round++) {
		struct arena *arena = arena_create();
		unsigned char *before = NULL;
		size_t before_size = 0;
		for (size_t size = 0; size < 3000; size = size * 2 + 1) {
			unsigned char *memory = arena_alloc(arena, size);
			ck_assert_uint_eq((uintptr_t)memory % 16, 0);
			for (size_t i = 0; i < size; i++)
				ck_assert_uint_eq(memory[i], 0);
			memset(memory, 0xff, size);
			for (size_t i = 0; i < before_size; i++)
				ck_assert_uint_eq(before[i], 0xff);
			before = memory;
			before_size = size;
		}
		arena_destroy(arena);
	}
}
END_TEST

START_TEST(any_size_fits)
{
	struct arena *arena = arena_create();
	char *small = arena_copy(arena, STR("small"));

	for (size_t size = 1; size <= 8 * 1024 * 1024; size *= 8)
		memset(arena_alloc_raw(arena, size), 'x', size);
	ck_assert_str_eq(small, "small");
	ck_assert_uint_ge(arena_size(arena), 8 * 1024 * 1024 / 8);
	arena_destroy(arena);
	arena_destroy(NULL);
}
END_TEST

START_TEST(the_latest_grows_in_place)
{
	struct arena *arena = arena_create();
	char *text = arena_alloc(arena, 10);

	memcpy(text, "123456789", 10);
	ck_assert_ptr_eq(arena_grow(arena, text, 10, 1000), text);
	arena_alloc(arena, 1);
	char *moved = arena_grow(arena, text, 1000, 2000);
	ck_assert_ptr_ne(moved, text);
	ck_assert_str_eq(moved, "123456789");
	ck_assert_ptr_eq(arena_grow(arena, moved, 2000, 10), moved);
	char *huge = arena_grow(arena, moved, 2000, 1000000);
	ck_assert_str_eq(huge, "123456789");
	memset(arena_grow(arena, NULL, 0, 100), 1, 100);
	arena_destroy(arena);
}
END_TEST

START_TEST(printing_fits_whatever_its_length)
{
	struct arena *arena = arena_create();
	char *texts[40];

	for (int i = 0; i < 40; i++)
		texts[i] = arena_print(arena, "%d:%*s", i, i * 40, "end");
	for (int i = 0; i < 40; i++) {
		size_t length = strlen(texts[i]);
		ck_assert_uint_ge(length, (size_t)i * 40);
		ck_assert_str_eq(texts[i] + length - 3, "end");
	}
	ck_assert_str_eq(arena_copy(arena, (str) { 0 }), "");
	arena_destroy(arena);
}
END_TEST

/* Those of texts alone are put together here, all others are for vsnprintf(). */
START_TEST(what_is_printed_is_what_printf_prints)
{
	struct arena *arena = arena_create();
	static const char *const formats[] = { "", "plain", "%s", "%s%s", "order://%s", "a %s, b %s and c", "%s%%", "%%s%s", "%5s|%s" };
	char *large = arena_alloc(arena, 100000), expected[100100];

	memset(large, 'x', 99999);
	for (size_t i = 0; i < COUNT(formats); i++)
		for (int j = 0; j < 3; j++) {
			const char *text = (const char *[]) { "", "text", large }[j];
			snprintf(expected, sizeof(expected), formats[i], text, "other");
			ck_assert_str_eq(arena_print(arena, formats[i], text, "other"), expected);
		}
	const char *volatile none = NULL;
	ck_assert_str_eq(arena_print(arena, "%s-%s", "a", none), "a-(null)");
	arena_destroy(arena);
}
END_TEST

static char order[8];

static void note(void *thing)
{
	strncat(order, thing, 1);
}

START_TEST(what_it_owns_is_released_latest_first)
{
	struct arena *arena = arena_create();

	order[0] = '\0';
	arena_own(arena, "a", note);
	arena_own(arena, "b", note);
	arena_own(arena, "c", note);
	ck_assert_str_eq(order, "");
	arena_destroy(arena);
	ck_assert_str_eq(order, "cba");
}
END_TEST

static void *use_arenas(void *other)
{
	struct arena *arenas[10];

	arena_destroy(other);
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 10; i++) {
			arenas[i] = arena_create();
			memset(arena_alloc(arenas[i], 5000), i, 5000);
		}
		for (int i = 0; i < 10; i++)
			arena_destroy(arenas[i]);
	}
	return NULL;
}

/* The leak checker sees that what the threads kept is freed as they end. */
START_TEST(an_arena_may_end_on_another_thread)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++) {
		struct arena *arena = arena_create();
		arena_print(arena, "made here, destroyed there");
		ck_assert_int_eq(pthread_create(&threads[i], NULL, use_arenas, arena), 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}
END_TEST

/* A share of a whole: both count what lives beyond an arena's first KiB, and nothing is left. */
START_TEST(what_an_arena_keeps_is_counted_until_it_is_destroyed)
{
	struct budget whole = { .max = 100000 }, share = { .of = &whole, .max = 50000 };
	struct arena *arena = arena_create_charged(&share);

	arena_alloc(arena, 100);
	ck_assert_uint_eq(atomic_load(&whole.used), 0);
	for (int i = 0; i < 20; i++)
		arena_alloc(arena, 1000);
	ck_assert_uint_ge(atomic_load(&share.used), 17000);
	ck_assert_uint_eq(atomic_load(&share.used), atomic_load(&whole.used));
	ck_assert(budget_has(&share, 1000));
	arena_adopt(arena, malloc(20000), 20000);
	ck_assert(!budget_has(&share, 15000));          /* its share is used up, the whole is not */
	ck_assert(budget_has(&whole, 15000));
	arena_alloc(arena, 70000);                      /* what is made on the way is only counted */
	ck_assert(!budget_has(&share, 0));
	ck_assert(!budget_has(&whole, 0));
	arena_destroy(arena);
	ck_assert_uint_eq(atomic_load(&share.used), 0);
	ck_assert_uint_eq(atomic_load(&whole.used), 0);
	/* One that is used again is nobody's. */
	arena = arena_create();
	arena_alloc(arena, 90000);
	ck_assert_uint_eq(atomic_load(&whole.used), 0);
	arena_destroy(arena);
}
END_TEST

/* In the first block, in one behind it, in a large one, in one that grew, in what was adopted. */
START_TEST(a_secret_arena_is_wiped)
{
	static const char secret[] = "a secret of twenty-one";
	static const size_t before[] = { 0, 20000, 300000 };

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		struct arena *arena = arena_create_secret();
		atomic_store(&wiped_text, secret);
		atomic_store(&wiped_count, 0);
		char *memory = arena_alloc(arena, before[i] + sizeof(secret));
		memcpy(memory + before[i], secret, sizeof(secret));
		arena_destroy(arena);
		ck_assert_uint_eq(atomic_load(&wiped_count), 1);
	}
	struct arena *arena = arena_create_secret();
	atomic_store(&wiped_count, 0);
	char *small = arena_copy(arena, str_of(secret));
	arena_alloc(arena, 10);
	arena_grow(arena, small, sizeof(secret), 100000);       /* somewhere else, and still where it was */
	arena_adopt(arena, memcpy(malloc(sizeof(secret)), secret, sizeof(secret)), sizeof(secret));
	arena_destroy(arena);
	ck_assert_uint_eq(atomic_load(&wiped_count), 3);
	/* And no other. */
	arena = arena_create();
	arena_copy(arena, str_of(secret));
	arena_destroy(arena);
	ck_assert_uint_eq(atomic_load(&wiped_count), 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("arena");
	TCase *tests = tcase_create("arena");
	tcase_add_test(tests, memory_is_zeroed_aligned_and_apart);
	tcase_add_test(tests, any_size_fits);
	tcase_add_test(tests, the_latest_grows_in_place);
	tcase_add_test(tests, printing_fits_whatever_its_length);
	tcase_add_test(tests, what_is_printed_is_what_printf_prints);
	tcase_add_test(tests, what_it_owns_is_released_latest_first);
	tcase_add_test(tests, what_an_arena_keeps_is_counted_until_it_is_destroyed);
	tcase_add_test(tests, an_arena_may_end_on_another_thread);
	tcase_add_test(tests, a_secret_arena_is_wiped);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
