/* subscription.c - subscriptions/listen of 2026-07-28: a stream that tells of what was asked for.
 *
 * Acknowledged first, every message tagged with the subscription (the request's id). There is no
 * replay, so what a client that was away may have missed is told at the beginning, see listener.c. Nobody is
 * acknowledged who would not be known when it comes back. A
 * client that reads slowly gets one notice a resource, however often it changed meanwhile. */
#include <stdlib.h>

#include "expiry.h"
#include "fatal.h"
#include "followers.h"
#include "listener.h"
#include "result.h"
#include "shares.h"
#include "sight.h"
#include "subscription.h"
#include "topic.h"

#define FOLLOWED_MAX 1000
#define CROWDED_BYTES 4096              /* not yet read: further changes are only marked */
#define INDEX_SIZE 4096                 /* of a loop; a power of two */

static _Thread_local struct subscription *subscriptions;
static _Thread_local bool ending;       /* the server stops: who comes now is sent away again */
static _Thread_local struct subscribed **topics;  /* what is followed, by its topic */
static struct shares shares = SHARES;   /* of all loops' */

/* ---- Who follows what ---- */

static struct subscribed **index_place(struct topic topic)
{
	if (!topics && !(topics = calloc(INDEX_SIZE, sizeof(*topics))))
		fatal();
	return &topics[topic.key & (INDEX_SIZE - 1)];
}

static void index_put(struct subscribed *followed, struct subscribed **place)
{
	followed->place = place;
	followed->next = *place;
	if (followed->next)
		followed->next->place = &followed->next;
	*place = followed;
}

/* Those of one subscription are added in one go, so they come before all others. */
static bool is_added(const struct subscribed *followed, const struct subscribed *first)
{
	for (; first && first->subscription == followed->subscription; first = first->next)
		if (topic_is(first->topic, followed->topic) && strcmp(first->uri, followed->uri) == 0)
			return true;
	return false;
}

/* What is wanted twice is told once, in each of its spellings. */
static void index_add(struct subscription *subscription)
{
	int wanted = subscription->count, resources = subscription->resources;

	subscription->count = 0;
	for (int i = 0; i < wanted; i++) {
		struct subscribed *followed = &subscription->followed[subscription->count];

		*followed = subscription->followed[i];
		followed->subscription = subscription;
		followed->topic = topic_of(subscription->call->arena, str_of(followed->uri));
		struct subscribed **place = index_place(followed->topic);
		if (is_added(followed, *place)) {
			subscription->resources -= i < resources;
			continue;
		}
		index_put(followed, place);
		subscription->count++;
	}
}

static void index_remove(struct subscription *subscription)
{
	for (int i = 0; i < subscription->count; i++) {
		struct subscribed *followed = &subscription->followed[i];

		*followed->place = followed->next;
		if (followed->next)
			followed->next->place = followed->place;
	}
}

void subscriptions_end_loop(void)
{
	free(topics);
	topics = NULL;
}

/* ---- Messages ---- */

void subscription_send(struct subscription *subscription, struct json *json)
{
	json_key(json, "_meta");
	json_object(json);
	json_key(json, "io.modelcontextprotocol/subscriptionId");
	json_value(json, subscription->call->id);
	json_object_end(json);
	reply_event(subscription->call->reply, notification_end(json));
}

/* What an extension has followed besides; NULL: none does. */
static const struct subscription_kind *kind(void)
{
	for (int i = 0; runtime.extensions[i]; i++)
		if (runtime.extensions[i]->follows)
			return runtime.extensions[i]->follows;
	return NULL;
}

