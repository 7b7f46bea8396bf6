/* test_store_trouble.c - 64 threads write to a SQLite file on a disk that fails now and then, at any write:
 * what each was told is so. */
#include "connection.h"
#include "power.h"
#include "writers.h"

#define WRITE_MS 2000
#define ALL_MOST 100000

enum told { NOTHING, DONE, NOT_DONE };

static unsigned char told[ALL_MOST];
static atomic_int failures;

struct attempt {
	struct arena *arena;
	struct pair pair;
	int kind;
	bool seen;              /* the one before was there */
};

static const char count_before[] = "select count(*) as value from one where number = :number - 1";

static bool attempt(struct store *in, void *context)
{
	struct attempt *attempt = context;
	struct number before;

	if (store_find_one(in, attempt->arena, count_before, pair_shape, &attempt->pair, number_shape,
	                   &before) != 1)
		return false;
	attempt->seen = before.value;
	if (store_change(in, "insert into one (number) values (:number)", pair_shape, &attempt->pair) != 1
	    || store_change(in, "insert into other (number, text) values (:number, zeroblob(:number % 7 * 40000))",
	                    pair_shape, &attempt->pair) != 1)
		return false;
	/* It is there already. */
	if (attempt->kind == 1)
		return store_change(in, "insert into one (number) values (:number)", pair_shape,
		                    &attempt->pair) == 1;
	return attempt->kind != 2;
}

static void try_one(struct store *own, int64_t number)
{
	struct attempt it = { arena_create(), { number }, (int)(number % 6), false };
	struct number before;

	if (it.kind == 3) {
		int64_t changed = store_change(own, "insert into lone (number) values (:number)",
		                               pair_shape, &it.pair);
		told[number] = changed == 1 ? DONE : NOT_DONE;
	} else {
		enum store_outcome outcome = store_transact(own, attempt, &it);
		told[number] = outcome == STORE_COMMITTED ? DONE : NOT_DONE;
		atomic_fetch_add(&failures, outcome == STORE_FAILED && it.kind != 1);
		/* What it said it had seen is there for everybody. */
		if ((outcome == STORE_TAKEN_BACK || (outcome == STORE_FAILED && store_refused(own)))
		    && it.seen && store_find_one(own, it.arena, count_before, pair_shape, &it.pair,
		                                 number_shape, &before) == 1)
			ck_assert_int_eq(before.value, 1);
	}
	arena_destroy(it.arena);
}

static void look(void)
{
	static const char there[] = "select (select count(*) from one where number = :number)"
		" + (select count(*) from other where number = :number)"
		" + 2 * (select count(*) from lone where number = :number) as value";
	int done = 0;

	for (int i = 0; i < atomic_load(&writers.next) && i < ALL_MOST; i++) {
		done += told[i] == DONE;
		ck_assert_msg(told[i] == NOTHING || number_of(there, i) == (told[i] == DONE ? 2 : 0),
		              "%d was told as %s: %d", i, told[i] == DONE ? "done" : "not done",
		              (int)number_of(there, i));
	}
	ck_assert_int_gt(done, 0);
	ck_assert_int_gt(atomic_load(&failures), 0);
}

START_TEST(on_a_disk_that_fails_what_was_told_is_so)
{
	char disk[128], text[600];

	make_pair_tables();
	snprintf(disk, sizeof(disk), "%s/disk", folder);
	snprintf(text, sizeof(text), "mkdir %s && cp %s %s/things.db", disk, url + 7, disk);
	ck_assert_int_eq(system(text), 0);
	power_begin(disk);
	store = store_open(url, STORE_WRITES);
	ck_assert_ptr_nonnull(store);
	power_fails = 1000;
	writers.write = try_one;
	writers.end = ALL_MOST;
	writers.until_ms = tick_ms() + WRITE_MS;
	run_writers();
	power_fails = 0;
	look();
	store_close(store);
	/* And after a start. */
	store = store_open(url, STORE_WRITES);
	ck_assert_ptr_nonnull(store);
	look();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("a disk in trouble");
	TCase *tcase = tcase_create("a disk in trouble");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, on_a_disk_that_fails_what_was_told_is_so);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
