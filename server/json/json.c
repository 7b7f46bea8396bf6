/* json.c - JSON text, appended piece by piece to one buffer in an arena. */
#include "every.h"
#include "json.h"

#include <endian.h>
#include <math.h>

#include "number.h"

struct json json_begin(struct arena *arena, size_t room)
{
	if (room < 64)
		room = 64;
	return (struct json) { .arena = arena, .at = arena_alloc_raw(arena, room), .room = room };
}

str json_end(const struct json *json)
{
	return (str) { json->at, json->size };
}

static void grow(struct json *json, size_t more)
{
	size_t room = json->room * 2;

	if (room < json->size + more)
		room = json->size + more;
	json->at = arena_grow(json->arena, json->at, json->room, room);
	json->room = room;
}

/* Where the next `more` bytes go; they count once they are added to `size`. */
static inline char *reserve(struct json *json, size_t more)
{
	if (json->room - json->size < more)
		grow(json, more);
	return json->at + json->size;
}

static inline void put(struct json *json, char c)
{
	*reserve(json, 1) = c;
	json->size++;
}

static void put_bytes(struct json *json, const char *bytes, size_t size)
{
	char *at = reserve(json, size);

	if (size > 0)
		memcpy(at, bytes, size);
	json->size += size;
}

/* The comma before a value, and the one due after it. */
static inline void begin_value(struct json *json)
{
	if (json->comma)
		put(json, ',');
	json->comma = true;
}

static void open_with(struct json *json, char bracket)
{
	begin_value(json);
	put(json, bracket);
	json->comma = false;
}

static void close_with(struct json *json, char bracket)
{
	put(json, bracket);
	json->comma = true;
}

void json_object(struct json *json)
{
	open_with(json, '{');
}

void json_object_end(struct json *json)
{
	close_with(json, '}');
}

void json_array(struct json *json)
{
	open_with(json, '[');
}

void json_array_end(struct json *json)
{
	close_with(json, ']');
}

/* ---- Strings ---- */

/* Not 0 if one of the word's bytes is 0. */
static inline uint64_t has_zero(uint64_t word)
{
	return (word - EVERY(0x01)) & ~word & EVERY(0x80);
}

static inline bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Not 0 if one of the word's bytes is control, not ASCII, or needs an escape. Of the lowest such byte the
 * highest bit is set, of those below it none. */
static inline uint64_t has_odd(uint64_t word)
{
	uint64_t odd = ((word - EVERY(0x20)) | word) & EVERY(0x80);

	return odd | has_zero(word ^ EVERY('"')) | has_zero(word ^ EVERY('\\'));
}

/* How many bytes of ASCII need no escape, eight at a time. */
static size_t plain_ascii(const char *at, size_t size)
{
	size_t run = 0;

	for (; size - run >= 8; run += 8) {
		uint64_t word;
		memcpy(&word, at + run, 8);
		if (has_odd(word))
			break;
	}
	while (run < size && is_plain((unsigned char)at[run]))
		run++;
	return run;
}

/* How many bytes are characters that are not ASCII. Most scripts have two or three bytes each. */
static size_t other_characters(const char *at, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)at;
	size_t run = 0, step;

	while (run < size && bytes[run] >= 0x80) {
		if (size - run >= 2 && bytes[run] >= 0xc2 && bytes[run] < 0xe0 &&
		    (bytes[run + 1] & 0xc0) == 0x80)
			step = 2;
		else if (size - run >= 3 && bytes[run] > 0xe0 && bytes[run] < 0xed &&
		         (bytes[run + 1] & 0xc0) == 0x80 && (bytes[run + 2] & 0xc0) == 0x80)
			step = 3;
		else if (!(step = utf8_step((str) { at + run, size - run })))
			break;
		run += step;
	}
	return run;
}

/* How many bytes can stand in a string as they are. */
static size_t plain_run(str text)
{
	size_t run = 0, more;

	do {
		run += plain_ascii(text.at + run, text.size - run);
		more = other_characters(text.at + run, text.size - run);
		run += more;
	} while (more > 0);
	return run;
}

static void put_escape(struct json *json, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[0x20] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};
	char letter = c < 0x20 ? letters[c] : (char)c;

	json->mended |= c >= 0x80;
	if (c >= 0x80)
		put_bytes(json, REPLACEMENT, sizeof(REPLACEMENT) - 1);
	else if (letter)
		put_bytes(json, (char[]) { '\\', letter }, 2);
	else
		put_bytes(json, (char[]) { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 6);
}

/* How many of these eight bytes are ASCII that needs no escape. */
static inline size_t plain_of_eight(const char *at)
{
	uint64_t word;

	memcpy(&word, at, 8);
	word = has_odd(le64toh(word));
	return word ? (size_t)__builtin_ctzll(word) / 8 : 8;
}

/* Puts what it can eight bytes at a time, copied as they are looked at. A text within a text is full of
 * quotes, so those are escaped here too. What is left begins with something else, or is short. */
