/* expiry.c - the end of an access token, for what is open on it. */
#include <stdlib.h>

#include "expiry.h"
#include "fatal.h"
#include "seal.h"

#define SPREAD_MS 10000

struct expiry {
	struct timer timer;
	struct loop *loop;
	expiry_fn *end;
	void *of;
};

static void is_over(struct timer *timer, UNUSED struct loop *loop)
{
	struct expiry *expiry = (struct expiry *)timer;

	expiry->end(expiry->of);
}

struct expiry *expiry_begin(const struct caller *caller, struct loop *loop, expiry_fn *end, void *of)
{
	int64_t at_ms = caller_expires_ms(caller), in_ms = at_ms - now_ms();
	uint32_t random;

	if (!at_ms)
		return NULL;
	struct expiry *expiry = calloc(1, sizeof(*expiry));
	if (!expiry)
		fatal();
	*expiry = (struct expiry) { .timer.run = is_over, .loop = loop, .end = end, .of = of };
	random_bytes(&random, sizeof(random));
	timer_set(loop, &expiry->timer, loop_tick_ms(loop) + (in_ms > 0 ? in_ms : 0) + random % SPREAD_MS);
	return expiry;
}

void expiry_drop(struct expiry *expiry)
{
	if (!expiry)
		return;
	timer_clear(expiry->loop, &expiry->timer);
	free(expiry);
}
