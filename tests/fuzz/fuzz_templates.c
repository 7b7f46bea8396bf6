/* fuzz_templates.c - a URI against the resources and templates of a server: what a template finds in
 * it is text that its shape takes, and as programs spell it, it is known as the same. */
#include "fuzz.h"

#include "call.h"
#include "protocol.h"

struct one {
	const char *sku;
};

struct two {
	const char *kind, *name;
};

static SHAPE(one_shape, struct one,
	TEXT(struct one, sku, "Which", .required = true, AT_LEAST(2), AT_MOST(8)));

static SHAPE(two_shape, struct two,
	TEXT(struct two, kind, "Kind", .required = true, ONE_OF("big", "small")),
	TEXT(struct two, name, "Name", .required = true));

static const struct mcp_resource resources[] = {
	{ "product://{sku}", "product", "A product", "x", .mime = "text/plain", .in = one_shape },
	{ "file://{kind}/data/{name}.json", "file", "A file", "x", .mime = "text/plain",
	  .in = two_shape },
	{ "catalog://all", "all", "All", "x", .mime = "text/plain" },
	{ 0 },
};

static const struct mcp_server server = {
	.name = "fuzz", .title = "Fuzz", .version = "1", .resources = resources,
};

static void check_value(const struct shape *shape, const char *name, const char *text)
{
	must(text && *text && utf8_valid(str_of(text)));
	must(shape_takes_text(shape_field(shape, str_of(name)), text));
	for (; *text; text++)
		must((unsigned char)*text >= 0x20 && *text != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;

	if (!ready)
		protocol_start(&(struct protocol_settings) {
			.server = &server, .depth_max = 64, .page_size = 100 });
	ready = true;
	struct arena *arena = arena_create();
	const void *in = NULL;
	const struct offer *offer = offer_for_uri(arena, input_of(data, size), &in);

	must(offer ? !in == !offer->in : !in);
	if (in && offer->in == one_shape)
		check_value(one_shape, "sku", ((const struct one *)in)->sku);
	if (in && offer->in == two_shape) {
		check_value(two_shape, "kind", ((const struct two *)in)->kind);
		check_value(two_shape, "name", ((const struct two *)in)->name);
	}
	if (in && offer->in == one_shape) {
		const char *spelt = arena_print(arena, "product://%s", text_in_uri(arena, ((const struct one *)in)->sku));
		must(strcmp(offer_known_as(arena, str_of(spelt)), offer_known_as(arena, input_of(data, size))) == 0);
	}
	arena_destroy(arena);
	return 0;
}
