/* test_json_schema.c - JSON Schema 2020-12: every keyword, bounds, words, and formats. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "json_schema.h"

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

static yyjson_val *parse(const char *text)
{
	enum json_trouble trouble;
	yyjson_val *value = json_parse_copy(arena, str_of(text), 2000, &trouble);

	ck_assert_msg(value != NULL, "no JSON (%d): %s", (int)trouble, text);
	return value;
}

static struct json_schema *compile(const char *text)
{
	const char *why = "(no words)";
	struct json_schema *schema = json_schema_compile(arena, parse(text), &why);

	ck_assert_msg(schema != NULL, "%s: %s", text, why);
	return schema;
}

static const char *check(const char *schema, const char *value)
{
	return json_schema_check(compile(schema), parse(value), arena);
}

/* ---- Keywords: what fits, and what does not ---- */

#define DIALECT "https://json-schema.org/draft/2020-12/schema"

#define TREE "{\"$id\":\"https://example.com/strict\",\"$dynamicAnchor\":\"node\",\"$ref\":\"tree\"," \
	"\"unevaluatedProperties\":false,\"$defs\":{\"tree\":{\"$id\":\"tree\"," \
	"\"$dynamicAnchor\":\"node\",\"type\":\"object\",\"properties\":{\"data\":true," \
	"\"children\":{\"type\":\"array\",\"items\":{\"$dynamicRef\":\"#node\"}}}}}}"

#define LIST_OF(item) "{\"$id\":\"https://example.com/list\",\"$ref\":\"base\",\"$defs\":{\"item\":" item \
	",\"base\":{\"$id\":\"base\",\"items\":{\"$dynamicRef\":\"#item\"},\"$defs\":{" \
	"\"any\":{\"$dynamicAnchor\":\"item\"}}}}}"

