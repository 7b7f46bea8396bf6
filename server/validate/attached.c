/* attached.c - icons and _meta, which a program writes as JSON. */
#include "json.h"
#include "validate_private.h"

#define DEPTH_MAX 64

static const char *why_not_json(struct checking *at, enum json_trouble trouble, const char *why)
{
	if (trouble == JSON_TOO_DEEP)
		return "it is nested too deep";
	if (trouble == JSON_DUPLICATE_KEY)
		return arena_print(at->arena, "it names %s twice", why);
	return why ? why : "it is cut off";
}

yyjson_val *validate_json(struct checking *at, const char *member, const char *text, const char *write)
{
	/* Empty until the program's start() fills it in; then it is looked at again. */
	if (!text || !*text)
		return NULL;
	str whole = str_of(text);
	char *copy = arena_alloc_raw(at->arena, whole.size + YYJSON_PADDING_SIZE);
	enum json_trouble trouble;
	const char *why;

	memcpy(copy, whole.at, whole.size);
	yyjson_val *value = json_parse(at->arena, copy, whole.size, (struct json_bounds) { .depth = DEPTH_MAX },
	                               &trouble, &why);
	if (!value)
		complain(at, ".%s is not JSON (%s): write %s", member, why_not_json(at, trouble, why), write);
	return value;
}

/* ---- Icons: 2025-11-25 and 2026-07-28, basic, "icons" ---- */

#define AN_ICON "an array such as [{\"src\":\"https://example.com/icon.png\",\"mimeType\":\"image/png\"," \
	"\"sizes\":[\"48x48\"]}]"

static bool begins_with(yyjson_val *value, const char *const *beginnings)
{
	for (; *beginnings; beginnings++)
		if (str_starts(json_string(value), *beginnings))
			return true;
	return false;
}

static bool is_source(yyjson_val *value)
{
	return begins_with(value, (const char *const[]) { "https://", "http://", "data:", NULL });
}

static bool is_image(yyjson_val *value)
{
	return begins_with(value, (const char *const[]) { "image/", NULL });
}

/* "48x48", or "any". */
static bool is_size(yyjson_val *value)
{
	str size = json_string(value);
	str width = str_cut(&size, 'x');
	int64_t n;

	return str_is(json_string(value), "any") || (str_to_int(width, &n) && n > 0 && str_to_int(size, &n) && n > 0);
}

static bool are_sizes(yyjson_val *value)
{
	size_t i, count;
	yyjson_val *size;

	yyjson_arr_foreach(value, i, count, size)
		if (!is_size(size))
			return false;
	return yyjson_is_arr(value);
}

static bool is_theme(yyjson_val *value)
{
	return str_is(json_string(value), "light") || str_is(json_string(value), "dark");
}

static const struct icon_member {
	const char *name, *write;
	bool (*fits)(yyjson_val *value);
} icon_members[] = {
	{ "src", "an https: URL, or a data: URI", is_source },
	{ "mimeType", "\"image/png\" or the like", is_image },
	{ "sizes", "an array such as [\"48x48\"], or [\"any\"]", are_sizes },
	{ "theme", "\"light\" or \"dark\"", is_theme },
	{ 0 },
};

static const struct icon_member *icon_member(str name)
{
	const struct icon_member *member = icon_members;

	while (member->name && !str_is(name, member->name))
		member++;
	return member;
}

static void check_icon(struct checking *at, size_t place, yyjson_val *icon)
{
	size_t i, count;
	yyjson_val *key, *value;

	if (!yyjson_obj_get(icon, "src"))
		complain(at, ".icons[%zu] has no src: write " AN_ICON, place);
	yyjson_obj_foreach(icon, i, count, key, value) {
		const struct icon_member *member = icon_member(json_string(key));
		if (!member->name)
			complain(at, ".icons[%zu] has a member \"%s\" that no client knows: there are src, mimeType,"
			         " sizes and theme", place, str_quote(json_string(key), 64).text);
		else if (!member->fits(value))
			complain(at, ".icons[%zu].%s is none: write %s", place, member->name, member->write);
	}
}

void validate_icons(struct checking *at, const char *icons)
{
	yyjson_val *array = validate_json(at, "icons", icons, AN_ICON), *icon;
	size_t i, count;

	if (array && !yyjson_is_arr(array))
		complain(at, ".icons is no array: write " AN_ICON);
	yyjson_arr_foreach(array, i, count, icon)
		check_icon(at, i, icon);
}

/* ---- _meta: 2026-07-28, basic, "_meta"; before it the same but for what is reserved ---- */

#define A_META "an object such as {\"com.example/owner\":\"sales\"}"

static bool is_end(char c)
{
	return c && strchr(LETTERS DIGITS, c);
}

/* Labels with dots between them: each begins with a letter and ends with a letter or digit. */
static bool is_prefix(str prefix)
{
	for (str rest = prefix; rest.at;) {
		str label = str_cut(&rest, '.');
		if (label.size == 0 || !strchr(LETTERS, label.at[0]) || !is_end(label.at[label.size - 1]))
			return false;
		for (size_t i = 0; i < label.size; i++)
			if (!is_end(label.at[i]) && label.at[i] != '-')
				return false;
	}
	return true;
}

static bool is_name(str name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!is_end(name.at[i]) && !strchr("-_.", name.at[i]))
			return false;
	return name.size == 0 || (is_end(name.at[0]) && is_end(name.at[name.size - 1]));
}

/* The second label is the protocol's own; what is below io.modelcontextprotocol/ its extensions define. */
static bool is_reserved(str prefix)
{
	str rest = prefix;

	str_cut(&rest, '.');
	str second = str_cut(&rest, '.');
	return (str_is(second, "modelcontextprotocol") || str_is(second, "mcp")) &&
	       !str_is(prefix, "io.modelcontextprotocol");
}

static void check_meta_key(struct checking *at, str key)
{
	bool has_prefix = key.size > 0 && memchr(key.at, '/', key.size);
	str name = key, prefix = has_prefix ? str_cut(&name, '/') : (str) { 0 };
	struct quote quoted = str_quote(key, 64);

	if (!is_name(name) || (has_prefix && !is_prefix(prefix)))
		complain(at, ".meta has a key \"%s\" that is none: write one like \"com.example/owner\", of letters,"
		         " digits, -, _ and .", quoted.text);
	else if (has_prefix && is_reserved(prefix))
		complain(at, ".meta has a key \"%s\" of the protocol's own: write a domain of yours before the /",
		         quoted.text);
}

/* An MCP Apps host shows that page beside the answer. */
static void check_page(struct checking *at, yyjson_val *meta)
{
	str page = json_string(yyjson_obj_get(yyjson_obj_get(meta, "ui"), "resourceUri"));

	for (const struct mcp_resource *one = at->server->resources; page.at && one && one->uri; one++)
		if (str_is(page, one->uri))
			return;
	if (page.at)
		complain(at, ".meta names the page \"%s\", which is not there: add it to resources",
		         str_quote(page, 128).text);
}

void validate_meta(struct checking *at, const char *meta)
{
	yyjson_val *object = validate_json(at, "meta", meta, A_META), *key, *value;
	size_t i, count;

	if (object && !yyjson_is_obj(object))
		complain(at, ".meta is no object: write " A_META);
	yyjson_obj_foreach(object, i, count, key, value)
		check_meta_key(at, json_string(key));
	check_page(at, object);
}
