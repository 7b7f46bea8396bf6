/* test_ops_amount.c - amounts of money in decimal texts: read, added up and shared out exactly, rounded only to be shown. */
#include "amount.h"
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

static struct amount amount(const char *text)
{
	struct amount read;

	ck_assert_msg(amount_read(text, &read), "%s is not read", text);
	return read;
}

static const struct { const char *text, *shown; } texts[] = {
	{ "0", "0.00" }, { "-0", "0.00" }, { "33.1234567890", "33.12" }, { "-1.5", "-1.50" }, { ".5", "0.50" }, { "5.", "5.00" },
	{ "007.10", "7.10" }, { "999999999999999999.99", "999999999999999999.99" }, { "1000000000", "1000000000.00" },
	{ "1234567890123.456", "1234567890123.46" }, { "0.999", "1.00" }, { "999999999.995", "1000000000.00" },
	/* Half a cent goes to the even one, more than half up. */
	{ "0.005", "0.00" }, { "0.015", "0.02" }, { "0.025", "0.02" }, { "0.0150000000000000000000001", "0.02" },
	{ "0.005000000000000000000000001", "0.01" }, { "-0.015", "-0.02" }, { "-0.004", "0.00" }, { "-0.005", "0.00" },
	{ "1.2E-9", "0.00" }, { "1.25e3", "1250.00" }, { "1E+2", "100.00" }, { "12345e-2", "123.45" }, { "0.00000000000000012E17", "12.00" },
};

START_TEST(an_amount_is_read_and_shown_in_cents)
{
	ck_assert_str_eq(amount_text(arena, amount(texts[_i].text)), texts[_i].shown);
}
END_TEST

static const char *const none[] = {
	"", "-", ".", "1,5", "1.2.3", "+1", " 1", "1 ", "0x1", "nan", "1e", "1e99", "1e1.5", "--1", "1000000000000000000",
	"0.0000000000000000000000000001", "1e-28", "1e18", "12e",
};

START_TEST(what_is_no_amount_is_refused_and_changes_nothing)
{
	struct amount before = amount("7"), after = before;

	ck_assert_msg(!amount_read(none[_i], &after), "%s is read", none[_i]);
	ck_assert_int_eq(amount_compare(before, after), 0);
}
END_TEST

static const struct { const char *a, *b, *sum, *difference; } sums[] = {
	{ "1.10", "2.20", "3.30", "-1.10" }, { "0", "0", "0", "0" }, { "-1", "1", "0", "-2" }, { "1", "-1", "0", "2" },
	{ "0.1", "0.2", "0.3", "-0.1" }, { "999999999.999999999", "0.000000001", "1000000000", "999999999.999999998" },
	{ "-5", "-7", "-12", "2" }, { "1000000000", "0.000000000000000000000000001",
	  "1000000000.000000000000000000000000001", "999999999.999999999999999999999999999" },
	{ "33", "-33", "0", "66" }, { "-3", "10", "7", "-13" },
};

START_TEST(sums_and_differences_are_exact)
{
	struct amount a = amount(sums[_i].a), b = amount(sums[_i].b);

	ck_assert_int_eq(amount_compare(amount_sum(a, b), amount(sums[_i].sum)), 0);
	ck_assert_int_eq(amount_compare(amount_sum(b, a), amount(sums[_i].sum)), 0);
	ck_assert_int_eq(amount_compare(amount_difference(a, b), amount(sums[_i].difference)), 0);
	ck_assert_int_eq(amount_compare(amount_sum(amount_difference(a, b), b), a), 0);
}
END_TEST

START_TEST(a_million_of_them_lose_nothing)
{
	struct amount sum = { 0 }, each = amount("999999999999999.000000000000000000000000001");

	for (int i = 0; i < 1000000; i++)
		sum = amount_sum(sum, each);
	ck_assert_str_eq(amount_text(arena, sum), "999999999999999000000.00");
	struct amount rest = sum;
	for (int i = 0; i < 1000000; i++)
		rest = amount_difference(rest, amount("999999999999999"));
	ck_assert_int_eq(amount_compare(rest, amount("0.000000000000000000001")), 0);
}
END_TEST

static const char *const ascending[] = { "-10", "-9.99", "-0.000000001", "0", "0.000000000000000000000000001", "0.1", "9", "10", "1e17" };

START_TEST(amounts_are_in_order)
{
	for (int i = 0; i < COUNT(ascending); i++) {
		int order = amount_compare(amount(ascending[_i]), amount(ascending[i]));
		ck_assert_int_eq((order > 0) - (order < 0), (_i > i) - (_i < i));
	}
	ck_assert_int_eq(amount_is_zero(amount(ascending[_i])), _i == 3);
}
END_TEST

static const struct { const char *part, *whole; double percent; } shares[] = {
	{ "1", "3", 33.3 }, { "2", "3", 66.7 }, { "1", "8", 12.5 }, { "0", "5", 0 }, { "5", "5", 100 }, { "-1", "4", -25 }, { "1", "-4", -25 },
	{ "-1", "-4", 25 }, { "1", "800", 0.1 }, { "30", "20", 150 },
	/* Half a tenth goes to the even one. */
	{ "0.0005", "1", 0 }, { "0.0015", "1", 0.2 }, { "0.000500000000000000000000001", "1", 0.1 },
	{ "0.000000000000000000000000001", "0.000000000000000000000000002", 50 }, { "1", "0.001", 100000 },
};

START_TEST(a_share_is_in_percent_to_the_tenth)
{
	double percent;

	ck_assert(amount_share(amount(shares[_i].part), amount(shares[_i].whole), &percent));
	ck_assert_double_eq_tol(percent, shares[_i].percent, 1e-9);
}
END_TEST

START_TEST(of_nothing_there_is_no_share)
{
	double percent;

	ck_assert(!amount_share(amount("1"), amount("0"), &percent));
	ck_assert(!amount_share(amount("0"), amount("0"), &percent));
	ck_assert(!amount_share(amount("1e17"), amount("1e-9"), &percent));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("amount");
	TCase *tests = tcase_create("amount");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(tests, an_amount_is_read_and_shown_in_cents, 0, COUNT(texts));
	tcase_add_loop_test(tests, what_is_no_amount_is_refused_and_changes_nothing, 0, COUNT(none));
	tcase_add_loop_test(tests, sums_and_differences_are_exact, 0, COUNT(sums));
	tcase_add_test(tests, a_million_of_them_lose_nothing);
	tcase_add_loop_test(tests, amounts_are_in_order, 0, COUNT(ascending));
	tcase_add_loop_test(tests, a_share_is_in_percent_to_the_tenth, 0, COUNT(shares));
	tcase_add_test(tests, of_nothing_there_is_no_share);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
