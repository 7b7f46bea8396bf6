/* list.c - list_conversations: those in which something was said latest first, a page at a time. */
#include "desk.h"

struct list {
	const char *idempotency_key;
	bool own;
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
	TEXT(struct list, idempotency_key, "Only the one in which you said something with this key: what became of a call of chat_with_ai", AT_LEAST(1),
	     AT_MOST(128)),
	BOOL(struct list, own, "Only those in which you are the customer, though you may see others", DEFAULT(false)),
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

struct position {
	int64_t at;
	const char *id;
};

static SHAPE(position_shape, struct position,
	INT(struct position, at, "", .required = true),
	TEXT(struct position, id, "", .required = true));

/* Of a caller that sees one customer's only, a cursor leads through these only. */
static const char *cursor_kind(struct mcp_call *call, const char *own)
{
	return own ? arena_print(mcp_arena(call), "conversations of %s", own) : "conversations";
}

/* One more than `limit` tells whether there is a next page. */
static void take_page(struct mcp_call *call, struct conversations *found, int64_t limit, const char *own, struct listed *listed)
{
	bool more = found->count > limit;

	found->count -= more;
	*listed = (struct listed) { .conversations = show_all(call, found), .count = found->count };
	if (!more)
		return;
	const struct conversation *last = &found->conversations[found->count - 1];
	listed->next_cursor = mcp_cursor(call, cursor_kind(call, own), position_shape, &(struct position) { last->updated_at, last->id });
}

/* A page that speaks by way of its host hears of no progress, and finds a new conversation so. */
static enum mcp_answer list_said(struct mcp_call *call, struct store *store, const char *key)
{
	struct conversation conversation;
	struct conversations found = { &conversation, 1 };
	struct listed listed;

	switch (conversation_said(store, mcp_arena(call), caller_as_customer(call), key, &conversation)) {
	case FOUND:
		break;
	case NOT_FOUND:
		found.count = 0;
		break;
	default:
		return mcp_fail(call, HISTORY_DOWN);
	}
	take_page(call, &found, 1, NULL, &listed);
	return mcp_return(call, listed_shape, &listed);
}

enum mcp_answer list_conversations(struct mcp_call *call, const void *in, struct store *store)
{
	const struct list *asked = in;
	struct position after = { INT64_MAX, "" };
	struct conversations found;
	struct listed listed;
	const char *own;

	if (!conversations_of(call, &own) || (asked->own && !(own = caller_as_customer(call))))
		return customer_unknown(call);
	if (asked->idempotency_key)
		return list_said(call, store, asked->idempotency_key);
	if (asked->cursor && !mcp_cursor_open(call, cursor_kind(call, own), asked->cursor, position_shape, &after))
		return mcp_fail(call, "That cursor is not one that list_conversations gave. Leave it out to begin with the newest.");
	struct listing listing = {
		.customer = own, .status = asked->status, .since = asked->since, .limit = asked->limit + 1,
		.before_at = after.at, .before_id = after.id,
	};
	if (!conversations_list(store, mcp_arena(call), &listing, &found))
		return mcp_fail(call, HISTORY_DOWN);
	take_page(call, &found, asked->limit, own, &listed);
	return mcp_return(call, listed_shape, &listed);
}
