/* offer.c - the tools, resources and prompts of the server, made ready at start.
 *
 * Each is described in JSON once per revision; a list is those pieces, as far as the caller may use
 * them, one after the other. */
#include <stdlib.h>

#include "runtime.h"

#define PAGE "text/html;profile=mcp-app"

struct runtime runtime;

static void member(struct json *json, const char *key, const char *text)
{
	if (!text)
		return;
	json_key(json, key);
	json_text(json, text);
}

static void raw_member(struct json *json, const char *key, const char *value, bool known)
{
	if (!value || !*value || !known)
		return;
	json_key(json, key);
	json_raw(json, str_of(value));
}

/* ---- Describing ---- */

static void annotations(struct json *json, const struct mcp_tool *tool)
{
	json_key(json, "annotations");
	json_object(json);
	member(json, "title", tool->title);
	json_key(json, "readOnlyHint");
	json_bool(json, !tool->changes);
	if (tool->changes) {
		json_key(json, "destructiveHint");
		json_bool(json, tool->destroys);
		json_key(json, "idempotentHint");
		json_bool(json, tool->idempotent);
	}
	json_key(json, "openWorldHint");
	json_bool(json, tool->reaches_out);
	json_object_end(json);
}

static bool is_object_schema(struct arena *arena, const char *schema)
{
	enum json_trouble trouble;

	return str_is(json_member(json_parse_copy(arena, str_of(schema), 200, &trouble), "type"), "object");
}

/* Before 2026-07-28 only an object may be structured. */
static bool is_structured(struct arena *arena, const struct mcp_tool *tool, enum revision revision)
{
	if (tool->out || !tool->out_schema)
		return tool->out && revision >= R2025_06_18;
	return revision >= R2026_07_28 || (revision >= R2025_06_18 && is_object_schema(arena, tool->out_schema));
}

static str describe_tool(struct arena *arena, const struct mcp_tool *tool,
                         enum revision revision)
{
	struct json json = json_begin(arena, 1024);

	json_object(&json);
	member(&json, "name", tool->name);
	if (revision >= R2025_06_18)
		member(&json, "title", tool->title);
	member(&json, "description", tool->about);
	json_key(&json, "inputSchema");
	if (tool->in_schema)
		json_raw(&json, str_of(tool->in_schema));
	else
		shape_schema(&json, tool->in, SCHEMA_INPUT, revision >= R2026_07_28);
	if (is_structured(arena, tool, revision)) {
		json_key(&json, "outputSchema");
		if (tool->out)
			shape_schema(&json, tool->out, SCHEMA_OUTPUT, false);
		else
			json_raw(&json, str_of(tool->out_schema));
	}
	annotations(&json, tool);
	raw_member(&json, "icons", tool->icons, revision >= R2025_11_25);
	raw_member(&json, "_meta", tool->meta, revision >= R2025_06_18);
	json_object_end(&json);
	return json_end(&json);
}

static str describe_resource(struct arena *arena, const struct mcp_resource *resource,
                             enum revision revision)
{
	struct json json = json_begin(arena, 256);

	json_object(&json);
	member(&json, resource->in ? "uriTemplate" : "uri", resource->uri);
	member(&json, "name", resource->name);
	if (revision >= R2025_06_18)
		member(&json, "title", resource->title);
	member(&json, "description", resource->about);
	member(&json, "mimeType", resource->mime);
	raw_member(&json, "icons", resource->icons, revision >= R2025_11_25);
	raw_member(&json, "_meta", resource->meta, revision >= R2025_06_18);
	json_object_end(&json);
	return json_end(&json);
}

static void prompt_arguments(struct json *json, const struct shape *shape)
{
	json_key(json, "arguments");
	json_array(json);
	for (const struct field *field = shape ? shape->fields : NULL; field && field->name; field++) {
		json_object(json);
		member(json, "name", field->name);
		member(json, "description", shape_about(json->arena, field));
		json_key(json, "required");
		json_bool(json, field->required);
		json_object_end(json);
	}
	json_array_end(json);
}

static str describe_prompt(struct arena *arena, const struct mcp_prompt *prompt,
                           enum revision revision)
{
	struct json json = json_begin(arena, 256);

	json_object(&json);
	member(&json, "name", prompt->name);
	if (revision >= R2025_06_18)
		member(&json, "title", prompt->title);
	member(&json, "description", prompt->about);
	prompt_arguments(&json, prompt->in);
	raw_member(&json, "icons", prompt->icons, revision >= R2025_11_25);
	raw_member(&json, "_meta", prompt->meta, revision >= R2025_06_18);
	json_object_end(&json);
	return json_end(&json);
}

/* ---- Building ---- */

