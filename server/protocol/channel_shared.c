/* channel_shared.c - a channel's events where other processes serve the session too: an event is in
 * the database before the client can have seen it, so whoever the client comes back to has the rest.
 *
 * What is sent in one turn is stored in one statement; the next waits until that is done. A process
 * writes the channels it owns. Where the client is connected here but the call runs elsewhere, it
 * follows: it is told of new events and reads them. */
#include <stdlib.h>

#include "channel_private.h"
#include "shared.h"

static void flush(struct channel *channel);

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

/* Nothing here needs it any more: no call, no client, nothing on its way. */
static void forget_idle(struct channel *channel)
{
	if (channel->answers && !channel->running && !channel->storing && !channel->listener &&
	    !channel->first)
		channel_forget(channel);
}

static void drop_events(struct channel *channel)
{
	while (channel->first)
		event_drop_first(channel);
}

/* Another process writes it now, or its session is over. */
static void lose(struct channel *channel)
{
	channel->owned = false;
	drop_events(channel);
	if (channel->answers && channel->listener && !channel->ended)
		listener_on(listener_loop(channel->listener), listener_read, channel->listener, 0,
		            (str) { 0 });
	else
		end_and_forget(channel);
}

/* What was stored goes to the client, if it is still connected here. */
static void send_stored(struct channel *channel, int64_t count, bool here)
{
	for (; count > 0 && channel->first; count--) {
		struct event *event = channel->first;
		if (here && channel->listener)
			listener_on(listener_loop(channel->listener), listener_send_stored,
			            channel->listener, event->number, (str) { event->text, event->size });
		event_drop_first(channel);
	}
}

/* All of it is in the database. */
static void complete(struct channel *channel, int64_t last)
{
	if (channel->listener)
		listener_on(listener_loop(channel->listener), listener_end_stored, channel->listener, last,
		            (str) { 0 });
	channel_set_listener(channel, NULL);
	channel_forget(channel);
}

static void stored(struct errand *errand)
{
	struct storing *storing = (struct storing *)errand;
	struct append_errand *append = &storing->append;
	struct channel *channel = storing->channel;
	bool here = append->attached == shared_me();

	channel->storing = false;
	if (append->fresh && append->listens)
		session_stream_stored(channel->session, channel->number);
	if (errand->failed) {
		end_and_forget(channel);
	} else if (append->lost) {
		lose(channel);
	} else {
		if (append->fresh && channel->listener)
			listener_on(listener_loop(channel->listener), listener_prime, channel->listener, 0,
			            (str) { 0 });
		send_stored(channel, append->count, here);
		if (!here || (channel->closing && !channel->first))
			channel_interrupt(channel);
		if (append->over)
			complete(channel, append->last);
		else
			flush(channel);
		forget_idle(channel);
	}
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
	append->count = count;
	append->events = arena_array(arena, struct shared_event, count);
	count = 0;
	for (struct event *event = channel->first; event; event = event->next) {
		str message = { event->text + event->head, event->size - event->head - 2 };
		append->events[count++] = (struct shared_event) {
			event->number, arena_copy(arena, message) };
	}
}

static void flush(struct channel *channel)
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

static void flush_now(struct timer *timer, UNUSED struct loop *loop)
{
	flush((struct channel *)(void *)((char *)timer - offsetof(struct channel, flush)));
}

/* Soon, so that what is sent in this turn goes together. */
static void flush_later(struct channel *channel)
{
	if (channel->storing || channel->flush.place)
		return;
	channel->flush.run = flush_now;
	channel_set_timer(channel, &channel->flush, 0);
}

/* ---- Writing ---- */

void stored_open(struct channel *channel, str ids)
{
	channel->owned = channel->fresh = true;
	channel->running = channel->answers;
	channel->ids = strndup(ids.at ? ids.at : "[]", ids.at ? ids.size : 2);
	if (!channel->ids)
		abort();
	if (!channel->answers) {
		atomic_store(&channel->session->opening, channel->number);
		atomic_store(&channel->session->listener, channel->number);
	}
	flush_later(channel);
}

void stored_send(struct channel *channel, struct event *event)
{
	if (!channel->owned || channel->forgotten) {
		free(event);
		return;
	}
	event_append(channel, event);
	flush_later(channel);
}

void stored_finish(struct channel *channel)
{
	channel->running = false;
	if (channel->owned && !channel->forgotten)
		flush(channel);
	else
		end_and_forget(channel);
}

