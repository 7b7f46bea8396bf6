/* test_core_json.c - JSON written piece by piece, and read within bounds. */
#include <math.h>
#include <time.h>

#include "json.h"
#include "suite.h"

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

static const char *text_of(const struct json *json)
{
	return arena_copy(arena, json_end(json));
}

/* ---- Writing ---- */

START_TEST(commas_are_where_they_belong)
{
	struct json json = json_begin(arena, 0);

	json_object(&json);
	json_key(&json, "none");
	json_array(&json);
	json_array_end(&json);
	json_key(&json, "some");
	json_array(&json);
	json_int(&json, 1);
	json_object(&json);
	json_object_end(&json);
	json_bool(&json, true);
	json_null(&json);
	json_raw(&json, STR("[0]"));
	json_array_end(&json);
	json_key_str(&json, STR("k\"1"));
	json_text(&json, "x");
	json_key(&json, "k2");
	json_text(&json, NULL);
	json_object_end(&json);
	json_bytes(&json, STR("\n"));
	ck_assert_str_eq(text_of(&json), "{\"none\":[],\"some\":[1,{},true,null,[0]],"
	                 "\"k\\\"1\":\"x\",\"k2\":null}\n");
}
END_TEST

static const struct { str text; const char *json; } strings[] = {
	{ { "", 0 }, "\"\"" },
	{ { "just plain words", 16 }, "\"just plain words\"" },
	{ { "say \"hi\"", 8 }, "\"say \\\"hi\\\"\"" },
	{ { "C:\\new", 6 }, "\"C:\\\\new\"" },
	{ { "\b\f\n\r\t\x01\x1f", 7 }, "\"\\b\\f\\n\\r\\t\\u0001\\u001f\"" },
	{ { "a\0b", 3 }, "\"a\\u0000b\"" },
	{ { "12345678\"", 9 }, "\"12345678\\\"\"" },
	{ { "1234567\n12345678", 16 }, "\"1234567\\n12345678\"" },
	{ { "caf\xc3\xa9 \xe2\x82\xac \x7f", 11 }, "\"caf\xc3\xa9 \xe2\x82\xac \x7f\"" },
};

START_TEST(strings_are_escaped_and_read_back)
{
	struct json json = json_begin(arena, 0);
	enum json_trouble trouble;

	json_str(&json, strings[_i].text);
	ck_assert_str_eq(text_of(&json), strings[_i].json);
	yyjson_val *read = json_parse_copy(arena, json_end(&json), 1, &trouble);
	ck_assert_int_eq(trouble, JSON_FINE);
	ck_assert(str_same((str) { yyjson_get_str(read), yyjson_get_len(read) }, strings[_i].text));
}
END_TEST

START_TEST(every_byte_is_escaped_wherever_it_stands)
{
	for (int c = 0; c < 0x80; c++) {
		for (size_t at = 0; at < 17; at++) {
			char text[17];
			enum json_trouble trouble;
			struct json json = json_begin(arena, 0);
			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			json_str(&json, (str) { text, sizeof(text) });
			yyjson_val *read = json_parse_copy(arena, json_end(&json), 1, &trouble);
			ck_assert_uint_eq(yyjson_get_len(read), sizeof(text));
			ck_assert_mem_eq(yyjson_get_str(read), text, sizeof(text));
		}
	}
}
END_TEST

/* What an answer's structure is beside its text: the buffer that grows is the one that is read. */
START_TEST(a_text_within_the_buffer_itself_is_written)
{
	struct json json = json_begin(arena, 0);
	char expected[1 << 16] = "[\"\\\"a\"";
	enum json_trouble trouble;

	json_array(&json);
	json_text(&json, "\"a");
	for (int i = 0; i < 5; i++) {
		size_t start = json.size;
		str before = { json.at + 1, start - 1 };
		json_str(&json, before);
		size_t at = strlen(expected);
		expected[at++] = ',';
		expected[at++] = '"';
		for (size_t j = 1; j < start; j++) {
			if (expected[j] == '"' || expected[j] == '\\')
				expected[at++] = '\\';
			expected[at++] = expected[j];
		}
		expected[at] = '"';
	}
	json_array_end(&json);
	strcat(expected, "]");
	ck_assert_str_eq(text_of(&json), expected);
	ck_assert(json_parse_copy(arena, json_end(&json), 2, &trouble));
}
END_TEST