static const struct { const char *schema, *fits, *does_not; } keywords[] = {
	/* Core */
	{ "true", "[1]", NULL },
	{ "false", NULL, "[1]" },
	{ "{}", "null", NULL },
	{ "{\"$schema\":\"" DIALECT "\",\"type\":\"null\"}", "null", "0" },
	{ "{\"$schema\":\"" DIALECT "#\",\"type\":\"null\"}", "null", "0" },
	{ "{\"$comment\":\"no\",\"title\":1,\"unheard\":{\"type\":\"null\"}}", "5", NULL },
	{ "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"type\":\"null\"}}}", "null", "1" },
	{ "{\"$ref\":\"#/$defs/a~1b~0%25%22\",\"$defs\":{\"a/b~%\\\"\":{\"type\":\"null\"}}}", "null", "1" },
	{ "{\"$ref\":\"#/$defs//x\",\"$defs\":{\"\":{\"x\":{\"type\":\"null\"}}}}", "null", "1" },
	{ "{\"$ref\":\"#/allOf/1\",\"allOf\":[true,{\"type\":\"null\"}]}", "null", "1" },
	{ "{\"$ref\":\"#/kept/0/here\",\"kept\":[{\"here\":{\"type\":\"null\"}}]}", "null", "1" },
	{ "{\"$ref\":\"#a\",\"$defs\":{\"x\":{\"$anchor\":\"a\",\"type\":\"null\"}}}", "null", "1" },
	{ "{\"$ref\":\"#a\",\"$defs\":{\"x\":{\"$dynamicAnchor\":\"a\",\"type\":\"null\"}}}", "null", "1" },
	{ "{\"$ref\":\"#/definitions/a\",\"definitions\":{\"a\":{\"type\":\"null\"}}}", "null", "1" },
	{ "{\"$ref\":\"#/$defs/a\",\"maximum\":5,\"$defs\":{\"a\":{\"minimum\":3}}}", "4", "6" },
	{ "{\"$ref\":\"#/$defs/a\",\"maximum\":5,\"$defs\":{\"a\":{\"minimum\":3}}}", "4", "2" },
	{ "{\"properties\":{\"$ref\":{\"type\":\"string\"}}}", "{\"$ref\":\"a\"}", "{\"$ref\":2}" },
	{ "{\"$id\":\"http://a.b/c/d?q\",\"$ref\":\"../e#x\",\"$defs\":{\"e\":{\"$id\":\"/e\",\"$defs\":"
	  "{\"x\":{\"$anchor\":\"x\",\"type\":\"null\"}}}}}", "null", "1" },
	{ "{\"$id\":\"urn:a:b\",\"$ref\":\"urn:a:c#/$defs/x\",\"$defs\":{\"c\":{\"$id\":\"urn:a:c\","
	  "\"$defs\":{\"x\":{\"type\":\"null\"}}}}}", "null", "1" },
	{ "{\"$ref\":\"other\",\"$defs\":{\"o\":{\"$id\":\"other\",\"$ref\":\"#/$defs/x\",\"$defs\":"
	  "{\"x\":{\"type\":\"null\"}}}}}", "null", "1" },
	{ "{\"$ref\":\"" DIALECT "\"}", "{\"minLength\":1}", "{\"minLength\":-1}" },
	{ "{\"$ref\":\"" DIALECT "\"}", "{\"$defs\":{\"a\":true}}", "{\"$defs\":{\"a\":{\"type\":1}}}" },
	{ "{\"properties\":{\"next\":{\"$ref\":\"#\"}},\"required\":[\"v\"]}",
	  "{\"v\":1,\"next\":{\"v\":2}}", "{\"v\":1,\"next\":{}}" },
	{ TREE, "{\"children\":[{\"data\":1}]}", "{\"children\":[{\"daat\":1}]}" },
	{ LIST_OF("{\"$dynamicAnchor\":\"item\",\"type\":\"string\"}"), "[\"a\"]", "[1]" },
	{ LIST_OF("{\"$anchor\":\"item\",\"type\":\"string\"}"), "[1]", NULL },
	{ "{\"const\":{\"$id\":\"a\"},\"$defs\":{\"a\":{\"$id\":\"a\"}}}", "{\"$id\":\"a\"}", "{}" },

	/* Any type */
	{ "{\"type\":\"null\"}", "null", "false" },
	{ "{\"type\":\"boolean\"}", "false", "0" },
	{ "{\"type\":\"object\"}", "{}", "[]" },
	{ "{\"type\":\"array\"}", "[]", "{}" },
	{ "{\"type\":\"string\"}", "\"\"", "null" },
	{ "{\"type\":\"number\"}", "1.5", "\"1\"" },
	{ "{\"type\":\"number\"}", "123456789012345678901234567890", "true" },
	{ "{\"type\":\"integer\"}", "-3", "1.5" },
	{ "{\"type\":\"integer\"}", "1.0", "1.0000001" },
	{ "{\"type\":\"integer\"}", "1e300", "1e-1" },
	{ "{\"type\":\"integer\"}", "123456789012345678901234567890", "\"1\"" },
	{ "{\"type\":\"integer\"}", "1.5e400", "null" },
	{ "{\"type\":[\"string\",\"null\"]}", "null", "1" },
	{ "{\"type\":[\"integer\",\"number\"]}", "1.5", "\"\"" },
	{ "{\"enum\":[1,\"a\",null,[2],{\"b\":3}]}", "[2.0]", "[3]" },
	{ "{\"enum\":[1,\"a\",null,[2],{\"b\":3}]}", "{\"b\":3}", "{\"b\":3,\"c\":4}" },
	{ "{\"enum\":[0]}", "-0", "false" },
	{ "{\"enum\":[0]}", "0.0", "\"0\"" },
	{ "{\"enum\":[\"a\\u0000b\"]}", "\"a\\u0000b\"", "\"a\"" },
	{ "{\"enum\":[]}", NULL, "1" },
	{ "{\"const\":{\"a\":1,\"b\":[true]}}", "{\"b\":[true],\"a\":1.0}", "{\"b\":[1],\"a\":1}" },
	{ "{\"const\":null}", "null", "0" },
	{ "{\"const\":9007199254740993}", "9007199254740993", "9007199254740992" },
	{ "{\"const\":18446744073709551615}", "18446744073709551615", "18446744073709551614" },
	{ "{\"const\":100000000000000000000}", "1e20", "100000000000000000001" },
	{ "{\"const\":-0.0}", "0", "1e-300" },

	/* Numbers */
	{ "{\"minimum\":1.1}", "1.1", "1.09999" },
	{ "{\"minimum\":-2}", "-2.0", "-2.0001" },
	{ "{\"minimum\":9007199254740993}", "9007199254740993", "9007199254740992.0" },
	{ "{\"minimum\":-18446744073709551616}", "-18446744073709551616", "-18446744073709551617" },
	{ "{\"minimum\":1}", "\"none\"", "-1e999" },
	{ "{\"maximum\":3.0}", "3", "3.5" },
	{ "{\"maximum\":1e400}", "9.9e399", "1.1e400" },
	{ "{\"maximum\":18446744073709551616}", "18446744073709551615", "18446744073709551617" },
	{ "{\"exclusiveMinimum\":0}", "0.0000001", "0" },
	{ "{\"exclusiveMinimum\":0}", "1e-300", "-0.0" },
	{ "{\"exclusiveMaximum\":3}", "2.9999999", "3.0" },
	{ "{\"exclusiveMaximum\":-5}", "-6", "-4" },
	{ "{\"multipleOf\":2}", "-10", "7" },
	{ "{\"multipleOf\":1.5}", "4.5", "35" },
	{ "{\"multipleOf\":0.01}", "0.07", "0.075" },
	{ "{\"multipleOf\":0.01}", "19.99", "19.999" },
	{ "{\"multipleOf\":0.0001}", "0.0075", "0.00751" },
	{ "{\"multipleOf\":0.5}", "1e308", "1e-300" },
	{ "{\"multipleOf\":0.123456789}", "0", "1e308" },
	{ "{\"multipleOf\":7}", "1000000000000000000000000000006", "1000000000000000000000000000000" },
	{ "{\"multipleOf\":1e3}", "5e3", "5.5e2" },
	{ "{\"multipleOf\":18446744073709551615}", "36893488147419103230", "36893488147419103231" },

	/* Strings */
	{ "{\"minLength\":2}", "\"ab\"", "\"a\"" },
	{ "{\"minLength\":2}", "100", "\"\\ud83d\\udca9\"" },
	{ "{\"minLength\":2.0}", "\"ab\"", "\"a\"" },
	{ "{\"maxLength\":2}", "\"\\ud83d\\udca9\\ud83d\\udca9\"", "\"abc\"" },
	{ "{\"maxLength\":1e50}", "\"abc\"", NULL },
	{ "{\"pattern\":\"^a*$\"}", "\"aaa\"", "\"ab\"" },
	{ "{\"pattern\":\"b\"}", "\"abc\"", "\"ac\"" },
	{ "{\"pattern\":\"b\"}", "12", "\"\"" },
	{ "{\"format\":\"email\"}", "\"no mail\"", NULL },
	{ "{\"contentEncoding\":\"base64\",\"contentMediaType\":\"application/json\"}", "\"{\"", NULL },

	/* Arrays */
	{ "{\"prefixItems\":[{\"type\":\"null\"},{\"type\":\"string\"}]}", "[null]", "[null,1]" },
	{ "{\"prefixItems\":[{\"type\":\"null\"}]}", "[null,1]", "[1]" },
	{ "{\"items\":{\"type\":\"null\"}}", "[null,null]", "[null,1]" },
	{ "{\"items\":{\"type\":\"null\"}}", "{\"0\":1}", "[1]" },
	{ "{\"items\":false}", "[]", "[1]" },
	{ "{\"prefixItems\":[true],\"items\":false}", "[1]", "[1,2]" },
	{ "{\"prefixItems\":[true],\"items\":{\"type\":\"null\"}}", "[1,null]", "[1,2]" },
	{ "{\"minItems\":1}", "[1]", "[]" },
	{ "{\"maxItems\":1}", "[1]", "[1,2]" },
	{ "{\"uniqueItems\":true}", "[1,2,true,false,\"1\",[1],{\"a\":1}]", "[1,2,1.0]" },
	{ "{\"uniqueItems\":true}", "[{\"a\":1},{\"a\":2}]", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]" },
	{ "{\"uniqueItems\":true}", "[0,false,\"\",null,[],{}]", "[[[\"a\"]],[[\"a\"]]]" },
	{ "{\"uniqueItems\":true}", "[100000000000000000001,1e20]", "[100000000000000000000,1e20]" },
	{ "{\"uniqueItems\":false}", "[1,1]", NULL },
	{ "{\"contains\":{\"minimum\":5}}", "[3,5]", "[3,4]" },
	{ "{\"contains\":true}", "[1]", "[]" },
	{ "{\"contains\":{\"const\":1},\"minContains\":2}", "[1,2,1]", "[1,2]" },
	{ "{\"contains\":{\"const\":1},\"minContains\":0}", "[]", NULL },
	{ "{\"contains\":{\"const\":1},\"maxContains\":1}", "[2,1]", "[1,1]" },
	{ "{\"contains\":{\"const\":1},\"minContains\":0,\"maxContains\":1}", "[]", "[1,1]" },
	{ "{\"minContains\":3}", "[]", NULL },

	/* Objects */
	{ "{\"properties\":{\"a\":{\"type\":\"null\"}}}", "{\"b\":1}", "{\"a\":1}" },
	{ "{\"properties\":{\"a\":{\"type\":\"null\"}}}", "[1]", "{\"b\":0,\"a\":1}" },
	{ "{\"properties\":{\"a\":false}}", "{\"b\":1}", "{\"a\":1}" },
	{ "{\"properties\":{\"a\\u0000\":{\"type\":\"null\"}}}", "{\"a\":1}", "{\"a\\u0000\":1}" },
	{ "{\"patternProperties\":{\"^f\":{\"type\":\"null\"}}}", "{\"of\":1,\"fo\":null}", "{\"fo\":1}" },
	{ "{\"patternProperties\":{\"a\":{\"minimum\":2},\"b\":{\"maximum\":4}}}", "{\"ab\":3}", "{\"ab\":5}" },
	{ "{\"properties\":{\"a\":true},\"additionalProperties\":false}", "{\"a\":1}", "{\"b\":1}" },
	{ "{\"patternProperties\":{\"^x\":true},\"additionalProperties\":false}", "{\"xy\":1}", "{\"y\":1}" },
	{ "{\"additionalProperties\":{\"type\":\"null\"}}", "{\"a\":null}", "{\"a\":1}" },
	{ "{\"allOf\":[{\"properties\":{\"a\":true}}],\"additionalProperties\":false}", "{}", "{\"a\":1}" },
	{ "{\"propertyNames\":{\"maxLength\":2}}", "{\"ab\":1}", "{\"abc\":1}" },
	{ "{\"propertyNames\":false}", "{}", "{\"a\":1}" },
	{ "{\"required\":[\"a\"]}", "{\"a\":null}", "{\"b\":1}" },
	{ "{\"required\":[\"a\"]}", "[]", "{}" },
	{ "{\"dependentRequired\":{\"a\":[\"b\",\"c\"]}}", "{\"b\":1}", "{\"a\":1,\"b\":1}" },
	{ "{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1,\"b\":1}", "{\"a\":1}" },
	{ "{\"dependentSchemas\":{\"a\":{\"minProperties\":2}}}", "{\"b\":1}", "{\"a\":1}" },
	{ "{\"minProperties\":1}", "{\"a\":1}", "{}" },
	{ "{\"maxProperties\":1}", "{\"a\":1}", "{\"a\":1,\"b\":1}" },

	/* Schemas on schemas */
	{ "{\"allOf\":[{\"minimum\":2},{\"maximum\":4}]}", "3", "5" },
	{ "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":2}]}", "\"\"", "1" },
	{ "{\"oneOf\":[{\"multipleOf\":3},{\"multipleOf\":5}]}", "9", "15" },
	{ "{\"oneOf\":[{\"multipleOf\":3},{\"multipleOf\":5}]}", "10", "7" },
	{ "{\"not\":{\"type\":\"string\"}}", "1", "\"\"" },
	{ "{\"not\":{\"not\":{\"type\":\"null\"}}}", "null", "1" },
	{ "{\"if\":{\"minimum\":10},\"then\":{\"multipleOf\":2},\"else\":{\"const\":1}}", "12", "13" },
	{ "{\"if\":{\"minimum\":10},\"then\":{\"multipleOf\":2},\"else\":{\"const\":1}}", "1", "2" },
	{ "{\"if\":{\"minimum\":10},\"else\":{\"const\":1}}", "11", "2" },
	{ "{\"then\":false,\"else\":false}", "1", NULL },

	/* What is left over */
	{ "{\"properties\":{\"a\":true},\"unevaluatedProperties\":false}", "{\"a\":1}", "{\"b\":1}" },
	{ "{\"allOf\":[{\"properties\":{\"a\":true}}],\"unevaluatedProperties\":false}",
	  "{\"a\":1}", "{\"a\":1,\"b\":2}" },
	{ "{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}}},{\"properties\":{\"b\":{\"const\":2}}}],"
	  "\"unevaluatedProperties\":false}", "{\"a\":1,\"b\":2}", "{\"a\":0,\"b\":2}" },
	{ "{\"oneOf\":[{\"required\":[\"a\"],\"properties\":{\"a\":true}},{\"required\":[\"b\"],"
	  "\"properties\":{\"b\":true}}],\"unevaluatedProperties\":false}", "{\"b\":1}", "{\"b\":1,\"c\":1}" },
	{ "{\"not\":{\"not\":{\"properties\":{\"a\":true}}},\"unevaluatedProperties\":false}",
	  "{}", "{\"a\":1}" },
	{ "{\"if\":{\"required\":[\"a\"],\"properties\":{\"a\":true}},\"then\":{\"properties\":{\"b\":true}},"
	  "\"unevaluatedProperties\":false}", "{\"a\":1,\"b\":1}", "{\"b\":1}" },
	{ "{\"dependentSchemas\":{\"a\":{\"properties\":{\"a\":true,\"b\":true}}},"
	  "\"unevaluatedProperties\":false}", "{\"a\":1,\"b\":1}", "{\"b\":1}" },
	{ "{\"$ref\":\"#/$defs/x\",\"unevaluatedProperties\":false,\"$defs\":{\"x\":{\"properties\":"
	  "{\"a\":true}}}}", "{\"a\":1}", "{\"b\":1}" },
	{ "{\"allOf\":[{\"properties\":{\"a\":true}},{\"unevaluatedProperties\":false}]}", "{}", "{\"a\":1}" },
	{ "{\"allOf\":[{\"unevaluatedProperties\":true}],\"unevaluatedProperties\":false}", "{\"a\":1}", NULL },
	{ "{\"properties\":{\"a\":{\"properties\":{\"b\":true}}},\"unevaluatedProperties\":false}",
	  "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1},\"b\":1}" },
	{ "{\"unevaluatedProperties\":{\"type\":\"null\"}}", "{\"a\":null}", "{\"a\":1}" },
	{ "{\"patternProperties\":{\"^x\":true},\"unevaluatedProperties\":false}", "{\"x\":1}", "{\"y\":1}" },
	{ "{\"prefixItems\":[true],\"unevaluatedItems\":false}", "[1]", "[1,2]" },
	{ "{\"items\":true,\"unevaluatedItems\":false}", "[1,2]", NULL },
	{ "{\"contains\":{\"const\":1},\"unevaluatedItems\":{\"const\":2}}", "[1,2,1]", "[1,3,1]" },
	{ "{\"allOf\":[{\"prefixItems\":[true,true]}],\"prefixItems\":[true],\"unevaluatedItems\":false}",
	  "[1,2]", "[1,2,3]" },
	{ "{\"anyOf\":[{\"prefixItems\":[{\"const\":1}]},true],\"unevaluatedItems\":false}", "[1]", "[2]" },
	{ "{\"items\":{},\"unevaluatedProperties\":false}", "{}", "{\"a\":1}" },
	{ "{\"allOf\":[{\"unevaluatedProperties\":false}],\"unevaluatedItems\":false}", "[]", "[1]" },
};

