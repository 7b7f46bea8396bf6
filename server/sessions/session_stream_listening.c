/* session_stream_listening.c - the streams that only listen (GET), of one loop: told of changes, ended
 * with the server. */
#include "followers.h"
#include "result.h"
#include "session_stream_private.h"
#include "topic.h"

static _Thread_local struct session_stream *listening;
static _Thread_local bool ending;       /* the server stops: who comes now is sent away again */

static void end_now(struct timer *timer, struct loop *loop);

static void end_soon(struct session_stream *stream, int64_t in_ms)
{
	stream->timer.run = end_now;
	session_stream_set_timer(stream, &stream->timer, in_ms);
}

/* ---- Who follows what ---- */

/* Of one whose client is away until it resumes nobody is there. */
static void add_followed(struct following *following, const struct session_stream *stream)
{
	if (!following->wanted || stream->answers || !stream->receiver)
		return;
	struct arena *arena = arena_create();
	int count;
	const char **uris = session_shown(stream->session, NULL, stream->caller, arena, &count);
	for (int i = 0; i < count; i++)
		following_add(following, uris[i], stream->caller);
	arena_destroy(arena);
}

bool session_streams_follow(struct following *following)
{
	for (const struct session_stream *stream = listening; stream; stream = stream->listening_next)
		add_followed(following, stream);
	return listening;
}

static void say_followed(const struct session_stream *stream)
{
	struct following following = following_begin(stream->home);

	add_followed(&following, stream);
	following_end(&following);
}

/* ---- Coming and going ---- */

void listening_add(struct session_stream *stream)
{
	if (ending)
		end_soon(stream, 0);
	stream->listening_next = listening;
	stream->listening_place = &listening;
	if (listening)
		listening->listening_place = &stream->listening_next;
	listening = stream;
	say_followed(stream);
}

void listening_remove(struct session_stream *stream)
{
	if (!stream->listening_place)
		return;
	*stream->listening_place = stream->listening_next;
	if (stream->listening_next)
		stream->listening_next->listening_place = stream->listening_place;
	stream->listening_place = NULL;
}

void listening_attached(struct session_stream *stream)
{
	if (ending && stream->listening_place)
		end_soon(stream, 0);
	say_followed(stream);
}

/* ---- Changes ---- */

void session_carry(struct session *session, int64_t stream)
{
	struct carrying *latest = session->carried;

	pthread_mutex_lock(&session->lock);
	if (latest->stream != stream) {
		memmove(latest + 1, latest, (CARRIED_MAX - 1) * sizeof(*latest));
		*latest = (struct carrying) { stream, atomic_load(&changes_so_far) };
	}
	pthread_mutex_unlock(&session->lock);
}

int64_t session_carrier(struct session *session, uint64_t change)
{
	int i = 0;

	pthread_mutex_lock(&session->lock);
	while (i < CARRIED_MAX && session->carried[i].after >= change)
		i++;
	int64_t stream = i < CARRIED_MAX ? session->carried[i].stream : CARRIER_UNKNOWN;
	pthread_mutex_unlock(&session->lock);
	return stream;
}

/* A message goes to exactly one stream of a session: that whose client came last. Where one can't know,
 * rather to all than to none. */
static bool carries(const struct session_stream *stream, uint64_t change)
{
	if (!stream->owned)
		return false;
	int64_t carrier = session_carrier(stream->session, change);
	return carrier == stream->number || carrier == CARRIER_UNKNOWN;
}

static str changed(struct arena *arena, const char *what)
{
	const char *uri, *method = topic_method(what, &uri);

	if (!uri)
		return str_of(arena_print(arena, "{\"jsonrpc\":\"2.0\",\"method\":\"%s\"}", method));
	struct json json = notification(arena, method);
	json_key(&json, "uri");
	json_text(&json, uri);
	return notification_end(&json);
}

/* A changed list concerns every session, a changed resource those that follow it. */
static void tell_list(const struct change *change)
{
	struct arena *arena = arena_create();
	str message = changed(arena, change->uri);

	for (struct session_stream *stream = listening; stream; stream = stream->listening_next)
		if (carries(stream, change->number))
			session_stream_send(stream, message);
	arena_destroy(arena);
}

/* Of a topic, or of all it follows (NULL). */
static void tell_resources(struct session_stream *stream, const struct topic *topic)
{
	struct arena *arena = arena_create();
	int count;
	const char **uris = session_shown(stream->session, topic, stream->caller, arena, &count);

	for (int i = 0; i < count; i++)
		session_stream_send(stream, changed(arena, uris[i]));
	arena_destroy(arena);
}

void session_streams_tell(const struct change *change)
{
	const char *uri;

	topic_method(change->uri, &uri);
	if (!uri) {
		tell_list(change);
		return;
	}
	for (struct session_stream *stream = listening; stream; stream = stream->listening_next)
		if (session_follows(stream->session, change->topic) && carries(stream, change->number))
			tell_resources(stream, &change->topic);
}

void listening_tell_all(struct session_stream *stream)
{
	tell_resources(stream, NULL);
}

void listening_catch_up(struct session_stream *stream)
{
	if (!stream->answers && carries(stream, UINT64_MAX))
		listening_tell_all(stream);
}

/* Of several that come back after their process died one is told, whatever loops they land on. It speaks
 * for another that carries right before or after it, while nothing changes. */
bool listening_missed(struct session_stream *stream)
{
	struct session *session = stream->session;

	pthread_mutex_lock(&session->lock);
	const struct carrying *own = session->carried, *other = own;
	if (own->stream == stream->number)
		other++;
	else
		own++;
	const struct session_stream *told = session->streams;
	while (told && (told == stream || told->number != session->told))
		told = told->next;
	bool carried = told && told->attached && !told->ended && told->number == other->stream &&
	               own->stream == stream->number && own->after == atomic_load(&changes_so_far);
	session->told = stream->number;
	pthread_mutex_unlock(&session->lock);
	return !carried;
}

/* ---- Ending ---- */

/* A client that is connected here comes back, wherever its stream is written. */
static void end_now(struct timer *timer, UNUSED struct loop *loop)
{
	struct session_stream *stream = SESSION_STREAM_OF(timer, timer);

	if (stream->answers)
		session_stream_interrupt(stream);
	else
		session_stream_finish(stream);
}

void session_streams_lose(void)
{
	for (struct session_stream *stream = listening, *next; stream; stream = next) {
		next = stream->listening_next;
		stream->owned = false;
		session_stream_interrupt(stream);
		session_stream_forget(stream);
	}
}

void session_streams_end_listening(int64_t jitter_ms)
{
	ending = true;
	for (struct session_stream *stream = listening; stream; stream = stream->listening_next) {
		uint32_t random;
		random_bytes(&random, sizeof(random));
		end_soon(stream, jitter_ms > 0 ? random % jitter_ms : 0);
	}
}
