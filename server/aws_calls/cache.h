/* cache.h - the latest answer to each request, as long as there is room: what nobody asked for longest goes first.
 *
 * Nothing here is locked: its owner is. */
#ifndef CACHE_H
#define CACHE_H

#include "aws_error.h"
#include "aws_result.h"

#define CACHE_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define CACHE_STALE_MS (10 * 60 * 1000) /* so old an answer serves where there is no new one */
#define CACHE_TROUBLE_MS 5000           /* so long trouble is not tried again */
#define CACHE_REFRESH_MS 5000           /* and what somebody wants anew is not older */
#define CACHE_TROUBLE_TEXT 320
#define CACHE_CODE_TEXT 80

struct cache_entry {
	struct cache_entry *next;       /* of its bucket */
	struct cache_entry *newer, *older;
	str key;
	struct aws_result *result;      /* the latest; NULL: none, or too old */
	char trouble[CACHE_TROUBLE_TEXT]; /* of the latest try; "": it went well */
	char code[CACHE_CODE_TEXT];     /* of the trouble, as AWS calls it; "": it does not */
	enum aws_fault fault;           /* of the trouble */
	int64_t trouble_ms;             /* when that was, by the wall clock */
	void *flight;                   /* its owner's; it stays while there is one */
	size_t size;
};

struct cache;
struct cache *cache_create(size_t bytes_max);
/* There is no flight any more. */
void cache_destroy(struct cache *cache);
struct cache_entry *cache_find(struct cache *cache, str key);   /* made where it was not there; the newest now */
void cache_put(struct cache *cache, struct cache_entry *entry, struct aws_result *result);      /* takes it over */
void cache_put_trouble(struct cache *cache, struct cache_entry *entry, const struct aws_error *error, const char *words, int64_t now_ms);
/* Takes away what is too much. After it only an entry with a flight is there for sure. */
void cache_trim(struct cache *cache);
size_t cache_size(const struct cache *cache);

enum cache_says {
	CACHE_ANSWERS,                  /* by the result */
	CACHE_STALE,                    /* by a result that is older than it should be, since there was trouble */
	CACHE_TROUBLE,                  /* there was just now, and there is no result */
	CACHE_ASK,                      /* somebody has to be asked */
};
/* `refresh`: by somebody who wants to see how it is now. */
enum cache_says cache_says(const struct cache_entry *entry, int64_t keep_ms, bool refresh, int64_t now_ms);

#endif
