/* complete.c - completes the number of a conversation: among those that the caller sees. */
#include "desk.h"

struct typed {
	const char *customer;
	const char *from, *to;
	int64_t limit;
};

static SHAPE(typed_shape, struct typed,
	PARAM(struct typed, customer), PARAM(struct typed, from), PARAM(struct typed, to), PARAM(struct typed, limit));

static SHAPE(id_shape, struct conversation_named, PARAM(struct conversation_named, id));

/* A customer's are few; its latest hundred are looked through. */
void complete_conversation(struct mcp_call *call, const char *argument UNUSED, const char *value, struct store *store)
{
	struct arena *arena = mcp_arena(call);
	struct typed by = { .from = text_capitals(arena, text_plain(arena, value)), .limit = MCP_SUGGESTIONS_MAX + 1 };
	ROWS(struct conversation_named) rows;

	if (!conversations_of(call, &by.customer))
		return;
	by.to = arena_print(arena, "%s~", by.from);
	if (by.customer ? !store_find(store, arena, "select id from conversation where customer = :customer"
	                              " order by updated_at desc, id desc limit :limit", typed_shape, &by, id_shape, &rows)
	                : !store_find(store, arena, "select id from conversation where id >= :from and id < :to order by id limit :limit",
	                              typed_shape, &by, id_shape, &rows))
		return;
	for (int64_t i = 0; i < rows.count; i++)
		if (str_starts(str_of(rows.first[i].id), by.from))
			mcp_suggest(call, rows.first[i].id);
}
