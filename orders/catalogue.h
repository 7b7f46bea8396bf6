/* catalogue.h - what orders needs of products: a few of its tools, called over the network. */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "client.h"
#include "order.h"

#define CATALOGUE_DOWN \
	"The catalogue service cannot be reached, so no order was placed and nothing is reserved." \
	" Try again in a minute."

/* One product of a reservation: spelled, named and priced as the catalogue has it. */
struct reserved {
	const char *sku;
	const char *name;
	int64_t quantity;
	struct money price;
};

struct reservation {
	const char *state;              /* held, committed; anything else holds nothing */
	struct reserved *items;
	int64_t item_count;
};

bool catalogue_start(void);
void catalogue_stop(void);

/* Each is safe to repeat with the same id. `why` says in words what went wrong. */

/* For a tool, which is run again where they are CLIENT_PENDING. */
MUST_USE enum client_outcome catalogue_reserve(struct mcp_call *call, const char *id,
                                               const struct portion *items, int64_t count,
                                               struct reservation *reservation, const char **why);
MUST_USE enum client_outcome catalogue_ask_commit(struct mcp_call *call, const char *id, const char **why);

/* For whoever may wait. */
MUST_USE enum client_outcome catalogue_commit(struct arena *arena, const char *id,
                                              const char **why);
/* Also of a reservation that never was: it then can't be made any more. */
MUST_USE enum client_outcome catalogue_release(struct arena *arena, const char *id,
                                               const char **why);
MUST_USE enum client_outcome catalogue_check(struct arena *arena, const char *id,
                                             struct reservation *reservation, const char **why);
MUST_USE enum client_outcome catalogue_restock(struct arena *arena, const char *id,
                                               const struct portion *items, int64_t count,
                                               const char **why);

#endif
