/* skill_methods.c - skills/list, skills/get, resources/directory/read, and reading a skill's file. */
#include "result.h"
#include "skill_methods.h"

#define TTL_MS 300000                   /* skills only change with the process */

static void text_member(struct json *json, const char *key, str text)
{
	json_key(json, key);
	json_str(json, text);
}

const struct fault *skills_list(struct mcp_call *call)
{
	int place, shown = 0;

	TRY(list_cursor(call, "skills", served_skills.count, &place));
	struct json *json = call_result(call, "complete");
	json_key(json, "skills");
	json_array(json);
	for (; place < served_skills.count && shown < runtime.set.page_size; place++, shown++)
		json_raw(json, served_skills.first[place].entry);
	json_array_end(json);
	if (place < served_skills.count)
		list_next(call, json, "skills", place);
	if (call->revision >= R2026_07_28)
		result_cacheable(json, TTL_MS, "public");
	return NULL;
}

static const struct fault *no_such(struct mcp_call *call, const char *what, str uri)
{
	return fault_say(call->arena, &FAULT_PARAMS, "There is no %s \"%s\".", what,
	                 str_quote(uri, 256).text);
}

const struct fault *skills_get(struct mcp_call *call)
{
	str uri = json_member(call->params, "uri");

	if (!uri.at)
		return fault_say(call->arena, &FAULT_PARAMS, "params.uri must name a skill's SKILL.md.");
	const struct skill_file *file = skill_file_find(uri);
	if (!file || !file->skill)
		return no_such(call, "skill", uri);
	struct json *json = call_result(call, "complete");
	json_key(json, "skill");
	json_raw(json, file->skill->entry);
	if (call->revision >= R2026_07_28)
		result_cacheable(json, TTL_MS, "public");
	return NULL;
}

/* ---- Directories: whatever the path of a file goes through ---- */

static void write_child_file(struct json *json, const struct skill_file *file, str name)
{
	json_object(json);
	text_member(json, "uri", str_of(file->uri));
	text_member(json, "name", file->skill ? str_of(file->skill->name) : name);
	if (file->skill)
		text_member(json, "description", str_of(file->skill->about));
	text_member(json, "mimeType", str_of(file->mime));
	json_key(json, "size");
	json_int(json, (int64_t)file->bytes.size);
	json_object_end(json);
}

static void write_child_folder(struct json *json, str uri, str name)
{
	json_object(json);
	text_member(json, "uri", uri);
	text_member(json, "name", name);
	text_member(json, "mimeType", STR("inode/directory"));
	json_object_end(json);
}

/* Writes the child of `folder` (which ends in a slash) that the file at *place is or is in, and
 * moves on to the next. */
static void write_child(struct json *json, str folder, int *place)
{
	const struct skill_file *file = &served_skills.files[*place];
	str rest = { file->uri + folder.size, strlen(file->uri) - folder.size };
	str name = str_cut(&rest, '/');

	if (!rest.at) {
		write_child_file(json, file, name);
		++*place;
		return;
	}
	str below = { file->uri, folder.size + name.size + 1 };
	write_child_folder(json, (str) { file->uri, below.size - 1 }, name);
	while (*place < served_skills.file_count &&
	       strncmp(served_skills.files[*place].uri, below.at, below.size) == 0)
		++*place;
}

static bool is_below(int place, str folder)
{
	return place < served_skills.file_count &&
	       strncmp(served_skills.files[place].uri, folder.at, folder.size) == 0;
}

const struct fault *resources_directory_read(struct mcp_call *call)
{
	str uri = json_member(call->params, "uri");
	int place, shown = 0;

	if (!uri.at)
		return fault_say(call->arena, &FAULT_PARAMS, "params.uri must name a directory.");
	str folder = str_of(arena_print(call->arena, "%.*s/", STR_FORMAT(uri)));
	int first = skill_file_place(folder);
	if (!str_starts(uri, SKILL_SCHEME) || uri.size == strlen(SKILL_SCHEME) ||
	    !is_below(first, folder))
		return no_such(call, "directory", uri);
	TRY(list_cursor(call, folder.at, served_skills.file_count, &place));
	struct json *json = call_result(call, "complete");
	json_key(json, "resources");
	json_array(json);
	for (place = place > first ? place : first; is_below(place, folder); shown++) {
		if (shown == runtime.set.page_size)
			break;
		write_child(json, folder, &place);
	}
	json_array_end(json);
	if (is_below(place, folder))
		list_next(call, json, folder.at, place);
	return NULL;
}

/* ---- Reading ---- */

/* A place in a file (#not-ready) is looked for by whoever reads it. */
static const struct skill_file *file_of(str uri)
{
	return skill_file_find(str_cut(&uri, '#'));
}

static enum mcp_answer read_file(struct mcp_call *call, UNUSED const void *in,
                                 UNUSED struct store *store)
{
	const struct skill_file *file = file_of(call->uri);
	struct json *json = call_result(call, "complete");

	json_key(json, "contents");
	json_array(json);
	json_object(json);
	text_member(json, "uri", str_of(file->uri));
	text_member(json, "mimeType", str_of(file->mime));
	if (file->is_text)
		text_member(json, "text", file->bytes);
	else
		text_member(json, "blob", base64(call->arena, file->bytes));
	json_object_end(json);
	json_array_end(json);
	if (call->revision >= R2026_07_28)
		result_cacheable(json, TTL_MS, "public");
	return MCP_ANSWERED;
}

/* ---- Among the resources ---- */

static struct offer any_file;           /* of them, as far as a call is concerned */

/* The SKILL.md is listed; the other files are found by what it says, or by skills/get. */
static void offer(void)
{
	for (int i = 0; i < served_skills.count; i++) {
		const struct skill *skill = &served_skills.first[i];
		offer_resource(&(struct mcp_resource) {
			.uri = skill->uri, .name = skill->name, .about = skill->about,
			.mime = "text/markdown", .run = read_file });
	}
	any_file = (struct offer) {
		.kind = OFFER_RESOURCE, .name = SKILL_SCHEME, .run = read_file,
		.deadline_ms = runtime.set.call_deadline_ms };
}

static const struct offer *find(str uri)
{
	return file_of(uri) ? &any_file : NULL;
}

static bool is_served(void)
{
	return served_skills.count > 0;
}

const struct extension skills_extension = {
	.name = "io.modelcontextprotocol/skills", .settings = "{\"directoryRead\":true}",
	.is_served = is_served, .offer = offer, .find = find,
	.methods = (const char *const[]) { "skills/", "resources/directory/", NULL },
};
