/* channel_write.c - a channel's events on their way: first to the database, then to the client, so whoever
 * the client comes back to has all that it can have seen, and the rest.
 *
 * What is sent in one turn is stored in one statement; the next waits until that is done. A process
 * writes the channels it owns. Where the client is connected here but the call runs elsewhere, it
 * follows: it is told of new events and reads them. */
#include <stdio.h>
#include <stdlib.h>

#include "channel_private.h"

/* ---- Events that are not stored yet ---- */

struct event *event_create(int64_t stream, int64_t number, str message)
{
	char head[80];
	int head_size = snprintf(head, sizeof(head), "id: %lld-%lld\nevent: message\ndata: ",
	                         (long long)stream, (long long)number);
	size_t size = (size_t)head_size + message.size + 2;
	struct event *event = malloc(sizeof(*event) + size);

	if (!event)
		abort();
	*event = (struct event) { .number = number, .size = size, .head = (size_t)head_size };
	memcpy(event->text, head, (size_t)head_size);
	memcpy(event->text + head_size, message.at, message.size);
	memcpy(event->text + size - 2, "\n\n", 2);
	return event;
}

static struct budget *share_of(const struct channel *channel)
{
	return caller_streams(channel->session->caller);
}

static void append(struct channel *channel, struct event *event)
{
	*(channel->last ? &channel->last->next : &channel->first) = event;
	channel->last = event;
	channel->unstored += event->size;
	budget_take(share_of(channel), event->size);
}

static void drop_first(struct channel *channel)
{
	struct event *event = channel->first;

	channel->first = event->next;
	if (!channel->first)
		channel->last = NULL;
	channel->unstored -= event->size;
	budget_give(share_of(channel), event->size);
	free(event);
}

void events_drop(struct channel *channel)
{
	while (channel->first)
		drop_first(channel);
}

/* ---- Storing ---- */

struct storing {
	struct append_errand append;
	struct channel *channel;        /* held */
};

static void end_and_forget(struct channel *channel)
{
	channel_end_listener(channel);
	channel_forget(channel);
}

void channel_lose(struct channel *channel)
{
	channel->owned = false;
	events_drop(channel);
	if (channel->answers && channel->listener && !channel->ended)
		listener_on(listener_loop(channel->listener), listener_read, channel->listener, 0,
		            (str) { 0 });
	else
		end_and_forget(channel);
}

/* What was stored goes to the client, if it is still connected here. */
static void give_stored(struct channel *channel, int64_t count, bool here)
{
	for (; count > 0 && channel->first; count--) {
		if (here && channel->listener)
			listener_give(channel->listener, channel->first);
		drop_first(channel);
	}
}

/* All of it is in the database. */
static void complete(struct channel *channel, int64_t last)
{
	if (channel->listener)
		listener_on(listener_loop(channel->listener), listener_end, channel->listener, last,
		            (str) { 0 });
	channel_set_listener(channel, NULL);
	channel_forget(channel);
}

static void go_on(struct channel *channel, const struct append_errand *append)
{
	bool here = append->attached == shared_me();

	if (append->fresh && channel->listener)
		listener_on(listener_loop(channel->listener), listener_prime, channel->listener, 0,
		            (str) { 0 });
	give_stored(channel, append->count, here);
	if (!here || (channel->closing && !channel->first))
		channel_interrupt(channel);
	if (append->over)
		complete(channel, append->last);
	else
		channel_commit(channel);
	channel_forget_idle(channel);
}

static void stored(struct errand *errand)
{
	struct storing *storing = (struct storing *)errand;
	struct channel *channel = storing->channel;

	channel->storing = false;
	if (storing->append.fresh && storing->append.listens)
		session_stream_stored(channel->session, channel->number);
	if (errand->failed)
		end_and_forget(channel);
	else if (storing->append.lost)
		channel_lose(channel);
	else
		go_on(channel, &storing->append);
	channel_drop(channel);
}

static const struct errand_kind append_kind = {
	.work_all = stream_rows_append, .done = stored, .lasts = true
};

static void fill_in(struct append_errand *append, struct channel *channel)
{
	struct arena *arena = append->errand.arena;
	int64_t count = 0;

	append->session = arena_copy(arena, str_of(channel->session->id));
	append->stream = channel->number;
	append->fresh = channel->fresh;
	append->listens = !channel->answers;
	append->over = channel->ended;
	append->ids = channel->fresh ? arena_copy(arena, str_of(channel->ids)) : NULL;
	append->last = channel->events;
	for (struct event *event = channel->first; event; event = event->next)
		count++;
	append->events = arena_array(arena, struct shared_event, count);
	for (struct event *event = channel->first; event; event = event->next) {
		str message = { event->text + event->head, event->size - event->head - 2 };
		append->events[append->count++] = (struct shared_event) {
			event->number, arena_copy(arena, message) };
	}
}

void channel_commit(struct channel *channel)
{
	timer_clear(channel->home, &channel->flush);
	if (channel->storing || channel->forgotten || !channel->owned ||
	    !(channel->fresh || channel->first || channel->ended))
		return;
	struct storing *storing = errand_new(&append_kind, struct storing);

	fill_in(&storing->append, channel);
	storing->channel = channel_keep(channel);
	storing->append.errand.key = (uint64_t)channel->number;
	channel->storing = true;
	channel->fresh = false;
	errand_send(&storing->append.errand);
}

static void commit_now(struct timer *timer, UNUSED struct loop *loop)
{
	channel_commit((struct channel *)(void *)((char *)timer - offsetof(struct channel, flush)));
}

void channel_commit_later(struct channel *channel)
{
	if (channel->storing || channel->flush.place)
		return;
	channel->flush.run = commit_now;
	channel_set_timer(channel, &channel->flush, 0);
}

/* ---- Writing ---- */

void channel_send(struct channel *channel, str message)
{
	if (!channel->owned || channel->forgotten)
		return;
	append(channel, event_create(channel->number, ++channel->events, message));
	channel_commit_later(channel);
}

bool channel_is_crowded(const struct channel *channel)
{
	return channel->unstored > runtime.set.backlog_max || !budget_has(share_of(channel), 0) ||
	       (channel->listener && listener_is_behind(channel->listener));
}

void channel_finish(struct channel *channel)
{
	channel->ended = true;
	channel->running = false;
	listening_remove(channel);
	if (channel->owned && !channel->forgotten)
		channel_commit(channel);
	else
		end_and_forget(channel);
}

void channel_close_stream(struct channel *channel)
{
	if (channel->fresh || channel->storing || channel->first)
		channel->closing = true;
	else
		channel_interrupt(channel);
}

/* ---- The client left ---- */

static const struct errand_kind leave_kind = { .work = stream_rows_leave };

static void nobody_came(struct timer *timer, UNUSED struct loop *loop)
{
	channel_finish((struct channel *)(void *)((char *)timer - offsetof(struct channel, timer)));
}

/* One that only listens goes on for a while, for a client that comes back; of the others only those
 * matter that a call of this process writes. */
void channel_detach(struct channel *channel)
{
	if (channel->answers || !channel->owned) {
		channel_forget_idle(channel);
		return;
	}
	struct leave_errand *leave = errand_new(&leave_kind, struct leave_errand);

	leave->session = arena_copy(leave->errand.arena, str_of(channel->session->id));
	leave->stream = channel->number;
	leave->errand.key = (uint64_t)channel->number;
	errand_send(&leave->errand);
	channel->timer.run = nobody_came;
	channel_set_timer(channel, &channel->timer, runtime.set.resume_ms);
}
