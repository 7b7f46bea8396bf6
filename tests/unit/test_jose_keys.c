/* test_jose_keys.c - which entries of a JWK set are keys for us, and what a set is. */
#include "jose_fixture.h"

/* ---- Entries ---- */

/* Members that are put before those of a good key, and whether it is one then. */
static const struct {
	const char *members;
	bool ours;
} members[] = {
	{ "", true }, { "\"use\":\"sig\",", true }, { "\"use\":null,", true },
	{ "\"key_ops\":[\"verify\"],", true }, { "\"key_ops\":[\"sign\",\"verify\"],", true },
	{ "\"use\":\"sig\",\"key_ops\":[\"verify\"],", true }, { "\"kid\":\"\",", true },
	{ "\"alg\":\"RS256\",", true }, { "\"alg\":\"PS512\",", true }, { "\"alg\":null,", true },
	{ "\"x5c\":[\"MIIB\"],\"x5t\":\"AAAA\",\"x5u\":\"http://127.0.0.1:1/\",\"issuer\":\"x\",", true },
	{ "\"d\":\"AAAA\",\"p\":7,\"oth\":[{\"r\":\"AA\"}],", true },  /* what is private is not looked at */

	{ "\"use\":\"enc\",", false }, { "\"use\":\"SIG\",", false }, { "\"use\":\"\",", false },
	{ "\"use\":[\"sig\"],", false }, { "\"use\":7,", false }, { "\"use\":\"sig\\u0000\",", false },
	{ "\"key_ops\":[],", false }, { "\"key_ops\":[\"sign\"],", false }, { "\"key_ops\":\"verify\",", false },
	{ "\"key_ops\":[\"encrypt\",\"wrapKey\"],", false }, { "\"key_ops\":{\"verify\":1},", false },
	{ "\"key_ops\":[[\"verify\"]],", false }, { "\"use\":\"enc\",\"key_ops\":[\"verify\"],", false },
	{ "\"use\":\"sig\",\"key_ops\":[\"sign\"],", false },
	{ "\"alg\":\"ES256\",", false }, { "\"alg\":\"EdDSA\",", false }, { "\"alg\":\"HS256\",", false },
	{ "\"alg\":\"RSA-OAEP\",", false }, { "\"alg\":\"none\",", false }, { "\"alg\":7,", false },
	{ "\"alg\":\"\",", false }, { "\"alg\":[\"RS256\"],", false }, { "\"alg\":\"RS256\\u0000\",", false },
	{ "\"kid\":7,", false }, { "\"kid\":\"a\\u0000b\",", false }, { "\"kid\":[\"a\"],", false },
	{ "\"kid\":\"a\",\"kid\":\"b\",", false }, { "\"n\":\"AQAB\",", false }, { "\"kty\":\"EC\",", false },
	{ "\"e\":\"AQAB\",", false }, { "\"kty\":\"RSA\",", false },  /* twice, though they say the same */
};

START_TEST(an_entry_says_what_it_is_for)
{
	struct jwk_set *set = set_of(jwk_of(RSA_ONE, members[_i].members));

	ck_assert_msg((set != NULL) == members[_i].ours, "%s", members[_i].members);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	jwk_set_drop(set);
}
END_TEST

/* RFC 7517 A.1's and RFC 8037 A.2's points, whole and spoilt. */
#define X "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
#define Y "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
#define ED "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define EC(curve, x, y) "{\"kty\":\"EC\",\"crv\":\"" curve "\",\"x\":\"" x "\",\"y\":\"" y "\"}"
#define OKP(curve, x) "{\"kty\":\"OKP\",\"crv\":\"" curve "\",\"x\":\"" x "\"}"

