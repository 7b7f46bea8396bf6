/* counters.c - what this layer counts, and what operators read of it. */
#include "shared.h"

struct shared_counters shared_counters;

const struct counted shared_counted[] = {
	{ "mcp_sessions_evicted_total", "counter", "Sessions ended to make room for others.",
	  &shared_counters.evicted },
	{ 0 },
};
