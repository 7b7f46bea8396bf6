/* test_json_schema_words.c - what is said of values that do not fit, and of faulty schemas. */
#include "builder.h"
#include "schema_fixture.h"

/* ---- Values ---- */

static const struct { const char *schema, *value, *words; } refusals[] = {
	{ "{'properties':{'address':{'properties':{'city':{'type':'string'}}}}}",
	  "{'address':{'city':5}}", "address.city must be a string, not a number" },
	{ "{'type':'object'}", "[]", "The arguments must be an object, not an array" },
	{ "{'type':['string','null','integer']}", "1.5",
	  "The arguments must be null, a string or a whole number, not 1.5" },
	{ "{'properties':{'a':{'items':{'minimum':1}}}}", "{'a':[1,0]}",
	  "a[1] must be at least 1, not 0" },
	{ "{'properties':{'a':{'exclusiveMaximum':1}}}", "{'a':1}",
	  "a must be less than 1, not 1" },
	{ "{'properties':{'a':{'multipleOf':0.01}}}", "{'a':0.075}",
	  "a must be a multiple of 0.01, not 0.075" },
	{ "{'properties':{'a':{'required':['b']}}}", "{'a':{}}", "a.b is required" },
	{ "{'dependentRequired':{'card':['billing']}}", "{'card':1}",
	  "billing is required where card is given" },
	{ "{'properties':{'a':{'minLength':3}}}", "{'a':'xy'}",
	  "a must have at least 3 characters, not 2" },
	{ "{'properties':{'a':{'maxItems':1}}}", "{'a':[1,2]}",
	  "a must have at most 1 item, not 2" },
	{ "{'properties':{'a':{'enum':['red',3,null,{'b':1}]}}}", "{'a':'blue'}",
	  "a must be one of \"red\", 3, null, {\"b\":1}, not \"blue\"" },
	{ "{'properties':{'a':{'oneOf':[{'const':'s','title':'Small'},{'const':'l'}]}}}",
	  "{'a':'m'}", "a must be one of \"s\", \"l\", not \"m\"" },
	{ "{'properties':{'a':{'const':true}}}", "{'a':1}", "a must be true, not 1" },
	{ "{'properties':{'a':{'pattern':'^[A-Z]{3}$'}}}", "{'a':'ab'}",
	  "a must match the pattern ^[A-Z]{3}$, not \"ab\"" },
	{ "{'properties':{'a':true,'b':true},'patternProperties':{'^x-':true},"
	  "'additionalProperties':false}", "{'c':1}",
	  "Unknown argument \"c\": the arguments are a, b, what matches ^x-" },
	{ "{'properties':{'a':{'additionalProperties':false}}}", "{'a':{'b':1}}",
	  "Unknown member \"b\" in a: its members are none" },
	{ "{'items':{'unevaluatedProperties':false}}", "[{'b':1}]", "Unknown member \"b\" in [0]" },
	{ "{'prefixItems':[true],'unevaluatedItems':false}", "[1,2]", "[1] must not be given" },
	{ "{'properties':{'a':{'items':false}}}", "{'a':[1]}",
	  "a must have at most 0 items, not 1" },
	{ "{'properties':{'a':{'contains':{'const':1}}}}", "{'a':[2]}",
	  "a must have at least 1 item that fits {\"const\":1}" },
	{ "{'properties':{'a':{'uniqueItems':true}}}", "{'a':[1,2,1]}",
	  "a must not have an item twice: [0] and [2] are the same" },
	{ "{'properties':{'a':{'propertyNames':{'maxLength':2}}}}", "{'a':{'abc':1}}",
	  "The member name \"abc\" in a must have at most 2 characters, not 3" },
	{ "{'properties':{'a':{'not':{'type':'null'}}}}", "{'a':null}",
	  "a must not fit {\"type\":\"null\"}" },
	{ "{'properties':{'a':{'anyOf':[{'type':'null'},{'required':['b']}]}}}", "{'a':{}}",
	  "a must fit one of 2 forms, and fits none: (1) a must be null, not an object; (2) a.b is "
	  "required" },
	{ "{'properties':{'a':{'oneOf':[true,false,true]}}}", "{'a':1}",
	  "a must fit exactly one of 3 forms, but fits number 1 and 3" },
	{ "{'properties':{'a b':{'type':'null'}}}", "{'a b':1}",
	  "[\"a b\"] must be null, not a number" },
	{ "{'properties':{'a':{'maxLength':3}}}", "{'a':'\\u20ac\\u20ac\\u20ac\\u20ac'}",
	  "a must have at most 3 characters, not 4" },
	{ "{'const':''}", "'1234567890123456789012345678901234567890123456789012345678\\u20ac'",
	  "The arguments must be \"\", not "
	  "\"1234567890123456789012345678901234567890123456789012345678…\"" },
	{ "{}", "[{'a':1,'a':2}]", "An object in the arguments names a member twice" },

	/* Several, a line each: who called mends them in one round. */
	{ "{'properties':{'a':{'type':'string','minLength':3},'b':{'minimum':1}},'required':['c','d'],"
	  "'additionalProperties':false}", "{'a':'xy','b':0,'e':1}",
	  "c is required\nd is required\na must have at least 3 characters, not 2\nb must be at least 1, not 0\n"
	  "Unknown argument \"e\": the arguments are a, b" },
	{ "{'properties':{'a':{'items':{'properties':{'b':{'type':'null'}},'required':['c']}}}}",
	  "{'a':[{'b':1},{'b':2,'c':1}]}",
	  "a[0].c is required\na[0].b must be null, not a number\na[1].b must be null, not a number" },
	{ "{'properties':{'a':{'type':'string','minLength':1,'enum':['x']}},'allOf':[{'properties':{'a':{'type':"
	  "'string'}}}]}", "{'a':1}", "a must be a string, not a number" },
	{ "{'anyOf':[{'required':['a','b']},{'required':['c','d']}],'required':['e']}", "{}",
	  "e is required" },
	{ "{'items':{'minimum':1}}", "[0,0,0,0,0,0,0,0]",
	  "[0] must be at least 1, not 0\n[1] must be at least 1, not 0\n[2] must be at least 1, not 0\n"
	  "[3] must be at least 1, not 0\n[4] must be at least 1, not 0\n[5] must be at least 1, not 0\n"
	  "[6] must be at least 1, not 0\n[7] must be at least 1, not 0" },
	{ "{'items':{'minimum':1}}", "[0,0,0,0,0,0,0,0,0,0]",
	  "[0] must be at least 1, not 0\n[1] must be at least 1, not 0\n[2] must be at least 1, not 0\n"
	  "[3] must be at least 1, not 0\n[4] must be at least 1, not 0\n[5] must be at least 1, not 0\n"
	  "[6] must be at least 1, not 0\n[7] must be at least 1, not 0\nand more" },
	/* What is left over is told where the rest fits. */
	{ "{'properties':{'a':{'type':'null'}},'unevaluatedProperties':false}", "{'a':1,'b':1}",
	  "a must be null, not a number" },
};

