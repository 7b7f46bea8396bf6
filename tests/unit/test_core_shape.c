/* test_core_shape.c - structs from JSON and back by shapes, the words of refusals. */
#include <stdlib.h>

#include "shape_fixture.h"

static const char *read_order(const char *text, struct order *order)
{
	return shape_read(order_shape, parse(text), SHAPE_STRICT, order, arena);
}

static const char *written(const struct order *order)
{
	struct json json = json_begin(arena, 0);

	shape_write_input(&json, order_shape, order);
	return arena_copy(arena, json_end(&json));
}

static const char *answered(const struct shape *shape, const void *in)
{
	struct json json = json_begin(arena, 0);

	shape_write(&json, shape, in);
	return arena_copy(arena, json_end(&json));
}

/* ---- Reading ---- */

START_TEST(everything_given_is_read)
{
	struct order order;

	ck_assert_ptr_null(read_order("{\"customer\":\"Jos\xc3\xa9\",\"state\":\"paid\",\"note\":"
		"\"\","
		"\"limit\":7.0,\"stock\":0,\"confirm\":false,\"weight\":2,"
		"\"since\":\"2010-12-01T09:26:00+01:00\",\"price\":{\"amount\":255,\"currency\":\""
			"GBP\"},"
		"\"ship_to\":{\"street\":\"High St 1\",\"country\":\"GB\",\"gift\":true},"
		"\"items\":[{\"sku\":\"A\",\"quantity\":2},{\"sku\":\"B\"}],\"tags\":[\"new\","
			"\"sale\"]}",
		&order));
	ck_assert_str_eq(order.customer, "Jos\xc3\xa9");
	ck_assert_str_eq(order.state, "paid");
	ck_assert_str_eq(order.note, "");
	ck_assert_int_eq(order.limit, 7);
	ck_assert(order.has_stock && order.stock == 0 && !order.confirm);
	ck_assert(order.weight == 2);
	ck_assert_int_eq(order.since, INT64_C(1291191960000));
	ck_assert_int_eq(order.price.minor, 255);
	ck_assert_str_eq(order.price.currency, "GBP");
	ck_assert_str_eq(order.ship_to->street, "High St 1");
	ck_assert(order.ship_to->gift && order.ship_to->has_gift);
	ck_assert_int_eq(order.items_count, 2);
	ck_assert_int_eq(order.items[0].quantity, 2);
	ck_assert_str_eq(order.items[1].sku, "B");
	ck_assert_int_eq(order.items[1].quantity, 1);
	ck_assert_int_eq(order.tags_count, 2);
	ck_assert_str_eq(order.tags[1], "sale");
}
END_TEST

static const char *const sparse[] = {
	"{\"customer\":\"x\"}",
	"{\"customer\":\"x\",\"state\":null,\"note\":null,\"limit\":null,\"stock\":null,\"confirm"
		"\":null,"
	"\"weight\":null,\"since\":null,\"price\":null,\"ship_to\":null,\"items\":null,"
		"\"tags\":null}",
};

START_TEST(what_is_absent_or_null_is_its_default_or_nothing)
{
	struct order order;

	memset(&order, 0xff, sizeof(order));
	ck_assert_ptr_null(read_order(sparse[_i], &order));
	ck_assert_str_eq(order.state, "open");
	ck_assert_int_eq(order.limit, 20);
	ck_assert(order.confirm);
	ck_assert(!order.has_stock && order.stock == 0 && order.weight == 0 && order.since == 0);
	ck_assert_ptr_null(order.note);
	ck_assert_ptr_null(order.price.currency);
	ck_assert_ptr_null(order.ship_to);
	ck_assert_ptr_null(order.items);
	ck_assert_ptr_null(order.tags);
	ck_assert_int_eq(order.items_count, 0);
	ck_assert_int_eq(order.tags_count, 0);
}
END_TEST

