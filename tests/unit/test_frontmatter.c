/* test_frontmatter.c - the YAML at the head of a skill: what is read, and what is refused. */
#include "frontmatter.h"
#include "json.h"
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

/* The JSON of what stands between the two fences, or what is wrong with it. */
static const char *read_whole(str file)
{
	str json = { 0 };
	const char *why = frontmatter_read(arena, file, &json);

	ck_assert(!why == !!json.at);
	return why ? why : arena_copy(arena, json);
}

static const char *read_yaml(const char *yaml)
{
	return read_whole(str_of(arena_print(arena, "---\n%s---\nwords", yaml)));
}

static const struct {
	const char *yaml, *json;
} good[] = {
	{ "", "{}" },
	{ "a: b\n", "{'a':'b'}" },
	{ "a: b\nc: d\n", "{'a':'b','c':'d'}" },
	{ "# note\n\na: b # note\n  # note\nc:   d  \n", "{'a':'b','c':'d'}" },
	{ "a: b#c\n", "{'a':'b#c'}" },
	{ "a: http://x.example/y\n", "{'a':'http://x.example/y'}" },
	{ "a: it's \"so\", [no] {way} - ok?\n", "{'a':'it\\'s \\\"so\\\", [no] {way} - ok?'}" },
	{ "a: true\nb: false\n", "{'a':true,'b':false}" },
	{ "a: 0\nb: -12\nc: 1.50\nd: 123456789012345\n", "{'a':0,'b':-12,'c':1.50,'d':123456789012345}" },
	{ "a: 2.1.0\nb: 10.20.30.40\n", "{'a':'2.1.0','b':'10.20.30.40'}" },
	{ "a: \"x: y # z\"\nb: '010' # note\nc: \"\"\nd: ''\n",
	  "{'a':'x: y # z','b':'010','c':'','d':''}" },
	{ "a: \"\\\"\\\\\\/\\n\\t\\r\"\n", "{'a':'\\\"\\\\/\\n\\t\\r'}" },
	{ "a: 'it''s'\n", "{'a':'it\\'s'}" },
	{ "a: gr\xc3\xbc\xc3\x9f \xf0\x9f\x8e\x81\n", "{'a':'gr\xc3\xbc\xc3\x9f \xf0\x9f\x8e\x81'}" },
	{ "a: >-\n  one\n  two\n", "{'a':'one two'}" },
	{ "a: >-\n  one\n\n  two\n\n\n  three\nb: c\n", "{'a':'one\\ntwo\\n\\nthree','b':'c'}" },
	{ "a: |-\n  one\n    two\n\n  three # no note\n", "{'a':'one\\n  two\\n\\nthree # no note'}" },
	{ "a: |- # note\n  one\n", "{'a':'one'}" },
	{ "a: >-\n  one\n\nb: c\n", "{'a':'one','b':'c'}" },
	{ "a:\n  - b\n  - 'c'\n  - 1\n", "{'a':['b','c',1]}" },
	{ "a:\n- b\n- c\nd: e\n", "{'a':['b','c'],'d':'e'}" },
	{ "a:\n  b: c\n  d:\n    e: f\ng: h\n", "{'a':{'b':'c','d':{'e':'f'}},'g':'h'}" },
	{ "_a: b\n", "{'_a':'b'}" },
	{ "a:\n  com.example/b_c-d.9: e\n", "{'a':{'com.example/b_c-d.9':'e'}}" },
};

/* As written above: ' for ", and \' for '. */
static const char *quoted(const char *text)
{
	char *copy = arena_copy(arena, str_of(text)), *to = copy;

	for (const char *c = text; *c; c++) {
		if (*c == '\\' && c[1] == '\'')
			*to++ = *++c;
		else
			*to++ = (char)(*c == '\'' ? '"' : *c);
	}
	*to = '\0';
	return copy;
}

START_TEST(what_all_readers_agree_on_is_read)
{
	enum json_trouble trouble;
	const char *json = read_yaml(good[_i].yaml);

	ck_assert_str_eq(json, quoted(good[_i].json));
	ck_assert_ptr_nonnull(json_parse_copy(arena, str_of(json), 64, &trouble));
}
END_TEST