START_TEST(words_name_the_place_and_what_is_allowed)
{
	ck_assert_str_eq(check(refusals[_i].schema, refusals[_i].value), refusals[_i].words);
}
END_TEST

/* ---- Schemas ---- */

static const struct { const char *schema, *why; } faulty[] = {
	{ "1", "#: a schema must be an object, true or false" },
	{ "{'properties':{'a/b':3}}",
	  "#/properties/a~1b: a schema must be an object, true or false" },
	{ "{'properties':[]}", "#: properties must be an object" },
	{ "{'allOf':{}}", "#: allOf must be an array" },
	{ "{'allOf':[]}", "#: allOf must not be empty" },
	{ "{'items':[{}]}", "#/items: a schema must be an object, true or false" },
	{ "{'$schema':'http://json-schema.org/draft-07/schema#'}",
	  "#: $schema is http://json-schema.org/draft-07/schema#, but only " DIALECT
	  " is known here" },
	{ "{'$schema':7}", "#: $schema must be a string" },
	{ "{'$ref':'https://example.com/a.json#/b'}",
	  "#: nothing here has the address https://example.com/a.json, and none is fetched" },
	{ "{'$ref':'file:///etc/passwd'}",
	  "#: nothing here has the address file:///etc/passwd, and none is fetched" },
	{ "{'$ref':'#/$defs/a'}", "#: there is no schema at #/$defs/a" },
	{ "{'$ref':'#a'}", "#: there is no schema at #a" },
	{ "{'$ref':'#/x','x':1}", "/x: a schema must be an object, true or false" },
	{ "{'$dynamicRef':'#a'}", "#: there is no schema at #a" },
	{ "{'$ref':1}", "#: $ref must be a string" },
	{ "{'$ref':'#'}", "#: it refers to itself without end" },
	{ "{'allOf':[{'not':{'$ref':'#'}}]}", "it refers to itself without end" },
	{ "{'$id':'http://a/b','$defs':{'c':{'$id':'b'}}}",
	  "another schema has the $id http://a/b" },
	{ "{'$id':'a#b'}", "#: $id must not have a fragment" },
	{ "{'$anchor':'1'}", "#: $anchor must be of letters, digits, - _ and ." },
	{ "{'$defs':{'a':{'$anchor':'x'},'b':{'$anchor':'x'}}}",
	  "#/$defs/b: another schema has the same anchor, x" },
	{ "{'$id':'http://a/b','properties':{'c':{'type':'text'}}}",
	  "http://a/b#/properties/c: type must be one or a list of null" },
	{ "{'type':[]}", "#: type must be one or a list of null" },
	{ "{'enum':1}", "#: enum must be an array" },
	{ "{'minimum':'1'}", "#: minimum must be a number" },
	{ "{'multipleOf':0}", "#: multipleOf must be a number above 0" },
	{ "{'multipleOf':-1}", "#: multipleOf must be a number above 0" },
	{ "{'minLength':-1}", "#: minLength must be a whole number, at least 0" },
	{ "{'maxItems':1.5}", "#: maxItems must be a whole number, at least 0" },
	{ "{'minContains':'1'}", "#: minContains must be a whole number, at least 0" },
	{ "{'uniqueItems':1}", "#: uniqueItems must be true or false" },
	{ "{'required':'a'}", "#: required must be a list of strings" },
	{ "{'required':[1]}", "#: required must be a list of strings" },
	{ "{'dependentRequired':{'a':1}}", "#: dependentRequired must map to lists of strings" },
	{ "{'pattern':'('}", "#: pattern is no regular expression: missing closing parenthesis" },
	{ "{'pattern':'[a'}", "#: pattern is no regular expression: a class is not closed" },
	{ "{'pattern':'\\\\Z'}", "#: pattern is no regular expression: it has a backslash before" },
	{ "{'pattern':'a++'}", "#: pattern is no regular expression: it repeats a repetition" },
	{ "{'pattern':'(?i)a'}",
	  "#: pattern is no regular expression: it has an unknown kind of group" },
	{ "{'pattern':'(*UCP)a'}", "#: pattern is no regular expression: it repeats nothing" },
	{ "{'pattern':'\\\\ud800'}", "#: pattern is no regular expression: \\u gives half" },
	{ "{'pattern':'\\\\u12'}", "#: pattern is no regular expression: \\u must be followed" },
	{ "{'pattern':'\\\\p{Nonsense}'}",
	  "#: pattern is no regular expression: unknown property" },
	{ "{'pattern':'\\\\1'}", "#: pattern is no regular expression: reference to non-existent" },
	{ "{'patternProperties':{'(':{}}}", "#: patternProperties: ( is no pattern: missing" },
	{ "{'properties':{'a':{'type':'null','type':'string'}}}",
	  "#/properties/a: no keyword may be given twice" },
};

