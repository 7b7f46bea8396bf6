/* test_json_schema.c - JSON Schema 2020-12: every keyword, patterns, and formats. */
#include "schema_fixture.h"

/* ---- Keywords: what fits, and what does not ---- */

#define VOCABULARY "https://json-schema.org/draft/2020-12/meta/"

#define TREE "{'$id':'https://example.com/strict','$dynamicAnchor':'node','$ref':'tree'," \
	"'unevaluatedProperties':false,'$defs':{'tree':{'$id':'tree','$dynamicAnchor':'node'," \
	"'type':'object','properties':{'data':true,'children':{'type':'array','items':" \
	"{'$dynamicRef':'#node'}}}}}}"

#define LIST_OF(item) "{'$id':'https://example.com/list','$ref':'base','$defs':{'item':" item \
	",'base':{'$id':'base','items':{'$dynamicRef':'#item'},'$defs':{" \
	"'any':{'$dynamicAnchor':'item'}}}}}"

static const struct { const char *schema, *fits, *does_not; } keywords[] = {
	/* Core */
	{ "true", "[1]", NULL },
	{ "false", NULL, "[1]" },
	{ "{}", "null", NULL },
	{ "{'$schema':'" DIALECT "','type':'null'}", "null", "0" },
	{ "{'$schema':'" DIALECT "#','type':'null'}", "null", "0" },
	{ "{'$comment':'no','title':1,'unheard':{'type':'null'}}", "5", NULL },
	{ "{'$ref':'#/$defs/a','$defs':{'a':{'type':'null'}}}", "null", "1" },
	{ "{'$ref':'#/$defs/a~1b~0%25%22','$defs':{'a/b~%\\'':{'type':'null'}}}", "null", "1" },
	{ "{'$ref':'#/$defs//x','$defs':{'':{'x':{'type':'null'}}}}", "null", "1" },
	{ "{'$ref':'#/allOf/1','allOf':[true,{'type':'null'}]}", "null", "1" },
	{ "{'$ref':'#/kept/0/here','kept':[{'here':{'type':'null'}}]}", "null", "1" },
	{ "{'$ref':'#a','$defs':{'x':{'$anchor':'a','type':'null'}}}", "null", "1" },
	{ "{'$ref':'#a','$defs':{'x':{'$dynamicAnchor':'a','type':'null'}}}", "null", "1" },
	{ "{'$ref':'#/definitions/a','definitions':{'a':{'type':'null'}}}", "null", "1" },
	{ "{'$ref':'#/$defs/a','maximum':5,'$defs':{'a':{'minimum':3}}}", "4", "6" },
	{ "{'$ref':'#/$defs/a','maximum':5,'$defs':{'a':{'minimum':3}}}", "4", "2" },
	{ "{'properties':{'$ref':{'type':'string'}}}", "{'$ref':'a'}", "{'$ref':2}" },
	{ "{'$id':'http://a.b/c/d?q','$ref':'../e#x','$defs':{'e':{'$id':'/e','$defs':{'x':"
	  "{'$anchor':'x','type':'null'}}}}}", "null", "1" },
	{ "{'$id':'urn:a:b','$ref':'urn:a:c#/$defs/x','$defs':{'c':{'$id':'urn:a:c','$defs':{'x':"
	  "{'type':'null'}}}}}", "null", "1" },
	{ "{'$ref':'other','$defs':{'o':{'$id':'other','$ref':'#/$defs/x','$defs':{'x':{'type':"
	  "'null'}}}}}", "null", "1" },
	{ "{'$id':'http://a.b','$ref':'c','$defs':{'x':{'$id':'http://a.b/c','type':'null'}}}",
	  "null", "1" },
	{ "{'$id':'http://a/b?q','$ref':'#/$defs/x','$defs':{'x':{'type':'null'}}}", "null", "1" },
	{ "{'$ref':'#/$defs/a/kept','$defs':{'a':{'$id':'http://a/a','kept':{'$ref':'#/$defs/n'},"
	  "'$defs':{'n':{'type':'null'}}}}}", "null", "1" },
	{ "{'$schema':'" VOCABULARY "validation','type':'null','items':false}", "null", "1" },
	{ "{'$schema':'" VOCABULARY "validation','minItems':1,'items':false}", "[1]", "[]" },
	{ "{'$schema':'" VOCABULARY "applicator','allOf':[{'$id':'x','type':'null'}]}", "1", NULL },
	{ "{'$ref':'" DIALECT "'}", "{'minLength':1}", "{'minLength':-1}" },
	{ "{'$ref':'" DIALECT "'}", "{'$defs':{'a':true}}", "{'$defs':{'a':{'type':1}}}" },
	{ "{'properties':{'next':{'$ref':'#'}},'required':['v']}", "{'v':1,'next':{'v':2}}",
	  "{'v':1,'next':{}}" },
	{ TREE, "{'children':[{'data':1}]}", "{'children':[{'daat':1}]}" },
	{ LIST_OF("{'$dynamicAnchor':'item','type':'string'}"), "['a']", "[1]" },
	{ LIST_OF("{'$anchor':'item','type':'string'}"), "[1]", NULL },
	{ "{'const':{'$id':'a'},'$defs':{'a':{'$id':'a'}}}", "{'$id':'a'}", "{}" },

	/* Any type */
	{ "{'type':'null'}", "null", "false" },
	{ "{'type':'boolean'}", "false", "0" },
	{ "{'type':'object'}", "{}", "[]" },
	{ "{'type':'array'}", "[]", "{}" },
	{ "{'type':'string'}", "''", "null" },
	{ "{'type':'number'}", "1.5", "'1'" },
	{ "{'type':'number'}", "123456789012345678901234567890", "true" },
	{ "{'type':'integer'}", "-3", "1.5" },
	{ "{'type':'integer'}", "1.0", "1.0000001" },
	{ "{'type':'integer'}", "1e300", "1e-1" },
	{ "{'type':'integer'}", "123456789012345678901234567890", "'1'" },
	{ "{'type':'integer'}", "1.5e400", "null" },
	{ "{'type':['string','null']}", "null", "1" },
	{ "{'type':['integer','number']}", "1.5", "''" },
	{ "{'enum':[1,'a',null,[2],{'b':3}]}", "[2.0]", "[3]" },
	{ "{'enum':[1,'a',null,[2],{'b':3}]}", "{'b':3}", "{'b':3,'c':4}" },
	{ "{'enum':[0]}", "-0", "false" },
	{ "{'enum':[0]}", "0.0", "'0'" },
	{ "{'enum':['a\\u0000b']}", "'a\\u0000b'", "'a'" },
	{ "{'enum':[]}", NULL, "1" },
	{ "{'const':{'a':1,'b':[true]}}", "{'b':[true],'a':1.0}", "{'b':[1],'a':1}" },
	{ "{'const':null}", "null", "0" },
	{ "{'const':9007199254740993}", "9007199254740993", "9007199254740992" },
	{ "{'const':18446744073709551615}", "18446744073709551615", "18446744073709551614" },
	{ "{'const':100000000000000000000}", "1e20", "100000000000000000001" },
	{ "{'const':-0.0}", "0", "1e-300" },

	/* Numbers */
	{ "{'minimum':1.1}", "1.1", "1.09999" },
	{ "{'minimum':-2}", "-2.0", "-2.0001" },
	{ "{'minimum':9007199254740993}", "9007199254740993", "9007199254740992.0" },
	{ "{'minimum':-18446744073709551616}", "-18446744073709551616", "-18446744073709551617" },
	{ "{'minimum':1}", "'none'", "-1e999" },
	{ "{'maximum':3.0}", "3", "3.5" },
	{ "{'maximum':1e400}", "9.9e399", "1.1e400" },
	{ "{'maximum':18446744073709551616}", "18446744073709551615", "18446744073709551617" },
	{ "{'exclusiveMinimum':0}", "0.0000001", "0" },
	{ "{'exclusiveMinimum':0}", "1e-300", "-0.0" },
	{ "{'exclusiveMaximum':3}", "2.9999999", "3.0" },
	{ "{'exclusiveMaximum':-5}", "-6", "-4" },
	{ "{'multipleOf':2}", "-10", "7" },
	{ "{'multipleOf':1.5}", "4.5", "35" },
	{ "{'multipleOf':0.01}", "0.07", "0.075" },
	{ "{'multipleOf':0.01}", "19.99", "19.999" },
	{ "{'multipleOf':0.0001}", "0.0075", "0.00751" },
	{ "{'multipleOf':0.5}", "1e308", "1e-300" },
	{ "{'multipleOf':0.123456789}", "0", "1e308" },
	{ "{'multipleOf':7}", "1000000000000000000000000000006",
	  "1000000000000000000000000000000" },
	{ "{'multipleOf':1e3}", "5e3", "5.5e2" },
	{ "{'multipleOf':18446744073709551615}", "36893488147419103230", "36893488147419103231" },

	/* Strings */
	{ "{'minLength':2}", "'ab'", "'a'" },
	{ "{'minLength':2}", "100", "'\\ud83d\\udca9'" },
	{ "{'minLength':2.0}", "'ab'", "'a'" },
	{ "{'maxLength':2}", "'\\ud83d\\udca9\\ud83d\\udca9'", "'abc'" },
	{ "{'maxLength':1e50}", "'abc'", NULL },
	{ "{'pattern':'^a*$'}", "'aaa'", "'ab'" },
	{ "{'pattern':'b'}", "'abc'", "'ac'" },
	{ "{'pattern':'b'}", "12", "''" },
	{ "{'format':'email'}", "'no mail'", NULL },
	{ "{'contentEncoding':'base64','contentMediaType':'application/json'}", "'{'", NULL },

	/* Arrays */
	{ "{'prefixItems':[{'type':'null'},{'type':'string'}]}", "[null]", "[null,1]" },
	{ "{'prefixItems':[{'type':'null'}]}", "[null,1]", "[1]" },
	{ "{'items':{'type':'null'}}", "[null,null]", "[null,1]" },
	{ "{'items':{'type':'null'}}", "{'0':1}", "[1]" },
	{ "{'items':false}", "[]", "[1]" },
	{ "{'prefixItems':[true],'items':false}", "[1]", "[1,2]" },
	{ "{'prefixItems':[true],'items':{'type':'null'}}", "[1,null]", "[1,2]" },
	{ "{'minItems':1}", "[1]", "[]" },
	{ "{'maxItems':1}", "[1]", "[1,2]" },
	{ "{'uniqueItems':true}", "[1,2,true,false,'1',[1],{'a':1}]", "[1,2,1.0]" },
	{ "{'uniqueItems':true}", "[{'a':1},{'a':2}]", "[{'a':1,'b':2},{'b':2,'a':1}]" },
	{ "{'uniqueItems':true}", "[0,false,'',null,[],{}]", "[[['a']],[['a']]]" },
	{ "{'uniqueItems':true}", "[100000000000000000001,1e20]", "[100000000000000000000,1e20]" },
	{ "{'uniqueItems':false}", "[1,1]", NULL },
	{ "{'contains':{'minimum':5}}", "[3,5]", "[3,4]" },
	{ "{'contains':true}", "[1]", "[]" },
	{ "{'contains':{'const':1},'minContains':2}", "[1,2,1]", "[1,2]" },
	{ "{'contains':{'const':1},'minContains':0}", "[]", NULL },
	{ "{'contains':{'const':1},'maxContains':1}", "[2,1]", "[1,1]" },
	{ "{'contains':{'const':1},'minContains':0,'maxContains':1}", "[]", "[1,1]" },
	{ "{'minContains':3}", "[]", NULL },

	/* Objects */
	{ "{'properties':{'a':{'type':'null'}}}", "{'b':1}", "{'a':1}" },
	{ "{'properties':{'a':{'type':'null'}}}", "[1]", "{'b':0,'a':1}" },
	{ "{'properties':{'a':false}}", "{'b':1}", "{'a':1}" },
	{ "{'properties':{'a\\u0000':{'type':'null'}}}", "{'a':1}", "{'a\\u0000':1}" },
	{ "{'patternProperties':{'^f':{'type':'null'}}}", "{'of':1,'fo':null}", "{'fo':1}" },
	{ "{'patternProperties':{'a':{'minimum':2},'b':{'maximum':4}}}", "{'ab':3}", "{'ab':5}" },
	{ "{'properties':{'a':true},'additionalProperties':false}", "{'a':1}", "{'b':1}" },
	{ "{'patternProperties':{'^x':true},'additionalProperties':false}", "{'xy':1}", "{'y':1}" },
	{ "{'additionalProperties':{'type':'null'}}", "{'a':null}", "{'a':1}" },
	{ "{'allOf':[{'properties':{'a':true}}],'additionalProperties':false}", "{}", "{'a':1}" },
	{ "{'propertyNames':{'maxLength':2}}", "{'ab':1}", "{'abc':1}" },
	{ "{'propertyNames':false}", "{}", "{'a':1}" },
	{ "{'required':['a']}", "{'a':null}", "{'b':1}" },
	{ "{'required':['a']}", "[]", "{}" },
	{ "{'dependentRequired':{'a':['b','c']}}", "{'b':1}", "{'a':1,'b':1}" },
	{ "{'dependentRequired':{'a':['b']}}", "{'a':1,'b':1}", "{'a':1}" },
	{ "{'dependentSchemas':{'a':{'minProperties':2}}}", "{'b':1}", "{'a':1}" },
	{ "{'minProperties':1}", "{'a':1}", "{}" },
	{ "{'maxProperties':1}", "{'a':1}", "{'a':1,'b':1}" },

	/* Schemas on schemas */
	{ "{'allOf':[{'minimum':2},{'maximum':4}]}", "3", "5" },
	{ "{'anyOf':[{'type':'string'},{'minimum':2}]}", "''", "1" },
	{ "{'oneOf':[{'multipleOf':3},{'multipleOf':5}]}", "9", "15" },
	{ "{'oneOf':[{'multipleOf':3},{'multipleOf':5}]}", "10", "7" },
	{ "{'not':{'type':'string'}}", "1", "''" },
	{ "{'not':{'not':{'type':'null'}}}", "null", "1" },
	{ "{'if':{'minimum':10},'then':{'multipleOf':2},'else':{'const':1}}", "12", "13" },
	{ "{'if':{'minimum':10},'then':{'multipleOf':2},'else':{'const':1}}", "1", "2" },
	{ "{'if':{'minimum':10},'else':{'const':1}}", "11", "2" },
	{ "{'then':false,'else':false}", "1", NULL },

	/* What is left over */
	{ "{'properties':{'a':true},'unevaluatedProperties':false}", "{'a':1}", "{'b':1}" },
	{ "{'allOf':[{'properties':{'a':true}}],'unevaluatedProperties':false}", "{'a':1}",
	  "{'a':1,'b':2}" },
	{ "{'anyOf':[{'properties':{'a':{'const':1}}},{'properties':{'b':{'const':2}}}],"
	  "'unevaluatedProperties':false}", "{'a':1,'b':2}", "{'a':0,'b':2}" },
	{ "{'oneOf':[{'required':['a'],'properties':{'a':true}},{'required':['b'],'properties':"
	  "{'b':true}}],'unevaluatedProperties':false}", "{'b':1}", "{'b':1,'c':1}" },
	{ "{'not':{'not':{'properties':{'a':true}}},'unevaluatedProperties':false}", "{}",
	  "{'a':1}" },
	{ "{'if':{'required':['a'],'properties':{'a':true}},'then':{'properties':{'b':true}},"
	  "'unevaluatedProperties':false}", "{'a':1,'b':1}", "{'b':1}" },
	{ "{'dependentSchemas':{'a':{'properties':{'a':true,'b':true}}},'unevaluatedProperties':"
	  "false}", "{'a':1,'b':1}", "{'b':1}" },
	{ "{'$ref':'#/$defs/x','unevaluatedProperties':false,'$defs':{'x':{'properties':{'a':"
	  "true}}}}", "{'a':1}", "{'b':1}" },
	{ "{'allOf':[{'properties':{'a':true}},{'unevaluatedProperties':false}]}", "{}",
	  "{'a':1}" },
	{ "{'allOf':[{'unevaluatedProperties':true}],'unevaluatedProperties':false}", "{'a':1}",
	  NULL },
	{ "{'properties':{'a':{'properties':{'b':true}}},'unevaluatedProperties':false}",
	  "{'a':{'b':1}}", "{'b':1,'a':{'b':1}}" },
	{ "{'properties':{'a':{'unevaluatedProperties':true}},'unevaluatedProperties':false}",
	  "{'a':{'b':1}}", "{'a':{},'b':1}" },
	{ "{'anyOf':[{'allOf':[{'properties':{'a':true}},false]},true],"
	  "'unevaluatedProperties':false}", "{}", "{'a':1}" },
	{ "{'if':{'properties':{'a':{'const':1}}},'unevaluatedProperties':false}", "{'a':1}",
	  "{'a':2}" },
	{ "{'allOf':[{'unevaluatedItems':false}],'unevaluatedProperties':false}", "{}", "{'a':1}" },
	{ "{'unevaluatedProperties':{'type':'null'}}", "{'a':null}", "{'a':1}" },
	{ "{'patternProperties':{'^x':true},'unevaluatedProperties':false}", "{'x':1}", "{'y':1}" },
	{ "{'prefixItems':[true],'unevaluatedItems':false}", "[1]", "[1,2]" },
	{ "{'items':true,'unevaluatedItems':false}", "[1,2]", NULL },
	{ "{'contains':{'const':1},'unevaluatedItems':{'const':2}}", "[1,2,1]", "[1,3,1]" },
	{ "{'allOf':[{'prefixItems':[true,true]}],'prefixItems':[true],'unevaluatedItems':false}",
	  "[1,2]", "[1,2,3]" },
	{ "{'anyOf':[{'prefixItems':[{'const':1}]},true],'unevaluatedItems':false}", "[1]", "[2]" },
	{ "{'items':{},'unevaluatedProperties':false}", "{}", "{'a':1}" },
	{ "{'allOf':[{'unevaluatedProperties':false}],'unevaluatedItems':false}", "[]", "[1]" },
};

