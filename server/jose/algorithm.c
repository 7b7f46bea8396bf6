/* algorithm.c - the algorithms of RFC 7518 and RFC 8037 that are ours, over OpenSSL.
 *
 * A key has one kind and an algorithm wants one: what a token says never chooses between a signature
 * and something else. */
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "fatal.h"
#include "jwk.h"

static const struct algorithm {
	const char *name;
	enum jwk_kind kind;
	const EVP_MD *(*digest)(void);  /* NULL: it is the algorithm's own */
	bool pss;
	size_t number_bytes;            /* of each of r and s; 0: a signature is one text */
} algorithms[] = {
	[JWS_RS256] = { "RS256", JWK_RSA, EVP_sha256, false, 0 },
	[JWS_RS384] = { "RS384", JWK_RSA, EVP_sha384, false, 0 },
	[JWS_RS512] = { "RS512", JWK_RSA, EVP_sha512, false, 0 },
	[JWS_PS256] = { "PS256", JWK_RSA, EVP_sha256, true, 0 },
	[JWS_PS384] = { "PS384", JWK_RSA, EVP_sha384, true, 0 },
	[JWS_PS512] = { "PS512", JWK_RSA, EVP_sha512, true, 0 },
	[JWS_ES256] = { "ES256", JWK_P256, EVP_sha256, false, 32 },
	[JWS_ES384] = { "ES384", JWK_P384, EVP_sha384, false, 48 },
	[JWS_EDDSA] = { "EdDSA", JWK_ED25519, NULL, false, 0 },
};
#define COUNT (sizeof(algorithms) / sizeof(algorithms[0]))

#define NUMBER_BYTES_MAX 48
#define DER_BYTES_MAX (2 * (NUMBER_BYTES_MAX + 3) + 3)  /* each a tag, a length, perhaps a zero */

bool alg_parse(str name, enum jws_alg *alg)
{
	/* RFC 9864's name, which says the curve. */
	if (str_is(name, "Ed25519"))
		name = STR("EdDSA");
	for (size_t i = 0; i < COUNT; i++)
		if (str_is(name, algorithms[i].name)) {
			*alg = (enum jws_alg)i;
			return true;
		}
	return false;
}

enum jwk_kind alg_kind(enum jws_alg alg)
{
	return algorithms[alg].kind;
}

static BIGNUM *number(str bytes)
{
	BIGNUM *number = BN_bin2bn((const unsigned char *)bytes.at, (int)bytes.size, NULL);
	if (!number)
		fatal();
	return number;
}

/* JOSE has r and s as they are, one behind the other; OpenSSL wants them in DER. */
static str to_der(str raw, unsigned char der[DER_BYTES_MAX])
{
	size_t half = raw.size / 2;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	unsigned char *end = der;

	if (!pair || ECDSA_SIG_set0(pair, number((str) { raw.at, half }),
	                            number((str) { raw.at + half, half })) != 1)
		fatal();
	int size = i2d_ECDSA_SIG(pair, &end);
	ECDSA_SIG_free(pair);
	return size > 0 ? (str) { (const char *)der, (size_t)size } : (str) { 0 };
}

static bool use_pss(EVP_PKEY_CTX *context)
{
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool verify(const struct algorithm *alg, EVP_PKEY *key, str text, str signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *options;

	if (!context)
		fatal();
	/* It says 1, 0 or something negative: only 1 is yes. */
	bool fine = EVP_DigestVerifyInit(context, &options, alg->digest ? alg->digest() : NULL, NULL,
	                                 key) == 1 &&
	            (!alg->pss || use_pss(options)) &&
	            EVP_DigestVerify(context, (const unsigned char *)signature.at, signature.size,
	                             (const unsigned char *)text.at, text.size) == 1;
	EVP_MD_CTX_free(context);
	return fine;
}

bool alg_verify(enum jws_alg which, EVP_PKEY *key, str text, str signature)
{
	const struct algorithm *alg = &algorithms[which];
	unsigned char der[DER_BYTES_MAX];

	if (alg->number_bytes > 0) {
		if (signature.size != 2 * alg->number_bytes)
			return false;
		signature = to_der(signature, der);
	} else if (signature.size != (size_t)EVP_PKEY_get_size(key)) {
		return false;
	}
	bool fine = signature.at && verify(alg, key, text, signature);
	/* Else the thread's next call of OpenSSL, TLS's for one, finds what went wrong in this one. */
	if (!fine)
		ERR_clear_error();
	return fine;
}
