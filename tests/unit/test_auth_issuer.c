/* test_auth_issuer.c - what an operator sets about the issuer: what is taken, and what is told. */
#include <stdio.h>
#include <unistd.h>

#include "claims.h"
#include "issuer.h"
#include "suite.h"

#define GOOD .issuer = "https://id.example/realm", .public_url = "https://shop.example/mcp"

static const struct {
	struct issuer_settings settings;
	const char *says;       /* how it begins; NULL: it is taken */
} cases[] = {
	{ { 0 }, NULL },
	{ { GOOD }, NULL },
	{ { .public_url = "https://shop.example/mcp" }, NULL },
	{ { .issuer = "http://127.0.0.1:9000", .public_url = "http://127.0.0.1:1/mcp" }, NULL },
	{ { .issuer = "http://localhost:9000/", .public_url = "http://127.0.0.1:1/mcp" }, NULL },
	{ { .issuer = "http://[::1]:9000", .public_url = "http://127.0.0.1:1/mcp" }, NULL },
	{ { GOOD, .audience = "https://a.example https://b.example,guid" }, NULL },
	{ { GOOD, .clients = "one,two" }, NULL },
	{ { GOOD, .scopes = "products:read stock:reserve" }, NULL },
	{ { GOOD, .scopes = "products:read", .scope_prefix = "api://app/" }, NULL },
	{ { GOOD, .scope_claims = "cognito:groups" }, NULL },
	{ { GOOD, .customer_claim = "https://shop.example/customer" }, NULL },
	{ { GOOD, .scope_claims = "scope,/realm_access/roles" }, NULL },
	{ { GOOD, .scope_claims = "/a~0b/~1/0", .customer_claim = "/shop/customer" }, NULL },
	{ { GOOD, .scope_claims = "a~b/" }, NULL },
	{ { GOOD, .jwks = "https://keys.example/jwks" }, NULL },
	{ { GOOD, .facade = true }, NULL },

	{ { .issuer = "https://id.example" }, "OAUTH_ISSUER: it needs PUBLIC_URL" },
	{ { .issuer = "https://id.example", .public_url = "https://h/mcp#x" }, "PUBLIC_URL: with OAUTH_ISSUER" },
	{ { .issuer = "https://id.example", .public_url = "https://h/mcp?x" }, "PUBLIC_URL: with OAUTH_ISSUER" },
	{ { .issuer = "https://id.example", .public_url = "https://h/\"mcp" }, "PUBLIC_URL: with OAUTH_ISSUER" },
	{ { .issuer = "", .public_url = "x" }, "OAUTH_ISSUER: it must begin with https://" },
	{ { .issuer = "id.example", .public_url = "x" }, "OAUTH_ISSUER: it must begin with https://" },
	{ { .issuer = "ftp://id.example", .public_url = "x" }, "OAUTH_ISSUER: it must begin with https://" },
	{ { .issuer = "http://id.example", .public_url = "x" }, "OAUTH_ISSUER: it must begin with https://" },
	{ { .issuer = "http://127.0.0.1.id.example", .public_url = "x" },
	  "OAUTH_ISSUER: it must begin with https://" },
	{ { .issuer = "http://localhost.id.example", .public_url = "x" },
	  "OAUTH_ISSUER: it must begin with https://" },
	{ { .issuer = "https://", .public_url = "x" }, "OAUTH_ISSUER: it is no URL" },
	{ { .issuer = "https://me:secret@id.example", .public_url = "x" }, "OAUTH_ISSUER: it must not hold" },
	{ { .issuer = "https://id.example/?a", .public_url = "x" }, "OAUTH_ISSUER: an issuer has neither" },
	{ { .issuer = "https://id.example/#a", .public_url = "x" }, "OAUTH_ISSUER: an issuer has neither" },
	{ { .issuer = "https://id.example/\"", .public_url = "x" }, "OAUTH_ISSUER: it holds a blank" },
	{ { .issuer = "https://id.example ", .public_url = "x" }, "OAUTH_ISSUER: it holds a blank" },
	{ { .issuer = "https://a.example https://b.example", .public_url = "x" }, "OAUTH_ISSUER: it holds a blank" },
	{ { .issuer = "https://a.example,https://b.example", .public_url = "x" }, "OAUTH_ISSUER: it holds a blank" },
	{ { .issuer = "\"https://id.example\"", .public_url = "x" }, "OAUTH_ISSUER: it holds a blank, a quote" },
	{ { .issuer = "'https://id.example'", .public_url = "x" },
	  "OAUTH_ISSUER: it must begin with https://, without a quote" },
	{ { .issuer = "https://id.example/.well-known/openid-configuration", .public_url = "x" },
	  "OAUTH_ISSUER: it ends before /.well-known/" },
	{ { GOOD, .audience = "" }, "OAUTH_AUDIENCE: it is empty" },
	{ { GOOD, .audience = "a\"b" }, "OAUTH_AUDIENCE: an item" },
	{ { GOOD, .clients = " , " }, "OAUTH_CLIENTS: it is empty" },
	{ { GOOD, .clients = "a\\b" }, "OAUTH_CLIENTS: an item" },
	{ { GOOD, .scope_claims = "" }, "OAUTH_SCOPE_CLAIM: it is empty" },
	{ { GOOD, .scope_prefix = "a b" }, "OAUTH_SCOPE_PREFIX: it holds" },
	{ { GOOD, .scope_prefix = "a\nb" }, "OAUTH_SCOPE_PREFIX: it holds" },
	{ { GOOD, .scope_prefix = "https://shop.example/mcp" }, "OAUTH_SCOPE_PREFIX: a scope comes right behind it" },
	{ { GOOD, .scope_prefix = "shop." }, NULL },
	{ { GOOD, .scope_prefix = "shop:" }, NULL },
	{ { GOOD, .scopes = "products:read *" }, "OAUTH_SCOPES: a scope is" },
	{ { GOOD, .scopes = "a\"b" }, "OAUTH_SCOPES: a scope is" },
	{ { GOOD, .scopes = "p/a", .scope_prefix = "p/" }, "OAUTH_SCOPES: write them" },
	{ { GOOD, .customer_claim = "" }, "OAUTH_CUSTOMER_CLAIM: it is the name" },
	{ { GOOD, .customer_claim = "a b" }, "OAUTH_CUSTOMER_CLAIM: it is the name" },
	{ { GOOD, .scope_claims = "scope /" },
	  "OAUTH_SCOPE_CLAIM: a name that begins with / is a JSON Pointer such as /realm_access/roles: after each" },
	{ { GOOD, .scope_claims = "/a//b" },
	  "OAUTH_SCOPE_CLAIM: a name that begins with / is a JSON Pointer such as /realm_access/roles: after each" },
	{ { GOOD, .scope_claims = "/realm_access/,scope" },
	  "OAUTH_SCOPE_CLAIM: a name that begins with / is a JSON Pointer such as /realm_access/roles: after each" },
	{ { GOOD, .scope_claims = "/a~2b" },
	  "OAUTH_SCOPE_CLAIM: a name that begins with / is a JSON Pointer such as /realm_access/roles: in it ~" },
	{ { GOOD, .customer_claim = "/a~" },
	  "OAUTH_CUSTOMER_CLAIM: a name that begins with / is a JSON Pointer such as /realm_access/roles: in it ~" },
	{ { GOOD, .customer_claim = "//a" },
	  "OAUTH_CUSTOMER_CLAIM: a name that begins with / is a JSON Pointer such as /realm_access/roles: after" },
	{ { GOOD, .jwks = "http://keys.example/jwks" }, "OAUTH_JWKS: it must begin with https://" },
	{ { GOOD, .jwks = "keys.json" }, "OAUTH_JWKS: it must begin with https://, or with an @" },
	{ { GOOD, .jwks = "/etc/keys.json" }, "OAUTH_JWKS: it must begin with https://, or with an @" },
	{ { GOOD, .jwks = "@" }, "OAUTH_JWKS: after the @" },
	{ { GOOD, .jwks = "@/nowhere/keys.json" }, "OAUTH_JWKS: cannot read /nowhere/keys.json" },
	{ { GOOD, .jwks = "https://keys.example/", .facade = true }, "OAUTH_FACADE: it repeats" },
	{ { .audience = "a" }, "OAUTH_AUDIENCE: it says how tokens" },
	{ { .clients = "a" }, "OAUTH_CLIENTS: it says how" },
	{ { .scopes = "a" }, "OAUTH_SCOPES: it says how" },
	{ { .scope_prefix = "a" }, "OAUTH_SCOPE_PREFIX: it says how" },
	{ { .scope_claims = "a" }, "OAUTH_SCOPE_CLAIM: it says how" },
	{ { .customer_claim = "a" }, "OAUTH_CUSTOMER_CLAIM: it says how" },
	{ { .jwks = "@a" }, "OAUTH_JWKS: it says how" },
	{ { .facade = true }, "OAUTH_FACADE: it says how" },
};

