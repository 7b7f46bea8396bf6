/* test_params.c - the value of a header against the argument it repeats. */
#include "param.h"
#include "suite.h"

static const struct { const char *header, *argument; bool agree; } pairs[] = {
	{ "tea", "\"tea\"", true }, { "Tea", "\"tea\"", false }, { "", "\"\"", true },
	{ "true", "true", true }, { "True", "true", false }, { "false", "true", false },
	{ "42", "42", true }, { "42.0", "42", true }, { "42", "42.0", true }, { "4.2e1", "42", true },
	{ "-7", "-7", true }, { "7", "-7", false }, { "0", "0", true }, { "-0", "0", true }, { "0x2A", "42", false }, { " 42", "42", false },
	{ "", "42", false }, { "inf", "42", false }, { "nan", "42", false },
	{ "1", "1.5", false }, { "1.5", "1.5", true },
	{ "9007199254740993", "9007199254740993", true },
	{ "9007199254740992", "9007199254740993", false },
	{ "18446744073709551615", "18446744073709551615", true },
	{ "-1", "18446744073709551615", false },
	{ "123456789012345678901234567890", "123456789012345678901234567890", true },
	/* What no integer holds. */
	{ "1e300", "1e300", true }, { "0", "1e300", false }, { "-9223372036854775808", "1e300", false },
	{ "-1e300", "-1e300", true }, { "9223372036854775808", "9223372036854775808.0", true },
	{ "[]", "[]", false }, { "null", "null", false },
};

START_TEST(a_header_agrees_with_its_argument)
{
	struct arena *arena = arena_create();
	enum json_trouble trouble;
	yyjson_val *value = json_parse_copy(arena, str_of(pairs[_i].argument), 4, &trouble);

	ck_assert_ptr_nonnull(value);
	ck_assert(param_value_agrees(str_of(pairs[_i].header), value) == pairs[_i].agree);
	arena_destroy(arena);
}
END_TEST

static const struct { const char *header, *says; } packed[] = {
	{ "plain", "plain" }, { "=?base64?w6k=?=", "\xc3\xa9" }, { "=?base64?" "?=", "" },
	{ "=?base64?=", "=?base64?=" }, { "=?Base64?w6k=?=", "=?Base64?w6k=?=" },
	{ "=?base64?w6k?=", NULL }, { "=?base64?/w==?=", NULL }, { "=?base64?*?=", NULL },
};

START_TEST(a_packed_value_is_unpacked)
{
	struct arena *arena = arena_create();
	str value = str_of(packed[_i].header);

	ck_assert(param_decode(arena, &value) == (packed[_i].says != NULL));
	if (packed[_i].says)
		ck_assert(str_is(value, packed[_i].says));
	arena_destroy(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("params");
	TCase *tests = tcase_create("params");
	tcase_add_loop_test(tests, a_header_agrees_with_its_argument, 0, COUNT(pairs));
	tcase_add_loop_test(tests, a_packed_value_is_unpacked, 0, COUNT(packed));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
