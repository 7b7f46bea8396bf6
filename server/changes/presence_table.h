/* presence_table.h - who is at what just now: entries that lapse, and are few. Whoever has the table locks it, and says what
 * time it is. */
#ifndef PRESENCE_TABLE_H
#define PRESENCE_TABLE_H

#include "call.h"
#include "presence.h"
#include "shares.h"

#define PRESENCE_BUCKETS 2048           /* a power of two */
#define PRESENCES_MAX 10000
#define PRESENCE_BYTES_MAX (4 << 20)
#define PRESENCE_AT_ONE_MAX 8           /* as `at_one` */

struct presence {
	struct presence *next, **place;         /* in its bucket; who began last is first */
	struct presence *sooner, *later;
	struct topic topic;
	int64_t until_ms;                       /* by tick_ms() */
	size_t size;
	const char *who;
	char uri[];                             /* and `who` behind it */
};

struct presences {
	struct presence *buckets[PRESENCE_BUCKETS];
	struct presence *first, *last;          /* by when they lapse */
	int count;
	size_t bytes;
	int at_one;                             /* how many are known at one resource */
	bool stays;                             /* where there is no room whoever is there stays, and who comes is not noted, and whoever
	                                           is at very much leaves room to others; otherwise whoever would lapse first goes */
	struct shares shares;                   /* where they stay, of PRESENCE_BYTES_MAX; begin with SHARES */
};

/* Is there until then. True: and was not before. */
bool presence_put(struct presences *all, struct topic topic, const char *uri, const char *who, int64_t until_ms, int64_t now_ms);
/* True: was there, and is not any more. */
bool presence_remove(struct presences *all, struct topic topic, const char *who, int64_t now_ms);
/* Takes one out that has lapsed, or the first that will where they are too many; to be freed. NULL: there is none. */
struct presence *presence_take_lapsed(struct presences *all, int64_t now_ms);
/* Those who are there, who began first is first; how many. */
int presence_find(const struct presences *all, struct topic topic, int64_t now_ms, const char *who[PRESENCE_AT_ONE_MAX]);

#endif