/* What was written on the way to a text is left behind; a text that two revisions share is kept once. */
static void keep(str listed[REVISIONS], int revision, str text)
{
	str before = revision > 0 ? listed[revision - 1] : (str) { 0 };

	listed[revision] = str_same(before, text) ? before
		: (str) { arena_copy(runtime.arena, text), text.size };
}

static struct offer *add(struct offers *offers, const struct offer *offer)
{
	struct offer *place = &offers->first[offers->count++];

	*place = *offer;
	if (place->deadline_ms == 0)
		place->deadline_ms = runtime.set.call_deadline_ms;
	if (place->scope && strcmp(place->scope, MCP_ANYONE) == 0)
		place->scope = NULL;
	if (place->meta && !*place->meta)
		place->meta = NULL;
	return place;
}

static bool has_headers(const struct shape *shape)
{
	for (const struct field *field = shape ? shape->fields : NULL; field && field->name; field++)
		if (field->header || (field->type == FIELD_NEST && has_headers(field->item)))
			return true;
	return false;
}

static int count_of(const void *table, size_t size)
{
	int count = 0;

	/* Every table's entries begin with their name, which the last has not. */
	for (const char *at = table; at && *(const char *const *)(const void *)at; at += size)
		count++;
	return count;
}

static void make_room(struct offers *offers, int count)
{
	if (count <= offers->room)
		return;
	struct offer *first = arena_array(runtime.arena, struct offer, count);
	if (offers->count)
		memcpy(first, offers->first, (size_t)offers->count * sizeof(*first));
	offers->first = first;
	offers->room = count;
}

/* A schema that is none was told of before (validate/). */
static const struct json_schema *compiled(const char *text, yyjson_val **json)
{
	enum json_trouble trouble;
	const char *why;

	if (!text)
		return NULL;
	*json = json_parse_copy(runtime.arena, str_of(text), 200, &trouble);
	const struct json_schema *schema = json_schema_compile(runtime.arena, *json, &why);
	if (!schema)
		abort();
	return schema;
}

static void build_tools(void)
{
	make_room(&runtime.tools, count_of(runtime.server->tools, sizeof(struct mcp_tool)));
	for (const struct mcp_tool *tool = runtime.server->tools; tool && tool->name; tool++) {
		struct offer *offer = add(&runtime.tools, &(struct offer) {
			.kind = OFFER_TOOL, .name = tool->name, .in = tool->in, .out = tool->out,
			.runs_long = tool->runs_long || tool->asks_first,
			.needs_task = tool->needs_task, .asks_first = tool->asks_first,
			.idempotent = tool->idempotent,
			.scope = tool->scope, .blocks = tool->blocks, .changes = tool->changes,
			.deadline_ms = tool->deadline_ms,
			.has_headers = has_headers(tool->in), .run = tool->run });
		offer->schema = compiled(tool->in_schema, &offer->in_schema);
		offer->answers = compiled(tool->out_schema, &(yyjson_val *) { NULL });
		for (int revision = 0; revision < REVISIONS; revision++) {
			struct arena *scratch = arena_create();
			offer->structured[revision] = is_structured(scratch, tool, (enum revision)revision);
			keep(offer->listed, revision, describe_tool(scratch, tool, (enum revision)revision));
			arena_destroy(scratch);
		}
	}
}

void offer_resource(const struct mcp_resource *it)
{
	struct offers *offers = it->in ? &runtime.templates : &runtime.resources;

	if (offers->count == offers->room)
		make_room(offers, 2 * offers->room + 4);
	struct offer *offer = add(offers,
		&(struct offer) {
			.kind = OFFER_RESOURCE, .name = it->uri, .in = it->in, .out = it->out,
			.scope = it->scope, .blocks = it->blocks, .mime = it->mime, .run = it->run,
			.complete = it->complete, .meta = it->meta, .sees = it->sees,
			.sees_all = it->sees_all,
			.database_tells = it->database_tells, .tells_followers = it->tells_followers });

	for (int revision = 0; revision < REVISIONS; revision++) {
		struct arena *scratch = arena_create();
		keep(offer->listed, revision, describe_resource(scratch, it, (enum revision)revision));
		arena_destroy(scratch);
	}
}

static void build_resources(void)
{
	make_room(&runtime.resources, count_of(runtime.server->resources, sizeof(struct mcp_resource)));
	for (const struct mcp_resource *it = runtime.server->resources; it && it->uri; it++)
		offer_resource(it);
	for (int i = 0; runtime.extensions[i]; i++)
		if (runtime.extensions[i]->offer)
			runtime.extensions[i]->offer();
}

