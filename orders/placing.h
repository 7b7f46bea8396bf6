/* placing.h - the steps that place an order, so that it happens once or not at all.
 *
 *     recording    the order is in the book, without lines. Its reservation may be held.
 *     committing   its lines and prices are in the book. Its reservation may be committed.
 *     pending      placed: callers see it.
 *
 * Whoever works on an order that is not placed yet holds its lease, a random number with an end. A
 * step only happens while the lease is held, each in one transaction; who finds a lease that ended
 * may take it, and only one can, by an update that names the end it saw passed.
 *
 * What always holds
 * 1. A reservation is only committed after its order went from recording to committing.
 * 2. An order that is recording is only ever dropped by others, in the transaction that files the
 *    errand to release its reservation. Who lost the lease can't reach committing any more, so it
 *    never commits; and a reservation made after its release is refused by products.
 * 3. An order that is committing is placed, unless products says that its reservation ended and
 *    then also released it, so that no late commit can succeed: only then is it dropped.
 * So stock is lowered exactly for the orders that are placed, wherever a process is killed. */
#ifndef PLACING_H
#define PLACING_H

#include "catalogue.h"

#define LEASE_MS 20000          /* of a step; one call to products takes at most 3 s, the rest is slack */

struct placing {
	const char *id;
	const char *customer;
	const char *status;
	const char *caller, *idempotency_key;
	int64_t request_hash;
	int64_t lease_owner, lease_until;
	int64_t now;
	int64_t units;
	struct money total;
	const char *name, *line1, *line2, *city, *postal_code, *country;
	const char *customer_key;       /* derived, by placing_record() */
};

enum step {
	STEP_DONE,
	STEP_LOST,              /* the lease is somebody else's now, who settles the order */
	STEP_NO_BOOK,           /* the store failed */
};

/* Records the order under (caller, idempotency_key) with a new lease of its owner's. STEP_LOST: there is one
 * already, which is read into `known`. */
MUST_USE enum step placing_record(struct store *store, struct arena *arena, struct placing *order,
                                  struct placing *known);
/* Writes its lines, and decides that it will be placed. */
MUST_USE enum step placing_price(struct store *store, struct placing *order,
                                 const struct reservation *reservation);
/* Its reservation is committed: everyone sees it from now on. */
MUST_USE enum step placing_finish(struct store *store, struct placing *order);
/* The same, and what `read` reads is read with it, as it then is. It may be called again. */
typedef void placed_fn(struct store *store, void *context);
MUST_USE enum step placing_finish_reading(struct store *store, struct placing *order,
                                          placed_fn *read, void *context);
/* Forgets the order; `release`: and files the errand to release its reservation. */
MUST_USE enum step placing_drop(struct store *store, struct arena *arena, struct placing *order,
                                bool release);
/* Ends the lease after some time, for others to go on. */
void placing_leave(struct store *store, struct placing *order, int64_t after_ms);

/* Takes the lease of an order that it has ended for, and reads how far it got. STEP_LOST: somebody
 * else was faster. */
MUST_USE enum step placing_take(struct store *store, struct arena *arena, struct placing *order);

/* Finishes or drops an order whose lease has ended (recover.c). False: products or the book could
 * not be reached. */
MUST_USE bool placing_settle(struct store *store, struct arena *arena, const char *id);

/* The job: settles what was left behind. */
int64_t recover(struct store *store);

#endif
