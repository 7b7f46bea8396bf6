/* skill.c - the skills of the server, checked and made ready at start. */
#include "skill.h"

#include <stdlib.h>

#include "frontmatter.h"
#include "json.h"
#include "sha256.h"

#define FILES_MAX 512                   /* of a skill: what every host must take */
#define BYTES_MAX (INT64_C(16) << 20)
#define NAME_MAX_ 64
#define ABOUT_MAX 1024
#define MANIFEST "SKILL.md"

struct skills served_skills;

static bool ends_with(str text, const char *end)
{
	size_t size = strlen(end);

	return text.size >= size && memcmp(text.at + text.size - size, end, size) == 0;
}

/* ---- Files ---- */

static const struct {
	const char *ending, *mime;
} types[] = {
	{ ".md", "text/markdown" }, { ".txt", "text/plain" }, { ".csv", "text/csv" },
	{ ".html", "text/html" }, { ".css", "text/css" }, { ".js", "text/javascript" },
	{ ".json", "application/json" }, { ".yaml", "application/yaml" },
	{ ".yml", "application/yaml" }, { ".xml", "application/xml" }, { ".py", "text/x-python" },
	{ ".sh", "application/x-sh" }, { ".svg", "image/svg+xml" }, { ".png", "image/png" },
	{ ".jpg", "image/jpeg" }, { ".jpeg", "image/jpeg" }, { ".gif", "image/gif" },
	{ ".webp", "image/webp" }, { ".pdf", "application/pdf" }, { ".zip", "application/zip" },
};

static const char *mime_of(str path, bool is_text)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (ends_with(path, types[i].ending))
			return types[i].mime;
	return is_text ? "text/plain" : "application/octet-stream";
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr("-._~", c);
}

/* Names that stand in a URI as they are, so that there is one way to write each. */
static const char *check_path(struct arena *arena, const char *path)
{
	str rest = str_of(path);

	while (rest.at) {
		str name = str_cut(&rest, '/');
		bool plain = name.size > 0 && name.at[0] != '.';
		for (size_t i = 0; i < name.size; i++)
			plain = plain && is_plain(name.at[i]);
		if (!plain)
			return arena_print(arena, "the skills have a file \"%s\"; rename it: a name"
			                   " may have letters without accents, digits and - . _ ~,"
			                   " and begins with no dot", str_quote(str_of(path), 200).text);
	}
	return NULL;
}

static int by_uri(const void *a, const void *b)
{
	return strcmp(((const struct skill_file *)a)->uri, ((const struct skill_file *)b)->uri);
}

static const char *add_files(struct skills *skills, const struct mcp_file *files)
{
	const char *why;
	int count = 0;

	while (files[count].path)
		count++;
	skills->files = arena_array(skills->arena, struct skill_file, count + 1);
	for (const struct mcp_file *file = files; file->path; file++) {
		str bytes = { file->bytes, file->size };
		bool is_text = utf8_valid(bytes) && !memchr(file->bytes, '\0', file->size);
		if ((why = check_path(skills->arena, file->path)))
			return why;
		skills->files[skills->file_count++] = (struct skill_file) {
			.uri = arena_print(skills->arena, SKILL_SCHEME "%s", file->path),
			.bytes = bytes, .is_text = is_text,
			.mime = mime_of(str_of(file->path), is_text),
		};
	}
	qsort(skills->files, (size_t)count, sizeof(*skills->files), by_uri);
	return NULL;
}

/* ---- A skill ---- */

/* What is wrong with one; its URI without the scheme is its path. */
static const char *wrong(struct skills *skills, const struct skill *skill, const char *why)
{
	return arena_print(skills->arena, "%s can't be served: %s",
	                   skill->uri + strlen(SKILL_SCHEME), why);
}

static bool is_name(str name)
{
	if (name.size == 0 || name.size > NAME_MAX_ || name.at[0] == '-' || ends_with(name, "-"))
		return false;
	for (size_t i = 0; i < name.size; i++) {
		char c = name.at[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') ||
		    (c == '-' && name.at[i + 1] == '-'))
			return false;
	}
	return true;
}

/* The folder that a SKILL.md is in. */
static str folder_name(const struct skill *skill)
{
	str path = { skill->uri, strlen(skill->uri) - strlen("/" MANIFEST) };
	const char *slash = memrchr(path.at, '/', path.size);

	return (str) { slash + 1, path.size - (size_t)(slash + 1 - path.at) };
}

static const char *check_metadata(struct skills *skills, const struct skill *skill,
                                  yyjson_val *frontmatter)
{
	yyjson_obj_iter all = yyjson_obj_iter_with(yyjson_obj_get(frontmatter, "metadata"));

	for (yyjson_val *key; (key = yyjson_obj_iter_next(&all));)
		if (str_starts(str_of(yyjson_get_str(key)), "io.modelcontextprotocol/"))
			return wrong(skills, skill, "metadata that begins with io.modelcontextprotocol/"
			             " is not for skills to set");
	return NULL;
}

static const char *check_frontmatter(struct skills *skills, struct skill *skill, str json)
{
	enum json_trouble trouble;
	yyjson_val *frontmatter = json_parse_copy(skills->arena, json, 64, &trouble);
	str name = json_member(frontmatter, "name"), about = json_member(frontmatter, "description");
	str folder = folder_name(skill);

	if (!is_name(name))
		return wrong(skills, skill, "its name must be 1 to 64 small letters, digits and single"
		             " hyphens between them");
	if (!str_same(name, folder))
		return wrong(skills, skill, arena_print(skills->arena, "its name is %s, its folder's is"
		             " %s; they must be the same", str_quote(name, 64).text, str_quote(folder, 64).text));
	if (str_trim(about).size == 0 || utf8_length(about) > ABOUT_MAX)
		return wrong(skills, skill, "its description must be a text of 1 to 1024 characters");
	skill->name = arena_copy(skills->arena, name);
	skill->about = arena_copy(skills->arena, about);
	return check_metadata(skills, skill, frontmatter);
}

