/* test_jose_rfc.c - the examples of the RFCs: each verifies, or is refused for what it is. */
#include "jose.h"
#include "suite.h"

/* RFC 7515 A.1 to A.5, RFC 8037 A.2 and A.4, RFC 7520 3.3 and 4.1 to 4.5. */
#define PAYLOAD_7515 \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y" \
	"b290Ijp0cnVlfQ"

#define PAYLOAD_7520 \
	"SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91" \
	"IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXi" \
	"gJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4"

#define KEY_7515_A2 \
	"{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mP" \
	"ddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b326" \
	"90r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa" \
	"2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9" \
	"_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"}"

#define TOKEN_7515_A2 \
	"eyJhbGciOiJSUzI1NiJ9." PAYLOAD_7515 "." \
	"cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O" \
	"8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARN" \
	"PvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ" \
	"1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"

#define KEY_7515_A3 \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPH" \
	"vRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"

#define TOKEN_7515_A3 \
	"eyJhbGciOiJFUzI1NiJ9." PAYLOAD_7515 "." \
	"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

#define TOKEN_7515_A1 \
	"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." PAYLOAD_7515 "." \
	"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

#define TOKEN_7515_A4 \
	"eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOY" \
	"aRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8Kp" \
	"EHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"

#define KEY_8037_A2 \
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwI" \
	"aaPcHURo\"}"

#define TOKEN_8037_A4 \
	"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1P" \
	"POt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

#define KEY_7520_33 \
	"{\"kty\":\"RSA\",\"kid\":\"bilbo.baggins@hobbiton.example\",\"use\":\"sig\",\"n" \
	"\":\"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd" \
	"7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3" \
	"RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg" \
	"8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRh" \
	"uaxwUkRz5iaiQkqgc5gHdrNP5zw\",\"e\":\"AQAB\"}"

#define TOKEN_7520_41 \
	"eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." PAYLOAD_7520 "." \
	"MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp" \
	"83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCr" \
	"UCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aX" \
	"ic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg"

#define TOKEN_7520_42 \
	"eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." PAYLOAD_7520 "." \
	"cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCd" \
	"P6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442Z" \
	"dNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1" \
	"aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw"

#define TOKEN_7520_43 \
	"eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." PAYLOAD_7520 "." \
	"AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1" \
	"eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu" \
	"9xQ2"

#define TOKEN_7520_44 \
	"eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9." PAYLOAD_7520 "." \
	"s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"

#define JOE "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"
#define ROAD "It’s a dangerous business, Frodo, going out your door. You step onto the road, and " \
	"if you don't keep your feet, there’s no knowing where you might be swept off to."

static const struct {
	const char *name, *key, *token;
	enum jws_alg alg;
	const char *kid, *payload;
} examples[] = {
	{ "7515 A.2", KEY_7515_A2, TOKEN_7515_A2, JWS_RS256, NULL, JOE },
	{ "7515 A.3", KEY_7515_A3, TOKEN_7515_A3, JWS_ES256, NULL, JOE },
	{ "8037 A.4", KEY_8037_A2, TOKEN_8037_A4, JWS_EDDSA, NULL, "Example of Ed25519 signing" },
	{ "7520 4.1", KEY_7520_33, TOKEN_7520_41, JWS_RS256, "bilbo.baggins@hobbiton.example", ROAD },
	{ "7520 4.2", KEY_7520_33, TOKEN_7520_42, JWS_PS384, "bilbo.baggins@hobbiton.example", ROAD },
};

static const struct {
	const char *name, *token;
	enum jws_outcome outcome;
} refused[] = {
	{ "7515 A.1: HS256", TOKEN_7515_A1, JWS_ALGORITHM },
	{ "7515 A.4: ES512", TOKEN_7515_A4, JWS_ALGORITHM },
	{ "7515 A.5: none", "eyJhbGciOiJub25lIn0." PAYLOAD_7515 ".", JWS_ALGORITHM },
	{ "7520 4.3: ES512", TOKEN_7520_43, JWS_ALGORITHM },
	{ "7520 4.4: HS256", TOKEN_7520_44, JWS_ALGORITHM },
	{ "7515 A.6: JSON", "{\"payload\":\"" PAYLOAD_7515 "\",\"signatures\":[]}", JWS_MALFORMED },
	{ "7516 3.3: JWE", "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZK"
	  ".48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji"
	  ".XFBoMYUZodetZdvTiFvSkQ", JWS_MALFORMED },
};

