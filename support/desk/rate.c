/* rate.c - rate_conversation: what its customer thinks of it. */
#include "desk.h"

#include "person.h"

struct rate {
	const char *conversation_id;
	int64_t rating;
	const char *comment;
};

SHAPE(rate_shape, struct rate,
	CONVERSATION_NAMED(struct rate),
	INT(struct rate, rating, "1 (bad) to 5 (good), as the customer said", .required = true, AT_LEAST(1), AT_MOST(5)),
	TEXT(struct rate, comment, "What the customer said of it; absent: nothing", AT_LEAST(1), AT_MOST(1000)));

enum mcp_answer rate_conversation(struct mcp_call *call, const void *in, struct store *store)
{
	const struct rate *asked = in;
	struct conversation conversation;
	enum lookup found = conversation_of(call, store, OWN, asked->conversation_id, &conversation);

	if (found != FOUND)
		return conversation_missing(call, found, asked->conversation_id);
	/* Whose it is stays so. */
	if (!conversation_rate(store, conversation.id, asked->rating, asked->comment))
		return mcp_fail(call, HISTORY_DOWN);
	conversation_changed(mcp_arena(call), conversation.id, false);
	return conversation_answer(call, store, conversation.id);
}
