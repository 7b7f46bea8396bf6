/* test_store_lending.c - a few things for many threads: in turn of callers, in time, none lost. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "lending.h"
#include "suite.h"

#define LONG_MS 60000
#define MANY 60                 /* threads of the random test */
#define ROUNDS 400

static struct lending *lending;

static void wait_for(int waiting)
{
	while (lending_waiting(lending) != waiting)
		usleep(100);
}

/* ---- One, and whose turn it is ---- */

struct asker {
	pthread_t thread;
	uint64_t party;
	int64_t timeout_ms;
	bool lent;
	struct loan loan;
};

static atomic_int order[128], asked;

/* Writes down who it was, and goes on at once. */
static void *ask_once(void *context)
{
	struct asker *asker = context;

	asker->lent = lending_take(lending, asker->party, asker->timeout_ms, &asker->loan);
	if (asker->lent) {
		atomic_store(&order[atomic_fetch_add(&asked, 1)], (int)asker->party);
		lending_give_back(lending, &asker->loan);
	}
	return NULL;
}

static void ask(struct asker *asker, uint64_t party, int waiting)
{
	*asker = (struct asker) { .party = party, .timeout_ms = LONG_MS };
	ck_assert_int_eq(pthread_create(&asker->thread, NULL, ask_once, asker), 0);
	wait_for(waiting);
}

static void join(struct asker *askers, int count)
{
	for (int i = 0; i < count; i++) {
		pthread_join(askers[i].thread, NULL);
		ck_assert(askers[i].lent);
	}
}

START_TEST(callers_are_served_in_turn)
{
	struct asker askers[22];
	struct loan loan;

	lending = lending_create(1);
	atomic_store(&asked, 0);
	ck_assert(lending_take(lending, 1, 0, &loan));
	for (int i = 0; i < 20; i++)
		ask(&askers[i], 1, i + 1);
	ask(&askers[20], 2, 21);
	ask(&askers[21], 3, 22);
	lending_give_back(lending, &loan);
	join(askers, 22);
	/* One of the first, and then the two who came last. */
	ck_assert_int_eq(atomic_load(&order[0]), 1);
	ck_assert_int_eq(atomic_load(&order[1]), 2);
	ck_assert_int_eq(atomic_load(&order[2]), 3);
	lending_destroy(lending, NULL);
}
END_TEST

START_TEST(while_another_is_about_nobody_has_all)
{
	struct loan loans[4];

	lending = lending_create(3);
	ck_assert(lending_take(lending, 1, 0, &loans[0]));
	ck_assert(lending_take(lending, 1, 0, &loans[1]));
	ck_assert(lending_take(lending, 1, 0, &loans[2]));
	ck_assert_msg(!lending_take(lending, 2, 10, &loans[3]), "all are lent");
	lending_give_back(lending, &loans[0]);
	ck_assert_msg(!lending_take(lending, 1, 10, &loans[0]), "it has its share");
	ck_assert(lending_take(lending, 2, 0, &loans[3]));
	lending_give_back(lending, &loans[3]);
	lending_give_back(lending, &loans[2]);
	ck_assert(lending_take(lending, 1, 0, &loans[0]));
	lending_give_back(lending, &loans[0]);
	lending_give_back(lending, &loans[1]);
	lending_destroy(lending, NULL);
}
END_TEST

START_TEST(who_waits_too_long_leaves_the_line)
{
	struct asker asker;
	struct loan loan, other;

	lending = lending_create(1);
	ck_assert(lending_take(lending, 1, 0, &loan));
	ck_assert(!lending_take(lending, 1, 20, &other));
	ck_assert(!lending_take(lending, 2, 20, &other));
	ck_assert_int_eq(lending_waiting(lending), 0);
	ask(&asker, 2, 1);
	lending_give_back(lending, &loan);
	join(&asker, 1);
	ck_assert(lending_take(lending, 1, 0, &loan));
	lending_give_back(lending, &loan);
	lending_destroy(lending, NULL);
}
END_TEST

START_TEST(it_is_passed_on_only_to_one_who_waits)
{
	struct asker asker;
	struct loan loan;

	lending = lending_create(1);
	ck_assert(lending_take(lending, 1, 0, &loan));
	ck_assert(!lending_pass_on(lending, &loan));
	ask(&asker, 1, 1);
	ck_assert(lending_pass_on(lending, &loan));
	join(&asker, 1);
	ck_assert(lending_take(lending, 1, LONG_MS, &loan));
	lending_give_back(lending, &loan);
	lending_destroy(lending, NULL);
}
END_TEST

/* ---- What is lent ---- */

static int made, closed;

static void close_thing(void *thing)
{
	free(thing);
	closed++;
}

