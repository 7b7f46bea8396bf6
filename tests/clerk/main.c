/* clerk - a server whose tool stands in for a model: it uses the tools that support gives to one, as it is told. */
#include "shop.h"

struct wanted { const char *tool, *input, *key; };
struct used {
	const char *text, *card, *reason;
	bool failed, wants_person, asks;
};

static SHAPE(wanted_shape, struct wanted,
	TEXT(struct wanted, tool, "Which tool", .required = true),
	TEXT(struct wanted, input, "Its input, as the model wrote it", .required = true),
	TEXT(struct wanted, key, "Of this use", DEFAULT("CNV-0 1 1")));

static SHAPE(used_shape, struct used,
	TEXT(struct used, text, "What the model is told", .required = true),
	BOOL(struct used, failed, "It is told of trouble", .required = true),
	TEXT(struct used, card, "What pages show"),
	BOOL(struct used, wants_person, "It goes to a person", .required = true),
	TEXT(struct used, reason, "Why"),
	BOOL(struct used, asks, "The tool asks its person", .required = true));

static enum mcp_answer use(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct wanted *wanted = in;
	const struct model_block block = {
		.kind = MODEL_TOOL_USE, .name = str_of(wanted->tool), .text = str_of(wanted->input), .id = STR("use_1"),
	};
	struct shop_result result;

	if (shop_use(call, mcp_customer(call), wanted->key, &block, &result) == SHOP_PENDING)
		return MCP_WAITING;
	return mcp_return(call, used_shape, &(struct used) {
		.text = arena_copy(mcp_arena(call), result.text), .failed = result.failed, .card = result.card,
		.wants_person = result.wants_person, .reason = result.reason, .asks = shop_asks(block.name),
	});
}

struct told { const char *name, *about, *schema; };
struct all { struct told *tools; int64_t count; };

static SHAPE(told_shape, struct told,
	TEXT(struct told, name, "Its name", .required = true),
	TEXT(struct told, about, "What it is for", .required = true),
	TEXT(struct told, schema, "Of its input", .required = true));

static SHAPE(all_shape, struct all,
	LIST(struct all, tools, count, struct told, told_shape, "As they are told to a model", .required = true));

static enum mcp_answer tell(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	struct told *told = arena_array(mcp_arena(call), struct told, shop_tool_count);

	for (size_t i = 0; i < shop_tool_count; i++)
		told[i] = (struct told) { shop_tools[i].name, shop_tools[i].about, shop_tools[i].schema };
	return mcp_return(call, all_shape, &(struct all) { told, (int64_t)shop_tool_count });
}

static const struct mcp_tool tools[] = {
	{ "use", "Use a tool", "Uses a tool of the shop's.", .in = wanted_shape, .out = used_shape, .scope = MCP_ANYONE,
	  .changes = true, .idempotent = true, .run = use },
	{ "tell", "Tell the tools", "Tells which there are.", .out = all_shape, .run = tell },
	{ 0 },
};

static const struct setting settings[] = { SHOP_SETTINGS, { 0 } };

static bool start(void)
{
	return shop_start("1.0.0");
}

int main(int argc, char **argv)
{
	return mcp_main(&(struct mcp_server) {
		.name = "clerk", .version = "1.0.0", .instructions = "Only for tests.", .tools = tools, .settings = settings,
		.start = start, .stop = shop_stop,
	}, argc, argv);
}
