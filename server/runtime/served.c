/* served.c - see served.h.
 *
 * Where half of the latest calls fail, or of those that change something, or of those that don't, /readyz says so for a while: a
 * balancer has others take them. No calls then show when it is over, so it ends by itself, and those that come are the trial. For at least as long it stays ready, whatever comes
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

static struct {
	atomic_llong ended, failed;
} noted[SERVED_KINDS];
static atomic_llong told_ms;
static _Atomic(void (*)(void)) look_soon;

/* The judge's own. */
static struct {
	struct {
		int64_t ended, failed;
	} of[SERVED_KINDS];
	int64_t faded_ms;
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

void served_note(enum served_kind kind, bool well)
{
	atomic_fetch_add_explicit(&noted[kind].ended, 1, memory_order_relaxed);
	if (well)
		return;
	atomic_fetch_add_explicit(&noted[kind].failed, 1, memory_order_relaxed);
	tell();
}

/* ---- What was seen lately ---- */

static bool nothing_seen(void)
{
	int64_t sum = 0;

	for (int kind = 0; kind < SERVED_KINDS; kind++)
		sum += seen.of[kind].ended;
	return sum == 0;
}

static void gather(int64_t at_ms)
{
	for (; !nothing_seen() && at_ms - seen.faded_ms >= FADE_MS; seen.faded_ms += FADE_MS)
		for (int kind = 0; kind < SERVED_KINDS; kind++) {
			seen.of[kind].ended /= 2;
			seen.of[kind].failed /= 2;
		}
	if (nothing_seen())
		seen.faded_ms = at_ms;
	for (int kind = 0; kind < SERVED_KINDS; kind++) {
		seen.of[kind].failed += atomic_exchange(&noted[kind].failed, 0);
		seen.of[kind].ended += atomic_exchange(&noted[kind].ended, 0);
	}
}

static void see_nothing(void)
{
	memset(seen.of, 0, sizeof(seen.of));
}

static void let_go(void)
{
	for (int kind = 0; kind < SERVED_KINDS; kind++) {
		atomic_store(&noted[kind].ended, 0);
		atomic_store(&noted[kind].failed, 0);
	}
	see_nothing();
}

/* ---- What follows ---- */

static bool fails(int64_t failed, int64_t ended)
{
	return failed >= FAILED_LEAST && failed * 2 >= ended;
}

/* In words; NULL: nothing. What fails of all is said so, whichever kind that is. */
static const char *what_fails(int64_t *failed, int64_t *ended)
{
	static const char *const words[SERVED_KINDS] = {
		[SERVED_READS] = "calls that only read fail for want of the database",
		[SERVED_CHANGES] = "calls that change something fail for want of the database",
	};

	*failed = *ended = 0;
	for (int kind = 0; kind < SERVED_KINDS; kind++) {
		*failed += seen.of[kind].failed;
		*ended += seen.of[kind].ended;
	}
	if (fails(*failed, *ended))
		return "calls fail for want of the database";
	for (int kind = 0; kind < SERVED_KINDS; kind++) {
		*failed = seen.of[kind].failed;
		*ended = seen.of[kind].ended;
		if (fails(*failed, *ended))
			return words[kind];
	}
	return NULL;
}

static void leave(int64_t at_ms, const char *why, int64_t failed, int64_t ended)
{
	char details[64];

	/* It fails again soon after it was back: longer. */
	bool goes_on = seen.length_ms && at_ms - seen.until_ms < seen.length_ms;
	seen.length_ms = !goes_on ? LEAST_MS : seen.length_ms * 2 < MOST_MS ? seen.length_ms * 2 : MOST_MS;
	seen.away = true;
	seen.until_ms = at_ms + seen.length_ms + random() % (LEAST_MS / 2);
	snprintf(details, sizeof(details), "%lld of the latest %lld", (long long)failed, (long long)ended);
	readiness_set(READINESS_CALLS, why, details);
}

static void come_back(int64_t at_ms)
{
	seen.away = false;
	seen.until_ms = at_ms + seen.length_ms;
	see_nothing();
	readiness_set(READINESS_CALLS, NULL, "");
}

void served_look(int64_t at_ms)
{
	if (at_ms < seen.explained_until_ms) {
		let_go();
		return;
	}
	int64_t failed, ended;

	gather(at_ms);
	if (at_ms < seen.until_ms)
		return;
	const char *why = what_fails(&failed, &ended);
	if (seen.away)
		come_back(at_ms);
	else if (why)
		leave(at_ms, why, failed, ended);
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