START_TEST(what_was_made_is_lent_again_the_last_one_first)
{
	struct loan one, other;

	lending = lending_create(2);
	ck_assert(lending_take(lending, 0, 0, &one));
	ck_assert(lending_take(lending, 0, 0, &other));
	ck_assert_ptr_null(one.thing);
	ck_assert_ptr_null(other.thing);
	void *first = one.thing = malloc(1), *second = other.thing = malloc(1);
	lending_give_back(lending, &one);
	lending_give_back(lending, &other);
	ck_assert(lending_take(lending, 0, 0, &one));
	ck_assert_ptr_eq(one.thing, second);
	ck_assert(lending_take(lending, 0, 0, &other));
	ck_assert_ptr_eq(other.thing, first);

	/* One that broke is made anew. */
	free(one.thing);
	one.thing = NULL;
	lending_give_back(lending, &other);
	lending_give_back(lending, &one);
	ck_assert(lending_take(lending, 0, 0, &one));
	ck_assert_ptr_eq(one.thing, first);
	ck_assert(lending_take(lending, 0, 0, &other));
	ck_assert_ptr_null(other.thing);
	other.thing = malloc(1);
	lending_give_back(lending, &one);
	lending_give_back(lending, &other);
	closed = 0;
	lending_destroy(lending, close_thing);
	ck_assert_int_eq(closed, 2);
}
END_TEST

/* ---- Many at once ---- */

#define THINGS 3

static atomic_int in_use, most_in_use, late;
static pthread_mutex_t made_lock = PTHREAD_MUTEX_INITIALIZER;

static void *make(void)
{
	pthread_mutex_lock(&made_lock);
	made++;
	pthread_mutex_unlock(&made_lock);
	return calloc(1, sizeof(int));
}

/* A thing is one thread's at a time: what is written to it needs no lock, and TSan would see. */
static void use(struct loan *loan)
{
	int now = atomic_fetch_add(&in_use, 1) + 1, most = atomic_load(&most_in_use);

	while (now > most && !atomic_compare_exchange_weak(&most_in_use, &most, now))
		continue;
	if (!loan->thing)
		loan->thing = make();
	++*(int *)loan->thing;
	atomic_fetch_sub(&in_use, 1);
}

static void *take_often(void *context)
{
	struct asker *asker = context;
	unsigned seed = (unsigned)asker->party * 7919 + 1;

	for (int i = 0; i < ROUNDS; i++) {
		struct loan loan;
		if (!lending_take(lending, asker->party, rand_r(&seed) % 8 ? LONG_MS : 1, &loan)) {
			atomic_fetch_add(&late, 1);
			continue;
		}
		use(&loan);
		while (rand_r(&seed) % 4 == 0 && lending_pass_on(lending, &loan))
			if (!lending_take(lending, asker->party, LONG_MS, &loan))
				abort();
		lending_give_back(lending, &loan);
		asker->timeout_ms++;            /* how often it had one */
	}
	return NULL;
}

static int used_in_all;

static void count_uses(void *thing)
{
	used_in_all += *(int *)thing;
	free(thing);
}

START_TEST(many_threads_lose_none)
{
	struct asker askers[MANY];
	int64_t had = 0;

	lending = lending_create(THINGS);
	made = used_in_all = 0;
	for (int i = 0; i < MANY; i++) {
		askers[i] = (struct asker) { .party = (uint64_t)i % 5 };
		ck_assert_int_eq(pthread_create(&askers[i].thread, NULL, take_often, &askers[i]), 0);
	}
	for (int i = 0; i < MANY; i++) {
		pthread_join(askers[i].thread, NULL);
		had += askers[i].timeout_ms;
	}
	ck_assert_int_eq(lending_waiting(lending), 0);
	ck_assert_int_le(atomic_load(&most_in_use), THINGS);
	ck_assert_int_le(made, THINGS);
	lending_destroy(lending, count_uses);
	ck_assert_int_eq(used_in_all, had);
	ck_assert_int_eq(had + atomic_load(&late), MANY * ROUNDS);
}
END_TEST

/* ---- Where none can be made ---- */

static int thing_made;

