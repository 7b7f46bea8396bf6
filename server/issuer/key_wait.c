/* key_wait.c - requests that wait for a key: each on its loop, told once, by the source or by its timer.
 *
 * A waiter in the list is the list's: whoever takes it out, under the source's lock, tells it. Anybody can
 * wait, with a token that names a key which nobody has: so each party has its share of the places. */
#include "key_source.h"
#include "shares.h"

static struct shares shares = SHARES;

static void come(struct message *message, struct loop *loop)
{
	struct auth_waiter *waiter = (struct auth_waiter *)message;

	timer_clear(loop, &waiter->timer);
	waiter->come(waiter);
}

/* Its time is up; if it was taken out before, the message is on its way. */
static void overdue(struct timer *timer, UNUSED struct loop *loop)
{
	struct auth_waiter *waiter =
		(struct auth_waiter *)((char *)timer - offsetof(struct auth_waiter, timer));

	if (key_wait_take(waiter))
		waiter->come(waiter);
}

void key_wait_prepare(struct auth_waiter *waiter, struct loop *loop, uint64_t party,
                      void (*then)(struct auth_waiter *waiter))
{
	*waiter = (struct auth_waiter) {
		.message.run = come, .timer.run = overdue, .loop = loop, .party = party, .come = then
	};
}

bool key_wait_add(struct auth_waiter *waiter, struct auth_waiter **waiting)
{
	if (!shares_take(&shares, waiter->party, 1, KEY_WAITERS_MAX))
		return false;
	timer_set(waiter->loop, &waiter->timer, loop_tick_ms(waiter->loop) + AUTH_WAIT_MS);
	waiter->next = *waiting;
	waiter->place = waiting;
	if (waiter->next)
		waiter->next->place = &waiter->next;
	*waiting = waiter;
	return true;
}

bool key_wait_remove(struct auth_waiter *waiter)
{
	if (!waiter->place)
		return false;
	*waiter->place = waiter->next;
	if (waiter->next)
		waiter->next->place = waiter->place;
	waiter->place = NULL;
	shares_add(&shares, waiter->party, -1);
	return true;
}

/* Nothing of a waiter is touched any more once its message was posted: its loop may release it. */
void key_wait_tell(struct auth_waiter **waiting)
{
	struct auth_waiter *waiter;

	while ((waiter = *waiting)) {
		key_wait_remove(waiter);
		loop_post(waiter->loop, &waiter->message);
	}
}

bool auth_await_cancel(struct auth_waiter *waiter)
{
	timer_clear(waiter->loop, &waiter->timer);
	return key_wait_take(waiter);
}