static const struct { str text; const char *json; } broken[] = {
	{ { "\xff\xfe" "2099", 6 }, "\"" REPLACEMENT REPLACEMENT "2099\"" },
	{ { "12345678\xc3", 9 }, "\"12345678" REPLACEMENT "\"" },
	{ { "12345678\xc3\xa9\xa9!", 12 }, "\"12345678\xc3\xa9" REPLACEMENT "!\"" },
	{ { "\xe2\x82\"", 3 }, "\"" REPLACEMENT REPLACEMENT "\\\"\"" },
	{ { "\xed\xa0\x80", 3 }, "\"" REPLACEMENT REPLACEMENT REPLACEMENT "\"" },
};

START_TEST(what_is_no_utf8_is_replaced)
{
	struct json json = json_begin(arena, 0);

	json_str(&json, broken[_i].text);
	ck_assert_str_eq(text_of(&json), broken[_i].json);
}
END_TEST

/* Any bytes, as a key and as a text, of few kinds so that characters come about. */
START_TEST(whatever_is_written_is_json)
{
	static const char kinds[] = "aaaaaaaa\"\\\x1f\x7f\x80\x9f\xbf\xc2\xe0\xe2\xed\xf0\xf4\xff";
	unsigned state = 1;

	for (int round = 0; round < 4000; round++) {
		char text[40];
		enum json_trouble trouble;
		struct json json = json_begin(arena, 0);
		for (size_t i = 0; i < sizeof(text); i++) {
			state = state * 1103515245 + 12345;
			text[i] = kinds[(state >> 16) % (sizeof(kinds) - 1)];
		}
		str any = { text, (state >> 8) % sizeof(text) };
		json_object(&json);
		json_key_str(&json, any);
		json_str(&json, any);
		json_object_end(&json);
		yyjson_val *read = json_parse_copy(arena, json_end(&json), 1, &trouble);
		ck_assert_int_eq(trouble, JSON_FINE);
		yyjson_obj_iter iter = yyjson_obj_iter_with(read);
		yyjson_val *value = yyjson_obj_iter_get_val(yyjson_obj_iter_next(&iter));
		str back = { yyjson_get_str(value), yyjson_get_len(value) };
		ck_assert(str_same(back, any) == utf8_valid(any));
	}
}
END_TEST

static const struct { double value; const char *json; } reals[] = {
	{ 0, "0" }, { 5, "5" }, { -3, "-3" }, { 0.1, "0.1" }, { 2.5, "2.5" }, { 1e300, "1e+300" },
	{ 1.0 / 3, "0.3333333333333333" }, { 0.1 + 0.2, "0.30000000000000004" },
	{ 9007199254740992.0, "9007199254740992" }, { 5e-324, "4.94065645841247e-324" },
	{ -0.0, "-0.0" }, { (double)INFINITY, "null" }, { (double)NAN, "null" },
};

START_TEST(reals_are_the_shortest_that_read_back)
{
	struct json json = json_begin(arena, 0);

	json_real(&json, reals[_i].value);
	ck_assert_str_eq(text_of(&json), reals[_i].json);
}
END_TEST

static const struct { int64_t value; const char *json; } ints[] = {
	{ 0, "0" }, { 7, "7" }, { -1, "-1" }, { 1000, "1000" },
	{ INT64_MAX, "9223372036854775807" }, { INT64_MIN, "-9223372036854775808" },
};

START_TEST(ints_are_exact)
{
	struct json json = json_begin(arena, 0);

	json_int(&json, ints[_i].value);
	ck_assert_str_eq(text_of(&json), ints[_i].json);
}
END_TEST

START_TEST(a_small_buffer_grows)
{
	struct json json = json_begin(arena, 1);

	json_array(&json);
	for (int i = 0; i < 20000; i++) {
		json_text(&json, "some \"text\"");
		if (i % 1000 == 0)
			arena_alloc(arena, 1);  /* so that it can't grow in place */
	}
	json_array_end(&json);
	enum json_trouble trouble;
	yyjson_val *read = json_parse_copy(arena, json_end(&json), 2, &trouble);
	ck_assert_uint_eq(yyjson_arr_size(read), 20000);
	ck_assert_str_eq(yyjson_get_str(yyjson_arr_get_last(read)), "some \"text\"");
}
END_TEST

static const char *const kept_as_they_came[] = {
	"{\"a\":[1,-2,true,false,null,\"x\\n\",{}],\"b\":{\"c\":\"\"}}",
	"18446744073709551615", "18446744073709551616", "-9223372036854775808",
	"-9223372036854775809", "123456789012345678901234567890", "0.5", "\"a\\u0000b\"", "[]",
};

START_TEST(values_are_written_as_they_came)
{
	struct json json = json_begin(arena, 0);
	enum json_trouble trouble;

	json_value(&json, json_parse_copy(arena, str_of(kept_as_they_came[_i]), 64, &trouble));
	ck_assert_str_eq(text_of(&json), kept_as_they_came[_i]);
}
END_TEST

