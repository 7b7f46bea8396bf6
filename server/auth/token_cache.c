/* token_cache.c - tokens that were found good: known by the digest of their very text, until they expire, are
 * pushed out by others, or the keys that verified them are replaced.
 *
 * A table for each thread, so nothing is locked: groups of a few places each, by the digest, in which the one
 * that was not used for longest makes room. */
#include "token_cache.h"
#include "fatal.h"

#include <pthread.h>
#include <stdlib.h>

#define GROUPS 128
#define WAYS 8                          /* together 1,024 tokens */

struct known {
	uint8_t digest[DIGEST_SIZE];
	const struct caller *caller;    /* NULL: the place is free */
	uint64_t used;
};

struct cache {
	unsigned number;                /* of the keys that verified all of it */
	uint64_t turn;
	struct known places[GROUPS][WAYS];
};

static _Thread_local struct cache *cache;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_exit;

static void empty(struct cache *of)
{
	for (int i = 0; i < GROUPS * WAYS; i++) {
		struct known *known = &of->places[i / WAYS][i % WAYS];
		caller_drop(known->caller);
		known->caller = NULL;
	}
}

static void destroy(void *of)
{
	empty(of);
	free(of);
}

static void prepare(void)
{
	if (pthread_key_create(&at_exit, destroy) != 0)
		fatal();
}

static struct known *group_of(const uint8_t *digest)
{
	return cache->places[digest[0] % GROUPS];
}

const struct caller *token_cache_find(const uint8_t digest[DIGEST_SIZE], unsigned number)
{
	if (!cache || cache->number != number)
		return NULL;
	struct known *group = group_of(digest);
	for (int i = 0; i < WAYS; i++) {
		struct known *known = &group[i];
		if (!known->caller || memcmp(known->digest, digest, DIGEST_SIZE) != 0)
			continue;
		if (!caller_expired(known->caller)) {
			known->used = ++cache->turn;
			return known->caller;
		}
		caller_drop(known->caller);
		known->caller = NULL;
	}
	return NULL;
}

void token_cache_add(const uint8_t digest[DIGEST_SIZE], unsigned number, const struct caller *caller)
{
	if (!cache) {
		pthread_once(&once, prepare);
		cache = calloc(1, sizeof(*cache));
		if (!cache || pthread_setspecific(at_exit, cache) != 0)
			fatal();
	}
	if (cache->number != number)
		empty(cache);
	cache->number = number;

	struct known *group = group_of(digest), *place = group;
	for (int i = 1; i < WAYS && place->caller; i++)
		if (!group[i].caller || group[i].used < place->used)
			place = &group[i];
	caller_drop(place->caller);
	memcpy(place->digest, digest, DIGEST_SIZE);
	place->caller = caller_keep(caller);
	place->used = ++cache->turn;
}
