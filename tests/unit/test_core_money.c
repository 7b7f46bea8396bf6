/* test_core_money.c - the list of currencies is ISO 4217's, and no sum overflows unseen. */
#include <stdlib.h>

#include "iso_codes.h"
#include "money.h"
#include "suite.h"

static const struct { const char *code; int digits; } some[] = {
	{ "GBP", 2 }, { "EUR", 2 }, { "USD", 2 }, { "JPY", 0 }, { "KRW", 0 }, { "UYI", 0 }, { "BHD", 3 },
	{ "KWD", 3 }, { "IQD", 3 }, { "CLF", 4 }, { "UYW", 4 }, { "HRK", 2 }, { "XCG", 2 },
	/* What is in every list of codes and no currency, and what is no code. */
	{ "XXX", -1 }, { "XTS", -1 }, { "XAU", -1 }, { "ZZZ", -1 }, { "gbp", -1 }, { "GB", -1 },
	{ "GBPS", -1 }, { "", -1 }, { "P K", -1 }, { " KW", -1 }, { "BP ", -1 }, { "G\0P", -1 },
};

START_TEST(a_currency_has_its_digits)
{
	ck_assert_int_eq(currency_digits(str_of(some[_i].code)), some[_i].digits);
	ck_assert_int_eq(currency_valid(str_of(some[_i].code)), some[_i].digits >= 0);
}
END_TEST

START_TEST(nothing_is_no_currency)
{
	ck_assert(!currency_valid((str) { 0 }));
}
END_TEST

START_TEST(a_code_is_read_in_any_case)
{
	char code[CURRENCY_SIZE] = "";

	ck_assert(currency_read(STR("gBp"), code));
	ck_assert_str_eq(code, "GBP");
	ck_assert(!currency_read(STR("zzz"), code) && !currency_read(STR("eu"), code));
	ck_assert(!currency_read((str) { 0 }, code));
	ck_assert_str_eq(code, "GBP");
}
END_TEST

/* What a text begins with, and what the first code of those is that it may mean; NULL: nothing. */
static const struct { const char *text, *written, *first; } signs[] = {
	{ "£12", "£", "GBP" }, { "€", "€", "EUR" }, { "$5", "$", "USD" }, { "CA$ 5", "CA$", "CAD" },
	{ "Kr. 5", "Kr.", "SEK" }, { "kr 5", "kr", "SEK" }, { "kronor", "kronor", "SEK" },
	{ "krona", NULL, NULL }, { "zł", "zł", "PLN" }, { "złoty", NULL, NULL }, { "円", "円", "JPY" },
	{ "gbp 5", "gbp", "GBP" }, { "GBP5", "GBP", "GBP" }, { "GBPS", NULL, NULL }, { "GB", NULL, NULL },
	{ "zzz", NULL, NULL }, { "won", "won", "KRW" }, { "won't", "won", "KRW" }, { "", NULL, NULL },
	{ "12", NULL, NULL }, { " £", NULL, NULL }, { "\xc2", NULL, NULL },
};

START_TEST(a_currency_is_known_as_people_write_it)
{
	size_t size;
	str text = str_of(signs[_i].text), codes = currency_written(text, &size);

	ck_assert_uint_eq(size, signs[_i].written ? strlen(signs[_i].written) : 0);
	ck_assert(!signs[_i].written || str_starts(text, signs[_i].written));
	ck_assert_int_eq(codes.at != NULL, signs[_i].first != NULL);
	if (signs[_i].first)
		ck_assert(str_starts(codes, signs[_i].first));
}
END_TEST

/* A code that the list of currencies lacks would never be met. */
START_TEST(every_sign_means_a_currency_that_there_is)
{
	static const char *const all[] = { "£", "$", "dollars", "pesos", "rs", "kr", "francs", "lei",
	                                   "dirham", "dinar", "riyal", "元", "¥" };
	size_t size;

	for (int i = 0; i < COUNT(all); i++)
		for (str codes = currency_written(str_of(all[i]), &size); codes.size; )
			ck_assert_msg(currency_valid(str_cut(&codes, ' ')), "%s", all[i]);
}
END_TEST

