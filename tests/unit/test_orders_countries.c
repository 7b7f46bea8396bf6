/* test_orders_countries.c - the list of countries is ISO 3166's, and they are known by what people call them. */
#include "country.h"
#include "iso_codes.h"
#include "suite.h"

static const struct { const char *text, *code; } some[] = {
	{ "GB", "GB" }, { "gb", "GB" }, { " Gb\u00a0", "GB" }, { "GBR", "GB" }, { "UK", "GB" }, { "U.K.", "GB" },
	{ "United Kingdom", "GB" }, { "the UNITED KINGDOM", "GB" }, { "Great Britain", "GB" },
	{ "England", "GB" }, { "Scotland", "GB" }, { "wales", "GB" }, { "Northern Ireland", "GB" },
	{ "US", "US" }, { "USA", "US" }, { "U.S.A.", "US" }, { "United States", "US" },
	{ "the United States of America", "US" }, { "America", "US" },
	{ "Holland", "NL" }, { "The Netherlands", "NL" }, { "Deutschland", "DE" }, { "Germany", "DE" },
	{ "AUSTRIA", "AT" }, { "Österreich", "AT" }, { "osterreich", "AT" }, { "Côte d’Ivoire", "CI" },
	{ "Cote d'Ivoire", "CI" }, { "Ivory Coast", "CI" }, { "Curacao", "CW" }, { "Réunion", "RE" },
	{ "Turkey", "TR" }, { "TÜRKİYE", "TR" }, { "Turkiye", "TR" }, { "South Korea", "KR" },
	{ "Korea, Republic of", "KR" }, { "North Korea", "KP" }, { "Russia", "RU" }, { "Viet Nam", "VN" },
	{ "Vietnam", "VN" }, { "Czech Republic", "CZ" }, { "Trinidad & Tobago", "TT" },
	{ "St. Lucia", "LC" }, { "Saint Lucia", "LC" }, { "Guinea-Bissau", "GW" }, { "Guinea‑Bissau", "GW" },
	{ "Eire", "IE" }, { "EL", "GR" }, { "Kosovo", "XK" }, { "XK", "XK" }, { "and", "AD" }, { "AND", "AD" },
	{ "Congo", "CG" }, { "DR Congo", "CD" }, { "UAE", "AE" }, { "Hong Kong", "HK" },
	/* None, or not one. */
	{ "", NULL }, { " ", NULL }, { "ZZ", NULL }, { "XX", NULL }, { "AA", NULL }, { "EU", NULL },
	{ "Europe", NULL }, { "Korea", NULL }, { "United", NULL }, { "G", NULL }, { "G1", NULL },
	{ "Narnia", NULL }, { "the", NULL }, { "GB US", NULL }, { "SU", NULL }, { "YU", NULL }, { "AN", NULL },
	{ "\xff\xff", NULL }, { "|", NULL }, { "Germany|Austria", NULL },
};

START_TEST(a_country_has_one_code)
{
	const char *code = country_code(some[_i].text);

	ck_assert_pstr_eq(code, some[_i].code);
}
END_TEST

static const char *member(yyjson_val *country, const char *name)
{
	return yyjson_get_str(yyjson_obj_get(country, name));
}

static void check_list(yyjson_val *countries)
{
	size_t at, count;
	yyjson_val *one;

	ck_assert_uint_gt(yyjson_arr_size(countries), 240);
	yyjson_arr_foreach(countries, at, count, one) {
		const char *code = member(one, "alpha_2"), *common = member(one, "common_name");
		ck_assert_pstr_eq(country_code(code), code);
		ck_assert_pstr_eq(country_code(member(one, "alpha_3")), code);
		ck_assert_pstr_eq(country_code(member(one, "name")), code);
		ck_assert_pstr_eq(common ? country_code(common) : code, code);
	}
}

/* Of all pairs of letters those are codes, and what country.c says of itself. */
static void check_pairs(yyjson_val *countries)
{
	for (char pair[3] = "AA"; pair[0] <= 'Z'; pair[1]++) {
		if (pair[1] > 'Z') {
			pair[0]++;
			pair[1] = 'A' - 1;
			continue;
		}
		size_t at, count;
		yyjson_val *one;
		bool listed = strcmp(pair, "UK") == 0 || strcmp(pair, "EL") == 0 || strcmp(pair, "XK") == 0;
		yyjson_arr_foreach(countries, at, count, one)
			listed = listed || strcmp(member(one, "alpha_2"), pair) == 0;
		ck_assert_msg((country_code(pair) != NULL) == listed, "%s", pair);
	}
}

START_TEST(it_is_the_list_that_debian_has)
{
	struct arena *arena = arena_create();
	yyjson_val *countries = iso_list(arena, "3166-1");

	if (countries) {
		check_list(countries);
		check_pairs(countries);
	}
	arena_destroy(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("countries");
	TCase *tcase = tcase_create("countries");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_country_has_one_code, 0, COUNT(some));
	tcase_add_test(tcase, it_is_the_list_that_debian_has);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
