/* jose.h - JSON Web Signatures (RFC 7515) verified with the public keys of a set (RFC 7517).
 *
 * Verifying only, asymmetric only, the compact form only: nothing here signs, decrypts or knows a
 * shared secret, so no token can ask for that. No policy, no clock, no network: whether it was signed
 * is said here, what it says is for whoever asks.
 *
 *     struct jws jws;
 *     enum jws_outcome outcome = jws_read(arena, token, &jws);
 *     if (outcome == JWS_FINE)
 *         outcome = jws_verify(set, &jws);         // JWS_FINE: jws.payload may be believed */
#ifndef JOSE_H
#define JOSE_H

#include "core.h"

/* ---- Keys ---- */

#define JWK_SET_BYTES_MAX (256 * 1024)
#define JWK_SET_KEYS_MAX 100            /* entries, of whatever kind */

/* The keys of a JWK set that signatures can be verified with. Immutable, counted, any thread. */
struct jwk_set;

/* Reads a JWK set. Entries that are not for us are skipped, as RFC 7517 5 wants it: keys for
 * encryption, secrets, RSA of under 2,048 or over 8,192 bits, curves other than P-256, P-384 and
 * Ed25519, points that are not on their curve. Private parts are not looked at. NULL: no key is left,
 * or it is no such set; `wrong` says what, in static words that go on from "the key set ". */
struct jwk_set *jwk_set_read(str json, const char **wrong);
struct jwk_set *jwk_set_keep(struct jwk_set *set);
void jwk_set_drop(struct jwk_set *set);         /* NULL is fine */

int jwk_set_count(const struct jwk_set *set);
bool jwk_set_has(const struct jwk_set *set, str kid);   /* a key of that name, of whatever kind */
/* The same keys under the same names, in whatever order: nothing was rotated. */
bool jwk_set_same(const struct jwk_set *a, const struct jwk_set *b);

/* ---- Signatures ---- */

#define JWS_BYTES_MAX (8 * 1024)        /* of a token */

/* Of RFC 7518 and RFC 8037. "EdDSA" is Ed25519 alone, and RFC 9864's "Ed25519" is the same. */
enum jws_alg {
	JWS_RS256, JWS_RS384, JWS_RS512, JWS_PS256, JWS_PS384, JWS_PS512,
	JWS_ES256, JWS_ES384, JWS_EDDSA,
};

enum jws_outcome {
	JWS_FINE,
	JWS_MALFORMED,                  /* no compact JWS, or a header that is not for us */
	JWS_ALGORITHM,                  /* `alg` is none of ours */
	JWS_NO_KEY,                     /* the set has no key of its name and algorithm */
	JWS_BAD_SIGNATURE,
};

/* What a token says of itself. Slices of the token, and of the arena. */
struct jws {
	enum jws_alg alg;
	str kid;                        /* .at NULL: none. No NUL in it, at most 255 bytes */
	str type;                       /* `typ`; .at NULL: none. JWT or at+jwt, as it was written */
	str payload;                    /* decoded; nothing is known of what it is */
	str signature;                  /* decoded */
	str signed_text;                /* what was signed: header and payload as they came */
};

/* Takes a token apart; nothing is verified. One text is one token: base64url without padding, blanks
 * or stray bits. The header is an object of at most 1 KiB, flat, each name once. One with `crit` or
 * `b64` is refused; keys that it brings or points to (`jwk`, `jku`, `x5c`, `x5u`) are not looked at. */
enum jws_outcome jws_read(struct arena *arena, str token, struct jws *jws);
/* Against the keys of its `kid`; without one only where a single key fits. A key verifies only what
 * it is for: by its kind and, where it has one, its own `alg`. Any thread. */
enum jws_outcome jws_verify(const struct jwk_set *set, const struct jws *jws);

#endif