static void clear(void)
{
	ck_assert_ptr_null(issuer_configure(&(struct issuer_settings) { 0 }));
}

START_TEST(settings_are_taken_or_it_is_told_what_to_do)
{
	const char *wrong = issuer_configure(&cases[_i].settings);

	if (!cases[_i].says)
		ck_assert_msg(!wrong, "%s", wrong);
	else
		ck_assert_msg(wrong && strncmp(wrong, cases[_i].says, strlen(cases[_i].says)) == 0,
		              "'%s' instead of '%s'", wrong ? wrong : "(taken)", cases[_i].says);
	clear();
}
END_TEST

START_TEST(what_is_wrong_leaves_what_was)
{
	ck_assert_ptr_null(issuer_configure(&(struct issuer_settings) { GOOD }));
	ck_assert_ptr_nonnull(issuer_configure(&(struct issuer_settings) { .issuer = "x" }));
	ck_assert_str_eq(issuer_name(), "https://id.example/realm");
	clear();
	ck_assert_ptr_null(issuer_name());
	ck_assert_str_eq(issuer_scopes(), "");
	ck_assert_str_eq(issuer_scope_prefix(), "");
	ck_assert(!issuer_asks(STR("products:read")));
}
END_TEST

START_TEST(what_a_sign_in_asks_for_is_told_and_must_be_known_here)
{
	ck_assert_ptr_null(issuer_configure(&(struct issuer_settings) {
		GOOD, .scopes = "b:x,\n a:y ", .scope_prefix = "p/" }));
	ck_assert_str_eq(issuer_scopes(), "b:x a:y");
	ck_assert_str_eq(issuer_scope_prefix(), "p/");
	ck_assert(issuer_asks(STR("a:y")) && issuer_asks(STR("b:x")));
	ck_assert(!issuer_asks(STR("a")) && !issuer_asks(STR("")) && !issuer_asks(STR("p/a:y")));
	ck_assert_ptr_null(issuer_know_scopes("a:y b:x c:z"));
	ck_assert_str_eq(issuer_know_scopes("a:y c:z"), "OAUTH_SCOPES: this server has no scope b:x; it has"
	                                                " a:y c:z");
	clear();
	ck_assert_ptr_null(issuer_know_scopes("a"));
}
END_TEST

