/* spans_private.h - what the files of this room share. */
#ifndef SPANS_PRIVATE_H
#define SPANS_PRIVATE_H

#include "spans.h"

/* What is added to tick_us() for the wall clock: looked at now and then, so that within one batch no span begins before
 * the one it is a part of, whatever is done to the clock. */
extern atomic_llong spans_wall_us;

void spans_add(str record);
void spans_sample_by(enum span_sampler sampler, double ratio);

#endif
