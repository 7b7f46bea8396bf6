/* json_read.c - JSON read by yyjson into an arena, with what yyjson leaves unbounded bounded. */
#include <stdlib.h>
#include <sys/random.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "fatal.h"
#include "json.h"
#include "siphash.h"

/* ---- Depth and values: a scan of the bytes, because yyjson reads 2,000,000 levels ---- */

#define BLOCK 64

typedef uint8_t bytes16 __attribute__((vector_size(16)));

static inline bytes16 load(const char *at)
{
	bytes16 bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return bytes;
}

static inline bytes16 all(uint8_t c)
{
	return (bytes16) { c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c };
}

/* All bits of the bytes that are it, none of the others. */
static inline bytes16 equal(bytes16 bytes, uint8_t c)
{
	return (bytes16)(bytes == all(c));
}

/* A bit for each byte, the first is the lowest. */
static inline uint64_t bits(bytes16 found)
{
#if defined(__SSE2__)
	return (unsigned)_mm_movemask_epi8((__m128i)found);
#else
	found &= (bytes16) { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
#if defined(__aarch64__)
	return vaddv_u8(vget_low_u8(found)) | (unsigned)vaddv_u8(vget_high_u8(found)) << 8;
#else
	unsigned low = 0, high = 0;
	for (int i = 0; i < 8; i++) {
		low += found[i];
		high += found[i + 8];
	}
	return low | high << 8;
#endif
#endif
}

/* Where in a block something is. */
struct marks {
	uint64_t quotes, backslashes, opens, closes;
	uint64_t before;                /* what every value and key stands behind, but the first */
};

static inline struct marks look(const char *block)
{
	struct marks marks = { 0 };

	for (int at = 0; at < BLOCK; at += 16) {
		/* A bracket differs from its brace in that bit, and nothing else becomes one. */
		bytes16 bytes = load(block + at), folded = bytes | all(0x20);
		bytes16 opens = equal(folded, '{');
		marks.quotes |= bits(equal(bytes, '"')) << at;
		marks.backslashes |= bits(equal(bytes, '\\')) << at;
		marks.opens |= bits(opens) << at;
		marks.closes |= bits(equal(folded, '}')) << at;
		marks.before |= bits(opens | equal(bytes, ',') | equal(bytes, ':')) << at;
	}
	return marks;
}

/* Long texts are gone through by this alone. */
static inline bool has_quote_or_backslash(const char *block)
{
	bytes16 found = { 0 };

	for (int at = 0; at < BLOCK; at += 16) {
		bytes16 bytes = load(block + at);
		found |= equal(bytes, '"') | equal(bytes, '\\');
	}
	uint64_t halves[2];
	memcpy(halves, &found, sizeof(found));
	return halves[0] | halves[1];
}

struct measure {
	int depth;                      /* levels, of what JSON could nest */
	int depth_max;
	size_t values;                  /* keys too; at least as many as there are */
	bool inside;                    /* a string */
	bool escaped;                   /* what comes next, by a backslash in it */
};

/* False: it is deeper than that. */
static inline bool step_down(struct measure *found)
{
	return ++found->depth <= found->depth_max;
}

/* The bytes that a backslash stands before. */
static uint64_t find_escaped(struct measure *found, uint64_t backslashes)
{
	uint64_t escaped = found->escaped;

	found->escaped = false;
	for (backslashes &= ~escaped; backslashes; backslashes &= backslashes - 1) {
		uint64_t next = (backslashes & -backslashes) << 1;
		found->escaped = next == 0;
		escaped |= next;
		backslashes &= ~next;
	}
	return escaped;
}

/* The bytes that an odd number of quotes stands up to. */
static inline uint64_t between(uint64_t quotes)
{
	quotes ^= quotes << 1;
	quotes ^= quotes << 2;
	quotes ^= quotes << 4;
	quotes ^= quotes << 8;
	quotes ^= quotes << 16;
	return quotes ^ quotes << 32;
}

static inline size_t count_bits(uint64_t word)
{
	word -= word >> 1 & UINT64_C(0x5555555555555555);
	word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
	word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return word * UINT64_C(0x0101010101010101) >> 56;
}

/* One byte after the other: where a backslash stands in no string, it means nothing. */
static bool measure_bytes(struct measure *found, const char *block)
{
	for (int at = 0; at < BLOCK; at++) {
		char byte = block[at], folded = (char)(byte | 0x20);
		if (found->escaped) {
			found->escaped = false;
		} else if (found->inside) {
			found->escaped = byte == '\\';
			found->inside = byte != '"';
		} else {
			found->inside = byte == '"';
			found->depth -= folded == '}';
			found->values += folded == '{' || byte == ',' || byte == ':';
			if (folded == '{' && !step_down(found))
				return false;
		}
	}
	return true;
}

static bool measure_block(struct measure *found, const char *block)
{
	if (found->inside && !found->escaped && !has_quote_or_backslash(block))
		return true;
	struct marks marks = look(block);
	bool was_escaped = found->escaped;
	uint64_t escaped = 0;
	if (marks.backslashes || was_escaped)
		escaped = find_escaped(found, marks.backslashes);
	uint64_t strings = between(marks.quotes & ~escaped) ^ -(uint64_t)found->inside;
	if (marks.backslashes & ~strings) {
		found->escaped = was_escaped;
		return measure_bytes(found, block);
	}
	found->inside = strings >> (BLOCK - 1);
	found->values += count_bits(marks.before & ~strings);
	for (uint64_t left = (marks.opens | marks.closes) & ~strings; left; left &= left - 1) {
		if (!(marks.opens & left & -left))
			found->depth--;
		else if (!step_down(found))
			return false;
	}
	return true;
}

#define SHORT_BYTES 1024

static int count_up_to(const char *at, const char *end, char c, int most)
{
	int count = 0;

	while (count <= most && at < end && (at = memchr(at, c, (size_t)(end - at))))
		count++, at++;
	return count;
}

/* A short text that has few brackets is not deep, wherever they stand. */
static bool is_within_anyway(const char *at, size_t size, struct json_bounds bounds)
{
	if (size > SHORT_BYTES || (bounds.values && size >= bounds.values))
		return false;
	int braces = count_up_to(at, at + size, '{', bounds.depth);
	return braces + count_up_to(at, at + size, '[', bounds.depth) <= bounds.depth;
}

/* What is no JSON is found by parsing, it only must not hide anything. False: it is deeper than
 * that. */
static bool measure(const char *at, size_t size, int depth_max, struct measure *found)
{
	*found = (struct measure) { .depth_max = depth_max, .values = 1 };
	for (; size >= BLOCK; at += BLOCK, size -= BLOCK)
		if (!measure_block(found, at))
			return false;
	if (size == 0)
		return true;
	char rest[BLOCK];
	memset(rest, ' ', sizeof(rest));
	memcpy(rest, at, size);
	return measure_block(found, rest);
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

static str text_of(yyjson_val *key)
{
	return (str) { yyjson_get_str(key), yyjson_get_len(key) };
}

static const char *quoted(struct arena *arena, yyjson_val *key)
{
	return arena_print(arena, "\"%s\"", str_quote(text_of(key), 64).text);
}

yyjson_val *json_parse(struct arena *arena, char *text, size_t size, struct json_bounds bounds,
                       enum json_trouble *trouble, const char **why)
{
	const yyjson_read_flag flags = YYJSON_READ_INSITU | YYJSON_READ_BIGNUM_AS_RAW;
	struct room room = { .arena = arena };
	struct measure found = { 0 };
	yyjson_read_err error;

	*why = NULL;
	*trouble = JSON_TOO_DEEP;
	if (!is_within_anyway(text, size, bounds) && !measure(text, size, bounds.depth, &found))
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
	return str_same(text_of(a), text_of(b));
}

/* Keys that are alike have the same of 64 bits: mostly one look tells that none was there before. */
static uint64_t bit_of(yyjson_val *key)
{
	const unsigned char *at = (const unsigned char *)yyjson_get_str(key);
	size_t size = yyjson_get_len(key);

	/* The middle of none is its NUL. */
	return UINT64_C(1) << ((size * 7 + at[0] + at[size / 2] * 5u) & 63);
}

static yyjson_val *duplicate_of_few(yyjson_val *object)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(object);
	yyjson_val *seen[16], *key;
	uint64_t bits = 0;
	size_t count = 0;

	while ((key = yyjson_obj_iter_next(&iter))) {
		uint64_t bit = bit_of(key);
		for (size_t i = 0; bits & bit && i < count; i++)
			if (same_key(key, seen[i]))
				return key;
		bits |= bit;
		seen[count++] = key;
	}
	return NULL;
}

static yyjson_val *duplicate_of_many(yyjson_val *object, size_t count)
{
	size_t room = 64;
	while (room < count * 2)
		room *= 2;
	yyjson_val **table = calloc(room, sizeof(*table));
	uint64_t secret[2];
	if (!table || getrandom(secret, sizeof(secret), 0) != (ssize_t)sizeof(secret))
		fatal();

	yyjson_obj_iter iter = yyjson_obj_iter_with(object);
	yyjson_val *key, *found = NULL;
	while (!found && (key = yyjson_obj_iter_next(&iter))) {
		size_t at = (size_t)siphash(secret, text_of(key)) & (room - 1);
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

const char *json_kind(yyjson_val *value)
{
	switch (yyjson_get_type(value)) {
	case YYJSON_TYPE_OBJ:  return "an object";
	case YYJSON_TYPE_ARR:  return "an array";
	case YYJSON_TYPE_STR:  return "a string";
	case YYJSON_TYPE_BOOL: return "true or false";
	case YYJSON_TYPE_NULL: return "null";
	default:               return "a number";
	}
}

str json_string(yyjson_val *value)
{
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	if (!text.at || memchr(text.at, '\0', text.size))
		return (str) { 0 };
	return text;
}
