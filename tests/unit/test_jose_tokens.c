/* test_jose_tokens.c - what a token may look like, before anything is verified: its form and its header. */
#include "jose_fixture.h"

static struct jwk_set *set;             /* with RSA_ONE's key, "r" */
static const char rs256[] = "{\"alg\":\"RS256\",\"kid\":\"r\"}";

static void set_up_key(void)
{
	set_up();
	set = set_of(jwk_of(RSA_ONE, "\"kid\":\"r\","));
	ck_assert_ptr_nonnull(set);
}

static void tear_down_key(void)
{
	jwk_set_drop(set);
	tear_down();
}

/* ---- Headers, all well signed ---- */

#define DEEP_10 "[[[[[[[[[["
#define DEEP_100 DEEP_10 DEEP_10 DEEP_10 DEEP_10 DEEP_10 DEEP_10 DEEP_10 DEEP_10 DEEP_10 DEEP_10
#define DEEP_500 DEEP_100 DEEP_100 DEEP_100 DEEP_100 DEEP_100

static const struct {
	const char *header;
	enum jws_outcome outcome;
} headers[] = {
	{ rs256, JWS_FINE },
	{ " {\"kid\" : \"r\",\n\t\"alg\" : \"RS256\"}\r\n", JWS_FINE },
	{ "{\"alg\":\"R\\u0053256\",\"kid\":\"r\"}", JWS_FINE },
	{ "{\"alg\":\"RS256\",\"cty\":\"JWT\",\"org\":7,\"x\":null,\"y\":false}", JWS_FINE },

	{ "{\"alg\":\"none\"}", JWS_ALGORITHM }, { "{\"alg\":\"NONE\"}", JWS_ALGORITHM },
	{ "{\"alg\":\"nOnE\"}", JWS_ALGORITHM }, { "{\"alg\":\"\"}", JWS_ALGORITHM },
	{ "{\"kid\":\"r\"}", JWS_ALGORITHM }, { "{}", JWS_ALGORITHM }, { "{\"alg\":null}", JWS_ALGORITHM },
	{ "{\"alg\":1}", JWS_ALGORITHM }, { "{\"alg\":0}", JWS_ALGORITHM }, { "{\"alg\":true}", JWS_ALGORITHM },
	{ "{\"alg\":\"rs256\"}", JWS_ALGORITHM }, { "{\"alg\":\"RS256 \"}", JWS_ALGORITHM },
	{ "{\"alg\":\"RS256\\u0000\"}", JWS_ALGORITHM }, { "{\"alg\":\"RS25\"}", JWS_ALGORITHM },
	{ "{\"alg\":\"RS2567\"}", JWS_ALGORITHM }, { "{\"alg\":\"RS1\"}", JWS_ALGORITHM },
	{ "{\"ALG\":\"RS256\"}", JWS_ALGORITHM }, { "{\"alg\":\"eddsa\"}", JWS_ALGORITHM },
	{ "{\"alg\":\"HS256\"}", JWS_ALGORITHM }, { "{\"alg\":\"HS384\"}", JWS_ALGORITHM },
	{ "{\"alg\":\"HS512\"}", JWS_ALGORITHM }, { "{\"alg\":\"ES512\"}", JWS_ALGORITHM },
	{ "{\"alg\":\"ES256K\"}", JWS_ALGORITHM }, { "{\"alg\":\"Ed448\"}", JWS_ALGORITHM },
	{ "{\"alg\":\"RSA-OAEP\"}", JWS_ALGORITHM }, { "{\"alg\":\"dir\"}", JWS_ALGORITHM },
	{ "{\"alg\":[\"RS256\"]}", JWS_MALFORMED }, { "{\"alg\":{\"RS256\":1}}", JWS_MALFORMED },

	{ "{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"crit\":[]}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"crit\":null}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"crit\":\"exp\"}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"b64\":false}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"b64\":true}", JWS_MALFORMED },

	{ "{\"alg\":\"none\",\"alg\":\"RS256\"}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"alg\":\"none\"}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"\\u0061lg\":\"RS256\"}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"kid\":\"r\",\"kid\":\"r\"}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"x\":1,\"x\":2}", JWS_MALFORMED },

	{ "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", JWS_FINE }, { "{\"alg\":\"RS256\",\"typ\":\"jwt\"}", JWS_FINE },
	{ "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}", JWS_FINE }, { "{\"alg\":\"RS256\",\"typ\":\"AT+JWT\"}", JWS_FINE },
	{ "{\"alg\":\"RS256\",\"typ\":\"application/at+jwt\"}", JWS_FINE },
	{ "{\"alg\":\"RS256\",\"typ\":\"Application/AT+JWT\"}", JWS_FINE },
	{ "{\"alg\":\"RS256\",\"typ\":\"\"}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"typ\":null}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"typ\":7}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"typ\":\"JWT\\u0000\"}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"typ\":\"dpop+jwt\"}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"typ\":\"logout+jwt\"}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"typ\":\"secevent+jwt\"}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"typ\":\"JOSE\"}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"typ\":\"at+jwt \"}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"typ\":\"id+jwt\"}", JWS_MALFORMED },

	{ "", JWS_MALFORMED }, { "[\"RS256\"]", JWS_MALFORMED }, { "\"RS256\"", JWS_MALFORMED }, { "null", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\"", JWS_MALFORMED }, { "{\"alg\":\"RS256\"}x", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\"}{}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",}", JWS_MALFORMED }, { "{'alg':'RS256'}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\"/**/}", JWS_MALFORMED }, { "\xef\xbb\xbf{\"alg\":\"RS256\"}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"kid\":\"\xff\"}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"x\":\"\\ud800\"}", JWS_MALFORMED },

	{ "{\"alg\":\"RS256\",\"x\":[]}", JWS_MALFORMED }, { "{\"alg\":\"RS256\",\"x\":{\"y\":1}}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"x5t\":[]}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"x\":" DEEP_500 "1", JWS_MALFORMED }, { DEEP_500 DEEP_500, JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"jwk\":{\"x5c\":[[]]}}", JWS_MALFORMED },
	{ "{\"alg\":\"RS256\",\"jwk\":{\"x5c\":[]}}", JWS_FINE },
};

