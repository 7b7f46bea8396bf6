/* writing.c - see writing.h. */
#include "writing.h"

#include "conversation.h"

#define LASTS_MS 6000                   /* twice what a page waits before it says so again */
#define THE_CUSTOMER "customer"
#define A_PERSON "person:"              /* and who it is */

static const char *who_is(struct mcp_call *call, const char *person)
{
	return person ? arena_print(mcp_arena(call), A_PERSON "%s", person) : THE_CUSTOMER;
}

void writing_tell(struct mcp_call *call, const char *id, const char *person, bool writes)
{
	mcp_present(conversation_uri(mcp_arena(call), id), who_is(call, person), writes ? LASTS_MS : 0);
}

void writing_is_over(struct mcp_call *call, const char *id, const char *person)
{
	const char *who = who_is(call, person);

	for (const char *const *each = writing_now(call, id); *each; each++)
		if (strcmp(*each, who) == 0)
			writing_tell(call, id, person, false);
}

const char *const *writing_now(struct mcp_call *call, const char *id)
{
	return mcp_presence(call, conversation_uri(mcp_arena(call), id));
}

const char *writing_person(const char *who)
{
	return strcmp(who, THE_CUSTOMER) == 0 ? NULL : who + strlen(A_PERSON);
}
