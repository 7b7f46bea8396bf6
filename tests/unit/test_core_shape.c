/* test_core_shape.c - structs from JSON and back by shapes, the words of refusals, schemas. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

struct line {
	const char *sku;
	int64_t quantity;
};

struct address {
	const char *street, *country;
	bool gift, has_gift;
};

struct order {
	const char *customer, *state, *note;
	int64_t limit, stock;
	bool has_stock, confirm;
	double weight;
	int64_t since;
	struct money price;
	struct address *ship_to;
	struct line *items;
	int64_t items_count;
	const char **tags;
	int64_t tags_count;
};

static const struct shape line_shape = SHAPE(struct line,
	TEXT(struct line, sku, "Which product", .required = true, AT_LEAST(1)),
	INT (struct line, quantity, "How many", AT_LEAST(1), AT_MOST(99), DEFAULT(1)));

static const struct shape address_shape = SHAPE(struct address,
	TEXT(struct address, street, "Street and number", .required = true),
	TEXT(struct address, country, "Two letters", AT_LEAST(2), AT_MOST(2), .header = "Country"),
	BOOL(struct address, gift, "A present", OPTIONAL(struct address, has_gift)));

static const struct shape order_shape = SHAPE(struct order,
	TEXT (struct order, customer, "Who buys", .required = true, AT_MOST(10), .format = "email"),
	TEXT (struct order, state, "Where it is", ONE_OF("open", "paid", "shipped"),
		DEFAULT_TEXT("open")),
	TEXT (struct order, note, "Anything"),
	INT  (struct order, limit, "How many to return", AT_LEAST(1), AT_MOST(100), DEFAULT(20)),
	INT  (struct order, stock, "Units on hand", OPTIONAL(struct order, has_stock)),
	BOOL (struct order, confirm, "Sure", DEFAULT(1)),
	REAL (struct order, weight, "In kg", AT_LEAST(0), AT_MOST(2.5)),
	TIME (struct order, since, "Placed since then"),
	MONEY(struct order, price, "What it costs", AT_MOST(1000)),
	NEST (struct order, ship_to, struct address, &address_shape, "Where it goes"),
	LIST (struct order, items, items_count, struct line, &line_shape, "What is bought",
		AT_MOST(3)),
	TEXTS(struct order, tags, tags_count, "Labels", ONE_OF("new", "sale"), AT_LEAST(1)));

static const struct shape nothing_shape = { 0, (const struct field[]) { { 0 } } };

static const struct shape unbounded_shape = SHAPE(struct order,
	LIST(struct order, items, items_count, struct line, &nothing_shape, "Many"));

static const struct shape always_shape = SHAPE(struct order,
	LIST (struct order, items, items_count, struct line, &line_shape, "", .required = true),
	TEXTS(struct order, tags, tags_count, "", .required = true),
	TIME (struct order, since, "", .required = true));

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

static yyjson_val *parse(const char *text)
{
	enum json_trouble trouble;
	yyjson_val *root = json_parse_copy(arena, str_of(text), 64, &trouble);

	ck_assert_int_eq(trouble, JSON_FINE);
	return root;
}

static const char *read_order(const char *text, struct order *order)
{
	return shape_read(&order_shape, parse(text), true, order, arena);
}

static const char *written(const struct order *order)
{
	struct json json = json_begin(arena, 0);

	shape_write(&json, &order_shape, order);
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

	ck_assert_ptr_null(shape_read(&line_shape, parse("{\"sku\":\"a\",\"x\":{\"y\":[]}}"),
		false, &line,
	                              arena));
	ck_assert_str_eq(line.sku, "a");
}
END_TEST

START_TEST(no_object_stands_for_an_empty_one)
{
	struct line line;
	int nothing;

	ck_assert_pstr_eq(shape_read(&line_shape, NULL, true, &line, arena), "sku is required");
	ck_assert_ptr_null(shape_read(NULL, NULL, true, &nothing, arena));
	ck_assert_ptr_null(shape_read(NULL, parse("{}"), true, &nothing, arena));
	ck_assert_pstr_eq(shape_read(NULL, parse("{\"a\":1}"), true, &nothing, arena),
	                  "Unknown argument \"a\": the arguments are none");
	ck_assert_ptr_null(shape_read(&nothing_shape, parse("{}"), true, &nothing, arena));
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
	ck_assert_pstr_eq(shape_read(&unbounded_shape, parse(text), true, &order, arena),
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

	shape_write(&json, &always_shape, &(struct order) { 0 });
	ck_assert_str_eq(arena_copy(arena, json_end(&json)),
	                 "{\"items\":[],\"tags\":[],\"since\":\"1970-01-01T00:00:00Z\"}");
}
END_TEST

/* ---- Schemas ---- */

