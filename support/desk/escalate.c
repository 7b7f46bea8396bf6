/* escalate.c - escalate: asks the person, then the conversation waits for somebody of the shop. */
#include "desk.h"

#include "figures.h"
#include "person.h"

struct escalation {
	const char *conversation_id;
	const char *reason;
	const char *contact;
	bool confirm;
};

struct consent { bool sure; };

SHAPE(escalate_shape, struct escalation,
	CONVERSATION_NAMED(struct escalation),
	TEXT(struct escalation, reason, "Why a person is wanted, for whoever of the shop takes it up", .required = true, AT_LEAST(1),
	     AT_MOST(500)),
	TEXT(struct escalation, contact, "Where else the customer can be reached, as they said it themselves", AT_LEAST(1), AT_MOST(200)),
	BOOL(struct escalation, confirm, "True where the person already agreed that somebody of the shop takes over. Otherwise they are"
	     " asked, where the client can ask", DEFAULT(false)));

static SHAPE(consent_shape, struct consent,
	BOOL(struct consent, sure, "Pass it on to a person", .required = true));

/* As it is now, rather than as it was before the question. */
static enum mcp_answer carry_out(struct mcp_call *call, struct store *store, const struct escalation *asked, const struct conversation *before)
{
	const char *customer = before->customer;
	struct conversation now;
	enum lookup found = person_wanted(store, mcp_arena(call), asked->conversation_id, customer, &(struct passing_on) {
		.reason = asked->reason, .contact = asked->contact, .author = customer,
		.note = arena_print(mcp_arena(call), "A person was asked for: %s", asked->reason),
	}, &now);

	if (found != FOUND)
		return conversation_missing(call, found, asked->conversation_id);
	mcp_count(PASSED_ON, !conversation_is_for_person(before));
	conversation_changed(mcp_arena(call), now.id, true);
	return conversation_answer(call, store, now.id);
}

static enum mcp_reply ask(struct mcp_call *call, const struct escalation *asked, struct consent *consent)
{
	if (asked->confirm) {
		consent->sure = true;
		return MCP_ACCEPTED;
	}
	return mcp_ask(call, "consent", consent_shape, consent, "Shall a person of the shop take over? They read the whole conversation,"
	               " and answer as soon as somebody is free.");
}

static bool is_done(const struct conversation *conversation, const struct escalation *asked)
{
	return conversation_is_for_person(conversation) &&
	       (!asked->contact || (conversation->contact && strcmp(conversation->contact, asked->contact) == 0));
}

enum mcp_answer escalate(struct mcp_call *call, const void *in, struct store *store)
{
	const struct escalation *asked = in;
	struct conversation conversation;
	struct consent consent;
	enum lookup found = conversation_of(call, store, OWN, asked->conversation_id, &conversation);

	if (found != FOUND)
		return conversation_missing(call, found, asked->conversation_id);
	if (is_done(&conversation, asked))
		return conversation_answer(call, store, conversation.id);

	switch (ask(call, asked, &consent)) {
	case MCP_PENDING:     return MCP_WAITING;
	case MCP_ACCEPTED:    break;
	case MCP_UNAVAILABLE: return mcp_cannot_ask(call, "Ask the person whether somebody of the shop is to take over, then call again"
	                             " with confirm: true.");
	default:              return mcp_fail(call, "Nobody was asked for; the conversation goes on as it was.");
	}
	if (!consent.sure)
		return mcp_fail(call, "Nobody was asked for; the conversation goes on as it was.");
	return carry_out(call, store, asked, &conversation);
}
