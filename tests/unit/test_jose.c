/* test_jose.c - which tokens verify with which keys, and what is refused of those that were made to. */
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdatomic.h>

#include "jose_fixture.h"

static struct jwk_set *set;             /* each signer's key, its name as its kid; RSA_OTHER's is not there */

static void set_up_keys(void)
{
	set_up();
	set = set_of(arena_print(arena, "%s,%s,%s,%s", jwk_of(RSA_ONE, "\"kid\":\"r\","),
	                         jwk_of(P256, "\"kid\":\"e\","), jwk_of(P384, "\"kid\":\"f\","),
	                         jwk_of(ED25519, "\"kid\":\"d\",")));
	ck_assert_ptr_nonnull(set);
	ck_assert_int_eq(jwk_set_count(set), 4);
}

static void tear_down_keys(void)
{
	jwk_set_drop(set);
	tear_down();
}

/* ---- Algorithms ---- */

static const struct {
	const char *name, *kid;
	enum signer signer;
	enum jws_alg alg;
} algorithms[] = {
	{ "RS256", "r", RSA_ONE, JWS_RS256 }, { "RS384", "r", RSA_ONE, JWS_RS384 },
	{ "RS512", "r", RSA_ONE, JWS_RS512 }, { "PS256", "r", RSA_ONE, JWS_PS256 },
	{ "PS384", "r", RSA_ONE, JWS_PS384 }, { "PS512", "r", RSA_ONE, JWS_PS512 },
	{ "ES256", "e", P256, JWS_ES256 }, { "ES384", "f", P384, JWS_ES384 },
	{ "EdDSA", "d", ED25519, JWS_EDDSA }, { "Ed25519", "d", ED25519, JWS_EDDSA },
};

static const char *header_of(int i)
{
	return arena_print(arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}", algorithms[i].name,
	                   algorithms[i].kid);
}

START_TEST(each_algorithm_verifies)
{
	str token = token_of(algorithms[_i].signer, algorithms[_i].name, header_of(_i));
	struct jws jws;

	ck_assert_int_eq(jws_read(arena, token, &jws), JWS_FINE);
	ck_assert_int_eq(jws.alg, algorithms[_i].alg);
	ck_assert(str_is(jws.kid, algorithms[_i].kid));
	ck_assert_ptr_null(jws.type.at);
	ck_assert(str_is(jws.payload, PAYLOAD));
	ck_assert(str_same(jws.signed_text, signed_text_of(header_of(_i), PAYLOAD)));
	ck_assert_int_eq(jws_verify(set, &jws), JWS_FINE);
	ck_assert_int_eq(jws_verify(set, &jws), JWS_FINE);
}
END_TEST

START_TEST(each_bit_counts)
{
	str token = token_of(algorithms[_i].signer, algorithms[_i].name, header_of(_i));
	struct jws jws;

	ck_assert_int_eq(jws_read(arena, token, &jws), JWS_FINE);
	str *const parts[] = { &jws.signed_text, &jws.signature };
	for (int part = 0; part < 2; part++) {
		str kept = *parts[part];
		char *copy = arena_copy(arena, kept);
		parts[part]->at = copy;
		for (size_t bit = 0; bit < kept.size * 8; bit += part == 0 ? 7 : 1) {
			copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
			ck_assert_int_eq(jws_verify(set, &jws), JWS_BAD_SIGNATURE);
			copy[bit / 8] = kept.at[bit / 8];
		}
		*parts[part] = kept;
	}
	ck_assert_int_eq(jws_verify(set, &jws), JWS_FINE);
}
END_TEST

/* The header says one algorithm, the signature is of another. */
START_TEST(a_signature_is_of_the_algorithm_that_the_header_says)
{
	for (int i = 0; i < COUNT(algorithms); i++) {
		if (algorithms[i].alg == algorithms[_i].alg)
			continue;
		str token = token_of(algorithms[i].signer, algorithms[i].name, header_of(_i));
		ck_assert_int_eq(judge(set, token), JWS_BAD_SIGNATURE);
	}
}
END_TEST

/* And then a key of another kind is named. */
START_TEST(a_key_is_of_the_kind_that_the_algorithm_wants)
{
	static const char *const kids[] = { "r", "e", "f", "d" };

	for (int i = 0; i < COUNT(kids); i++) {
		const char *header = arena_print(arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}",
		                                 algorithms[_i].name, kids[i]);
		str token = token_of(algorithms[_i].signer, algorithms[_i].name, header);
		ck_assert_int_eq(judge(set, token), strcmp(kids[i], algorithms[_i].kid) == 0 ? JWS_FINE :
		                 JWS_NO_KEY);
	}
}
END_TEST

