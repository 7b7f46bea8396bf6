/* session_stream_receiver.c - the connection that gets a stream's events, on whichever loop the client
 * landed.
 *
 * What a receiver and its stream's home have to tell each other is posted, or done at once where
 * they share the loop. */
#include <stdio.h>
#include <stdlib.h>

#include "expiry.h"
#include "fatal.h"
#include "origin.h"
#include "session_stream_private.h"
#include "stream_rows.h"

struct receiver {
	atomic_int references;          /* its stream, the stream, each message about it */
	struct loop *loop;
	struct stream *connection;      /* its loop's; NULL: over */
	struct session_stream *stream;        /* held */
	struct session *session;        /* held: it is in use */
	const struct caller *caller;    /* held */
	struct expiry *expiry;          /* of the token it came with */
	int64_t sent;                   /* up to which event */
	int64_t came;                   /* see receiver_create() */
	bool reading, read_again;
	atomic_bool behind;             /* the rest is read when all that was sent has gone out */
	atomic_size_t posted;           /* bytes on their way to its loop */
};

struct session_stream *receiver_stream(const struct receiver *receiver)
{
	return receiver->stream;
}

struct loop *receiver_loop(const struct receiver *receiver)
{
	return receiver->loop;
}

const struct caller *receiver_caller(const struct receiver *receiver)
{
	return receiver->caller;
}

struct receiver *receiver_keep(struct receiver *receiver)
{
	atomic_fetch_add(&receiver->references, 1);
	return receiver;
}

void receiver_drop(struct receiver *receiver)
{
	if (atomic_fetch_sub(&receiver->references, 1) != 1)
		return;
	session_stream_drop(receiver->stream);
	session_leave(receiver->session);
	caller_drop(receiver->caller);
	free(receiver);
}

/* ---- Messages between a receiver and its stream's home ---- */

struct parcel {
	struct message message;
	receiver_fn *act;
	struct receiver *receiver;
	int64_t number;
	size_t size;
	char text[];
};

static struct budget *share_of(const struct receiver *receiver)
{
	return caller_streams(receiver->session->caller);
}

static void parcel_arrives(struct message *message, UNUSED struct loop *loop)
{
	struct parcel *parcel = (struct parcel *)message;
	struct receiver *receiver = parcel->receiver;

	atomic_fetch_sub(&receiver->posted, parcel->size);
	budget_give(share_of(receiver), parcel->size);
	parcel->act(receiver, parcel->number, (str) { parcel->text, parcel->size });
	receiver_drop(receiver);
	free(parcel);
}

void receiver_on(struct loop *loop, receiver_fn *act, struct receiver *receiver, int64_t number,
                 str text)
{
	if (loop_current() == loop) {
		act(receiver, number, text);
		return;
	}
	struct parcel *parcel = malloc(sizeof(*parcel) + text.size);
	if (!parcel)
		fatal();
	*parcel = (struct parcel) { .message.run = parcel_arrives, .act = act,
	                            .receiver = receiver_keep(receiver),
	                            .number = number, .size = text.size };
	if (text.size)
		memcpy(parcel->text, text.at, text.size);
	atomic_fetch_add(&receiver->posted, text.size);
	budget_take(share_of(receiver), text.size);
	loop_post(loop, &parcel->message);
}

/* ---- Sending: as much as its client takes ---- */

static size_t window(void)
{
	return runtime.set.backlog_max / 4;
}

static void send(const struct receiver *receiver, str text)
{
	if (receiver->connection && !stream_send(receiver->connection, text))
		metric_add(METRIC_LIMIT_BACKLOG, 1);
}

static void read_on(void *user)
{
	struct receiver *receiver = user;

	atomic_store(&receiver->behind, false);
	receiver_read(receiver, 0, (str) { 0 });
}

bool receiver_is_behind(const struct receiver *receiver)
{
	return atomic_load(&receiver->behind);
}

/* It has as much as it takes for now. */
static bool falls_behind(struct receiver *receiver)
{
	if (!receiver_is_behind(receiver) && receiver->connection &&
	    stream_backlog(receiver->connection) > window()) {
		atomic_store(&receiver->behind, true);
		stream_when_sent(receiver->connection, read_on);
	}
	return receiver_is_behind(receiver);
}

/* Those that it can't take now, or that come out of turn, it reads. */
static void send_event(struct receiver *receiver, int64_t number, str text)
{
	if (number <= receiver->sent || falls_behind(receiver))
		return;
	if (number - 1 > receiver->sent || receiver->reading) {
		receiver_read(receiver, 0, (str) { 0 });
		return;
	}
	receiver->sent = number;
	send(receiver, text);
}

/* One that is behind reads on by itself, when its client has taken what it was sent. */
void receiver_give(struct receiver *receiver, const struct event *event)
{
	if (receiver_is_behind(receiver))
		return;
	if (atomic_load(&receiver->posted) > window())
		receiver_on(receiver->loop, receiver_read, receiver, 0, (str) { 0 });
	else
		receiver_on(receiver->loop, send_event, receiver, event->number,
		            (str) { event->text, event->size });
}

/* ---- The end ---- */

/* Of its connection, whose reference goes. */
static void let_go(struct receiver *receiver)
{
	receiver->connection = NULL;
	expiry_drop(receiver->expiry);
	receiver->expiry = NULL;
	receiver_drop(receiver);
}

