/* waiters.c - see waiters.h. */
#include "waiters.h"

void waiters_add(struct aws_waiter **first, struct aws_waiter *waiter)
{
	waiter->next = *first;
	waiter->place = first;
	if (waiter->next)
		waiter->next->place = &waiter->next;
	*first = waiter;
}

struct aws_waiter *waiters_take(struct aws_waiter **first)
{
	struct aws_waiter *waiter = *first;

	if (waiter)
		waiters_remove(waiter);
	return waiter;
}

void waiters_remove(struct aws_waiter *waiter)
{
	*waiter->place = waiter->next;
	if (waiter->next)
		waiter->next->place = waiter->place;
	waiter->place = NULL;
}
