/* test_run_memory_trim.c - memory is given back after a peak, also where few bytes held many pages. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "memory_trim.h"
#include "suite.h"

#define BLOCKS 10000
#define BLOCK_BYTES 4000
#define MIB (1 << 20)

static void *blocks[BLOCKS], *pins[BLOCKS];

static int64_t private_bytes(void)
{
	long long resident = 0, shared = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%*d %lld %lld", &resident, &shared), 2);
	fclose(file);
	return (resident - shared) * sysconf(_SC_PAGESIZE);
}

/* As if the process had rested for so long, after it did something. */
static void rest(struct memory_clock *memory)
{
	static int64_t passed_ms;

	for (clock_t until = clock() + CLOCKS_PER_SEC / 20; clock() < until;)
		;
	passed_ms += 11000;
	memory_run_due(memory, tick_ms() + passed_ms);
}

static void take_all(void)
{
	for (int i = 0; i < BLOCKS; i++) {
		blocks[i] = malloc(BLOCK_BYTES);
		pins[i] = malloc(24);
		memset(blocks[i], 1, BLOCK_BYTES);
		memset(pins[i], 1, 24);
	}
}

static void give_all(void *of[])
{
	for (int i = 0; i < BLOCKS; i++)
		free(of[i]);
}

/* What is freed last is less than what would be worth it by itself, and has held nearly all pages. */
START_TEST(what_few_bytes_held_is_given_back_once_they_are_free)
{
	struct memory_clock memory = memory_begin();

	rest(&memory);
	int64_t before = private_bytes();
	take_all();
	void *end = malloc(24);         /* so that the heap's end is not free */
	ck_assert_int_gt(private_bytes() - before, BLOCKS * BLOCK_BYTES);
	give_all(blocks);
	rest(&memory);
	ck_assert_int_gt(private_bytes() - before, BLOCKS * BLOCK_BYTES / 2);
	give_all(pins);
	rest(&memory);
	ck_assert_int_lt(private_bytes() - before, 2 * MIB);
	free(end);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory_trim");
	TCase *tests = tcase_create("memory_trim");
	tcase_set_timeout(tests, 60);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	tcase_add_test(tests, what_few_bytes_held_is_given_back_once_they_are_free);
#else
	/* The allocator is theirs. */
	(void)what_few_bytes_held_is_given_back_once_they_are_free;
#endif
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