/* The public key is no secret, in none of its forms, nor is nothing. */
START_TEST(no_key_is_a_shared_secret)
{
	static const char header[] = "{\"alg\":\"HS256\",\"kid\":\"r\"}";
	BIO *memory = BIO_new(BIO_s_mem());
	char *pem;

	ck_assert_int_eq(PEM_write_bio_PUBKEY(memory, signer_key(RSA_ONE)), 1);
	long size = BIO_get_mem_data(memory, &pem);
	str text = signed_text_of(header, PAYLOAD);
	const str secrets[] = {
		{ pem, (size_t)size }, str_of(jwk_of(RSA_ONE, "")), str_of(jwk_of(RSA_ONE, "\"kid\":\"r\",")),
		STR(""),
	};
	for (int i = 0; i < COUNT(secrets); i++) {
		unsigned char mac[64];
		unsigned length;
		HMAC(EVP_sha256(), secrets[i].at, (int)secrets[i].size, (const unsigned char *)text.at,
		     text.size, mac, &length);
		ck_assert_int_eq(judge(set, token_with(text, (str) { (char *)mac, length })), JWS_ALGORITHM);
	}
	BIO_free(memory);
}
END_TEST

/* ---- Which key ---- */

static const char rs256[] = "{\"alg\":\"RS256\",\"kid\":\"r\"}", es256[] = "{\"alg\":\"ES256\",\"kid\":\"e\"}";

static const struct {
	const char *kid;                /* as JSON; NULL: none */
	enum jws_outcome outcome;
} kids[] = {
	{ "\"r\"", JWS_FINE }, { "\"\\u0072\"", JWS_FINE }, { NULL, JWS_FINE },
	{ "\"R\"", JWS_NO_KEY }, { "\"\"", JWS_NO_KEY }, { "\"rx\"", JWS_NO_KEY }, { "\" r\"", JWS_NO_KEY },
	{ "\"../../etc/passwd\"", JWS_NO_KEY }, { "\"' or 1=1 --\"", JWS_NO_KEY },
	{ "\"r\\u0000\"", JWS_MALFORMED }, { "\"r\\u0000x\"", JWS_MALFORMED }, { "7", JWS_MALFORMED },
	{ "null", JWS_MALFORMED }, { "[\"r\"]", JWS_MALFORMED }, { "true", JWS_MALFORMED },
	{ "{\"r\":1}", JWS_MALFORMED },
};

START_TEST(a_kid_is_the_whole_name_of_a_key)
{
	const char *header = kids[_i].kid ?
		arena_print(arena, "{\"alg\":\"RS256\",\"kid\":%s}", kids[_i].kid) : "{\"alg\":\"RS256\"}";

	ck_assert_int_eq(judge(set, token_of(RSA_ONE, "RS256", header)), kids[_i].outcome);
}
END_TEST