void stored_close_stream(struct channel *channel)
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
void stored_detach(struct channel *channel)
{
	if (channel->answers || !channel->owned) {
		forget_idle(channel);
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

/* ---- Coming back ---- */

struct resuming {
	struct read_errand read;
	struct reply *reply;            /* held */
};

/* On the channel's home: whoever had it loses it. What came between the reading and now is read. */
static void attach(struct listener *listener, int64_t moved, UNUSED str text)
{
	struct channel *channel = listener_channel(listener);

	timer_clear(channel->home, &channel->timer);
	channel->closing = false;
	channel_end_listener(channel);
	channel_set_listener(channel, listener);
	listener_on(listener_loop(listener), listener_read, listener, 0, (str) { 0 });
	if (moved)
		listening_catch_up(channel);
	listening_attached(channel);
	if (atomic_load(&channel->session->ended) || channel->forgotten)
		channel_finish(channel);
}

/* Of a stream that this process has nothing of yet. */
static struct channel *come_here(struct session *session, struct loop *loop,
                                 const struct read_errand *read)
{
	struct channel *channel = channel_create(session, loop, read->stream, !read->listens);

	if (!channel)
		return NULL;
	channel->owned = read->listens;
	channel->events = read->last;
	if (read->listens) {
		session_stream_stored(session, channel->number);
		atomic_store(&session->listener, channel->number);
	}
	listening_add(channel);
	return channel_keep(channel);
}

static void go_on(struct reply *reply, struct read_errand *read, struct channel *channel, bool known)
{
	struct exchange *x = reply->exchange;
	const struct shared_event *events = read->events.first;

	exchange_set_user(x, NULL);
	struct listener *listener = listener_keep(listener_create(channel, x));
	listener_begin_after(listener, read->after);
	for (int64_t i = 0; i < read->events.count; i++) {
		struct event *event = event_create(channel, events[i].number, str_of(events[i].text));
		listener_send_stored(listener, event->number, (str) { event->text, event->size });
		free(event);
	}
	reply_taken_over(reply, x);
	if (read->over) {
		listener_end_stored(listener, read->last, (str) { 0 });
		if (!known)
			channel_forget(channel);
	} else {
		listener_on(channel->home, attach, listener, read->moved, (str) { 0 });
	}
	listener_drop(listener);
}

static void resume(struct errand *errand)
{
	struct resuming *resuming = (struct resuming *)errand;
	struct read_errand *read = &resuming->read;
	struct reply *reply = resuming->reply;

	if (!reply->exchange)
		;                       /* the client left meanwhile */
	else if (errand->failed)
		reply_fault(reply, &FAULT_BUSY, NULL);
	else if (!read->there)
		reply_fault(reply, &channel_unknown, NULL);
	else {
		struct channel *channel = NULL;
		bool known = false;
		while (!channel) {
			channel = channel_find(reply->session, read->stream);
			known = channel;
			if (!known)
				channel = come_here(reply->session, reply->loop, read);
		}
		metric_add(METRIC_RESUMED, 1);
		go_on(reply, read, channel, known);
		channel_drop(channel);
	}
	reply_drop(reply);
}

static const struct errand_kind attach_kind = { .work = stream_rows_attach, .done = resume };

void stored_resume(struct reply *reply, int64_t number, int64_t event)
{
	struct resuming *resuming = errand_new(&attach_kind, struct resuming);
	struct read_errand *read = &resuming->read;

	read->session = arena_copy(read->errand.arena, str_of(reply->session->id));
	read->stream = number;
	read->after = event;
	reply->references++;
	resuming->reply = reply;
	reply_park(reply);
	errand_send(&read->errand);
}

/* ---- Moving between processes ---- */

struct channel *channel_take_up(struct session *session, int64_t number, int64_t last)
{
	struct channel *channel = channel_find(session, number);

	if (!channel && (channel = channel_create(session, loop_current(), number, true)))
		channel_keep(channel);
	if (!channel || channel->home != loop_current()) {
		if (channel)
			channel_drop(channel);
		return NULL;
	}
	listening_remove(channel);
	channel->owned = channel->running = true;
	if (channel->events < last)
		channel->events = last;
	return channel;
}

void channel_leave(struct channel *channel)
{
	channel->running = false;
	flush(channel);
	if (channel->listener)
		listening_add(channel);
	forget_idle(channel);
	channel_drop(channel);
}

void channel_commit(struct channel *channel)
{
	flush(channel);
}

int64_t channel_number(const struct channel *channel)
{
	return channel->number;
}

struct loop *channel_home(struct session *session, int64_t number)
{
	struct channel *channel = channel_find(session, number);
	struct loop *home = channel ? channel->home : loop_current();

	if (channel)
		channel_drop(channel);
	return home;
}

static void hear(struct channel *channel, enum channel_word word)
{
	switch (word) {
	case CHANNEL_EVENTS:
		if (!channel->owned && channel->listener)
			listener_on(listener_loop(channel->listener), listener_read, channel->listener,
			            0, (str) { 0 });
		break;
	case CHANNEL_DETACHED:
		channel_end_listener(channel);
		forget_idle(channel);
		break;
	case CHANNEL_LOST:
		/* The word may be older than a claim of this process. A running call learns from the
		 * database whether the stream is its own, when it writes. */
		if (channel->owned && !channel->running)
			lose(channel);
		break;
	case CHANNEL_MISSED:
		listening_catch_up(channel);
		break;
	}
}

struct heard {
	struct message message;
	struct channel *channel;        /* held */
	enum channel_word word;
};

static void heard_arrives(struct message *message, UNUSED struct loop *loop)
{
	struct heard *heard = (struct heard *)message;

	if (loop_current() && !heard->channel->forgotten)       /* NULL: its home is no more */
		hear(heard->channel, heard->word);
	channel_drop(heard->channel);
	free(heard);
}

void channel_hear(struct session *session, int64_t number, enum channel_word word)
{
	struct channel *channel = channel_find(session, number);

	if (!channel)
		return;
	struct heard *heard = calloc(1, sizeof(*heard));
	if (!heard)
		abort();
	heard->message.run = heard_arrives;
	heard->channel = channel;
	heard->word = word;
	loop_post(channel->home, &heard->message);
}
