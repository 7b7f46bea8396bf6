/* test_postgres_lend.c - stores that share connections: who has one, for how long, and whose turn it is. */
#include <pthread.h>
#include <semaphore.h>

#include "postgresql_private.h"
#include "things.h"

#define THREADS 40
#define ROUNDS 25

static sem_t inside, go;

static struct store *shared(int connections, uint64_t party)
{
	struct store *opened = store_open_shared(url, connections);

	ck_assert_ptr_nonnull(opened);
	store_for(opened, party);
	return opened;
}

static int64_t count(struct store *with)
{
	struct number number;

	return store_find_one(with, arena, count_things, NULL, NULL, number_shape, &number) == 1
		? number.value : -1;
}

static long long connects(void)
{
	return atomic_load(&store_counters.connects);
}

START_TEST(one_connection_serves_many_stores_in_turn)
{
	struct store *some[10];
	long long before = connects();

	for (int i = 0; i < 10; i++)
		some[i] = shared(1, (uint64_t)i);
	for (int i = 0; i < 30; i++)
		ck_assert_int_eq(count(some[i % 10]), 0);
	ck_assert_int_eq(connects() - before, 1);
	ck_assert(store_reachable(some[3]));
	ck_assert_int_eq(count(some[4]), 0);
	for (int i = 0; i < 10; i++)
		store_close(some[i]);
}
END_TEST

/* Each is run again with all of what it has open at once, in one transaction and outside of one. */
static bool look_within(void *context, const void *row)
{
	const struct number *number = row;

	ck_assert_int_eq(number->value, count(context));
	return true;
}

static bool look_and_count(struct store *with, void *context)
{
	ck_assert_ptr_null(context);
	return count(with) >= 0
	       && store_each(with, count_things, NULL, NULL, number_shape, look_within, with);
}

START_TEST(what_belongs_together_has_one_connection)
{
	struct store *one = shared(1, 1), *other = shared(1, 2);
	long long before = connects();

	for (int i = 0; i < 3; i++) {
		ck_assert(store_each(one, count_things, NULL, NULL, number_shape, look_within, one));
		ck_assert_int_eq(store_transact(other, look_and_count, NULL), STORE_COMMITTED);
		ck_assert_int_eq(store_transact(one, look_and_count, NULL), STORE_COMMITTED);
	}
	ck_assert_int_eq(connects() - before, 1);
	store_close(one);
	store_close(other);
}
END_TEST

static bool break_a_rule(struct store *with, void *context)
{
	(void)context;
	return store_change(with, "insert into part (thing) values ('nothing')", NULL, NULL) == 1;
}

static bool leave(struct store *with, void *context)
{
	(void)context;
	return count(with) > 1000;
}

static void fail_in_each_way(void)
{
	struct store *one = shared(1, 1), *other = shared(1, 2);
	struct thing thing = { .name = "x", .size = 2000000, .has_size = true };

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(store_transact(one, break_a_rule, NULL), STORE_FAILED);
		ck_assert_int_eq(count(other), 0);
		ck_assert_int_eq(store_transact(one, leave, NULL), STORE_TAKEN_BACK);
		ck_assert_int_eq(count(other), 0);
		ck_assert_int_eq(store_change(one, insert_thing, thing_shape, &thing), -1);
		ck_assert_int_eq(count(other), 0);
	}
	store_close(one);
	store_close(other);
}

START_TEST(what_fails_gives_its_connection_back)
{
	catch_log(fail_in_each_way);
}
END_TEST

/* ---- Threads ---- */

static bool hold(struct store *with, void *context)
{
	(void)context;
	bool fine = count(with) >= 0;
	sem_post(&inside);
	sem_wait(&go);
	return fine;
}

static void *hold_one(void *context)
{
	ck_assert_int_eq(store_transact(context, hold, NULL), STORE_COMMITTED);
	return NULL;
}

static void try_in_vain(void)
{
	struct store *waits = shared(1, 2);

	ck_assert_int_eq(count(waits), -1);
	store_close(waits);
}

