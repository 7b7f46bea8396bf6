/* jose_fixture.h - what the tests of keys and signatures share: keys that sign, their JWKs, tokens. */
#ifndef JOSE_FIXTURE_H
#define JOSE_FIXTURE_H

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "jose.h"
#include "seal.h"
#include "suite.h"

#define PAYLOAD "{\"sub\":\"alice\"}"

static struct arena *arena;             /* a test's own */

enum signer { RSA_ONE, RSA_OTHER, P256, P384, ED25519, SIGNERS };

/* Made once: it takes a while. */
static inline EVP_PKEY *signer_key(enum signer who)
{
	static EVP_PKEY *keys[SIGNERS];

	if (!keys[who])
		keys[who] = who == P256 ? EVP_EC_gen("P-256") : who == P384 ? EVP_EC_gen("P-384") :
		            who == ED25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") :
		            EVP_RSA_gen(2048u);
	ck_assert_ptr_nonnull(keys[who]);
	return keys[who];
}

static inline str number_text(const BIGNUM *number, int size)
{
	unsigned char *bytes = arena_alloc(arena, (size_t)size + 1);
	BN_bn2binpad(number, bytes, size);
	return base64url(arena, (str) { (char *)bytes, (size_t)size });
}

/* The public members of its JWK, `more` before them: "\"kid\":\"a\",". */
static inline const char *jwk_of(enum signer who, const char *more)
{
	EVP_PKEY *key = signer_key(who);
	int size = who == P256 ? 32 : 48;
	BIGNUM *a = NULL, *b = NULL;
	unsigned char raw[32];
	size_t raw_size = sizeof(raw);
	const char *text;

	if (who == ED25519) {
		ck_assert_int_eq(EVP_PKEY_get_raw_public_key(key, raw, &raw_size), 1);
		return arena_print(arena, "{%s\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}", more,
		                   base64url(arena, (str) { (char *)raw, raw_size }).at);
	}
	bool rsa = who == RSA_ONE || who == RSA_OTHER;
	EVP_PKEY_get_bn_param(key, rsa ? OSSL_PKEY_PARAM_RSA_N : OSSL_PKEY_PARAM_EC_PUB_X, &a);
	EVP_PKEY_get_bn_param(key, rsa ? OSSL_PKEY_PARAM_RSA_E : OSSL_PKEY_PARAM_EC_PUB_Y, &b);
	if (rsa)
		text = arena_print(arena, "{%s\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}", more,
		                   number_text(a, BN_num_bytes(a)).at, number_text(b, BN_num_bytes(b)).at);
	else
		text = arena_print(arena, "{%s\"kty\":\"EC\",\"crv\":\"P-%d\",\"x\":\"%s\",\"y\":\"%s\"}", more,
		                   size * 8, number_text(a, size).at, number_text(b, size).at);
	BN_free(a);
	BN_free(b);
	return text;
}

/* NULL: none is usable. */
static inline struct jwk_set *set_of(const char *entries)
{
	const char *wrong;
	return jwk_set_read(str_of(arena_print(arena, "{\"keys\":[%s]}", entries)), &wrong);
}

static inline const char *both(const char *one, const char *other)
{
	return arena_print(arena, "%s,%s", one, other);
}

static inline str raw_of_der(str der, int size)
{
	const unsigned char *at = (const unsigned char *)der.at;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)der.size);
	unsigned char *raw = arena_alloc(arena, 2 * (size_t)size);

	ck_assert_ptr_nonnull(pair);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, size);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + size, size);
	ECDSA_SIG_free(pair);
	return (str) { (char *)raw, 2 * (size_t)size };
}

/* What OpenSSL makes of it: of ECDSA that is DER. `salt` 0: no PSS. */
static inline str sign_raw(enum signer who, const char *digest, int salt, str text)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *options;
	size_t size = 1024;
	unsigned char *signature = arena_alloc(arena, size);

	ck_assert_int_eq(EVP_DigestSignInit_ex(context, &options, digest, NULL, NULL, signer_key(who),
	                                       NULL), 1);
	if (salt) {
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING), 1);
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt), 1);
	}
	ck_assert_int_eq(EVP_DigestSign(context, signature, &size, (const unsigned char *)text.at,
	                                text.size), 1);
	EVP_MD_CTX_free(context);
	return (str) { (char *)signature, size };
}

/* As `alg` wants it, "PS256" or "EdDSA". */
static inline str sign(enum signer who, const char *alg, str text)
{
	if (who == ED25519)
		return sign_raw(who, NULL, 0, text);
	const char *digest = arena_print(arena, "SHA%s", alg + 2);
	if (who == P256 || who == P384)
		return raw_of_der(sign_raw(who, digest, 0, text), who == P256 ? 32 : 48);
	return sign_raw(who, digest, alg[0] == 'P' ? RSA_PSS_SALTLEN_DIGEST : 0, text);
}

/* What is signed of a token. */
static inline str signed_text_of(const char *header, const char *payload)
{
	return str_of(arena_print(arena, "%s.%s", base64url(arena, str_of(header)).at,
	                          base64url(arena, str_of(payload)).at));
}

static inline str token_with(str text, str signature)
{
	return str_of(arena_print(arena, "%.*s.%s", STR_FORMAT(text), base64url(arena, signature).at));
}

static inline str token_of(enum signer who, const char *alg, const char *header)
{
	str text = signed_text_of(header, PAYLOAD);
	return token_with(text, sign(who, alg, text));
}

/* What becomes of a token. Whatever it is, no error is left for the thread's next call of OpenSSL. */
static inline enum jws_outcome judge(const struct jwk_set *set, str token)
{
	struct arena *own = arena_create();
	struct jws jws;
	enum jws_outcome outcome = jws_read(own, token, &jws);

	if (outcome == JWS_FINE)
		outcome = jws_verify(set, &jws);
	arena_destroy(own);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	return outcome;
}

static inline void set_up(void)
{
	arena = arena_create();
}

static inline void tear_down(void)
{
	arena_destroy(arena);
}

#endif