START_TEST(null_is_absent_at_every_depth)
{
	struct order order;

	ck_assert_ptr_null(read_order("{\"customer\":\"x\",\"ship_to\":{\"street\":\"s\",\"country\":null,"
		"\"gift\":null},\"items\":[{\"sku\":\"A\",\"quantity\":null}]}", &order));
	ck_assert_ptr_null(order.ship_to->country);
	ck_assert(!order.ship_to->has_gift && !order.ship_to->gift);
	ck_assert_int_eq(order.items[0].quantity, 1);
	ck_assert_str_eq(read_order("{\"customer\":\"x\",\"ship_to\":{\"street\":null}}", &order),
	                 "ship_to.street is required, so it must not be null");
}
END_TEST

/* ---- Digits where a text is wanted ---- */

static const char *read_digits(const char *digits, unsigned how, struct order *order)
{
	const char *text = arena_print(arena, "{\"customer\":%s,\"note\":%s,\"ship_to\":{\"street\":%s},"
		"\"items\":[{\"sku\":%s}]}", digits, digits, digits, digits);

	return shape_read(order_shape, parse(text), how, order, arena);
}

/* A customer has ten letters at most. */
static const char *const digits[] = { "0", "7", "536365", "4294967296" };

START_TEST(digits_are_the_text_they_look_like)
{
	struct order order;

	ck_assert_pstr_eq(read_digits(digits[_i], SHAPE_DIGITS, &order), NULL);
	ck_assert_pstr_eq(read_digits(digits[_i], SHAPE_ARGUMENTS, &order), NULL);
	ck_assert_str_eq(order.customer, digits[_i]);
	ck_assert_str_eq(order.note, digits[_i]);
	ck_assert_str_eq(order.ship_to->street, digits[_i]);
	ck_assert_str_eq(order.items[0].sku, digits[_i]);
	for (unsigned how = 0; how <= SHAPE_STRICT; how++)
		ck_assert_str_eq(read_digits(digits[_i], how, &order),
		                 "customer must be a string, not a number");
}
END_TEST

static const char *const long_digits[] = {
	"9007199254740993", "18446744073709551615", "18446744073709551616",
	"123456789012345678901234567890123456789012345678901234567890",
};

START_TEST(digits_beyond_any_number_come_as_written)
{
	struct line line;

	ck_assert_ptr_null(shape_read(line_shape, parse(arena_print(arena, "{\"sku\":%s}",
		long_digits[_i])), SHAPE_DIGITS, &line, arena));
	ck_assert_str_eq(line.sku, long_digits[_i]);
}
END_TEST

static const struct { const char *json, *words; } no_digits[] = {
	{ "{\"customer\":1.0}", "customer must be a string, not a number" },
	{ "{\"customer\":1e3}", "customer must be a string, not a number" },
	{ "{\"customer\":1e400}", "customer must be a string, not a number" },
	{ "{\"customer\":-5}", "customer must be a string, not a number" },
	{ "{\"customer\":-0}", "customer must be a string, not a number" },
	{ "{\"customer\":-99999999999999999999}", "customer must be a string, not a number" },
	{ "{\"customer\":true}", "customer must be a string, not true or false" },
	{ "{\"customer\":[1]}", "customer must be a string, not an array" },
	{ "{\"customer\":12345678901}", "customer must have at most 10 characters, not 11" },
	{ "{\"customer\":1,\"state\":5}", "state must be one of open, paid, shipped, not \"5\"" },
	{ "{\"customer\":1,\"tags\":[7]}", "tags[0] must be one of new, sale, not \"7\"" },
	{ "{\"customer\":1,\"since\":2011}", "since must be a time such as "
	  "\"2026-07-28T09:30:00Z\" or a date such as \"2026-07-28\", not a number" },
	{ "{\"customer\":1,\"price\":{\"amount\":1,\"currency\":826}}", "price.currency must be the"
	  " three capital letters of an ISO 4217 code such as GBP, not \"826\"" },
};

START_TEST(no_other_number_is_a_text)
{
	struct order order;

	ck_assert_pstr_eq(shape_read(order_shape, parse(no_digits[_i].json), SHAPE_ARGUMENTS, &order,
	                             arena), no_digits[_i].words);
}
END_TEST