static const struct {
	const char *yaml, *why;
} bad[] = {
	{ "a: yes\n", "line 2: readers of YAML differ about `yes`; put it in quotes" },
	{ "a: b\nc: 2026-01-01\n", "line 3: readers of YAML differ about `2026-01-01`; put it in quotes" },
	{ "a: 010\n", "differ about `010`" },
	{ "a: 1e3\n", "differ about `1e3`" },
	{ "a: 0x1F\n", "differ about `0x1F`" },
	{ "a: 12:30\n", "differ about `12:30`" },
	{ "a: 1.\n", "differ about `1.`" },
	{ "a: 1.2.\n", "differ about `1.2.`" },
	{ "a: .5\n", "differ about `.5`" },
	{ "a: +1\n", "differ about `+1`" },
	{ "a: 1234567890123456\n", "differ about `1234567890123456`" },
	{ "a: NULL\n", "differ about `NULL`" },
	{ "a: ~\n", "differ about `~`" },
	{ "a: &b c\n", "differ about `&b c`" },
	{ "a: *b\n", "differ about `*b`" },
	{ "a: !!str b\n", "differ about `!!str b`" },
	{ "a: @b\n", "differ about `@b`" },
	{ "a: [b, c]\n", "line 2: a list is written below its name, a line `- item` each" },
	{ "a: { b: c }\n", "a line `name: value` each" },
	{ "a: b: c\n", "line 2: text with a colon in it must be in quotes" },
	{ "a: b:\n", "text with a colon" },
	{ "a: - b\n", "differ about `- b`" },
	{ "a: ? b\n", "differ about `? b`" },
	{ "a: \"gr\xc3\xbc\xc3\x9f\" @b\n", "differ about `@b`" },
	{ "a: b\n  c\n", "line 3: this belongs to nothing; text of several lines begins with >-" },
	{ "a:\n", "line 2: there is no value" },
	{ "a: # note\nb: c\n", "line 2: there is no value" },
	{ "a:\n  -\n", "line 3: an item is empty" },
	{ "a:\n  - # note\n", "an item is empty" },
	{ "a:\n  - - b\n", "differ about `- b`" },
	{ "a:\n  - b: c\n", "text with a colon" },
	{ "a:\n  - b\n    - c\n", "line 4: " },
	{ "a:\n  - b\n  c: d\n", "line 4: this belongs to nothing" },
	{ "a:\n    b: c\n  d: e\n", "line 4: this belongs to nothing" },
	{ " a: b\nc: d\n", "line 2: this belongs to nothing" },
	{ "a: b\na: c\n", "line 3: `a` is there twice" },
	{ "- a\n", "line 2: a name is needed" },
	{ "no: b\n", "a name is needed" },
	{ "1: b\n", "a name is needed" },
	{ "\"a\": b\n", "a name is needed" },
	{ "? a\n", "a name is needed" },
	{ "<<: a\n", "a name is needed" },
	{ "...\n", "a name is needed" },
	{ "a: b\n...\n", "line 3: a name is needed" },
	{ "a: b\n--- c\n", "line 3: a name is needed" },
	{ "%YAML 1.1\n", "line 2: a name is needed" },
	{ "&b a: c\n", "a name is needed" },
	{ "&b\na: c\n", "a name is needed" },
	{ "a:\n  &b\n  c: d\n", "line 3: a name is needed" },
	{ "{a: b}\n", "a name is needed" },
	{ "a b: c\n", "line 2: `a` must be followed by a colon and a blank" },
	{ "a : b\n", "`a` must be followed by a colon and a blank" },
	{ "a: b\nc\n", "line 3: `c` must be followed by a colon and a blank" },
	{ "a:\n  b\n", "line 3: `b` must be followed by a colon and a blank" },
	{ "a:b\n", "`a` must be followed by a colon and a blank" },
	{ "a\n", "`a` must be followed by a colon and a blank" },
	{ "a: \"b\n", "line 2: the closing quote is missing" },
	{ "a: 'b\n  c'\n", "line 2: the closing quote is missing" },
	{ "a: \"b\" c\n", "line 2: there is something after the closing quote" },
	{ "a: 'b'#c\n", "there is something after the closing quote" },
	{ "a: \"b\" \"c\"\n", "there is something after the closing quote" },
	{ "a:\n  - 'b' c\n", "line 3: there is something after the closing quote" },
	{ "a: 'b'c\n", "there is something after the closing quote" },
	{ "a: \"\\u00e9\"\n", "of \\ in quotes only" },
	{ "a: \"b # \\e\"\n", "of \\ in quotes only" },
	{ "a: \"b\\\n", "of \\ in quotes only" },
	{ "a: >\n  b\n", "line 2: text of several lines begins with >- (to fold it) or |-" },
	{ "a: |\n  b\n", "begins with >-" },
	{ "a: >-2\n  b\n", "begins with >-" },
	{ "a: >-\n\n  b\n", "line 3: the text must begin on the next line" },
	{ "a: >-\nb: c\n", "the text is missing" },
	{ "a: >-\n", "the text is missing" },
	{ "a: >-\n  b\n    c\n", "line 4: the lines of >- text must all begin in the same column" },
	{ "a: |-\n  b\n     \n  c\n", "line 4: a line within the text has nothing but blanks" },
	{ "a:\tb\n", "line 2: there is a tab or another control character" },
	{ "a: b\x7f\n", "control character" },
	{ "a: b\xc2\x85\n", "control character" },
	{ "a: b\xe2\x80\xa8\n", "control character" },
	{ "a: b\xef\xbb\xbf\n", "control character" },
	{ "a: \xff\n", "the file is not UTF-8" },
};