START_TEST(headers_are_checked)
{
	str token = token_of(RSA_ONE, "RS256", headers[_i].header);

	ck_assert_msg(judge(set, token) == headers[_i].outcome, "%s is %d", headers[_i].header, judge(set, token));
}
END_TEST

START_TEST(a_deep_header_that_is_closed_is_too_deep)
{
	char *header = arena_copy(arena, STR("{\"alg\":\"RS256\",\"x\":" DEEP_500 DEEP_500));

	memset(header + strlen("{\"alg\":\"RS256\",\"x\":") + 490, ']', 490);
	strcpy(header + strlen("{\"alg\":\"RS256\",\"x\":") + 980, "}");
	ck_assert_uint_le(strlen(header), 1024);
	ck_assert_int_eq(judge(set, token_of(RSA_ONE, "RS256", header)), JWS_MALFORMED);
}
END_TEST

/* Keys that a token brings or points to: it is verified by ours or not at all, and nobody is asked. */
START_TEST(keys_of_the_header_are_not_looked_at)
{
	const char *own = jwk_of(RSA_OTHER, ""), *small = jwk_of(P256, "");
	const char *const others[] = {
		arena_print(arena, "\"jwk\":%s", own), arena_print(arena, "\"jwk\":%s", small),
		"\"jwk\":7", "\"jku\":\"http://127.0.0.1:1/keys\"", "\"jku\":7", "\"x5u\":\"http://127.0.0.1:1/\"",
		"\"x5c\":[\"MIIB\"]", "\"x5c\":\"MIIB\"", "\"x5t\":\"AAAA\"", "\"x5t#S256\":\"AAAA\"",
	};
	for (int i = 0; i < COUNT(others); i++) {
		const char *header = arena_print(arena, "{\"alg\":\"RS256\",\"kid\":\"r\",%s}", others[i]);
		ck_assert_msg(judge(set, token_of(RSA_ONE, "RS256", header)) == JWS_FINE, "%s", header);
		ck_assert_int_eq(judge(set, token_of(RSA_OTHER, "RS256", header)), JWS_BAD_SIGNATURE);
		header = arena_print(arena, "{\"alg\":\"RS256\",\"kid\":\"own\",%s}", others[i]);
		ck_assert_int_eq(judge(set, token_of(RSA_OTHER, "RS256", header)), JWS_NO_KEY);
	}
}
END_TEST

