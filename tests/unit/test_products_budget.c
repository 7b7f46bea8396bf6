/* test_products_budget.c - what people write who say what they want to spend: one meaning, or none. */
#include "budget.h"
#include "money.h"
#include "tools.h"

enum { U = BUDGET_UNDERSTOOD, A = BUDGET_AMBIGUOUS, F = BUDGET_FOREIGN, X = BUDGET_UNCLEAR, NONE = -1 };

/* least and most in minor units; of what is ambiguous, one and the other. */
static const struct { const char *text, *currency; int kind; int64_t least, most; } budgets[] = {
	/* Plain numbers. */
	{ "25", "GBP", U, NONE, 2500 }, { "25.50", "GBP", U, NONE, 2550 }, { "25.5", "GBP", U, NONE, 2550 },
	{ "25,50", "GBP", U, NONE, 2550 }, { "0", "GBP", U, NONE, 0 }, { " 25 ", "GBP", U, NONE, 2500 },
	{ "25.", "GBP", U, NONE, 2500 }, { "25.-", "CHF", U, NONE, 2500 }, { "25,--", "EUR", U, NONE, 2500 },
	{ ".50", "GBP", U, NONE, 50 }, { "0.5", "GBP", U, NONE, 50 }, { "0.500", "GBP", U, NONE, 50 },
	{ "34.0000", "GBP", U, NONE, 3400 }, { "007", "GBP", U, NONE, 700 },
	/* Thousands, in every way. */
	{ "1,000", "GBP", U, NONE, 100000 }, { "1.000", "GBP", U, NONE, 100000 },
	{ "1 000", "GBP", U, NONE, 100000 }, { "1'000", "CHF", U, NONE, 100000 },
	{ "1’000", "CHF", U, NONE, 100000 }, { "1\u00a0000", "EUR", U, NONE, 100000 },
	{ "1\u202f000", "EUR", U, NONE, 100000 }, { "1,500", "GBP", U, NONE, 150000 },
	{ "1.500", "GBP", U, NONE, 150000 }, { "1,000.50", "GBP", U, NONE, 100050 },
	{ "1.000,50", "EUR", U, NONE, 100050 }, { "1 000,50", "EUR", U, NONE, 100050 },
	{ "1'000.50", "CHF", U, NONE, 100050 }, { "1,000,000", "GBP", U, NONE, 100000000 },
	{ "1.000.000,00", "EUR", U, NONE, 100000000 }, { "12,34,567", "INR", U, NONE, 123456700 },
	{ "1,00,000.50", "INR", U, NONE, 10000050 }, { "1234.56", "GBP", U, NONE, 123456 },
	/* Currencies that are the shop's. */
	{ "£1,500", "GBP", U, NONE, 150000 }, { "GBP 1 000", "GBP", U, NONE, 100000 },
	{ "gbp1000", "GBP", U, NONE, 100000 }, { "1000gbp", "GBP", U, NONE, 100000 },
	{ "€ 1.000,00", "EUR", U, NONE, 100000 }, { "50€", "EUR", U, NONE, 5000 },
	{ "50 euros", "EUR", U, NONE, 5000 }, { "$20", "USD", U, NONE, 2000 },
	{ "$20", "CAD", U, NONE, 2000 }, { "US$ 20", "USD", U, NONE, 2000 },
	{ "50 quid", "GBP", U, NONE, 5000 }, { "50 kr", "SEK", U, NONE, 5000 },
	{ "100 zł", "PLN", U, NONE, 10000 }, { "Fr. 50", "CHF", U, NONE, 5000 },
	{ "¥3000", "JPY", U, NONE, 3000 }, { "3000円", "JPY", U, NONE, 3000 },
	{ "3,000", "JPY", U, NONE, 3000 }, { "3000.00", "JPY", U, NONE, 3000 },
	{ "2万", "JPY", U, NONE, 20000 }, { "2.5", "KWD", U, NONE, 2500 }, { "12.3456", "CLF", U, NONE, 123456 },
	{ "50p", "GBP", U, NONE, 50 }, { "99 pence", "GBP", U, NONE, 99 }, { "99 cents", "EUR", U, NONE, 99 },
	/* Thousands by a word. */
	{ "2k", "GBP", U, NONE, 200000 }, { "2K", "GBP", U, NONE, 200000 }, { "2.5k", "GBP", U, NONE, 250000 },
	{ "2 thousand", "GBP", U, NONE, 200000 }, { "£2k", "GBP", U, NONE, 200000 },
	{ "5 grand", "GBP", U, NONE, 500000 }, { "5 hundred", "GBP", U, NONE, 50000 },
	{ "1.5 lakh", "INR", U, NONE, 15000000 }, { "50 k€", "EUR", U, NONE, 5000000 },
	/* Digits of others. */
	{ "٥٠", "GBP", U, NONE, 5000 }, { "١٬٠٠٠٫٥٠", "GBP", U, NONE, 100050 },
	{ "５０", "GBP", U, NONE, 5000 }, { "£１，０００", "GBP", U, NONE, 100000 },
	{ "५००", "INR", U, NONE, 50000 },
	/* Limits in words. */
	{ "under 50", "GBP", U, NONE, 5000 }, { "Under £50.", "GBP", U, NONE, 5000 },
	{ "less than 50", "GBP", U, NONE, 5000 }, { "up to 50", "GBP", U, NONE, 5000 },
	{ "at most 50 pounds", "GBP", U, NONE, 5000 }, { "50 max", "GBP", U, NONE, 5000 },
	{ "max. 50", "GBP", U, NONE, 5000 }, { "no more than 50", "GBP", U, NONE, 5000 },
	{ "not over 50", "GBP", U, NONE, 5000 }, { "<50", "GBP", U, NONE, 5000 },
	{ "≤ 50", "GBP", U, NONE, 5000 }, { "50 or less", "GBP", U, NONE, 5000 },
	{ "bis 50 Euro", "EUR", U, NONE, 5000 }, { "my budget is 50", "GBP", U, NONE, 5000 },
	{ "I'd like to spend 50", "GBP", U, NONE, 5000 }, { "around 30 pounds", "GBP", U, NONE, 3000 },
	{ "~30", "GBP", U, NONE, 3000 }, { "30ish", "GBP", U, NONE, 3000 }, { "30 or so", "GBP", U, NONE, 3000 },
	{ "over 50", "GBP", U, 5000, NONE }, { "at least 50", "GBP", U, 5000, NONE },
	{ "from 50", "GBP", U, 5000, NONE }, { "50+", "GBP", U, 5000, NONE },
	{ "50 or more", "GBP", U, 5000, NONE }, { "no less than 50", "GBP", U, 5000, NONE },
	/* Ranges. */
	{ "20-50", "GBP", U, 2000, 5000 }, { "20 – 50", "GBP", U, 2000, 5000 },
	{ "£20-£50", "GBP", U, 2000, 5000 }, { "20 to 50", "GBP", U, 2000, 5000 },
	{ "20..50", "GBP", U, 2000, 5000 }, { "20…50", "GBP", U, 2000, 5000 }, { "20~50", "GBP", U, 2000, 5000 },
	{ "between 20 and 50", "GBP", U, 2000, 5000 }, { "from 20 to 50", "GBP", U, 2000, 5000 },
	{ "von 20 bis 50 EUR", "EUR", U, 2000, 5000 }, { "over 20 under 50", "GBP", U, 2000, 5000 },
	{ "max 50, min 20", "GBP", U, 2000, 5000 }, { "50-20", "GBP", U, 2000, 5000 },
	{ "2-3k", "GBP", U, 200000, 300000 }, { "1.5-2k", "GBP", U, 150000, 200000 },
	{ "500-2k", "GBP", U, 50000, 200000 }, { "2k-3k", "GBP", U, 200000, 300000 },
	{ "20-50p", "GBP", U, 20, 50 }, { "1,000-2,000", "GBP", U, 100000, 200000 },
	{ "1.000,50 - 2.000,50", "EUR", U, 100050, 200050 },
	/* Two meanings. */
	{ "1.500", "KWD", A, 1500000, 1500 }, { "1,500", "KWD", A, 1500000, 1500 },
	{ "1.500k", "GBP", A, 150000000, 150000 }, { "under 1.500", "BHD", A, 1500000, 1500 },
	/* Another currency. */
	{ "JPY 3000", "GBP", F, NONE, NONE }, { "€50", "GBP", F, NONE, NONE }, { "$50", "GBP", F, NONE, NONE },
	{ "50 yen", "GBP", F, NONE, NONE }, { "£50", "EUR", F, NONE, NONE }, { "99 cents", "GBP", F, NONE, NONE },
	{ "between 20 and 50 euros", "GBP", F, NONE, NONE }, { "US$50", "CAD", F, NONE, NONE },
	/* None, or none that is certain. */
	{ "", "GBP", X, NONE, NONE }, { "little", "GBP", X, NONE, NONE }, { "fifty", "GBP", X, NONE, NONE },
	{ "a hundred", "GBP", X, NONE, NONE }, { "2m", "GBP", X, NONE, NONE }, { "-50", "GBP", X, NONE, NONE },
	{ "5.50.9", "GBP", X, NONE, NONE }, { "1,000.000", "GBP", X, NONE, NONE },
	{ "1234.567", "GBP", X, NONE, NONE }, { "12.345,6", "JPY", X, NONE, NONE },
	{ "500.9", "JPY", X, NONE, NONE }, { "2.5059", "KWD", X, NONE, NONE }, { "1.50p", "GBP", X, NONE, NONE },
	{ "at most 1 or 2", "GBP", X, NONE, NONE }, { "50 for two people", "GBP", X, NONE, NONE },
	{ "not 50", "GBP", X, NONE, NONE }, { "20 50", "GBP", X, NONE, NONE }, { "50/60", "GBP", X, NONE, NONE },
	{ "2k-1", "GBP", X, NONE, NONE }, { "50p-1", "GBP", X, NONE, NONE }, { "1-2-3", "GBP", X, NONE, NONE },
	{ "50%", "GBP", X, NONE, NONE }, { "1e3", "GBP", X, NONE, NONE }, { "0x10", "GBP", X, NONE, NONE },
	{ "½", "GBP", X, NONE, NONE }, { "50²", "GBP", X, NONE, NONE }, { "k", "GBP", X, NONE, NONE },
	{ "£", "GBP", X, NONE, NONE }, { "99999999999999999999", "GBP", X, NONE, NONE },
	{ "999999999999999999", "GBP", X, NONE, NONE }, { "\xff" "50", "GBP", X, NONE, NONE },
	{ "50", "ZZZ", X, NONE, NONE },
};

