/* reservation.h - stock held for an order: the record, and ways to read and write it.
 *
 *                commit                           release
 *     held ------------------> committed     held ----------> released
 *      |  (its time passes)                                      ^
 *      +-----> expired: holds nothing, may still be committed    |  an id that was never
 *              if there is stock, or held again under its id ----+- reserved, too
 *
 * `expired` is not stored: it is what `held` is after expires_at. */
#ifndef RESERVATION_H
#define RESERVATION_H

#include "stock.h"

struct reservation {
	const char *id, *state;         /* as stored */
	int64_t created_at, expires_at;
	const char *caller;
	int64_t now;                    /* when it was found: what tells whether it expired */
	struct lines lines;             /* with names and prices of the moment it was made */
};

/* 1, 0 for none, -1 where the store failed. */
int reservation_find(struct store *store, struct arena *arena, const char *id,
                     struct reservation *reservation);
/* Whether this caller may act on it. */
bool reservation_is_of(const struct reservation *reservation, const char *caller);
bool reservation_is(const struct reservation *reservation, const char *state);
bool reservation_expired(const struct reservation *reservation);

/* Records a new one, with its lines. */
bool reservation_add(struct store *store, struct arena *arena, const struct reservation *reservation);
/* Makes an expired one hold its stock again. */
bool reservation_renew(struct store *store, struct reservation *reservation, int64_t expires_at);
/* Ends it as committed or released: it holds nothing any more. */
bool reservation_settle(struct store *store, struct reservation *reservation, const char *state);

#endif
