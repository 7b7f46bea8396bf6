/* list.c - list_conversations: those in which something was said latest first, a page at a time. */
#include "desk.h"

struct list {
	const char *status;
	int64_t since;
	int64_t limit;
	const char *cursor;
};

struct listed {
	struct shown *conversations;
	int64_t count;
	const char *next_cursor;
};

SHAPE(list_shape, struct list,
	TEXT(struct list, status, "Only those with this status", ONE_OF(STATUSES)),
	TIME(struct list, since, "Only those in which something was said then or later: a date, or a time with its zone",
	     EXAMPLES("2026-11-01", "2026-11-01T09:30:00Z")),
	INT(struct list, limit, "How many to return", AT_LEAST(1), AT_MOST(100), DEFAULT(20)),
	TEXT(struct list, cursor, "next_cursor of the page before, with the same other arguments", AT_MOST(1000)));

SHAPE(listed_shape, struct listed,
	LIST(struct listed, conversations, count, struct shown, shown_in_list_shape,
	     "Where something was said latest first; get_conversation_history tells what", .required = true),
	INT(struct listed, count, "How many are on this page", .required = true),
	TEXT(struct listed, next_cursor, "The next page's cursor; absent on the last"));

/* What narrows a page, and the conversation it begins after. */
struct page {
	const char *customer, *status;
	int64_t since, limit;
	int64_t at;
	const char *id;
};

static SHAPE(page_shape, struct page,
	PARAM(struct page, customer), PARAM(struct page, status), PARAM(struct page, since), PARAM(struct page, limit),
	PARAM(struct page, at), PARAM(struct page, id));

struct position {
	int64_t at;
	const char *id;
};

static SHAPE(position_shape, struct position,
	INT(struct position, at, "", .required = true),
	TEXT(struct position, id, "", .required = true));

/* One statement for each index: by customer, by status, by time. */
#define SELECT "select " SHOWN_COLUMNS " from conversation c where "
#define PAGE \
	" and updated_at >= :since and (updated_at, id) < (:at, :id) order by updated_at desc, id desc limit :limit"

static bool find(struct store *store, struct arena *arena, const struct page *page, struct rows *rows)
{
	if (page->customer)
		return store_find(store, arena, SELECT "customer = :customer and (:status is null or status = :status)" PAGE,
		                  page_shape, page, shown_in_list_shape, rows);
	if (page->status)
		return store_find(store, arena, SELECT "status = :status" PAGE, page_shape, page, shown_in_list_shape, rows);
	return store_find(store, arena, SELECT "true" PAGE, page_shape, page, shown_in_list_shape, rows);
}

/* Of a caller that sees one customer's only, a cursor leads through these only. */
static const char *cursor_kind(struct mcp_call *call, const char *own)
{
	return own ? arena_print(mcp_arena(call), "conversations of %s", own) : "conversations";
}

/* One more than `limit` tells whether there is a next page. */
static void take_page(struct mcp_call *call, const struct rows *rows, int64_t limit, const char *own, struct listed *listed)
{
	bool more = rows->count > limit;

	*listed = (struct listed) { .conversations = rows->first, .count = more ? limit : rows->count };
	for (int64_t i = 0; own && i < listed->count; i++)
		listed->conversations[i].customer = NULL;
	if (!more)
		return;
	const struct shown *last = &listed->conversations[listed->count - 1];
	listed->next_cursor = mcp_cursor(call, cursor_kind(call, own), position_shape,
	                                 &(struct position) { last->updated_at, last->conversation_id });
}

enum mcp_answer list_conversations(struct mcp_call *call, const void *in, struct store *store)
{
	const struct list *asked = in;
	struct position after = { INT64_MAX, "" };
	struct rows rows = { 0 };
	struct listed listed;
	const char *own;

	if (!conversations_of(call, &own))
		return customer_unknown(call);
	if (asked->cursor && !mcp_cursor_open(call, cursor_kind(call, own), asked->cursor, position_shape, &after))
		return mcp_fail(call, "That cursor is not one that list_conversations gave. Leave it out to begin with the newest.");
	struct page page = {
		.customer = own, .status = asked->status, .since = asked->since, .limit = asked->limit + 1,
		.at = after.at, .id = after.id,
	};
	if (!find(store, mcp_arena(call), &page, &rows))
		return mcp_fail(call, HISTORY_DOWN);
	take_page(call, &rows, asked->limit, own, &listed);
	return mcp_return(call, listed_shape, &listed);
}
