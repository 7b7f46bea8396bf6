/* queue.c - see queue.h. */
#include "queue.h"

#include "listed.h"

/* In the words of the index (schema.c). */
#define QUEUE_ORDER "waiting_since / 300000, coalesce(sentiment, 0), waiting_since, id"

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

void conversation_changed(struct arena *arena, const char *id, bool queue)
{
	mcp_changed(conversation_uri(arena, id));
	if (queue)
		mcp_changed(QUEUE_URI);
}

/* ---- Places ---- */

struct place { int64_t place; };
static SHAPE(place_shape, struct place, PARAM(struct place, place));

bool queue_place(struct store *store, struct arena *arena, const struct conversation *conversation, int64_t *place)
{
	struct place found = { 0 };

	*place = 0;
	if (strcmp(conversation->status, "waiting") != 0)
		return true;
	int fine = store_find_one(store, arena, "select count(*) + 1 as place from conversation where status = 'waiting'"
	                          " and (" QUEUE_ORDER ") < (:waiting_since / 300000, coalesce(:sentiment, 0), :waiting_since, :id)",
	                          conversation_row_shape, conversation, place_shape, &found);
	*place = found.place;
	return fine == 1;
}

struct bound { int64_t number; };
static SHAPE(bound_shape, struct bound, PARAM(struct bound, number));

bool queue_find(struct store *store, struct arena *arena, int64_t limit, struct queued *queued)
{
	const struct bound most = { limit };
	struct bound all;
	ROWS(struct conversation) waiting, taken;

	if (store_find_one(store, arena, "select count(*) as number from conversation where status = 'waiting'", NULL, NULL,
	                   bound_shape, &all) != 1 ||
	    !store_find(store, arena, "select " LISTED_COLUMNS " from conversation c where status = 'waiting' order by " QUEUE_ORDER
	                " limit :number", bound_shape, &most, conversation_row_shape, &waiting) ||
	    !store_find(store, arena, "select " LISTED_COLUMNS " from conversation c where status = 'with_person'"
	                " order by updated_at desc, id desc limit :number", bound_shape, &most, conversation_row_shape, &taken))
		return false;
	*queued = (struct queued) { all.number, { waiting.first, waiting.count }, { taken.first, taken.count } };
	return true;
}

/* ---- What nobody answered ---- */

#define PATIENCE_MS 120000
#define AT_ONCE 100
#define SOON_MS 10
#define LOOK_MS 15000
#define TROUBLED_MS 5000

struct silence {
	struct arena *arena;
	const char *id;
	int64_t before, now, limit;
	bool passed_on;
};

static SHAPE(silence_shape, struct silence,
	PARAM(struct silence, id), PARAM(struct silence, before), PARAM(struct silence, now), PARAM(struct silence, limit));

/* Each process looks: whoever comes second finds that it waits. */
#define UNANSWERED \
	"status = 'open' and answered < messages and updated_at < :before and turn_until < :now"

static bool pass_on(struct store *store, void *context)
{
	struct silence *silence = context;
	struct conversation conversation;
	int found = store_find_one(store, silence->arena, "select " CONVERSATION_COLUMNS " from conversation where id = :id and "
	                           UNANSWERED, silence_shape, silence, conversation_row_shape, &conversation);

	silence->passed_on = false;
	if (found <= 0)
		return found == 0;
	silence->passed_on = true;
	conversation_end_turn(&conversation);
	return history_wait_for_person(store, silence->arena, &conversation, &(struct passing_on) {
		.reason = "nobody answered in time", .author = "support",
		.note = "Nobody answered in time, so a person of the shop will.",
	}, silence->now) && conversation_keep(store, &conversation);
}

int64_t pass_on_unanswered(struct store *store)
{
	int64_t now = now_ms();
	struct silence silence = { .arena = arena_create(), .before = now - PATIENCE_MS, .now = now, .limit = AT_ONCE };
	ROWS(struct conversation) rows = { .count = 0 };
	bool fine = store_find(store, silence.arena, "select id from conversation where " UNANSWERED
	                       " order by updated_at, id limit :limit", silence_shape, &silence, conversation_row_shape, &rows);

	for (int64_t i = 0; fine && i < rows.count; i++) {
		silence.id = rows.first[i].id;
		fine = store_transact(store, pass_on, &silence) == STORE_COMMITTED;
		if (fine && silence.passed_on)
			conversation_changed(silence.arena, silence.id, true);
	}
	bool more = rows.count == AT_ONCE;
	arena_destroy(silence.arena);
	return !fine ? TROUBLED_MS : more ? SOON_MS : LOOK_MS;
}
