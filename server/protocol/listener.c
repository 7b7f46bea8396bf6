/* listener.c - the connection that gets a channel's events, on whichever loop the client landed.
 *
 * What a listener and its channel's home have to tell each other is posted, or done at once where
 * they share the loop. */
#include <stdio.h>
#include <stdlib.h>

#include "channel_private.h"
#include "origin.h"

struct listener {
	atomic_int references;          /* its stream, the channel, each message about it */
	struct loop *loop;
	struct stream *stream;          /* its loop's; NULL: over */
	struct channel *channel;        /* held */
	struct session *session;        /* held: it is in use */
	int64_t sent;                   /* up to which event */
	bool reading, read_again;
	atomic_bool behind;             /* the rest is read when all that was sent has gone out */
	atomic_size_t posted;           /* bytes on their way to its loop */
};

struct channel *listener_channel(const struct listener *listener)
{
	return listener->channel;
}

struct loop *listener_loop(const struct listener *listener)
{
	return listener->loop;
}

struct listener *listener_keep(struct listener *listener)
{
	atomic_fetch_add(&listener->references, 1);
	return listener;
}

void listener_drop(struct listener *listener)
{
	if (atomic_fetch_sub(&listener->references, 1) != 1)
		return;
	channel_drop(listener->channel);
	session_leave(listener->session);
	free(listener);
}

/* ---- Messages between a listener and its channel's home ---- */

struct parcel {
	struct message message;
	listener_fn *act;
	struct listener *listener;
	int64_t number;
	size_t size;
	char text[];
};

static struct budget *share_of(const struct listener *listener)
{
	return caller_streams(listener->session->caller);
}

static void parcel_arrives(struct message *message, UNUSED struct loop *loop)
{
	struct parcel *parcel = (struct parcel *)message;
	struct listener *listener = parcel->listener;

	atomic_fetch_sub(&listener->posted, parcel->size);
	budget_give(share_of(listener), parcel->size);
	parcel->act(listener, parcel->number, (str) { parcel->text, parcel->size });
	listener_drop(listener);
	free(parcel);
}

void listener_on(struct loop *loop, listener_fn *act, struct listener *listener, int64_t number,
                 str text)
{
	if (loop_current() == loop) {
		act(listener, number, text);
		return;
	}
	struct parcel *parcel = malloc(sizeof(*parcel) + text.size);
	if (!parcel)
		abort();
	*parcel = (struct parcel) { .message.run = parcel_arrives, .act = act,
	                            .listener = listener_keep(listener),
	                            .number = number, .size = text.size };
	if (text.size)
		memcpy(parcel->text, text.at, text.size);
	atomic_fetch_add(&listener->posted, text.size);
	budget_take(share_of(listener), text.size);
	loop_post(loop, &parcel->message);
}

/* ---- Sending: as much as its client takes ---- */

static size_t window(void)
{
	return runtime.set.backlog_max / 4;
}

static void send(const struct listener *listener, str text)
{
	if (listener->stream && !stream_send(listener->stream, text))
		metric_add(METRIC_LIMIT_BACKLOG, 1);
}

static void read_on(void *user)
{
	struct listener *listener = user;

	atomic_store(&listener->behind, false);
	listener_read(listener, 0, (str) { 0 });
}

bool listener_is_behind(const struct listener *listener)
{
	return atomic_load(&listener->behind);
}

/* It has as much as it takes for now. */
static bool falls_behind(struct listener *listener)
{
	if (!listener_is_behind(listener) && listener->stream &&
	    stream_backlog(listener->stream) > window()) {
		atomic_store(&listener->behind, true);
		stream_when_sent(listener->stream, read_on);
	}
	return listener_is_behind(listener);
}

/* Those that it can't take now, or that come out of turn, it reads. */
static void send_event(struct listener *listener, int64_t number, str text)
{
	if (number <= listener->sent || falls_behind(listener))
		return;
	if (number - 1 > listener->sent || listener->reading) {
		listener_read(listener, 0, (str) { 0 });
		return;
	}
	listener->sent = number;
	send(listener, text);
}

/* One that is behind reads on by itself, when its client has taken what it was sent. */
void listener_give(struct listener *listener, const struct event *event)
{
	if (listener_is_behind(listener))
		return;
	if (atomic_load(&listener->posted) > window())
		listener_on(listener->loop, listener_read, listener, 0, (str) { 0 });
	else
		listener_on(listener->loop, send_event, listener, event->number,
		            (str) { event->text, event->size });
}

