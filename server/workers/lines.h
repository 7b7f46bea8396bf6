/* lines.h - the jobs that wait for a worker: a line for each party, served in turn.
 *
 * Nothing here is locked, and nothing takes longer the more there is. A party is known while it has a
 * job that waits or runs. */
#ifndef LINES_H
#define LINES_H

#include "pool.h"

struct party;

struct lines {
	struct party **buckets;
	struct party *parties, *spare;  /* all there can be; those that were used and are free */
	int made;                       /* of `parties`, used once */
	struct turns { struct party *first, *last; } turns[2];  /* who has jobs: quick ones, slow ones */
	int workers, waiting, waiting_max, slow;        /* slow: that run */
	bool held, look_again;          /* some had to wait though a worker was free: now; now or before */
	uint64_t numbers;
	/* The two parties that asked last: each looks whether there is another. */
	struct { uint64_t key; int64_t at_ms; } latest, other;
};

void lines_create(struct lines *lines, int workers, int waiting_max);
void lines_destroy(struct lines *lines);
/* False: the job's party has its share. */
MUST_USE bool lines_add(struct lines *lines, struct job *job);
/* One that was added and not taken waits no longer. */
void lines_remove(struct lines *lines, struct job *job);
/* The next one that may run now, which runs from now on; NULL: none. `party` is for lines_ran(). Where
 * it says look_again, another worker may find one too that nobody woke it for. */
struct job *lines_take(struct lines *lines, struct party **party);
/* One of them ran. */
void lines_ran(struct lines *lines, struct party *party, bool slow);

#endif
