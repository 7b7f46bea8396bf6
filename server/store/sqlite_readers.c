/* sqlite_readers.c - connections that only read a file, lent for a statement at a time. */
#include "sqlite_readers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "turns.h"

#define READERS_MOST 8          /* some times the cores a process is given: a read seldom waits for more */

struct readers {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct sqlite_connection *free;
	int made;
};

struct readers *readers_create(void)
{
	struct readers *readers = calloc(1, sizeof(*readers));

	if (!readers)
		abort();
	pthread_mutex_init(&readers->lock, NULL);
	turns_condition(&readers->changed);
	return readers;
}

void readers_destroy(struct readers *readers)
{
	struct sqlite_connection *connection;

	while ((connection = readers->free)) {
		readers->free = connection->next;
		sqlite_connection_close(connection);
	}
	pthread_cond_destroy(&readers->changed);
	pthread_mutex_destroy(&readers->lock);
	free(readers);
}

struct sqlite_connection *readers_take(struct readers *readers, int64_t timeout_ms, bool *make)
{
	struct timespec deadline;
	int trouble = 0;

	pthread_mutex_lock(&readers->lock);
	if (!readers->free && readers->made == READERS_MOST)
		deadline = turns_deadline(timeout_ms);
	while (!readers->free && readers->made == READERS_MOST && trouble != ETIMEDOUT)
		trouble = pthread_cond_timedwait(&readers->changed, &readers->lock, &deadline);
	struct sqlite_connection *connection = readers->free;
	*make = !connection && readers->made < READERS_MOST;
	readers->made += *make;
	if (connection)
		readers->free = connection->next;
	pthread_mutex_unlock(&readers->lock);
	return connection;
}

void readers_not_made(struct readers *readers)
{
	pthread_mutex_lock(&readers->lock);
	readers->made--;
	pthread_cond_signal(&readers->changed);
	pthread_mutex_unlock(&readers->lock);
}

void readers_give_back(struct readers *readers, struct sqlite_connection *connection)
{
	pthread_mutex_lock(&readers->lock);
	bool awaited = readers->made == READERS_MOST && !readers->free;
	connection->next = readers->free;
	readers->free = connection;
	pthread_mutex_unlock(&readers->lock);
	if (awaited)
		pthread_cond_signal(&readers->changed);
}
