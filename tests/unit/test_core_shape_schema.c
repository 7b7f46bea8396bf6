/* test_core_shape_schema.c - the JSON Schemas of shapes, and what no shape may say. */
#include <stdlib.h>

#include "shape_fixture.h"

/* ---- Schemas ---- */

static const char *schema(const struct shape *shape, enum schema_use use, bool headers)
{
	struct json json = json_begin(arena, 0);

	shape_schema(&json, shape, use, headers);
	return arena_copy(arena, json_end(&json));
}

/* A form's shape: nothing but flat fields. */
static SHAPE(consent_shape, struct order,
	BOOL(struct order, confirm, "Really?", .required = true, .header = "Sure"),
	TEXT(struct order, note, "Why", AT_MOST(20), .format = "hostname"),
	TEXT(struct order, customer, "Whose", .format = "email"),
	TIME(struct order, since, "From when", DEFAULT(1000)));

static const struct { const struct shape *shape; enum schema_use use; bool headers;
	const char *json; }
schemas[] = {
	{ NULL, SCHEMA_INPUT, true, "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}" },
	{ nothing_shape, SCHEMA_INPUT, true, "{\"type\":\"object\",\"properties\":{},"
	  "\"additionalProperties\":false}" },
	{ NULL, SCHEMA_OUTPUT, true, "{\"type\":\"object\",\"properties\":{}}" },
	{ NULL, SCHEMA_FORM, true, "{\"type\":\"object\",\"properties\":{}}" },
	{ line_shape, SCHEMA_INPUT, false, "{\"type\":\"object\",\"properties\":{\"sku\":{\"type"
	  "\":\"string\","
	  "\"description\":\"Which product\",\"minLength\":1},\"quantity\":{\"type\":\"integer\","
	  "\"description\":\"How many\",\"minimum\":1,\"maximum\":99,\"default\":1}},\"required\":"
	  "[\"sku\"],"
	  "\"additionalProperties\":false}" },
	{ line_shape, SCHEMA_OUTPUT, false, "{\"type\":\"object\",\"properties\":{\"sku\":{\"type"
	  "\":"
	  "\"string\",\"description\":\"Which product\"},\"quantity\":{\"type\":\"integer\","
	  "\"description\":\"How many\"}},\"required\":[\"sku\"]}" },
	{ lists_shape, SCHEMA_OUTPUT, false, "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":"
	  "\"array\",\"description\":\"\",\"items\":{\"type\":\"object\",\"properties\":{\"sku\":{\"type\":"
	  "\"string\",\"description\":\"Which product\"},\"quantity\":{\"type\":\"integer\",\"description\":"
	  "\"How many\"}},\"required\":[\"sku\"]}},\"tags\":{\"type\":\"array\",\"description\":\"\","
	  "\"items\":{\"type\":\"string\"}}},\"required\":[\"items\",\"tags\"]}" },
	{ consent_shape, SCHEMA_FORM, false, "{\"type\":\"object\",\"properties\":{\"confirm\":{"
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
	{ SCHEMA_INPUT, false, "\"since\":{\"type\":\"string\",\"description\":\"Placed since then,"
	  " such as \\\"2011-01-31\\\" or \\\"2011-01-31T09:30:00Z\\\"\",\"maxLength\":64}", true },
	{ SCHEMA_INPUT, false, "date-time", false }, { SCHEMA_INPUT, false, "examples", false },
	{ SCHEMA_OUTPUT, false, "\"format\":\"date-time\"", true },
	{ SCHEMA_INPUT, false, "\"description\":\"Anything, such as \\\"say \\\\\\\"hi\\\\\\\"\\\"\"", true },
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
	const char *whole = schema(order_shape, parts[_i].use, parts[_i].headers);

	ck_assert_msg(!strstr(whole, parts[_i].part) == !parts[_i].there, "%s in %s",
		parts[_i].part, whole);
	parse(whole);
}
END_TEST

START_TEST(fields_are_found_by_name)
{
	ck_assert_ptr_eq(shape_field(line_shape, STR("quantity")), line_shape->fields + 1);
	ck_assert_ptr_null(shape_field(line_shape, STR("quantit")));
	ck_assert_ptr_null(shape_field(line_shape, (str) { "sku\0x", 5 }));
	ck_assert_ptr_null(shape_field(NULL, STR("sku")));
}
END_TEST

/* ---- Checking ---- */

static const struct shape itself = { sizeof(struct order), (const struct field[]) {
	{ .name = "itself", .type = FIELD_NEST, .item = &itself }, { 0 } } };
static SHAPE(with_headers, struct address,
	TEXT(struct address, street, "", .header = "Where"));

#define ONE(...) { sizeof(struct order), (const struct field[]) { __VA_ARGS__, { 0 } } }

static const struct shape contradictions[] = {
	ONE(TEXT(struct order, note, ""), TEXT(struct order, note, "")),
	ONE(INT(struct order, limit, "", AT_LEAST(2), AT_MOST(1))),
	ONE(INT(struct order, limit, "", AT_LEAST(2), DEFAULT(1))),
	ONE(INT(struct order, limit, "", AT_MOST(2), DEFAULT(3))),
	ONE(INT(struct order, limit, "", DEFAULT(0.5))),
	ONE(INT(struct order, limit, "", DEFAULT("5"))),
	ONE(INT(struct order, limit, "", .required = true, DEFAULT(1))),
	ONE(INT(struct order, stock, "", .required = true, OPTIONAL(struct order, has_stock))),
	ONE(INT(struct order, limit, "", ONE_OF("a"))),
	ONE(INT(struct order, limit, "", .format = "email")),
	ONE(TEXT(struct order, note, "", DEFAULT(1))),
	ONE(TEXT(struct order, note, "", ONE_OF("a", "b"), DEFAULT("c"))),
	ONE(TEXT(struct order, note, "", AT_MOST(2), DEFAULT("abc"))),
	ONE(TEXT(struct order, note, "", AT_LEAST(-1))),
	ONE(TEXT(struct order, note, "", .one_of = (const char *const[]) { NULL })),
	ONE(TEXT(struct order, note, "", OPTIONAL(struct order, has_stock))),
	ONE(BOOL(struct order, confirm, "", AT_MOST(1))),
	ONE({ .name = "ship_to", .type = FIELD_NEST, .about = "" }),
	ONE({ .name = "items", .type = FIELD_LIST, .about = "" }),
	ONE(LIST(struct order, items, items_count, struct line, line_shape, "", DEFAULT(1))),
	ONE(INT(struct order, limit, "", .item = line_shape)),
	ONE(REAL(struct order, weight, "", .header = "Weight")),
	ONE(TEXT(struct order, note, "", .header = "two words")),
	ONE(TEXT(struct order, note, "", .header = "")),
	ONE(TEXT(struct order, note, "", .header = "A"), INT(struct order, limit, "",
		.header = "a")),
	ONE(TEXT(struct order, note, "", .header = "where"),
	    NEST(struct order, ship_to, struct address, with_headers, "")),
	ONE({ .name = "items", .type = FIELD_LIST, .item = with_headers, .about = "" }),
	{ 4, (const struct field[]) { INT(struct order, limit, ""), { 0 } } },
	ONE(TEXT(struct order, note, "", AT_MOST(3), EXAMPLES("abc", "abcd"))),
	ONE(TEXT(struct order, note, "", ONE_OF("a", "b"), EXAMPLES("c"))),
	ONE(TIME(struct order, since, "", EXAMPLES("2011-01"))),
	ONE(INT(struct order, limit, "", EXAMPLES("5"))),
	ONE({ .name = "nested in itself", .type = FIELD_NEST, .item = &itself }),
	ONE(TEXT(struct order, note, "caf\xe9")),
	ONE(TEXT(struct order, note, "", ONE_OF("caf\xe9"))),
};

static void note_wrong(void *of, const struct field *field, const char *what)
{
	ck_assert(field->name && *what);
	(*(int *)of)++;
}

START_TEST(a_shape_that_contradicts_itself_is_told_so)
{
	int told = 0;

	shape_check(&contradictions[_i], note_wrong, &told);
	ck_assert_int_gt(told, 0);
}
END_TEST

START_TEST(sound_shapes_pass)
{
	const struct shape *const sound[] = { NULL, nothing_shape, line_shape, order_shape, consent_shape };
	int told = 0;

	for (size_t i = 0; i < COUNT(sound); i++)
		shape_check(sound[i], note_wrong, &told);
	ck_assert_int_eq(told, 0);
}
END_TEST

static TCase *schemas_of(void)
{
	TCase *tests = tcase_create("schemas");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(tests, a_schema_says_what_the_shape_says, 0, COUNT(schemas));
	tcase_add_loop_test(tests, each_use_has_its_parts, 0, COUNT(parts));
	return tests;
}

static TCase *checking(void)
{
	TCase *tests = tcase_create("checking");
	tcase_add_test(tests, fields_are_found_by_name);
	tcase_add_loop_test(tests, a_shape_that_contradicts_itself_is_told_so, 0,
		COUNT(contradictions));
	tcase_add_test(tests, sound_shapes_pass);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("schemas of shapes");
	suite_add_tcase(suite, schemas_of());
	suite_add_tcase(suite, checking());
	return run_suite(suite);
}
