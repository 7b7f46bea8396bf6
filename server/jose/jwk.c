/* jwk.c - an entry of a JWK set (RFC 7517, RFC 7518 6, RFC 8037 2) into a key of OpenSSL. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdlib.h>

#include "jwk.h"
#include "fatal.h"
#include "seal.h"

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192
#define EXPONENT_BITS_MAX 64            /* each bit of it is work for every signature */
#define POINT_BYTES_MAX (1 + 2 * 48)
#define ED25519_BYTES 32

bool kid_read(yyjson_val *value, str *kid)
{
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	if (!text.at || text.size > KID_BYTES_MAX || memchr(text.at, '\0', text.size))
		return false;
	*kid = text;
	return true;
}

bool jwk_fits(const struct jwk *jwk, enum jws_alg alg)
{
	return jwk->kind == alg_kind(alg) && (!jwk->bound || jwk->alg == alg);
}

/* ---- Public keys ---- */

/* NULL: OpenSSL finds no key in them. Frees the builder. */
static EVP_PKEY *key_of(const char *type, OSSL_PARAM_BLD *builder)
{
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (!parameters || !context)
		fatal();
	if (EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	return key;
}

static OSSL_PARAM_BLD *builder_create(void)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	if (!builder)
		fatal();
	return builder;
}

/* The bytes of a member; .at NULL: it is missing, or no base64url. */
static str bytes_of(struct arena *arena, yyjson_val *entry, const char *name)
{
	return base64url_open(arena, json_member(entry, name));
}

static BIGNUM *number_of(struct arena *arena, yyjson_val *entry, const char *name)
{
	str bytes = bytes_of(arena, entry, name);
	return bytes.at ? BN_bin2bn((const unsigned char *)bytes.at, (int)bytes.size, NULL) : NULL;
}

/* Not OpenSSL's check of it too: it is a matter of chance where the modulus has small factors, takes 100
 * ms where it is long, and cannot tell whether the issuer's two primes are good ones. */
static EVP_PKEY *rsa_key(const BIGNUM *modulus, const BIGNUM *exponent)
{
	if (BN_num_bits(modulus) < RSA_BITS_MIN || BN_num_bits(modulus) > RSA_BITS_MAX ||
	    !BN_is_odd(modulus) || !BN_is_odd(exponent) || BN_is_one(exponent) || BN_num_bits(exponent) > EXPONENT_BITS_MAX)
		return NULL;
	OSSL_PARAM_BLD *builder = builder_create();
	if (OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) != 1 ||
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) != 1)
		fatal();
	return key_of("RSA", builder);
}

static bool read_rsa(struct arena *arena, yyjson_val *entry, struct jwk *jwk)
{
	BIGNUM *modulus = number_of(arena, entry, "n"), *exponent = number_of(arena, entry, "e");

	jwk->kind = JWK_RSA;
	jwk->key = modulus && exponent ? rsa_key(modulus, exponent) : NULL;
	BN_free(modulus);
	BN_free(exponent);
	return jwk->key != NULL;
}

/* On a curve whose numbers have so many bytes; x and y have as many, zeros in front included. OpenSSL
 * refuses a point that is not on it. */
static bool read_ec(struct arena *arena, yyjson_val *entry, const char *curve, size_t size,
                    struct jwk *jwk)
{
	str x = bytes_of(arena, entry, "x"), y = bytes_of(arena, entry, "y");
	unsigned char point[POINT_BYTES_MAX] = { POINT_CONVERSION_UNCOMPRESSED };

	if (!x.at || !y.at || x.size != size || y.size != size)
		return false;
	memcpy(point + 1, x.at, size);
	memcpy(point + 1 + size, y.at, size);
	OSSL_PARAM_BLD *builder = builder_create();
	if (OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * size) != 1)
		fatal();
	jwk->key = key_of("EC", builder);
	return jwk->key != NULL;
}

static bool read_ed25519(struct arena *arena, yyjson_val *entry, struct jwk *jwk)
{
	str x = bytes_of(arena, entry, "x");

	if (!x.at || x.size != ED25519_BYTES)
		return false;
	jwk->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)x.at,
	                                       x.size);
	return jwk->key != NULL;
}

static bool read_key(struct arena *arena, yyjson_val *entry, struct jwk *jwk)
{
	str type = json_member(entry, "kty"), curve = json_member(entry, "crv");

	if (str_is(type, "RSA"))
		return read_rsa(arena, entry, jwk);
	if (str_is(type, "EC") && str_is(curve, "P-256")) {
		jwk->kind = JWK_P256;
		return read_ec(arena, entry, "P-256", 32, jwk);
	}
	if (str_is(type, "EC") && str_is(curve, "P-384")) {
		jwk->kind = JWK_P384;
		return read_ec(arena, entry, "P-384", 48, jwk);
	}
	jwk->kind = JWK_ED25519;
	return str_is(type, "OKP") && str_is(curve, "Ed25519") && read_ed25519(arena, entry, jwk);
}

/* ---- What it is for ---- */

static bool may_verify(yyjson_val *entry)
{
	yyjson_val *use = json_given(entry, "use"), *operations = json_given(entry, "key_ops"), *one;
	yyjson_arr_iter iter = yyjson_arr_iter_with(operations);

	if (use && !yyjson_equals_str(use, "sig"))
		return false;
	while ((one = yyjson_arr_iter_next(&iter)))
		if (yyjson_equals_str(one, "verify"))
			return true;
	return !operations;
}

static bool read_name(struct arena *arena, yyjson_val *entry, struct jwk *jwk)
{
	yyjson_val *kid = json_given(entry, "kid");

	if (kid && !kid_read(kid, &jwk->kid))
		return false;
	if (kid)
		jwk->kid.at = arena_copy(arena, jwk->kid);
	jwk->bound = json_given(entry, "alg") != NULL;
	return !jwk->bound || alg_parse(json_member(entry, "alg"), &jwk->alg);
}

static void free_key(void *key)
{
	EVP_PKEY_free(key);
}

bool jwk_read(struct arena *arena, yyjson_val *entry, struct jwk *jwk)
{
	struct jwk read = { 0 };
	struct arena *scratch = arena_create();
	bool fine = yyjson_is_obj(entry) && !json_duplicate(entry) && may_verify(entry) &&
	            read_name(arena, entry, &read) && read_key(scratch, entry, &read);

	arena_destroy(scratch);
	ERR_clear_error();
	if (read.key)
		arena_own(arena, read.key, free_key);
	if (!fine || (read.bound && !jwk_fits(&read, read.alg)))
		return false;
	*jwk = read;
	return true;
}
