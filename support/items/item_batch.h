/* item_batch.h - items are deleted, many at once: what was not done of it is asked for again. Only for this room. */
#ifndef ITEM_BATCH_H
#define ITEM_BATCH_H

#include "items.h"

struct batch {
	struct store *store;
	struct arena *arena;
	struct json json;
	int count;
	bool failed;
};

struct batch batch_open(struct store *store, struct arena *arena);
void batch_delete(struct batch *batch, const char *pk, const char *sk);
/* The rest of them. False: one of them, or of those before, could not be deleted. */
MUST_USE bool batch_send(struct batch *batch);

#endif
