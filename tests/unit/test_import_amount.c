/* test_import_amount.c - numbers as people and programs write them in tables. */
#include "amount.h"
#include "suite.h"

static const struct {
	const char *text;
	int digits;
	bool commas;
	enum amount read;
	int64_t value;
} amounts[] = {
	{ "0", 2, false, AMOUNT_READ, 0 },
	{ "12", 2, false, AMOUNT_READ, 1200 },
	{ "12.5", 2, false, AMOUNT_READ, 1250 },
	{ "12,5", 2, false, AMOUNT_READ, 1250 },
	{ "-12,50", 2, true, AMOUNT_READ, -1250 },
	{ "34.000000", 2, false, AMOUNT_READ, 3400 },
	{ "34.000001", 2, false, AMOUNT_NONE, 0 },
	{ "34.50", 2, true, AMOUNT_READ, 3450 },
	{ "100.0000", 0, false, AMOUNT_READ, 100 },
	{ "100.5000", 0, false, AMOUNT_NONE, 0 },
	{ "0.500", 2, false, AMOUNT_READ, 50 },
	{ "1.005", 2, false, AMOUNT_AMBIGUOUS, 0 },
	{ "1.000", 2, false, AMOUNT_AMBIGUOUS, 0 },
	{ "1,000", 0, false, AMOUNT_AMBIGUOUS, 0 },
	{ "999,999", 2, true, AMOUNT_AMBIGUOUS, 0 },
	{ "1234.500", 2, false, AMOUNT_READ, 123450 },
	{ "1.500", 3, false, AMOUNT_READ, 1500 },
	{ "1.500", 3, true, AMOUNT_AMBIGUOUS, 0 },
	{ "1,500", 3, false, AMOUNT_AMBIGUOUS, 0 },
	{ "1,250.00", 2, false, AMOUNT_READ, 125000 },
	{ "1.250,00", 2, false, AMOUNT_READ, 125000 },
	{ "1.250,000", 2, true, AMOUNT_READ, 125000 },
	{ "1,234,567", 2, false, AMOUNT_READ, 123456700 },
	{ "1.234.567,8", 2, false, AMOUNT_READ, 123456780 },
	{ "1 250", 0, false, AMOUNT_READ, 1250 },
	{ "1\xc2\xa0" "250,5", 2, false, AMOUNT_READ, 125050 },
	{ "1\xe2\x80\xaf" "250", 2, false, AMOUNT_READ, 125000 },
	{ "1'250.00", 2, false, AMOUNT_READ, 125000 },
	{ "1\xe2\x80\x99" "250.00", 2, false, AMOUNT_READ, 125000 },
	{ "12,34,567.00", 2, false, AMOUNT_READ, 123456700 },
	{ "1,2,3", 2, false, AMOUNT_NONE, 0 },
	{ "1234,567.00", 2, false, AMOUNT_NONE, 0 },
	{ "1,250.000.00", 2, false, AMOUNT_NONE, 0 },
	{ "1.250 000", 2, false, AMOUNT_NONE, 0 },
	{ "1.25.5", 2, false, AMOUNT_NONE, 0 },
	{ "12 50", 2, false, AMOUNT_NONE, 0 },
	{ "", 2, false, AMOUNT_NONE, 0 },
	{ "-", 2, false, AMOUNT_NONE, 0 },
	{ "1.", 2, false, AMOUNT_NONE, 0 },
	{ ".5", 2, false, AMOUNT_NONE, 0 },
	{ "1..5", 2, false, AMOUNT_NONE, 0 },
	{ "+1", 2, false, AMOUNT_NONE, 0 },
	{ "1e3", 2, false, AMOUNT_NONE, 0 },
	{ "\xc2\xa3" "12.50", 2, false, AMOUNT_NONE, 0 },
	{ "12.50 EUR", 2, false, AMOUNT_NONE, 0 },
	{ "1 000 000 000 000 000 000 000", 0, false, AMOUNT_NONE, 0 },
	{ "1 000 000 000 000 000 000 000 000 000 000 000 000 000", 0, false, AMOUNT_NONE, 0 },
	{ "92233720368547758.07", 2, false, AMOUNT_READ, INT64_MAX },
	{ "92233720368547758.08", 2, false, AMOUNT_NONE, 0 },
	{ "92233720368547759", 2, false, AMOUNT_NONE, 0 },
};

START_TEST(an_amount_is_read_or_it_is_said_why_not)
{
	int64_t value = 0;

	ck_assert_int_eq(amount_read(str_of(amounts[_i].text), amounts[_i].digits, amounts[_i].commas,
	                             &value), amounts[_i].read);
	ck_assert_int_eq(value, amounts[_i].value);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("import: amounts");
	TCase *tcase = tcase_create("amounts");

	tcase_add_loop_test(tcase, an_amount_is_read_or_it_is_said_why_not, 0, COUNT(amounts));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