START_TEST(who_gets_none_in_time_is_told)
{
	struct store *holds = shared(1, 1);
	int64_t patience_ms = postgres_lend_wait_ms;
	pthread_t thread;

	sem_init(&inside, 0, 0);
	sem_init(&go, 0, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, hold_one, holds), 0);
	sem_wait(&inside);
	long long before = atomic_load(&store_counters.waits_in_vain);
	postgres_lend_wait_ms = 200;
	catch_log(try_in_vain);
	postgres_lend_wait_ms = patience_ms;
	ck_assert_int_eq(atomic_load(&store_counters.waits_in_vain) - before, 1);
	ck_assert_ptr_nonnull(strstr(logged, "no connection came free in time"));
	sem_post(&go);
	pthread_join(thread, NULL);
	ck_assert_int_eq(count(holds), 0);
	store_close(holds);
}
END_TEST

#define CONTRADICTED "do $$ begin raise exception using errcode = '40001'; end $$"

static int contradictions;

static bool be_contradicted(struct store *with, void *context)
{
	(void)context;
	return contradictions-- > 0 ? with->driver->script(with, CONTRADICTED) : count(with) >= 0;
}

static void *let_go_late(void *context)
{
	(void)context;
	usleep((STORE_WAIT_MS + 200) * 1000);
	sem_post(&go);
	return NULL;
}

/* Waiting in line is none of the time in which a transaction is run again, and it waits only once. */
START_TEST(who_waited_long_has_all_its_tries)
{
	struct store *holds = shared(1, 1), *waits = shared(1, 2);
	pthread_t thread, later;

	sem_init(&inside, 0, 0);
	sem_init(&go, 0, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, hold_one, holds), 0);
	sem_wait(&inside);
	ck_assert_int_eq(pthread_create(&later, NULL, let_go_late, NULL), 0);
	long long before = atomic_load(&store_counters.waits);
	contradictions = 3;
	ck_assert_int_eq(store_transact(waits, be_contradicted, NULL), STORE_COMMITTED);
	ck_assert_int_eq(atomic_load(&store_counters.waits) - before, 1);
	ck_assert_int_eq(contradictions, -1);
	pthread_join(thread, NULL);
	pthread_join(later, NULL);
	ck_assert_int_eq(count(holds), 0);
	store_close(holds);
	store_close(waits);
}
END_TEST

struct writer {
	pthread_t thread;
	struct store *store;
	int number;
};

static void *write_some(void *context)
{
	struct writer *writer = context;
	char name[32];
	struct thing thing = { .name = name };

	for (int i = 0; i < ROUNDS; i++) {
		snprintf(name, sizeof(name), "%d of %d", i, writer->number);
		ck_assert_int_eq(store_change(writer->store, insert_thing, thing_shape, &thing), 1);
	}
	return NULL;
}

START_TEST(many_threads_share_few)
{
	struct writer writers[THREADS];
	long long before = connects();

	for (int i = 0; i < THREADS; i++) {
		writers[i].number = i;
		writers[i].store = shared(3, (uint64_t)(i % 5));
		ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_some, &writers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(writers[i].thread, NULL);
	ck_assert_int_eq(count(writers[0].store), THREADS * ROUNDS);
	ck_assert_int_le(connects() - before, 3);
	for (int i = 0; i < THREADS; i++)
		store_close(writers[i].store);
}
END_TEST

/* ---- One caller beside another ---- */

#define SLOW "select case when pg_sleep(0.05) is null then 0 else 1 end as value"

static atomic_int slow_ones;
static atomic_bool enough;

static void *ask_slowly(void *context)
{
	struct store *with = context;
	struct arena *own = arena_create();
	struct number number;

	while (!atomic_load(&enough)) {
		ck_assert_int_eq(store_find_one(with, own, SLOW, NULL, NULL, number_shape, &number), 1);
		atomic_fetch_add(&slow_ones, 1);
	}
	arena_destroy(own);
	return NULL;
}

/* Behind all of the other's each would wait for forty of them: ten lines of four. */
START_TEST(one_callers_slow_statements_do_not_hold_anothers)
{
	struct store *slow[THREADS], *quick = shared(4, 2);
	pthread_t threads[THREADS];

	ck_assert_int_eq(count(quick), 0);
	for (int i = 0; i < THREADS; i++) {
		slow[i] = shared(4, 1);
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_slowly, slow[i]), 0);
	}
	while (atomic_load(&slow_ones) < THREADS)
		sched_yield();
	long long waits = atomic_load(&store_counters.waits);
	int before = atomic_load(&slow_ones);
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(count(quick), 0);
	int meanwhile = atomic_load(&slow_ones) - before;
	atomic_store(&enough, true);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_msg(meanwhile < 200, "%d of the other's came first", meanwhile);
	ck_assert_int_gt(atomic_load(&store_counters.waits), waits);
	ck_assert_int_gt(atomic_load(&store_counters.waited_us), 0);
	for (int i = 0; i < THREADS; i++)
		store_close(slow[i]);
	store_close(quick);
}
END_TEST

