/* erase.c - see erase.h. */
#include "erase.h"

#include "queue.h"

#define MESSAGES_AT_ONCE 500
#define AT_ONCE 50              /* conversations in one run of the job */
#define DAY_MS INT64_C(86400000)
#define SOON_MS 10
#define TROUBLED_MS 60000
#define LATER_MS 3600000

/* What is erased, and the conversation it is about just now. */
struct erasing_of {
	const char *id, *customer;
	int64_t before;                 /* only where nothing was said since */
	int64_t limit;
	int64_t messages;               /* that went */
	int64_t conversations;          /* 1: it went itself. Somebody else may have been first */
	bool over;                      /* nothing is left to do */
};

static SHAPE(erasing_shape, struct erasing_of,
	PARAM(struct erasing_of, id), PARAM(struct erasing_of, customer), PARAM(struct erasing_of, before),
	PARAM(struct erasing_of, limit));

/* The first of its messages; with the last of them the conversation itself. */
static bool erase_some(struct store *store, void *context)
{
	struct erasing_of *erasing = context;
	struct erasing_of by = *erasing;

	by.limit = MESSAGES_AT_ONCE;
	erasing->conversations = 0;
	/* Their numbers have no gaps. A list of numbers to delete PostgreSQL makes anew for each row, while it knows no figures of the table. */
	erasing->messages = store_change(store, "delete from message where conversation_id = :id and seq <"
	                                 " (select min(m.seq) from message m where m.conversation_id = :id) + :limit"
	                                 " and exists (select 1 from conversation c where c.id = :id and c.updated_at < :before)",
	                                 erasing_shape, &by);
	erasing->over = erasing->messages < MESSAGES_AT_ONCE;
	if (erasing->messages >= 0 && erasing->over)
		erasing->conversations = store_change(store, "delete from conversation where id = :id and updated_at < :before",
		                                      erasing_shape, &by);
	return erasing->messages >= 0 && erasing->conversations >= 0;
}

/* All of one conversation. */
static bool erase_one(struct store *store, struct erasing_of *erasing, struct erased *erased)
{
	struct arena *arena = arena_create();
	bool fine;

	do {
		fine = store_transact(store, erase_some, erasing) == STORE_COMMITTED;
		erased->messages += fine ? erasing->messages : 0;
		erased->conversations += fine ? erasing->conversations : 0;
	} while (fine && !erasing->over);
	if (fine)
		conversation_changed(arena, erasing->id, true);
	arena_destroy(arena);
	return fine;
}

/* ---- What is old ---- */

static bool erase_rows(struct store *store, struct erasing_of *by, const struct rows *rows, struct erased *erased)
{
	const struct conversation *all = rows->first;

	for (int64_t i = 0; i < rows->count; i++) {
		by->id = all[i].id;
		if (!erase_one(store, by, erased))
			return false;
	}
	return true;
}

int64_t erase_older(struct store *store, int64_t before)
{
	struct erasing_of by = { .before = before, .limit = AT_ONCE };
	struct erased erased = { 0 };
	struct rows rows = { 0 };
	struct arena *arena = arena_create();
	bool fine = store_find(store, arena, "select id from conversation where updated_at < :before order by updated_at, id limit :limit",
	                       erasing_shape, &by, conversation_row_shape, &rows) &&
	            erase_rows(store, &by, &rows, &erased);
	if (erased.conversations)
		mcp_notice("%lld conversations are older than HISTORY_DAYS says, and erased", (long long)erased.conversations);
	arena_destroy(arena);
	return !fine ? TROUBLED_MS : rows.count == AT_ONCE ? SOON_MS : LATER_MS;
}

int64_t erase_old(struct store *store)
{
	int64_t days = setting_int("HISTORY_DAYS");

	return days ? erase_older(store, now_ms() - days * DAY_MS) : LATER_MS;
}

/* ---- A customer ---- */

static SHAPE(erased_shape, struct erased, PARAM(struct erased, conversations), PARAM(struct erased, messages));

bool count_of_customer(struct store *store, struct arena *arena, const char *customer, struct erased *all)
{
	return store_find_one(store, arena, "select count(*) as conversations, coalesce(cast(sum(messages) as bigint), 0) as messages from conversation"
	                      " where customer = :customer", erasing_shape, &(struct erasing_of) { .customer = customer }, erased_shape, all) == 1;
}

enum erasing erase_of_customer(struct store *store, const char *customer, struct erased *erased)
{
	struct erasing_of by = { .customer = customer, .before = INT64_MAX };
	struct conversation conversation;
	struct arena *arena = arena_create();
	int found = store_find_one(store, arena, "select id from conversation where customer = :customer order by updated_at, id limit 1",
	                           erasing_shape, &by, conversation_row_shape, &conversation);
	bool fine = found >= 0;

	if (found == 1) {
		by.id = conversation.id;
		fine = erase_one(store, &by, erased);
	}
	arena_destroy(arena);
	return !fine ? ERASE_FAILED : found ? ERASED_ONE : ERASED_ALL;
}