START_TEST(keywords_take_what_fits_and_no_more)
{
	const char *words = keywords[_i].fits ? check(keywords[_i].schema, keywords[_i].fits) : NULL;

	ck_assert_msg(!words, "%s: %s: %s", keywords[_i].schema, keywords[_i].fits, words);
	if (keywords[_i].does_not)
		ck_assert_msg(check(keywords[_i].schema, keywords[_i].does_not) != NULL, "%s took %s",
		              keywords[_i].schema, keywords[_i].does_not);
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
	{ "^[]", "", "a" },
	{ "^[\\\\b]$", "\\b", "b" },
	{ "\\\\bfoo\\\\b", "a foo b", "food" },
	{ "^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+$", "a.b~", "a b" },
};

START_TEST(patterns_are_those_of_ecmascript)
{
	const char *schema = arena_print(arena, "{\"pattern\":\"%s\"}", patterns[_i].pattern);
	const char *fits = arena_print(arena, "\"%s\"", patterns[_i].matches);
	const char *does_not = arena_print(arena, "\"%s\"", patterns[_i].does_not);

	/* The empty class matches nothing at all. */
	if (strcmp(patterns[_i].pattern, "^[]") != 0)
		ck_assert_msg(!check(schema, fits), "%s refused %s", schema, fits);
	ck_assert_msg(check(schema, does_not) != NULL, "%s took %s", schema, does_not);
}
END_TEST