void receiver_finish(struct receiver *receiver, UNUSED int64_t number, UNUSED str text)
{
	if (!receiver->connection)
		return;
	stream_end(receiver->connection);
	let_go(receiver);
}

/* Older clients would parse the empty data as JSON. */
void receiver_prime(struct receiver *receiver, UNUSED int64_t number, UNUSED str nothing)
{
	char text[64];
	int size = snprintf(text, sizeof(text), "id: %lld-0\ndata: \n\n",
	                    (long long)receiver->stream->number);

	if (receiver->session->revision >= R2025_11_25)
		send(receiver, (str) { text, (size_t)size });
}

/* Only here, where the revision wants it: the Java SDK before 2.1 fails on a stream with that
 * line. */
void receiver_interrupt(struct receiver *receiver, UNUSED int64_t number, UNUSED str nothing)
{
	char text[40];
	int size = snprintf(text, sizeof(text), "retry: %lld\n\n", (long long)runtime.set.retry_ms);

	if (receiver->session->revision >= R2025_11_25)
		send(receiver, (str) { text, (size_t)size });
	receiver_finish(receiver, 0, (str) { 0 });
}

/* ---- What the database has ---- */

void receiver_send_read(struct receiver *receiver, const struct rows *events)
{
	const struct state_event *each = events->first;

	for (int64_t i = 0; i < events->count && !falls_behind(receiver); i++) {
		struct event *event = event_create(receiver->stream->number, each[i].number,
		                                   str_of(each[i].text));
		send_event(receiver, event->number, (str) { event->text, event->size });
		free(event);
	}
}

void receiver_end(struct receiver *receiver, int64_t last, UNUSED str text)
{
	if (receiver->sent < last || receiver->reading)
		receiver_read(receiver, 0, (str) { 0 });        /* which finds that it is over */
	else
		receiver_finish(receiver, 0, (str) { 0 });
}

struct reading {
	struct read_errand read;
	struct receiver *receiver;      /* held */
};

static void has_read(struct errand *errand)
{
	struct reading *reading = (struct reading *)errand;
	const struct read_errand *read = &reading->read;
	struct receiver *receiver = reading->receiver;

	receiver->reading = false;
	receiver_send_read(receiver, &read->events);
	if (errand->failed || !read->there || (read->over && receiver->sent >= read->last)) {
		/* Over, or it has to come back for the rest. What it was too slow for is gone. */
		if (!errand->failed && !read->there && read->last > receiver->sent)
			metric_add(METRIC_LIMIT_BACKLOG, 1);
		receiver_finish(receiver, 0, (str) { 0 });
		receiver_on(receiver->stream->home, receiver_detach, receiver, 0, (str) { 0 });
	} else if (receiver->read_again || receiver->sent < read->last) {
		receiver_read(receiver, 0, (str) { 0 });
	}
	receiver_drop(receiver);
}

static const struct errand_kind read_kind = {
	.work = stream_rows_read, .done = has_read, .lasts = true
};

void receiver_read(struct receiver *receiver, UNUSED int64_t number, UNUSED str text)
{
	receiver->read_again = receiver->reading;
	if (receiver->reading || !receiver->connection || falls_behind(receiver))
		return;
	struct reading *reading = errand_new(&read_kind, struct reading);

	receiver->reading = true;
	reading->receiver = receiver_keep(receiver);
	reading->read.session = arena_copy(reading->read.errand.arena, str_of(receiver->session->id));
	reading->read.stream = receiver->stream->number;
	reading->read.after = receiver->sent;
	errand_send(&reading->read.errand);
}

/* ---- Coming and going ---- */

void receiver_detach(struct receiver *receiver, UNUSED int64_t number, UNUSED str text)
{
	struct session_stream *stream = receiver->stream;

	if (stream->receiver != receiver)
		return;
	session_stream_set_receiver(stream, NULL);
	session_stream_detach(stream, receiver->came);
}

static void gone(void *user)
{
	struct receiver *receiver = user;

	receiver_on(receiver->stream->home, receiver_detach, receiver, 0, (str) { 0 });
	let_go(receiver);
}

/* The client comes back for the rest, with another token. */
static void expire(void *of)
{
	struct receiver *receiver = of;

	receiver_on(receiver->stream->home, receiver_detach, receiver, 0, (str) { 0 });
	receiver_interrupt(receiver, 0, (str) { 0 });
}

/* Before 2025-11-25 hardly any client of a call does, and none before the first event: the call goes on to
 * its end. */
static bool comes_back(const struct session_stream *stream, int64_t after)
{
	return !stream->answers || after > 0 || stream->session->revision >= R2025_11_25;
}

struct receiver *receiver_create(struct session_stream *stream, struct exchange *x,
                                 const struct caller *caller, int64_t after, int64_t came)
{
	struct receiver *receiver = calloc(1, sizeof(*receiver));

	if (!receiver)
		fatal();
	atomic_store(&receiver->references, 1);
	receiver->loop = loop_current();
	receiver->stream = session_stream_keep(stream);
	receiver->session = session_keep(stream->session);
	receiver->caller = caller_keep(caller);
	receiver->sent = after;
	receiver->came = came;
	if (!x)
		return receiver;
	origin_allow(x);
	receiver->connection = stream_open(x, gone, receiver);
	if (comes_back(stream, after))
		receiver->expiry = expiry_begin(caller, receiver->loop, expire, receiver);
	return receiver_keep(receiver);
}
