/* rate.h - how often a call to AWS may be made: so many at once after a rest, then so many a second. One party has half of what goes
 * at once, and of the time to wait in, at most: the other half is for others. Only arithmetic: the clock is the caller's. */
#ifndef RATE_H
#define RATE_H

#include <pthread.h>

#include "core.h"

struct rate {
	double per_second;
	double at_once;                 /* after a rest */
};

/* Calls that may go now; below 0: that many wait. */
struct rate_room {
	bool begun;
	double room;
	int64_t at_ms;
};

#define RATE_PARTIES 16                 /* beyond them who has used least is known no more */

struct rate_share {
	uint64_t party;                 /* 0: nobody's yet */
	struct rate_room room;
};

/* Of an action, zeroed at first. */
struct rate_meter {
	pthread_mutex_t lock;
	struct rate_room all;
	struct rate_share shares[RATE_PARTIES];
};
#define RATE_METER { .lock = PTHREAD_MUTEX_INITIALIZER }

/* When a call of that party (0: of nobody who is counted, who may have all) may go: in so many milliseconds, and its place is taken. -1:
 * later than `left_ms`, or than half of it among its own, and none is. Any thread. */
int64_t rate_take(struct rate_meter *meter, const struct rate *rate, uint64_t party, int64_t now_tick_ms, int64_t left_ms);

#endif