static const struct { const char *json, *words; } refusals[] = {
	{ "{}", "customer is required" },
	{ "{\"customer\":null}", "customer is required, so it must not be null" },
	{ "{\"customer\":7}", "customer must be a string, not a number" },
	{ "{\"customer\":\"12345678901\"}", "customer must have at most 10 characters, not 11" },
	{ "{\"customer\":\"a\\u0000b\"}", "customer must not contain the character U+0000" },
	{ "{\"customer\":\"x\",\"state\":\"lost\"}",
	  "state must be one of open, paid, shipped, not \"lost\"" },
	{ "{\"customer\":\"x\",\"state\":\"ope\"}",
	  "state must be one of open, paid, shipped, not \"ope\"" },
	{ "{\"customer\":\"x\",\"limit\":0}", "limit must be at least 1, not 0" },
	{ "{\"customer\":\"x\",\"limit\":500}", "limit must be at most 100, not 500" },
	{ "{\"customer\":\"x\",\"limit\":2.5}", "limit must be a whole number, not 2.5" },
	{ "{\"customer\":\"x\",\"limit\":\"5\"}", "limit must be a whole number, not a string" },
	{ "{\"customer\":\"x\",\"stock\":9223372036854775808}",
	  "stock is out of range: it must be a whole"
	  " number from -9223372036854775808 to 9223372036854775807" },
	{ "{\"customer\":\"x\",\"stock\":1e30}", "stock is out of range: it must be a whole"
	  " number from -9223372036854775808 to 9223372036854775807" },
	{ "{\"customer\":\"x\",\"stock\":99999999999999999999999}",
	  "stock is out of range: it must be a"
	  " whole number from -9223372036854775808 to 9223372036854775807" },
	{ "{\"customer\":\"x\",\"confirm\":1}", "confirm must be true or false, not a number" },
	{ "{\"customer\":\"x\",\"weight\":2.75}", "weight must be at most 2.5, not 2.75" },
	{ "{\"customer\":\"x\",\"weight\":true}", "weight must be a number, not true or false" },
	{ "{\"customer\":\"x\",\"since\":\"yesterday\"}", "since must be a time such as "
	  "\"2026-07-28T09:30:00Z\" or a date such as \"2026-07-28\", not \"yesterday\"" },
	{ "{\"customer\":\"x\",\"since\":\"2026-07-28T09:30:00.00000000000000000000000000000000000000000000Z\"}",
	  "since must be a time such as \"2026-07-28T09:30:00Z\" or a date such as \"2026-07-28\", not"
	  " \"2026-07-28T09:30:00.0000000000000000000000000000000000000000…\"" },
	{ "{\"customer\":\"x\",\"since\":5}", "since must be a time such as "
	  "\"2026-07-28T09:30:00Z\" or a date such as \"2026-07-28\", not a number" },
	{ "{\"customer\":\"x\",\"price\":5}", "price must be an object such as {\"amount\": 255, "
	  "\"currency\": \"GBP\"}, its amount in pence or cents, not a number" },
	{ "{\"customer\":\"x\",\"price\":{\"amount\":5}}", "price.currency is required" },
	{ "{\"customer\":\"x\",\"price\":{\"amount\":-1,\"currency\":\"GBP\"}}",
	  "price.amount must be at least 0, not -1" },
	{ "{\"customer\":\"x\",\"price\":{\"amount\":1001,\"currency\":\"GBP\"}}",
	  "price.amount must be at most 1000, not 1001" },
	{ "{\"customer\":\"x\",\"price\":{\"amount\":1,\"currency\":\"gbp\"}}",
	  "price.currency must be the"
	  " three capital letters of an ISO 4217 code such as GBP, not \"gbp\"" },
	{ "{\"customer\":\"x\",\"price\":{\"amount\":1,\"currency\":\"GBP\",\"minor\":2}}",
	  "Unknown member \"minor\" in price: its members are amount, currency" },
	{ "{\"customer\":\"x\",\"ship_to\":{}}", "ship_to.street is required" },
	{ "{\"customer\":\"x\",\"ship_to\":[]}", "ship_to must be an object, not an array" },
	{ "{\"customer\":\"x\",\"ship_to\":{\"street\":\"a\",\"country\":\"GBR\"}}",
	  "ship_to.country must have at most 2 characters, not 3" },
	{ "{\"customer\":\"x\",\"ship_to\":{\"street\":\"a\",\"street\":\"b\"}}",
	  "ship_to must not name a member twice" },
	{ "{\"customer\":\"x\",\"items\":{}}", "items must be an array, not an object" },
	{ "{\"customer\":\"x\",\"items\":[{\"sku\":\"a\"},{\"sku\":\"b\"},{\"sku\":\"c\","
	  "\"quantity\":0}]}",
	  "items[2].quantity must be at least 1, not 0" },
	{ "{\"customer\":\"x\",\"items\":[{\"sku\":\"\"}]}",
	  "items[0].sku must have at least 1 character, not 0" },
	{ "{\"customer\":\"x\",\"items\":[{\"sku\":\"a\"},3]}",
	  "items[1] must be an object, not a number" },
	{ "{\"customer\":\"x\",\"items\":[null]}", "items[0] must be an object, not null" },
	{ "{\"customer\":\"x\",\"items\":[{\"sku\":\"a\",\"colour\":1}]}",
	  "Unknown member \"colour\" in items[0]: its members are sku, quantity" },
	{ "{\"customer\":\"x\",\"items\":[{},{},{},{}]}",
	  "items must have at most 3 items, not 4" },
	{ "{\"customer\":\"x\",\"tags\":[]}", "tags must have at least 1 item, not 0" },
	{ "{\"customer\":\"x\",\"tags\":[\"new\",\"old\"]}",
	  "tags[1] must be one of new, sale, not \"old\"" },
	{ "{\"customer\":\"x\",\"tags\":[null]}", "tags[0] must be a string, not null" },
	{ "[]", "The arguments must be an object, not an array" },
	{ "{\"customer\":\"x\",\"foo\":1}",
	  "Unknown argument \"foo\": the arguments are customer, state, note, limit, stock,"
	  " confirm, weight, since, price, ship_to, items, tags" },
	{ "{\"a_name_that_is_so_long_that_nobody_wants_to_read_all_of_it_in_an_error\":1}",
	  "Unknown argument \"a_name_that_is_so_long_that_nobody_wants_to_read_all_of_it_i…\": the arguments are customer, state, note, limit, stock,"
	  " confirm, weight, since, price, ship_to, items, tags" },
};