static struct arena *arena;

static void set_up(void)
{
	arena = arena_create();
}

static void tear_down(void)
{
	arena_destroy(arena);
}

static struct jwk_set *set_of(const char *key)
{
	const char *wrong = "";
	struct jwk_set *set =
		jwk_set_read(str_of(arena_print(arena, "{\"keys\":[%s]}", key)), &wrong);

	ck_assert_msg(set != NULL, "%s", wrong);
	return set;
}

START_TEST(examples_verify)
{
	struct jwk_set *set = set_of(examples[_i].key);
	struct jws jws;

	ck_assert_int_eq(jws_read(arena, str_of(examples[_i].token), &jws), JWS_FINE);
	ck_assert_int_eq(jws.alg, examples[_i].alg);
	ck_assert(examples[_i].kid ? str_is(jws.kid, examples[_i].kid) : !jws.kid.at);
	ck_assert_ptr_null(jws.type.at);
	ck_assert(str_is(jws.payload, examples[_i].payload));
	ck_assert_int_eq(jws_verify(set, &jws), JWS_FINE);
	jwk_set_drop(set);
}
END_TEST

/* One letter of base64url further: any of them in turn. */
START_TEST(examples_verify_as_they_are_only)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_A";
	struct jwk_set *set = set_of(examples[_i].key);
	char *token = arena_copy(arena, str_of(examples[_i].token));

	for (char *at = token; *at; at++) {
		struct arena *own = arena_create();
		struct jws jws;
		char kept = *at;
		*at = kept == '.' ? 'A' : strchr(letters, kept)[1];
		ck_assert_msg(jws_read(own, str_of(token), &jws) != JWS_FINE ||
		              jws_verify(set, &jws) != JWS_FINE, "%s: %zd", examples[_i].name,
		              at - token);
		*at = kept;
		arena_destroy(own);
	}
	jwk_set_drop(set);
}
END_TEST

START_TEST(examples_of_what_is_not_ours_are_refused)
{
	struct jws jws = { .kid = STR("untouched") };

	ck_assert_msg(jws_read(arena, str_of(refused[_i].token), &jws) == refused[_i].outcome, "%s",
	              refused[_i].name);
	ck_assert(str_is(jws.kid, "untouched"));
}
END_TEST

/* RFC 7515 F, RFC 7520 4.5: who has the payload puts it back. Without it nothing verifies. */
START_TEST(a_detached_payload_is_an_empty_one)
{
	struct jwk_set *set = set_of(KEY_7515_A2);
	str rest = STR(TOKEN_7515_A2), header = str_cut(&rest, '.');
	struct jws jws;

	str_cut(&rest, '.');
	const char *token = arena_print(arena, "%.*s..%.*s", STR_FORMAT(header), STR_FORMAT(rest));
	ck_assert_int_eq(jws_read(arena, str_of(token), &jws), JWS_FINE);
	ck_assert_ptr_nonnull(jws.payload.at);
	ck_assert_uint_eq(jws.payload.size, 0);
	ck_assert_int_eq(jws_verify(set, &jws), JWS_BAD_SIGNATURE);
	jwk_set_drop(set);
}
END_TEST

/* RFC 7517 A.1: one key for encryption, one for RS256. */
START_TEST(the_set_of_rfc_7517)
{
	const char *wrong;
	struct jwk_set *set = jwk_set_read(STR("{\"keys\":["
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
		"\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\",\"use\":\"enc\",\"kid\":\"1\"},"
		"{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7"
		"aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v"
		"-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTW"
		"hAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\","
		"\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}]}"), &wrong);

	ck_assert_ptr_nonnull(set);
	ck_assert_int_eq(jwk_set_count(set), 1);
	ck_assert(jwk_set_has(set, STR("2011-04-29")));
	ck_assert(!jwk_set_has(set, STR("1")));
	jwk_set_drop(set);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jose_rfc");
	TCase *tcase = tcase_create("examples");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, examples_verify, 0, COUNT(examples));
	tcase_add_loop_test(tcase, examples_verify_as_they_are_only, 0, COUNT(examples));
	tcase_add_loop_test(tcase, examples_of_what_is_not_ours_are_refused, 0, COUNT(refused));
	tcase_add_test(tcase, a_detached_payload_is_an_empty_one);
	tcase_add_test(tcase, the_set_of_rfc_7517);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
