/* fuzz_jose.c - a token that a stranger sends, and a key set from an issuer: the input's first line and
 * the rest of it. */
#include "fuzz.h"

#include <openssl/err.h>

#include "jose.h"
#include "seal.h"

/* What was taken apart is what came, and nothing else. */
static void check_parts(struct arena *arena, str token, const struct jws *jws)
{
	str rest = token;

	must(jws->signed_text.at == token.at && jws->signed_text.size < token.size);
	str_cut(&rest, '.');
	must(str_same(base64url(arena, jws->payload), str_cut(&rest, '.')));
	must(str_same(base64url(arena, jws->signature), rest));
	must(!jws->kid.at || (jws->kid.size <= 255 && utf8_valid(jws->kid)));
	must(!jws->kid.at || !memchr(jws->kid.at, '\0', jws->kid.size));
	must(!jws->type.at || str_is_nocase(jws->type, "JWT") || str_is_nocase(jws->type, "at+jwt") ||
	     str_is_nocase(jws->type, "application/at+jwt"));
}

static enum jws_outcome judge(const struct jwk_set *set, str token)
{
	struct arena *arena = arena_create();
	struct jws jws;
	enum jws_outcome outcome = jws_read(arena, token, &jws);

	must(outcome == JWS_FINE || outcome == JWS_MALFORMED || outcome == JWS_ALGORITHM);
	if (outcome == JWS_FINE) {
		check_parts(arena, token, &jws);
		outcome = set ? jws_verify(set, &jws) : JWS_NO_KEY;
		must(outcome == JWS_FINE || outcome == JWS_NO_KEY || outcome == JWS_BAD_SIGNATURE);
		must(outcome == JWS_NO_KEY || !jws.kid.at || jwk_set_has(set, jws.kid));
	}
	must(ERR_peek_error() == 0);            /* the thread's next call of OpenSSL would find it */
	arena_destroy(arena);
	return outcome;
}

#define BITS 6                  /* that are tried of a token: the input says which */

/* Of what verifies every bit was signed. */
static void check_bits(const struct jwk_set *set, struct arena *arena, str token, uint64_t which)
{
	char *copy = arena_copy(arena, token);
	struct jws jws;

	must(jws_read(arena, token, &jws) == JWS_FINE);
	size_t bits = jws.signed_text.size * 8;
	jws.signed_text.at = copy;
	for (int i = 0; i < BITS; i++, which = which * 31 + 7) {
		size_t bit = (size_t)which % bits;
		copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
		must(jws_verify(set, &jws) == JWS_BAD_SIGNATURE);
		must(judge(set, (str) { copy, token.size }) != JWS_FINE);
		copy[bit / 8] = token.at[bit / 8];
	}
	must(judge(set, (str) { copy, token.size - 1 }) != JWS_FINE);
}

static void check_token(const struct jwk_set *set, struct arena *arena, str token, uint64_t which)
{
	enum jws_outcome outcome = judge(set, token);
	const char *copy = arena_copy(arena, token);

	must(judge(set, (str) { copy, token.size }) == outcome);
	if (outcome == JWS_FINE)
		check_bits(set, arena, token, which);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create();
	str keys = input_of(data, size), token = input_line(&keys);
	const char *wrong = NULL;
	struct jwk_set *set = jwk_set_read(keys, &wrong), *again = jwk_set_read(keys, &wrong);

	must(!set == !again && (set || wrong));
	must(ERR_peek_error() == 0);
	if (set) {
		must(jwk_set_count(set) > 0 && jwk_set_count(set) <= JWK_SET_KEYS_MAX);
		must(jwk_set_same(set, again) && jwk_set_same(again, set));
	}
	check_token(set, arena, token, str_hash(input_of(data, size)));
	jwk_set_drop(again);
	jwk_set_drop(set);
	arena_destroy(arena);
	return 0;
}
