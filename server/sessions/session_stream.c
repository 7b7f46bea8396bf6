/* session_stream.c - the stream of a session: opened, found, finished, forgotten.
 *
 * A stream lives on its home loop: there events are numbered and written. Who gets them is a receiver,
 * a connection on any loop; a client that comes back lands where the kernel puts it. Meanwhile the
 * events are in the database, so whichever process it comes back to has them.
 *
 * Event ids are "stream-event". They are only looked up within the session the request belongs to,
 * whose owner was checked, so they can't name another's stream. */
#include <stdlib.h>

#include "fatal.h"
#include "session_stream_private.h"

/* ---- Who holds what ---- */

struct session_stream *session_stream_keep(struct session_stream *stream)
{
	atomic_fetch_add(&stream->references, 1);
	return stream;
}

void session_stream_drop(struct session_stream *stream)
{
	if (atomic_fetch_sub(&stream->references, 1) != 1)
		return;
	events_drop(stream);
	caller_drop(stream->caller);
	session_drop(stream->session);
	free(stream->ids);
	free(stream);
}

void session_stream_forget(struct session_stream *stream)
{
	struct session *session = stream->session;
	struct session_stream **place;

	if (stream->forgotten)
		return;
	stream->forgotten = true;
	timer_clear(stream->home, &stream->timer);
	timer_clear(stream->home, &stream->flush);
	listening_remove(stream);
	pthread_mutex_lock(&session->lock);
	for (place = &session->streams; *place && *place != stream;)
		place = &(*place)->next;
	bool listed = *place;
	if (listed) {
		*place = stream->next;
		session->stream_count--;
	}
	pthread_mutex_unlock(&session->lock);
	if (listed)
		session_stream_drop(stream);
}

void session_stream_forget_idle(struct session_stream *stream)
{
	if (stream->answers && !stream->running && !stream->storing && !stream->receiver &&
	    !stream->first)
		session_stream_forget(stream);
}

void session_stream_set_timer(struct session_stream *stream, struct timer *timer, int64_t in_ms)
{
	if (!stream->forgotten)
		timer_set(stream->home, timer, loop_tick_ms(stream->home) + in_ms);
}

void session_stream_set_caller(struct session_stream *stream, const struct caller *caller)
{
	caller_drop(stream->caller);
	stream->caller = caller_keep(caller);
}

void session_stream_set_receiver(struct session_stream *stream, struct receiver *receiver)
{
	struct receiver *before = stream->receiver;

	stream->receiver = receiver ? receiver_keep(receiver) : NULL;
	if (receiver)
		session_stream_set_caller(stream, receiver_caller(receiver));
	atomic_store(&stream->attached, receiver != NULL);
	if (before)
		receiver_drop(before);
}

static void end_connection(struct session_stream *stream, receiver_fn *act)
{
	if (!stream->receiver)
		return;
	receiver_on(receiver_loop(stream->receiver), act, stream->receiver, 0, (str) { 0 });
	session_stream_set_receiver(stream, NULL);
}

void session_stream_end_receiver(struct session_stream *stream)
{
	end_connection(stream, receiver_finish);
}

void session_stream_interrupt(struct session_stream *stream)
{
	end_connection(stream, receiver_interrupt);
}

/* ---- What is to be done on its home, wherever that is ---- */

struct sent_home {
	struct message message;
	struct session_stream *stream;        /* held */
	void (*act)(struct session_stream *stream);
};

static void arrives_home(struct message *message, UNUSED struct loop *loop)
{
	struct sent_home *sent = (struct sent_home *)message;

	if (loop_current() && !sent->stream->forgotten)         /* else its home may be no more */
		sent->act(sent->stream);
	session_stream_drop(sent->stream);
	free(sent);
}

void session_stream_send_home(struct session_stream *stream,
                              void (*act)(struct session_stream *stream))
{
	struct sent_home *sent = malloc(sizeof(*sent));

	if (!sent)
		fatal();
	sent->message.run = arrives_home;
	sent->stream = stream;
	sent->act = act;
	loop_post(stream->home, &sent->message);
}

/* ---- Those of a session; under its lock ---- */

static struct session_stream *find(const struct session *session, int64_t number)
{
	struct session_stream *each = session->streams;