/* All at once, a line each: who called mends that in one round. */
static const struct { const char *json, *words; } several[] = {
	{ "{\"foo\":1,\"bar\":2,\"limit\":0}",
	  "Unknown argument \"foo\": the arguments are customer, state, note, limit, stock,"
	  " confirm, weight, since, price, ship_to, items, tags\n"
	  "Unknown argument \"bar\"\n"
	  "customer is required\n"
	  "limit must be at least 1, not 0" },
	{ "{\"customer\":\"x\",\"price\":{\"amount\":-1},\"items\":[{},{\"sku\":\"a\",\"quantity\":0,\"colour\":1}]}",
	  "price.amount must be at least 0, not -1\n"
	  "price.currency is required\n"
	  "items[0].sku is required\n"
	  "Unknown member \"colour\" in items[1]: its members are sku, quantity\n"
	  "items[1].quantity must be at least 1, not 0" },
	{ "{\"customer\":\"x\",\"tags\":[\"a\",\"b\"],\"ship_to\":{\"street\":\"a\",\"street\":\"b\"}}",
	  "ship_to must not name a member twice\n"
	  "tags[0] must be one of new, sale, not \"a\"\n"
	  "tags[1] must be one of new, sale, not \"b\"" },
	/* Eight of them. */
	{ "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1}",
	  "Unknown argument \"a\": the arguments are customer, state, note, limit, stock,"
	  " confirm, weight, since, price, ship_to, items, tags\n"
	  "Unknown argument \"b\"\nUnknown argument \"c\"\nUnknown argument \"d\"\n"
	  "Unknown argument \"e\"\nUnknown argument \"f\"\nUnknown argument \"g\"\ncustomer is required" },
	{ "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1}",
	  "Unknown argument \"a\": the arguments are customer, state, note, limit, stock,"
	  " confirm, weight, since, price, ship_to, items, tags\n"
	  "Unknown argument \"b\"\nUnknown argument \"c\"\nUnknown argument \"d\"\n"
	  "Unknown argument \"e\"\nUnknown argument \"f\"\nUnknown argument \"g\"\nUnknown argument \"h\"\nand more" },
};