static const char *schema(const struct shape *shape, enum schema_use use, bool headers)
{
	struct json json = json_begin(arena, 0);

	shape_schema(&json, shape, use, headers);
	return arena_copy(arena, json_end(&json));
}

/* A form's shape: nothing but flat fields. */
static const struct shape consent_shape = SHAPE(struct order,
	BOOL(struct order, confirm, "Really?", .required = true, .header = "Sure"),
	TEXT(struct order, note, "Why", AT_MOST(20), .format = "hostname"),
	TEXT(struct order, customer, "Whose", .format = "email"),
	TIME(struct order, since, "From when", DEFAULT(1000)));

static const struct { const struct shape *shape; enum schema_use use; bool headers;
	const char *json; }
schemas[] = {
	{ NULL, SCHEMA_INPUT, true, "{\"type\":\"object\",\"additionalProperties\":false}" },
	{ &nothing_shape, SCHEMA_INPUT, true, "{\"type\":\"object\",\"additionalProperties\":false"
	  "}" },
	{ NULL, SCHEMA_OUTPUT, true, "{\"type\":\"object\"}" },
	{ NULL, SCHEMA_FORM, true, "{\"type\":\"object\",\"properties\":{}}" },
	{ &line_shape, SCHEMA_INPUT, false, "{\"type\":\"object\",\"properties\":{\"sku\":{\"type"
	  "\":\"string\","
	  "\"description\":\"Which product\",\"minLength\":1},\"quantity\":{\"type\":\"integer\","
	  "\"description\":\"How many\",\"minimum\":1,\"maximum\":99,\"default\":1}},\"required\":"
	  "[\"sku\"],"
	  "\"additionalProperties\":false}" },
	{ &line_shape, SCHEMA_OUTPUT, false, "{\"type\":\"object\",\"properties\":{\"sku\":{\"type"
	  "\":"
	  "\"string\",\"description\":\"Which product\"},\"quantity\":{\"type\":\"integer\","
	  "\"description\":\"How many\"}},\"required\":[\"sku\"]}" },
	{ &consent_shape, SCHEMA_FORM, false, "{\"type\":\"object\",\"properties\":{\"confirm\":{"
	  "\"type\":"
	  "\"boolean\",\"title\":\"Confirm\",\"description\":\"Really?\"},"
	  "\"note\":{\"type\":\"string\","
	  "\"title\":\"Note\",\"description\":\"Why\",\"maxLength\":20},"
	  "\"customer\":{\"type\":\"string\","
	  "\"title\":\"Customer\",\"description\":\"Whose\",\"format\":\"email\"},"
	  "\"since\":{\"type\":"
	  "\"string\",\"title\":\"Since\",\"description\":\"From when\",\"format\":\"date-time\","
	  "\"default\":"
	  "\"1970-01-01T00:00:01Z\"}},\"required\":[\"confirm\"]}" },
};

START_TEST(a_schema_says_what_the_shape_says)
{
	ck_assert_str_eq(schema(schemas[_i].shape, schemas[_i].use, schemas[_i].headers),
		schemas[_i].json);
}
END_TEST

