/* channel_resume.c - a client comes back to a stream, wherever that is written; a stream moves between
 * processes. */
#include <stdlib.h>

#include "channel_private.h"

static const struct fault unknown = {
	.code = 400, .http_sessions = 400, .http_stateless = 400,
	.text = "Last-Event-ID names no stream of this session that is still kept; open a new one "
	        "without it."
};

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
	if (atomic_load(&channel->session->ended))
		channel_finish(channel);
	else if (channel->forgotten)
		channel_interrupt(channel);     /* it is over, or elsewhere: the client looks again */
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

static void answer(struct reply *reply, const struct read_errand *read, struct channel *channel,
                   bool known)
{
	struct exchange *x = reply->exchange;

	exchange_set_user(x, NULL);
	struct listener *listener = listener_keep(listener_create(channel, x, read->after));
	listener_send_read(listener, &read->events);
	reply_taken_over(reply, x);
	if (read->over) {
		listener_end(listener, read->last, (str) { 0 });
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
		reply_fault(reply, &unknown, NULL);
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
		answer(reply, read, channel, known);
		channel_drop(channel);
	}
	reply_drop(reply);
}

static const struct errand_kind attach_kind = { .work = stream_rows_attach, .done = resume };

const struct fault *channel_resume(struct reply *reply, str last_event_id)
{
	str rest = last_event_id, head = str_cut(&rest, '-');
	int64_t number, event;

	if (!str_to_int(head, &number) || !str_to_int(rest, &event))
		return &unknown;
	struct resuming *resuming = errand_new(&attach_kind, struct resuming);
	struct read_errand *read = &resuming->read;

	read->session = arena_copy(read->errand.arena, str_of(reply->session->id));
	read->stream = number;
	read->after = event;
	reply->references++;
	resuming->reply = reply;
	reply_park(reply);
	errand_send(&read->errand);
	return NULL;
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
	/* What it sent here before it went to another process was lost with it. */
	if (!channel->owned || channel->events < last)
		channel->events = last;
	channel->owned = channel->running = true;
	return channel;
}

void channel_leave(struct channel *channel)
{
	channel->running = false;
	channel_commit(channel);
	if (channel->listener)
		listening_add(channel);
	channel_forget_idle(channel);
	channel_drop(channel);
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
		channel_forget_idle(channel);
		break;
	case CHANNEL_LOST:
		/* The word may be older than a claim of this process. A running call learns from the
		 * database whether the stream is its own, when it writes. */
		if (channel->owned && !channel->running)
			channel_lose(channel);
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
