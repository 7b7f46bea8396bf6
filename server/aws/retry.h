/* retry.h - whether a call to AWS is tried again, and when: the standard mode of AWS's own libraries. Only arithmetic: the
 * clock and chance are the caller's. Any thread. */
#ifndef RETRY_H
#define RETRY_H

#include <pthread.h>

#include "aws_error.h"

#define RETRY_TOKENS 500

/* What all calls of one service may spend on trying again, so that an outage is not made worse. */
struct retry_purse {
	pthread_mutex_t lock;
	int tokens;
};
#define RETRY_PURSE { .lock = PTHREAD_MUTEX_INITIALIZER, .tokens = RETRY_TOKENS }

struct retry_rules {
	int tries;                      /* with the first */
	int64_t first_ms;               /* the longest wait before the second */
};
extern const struct retry_rules retry_standard, retry_dynamodb;

/* Of one call, zeroed at first. */
struct retries {
	int tries;                      /* that were made */
	int paid;                       /* for the latest of them */
};

/* A try failed so: how long to wait before the next, -1: there is none. `retry_after_ms` is the header
 * x-amz-retry-after, 0: none. `chance` is from 0 to 1, `left_ms` what is left of the call's time. */
int64_t retry_wait(struct retries *retries, const struct retry_rules *rules, struct retry_purse *purse,
                   enum aws_fault fault, int64_t retry_after_ms, double chance, int64_t left_ms);
/* It succeeded: what it spent is given back. */
void retry_done(struct retries *retries, struct retry_purse *purse);

#endif
