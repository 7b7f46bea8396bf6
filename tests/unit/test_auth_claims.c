/* test_auth_claims.c - what a token must say to be taken: each rule by itself, from a token that is good. */
#include <stdio.h>

#include "claims.h"
#include "json.h"
#include "suite.h"

#define NOW INT64_C(1800000000000)      /* in seconds 1800000000 */
#define ISSUER "https://id.example/realm"
#define OURS "https://shop.example/mcp"

static struct arena *arena;

static const struct issuer plain = {
	.name = ISSUER, .audience = OURS " https://root.example 0a-guid", .asked = "", .prefix = "",
	.scope_claims = STANDARD_SCOPE_CLAIMS, .known = "products:read products:write orders:own",
}, cognito = {
	.name = ISSUER, .audience = OURS, .clients = "app other-app", .asked = "", .prefix = OURS "/",
	.scope_claims = STANDARD_SCOPE_CLAIMS, .known = "products:read products:write orders:own",
}, grouped = {
	.name = ISSUER, .audience = OURS, .clients = "app", .asked = "", .prefix = OURS "/",
	.scope_claims = "groups", .known = "products:read products:write orders:own",
	.customer_claim = "customer",
}, staffed = {
	.name = ISSUER, .audience = OURS, .clients = "app", .asked = "", .prefix = OURS "/",
	.scope_claims = "scope cognito:groups", .known = "products:read products:write orders:own",
}, entra = {
	.name = ISSUER, .audience = "0a-guid", .asked = "", .prefix = "api://app/",
	.scope_claims = "scp roles", .known = "products:read products:write orders:own",
	.customer_claim = "customer",
}, nested = {
	.name = ISSUER, .audience = OURS, .clients = "app", .asked = "", .prefix = OURS "/",
	.scope_claims = "scope,/realm_access/roles /scope /a~1b/~0c/1", .known = "products:read products:write orders:own",
	.customer_claim = "/shop/customer",
};

#define WHO "\"iss\":\"" ISSUER "\",\"sub\":\"alice\",\"exp\":1800000100,"
#define GOOD WHO "\"aud\":\"" OURS "\","
#define SCOPE "\"scope\":\"products:read\""
#define COGNITO WHO "\"client_id\":\"app\",\"token_use\":\"access\","

static const char many[] = "\"aud\":[\"x\",\"" OURS "\"],";

