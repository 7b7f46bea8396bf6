/* auth.h - who is calling, and how often.
 *
 * A caller is known by a bearer key; keys are stored as hashes. The seam for OAuth is auth_check():
 * it turns an Authorization header into a caller or a refusal, whatever stands behind it. */
#ifndef AUTH_H
#define AUTH_H

#include "core.h"

/* ---- Callers ---- */

/* Immutable. Alive until auth_caller_drop(); sessions and calls hold one each. */
struct caller;

const char *caller_name(const struct caller *caller);           /* the key's name, or "anonymous" */
/* One of some scopes, separated by a space, is enough. NULL: anyone may. */
bool caller_may(const struct caller *caller, const char *scopes);
const char *caller_customer(const struct caller *caller);       /* on whose behalf; NULL: nobody's */
/* The same person as far as sessions are concerned: the same name, whatever the scopes are now. */
bool caller_same(const struct caller *a, const struct caller *b);
/* What is kept for it: of all that is kept for callers (auth_share), at most half. So no caller can
 * take what another needs; one that has no key is alone, and may have all. NULL: not counted. They are
 * the name's: whoever counts there need not hold the caller. */
struct budget *caller_requests(const struct caller *caller);
struct budget *caller_streams(const struct caller *caller);
/* A number for whoever shares something with others: by the name; of one who is anonymous by the group of
 * its address, where that is known (auth_address_group()). */
uint64_t caller_party(const struct caller *caller, str group);
const struct caller *caller_keep(const struct caller *caller);
void caller_drop(const struct caller *caller);                  /* NULL is fine */

enum auth_outcome { AUTH_FINE, AUTH_MISSING, AUTH_MALFORMED, AUTH_UNKNOWN };

/* Reads API_KEYS: either lines themselves (separated by white space) or "@PATH" / a path beginning
 * with / to a file of lines. A line is NAME:SHA256HEX:SCOPE,SCOPE ("*" is every scope), where
 * customer=ID may stand among the scopes: it is that customer's key. In a file empty lines and lines
 * that begin with # are skipped. `open_access` (AUTH=none, or loopback without
 * keys): whoever calls without a key is "anonymous" and may do everything; a key that is unknown is
 * still refused, unless there are no keys at all. NULL, or what is wrong (naming the line), valid
 * until this thread's next call; then the set is as it was. Safe while others check: replaces the
 * set at once (SIGHUP). */
const char *auth_configure(const char *keys, bool open_access);
/* What may be kept for all callers together; before auth_configure(), alive as long as the process. */
void auth_share(struct budget *requests, struct budget *streams);
int auth_key_count(void);

/* Who sent this Authorization header (.at NULL: none)? On AUTH_FINE `caller` is kept for the
 * receiver, who drops it. Compares in constant time. Any thread. */
enum auth_outcome auth_check(str authorization, const struct caller **caller);

/* Who has a key of that name, for what is done on its behalf later; kept. Where nobody has any more,
 * somebody of that name who may do nothing. */
const struct caller *auth_caller(const char *name);

/* ---- Keys that are no more, after auth_configure() ---- */

/* Is the key the caller came with still accepted, and may it do all it could then? Any thread. */
bool auth_is_current(const struct caller *caller);
/* The names that may do less since the latest reading; `gone`: nobody has that name any more. One that
 * had several keys may come as often. */
typedef void auth_revoked_fn(const char *name, bool gone);
void auth_each_revoked(auth_revoked_fn *each);

/* Makes a key for `mcp-NAME key NAME SCOPE...` (argv[0] is "key"): prints the key and the line to
 * store to stdout. Returns the exit status. */
int auth_make_key(int argc, char **argv);

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