static void write_file(struct json *json, const struct skill_file *file)
{
	char text[DIGEST_TEXT_SIZE], digest[sizeof("sha256:") + DIGEST_TEXT_SIZE] = "sha256:";
	uint8_t bytes[DIGEST_SIZE];

	digest_of(file->bytes, bytes);
	digest_print(bytes, text);
	strcat(digest, text);
	json_object(json);
	json_key(json, "uri");
	json_text(json, file->uri);
	json_key(json, "digest");
	json_text(json, digest);
	json_key(json, "size");
	json_int(json, (int64_t)file->bytes.size);
	json_object_end(json);
}

/* The files of the skill, which stand together: all whose URI begins as its own does. */
static const char *write_files(struct skills *skills, const struct skill *skill, struct json *json)
{
	str folder = { skill->uri, strlen(skill->uri) - strlen(MANIFEST) };
	int64_t bytes = 0;
	int count = 0;

	json_array(json);
	for (int i = skill_file_place(folder); i < skills->file_count; i++) {
		const struct skill_file *file = &skills->files[i];
		if (strncmp(file->uri, folder.at, folder.size) != 0)
			break;
		write_file(json, file);
		bytes += (int64_t)file->bytes.size;
		count++;
	}
	json_array_end(json);
	return count > FILES_MAX || bytes > BYTES_MAX
		? wrong(skills, skill, "a skill may have 512 files and 16 MiB") : NULL;
}

static const char *describe(struct skills *skills, struct skill *skill,
                            const struct skill_file *manifest)
{
	struct json json = json_begin(skills->arena, 1024);
	const char *why;
	str frontmatter;

	if ((why = frontmatter_read(skills->arena, manifest->bytes, &frontmatter)))
		return wrong(skills, skill, why);
	if (!manifest->is_text)
		return wrong(skills, skill, "there is a NUL in it");
	if ((why = check_frontmatter(skills, skill, frontmatter)))
		return why;
	json_object(&json);
	json_key(&json, "uri");
	json_text(&json, skill->uri);
	json_key(&json, "frontmatter");
	json_raw(&json, frontmatter);
	json_key(&json, "resources");
	if ((why = write_files(skills, skill, &json)))
		return why;
	json_object_end(&json);
	skill->entry = json_end(&json);
	return NULL;
}

static const char *add_skills(struct skills *skills)
{
	const char *why;

	skills->first = arena_array(skills->arena, struct skill, skills->file_count + 1);
	for (int i = 0; i < skills->file_count; i++) {
		struct skill_file *file = &skills->files[i];
		struct skill *skill = &skills->first[skills->count];
		if (strcmp(file->uri, SKILL_SCHEME MANIFEST) == 0)
			return "a skill is a folder with a SKILL.md in the folder of skills, not that"
			       " folder itself";
		if (!ends_with(str_of(file->uri), "/" MANIFEST))
			continue;
		skill->uri = file->uri;
		file->skill = skill;
		skills->count++;
		if ((why = describe(skills, skill, file)))
			return why;
	}
	return NULL;
}

/* A file outside of every skill would be served to nobody's knowledge. */
static const char *find_stray(struct skills *skills)
{
	for (int i = 0; i < skills->file_count; i++) {
		const char *uri = skills->files[i].uri;
		bool owned = false;
		for (int j = 0; j < skills->count && !owned; j++) {
			const char *manifest = skills->first[j].uri;
			owned = strncmp(uri, manifest, strlen(manifest) - strlen(MANIFEST)) == 0;
		}
		if (!owned)
			return arena_print(skills->arena, "the skills have a file \"%s\" that belongs"
			                   " to none: a skill is a folder with a SKILL.md",
			                   str_quote(str_of(uri + strlen(SKILL_SCHEME)), 200).text);
	}
	return NULL;
}

static const char *add_all(struct skills *skills, const struct mcp_file *files)
{
	const char *why;

	if ((why = add_files(skills, files)) || (why = add_skills(skills)))
		return why;
	return find_stray(skills);
}

const char *skills_read(const struct mcp_file *shipped, const char *folder)
{
	struct skills *skills = &served_skills;
	const char *why = NULL;

	skills_stop();
	skills->arena = arena_create();
	if (folder)
		why = skill_folder_read(skills->arena, folder, &shipped);
	if (!why && shipped)
		why = add_all(skills, shipped);
	return why && folder ? arena_print(skills->arena, "SKILLS: %s", why) : why;
}

void skills_stop(void)
{
	arena_destroy(served_skills.arena);
	served_skills = (struct skills) { 0 };
}

/* ---- Finding ---- */

int skill_file_place(str uri)
{
	int low = 0, high = served_skills.file_count;

	while (low < high) {
		int middle = (low + high) / 2;
		str other = str_of(served_skills.files[middle].uri);
		size_t size = other.size < uri.size ? other.size : uri.size;
		int order = memcmp(other.at, uri.at, size);
		if (order < 0 || (order == 0 && other.size < uri.size))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct skill_file *skill_file_find(str uri)
{
	int place = skill_file_place(uri);

	return place < served_skills.file_count && str_is(uri, served_skills.files[place].uri)
		? &served_skills.files[place] : NULL;
}