	while (each && each->number != number)
		each = each->next;
	return each;
}

/* Only one that listens and has no client is not. One that is over goes by itself as soon as its events
 * are in the database; until then its client waits for them. */
static bool is_needed(const struct session_stream *stream)
{
	return stream->ended || stream->answers || stream->attached;
}

/* Takes the oldest that nobody needs out of the session, where it has as many as it may; held as the
 * session held it. */
static struct session_stream *take_oldest(struct session *session)
{
	struct session_stream **place = NULL, *old;

	if (session->stream_count < runtime.set.session_streams_max)
		return NULL;
	for (struct session_stream **each = &session->streams; *each; each = &(*each)->next)
		if (!is_needed(*each))
			place = each;           /* the last in the list is the oldest */
	if (!place)
		return NULL;
	old = *place;
	*place = old->next;
	session->stream_count--;
	return old;
}

/* Makes room in the session where it must; false: it is full. One that comes from another process is
 * none more; false: another loop was quicker. */
static bool add_to_session(struct session *session, struct session_stream *stream)
{
	struct session_stream *old = NULL;
	bool room, is_new = !stream->number;

	pthread_mutex_lock(&session->lock);
	if (is_new)
		old = take_oldest(session);
	room = is_new ? session->stream_count < runtime.set.session_streams_max
	              : !find(session, stream->number);
	if (room) {
		if (is_new)
			stream->number = state_number();
		stream->next = session->streams;
		session->streams = stream;
		session->stream_count++;
	}
	pthread_mutex_unlock(&session->lock);
	if (old)
		session_stream_send_home(old, session_stream_finish);
	return room;
}

struct session_stream *session_stream_find(struct session *session, int64_t number)
{
	pthread_mutex_lock(&session->lock);
	struct session_stream *stream = find(session, number);
	if (stream)
		session_stream_keep(stream);
	pthread_mutex_unlock(&session->lock);
	return stream;
}

/* ---- Opening ---- */

struct session_stream *session_stream_create(struct session *session, struct loop *home,
                                             int64_t number, bool answers)
{
	struct session_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		fatal();
	atomic_store(&stream->references, 1);
	stream->home = home;
	stream->number = number;
	stream->answers = answers;
	stream->attached = true;       /* soon: nobody takes its place meanwhile */
	stream->session = session_keep(session);
	if (add_to_session(session, stream))
		return stream;
	if (!number)
		metric_add(METRIC_LIMIT_STREAMS, 1);
	session_stream_drop(stream);
	return NULL;
}

struct session_stream *session_stream_open(struct reply *reply, struct exchange *x,
                                           bool answers, str ids)
{
	struct session *session = reply->session;
	struct session_stream *stream = session_stream_create(session, reply->loop, 0, answers);

	if (!stream)
		return NULL;
	stream->owned = stream->fresh = true;
	stream->running = answers;
	stream->ids = strndup(answers ? ids.at : "[]", answers ? ids.size : 2);
	if (!stream->ids)
		fatal();
	/* Before its client can know that it listens: what changes from then on is this one's to tell. */
	if (!answers)
		session_carry(session, stream->number);
	struct receiver *receiver = receiver_create(stream, x, reply->caller, 0, 0);
	session_stream_set_receiver(stream, receiver);
	receiver_drop(receiver);
	if (answers)
		session_stream_keep(stream);
	else
		listening_add(stream);
	session_stream_commit_later(stream);
	/* Its session ended meanwhile, and who told the others may have missed this one. */
	if (atomic_load(&session->ended))
		session_stream_finish(stream);
	return stream;
}

/* ---- Ending ---- */

void session_stream_end(struct session_stream *stream)
{
	session_stream_finish(stream);
	session_stream_drop(stream);
}

void session_streams_end_session(struct session *session)
{
	pthread_mutex_lock(&session->lock);
	for (struct session_stream *stream = session->streams; stream; stream = stream->next)
		session_stream_send_home(session_stream_keep(stream), session_stream_finish);
	pthread_mutex_unlock(&session->lock);
}

void session_streams_free_session(struct session *session)
{
	for (struct session_stream *stream = session->streams, *next; stream; stream = next) {
		next = stream->next;
		session_stream_drop(stream);
	}
	session->streams = NULL;
}
