/* errand.h - what products still has to be told, kept in the order book until it was.
 *
 * An errand is filed in the transaction that makes it necessary and deleted once products answered.
 * Its id is the id products knows it by, so an errand that is done twice has its effect once. Like
 * an order being placed it is leased to whoever does it. One that fails is tried again, with
 * growing pauses, for as long as it takes. */
#ifndef ERRAND_H
#define ERRAND_H

#include "catalogue.h"

struct errand {
	const char *id;                 /* release-ORD-..., cancel-ORD-..., return-RET-... */
	const char *kind;               /* release, cancel, return */
	const char *order_id;
	const char *return_id;
	int64_t lease_owner, lease_until;
	int64_t attempts;
	const char *trouble;            /* why it failed last */
	int64_t now;
};

/* Files it, inside a transaction. A release is for the job; a restock is leased to its caller, who
 * runs it after the commit. `return_id` NULL: everything that was bought comes back. */
MUST_USE bool errand_release(struct store *store, struct arena *arena, const char *order_id);
const char *errand_release_id(struct arena *arena, const char *order_id);
MUST_USE bool errand_restock(struct store *store, struct arena *arena, const char *order_id,
                             const char *return_id, struct errand *errand);

/* Does it, holding its lease: CLIENT_ANSWERED where it is done. Else the job tries again later. */
enum client_outcome errand_run(struct store *store, struct arena *arena,
                               const struct errand *errand);
/* Takes and does the one with that id, where its lease ended. False: products or the book could not
 * be reached. */
MUST_USE bool errand_settle(struct store *store, struct arena *arena, const char *id);

#endif