static void build_prompts(void)
{
	make_room(&runtime.prompts, count_of(runtime.server->prompts, sizeof(struct mcp_prompt)));
	for (const struct mcp_prompt *it = runtime.server->prompts; it && it->name; it++) {
		struct offer *offer = add(&runtime.prompts, &(struct offer) {
			.kind = OFFER_PROMPT, .name = it->name, .in = it->in, .scope = it->scope,
			.blocks = it->blocks, .run = it->run, .complete = it->complete });
		for (int revision = 0; revision < REVISIONS; revision++) {
			struct arena *scratch = arena_create();
			keep(offer->listed, revision, describe_prompt(scratch, it, (enum revision)revision));
			arena_destroy(scratch);
		}
	}
}

static str server_info(enum revision revision)
{
	struct json json = json_begin(runtime.arena, 128);

	json_object(&json);
	member(&json, "name", runtime.server->name);
	if (revision >= R2025_06_18)
		member(&json, "title", runtime.server->title);
	member(&json, "version", runtime.version);
	json_object_end(&json);
	return json_end(&json);
}

static void capability(struct json *json, const char *name, bool served, const char *settings)
{
	if (!served)
		return;
	json_key(json, name);
	json_raw(json, str_of(settings));
}

/* A resource that hosts show as a page beside a tool's answer. */
static bool has_pages(void)
{
	for (int i = 0; i < runtime.resources.count; i++)
		if (runtime.resources.first[i].mime && strcmp(runtime.resources.first[i].mime, PAGE) == 0)
			return true;
	return false;
}

const struct extension pages_extension = {
	.name = "io.modelcontextprotocol/ui", .settings = "{\"mimeTypes\":[\"" PAGE "\"]}",
	.since = R2025_06_18, .is_served = has_pages,    /* tools have a _meta */
};

static void extensions(struct json *json, enum revision revision)
{
	bool any = false;

	for (int i = 0; runtime.extensions[i]; i++) {
		const struct extension *extension = runtime.extensions[i];
		if (revision < extension->since || !extension->is_served())
			continue;
		if (!any) {
			json_key(json, "extensions");
			json_object(json);
		}
		any = true;
		capability(json, extension->name, true, extension->settings);
	}
	if (any)
		json_object_end(json);
}

static bool can_complete(const struct offers *offers)
{
	for (int i = 0; i < offers->count; i++) {
		const struct shape *in = offers->first[i].in;
		const struct field *field = in ? in->fields : NULL;
		for (; field && field->name; field++)
			if (offers->first[i].complete || field->one_of)
				return true;
	}
	return false;
}

static bool has_completions(void)
{
	return can_complete(&runtime.prompts) || can_complete(&runtime.templates);
}

/* What is advertised is what is served. */
static str capabilities(enum revision revision)
{
	struct json json = json_begin(runtime.arena, 256);
	bool resources = runtime.resources.count + runtime.templates.count > 0;
	bool prompts = runtime.prompts.count > 0;

	json_object(&json);
	capability(&json, "logging", true, "{}");
	capability(&json, "completions", has_completions(), "{}");
	capability(&json, "tools", runtime.tools.count > 0, "{\"listChanged\":true}");
	capability(&json, "resources", resources, "{\"subscribe\":true,\"listChanged\":true}");
	capability(&json, "prompts", prompts, "{\"listChanged\":true}");
	extensions(&json, revision);
	json_object_end(&json);
	return json_end(&json);
}

void offers_build(void)
{
	build_tools();
	build_resources();
	build_prompts();
	for (int revision = 0; revision < REVISIONS; revision++) {
		runtime.server_info[revision] = server_info((enum revision)revision);
		runtime.capabilities[revision] = capabilities((enum revision)revision);
	}
}

static const struct extension *extension_of(str method)
{
	for (int i = 0; runtime.extensions[i]; i++)
		for (const char *const *name = runtime.extensions[i]->methods; name && *name; name++)
			if (str_starts(method, *name))
				return runtime.extensions[i];
	return NULL;
}

bool offers_serve(str method)
{
	const struct extension *extension = extension_of(method);

	if (extension)
		return extension->is_served();
	if (str_starts(method, "prompts/"))
		return runtime.prompts.count > 0;
	if (str_starts(method, "tools/"))
		return runtime.tools.count > 0;
	if (str_starts(method, "resources/"))
		return runtime.resources.count + runtime.templates.count > 0;
	if (str_starts(method, "completion/"))
		return has_completions();
	return true;
}

const struct offer *offer_find(const struct offers *offers, str name)
{
	for (int i = 0; i < offers->count; i++)
		if (str_is(name, offers->first[i].name))
			return &offers->first[i];
	return NULL;
}
