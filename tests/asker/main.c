/* asker - a server whose tools ask a language model, and tell what it writes while it does. */
#include "mcp.h"
#include "model_ask.h"

#define DEADLINE_MS 100000

struct wanted { const char *text; bool tools; };
struct answered {
	const char *text, *model, *cut, *tool, *input;
	int64_t stop, tokens_in, tokens_out, tokens_cached;
};

static struct models *models;

static SHAPE(wanted_shape, struct wanted,
	TEXT(struct wanted, text, "What is said to the model", .required = true, AT_MOST(4000)),
	BOOL(struct wanted, tools, "It may look up the weather"));

static SHAPE(answered_shape, struct answered,
	TEXT(struct answered, text, "What it says", .required = true),
	TEXT(struct answered, model, "Who says it", .required = true),
	TEXT(struct answered, cut, "Why it is not all"),
	TEXT(struct answered, tool, "The tool that it uses"),
	TEXT(struct answered, input, "How"),
	INT(struct answered, stop, "Why it ended"),
	INT(struct answered, tokens_in, "Tokens that it read"),
	INT(struct answered, tokens_out, "Tokens that it wrote"),
	INT(struct answered, tokens_cached, "Tokens that it had"));

static const struct model_tool weather[] = {
	{ "weather", "The weather of a town", "{\"type\":\"object\",\"properties\":{\"town\":{\"type\":\"string\"}},\"required\":[\"town\"]}" },
};

static enum mcp_answer tell(struct mcp_call *call, const struct model_said *said)
{
	struct answered answered = {
		.text = "", .model = said->model, .cut = said->cut, .stop = said->answer.stop, .tokens_in = said->answer.usage.input,
		.tokens_out = said->answer.usage.output, .tokens_cached = said->answer.usage.cache_read,
	};

	for (size_t i = 0; i < said->answer.count; i++) {
		const struct model_block *block = &said->answer.blocks[i];
		if (block->kind == MODEL_TEXT) {
			answered.text = arena_print(mcp_arena(call), "%s%.*s", answered.text, STR_FORMAT(block->text));
		} else if (block->kind == MODEL_TOOL_USE) {
			answered.tool = arena_copy(mcp_arena(call), block->name);
			answered.input = arena_copy(mcp_arena(call), block->text);
		}
	}
	return mcp_return(call, answered_shape, &answered);
}

static enum mcp_answer ask(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct wanted *wanted = in;
	const struct model_block block = { .kind = MODEL_TEXT, .text = str_of(wanted->text) };
	const struct model_message message = { MODEL_USER, &block, 1 };
	const struct model_request request = {
		.system = "You answer in few words.", .messages = &message, .message_count = 1,
		.tools = weather, .tool_count = wanted->tools ? 1 : 0, .max_tokens = 200, .temperature = 0,
	};
	struct model_said said;

	switch (model_ask(call, models, "answer", &request, &said)) {
	case MODEL_PENDING:
		if (said.text.size > 0)
			mcp_progress(call, (double)said.text.size, 0, "%.*s", STR_FORMAT(said.text));
		return MCP_WAITING;
	case MODEL_ANSWERED:
		return tell(call, &said);
	default:
		return mcp_fail(call, "%s", said.why);
	}
}

static enum mcp_answer hello(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_say(call, "Hello.");
}

static const struct mcp_tool tools[] = {
	{ "ask", "Ask", "Asks a model.", .in = wanted_shape, .out = answered_shape, .reaches_out = true, .deadline_ms = DEADLINE_MS, .run = ask },
	{ "ask_on_worker", "Ask on a worker", "Asks a model, on a worker.", .in = wanted_shape, .out = answered_shape, .reaches_out = true,
	  .blocks = true, .deadline_ms = DEADLINE_MS, .run = ask },
	{ "ask_long", "Ask as a task", "Asks a model, as a task where the client knows them.", .in = wanted_shape, .out = answered_shape,
	  .reaches_out = true, .blocks = true, .runs_long = true, .run = ask },
	{ "hello", "Hello", "Says hello, on a worker.", .blocks = true, .run = hello },
	{ 0 },
};

static const struct setting settings[] = {
	MODEL_SETTINGS,
	{ "MODEL_BEGINS", SETTING_DURATION, "20s", "How long a model may take to begin", 1, 0, NULL },
	{ "MODEL_SILENCE", SETTING_DURATION, "15s", "How long it may pause", 1, 0, NULL },
	{ "MODEL_ALL", SETTING_DURATION, "90s", "How long all of it may take", 1, 0, NULL },
	{ 0 },
};

static bool start(void)
{
	model_times.first_word = setting_int("MODEL_BEGINS");
	model_times.silence = setting_int("MODEL_SILENCE");
	model_times.all = setting_int("MODEL_ALL");
	models = models_create();
	return models;
}

static void stop(void)
{
	models_destroy(models);
}

int main(int argc, char **argv)
{
	return mcp_main(&(struct mcp_server) {
		.name = "asker", .version = "1.0.0", .instructions = "Only for tests.", .tools = tools, .settings = settings,
		.start = start, .stop = stop,
	}, argc, argv);
}