START_TEST(faulty_schemas_are_refused_in_words)
{
	const char *why = NULL;

	ck_assert_msg(!json_schema_compile(arena, parse(faulty[_i].schema), &why), "took %s",
	              faulty[_i].schema);
	ck_assert_msg(why && strstr(why, faulty[_i].why), "%s: %s, not %s", faulty[_i].schema, why,
	              faulty[_i].why);
}
END_TEST

START_TEST(one_compiled_schema_checks_any_number_of_values)
{
	struct json_schema *schema = compile("{'required':['a'],'unevaluatedProperties':false,"
	                                     "'properties':{'a':{'pattern':'^x'}}}");

	for (int i = 0; i < 3; i++) {
		ck_assert(!json_schema_check(schema, parse("{'a':'xy'}"), arena));
		ck_assert_str_eq(json_schema_check(schema, parse("{}"), arena), "a is required");
		ck_assert_str_eq(json_schema_check(schema, parse("{'a':'x','b':1}"), arena),
		                 "Unknown argument \"b\"");
	}
}
END_TEST

#define ALIKE 3000
#define NAME 70                         /* longer than what is quoted of one */

/* Members whose names differ where they are no longer told, as deep as places are: none is told after the first, and their
 * words are not made for ever. */
START_TEST(what_reads_alike_is_bounded_too)
{
	struct builder text = builder_begin(arena, ALIKE * (NAME + 8));
	struct json_schema *schema = compile("{'type':'object','additionalProperties':{'$ref':'#'}}");

	for (int i = 0; i < 30; i++)
		builder_put(&text, str_of(arena_print(arena, "{'%060d':", 0)));
	for (int i = 0; i < ALIKE; i++)
		builder_put(&text, str_of(arena_print(arena, "%s'%064d%06d':1", i ? "," : "{", 0, i)));
	for (int i = 0; i <= 30; i++)
		builder_put(&text, STR("}"));
	yyjson_val *value = parse(builder_end(&text));
	size_t before = arena_size(arena);
	const char *words = json_schema_check(schema, value, arena);
	ck_assert_ptr_nonnull(strstr(words, " must be an object, not a number\nand more"));
	ck_assert_uint_lt(arena_size(arena) - before, 4 << 20);
}
END_TEST

