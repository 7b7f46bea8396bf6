/* counters.c - what this layer counts, and what operators read of it. */
#include "state.h"

struct state_counters state_counters;

const struct counted state_counted[] = {
	{ "mcp_sessions_evicted_total", "counter", "Sessions ended to make room for others.",
	  &state_counters.evicted },
	{ "mcp_errands", "gauge", "What is to be written to the state, or read of it, and is not yet: sessions, streams, tasks.",
	  &state_counters.errands },
	{ 0 },
};