/* ---- Reading ---- */

static const struct { const char *text; int depth_max; enum json_trouble trouble; } documents[] = {
	{ "{}", 1, JSON_FINE }, { "1", 0, JSON_FINE }, { "[[[1]],[2]]", 3, JSON_FINE },
	{ "[[[1]]]", 2, JSON_TOO_DEEP }, { "{\"a\":{\"b\":[]}}", 2, JSON_TOO_DEEP },
	{ "{\"a\":\"[[[[{{{{\"}", 1, JSON_FINE }, { "[\"\\\"[[[\\\\\",[]]", 2, JSON_FINE },
	{ "[\"\\\"\",[]]", 1, JSON_TOO_DEEP }, { "[\"12345678\\\\\",[[]]]", 2, JSON_TOO_DEEP },
	{ "[\"1234567\\\\\\\"[[\"]", 1, JSON_FINE },
	{ "", 9, JSON_SYNTAX }, { " ", 9, JSON_SYNTAX }, { "{", 9, JSON_SYNTAX },
	{ "[1,]", 9, JSON_SYNTAX }, { "[1]]", 9, JSON_SYNTAX }, { "{} {}", 9, JSON_SYNTAX },
	{ "nul", 9, JSON_SYNTAX }, { "NaN", 9, JSON_SYNTAX }, { "01", 9, JSON_SYNTAX },
	{ "// c\n1", 9, JSON_SYNTAX }, { "\"\xff\"", 9, JSON_NO_TEXT }, { "\"\xed\xa0\x80\"", 9,
	  JSON_NO_TEXT },
	{ "\"\n\"", 9, JSON_SYNTAX }, { "\"\\ud800\"", 9, JSON_NO_TEXT }, { "\"", 9, JSON_SYNTAX },
	{ "\"\\", 9, JSON_SYNTAX }, { "\xef\xbb\xbf{}", 9, JSON_SYNTAX }, { "'a'", 9, JSON_SYNTAX },
	{ "{\"a\":1,\"a\":2}", 9, JSON_DUPLICATE_KEY },
	{ "{\"a\":1,\"\\u0061\":2}", 9, JSON_DUPLICATE_KEY },
	{ "{\"a\":1,\"b\":{\"c\":1,\"c\":1}}", 9, JSON_FINE }, { "{\"a\":1,\"A\":1}", 9,
	  JSON_FINE },
	{ "{\"a\\u0000b\":1,\"a\\u0000c\":1}", 9, JSON_FINE },
};

START_TEST(documents_are_read_or_refused)
{
	enum json_trouble trouble;
	yyjson_val *root = json_parse_copy(arena, str_of(documents[_i].text),
		documents[_i].depth_max,
	                                   &trouble);

	ck_assert_msg(trouble == documents[_i].trouble, "%s: %d", documents[_i].text, (int)trouble);
	ck_assert((root != NULL) == (trouble == JSON_FINE));
}
END_TEST

static const struct { const char *text, *why; } told[] = {
	{ "{\"a\":1,\"b\":2,\"a\":3}", "\"a\"" },
	{ "[\"ok\",\"a\\ud83d\"]", "\\ud83d at byte 8 is half of a surrogate pair" },
	{ "[\"\\ude00\\ud83d\"]", "\\ude00 at byte 2 is half of a surrogate pair" },
	{ "[\"\\ud83d\\u0041\"]", "\\ud83d at byte 2 is half of a surrogate pair" },
	{ "[\"a\xff\"]", "what begins at byte 3 is no UTF-8" },
	{ "[1] 2", "unexpected content after document at byte 4" },
};

START_TEST(what_is_wrong_is_told_and_where)
{
	char *text = arena_alloc(arena, 64);
	enum json_trouble trouble;
	const char *why;

	strcpy(text, told[_i].text);
	ck_assert(!json_parse(arena, text, strlen(text), (struct json_bounds) { .depth = 9 }, &trouble,
	                      &why));
	ck_assert_str_eq(why, told[_i].why);
}
END_TEST

START_TEST(ten_thousand_levels_are_refused_before_parsing)
{
	char *text = arena_alloc(arena, 2000004);
	enum json_trouble trouble;
	const char *why;

	memset(text, '[', 2000000);
	size_t before = arena_size(arena);
	ck_assert(!json_parse(arena, text, 2000000, (struct json_bounds) { .depth = 64 }, &trouble, &why));
	ck_assert_int_eq(trouble, JSON_TOO_DEEP);
	ck_assert_uint_eq(arena_size(arena), before);
}
END_TEST

