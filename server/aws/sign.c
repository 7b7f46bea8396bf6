/* sign.c - Signature Version 4: the canonical form of a request, its digest, the signature. */
#include <stdlib.h>

#include "builder.h"
#include "sign.h"

void sign_time(int64_t at_ms, char text[SIGN_TIME_SIZE])
{
	char plain[TIME_TEXT_SIZE];
	size_t size = 0;

	time_print(at_ms - at_ms % 1000, plain);
	for (const char *c = plain; *c && size < SIGN_TIME_SIZE - 1; c++)
		if (*c != '-' && *c != ':')
			text[size++] = *c;
	text[size] = '\0';
}

/* ---- The canonical form ---- */

static bool is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-_.~/", c));
}

/* The path as it is sent, encoded once more: %3A becomes %253A. */
static void put_path(struct builder *into, str path)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < path.size; i++) {
		char c = path.at[i], encoded[3] = { '%', digits[(uint8_t)c >> 4], digits[c & 15] };
		builder_put(into, is_unreserved(c) ? (str) { &c, 1 } : (str) { encoded, 3 });
	}
}

static int compare(str a, str b)
{
	int order = memcmp(a.at, b.at, a.size < b.size ? a.size : b.size);

	return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* By name, then by value, with the = that not every one has. */
static int compare_parameters(const void *one, const void *other)
{
	const struct sign_header *a = one, *b = other;
	int order = compare(a->name, b->name);

	return order ? order : compare(a->value, b->value);
}

static size_t count_parameters(str query)
{
	size_t count = 1;

	for (size_t i = 0; i < query.size; i++)
		count += query.at[i] == '&';
	return count;
}

static void put_query(struct builder *into, str query)
{
	struct sign_header *parameters = arena_array(into->arena, struct sign_header, count_parameters(query));
	size_t count = 0;

	while (query.size > 0) {
		str value = str_cut(&query, '&');
		str name = str_cut(&value, '=');
		parameters[count++] = (struct sign_header) { name, value.at ? value : STR("") };
	}
	qsort(parameters, count, sizeof(*parameters), compare_parameters);
	for (size_t i = 0; i < count; i++) {
		builder_put(into, i > 0 ? STR("&") : STR(""));
		builder_put(into, parameters[i].name);
		builder_put(into, STR("="));
		builder_put(into, parameters[i].value);
	}
}

/* Without blanks at its ends, and with one where there are several. */
static void put_value(struct builder *into, str value)
{
	value = str_trim(value);
	for (size_t i = 0; i < value.size; i++) {
		bool blank = value.at[i] == ' ' || value.at[i] == '\t';
		bool again = blank && (value.at[i - 1] == ' ' || value.at[i - 1] == '\t');
		if (!again)
			builder_put(into, blank ? STR(" ") : (str) { &value.at[i], 1 });
	}
}

struct headers {
	struct sign_header *all;
	size_t count;
};

/* In small letters and in order; those of one name stay in theirs, so it is sorted by insertion. */
static struct headers sort_headers(struct arena *arena, const struct sign_request *request)
{
	struct headers sorted = { .all = arena_array(arena, struct sign_header, request->header_count) };

	for (size_t i = 0; i < request->header_count; i++) {
		struct sign_header header = request->headers[i];
		size_t at = sorted.count++;
		header.name.at = text_small(arena, arena_copy(arena, header.name));
		for (; at > 0 && compare(sorted.all[at - 1].name, header.name) > 0; at--)
			sorted.all[at] = sorted.all[at - 1];
		sorted.all[at] = header;
	}
	return sorted;
}

static bool same_as_before(const struct headers *headers, size_t at)
{
	return at > 0 && str_same(headers->all[at].name, headers->all[at - 1].name);
}

/* A line each; the values of one name on one line. */
static void put_headers(struct builder *into, const struct headers *headers)
{
	for (size_t i = 0; i < headers->count; i++) {
		if (same_as_before(headers, i)) {
			builder_put(into, STR(","));
		} else {
			builder_put(into, i > 0 ? STR("\n") : STR(""));
			builder_put(into, headers->all[i].name);
			builder_put(into, STR(":"));
		}
		put_value(into, headers->all[i].value);
	}
	builder_put(into, STR("\n"));
}

static str signed_names(struct arena *arena, const struct headers *headers)
{
	struct builder names = builder_begin(arena, 128);

	for (size_t i = 0; i < headers->count; i++) {
		if (same_as_before(headers, i))
			continue;
		builder_put(&names, i > 0 ? STR(";") : STR(""));
		builder_put(&names, headers->all[i].name);
	}
	return (str) { builder_end(&names), names.size };
}

static void put_digest(struct builder *into, str bytes)
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];

	digest_of(bytes, digest);
	digest_print(digest, text);
	builder_put(into, (str) { text, DIGEST_TEXT_SIZE - 1 });
}

static str canonical(struct arena *arena, const struct sign_request *request, const struct headers *headers, str names)
{
	struct builder text = builder_begin(arena, 1024);

	builder_put(&text, str_of(request->method));
	builder_put(&text, STR("\n"));
	put_path(&text, request->path);
	builder_put(&text, STR("\n"));
	put_query(&text, request->query);
	builder_put(&text, STR("\n"));
	put_headers(&text, headers);
	builder_put(&text, STR("\n"));
	builder_put(&text, names);
	builder_put(&text, STR("\n"));
	put_digest(&text, request->body);
	return (str) { builder_end(&text), text.size };
}

/* ---- The signature ---- */

static str to_sign(struct arena *arena, const char *time, const char *scope, str canonical)
{
	struct builder text = builder_begin(arena, 256);

	builder_put(&text, STR("AWS4-HMAC-SHA256\n"));
	builder_put(&text, str_of(time));
	builder_put(&text, STR("\n"));
	builder_put(&text, str_of(scope));
	builder_put(&text, STR("\n"));
	put_digest(&text, canonical);
	return (str) { builder_end(&text), text.size };
}

str sign(struct arena *arena, struct identity *identity, str region, str service, const char *time,
         const struct sign_request *request)
{
	str day = { time, SIGN_DAY_SIZE }, id = identity_key_id(identity);
	struct headers headers = sort_headers(arena, request);
	str names = signed_names(arena, &headers);
	char *scope = arena_print(arena, "%.*s/%.*s/%.*s/aws4_request", STR_FORMAT(day), STR_FORMAT(region),
	                          STR_FORMAT(service));
	str text = to_sign(arena, time, scope, canonical(arena, request, &headers, names));
	uint8_t digest[DIGEST_SIZE];
	char signature[DIGEST_TEXT_SIZE];

	identity_signing_key(identity, day, region, service, digest);
	digest_keyed((str) { (const char *)digest, DIGEST_SIZE }, text, digest);
	digest_print(digest, signature);
	return str_of(arena_print(arena, "AWS4-HMAC-SHA256 Credential=%.*s/%s, SignedHeaders=%.*s, Signature=%s",
	                          STR_FORMAT(id), scope, STR_FORMAT(names), signature));
}
