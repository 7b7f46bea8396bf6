/* resources.c - things to read: text, bytes, and a template. */
#include "conformance.h"

enum mcp_answer static_text(struct mcp_call *call, UNUSED const void *in,
                            UNUSED struct store *store)
{
	return mcp_say(call, "This is the content of the static text resource.");
}

enum mcp_answer static_binary(struct mcp_call *call, UNUSED const void *in,
                              UNUSED struct store *store)
{
	mcp_add(call, &(struct mcp_content) {
		.type = MCP_EMBEDDED, .uri = "test://static-binary", .mime = pixel.mime,
		.bytes = pixel.bytes, .size = pixel.size });
	return mcp_done(call);
}

enum mcp_answer watched_resource(struct mcp_call *call, UNUSED const void *in,
                                 UNUSED struct store *store)
{
	return mcp_say(call, "Watched resource content");
}

struct id {
	const char *id;
};

SHAPE(id_shape, struct id,
	TEXT(struct id, id, "Which data", .required = true));

struct data {
	const char *id;
	bool templateTest;
	const char *data;
};

SHAPE(data_shape, struct data,
	TEXT(struct data, id, "Which data this is", .required = true),
	BOOL(struct data, templateTest, "That a template was filled in", .required = true),
	TEXT(struct data, data, "The data", .required = true));

enum mcp_answer template_data(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct id *asked = in;

	return mcp_return(call, data_shape, &(struct data) {
		.id = asked->id, .templateTest = true,
		.data = arena_print(mcp_arena(call), "Data for ID: %s", asked->id) });
}

void complete_id(struct mcp_call *call, UNUSED const char *argument, const char *value,
                 UNUSED struct store *store)
{
	static const char *const ids[] = { "1", "12", "123", "2", NULL };

	for (const char *const *id = ids; *id; id++)
		if (strncmp(*id, value, strlen(value)) == 0)
			mcp_suggest(call, *id);
}
