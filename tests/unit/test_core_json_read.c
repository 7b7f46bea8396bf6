/* test_core_json_read.c - JSON read within bounds. */
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

/* A short text is looked at in another way than a long one. */
START_TEST(depth_and_values_are_counted_in_any_length)
{
	static char text[5000];

	for (size_t size = 2; size < sizeof(text); size += 7) {
		memset(text, '[', size);
		ck_assert_int_eq(trouble_of(text, size, (struct json_bounds) { (int)size - 1, 0 }), JSON_TOO_DEEP);
		ck_assert_int_eq(trouble_of(text, size, (struct json_bounds) { (int)size, 0 }), JSON_SYNTAX);
		memset(text, ',', size);
		ck_assert_int_eq(trouble_of(text, size, (struct json_bounds) { 1, size }), JSON_TOO_MANY);
		ck_assert_int_eq(trouble_of(text, size, (struct json_bounds) { 1, size + 1 }), JSON_SYNTAX);
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
	Suite *suite = suite_create("json read");
	TCase *tests = tcase_create("json read");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, documents_are_read_or_refused, 0, COUNT(documents));
	tcase_add_test(tests, values_are_counted_before_parsing);
	tcase_add_test(tests, depth_and_values_are_counted_to_the_byte);
	tcase_add_test(tests, depth_and_values_are_counted_in_any_length);
	tcase_add_test(tests, ten_thousand_levels_are_refused_before_parsing);
	tcase_add_loop_test(tests, what_is_wrong_is_told_and_where, 0, sizeof(told) / sizeof(told[0]));
	tcase_add_test(tests, duplicates_are_found_among_many);
	tcase_add_test(tests, a_quarter_million_keys_take_no_time);
	tcase_add_test(tests, keys_that_were_chosen_to_collide_take_no_time);
	tcase_add_test(tests, members_are_text_without_nul);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
