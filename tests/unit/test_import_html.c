/* test_import_html.c - the words of HTML. */
#include <stdlib.h>

#include "import.h"
#include "suite.h"

static const struct { const char *html, *text; } pieces[] = {
	{ "", "" },
	{ "  plain \n text ", "plain text" },
	{ "<p>One</p>\n<p>Two</p>", "One\n\nTwo" },
	{ "One<br/>Two<BR>Three", "One\nTwo\nThree" },
	{ "<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc" },
	{ "<b>bo</b>ld <i class=\"a>b\">x</i>", "bold x" },
	{ "<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>", "a b\nc" },
	{ "a<script>if (1 < 2) alert('</p>')</script>b<style>p { }</style>c", "abc" },
	{ "a<!-- <p> -->b", "ab" },
	{ "a<script>never closed", "a" },
	{ "5 < 6 & 7 > 3, <3", "5 < 6 & 7 > 3, <3" },
	{ "a < b <c", "a < b <c" },
	{ "<a 'x <b>c</b>", "<a 'x <b>c</b>" },
	{ "&lt;p&gt; &amp;amp; &quot;&apos;&euro;&eacute;&Eacute;", "<p> &amp; \"'\xe2\x82\xac\xc3\xa9\xc3\x89" },
	{ "a&nbsp;&nbsp;b&#160;c", "a b c" },
	{ "&#8217;&#x2019;&#X2019;&#128230;", "\xe2\x80\x99\xe2\x80\x99\xe2\x80\x99\xf0\x9f\x93\xa6" },
	{ "&#0;&#xd800;&#x110000;&#;&#x;&#12a;&nope;&amp", "&#0;&#xd800;&#x110000;&#;&#x;&#12a;&nope;&amp" },
	{ "&yuml;&nbsp;&thorn;", "\xc3\xbf \xc3\xbe" },
	{ "<li>", "- " },
	{ "\xe6\x97\xa5<b>\xe6\x9c\xac</b>", "\xe6\x97\xa5\xe6\x9c\xac" },
};

START_TEST(tags_go_and_names_are_characters)
{
	struct arena *arena = arena_create();

	ck_assert_str_eq(import_html_text(arena, pieces[_i].html), pieces[_i].text);
	arena_destroy(arena);
}
END_TEST

/* No tag of it ends: each is looked through once. */
START_TEST(what_never_ends_costs_no_more_than_its_length)
{
	size_t size = 4 * 1024 * 1024;
	char *html = malloc(size + 1);
	struct arena *arena = arena_create();

	for (size_t i = 0; i < size; i++)
		html[i] = "<a'"[i % 3];
	html[size] = '\0';
	int64_t began = tick_ms();
	ck_assert_str_eq(import_html_text(arena, html), html);
	ck_assert_int_lt(tick_ms() - began, 5000);
	arena_destroy(arena);
	free(html);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("import: HTML");
	TCase *tcase = tcase_create("html");

	tcase_add_loop_test(tcase, tags_go_and_names_are_characters, 0, COUNT(pieces));
	tcase_add_test(tcase, what_never_ends_costs_no_more_than_its_length);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