static str put_eights(struct json *json, str text)
{
	while (text.size >= 8) {
		char *to = reserve(json, 10);
		size_t run = plain_of_eight(text.at);
		memcpy(to, text.at, 8);
		bool escapes = run < 8 && (text.at[run] == '"' || text.at[run] == '\\');
		if (escapes)
			memcpy(to + run, (char[]) { '\\', text.at[run] }, 2);
		json->size += run + 2 * escapes;
		text = (str) { text.at + run + escapes, text.size - run - escapes };
		if (run < 8 && !escapes)
			break;
	}
	return text;
}

/* The one way into a string: whatever the bytes are, what is written is UTF-8, so that no answer can
 * be anything else. What is none becomes U+FFFD. */
static void put_string(struct json *json, str text)
{
	put(json, '"');
	for (;;) {
		text = put_eights(json, text);
		size_t run = plain_run(text);
		put_bytes(json, text.at, run);
		if (run == text.size)
			break;
		put_escape(json, (unsigned char)text.at[run]);
		text.at += run + 1;
		text.size -= run + 1;
	}
	put(json, '"');
}

void json_plain_key(struct json *json, str key)
{
	char *at = reserve(json, key.size + 4);

	if (json->comma)
		*at++ = ',', json->size++;
	*at++ = '"';
	memcpy(at, key.at, key.size);
	memcpy(at + key.size, "\":", 2);
	json->size += key.size + 3;
	json->comma = false;
}

void json_before(struct json *json, str text)
{
	begin_value(json);
	put_bytes(json, text.at, text.size);
	json->comma = false;
}

void json_key_str(struct json *json, str key)
{
	begin_value(json);
	put_string(json, key);
	put(json, ':');
	json->comma = false;
}

void json_str(struct json *json, str text)
{
	if (!text.at) {
		json_null(json);
		return;
	}
	begin_value(json);
	put_string(json, text);
}

void json_text(struct json *json, const char *text)
{
	json_str(json, str_of(text));
}

/* ---- Other values ---- */

void json_raw(struct json *json, str value)
{
	begin_value(json);
	put_bytes(json, value.at, value.size);
}

void json_bytes(struct json *json, str bytes)
{
	put_bytes(json, bytes.at, bytes.size);
}

static void blank_out(char *text, size_t size, char what)
{
	for (char *at = text; (at = memchr(at, what, size - (size_t)(at - text))); )
		*at = ' ';
}

void json_one_line(char *text, size_t size)
{
	blank_out(text, size, '\n');
	blank_out(text, size, '\r');
}

void json_int(struct json *json, int64_t value)
{
	begin_value(json);
	json->size += int_print(value, reserve(json, NUMBER_TEXT_SIZE));
}

void json_real(struct json *json, double value)
{
	if (!isfinite(value)) {
		json_null(json);
		return;
	}
	begin_value(json);
	json->size += real_print(value, reserve(json, NUMBER_TEXT_SIZE));
}

void json_bool(struct json *json, bool value)
{
	json_raw(json, value ? STR("true") : STR("false"));
}

void json_null(struct json *json)
{
	json_raw(json, STR("null"));
}

static void put_object(struct json *json, yyjson_val *value)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(value);
	yyjson_val *key;

	json_object(json);
	while ((key = yyjson_obj_iter_next(&iter))) {
		json_key_str(json, (str) { yyjson_get_str(key), yyjson_get_len(key) });
		json_value(json, yyjson_obj_iter_get_val(key));
	}
	json_object_end(json);
}

static void put_array(struct json *json, yyjson_val *value)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(value);
	yyjson_val *item;

	json_array(json);
	while ((item = yyjson_arr_iter_next(&iter)))
		json_value(json, item);
	json_array_end(json);
}

static void put_number(struct json *json, yyjson_val *value)
{
	uint64_t big = yyjson_get_uint(value);

	if (yyjson_is_real(value)) {
		json_real(json, yyjson_get_real(value));
	} else if (yyjson_is_uint(value) && big > INT64_MAX) {
		json_int(json, (int64_t)(big / 10));
		put(json, (char)('0' + big % 10));
	} else {
		json_int(json, yyjson_get_sint(value));
	}
}

void json_value(struct json *json, yyjson_val *value)
{
	switch (yyjson_get_type(value)) {
	case YYJSON_TYPE_OBJ:
		put_object(json, value);
		break;
	case YYJSON_TYPE_ARR:
		put_array(json, value);
		break;
	case YYJSON_TYPE_STR:
		json_str(json, (str) { yyjson_get_str(value), yyjson_get_len(value) });
		break;
	case YYJSON_TYPE_NUM:
		put_number(json, value);
		break;
	case YYJSON_TYPE_BOOL:
		json_bool(json, yyjson_get_bool(value));
		break;
	case YYJSON_TYPE_RAW:
		json_raw(json, (str) { yyjson_get_raw(value), yyjson_get_len(value) });
		break;
	default:
		json_null(json);
	}
}
