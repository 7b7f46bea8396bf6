/* trouble.c - see trouble.h. */
#include "trouble.h"

#include <stdatomic.h>

static atomic_llong counts[TROUBLES];
static _Thread_local enum trouble gravest;

void trouble_note(enum trouble trouble)
{
	atomic_fetch_add_explicit(&counts[trouble], 1, memory_order_relaxed);
	if (trouble > gravest)
		gravest = trouble;
}

enum trouble trouble_take(void)
{
	enum trouble taken = gravest;

	gravest = TROUBLE_NONE;
	return taken;
}

long long trouble_count(enum trouble trouble)
{
	return atomic_load_explicit(&counts[trouble], memory_order_relaxed);
}
