/* json_read.c - JSON read by yyjson into an arena, with what yyjson leaves unbounded bounded. */
#include <stdlib.h>
#include <sys/random.h>

#include "json.h"

/* ---- Depth and values: a scan of the bytes, because yyjson reads 2,000,000 levels ---- */

#define EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t has_zero(uint64_t word)
{
	return (word - EVERY(0x01)) & ~word & EVERY(0x80);
}

/* From behind a string's opening quote to behind its closing one. */
static const char *skip_string(const char *at, const char *end)
{
	while (at < end) {
		uint64_t word;
		if (end - at >= 8) {
			memcpy(&word, at, 8);
			if (!(has_zero(word ^ EVERY('"')) | has_zero(word ^ EVERY('\\')))) {
				at += 8;
				continue;
			}
		}
		if (*at == '"')
			return at + 1;
		at += *at == '\\' && end - at > 1 ? 2 : 1;
	}
	return end;
}

struct measure {
	int depth;                      /* levels, of what JSON could nest */
	size_t values;                  /* keys too; at least as many as there are */
};

/* Every value and key stands behind one of these bytes, or first. What is no JSON is found by parsing,
 * it only must not hide anything. False: it is deeper than that. */
static bool measure(const char *at, size_t size, int depth_max, struct measure *found)
{
	enum { DOWN = 1, UP, NEXT, STRING };
	static const unsigned char kinds[256] = {
		['{'] = DOWN, ['['] = DOWN, ['}'] = UP, [']'] = UP, [','] = NEXT, [':'] = NEXT,
		['"'] = STRING,
	};
	const char *end = at + size;

	*found = (struct measure) { .values = 1 };
	while (at < end) {
		switch (kinds[(unsigned char)*at++]) {
		case DOWN:
			found->values++;
			if (++found->depth > depth_max)
				return false;
			break;
		case UP:
			found->depth--;
			break;
		case NEXT:
			found->values++;
			break;
		case STRING:
			at = skip_string(at, end);
			break;
		default:
			break;
		}
	}
	return true;
}

/* ---- Parsing ---- */

/* yyjson guesses from the size how many values there are, and grows by half where there are more: in
 * an arena, which takes nothing back, that would cost several times what it needs. */
struct room {
	struct arena *arena;
	size_t needed, got;             /* bytes of values */
};

static void *give(void *context, size_t size)
{
	struct room *room = context;

	if (size < room->needed)
		size = room->needed + room->needed / 2;
	room->got = size;
	return arena_alloc_raw(room->arena, size);
}

static void *regrow(void *context, void *old, size_t old_size, size_t size)
{
	struct room *room = context;

	return size <= room->got ? old : arena_grow(room->arena, old, old_size, size);
}

static void take_back(void *arena, void *memory)
{
	(void)arena;
	(void)memory;
}

#define HEAD_VALUES 8           /* yyjson's own, before the first */
#define ESCAPE 6                /* bytes of \\ud800 */

static bool is_half(str text, size_t at)
{
	return at + ESCAPE <= text.size && memcmp(text.at + at, "\\u", 2) == 0 &&
	       (text.at[at + 2] | 0x20) == 'd' && strchr("89abcdefABCDEF", text.at[at + 3]);
}

/* Where the half is: yyjson may point behind one that lacks its other half. */
static bool find_half(str text, const yyjson_read_err *error, size_t *at)
{
	*at = error->pos;
	if (!strstr(error->msg, "surrogate"))
		return false;
	if (strstr(error->msg, "low") && *at >= ESCAPE && is_half(text, *at - ESCAPE))
		*at -= ESCAPE;
	return is_half(text, *at);
}

static enum json_trouble explain(struct arena *arena, str text, const yyjson_read_err *error,
                                 const char **why)
{
	size_t at;

	if (find_half(text, error, &at)) {
		*why = arena_print(arena, "%s at byte %zu is half of a surrogate pair",
		                   str_quote((str) { text.at + at, ESCAPE }, ESCAPE).text, at);
		return JSON_NO_TEXT;
	}
	if (strstr(error->msg, "UTF-8")) {
		*why = arena_print(arena, "what begins at byte %zu is no UTF-8", at);
		return JSON_NO_TEXT;
	}
	*why = arena_print(arena, "%s at byte %zu", error->msg, at);
	return JSON_SYNTAX;
}

static const char *quoted(struct arena *arena, yyjson_val *key)
{
	return arena_print(arena, "\"%s\"",
	                   str_quote((str) { yyjson_get_str(key), yyjson_get_len(key) }, 64).text);
}

