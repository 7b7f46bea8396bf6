/* test_products_page.c - what the page of search_products may show pictures from: IMAGE_ORIGINS. */
#include "caught.h"
#include "product.h"
#include "settings.h"
#include "tools.h"

const char search_html[] = "<p>";

static const struct setting table[] = {
	{ "IMAGE_ORIGINS", SETTING_TEXT, NULL, "Where pictures come from", 0, 0, NULL },
	{ 0 },
};
static const struct setting *const tables[] = { table, NULL };

static char complaint[4096];

/* With stderr in `complaint`. */
static bool start_with(const char *origins)
{
	int count = 1;
	char *words[] = { (char[]) { "products" }, NULL };

	if (origins)
		setenv("IMAGE_ORIGINS", origins, 1);
	else
		unsetenv("IMAGE_ORIGINS");
	ck_assert_ptr_null(settings_read(tables, &count, words));
	struct caught caught = catch_stderr();
	bool fine = search_page_start();
	release_stderr(caught, complaint, sizeof(complaint));
	return fine;
}

#define META(domains) \
	"{\"ui\":{\"prefersBorder\":true,\"csp\":{\"resourceDomains\":[" domains "]}}}"

static const struct { const char *origins, *meta; } good[] = {
	{ NULL, META("") },
	{ " , \t\n", META("") },
	{ "https://a", META("\"https://a\"") },
	{ "http://a", META("\"http://a\"") },
	{ "https://*.Example.com:8443", META("\"https://*.Example.com:8443\"") },
	{ " https://a-1.example,\thttp://b\n", META("\"https://a-1.example\",\"http://b\"") },
	{ "https://a https://b,https://c", META("\"https://a\",\"https://b\",\"https://c\"") },
};

START_TEST(origins_become_the_policy_of_the_page)
{
	ck_assert(start_with(good[_i].origins));
	ck_assert_str_eq(search_page_meta, good[_i].meta);
	ck_assert_str_eq(complaint, "");
}
END_TEST

static const char *const bad[] = {
	"https://", "http://", "https:/a", "ftp://a", "a.example", "https://a/b", "https://a\"", "http://a_b",
	"https://a;", "http:// a",
};

START_TEST(what_is_no_origin_is_refused)
{
	ck_assert(!start_with(arena_print(arena, "https://ok.example, %s", bad[_i])));
	ck_assert_says(complaint, "mcp-products: IMAGE_ORIGINS has \"");
	ck_assert_says(complaint, "origins are needed, such as https://images.example.com");
}
END_TEST

START_TEST(a_long_one_is_said_by_its_beginning)
{
	ck_assert(!start_with(arena_print(arena, "%0200d", 0)));
	ck_assert_uint_eq(strspn(strchr(complaint, '"') + 1, "0"), 128);
}
END_TEST

/* As many origins of 100 bytes as there is room for. */
START_TEST(origins_that_do_not_fit_are_refused)
{
	const char *list = "", *last = NULL;
	int count = 0;

	while (start_with(list)) {
		ck_assert_uint_lt(strlen(search_page_meta), PAGE_META_MAX);
		last = list;
		list = arena_print(arena, "%s https://%092d", list, ++count);
	}
	ck_assert_says(complaint, "IMAGE_ORIGINS is too long from \"https://0");
	ck_assert_int_ge(count, PAGE_META_MAX / 103 - 1);
	/* To the last byte. */
	int room = 0;
	while (start_with(arena_print(arena, "%s http://%0*d", last, room + 1, 1)))
		room++;
	ck_assert(start_with(arena_print(arena, "%s http://%0*d", last, room, 1)));
	ck_assert_uint_eq(strlen(search_page_meta), PAGE_META_MAX - 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("page");
	TCase *tcase = tcase_create("IMAGE_ORIGINS");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, origins_become_the_policy_of_the_page, 0, COUNT(good));
	tcase_add_loop_test(tcase, what_is_no_origin_is_refused, 0, COUNT(bad));
	tcase_add_test(tcase, a_long_one_is_said_by_its_beginning);
	tcase_add_test(tcase, origins_that_do_not_fit_are_refused);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
