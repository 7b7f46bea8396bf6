/* rate.c - see rate.h. */
#include "rate.h"

/* What has come together since it was last asked. */
static void refill(struct rate_room *room, const struct rate *rate, int64_t now_tick_ms)
{
	int64_t since_ms = room->begun ? now_tick_ms - room->at_ms : 0;

	if (!room->begun)
		room->room = rate->at_once;
	if (since_ms > 0)
		room->room += rate->per_second * (double)since_ms / 1000;
	if (room->room > rate->at_once)
		room->room = rate->at_once;
	if (!room->begun || since_ms > 0)
		room->at_ms = now_tick_ms;
	room->begun = true;
}

static int64_t wait_in(const struct rate_room *room, const struct rate *rate)
{
	return room->room < 1 ? (int64_t)((1 - room->room) / rate->per_second * 1000) + 1 : 0;
}

/* As often as all; at once half. */
static struct rate rate_of_one(const struct rate *rate)
{
	return (struct rate) { rate->per_second, rate->at_once > 2 ? rate->at_once / 2 : 1 };
}

/* Those of all parties are refilled, so that they can be compared. */
static struct rate_share *share_of(struct rate_meter *meter, const struct rate *own, uint64_t party, int64_t now_tick_ms)
{
	struct rate_share *fullest = &meter->shares[0];

	for (size_t i = 0; i < RATE_PARTIES; i++) {
		struct rate_share *share = &meter->shares[i];
		refill(&share->room, own, now_tick_ms);
		if (share->party == party)
			return share;
		if (share->room.room > fullest->room.room)
			fullest = share;
	}
	*fullest = (struct rate_share) { .party = party };
	refill(&fullest->room, own, now_tick_ms);
	return fullest;
}

/* Under the lock. */
static int64_t take(struct rate_meter *meter, const struct rate *rate, uint64_t party, int64_t now_tick_ms, int64_t left_ms)
{
	struct rate own = rate_of_one(rate);
	struct rate_share *share = party ? share_of(meter, &own, party, now_tick_ms) : NULL;

	refill(&meter->all, rate, now_tick_ms);
	int64_t wait = wait_in(&meter->all, rate), own_wait = share ? wait_in(&share->room, &own) : 0;
	if ((wait > 0 && wait >= left_ms) || (own_wait > 0 && own_wait >= left_ms / 2))
		return -1;
	meter->all.room -= 1;
	if (share)
		share->room.room -= 1;
	return wait > own_wait ? wait : own_wait;
}

int64_t rate_take(struct rate_meter *meter, const struct rate *rate, uint64_t party, int64_t now_tick_ms, int64_t left_ms)
{
	pthread_mutex_lock(&meter->lock);
	int64_t wait = take(meter, rate, party, now_tick_ms, left_ms);
	pthread_mutex_unlock(&meter->lock);
	return wait;
}
