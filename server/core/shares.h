/* shares.h - how much of something each of many parties has, so that no one can have it all.
 *
 * A party (a caller, an address) is a number. Only those that have something are remembered. Any
 * thread; begin with zeroes and SHARES. */
#ifndef SHARES_H
#define SHARES_H

#include <pthread.h>

#include "core.h"

#define SHARES_BUCKETS 256

struct shares {
	pthread_mutex_t lock;
	int64_t total;
	struct share *buckets[SHARES_BUCKETS];
};
#define SHARES { .lock = PTHREAD_MUTEX_INITIALIZER }

/* Of `most` in all. A party may have as much as it leaves to the others: one alone half of it, and
 * whoever comes later finds room, however many were quicker. False: it has its share. */
MUST_USE bool shares_take(struct shares *shares, uint64_t party, int64_t amount, int64_t most);
/* Whether there is nothing left for anybody. */
bool shares_are_gone(struct shares *shares, int64_t most);
/* Without asking. `amount` may be negative. */
void shares_add(struct shares *shares, uint64_t party, int64_t amount);

#endif