START_TEST(a_budget_has_the_meaning_it_has)
{
	const char *text = budgets[_i].text;
	struct price_range budget = budget_read(arena, text, budgets[_i].currency);

	ck_assert_msg((int)budget.kind == budgets[_i].kind, "\"%s\" is %d", text, budget.kind);
	if (budget.kind == BUDGET_AMBIGUOUS) {
		ck_assert_msg(budget.most == budgets[_i].least && budget.also == budgets[_i].most,
		              "\"%s\" is %lld or %lld", text, (long long)budget.most,
		              (long long)budget.also);
		return;
	}
	if (budget.kind == BUDGET_FOREIGN)
		ck_assert_msg(budget.named && *budget.named, "\"%s\" is foreign", text);
	ck_assert_msg(budget.has_least == (budgets[_i].least != NONE) &&
	              (!budget.has_least || budget.least == budgets[_i].least),
	              "\"%s\": at least %lld", text, (long long)budget.least);
	ck_assert_msg(budget.has_most == (budgets[_i].most != NONE) &&
	              (!budget.has_most || budget.most == budgets[_i].most),
	              "\"%s\": at most %lld", text, (long long)budget.most);
}
END_TEST

static const struct { const char *text; bool about; } abouts[] = {
	{ "around 30", true }, { "~30", true }, { "30-ish", true }, { "30", false }, { "20~50", false },
};