START_TEST(all_that_is_wrong_is_said)
{
	struct order order;

	ck_assert_pstr_eq(shape_read(order_shape, parse(several[_i].json), SHAPE_ARGUMENTS, &order, arena),
	                  several[_i].words);
}
END_TEST

START_TEST(who_wants_the_first_alone_is_told_that)
{
	struct order order;

	ck_assert_pstr_eq(shape_read(order_shape, parse(several[1].json), SHAPE_STRICT, &order, arena),
	                  "price.amount must be at least 0, not -1");
}
END_TEST

START_TEST(what_is_wrong_is_said_in_words)
{
	struct order order;

	ck_assert_pstr_eq(read_order(refusals[_i].json, &order), refusals[_i].words);
}
END_TEST

static const char *const fine[] = {
	"{\"customer\":\"éééééééééé\"}",
	"{\"customer\":\"x\",\"limit\":1}", "{\"customer\":\"x\",\"limit\":100}",
	"{\"customer\":\"x\",\"stock\":9223372036854775807}",
	"{\"customer\":\"x\",\"stock\":-9223372036854775808}",
		"{\"customer\":\"x\",\"stock\":-1e3}",
	"{\"customer\":\"x\",\"since\":\"2026-07-28\"}",
	"{\"customer\":\"x\",\"since\":\"2026-07-28T09:30:00.0000000000000000000000000000000000000000000Z\"}",
	"{\"customer\":\"x\",\"weight\":2.5}", "{\"customer\":\"x\",\"items\":[]}",
	"{\"customer\":\"x\",\"price\":{\"amount\":0,\"currency\":\"XXX\"}}",
	"{\"customer\":\"x\",\"price\":{\"amount\":1000,\"currency\":\"GBP\"}}",
};

START_TEST(the_edge_itself_is_allowed)
{
	struct order order;

	ck_assert_pstr_eq(read_order(fine[_i], &order), NULL);
}
END_TEST

START_TEST(a_long_text_is_quoted_in_part)
{
	struct order order;
	char *text = arena_alloc(arena, 300);

	memset(text, 'x', 59);
	for (int i = 0; i < 50; i++)
		memcpy(text + 59 + 2 * i, "\xc3\xa9", 2);
	const char *json = arena_print(arena, "{\"customer\":\"x\",\"state\":\"%s\"}", text);
	const char *words = read_order(json, &order);
	ck_assert(utf8_valid(str_of(words)));
	ck_assert_pstr_eq(strstr(words, "not \""), arena_print(arena, "not \"%.59s…\"", text));
}
END_TEST

START_TEST(only_a_strict_reader_refuses_unknown_members)
{
	struct line line;

	ck_assert_ptr_null(shape_read(line_shape, parse("{\"sku\":\"a\",\"x\":{\"y\":[]}}"), 0,
	                              &line, arena));
	ck_assert_str_eq(line.sku, "a");
}
END_TEST