START_TEST(a_header_is_at_most_a_kibibyte_long)
{
	for (size_t size = 1024; size <= 1025; size++) {
		char *header = arena_print(arena, "%-*s", (int)size, rs256);
		ck_assert_int_eq(judge(set, token_of(RSA_ONE, "RS256", header)),
		                 size == 1024 ? JWS_FINE : JWS_MALFORMED);
	}
}
END_TEST

/* ---- Forms ---- */

static const char *replaced(str token, const char *old, const char *new)
{
	const char *at = strstr(token.at, old);
	return arena_print(arena, "%.*s%s%s", (int)(at - token.at), token.at, new, at + strlen(old));
}

START_TEST(one_token_has_one_text)
{
	str good = token_of(RSA_ONE, "RS256", rs256), rest = good;
	str header = str_cut(&rest, '.'), payload = str_cut(&rest, '.'), signature = rest;
	const char *const texts[] = {
		arena_print(arena, "%s==", good.at), arena_print(arena, "%s=", good.at),
		arena_print(arena, "%s ", good.at), arena_print(arena, " %s", good.at),
		arena_print(arena, "%s\n", good.at), arena_print(arena, "%s.", good.at),
		arena_print(arena, "%s.x", good.at), arena_print(arena, ".%s", good.at),
		arena_print(arena, "%s,%s", good.at, good.at), arena_print(arena, "%s%%3D", good.at),
		replaced(good, ".", ".\n"), replaced(good, ".", "=."), replaced(good, ".", "=="),
		replaced(good, ".", ".."), replaced(good, ".", ". "), replaced(good, ".", "\r."),
		arena_print(arena, "%.*s.%.*s", STR_FORMAT(header), STR_FORMAT(payload)),
		arena_print(arena, "%.*s", STR_FORMAT(header)),
		arena_print(arena, "%.*s.%.*s==.%.*s", STR_FORMAT(header), STR_FORMAT(payload), STR_FORMAT(signature)),
		arena_print(arena, "%.*s.%.*s.%.*s", STR_FORMAT(header), STR_FORMAT(payload),
		            (int)signature.size - 1, signature.at),
		arena_print(arena, "%sAAA", good.at),
		"", ".", "..", "...", "a.b.c.d.e", "a.b.c", "....", "e30.e30.", ".e30.e30", "mcp_key",
	};
	ck_assert_int_eq(judge(set, good), JWS_FINE);
	for (int i = 0; i < COUNT(texts); i++)
		ck_assert_msg(judge(set, str_of(texts[i])) != JWS_FINE, "%s", texts[i]);
	ck_assert_int_eq(judge(set, (str) { 0 }), JWS_MALFORMED);
	ck_assert_int_eq(judge(set, (str) { good.at, good.size - 1 }), JWS_MALFORMED);
}
END_TEST

/* The last letter of each part but for those of whole bytes has bits that are no byte's. */
START_TEST(bits_of_no_byte_are_zero)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	str text = signed_text_of("{\"alg\":\"RS256\",\"kid\":\"r\" }", "{\"sub\":\"alice\" }");
	str good = token_with(text, sign(RSA_ONE, "RS256", text));
	int tried = 0;

	ck_assert_int_eq(judge(set, good), JWS_FINE);
	for (size_t i = 1; i <= good.size; i++) {
		if (i < good.size && good.at[i] != '.')
			continue;
		for (int stray = 1; stray < 4; stray++) {
			char *token = arena_copy(arena, good);
			size_t letter = (size_t)(strchr(letters, token[i - 1]) - letters);
			if (letter & (size_t)stray)
				continue;
			token[i - 1] = letters[letter | (size_t)stray];
			ck_assert_int_eq(judge(set, str_of(token)), JWS_MALFORMED);
			tried++;
		}
	}
	ck_assert_int_ge(tried, 9);
}
END_TEST