/* ---- Words ---- */

static const struct { const char *schema, *value, *words; } refusals[] = {
	{ "{\"properties\":{\"address\":{\"properties\":{\"city\":{\"type\":\"string\"}}}}}",
	  "{\"address\":{\"city\":5}}", "address.city must be a string, not a number" },
	{ "{\"type\":\"object\"}", "[]", "The arguments must be an object, not an array" },
	{ "{\"type\":[\"string\",\"null\",\"integer\"]}", "1.5",
	  "The arguments must be null, a string or a whole number, not 1.5" },
	{ "{\"properties\":{\"a\":{\"items\":{\"minimum\":1}}}}", "{\"a\":[1,0]}",
	  "a[1] must be at least 1, not 0" },
	{ "{\"properties\":{\"a\":{\"exclusiveMaximum\":1}}}", "{\"a\":1}", "a must be less than 1, not 1" },
	{ "{\"properties\":{\"a\":{\"multipleOf\":0.01}}}", "{\"a\":0.075}",
	  "a must be a multiple of 0.01, not 0.075" },
	{ "{\"properties\":{\"a\":{\"required\":[\"b\"]}}}", "{\"a\":{}}", "a.b is required" },
	{ "{\"dependentRequired\":{\"card\":[\"billing\"]}}", "{\"card\":1}",
	  "billing is required where card is given" },
	{ "{\"properties\":{\"a\":{\"minLength\":3}}}", "{\"a\":\"xy\"}",
	  "a must have at least 3 characters, not 2" },
	{ "{\"properties\":{\"a\":{\"maxItems\":1}}}", "{\"a\":[1,2]}", "a must have at most 1 item, not 2" },
	{ "{\"properties\":{\"a\":{\"enum\":[\"red\",3,null,{\"b\":1}]}}}", "{\"a\":\"blue\"}",
	  "a must be one of \"red\", 3, null, {\"b\":1}, not \"blue\"" },
	{ "{\"properties\":{\"a\":{\"oneOf\":[{\"const\":\"s\",\"title\":\"Small\"},{\"const\":\"l\"}]}}}",
	  "{\"a\":\"m\"}", "a must be one of \"s\", \"l\", not \"m\"" },
	{ "{\"properties\":{\"a\":{\"const\":true}}}", "{\"a\":1}", "a must be true, not 1" },
	{ "{\"properties\":{\"a\":{\"pattern\":\"^[A-Z]{3}$\"}}}", "{\"a\":\"ab\"}",
	  "a must match the pattern ^[A-Z]{3}$, not \"ab\"" },
	{ "{\"properties\":{\"a\":true,\"b\":true},\"patternProperties\":{\"^x-\":true},"
	  "\"additionalProperties\":false}", "{\"c\":1}",
	  "Unknown argument \"c\": the arguments are a, b, what matches ^x-" },
	{ "{\"properties\":{\"a\":{\"additionalProperties\":false}}}", "{\"a\":{\"b\":1}}",
	  "Unknown member \"b\" in a: its members are none" },
	{ "{\"items\":{\"unevaluatedProperties\":false}}", "[{\"b\":1}]", "Unknown member \"b\" in [0]" },
	{ "{\"prefixItems\":[true],\"unevaluatedItems\":false}", "[1,2]", "[1] must not be given" },
	{ "{\"properties\":{\"a\":{\"items\":false}}}", "{\"a\":[1]}", "a must have at most 0 items, not 1" },
	{ "{\"properties\":{\"a\":{\"contains\":{\"const\":1}}}}", "{\"a\":[2]}",
	  "a must have at least 1 item that fits {\"const\":1}" },
	{ "{\"properties\":{\"a\":{\"uniqueItems\":true}}}", "{\"a\":[1,2,1]}",
	  "a must not have an item twice: [0] and [2] are the same" },
	{ "{\"properties\":{\"a\":{\"propertyNames\":{\"maxLength\":2}}}}", "{\"a\":{\"abc\":1}}",
	  "The member name \"abc\" in a must have at most 2 characters, not 3" },
	{ "{\"properties\":{\"a\":{\"not\":{\"type\":\"null\"}}}}", "{\"a\":null}",
	  "a must not fit {\"type\":\"null\"}" },
	{ "{\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"null\"},{\"required\":[\"b\"]}]}}}", "{\"a\":{}}",
	  "a must fit one of 2 forms, and fits none: (1) a must be null, not an object; "
	  "(2) a.b is required" },
	{ "{\"properties\":{\"a\":{\"oneOf\":[true,false,true]}}}", "{\"a\":1}",
	  "a must fit exactly one of 3 forms, but fits number 1 and 3" },
	{ "{\"properties\":{\"a b\":{\"type\":\"null\"}}}", "{\"a b\":1}", "[\"a b\"] must be null, not a number" },
	{ "{\"properties\":{\"a\":{\"maxLength\":3}}}",
	  "{\"a\":\"\\u20ac\\u20ac\\u20ac\\u20ac\"}", "a must have at most 3 characters, not 4" },
	{ "{\"const\":\"\"}", "\"1234567890123456789012345678901234567890123456789012345678\\u20ac\"",
	  "The arguments must be \"\", not \"1234567890123456789012345678901234567890123456789012345678…\"" },
	{ "{}", "[{\"a\":1,\"a\":2}]", "An object in the arguments names a member twice" },
};

