/* subscription.c - subscriptions/listen of 2026-07-28: one stream that tells of the changes asked for.
 *
 * Acknowledged first, every message tagged with the subscription (the request's id). There is no
 * replay, so each resource is told once at the beginning: a client that was away reads again. A
 * client that reads slowly gets one notice a resource, however often it changed meanwhile. */
#include <stdlib.h>

#include "subscription.h"
#include "subscription_private.h"
#include "shares.h"
#include "topic.h"

#define FOLLOWED_MAX 1000
#define CROWDED_BYTES 4096              /* not yet read: further changes are only marked */
#define INDEX_SIZE 4096                 /* of a loop; a power of two */

static _Thread_local struct listen *listens;
static _Thread_local bool ending;       /* the server stops: who comes now is sent away again */
static _Thread_local struct followed **topics;  /* what is followed, by the hash of its URI */
static struct shares shares = SHARES;   /* of all loops' */

/* ---- Who follows what ---- */

static struct followed **index_place(const char *uri)
{
	if (!topics && !(topics = calloc(INDEX_SIZE, sizeof(*topics))))
		abort();
	return &topics[topic_hash(uri) & (INDEX_SIZE - 1)];
}

static void index_add(struct listen *listen)
{
	for (int i = 0; i < listen->count; i++) {
		struct followed *followed = &listen->followed[i];

		followed->listen = listen;
		followed->place = index_place(followed->uri);
		followed->next = *followed->place;
		if (followed->next)
			followed->next->place = &followed->next;
		*followed->place = followed;
	}
}

static void index_remove(struct listen *listen)
{
	for (int i = 0; i < listen->count; i++) {
		struct followed *followed = &listen->followed[i];

		*followed->place = followed->next;
		if (followed->next)
			followed->next->place = followed->place;
	}
}

void listens_end_loop(void)
{
	free(topics);
	topics = NULL;
}

/* ---- Messages ---- */

struct json listen_message(struct arena *arena, const char *method)
{
	struct json json = json_begin(arena, 512);

	json_object(&json);
	json_key(&json, "jsonrpc");
	json_text(&json, "2.0");
	json_key(&json, "method");
	json_text(&json, method);
	json_key(&json, "params");
	json_object(&json);
	return json;
}

void listen_send(struct listen *listen, struct json *json)
{
	json_key(json, "_meta");
	json_object(json);
	json_key(json, "io.modelcontextprotocol/subscriptionId");
	json_value(json, listen->call->id);
	json_object_end(json);
	json_object_end(json);
	json_object_end(json);
	reply_event(listen->call->reply, json_end(json));
}

static void tell(struct listen *listen, struct followed *followed)
{
	followed->due = false;
	if (followed - listen->followed >= listen->resources) {
		listen_tell_task(listen, followed);
		return;
	}
	struct arena *arena = arena_create();
	const char *uri, *method = topic_method(followed->uri, &uri);
	struct json json = listen_message(arena, method);

	if (uri) {
		json_key(&json, "uri");
		json_text(&json, uri);
	}
	listen_send(listen, &json);
	arena_destroy(arena);
}

/* The member of params.notifications that asks for a list's changes. */
static const char *const list_members[] = {
	[MCP_TOOLS] = "toolsListChanged", [MCP_PROMPTS] = "promptsListChanged",
	[MCP_RESOURCES] = "resourcesListChanged"
};

static const char *list_member(const char *topic)
{
	int list = MCP_TOOLS;

	while (strcmp(list_topics[list], topic) != 0)
		list++;
	return list_members[list];
}

static void acknowledge(struct listen *listen)
{
	struct arena *arena = arena_create();
	struct json json = listen_message(arena, "notifications/subscriptions/acknowledged");

	json_key(&json, "notifications");
	json_object(&json);
	for (int i = 0; i < listen->lists; i++) {
		json_key(&json, list_member(listen->followed[i].uri));
		json_bool(&json, true);
	}
	if (listen->resources > listen->lists) {
		json_key(&json, "resourceSubscriptions");
		json_array(&json);
		for (int i = listen->lists; i < listen->resources; i++)
			json_text(&json, listen->followed[i].uri);
		json_array_end(&json);
	}
	if (listen->count > listen->resources) {
		json_key(&json, "taskIds");
		json_array(&json);
		for (int i = listen->resources; i < listen->count; i++)
			json_text(&json, listen_task_id(&listen->followed[i]));
		json_array_end(&json);
	}
	json_object_end(&json);
	listen_send(listen, &json);
	arena_destroy(arena);
}

/* ---- Beginning ---- */

/* The URIs that name a resource this caller may read; the rest is left out of the acknowledgement. */
static const struct fault *read_uris(struct mcp_call *call, struct listen *listen,
                                     yyjson_val *wanted)
{
	yyjson_val *uris = yyjson_obj_get(wanted, "resourceSubscriptions");
	yyjson_val *ids = yyjson_obj_get(wanted, "taskIds");
	size_t index, count;
	yyjson_val *each;
	const void *in;

	if (uris && (!yyjson_is_arr(uris) || yyjson_arr_size(uris) > FOLLOWED_MAX))
		return fault_say(call->arena, &FAULT_PARAMS,
		                 "resourceSubscriptions must be an array of at most %d URIs.", FOLLOWED_MAX);
	if (ids && (!yyjson_is_arr(ids) || yyjson_arr_size(ids) > FOLLOWED_MAX))
		return fault_say(call->arena, &FAULT_PARAMS,
		                 "taskIds must be an array of at most %d ids.", FOLLOWED_MAX);
	listen->followed = arena_array(call->arena, struct followed,
	                               yyjson_arr_size(uris) + yyjson_arr_size(ids) + 4);
	for (int list = MCP_TOOLS; list <= MCP_RESOURCES; list++)
		if (yyjson_get_bool(yyjson_obj_get(wanted, list_members[list])))
			listen->followed[listen->lists++].uri = list_topics[list];
	listen->count = listen->lists;
	yyjson_arr_foreach(uris, index, count, each) {
		str uri = { yyjson_get_str(each), yyjson_get_len(each) };
		const struct offer *offer = uri.at ? offer_for_uri(call->arena, uri, &in) : NULL;
		if (offer && call_may(call, offer->scope))
			listen->followed[listen->count++].uri = arena_copy(call->arena, uri);
	}
	listen->resources = listen->count;
	return NULL;
}