static void tell(struct subscription *subscription, struct subscribed *followed)
{
	followed->due = false;
	if (followed - subscription->followed >= subscription->resources) {
		kind()->tell(subscription, followed);
		return;
	}
	struct arena *arena = arena_create();
	const char *uri, *method = topic_method(followed->uri, &uri);
	struct json json = notification(arena, method);

	if (uri) {
		json_key(&json, "uri");
		json_text(&json, uri);
	}
	subscription_send(subscription, &json);
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

static void send_acknowledgement(struct subscription *subscription)
{
	struct arena *arena = arena_create();
	struct json json = notification(arena, "notifications/subscriptions/acknowledged");

	json_key(&json, "notifications");
	json_object(&json);
	for (int i = 0; i < subscription->lists; i++) {
		json_key(&json, list_member(subscription->followed[i].uri));
		json_bool(&json, true);
	}
	if (subscription->resources > subscription->lists) {
		json_key(&json, "resourceSubscriptions");
		json_array(&json);
		for (int i = subscription->lists; i < subscription->resources; i++)
			json_text(&json, subscription->followed[i].uri);
		json_array_end(&json);
	}
	if (subscription->count > subscription->resources) {
		json_key(&json, kind()->member);
		json_array(&json);
		for (int i = subscription->resources; i < subscription->count; i++)
			json_text(&json, subscription->followed[i].uri + strlen(kind()->topic));
		json_array_end(&json);
	}
	json_object_end(&json);
	subscription_send(subscription, &json);
	arena_destroy(arena);
}

/* ---- Beginning ---- */

/* One that is about to begin: it is not known yet what its caller sees. */
struct beginning {
	struct sights sights;
	struct subscription *subscription;
	yyjson_val *ids;                /* of what an extension has followed; NULL: none */
	const char **lacking;           /* scopes of what the caller may not read, each once; NULL: none */
	int lacking_count;
};

static void add_lacking(struct beginning *beginning, const char *scope, size_t most)
{
	if (!beginning->lacking)
		beginning->lacking = arena_array(beginning->subscription->call->arena, const char *, most + 1);
	for (int i = 0; i < beginning->lacking_count; i++)
		if (beginning->lacking[i] == scope)
			return;
	beginning->lacking[beginning->lacking_count++] = scope;
}

/* The URIs that name a resource this caller may read; the rest is left out of the acknowledgement. */
static void add_uris(struct mcp_call *call, struct beginning *beginning, yyjson_val *uris)
{
	struct subscription *subscription = beginning->subscription;
	struct sights *sights = &beginning->sights;
	size_t index, count;
	yyjson_val *each;

	yyjson_arr_foreach(uris, index, count, each) {
		str uri = { yyjson_get_str(each), yyjson_get_len(each) };
		struct sight sight = { 0 };
		if (uri.at)
			sight.offer = offer_for_uri(call->arena, uri, &sight.in);
		if (!sight.offer)
			continue;
		if (!call_may(call, sight.offer->scope)) {
			add_lacking(beginning, sight.offer->scope, yyjson_arr_size(uris));
			continue;
		}
		sight.uri = arena_copy(call->arena, uri);
		if (sight_is_sure(call->reply->caller, sight.offer)) {
			subscription->followed[subscription->count++].uri = sight.uri;
			continue;
		}
		if (!sights->first)
			sights->first = arena_array(call->arena, struct sight, yyjson_arr_size(uris));
		sights->first[sights->count++] = sight;
	}
}

static const struct fault *begin(struct mcp_call *call UNUSED, struct sights *sights)
{
	struct beginning *beginning = (struct beginning *)sights;
	struct subscription *subscription = beginning->subscription;

	for (int i = 0; i < sights->count; i++)
		if (sights->first[i].seen)
			subscription->followed[subscription->count++].uri = sights->first[i].uri;
	subscription->resources = subscription->count;
	return beginning->ids ? kind()->find(subscription, beginning->ids)
	                      : subscription_begin(subscription);
}

static const struct fault *read_wishes(struct mcp_call *call, struct beginning *beginning,
                                       yyjson_val *wanted)
{
	struct subscription *subscription = beginning->subscription;
	yyjson_val *uris = yyjson_obj_get(wanted, "resourceSubscriptions"), *ids = beginning->ids;

	if (uris && (!yyjson_is_arr(uris) || yyjson_arr_size(uris) > FOLLOWED_MAX))
		return fault_say(call->arena, &FAULT_PARAMS,
		                 "resourceSubscriptions must be an array of at most %d URIs.", FOLLOWED_MAX);
	if (ids && (!yyjson_is_arr(ids) || yyjson_arr_size(ids) > FOLLOWED_MAX))
		return fault_say(call->arena, &FAULT_PARAMS,
		                 "%s must be an array of at most %d ids.", kind()->member, FOLLOWED_MAX);
	subscription->followed = arena_array(call->arena, struct subscribed,
	                                     yyjson_arr_size(uris) + yyjson_arr_size(ids) + 4);
	for (int list = MCP_TOOLS; list <= MCP_RESOURCES; list++)
		if (yyjson_get_bool(yyjson_obj_get(wanted, list_members[list])))
			subscription->followed[subscription->lists++].uri = list_topics[list];
	subscription->count = subscription->lists;
	add_uris(call, beginning, uris);
	return NULL;
}

static void leave(struct mcp_call *call);
/* It is over when it is ended, or its client leaves. */
static const struct wait change = { .leave = leave };

static void look_again(struct timer *timer, UNUSED struct loop *loop);
static void end_soon(struct subscription *subscription, int64_t in_ms);
static void end(void *of);

const struct fault *subscription_begin(struct subscription *subscription)
{
	subscription->party = reply_party(subscription->call->reply);
	if (!shares_take(&shares, subscription->party, 1, runtime.set.listens_max)) {
		metric_add(METRIC_LIMIT_STREAMS, 1);
		return shares_are_gone(&shares, runtime.set.listens_max) ? &FAULT_BUSY : &FAULT_SHARE;
	}
	metric_add(METRIC_LISTENS, 1);
	subscription->call->subscription = subscription;
	subscription->call->wait = &change;
	subscription->timer.run = look_again;
	subscription->next = subscriptions;
	subscription->place = &subscriptions;
	if (subscriptions)
		subscriptions->place = &subscription->next;
	subscriptions = subscription;
	subscription->expiry = expiry_begin(subscription->call->reply->caller,
	                                    subscription->call->reply->loop, end, subscription);

	index_add(subscription);
	for (int i = subscription->resources; i < subscription->count; i++)
		subscription->followed[i].due = true;
	listener_look(subscription);
	return NULL;
}

static void add_followed(struct following *following, const struct subscription *subscription)
{
	for (int i = subscription->lists; i < subscription->resources; i++)
		following_add(following, subscription->followed[i].uri, subscription->call->reply->caller);
}

bool subscriptions_follow(struct following *following)
{
	for (const struct subscription *each = subscriptions; each; each = each->next)
		add_followed(following, each);
	return subscriptions;
}

void subscription_acknowledge(struct subscription *subscription)
{
	struct following following = following_begin(subscription->call->reply->loop);

	add_followed(&following, subscription);
	following_end(&following);
	subscription->acknowledged = true;
	send_acknowledgement(subscription);
	subscription_tell_due(subscription);
	if (ending)
		end_soon(subscription, 0);
}

const struct fault *subscriptions_listen(struct mcp_call *call, subscription_lacks_fn *lacks)
{
	yyjson_val *wanted = yyjson_obj_get(call->params, "notifications");
	struct beginning *beginning = arena_new(call->arena, struct beginning);

	if (!yyjson_is_obj(wanted))
		return fault_say(call->arena, &FAULT_PARAMS, "params.notifications must be an object.");
	if (!reply_can_stream(call->reply))
		return fault_say(call->arena, &(struct fault) { FAULT_HTTP(406) },
		                 "subscriptions/listen answers as text/event-stream only.");
	beginning->sights.then = begin;
	beginning->ids = kind() ? yyjson_obj_get(wanted, kind()->member) : NULL;
	beginning->subscription = arena_new(call->arena, struct subscription);
	beginning->subscription->call = call;
	TRY(read_wishes(call, beginning, wanted));
	TRY(beginning->lacking ? lacks(call, beginning->lacking) : NULL);
	return sights_look(call, &beginning->sights);
}

static void leave(struct mcp_call *call)
{
	struct subscription *subscription = call->subscription;

	if (!subscription->place)
		return;
	*subscription->place = subscription->next;
	if (subscription->next)
		subscription->next->place = subscription->place;
	subscription->place = NULL;
	index_remove(subscription);
	timer_clear(call->reply->loop, &subscription->timer);
	expiry_drop(subscription->expiry);
	shares_add(&shares, subscription->party, -1);
	metric_add(METRIC_LISTENS, -1);
}

/* ---- Telling ---- */

static bool is_crowded(const struct subscription *subscription)
{
	const struct stream *stream = subscription->call->reply->stream;

	return stream && stream_backlog(stream) > CROWDED_BYTES;
}

/* The listener has taken all that was sent. */
static void was_sent(void *reply)
{
	const struct mcp_call *call = ((const struct reply *)reply)->calls;

	if (call && call->subscription)
		subscription_tell_due(call->subscription);
}

/* As much as the client takes; the rest when it has taken that. */
void subscription_tell_due(struct subscription *subscription)
{
	if (!subscription->acknowledged)
		return;
	for (int i = 0; i < subscription->count; i++) {
		if (!subscription->followed[i].due)
			continue;
		if (is_crowded(subscription)) {
			stream_when_sent(subscription->call->reply->stream, was_sent);
			return;
		}
		tell(subscription, &subscription->followed[i]);
	}
}

static struct subscription *of_timer(struct timer *timer)
{
	return (struct subscription *)(void *)((char *)timer - offsetof(struct subscription, timer));
}

static void look_again(struct timer *timer, UNUSED struct loop *loop)
{
	subscription_tell_due(of_timer(timer));
}

void subscription_look_again(struct subscription *subscription, int64_t in_ms)
{
	struct loop *loop = subscription->call->reply->loop;

	/* Not where it is to end. */
	if (subscription->timer.run == look_again)
		timer_set(loop, &subscription->timer, loop_tick_ms(loop) + in_ms);
}

void subscriptions_tell(struct topic topic)
{
	for (struct subscribed *each = topics ? *index_place(topic) : NULL; each; each = each->next) {
		if (!topic_is(each->topic, topic))
			continue;
		each->due = true;
		if (is_crowded(each->subscription))
			stream_when_sent(each->subscription->call->reply->stream, was_sent);
		else if (each->subscription->acknowledged)
			tell(each->subscription, each);
	}
}

void subscriptions_tell_all(void)
{
	for (struct subscription *each = subscriptions; each; each = each->next) {
		for (int i = 0; i < each->count; i++)
			each->followed[i].due = true;
		subscription_look_again(each, 0);
	}
}

/* ---- Ending ---- */

static void end(void *of)
{
	struct mcp_call *call = ((struct subscription *)of)->call;

	call_result(call, "complete");
	call_settle(call);
}

static void end_now(struct timer *timer, UNUSED struct loop *loop)
{
	end(of_timer(timer));
}

static void end_soon(struct subscription *subscription, int64_t in_ms)
{
	struct loop *loop = subscription->call->reply->loop;

	subscription->timer.run = end_now;
	timer_set(loop, &subscription->timer, loop_tick_ms(loop) + in_ms);
}

void subscriptions_end(int64_t jitter_ms)
{
	ending = true;
	for (struct subscription *each = subscriptions; each; each = each->next) {
		uint32_t random;
		random_bytes(&random, sizeof(random));
		end_soon(each, jitter_ms > 0 ? random % jitter_ms : 0);
	}
}
