/* readiness.c - whether the database can be reached, known without a loop waiting for it.
 *
 * A database on another machine is looked at by a worker, because somebody asked, at most once a
 * second; meanwhile the answer is what was known last. A look that does not come back is an answer
 * too. So probes, and no timer of ours, find an outage and its end. */
#include "call.h"
#include "readiness.h"
#include "store_internal.h"

#define LOOK_EVERY_MS 1000
#define PATIENCE_MS 3000

static struct {
	struct job job;
	atomic_bool looking;
	atomic_llong since_ms, looked_ms;       /* tick_ms() when the look began; when the last one ended */
} watch;

static void look(struct job *job UNUSED, void *worker)
{
	/* The store itself remembers what it found. */
	(void)store_reachable(((struct workplace *)worker)->store);
	atomic_store(&watch.looked_ms, tick_ms());
	atomic_store(&watch.looking, false);
}

static void look_again(void)
{
	bool looking = false;

	if (tick_ms() - atomic_load(&watch.looked_ms) < LOOK_EVERY_MS
	    || !atomic_compare_exchange_strong(&watch.looking, &looking, true))
		return;
	atomic_store(&watch.since_ms, tick_ms());
	watch.job.run = look;
	if (!pool_add(runtime.pool, &watch.job))
		atomic_store(&watch.looking, false);
}

bool database_is_ready(struct store *store)
{
	if (!store_blocks(store))
		return store_reachable(store);
	bool late = atomic_load(&watch.looking)
	            && tick_ms() - atomic_load(&watch.since_ms) > PATIENCE_MS;
	look_again();
	return !late && !store_is_away();
}
