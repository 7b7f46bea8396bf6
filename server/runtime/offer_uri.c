/* offer_uri.c - which resource a URI names, and what is one however it is spelt.
 *
 * Templates are RFC 6570 of level 1: {name}, each one path segment. */
#include <pthread.h>

#include "builder.h"
#include "runtime.h"
#include "seal.h"
#include "siphash.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A segment without its percent encoding; NULL: that is broken, or hides what must not be there. */
static const char *decode(struct arena *arena, str segment)
{
	char *text = arena_alloc(arena, segment.size + 1);
	size_t size = 0;

	for (size_t i = 0; i < segment.size; i++) {
		char c = segment.at[i];
		if (c == '%') {
			if (i + 2 >= segment.size || hex(segment.at[i + 1]) < 0 || hex(segment.at[i + 2]) < 0)
				return NULL;
			c = (char)(hex(segment.at[i + 1]) * 16 + hex(segment.at[i + 2]));
			i += 2;
		}
		if ((unsigned char)c < 0x20 || c == 0x7f)
			return NULL;
		text[size++] = c;
	}
	return utf8_valid((str) { text, size }) ? text : NULL;
}

static const char *print_int(struct arena *arena, int64_t value)
{
	return arena_print(arena, "%lld", (long long)value);
}

/* As it is printed, and in no other way. */
static bool take_int(struct arena *arena, const struct field *field, const char *text, int64_t *into)
{
	return str_to_int(str_of(text), into) && shape_takes_int(field, *into)
	       && strcmp(text, print_int(arena, *into)) == 0;
}

/* The value of a segment, as far as the template's shape takes it. */
static bool take_segment(struct arena *arena, const struct offer *offer, str name, str segment, char *into)
{
	const struct field *field = shape_field(offer->in, name);
	const char *text = field && segment.size > 0 ? decode(arena, segment) : NULL;

	if (!text)
		return false;
	void *member = into + field->offset;
	if (field->type == FIELD_INT)
		return take_int(arena, field, text, member);
	*(const char **)member = text;
	return shape_takes_text(field, text);
}

static bool match(struct arena *arena, const struct offer *offer, str uri, char *into)
{
	const char *pattern = offer->name;

	while (*pattern) {
		if (*pattern != '{') {
			if (uri.size == 0 || *uri.at != *pattern)
				return false;
			uri.at++, uri.size--, pattern++;
			continue;
		}
		const char *end = strchr(pattern, '}');
		str name = { pattern + 1, (size_t)(end - pattern - 1) };
		size_t size = 0;
		while (size < uri.size && uri.at[size] != '/' && uri.at[size] != end[1])
			size++;
		if (!take_segment(arena, offer, name, (str) { uri.at, size }, into))
			return false;
		uri.at += size, uri.size -= size;
		pattern = end + 1;
	}
	return uri.size == 0;
}

const struct offer *offer_for_uri(struct arena *arena, str uri, const void **in)
{
	const struct offer *offer = NULL;

	*in = NULL;
	if (uri.size > URI_MAX)
		return NULL;            /* none that we make is as long */
	offer = offer_find(&runtime.resources, uri);
	for (int i = 0; !offer && runtime.extensions[i]; i++)
		if (runtime.extensions[i]->find)
			offer = runtime.extensions[i]->find(uri);
	for (int i = 0; !offer && i < runtime.templates.count; i++) {
		const struct offer *template = &runtime.templates.first[i];
		char *values = arena_alloc(arena, template->in->size);
		if (match(arena, template, uri, values)) {
			offer = template;
			*in = values;
		}
	}
	return offer;
}

/* ---- However it is spelt ---- */

static const char *field_text(struct arena *arena, const struct offer *offer, const void *in, str name)
{
	const struct field *field = shape_field(offer->in, name);
	const void *member = (const char *)in + field->offset;

	return field->type == FIELD_INT ? print_int(arena, *(const int64_t *)member) : *(const char *const *)member;
}

/* The template and its values, a line each, for no value has more. Not a URI with them: where two templates take the
 * same, or a resource has such a URI itself, that would be another's. */
const char *offer_known_as(struct arena *arena, str uri)
{
	const void *in;
	const struct offer *offer = offer_for_uri(arena, uri, &in);

	if (!in)
		return arena_copy(arena, uri);
	struct builder known = builder_begin(arena, strlen(offer->name) + uri.size);
	const char *end;
	builder_put(&known, str_of(offer->name));
	for (const char *name = offer->name; (name = strchr(name, '{')); name = end) {
		end = strchr(name, '}');
		builder_put(&known, STR("\n"));
		builder_put(&known, str_of(field_text(arena, offer, in, (str) { name + 1, (size_t)(end - name - 1) })));
	}
	return builder_end(&known);
}

/* Strangers choose URIs, and none that meet. */
static uint64_t topics_key[2];

static void make_key(void)
{
	random_bytes(topics_key, sizeof(topics_key));
}

struct topic topic_of(struct arena *arena, str uri)
{
	static pthread_once_t made = PTHREAD_ONCE_INIT;

	pthread_once(&made, make_key);
	return (struct topic) { siphash(topics_key, str_of(offer_known_as(arena, uri))) };
}
