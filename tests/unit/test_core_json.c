/* test_core_json.c - JSON written piece by piece. */
#include <math.h>

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

int main(void)
{
	Suite *suite = suite_create("json written");
	TCase *tests = tcase_create("json written");
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
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
