/* model_requests.h - requests of models: each is in tests/models/ as every protocol has it. */
#ifndef MODEL_REQUESTS_H
#define MODEL_REQUESTS_H

#include "model.h"

#define BYTES(text) { "" text, sizeof(text) - 1 }
#define SAYS(words) { .kind = MODEL_TEXT, .text = BYTES(words) }
#define USES(key, tool, input) { .kind = MODEL_TOOL_USE, .id = BYTES(key), .name = BYTES(tool), .text = BYTES(input) }
#define RESULT(key, said) { .kind = MODEL_TOOL_RESULT, .id = BYTES(key), .text = BYTES(said) }
#define FAILED(key, said) { .kind = MODEL_TOOL_RESULT, .id = BYTES(key), .text = BYTES(said), .failed = true }
#define AS_IT_CAME(model, json) { .kind = MODEL_AS_IT_CAME, .name = BYTES(model), .text = BYTES(json) }
#define BLOCKS(...) (const struct model_block[]) { __VA_ARGS__ }, sizeof((const struct model_block[]) { __VA_ARGS__ }) / sizeof(struct model_block)
#define USER(...) { MODEL_USER, BLOCKS(__VA_ARGS__) }
#define MODEL(...) { MODEL_ASSISTANT, BLOCKS(__VA_ARGS__) }
#define MESSAGES(...) \
	.messages = (const struct model_message[]) { __VA_ARGS__ }, \
	.message_count = sizeof((const struct model_message[]) { __VA_ARGS__ }) / sizeof(struct model_message)

#define NOVA "eu.amazon.nova-lite-v1:0"
#define CLAUDE "eu.anthropic.claude-haiku-4-5-20251001-v1:0"

static const struct model_tool get_order[] = {
	{ "get_order", "Finds an order.",
	  "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"}},\"required\":[\"id\"],\"additionalProperties\":false}" },
};
#define TOOLS .tools = get_order, .tool_count = 1

static const struct request_case {
	const char *name;
	struct model_request request;
} request_cases[] = {
	{ "plain", {
		.model = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc", .max_tokens = 800, .temperature = -1,
		MESSAGES(USER(SAYS("Hello \xc3\xa9 \"you\""))),
	} },
	{ "tools_of_nova", {
		.model = NOVA, .system = "Be kind.", .situation = "It is Monday.", .max_tokens = 800, .temperature = 0.7, TOOLS,
		MESSAGES(USER(SAYS("Where is 1001?"))),
	} },
	{ "cached", {
		.model = CLAUDE, .system = "Be kind.", .situation = "It is Monday.", .max_tokens = 800, .temperature = 0.5, TOOLS, .cache = true,
		.guardrail = "gr1", .guardrail_version = "3", MESSAGES(USER(SAYS("Where is 1001?"))),
	} },
	{ "at_once", {
		.model = CLAUDE, .max_tokens = 50, .temperature = -1, TOOLS, .must_use = "get_order", .at_once = true,
		.guardrail = "gr1", .guardrail_version = "3", MESSAGES(USER(SAYS("Judge."))),
	} },
	/* Everything that models refuse. */
	{ "conversation", {
		.model = CLAUDE, .max_tokens = 800, .temperature = -1, TOOLS, .system = " \n", MESSAGES(
			MODEL(SAYS("Welcome."), USES("t0", "get_order", "{}")),
			USER(RESULT("t0", "{}"), SAYS("Hello.")), USER(SAYS(" \t\r\n")), MODEL(SAYS("\xc2\xa0")), USER(SAYS("Where are they?")),
			MODEL(AS_IT_CAME(CLAUDE, "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"Hm.\",\"signature\":\"s1\"}}}"),
			      AS_IT_CAME(NOVA, "{\"reasoningContent\":{}}"), SAYS(""), SAYS("I look."), USES("t1", "get_order", "{\"id\":\"1001\"}")),
			MODEL(USES("t2", "get_order", "{\"id\":\"1002\"}"), USES("t2", "get_order", "{}"), USES("t3", "get_order", "{\"id\":")),
			USER(SAYS("And?"), FAILED("t2", "No such order."), RESULT("other", "{}")),
			USER(RESULT("t1", "{\"state\":\"sent\"}"), RESULT("t1", "{\"state\":\"lost\"}"), USES("t4", "get_order", "{}")),
			MODEL(SAYS("One is sent."), RESULT("t3", "{}")), USER(RESULT("t1", "{}"), SAYS("Thanks."))),
	} },
	{ "without_tools", {
		.model = NOVA, .max_tokens = 800, .temperature = 1, TOOLS, .no_tools = true, MESSAGES(USER(SAYS("Hello."))),
	} },
	{ "tools_are_gone", {
		.model = CLAUDE, .max_tokens = 800, .temperature = -1, .no_tools = true, MESSAGES(
			USER(SAYS("Where is it?")), MODEL(USES("t1", "get_order", "{\"id\":\"1\"}")), USER(RESULT("t1", " "))),
	} },
};

#endif
