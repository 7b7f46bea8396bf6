/* using.c - see using.h. */
#include "using.h"

#include "money.h"

#define INPUT_DEPTH 8
#define REST 512                        /* bytes of what stands behind a list */

/* ---- Arguments ---- */

bool (using_takes)(struct using *using, const struct shape *shape, void *in)
{
	enum json_trouble trouble;
	yyjson_val *input = using->input.size > 0 ? json_parse_copy(using->arena, using->input, INPUT_DEPTH, &trouble) : NULL;
	const char *why = input || using->input.size == 0 ? NULL : "the input is no JSON";

	if (!why && input && !yyjson_is_obj(input))
		why = "the input is no JSON object";
	if (!why)
		why = shape_read(shape, input, SHAPE_STRICT | SHAPE_DIGITS, in, using->arena);
	if (why)
		using_fails(using, "Nothing was done: %s", str_quote(str_of(why), QUOTE_MAX).text);
	return !why;
}

const char *using_key(struct using *using, const char *what)
{
	return arena_print(using->arena, "%s %s", using->key, what);
}

/* ---- Results ---- */

static enum shop_outcome says(struct using *using, const char *words, va_list list)
{
	using->result->text = text_cut(using->arena, arena_print_list(using->arena, words, list), SHOP_RESULT_MAX / UTF8_MAX - 1);
	return SHOP_DONE;
}

enum shop_outcome using_says(struct using *using, const char *words, ...)
{
	va_list list;

	va_start(list, words);
	says(using, words, list);
	va_end(list);
	return SHOP_DONE;
}

enum shop_outcome using_fails(struct using *using, const char *words, ...)
{
	va_list list;

	va_start(list, words);
	says(using, words, list);
	va_end(list);
	using->result->failed = true;
	return SHOP_DONE;
}

enum shop_outcome using_failed(struct using *using, enum client_outcome outcome, const char *why, const char *down)
{
	struct json json = json_begin(using->arena, 256);

	if (outcome != CLIENT_REFUSED)
		return using_fails(using, "%s", down);
	json_object(&json);
	put_text(&json, "error", why);
	json_object_end(&json);
	using->result->text = json_end(&json);
	using->result->failed = true;
	return SHOP_DONE;
}

struct json using_begin(struct using *using, const char *kind)
{
	struct json json = json_begin(using->arena, 1024);

	json_object(&json);
	put_text(&json, "kind", kind);
	return json;
}

enum shop_outcome using_shows(struct using *using, struct json *json)
{
	json_object_end(json);
	using->result->text = json_end(json);
	using->result->card = arena_copy(using->arena, using->result->text);
	return SHOP_DONE;
}

/* ---- JSON ---- */

str text_cut(struct arena *arena, const char *text, size_t characters)
{
	str left = str_of(text);
	size_t size = 0;

	while (characters > 0 && left.size > 0) {
		size_t step = utf8_step(left);
		step = step ? step : 1;
		size += step;
		left = (str) { left.at + step, left.size - step };
		characters--;
	}
	return left.size == 0 ? str_of(text) : str_of(arena_print(arena, "%.*s…", (int)size, text));
}

void put_text(struct json *json, const char *name, const char *text)
{
	if (!text)
		return;
	json_key(json, name);
	json_str(json, text_cut(json->arena, text, STRING_MAX));
}

void put_int(struct json *json, const char *name, int64_t value)
{
	json_key(json, name);
	json_int(json, value);
}

void put_time(struct json *json, const char *name, int64_t at)
{
	char text[TIME_TEXT_SIZE];

	if (at == 0)
		return;
	time_print(at, text);
	put_text(json, name, text);
}

void put_money(struct json *json, const char *name, const struct money *money)
{
	if (money->currency)
		put_text(json, name, money_text(json->arena, money));
}

void put_list(struct json *json, const char *name, const void *items, int64_t count, size_t size, put_item_fn *put)
{
	int64_t told = 0;

	json_key(json, name);
	json_array(json);
	for (; told < count; told++) {
		size_t before = json->size;
		bool comma = json->comma;
		put(json, (const char *)items + (size_t)told * size);
		if (json->size <= SHOP_RESULT_MAX - REST)
			continue;
		json->size = before;
		json->comma = comma;
		break;
	}
	json_array_end(json);
	if (told < count)
		put_int(json, arena_print(json->arena, "%s_left_out", name), count - told);
}