/* Three places and one thing: whoever would make another has that one next, and so has whoever comes meanwhile. */
START_TEST(who_can_make_none_waits_for_what_is_made)
{
	struct loan loan, other;
	struct asker asker;

	lending = lending_create(3);
	ck_assert(lending_take(lending, 0, 0, &loan));
	ck_assert(lending_take(lending, 0, 0, &other));
	ck_assert_msg(!lending_take_made(lending, 0, 10, tick_ms() + LONG_MS, &other), "none came back");
	loan.thing = &thing_made;
	ask(&asker, 1, 1);
	lending_give_back(lending, &loan);
	join(&asker, 1);
	ck_assert(lending_take(lending, 0, 0, &loan));
	ck_assert_ptr_eq(loan.thing, &thing_made);
	ck_assert_msg(!lending_take(lending, 0, 10, &other), "none can be made");
	loan.thing = NULL;
	lending_give_back(lending, &loan);
	/* Where there are none they are tried, and nobody waits for nothing. */
	ck_assert(lending_take(lending, 0, 0, &loan));
	ck_assert_ptr_null(loan.thing);
	ck_assert(!lending_take_made(lending, 0, LONG_MS, tick_ms() + 50, &loan));
	ck_assert(lending_take(lending, 0, 0, &loan));
	ck_assert_msg(!lending_take(lending, 0, 0, &other), "it is too early");
	usleep(60000);
	ck_assert(lending_take(lending, 0, 0, &other));
	lending_give_back(lending, &loan);
	lending_give_back(lending, &other);
	lending_destroy(lending, NULL);
}
END_TEST

/* Of those that are lent it makes one now and then, and now and then one breaks. */
static void *take_what_can_be_made(void *context)
{
	struct asker *asker = context;
	unsigned seed = (unsigned)(uintptr_t)context;

	for (int i = 0; i < ROUNDS; i++) {
		struct loan loan;
		bool lent = lending_take(lending, asker->party, LONG_MS, &loan);
		while (lent && !loan.thing && rand_r(&seed) % 4)
			lent = lending_take_made(lending, asker->party, LONG_MS, tick_ms() + rand_r(&seed) % 3, &loan);
		if (!lent)
			continue;
		use(&loan);
		if (rand_r(&seed) % 16 == 0) {
			free(loan.thing);
			loan.thing = NULL;
		}
		lending_give_back(lending, &loan);
	}
	return NULL;
}

START_TEST(where_making_fails_nobody_is_forgotten)
{
	struct asker askers[MANY];

	lending = lending_create(THINGS);
	atomic_store(&most_in_use, 0);
	for (int i = 0; i < MANY; i++) {
		askers[i] = (struct asker) { .party = (uint64_t)i % 5 };
		ck_assert_int_eq(pthread_create(&askers[i].thread, NULL, take_what_can_be_made, &askers[i]), 0);
	}
	for (int i = 0; i < MANY; i++)
		pthread_join(askers[i].thread, NULL);
	ck_assert_int_eq(lending_waiting(lending), 0);
	ck_assert_int_le(atomic_load(&most_in_use), THINGS);
	lending_destroy(lending, free);
}
END_TEST

/* ---- What was not needed ---- */

START_TEST(what_was_not_lent_for_long_is_retired)
{
	static int things[3];
	struct loan loans[3];

	lending = lending_create(4);
	for (int i = 0; i < 3; i++) {
		ck_assert(lending_take(lending, 0, 0, &loans[i]));
		loans[i].thing = &things[i];
	}
	ck_assert_ptr_null(lending_retire(lending, 0));
	for (int i = 0; i < 3; i++)
		lending_give_back(lending, &loans[i]);
	ck_assert_int_eq(lending_needed(lending), 3);
	ck_assert_int_eq(lending_needed(lending), 0);
	for (int i = 0; i < 5; i++) {
		ck_assert(lending_take(lending, 0, 0, &loans[0]));
		ck_assert_ptr_eq(loans[0].thing, &things[2]);
		lending_give_back(lending, &loans[0]);
	}
	ck_assert_int_eq(lending_needed(lending), 1);
	ck_assert_ptr_null(lending_retire(lending, 3));
	ck_assert_ptr_eq(lending_retire(lending, 1), &things[0]);
	ck_assert_ptr_eq(lending_retire(lending, 1), &things[1]);
	ck_assert_ptr_null(lending_retire(lending, 1));
	/* One that is lent counts, and stays. */
	ck_assert(lending_take(lending, 0, 0, &loans[0]));
	ck_assert_ptr_eq(loans[0].thing, &things[2]);
	ck_assert_ptr_null(lending_retire(lending, 0));
	lending_give_back(lending, &loans[0]);
	ck_assert_ptr_eq(lending_retire(lending, 0), &things[2]);
	lending_destroy(lending, NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store lending");
	TCase *tcase = tcase_create("lending");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, callers_are_served_in_turn);
	tcase_add_test(tcase, what_was_not_lent_for_long_is_retired);
	tcase_add_test(tcase, while_another_is_about_nobody_has_all);
	tcase_add_test(tcase, who_waits_too_long_leaves_the_line);
	tcase_add_test(tcase, it_is_passed_on_only_to_one_who_waits);
	tcase_add_test(tcase, what_was_made_is_lent_again_the_last_one_first);
	tcase_add_test(tcase, many_threads_lose_none);
	tcase_add_test(tcase, who_can_make_none_waits_for_what_is_made);
	tcase_add_test(tcase, where_making_fails_nobody_is_forgotten);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
