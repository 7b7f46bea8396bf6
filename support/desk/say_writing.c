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

SHAPE(writer_shape, struct writer,
	TEXT(struct writer, role, "The customer, or a person of the shop", .required = true, ONE_OF("customer", "person")),
	TEXT(struct writer, name, "Who that is; to a customer of whoever has the conversation alone"),
	BOOL(struct writer, you, "Whether that is the caller"));

enum mcp_answer say_writing(struct mcp_call *call, const void *in, struct store *store)
{
	const struct say_writing *asked = in;
	struct conversation conversation;

	if (asked->as_person && !mcp_may(call, STAFF))
		return mcp_fail(call, "Only staff writes as a person of the shop: leave as_person out.");
	enum lookup found = conversation_of(call, store, asked->as_person ? ANY_SEEN : OWN, asked->conversation_id, &conversation);
	if (found != FOUND)
		return conversation_missing(call, found, asked->conversation_id);
	writing_tell(call, conversation.id, asked->as_person ? mcp_caller(call) : NULL, asked->writing);
	return mcp_say(call, asked->writing ? "It is told for six seconds." : "It is told no more.");
}

static struct writer customer_writes(struct mcp_call *call, bool staff, const struct conversation *conversation)
{
	const char *own = caller_as_customer(call);

	return (struct writer) {
		.role = "customer", .name = staff ? conversation->customer : NULL, .you = own && strcmp(own, conversation->customer) == 0,
	};
}

static struct writer person_writes(struct mcp_call *call, bool staff, const struct conversation *conversation, const char *person)
{
	bool has_it = conversation->person && strcmp(person, conversation->person) == 0;

	return (struct writer) { .role = "person", .name = staff || has_it ? person : NULL, .you = staff && strcmp(person, mcp_caller(call)) == 0 };
}

int64_t writers_of(struct mcp_call *call, const struct conversation *conversation, struct writer *writers)
{
	const char *const *now = writing_now(call, conversation->id);
	bool staff = mcp_may(call, STAFF);
	int64_t count = 0;

	for (; now[count]; count++) {
		const char *person = writing_person(now[count]);
		writers[count] = person ? person_writes(call, staff, conversation, person) : customer_writes(call, staff, conversation);
	}
	return count;
}
