/* key_source.h - the keys of the issuer: where they come from, and whether one is to be waited for. */
#ifndef KEY_SOURCE_H
#define KEY_SOURCE_H

#include "await.h"
#include "claims.h"
#include "jose.h"

/* In milliseconds; tests have them shorter. */
struct key_times {
	int64_t refresh;                /* from one fetch to the next, give or take a tenth */
	int64_t floor;                  /* at least, between two for a key that is not known */
	int64_t retry, retry_most;      /* after a failure, doubled after each */
	int64_t keep;                   /* how long the keys are good for which nobody confirmed */
	int64_t fetch;                  /* one request may take */
	int64_t log;                    /* between two lines about an outage */
};
extern struct key_times key_times;
#define KEY_WAITERS_MAX 256             /* of all parties together (shares.h) */

/* Where they are; NULL: nowhere. Reads a @FILE. NULL, or what is wrong. */
const char *key_source_configure(const struct issuer *issuer);

/* The keys there are, valid until this thread's next call; NULL: none were had yet, or for too long.
 * `number` is theirs: others have another. */
const struct jwk_set *key_source_keys(unsigned *number);

enum key_hope {
	KEY_CAME,               /* others are there by now: look again */
	KEY_COMES,              /* they are being fetched: it is worth waiting */
	KEY_LATER,              /* not now: come back in *retry_ms */
	KEY_NEVER,              /* what there is, is all */
};
/* There were no keys; `number` is that of key_source_keys(). */
enum key_hope key_source_hope(unsigned number, int64_t *retry_ms);
/* There were, but none of the name that a token says. Has them fetched, if that was not done just now;
 * with `again` that was waited for. */
enum key_hope key_source_hope_for_other(unsigned number, str kid, bool again, int64_t *retry_ms);

/* ---- Of the fetch (key_fetch.c) ---- */

struct key_fetch {
	struct jwk_set *keys;           /* NULL: see why */
	const char *why;                /* in the arena; what a stranger said is quoted in it */
	str document;                   /* of discovery, in the arena; .at NULL: there was none */
};
void key_fetch(struct arena *arena, const struct issuer *issuer,
               const atomic_bool *give_up, struct key_fetch *fetched);
/* Of a file. */
void key_read_file(struct arena *arena, const char *path, struct key_fetch *read);

/* ---- Who waits (key_wait.c) ---- */

void key_wait_prepare(struct auth_waiter *waiter, struct loop *loop, uint64_t party,
                      void (*then)(struct auth_waiter *waiter));
/* The following under the source's lock. */
MUST_USE bool key_wait_add(struct auth_waiter *waiter, struct auth_waiter **waiting);   /* false: no room */
bool key_wait_remove(struct auth_waiter *waiter);       /* false: it was told, or taken out */
void key_wait_tell(struct auth_waiter **waiting);       /* all of them */
/* The source's: takes it out, under its lock. False: its message is on its way. */
bool key_wait_take(struct auth_waiter *waiter);

#endif