/* ---- Connections that nobody is lent any more ---- */

static long long open_now(void)
{
	return atomic_load(&store_counters.lendable);
}

START_TEST(there_are_no_more_than_stores_that_share_them)
{
	struct store *some[6], *outside;
	pthread_t threads[4];

	sem_init(&inside, 0, 0);
	sem_init(&go, 0, 0);
	for (int i = 0; i < 6; i++)
		some[i] = shared(4, 0);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, hold_one, some[i]), 0);
	for (int i = 0; i < 4; i++)
		sem_wait(&inside);
	ck_assert_int_eq(open_now(), 4);
	for (int i = 0; i < 4; i++)
		sem_post(&go);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(open_now(), 4);
	store_close(some[0]);
	store_close(some[1]);
	ck_assert_int_eq(open_now(), 4);
	store_close(some[2]);
	ck_assert_int_eq(open_now(), 3);
	outside = shared(4, 0);
	ck_assert_int_eq(count(outside), 0);
	for (int i = 3; i < 6; i++)
		store_close(some[i]);
	ck_assert_int_eq(open_now(), 1);
	store_close(outside);
	ck_assert_int_eq(open_now(), 0);
}
END_TEST

static void leave_a_transaction_open(struct store *with)
{
	ck_assert(postgres_borrow(with, NULL));
	ck_assert(link_ready(&postgres_of(with)->link));
	PQclear(postgres_run(postgres_of(with), "begin"));
	ck_assert_int_eq(PQtransactionStatus(postgres_of(with)->link.connection), PQTRANS_INTRANS);
	postgres_give_back(with, 0);
}

/* Nothing here leaves it so, but what a connection is left in another would go on with. */
START_TEST(a_transaction_that_was_left_open_is_nobodys_inheritance)
{
	struct store *one = shared(1, 1), *other = shared(1, 2);
	long long before = connects();

	leave_a_transaction_open(one);
	ck_assert_int_eq(open_now(), 0);
	ck_assert_int_eq(count(other), 0);
	ck_assert_int_eq(connects() - before, 2);
	store_close(one);
	store_close(other);
}
END_TEST

/* ---- The database is away ---- */

static char nowhere[] = "postgresql://somebody@127.0.0.1:1/shop";
static pthread_barrier_t together;

static void *call_in_vain(void *context)
{
	struct store *away = store_open_shared(nowhere, 4);
	struct number number;

	pthread_barrier_wait(&together);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(store_find_one(away, context, count_things, NULL, NULL, number_shape,
		                                &number), -1);
	pthread_barrier_wait(&together);
	store_close(away);
	return NULL;
}

static void all_call_in_vain(void)
{
	pthread_t threads[THREADS];

	pthread_barrier_init(&together, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, call_in_vain, arena), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&together);
}

START_TEST(what_one_learnt_of_an_outage_all_know)
{
	long long before = connects();
	int64_t began = tick_ms();

	catch_log(all_call_in_vain);
	ck_assert_ptr_nonnull(strstr(logged, "Connection refused"));
	ck_assert_ptr_null(strstr(logged, "in time"));
	/* Each of four at first, and one after each pause that came to its end meanwhile. */
	ck_assert_int_ge(connects() - before, 1);
	ck_assert_int_le(connects() - before, 4 + (tick_ms() - began) / 100);
}
END_TEST

