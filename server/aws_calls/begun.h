/* begun.h - what was begun at AWS and goes on: so much at once, and of one party half of it at most. */
#ifndef BEGUN_H
#define BEGUN_H

#include "core.h"

#define BEGUN_MAX 8                     /* no operation's at_once is more */

/* Zeros at first. */
struct begun {
	int count;
	uint64_t parties[BEGUN_MAX];    /* 0: a free place, or nobody's */
};

/* One more, of that party; 0: of nobody who is counted, who may have all. False: no more is begun, as `why` says in words. */
MUST_USE bool begun_add(struct begun *begun, int at_once, uint64_t party, char *why, size_t size);
/* One less of it. */
void begun_end(struct begun *begun, uint64_t party);

#endif
