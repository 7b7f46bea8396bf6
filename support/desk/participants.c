/* participants.c - who writes in a conversation just now, and who has it open, as others are told. */
#include "desk.h"

#include "conversation.h"
#include "writing.h"

SHAPE(participant_shape, struct participant,
	TEXT(struct participant, role, "The customer, or a person of the shop", .required = true, ONE_OF("customer", "person")),
	TEXT(struct participant, name, "Who that is; to a customer of whoever has the conversation alone"),
	BOOL(struct participant, you, "Whether that is the caller"));

static struct participant the_customer(struct mcp_call *call, const struct conversation *conversation)
{
	const char *own = caller_as_customer(call);

	return (struct participant) {
		.role = "customer", .name = mcp_may(call, STAFF) ? conversation->customer : NULL,
		.you = own && strcmp(own, conversation->customer) == 0,
	};
}

static bool has_it(const struct conversation *conversation, const char *person)
{
	return conversation->person && strcmp(person, conversation->person) == 0;
}

static struct participant a_person(struct mcp_call *call, const struct conversation *conversation, const char *person)
{
	bool staff = mcp_may(call, STAFF);

	return (struct participant) {
		.role = "person", .name = staff || has_it(conversation, person) ? person : NULL, .you = staff && strcmp(person, caller_as_person(call)) == 0,
	};
}

struct participants writers_of(struct mcp_call *call, const struct conversation *conversation)
{
	const char *const *now = writing_now(call, conversation->id);
	struct participants writers = { 0 };

	for (; now[writers.count]; writers.count++) {
		const char *person = writing_person(now[writers.count]);
		writers.all[writers.count] = person ? a_person(call, conversation, person) : the_customer(call, conversation);
	}
	return writers;
}

static bool is_told(struct mcp_call *call, const struct conversation *conversation, const struct participant *person)
{
	return mcp_may(call, STAFF) || (person->name && has_it(conversation, person->name));
}

struct participants present_of(struct mcp_call *call, const struct conversation *conversation)
{
	const struct mcp_follower *each = mcp_followers(call, conversation_uri(mcp_arena(call), conversation->id));
	struct participants present = { 0 };
	bool customer_is_there = false; /* with whatever keys */

	for (; each->caller; each++) {
		bool customers = each->customer && strcmp(each->customer, conversation->customer) == 0;
		struct participant who = customers ? the_customer(call, conversation) : a_person(call, conversation, as_person(mcp_arena(call), each->caller, each->called));
		if (customers ? !customer_is_there : is_told(call, conversation, &who))
			present.all[present.count++] = who;
		customer_is_there |= customers;
	}
	return present;
}
