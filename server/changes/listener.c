/* listener.c - whether somebody who begins to listen may have missed a change.
 *
 * Nothing in a request says whether its client was here before. But the database knows since when its caller
 * listens to a resource, whichever process and connection that was at, and this process when the resource changed
 * last, or since when it hears of changes. A resource that may have changed since its caller first listened to it
 * is told; one that did not is told to nobody. Whoever listens for the first time may have read shortly before. */
#include "listener.h"

#include "json.h"
#include "listener_rows.h"
#include "topic.h"

#define READ_BEFORE_MS 60000            /* it listens */

struct looking {
	struct listener_errand listener;
	uint64_t serial;
};

/* NULL: nobody knows since when. */
static const struct state_listener *known(const struct looking *looking, int64_t topic)
{
	const struct state_listener *each = looking->listener.known.first;
	int64_t count = looking->listener.errand.failed || looking->listener.unsure
		? 0 : looking->listener.known.count;

	for (int64_t i = 0; i < count; i++)
		if (each[i].topic == topic)
			return &each[i];
	return NULL;
}

static void looked(struct errand *errand)
{
	const struct looking *looking = (const struct looking *)errand;
	struct mcp_call *call = call_find(looking->serial);
	struct subscription *subscription = call ? call->subscription : NULL;

	if (!subscription || !subscription->place)
		return;
	const char *caller = caller_name(call->reply->caller);
	for (int i = subscription->lists; i < subscription->resources; i++) {
		struct subscribed *followed = &subscription->followed[i];
		const struct state_listener *row = known(looking, listener_topic(caller, followed->uri));

		if (!followed->told)
			followed->due |= !row || topic_changed_ago_ms(followed->uri) <= row->known_ms + READ_BEFORE_MS;
	}
	subscription_tell_due(subscription);
}

static const struct errand_kind note_kind = { .work = listener_rows_note, .lasts = true };

/* Its rows have to get there some time, or its client would be taken for a new one when it comes back. */
static void note_later(const struct listener_errand *failed)
{
	struct listener_errand *note = errand_new(&note_kind, struct listener_errand);

	note->topics = arena_copy(note->errand.arena, str_of(failed->topics));
	note->errand.party = failed->errand.party;
	errand_send(&note->errand);
}

static void done(struct errand *errand)
{
	looked(errand);
	if (errand->failed)
		note_later((const struct listener_errand *)errand);
}

static const struct errand_kind look_kind = { .work = listener_rows_note, .done = done };

static const char *topics(struct arena *arena, const struct subscription *subscription)
{
	const char *caller = caller_name(subscription->call->reply->caller);
	struct json json = json_begin(arena, 256);

	json_array(&json);
	for (int i = subscription->lists; i < subscription->resources; i++)
		json_int(&json, listener_topic(caller, subscription->followed[i].uri));
	json_array_end(&json);
	return arena_copy(arena, json_end(&json));
}

void listener_look(struct subscription *subscription)
{
	if (subscription->resources == subscription->lists)
		return;
	struct looking *looking = errand_new(&look_kind, struct looking);

	looking->listener.topics = topics(looking->listener.errand.arena, subscription);
	looking->listener.errand.party = reply_party(subscription->call->reply);
	looking->serial = subscription->call->serial;
	errand_send(&looking->listener.errand);
}