/* ---- Against the list of others ---- */

static const char without_minor_unit[] = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX";

START_TEST(every_code_of_debians_list_is_known)
{
	struct arena *arena = arena_create();
	yyjson_val *codes = iso_codes(arena, "4217");
	size_t at, count;
	yyjson_val *one;

	ck_assert(!codes || yyjson_arr_size(codes) > 150);
	yyjson_arr_foreach(codes, at, count, one) {
		const char *code = yyjson_get_str(yyjson_obj_get(one, "alpha_3"));
		ck_assert_msg(currency_valid(str_of(code)) == !strstr(without_minor_unit, code), "%s",
		              code);
	}
	arena_destroy(arena);
}
END_TEST

/* ---- For people ---- */

static const struct { struct money money; const char *text; } amounts[] = {
	{ { 1250, "GBP" }, "GBP 12.50" }, { { 5, "EUR" }, "EUR 0.05" }, { { 0, "USD" }, "USD 0.00" },
	{ { 1250, "JPY" }, "JPY 1250" }, { { 12, "XPF" }, "XPF 12" }, { { -12, "BIF" }, "BIF -12" },
	{ { 1250, "KWD" }, "KWD 1.250" }, { { 7, "BHD" }, "BHD 0.007" }, { { 100000, "TND" }, "TND 100.000" },
	{ { -5, "GBP" }, "GBP -0.05" }, { { INT64_MIN, "GBP" }, "GBP -92233720368547758.08" },
	{ { INT64_MAX, "GBP" }, "GBP 92233720368547758.07" },
	{ { 950, "ABC" }, "ABC 950 in minor units" }, { { 950, NULL }, "" },
};

START_TEST(an_amount_is_written_with_its_currencys_digits)
{
	struct arena *arena = arena_create();

	ck_assert_str_eq(money_text(arena, &amounts[_i].money), amounts[_i].text);
	arena_destroy(arena);
}
END_TEST

/* ---- Sums ---- */

static const struct { int64_t sum, amount, times; bool fits; int64_t then; } sums[] = {
	{ 0, 250, 3, true, 750 }, { 5, 0, 7, true, 5 }, { 5, 7, 0, true, 5 }, { 5, -3, 2, true, -1 },
	{ INT64_MAX - 6, 3, 2, true, INT64_MAX }, { INT64_MAX - 5, 3, 2, false, INT64_MAX - 5 },
	{ 0, INT64_MAX, 1, true, INT64_MAX }, { 0, INT64_MAX, 2, false, 0 }, { 1, INT64_MAX, 1, false, 1 },
	{ INT64_MIN, -1, 1, false, INT64_MIN }, { 0, INT64_C(1000000000000), 9223372, true,
	  INT64_C(9223372000000000000) }, { 0, INT64_C(1000000000000), 9223373, false, 0 },
};

START_TEST(a_sum_fits_or_is_as_it_was)
{
	int64_t sum = sums[_i].sum;

	ck_assert_int_eq(sum_add(&sum, sums[_i].amount, sums[_i].times), sums[_i].fits);
	ck_assert_int_eq(sum, sums[_i].then);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("money");
	TCase *tcase = tcase_create("money");

	tcase_add_loop_test(tcase, a_currency_has_its_digits, 0, COUNT(some));
	tcase_add_test(tcase, nothing_is_no_currency);
	tcase_add_test(tcase, a_code_is_read_in_any_case);
	tcase_add_loop_test(tcase, a_currency_is_known_as_people_write_it, 0, COUNT(signs));
	tcase_add_test(tcase, every_sign_means_a_currency_that_there_is);
	tcase_add_test(tcase, every_code_of_debians_list_is_known);
	tcase_add_loop_test(tcase, an_amount_is_written_with_its_currencys_digits, 0, COUNT(amounts));
	tcase_add_loop_test(tcase, a_sum_fits_or_is_as_it_was, 0, COUNT(sums));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
