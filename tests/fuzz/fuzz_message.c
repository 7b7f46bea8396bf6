/* fuzz_message.c - a message as a client sends it: parsed, bound to a struct, written back. */
#include "fuzz.h"

#include "json.h"

#define DEPTH_MAX 16

struct item {
	const char *sku;
	int64_t quantity;
};

struct message {
	const char *words, *state;
	int64_t limit, stock;
	bool has_stock, sure;
	double weight;
	int64_t since;
	struct money price;
	struct item *best;
	struct item *items;
	int64_t count;
	const char **tags;
	int64_t tag_count;
};

static SHAPE(item_shape, struct item,
	TEXT(struct item, sku, "Which", .required = true, AT_LEAST(1), AT_MOST(20)),
	INT (struct item, quantity, "How many", AT_LEAST(1), DEFAULT(1)));

static SHAPE(message_shape, struct message,
	TEXT (struct message, words, "Words", .required = true, AT_MOST(100)),
	TEXT (struct message, state, "State", ONE_OF("open", "shut"), DEFAULT("open")),
	INT  (struct message, limit, "Limit", AT_LEAST(1), AT_MOST(100), DEFAULT(20)),
	INT  (struct message, stock, "Stock", OPTIONAL(struct message, has_stock)),
	BOOL (struct message, sure, "Sure"),
	REAL (struct message, weight, "Weight"),
	TIME (struct message, since, "Since"),
	MONEY(struct message, price, "Price"),
	NEST (struct message, best, struct item, item_shape, "Best"),
	LIST (struct message, items, count, struct item, item_shape, "Items"),
	TEXTS(struct message, tags, tag_count, "Tags"));

static str written(struct arena *arena, const struct message *message)
{
	struct json json = json_begin(arena, 0);

	shape_write(&json, message_shape, message);
	return json_end(&json);
}

/* What was read must write JSON that reads as the same again. */
static void check_message(struct arena *arena, const struct message *message)
{
	str text = written(arena, message);
	enum json_trouble trouble;
	struct message again;
	yyjson_val *root = json_parse_copy(arena, text, DEPTH_MAX, &trouble);

	must(root != NULL);
	/* A time outside of the years 0 to 9999 is bounded, so it need not be the same. */
	if (!shape_read(message_shape, root, SHAPE_STRICT, &again, arena) && message->since == again.since)
		must(str_same(written(arena, &again), text));
}

/* Byte by byte, as plainly as it goes. 0: deeper than that. */
static size_t count_values(str text)
{
	bool inside = false;
	size_t values = 1;
	int depth = 0;

	for (size_t i = 0; i < text.size; i++) {
		char c = text.at[i];
		if (inside && c == '\\')
			i++;
		else if (c == '"')
			inside = !inside;
		else if (inside)
			continue;
		else if (c == '[' || c == '{')
			depth++, values++;
		else if (c == ']' || c == '}')
			depth--;
		else if (c == ',' || c == ':')
			values++;
		if (depth > DEPTH_MAX)
			return 0;
	}
	return values;
}

static enum json_trouble trouble_of(struct arena *arena, str text, size_t values_max)
{
	struct json_bounds bounds = { DEPTH_MAX, values_max };
	char *copy = malloc(text.size + YYJSON_PADDING_SIZE);
	enum json_trouble trouble;
	const char *why;

	memcpy(copy, text.at, text.size);
	json_parse(arena, copy, text.size, bounds, &trouble, &why);
	free(copy);
	return trouble;
}

/* The bounds hold to the byte, and what is within them is read where yyjson alone reads it. */
static void check_bounds(struct arena *arena, str text)
{
	yyjson_doc *alone = yyjson_read(text.at, text.size, YYJSON_READ_BIGNUM_AS_RAW);
	size_t values = count_values(text);
	enum json_trouble trouble = trouble_of(arena, text, values);

	must((trouble == JSON_TOO_DEEP) == (values == 0));
	must(trouble != JSON_TOO_MANY);
	must(values < 2 || trouble_of(arena, text, values - 1) == JSON_TOO_MANY);
	must((trouble == JSON_SYNTAX || trouble == JSON_NO_TEXT) == (values > 0 && !alone));
	yyjson_doc_free(alone);
}

/* Whatever the bytes are, as a name and as a text: what is written is JSON, and the same where they
 * were UTF-8. */
static void check_any(struct arena *arena, str any)
{
	struct json json = json_begin(arena, 0);
	enum json_trouble trouble;

	json_object(&json);
	json_key_str(&json, any);
	json_str(&json, any);
	json_object_end(&json);
	yyjson_obj_iter iter = yyjson_obj_iter_with(
		json_parse_copy(arena, json_end(&json), 1, &trouble));
	yyjson_val *key = yyjson_obj_iter_next(&iter), *value = yyjson_obj_iter_get_val(key);
	str name = { yyjson_get_str(key), yyjson_get_len(key) };
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	must(trouble == JSON_FINE && str_same(name, text));
	must(str_same(text, any) == utf8_valid(any));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create();
	enum json_trouble trouble;
	struct message message;
	yyjson_val *root = json_parse_copy(arena, (str) { (const char *)data, size }, DEPTH_MAX,
		&trouble);

	must((root != NULL) == (trouble == JSON_FINE));
	check_any(arena, input_of(data, size));
	check_bounds(arena, input_of(data, size));
	if (root) {
		struct json json = json_begin(arena, 0);
		json_value(&json, root);
		must(json_parse_copy(arena, json_end(&json), DEPTH_MAX, &trouble) != NULL);
		json_member(root, "method");
		const char *wrong = shape_read(message_shape, root, SHAPE_ARGUMENTS, &message, arena);
		must(!wrong || utf8_valid(str_of(wrong)));
		const char *stricter = shape_read(message_shape, root, SHAPE_STRICT, &message, arena);
		must(!wrong || stricter);
		if (!shape_read(message_shape, root, SHAPE_DIGITS, &message, arena))
			check_message(arena, &message);
	}
	arena_destroy(arena);
	return 0;
}