static const struct { enum schema_use use; bool headers; const char *part; bool there; } parts[] = {
	{ SCHEMA_INPUT, false, "\"state\":{\"type\":\"string\",\"description\":\"Where it is\","
	  "\"enum\":["
	  "\"open\",\"paid\",\"shipped\"],\"default\":\"open\"}", true },
	{ SCHEMA_INPUT, false, "\"since\":{\"type\":\"string\",\"description\":\"Placed since then"
	  "\","
	  "\"format\":\"date-time\"}", true },
	{ SCHEMA_INPUT, false, "\"confirm\":{\"type\":\"boolean\",\"description\":\"Sure\","
	  "\"default\":true}",
	  true },
	{ SCHEMA_INPUT, false, "\"weight\":{\"type\":\"number\",\"description\":\"In kg\","
	  "\"minimum\":0,"
	  "\"maximum\":2.5}", true },
	{ SCHEMA_INPUT, false, "\"amount\":{\"type\":\"integer\",\"description\":\"In the currency"
	  "'s minor"
	  " unit, such as pence or cents\",\"minimum\":0,\"maximum\":1000},\"currency\":{\"type\":"
	  "\"string\","
	  "\"description\":\"ISO 4217 code, such as GBP\",\"pattern\":\"^[A-Z]{3}$\"}},\"required"
	  "\":["
	  "\"amount\",\"currency\"],\"additionalProperties\":false}", true },
	{ SCHEMA_INPUT, false, "\"items\":{\"type\":\"array\",\"description\":\"What is bought\","
	  "\"items\":{"
	  "\"type\":\"object\",\"properties\":{\"sku\":", true },
	{ SCHEMA_INPUT, false, "\"additionalProperties\":false},\"maxItems\":3}", true },
	{ SCHEMA_INPUT, false, "\"tags\":{\"type\":\"array\",\"description\":\"Labels\",\"items\":"
	  "{\"type\":"
	  "\"string\",\"enum\":[\"new\",\"sale\"]},\"minItems\":1}", true },
	{ SCHEMA_INPUT, false, "\"format\":\"email\"", true },
	{ SCHEMA_INPUT, false, "x-mcp-header", false },
	{ SCHEMA_INPUT, true, "\"maxLength\":2,\"x-mcp-header\":\"Country\"}", true },
	{ SCHEMA_OUTPUT, false, "additionalProperties", false }, { SCHEMA_OUTPUT, false, "enum",
	  false },
	{ SCHEMA_OUTPUT, false, "minimum", false }, { SCHEMA_OUTPUT, false, "maxLength", false },
	{ SCHEMA_OUTPUT, false, "minItems", false }, { SCHEMA_OUTPUT, false, "pattern", false },
	{ SCHEMA_OUTPUT, false, "\"format\":\"email\"", false },
	{ SCHEMA_OUTPUT, false, "\"default\"", false },
	{ SCHEMA_OUTPUT, false, "\"examples\":[\"open\",\"paid\",\"shipped\"]", true },
	{ SCHEMA_OUTPUT, false, "\"required\":[\"street\"]", true },
};

START_TEST(each_use_has_its_parts)
{
	const char *whole = schema(&order_shape, parts[_i].use, parts[_i].headers);

	ck_assert_msg(!strstr(whole, parts[_i].part) == !parts[_i].there, "%s in %s",
		parts[_i].part, whole);
	parse(whole);
}
END_TEST

START_TEST(fields_are_found_by_name)
{
	ck_assert_ptr_eq(shape_field(&line_shape, STR("quantity")), &line_shape.fields[1]);
	ck_assert_ptr_null(shape_field(&line_shape, STR("quantit")));
	ck_assert_ptr_null(shape_field(&line_shape, (str) { "sku\0x", 5 }));
	ck_assert_ptr_null(shape_field(NULL, STR("sku")));
}
END_TEST

/* ---- Checking ---- */

static const struct shape itself = { sizeof(struct order), (const struct field[]) {
	{ .name = "itself", .type = FIELD_NEST, .item = &itself }, { 0 } } };
static const struct shape with_headers = SHAPE(struct address,
	TEXT(struct address, street, "", .header = "Where"));

#define ONE(...) SHAPE(struct order, __VA_ARGS__)

