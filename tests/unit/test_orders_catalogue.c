/* test_orders_catalogue.c - how orders reaches products: PRODUCTS_URL and PRODUCTS_KEY. */
#include "catalogue.h"
#include "caught.h"
#include "settings.h"
#include "tools_orders.h"

static const struct setting table[] = {
	{ .name = "PRODUCTS_URL", .kind = SETTING_TEXT },
	{ .name = "PRODUCTS_KEY", .kind = SETTING_TEXT },
	{ 0 },
};
static const struct setting *const tables[] = { table, NULL };

static char complaint[512];

/* With stderr in `complaint`. */
static bool start_with(const char *url, const char *key)
{
	int count = 1;
	char *words[] = { (char[]) { "orders" }, NULL };

	setenv("PRODUCTS_URL", url, 1);
	setenv("PRODUCTS_KEY", key, 1);
	ck_assert_ptr_null(settings_read(tables, &count, words));
	struct caught caught = catch_stderr();
	bool fine = catalogue_start();
	release_stderr(caught, complaint, sizeof(complaint));
	return fine;
}

START_TEST(products_is_reached_at_its_url_with_its_key)
{
	ck_assert(start_with("http://shop:8081/mcp", "secret"));
	ck_assert_str_eq(complaint, "");
	ck_assert_str_eq(client_asked.url, "http://shop:8081/mcp");
	ck_assert_str_eq(client_asked.key, "secret");
	ck_assert_str_eq(client_asked.name, "orders");
	ck_assert_int_eq(clients, 1);
	catalogue_stop();
	ck_assert_int_eq(clients, 0);
}
END_TEST

START_TEST(a_url_that_is_none_is_told)
{
	ck_assert(!start_with("shop:8081", ""));
	ck_assert_str_eq(complaint, "mcp-orders: products can't be called at PRODUCTS_URL, \"shop:8081\", for the reason"
	                 " that the log has; it is such as http://127.0.0.1:8081/mcp\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("catalogue");
	TCase *tcase = tcase_create("client");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, products_is_reached_at_its_url_with_its_key);
	tcase_add_test(tcase, a_url_that_is_none_is_told);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
