/* writers.h - 64 threads that write numbers to a SQLite file: some into two tables at once, others into a third. */
#ifndef WRITERS_H
#define WRITERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "things.h"

#define WRITERS 64

struct pair { int64_t number; };
static SHAPE(pair_shape, struct pair, INT(struct pair, number, ""));

static inline void make_pair_tables(void)
{
	ck_assert(store->driver->script(store, "create table one (number integer primary key);"
	                                "create table other (number integer primary key, text blob);"
	                                "create table lone (number integer primary key)"));
	store_close(store);
	store = NULL;
}

/* What a query about a number says. */
static inline int64_t number_of(const char *sql, int64_t number)
{
	struct pair pair = { number };
	struct number found = { -1 };

	ck_assert_int_eq(store_find_one(store, arena, sql, pair_shape, &pair, number_shape, &found), 1);
	return found.value;
}

/* Each number is one writer's, in turn from `next` on, as long as it is below `end` and time is left. */
static struct {
	void (*write)(struct store *own, int64_t number);
	atomic_llong next;
	int64_t end, until_ms;
} writers;

static inline void *write_on(void *context UNUSED)
{
	struct store *own = store_open(url, STORE_WRITES);
	int64_t number;

	while (own && tick_ms() < writers.until_ms
	       && (number = atomic_fetch_add(&writers.next, 1)) < writers.end)
		writers.write(own, number);
	store_close(own);
	return NULL;
}

static inline void run_writers(void)
{
	pthread_t threads[WRITERS];

	for (int i = 0; i < WRITERS; i++)
		pthread_create(&threads[i], NULL, write_on, NULL);
	for (int i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
}

#endif