START_TEST(about_is_remembered)
{
	ck_assert_int_eq(budget_read(arena, abouts[_i].text, "GBP").about, abouts[_i].about);
}
END_TEST

static const struct { const char *text, *named; } names[] = {
	{ "JPY 3000", "JPY" }, { "3000 yen", "JPY" }, { "€50", "EUR" }, { "$50", "$" }, { "50 dollars", "dollars" },
	{ "eur 50", "EUR" },
};

START_TEST(another_currency_is_named)
{
	ck_assert_str_eq(budget_read(arena, names[_i].text, "GBP").named, names[_i].named);
}
END_TEST

/* ---- Whatever is written ---- */

/* The digits of an amount, but for zeros at its end, are in the text in their order. */
static bool has_digits(const char *text, int64_t amount)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%lld", (long long)amount);
	for (size_t size = strlen(digits); size > 1 && digits[size - 1] == '0'; size--)
		digits[size - 1] = '\0';
	for (const char *digit = digits; *digit; digit++) {
		text = strchr(text, *digit);
		if (!text)
			return amount == 0;
		text++;
	}
	return true;
}

static const char *const pieces[] = {
	"1", "2", "5", "0", "00", "000", "17", "123", ".", ",", " ", "'", "-", "k", "£", "GBP", "€", "to",
	" under ", " over ", "~", "p", "and", "between ", "+", "max", "ish", "999999999", "K", "\u00a0", "٥", "x",
};

START_TEST(no_limit_has_a_digit_that_was_not_written)
{
	static const char *const currencies[] = { "GBP", "JPY", "KWD", "EUR", "CLF" };
	int understood = 0;

	chance_begin("budgets");
	for (int i = 0; i < 20000; i++) {
		char text[256] = "";
		for (int n = 1 + chance(7); n > 0; n--)
			strcat(text, pieces[chance(COUNT(pieces))]);
		const char *currency = currencies[chance(COUNT(currencies))];
		struct arena *own = arena_create();
		struct price_range budget = budget_read(own, text, currency);
		if (budget.kind == BUDGET_UNDERSTOOD && !strstr(text, "٥")) {
			understood++;
			ck_assert_msg(budget.has_least || budget.has_most, "\"%s\"", text);
			ck_assert_msg(!budget.has_least || has_digits(text, budget.least), "\"%s\" in %s:"
			              " at least %lld", text, currency, (long long)budget.least);
			ck_assert_msg(!budget.has_most || has_digits(text, budget.most), "\"%s\" in %s:"
			              " at most %lld", text, currency, (long long)budget.most);
			ck_assert_msg(!budget.has_least || !budget.has_most || budget.least <= budget.most,
			              "\"%s\"", text);
		}
		arena_destroy(own);
	}
	ck_assert_int_gt(understood, 500);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("budgets");
	TCase *tcase = tcase_create("budgets");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, a_budget_has_the_meaning_it_has, 0, COUNT(budgets));
	tcase_add_loop_test(tcase, about_is_remembered, 0, COUNT(abouts));
	tcase_add_loop_test(tcase, another_currency_is_named, 0, COUNT(names));
	tcase_add_test(tcase, no_limit_has_a_digit_that_was_not_written);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
