/* forms.c - the forms that names, scopes, URIs and texts have to have. */
#include "json_schema.h"
#include "validate_private.h"

#define CALL_NAME_MAX 128

bool is_made_of(const char *text, const char *characters)
{
	return *text && strspn(text, characters) == strlen(text);
}

/* 2025-11-25 and 2026-07-28, server/tools, "Tool Names"; for prompts too, which clients make commands of. */
void validate_call_name(struct checking *at, const char *name)
{
	if (!is_made_of(name, LETTERS DIGITS "_-.") || strlen(name) > CALL_NAME_MAX)
		complain(at, "this is no name: write 1 to %d letters, digits, _, - or .", CALL_NAME_MAX);
}

void validate_words(struct checking *at, const char *member, const char *text)
{
	if (text && !utf8_valid(str_of(text)))
		complain(at, ".%s is not UTF-8, so no client could read the list: save the file as UTF-8", member);
}

/* RFC 6749, section 3.3. */
static bool is_scope(str scope)
{
	for (size_t i = 0; i < scope.size; i++) {
		unsigned char c = (unsigned char)scope.at[i];
		if (c < 0x21 || c > 0x7e || c == '"' || c == '\\')
			return false;
	}
	return scope.size > 0;
}

static bool are_scopes(const char *list)
{
	for (str rest = str_of(list); rest.at;)
		if (!is_scope(str_cut(&rest, ' ')))
			return false;
	return true;
}

void validate_scopes(struct checking *at)
{
	const char *scopes = at->server->scopes;

	if (scopes && !are_scopes(scopes))
		complain(at, ".scopes \"%s\" is none: write all there are, with a space between them:"
		         " \"entries:read entries:write\"", str_quote(str_of(scopes), 64).text);
}

void validate_scope(struct checking *at, const char *member, const char *scope)
{
	const char *all = at->server->scopes;

	if (!scope || !*scope)
		return;
	if (!are_scopes(scope)) {
		complain(at, ".%s \"%s\" is none: write \"entries:read\", or two with a space between them"
		         " where either is enough", member, str_quote(str_of(scope), 64).text);
		return;
	}
	for (str rest = str_of(scope); rest.at && all;) {
		str one = str_cut(&rest, ' ');
		if (!str_lists(str_of(all), ' ', one))
			complain(at, ".%s \"%s\" is not in .scopes, which has %s: write one of these, or add it there",
			         member, str_quote(one, 64).text, str_quote(str_of(all), 256).text);
	}
}

/* RFC 3986; a template is one once its {names} are filled in. */
void validate_uri(struct checking *at, const char *uri)
{
	char *filled = arena_alloc(at->arena, strlen(uri) + 1);
	size_t size = 0;

	for (const char *from = uri; *from; from++) {
		const char *end = *from == '{' ? strchr(from, '}') : NULL;
		filled[size++] = end ? 'x' : *from;
		from = end ? end : from;
	}
	if (!json_format_ok("uri", (str) { filled, size }))
		complain(at, "this is no URI (RFC 3986): write one with a scheme, such as \"entry://{id}\"");
}
