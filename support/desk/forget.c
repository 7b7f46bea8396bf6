/* forget.c - forget_customer: asks the person, then all that is kept of a customer goes. */
#include "desk.h"

#include "erase.h"

struct forget {
	const char *customer;
	bool confirm;
};

struct forgotten {
	int64_t conversations, messages;
};

struct consent { bool sure; };

SHAPE(forget_shape, struct forget,
	TEXT(struct forget, customer, "The customer, exactly as conversations name them", .required = true, AT_LEAST(1), AT_MOST(200)),
	BOOL(struct forget, confirm, "True where the person already agreed to erase all that is kept of exactly this customer."
	     " Otherwise they are asked, where the client can ask", DEFAULT(false)));

SHAPE(forgotten_shape, struct forgotten,
	INT(struct forgotten, conversations, "How many conversations are erased", .required = true),
	INT(struct forgotten, messages, "How many messages they had", .required = true));

static SHAPE(consent_shape, struct consent,
	BOOL(struct consent, sure, "Erase it", .required = true));

static enum mcp_answer erase(struct mcp_call *call, struct store *store, const struct forget *asked, const struct erased *all)
{
	struct erased erased = { 0 };
	enum erasing erasing = ERASED_ONE;

	while (erasing == ERASED_ONE) {
		if (!mcp_progress(call, (double)erased.conversations, (double)all->conversations, "%lld of %lld conversations",
		                  (long long)erased.conversations, (long long)all->conversations))
			return mcp_fail(call, "Not all of it is erased yet; call again for the rest.");
		erasing = erase_of_customer(store, asked->customer, &erased);
	}
	if (erasing == ERASE_FAILED)
		return mcp_fail(call, HISTORY_DOWN " Of %lld conversations %lld are erased.", (long long)all->conversations,
		                (long long)erased.conversations);
	return mcp_return(call, forgotten_shape, &(struct forgotten) { erased.conversations, erased.messages });
}

/* But for what is kept beside conversations, where a call before this one was interrupted. */
static enum mcp_answer nothing_is_left(struct mcp_call *call, struct store *store, const struct forget *asked)
{
	struct erased erased = { 0 };

	if (erase_of_customer(store, asked->customer, &erased) == ERASE_FAILED)
		return mcp_fail(call, HISTORY_DOWN);
	return mcp_return(call, forgotten_shape, &(struct forgotten) { erased.conversations, erased.messages });
}

static enum mcp_reply ask(struct mcp_call *call, const struct forget *asked, const struct erased *all, struct consent *consent)
{
	if (asked->confirm) {
		consent->sure = true;
		return MCP_ACCEPTED;
	}
	return mcp_ask(call, "consent", consent_shape, consent, "Erase all %lld conversations of customer %s, with %lld messages?"
	               " This cannot be undone.", (long long)all->conversations, asked->customer, (long long)all->messages);
}

enum mcp_answer forget_customer(struct mcp_call *call, const void *in, struct store *store)
{
	const struct forget *asked = in;
	struct consent consent;
	struct erased all;

	if (!count_of_customer(store, mcp_arena(call), asked->customer, &all))
		return mcp_fail(call, HISTORY_DOWN);
	if (!all.conversations)
		return nothing_is_left(call, store, asked);
	switch (ask(call, asked, &all, &consent)) {
	case MCP_PENDING:     return MCP_WAITING;
	case MCP_ACCEPTED:    break;
	case MCP_UNAVAILABLE: return mcp_cannot_ask(call, "Ask the person whether all that is kept of this customer is to be erased, then"
	                             " call again with confirm: true.");
	default:              return mcp_fail(call, "Nothing was erased.");
	}
	if (!consent.sure)
		return mcp_fail(call, "Nothing was erased.");
	if (!mcp_begin_task(call))
		return MCP_WAITING;
	return erase(call, store, asked, &all);
}
