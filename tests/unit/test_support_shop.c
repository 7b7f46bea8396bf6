/* test_support_shop.c - what is told to a model of what others wrote: cut, in whole characters and items, and JSON whatever it was. */
#include "suite.h"
#include "using.h"

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

START_TEST(texts_are_cut_in_whole_characters)
{
	static const struct { const char *text; size_t characters; const char *cut; } cases[] = {
		{ "", 3, "" }, { "abc", 3, "abc" }, { "abcd", 3, "abc…" }, { "äöüß", 3, "äöü…" }, { "äöü", 3, "äöü" }, { "🍵🍵", 1, "🍵…" },
		{ "a\xff" "bc", 2, "a\xff…" }, { "\xc3", 1, "\xc3" }, { "abc", 0, "…" },
	};

	for (int i = 0; i < COUNT(cases); i++)
		ck_assert_msg(str_is(text_cut(arena, cases[i].text, cases[i].characters), cases[i].cut), "%s", cases[i].text);
}
END_TEST

struct item { const char *text; };

static void put_item(struct json *json, const void *of)
{
	const struct item *item = of;

	json_object(json);
	put_text(json, "text", item->text);
	put_text(json, "more", item->text);
	json_object_end(json);
}

/* However long they are, and in whatever signs: each item is whole or left out, and what is left out is counted. */
START_TEST(lists_are_cut_in_whole_items)
{
	static const char *const signs[] = { "a", "\"", "\\", "\x01", "ä", "🍵", "\xff" };
	enum json_trouble trouble;

	for (int round = 0; round < 400; round++) {
		int64_t count = round % 60;
		struct item *items = arena_array(arena, struct item, count + 1);
		for (int64_t i = 0; i < count; i++) {
			const char *sign = signs[(round + i) % COUNT(signs)];
			size_t size = strlen(sign), times = (size_t)((round * 7 + i * 31) % 260);
			char *text = arena_alloc(arena, size * times + 1);
			for (size_t at = 0; at < times; at++)
				memcpy(text + at * size, sign, size);
			items[i].text = text;
		}
		struct shop_result result = { 0 };
		struct using using = { .arena = arena, .result = &result };
		struct json json = using_begin(&using, "items");
		put_list(&json, "some", items, count, sizeof(*items), put_item);
		put_list(&json, "others", items, count, sizeof(*items), put_item);
		using_shows(&using, &json);

		ck_assert_uint_le(result.text.size, SHOP_RESULT_MAX);
		yyjson_val *read = json_parse_copy(arena, result.text, 8, &trouble);
		ck_assert_msg(read, "%.*s", STR_FORMAT(result.text));
		ck_assert_int_eq((int64_t)yyjson_arr_size(yyjson_obj_get(read, "some")) + yyjson_get_sint(yyjson_obj_get(read, "some_left_out")), count);
		ck_assert_int_eq((int64_t)yyjson_arr_size(yyjson_obj_get(read, "others")) + yyjson_get_sint(yyjson_obj_get(read, "others_left_out")), count);
	}
}
END_TEST

START_TEST(one_tool_asks)
{
	for (size_t i = 0; i < shop_tool_count; i++)
		ck_assert_int_eq(shop_asks(str_of(shop_tools[i].name)), strcmp(shop_tools[i].name, "start_return") == 0);
	ck_assert(!shop_asks(STR("update_product")));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support: shop");
	TCase *tests = tcase_create("support: shop");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, texts_are_cut_in_whole_characters);
	tcase_add_test(tests, lists_are_cut_in_whole_items);
	tcase_add_test(tests, one_tool_asks);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