START_TEST(no_object_stands_for_an_empty_one)
{
	struct line line;
	int nothing;

	ck_assert_pstr_eq(shape_read(line_shape, NULL, SHAPE_STRICT, &line, arena), "sku is required");
	ck_assert_ptr_null(shape_read(NULL, NULL, SHAPE_STRICT, &nothing, arena));
	ck_assert_ptr_null(shape_read(NULL, parse("{}"), SHAPE_STRICT, &nothing, arena));
	ck_assert_pstr_eq(shape_read(NULL, parse("{\"a\":1}"), SHAPE_STRICT, &nothing, arena),
	                  "Unknown argument \"a\": the arguments are none");
	ck_assert_ptr_null(shape_read(nothing_shape, parse("{}"), SHAPE_STRICT, &nothing, arena));
}
END_TEST

START_TEST(a_list_without_a_bound_has_one_all_the_same)
{
	struct json json = json_begin(arena, 0);
	struct order order;

	json_object(&json);
	json_key(&json, "items");
	json_array(&json);
	for (int i = 0; i <= 100000; i++)
		json_raw(&json, STR("{}"));
	json_array_end(&json);
	json_object_end(&json);
	const char *text = arena_copy(arena, json_end(&json));
	ck_assert_pstr_eq(shape_read(unbounded_shape, parse(text), SHAPE_STRICT, &order, arena),
	                  "items must have at most 100000 items, not 100001");
}
END_TEST

/* ---- Writing ---- */

START_TEST(absent_members_are_left_out)
{
	ck_assert_str_eq(written(&(struct order) { .customer = "x" }),
	                 "{\"customer\":\"x\",\"limit\":0,\"confirm\":false,\"weight\":0}");
}
END_TEST

static const char *const round_trips[] = {
	"{\"customer\":\"x\",\"state\":\"paid\",\"note\":\"a\\nb\",\"limit\":1,\"stock\":-5,"
		"\"confirm\":true,"
	"\"weight\":0.25,\"since\":\"2010-12-01T08:26:00.500Z\",\"price\":{\"amount\":255,"
		"\"currency\":"
	"\"GBP\"},\"ship_to\":{\"street\":\"s\",\"gift\":false},\"items\":[{\"sku\":\"A\","
		"\"quantity\":2},"
	"{\"sku\":\"B\",\"quantity\":1}],\"tags\":[\"new\"]}",
	"{\"customer\":\"x\",\"state\":\"open\",\"limit\":20,\"confirm\":true,\"weight\":0}",
};

START_TEST(what_is_written_reads_back)
{
	struct order order;

	ck_assert_ptr_null(read_order(round_trips[_i], &order));
	ck_assert_str_eq(written(&order), round_trips[_i]);
}
END_TEST

START_TEST(a_required_list_or_time_is_always_there)
{
	struct json json = json_begin(arena, 0);

	shape_write_input(&json, always_shape, &(struct order) { 0 });
	ck_assert_str_eq(arena_copy(arena, json_end(&json)),
	                 "{\"items\":[],\"tags\":[],\"since\":\"1970-01-01T00:00:00Z\"}");
}
END_TEST

/* Those of a nested struct, and of what a list holds, too. */
START_TEST(the_lists_of_an_answer_are_there_without_items)
{
	struct order orders[] = { { .customer = "x" }, { .customer = "y" } };
	struct { struct order *orders, *first; int64_t count; } all = { orders, orders, 1 };
	const struct shape shape = { sizeof(all), (const struct field[]) {
		{ .name = "orders", .type = FIELD_LIST, .item = lists_shape, .offset = 0,
		  .count_offset = 2 * sizeof(void *) },
		{ .name = "first", .type = FIELD_NEST, .item = lists_shape, .offset = sizeof(void *) },
		{ 0 } } };

	ck_assert_str_eq(answered(lists_shape, orders), "{\"items\":[],\"tags\":[]}");
	ck_assert_str_eq(answered(&shape, &all), "{\"orders\":[{\"items\":[],\"tags\":[]}],"
		"\"first\":{\"items\":[],\"tags\":[]}}");
	all.count = 0;
	all.first = NULL;
	ck_assert_str_eq(answered(&shape, &all), "{\"orders\":[]}");
}
END_TEST

