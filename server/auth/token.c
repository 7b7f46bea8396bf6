/* token.c - access tokens: JSON Web Tokens of the issuer, each checked before it is believed.
 *
 * Cheap checks first, then the key, the signature, and what it says. What was good once is known by its
 * digest until it expires. */
#include "token.h"

#include "key_source.h"
#include "keys.h"
#include "log.h"
#include "seal.h"
#include "token_cache.h"

static const struct refusal
	malformed = { "This is no access token: it is not three parts in base64url with a header for us.",
	              &sign_ins.malformed },
	algorithm = { "The token is signed in a way that is not accepted here.", &sign_ins.malformed },
	no_key = { "The token is signed with a key that the issuer does not have.", &sign_ins.unknown_key },
	bad_signature = { "The signature of the token is wrong.", &sign_ins.signature };

static struct auth_answer refuse(const struct refusal *refusal)
{
	atomic_fetch_add_explicit(refusal->count, 1, memory_order_relaxed);
	log_info("an access token was refused: %s", refusal->why);
	return (struct auth_answer) { .outcome = AUTH_INVALID, .why = refusal->why };
}

static struct auth_answer unavailable(int64_t retry_ms)
{
	atomic_fetch_add_explicit(&sign_ins.unavailable, 1, memory_order_relaxed);
	return (struct auth_answer) { .outcome = AUTH_UNAVAILABLE, .retry_ms = retry_ms };
}

static struct auth_answer refuse_for(enum jws_outcome outcome)
{
	switch (outcome) {
	case JWS_ALGORITHM:
		return refuse(&algorithm);
	case JWS_NO_KEY:
		return refuse(&no_key);
	case JWS_BAD_SIGNATURE:
		return refuse(&bad_signature);
	default:
		return refuse(&malformed);
	}
}

/* Its key is not there: it is waited for, if the token could be good at all. */
static struct auth_answer wait_for(enum key_hope hope, bool again, int64_t retry_ms)
{
	if (hope == KEY_NEVER)
		return refuse(&no_key);
	if (hope == KEY_COMES && !again)
		return (struct auth_answer) { .outcome = AUTH_WAITING };
	return unavailable(hope == KEY_COMES ? key_times.retry : retry_ms);
}

/* The keys that a token is checked with, which know the one that it names. False: there are none such,
 * and `answer` says what becomes of the token. */
static bool find_keys(struct arena *arena, const struct jws *jws, bool again,
                      const struct jwk_set **keys, unsigned *number, struct auth_answer *answer)
{
	const struct refusal *refusal = NULL;
	enum key_hope hope = KEY_CAME;
	int64_t retry_ms = 0;

	while (hope == KEY_CAME) {
		*keys = key_source_keys(number);
		if (*keys && (!jws->kid.at || jwk_set_has(*keys, jws->kid)))
			return true;
		if ((refusal = claims_glance(arena, issuer_now(), jws->payload, now_ms())))
			break;
		hope = *keys ? key_source_hope_for_other(*number, jws->kid, again, &retry_ms)
		             : key_source_hope(*number, &retry_ms);
	}
	*answer = refusal ? refuse(refusal) : wait_for(hope, again, retry_ms);
	return false;
}

/* Held by the receiver. Whoever is given another customer is somebody else: what was begun for the former one
 * (sessions, streams, tasks) is found by the name. Neither of the two in the label has a blank. */
static const struct caller *caller_of(struct arena *arena, const struct claims *claims)
{
	uint8_t digest[DIGEST_SIZE];
	const char *label = !claims->customer ? issuer_name()
		: arena_print(arena, "%s %s", issuer_name(), claims->customer);

	digest_for(label, claims->subject, digest);
	str text = base64url(arena, (str) { (char *)digest, sizeof(digest) });
	return caller_create(&(struct identity) {
		.name = str_of(arena_print(arena, "%c%.*s", TOKEN_NAME, STR_FORMAT(text))),
		.scopes = str_of(claims->scopes), .customer = str_of(claims->customer), .called = str_of(claims->called),
		.expires_ms = claims->expires_ms,
	}, NULL);
}

static struct auth_answer check(struct arena *arena, str token, bool again, const uint8_t *digest)
{
	unsigned number;
	const struct jwk_set *keys;
	struct auth_answer answer;
	struct claims claims;
	struct jws jws;

	enum jws_outcome outcome = jws_read(arena, token, &jws);
	if (outcome != JWS_FINE)
		return refuse_for(outcome);
	if (!find_keys(arena, &jws, again, &keys, &number, &answer))
		return answer;
	outcome = jws_verify(keys, &jws);
	if (outcome != JWS_FINE)
		return refuse_for(outcome);
	const struct refusal *refusal = claims_read(arena, issuer_now(), jws.payload, now_ms(), &claims);
	if (refusal)
		return refuse(refusal);

	const struct caller *caller = caller_of(arena, &claims);
	token_cache_add(digest, number, caller);
	atomic_fetch_add_explicit(&sign_ins.accepted, 1, memory_order_relaxed);
	log_info("%s has signed in: %s", caller_name(caller), *claims.scopes ? claims.scopes : "no scope");
	return (struct auth_answer) { .outcome = AUTH_FINE, .caller = caller };
}

struct auth_answer token_check(str token, const uint8_t digest[DIGEST_SIZE], bool again)
{
	unsigned number;

	key_source_keys(&number);
	const struct caller *known = token_cache_find(digest, number);
	if (known) {
		atomic_fetch_add_explicit(&sign_ins.cached, 1, memory_order_relaxed);
		return (struct auth_answer) { .outcome = AUTH_FINE, .caller = caller_keep(known) };
	}
	struct arena *arena = arena_create();
	struct auth_answer answer = check(arena, token, again, digest);
	arena_destroy(arena);
	return answer;
}
