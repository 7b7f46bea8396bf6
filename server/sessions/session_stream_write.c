/* session_stream_write.c - a stream's events on their way: first to the database, then to the client,
 * so whoever the client comes back to has all that it can have seen, and the rest.
 *
 * What is sent in one turn is stored in one statement; the next waits until that is done. A process
 * writes the streams it owns. Where the client is connected here but the call runs elsewhere, it
 * follows: it is told of new events and reads them. */
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "session_stream_private.h"
#include "stream_rows.h"

/* ---- Events that are not stored yet ---- */

struct event *event_create(int64_t stream, int64_t number, str message)
{
	char head[80];
	int head_size = snprintf(head, sizeof(head), "id: %lld-%lld\nevent: message\ndata: ",
	                         (long long)stream, (long long)number);
	size_t size = (size_t)head_size + message.size + 2;
	struct event *event = malloc(sizeof(*event) + size);

	if (!event)
		fatal();
	*event = (struct event) { .number = number, .size = size, .head = (size_t)head_size };
	memcpy(event->text, head, (size_t)head_size);
	memcpy(event->text + head_size, message.at, message.size);
	json_one_line(event->text + head_size, message.size);
	memcpy(event->text + size - 2, "\n\n", 2);
	return event;
}

static struct budget *share_of(const struct session_stream *stream)
{
	return caller_streams(stream->session->caller);
}

static void append(struct session_stream *stream, struct event *event)
{
	*(stream->last ? &stream->last->next : &stream->first) = event;
	stream->last = event;
	stream->unstored += event->size;
	budget_take(share_of(stream), event->size);
}

static void drop_first(struct session_stream *stream)
{
	struct event *event = stream->first;

	stream->first = event->next;
	if (!stream->first)
		stream->last = NULL;
	stream->unstored -= event->size;
	budget_give(share_of(stream), event->size);
	free(event);
}

void events_drop(struct session_stream *stream)
{
	while (stream->first)
		drop_first(stream);
}

/* ---- Storing ---- */

#define TRY_AGAIN_MS 1000               /* what the database could not for a while: a full disk */

static void commit_now(struct timer *timer, struct loop *loop);

struct storing {
	struct append_errand append;
	struct session_stream *stream;        /* held */
};

static void end_and_forget(struct session_stream *stream)
{
	session_stream_end_receiver(stream);
	session_stream_forget(stream);
}

void session_stream_lose(struct session_stream *stream)
{
	stream->owned = false;
	events_drop(stream);
	if (stream->answers && stream->receiver && !stream->ended)
		receiver_on(receiver_loop(stream->receiver), receiver_read, stream->receiver, 0,
		            (str) { 0 });
	else
		end_and_forget(stream);
}

/* What was stored goes to the client, if it is still connected here. */
static void give_stored(struct session_stream *stream, int64_t count, bool here)
{
	for (; count > 0 && stream->first; count--) {
		if (here && stream->receiver)
			receiver_give(stream->receiver, stream->first);
		drop_first(stream);
	}
}

/* All of it is in the database. */
static void complete(struct session_stream *stream, int64_t last)
{
	if (stream->receiver)
		receiver_on(receiver_loop(stream->receiver), receiver_end, stream->receiver, last,
		            (str) { 0 });
	session_stream_set_receiver(stream, NULL);
	session_stream_forget(stream);
}

static void go_on(struct session_stream *stream, const struct append_errand *append)
{
	bool here = append->attached == state_me();

	if (append->fresh && stream->receiver)
		receiver_on(receiver_loop(stream->receiver), receiver_prime, stream->receiver, 0,
		            (str) { 0 });
	else if (append->fresh)
		session_stream_detach(stream, 0);       /* when its client left it was in no row yet */
	give_stored(stream, append->count, here);
	if (!here || (stream->closing && !stream->first))
		session_stream_interrupt(stream);
	if (append->over)
		complete(stream, append->last);
	else
		session_stream_commit(stream);
	session_stream_forget_idle(stream);
}

/* What is not stored is still here. */
static void try_again(struct session_stream *stream, const struct append_errand *append)
{
	if (append->errand.refused || stream->forgotten) {
		end_and_forget(stream);
		return;
	}
	stream->fresh |= append->fresh;
	stream->flush.run = commit_now;
	session_stream_set_timer(stream, &stream->flush, TRY_AGAIN_MS);
}

static void stored(struct errand *errand)
{
	struct storing *storing = (struct storing *)errand;
	struct append_errand *append = &storing->append;
	struct session_stream *stream = storing->stream;

	stream->storing = false;
	if (errand->failed)
		try_again(stream, append);
	else if (append->lost)
		session_stream_lose(stream);
	else
		go_on(stream, append);
	session_stream_drop(stream);
}