START_TEST(who_gets_through_says_so_to_all_that_pause)
{
	struct postgres_attempts calls, state;
	char why[POSTGRES_WHY];

	attempts_begin(&calls);
	attempts_begin(&state);
	ck_assert(attempts_may(&calls, why));
	for (int i = 0; i < 8; i++) {
		calls.retries = true;
		attempts_failed(&calls, "it is away");
	}
	ck_assert(!attempts_may(&calls, why));
	ck_assert_str_eq(why, "it is away");
	ck_assert_int_gt(attempts_next_ms(&calls), tick_ms());
	attempts_succeeded(&state);
	ck_assert_int_le(attempts_next_ms(&calls), tick_ms());
	ck_assert(attempts_may(&calls, why));
	/* That is one attempt, and nobody else's. */
	ck_assert(!attempts_may(&calls, why));
	attempts_end(&calls);
	attempts_end(&state);
}
END_TEST

/* ---- Fewer connections than were asked for ---- */

static void run_as_admin(const char *format, ...) PRINTF(1, 2);

static void run_as_admin(const char *format, ...)
{
	char sql[512];
	va_list list;

	va_start(list, format);
	vsnprintf(sql, sizeof(sql), format, list);
	va_end(list);
	ck_assert_msg(store->driver->script(store, sql), "%s", sql);
}

static char few[32];

/* Two at once may sign in by this name. */
static void sign_in_as_few(void)
{
	snprintf(few, sizeof(few), "few_%d", (int)getpid());
	run_as_admin("create role %s login connection limit 2; grant all on schema t%d to %s;"
	             "grant all on all tables in schema t%d to %s", few, schemas, few, schemas, few);
	store_sign_in(few, NULL);
}

static void sign_in_as_before(void)
{
	store_sign_in(NULL, NULL);
	run_as_admin("drop owned by %s; drop role %s", few, few);
}

static void *count_some(void *context)
{
	struct arena *own = arena_create();
	struct number number;

	for (int i = 0; i < ROUNDS; i++)
		ck_assert_int_eq(store_find_one(context, own, SLOW, NULL, NULL, number_shape, &number), 1);
	arena_destroy(own);
	return NULL;
}

static void all_count(void)
{
	struct store *some[THREADS];
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++) {
		some[i] = shared(4, (uint64_t)(i % 3));
		ck_assert_int_eq(pthread_create(&threads[i], NULL, count_some, some[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		store_close(some[i]);
}

/* What can't be had fails at once: whoever waits would all be given that. */
START_TEST(where_some_can_be_had_nobody_fails_for_want_of_more)
{
	sign_in_as_few();
	catch_log(all_count);
	sign_in_as_before();
	ck_assert_msg(strstr(logged, "warning store: no further connection can be made: "), "%s", logged);
	ck_assert_msg(!strstr(logged, "error"), "%s", logged);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("postgres lend");
	TCase *tcase = tcase_create("lending");

	if (!on_postgres()) {
		puts("POSTGRES_URL is not set: see tests/postgres.sh");
		return 77;
	}
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, one_connection_serves_many_stores_in_turn);
	tcase_add_test(tcase, what_belongs_together_has_one_connection);
	tcase_add_test(tcase, what_fails_gives_its_connection_back);
	tcase_add_test(tcase, who_gets_none_in_time_is_told);
	tcase_add_test(tcase, who_waited_long_has_all_its_tries);
	tcase_add_test(tcase, many_threads_share_few);
	tcase_add_test(tcase, one_callers_slow_statements_do_not_hold_anothers);
	tcase_add_test(tcase, there_are_no_more_than_stores_that_share_them);
	tcase_add_test(tcase, a_transaction_that_was_left_open_is_nobodys_inheritance);
	tcase_add_test(tcase, what_one_learnt_of_an_outage_all_know);
	tcase_add_test(tcase, who_gets_through_says_so_to_all_that_pause);
	tcase_add_test(tcase, where_some_can_be_had_nobody_fails_for_want_of_more);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
