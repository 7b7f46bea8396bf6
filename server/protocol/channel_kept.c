/* channel_kept.c - a channel's events where this process is all there is: kept in its memory. */
#include <stdlib.h>

#include "channel_private.h"

static void forget_now(struct timer *timer, UNUSED struct loop *loop)
{
	channel_forget((struct channel *)(void *)((char *)timer - offsetof(struct channel, timer)));
}

static void forget_later(struct channel *channel)
{
	if (atomic_load(&channel->session->ended)) {
		channel_forget(channel);
		return;
	}
	channel->timer.run = forget_now;
	timer_set(channel->home, &channel->timer, loop_tick_ms(channel->home) + runtime.set.resume_ms);
}

void kept_send(struct channel *channel, struct event *event)
{
	event_append(channel, event);
	while (channel->kept > runtime.set.backlog_max && channel->first != channel->last)
		event_drop_first(channel);
	if (channel->listener)
		listener_on(listener_loop(channel->listener), listener_send, channel->listener, 0,
		            (str) { event->text, event->size });
}

void kept_finish(struct channel *channel)
{
	channel_end_listener(channel);
	forget_later(channel);
}

void kept_detach(struct channel *channel)
{
	if (channel->ended || !channel->answers)
		forget_later(channel);
}

/* ---- Coming back ---- */

static void attach(struct listener *listener, int64_t number, UNUSED str text)
{
	struct channel *channel = listener_channel(listener);

	timer_clear(channel->home, &channel->timer);
	if (channel->listener)
		listener_on(listener_loop(channel->listener), listener_finish, channel->listener, 0,
		            (str) { 0 });
	channel_set_listener(channel, listener);
	for (struct event *event = channel->first; event; event = event->next)
		if (event->number > number)
			listener_on(listener_loop(listener), listener_send, listener, 0,
			            (str) { event->text, event->size });
	if (channel->ended || atomic_load(&channel->session->ended))
		channel_finish(channel);
}

const struct fault *kept_resume(struct session *session, struct exchange *x, int64_t number,
                                int64_t event)
{
	struct channel *channel = channel_find(session, number);

	if (!channel)
		return &channel_unknown;
	metric_add(METRIC_RESUMED, 1);
	listener_on(channel->home, attach, listener_create(channel, x), event, (str) { 0 });
	channel_drop(channel);
	return NULL;
}
