/* erase.c - see erase.h. */
#include "erase.h"

#include "keeper.h"

#define MESSAGES_AT_ONCE 500
#define AT_ONCE 50              /* conversations in one run of the job */
#define DAY_MS INT64_C(86400000)
#define SOON_MS 10
#define TROUBLED_MS 60000
#define LATER_MS 3600000

/* All of one conversation, where nothing was said since `before`. */
static bool erase_one(struct store *store, const char *id, int64_t before, struct erased *erased)
{
	struct arena *arena = arena_create();
	struct erasing_some some = { .id = id, .before = before, .limit = MESSAGES_AT_ONCE };
	bool fine;

	do {
		fine = history_transact(store, row_erase_some, &some) == STORE_COMMITTED;
		erased->messages += fine ? some.messages : 0;
		erased->conversations += fine ? some.conversations : 0;
	} while (fine && !some.over);
	if (fine)
		conversation_changed(arena, id, true);
	arena_destroy(arena);
	return fine;
}

/* ---- What is old ---- */

static bool erase_all(struct store *store, const struct conversations *all, int64_t before, struct erased *erased)
{
	for (int64_t i = 0; i < all->count; i++)
		if (!erase_one(store, all->conversations[i].id, before, erased))
			return false;
	return true;
}

int64_t erase_older(struct store *store, int64_t before)
{
	struct erased erased = { 0 };
	struct conversations old = { .count = 0 };
	struct arena *arena = arena_create();
	bool fine = rows_older(store, arena, before, AT_ONCE, &old) && erase_all(store, &old, before, &erased);

	if (erased.conversations)
		mcp_notice("%lld conversations are older than HISTORY_DAYS says, and erased", (long long)erased.conversations);
	arena_destroy(arena);
	return !fine ? TROUBLED_MS : old.count == AT_ONCE ? SOON_MS : keeper->left_ms ? keeper->left_ms : LATER_MS;
}

int64_t erase_old(struct store *store)
{
	int64_t days = setting_int("HISTORY_DAYS");

	/* What somebody began to erase, and could not end, is over in any case. */
	return erase_older(store, days ? now_ms() - days * DAY_MS : 0);
}

/* ---- A customer ---- */

enum erasing erase_of_customer(struct store *store, const char *customer, struct erased *erased)
{
	struct conversation conversation;
	struct arena *arena = arena_create();
	int found = row_of_customer(store, arena, customer, &conversation);
	bool fine = found >= 0;

	if (found == 1)
		fine = erase_one(store, conversation.id, INT64_MAX, erased);
	arena_destroy(arena);
	return !fine ? ERASE_FAILED : found ? ERASED_ONE : ERASED_ALL;
}
