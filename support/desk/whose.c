/* whose.c - whose conversations a call is about: everybody's, or those of the customer that its caller is. */
#include "desk.h"

bool conversations_of(struct mcp_call *call, const char **customer)
{
	*customer = NULL;
	if (mcp_may(call, STAFF))
		return true;
	*customer = caller_as_customer(call);
	return *customer != NULL;
}

/* Without keys whoever is at the desk, and the customer, are nobody: so it is told what they are. Of a token that has no name it is told
 * which of those people it is, in a few letters of what the log has. */
const char *as_person(struct arena *arena, const char *caller, const char *called)
{
	if (called)
		return called;
	if (strcmp(caller, "anonymous") == 0)
		return "Staff";
	return *caller == ':' ? arena_print(arena, "Staff %.4s", caller + 1) : caller;
}

const char *caller_as_person(struct mcp_call *call)
{
	return as_person(mcp_arena(call), mcp_caller(call), mcp_called(call));
}

enum mcp_answer customer_unknown(struct mcp_call *call)
{
	return mcp_not_found(call, "You may see a customer's own conversations only, and this server does not know which customer"
	                     " you are. Whoever runs it has to say so: customer=ID in your key's line of API_KEYS, or"
	                     " OAUTH_CUSTOMER_CLAIM where people sign in.");
}

enum lookup conversation_of(struct mcp_call *call, struct store *store, enum whose whose, const char *id,
                            struct conversation *conversation)
{
	const char *customer = caller_as_customer(call);

	if (whose == ANY_SEEN ? !conversations_of(call, &customer) : !customer)
		return CUSTOMER_UNKNOWN;
	enum lookup found = conversation_find(store, mcp_arena(call), id, customer, conversation);
	mcp_note(call, "conversation", found == FOUND ? conversation->id : id);
	return found;
}

enum mcp_answer conversation_missing(struct mcp_call *call, enum lookup found, const char *id)
{
	switch (found) {
	case NOT_FOUND:        return mcp_fail(call, "There is no conversation %s. Their numbers look like CNV-7H2K9QX4TN;"
	                                       " list_conversations finds them.", id);
	case CUSTOMER_UNKNOWN: return customer_unknown(call);
	default:               return mcp_fail(call, HISTORY_DOWN);
	}
}

int sees_conversation(struct mcp_call *call, const void *in, struct store *store)
{
	const struct conversation_named *asked = in;
	struct conversation conversation;
	enum lookup found = conversation_of(call, store, ANY_SEEN, asked->id, &conversation);

	return found == HISTORY_FAILED ? -1 : found == FOUND;
}
