/* span.c - which traces are recorded, and the span that this thread is within. */
#include "spans_private.h"

#define RANDOM_BITS 56                  /* of a trace's id, as W3C's Trace Context level 2 has it */

bool spans_on;
static enum span_sampler how;
static uint64_t least;                  /* of these bits, in what is recorded */

static _Thread_local struct span *within;

void spans_sample_by(enum span_sampler sampler, double ratio)
{
	double all = (double)(UINT64_C(1) << RANDOM_BITS);

	how = sampler;
	least = ratio >= 1 ? 0 : (uint64_t)((1 - ratio) * all);
}

static uint64_t random_bits(const struct trace *trace)
{
	uint64_t bits = 0;

	for (int i = TRACE_ID_SIZE - RANDOM_BITS / 4; i < TRACE_ID_SIZE; i++) {
		unsigned char c = (unsigned char)trace->id[i];
		bits = bits << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return bits;
}

static bool takes(const struct trace *trace, enum span_sampler sampler)
{
	switch (sampler) {
	case SAMPLE_ALL:
		return true;
	case SAMPLE_RATIO:
		return random_bits(trace) >= least;
	case SAMPLE_PARENT_ALL:
	case SAMPLE_PARENT_RATIO:
	case SAMPLE_PARENT_NONE:
		return trace->parent[0] ? trace->sampled
		                        : takes(trace, (enum span_sampler)(sampler - SAMPLE_PARENT_ALL + SAMPLE_ALL));
	default:
		return false;
	}
}

/* Whoever is called from here hears the same. */
void spans_decide(struct trace *trace)
{
	trace->recorded = trace->sampled = takes(trace, how);
}

void span_begin_recorded(struct span *span, const struct about *about)
{
	trace_inner(&span->trace, within ? &within->trace : &about->trace);
	span->began_us = tick_us();
}

void span_enter(struct span *span)
{
	if (!span->recorded)
		return;
	span->outer = within;
	within = span;
}

void span_leave(const struct span *span)
{
	if (span->recorded)
		within = span->outer;
}