START_TEST(a_kid_is_at_most_255_bytes_long)
{
	char *kid = arena_alloc(arena, 257);

	memset(kid, 'k', 255);
	struct jwk_set *own = set_of(jwk_of(P256, arena_print(arena, "\"kid\":\"%s\",", kid)));
	ck_assert(jwk_set_has(own, (str) { kid, 255 }));
	ck_assert(!jwk_set_has(own, (str) { kid, 254 }));
	const char *header = arena_print(arena, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", kid);
	ck_assert_int_eq(judge(own, token_of(P256, "ES256", header)), JWS_FINE);
	kid[255] = 'k';
	header = arena_print(arena, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", kid);
	ck_assert_int_eq(judge(own, token_of(P256, "ES256", header)), JWS_MALFORMED);
	ck_assert_ptr_null(set_of(jwk_of(P256, arena_print(arena, "\"kid\":\"%s\",", kid))));
	jwk_set_drop(own);
}
END_TEST

START_TEST(without_a_kid_only_one_key_may_fit)
{
	str token = token_of(RSA_ONE, "RS256", "{\"alg\":\"RS256\"}");
	const struct {
		const char *entries;
		enum jws_outcome outcome;
	} sets[] = {
		{ jwk_of(RSA_ONE, ""), JWS_FINE },
		{ both(jwk_of(P256, ""), jwk_of(RSA_ONE, "")), JWS_FINE },
		{ both(jwk_of(RSA_ONE, "\"kid\":\"a\","), jwk_of(RSA_OTHER, "\"kid\":\"b\",")), JWS_NO_KEY },
		{ both(jwk_of(RSA_ONE, ""), jwk_of(RSA_OTHER, "")), JWS_NO_KEY },
		{ both(jwk_of(RSA_ONE, "\"alg\":\"RS256\","), jwk_of(RSA_OTHER, "\"alg\":\"RS512\",")), JWS_FINE },
		{ both(jwk_of(RSA_OTHER, "\"use\":\"enc\","), jwk_of(RSA_ONE, "")), JWS_FINE },
		{ jwk_of(RSA_OTHER, ""), JWS_BAD_SIGNATURE },
		{ jwk_of(P256, ""), JWS_NO_KEY },
	};
	for (int i = 0; i < COUNT(sets); i++) {
		struct jwk_set *own = set_of(sets[i].entries);
		ck_assert_msg(judge(own, token) == sets[i].outcome, "set %d", i);
		jwk_set_drop(own);
	}
}
END_TEST

START_TEST(a_key_without_a_kid_is_not_for_a_token_with_one)
{
	struct jwk_set *own = set_of(jwk_of(RSA_ONE, ""));

	ck_assert_int_eq(judge(own, token_of(RSA_ONE, "RS256", rs256)), JWS_NO_KEY);
	ck_assert_int_eq(judge(own, token_of(RSA_ONE, "RS256", "{\"alg\":\"RS256\",\"kid\":\"\"}")), JWS_NO_KEY);
	jwk_set_drop(own);
}
END_TEST

START_TEST(two_keys_of_one_name_are_both_used)
{
	struct jwk_set *own = set_of(both(jwk_of(RSA_ONE, "\"kid\":\"r\","),
	                                  jwk_of(RSA_OTHER, "\"kid\":\"r\",")));

	ck_assert_int_eq(judge(own, token_of(RSA_ONE, "RS256", rs256)), JWS_FINE);
	ck_assert_int_eq(judge(own, token_of(RSA_OTHER, "RS256", rs256)), JWS_FINE);
	jwk_set_drop(own);
	own = set_of(both(jwk_of(RSA_ONE, "\"kid\":\"r\","), jwk_of(P256, "\"kid\":\"r\",")));
	ck_assert_int_eq(judge(own, token_of(P256, "ES256", "{\"alg\":\"ES256\",\"kid\":\"r\"}")), JWS_FINE);
	ck_assert_int_eq(judge(own, token_of(RSA_OTHER, "RS256", rs256)), JWS_BAD_SIGNATURE);
	jwk_set_drop(own);
}
END_TEST

START_TEST(a_key_verifies_its_own_algorithm_only)
{
	struct jwk_set *own = set_of(jwk_of(RSA_ONE, "\"kid\":\"r\",\"alg\":\"PS384\","));

	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(judge(own, token_of(RSA_ONE, algorithms[i].name, header_of(i))),
		                 algorithms[i].alg == JWS_PS384 ? JWS_FINE : JWS_NO_KEY);
	jwk_set_drop(own);
	own = set_of(jwk_of(ED25519, "\"kid\":\"d\",\"alg\":\"Ed25519\","));
	ck_assert_int_eq(judge(own, token_of(ED25519, "EdDSA", "{\"alg\":\"EdDSA\",\"kid\":\"d\"}")), JWS_FINE);
	jwk_set_drop(own);
}
END_TEST

/* ---- Signatures that are none ---- */

#define ZEROS_32 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ONE_32 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
#define ORDER_32 "\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff" \
	"\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"

START_TEST(numbers_of_ecdsa_are_within_their_order)
{
	static const str signatures[] = {
		{ ZEROS_32 ZEROS_32, 64 }, { ORDER_32 ORDER_32, 64 }, { ZEROS_32 ONE_32, 64 },
		{ ONE_32 ZEROS_32, 64 }, { ORDER_32 ZEROS_32, 64 }, { ONE_32 ONE_32, 64 },
		{ ONE_32 ORDER_32, 64 }, { ZEROS_32 ZEROS_32 ZEROS_32, 96 }, { "", 0 },
	};

	for (int i = 0; i < COUNT(signatures); i++)
		ck_assert_int_eq(judge(set, token_with(signed_text_of(es256, PAYLOAD), signatures[i])),
		                 JWS_BAD_SIGNATURE);
}
END_TEST

/* As it is, with one byte fewer and one more at either end, and each half so. */
static void try_sizes(str text, str good)
{
	char *bytes = arena_alloc(arena, good.size + 2);
	size_t half = good.size / 2;

	memcpy(bytes + 1, good.at, good.size);
	const str others[] = {
		{ bytes, good.size + 1 }, { bytes + 1, good.size + 1 }, { bytes, good.size + 2 },
		{ bytes + 1, good.size - 1 }, { bytes + 2, good.size - 1 }, { bytes + 1, half },
		{ bytes + 1 + half, half }, { bytes + 1, 0 }, { bytes, good.size }, { bytes + 2, good.size },
	};
	ck_assert_int_eq(judge(set, token_with(text, good)), JWS_FINE);
	for (int i = 0; i < COUNT(others); i++)
		ck_assert_int_eq(judge(set, token_with(text, others[i])), JWS_BAD_SIGNATURE);
}

START_TEST(a_signature_is_as_long_as_its_algorithm_wants)
{
	str text = signed_text_of(header_of(_i), PAYLOAD);
	try_sizes(text, sign(algorithms[_i].signer, algorithms[_i].name, text));
}
END_TEST

START_TEST(der_is_no_signature)
{
	str text = signed_text_of(es256, PAYLOAD);

	ck_assert_int_eq(judge(set, token_with(text, sign_raw(P256, "SHA256", 0, text))), JWS_BAD_SIGNATURE);
}
END_TEST

START_TEST(salt_is_as_long_as_the_digest)
{
	static const struct {
		int salt;
		enum jws_outcome outcome;
	} salts[] = { { 32, JWS_FINE }, { 31, JWS_BAD_SIGNATURE }, { 1, JWS_BAD_SIGNATURE },
	              { 64, JWS_BAD_SIGNATURE }, { RSA_PSS_SALTLEN_MAX, JWS_BAD_SIGNATURE } };
	str text = signed_text_of("{\"alg\":\"PS256\",\"kid\":\"r\"}", PAYLOAD);

	for (int i = 0; i < COUNT(salts); i++)
		ck_assert_int_eq(judge(set, token_with(text, sign_raw(RSA_ONE, "SHA256", salts[i].salt, text))),
		                 salts[i].outcome);
}
END_TEST

/* ---- Threads ---- */

static atomic_int wrong_verdicts;

static void *verify_often(void *given)
{
	struct jwk_set *own = jwk_set_keep(set);
	const str *tokens = given;
	struct arena *scratch = arena_create();

	for (int i = 0; i < 60; i++) {
		struct jws jws;
		if (jws_read(scratch, tokens[i % 4], &jws) != JWS_FINE ||
		    jws_verify(own, &jws) != (i % 4 == 3 ? JWS_BAD_SIGNATURE : JWS_FINE))
			atomic_fetch_add(&wrong_verdicts, 1);
	}
	arena_destroy(scratch);
	jwk_set_drop(own);
	return NULL;
}

START_TEST(threads_share_a_set)
{
	str tokens[] = {
		token_of(RSA_ONE, "RS256", rs256), token_of(P256, "ES256", es256),
		token_of(ED25519, "EdDSA", "{\"alg\":\"EdDSA\",\"kid\":\"d\"}"), token_of(RSA_OTHER, "RS256", rs256),
	};
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, verify_often, tokens), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&wrong_verdicts), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jose");
	TCase *tcase = tcase_create("signatures");
	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, set_up_keys, tear_down_keys);
	tcase_add_loop_test(tcase, each_algorithm_verifies, 0, COUNT(algorithms));
	tcase_add_loop_test(tcase, each_bit_counts, 0, COUNT(algorithms));
	tcase_add_loop_test(tcase, a_signature_is_of_the_algorithm_that_the_header_says, 0,
	                    COUNT(algorithms));
	tcase_add_loop_test(tcase, a_key_is_of_the_kind_that_the_algorithm_wants, 0, COUNT(algorithms));
	tcase_add_test(tcase, no_key_is_a_shared_secret);
	tcase_add_loop_test(tcase, a_kid_is_the_whole_name_of_a_key, 0, COUNT(kids));
	tcase_add_test(tcase, a_kid_is_at_most_255_bytes_long);
	tcase_add_test(tcase, without_a_kid_only_one_key_may_fit);
	tcase_add_test(tcase, a_key_without_a_kid_is_not_for_a_token_with_one);
	tcase_add_test(tcase, two_keys_of_one_name_are_both_used);
	tcase_add_test(tcase, a_key_verifies_its_own_algorithm_only);
	tcase_add_test(tcase, numbers_of_ecdsa_are_within_their_order);
	tcase_add_loop_test(tcase, a_signature_is_as_long_as_its_algorithm_wants, 0, COUNT(algorithms));
	tcase_add_test(tcase, der_is_no_signature);
	tcase_add_test(tcase, salt_is_as_long_as_the_digest);
	tcase_add_test(tcase, threads_share_a_set);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