START_TEST(keywords_take_what_fits_and_no_more)
{
	const char *schema = keywords[_i].schema, *fits = keywords[_i].fits;
	const char *does_not = keywords[_i].does_not;
	const char *words = fits ? check(schema, fits) : NULL;

	ck_assert_msg(!words, "%s: %s: %s", schema, fits, words);
	ck_assert_msg(!does_not || check(schema, does_not), "%s took %s", schema, does_not);
}
END_TEST

/* ---- Patterns ---- */

static const struct { const char *pattern, *matches, *does_not; } patterns[] = {
	{ "^abc$", "abc", "abc\\n" },
	{ "^\\\\d\\\\D$", "1a", "\\u0967a" },
	{ "^\\\\w\\\\W$", "a\\u00e9", "\\u00e9a" },
	{ "^\\\\s$", "\\u00a0", "\\u0001" },
	{ "^\\\\s+$", "\\t\\n\\u000b\\f\\r\\u2003\\u2028\\ufeff", "\\u0085" },
	{ "^\\\\S$", "a", "\\u2029" },
	{ "^[\\\\s-]+$", " -\\u3000", "x" },
	{ "^[^\\\\S]$", "\\ufeff", "a" },
	{ "^[\\\\S]$", "\\u0085", "\\u00a0" },
	{ "^[\\\\w-z]+$", "a-_", "." },
	{ "^.$", "\\ud83d\\ude00", "\\n" },
	{ "^.$", "\\u0085", "\\u2028" },
	{ "^\\\\u00e9\\\\xe9$", "\\u00e9\\u00e9", "ee" },
	{ "^\\\\ud83d\\\\ude00$", "\\ud83d\\ude00", "\\ud83d\\ude01" },
	{ "^\\\\u{1f600}$", "\\ud83d\\ude00", "u" },
	{ "^[\\\\u{1f600}-\\\\u{1f64f}]$", "\\ud83d\\ude01", "a" },
	{ "^\\\\cC\\\\cz$", "\\u0003\\u001a", "CZ" },
	{ "^\\\\v\\\\0$", "\\u000b\\u0000", "\\n0" },
	{ "^\\\\/\\\\.\\\\-$", "/.-", "/a-" },
	{ "^\\\\p{Letter}\\\\p{Lu}\\\\p{L}$", "\\u00e9A\\u00e9", "1Aa" },
	{ "^\\\\p{Script=Greek}\\\\P{gc=Decimal_Number}$", "\\u03b1a", "a1" },
	{ "^[\\\\p{digit}x]+$", "\\u0967x1", "y" },
	{ "^\\\\p{ASCII}+$", "abc", "\\u00e9" },
	{ "^(a)|(b)\\\\1$", "b", "c" },
	{ "^(?<x>a|b)\\\\k<x>$", "bb", "ab" },
	{ "^(?:ab)+(?=c)(?!d)", "ababc", "ab" },
	{ "(?<=a)b(?<!c)", "ab", "b" },
	{ "^a{2,3}$", "aa", "aaaa" },
	{ "^a{,3}$", "a{,3}", "aa" },
	{ "^x{a}]$", "x{a}]", "xa" },
	{ "^a+?$", "aa", "b" },
	{ "^[[:alpha:]]$", ":]", "b" },
	{ "^[^]$", "\\n", "" },
	{ "^[\\\\b]$", "\\b", "b" },
	{ "\\\\bfoo\\\\b", "a foo b", "food" },
	{ "^[a-z0-9.!#$%&\\u0027*+/=?^_`{|}~-]+$", "a.b~", "a b" },
};

