/* profile.c - AWS's files of profiles, as its own tools read them.
 *
 *     [profile shop]                 # in the config file; [shop] in the other; [default] in both
 *     region = eu-central-1
 *     s3 =
 *         max_concurrent_requests = 1 */
#include "profile.h"

enum section { NO_SECTION, SOMETHING_ELSE, PROFILE, SESSION, SERVICES };

/* In this order the one goes before the other. */
enum rank { DEFAULT_OF_CONFIG, OF_CONFIG, OF_CREDENTIALS };

struct value {
	struct value *next;
	enum section section;
	enum rank rank;
	str name, outer, key, text;     /* outer: of a setting within that one; else empty */
};

struct profiles {
	struct arena *arena;
	struct value *values;           /* the latest first. Of each section one with an empty key */
	bool has_profile_default;       /* so [default] of the config file is nothing */
};

struct reader {
	struct profiles *profiles;
	bool is_credentials;
	size_t line;
	enum section section;
	enum rank rank;
	str name;
	size_t indent;                  /* of the latest value's line: what stands further in belongs to it */
	str key;                        /* of that value */
	bool has_value;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static str trim(str text)
{
	while (text.size > 0 && is_blank(text.at[0]))
		text = (str) { text.at + 1, text.size - 1 };
	while (text.size > 0 && is_blank(text.at[text.size - 1]))
		text.size--;
	return text;
}

/* What # or ; begins: a line, or what a blank separates from it. */
static str without_comment(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if ((text.at[i] == '#' || text.at[i] == ';') && (i == 0 || is_blank(text.at[i - 1])))
			return trim((str) { text.at, i });
	return trim(text);
}

static void add(struct reader *reader, str outer, str key, str text)
{
	struct value *value = arena_new(reader->profiles->arena, struct value);

	*value = (struct value) { reader->profiles->values, reader->section, reader->rank, reader->name, outer, key, text };
	reader->profiles->values = value;
}

/* ---- Sections ---- */

/* NAME, "NAME" or 'NAME'. */
static str unquoted(str name)
{
	bool quoted = name.size >= 2 && (name.at[0] == '"' || name.at[0] == '\'') && name.at[name.size - 1] == name.at[0];

	return quoted ? (str) { name.at + 1, name.size - 2 } : name;
}

/* "profile NAME"; .at NULL: it begins with another word. */
static str after_word(str text, const char *word)
{
	size_t size = strlen(word);

	if (!str_starts(text, word) || text.size == size || !is_blank(text.at[size]))
		return (str) { 0 };
	return unquoted(trim((str) { text.at + size, text.size - size }));
}

static void name_section(struct reader *reader, str title)
{
	str profile = after_word(title, "profile"), session = after_word(title, "sso-session"), services = after_word(title, "services");

	reader->section = SOMETHING_ELSE;
	reader->name = title;
	reader->rank = reader->is_credentials ? OF_CREDENTIALS : OF_CONFIG;
	if (reader->is_credentials) {
		reader->section = PROFILE;
	} else if (profile.at) {
		reader->section = PROFILE;
		reader->name = profile;
		if (str_is(profile, "default"))
			reader->profiles->has_profile_default = true;
	} else if (session.at) {
		reader->section = SESSION;
		reader->name = session;
	} else if (services.at) {
		reader->section = SERVICES;
		reader->name = services;
	} else if (str_is(title, "default")) {
		reader->section = PROFILE;
		reader->rank = DEFAULT_OF_CONFIG;
	}
}

static const char *read_title(struct reader *reader, str line)
{
	const char *end = memchr(line.at, ']', line.size);

	if (!end)
		return "a section's name does not end";
	str title = trim((str) { line.at + 1, (size_t)(end - line.at) - 1 });
	str rest = { end + 1, line.size - (size_t)(end + 1 - line.at) };
	if (title.size == 0 || without_comment(rest).size > 0)
		return "it is no section such as [profile shop]";
	name_section(reader, title);
	reader->has_value = false;
	add(reader, STR(""), STR(""), STR(""));
	return NULL;
}

/* ---- Values ---- */

/* False: it is not NAME = VALUE. */
static bool split(str line, str *key, str *text)
{
	size_t at = 0;

	while (at < line.size && line.at[at] != '=' && line.at[at] != ':')
		at++;
	*key = trim((str) { line.at, at });
	if (at == line.size || key->size == 0)
		return false;
	*text = without_comment((str) { line.at + at + 1, line.size - at - 1 });
	return true;
}

/* A setting within a setting, which is nothing to us but of services. */
static void read_nested(struct reader *reader, str line)
{
	str key, text;

	if (reader->section == SERVICES && split(line, &key, &text))
		add(reader, reader->key, key, text);
}

static const char *read_value(struct reader *reader, str line, size_t indent)
{
	str key, text;

	if (!split(line, &key, &text))
		return "it is neither a section nor NAME = VALUE";
	if (reader->section == NO_SECTION)
		return "it stands before any section";
	reader->indent = indent;
	reader->has_value = true;
	reader->key = key;
	add(reader, STR(""), key, text);
	return NULL;
}

static const char *read_line(struct reader *reader, str line)
{
	size_t indent = 0;

	while (indent < line.size && is_blank(line.at[indent]))
		indent++;
	str text = trim(line);
	if (text.size == 0 || text.at[0] == '#' || text.at[0] == ';')
		return NULL;
	if (reader->has_value && indent > reader->indent) {
		read_nested(reader, text);
		return NULL;
	}
	return text.at[0] == '[' ? read_title(reader, text) : read_value(reader, text, indent);
}

static const char *read_file(struct reader *reader, str text)
{
	if (text.size > PROFILE_FILE_MAX)
		return "it is too long";
	if (!utf8_valid(text) || (text.size > 0 && memchr(text.at, '\0', text.size)))
		return "it is no text in UTF-8";
	if (str_starts(text, "\xef\xbb\xbf"))
		text = (str) { text.at + 3, text.size - 3 };
	while (text.size > 0) {
		reader->line++;
		const char *wrong = read_line(reader, str_cut(&text, '\n'));
		if (wrong)
			return wrong;
	}
	return NULL;
}

struct profiles *profiles_read(struct arena *arena, str config, str credentials, const char **wrong)
{
	struct profiles *profiles = arena_new(arena, struct profiles);
	const str texts[] = { config, credentials };

