/* content.c - tools that answer at once: one for each kind of content. */
#include "conformance.h"

enum mcp_answer simple_text(struct mcp_call *call, UNUSED const void *in,
                            UNUSED struct store *store)
{
	return mcp_say(call, "This is a simple text response for testing.");
}

enum mcp_answer image_content(struct mcp_call *call, UNUSED const void *in,
                              UNUSED struct store *store)
{
	mcp_add(call, &pixel);
	return mcp_done(call);
}

enum mcp_answer audio_content(struct mcp_call *call, UNUSED const void *in,
                              UNUSED struct store *store)
{
	mcp_add(call, &silence);
	return mcp_done(call);
}

enum mcp_answer embedded_resource(struct mcp_call *call, UNUSED const void *in,
                                  UNUSED struct store *store)
{
	mcp_add(call, &(struct mcp_content) {
		.type = MCP_EMBEDDED, .uri = "test://embedded-resource", .mime = "text/plain",
		.text = "This is an embedded resource content." });
	return mcp_done(call);
}

enum mcp_answer mixed_content(struct mcp_call *call, UNUSED const void *in,
                              UNUSED struct store *store)
{
	mcp_add(call, &(struct mcp_content) {
		.type = MCP_TEXT, .text = "Multiple content types test:" });
	mcp_add(call, &pixel);
	mcp_add(call, &(struct mcp_content) {
		.type = MCP_EMBEDDED, .uri = "test://mixed-content-resource",
		.mime = "application/json", .text = "{\"test\":\"data\",\"value\":123}" });
	return mcp_done(call);
}

enum mcp_answer resource_link(struct mcp_call *call, UNUSED const void *in,
                              UNUSED struct store *store)
{
	mcp_add(call, &(struct mcp_content) {
		.type = MCP_LINK, .uri = "test://static-text", .name = "static-text",
		.title = "Static text", .about = "A static text resource", .mime = "text/plain" });
	return mcp_done(call);
}

struct reading {
	double celsius;
	const char *sky;
};

SHAPE(reading_shape, struct reading,
	REAL(struct reading, celsius, "Temperature in degrees Celsius", .required = true),
	TEXT(struct reading, sky, "What the sky looks like", .required = true));

enum mcp_answer structured_content(struct mcp_call *call, UNUSED const void *in,
                                   UNUSED struct store *store)
{
	return mcp_return(call, reading_shape, &(struct reading) { .celsius = 22.5, .sky = "Partly cloudy" });
}

enum mcp_answer error_handling(struct mcp_call *call, UNUSED const void *in,
                               UNUSED struct store *store)
{
	return mcp_fail(call, "This tool intentionally returns an error for testing");
}

enum mcp_answer annotated(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	return mcp_say(call, "Nothing was changed.");
}

enum mcp_answer schema_2020_12(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	return mcp_say(call, "Called with %s", (const char *)in);
}

struct header {
	const char *region;
};

SHAPE(header_shape, struct header,
	TEXT(struct header, region, "Where to run, repeated in the header Mcp-Param-Region",
	     .header = "Region"));

enum mcp_answer header(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct header *asked = in;

	return mcp_say(call, "Region: %s", asked->region ? asked->region : "not said");
}
