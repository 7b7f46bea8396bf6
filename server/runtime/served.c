/* served.c - see served.h.
 *
 * Where half of the latest calls fail, /readyz says so for a while: a balancer has others take them. No calls then show when
 * it is over, so it ends by itself, and those that come are the trial. For at least as long it stays ready, whatever comes
 * of them: where all processes fail alike they are not all away at once, and no balancer is left without any. Both times
 * grow while it goes on, so that it does not flap, and differ, so that processes do not keep step. */
#include "served.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "readiness.h"

#define FAILED_LEAST 3          /* of fewer nothing is known */
#define FADE_MS 5000            /* then what was counted counts half */
#define LEAST_MS 10000          /* away, and back */
#define MOST_MS 60000
#define TELL_MS 500

static atomic_llong ended, failed, told_ms;
static _Atomic(void (*)(void)) look_soon;

/* The judge's own. */
static struct {
	int64_t ended, failed, faded_ms;
	int64_t length_ms;              /* of the latest time away */
	bool away;
	int64_t until_ms;               /* it stays as it is */
	int64_t explained_until_ms;     /* what fails has another's reason */
} seen;

void served_tell(void (*look)(void))
{
	atomic_store(&look_soon, look);
}

static void tell(void)
{
	long long before = atomic_load(&told_ms), now = tick_ms();
	void (*look)(void) = atomic_load(&look_soon);

	if (look && now - before >= TELL_MS && atomic_compare_exchange_strong(&told_ms, &before, now))
		look();
}

void served_note(bool well)
{
	atomic_fetch_add_explicit(&ended, 1, memory_order_relaxed);
	if (well)
		return;
	atomic_fetch_add_explicit(&failed, 1, memory_order_relaxed);
	tell();
}

static void gather(int64_t at_ms)
{
	for (; seen.ended && at_ms - seen.faded_ms >= FADE_MS; seen.faded_ms += FADE_MS) {
		seen.ended /= 2;
		seen.failed /= 2;
	}
	if (!seen.ended)
		seen.faded_ms = at_ms;
	seen.failed += atomic_exchange(&failed, 0);
	seen.ended += atomic_exchange(&ended, 0);
}

static void let_go(void)
{
	atomic_store(&ended, 0);
	atomic_store(&failed, 0);
	seen.ended = seen.failed = 0;
}

static void leave(int64_t at_ms)
{
	char details[64];

	/* It fails again soon after it was back: longer. */
	bool goes_on = seen.length_ms && at_ms - seen.until_ms < seen.length_ms;
	seen.length_ms = !goes_on ? LEAST_MS : seen.length_ms * 2 < MOST_MS ? seen.length_ms * 2 : MOST_MS;
	seen.away = true;
	seen.until_ms = at_ms + seen.length_ms + random() % (LEAST_MS / 2);
	snprintf(details, sizeof(details), "%lld of the latest %lld", (long long)seen.failed, (long long)seen.ended);
	readiness_set(READINESS_CALLS, "calls fail for want of the database", details);
}

static void come_back(int64_t at_ms)
{
	seen.away = false;
	seen.until_ms = at_ms + seen.length_ms;
	seen.ended = seen.failed = 0;
	readiness_set(READINESS_CALLS, NULL, "");
}

void served_look(int64_t at_ms)
{
	if (at_ms < seen.explained_until_ms) {
		let_go();
		return;
	}
	gather(at_ms);
	if (at_ms < seen.until_ms)
		return;
	if (seen.away)
		come_back(at_ms);
	else if (seen.failed >= FAILED_LEAST && seen.failed * 2 >= seen.ended)
		leave(at_ms);
}

void served_explained(int64_t at_ms)
{
	if (seen.away)
		come_back(at_ms);
	let_go();
	seen.explained_until_ms = at_ms + FADE_MS;
}

void served_forget(void)
{
	let_go();
	memset(&seen, 0, sizeof(seen));
}