START_TEST(patterns_are_those_of_ecmascript)
{
	const char *schema = arena_print(arena, "{'pattern':'%s'}", patterns[_i].pattern);
	const char *fits = arena_print(arena, "'%s'", patterns[_i].matches);
	const char *does_not = arena_print(arena, "'%s'", patterns[_i].does_not);

	ck_assert_msg(!check(schema, fits), "%s refused %s", schema, fits);
	ck_assert_msg(check(schema, does_not) != NULL, "%s took %s", schema, does_not);
}
END_TEST

START_TEST(the_empty_class_matches_nothing)
{
	ck_assert_ptr_nonnull(check("{'pattern':'[]'}", "''"));
	ck_assert_ptr_nonnull(check("{'pattern':'[]'}", "'a'"));
}
END_TEST

/* ---- Formats ---- */

static const struct { const char *format, *good, *bad; } formats[] = {
	{ "email", "joe.bloggs@example.com", "2962" },
	{ "email", "te~st@example.com", ".test@example.com" },
	{ "email", "\"joe bloggs\"@example.com", "joe bloggs@example.com" },
	{ "email", "joe@[127.0.0.1]", "joe@[127.0.0.300]" },
	{ "email", "joe@[IPv6:::1]", "te..st@example.com" },
	{ "email", "a@b", "joe@-example.com" },
	{ "uri", "http://foo.bar/?baz=qux#quux", "//foo.bar/?baz=qux#quux" },
	{ "uri", "urn:oasis:names:a:1.0", "bar,baz:foo" },
	{ "uri", "ldap://[2001:db8::7]/c=GB?x", "http://[:::1]/" },
	{ "uri", "mailto:John.Doe@example.com", "\\\\WINDOWS\\file" },
	{ "uri", "http://user:pa%20ss@a.b:80/", "http://a.b/%2" },
	{ "uri", "http://a.b/~c;d=e", "http:// a.b" },
	{ "uri-reference", "/abc#frag", "\\\\WINDOWS\\file" },
	{ "uri-reference", "", "#fr ag" },
	{ "date", "2024-02-29", "2023-02-29" },
	{ "date", "1963-06-19", "06/19/1963" },
	{ "date", "2000-02-29", "1900-02-29" },
	{ "date", "2020-12-31", "2020-13-01" },
	{ "date", "2020-04-30", "2020-04-31" },
	{ "time", "08:30:06Z", "08:30:06" },
	{ "time", "23:59:60Z", "22:59:60Z" },
	{ "time", "01:29:60+01:30", "23:59:60+01:30" },
	{ "time", "08:30:06.283185-08:00", "08:30:06-8:00" },
	{ "time", "00:00:00z", "24:00:00Z" },
	{ "date-time", "1963-06-19T08:30:06.283185Z", "1963-06-19 08:30:06Z" },
	{ "date-time", "1990-12-31t15:59:60-08:00", "1998-12-31T23:58:60Z" },
	{ "date-time", "2020-01-01T00:00:00Z", "2013-350T01:01:01" },
	{ "uuid", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638" },
	{ "uuid", "00000000-0000-0000-0000-000000000000", "2eb8aa08aa9811eab4aa73b441d16380" },
	{ "ipv4", "192.168.0.1", "256.256.256.256" },
	{ "ipv4", "0.0.0.0", "192.168.01.1" },
	{ "ipv6", "::abef", "12345::" },
	{ "ipv6", "::ffff:192.168.0.1", "fe80::a%eth1" },
	{ "hostname", "www.example.com", "-a-host-name-that-starts-with--" },
	{ "hostname", "xn--4gbwdl.xn--wgbh1c", "not_a_valid_host_name" },
	{ "hostname", "a", "a..b" },
	{ "hostname", "1host", "example." },
	{ "colour", "anything", NULL },
};

START_TEST(formats_are_asserted)
{
	const char *format = formats[_i].format, *bad = formats[_i].bad;

	ck_assert_msg(json_format_ok(format, str_of(formats[_i].good)), "%s refused %s", format,
	              formats[_i].good);
	ck_assert_msg(!bad || !json_format_ok(format, str_of(bad)), "%s took %s", format, bad);
}
END_TEST

START_TEST(neither_nothing_nor_a_nul_is_of_a_format)
{
	static const struct { const char *format, *text; size_t size; } texts[] = {
		{ "email", "a\0b@c.d", 7 }, { "email", "\"a\0b\"@c.d", 9 }, { "uri", "a:\0b", 4 },
		{ "ipv4", "1.2.3.4\0", 8 }, { "ipv6", "::1\0", 4 }, { "hostname", "a\0b", 3 },
		{ "date", "2020-01-01\0", 11 }, { "uuid", "", 0 }, { "hostname", "", 0 },
		{ "email", "", 0 }, { "time", "", 0 },
	};

	for (int i = 0; i < COUNT(texts); i++) {
		str text = { texts[i].text, texts[i].size };
		ck_assert_msg(!json_format_ok(texts[i].format, text), "%s took %s", texts[i].format,
		              texts[i].text);
	}
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("keywords");

	tcase_add_loop_test(tests, keywords_take_what_fits_and_no_more, 0, COUNT(keywords));
	tcase_add_loop_test(tests, patterns_are_those_of_ecmascript, 0, COUNT(patterns));
	tcase_add_test(tests, the_empty_class_matches_nothing);
	tcase_add_loop_test(tests, formats_are_asserted, 0, COUNT(formats));
	tcase_add_test(tests, neither_nothing_nor_a_nul_is_of_a_format);
	return run_all("json schema", tests);
}
