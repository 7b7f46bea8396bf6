/* test_aws_xml.c - answers in XML, as the JSON that they would be. */
#include <stdlib.h>

#include "suite.h"
#include "xml.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_create();
}

static void tear_down(void)
{
	arena_destroy(arena);
}

static const char *const items[] = { "DBInstance", "Event", NULL };

static const char *written(yyjson_val *value)
{
	struct json json = json_begin(arena, 64);

	json_value(&json, value);
	return arena_copy(arena, json_end(&json));
}

/* In exactly sized memory, so that a sanitizer sees a byte read too many. */
static yyjson_val *read_text(str text, const char **wrong)
{
	char *copy = malloc(text.size + (text.size == 0));

	memcpy(copy, text.at, text.size);
	yyjson_val *value = xml_read(arena, (str) { copy, text.size }, items, wrong);
	free(copy);
	return value;
}

static const struct { const char *xml, *json; } fine[] = {
	{ "<A/>", "{}" },
	{ "<A>text</A>", "{\"A\":\"text\"}" },
	{ "<?xml version=\"1.0\"?>\n<A xmlns=\"http://x/\" b='c'><B>1</B><C> 2 </C></A>\n", "{\"A\":{\"B\":\"1\",\"C\":\" 2 \"}}" },
	{ "<A><B><member>1</member><member>2</member></B></A>", "{\"A\":{\"B\":[\"1\",\"2\"]}}" },
	{ "<A><B><member>1</member></B></A>", "{\"A\":{\"B\":[\"1\"]}}" },
	{ "<A><B><member/><member>2</member></B></A>", "{\"A\":{\"B\":[\"\",\"2\"]}}" },
	{ "<A><B/><C></C><D>1</D></A>", "{\"A\":{\"D\":\"1\"}}" },
	{ "<A><DBInstances><DBInstance><Id>a</Id></DBInstance><DBInstance><Id>b</Id></DBInstance></DBInstances></A>",
	  "{\"A\":{\"DBInstances\":[{\"Id\":\"a\"},{\"Id\":\"b\"}]}}" },
	{ "<A>\n  <B>\n    <member><C>1</C></member>\n  </B>\n  between\n</A>", "{\"A\":{\"B\":[{\"C\":\"1\"}]}}" },
	{ "<ns:A xmlns:ns='x'><ns:B>1</ns:B></ns:A>", "{\"A\":{\"B\":\"1\"}}" },
	{ "<A><B>a&amp;b &lt;c&gt; &quot;d&quot; &#233;&#x1F600;</B></A>", "{\"A\":{\"B\":\"a&b <c> \\\"d\\\" é😀\"}}" },
	{ "<A><B><![CDATA[<x>&y;]]></B></A>", "{\"A\":{\"B\":\"<x>&y;\"}}" },
	{ "<A><!-- no --><B>1<!-- no -->2<?no no?>3</B></A>", "{\"A\":{\"B\":\"123\"}}" },
	{ "<A><B>before<C>1</C>behind</B></A>", "{\"A\":{\"B\":{\"C\":\"1\"}}}" },
	/* What the first element within says counts; what does not go with it is left out, with all within. */
	{ "<A><B><C>1</C><member>2<D>3</D></member><E>4</E></B></A>", "{\"A\":{\"B\":{\"C\":\"1\",\"E\":\"4\"}}}" },
	{ "<A><B><member>1</member><C>2<D><member>x</member></D></C><member>3</member></B></A>", "{\"A\":{\"B\":[\"1\",\"3\"]}}" },
	{ "\xef\xbb\xbf<A>1</A>", "{\"A\":\"1\"}" },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><A>\xc3\xa9</A>", "{\"A\":\"é\"}" },
	{ "<A><B>1</B><B>2</B></A>", "{\"A\":{\"B\":\"1\",\"B\":\"2\"}}" },
};

START_TEST(it_is_the_json_that_it_would_be)
{
	const char *wrong;
	yyjson_val *value = read_text(str_of(fine[_i].xml), &wrong);

	ck_assert_msg(value, "%s: %s", fine[_i].xml, wrong);
	ck_assert_str_eq(written(value), fine[_i].json);
}
END_TEST

static const struct { const char *xml, *wrong; } refused[] = {
	{ "", "no XML" }, { " ", "no XML" }, { "{\"json\":true}", "no XML" }, { "<A>", "no XML" }, { "<A></B>", "no XML" },
	{ "<A/><B/>", "no XML" }, { "<A>&unknown;</A>", "no XML" }, { "<A>\xe9</A>", "no XML" }, { "<A>\x01</A>", "no XML" },
	{ "<A>&#0;</A>", "no XML" }, { "<A b='1' b='2'/>", "no XML" }, { "<html><body>Bad Gateway</html>", "no XML" },
	{ "<!DOCTYPE A><A/>", "DOCTYPE" },
	{ "<!DOCTYPE html><html/>", "DOCTYPE" },
	{ "<!DOCTYPE A [<!ENTITY b 'c'>]><A>&b;</A>", "DOCTYPE" },
	{ "<!DOCTYPE A [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]><A>&c;</A>", "DOCTYPE" },
	{ "<!DOCTYPE A SYSTEM 'file:///etc/passwd'><A/>", "DOCTYPE" },
	{ "<!DOCTYPE A [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><A>&b;</A>", "DOCTYPE" },
};