static void leave(struct mcp_call *call);
/* It is over when it is ended, or its client leaves. */
static const struct wait change = { .leave = leave };

static void look_again(struct timer *timer, UNUSED struct loop *loop);
static void tell_due(struct listen *listen);
static void end_soon(struct listen *listen, int64_t in_ms);

const struct fault *listen_begin(struct listen *listen)
{
	listen->party = reply_party(listen->call->reply);
	if (!shares_take(&shares, listen->party, 1, runtime.set.listens_max)) {
		metric_add(METRIC_LIMIT_STREAMS, 1);
		return &FAULT_BUSY;
	}
	metric_add(METRIC_LISTENS, 1);
	listen->call->listen = listen;
	listen->call->wait = &change;
	listen->timer.run = look_again;
	listen->next = listens;
	listen->place = &listens;
	if (listens)
		listens->place = &listen->next;
	listens = listen;

	index_add(listen);
	acknowledge(listen);
	for (int i = listen->lists; i < listen->count; i++)
		listen->followed[i].due = true;
	tell_due(listen);
	if (ending)
		end_soon(listen, 0);
	return NULL;
}

const struct fault *listen_for_changes(struct mcp_call *call)
{
	yyjson_val *wanted = yyjson_obj_get(call->params, "notifications");
	yyjson_val *ids = yyjson_obj_get(wanted, "taskIds");
	struct listen *listen = arena_new(call->arena, struct listen);

	if (!yyjson_is_obj(wanted))
		return fault_say(call->arena, &FAULT_PARAMS, "params.notifications must be an object.");
	if (!reply_can_stream(call->reply))
		return fault_say(call->arena, &(struct fault) { .code = 406, .http_sessions = 406,
			.http_stateless = 406 }, "subscriptions/listen answers as text/event-stream only.");
	listen->call = call;
	TRY(read_uris(call, listen, wanted));
	return ids ? listen_find_tasks(listen, ids) : listen_begin(listen);
}

static void leave(struct mcp_call *call)
{
	struct listen *listen = call->listen;

	if (!listen->place)
		return;
	*listen->place = listen->next;
	if (listen->next)
		listen->next->place = listen->place;
	listen->place = NULL;
	index_remove(listen);
	timer_clear(call->reply->loop, &listen->timer);
	shares_add(&shares, listen->party, -1);
	metric_add(METRIC_LISTENS, -1);
}

/* ---- Telling ---- */

static bool is_crowded(const struct listen *listen)
{
	const struct stream *stream = listen->call->reply->stream;

	return stream && stream_backlog(stream) > CROWDED_BYTES;
}

/* The listener has taken all that was sent. */
static void was_sent(void *reply)
{
	const struct mcp_call *call = ((const struct reply *)reply)->calls;

	if (call && call->listen)
		tell_due(call->listen);
}

/* As much as the client takes; the rest when it has taken that. */
static void tell_due(struct listen *listen)
{
	for (int i = 0; i < listen->count; i++) {
		if (!listen->followed[i].due)
			continue;
		if (is_crowded(listen)) {
			stream_when_sent(listen->call->reply->stream, was_sent);
			return;
		}
		tell(listen, &listen->followed[i]);
	}
}

static void look_again(struct timer *timer, UNUSED struct loop *loop)
{
	tell_due((struct listen *)(void *)((char *)timer - offsetof(struct listen, timer)));
}

void listen_look_again(struct listen *listen, int64_t in_ms)
{
	struct loop *loop = listen->call->reply->loop;

	/* Not where it is to end. */
	if (listen->timer.run == look_again)
		timer_set(loop, &listen->timer, loop_tick_ms(loop) + in_ms);
}

void listen_tell(const char *uri)
{
	for (struct followed *each = topics ? *index_place(uri) : NULL; each; each = each->next) {
		if (strcmp(each->uri, uri) != 0)
			continue;
		each->due = true;
		if (is_crowded(each->listen))
			stream_when_sent(each->listen->call->reply->stream, was_sent);
		else
			tell(each->listen, each);
	}
}

void listen_tell_all(void)
{
	for (struct listen *listen = listens; listen; listen = listen->next) {
		for (int i = 0; i < listen->count; i++)
			listen->followed[i].due = true;
		listen_look_again(listen, 0);
	}
}

/* ---- Ending ---- */

static void end_now(struct timer *timer, UNUSED struct loop *loop)
{
	struct listen *listen = (struct listen *)(void *)((char *)timer - offsetof(struct listen, timer));

	call_result(listen->call, "complete");
	call_settle(listen->call);
}

static void end_soon(struct listen *listen, int64_t in_ms)
{
	struct loop *loop = listen->call->reply->loop;

	listen->timer.run = end_now;
	timer_set(loop, &listen->timer, loop_tick_ms(loop) + in_ms);
}

void listens_end(int64_t jitter_ms)
{
	ending = true;
	for (struct listen *listen = listens; listen; listen = listen->next) {
		uint32_t random;
		random_bytes(&random, sizeof(random));
		end_soon(listen, jitter_ms > 0 ? random % jitter_ms : 0);
	}
}