/* The bound is on each side of what is there, and a document takes hardly more than its values. */
START_TEST(values_are_counted_before_parsing)
{
	enum json_trouble trouble;
	const char *why;
	size_t size = 200001;
	char *text = malloc(size + 4);

	for (size_t i = 0; i < size; i++)
		text[i] = i == 0 ? '[' : i == size - 1 ? ']' : i % 2 ? '0' : ',';
	ck_assert(!json_parse(arena, text, size, (struct json_bounds) { 64, 100000 }, &trouble,
	                      &why));
	ck_assert_int_eq(trouble, JSON_TOO_MANY);
	size_t before = arena_size(arena);
	yyjson_val *root = json_parse(arena, text, size, (struct json_bounds) { 64, 100001 }, &trouble,
	                              &why);
	ck_assert_ptr_nonnull(root);
	ck_assert_uint_eq(yyjson_arr_size(root), 100000);
	ck_assert_uint_le(arena_size(arena) - before, 100001 * 16 * 3 / 2 + 1000);
	ck_assert_ptr_nonnull(json_parse_copy(arena, STR("[1,[],{\"a,b:c\":{}}]"), 64, &trouble));
	strcpy(text, "[1,[],{\"a,b:c\":{}}]");
	ck_assert(!json_parse(arena, text, strlen(text), (struct json_bounds) { 64, 7 }, &trouble, &why));
	ck_assert_ptr_nonnull(json_parse(arena, text, strlen(text), (struct json_bounds) { 64, 8 },
	                                 &trouble, &why));
	free(text);
}
END_TEST

