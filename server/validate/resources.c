/* resources.c - the rules of resources and templates. */
#include "validate_private.h"

#define PAGE_SCHEME "ui://"
#define PAGE_TYPE "text/html;profile=mcp-app"

static const struct needed needed[] = {
	NEEDED(struct mcp_resource, name, "a short one, for programs"),
	NEEDED(struct mcp_resource, mime, "the type of what it answers, such as \"application/json\""),
	NEEDED(struct mcp_resource, run, "the function that answers"),
	{ 0 },
};

/* Every { has its }, and none is within another. */
static bool is_balanced(const char *uri)
{
	int open = 0;

	for (; *uri; uri++) {
		open += (*uri == '{') - (*uri == '}');
		if (open < 0 || open > 1)
			return false;
	}
	return open == 0;
}

static void check_members(struct checking *at, const void *entry)
{
	const struct mcp_resource *resource = entry;

	if (is_balanced(resource->uri))
		validate_uri(at, resource->uri);
	else
		complain(at, "a { or } stands alone: write each name as {name}");
	validate_needed(at, resource, needed);
	validate_words(at, "name", resource->name);
	validate_words(at, "title", resource->title);
	validate_words(at, "about", resource->about);
	validate_scope(at, "scope", resource->scope);
	validate_scope(at, "sees_all", resource->sees_all);
	validate_shape(at, "in", resource->in);
	validate_shape(at, "out", resource->out);
	validate_icons(at, resource->icons);
	validate_meta(at, resource->meta);
}

/* RFC 2045, section 5.1: two tokens; what is behind a semicolon is nobody's business here. */
static bool is_type(const char *mime)
{
	static const char token[] = LETTERS DIGITS "!#$&-^_.+";
	size_t type = strspn(mime, token), subtype = mime[type] == '/' ? strspn(mime + type + 1, token) : 0;
	const char *rest = mime + type + 1 + subtype;

	return type > 0 && subtype > 0 && (!*rest || *rest == ';' || *rest == ' ') && utf8_valid(str_of(rest))
	       && !strpbrk(rest, "\r\n");
}

static void check_mime(struct checking *at, const void *entry)
{
	const struct mcp_resource *resource = entry;
	const char *mime = resource->mime;

	if (!mime)
		return;
	if (!is_type(mime))
		complain(at, ".mime \"%s\" is none: write one like \"text/plain\"", str_quote(str_of(mime), 64).text);
	if (strncmp(resource->uri, PAGE_SCHEME, strlen(PAGE_SCHEME)) == 0 && strcmp(mime, PAGE_TYPE) != 0)
		complain(at, ".mime of a page (" PAGE_SCHEME ") is \"" PAGE_TYPE "\": write that");
}

/* ---- Templates: RFC 6570 level 1, each name a path segment ---- */

static bool is_variable(str name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!name.at[i] || !strchr(LETTERS DIGITS "_", name.at[i]))
			return false;
	return name.size > 0;
}

static const struct field *field_of(const struct shape *in, str name)
{
	const struct field *field = in ? in->fields : NULL;

	while (field && field->type != FIELD_END && !str_is(name, field->name))
		field++;
	return field && field->type != FIELD_END ? field : NULL;
}

/* From { to }, inclusive; .at NULL: there is no more. `rest` goes on behind it. */
static str next_variable(const char **rest)
{
	const char *begin = strchr(*rest, '{'), *end = begin ? strchr(begin, '}') : NULL;

	if (!end)
		return (str) { 0 };
	*rest = end + 1;
	return (str) { begin, (size_t)(end - begin) + 1 };
}

static bool names_variable(const char *uri, const char *name)
{
	for (str found = next_variable(&uri); found.at; found = next_variable(&uri))
		if (str_is((str) { found.at + 1, found.size - 2 }, name))
			return true;
	return false;
}

static void check_variable(struct checking *at, const struct mcp_resource *resource, str found)
{
	str name = { found.at + 1, found.size - 2 };
	const char *behind = found.at + found.size;

	if (!is_variable(name))
		complain(at, "%s is no name of a template (RFC 6570 level 1): write {name}, of letters, digits and _",
		         str_quote(found, 64).text);
	else if (!field_of(resource->in, name))
		complain(at, "%s is not in .in: add TEXT(…, %s, …, .required = true) to its shape",
		         str_quote(found, 64).text, str_quote(name, 62).text);
	else if (names_variable(behind, arena_copy(at->arena, name)))
		complain(at, "%s is there twice: each name stands once", str_quote(found, 64).text);
	if (*behind == '{')
		complain(at, "%s has another name right behind it, so nobody could tell them apart: write a / between",
		         str_quote(found, 64).text);
}

static void check_template(struct checking *at, const void *entry)
{
	const struct mcp_resource *resource = entry;
	const char *rest = resource->uri;
	const struct field *field = resource->in ? resource->in->fields : NULL;

	if (!is_balanced(rest))
		return;
	if (resource->in && !strchr(rest, '{'))
		complain(at, ".in is there, and the URI has no {names}: leave it out, or name its fields in the URI");
	for (str found = next_variable(&rest); found.at; found = next_variable(&rest))
		check_variable(at, resource, found);
	for (; field && field->type != FIELD_END; field++)
		if (strchr(resource->uri, '{') && !names_variable(resource->uri, field->name))
			complain(at, ".in, field \"%s\" is not in the URI: write {%s} there, or leave it out",
			         field->name, field->name);
	validate_texts(at, resource->in, "the names of a template");
}

static void check_subscription(struct checking *at, const void *entry)
{
	const struct mcp_resource *resource = entry;

	if (resource->sees && !resource->in)
		complain(at, ".sees is asked about what a template names, and this is none: leave it out");
	if (resource->sees_all && !resource->sees)
		complain(at, ".sees_all without .sees: write the function that says who sees which");
	if (resource->complete && !resource->in)
		complain(at, ".complete completes the names of a template, and this is none: leave it out");
}

rule_fn *const resource_rules[] = { check_members, check_mime, check_template, check_subscription, NULL };