static const struct {
	const struct issuer *issuer;
	const char *payload;
	const char *why;        /* a part of it; NULL: it is good */
	const char *scopes;
} cases[] = {
	{ &plain, "{" GOOD SCOPE "}", NULL, "products:read" },
	/* 2.5 JSON */
	{ &plain, "", "no JSON object", NULL },
	{ &plain, "[]", "no JSON object", NULL },
	{ &plain, "\"x\"", "no JSON object", NULL },
	{ &plain, "{" GOOD SCOPE "} ", NULL, "products:read" },
	{ &plain, "{" GOOD SCOPE "}x", "no JSON object", NULL },
	{ &plain, "{" GOOD SCOPE ",\"aud\":\"" OURS "\"}", "no JSON object", NULL },
	{ &plain, "{" GOOD SCOPE ",\"exp\":1800000100}", "no JSON object", NULL },
	{ &plain, "{" GOOD SCOPE ",\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "no JSON object", NULL },
	{ &plain, "{" GOOD SCOPE ",\"a\":\"\xff\"}", "no JSON object", NULL },
	/* 2.6 iss */
	{ &plain, "{\"sub\":\"a\",\"exp\":1800000100,\"aud\":\"" OURS "\"}", "another issuer", NULL },
	{ &plain, "{\"iss\":\"" ISSUER "/\",\"sub\":\"a\",\"exp\":1800000100,\"aud\":\"" OURS "\"}", "another issuer", NULL },
	{ &plain, "{\"iss\":\"HTTPS://id.example/realm\",\"sub\":\"a\",\"exp\":1800000100,\"aud\":\"" OURS "\"}", "another issuer", NULL },
	{ &plain, "{\"iss\":\"https://id.example/\",\"sub\":\"a\",\"exp\":1800000100,\"aud\":\"" OURS "\"}", "another issuer", NULL },
	{ &plain, "{\"iss\":\"" ISSUER "\\u0000\",\"sub\":\"a\",\"exp\":1800000100,\"aud\":\"" OURS "\"}", "another issuer", NULL },
	{ &plain, "{\"iss\":[\"" ISSUER "\"],\"sub\":\"a\",\"exp\":1800000100,\"aud\":\"" OURS "\"}", "another issuer", NULL },
	{ &plain, "{\"iss\":null,\"sub\":\"a\",\"exp\":1800000100,\"aud\":\"" OURS "\"}", "another issuer", NULL },
	/* 2.7 exp, nbf, iat */
#define AT(members) "{\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"" OURS "\"" members "}"
	{ &plain, AT(""), "when it expires", NULL },
	{ &plain, AT(",\"exp\":null"), "when it expires", NULL },
	{ &plain, AT(",\"exp\":\"1800000100\""), "when it expires", NULL },
	{ &plain, AT(",\"exp\":true"), "when it expires", NULL },
	{ &plain, AT(",\"exp\":1e999"), "when it expires", NULL },
	{ &plain, AT(",\"exp\":99999999999999999999999"), "when it expires", NULL },
	{ &plain, AT(",\"exp\":1e300"), NULL, "" },
	{ &plain, AT(",\"exp\":1800000000.5"), NULL, "" },
	{ &plain, AT(",\"exp\":1799999941"), NULL, "" },
	{ &plain, AT(",\"exp\":1799999940.001"), NULL, "" },
	{ &plain, AT(",\"exp\":1799999940"), "has expired", NULL },
	{ &plain, AT(",\"exp\":0"), "has expired", NULL },
	{ &plain, AT(",\"exp\":-1e300"), "has expired", NULL },
	{ &plain, AT(",\"exp\":1800000100,\"nbf\":1800000060"), NULL, "" },
	{ &plain, AT(",\"exp\":1800000100,\"nbf\":1800000061"), "not valid yet", NULL },
	{ &plain, AT(",\"exp\":1800000100,\"nbf\":\"0\""), "not valid yet", NULL },
	{ &plain, AT(",\"exp\":1800000100,\"iat\":1800000300"), NULL, "" },
	{ &plain, AT(",\"exp\":1800000100,\"iat\":1800000301"), "in the future", NULL },
	{ &plain, AT(",\"exp\":1800000100,\"iat\":{}"), "in the future", NULL },
	/* 2.8 aud */
#define FOR(aud) "{" WHO "\"aud\":" aud "," SCOPE "}"
	{ &plain, FOR("[\"x\",\"" OURS "\"]"), NULL, "products:read" },
	{ &plain, FOR("\"0a-guid\""), NULL, "products:read" },
	{ &plain, FOR("\"https://root.example/\""), NULL, "products:read" },
	{ &plain, FOR("\"https://root.example\""), NULL, "products:read" },
	{ &plain, FOR("\"https://root.example//\""), "its audience is another", NULL },
	{ &plain, FOR("\"" OURS "/\""), "its audience is another", NULL },
	{ &plain, FOR("\"0a-guid/\""), "its audience is another", NULL },
	{ &plain, FOR("\"https://shop.example\""), "its audience is another", NULL },
	{ &plain, FOR("\"" OURS " https://root.example\""), "its audience is another", NULL },
	{ &plain, FOR("\"\""), "its audience is another", NULL },
	{ &plain, FOR("[]"), "its audience is another", NULL },
	{ &plain, FOR("[\"" OURS "\",1]"), "its audience is another", NULL },
	{ &plain, FOR("[[\"" OURS "\"]]"), "its audience is another", NULL },
	{ &plain, FOR("1"), "its audience is another", NULL },
	{ &plain, FOR("null"), "its audience is another", NULL },
	{ &plain, FOR("{\"" OURS "\":1}"), "its audience is another", NULL },
	{ &plain, "{" WHO SCOPE "}", "has no audience", NULL },
	/* 2.8 without aud: client and prefix */
#define PREFIXED "\"scope\":\"" OURS "/products:read openid\""
	{ &cognito, "{" COGNITO PREFIXED "}", NULL, "products:read" },
	{ &cognito, "{" WHO "\"azp\":\"other-app\"," PREFIXED "}", NULL, "products:read" },
	{ &cognito, "{" WHO "\"cid\":\"app\"," PREFIXED "}", NULL, "products:read" },
	{ &cognito, "{" WHO "\"appid\":\"app\"," PREFIXED "}", NULL, "products:read" },
	{ &cognito, "{" WHO PREFIXED "}", "a client that is not accepted", NULL },
	{ &cognito, "{" WHO "\"client_id\":\"ap\"," PREFIXED "}", "a client that is not accepted", NULL },
	{ &cognito, "{" WHO "\"client_id\":\"app other-app\"," PREFIXED "}", "a client that is not accepted", NULL },
	{ &cognito, "{" WHO "\"client_id\":[\"app\"]," PREFIXED "}", "a client that is not accepted", NULL },
	{ &cognito, "{" WHO "\"client_id\":\"app\",\"azp\":\"evil\"," PREFIXED "}", "a client that is not accepted", NULL },
	{ &cognito, "{" COGNITO SCOPE "}", "none of its scopes", NULL },
	{ &cognito, "{" COGNITO "\"scope\":\"https://other.example/mcp/products:read\"}", "none of its scopes", NULL },
	{ &cognito, "{" COGNITO "\"scope\":\"" OURS "/other\"}", "none of its scopes", NULL },
	{ &cognito, "{" COGNITO "\"scope\":\"" OURS "/products:read products:write\"}", NULL, "products:read" },
	{ &cognito, "{" COGNITO "\"scope\":\"\"}", "none of its scopes", NULL },
	{ &cognito, "{" WHO "\"client_id\":\"app\",\"token_use\":\"id\"," PREFIXED "}", "no access token", NULL },
	/* both, where both are there */
	{ &cognito, "{" GOOD "\"client_id\":\"app\"," PREFIXED "}", NULL, "products:read" },
	{ &cognito, "{" GOOD "\"client_id\":\"app\"," SCOPE "}", NULL, "products:read" },
	{ &cognito, "{" GOOD "\"client_id\":\"evil\"," PREFIXED "}", "a client that is not accepted", NULL },
	{ &cognito, "{" WHO "\"aud\":\"x\",\"client_id\":\"app\"," PREFIXED "}", "its audience is another", NULL },
	/* 2.9 no access token */
	{ &plain, "{" GOOD "\"token_use\":\"access\"," SCOPE "}", NULL, "products:read" },
	{ &plain, "{" GOOD "\"token_use\":\"id\"," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"token_use\":1," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"typ\":\"Bearer\"," SCOPE "}", NULL, "products:read" },
	{ &plain, "{" GOOD "\"typ\":\"ID\"," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"typ\":\"Refresh\"," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"typ\":\"Offline\"," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"typ\":\"Logout\"," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"typ\":[]," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"nonce\":\"n\"," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"at_hash\":\"n\"," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"c_hash\":null," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"s_hash\":\"n\"," SCOPE "}", "no access token", NULL },
	{ &plain, "{" GOOD "\"events\":{}," SCOPE "}", "no access token", NULL },
	/* 2.10 cnf */
	{ &plain, "{" GOOD "\"cnf\":{\"jkt\":\"x\"}," SCOPE "}", "bound to a key", NULL },
	{ &plain, "{" GOOD "\"cnf\":null," SCOPE "}", "bound to a key", NULL },
	/* 2.11 sub */
#define SUB(member) "{\"iss\":\"" ISSUER "\",\"exp\":1800000100,\"aud\":\"" OURS "\"" member "}"
	{ &plain, SUB(""), "whose it is", NULL },
	{ &plain, SUB(",\"sub\":\"\""), "whose it is", NULL },
	{ &plain, SUB(",\"sub\":7"), "whose it is", NULL },
	{ &plain, SUB(",\"sub\":null"), "whose it is", NULL },
	/* 2.12 scopes */
	{ &plain, "{" GOOD "\"a\":1}", NULL, "" },
	{ &plain, "{" GOOD "\"scope\":\"orders:own products:read  products:read\"}", NULL, "products:read,orders:own" },
	{ &plain, "{" GOOD "\"scp\":\"products:write\"}", NULL, "products:write" },
	{ &plain, "{" GOOD "\"scp\":[\"products:write\",\"products:read\"]}", NULL, "products:read,products:write" },
	{ &plain, "{" GOOD "\"scp\":[\"products:write products:read\"]}", NULL, "" },
	{ &plain, "{" GOOD "\"scope\":\"products:read,products:write\"}", NULL, "" },
	{ &plain, "{" GOOD "\"scope\":\"*\"}", NULL, "" },
	{ &plain, "{" GOOD "\"scope\":\"products:*\"}", NULL, "" },
	{ &plain, "{" GOOD "\"scope\":\"products:readx xproducts:read PRODUCTS:READ\"}", NULL, "" },
	{ &plain, "{" GOOD "\"scope\":\"products:read\\u0000\"}", NULL, "" },
	{ &plain, "{" GOOD "\"scope\":\"products:read\\tproducts:write\"}", NULL, "" },
	{ &plain, "{" GOOD "\"scope\":\"customer=other\"}", NULL, "" },
	{ &plain, "{" GOOD "\"scp\":[\"products:read\",1]}", "not text", NULL },
	{ &plain, "{" GOOD "\"scope\":7}", "not text", NULL },
	{ &plain, "{" GOOD "\"scope\":{\"products:read\":true}}", "not text", NULL },
	{ &plain, "{" GOOD "\"roles\":[\"products:read\"]}", NULL, "" },
	/* By settings: Entra names its scopes without the prefix, and has roles */
	{ &entra, "{" WHO "\"aud\":\"0a-guid\",\"scp\":\"products:read\"}", NULL, "products:read" },
	{ &entra, "{" WHO "\"aud\":\"0a-guid\",\"scp\":\"api://app/products:read\"}", NULL, "products:read" },
	{ &entra, "{" WHO "\"aud\":\"0a-guid\",\"scp\":\"api://other/products:read\"}", NULL, "" },
	{ &entra, "{" WHO "\"aud\":\"0a-guid\",\"roles\":[\"orders:own\"]}", NULL, "orders:own" },
	{ &entra, "{" WHO "\"aud\":\"0a-guid\",\"scope\":\"orders:own\"}", NULL, "" },
	/* Groups say what one may, a scope that the token is for us */
	{ &grouped, "{" COGNITO PREFIXED ",\"groups\":[\"products:write\",\"staff\"]}", NULL, "products:write" },
	{ &grouped, "{" COGNITO "\"groups\":[\"products:write\"]}", "none of its scopes", NULL },
	/* As Terraform sets it for Cognito: the client's scopes, and those of a person's groups beside them */
	{ &staffed, "{" COGNITO PREFIXED ",\"cognito:groups\":[\"products:write\",\"x\"]}", NULL, "products:read,products:write" },
	{ &staffed, "{" COGNITO PREFIXED "}", NULL, "products:read" },
	{ &staffed, "{" COGNITO "\"cognito:groups\":[\"products:write\"]}", "none of its scopes", NULL },
	{ &grouped, "{" COGNITO PREFIXED "}", NULL, "" },
	/* Within others, as Keycloak's roles are (RFC 6901) */
#define NESTED "{" GOOD "\"azp\":\"app\","
	{ &nested, NESTED SCOPE ",\"realm_access\":{\"roles\":[\"orders:own\",\"staff\"]}}", NULL, "products:read,orders:own" },
	{ &nested, NESTED "\"a/b\":{\"~c\":[\"orders:own\",\"products:write\"]}}", NULL, "products:write" },
	{ &nested, NESTED SCOPE "}", NULL, "products:read" },
	{ &nested, NESTED SCOPE ",\"realm_access\":[\"orders:own\"]}", NULL, "products:read" },
	{ &nested, NESTED SCOPE ",\"realm_access\":\"roles\"}", NULL, "products:read" },
	{ &nested, NESTED SCOPE ",\"/realm_access/roles\":[\"orders:own\"]}", NULL, "products:read" },
	{ &nested, NESTED SCOPE ",\"roles\":[\"orders:own\"]}", NULL, "products:read" },
	{ &nested, NESTED SCOPE ",\"realm_access\":{\"roles\":{\"orders:own\":true}}}", "not text", NULL },
	{ &nested, NESTED SCOPE ",\"realm_access\":{\"roles\":[\"orders:own\",7]}}", "not text", NULL },
	/* Without an audience no scope counts that has no prefix, whichever way it is named; a role does */
	{ &nested, "{" COGNITO "\"scope\":\"" OURS "/products:read orders:own\"}", NULL, "products:read" },
	{ &nested, "{" COGNITO PREFIXED ",\"realm_access\":{\"roles\":[\"orders:own\"]}}", NULL, "products:read,orders:own" },
	{ &nested, "{" COGNITO "\"realm_access\":{\"roles\":[\"orders:own\"]}}", "none of its scopes", NULL },
};

START_TEST(a_payload_is_good_or_told_what_is_wrong)
{
	const struct issuer *issuer = cases[_i].issuer;
	struct claims claims;
	const struct refusal *refusal =
		claims_read(arena, issuer, str_of(cases[_i].payload), NOW, &claims);

	if (cases[_i].why) {
		ck_assert_msg(refusal && strstr(refusal->why, cases[_i].why), "%s: %s instead of %s",
		              cases[_i].payload, refusal ? refusal->why : "(good)", cases[_i].why);
		ck_assert_ptr_nonnull(refusal->count);
		/* It goes into a header, and clients look for these in it. */
		ck_assert(!strpbrk(refusal->why, "\"\\\r\n") && !strstr(refusal->why, "scope=") &&
		          !strstr(refusal->why, "error="));
		return;
	}
	ck_assert_msg(!refusal, "%s: %s", cases[_i].payload, refusal->why);
	ck_assert_str_eq(claims.scopes, cases[_i].scopes);
	ck_assert_int_gt(claims.expires_ms, NOW);
	ck_assert_ptr_null(claims_glance(arena, issuer, str_of(cases[_i].payload), NOW));
}
END_TEST

START_TEST(the_glance_looks_at_issuer_and_time_alone)
{
	const char *good = "{\"iss\":\"" ISSUER "\",\"exp\":1800000100}";
	const char *late = "{\"iss\":\"" ISSUER "\",\"exp\":1700000000}";
	const char *other = "{\"iss\":\"x\",\"exp\":1800000100}";

	ck_assert_ptr_null(claims_glance(arena, &plain, str_of(good), NOW));
	ck_assert_ptr_nonnull(strstr(claims_glance(arena, &plain, str_of(late), NOW)->why, "expired"));
	ck_assert_ptr_nonnull(strstr(claims_glance(arena, &plain, str_of(other), NOW)->why, "issuer"));
	ck_assert_ptr_nonnull(strstr(claims_glance(arena, &plain, STR("x"), NOW)->why, "JSON"));
}
END_TEST

START_TEST(it_expires_a_minute_after_it_says_for_clocks_differ)
{
	struct claims claims;

	ck_assert_ptr_null(claims_read(arena, &plain, STR("{" GOOD SCOPE "}"), NOW, &claims));
	ck_assert_int_eq(claims.expires_ms, NOW + 160000);
	ck_assert_ptr_null(claims_read(arena, &plain, STR(AT(",\"exp\":1e300")), NOW, &claims));
	ck_assert_int_eq(claims.expires_ms, INT64_C(253402300799000) + 60000);
}
END_TEST

START_TEST(a_subject_is_at_most_255_bytes_of_anything)
{
	struct claims claims;
	char long_one[257];

	memset(long_one, 'x', 256);
	long_one[256] = '\0';
	const char *text = arena_print(arena, SUB(",\"sub\":\"%s\""), long_one + 1);
	ck_assert_ptr_null(claims_read(arena, &plain, str_of(text), NOW, &claims));
	ck_assert_uint_eq(claims.subject.size, 255);
	text = arena_print(arena, SUB(",\"sub\":\"%s\""), long_one);
	ck_assert_ptr_nonnull(claims_read(arena, &plain, str_of(text), NOW, &claims));
	ck_assert_ptr_null(claims_read(arena, &plain, STR(SUB(",\"sub\":\"a\\u0000b\"")), NOW, &claims));
	ck_assert(str_same(claims.subject, (str) { "a\0b", 3 }));
}
END_TEST

static const struct { const char *value, *customer; } customers[] = {
	{ "\"17850\"", "17850" }, { "17850", "17850" }, { "\"auth0|x\"", "auth0|x" },
	{ "\"a@b.example\"", "a@b.example" },
	{ "\"\"", NULL }, { "\"a b\"", NULL }, { "\"a\\nb\"", NULL }, { "\"\xc3\xa4\"", NULL }, { "-1", NULL },
	{ "1.5", NULL }, { "[\"17850\"]", NULL }, { "null", NULL }, { "true", NULL },
	{ "\"0123456789012345678901234567890123456789012345678901234567890123\"",
	  "0123456789012345678901234567890123456789012345678901234567890123" },
	{ "\"01234567890123456789012345678901234567890123456789012345678901234\"", NULL },
};

START_TEST(a_claim_names_the_customer_or_nobody)
{
	const char *payload = arena_print(arena, "{" WHO "\"aud\":\"0a-guid\",\"customer\":%s}",
	                                  customers[_i].value);
	struct claims claims;

	ck_assert_ptr_null(claims_read(arena, &entra, str_of(payload), NOW, &claims));
	if (customers[_i].customer)
		ck_assert_pstr_eq(claims.customer, customers[_i].customer);
	else
		ck_assert_ptr_null(claims.customer);
	/* Where no claim is named none says it. */
	payload = arena_print(arena, "{" GOOD "\"customer\":%s}", customers[_i].value);
	ck_assert_ptr_null(claims_read(arena, &plain, str_of(payload), NOW, &claims));
	ck_assert_ptr_null(claims.customer);
}
END_TEST

START_TEST(the_customer_may_be_within_another_claim)
{
	static const struct { const char *member, *customer; } said[] = {
		{ "\"shop\":{\"customer\":\"17850\"}", "17850" }, { "\"shop\":\"17850\"", NULL },
		{ "\"customer\":\"17850\"", NULL }, { "\"/shop/customer\":\"17850\"", NULL },
		{ "\"shop\":{\"customer\":[\"17850\"]}", NULL },
	};

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		const char *payload = arena_print(arena, NESTED "%s}", said[i].member);
		struct claims claims;
		ck_assert_ptr_null(claims_read(arena, &nested, str_of(payload), NOW, &claims));
		ck_assert_pstr_eq(claims.customer, said[i].customer);
	}
}
END_TEST

