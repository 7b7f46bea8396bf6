/* channel_room.c - room for the events that are kept: whose are the first to go.
 *
 * They leave a quarter of what streams may keep to what is on its way to clients, of each caller's share
 * and of all: else a client that reads would lose its stream to those that may come back. Where a share is
 * full its own oldest go, and where all is full the oldest of whoever has most. */
#include <stdlib.h>

#include "channel_private.h"

/* The events that this loop keeps of one caller. */
struct shelf {
	struct shelf *next;
	const struct budget *share;
	struct event *oldest, *newest;
	size_t size;
};

static _Thread_local struct shelf *shelves;

static const struct budget *share_of(const struct event *event)
{
	return caller_streams(event->channel->session->caller);
}

static struct shelf **place_of(const struct budget *share)
{
	struct shelf **place = &shelves;

	while (*place && (*place)->share != share)
		place = &(*place)->next;
	return place;
}

void room_add(struct event *event)
{
	struct shelf **place = place_of(share_of(event)), *shelf = *place;

	if (!shelf) {
		shelf = *place = calloc(1, sizeof(*shelf));
		if (!shelf)
			abort();
		shelf->share = share_of(event);
	}
	event->older = shelf->newest;
	*(shelf->newest ? &shelf->newest->newer : &shelf->oldest) = event;
	shelf->newest = event;
	shelf->size += event->size;
}

void room_remove(struct event *event)
{
	struct shelf **place = place_of(share_of(event)), *shelf = *place;

	if (event->newer)
		event->newer->older = event->older;
	else if (shelf && shelf->newest == event)
		shelf->newest = event->older;
	if (event->older)
		event->older->newer = event->newer;
	else if (shelf && shelf->oldest == event)
		shelf->oldest = event->newer;
	if (!shelf)
		return;                 /* the loop ends */
	shelf->size -= event->size;
	if (shelf->oldest)
		return;
	*place = shelf->next;
	free(shelf);
}

/* ---- Making room ---- */

static struct shelf *fullest(void)
{
	struct shelf *fullest = shelves;

	for (struct shelf *shelf = shelves; shelf; shelf = shelf->next)
		if (shelf->size > fullest->size)
			fullest = shelf;
	return fullest;
}

static bool is_full(const struct budget *budget)
{
	return atomic_load_explicit(&budget->used, memory_order_relaxed) > budget->max / 4 * 3;
}

/* Events go from the front of their channel, where its oldest is. */
static bool drop_from(const struct shelf *shelf, const struct event *added)
{
	if (!shelf || shelf->oldest == added)
		return false;
	event_drop_first(shelf->oldest->channel);
	return true;
}

void room_make(const struct event *added)
{
	const struct budget *share = share_of(added);

	for (const struct budget *budget = share; budget; budget = budget->of)
		while (is_full(budget) &&
		       drop_from(budget == share ? *place_of(share) : fullest(), added))
			;
}

void room_end_loop(void)
{
	while (shelves) {
		struct shelf *shelf = shelves;

		shelves = shelf->next;
		free(shelf);
	}
}
