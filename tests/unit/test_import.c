/* test_import.c - which headers and rows are taken, and what is said of the others. */
#include "items.h"

START_TEST(a_file_is_imported)
{
	static const char text[] =
		"price,sku,Stock,currency,weight,fragile,made_at,state\n"
		"12.5,A1,7,GBP,0.25,yes,2010-12-01T08:26:00Z,used\n"
		"\"3\", B2 ,,JPY,,,,\n";
	struct item item = { .sku = "A1" };

	write_file(text, sizeof(text) - 1);
	ck_assert_int_eq(import_items(NULL), 0);
	ck_assert_str_eq(logged, "");
	ck_assert_ptr_eq(strstr(words(said), "Imported 2 items from items.csv in "), said);
	ck_assert_int_eq(store_find_one(store, arena, find_item, item_shape, &item, item_shape,
	                                &item), 1);
	ck_assert_int_eq(item.price.minor, 1250);
	ck_assert_str_eq(item.price.currency, "GBP");
	ck_assert(item.has_stock && item.stock == 7 && item.fragile);
	ck_assert_double_eq(item.weight, 0.25);
	ck_assert_int_eq(item.made_at, 1291191960000);
	ck_assert_str_eq(item.state, "used");
	item.sku = " B2 ";
	ck_assert_int_eq(store_find_one(store, arena, find_item, item_shape, &item, item_shape,
	                                &item), 1);
	ck_assert_int_eq(item.price.minor, 3);
	ck_assert(!item.has_stock && !item.fragile && item.made_at == 0);
	ck_assert_str_eq(item.state, "new");
}
END_TEST

/* ---- One row, good (NULL) or bad ---- */