START_TEST(words_name_the_place_and_what_is_allowed)
{
	ck_assert_str_eq(check(refusals[_i].schema, refusals[_i].value), refusals[_i].words);
}
END_TEST

static const struct { const char *schema, *why; } faulty[] = {
	{ "1", "#: a schema must be an object, true or false" },
	{ "{\"properties\":{\"a/b\":3}}", "#/properties/a~1b: a schema must be an object, true or false" },
	{ "{\"properties\":[]}", "#: properties must be an object" },
	{ "{\"allOf\":{}}", "#: allOf must be an array" },
	{ "{\"allOf\":[]}", "#: allOf must not be empty" },
	{ "{\"items\":[{}]}", "#/items: a schema must be an object, true or false" },
	{ "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}",
	  "#: $schema is http://json-schema.org/draft-07/schema#, but only " DIALECT " is known here" },
	{ "{\"$schema\":7}", "#: $schema must be a string" },
	{ "{\"$ref\":\"https://example.com/a.json#/b\"}",
	  "#: nothing here has the address https://example.com/a.json, and references are not fetched" },
	{ "{\"$ref\":\"file:///etc/passwd\"}",
	  "#: nothing here has the address file:///etc/passwd, and references are not fetched" },
	{ "{\"$ref\":\"#/$defs/a\"}", "#: there is no schema at #/$defs/a" },
	{ "{\"$ref\":\"#a\"}", "#: there is no schema at #a" },
	{ "{\"$ref\":\"#/x\",\"x\":1}", "/x: a schema must be an object, true or false" },
	{ "{\"$dynamicRef\":\"#a\"}", "#: there is no schema at #a" },
	{ "{\"$ref\":1}", "#: $ref must be a string" },
	{ "{\"$ref\":\"#\"}", "#: it refers to itself without end" },
	{ "{\"allOf\":[{\"not\":{\"$ref\":\"#\"}}]}", "it refers to itself without end" },
	{ "{\"$id\":\"http://a/b\",\"$defs\":{\"c\":{\"$id\":\"b\"}}}",
	  "another schema has the same $id, http://a/b" },
	{ "{\"$id\":\"a#b\"}", "#: $id must not have a fragment" },
	{ "{\"$anchor\":\"1\"}", "#: $anchor must be of letters, digits, - _ and ." },
	{ "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}}",
	  "#/$defs/b: another schema has the same anchor, x" },
	{ "{\"$id\":\"http://a/b\",\"properties\":{\"c\":{\"type\":\"text\"}}}",
	  "http://a/b#/properties/c: type must be one or a list of null" },
	{ "{\"type\":[]}", "#: type must be one or a list of null" },
	{ "{\"enum\":1}", "#: enum must be an array" },
	{ "{\"minimum\":\"1\"}", "#: minimum must be a number" },
	{ "{\"multipleOf\":0}", "#: multipleOf must be a number above 0" },
	{ "{\"multipleOf\":-1}", "#: multipleOf must be a number above 0" },
	{ "{\"minLength\":-1}", "#: minLength must be a whole number, at least 0" },
	{ "{\"maxItems\":1.5}", "#: maxItems must be a whole number, at least 0" },
	{ "{\"minContains\":\"1\"}", "#: minContains must be a whole number, at least 0" },
	{ "{\"uniqueItems\":1}", "#: uniqueItems must be true or false" },
	{ "{\"required\":\"a\"}", "#: required must be a list of strings" },
	{ "{\"required\":[1]}", "#: required must be a list of strings" },
	{ "{\"dependentRequired\":{\"a\":1}}", "#: dependentRequired must map to lists of strings" },
	{ "{\"pattern\":\"(\"}", "#: pattern is no regular expression: missing closing parenthesis" },
	{ "{\"pattern\":\"[a\"}", "#: pattern is no regular expression: a class is not closed" },
	{ "{\"pattern\":\"\\\\Z\"}", "#: pattern is no regular expression: it has a backslash before" },
	{ "{\"pattern\":\"a++\"}", "#: pattern is no regular expression: it repeats a repetition" },
	{ "{\"pattern\":\"(?i)a\"}", "#: pattern is no regular expression: it has an unknown kind of group" },
	{ "{\"pattern\":\"(*UCP)a\"}", "#: pattern is no regular expression: it repeats nothing" },
	{ "{\"pattern\":\"\\\\ud800\"}", "#: pattern is no regular expression: \\u gives half" },
	{ "{\"pattern\":\"\\\\u12\"}", "#: pattern is no regular expression: \\u must be followed" },
	{ "{\"pattern\":\"\\\\p{Nonsense}\"}", "#: pattern is no regular expression: unknown property" },
	{ "{\"pattern\":\"\\\\1\"}", "#: pattern is no regular expression: reference to non-existent" },
	{ "{\"patternProperties\":{\"(\":{}}}", "#: patternProperties: ( is no pattern: missing" },
	{ "{\"properties\":{\"a\":{\"type\":\"null\",\"type\":\"string\"}}}",
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

/* ---- Bounds ---- */

/* `open` and `close` so many times around `inner`. */
static const char *nested(int levels, const char *open, const char *inner, const char *close)
{
	struct json out = json_begin(arena, 1024);

	for (int i = 0; i < levels; i++)
		json_bytes(&out, str_of(open));
	json_bytes(&out, str_of(inner));
	for (int i = 0; i < levels; i++)
		json_bytes(&out, str_of(close));
	return arena_copy(arena, json_end(&out));
}

/* [item,item,...] */
static const char *repeated(int count, const char *item)
{
	struct json out = json_begin(arena, 1024);

	json_array(&out);
	for (int i = 0; i < count; i++)
		json_raw(&out, str_of(item));
	json_array_end(&out);
	return arena_copy(arena, json_end(&out));
}

#define ITSELF "{\"items\":{\"$ref\":\"#\"}}"

START_TEST(recursion_ends_with_the_value_or_the_bound)
{
	ck_assert(!check(ITSELF, nested(200, "[", "1", "]")));
	ck_assert_str_eq(check(ITSELF, nested(400, "[", "1", "]")),
	                 "The arguments are nested too deep to check");
	ck_assert_str_eq(check("{}", nested(1500, "[", "1", "]")),
	                 "The arguments are nested too deep to check");
}
END_TEST

START_TEST(a_dynamic_loop_ends)
{
	const char *schema = "{\"$id\":\"http://a/a\",\"$dynamicAnchor\":\"x\",\"$ref\":\"b\",\"$defs\":{"
		"\"b\":{\"$id\":\"b\",\"$dynamicRef\":\"c#x\"},\"c\":{\"$id\":\"c\",\"$dynamicAnchor\":\"x\"}}}";

	ck_assert_str_eq(check(schema, "1"), "The arguments are nested too deep to check");
}
END_TEST

START_TEST(schemas_are_nested_so_deep_and_no_deeper)
{
	const char *why = NULL;

	ck_assert(!check(nested(150, "{\"items\":", "true", "}"), "[]"));
	ck_assert(!json_schema_compile(arena, parse(nested(250, "{\"items\":", "true", "}")), &why));
	ck_assert_ptr_nonnull(strstr(why, "schemas are nested too deep"));
}
END_TEST

#define TOO_MUCH "The arguments are too much to check: send less at once"

static const struct { const char *schema, *item; int count; } costly[] = {
	/* Each level doubles the work. */
	{ "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"anyOf\":[{\"items\":{\"$ref\":\"#/$defs/a\"},"
	  "\"not\":{}},{\"items\":{\"$ref\":\"#/$defs/a\"},\"not\":{}}]}}}",
	  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 1 },
	{ "{\"items\":{\"allOf\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}}", "0", 200000 },
	/* Patterns that take for ever, and those that only look harmless. */
	{ "{\"items\":{\"pattern\":\"^(a+)+$\"}}", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"", 1 },
	{ "{\"items\":{\"not\":{\"pattern\":\"^(a|a)*$\"}}}",
	  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"", 1 },
};

START_TEST(a_check_takes_no_more_than_its_steps)
{
	int64_t begun = tick_ms();

	ck_assert_str_eq(check(costly[_i].schema, repeated(costly[_i].count, costly[_i].item)), TOO_MUCH);
	ck_assert_int_lt(tick_ms() - begun, 5000);
}
END_TEST

START_TEST(a_long_text_read_over_and_over_is_given_up)
{
	const char *spaces = nested(300000, " ", "x", " ");
	const char *value = arena_print(arena, "\"%s\"", spaces);

	ck_assert_ptr_nonnull(check("{\"pattern\":\"\\\\s+$\"}", arena_print(arena, "\"%sy\"", spaces)));
	ck_assert_str_eq(check("{\"pattern\":\" *x *x *$\"}", value), TOO_MUCH);
	ck_assert_str_eq(check("{\"pattern\":\"\\\\d+[xy]\"}",
	                       arena_print(arena, "\"%s\"", nested(300000, "1", "2", "3"))), TOO_MUCH);
}
END_TEST

START_TEST(a_million_bytes_are_not_too_much)
{
	ck_assert(!check("{\"items\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":9}}",
	                 repeated(500000, "1")));
	ck_assert(!check("{\"pattern\":\"^[a-z]*$\"}",
	                 arena_print(arena, "\"%s\"", nested(500000, "a", "b", "c"))));
	ck_assert(!check("{\"items\":{\"pattern\":\"^[a-z]{3}-[0-9]+$\"}}", repeated(50000, "\"abc-123\"")));
}
END_TEST

