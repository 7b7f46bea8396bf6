/* channel_kept.c - a channel's events where this process is all there is: kept in its memory.
 *
 * A listener is given as much as it takes: so many bytes, and more when it says that they are sent. What
 * is kept for clients that may come back makes room for what is on its way (channel_room.c). */
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
	channel_set_timer(channel, &channel->timer, runtime.set.resume_ms);
}

/* ---- To the listener ---- */

static size_t window(void)
{
	return runtime.set.backlog_max / 4;
}

bool kept_is_crowded(const struct channel *channel)
{
	return channel->waits && channel->unsent;
}

/* As much as it takes; its stream ends with the last event of a channel that is over. */
static void give(struct channel *channel)
{
	while (channel->listener && channel->unsent && !channel->waits) {
		struct event *event = channel->unsent;

		channel->unsent = event->next;
		channel->given += event->size;
		channel->waits = channel->given > window();
		listener_on(listener_loop(channel->listener),
		            channel->waits ? listener_send_and_tell : listener_send, channel->listener, 0,
		            (str) { event->text, event->size });
	}
	if (channel->ended && !channel->unsent)
		channel_end_listener(channel);
}

void kept_was_sent(struct listener *listener, UNUSED int64_t number, UNUSED str text)
{
	struct channel *channel = listener_channel(listener);

	if (channel->listener != listener)
		return;
	channel->given = 0;
	channel->waits = false;
	give(channel);
}

/* ---- Keeping ---- */

/* Its client is too slow for what is kept for it: it comes back for what still is, or it does not. */
static void fall_behind(struct channel *channel)
{
	metric_add(METRIC_LIMIT_BACKLOG, 1);
	if (!channel->answers) {
		channel->timer.run = forget_now;
		channel_set_timer(channel, &channel->timer, runtime.set.resume_ms);
	}
	channel_interrupt(channel);
}

void kept_drop(struct event *event)
{
	struct channel *channel = event->channel;

	if (loop_current() != channel->home)
		return;                 /* that loop is no more, nor is its list */
	room_remove(event);
	if (channel->unsent != event)
		return;
	channel->unsent = event->next;
	if (channel->listener)
		fall_behind(channel);
}

void kept_send(struct channel *channel, struct event *event)
{
	event_append(channel, event);
	room_add(event);
	if (channel->listener && !channel->unsent)
		channel->unsent = event;
	while (channel->kept > runtime.set.backlog_max && channel->first != channel->last)
		event_drop_first(channel);
	room_make(event);
	give(channel);
}

void kept_finish(struct channel *channel)
{
	give(channel);
	forget_later(channel);
}

void kept_detach(struct channel *channel)
{
	channel->unsent = NULL;
	channel->waits = false;
	if (channel->ended || !channel->answers)
		forget_later(channel);
}

/* ---- Coming back ---- */

static void attach(struct listener *listener, int64_t number, UNUSED str text)
{
	struct channel *channel = listener_channel(listener);

	timer_clear(channel->home, &channel->timer);
	channel_end_listener(channel);
	channel_set_listener(channel, listener);
	channel->given = 0;
	channel->waits = false;
	for (channel->unsent = channel->first; channel->unsent && channel->unsent->number <= number;)
		channel->unsent = channel->unsent->next;
	give(channel);
	/* What it missed was too much to keep. */
	if (!channel->answers && channel->first && channel->first->number - 1 > number)
		listening_catch_up(channel);
	if (atomic_load(&channel->session->ended) || channel->forgotten)
		channel_finish(channel);
	else if (channel->ended)
		forget_later(channel);
	else
		listening_attached(channel);
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