/* What a program answers is its customers': the log has the place alone. */
static const struct { const char *schema, *value, *words; } own[] = {
	{ "{'properties':{'a':{'enum':['red']}}}", "{'a':'secret'}", "a must be one of \"red\", not a string" },
	{ "{'properties':{'a':{'items':{'minimum':1}}}}", "{'a':[1,-77]}", "a[1] must be at least 1, not a number" },
	{ "{'properties':{'a':{'oneOf':[{'const':'s'},{'const':'l'}]}}}", "{'a':'secret'}",
	  "a must be one of \"s\", \"l\", not a string" },
	{ "{'properties':{'a':{'const':true}}}", "{'a':'secret'}", "a must be true, not a string" },
	{ "{'properties':{'a':{'pattern':'^[A-Z]{3}$'}}}", "{'a':'secret'}", "a must match the pattern ^[A-Z]{3}$, not a string" },
	{ "{'type':['string','integer']}", "77.5", "the answer must be a string or a whole number, not a number" },
	{ "{'properties':{'a':true},'additionalProperties':false}", "{'b':1}",
	  "Unknown member \"b\" in the answer: its members are a" },
	{ "{'unevaluatedProperties':false}", "{'b':1}", "Unknown member \"b\" in the answer" },
	{ "{'required':['a']}", "{'a':'secret'}", NULL },
};

START_TEST(words_for_a_log_have_no_value)
{
	ck_assert_pstr_eq(json_schema_check_own(compile(own[_i].schema), parse(own[_i].value), arena), own[_i].words);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("words");

	tcase_add_loop_test(tests, words_name_the_place_and_what_is_allowed, 0, COUNT(refusals));
	tcase_add_loop_test(tests, words_for_a_log_have_no_value, 0, COUNT(own));
	tcase_add_loop_test(tests, faulty_schemas_are_refused_in_words, 0, COUNT(faulty));
	tcase_add_test(tests, one_compiled_schema_checks_any_number_of_values);
	tcase_add_test(tests, what_reads_alike_is_bounded_too);
	return run_all("json schema words", tests);
}