/* Byte by byte, as plainly as it goes. -1: deeper than that. */
static long count_values(const char *text, size_t size, int depth_max)
{
	bool inside = false;
	long values = 1;

	for (size_t i = 0, depth = 0; i < size; i++) {
		if (inside && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			inside = !inside;
		else if (inside)
			continue;
		else if (strchr("]}", text[i]))
			depth--;
		else if (strchr("[{,:", text[i]) && ++values && strchr("[{", text[i]) &&
		         (int)++depth > depth_max)
			return -1;
	}
	return values;
}

static enum json_trouble trouble_of(const char *bytes, size_t size, struct json_bounds bounds)
{
	char *text = arena_alloc(arena, size + 4);
	enum json_trouble trouble;
	const char *why;

	memcpy(text, bytes, size);
	json_parse(arena, text, size, bounds, &trouble, &why);
	return trouble;
}

/* Many bytes are looked at at once: where they stand must not matter, nor that they are no JSON. */
START_TEST(depth_and_values_are_counted_to_the_byte)
{
	static const char kinds[] = "aaaaaa 1\"\"\"\\\\[]{},:,:\x7f\xdb\xfd";
	static const char texts[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\\[]{},:";
	unsigned state = 1;

	for (int round = 0; round < 20000; round++) {
		const char *of = round % 2 ? kinds : texts;
		char text[200];
		for (size_t i = 0; i < sizeof(text); i++) {
			state = state * 1103515245 + 12345;
			text[i] = of[(state >> 16) % strlen(of)];
		}
		size_t size = (state >> 8) % sizeof(text);
		int depth = 1 + round % 5;
		long values = count_values(text, size, depth);
		struct json_bounds bounds = { depth, (size_t)values };
		enum json_trouble most = trouble_of(text, size, bounds);
		ck_assert_int_eq(most == JSON_TOO_DEEP, values < 0);
		ck_assert_int_ne(most, JSON_TOO_MANY);
		bounds.values--;
		if (values > 1)
			ck_assert_int_eq(trouble_of(text, size, bounds), JSON_TOO_MANY);
	}
}
END_TEST

/* Both ways of looking for duplicates, on each side of where they change. */
START_TEST(duplicates_are_found_among_many)
{
	for (int count = 1; count < 40; count++) {
		for (int twice = -1; twice < count; twice++) {
			struct json json = json_begin(arena, 0);
			enum json_trouble trouble;
			json_object(&json);
			for (int i = 0; i < count; i++) {
				json_key(&json, arena_print(arena, "a_rather_long_key_%d", i));
				json_int(&json, i);
			}
			if (twice >= 0) {
				json_key(&json, arena_print(arena, "a_rather_long_key_%d", twice));
				json_null(&json);
			}
			json_object_end(&json);
			json_parse_copy(arena, json_end(&json), 1, &trouble);
			ck_assert_int_eq(trouble, twice < 0 ? JSON_FINE : JSON_DUPLICATE_KEY);
		}
	}
}
END_TEST

START_TEST(a_quarter_million_keys_take_no_time)
{
	struct json json = json_begin(arena, 4 * 1024 * 1024);
	enum json_trouble trouble;

	json_object(&json);
	for (int i = 0; i < 250000; i++) {
		json_key(&json, arena_print(arena, "%d", i));
		json_int(&json, 1);
	}
	json_object_end(&json);
	int64_t began = tick_ms();
	yyjson_val *root = json_parse_copy(arena, json_end(&json), 1, &trouble);
	ck_assert_uint_eq(yyjson_obj_size(root), 250000);
	/* One by one it would be minutes; this leaves room for sanitizers and busy machines. */
	ck_assert_int_lt(tick_ms() - began, 5000);
}
END_TEST

/* Parses an object of 27,075 keys of eight bytes, each of its bytes put where `order` says. */
static clock_t time_keys(const int order[8])
{
	struct json json = json_begin(arena, 0);
	enum json_trouble trouble;

	json_object(&json);
	for (int each = 0; each < 3 * 95 * 95; each++) {
		const char bytes[] = { 'a', 'b', 'c', 'd', 'e', (char)('0' + each % 3),
		                       (char)(' ' + each / 3 % 95), (char)(' ' + each / 3 / 95) };
		char key[sizeof(bytes)];
		for (size_t i = 0; i < sizeof(key); i++)
			key[i] = bytes[order[i]];
		json_key_str(&json, (str) { key, sizeof(key) });
		json_int(&json, 1);
	}
	json_object_end(&json);
	clock_t began = clock();
	yyjson_val *root = json_parse_copy(arena, json_end(&json), 1, &trouble);
	ck_assert_uint_eq(yyjson_obj_size(root), 3 * 95 * 95);
	return clock() - began;
}

/* Words that differ in their highest bits alone: of a product only those would tell them apart. */
START_TEST(keys_that_were_chosen_to_collide_take_no_time)
{
	clock_t spread = time_keys((int[]) { 7, 6, 5, 4, 3, 2, 1, 0 });
	clock_t chosen = time_keys((int[]) { 0, 1, 2, 3, 4, 5, 6, 7 });

	/* It was more than a hundred times as long. */
	ck_assert_int_lt(chosen, spread * 10 + CLOCKS_PER_SEC / 20);
}
END_TEST

START_TEST(members_are_text_without_nul)
{
	enum json_trouble trouble;
	yyjson_val *root = json_parse_copy(arena, STR("{\"a\":\"x\",\"b\":1,\"c\":\"\\u0000\",\"d"
		"\":\"\"}"),
	                                   1, &trouble);

	ck_assert(str_is(json_member(root, "a"), "x"));
	ck_assert(!json_member(root, "b").at);
	ck_assert(!json_member(root, "c").at);
	ck_assert(str_is(json_member(root, "d"), ""));
	ck_assert(!json_member(root, "e").at);
	ck_assert(!json_member(NULL, "a").at);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *tests = tcase_create("json");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, commas_are_where_they_belong);
	tcase_add_loop_test(tests, strings_are_escaped_and_read_back, 0, COUNT(strings));
	tcase_add_test(tests, every_byte_is_escaped_wherever_it_stands);
	tcase_add_test(tests, a_text_within_the_buffer_itself_is_written);
	tcase_add_loop_test(tests, what_is_no_utf8_is_replaced, 0, COUNT(broken));
	tcase_add_test(tests, whatever_is_written_is_json);
	tcase_add_loop_test(tests, reals_are_the_shortest_that_read_back, 0, COUNT(reals));
	tcase_add_loop_test(tests, ints_are_exact, 0, COUNT(ints));
	tcase_add_test(tests, a_small_buffer_grows);
	tcase_add_loop_test(tests, values_are_written_as_they_came, 0, COUNT(kept_as_they_came));
	tcase_add_loop_test(tests, documents_are_read_or_refused, 0, COUNT(documents));
	tcase_add_test(tests, values_are_counted_before_parsing);
	tcase_add_test(tests, depth_and_values_are_counted_to_the_byte);
	tcase_add_test(tests, ten_thousand_levels_are_refused_before_parsing);
	tcase_add_loop_test(tests, what_is_wrong_is_told_and_where, 0, sizeof(told) / sizeof(told[0]));
	tcase_add_test(tests, duplicates_are_found_among_many);
	tcase_add_test(tests, a_quarter_million_keys_take_no_time);
	tcase_add_test(tests, keys_that_were_chosen_to_collide_take_no_time);
	tcase_add_test(tests, members_are_text_without_nul);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