START_TEST(many_items_are_compared_quickly)
{
	struct json out = json_begin(arena, 1024);

	json_array(&out);
	for (int i = 0; i < 100000; i++)
		json_int(&out, i);
	json_array_end(&out);
	ck_assert(!check("{\"uniqueItems\":true}", arena_copy(arena, json_end(&out))));
}
END_TEST

START_TEST(long_numbers_are_read_or_given_up)
{
	const char *number = nested(400000, "1", "1", "1");

	ck_assert(!check("{\"type\":\"integer\",\"multipleOf\":1}", number));
	ck_assert_str_eq(check("{\"items\":{\"enum\":[1e400,2e400,3e400,4e400,5e400,6e400,7e400,8e400,9e400,"
	                       "1e401]}}", repeated(1, number)), TOO_MUCH);
}
END_TEST

START_TEST(words_stay_short_however_many_forms_there_are)
{
	const char *schema = "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"anyOf\":[{\"type\":\"null\"},"
		"{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/a\"}},{\"type\":\"string\"},"
		"{\"type\":\"boolean\"},{\"const\":7},{\"const\":8}]}}}";
	const char *words = check(schema, "[[[[[[1]]]]]]");

	ck_assert_ptr_nonnull(strstr(words, "; …"));
	ck_assert_uint_lt(strlen(words), 2000);
}
END_TEST

