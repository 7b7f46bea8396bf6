/* jwk.h - what the files of this layer know of a key, and of algorithms. */
#ifndef JWK_H
#define JWK_H

#include <openssl/evp.h>

#include "jose.h"
#include "json.h"

enum jwk_kind { JWK_RSA, JWK_P256, JWK_P384, JWK_ED25519 };

struct jwk {
	EVP_PKEY *key;
	enum jwk_kind kind;
	str kid;                        /* .at NULL: none */
	bool bound;                     /* to one algorithm, `alg` */
	enum jws_alg alg;
};

/* A key that can verify, which belongs to the arena. False: the entry is not for us. */
MUST_USE bool jwk_read(struct arena *arena, yyjson_val *entry, struct jwk *jwk);
bool jwk_fits(const struct jwk *jwk, enum jws_alg alg);

/* ---- Algorithms ---- */

#define KID_BYTES_MAX 255

MUST_USE bool alg_parse(str name, enum jws_alg *alg);
enum jwk_kind alg_kind(enum jws_alg alg);
/* With a key that fits. */
bool alg_verify(enum jws_alg alg, EVP_PKEY *key, str text, str signature);

/* A `kid` is compared as it is: no NUL may end it early. False: something else is in its place. */
MUST_USE bool kid_read(yyjson_val *value, str *kid);

#endif
