/* queue.c - see queue.h. */
#include "queue.h"

#include <stdatomic.h>

#include "figures.h"
#include "keeper.h"

bool history_add_note(struct store *store, struct arena *arena, struct conversation *conversation, const char *author, const char *text,
                      int64_t now)
{
	return message_add(store, arena, conversation, &(struct message) { .at = now, .role = "note", .author = author, .text = text });
}

bool conversation_is_for_person(const struct conversation *conversation)
{
	return strcmp(conversation->status, "waiting") == 0 || strcmp(conversation->status, "with_person") == 0;
}

bool history_wait_for_person(struct store *store, struct arena *arena, struct conversation *conversation, const struct passing_on *why,
                             int64_t now)
{
	if (why->contact)
		conversation->contact = why->contact;
	if (conversation_is_for_person(conversation))
		return true;
	conversation->status = "waiting";
	conversation->waiting_since = now;
	conversation->reason = why->reason;
	return history_add_note(store, arena, conversation, why->author, why->note, now);
}

#define LATE_LOOK_MS 500
#define NEVER_LATE_MS 3600000

static atomic_llong changed_at;         /* by tick_ms(): since then the queue's followers are to be told once more; 0: they are not */

void conversation_changed(struct arena *arena, const char *id, bool queue)
{
	mcp_changed(conversation_uri(arena, id));
	if (!queue)
		return;
	if (keeper->late_ms)
		atomic_store(&changed_at, tick_ms());
	mcp_changed(QUEUE_URI);
}

int64_t queue_tell_again(struct store *store UNUSED)
{
	long long at = atomic_load(&changed_at);

	if (at && tick_ms() - at >= keeper->late_ms && atomic_compare_exchange_strong(&changed_at, &at, 0))
		mcp_changed(QUEUE_URI);
	return keeper->late_ms ? LATE_LOOK_MS : NEVER_LATE_MS;
}

/* ---- What nobody answered ---- */

#define PATIENCE_MS 120000
#define AT_ONCE 100
#define SOON_MS 10
#define LOOK_MS 15000
#define TROUBLED_MS 5000

struct passing {
	struct arena *arena;
	const char *id;
	struct silence silence;
	bool passed_on;
};

static bool is_silent(const struct conversation *conversation, const struct silence *silence)
{
	return strcmp(conversation->status, "open") == 0 && conversation->answered < conversation->messages &&
	       conversation->updated_at < silence->before && conversation->turn_until < silence->now;
}

/* Each process looks: whoever comes second finds that it waits. */
static bool pass_on(struct store *store, void *context)
{
	struct passing *passing = context;
	struct conversation conversation;
	enum lookup found = conversation_find(store, passing->arena, passing->id, NULL, &conversation);

	passing->passed_on = false;
	if (found != FOUND || !is_silent(&conversation, &passing->silence))
		return found != HISTORY_FAILED;
	passing->passed_on = true;
	conversation_end_turn(&conversation);
	return history_wait_for_person(store, passing->arena, &conversation, &(struct passing_on) {
		.reason = "nobody answered in time", .author = "support",
		.note = "Nobody answered in time, so a person of the shop will.",
	}, passing->silence.now) && conversation_keep(store, &conversation);
}

int64_t pass_on_unanswered(struct store *store)
{
	int64_t now = now_ms();
	struct passing passing = { .arena = arena_create(), .silence = { .before = now - PATIENCE_MS, .now = now, .limit = AT_ONCE } };
	struct conversations found = { .count = 0 };
	bool fine = rows_unanswered(store, passing.arena, &passing.silence, &found);

	for (int64_t i = 0; fine && i < found.count; i++) {
		passing.id = found.conversations[i].id;
		fine = history_transact(store, pass_on, &passing) == STORE_COMMITTED;
		if (fine && passing.passed_on) {
			mcp_count(PASSED_ON, 1);
			conversation_changed(passing.arena, passing.id, true);
		}
	}
	bool more = found.count == AT_ONCE;
	arena_destroy(passing.arena);
	return !fine ? TROUBLED_MS : more ? SOON_MS : LOOK_MS;
}

/* ---- How many wait ---- */

int64_t queue_look(struct store *store)
{
	struct arena *arena = arena_create();
	struct queued queued;
	bool fine = queue_find(store, arena, 1, &queued);

	if (fine) {
		mcp_gauge(WAITING, queued.count);
		mcp_gauge(LONGEST_WAIT, queued.count ? (now_ms() - queued.waiting.conversations[0].waiting_since) / 1000 : 0);
	}
	arena_destroy(arena);
	return fine ? LOOK_MS : TROUBLED_MS;
}