static const struct {
	const char *header, *row, *wrong;
} rows[] = {
	{ "sku,price", "a,0", NULL },
	{ "sku,price", "a, 2.50 ", NULL },
	{ "sku,price", "a,92233720368547758.07", NULL },
	{ "sku,price", "a,92233720368547758.08", "a decimal with at most 2 digits after the point" },
	{ "sku,price", "a,abc", "price is \"abc\": a decimal with at most 2 digits after the point is"
	  " needed" },
	{ "sku,price", "a,1.234", "price is \"1.234\"" },
	{ "sku,price", "a,1.", "price is \"1.\"" },
	{ "sku,price", "a,.5", "price is \".5\"" },
	{ "sku,price", "a,1.2.3", "price is \"1.2.3\"" },
	{ "sku,price", "a,\"1,200\"", "price is \"1,200\", which can be read in two ways: write a whole" },
	{ "sku,price", "a,\"1,200.50\"", NULL },
	{ "sku,price", "a,34.000000", NULL },
	{ "sku,price,stock", "a,1,50.0000", NULL },
	{ "sku,price,stock", "a,1,1.000", "stock is \"1.000\", which can be read in two ways" },
	{ "sku,price,,", "a,1,,", NULL },
	{ "sku,price,", "a,1", NULL },
	{ "sku,price", "a,1,,", NULL },
	{ "sku,price,,stock", "a,1,x,", "column 3 has no name, but this row has \"x\" in it" },
	{ "sku,price", "\xc2\xa0,1", "sku is empty" },
	{ "sku,price", "a,-0.01", "price is \"-0.01\": at least 0.00 is needed" },
	{ "sku,price", "a,-", "price is \"-\"" },
	{ "sku,price", "a,", "price is empty" },
	{ "sku,price,currency", "a,1.000,BHD", NULL },
	{ "sku,price,currency", "a,1.5,JPY", "price is \"1.5\": a whole number without a point" },
	{ "sku,price,currency", "a,1.5,", NULL },
	{ "sku,price,currency", "a,1.5, gbp ", NULL },
	{ "sku,price", "a,£12.50", NULL },
	{ "sku,price", "a,12.50 GBP", NULL },
	{ "sku,price", "a,gbp\u00a012.50 £", NULL },
	{ "sku,price", "a,\"£1,250.00\"", NULL },
	{ "sku,price", "a,£ -1", "price is \"£ -1\": at least 0.00 is needed" },
	{ "sku,price", "a,\"£1,250\"", "price is \"£1,250\", which can be read in two ways" },
	{ "sku,price", "a,£.50", "price is \"£.50\": a decimal with at most 2" },
	{ "sku,price", "a,£", "price is \"£\": a decimal with at most 2" },
	{ "sku,price", "a,12 apples", "price is \"12 apples\": a decimal with at most 2" },
	{ "sku,price", "a,12 €", "price is \"12 €\", in EUR, but the currency of the row is GBP" },
	{ "sku,price", "a,£12 EUR", "price is \"£12 EUR\", in EUR, but the currency of the row is GBP" },
	{ "sku,price", "a,$12", "price is \"$12\", in $, but the currency of the row is GBP" },
	{ "sku,price,currency", "a,12 €,EUR", NULL },
	{ "sku,price,currency", "a,Rs. 12,INR", NULL },
	{ "sku,price,currency", "a,\"12,50 kr.\",SEK", NULL },
	{ "sku,price,currency", "a,$12,CAD", NULL },
	{ "sku,price,currency", "a,US$12,CAD", "price is \"US$12\", in USD, but the currency of" },
	{ "sku,price,stock", "a,1,£5", "stock is \"£5\": a whole number is needed" },
	{ "sku,price,currency", "a,1.5,pounds", "currency is \"pounds\": an ISO 4217 code" },
	{ "sku,price", ",1", "sku is empty" },
	{ "sku,price", "\"\",1", "sku is empty" },
	{ "sku,price", "123456789012,1", NULL },
	{ "sku,price", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	  "\xc3\xa9\xc3\xa9,1", NULL },
	{ "sku,price", "1234567890123,1", "sku has 13 characters: at most 12 are allowed" },
	{ "sku,price", "a", "it has 1 cells, but the header names 2 columns" },
	{ "sku,price", "a,1,2", "it has 3 cells, but the header names 2 columns" },
	{ "sku,price", "a\xff,1", "it is not valid UTF-8" },
	{ "sku,price", "\"a,1", "a quote is never closed" },
	{ "sku,price", "cursed,1", "sku \"cursed\" is not for sale" },
	{ "sku,price,stock", "a,1,0", NULL },
	{ "sku,price,stock", "a,1,99", NULL },
	{ "sku,price,stock", "a,1,100", "stock is \"100\": at most 99 is allowed" },
	{ "sku,price,stock", "a,1,-1", "stock is \"-1\": at least 0 is needed" },
	{ "sku,price,stock", "a,1,1.5", "stock is \"1.5\": a whole number is needed" },
	{ "sku,price,stock", "a,1,99999999999999999999", "a whole number is needed" },
	{ "sku,price,weight", "a,1,-1.5e3", NULL },
	{ "sku,price,weight", "a,1,0x10", "weight is \"0x10\": a number is needed" },
	{ "sku,price,weight", "a,1,nan", "weight is \"nan\": a number is needed" },
	{ "sku,price,weight", "a,1,1e999", "a number is needed" },
	{ "sku,price,fragile", "a,1,TRUE", NULL },
	{ "sku,price,fragile", "a,1,0", NULL },
	{ "sku,price,fragile", "a,1,maybe", "fragile is \"maybe\": true or false is needed" },
	{ "sku,price,made_at", "a,1,2010-12-01", NULL },
	{ "sku,price,made_at", "a,1,yesterday", "made_at is \"yesterday\": a time such as" },
	{ "sku,price,state", "a,1,broken", NULL },
	{ "sku,price,state", "a,1,eaten", "state is \"eaten\": new, used or broken is needed" },
	{ "sku,price,stock", "a,1,\x1b[31mred\xc2\x9b",
	  "stock is \"" REPLACEMENT "[31mred" REPLACEMENT "\"" },
};

START_TEST(a_row_is_taken_or_the_reason_is_told)
{
	char text[300], place[16];

	int size = snprintf(text, sizeof(text), "%s\n%s\n", rows[_i].header, rows[_i].row);
	write_file(text, (size_t)size);
	ck_assert_int_eq(import_items("GBP"), rows[_i].wrong ? 1 : 0);
	ck_assert_int_eq(items(), rows[_i].wrong ? 0 : 1);
	if (!rows[_i].wrong)
		return;
	snprintf(place, sizeof(place), "items.csv:2: ");
	ck_assert_ptr_eq(strstr(words(logged), place), logged);
	ck_assert_msg(strstr(logged, rows[_i].wrong), "%s", logged);
	ck_assert_str_eq(said, "Nothing was imported: 1 bad row.\n");
}
END_TEST

/* ---- The header ---- */

