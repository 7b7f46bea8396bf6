/* cache.c - answers by request, in the order of use. */
#include "cache.h"
#include "fatal.h"

#include <stdio.h>
#include <stdlib.h>

#define BUCKETS 256

struct cache {
	struct cache_entry *buckets[BUCKETS];
	struct cache_entry *newest, *oldest;
	size_t size, max;
};

struct cache *cache_create(size_t bytes_max)
{
	struct cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		fatal();
	cache->max = bytes_max;
	return cache;
}

size_t cache_size(const struct cache *cache)
{
	return cache->size;
}

/* ---- Order ---- */

static void unlink_entry(struct cache *cache, struct cache_entry *entry)
{
	*(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void link_newest(struct cache *cache, struct cache_entry *entry)
{
	entry->newer = NULL;
	entry->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
	cache->newest = entry;
}

/* ---- Entries ---- */

static struct cache_entry **place_of(struct cache *cache, str key)
{
	struct cache_entry **place = &cache->buckets[str_hash(key) % BUCKETS];

	while (*place && !str_same((*place)->key, key))
		place = &(*place)->next;
	return place;
}

static struct cache_entry *create(str key)
{
	struct cache_entry *entry = calloc(1, sizeof(*entry) + key.size);
	char *copy = (char *)(entry + 1);

	if (!entry)
		fatal();
	memcpy(copy, key.at, key.size);
	entry->key = (str) { copy, key.size };
	return entry;
}

/* What it takes has changed. */
static void weigh(struct cache *cache, struct cache_entry *entry)
{
	size_t size = sizeof(*entry) + entry->key.size + (entry->result ? aws_result_size(entry->result) : 0);

	cache->size += size - entry->size;
	entry->size = size;
}

struct cache_entry *cache_find(struct cache *cache, str key)
{
	struct cache_entry **place = place_of(cache, key), *entry = *place;

	if (entry) {
		unlink_entry(cache, entry);
	} else {
		entry = *place = create(key);
		weigh(cache, entry);
	}
	link_newest(cache, entry);
	return entry;
}

static void drop(struct cache *cache, struct cache_entry *entry)
{
	*place_of(cache, entry->key) = entry->next;
	unlink_entry(cache, entry);
	cache->size -= entry->size;
	aws_result_drop(entry->result);
	free(entry);
}

void cache_trim(struct cache *cache)
{
	struct cache_entry *newer;

	for (struct cache_entry *entry = cache->oldest; entry && cache->size > cache->max; entry = newer) {
		newer = entry->newer;
		if (!entry->flight)
			drop(cache, entry);
	}
}

void cache_destroy(struct cache *cache)
{
	while (cache->oldest)
		drop(cache, cache->oldest);
	free(cache);
}

/* ---- What came ---- */

void cache_put(struct cache *cache, struct cache_entry *entry, struct aws_result *result)
{
	aws_result_drop(entry->result);
	entry->result = result;
	entry->trouble[0] = '\0';
	weigh(cache, entry);
}

void cache_put_trouble(struct cache *cache, struct cache_entry *entry, const struct aws_error *error, const char *words, int64_t now_ms)
{
	snprintf(entry->trouble, sizeof(entry->trouble), "%s", *words ? words : "nobody says why");
	snprintf(entry->code, sizeof(entry->code), "%s", error->code ? error->code : "");
	entry->fault = error->fault;
	entry->trouble_ms = now_ms;
	if (!entry->result || now_ms - aws_result_as_of_ms(entry->result) <= CACHE_STALE_MS)
		return;
	aws_result_drop(entry->result);
	entry->result = NULL;
	weigh(cache, entry);
}

/* A clock that was set back makes nothing young. */
static bool is_within(int64_t since_ms, int64_t span_ms, int64_t now_ms)
{
	int64_t age_ms = now_ms - since_ms;

	return age_ms >= 0 && age_ms < span_ms;
}

enum cache_says cache_says(const struct cache_entry *entry, int64_t keep_ms, bool refresh, int64_t now_ms)
{
	int64_t good_ms = refresh && keep_ms > CACHE_REFRESH_MS ? CACHE_REFRESH_MS : keep_ms;

	if (entry->result && is_within(aws_result_as_of_ms(entry->result), good_ms, now_ms))
		return CACHE_ANSWERS;
	if (!entry->trouble[0] || !is_within(entry->trouble_ms, CACHE_TROUBLE_MS, now_ms))
		return CACHE_ASK;
	return entry->result && is_within(aws_result_as_of_ms(entry->result), CACHE_STALE_MS, now_ms) ? CACHE_STALE : CACHE_TROUBLE;
}