START_TEST(one_compiled_schema_checks_any_number_of_values)
{
	struct json_schema *schema = compile("{\"required\":[\"a\"],\"unevaluatedProperties\":false,"
	                                     "\"properties\":{\"a\":{\"pattern\":\"^x\"}}}");

	for (int i = 0; i < 3; i++) {
		ck_assert(!json_schema_check(schema, parse("{\"a\":\"xy\"}"), arena));
		ck_assert_str_eq(json_schema_check(schema, parse("{}"), arena), "a is required");
		ck_assert_str_eq(json_schema_check(schema, parse("{\"a\":\"x\",\"b\":1}"), arena),
		                 "Unknown argument \"b\"");
	}
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
	ck_assert_msg(json_format_ok(formats[_i].format, str_of(formats[_i].good)), "%s refused %s",
	              formats[_i].format, formats[_i].good);
	if (formats[_i].bad)
		ck_assert_msg(!json_format_ok(formats[_i].format, str_of(formats[_i].bad)), "%s took %s",
		              formats[_i].format, formats[_i].bad);
}
END_TEST

START_TEST(a_nul_is_in_no_format)
{
	static const struct { const char *format, *text; size_t size; } texts[] = {
		{ "email", "a\0b@c.d", 7 }, { "email", "\"a\0b\"@c.d", 9 }, { "uri", "a:\0b", 4 },
		{ "ipv4", "1.2.3.4\0", 8 }, { "ipv6", "::1\0", 4 }, { "hostname", "a\0b", 3 },
		{ "date", "2020-01-01\0", 11 }, { "uuid", "", 0 }, { "hostname", "", 0 }, { "email", "", 0 },
		{ "time", "", 0 },
	};

	for (int i = 0; i < COUNT(texts); i++)
		ck_assert_msg(!json_format_ok(texts[i].format, (str) { texts[i].text, texts[i].size }),
		              "%s took %s", texts[i].format, texts[i].text);
}
END_TEST

