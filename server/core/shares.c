/* shares.c - how much of something each of many parties has, so that no one can have it all. */
#include "shares.h"
#include "fatal.h"

#include <stdlib.h>

struct share {
	struct share *next;             /* of the same bucket */
	uint64_t party;
	int64_t amount;                 /* more than 0 */
};

/* ---- Under the lock ---- */

static struct share **place_of(struct shares *shares, uint64_t party)
{
	struct share **place = &shares->buckets[party % SHARES_BUCKETS];

	while (*place && (*place)->party != party)
		place = &(*place)->next;
	return place;
}

static int64_t amount_of(struct shares *shares, uint64_t party)
{
	const struct share *share = *place_of(shares, party);

	return share ? share->amount : 0;
}

static void add(struct shares *shares, uint64_t party, int64_t amount)
{
	struct share **place = place_of(shares, party), *share = *place;

	if (!share) {
		share = calloc(1, sizeof(*share));
		if (!share)
			fatal();
		share->party = party;
		*place = share;
	}
	share->amount += amount;
	shares->total += amount;
	if (share->amount == 0) {
		*place = share->next;
		free(share);
	}
}

/* ---- From outside ---- */

bool shares_take(struct shares *shares, uint64_t party, int64_t amount, int64_t most)
{
	pthread_mutex_lock(&shares->lock);
	bool fits = amount_of(shares, party) + amount <= most - shares->total;
	if (fits)
		add(shares, party, amount);
	pthread_mutex_unlock(&shares->lock);
	return fits;
}

bool shares_are_gone(struct shares *shares, int64_t most)
{
	pthread_mutex_lock(&shares->lock);
	bool gone = shares->total >= most;
	pthread_mutex_unlock(&shares->lock);
	return gone;
}

void shares_add(struct shares *shares, uint64_t party, int64_t amount)
{
	pthread_mutex_lock(&shares->lock);
	add(shares, party, amount);
	pthread_mutex_unlock(&shares->lock);
}
