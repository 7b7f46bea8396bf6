/* rounds.c - tools of several questions or rounds. One body serves the revisions in which a
 * question is a request on the stream and the one in which it ends the call as input_required. */
#include "conformance.h"

struct named {
	const char *name;
};

struct favourite {
	const char *color;
};

struct confirmed {
	bool ok;
};

static SHAPE(named_shape, struct named,
	TEXT(struct named, name, "Your name", .required = true));
static SHAPE(favourite_shape, struct favourite,
	TEXT(struct favourite, color, "A colour", .required = true));
static SHAPE(confirmed_shape, struct confirmed,
	BOOL(struct confirmed, ok, "Whether to go on", .required = true));

static const char CAPITAL[] = SAMPLE("\"What is the capital of France?\"", "100");
static const char GREETING[] = SAMPLE("\"Generate a short greeting\"", "50");

/* ---- One question ---- */

enum mcp_answer ask_name(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	struct named person;
	enum mcp_reply reply = mcp_ask(call, "user_name", named_shape, &person,
	                               "What is your name?");

	return reply == MCP_ACCEPTED ? mcp_say(call, "Hello, %s!", person.name)
	                             : not_accepted(call, reply);
}

enum mcp_answer ask_model(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	const char *result;
	enum mcp_reply reply = mcp_sample(call, "capital_question", CAPITAL, &result);

	return reply == MCP_ACCEPTED ? mcp_say(call, "LLM response: %s", result)
	                             : not_accepted(call, reply);
}

enum mcp_answer ask_roots(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	const char *result;
	enum mcp_reply reply = mcp_roots(call, "client_roots", &result);

	return reply == MCP_ACCEPTED ? mcp_say(call, "Roots: %s", result)
	                             : not_accepted(call, reply);
}

/* ---- What the runtime keeps between the rounds is sealed, and is all there is ---- */

static enum mcp_answer confirm(struct mcp_call *call, const char *said)
{
	struct confirmed confirmed;
	enum mcp_reply reply = mcp_ask(call, "confirm", confirmed_shape, &confirmed,
	                               "Please confirm");

	if (reply != MCP_ACCEPTED)
		return not_accepted(call, reply);
	return mcp_say(call, "%s: %s", said, confirmed.ok ? "confirmed" : "not confirmed");
}

enum mcp_answer keep_state(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	return confirm(call, "state-ok");
}

enum mcp_answer guard_state(struct mcp_call *call, UNUSED const void *in,
                            UNUSED struct store *store)
{
	return confirm(call, "integrity-ok");
}

/* ---- Several ---- */

enum mcp_answer ask_everything(struct mcp_call *call, UNUSED const void *in,
                               UNUSED struct store *store)
{
	struct named person;
	const char *greeting, *roots;
	enum mcp_reply named = mcp_ask(call, "user_name", named_shape, &person,
	                               "What is your name?");
	enum mcp_reply greeted = mcp_sample(call, "greeting", GREETING, &greeting);
	enum mcp_reply rooted = mcp_roots(call, "client_roots", &roots);
	enum mcp_reply reply = both(both(named, greeted), rooted);

	return reply == MCP_ACCEPTED
		? mcp_say(call, "Name: %s. Greeting: %s. Roots: %s", person.name, greeting, roots)
		: not_accepted(call, reply);
}

enum mcp_answer ask_in_turn(struct mcp_call *call, UNUSED const void *in,
                            UNUSED struct store *store)
{
	struct named person;
	struct favourite favourite;
	enum mcp_reply reply = mcp_ask(call, "step1", named_shape, &person,
	                               "Step 1: What is your name?");

	if (reply == MCP_ACCEPTED)
		reply = mcp_ask(call, "step2", favourite_shape, &favourite,
		                "Step 2: What is your favorite color?");
	return reply == MCP_ACCEPTED ? mcp_say(call, "%s likes %s", person.name, favourite.color)
	                             : not_accepted(call, reply);
}

/* Asks whatever this client can be asked, and is content with that. */
enum mcp_answer ask_what_it_can(struct mcp_call *call, UNUSED const void *in,
                                UNUSED struct store *store)
{
	struct named person;
	const char *result;
	int asked = 0, answered = 0;
	enum mcp_reply replies[3];

	replies[0] = mcp_ask(call, "user_name", named_shape, &person, "What is your name?");
	replies[1] = mcp_sample(call, "greeting", GREETING, &result);
	replies[2] = mcp_roots(call, "client_roots", &result);
	for (int i = 0; i < 3; i++) {
		asked += replies[i] != MCP_UNAVAILABLE;
		answered += replies[i] != MCP_UNAVAILABLE && replies[i] != MCP_PENDING;
	}
	if (asked == 0)
		return not_accepted(call, MCP_UNAVAILABLE);
	return answered < asked ? MCP_WAITING : mcp_say(call, "Asked %d questions", asked);
}
