/* session_stream_resume.c - a client comes back to a stream, wherever that is written; a stream moves
 * between processes. */
#include <stdlib.h>

#include "session_stream_private.h"
#include "stream_rows.h"

static const struct fault unknown = {
	FAULT_HTTP(400),
	.text = "Last-Event-ID names no stream of this session that is still kept; open a new one "
	        "without it."
};

/* ---- Coming back ---- */

struct resuming {
	struct read_errand read;
	struct reply *reply;            /* held */
	int64_t came;                   /* see receiver_create() */
};

/* On the stream's home: whoever had it loses it. What came between the reading and now is read. */
static void attach(struct receiver *receiver, int64_t missed, UNUSED str text)
{
	struct session_stream *stream = receiver_stream(receiver);

	timer_clear(stream->home, &stream->timer);
	stream->closing = false;
	session_stream_end_receiver(stream);
	session_stream_set_receiver(stream, receiver);
	receiver_on(receiver_loop(receiver), receiver_read, receiver, 0, (str) { 0 });
	if (missed)
		listening_tell_all(stream);
	listening_attached(stream);
	if (atomic_load(&stream->session->ended))
		session_stream_finish(stream);
	else if (stream->forgotten)
		session_stream_interrupt(stream);       /* it is over, or elsewhere: it looks again */
}

/* Of a stream that this process has nothing of yet. */
static struct session_stream *come_here(const struct reply *reply, const struct read_errand *read)
{
	struct session_stream *stream = session_stream_create(reply->session, reply->loop, read->stream,
	                                                      !read->listens);

	if (!stream)
		return NULL;
	session_stream_set_caller(stream, reply->caller);
	stream->owned = read->listens;
	stream->events = read->last;
	listening_add(stream);
	return session_stream_keep(stream);
}

/* What it has missed its client is to be told. A stream that is not here has missed all that was told
 * here, whatever its row says: this process may have lost it since. */
static bool has_missed(const struct read_errand *read, struct session_stream *stream, bool known)
{
	if (!read->listens || (known && !read->moved))
		return false;
	return listening_missed(stream) || read->gone;
}

static struct session_stream *find_or_come(const struct reply *reply,
                                           const struct read_errand *read, bool *known)
{
	struct session_stream *stream = NULL;

	while (!stream) {
		stream = session_stream_find(reply->session, read->stream);
		*known = stream;
		if (!stream)
			stream = come_here(reply, read);
	}
	return stream;
}

/* For the database the client is connected here. One that left before it was answered comes and goes,
 * or the session's messages would go to where nobody is. */
static void come_back(struct reply *reply, const struct read_errand *read, int64_t came)
{
	bool known;
	struct session_stream *stream = find_or_come(reply, read, &known);
	bool missed = has_missed(read, stream, known);
	struct exchange *x = reply->exchange;

	if (x)
		exchange_set_user(x, NULL);
	struct receiver *receiver = receiver_create(stream, x, reply->caller, read->after, came);
	receiver_send_read(receiver, &read->events);
	if (x) {
		reply_taken_over(reply, x);
		metric_add(METRIC_RESUMED, 1);
	}
	if (read->over) {
		receiver_end(receiver, read->last, (str) { 0 });
		if (!known)
			session_stream_forget(stream);
	} else {
		receiver_on(stream->home, attach, receiver, missed, (str) { 0 });
		if (!x)
			receiver_on(stream->home, receiver_detach, receiver, 0, (str) { 0 });
	}
	receiver_drop(receiver);
	session_stream_drop(stream);
}

static void resume(struct errand *errand)
{
	struct resuming *resuming = (struct resuming *)errand;
	struct read_errand *read = &resuming->read;
	struct reply *reply = resuming->reply;

	if (!errand->failed && read->there)
		come_back(reply, read, resuming->came);
	else if (reply->exchange)
		reply_fault(reply, errand->failed ? &FAULT_BUSY : &unknown, NULL);
	reply_drop(reply);
}

/* Its client before that leaves after this is not to take the new one with it. On the state's thread. */
static int64_t count_coming(struct session *session, int64_t number)
{
	static int64_t comings;
	struct session_stream *stream = session_stream_find(session, number);

	comings++;
	if (stream) {
		atomic_store(&stream->came, comings);
		session_stream_drop(stream);
	}
	return comings;
}

/* At once: whoever had the messages knows it when the next change is told. */
static bool attach_row(struct errand *errand, struct store *store)
{
	struct resuming *resuming = (struct resuming *)errand;
	struct session *session = resuming->reply->session;

	if (!stream_rows_attach(errand, store))
		return false;
	if (resuming->read.there && resuming->read.listens) {
		resuming->came = count_coming(session, resuming->read.stream);
		session_carry(session, resuming->read.stream);
	}
	return true;
}

static const struct errand_kind attach_kind = { .work = attach_row, .done = resume };

const struct fault *session_stream_resume(struct reply *reply, str last_event_id)
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
	read->errand.party = reply_party(reply);
	reply->references++;
	resuming->reply = reply;
	reply_park(reply);
	errand_send(&read->errand);
	return NULL;
}

/* ---- Moving between processes ---- */

struct session_stream *session_stream_take_up(struct session *session, int64_t number, int64_t last)
{
	struct session_stream *stream = session_stream_find(session, number);

	if (!stream && (stream = session_stream_create(session, loop_current(), number, true)))
		session_stream_keep(stream);
	if (!stream || stream->home != loop_current()) {
		if (stream)
			session_stream_drop(stream);
		return NULL;
	}
	listening_remove(stream);
	/* What it sent here before it went to another process was lost with it. */
	if (!stream->owned || stream->events < last)
		stream->events = last;
	stream->owned = stream->running = true;
	return stream;
}

void session_stream_leave(struct session_stream *stream)
{
	stream->running = false;
	session_stream_commit(stream);
	if (stream->receiver)
		listening_add(stream);
	session_stream_forget_idle(stream);
	session_stream_drop(stream);
}

int64_t session_stream_number(const struct session_stream *stream)
{
	return stream->number;
}

struct loop *session_stream_home(struct session *session, int64_t number)
{
	struct session_stream *stream = session_stream_find(session, number);
	struct loop *home = stream ? stream->home : loop_current();

	if (stream)
		session_stream_drop(stream);
	return home;
}

static void hear_events(struct session_stream *stream)
{
	if (!stream->owned && stream->receiver)
		receiver_on(receiver_loop(stream->receiver), receiver_read, stream->receiver, 0,
		            (str) { 0 });
}

static void hear_detached(struct session_stream *stream)
{
	session_stream_end_receiver(stream);
	session_stream_forget_idle(stream);
}

/* The word may be older than a claim of this process. A running call learns from the database whether the
 * stream is its own, when it writes. */
static void hear_lost(struct session_stream *stream)
{
	if (stream->owned && !stream->running)
		session_stream_lose(stream);
}

void session_stream_hear(struct session *session, int64_t number, enum stream_word word)
{
	static void (*const hear[])(struct session_stream *stream) = {
		[STREAM_EVENTS] = hear_events, [STREAM_DETACHED] = hear_detached,
		[STREAM_LOST] = hear_lost, [STREAM_MISSED] = listening_catch_up,
	};
	struct session_stream *stream = session_stream_find(session, number);

	if (stream)
		session_stream_send_home(stream, hear[word]);
}

void session_streams_read_on(struct session *session)
{
	pthread_mutex_lock(&session->lock);
	for (struct session_stream *each = session->streams; each; each = each->next)
		session_stream_send_home(session_stream_keep(each), hear_events);
	pthread_mutex_unlock(&session->lock);
}
