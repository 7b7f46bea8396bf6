/* rates.c - token buckets for any number of callers, without locks and in constant memory.
 *
 * A bucket is one number, the time at which it will be full again (GCRA): taking a token moves that
 * time on by the pause between two tokens, and there is none to take while it is too far ahead. A
 * bucket that is full says nothing, so its slot is free for anybody.
 *
 * A slot is one word: 16 bits that tell callers apart and 48 bits of microseconds (8.9 years of
 * uptime). A caller may be in two groups of four slots, by a hash under a secret key. Where others
 * are in all eight it shares a bucket: that is stricter, and rare, for slots free themselves as
 * buckets fill up. */
#include <stdatomic.h>
#include <stdlib.h>

#include "auth.h"
#include "fatal.h"
#include "seal.h"
#include "siphash.h"

#define SLOTS 65536
#define GROUP 4                 /* side by side, for the cache */
#define TIME_BITS 48
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

struct rates {
	uint64_t key[2];
	int64_t pause_us;               /* from one token to the next; 0: no limit */
	int64_t ahead_us;               /* how far ahead the time may be: burst - 1 pauses */
	atomic_ullong slots[];          /* from calloc(): pages nobody touched cost nothing */
};

struct rates *rates_create(int64_t per_minute, int64_t burst)
{
	size_t slots = per_minute > 0 ? SLOTS : 0;
	struct rates *rates = calloc(1, sizeof(*rates) + slots * sizeof(rates->slots[0]));
	if (!rates)
		fatal();
	random_bytes(rates->key, sizeof(rates->key));
	if (per_minute <= 0)
		return rates;
	rates->pause_us = 60000000 / per_minute;
	if (rates->pause_us == 0)
		rates->pause_us = 1;
	int64_t most = (int64_t)(TIME_MASK / 4) / rates->pause_us;
	rates->ahead_us = burst > 1 ? (burst - 1 < most ? burst - 1 : most) * rates->pause_us : 0;
	return rates;
}

void rates_destroy(struct rates *rates)
{
	free(rates);
}

static int64_t full_at(uint64_t slot)
{
	return (int64_t)(slot & TIME_MASK);
}

static atomic_ullong *place(struct rates *rates, uint64_t hash, unsigned number)
{
	uint64_t group = (number < GROUP ? hash : hash >> 16) % (SLOTS / GROUP);
	return &rates->slots[group * GROUP + number % GROUP];
}

/* The slot that holds the caller, else the one that is free or nearest to it. `word` is what is in
 * there. */
static atomic_ullong *choose(struct rates *rates, uint64_t hash, uint64_t *word)
{
	atomic_ullong *best = NULL;
	for (unsigned i = 0; i < 2 * GROUP; i++) {
		atomic_ullong *slot = place(rates, hash, i);
		uint64_t held = atomic_load_explicit(slot, memory_order_relaxed);
		bool own = held != 0 && held >> TIME_BITS == hash >> TIME_BITS;
		if (own || !best || full_at(held) < full_at(*word)) {
			best = slot;
			*word = held;
		}
		if (own)
			break;
	}
	return best;
}

/* Moves the time of `who` on by so many pauses: 0, or, unless it is owed anyway, the milliseconds
 * until one token is there. */
static int64_t move(struct rates *rates, str who, int64_t at_tick_ms, int64_t tokens, bool owed)
{
	uint64_t hash = siphash(rates->key, who);
	int64_t now_us = at_tick_ms * 1000;

	for (;;) {
		uint64_t word = 0;
		atomic_ullong *slot = choose(rates, hash, &word);
		bool stale = full_at(word) <= now_us;
		int64_t full = stale ? now_us : full_at(word);
		int64_t wait_us = full - now_us - rates->ahead_us;
		if (wait_us > 0 && !owed)
			return (wait_us + 999) / 1000;
		/* A bucket in use keeps its tag: whoever shares it must not push its owner out. */
		uint64_t tag = stale ? hash >> TIME_BITS : word >> TIME_BITS;
		uint64_t next = tag << TIME_BITS |
		                ((uint64_t)(full + tokens * rates->pause_us) & TIME_MASK);
		unsigned long long expected = word;
		if (atomic_compare_exchange_weak_explicit(slot, &expected, next,
		                                          memory_order_relaxed, memory_order_relaxed))
			return 0;
	}
}

int64_t rates_take(struct rates *rates, str who, int64_t at_tick_ms)
{
	return rates && rates->pause_us ? move(rates, who, at_tick_ms, 1, false) : 0;
}

void rates_owe(struct rates *rates, str who, int64_t at_tick_ms, int64_t tokens)
{
	if (rates && rates->pause_us && tokens > 0)
		move(rates, who, at_tick_ms, tokens, true);
}