static const struct {
	const char *entry;
	bool ours;
} entries[] = {
	{ EC("P-256", X, Y), true }, { OKP("Ed25519", ED), true },
	{ EC("P-256", Y, X), false },                           /* not on the curve */
	{ EC("P-256", X, "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyI"), false },
	{ EC("P-256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false },
	{ EC("P-256", "_____wAAAAEAAAAAAAAAAAAAAAD_______________8", Y), false },  /* x is the prime */
	{ EC("P-256", X "=", Y), false }, { EC("P-256", X, " " Y), false }, { EC("P-256", "", ""), false },
	{ EC("P-256", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4A", Y), false }, { EC("P-256", X, "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyMA"), false },  /* a zero behind */
	{ EC("P-256", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7A", Y), false }, { EC("P-256", X, "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFw"), false },  /* a byte short */
	{ EC("P-256", X "AA", Y), false }, { EC("P-256", "ADCgQkzSHClEg4otdckrN-duog2fAIk6O07uijwKr-w-", Y), false },
	{ EC("P-256", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D5", Y), false },  /* a stray bit */
	{ EC("P-384", X, Y), false }, { EC("P-521", X, Y), false }, { EC("secp256k1", X, Y), false },
	{ EC("p-256", X, Y), false }, { EC("prime256v1", X, Y), false }, { EC("Ed25519", ED, ED), false },
	{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\"}", false },
	{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":7}", false },
	{ "{\"kty\":\"EC\",\"x\":\"" X "\",\"y\":\"" Y "\"}", false },
	{ "{\"kty\":\"ec\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\"}", false },
	{ "{\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\"}", false },
	{ "{\"kty\":\"EC\",\"alg\":\"ES384\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\"}", false },
	{ "{\"kty\":\"EC\",\"alg\":\"ECDH-ES\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\"}", false },
	{ OKP("Ed448", ED), false }, { OKP("X25519", ED), false }, { OKP("ed25519", ED), false }, { OKP("Ed25519", ""), false },
	{ OKP("Ed25519", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"), false }, { OKP("Ed25519", ED "AA"), false },
	{ OKP("P-256", ED), false }, { "{\"kty\":\"OKP\",\"x\":\"" ED "\"}", false },
	{ "{\"kty\":\"oct\",\"k\":\"" ED "\"}", false }, { "{\"kty\":\"oct\",\"alg\":\"HS256\",\"use\":\"sig\",\"k\":\"" ED "\"}", false },
	{ "{\"kty\":\"oct\",\"alg\":\"RS256\",\"n\":\"" ED "\",\"e\":\"AQAB\"}", false }, { "{\"kty\":\"AKP\"}", false },
	{ "{\"kty\":\"RSA\"}", false }, { "{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"\"}", false }, { "{}", false }, { "7", false },
	{ "null", false }, { "[]", false }, { "\"RSA\"", false }, { "[{\"kty\":\"oct\"}]", false },
};

/* One alone is a set or none; beside a good one it is skipped. */
START_TEST(an_entry_is_a_key_or_skipped)
{
	struct jwk_set *alone = set_of(entries[_i].entry);
	struct jwk_set *beside = set_of(both(entries[_i].entry, jwk_of(P384, "\"kid\":\"good\",")));

	ck_assert_msg((alone != NULL) == entries[_i].ours, "%s", entries[_i].entry);
	ck_assert_int_eq(jwk_set_count(beside), 1 + entries[_i].ours);
	ck_assert(jwk_set_has(beside, STR("good")));
	ck_assert_uint_eq(ERR_peek_error(), 0);
	jwk_set_drop(alone);
	jwk_set_drop(beside);
}
END_TEST

/* Numbers that are right, of a type or curve that is not theirs. */
START_TEST(numbers_are_of_their_own_type_and_curve)
{
	static const char *const spoilt[] = {
		"\"kty\":\"OKP\",\"crv\":\"P-384\"", "\"kty\":\"RSA\",\"crv\":\"P-384\"", "\"crv\":\"P-384\"",
		"\"kty\":\"EC\",\"crv\":\"P-256\"", "\"kty\":\"EC\",\"crv\":\"P-521\"", "\"kty\":\"EC\"",
		"\"kty\":\"EC\",\"crv\":\"brainpoolP384r1\"", "\"kty\":\"EC\",\"crv\":\"P-384\\u0000\"",
	};
	const char *good = jwk_of(P384, ""), *numbers = strstr(good, ",\"x\"");
	struct jwk_set *set = set_of(good);

	ck_assert_ptr_nonnull(set);
	jwk_set_drop(set);
	for (int i = 0; i < COUNT(spoilt); i++)
		ck_assert_ptr_null(set_of(arena_print(arena, "{%s%s", spoilt[i], numbers)));
}
END_TEST

/* ---- RSA ---- */

/* The modulus is 2^(bits-1) + low. */
static const struct {
	int bits, low;
	const char *exponent;
	bool ours;
} moduli[] = {
	{ 2048, 0x1d, "AQAB", true }, { 2049, 0x15, "AQAB", true }, { 3072, 0x21, "AQAB", true },
	{ 8192, 0x03, "AQAB", true }, { 8193, 0x19, "AQAB", false }, { 2047, 0x03, "AQAB", false },
	{ 1024, 0x1d, "AQAB", false }, { 2048, 0x1c, "AQAB", false }, { 2048, 0x1e, "AQAB", false },
	{ 2048, 0x1d, "Aw", true }, { 2048, 0x1d, "AAEAAQ", true }, { 2048, 0x1d, "__________8", true },
	{ 2048, 0x1d, "AQ", false }, { 2048, 0x1d, "Ag", false }, { 2048, 0x1d, "AA", false }, { 2048, 0x1d, "", false },
	{ 2048, 0x1d, "AQAA", false }, { 2048, 0x1d, "AQAAAAAAAAAB", false }, { 2048, 0x1d, "AQAB=", false },
	{ 2048, 0x1d, "AQAC", false }, { 2048, 0x1d, "65537", false },
};

static const char *rsa_entry(int bits, int low, const char *exponent)
{
	size_t size = (size_t)(bits + 7) / 8;
	unsigned char *bytes = arena_alloc(arena, size);

	bytes[0] = (unsigned char)(1 << (bits - 1) % 8);
	bytes[size - 1] = (unsigned char)low;
	return arena_print(arena, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}",
	                   base64url(arena, (str) { (char *)bytes, size }).at, exponent);
}

START_TEST(rsa_has_2048_to_8192_bits_and_an_odd_exponent)
{
	struct jwk_set *set = set_of(rsa_entry(moduli[_i].bits, moduli[_i].low, moduli[_i].exponent));

	ck_assert_int_eq(set != NULL, moduli[_i].ours);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	jwk_set_drop(set);
}
END_TEST

/* Some write a zero before it, as in DER. It is the same number, and signatures are no longer. */
START_TEST(a_number_may_have_a_zero_before_it)
{
	BIGNUM *modulus = NULL;
	EVP_PKEY_get_bn_param(signer_key(RSA_ONE), OSSL_PKEY_PARAM_RSA_N, &modulus);
	struct jwk_set *set = set_of(arena_print(arena, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}",
	                                         number_text(modulus, BN_num_bytes(modulus) + 1).at));

	BN_free(modulus);
	ck_assert_int_eq(judge(set, token_of(RSA_ONE, "RS256", "{\"alg\":\"RS256\"}")), JWS_FINE);
	jwk_set_drop(set);
}
END_TEST

/* ---- Sets ---- */

#define GOOD OKP("Ed25519", ED)
#define SECRET "{\"kty\":\"oct\",\"k\":\"AAAA\"}"
#define DEEP "[[[[[[[[[[[["

static const struct {
	const char *json, *wrong;       /* NULL: it is a set */
} sets[] = {
	{ "{\"keys\":[" GOOD "]}", NULL }, { " {\"x\":1,\"keys\":[" GOOD "," SECRET "],\"y\":[]}\n", NULL },
	{ "{\"keys\":[" GOOD "," GOOD "]}", NULL },
	{ "", "is no JSON within bounds" }, { "<html>", "is no JSON within bounds" },
	{ "{\"keys\":[" GOOD "]", "is no JSON within bounds" }, { "{\"keys\":[" GOOD "]}x", "is no JSON within bounds" },
	{ "{\"keys\":[" GOOD "],\"keys\":[" GOOD "]}", "is no JSON within bounds" },
	{ "{\"keys\":[" GOOD "," DEEP "]}", "is no JSON within bounds" }, { DEEP, "is no JSON within bounds" },
	{ "{\"keys\":[" GOOD "],\"x\":\"\xff\"}", "is no JSON within bounds" },
	{ "{}", "has no list \"keys\"" }, { "[" GOOD "]", "has no list \"keys\"" }, { GOOD, "has no list \"keys\"" },
	{ "{\"keys\":{}}", "has no list \"keys\"" }, { "{\"keys\":null}", "has no list \"keys\"" },
	{ "null", "has no list \"keys\"" }, { "{\"Keys\":[" GOOD "]}", "has no list \"keys\"" },
	{ "{\"keys\":[]}", "has no key that signatures can be verified with" },
	{ "{\"keys\":[" SECRET "]}", "has no key that signatures can be verified with" },
};

START_TEST(a_set_is_an_object_with_keys)
{
	const char *wrong = NULL;
	struct jwk_set *set = jwk_set_read(str_of(sets[_i].json), &wrong);

	ck_assert_int_eq(set != NULL, !sets[_i].wrong);
	if (sets[_i].wrong)
		ck_assert_str_eq(wrong, sets[_i].wrong);
	jwk_set_drop(set);
}
END_TEST

START_TEST(nothing_is_no_set)
{
	const char *wrong = NULL;

	ck_assert_ptr_null(jwk_set_read((str) { 0 }, &wrong));
	ck_assert_str_eq(wrong, "is no JSON within bounds");
	jwk_set_drop(NULL);
}
END_TEST

static const char *times(const char *text, int count)
{
	size_t size = strlen(text);
	char *all = arena_alloc(arena, size * (size_t)count + 1);
	for (int i = 0; i < count; i++)
		memcpy(all + size * (size_t)i, text, size);
	return all;
}

START_TEST(a_set_has_at_most_100_entries)
{
	struct jwk_set *set = set_of(arena_print(arena, "%s" GOOD, times(SECRET ",", 99)));
	const char *wrong;

	ck_assert_int_eq(jwk_set_count(set), 1);
	jwk_set_drop(set);
	set = set_of(arena_print(arena, "%s" GOOD, times(GOOD ",", 99)));
	ck_assert_int_eq(jwk_set_count(set), 100);
	jwk_set_drop(set);
	const char *json = arena_print(arena, "{\"keys\":[%s" GOOD "]}", times(SECRET ",", 100));
	ck_assert_ptr_null(jwk_set_read(str_of(json), &wrong));
	ck_assert_str_eq(wrong, "has more than 100 keys");
}
END_TEST

START_TEST(a_set_is_at_most_256_kibibytes_large)
{
	char *json = arena_print(arena, "%-*s", 256 * 1024 + 1, "{\"keys\":[" GOOD "]}");
	const char *wrong;
	struct jwk_set *set = jwk_set_read((str) { json, 256 * 1024 }, &wrong);

	ck_assert_ptr_nonnull(set);
	jwk_set_drop(set);
	ck_assert_ptr_null(jwk_set_read(str_of(json), &wrong));
	ck_assert_str_eq(wrong, "is larger than 256 KiB");
}
END_TEST

/* What would take sixteen times its size to read. */
START_TEST(a_set_has_a_bounded_number_of_values)
{
	const char *wrong;
	const char *json = arena_print(arena, "{\"x\":[%s1],\"keys\":[" GOOD "]}", times("1,", 9900));
	struct jwk_set *set = jwk_set_read(str_of(json), &wrong);

	ck_assert_ptr_nonnull(set);
	jwk_set_drop(set);
	json = arena_print(arena, "{\"x\":[%s1],\"keys\":[" GOOD "]}", times("1,", 10000));
	ck_assert_ptr_null(jwk_set_read(str_of(json), &wrong));
	ck_assert_str_eq(wrong, "is no JSON within bounds");
}
END_TEST

START_TEST(names_are_found_whole)
{
	struct jwk_set *set = set_of(both(jwk_of(P256, "\"kid\":\"one\","), jwk_of(P384, "\"kid\":\"\",")));

	ck_assert(jwk_set_has(set, STR("one")));
	ck_assert(jwk_set_has(set, STR("")));
	ck_assert(!jwk_set_has(set, STR("on")));
	ck_assert(!jwk_set_has(set, STR("One")));
	ck_assert(!jwk_set_has(set, (str) { "one\0", 4 }));
	ck_assert(!jwk_set_has(set, (str) { 0 }));
	jwk_set_drop(set);
	set = set_of(jwk_of(P256, ""));
	ck_assert(!jwk_set_has(set, STR("")));
	ck_assert(!jwk_set_has(set, (str) { 0 }));
	jwk_set_drop(set);
}
END_TEST

/* It does not lean on the text that it was read from. */
START_TEST(a_set_lives_until_its_last_user)
{
	char *json = arena_print(arena, "{\"keys\":[%s]}", jwk_of(P256, "\"kid\":\"e\","));
	const char *wrong;
	struct jwk_set *set = jwk_set_read(str_of(json), &wrong);

	memset(json, 'x', strlen(json));
	ck_assert_ptr_eq(jwk_set_keep(set), set);
	jwk_set_drop(set);
	ck_assert_int_eq(judge(set, token_of(P256, "ES256", "{\"alg\":\"ES256\",\"kid\":\"e\"}")), JWS_FINE);
	jwk_set_drop(set);
}
END_TEST

START_TEST(sets_of_the_same_keys_are_the_same)
{
	const char *one = jwk_of(P256, "\"kid\":\"a\","), *other = jwk_of(RSA_ONE, "\"kid\":\"b\",");
	const struct {
		const char *entries;
		bool same;
	} others[] = {
		{ both(one, other), true }, { both(other, one), true }, { both(both(SECRET, other), one), true },
		{ both(jwk_of(P256, "\"use\":\"sig\",\"kid\":\"a\","), other), true }, { both(both(one, one), other), true },
		{ one, false }, { other, false }, { both(both(one, other), GOOD), false },
		{ both(jwk_of(P256, "\"kid\":\"c\","), other), false }, { both(jwk_of(P256, ""), other), false },
		{ both(jwk_of(P256, "\"kid\":\"a\",\"alg\":\"ES256\","), other), false },
		{ both(one, jwk_of(RSA_OTHER, "\"kid\":\"b\",")), false },
		{ both(jwk_of(P384, "\"kid\":\"a\","), other), false }, { both(jwk_of(RSA_ONE, "\"kid\":\"a\","), other), false },
		{ both(one, jwk_of(RSA_ONE, "\"kid\":\"b\",\"alg\":\"RS256\",")), false },
	};
	struct jwk_set *set = set_of(both(one, other));

	for (int i = 0; i < COUNT(others); i++) {
		struct jwk_set *compared = set_of(others[i].entries);
		ck_assert_msg(jwk_set_same(set, compared) == others[i].same, "set %d", i);
		ck_assert_msg(jwk_set_same(compared, set) == others[i].same, "set %d", i);
		ck_assert_uint_eq(ERR_peek_error(), 0);
		jwk_set_drop(compared);
	}
	jwk_set_drop(set);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jose_keys");
	TCase *tcase = tcase_create("keys");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, an_entry_says_what_it_is_for, 0, COUNT(members));
	tcase_add_loop_test(tcase, an_entry_is_a_key_or_skipped, 0, COUNT(entries));
	tcase_add_test(tcase, numbers_are_of_their_own_type_and_curve);
	tcase_add_loop_test(tcase, rsa_has_2048_to_8192_bits_and_an_odd_exponent, 0, COUNT(moduli));
	tcase_add_test(tcase, a_number_may_have_a_zero_before_it);
	tcase_add_loop_test(tcase, a_set_is_an_object_with_keys, 0, COUNT(sets));
	tcase_add_test(tcase, nothing_is_no_set);
	tcase_add_test(tcase, a_set_has_at_most_100_entries);
	tcase_add_test(tcase, a_set_is_at_most_256_kibibytes_large);
	tcase_add_test(tcase, a_set_has_a_bounded_number_of_values);
	tcase_add_test(tcase, names_are_found_whole);
	tcase_add_test(tcase, a_set_lives_until_its_last_user);
	tcase_add_test(tcase, sets_of_the_same_keys_are_the_same);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