START_TEST(more_values_than_a_token_has_are_refused)
{
	struct json json = json_begin(arena, 1024);
	struct claims claims;

	json_object(&json);
	for (int i = 0; i < 5000; i++) {
		json_key(&json, arena_print(arena, "k%d", i));
		json_int(&json, i);
	}
	json_object_end(&json);
	ck_assert_ptr_nonnull(claims_read(arena, &plain, json_end(&json), NOW, &claims));
	ck_assert_ptr_null(claims_read(arena, &plain, str_of(arena_print(arena, "{" WHO "%s" SCOPE "}", many)),
	                               NOW, &claims));
}
END_TEST

static void set_up(void)
{
	arena = arena_create();
}

static void tear_down(void)
{
	arena_destroy(arena);
}

int main(void)
{
	Suite *suite = suite_create("claims");
	TCase *tests = tcase_create("claims");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, a_payload_is_good_or_told_what_is_wrong, 0, COUNT(cases));
	tcase_add_test(tests, the_glance_looks_at_issuer_and_time_alone);
	tcase_add_test(tests, it_expires_a_minute_after_it_says_for_clocks_differ);
	tcase_add_test(tests, a_subject_is_at_most_255_bytes_of_anything);
	tcase_add_loop_test(tests, a_claim_names_the_customer_or_nobody, 0, COUNT(customers));
	tcase_add_test(tests, the_customer_may_be_within_another_claim);
	tcase_add_test(tests, more_values_than_a_token_has_are_refused);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
