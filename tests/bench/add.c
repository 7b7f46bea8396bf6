/* add.c - the server the benchmark calls: one tool that only computes. */
#include "mcp.h"

struct terms { int64_t a, b; };
struct sum { int64_t sum; };

static SHAPE(terms_shape, struct terms,
	INT(struct terms, a, "The first number", .required = true),
	INT(struct terms, b, "The second number", .required = true));

static SHAPE(sum_shape, struct sum,
	INT(struct sum, sum, "Both together", .required = true));

static enum mcp_answer add(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct terms *terms = in;

	return mcp_return(call, sum_shape, &(struct sum) { terms->a + terms->b });
}

static const struct mcp_tool tools[] = {
	{ "add", "Add", "Adds two numbers.", .in = terms_shape, .out = sum_shape, .run = add },
	{ 0 },
};

int main(int argc, char **argv)
{
	return mcp_main(&(struct mcp_server) {
		.name = "add", .title = "Add", .version = "1.0.0", .port = 8080, .tools = tools,
	}, argc, argv);
}
