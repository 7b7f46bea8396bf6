/* listener.c - whether somebody who begins to listen may have missed a change.
 *
 * Nothing in a request says whether its client was here before. But the database knows since when its caller
 * listens to a resource or a list, whichever process and connection that was at, and this process when that changed
 * last, or since when it hears of changes; before, lists may have been another program's. What may have changed since
 * its caller first listened to it is told; what did not is told to nobody. Whoever listens for the first time may
 * have read shortly before. */
#include "listener.h"

#include <stdlib.h>

#include "json.h"
#include "listener_rows.h"
#include "sha256.h"
#include "topic.h"

#define READ_BEFORE_MS 60000            /* it listens */

/* What it listens to, in the order of the rows' topics. */
struct listened {
	int64_t topic;
	int place;                      /* in subscription->followed */
};

struct looking {
	struct listener_errand listener;
	const struct listened *listened;
	int count;
	uint64_t serial;
};

/* Nobody has to be able to read it, and nobody can choose one that another has. Above 0. */
static int64_t hash_of(const char *kind, const char *text)
{
	uint8_t digest[DIGEST_SIZE];
	uint64_t hash;

	digest_for(kind, str_of(text), digest);
	memcpy(&hash, digest, sizeof(hash));
	return (int64_t)(hash >> 2) + 1;
}

static int by_topic(const void *a, const void *b)
{
	const struct listened *one = a, *other = b;

	return (one->topic > other->topic) - (one->topic < other->topic);
}

/* What changed since it was noted finds it here. */
static void mark_due(const struct looking *looking, struct subscription *subscription)
{
	const struct listener_errand *listener = &looking->listener;

	for (int i = 0, row = 0; i < looking->count; i++) {
		struct subscribed *followed = &subscription->followed[looking->listened[i].place];
		int64_t changed_ms = topic_changed_ms(followed->topic);
		while (listener->topics[row] != looking->listened[i].topic)
			row++;
		followed->due |= changed_ms && changed_ms >= listener->since_ms[row] - READ_BEFORE_MS;
	}
}

static void looked(struct errand *errand)
{
	const struct looking *looking = (const struct looking *)errand;
	struct mcp_call *call = call_find(looking->serial);

	if (!call || !call->subscription || !call->subscription->place)
		return;
	if (errand->failed || http_quiesced()) {
		call->fault = &FAULT_BUSY;
		call_settle(call);
		return;
	}
	mark_due(looking, call->subscription);
	subscription_acknowledge(call->subscription);
}

static const struct errand_kind look_kind = { .work = listener_rows_note, .done = looked };

static const struct listened *in_order(struct arena *arena, const struct subscription *subscription, int count)
{
	struct listened *listened = arena_array(arena, struct listened, count);

	for (int i = 0; i < count; i++) {
		listened[i].place = i;
		listened[i].topic = hash_of("listened to",
		                            offer_known_as(arena, str_of(subscription->followed[i].uri)));
	}
	qsort(listened, (size_t)count, sizeof(*listened), by_topic);
	return listened;
}

static void list_topics_of(struct looking *looking)
{
	struct listener_errand *listener = &looking->listener;
	int64_t *topics = arena_array(listener->errand.arena, int64_t, looking->count);

	for (int i = 0; i < looking->count; i++)
		if (i == 0 || looking->listened[i].topic != looking->listened[i - 1].topic)
			topics[listener->count++] = looking->listened[i].topic;
	listener->topics = topics;
	listener->since_ms = arena_array(listener->errand.arena, int64_t, listener->count);
}

void listener_look(struct subscription *subscription)
{
	if (subscription->resources == 0) {
		subscription_acknowledge(subscription);
		return;
	}
	struct looking *looking = errand_new(&look_kind, struct looking);
	const struct reply *reply = subscription->call->reply;

	looking->count = subscription->resources;
	looking->listened = in_order(looking->listener.errand.arena, subscription, looking->count);
	looking->listener.caller = hash_of("listener", caller_name(reply->caller));
	list_topics_of(looking);
	looking->listener.errand.party = reply_party(subscription->call->reply);
	looking->serial = subscription->call->serial;
	errand_send(&looking->listener.errand);
}
