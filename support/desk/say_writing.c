/* say_writing.c - say_writing: who writes in a conversation just now, as the others see it. */
#include "desk.h"

struct say_writing {
	const char *conversation_id;
	bool writing;
	bool as_person;
};

SHAPE(say_writing_shape, struct say_writing,
	CONVERSATION_NAMED(struct say_writing),
	BOOL(struct say_writing, writing, "True: the text has just changed; false: nothing is being written any more", .required = true),
	BOOL(struct say_writing, as_person, "For staff: true: as a person of the shop, to the customer", DEFAULT(false)));

enum mcp_answer say_writing(struct mcp_call *call, const void *in, struct store *store)
{
	const struct say_writing *asked = in;
	struct conversation conversation;

	if (asked->as_person && !mcp_may(call, STAFF))
		return mcp_fail(call, "Only staff writes as a person of the shop: leave as_person out.");
	enum lookup found = conversation_of(call, store, asked->as_person ? ANY_SEEN : OWN, asked->conversation_id, &conversation);
	if (found != FOUND)
		return conversation_missing(call, found, asked->conversation_id);
	writing_tell(call, conversation.id, asked->as_person ? caller_as_person(call) : NULL, asked->writing);
	return mcp_say(call, asked->writing ? "It is told for six seconds." : "It is told no more.");
}