/* ---- The end ---- */

void listener_finish(struct listener *listener, UNUSED int64_t number, UNUSED str text)
{
	if (!listener->stream)
		return;
	stream_end(listener->stream);
	listener->stream = NULL;
	listener_drop(listener);
}

/* Older clients would parse the empty data as JSON. */
void listener_prime(struct listener *listener, UNUSED int64_t number, UNUSED str nothing)
{
	char text[64];
	int size = snprintf(text, sizeof(text), "id: %lld-0\ndata: \n\n",
	                    (long long)listener->channel->number);

	if (listener->session->revision >= R2025_11_25)
		send(listener, (str) { text, (size_t)size });
}

/* Only here, where the revision wants it: the Java SDK before 2.1 fails on a stream with that
 * line. */
void listener_interrupt(struct listener *listener, UNUSED int64_t number, UNUSED str nothing)
{
	char text[40];
	int size = snprintf(text, sizeof(text), "retry: %lld\n\n", (long long)runtime.set.retry_ms);

	if (listener->session->revision >= R2025_11_25)
		send(listener, (str) { text, (size_t)size });
	listener_finish(listener, 0, (str) { 0 });
}

/* ---- What the database has ---- */

static void detach(struct listener *listener, int64_t number, str text);

void listener_send_read(struct listener *listener, const struct rows *events)
{
	const struct shared_event *each = events->first;

	for (int64_t i = 0; i < events->count && !falls_behind(listener); i++) {
		struct event *event = event_create(listener->channel->number, each[i].number,
		                                   str_of(each[i].text));
		send_event(listener, event->number, (str) { event->text, event->size });
		free(event);
	}
}

void listener_end(struct listener *listener, int64_t last, UNUSED str text)
{
	if (listener->sent < last || listener->reading)
		listener_read(listener, 0, (str) { 0 });        /* which finds that it is over */
	else
		listener_finish(listener, 0, (str) { 0 });
}

struct reading {
	struct read_errand read;
	struct listener *listener;      /* held */
};

static void has_read(struct errand *errand)
{
	struct reading *reading = (struct reading *)errand;
	const struct read_errand *read = &reading->read;
	struct listener *listener = reading->listener;

	listener->reading = false;
	listener_send_read(listener, &read->events);
	if (errand->failed || !read->there || (read->over && listener->sent >= read->last)) {
		/* Over, or it has to come back for the rest. What it was too slow for is gone. */
		if (!errand->failed && !read->there && read->last > listener->sent)
			metric_add(METRIC_LIMIT_BACKLOG, 1);
		listener_finish(listener, 0, (str) { 0 });
		listener_on(listener->channel->home, detach, listener, 0, (str) { 0 });
	} else if (listener->read_again || listener->sent < read->last) {
		listener_read(listener, 0, (str) { 0 });
	}
	listener_drop(listener);
}

static const struct errand_kind read_kind = {
	.work = stream_rows_read, .done = has_read, .lasts = true
};

void listener_read(struct listener *listener, UNUSED int64_t number, UNUSED str text)
{
	listener->read_again = listener->reading;
	if (listener->reading || !listener->stream || falls_behind(listener))
		return;
	struct reading *reading = errand_new(&read_kind, struct reading);

	listener->reading = true;
	reading->listener = listener_keep(listener);
	reading->read.session = arena_copy(reading->read.errand.arena, str_of(listener->session->id));
	reading->read.stream = listener->channel->number;
	reading->read.after = listener->sent;
	errand_send(&reading->read.errand);
}

/* ---- Coming and going ---- */

static void detach(struct listener *listener, UNUSED int64_t number, UNUSED str text)
{
	struct channel *channel = listener->channel;

	if (channel->listener != listener)
		return;
	channel_set_listener(channel, NULL);
	channel_detach(channel);
}

static void gone(void *user)
{
	struct listener *listener = user;

	listener->stream = NULL;
	listener_on(listener->channel->home, detach, listener, 0, (str) { 0 });
	listener_drop(listener);
}

struct listener *listener_create(struct channel *channel, struct exchange *x, int64_t after)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		abort();
	atomic_store(&listener->references, 1);
	listener->loop = exchange_loop(x);
	listener->channel = channel_keep(channel);
	listener->session = session_keep(channel->session);
	listener->sent = after;
	origin_allow(x);
	listener->stream = stream_open(x, gone, listener);
	return listener;
}
