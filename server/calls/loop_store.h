/* loop_store.h - what tools that run on a loop are given. */
#ifndef LOOP_STORE_H
#define LOOP_STORE_H

#include "loop.h"
#include "store_reads.h"

/* Opened when it is first asked for: the first answer need not wait for it. NULL: the server has none, or it can't be
 * opened now. Closed with its loop's workplace. */
struct store *loop_store(struct loop *loop);

#endif