	profiles->arena = arena;
	for (int i = 0; i < 2; i++) {
		struct reader reader = { .profiles = profiles, .is_credentials = i == 1 };
		const char *what = read_file(&reader, texts[i]);
		if (!what)
			continue;
		*wrong = arena_print(arena, "AWS's %s file, line %zu: %s", i == 1 ? "credentials" : "config", reader.line, what);
		return NULL;
	}
	return profiles;
}

/* ---- Looking ---- */

/* The latest of the highest rank; NULL: none. */
static const struct value *find(const struct profiles *profiles, enum section section, str name, str outer, str key)
{
	const struct value *found = NULL;

	for (const struct value *each = profiles->values; each; each = each->next) {
		if (each->section != section || !str_same(each->name, name) || !str_same_nocase(each->outer, outer)
		    || !str_same_nocase(each->key, key))
			continue;
		if (each->rank == DEFAULT_OF_CONFIG && profiles->has_profile_default)
			continue;
		if (!found || each->rank > found->rank)
			found = each;
	}
	return found;
}

static str text_of(const struct value *value)
{
	return value && value->text.size > 0 ? value->text : (str) { 0 };
}

bool profile_exists(const struct profiles *profiles, str name)
{
	return find(profiles, PROFILE, name, STR(""), STR(""));
}

str profile_value(const struct profiles *profiles, str name, const char *key)
{
	return text_of(find(profiles, PROFILE, name, STR(""), str_of(key)));
}

str profile_session_value(const struct profiles *profiles, str name, const char *key)
{
	return text_of(find(profiles, SESSION, name, STR(""), str_of(key)));
}

str profile_service_value(const struct profiles *profiles, str name, const char *service, const char *key)
{
	return text_of(find(profiles, SERVICES, name, str_of(service), str_of(key)));
}
