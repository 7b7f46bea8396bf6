/* uri.c - addresses, taken apart and made absolute as RFC 3986 (section 5) says. */
#include "schema_private.h"

static const char *find_any(const char *at, const char *end, const char *any)
{
	while (at < end && !(*at && strchr(any, *at)))
		at++;
	return at;
}

static str between(const char *at, const char *end)
{
	return (str) { at, (size_t)(end - at) };
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_scheme(str text)
{
	for (size_t i = 0; i < text.size; i++) {
		char c = text.at[i];
		if (!is_letter(c) && (i == 0 || !((c >= '0' && c <= '9') || memchr("+-.", c, 3))))
			return false;
	}
	return text.size > 0;
}

struct uri uri_split(str text)
{
	const char *at = text.at, *end = text.at + text.size;
	const char *stop = find_any(at, end, ":/?#");
	struct uri uri = { 0 };

	if (stop < end && *stop == ':' && is_scheme(between(at, stop))) {
		uri.scheme = between(at, stop);
		at = stop + 1;
	}
	if (end - at >= 2 && at[0] == '/' && at[1] == '/') {
		stop = find_any(at + 2, end, "/?#");
		uri.authority = between(at + 2, stop);
		at = stop;
	}
	stop = find_any(at, end, "?#");
	uri.path = between(at, stop);
	at = stop;
	if (at < end && *at == '?') {
		stop = find_any(at, end, "#");
		uri.query = between(at + 1, stop);
		at = stop;
	}
	if (at < end)
		uri.fragment = between(at + 1, end);
	return uri;
}

/* ---- Made absolute ---- */

static bool takes(str *rest, const char *prefix)
{
	if (!str_starts(*rest, prefix))
		return false;
	rest->at += strlen(prefix);
	rest->size -= strlen(prefix);
	return true;
}

/* Takes off what is a step to here or up; `out` loses its last segment with the latter. */
static bool takes_dots(str *rest, const char *begin, char **out)
{
	if (takes(rest, "../") || takes(rest, "./"))
		return true;
	/* The slash behind the dots stays. */
	bool up = str_starts(*rest, "/../") || str_is(*rest, "/..");
	if (!up && !str_starts(*rest, "/./") && !str_is(*rest, "/.")) {
		if (!str_is(*rest, ".") && !str_is(*rest, ".."))
			return false;
		rest->size = 0;
		return true;
	}
	takes(rest, up ? "/.." : "/.");
	if (rest->size == 0)
		*rest = STR("/");
	if (up) {
		while (*out > begin && *--*out != '/')
			;
	}
	return true;
}

static str remove_dots(struct arena *arena, str path)
{
	char *begin = arena_alloc_raw(arena, path.size + 1), *out = begin;
	str rest = path;

	while (rest.size > 0) {
		if (takes_dots(&rest, begin, &out))
			continue;
		const char *stop = find_any(rest.at + 1, rest.at + rest.size, "/");
		size_t size = (size_t)(stop - rest.at);
		memcpy(out, rest.at, size);
		out += size;
		rest.at += size;
		rest.size -= size;
	}
	return between(begin, out);
}

/* The reference's path beside the base's last segment. */
static str merge(struct arena *arena, const struct uri *base, str path)
{
	size_t kept = base->path.size;

	if (base->authority.at && kept == 0)
		return str_of(arena_print(arena, "/%.*s", STR_FORMAT(path)));
	while (kept > 0 && base->path.at[kept - 1] != '/')
		kept--;
	return str_of(arena_print(arena, "%.*s%.*s", (int)kept, base->path.at, STR_FORMAT(path)));
}

static void add(struct json *out, const char *before, str part, const char *behind)
{
	if (!part.at)
		return;
	json_bytes(out, str_of(before));
	json_bytes(out, part);
	json_bytes(out, str_of(behind));
}

static str join(struct arena *arena, const struct uri *uri)
{
	struct json out = json_begin(arena, 128);

	add(&out, "", uri->scheme, ":");
	add(&out, "//", uri->authority, "");
	add(&out, "", uri->path, "");
	add(&out, "?", uri->query, "");
	return json_end(&out);
}

str uri_resolve(struct arena *arena, str base_text, str reference)
{
	struct uri base = uri_split(base_text), uri = uri_split(reference);

	if (uri.scheme.at || uri.authority.at || str_starts(uri.path, "/")) {
		uri.path = remove_dots(arena, uri.path);
	} else if (uri.path.size == 0) {
		uri.path = base.path;
		uri.query = uri.query.at ? uri.query : base.query;
	} else {
		uri.path = remove_dots(arena, merge(arena, &base, uri.path));
	}
	if (!uri.scheme.at) {
		uri.scheme = base.scheme;
		if (!uri.authority.at)
			uri.authority = base.authority;
	}
	return join(arena, &uri);
}

/* ---- Percent ---- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

str uri_decode(struct arena *arena, str text)
{
	char *begin = arena_alloc_raw(arena, text.size + 1), *out = begin;

	for (size_t i = 0; i < text.size; i++) {
		bool coded = text.at[i] == '%' && text.size - i > 2 && hex(text.at[i + 1]) >= 0 &&
		             hex(text.at[i + 2]) >= 0;
		if (!coded) {
			*out++ = text.at[i];
			continue;
		}
		*out++ = (char)(hex(text.at[i + 1]) * 16 + hex(text.at[i + 2]));
		i += 2;
	}
	return between(begin, out);
}
