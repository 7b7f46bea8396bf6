/* listening.c - the streams that only listen (GET), of one loop: told of changes, ended with the server. */
#include "channel_private.h"
#include "topic.h"

static _Thread_local struct channel *listening;
static _Thread_local bool ending;       /* the server stops: who comes now is sent away again */

static void end_now(struct timer *timer, struct loop *loop);

static void end_soon(struct channel *channel, int64_t in_ms)
{
	channel->timer.run = end_now;
	channel_set_timer(channel, &channel->timer, in_ms);
}

void listening_add(struct channel *channel)
{
	if (ending)
		end_soon(channel, 0);
	channel->listening_next = listening;
	channel->listening_place = &listening;
	if (listening)
		listening->listening_place = &channel->listening_next;
	listening = channel;
}

void listening_remove(struct channel *channel)
{
	if (!channel->listening_place)
		return;
	*channel->listening_place = channel->listening_next;
	if (channel->listening_next)
		channel->listening_next->listening_place = channel->listening_place;
	channel->listening_place = NULL;
}

void listening_attached(struct channel *channel)
{
	if (ending && channel->listening_place)
		end_soon(channel, 0);
}

/* ---- Changes ---- */

/* A message goes to exactly one stream of a session: that whose client came last. */
static bool carries_messages(const struct channel *channel)
{
	return channel->owned && channel->number == atomic_load(&channel->session->listener);
}

static str notification(struct arena *arena, const char *topic)
{
	struct json json = json_begin(arena, 128 + strlen(topic));
	const char *uri, *method = topic_method(topic, &uri);

	json_object(&json);
	json_key(&json, "jsonrpc");
	json_text(&json, "2.0");
	json_key(&json, "method");
	json_text(&json, method);
	if (uri) {
		json_key(&json, "params");
		json_object(&json);
		json_key(&json, "uri");
		json_text(&json, uri);
		json_object_end(&json);
	}
	json_object_end(&json);
	return json_end(&json);
}

/* A changed list concerns every session, a changed resource those that follow it. */
void channels_tell(const char *topic)
{
	struct arena *arena = NULL;
	str message = { 0 };
	const char *uri;

	topic_method(topic, &uri);
	for (struct channel *channel = listening; channel; channel = channel->listening_next) {
		if ((uri && !session_follows(channel->session, uri)) || !carries_messages(channel))
			continue;
		if (!arena) {
			arena = arena_create();
			message = notification(arena, topic);
		}
		channel_send(channel, message);
	}
	arena_destroy(arena);
}

static void tell_all(struct channel *channel, struct arena *arena)
{
	struct session *session = channel->session;
	const char **uris;
	int count = 0;

	pthread_mutex_lock(&session->lock);
	uris = arena_array(arena, const char *, session->followed_count);
	for (struct followed *each = session->followed; each; each = each->next)
		uris[count++] = arena_copy(arena, (str) { each->uri, each->size });
	pthread_mutex_unlock(&session->lock);
	for (int i = 0; i < count; i++)
		channel_send(channel, notification(arena, uris[i]));
}

void listening_catch_up(struct channel *channel)
{
	struct arena *arena = arena_create();

	if (!channel->answers && carries_messages(channel))
		tell_all(channel, arena);
	arena_destroy(arena);
}

/* ---- Ending ---- */

/* A client that is connected here comes back, wherever its stream is written. */
static void end_now(struct timer *timer, UNUSED struct loop *loop)
{
	struct channel *channel =
		(struct channel *)(void *)((char *)timer - offsetof(struct channel, timer));

	if (channel->answers)
		channel_interrupt(channel);
	else
		channel_finish(channel);
}

void channels_lose(void)
{
	for (struct channel *channel = listening, *next; channel; channel = next) {
		next = channel->listening_next;
		channel->owned = false;
		channel_interrupt(channel);
		channel_forget(channel);
	}
}

void channels_end_listeners(int64_t jitter_ms)
{
	ending = true;
	for (struct channel *channel = listening; channel; channel = channel->listening_next) {
		uint32_t random;
		random_bytes(&random, sizeof(random));
		end_soon(channel, jitter_ms > 0 ? random % jitter_ms : 0);
	}
}