static TCase *keyword_tests(void)
{
	TCase *tests = tcase_create("keywords");

	tcase_add_loop_test(tests, keywords_take_what_fits_and_no_more, 0, COUNT(keywords));
	tcase_add_loop_test(tests, patterns_are_those_of_ecmascript, 0, COUNT(patterns));
	tcase_add_loop_test(tests, words_name_the_place_and_what_is_allowed, 0, COUNT(refusals));
	tcase_add_loop_test(tests, faulty_schemas_are_refused_in_words, 0, COUNT(faulty));
	tcase_add_test(tests, one_compiled_schema_checks_any_number_of_values);
	tcase_add_loop_test(tests, formats_are_asserted, 0, COUNT(formats));
	tcase_add_test(tests, a_nul_is_in_no_format);
	return tests;
}

static TCase *bound_tests(void)
{
	TCase *tests = tcase_create("bounds");

	tcase_add_test(tests, recursion_ends_with_the_value_or_the_bound);
	tcase_add_test(tests, a_dynamic_loop_ends);
	tcase_add_test(tests, schemas_are_nested_so_deep_and_no_deeper);
	tcase_add_loop_test(tests, a_check_takes_no_more_than_its_steps, 0, COUNT(costly));
	tcase_add_test(tests, a_long_text_read_over_and_over_is_given_up);
	tcase_add_test(tests, a_million_bytes_are_not_too_much);
	tcase_add_test(tests, many_items_are_compared_quickly);
	tcase_add_test(tests, long_numbers_are_read_or_given_up);
	tcase_add_test(tests, words_stay_short_however_many_forms_there_are);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("json schema");
	TCase *cases[] = { keyword_tests(), bound_tests() };

	for (int i = 0; i < COUNT(cases); i++) {
		tcase_add_checked_fixture(cases[i], begin, end);
		tcase_set_timeout(cases[i], 60);
		suite_add_tcase(suite, cases[i]);
	}
	SRunner *runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	int failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? 0 : 1;
}
