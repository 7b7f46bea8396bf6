/* prompts.c - prompts: plain, with arguments, with a resource, an image, and one that asks. */
#include "conformance.h"

enum mcp_answer simple_prompt(struct mcp_call *call, UNUSED const void *in,
                              UNUSED struct store *store)
{
	return mcp_say(call, "This is a simple prompt for testing.");
}

struct arguments {
	const char *arg1, *arg2;
};

SHAPE(arguments_shape, struct arguments,
	TEXT(struct arguments, arg1, "First test argument", .required = true),
	TEXT(struct arguments, arg2, "Second test argument", .required = true));

enum mcp_answer prompt_with_arguments(struct mcp_call *call, const void *in,
                                      UNUSED struct store *store)
{
	const struct arguments *given = in;

	return mcp_say(call, "Prompt with arguments: arg1='%s', arg2='%s'", given->arg1,
	               given->arg2);
}

void complete_argument(struct mcp_call *call, const char *argument, const char *value,
                       UNUSED struct store *store)
{
	const char *fits = strcmp(argument, "arg1") == 0 ? "testValue1" : "testValue2";

	if (strncmp(fits, value, strlen(value)) == 0)
		mcp_suggest(call, fits);
}

struct resource_uri {
	const char *resourceUri, *tone;
};

SHAPE(resource_uri_shape, struct resource_uri,
	TEXT(struct resource_uri, resourceUri, "URI of the resource to embed", .required = true),
	TEXT(struct resource_uri, tone, "How to speak of it", ONE_OF("plain", "Playful", "dry")));

enum mcp_answer prompt_with_resource(struct mcp_call *call, const void *in,
                                     UNUSED struct store *store)
{
	const struct resource_uri *given = in;

	mcp_add_message(call, "user", &(struct mcp_content) {
		.type = MCP_EMBEDDED, .uri = given->resourceUri, .mime = "text/plain",
		.text = "Embedded resource content for testing." });
	return mcp_say(call, "Please process the embedded resource above.");
}

enum mcp_answer prompt_with_image(struct mcp_call *call, UNUSED const void *in,
                                  UNUSED struct store *store)
{
	mcp_add_message(call, "user", &pixel);
	return mcp_say(call, "Please analyze the image above.");
}

struct context {
	const char *context;
};

static SHAPE(context_shape, struct context,
	TEXT(struct context, context, "What the prompt is about", .required = true));

enum mcp_answer prompt_that_asks(struct mcp_call *call, UNUSED const void *in,
                                 UNUSED struct store *store)
{
	struct context given;
	enum mcp_reply reply = mcp_ask(call, "user_context", context_shape, &given,
	                               "What context should the prompt use?");

	return reply == MCP_ACCEPTED ? mcp_say(call, "Context: %s", given.context)
	                             : not_accepted(call, reply);
}
