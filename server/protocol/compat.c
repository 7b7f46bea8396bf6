/* compat.c - the known wrong requests of real clients that COMPAT serves all the same.
 *
 * Each is named, off unless asked for, and counted. Everything else stays as the specification has
 * it; what a client is known to get wrong is in the table below and nowhere else. */
#include <stdio.h>

#include "compat.h"
#include "protocol.h"

static const struct {
	const char *name;
	enum compat compat;
	enum metric metric;
} known[] = {
	/* The header says an older revision, the body's _meta says 2026-07-28 (claude-code#93290). */
	{ "version-mismatch", COMPAT_VERSION_MISMATCH, METRIC_COMPAT_MISMATCH },
	/* The header twice, as "2025-11-25, 2025-11-25" (lowdefy#2345) or in two lines. */
	{ "version-twice", COMPAT_VERSION_TWICE, METRIC_COMPAT_TWICE },
	/* _meta says 2026-07-28 and there is no header (claude-ai-mcp#70). */
	{ "version-missing", COMPAT_VERSION_MISSING, METRIC_COMPAT_MISSING },
	/* "params":null (mcp.el) or [] (clients in PHP and C#) where a method has none to say. */
	{ "params-empty", COMPAT_PARAMS_EMPTY, METRIC_COMPAT_PARAMS },
	/* Arguments that n8n adds to those of any tool (n8n#21500, n8n#22787). */
	{ "extra-arguments", COMPAT_EXTRA_ARGUMENTS, METRIC_COMPAT_ARGUMENTS },
};

#define COUNT (sizeof(known) / sizeof(*known))

static unsigned served;

const char *protocol_compat(const char *list)
{
	str rest = str_of(list ? list : "none");
	static char wrong[160 + QUOTE_MAX];

	served = 0;
	for (str item; (item = setting_item(&rest)).at;) {
		bool found = str_is(item, "none");
		for (size_t i = 0; i < COUNT; i++) {
			if (str_is(item, known[i].name) || str_is(item, "all")) {
				served |= known[i].compat;
				found = true;
			}
		}
		if (!found) {
			snprintf(wrong, sizeof(wrong), "COMPAT has \"%s\": none, all, "
			         "version-mismatch, version-twice, version-missing, params-empty "
			         "or extra-arguments is needed",
			         str_quote(item, 40).text);
			return wrong;
		}
	}
	return NULL;
}

bool compat_serves(enum compat compat)
{
	if (!(served & compat))
		return false;
	for (size_t i = 0; i < COUNT; i++)
		if (known[i].compat == compat)
			metric_add(known[i].metric, 1);
	return true;
}

str compat_version(struct exchange *x)
{
	str value = exchange_header(x, "MCP-Protocol-Version"), rest = value;
	str first = str_trim(str_cut(&rest, ',')), second = str_trim(rest);

	if (!second.size || !str_same(first, second))
		return value;
	return compat_serves(COMPAT_VERSION_TWICE) ? first : value;
}

/* ---- Arguments of n8n ---- */

/* Whether it is one of those, and not the tool's own. */
static bool is_extra(const struct shape *shape, yyjson_val *key)
{
	static const char *const added[] = {
		"sessionId", "action", "chatInput", "toolCallId", NULL
	};
	str name = { yyjson_get_str(key), yyjson_get_len(key) };

	for (const char *const *each = added; *each; each++)
		if (str_is(name, *each))
			return !shape_field(shape, name);
	return false;
}

static bool has_extra(const struct shape *shape, yyjson_val *arguments)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(arguments);

	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));)
		if (is_extra(shape, key))
			return true;
	return false;
}

yyjson_val *compat_arguments(struct arena *arena, const struct shape *shape, yyjson_val *arguments)
{
	enum json_trouble trouble;

	if (!(served & COMPAT_EXTRA_ARGUMENTS) || !has_extra(shape, arguments) ||
	    !compat_serves(COMPAT_EXTRA_ARGUMENTS))
		return arguments;
	struct json json = json_begin(arena, 256);
	yyjson_obj_iter iter = yyjson_obj_iter_with(arguments);
	json_object(&json);
	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		if (is_extra(shape, key))
			continue;
		json_key_str(&json, (str) { yyjson_get_str(key), yyjson_get_len(key) });
		json_value(&json, yyjson_obj_iter_get_val(key));
	}
	json_object_end(&json);
	yyjson_val *own = json_parse_copy(arena, json_end(&json), runtime.set.depth_max, &trouble);
	return own ? own : arguments;   /* a name twice: whoever reads them says so */
}

const char *compat_hint(const struct shape *shape, yyjson_val *arguments)
{
	return has_extra(shape, arguments)
		? ". n8n adds such arguments; whoever runs this server lets them pass with"
		  " COMPAT=extra-arguments" : "";
}