/* Base64 of other alphabets, of which the bytes would be the same. */
START_TEST(letters_are_those_of_base64url)
{
	str text = signed_text_of(rs256, "\xfb\xff\xfe\xfb\xef\xbe\xff\xff");
	str good = token_with(text, sign(RSA_ONE, "RS256", text));

	ck_assert_int_eq(judge(set, good), JWS_FINE);
	for (size_t i = 0; i < good.size; i++) {
		if (good.at[i] != '-' && good.at[i] != '_')
			continue;
		char *token = arena_copy(arena, good);
		token[i] = token[i] == '-' ? '+' : '/';
		ck_assert_int_eq(judge(set, str_of(token)), JWS_MALFORMED);
	}
	for (int c = 0; c < 256; c++) {
		char *token = arena_copy(arena, good);
		token[good.size - 7] = (char)c;
		ck_assert(judge(set, (str) { token, good.size }) != JWS_FINE || c == good.at[good.size - 7]);
	}
}
END_TEST

START_TEST(a_token_is_at_most_8_kibibytes_long)
{
	char *payload = arena_alloc(arena, 8192);
	str good = { 0 };

	/* Up to three bytes of payload between the two. */
	for (size_t size = 5000; good.size <= JWS_BYTES_MAX; size++) {
		memset(payload, ' ', size);
		str text = signed_text_of(rs256, payload);
		if (text.size + 1 + 342 < JWS_BYTES_MAX - 2)
			continue;
		good = token_with(text, sign(RSA_ONE, "RS256", text));
		ck_assert_int_eq(judge(set, good), good.size <= JWS_BYTES_MAX ? JWS_FINE : JWS_MALFORMED);
	}
}
END_TEST

static const size_t many[] = { 3, 4, 100, 8000, 8192, 10000, 65536 };

START_TEST(much_is_refused)
{
	char *text = arena_alloc(arena, many[_i] + 1);

	memset(text, '.', many[_i]);
	ck_assert_int_eq(judge(set, (str) { text, many[_i] }), JWS_MALFORMED);
	memset(text, 'A', many[_i]);
	ck_assert_int_eq(judge(set, (str) { text, many[_i] }), JWS_MALFORMED);
	text[1] = text[2] = '.';
	ck_assert_int_eq(judge(set, (str) { text, many[_i] }), JWS_MALFORMED);
}
END_TEST

/* What is no token costs no more than it is long. */
START_TEST(what_is_refused_costs_little)
{
	str good = token_of(RSA_ONE, "RS256", rs256);
	char *text = arena_alloc(arena, 65536);
	struct arena *own = arena_create();
	struct jws jws = { .kid = STR("untouched") };

	memset(text, 'A', 65536);
	memcpy(text, good.at, good.size);
	ck_assert_int_eq(jws_read(own, (str) { text, 65536 }, &jws), JWS_MALFORMED);
	ck_assert_uint_eq(arena_size(own), 0);
	ck_assert(str_is(jws.kid, "untouched"));
	arena_destroy(own);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jose_tokens");
	TCase *tcase = tcase_create("tokens");
	tcase_add_checked_fixture(tcase, set_up_key, tear_down_key);
	tcase_add_loop_test(tcase, headers_are_checked, 0, COUNT(headers));
	tcase_add_test(tcase, a_deep_header_that_is_closed_is_too_deep);
	tcase_add_test(tcase, keys_of_the_header_are_not_looked_at);
	tcase_add_test(tcase, a_header_is_at_most_a_kibibyte_long);
	tcase_add_test(tcase, one_token_has_one_text);
	tcase_add_test(tcase, bits_of_no_byte_are_zero);
	tcase_add_test(tcase, letters_are_those_of_base64url);
	tcase_add_test(tcase, a_token_is_at_most_8_kibibytes_long);
	tcase_add_loop_test(tcase, much_is_refused, 0, COUNT(many));
	tcase_add_test(tcase, what_is_refused_costs_little);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