static SHAPE(strict_shape, struct order,
	TEXT (struct order, customer, "", .required = true),
	MONEY(struct order, price, "", .required = true),
	NEST (struct order, ship_to, struct address, address_shape, "", .required = true),
	LIST (struct order, items, items_count, struct line, line_shape, ""),
	TEXTS(struct order, tags, tags_count, ""),
	TIME (struct order, since, "", .required = true));

static struct address nowhere = { .street = NULL };
static struct address somewhere = { .street = "High St 1" };
static struct line nothing = { .sku = NULL };
#define PRICE .price = { 1, "GBP" }, .since = 1

static const struct { const char *field; struct order order; } lacking[] = {
	{ "customer", { .customer = NULL } },
	{ "price", { .customer = "x", .ship_to = &somewhere, .since = 1 } },
	{ "ship_to", { .customer = "x", PRICE } },
	{ "street", { .customer = "x", PRICE, .ship_to = &nowhere } },
	{ "sku", { .customer = "x", PRICE, .ship_to = &somewhere, .items = &nothing, .items_count = 1 } },
	{ "items", { .customer = "x", PRICE, .ship_to = &somewhere, .items_count = 2 } },
	{ "tags", { .customer = "x", PRICE, .ship_to = &somewhere, .tags_count = 2 } },
	{ "tags", { .customer = "x", PRICE, .ship_to = &somewhere, .tags = (const char *[]) { "a", NULL },
	            .tags_count = 2 } },
	{ "since", { .customer = "x", .price = { 1, "GBP" }, .ship_to = &somewhere } },
	{ NULL, { .customer = "x", PRICE, .ship_to = &somewhere } },
};

START_TEST(what_an_answer_lacks_is_told)
{
	struct json json = json_begin(arena, 0);
	const struct field *lacks = shape_write(&json, strict_shape, &lacking[_i].order);

	ck_assert_pstr_eq(lacks ? lacks->name : NULL, lacking[_i].field);
	parse(arena_copy(arena, json_end(&json)));
}
END_TEST

static TCase *reading(void)
{
	TCase *tests = tcase_create("reading");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, everything_given_is_read);
	tcase_add_loop_test(tests, what_is_absent_or_null_is_its_default_or_nothing, 0,
		COUNT(sparse));
	tcase_add_test(tests, null_is_absent_at_every_depth);
	tcase_add_loop_test(tests, digits_are_the_text_they_look_like, 0, COUNT(digits));
	tcase_add_loop_test(tests, digits_beyond_any_number_come_as_written, 0, COUNT(long_digits));
	tcase_add_loop_test(tests, no_other_number_is_a_text, 0, COUNT(no_digits));
	tcase_add_loop_test(tests, what_is_wrong_is_said_in_words, 0, COUNT(refusals));
	tcase_add_loop_test(tests, all_that_is_wrong_is_said, 0, COUNT(several));
	tcase_add_test(tests, who_wants_the_first_alone_is_told_that);
	tcase_add_loop_test(tests, the_edge_itself_is_allowed, 0, COUNT(fine));
	tcase_add_test(tests, a_long_text_is_quoted_in_part);
	tcase_add_test(tests, only_a_strict_reader_refuses_unknown_members);
	tcase_add_test(tests, no_object_stands_for_an_empty_one);
	tcase_add_test(tests, a_list_without_a_bound_has_one_all_the_same);
	return tests;
}

static TCase *writing(void)
{
	TCase *tests = tcase_create("writing");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, absent_members_are_left_out);
	tcase_add_loop_test(tests, what_is_written_reads_back, 0, COUNT(round_trips));
	tcase_add_test(tests, a_required_list_or_time_is_always_there);
	tcase_add_test(tests, the_lists_of_an_answer_are_there_without_items);
	tcase_add_loop_test(tests, what_an_answer_lacks_is_told, 0, COUNT(lacking));
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("shape");
	suite_add_tcase(suite, reading());
	suite_add_tcase(suite, writing());
	return run_suite(suite);
}
