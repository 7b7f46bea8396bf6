/* json_read.c - JSON read by yyjson into an arena, with what yyjson leaves unbounded bounded. */
#include <stdlib.h>
#include <sys/random.h>

#include "json.h"

/* ---- Depth: a scan of the bytes, because yyjson reads 2,000,000 levels ---- */

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

/* What JSON could nest; what is no JSON is found by parsing, it only must not hide depth. */
static bool is_deeper(const char *at, size_t size, int depth_max)
{
	static const signed char steps[256] = {
		['{'] = 1, ['['] = 1, ['}'] = -1, [']'] = -1, ['"'] = 2,
	};
	const char *end = at + size;
	int depth = 0;

	while (at < end) {
		int step = steps[(unsigned char)*at++];
		if (step == 0)
			continue;
		if (step == 2)
			at = skip_string(at, end);
		else if ((depth += step) > depth_max)
			return true;
	}
	return false;
}

/* ---- Parsing ---- */

static void *give(void *arena, size_t size)
{
	return arena_alloc_raw(arena, size);
}

static void *regrow(void *arena, void *old, size_t old_size, size_t size)
{
	return arena_grow(arena, old, old_size, size);
}

static void take_back(void *arena, void *memory)
{
	(void)arena;
	(void)memory;
}

yyjson_val *json_parse(struct arena *arena, char *text, size_t size, int depth_max,
                       enum json_trouble *trouble)
{
	const yyjson_alc memory = { give, regrow, take_back, arena };
	const yyjson_read_flag flags = YYJSON_READ_INSITU | YYJSON_READ_BIGNUM_AS_RAW;

	*trouble = JSON_TOO_DEEP;
	if (is_deeper(text, size, depth_max))
		return NULL;
	*trouble = JSON_SYNTAX;
	memset(text + size, 0, YYJSON_PADDING_SIZE);
	yyjson_val *root = yyjson_doc_get_root(yyjson_read_opts(text, size, flags, &memory, NULL));
	if (!root)
		return NULL;
	*trouble = JSON_DUPLICATE_KEY;
	if (json_has_duplicate(root))
		return NULL;
	*trouble = JSON_FINE;
	return root;
}

yyjson_val *json_parse_copy(struct arena *arena, str text, int depth_max,
                            enum json_trouble *trouble)
{
	char *copy = arena_alloc_raw(arena, text.size + YYJSON_PADDING_SIZE);

	if (text.size > 0)
		memcpy(copy, text.at, text.size);
	return json_parse(arena, copy, text.size, depth_max, trouble);
}

/* ---- Members ---- */

static bool same_key(yyjson_val *a, yyjson_val *b)
{
	size_t size = yyjson_get_len(a);

	return size == yyjson_get_len(b) && memcmp(yyjson_get_str(a), yyjson_get_str(b), size) == 0;
}

static bool few_have_duplicate(yyjson_val *object)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(object);
	yyjson_val *seen[16], *key;
	size_t count = 0;

	while ((key = yyjson_obj_iter_next(&iter))) {
		for (size_t i = 0; i < count; i++)
			if (same_key(key, seen[i]))
				return true;
		seen[count++] = key;
	}
	return false;
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

static bool many_have_duplicate(yyjson_val *object, size_t count)
{
	size_t room = 64;
	while (room < count * 2)
		room *= 2;
	yyjson_val **table = calloc(room, sizeof(*table));
	uint64_t seed = 0;
	if (!table || getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		abort();

	yyjson_obj_iter iter = yyjson_obj_iter_with(object);
	yyjson_val *key;
	bool found = false;
	while (!found && (key = yyjson_obj_iter_next(&iter))) {
		size_t at = (size_t)hash_of(key, seed) & (room - 1);
		while (table[at] && !(found = same_key(table[at], key)))
			at = (at + 1) & (room - 1);
		table[at] = key;
	}
	free(table);
	return found;
}

bool json_has_duplicate(yyjson_val *object)
{
	size_t count = yyjson_obj_size(object);

	return count <= 16 ? few_have_duplicate(object) : many_have_duplicate(object, count);
}

str json_member(yyjson_val *object, const char *key)
{
	yyjson_val *value = yyjson_obj_get(object, key);
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	if (!text.at || memchr(text.at, '\0', text.size))
		return (str) { 0 };
	return text;
}