static const struct {
	const char *text, *currency, *wrong;
} headers[] = {
	{ "", "GBP", "the file is empty" },
	{ "sku,price,colour\n", "GBP", "the column \"colour\" is unknown; known are sku, state, price,"
	  " stock, weight, fragile, made_at, currency. --ignore-unknown leaves it out" },
	{ "stock\n", "GBP", "there is no column sku, price; --map \"COLUMN=sku\" says which it is\n" },
	{ "Table 1\nsku,price\n", "GBP", "there is no column sku, price; --map \"COLUMN=sku\" says which it is."
	  " The first row must name the columns: take away what stands above their names\n" },
	{ "code,cost\n", "GBP", "there is no column sku, price; --map \"COLUMN=sku\" says which it is\n" },
	{ "sku,price\n", NULL, "there is no column currency; say which it is, such as --currency GBP\n" },
	{ "sku,price,SKU\n", "GBP", "the column \"SKU\" is there twice" },
	{ "sku,price,SKU,Price\n", "GBP", "the columns \"SKU\", \"Price\" are there twice\n" },
	{ "a,b,c,d,e,f,g,h,i,j\n", "GBP", "there is no column sku, price;" },
	{ "sku,price,a,b,c,d,e,f,g,h,i,j\n", "GBP", "the columns \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\","
	  " \"h\" and 2 more are unknown; known are sku, " },
	{ "\n,,\n", "GBP", "the file is empty" },
	{ "sku,price,currency,currency\n", "GBP", "the column \"currency\" is there twice" },
	{ "sku,\"price\n", "GBP", "a quote is never closed" },
};

START_TEST(a_header_that_does_not_fit_is_refused)
{
	write_file(headers[_i].text, strlen(headers[_i].text));
	ck_assert_int_eq(import_items(headers[_i].currency), 1);
	ck_assert_msg(strstr(logged, headers[_i].wrong), "%s", logged);
	ck_assert_str_eq(said, "Nothing was imported: the header row does not fit.\n");
}
END_TEST

START_TEST(a_header_alone_imports_nothing_and_is_fine)
{
	write_file("sku,price\n", 10);
	ck_assert_int_eq(import_items("GBP"), 0);
	ck_assert_ptr_nonnull(strstr(said, "Imported 0 items"));
}
END_TEST

/* ---- An amount that a file may leave out ---- */

struct pet { const char *owner, *name; struct money owed; };

static SHAPE(pet_shape, struct pet,
	TEXT(struct pet, owner, "Whose", .required = true),
	TEXT(struct pet, name, "Its name", .required = true),
	MONEY(struct pet, owed, "What is to be paid"));

static const char *owner_of(struct arena *in UNUSED, const void *row)
{
	return ((const struct pet *)row)->owner;
}

static bool take_pets(struct store *to UNUSED, struct arena *in UNUSED, const struct import_group *group UNUSED)
{
	return true;
}

static const struct { const char *text, *wrong; } pets[] = {
	{ "owner,name\nAnn,Rex\n", NULL },
	{ "owner,name,owed\nAnn,Rex,12.50\n", "there is no column currency; say which it is, such as --currency GBP\n" },
	{ "owner,name,currency\nAnn,Rex,GBP\n", NULL },
	{ "owner,name,owed,currency\nAnn,Rex,12.50,GBP\n", NULL },
};

START_TEST(a_currency_is_wanted_where_there_are_amounts)
{
	write_file(pets[_i].text, strlen(pets[_i].text));
	options.currency = NULL;
	spec = (struct import_spec) { .what = "pets", .row = pet_shape, .key = owner_of, .take = take_pets };
	catch_log(run_import);
	ck_assert_msg(pets[_i].wrong ? strstr(logged, pets[_i].wrong) != NULL : !*logged, "%s", logged);
	ck_assert_int_eq(status, pets[_i].wrong ? 1 : 0);
}
END_TEST

/* ---- The suite ---- */

static TCase *rows_case(void)
{
	TCase *tcase = tcase_create("rows");

	tcase_add_checked_fixture(tcase, begin_items, end);
	tcase_add_test(tcase, a_file_is_imported);
	tcase_add_loop_test(tcase, a_row_is_taken_or_the_reason_is_told, 0, COUNT(rows));
	tcase_add_loop_test(tcase, a_header_that_does_not_fit_is_refused, 0, COUNT(headers));
	tcase_add_loop_test(tcase, a_currency_is_wanted_where_there_are_amounts, 0, COUNT(pets));
	tcase_add_test(tcase, a_header_alone_imports_nothing_and_is_fine);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("import");

	suite_add_tcase(suite, rows_case());
	return run_suite(suite);
}