START_TEST(what_is_no_such_text_is_refused)
{
	const char *wrong = NULL;

	ck_assert_ptr_null(read_text(str_of(refused[_i].xml), &wrong));
	ck_assert_msg(strstr(wrong, refused[_i].wrong), "%s: %s", refused[_i].xml, wrong);
}
END_TEST

/* ---- Bounds ---- */

static str repeated(const char *first, const char *each, size_t count, const char *last)
{
	size_t size = strlen(each);
	char *text = arena_alloc(arena, strlen(first) + count * size + strlen(last) + 1), *at = text;

	at += strlen(strcpy(at, first));
	for (size_t i = 0; i < count; i++, at += size)
		memcpy(at, each, size);
	strcpy(at, last);
	return str_of(text);
}

START_TEST(elements_are_nested_so_deep_and_no_deeper)
{
	const char *wrong;
	str deepest = str_of(arena_print(arena, "%s%s", repeated("", "<a>", XML_DEPTH_MAX, "1").at,
	                                 repeated("", "</a>", XML_DEPTH_MAX, "").at));

	ck_assert_ptr_nonnull(read_text(deepest, &wrong));
	ck_assert_ptr_null(read_text(repeated("", "<a>", XML_DEPTH_MAX + 1, ""), &wrong));
	ck_assert_str_eq(wrong, "its elements are nested too deeply");
	/* Also within what is left out. */
	ck_assert_ptr_null(read_text(repeated("<A><b/><member>", "<a>", XML_DEPTH_MAX, ""), &wrong));
	ck_assert_str_eq(wrong, "its elements are nested too deeply");
}
END_TEST

START_TEST(there_are_so_many_elements_and_no_more)
{
	const char *wrong;

	ck_assert_ptr_nonnull(read_text(repeated("<A>", "<b>1</b>", XML_ELEMENTS_MAX - 1, "</A>"), &wrong));
	ck_assert_ptr_null(read_text(repeated("<A>", "<b/>", XML_ELEMENTS_MAX, "</A>"), &wrong));
	ck_assert_str_eq(wrong, "it has too many elements");
}
END_TEST

START_TEST(a_name_is_so_long_and_no_longer)
{
	const char *wrong;

	ck_assert_ptr_nonnull(read_text(repeated("<A><", "n", XML_NAME_MAX, "/></A>"), &wrong));
	ck_assert_ptr_null(read_text(repeated("<A><", "n", XML_NAME_MAX + 1, "/></A>"), &wrong));
	ck_assert_str_eq(wrong, "an element's name is too long");
	ck_assert_ptr_nonnull(read_text(repeated("<A><", "p", XML_NAME_MAX + 1, ":n/></A>"), &wrong));
}
END_TEST

START_TEST(memory_goes_with_the_size_of_the_answer)
{
	const char *wrong;
	str text = repeated("<A>", "\n", 1024 * 1024, "</A>");

	ck_assert_ptr_nonnull(xml_read(arena, text, NULL, &wrong));
	ck_assert_uint_le(arena_size(arena), 16 * text.size);
}
END_TEST

/* A shape reads it, as it does any answer. */
struct instance { const char *Id; int64_t Size; };
static SHAPE(instance_shape, struct instance,
	TEXT(struct instance, Id, "Which it is", .required = true),
	INT (struct instance, Size, "GiB"));
struct instances { struct instance *DBInstances; int64_t count; const char *Marker; };
static SHAPE(instances_shape, struct instances,
	LIST(struct instances, DBInstances, count, struct instance, instance_shape, "All"),
	TEXT(struct instances, Marker, "The next page"));

START_TEST(a_shape_reads_it)
{
	struct instances read;
	const char *wrong;
	yyjson_val *value = read_text(STR("<R><DBInstances><DBInstance><Id>a</Id><Size>20</Size><New>x</New></DBInstance>"
	                                  "</DBInstances><Marker/></R>"), &wrong);

	ck_assert_ptr_null(shape_read(instances_shape, yyjson_obj_get(value, "R"), SHAPE_WORDS, &read, arena));
	ck_assert_int_eq(read.count, 1);
	ck_assert_str_eq(read.DBInstances[0].Id, "a");
	ck_assert_int_eq(read.DBInstances[0].Size, 20);
	ck_assert_ptr_null(read.Marker);
	value = read_text(STR("<R><DBInstances/></R>"), &wrong);
	ck_assert_ptr_null(shape_read(instances_shape, yyjson_obj_get(value, "R"), SHAPE_WORDS, &read, arena));
	ck_assert_int_eq(read.count, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_xml");
	TCase *cases = tcase_create("xml");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, it_is_the_json_that_it_would_be, 0, COUNT(fine));
	tcase_add_loop_test(cases, what_is_no_such_text_is_refused, 0, COUNT(refused));
	tcase_add_test(cases, elements_are_nested_so_deep_and_no_deeper);
	tcase_add_test(cases, there_are_so_many_elements_and_no_more);
	tcase_add_test(cases, a_name_is_so_long_and_no_longer);
	tcase_add_test(cases, memory_goes_with_the_size_of_the_answer);
	tcase_add_test(cases, a_shape_reads_it);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