START_TEST(what_they_read_differently_is_refused_with_advice)
{
	const char *why = read_yaml(bad[_i].yaml);

	ck_assert_msg(strstr(why, bad[_i].why), "%s says: %s", bad[_i].yaml, why);
}
END_TEST

START_TEST(fences_stand_around_it)
{
	ck_assert_str_eq(read_whole(STR("---\na: b\n---")), "{\"a\":\"b\"}");
	ck_assert_str_eq(read_whole(STR("---  \r\na: b\r\n---\r\nx")), "{\"a\":\"b\"}");
	ck_assert_str_eq(read_whole(STR("---\na: b\n---\n---\nc: d\n---\n")), "{\"a\":\"b\"}");
	ck_assert_str_eq(read_whole(STR("")), "line 1: the file must begin with a line of ---");
	ck_assert_str_eq(read_whole(STR("a: b\n---\n")), "line 1: the file must begin with a line of ---");
	ck_assert_str_eq(read_whole(STR("\n---\na: b\n---\n")),
	                 "line 1: the file must begin with a line of ---");
	ck_assert_str_eq(read_whole(STR("\xef\xbb\xbf---\na: b\n---\n")),
	                 "line 1: there is a byte order mark before the ---; save it as UTF-8 without one");
	ck_assert_ptr_nonnull(strstr(read_whole(STR("---\na: b\n")), "no line of --- ends"));
	ck_assert_ptr_nonnull(strstr(read_whole(STR("---\na: b\n--- \0\n---")), "control character"));
}
END_TEST

/* `count` lines "k1: v" ... */
static const char *many(const char *format, int count)
{
	struct json text = json_begin(arena, 1024);

	for (int i = 0; i < count; i++)
		json_bytes(&text, str_of(arena_print(arena, format, i)));
	return arena_copy(arena, json_end(&text));
}

static const char *nested(int depth)
{
	struct json text = json_begin(arena, 1024);

	for (int i = 0; i < depth; i++)
		json_bytes(&text, str_of(arena_print(arena, "%*sa:%s\n", i, "", i == depth - 1 ? " b" : "")));
	return arena_copy(arena, json_end(&text));
}

START_TEST(it_is_bounded)
{
	ck_assert_int_eq(*read_yaml(many("k%d: v\n", 64)), '{');
	ck_assert_ptr_nonnull(strstr(read_yaml(many("k%d: v\n", 65)), "more than 64 values"));
	ck_assert_int_eq(*read_yaml(many("# %d\n", 1000)), '{');
	ck_assert_ptr_nonnull(strstr(read_yaml(many("# %d\n", 1001)), "longer than 1000 lines"));
	ck_assert_int_eq(*read_yaml(nested(8)), '{');
	ck_assert_ptr_nonnull(strstr(read_yaml(nested(9)), "line 10: this is nested too deep"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("frontmatter");
	TCase *tcase = tcase_create("frontmatter");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, what_all_readers_agree_on_is_read, 0, COUNT(good));
	tcase_add_loop_test(tcase, what_they_read_differently_is_refused_with_advice, 0, COUNT(bad));
	tcase_add_test(tcase, fences_stand_around_it);
	tcase_add_test(tcase, it_is_bounded);
	suite_add_tcase(suite, tcase);

	return run_suite(suite);
}