yyjson_val *json_parse(struct arena *arena, char *text, size_t size, struct json_bounds bounds,
                       enum json_trouble *trouble, const char **why)
{
	const yyjson_read_flag flags = YYJSON_READ_INSITU | YYJSON_READ_BIGNUM_AS_RAW;
	struct room room = { .arena = arena };
	struct measure found;
	yyjson_read_err error;

	*why = NULL;
	*trouble = JSON_TOO_DEEP;
	if (!measure(text, size, bounds.depth, &found))
		return NULL;
	*trouble = JSON_TOO_MANY;
	if (bounds.values && found.values > bounds.values)
		return NULL;
	memset(text + size, 0, YYJSON_PADDING_SIZE);
	room.needed = (found.values + HEAD_VALUES) * sizeof(yyjson_val);
	const yyjson_alc memory = { give, regrow, take_back, &room };
	yyjson_doc *document = yyjson_read_opts(text, size, flags, &memory, &error);
	yyjson_val *root = yyjson_doc_get_root(document);
	if (!root) {
		*trouble = explain(arena, (str) { text, size }, &error, why);
		return NULL;
	}
	yyjson_val *twice = json_duplicate(root);
	*trouble = twice ? JSON_DUPLICATE_KEY : JSON_FINE;
	*why = twice ? quoted(arena, twice) : NULL;
	return twice ? NULL : root;
}

yyjson_val *json_parse_copy(struct arena *arena, str text, int depth_max,
                            enum json_trouble *trouble)
{
	char *copy = arena_alloc_raw(arena, text.size + YYJSON_PADDING_SIZE);
	const char *why;

	if (text.size > 0)
		memcpy(copy, text.at, text.size);
	return json_parse(arena, copy, text.size, (struct json_bounds) { .depth = depth_max },
	                  trouble, &why);
}

/* ---- Members ---- */

static bool same_key(yyjson_val *a, yyjson_val *b)
{
	size_t size = yyjson_get_len(a);

	return size == yyjson_get_len(b) && memcmp(yyjson_get_str(a), yyjson_get_str(b), size) == 0;
}

static yyjson_val *duplicate_of_few(yyjson_val *object)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(object);
	yyjson_val *seen[16], *key;
	size_t count = 0;

	while ((key = yyjson_obj_iter_next(&iter))) {
		for (size_t i = 0; i < count; i++)
			if (same_key(key, seen[i]))
				return key;
		seen[count++] = key;
	}
	return NULL;
}

/* Seeded, so that nobody can choose keys that collide. */
static uint64_t hash_of(yyjson_val *key, uint64_t seed)
{
	const char *at = yyjson_get_str(key);
	size_t left = yyjson_get_len(key);
	uint64_t hash = seed ^ left;

	for (;;) {
		uint64_t word = 0;
		size_t step = left < 8 ? left : 8;
		memcpy(&word, at, step);
		hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
		hash ^= hash >> 32 ^ seed >> 7;
		if (left <= 8)
			return hash;
		at += step;
		left -= step;
	}
}

static yyjson_val *duplicate_of_many(yyjson_val *object, size_t count)
{
	size_t room = 64;
	while (room < count * 2)
		room *= 2;
	yyjson_val **table = calloc(room, sizeof(*table));
	uint64_t seed = 0;
	if (!table || getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		abort();

	yyjson_obj_iter iter = yyjson_obj_iter_with(object);
	yyjson_val *key, *found = NULL;
	while (!found && (key = yyjson_obj_iter_next(&iter))) {
		size_t at = (size_t)hash_of(key, seed) & (room - 1);
		while (table[at] && !same_key(table[at], key))
			at = (at + 1) & (room - 1);
		found = table[at];
		table[at] = key;
	}
	free(table);
	return found;
}

yyjson_val *json_duplicate(yyjson_val *object)
{
	size_t count = yyjson_obj_size(object);

	return count <= 16 ? duplicate_of_few(object) : duplicate_of_many(object, count);
}

yyjson_val *json_given(yyjson_val *object, const char *key)
{
	yyjson_val *value = yyjson_obj_get(object, key);

	return yyjson_is_null(value) ? NULL : value;
}

str json_member(yyjson_val *object, const char *key)
{
	yyjson_val *value = yyjson_obj_get(object, key);
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	if (!text.at || memchr(text.at, '\0', text.size))
		return (str) { 0 };
	return text;
}
