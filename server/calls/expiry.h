/* expiry.h - what is open for somebody with an access token ends when that does. */
#ifndef EXPIRY_H
#define EXPIRY_H

#include "auth.h"
#include "loop.h"

struct expiry;
typedef void expiry_fn(void *of);

/* Calls end(of) on this loop when the caller's token is refused from then on; spread over some seconds, for
 * of many that were given one at the same time each is to come back with another. NULL: it has none. */
struct expiry *expiry_begin(const struct caller *caller, struct loop *loop, expiry_fn *end, void *of);
/* What is to end has ended, on the same loop; also from within `end`. NULL is fine. */
void expiry_drop(struct expiry *expiry);

#endif