static const struct errand_kind append_kind = {
	.work_all = stream_rows_append, .done = stored, .lasts = true, .lost = "streams' ends or events"
};

static void fill_in(struct append_errand *append, struct session_stream *stream)
{
	struct arena *arena = append->errand.arena;
	int64_t count = 0;

	append->session = arena_copy(arena, str_of(stream->session->id));
	append->stream = stream->number;
	append->fresh = stream->fresh;
	append->listens = !stream->answers;
	append->over = stream->ended;
	append->ids = stream->fresh ? arena_copy(arena, str_of(stream->ids)) : NULL;
	append->last = stream->events;
	for (struct event *event = stream->first; event; event = event->next)
		count++;
	append->events = arena_array(arena, struct state_event, count);
	for (struct event *event = stream->first; event; event = event->next) {
		str message = { event->text + event->head, event->size - event->head - 2 };
		append->events[append->count++] = (struct state_event) {
			event->number, arena_copy(arena, message) };
	}
}

void session_stream_commit(struct session_stream *stream)
{
	timer_clear(stream->home, &stream->flush);
	if (stream->storing || stream->forgotten || !stream->owned ||
	    !(stream->fresh || stream->first || stream->ended))
		return;
	struct storing *storing = errand_new(&append_kind, struct storing);

	fill_in(&storing->append, stream);
	storing->stream = session_stream_keep(stream);
	storing->append.errand.key = (uint64_t)stream->number;
	stream->storing = true;
	stream->fresh = false;
	errand_send(&storing->append.errand);
}

static void commit_now(struct timer *timer, UNUSED struct loop *loop)
{
	session_stream_commit(SESSION_STREAM_OF(timer, flush));
}

void session_stream_commit_later(struct session_stream *stream)
{
	if (stream->storing || stream->flush.place)
		return;
	stream->flush.run = commit_now;
	session_stream_set_timer(stream, &stream->flush, 0);
}

/* ---- Writing ---- */

void session_stream_send(struct session_stream *stream, str message)
{
	if (!stream->owned || stream->forgotten)
		return;
	append(stream, event_create(stream->number, ++stream->events, message));
	session_stream_commit_later(stream);
}

bool session_stream_is_crowded(const struct session_stream *stream)
{
	return stream->unstored > runtime.set.backlog_max || !budget_has(share_of(stream), 0) ||
	       (stream->receiver && receiver_is_behind(stream->receiver));
}

void session_stream_finish(struct session_stream *stream)
{
	stream->ended = true;
	stream->running = false;
	listening_remove(stream);
	if (stream->owned && !stream->forgotten)
		session_stream_commit(stream);
	else
		end_and_forget(stream);
}

void session_stream_close(struct session_stream *stream)
{
	if (stream->fresh || stream->storing || stream->first)
		stream->closing = true;
	else
		session_stream_interrupt(stream);
}

/* ---- The client left ---- */

struct leaving {
	struct leave_errand leave;
	struct session_stream *stream;  /* held */
	int64_t came;
};

/* Not where it is back already: the database may have its new connection before this process sees the
 * end of the old one. */
static bool leave_row(struct errand *errand, struct store *store)
{
	const struct leaving *leaving = (const struct leaving *)errand;

	return atomic_load(&leaving->stream->came) > leaving->came || stream_rows_leave(errand, store);
}

static void left(struct errand *errand)
{
	session_stream_drop(((struct leaving *)errand)->stream);
}

static const struct errand_kind leave_kind = { .work = leave_row, .done = left, .lasts = true };

static void nobody_came(struct timer *timer, UNUSED struct loop *loop)
{
	session_stream_finish(SESSION_STREAM_OF(timer, timer));
}

/* One that only listens goes on for a while, for a client that comes back; of the others only those
 * matter that a call of this process writes. */
void session_stream_detach(struct session_stream *stream, int64_t came)
{
	if (stream->answers || !stream->owned) {
		session_stream_forget_idle(stream);
		return;
	}
	struct leaving *leaving = errand_new(&leave_kind, struct leaving);
	struct leave_errand *leave = &leaving->leave;

	leave->session = arena_copy(leave->errand.arena, str_of(stream->session->id));
	leave->stream = stream->number;
	leave->errand.key = (uint64_t)stream->number;
	leaving->stream = session_stream_keep(stream);
	leaving->came = came;
	errand_send(&leave->errand);
	stream->timer.run = nobody_came;
	session_stream_set_timer(stream, &stream->timer, runtime.set.resume_ms);
}
