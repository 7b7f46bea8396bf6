/* complete.c - completes the number of a conversation: among those that the caller sees. */
#include "desk.h"

/* A customer's are few; its latest hundred are looked through. */
void complete_conversation(struct mcp_call *call, const char *argument UNUSED, const char *value, struct store *store)
{
	const char *begin = text_capitals(mcp_arena(call), text_plain(mcp_arena(call), value)), *customer;
	struct conversations found;

	if (!conversations_of(call, &customer) ||
	    !conversations_named(store, mcp_arena(call), customer, begin, MCP_SUGGESTIONS_MAX + 1, &found))
		return;
	for (int64_t i = 0; i < found.count; i++)
		if (str_starts(str_of(found.conversations[i].id), begin))
			mcp_suggest(call, found.conversations[i].id);
}