static const struct shape contradictions[] = {
	ONE(TEXT(struct order, note, ""), TEXT(struct order, note, "")),
	ONE(INT(struct order, limit, "", AT_LEAST(2), AT_MOST(1))),
	ONE(INT(struct order, limit, "", AT_LEAST(2), DEFAULT(1))),
	ONE(INT(struct order, limit, "", AT_MOST(2), DEFAULT(3))),
	ONE(INT(struct order, limit, "", DEFAULT(0.5))),
	ONE(INT(struct order, limit, "", DEFAULT_TEXT("5"))),
	ONE(INT(struct order, limit, "", .required = true, DEFAULT(1))),
	ONE(INT(struct order, stock, "", .required = true, OPTIONAL(struct order, has_stock))),
	ONE(INT(struct order, limit, "", ONE_OF("a"))),
	ONE(INT(struct order, limit, "", .format = "email")),
	ONE(TEXT(struct order, note, "", DEFAULT(1))),
	ONE(TEXT(struct order, note, "", ONE_OF("a", "b"), DEFAULT_TEXT("c"))),
	ONE(TEXT(struct order, note, "", AT_MOST(2), DEFAULT_TEXT("abc"))),
	ONE(TEXT(struct order, note, "", AT_LEAST(-1))),
	ONE(TEXT(struct order, note, "", .one_of = (const char *const[]) { NULL })),
	ONE(TEXT(struct order, note, "", OPTIONAL(struct order, has_stock))),
	ONE(BOOL(struct order, confirm, "", AT_MOST(1))),
	ONE(NEST(struct order, ship_to, struct address, NULL, "")),
	ONE(LIST(struct order, items, items_count, struct line, NULL, "")),
	ONE(LIST(struct order, items, items_count, struct line, &line_shape, "", DEFAULT(1))),
	ONE(INT(struct order, limit, "", .item = &line_shape)),
	ONE(REAL(struct order, weight, "", .header = "Weight")),
	ONE(TEXT(struct order, note, "", .header = "two words")),
	ONE(TEXT(struct order, note, "", .header = "")),
	ONE(TEXT(struct order, note, "", .header = "A"), INT(struct order, limit, "",
		.header = "a")),
	ONE(TEXT(struct order, note, "", .header = "where"),
	    NEST(struct order, ship_to, struct address, &with_headers, "")),
	ONE(LIST(struct order, items, items_count, struct line, &with_headers, "")),
	{ 4, (const struct field[]) { INT(struct order, limit, ""), { 0 } } },
	ONE({ .name = "nested in itself", .type = FIELD_NEST, .item = &itself }),
};

START_TEST(a_shape_that_contradicts_itself_aborts)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		shape_check(&contradictions[_i]);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
END_TEST

START_TEST(sound_shapes_pass)
{
	shape_check(NULL);
	shape_check(&nothing_shape);
	shape_check(&line_shape);
	shape_check(&order_shape);
	shape_check(&consent_shape);
}
END_TEST

/* ---- All ---- */

static TCase *reading(void)
{
	TCase *tests = tcase_create("reading");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, everything_given_is_read);
	tcase_add_loop_test(tests, what_is_absent_or_null_is_its_default_or_nothing, 0,
		COUNT(sparse));
	tcase_add_loop_test(tests, what_is_wrong_is_said_in_words, 0, COUNT(refusals));
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
	tcase_add_loop_test(tests, a_schema_says_what_the_shape_says, 0, COUNT(schemas));
	tcase_add_loop_test(tests, each_use_has_its_parts, 0, COUNT(parts));
	return tests;
}

static TCase *checking(void)
{
	TCase *tests = tcase_create("checking");
	tcase_add_test(tests, fields_are_found_by_name);
	tcase_add_loop_test(tests, a_shape_that_contradicts_itself_aborts, 0,
		COUNT(contradictions));
	tcase_add_test(tests, sound_shapes_pass);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("shape");
	suite_add_tcase(suite, reading());
	suite_add_tcase(suite, writing());
	suite_add_tcase(suite, checking());
	SRunner *runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	int failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? 0 : 1;
}
