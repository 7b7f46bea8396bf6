/* share.c - what is kept for a caller counts in a share of its name.
 *
 * Who keeps something may do so longer than the caller is known: an answer that its client takes slowly.
 * So a share is held by its callers and by whoever counts there (budget_hold()). It is looked for once a
 * caller, in a table that grows, for there may be as many as people. */
#include "share.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "auth.h"
#include "fatal.h"
#include "keys.h"

#define ROOM_LEAST 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct share **table;            /* under the lock; by the hash of the name */
static size_t room, count;

static struct budget *all_requests, *all_streams;

void auth_share(struct budget *requests, struct budget *streams)
{
	all_requests = requests;
	all_streams = streams;
}

struct budget *caller_requests(const struct caller *caller)
{
	struct share *share = caller_share(caller);

	return share && share->requests.of ? &share->requests : all_requests;
}

struct budget *caller_streams(const struct caller *caller)
{
	struct share *share = caller_share(caller);

	return share && share->streams.of ? &share->streams : all_streams;
}

static struct share **place_of(str name)
{
	struct share **place = &table[str_hash(name) & (room - 1)];

	while (*place && !str_is(name, (*place)->name))
		place = &(*place)->next;
	return place;
}

static void grow(void)
{
	struct share **old = table;
	size_t old_room = room;

	room = room ? 2 * room : ROOM_LEAST;
	table = calloc(room, sizeof(struct share *));
	if (!table)
		fatal();
	for (size_t i = 0; i < old_room; i++)
		for (struct share *share = old[i], *next; share; share = next) {
			struct share **place = place_of(str_of(share->name));

			next = share->next;
			share->next = NULL;
			*place = share;
		}
	free(old);
}

/* Nobody finds one that nobody holds: the last hold is given up under the lock. */
static void hold(struct share *share, int by)
{
	int held = atomic_load_explicit(&share->references, memory_order_relaxed);

	while (held + by > 0)
		if (atomic_compare_exchange_weak_explicit(&share->references, &held, held + by,
		                                          memory_order_acq_rel, memory_order_relaxed))
			return;
	pthread_mutex_lock(&lock);
	bool last = atomic_fetch_add(&share->references, by) + by == 0;
	if (last) {
		*place_of(str_of(share->name)) = share->next;
		count--;
	}
	pthread_mutex_unlock(&lock);
	if (last)
		free(share);
}

static void hold_requests(struct budget *budget, int by)
{
	hold((struct share *)((char *)budget - offsetof(struct share, requests)), by);
}

static void hold_streams(struct budget *budget, int by)
{
	hold((struct share *)((char *)budget - offsetof(struct share, streams)), by);
}

static struct budget half(struct budget *whole, void (*keep)(struct budget *budget, int by))
{
	return (struct budget) { .of = whole, .max = whole ? whole->max / 2 : 0, .hold = keep };
}

static struct share *create(str name, bool of_key)
{
	struct share *share = calloc(1, sizeof(*share) + name.size + 1);

	if (!share)
		fatal();
	share->requests = half(all_requests, of_key ? NULL : hold_requests);
	share->streams = half(all_streams, of_key ? NULL : hold_streams);
	memcpy(share->name, name.at, name.size);
	return share;
}

struct share *share_of(str name, bool of_key)
{
	pthread_mutex_lock(&lock);
	if (count >= room)
		grow();
	struct share **place = place_of(name);
	if (!*place) {
		*place = create(name, of_key);
		count++;
	}
	struct share *share = *place;
	if (!of_key)
		atomic_fetch_add(&share->references, 1);
	pthread_mutex_unlock(&lock);
	return share;
}

void share_drop(struct share *share)
{
	if (share && share->requests.hold)
		hold(share, -1);
}

size_t share_count(void)
{
	pthread_mutex_lock(&lock);
	size_t now = count;
	pthread_mutex_unlock(&lock);
	return now;
}
