/* queue_rows.c - the statements about who waits for a person, and who for an answer; see queue.h. */
#include "queue.h"

#include "rows.h"
#include "sql_rows.h"

/* In the words of the index (schema.c). */
#define QUEUE_ORDER "waiting_since / 300000, coalesce(sentiment, 0), waiting_since, id"

struct place { int64_t place; };
static SHAPE(place_shape, struct place, PARAM(struct place, place));

bool sql_queue_place(struct store *store, struct arena *arena, const struct conversation *conversation, int64_t *place)
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

bool sql_queue_find(struct store *store, struct arena *arena, int64_t limit, struct queued *queued)
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

static SHAPE(silence_shape, struct silence, PARAM(struct silence, before), PARAM(struct silence, now), PARAM(struct silence, limit));

bool sql_rows_unanswered(struct store *store, struct arena *arena, const struct silence *silence, struct conversations *found)
{
	ROWS(struct conversation) rows = { .count = 0 };
	bool fine = store_find(store, arena, "select id from conversation where status = 'open' and answered < messages and updated_at < :before"
	                       " and turn_until < :now order by updated_at, id limit :limit", silence_shape, silence, conversation_row_shape, &rows);

	*found = (struct conversations) { rows.first, rows.count };
	return fine;
}
