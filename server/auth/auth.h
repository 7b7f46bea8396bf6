/* auth.h - who is calling, and how often.
 *
 * A caller is known by a bearer key, which is stored as a hash, or by an access token of the issuer that
 * is trusted (issuer.h): auth_check() turns an Authorization header into a caller or a refusal. */
#ifndef AUTH_H
#define AUTH_H

#include "await.h"
#include "charged.h"
#include "core.h"

/* ---- Callers ---- */

/* Immutable. Alive until caller_drop(); sessions and calls hold one each. */
struct caller;

/* The key's name, or "anonymous". Of a token's caller a ":" and a digest of issuer, subject and customer: no
 * key has such a name, and every process makes the same. */
const char *caller_name(const struct caller *caller);
bool caller_has_token(const struct caller *caller);             /* it came with a token, not with a key */
/* now_ms() from which its token is refused, what clocks differ by allowed for; 0: never, for it is a key's,
 * or what was begun with a token and goes on. */
int64_t caller_expires_ms(const struct caller *caller);
bool caller_expired(const struct caller *caller);
/* One of some scopes, separated by a space, is enough. NULL: anyone may. */
bool caller_may(const struct caller *caller, const char *scopes);
const char *caller_customer(const struct caller *caller);       /* on whose behalf; NULL: nobody's */
const char *caller_called(const struct caller *caller);         /* by people, as a token has it; NULL: nobody says */
/* The same person as far as sessions are concerned: the same name, whatever the scopes are now. */
bool caller_same(const struct caller *a, const struct caller *b);
/* What is kept for it: of all that is kept for callers (auth_share), at most half. So no caller can
 * take what another needs; one that has no key is alone, and may have all. NULL: not counted. They are
 * the name's, alive as long as one of its callers, or who holds the budget (budget_hold()). */
struct budget *caller_requests(const struct caller *caller);
struct budget *caller_streams(const struct caller *caller);
/* A number for whoever shares something with others: by the name; of one who is anonymous, or of whom nobody
 * knows yet who it is (NULL), by the group of its address, where that is known (auth_address_group()). */
uint64_t caller_party(const struct caller *caller, str group);
const struct caller *caller_keep(const struct caller *caller);
void caller_drop(const struct caller *caller);                  /* NULL is fine */

/* ---- Keys ---- */

enum auth_open {
	AUTH_CLOSED,
	AUTH_OPEN,
	AUTH_OPEN_WITHOUT_KEYS,         /* as long as there are none */
};

/* Reads API_KEYS: either lines themselves (separated by white space) or "@PATH" / a path beginning
 * with / to a file of lines. A line is NAME:SHA256HEX:SCOPE,SCOPE ("*" is every scope), where
 * customer=ID may stand among the scopes: it is that customer's key. In a file empty lines and lines
 * that begin with # are skipped. Open (AUTH=none, or loopback without
 * keys): whoever calls without a key is "anonymous" and may do everything; a key that is unknown, or a token
 * that is no good, is still refused, unless there are neither keys nor an issuer. NULL, or what is wrong (naming the line), valid
 * until this thread's next call; then the set is as it was. Safe while others check: replaces the
 * set at once (SIGHUP). */
const char *auth_configure(const char *keys, enum auth_open open);
/* What may be kept for all callers together; before auth_configure(), alive as long as the process. */
void auth_share(struct budget *requests, struct budget *streams);
int auth_key_count(void);
bool auth_is_open(void);

/* ---- The check ---- */

enum auth_outcome {
	AUTH_FINE,
	AUTH_MISSING,           /* no Authorization, or one of another scheme than Bearer */
	AUTH_MALFORMED,         /* it is not the word Bearer and a key or token */
	AUTH_UNKNOWN,           /* a key that nobody has */
	AUTH_INVALID,           /* a token that is no good, see `why` */
	AUTH_WAITING,           /* a token whose key is being fetched: auth_await_keys(), then check again */
	AUTH_UNAVAILABLE,       /* a token that can't be checked: the issuer's keys can't be had now */
};

struct auth_answer {
	enum auth_outcome outcome;
	const struct caller *caller;    /* AUTH_FINE: kept for the receiver, who drops it; else NULL */
	const char *why;                /* AUTH_INVALID: a static sentence for people, without quotes */
	int64_t retry_ms;               /* AUTH_UNAVAILABLE: when it is worth coming back */
};

/* Who sent this Authorization header (.at NULL: none)? Keys are compared in constant time. With an issuer
 * whatever has two dots and is no key is a token; nothing that is refused as one is anything else. Any thread. */
struct auth_answer auth_check(str authorization);
/* The same for whoever has waited for the keys: never AUTH_WAITING. */
struct auth_answer auth_check_again(str authorization);

/* ---- What is done later on somebody's behalf ---- */

/* Who has a key of that name, for what is done on its behalf later; kept. Where nobody has any more,
 * somebody of that name who may do nothing. A token's caller is made again of its rights. */
const struct caller *auth_caller(const char *name);
/* What a token's caller may do, as a line of text to be kept with what it began; NULL: a key's, whose
 * rights are always those that the key has now. */
const char *caller_rights(const struct caller *caller, struct arena *arena);
/* auth_caller(), but a token's caller has the rights it had (`rights` NULL: none). They count as long as
 * tokens of the same issuer are accepted. Its token's end does not end them. */
const struct caller *auth_caller_with(const char *name, const char *rights);

/* ---- Keys that are no more, after auth_configure() ---- */

/* Is the key the caller came with still accepted, and may it do all it could then? Of a token's caller:
 * are tokens accepted? That its token has come to its end is asked with caller_expired(). Any thread. */
bool auth_is_current(const struct caller *caller);
/* The names that may do less since the latest reading; `gone`: nobody has that name any more. One that
 * had several keys may come as often. */
typedef void auth_revoked_fn(const char *name, bool gone);
void auth_each_revoked(auth_revoked_fn *each);

/* Makes a key for `mcp-NAME key NAME SCOPE...` (argv[0] is "key"): prints the key and the line to
 * store to stdout; or what is wrong with the words, and the usage, to stderr. Returns the exit status. */
int auth_make_key(int argc, char **argv, const char *usage);

/* ---- Rates: token buckets, without locks and in constant memory ---- */

struct rates;

/* `per_minute` refills, `burst` is the most that can be saved up. per_minute 0: no limit. */
struct rates *rates_create(int64_t per_minute, int64_t burst);
void rates_destroy(struct rates *rates);
/* Takes one token from the bucket of `who` (an address, a caller's name): 0, or the milliseconds
 * until there is one. Any thread. */
int64_t rates_take(struct rates *rates, str who, int64_t at_tick_ms);
/* Takes more of them for what has begun already, also where they are not there yet: whoever owes waits
 * the longer for the next one. */
void rates_owe(struct rates *rates, str who, int64_t at_tick_ms, int64_t tokens);

/* ---- Addresses ---- */

struct networks;
/* "10.0.0.0/8, ::1, 192.0.2.7". NULL: an item is none; `wrong` then says which (a slice of list). */
struct networks *networks_parse(const char *list, str *wrong);
void networks_destroy(struct networks *networks);
bool networks_contain(const struct networks *networks, str address);
/* The client's address: the peer's, or, as far as peers are trusted proxies, the rightmost address
 * of X-Forwarded-For that is none. */
str auth_client_address(const struct networks *trusted, str peer, str forwarded_for);
/* Whose rate counts for an address: its own, or of IPv6 that of its /64, which is one customer's. */
str auth_address_group(str address, char room[16]);

#endif
