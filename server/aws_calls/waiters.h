/* waiters.h - who waits for a flight, in no order. Nothing here is locked: its owner is. */
#ifndef WAITERS_H
#define WAITERS_H

#include "aws_calls.h"

void waiters_add(struct aws_waiter **first, struct aws_waiter *waiter);
/* One of them, which waits no longer; NULL: there is none. */
struct aws_waiter *waiters_take(struct aws_waiter **first);
/* It waits no longer. */
void waiters_remove(struct aws_waiter *waiter);

#endif