START_TEST(the_audience_is_the_public_url_unless_it_is_set)
{
	ck_assert_ptr_null(issuer_configure(&(struct issuer_settings) { GOOD }));
	ck_assert_str_eq(issuer_now()->audience, "https://shop.example/mcp");
	ck_assert_str_eq(issuer_now()->scope_claims, "scope scp");
	ck_assert_ptr_null(issuer_configure(&(struct issuer_settings) { GOOD, .audience = "a b" }));
	ck_assert_str_eq(issuer_now()->audience, "a b");
	clear();
	ck_assert_ptr_null(issuer_now());
}
END_TEST

START_TEST(everything_that_is_counted_has_a_name_and_a_place)
{
	int count = 0;

	for (const struct counted *one = sign_ins_counted; one->name; one++, count++)
		ck_assert(one->value && one->help && strcmp(one->type,
			one->value == &sign_ins.keys_had_s ? "gauge" : "counter") == 0);
	ck_assert_uint_eq((size_t)count, sizeof(sign_ins) / sizeof(atomic_llong));
}
END_TEST

START_TEST(one_address_is_told_from_some)
{
	char address[16];

	ck_assert_int_eq(sign_ins_refused_from(), 0);
	for (int i = 0; i < 1000; i++)
		sign_ins_note_refused(STR("192.0.2.1"));
	ck_assert_int_eq(sign_ins_refused_from(), 1);
	for (int i = 0; i < 20; i++) {
		snprintf(address, sizeof(address), "198.51.100.%d", i);
		sign_ins_note_refused(str_of(address));
	}
	ck_assert_int_ge(sign_ins_refused_from(), 12);
	ck_assert_int_le(sign_ins_refused_from(), 21);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("issuer");
	TCase *tests = tcase_create("settings");

	tcase_add_loop_test(tests, settings_are_taken_or_it_is_told_what_to_do, 0, COUNT(cases));
	tcase_add_test(tests, what_is_wrong_leaves_what_was);
	tcase_add_test(tests, what_a_sign_in_asks_for_is_told_and_must_be_known_here);
	tcase_add_test(tests, the_audience_is_the_public_url_unless_it_is_set);
	tcase_add_test(tests, everything_that_is_counted_has_a_name_and_a_place);
	tcase_add_test(tests, one_address_is_told_from_some);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
