/* secret.c - a secret that the first process of a service makes, for itself and all that come after it. */
#include <stdio.h>

#include "state_private.h"

#define SECRET_MAX 128

static char kept[SECRET_MAX];

struct secret {
	const char *value;
};

static SHAPE(secret_shape, struct secret,
	TEXT(struct secret, value, "What it is"));

bool secret_keep(struct store *store)
{
	struct secret secret = { state_set.fresh_secret };
	struct arena *arena = arena_create();
	bool done = store_change(store, "insert into mcp_secret (name, value) values ('seal', :value)"
	                         " on conflict do nothing", secret_shape, &secret) >= 0
		&& store_find_one(store, arena, "select value from mcp_secret where name = 'seal'",
		                  NULL, NULL, secret_shape, &secret) == 1;

	if (done)
		snprintf(kept, sizeof(kept), "%s", secret.value);
	arena_destroy(arena);
	return done;
}

const char *state_secret(void)
{
	return kept;
}
