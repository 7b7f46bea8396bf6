/* asking.c - tools that ask the client's model or the person behind it, once. */
#include "conformance.h"

enum mcp_answer not_accepted(struct mcp_call *call, enum mcp_reply reply)
{
	switch (reply) {
	case MCP_PENDING:
		return MCP_WAITING;
	case MCP_UNAVAILABLE:
		return mcp_must_ask(call);
	case MCP_DECLINED:
		return mcp_say(call, "User response: action=decline, content={}");
	default:
		return mcp_say(call, "User response: action=cancel, content={}");
	}
}

enum mcp_reply both(enum mcp_reply one, enum mcp_reply other)
{
	if (one == MCP_UNAVAILABLE || other == MCP_UNAVAILABLE)
		return MCP_UNAVAILABLE;
	if (one == MCP_PENDING || other == MCP_PENDING)
		return MCP_PENDING;
	return one == MCP_ACCEPTED ? other : one;
}

/* ---- The client's model ---- */

struct prompt {
	const char *prompt;
};

SHAPE(prompt_shape, struct prompt,
	TEXT(struct prompt, prompt, "What to ask the model", .required = true));

/* A text as a JSON string. */
static const char *quote(struct arena *arena, const char *text)
{
	char *quoted = arena_alloc(arena, 6 * strlen(text) + 3), *to = quoted;

	*to++ = '"';
	for (const char *at = text; *at; at++) {
		unsigned char c = (unsigned char)*at;
		if (c == '"' || c == '\\') {
			*to++ = '\\';
			*to++ = *at;
		} else if (c < 0x20) {
			memcpy(to, arena_print(arena, "\\u%04x", (unsigned)c), 6);
			to += 6;
		} else {
			*to++ = *at;
		}
	}
	*to = '"';
	return quoted;
}

enum mcp_answer sampling(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct prompt *asked = in;
	struct arena *arena = mcp_arena(call);
	const char *result, *params = arena_print(arena, SAMPLE("%s", "100"),
	                                          quote(arena, asked->prompt));
	enum mcp_reply reply = mcp_sample(call, "response", params, &result);

	return reply == MCP_ACCEPTED ? mcp_say(call, "LLM response: %s", result)
	                             : not_accepted(call, reply);
}

enum mcp_answer missing_capability(struct mcp_call *call, UNUSED const void *in,
                                   UNUSED struct store *store)
{
	const char *result;
	enum mcp_reply reply = mcp_sample(call, "pong", SAMPLE("\"Ping\"", "16"), &result);

	return reply == MCP_ACCEPTED ? mcp_say(call, "LLM response: %s", result)
	                             : not_accepted(call, reply);
}

/* ---- The person ---- */

struct message {
	const char *message;
};

SHAPE(message_shape, struct message,
	TEXT(struct message, message, "What to ask the person", .required = true));

/* Asks with a form written as JSON Schema, and says what came. */
static enum mcp_answer ask(struct mcp_call *call, const char *schema, const char *question)
{
	const char *content;
	enum mcp_reply reply = mcp_ask_json(call, "form", schema, question, &content);

	return reply == MCP_ACCEPTED
		? mcp_say(call, "User response: action=accept, content=%s", content)
		: not_accepted(call, reply);
}

enum mcp_answer elicitation(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct message *asked = in;

	return ask(call,
		"{\"type\":\"object\",\"properties\":{"
		"\"username\":{\"type\":\"string\",\"description\":\"User's response\"},"
		"\"email\":{\"type\":\"string\",\"description\":\"User's email address\"}},"
		"\"required\":[\"username\",\"email\"]}", asked->message);
}

struct profile {
	const char *name;
	int64_t age;
	double score;
	const char *status;
	bool verified;
};

static SHAPE(profile_shape, struct profile,
	TEXT(struct profile, name, "Name of the person", DEFAULT("John Doe")),
	INT (struct profile, age, "Age in years", DEFAULT(30)),
	REAL(struct profile, score, "Points out of a hundred", DEFAULT(95.5)),
	TEXT(struct profile, status, "What the account is", ONE_OF("active", "inactive", "pending"),
	     DEFAULT("active")),
	BOOL(struct profile, verified, "Whether somebody looked at it", DEFAULT(true)));

enum mcp_answer elicitation_defaults(struct mcp_call *call, UNUSED const void *in,
                                     UNUSED struct store *store)
{
	struct profile profile;
	enum mcp_reply reply = mcp_ask(call, "profile", profile_shape, &profile,
	                               "Please review the profile");

	if (reply != MCP_ACCEPTED)
		return not_accepted(call, reply);
	return mcp_say(call, "Elicitation completed: action=accept, name=%s, age=%lld, score=%g,"
		" status=%s, verified=%s", profile.name, (long long)profile.age, profile.score,
		profile.status, profile.verified ? "true" : "false");
}

enum mcp_answer elicitation_enums(struct mcp_call *call, UNUSED const void *in,
                                  UNUSED struct store *store)
{
	return ask(call,
		"{\"type\":\"object\",\"properties\":{"
		"\"untitledSingle\":{\"type\":\"string\","
		"\"enum\":[\"option1\",\"option2\",\"option3\"]},"
		"\"titledSingle\":{\"type\":\"string\",\"oneOf\":["
		"{\"const\":\"value1\",\"title\":\"First Option\"},"
		"{\"const\":\"value2\",\"title\":\"Second Option\"},"
		"{\"const\":\"value3\",\"title\":\"Third Option\"}]},"
		"\"legacyEnum\":{\"type\":\"string\",\"enum\":[\"opt1\",\"opt2\",\"opt3\"],"
		"\"enumNames\":[\"Option One\",\"Option Two\",\"Option Three\"]},"
		"\"untitledMulti\":{\"type\":\"array\",\"items\":{\"type\":\"string\","
		"\"enum\":[\"option1\",\"option2\",\"option3\"]}},"
		"\"titledMulti\":{\"type\":\"array\",\"items\":{\"anyOf\":["
		"{\"const\":\"value1\",\"title\":\"First Choice\"},"
		"{\"const\":\"value2\",\"title\":\"Second Choice\"},"
		"{\"const\":\"value3\",\"title\":\"Third Choice\"}]}}}}", "Please choose");
}

enum mcp_answer elicitation_url(struct mcp_call *call, UNUSED const void *in,
                                UNUSED struct store *store)
{
	enum mcp_reply reply = mcp_ask_url(call, "page", "https://example.com/sign-in",
	                                   "Please sign in on our page");

	return reply == MCP_ACCEPTED ? mcp_say(call, "The page was opened")
	                             : not_accepted(call, reply);
}

struct choice {
	const char *color;
};

static SHAPE(choice_shape, struct choice,
	TEXT(struct choice, color, "A colour", .required = true));

enum mcp_answer streaming_elicitation(struct mcp_call *call, UNUSED const void *in,
                                      UNUSED struct store *store)
{
	struct choice choice;
	enum mcp_reply reply = mcp_ask(call, "choice", choice_shape, &choice, "Which colour?");

	return reply == MCP_ACCEPTED ? mcp_say(call, "Streaming complete: %s", choice.color)
	                             : not_accepted(call, reply);
}
