/* sqlite_readers.c - connections that only read a file, lent for a statement at a time. */
#include "sqlite_readers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "turns.h"

#define READERS_MOST 8          /* some times the cores a process is given: a read seldom waits for more */

/* What is given back goes to whoever waits longest, so nobody can slip in between. */
struct waiter {
	struct waiter *next;
	pthread_cond_t wake;
	bool served;
	struct sqlite_connection *connection;   /* NULL: it may make one */
};

struct readers {
	pthread_mutex_t lock;
	struct sqlite_connection *free;
	int made;
	struct waiter *first, **last;
};

struct readers *readers_create(void)
{
	struct readers *readers = calloc(1, sizeof(*readers));

	if (!readers)
		abort();
	pthread_mutex_init(&readers->lock, NULL);
	readers->last = &readers->first;
	return readers;
}

void readers_destroy(struct readers *readers)
{
	struct sqlite_connection *connection;

	while ((connection = readers->free)) {
		readers->free = connection->next;
		sqlite_connection_close(connection);
	}
	pthread_mutex_destroy(&readers->lock);
	free(readers);
}

static void remove_waiter(struct readers *readers, struct waiter *waiter)
{
	struct waiter **place = &readers->first;

	while (*place != waiter)
		place = &(*place)->next;
	*place = waiter->next;
	if (!*place)
		readers->last = place;
}

static void wait_in_line(struct readers *readers, struct waiter *waiter, int64_t timeout_ms)
{
	struct timespec deadline = turns_deadline(timeout_ms);
	int trouble = 0;

	turns_condition(&waiter->wake);
	*readers->last = waiter;
	readers->last = &waiter->next;
	while (!waiter->served && trouble != ETIMEDOUT)
		trouble = pthread_cond_timedwait(&waiter->wake, &readers->lock, &deadline);
	if (!waiter->served)
		remove_waiter(readers, waiter);
	pthread_cond_destroy(&waiter->wake);
}

struct sqlite_connection *readers_take(struct readers *readers, int64_t timeout_ms, bool *make)
{
	struct waiter waiter = { 0 };

	pthread_mutex_lock(&readers->lock);
	if (readers->free) {
		waiter.connection = readers->free;
		readers->free = waiter.connection->next;
	} else if (readers->made < READERS_MOST) {
		readers->made++;
		waiter.served = true;
	} else {
		wait_in_line(readers, &waiter, timeout_ms);
	}
	pthread_mutex_unlock(&readers->lock);
	*make = waiter.served && !waiter.connection;
	return waiter.connection;
}

/* With the lock held: false, nobody waits. */
static bool serve(struct readers *readers, struct sqlite_connection *connection)
{
	struct waiter *waiter = readers->first;

	if (!waiter)
		return false;
	remove_waiter(readers, waiter);
	waiter->connection = connection;
	waiter->served = true;
	pthread_cond_signal(&waiter->wake);
	return true;
}

void readers_not_made(struct readers *readers)
{
	pthread_mutex_lock(&readers->lock);
	if (!serve(readers, NULL))
		readers->made--;
	pthread_mutex_unlock(&readers->lock);
}

void readers_give_back(struct readers *readers, struct sqlite_connection *connection)
{
	pthread_mutex_lock(&readers->lock);
	if (!serve(readers, connection)) {
		connection->next = readers->free;
		readers->free = connection;
	}
	pthread_mutex_unlock(&readers->lock);
}
