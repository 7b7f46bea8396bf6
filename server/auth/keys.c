/* keys.c - the keys that are accepted now, and the check of a presented one.
 *
 * A set of keys never changes: auth_configure() puts another in its place. Each thread that checks
 * keeps the set it saw last and looks at one counter to learn that there is a newer one, so the hot
 * path locks nothing and writes nothing that threads share, but the count of the caller found. */
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

#include "every.h"
#include "fatal.h"
#include "issuer.h"
#include "keys.h"
#include "token.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct keys *latest, *former;    /* under the lock; former: before the latest reading */
static atomic_uint changes;             /* how often `latest` was replaced */

static _Thread_local struct keys *seen;
static _Thread_local unsigned seen_changes;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_exit;           /* drops the set a thread has seen when the thread ends */

static void drop_seen(void *keys)
{
	keys_drop(keys);
}

static void prepare(void)
{
	if (pthread_key_create(&at_exit, drop_seen) != 0)
		fatal();
}

static void look_again(void)
{
	pthread_once(&once, prepare);
	keys_drop(seen);
	pthread_mutex_lock(&lock);
	seen = keys_keep(latest);
	seen_changes = atomic_load(&changes);
	pthread_mutex_unlock(&lock);
	pthread_setspecific(at_exit, seen);
}

/* Valid until the thread's next call. NULL: never configured. */
static const struct keys *keys_now(void)
{
	if (atomic_load_explicit(&changes, memory_order_acquire) != seen_changes)
		look_again();
	return seen;
}

const char *auth_configure(const char *setting, enum auth_open open)
{
	const char *wrong;
	struct keys *keys = keys_read(setting, &wrong);
	if (!keys)
		return wrong;
	keys->open = open == AUTH_OPEN || (open == AUTH_OPEN_WITHOUT_KEYS && keys->count == 0);

	pthread_mutex_lock(&lock);
	struct keys *old = former;
	for (size_t i = 0; i < keys->count; i++)
		caller_set_number(keys->items[i].caller, atomic_load(&changes) + 1);
	former = latest;
	latest = keys;
	atomic_fetch_add(&changes, 1);
	pthread_mutex_unlock(&lock);
	keys_drop(old);
	return NULL;
}

int auth_key_count(void)
{
	const struct keys *keys = keys_now();
	return keys ? (int)keys->count : 0;
}

bool auth_is_open(void)
{
	const struct keys *keys = keys_now();
	return keys && keys->open;
}

/* Letters, digits and -._~+/ (RFC 6750 2.1), a bit each. */
static bool is_token_character(unsigned char c)
{
	static const uint64_t sets[4] = {
		UINT64_C(1) << '+' | UINT64_C(7) << '-' | UINT64_C(0x3ff) << '0',
		UINT64_C(0x3ffffff) << ('A' - 64) | UINT64_C(1) << ('_' - 64) |
			UINT64_C(0x3ffffff) << ('a' - 64) | UINT64_C(1) << ('~' - 64),
	};

	return sets[c >> 6] >> (c & 63) & 1;
}

/* Whether eight bytes are letters, from - to 9 (which has . and /) or _: keys are made of these. */
static bool are_token_characters(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	uint64_t small = word | EVERY(0x20), ascii = word & EVERY(0x7f);
	uint64_t letter = (small + EVERY(0x80 - 'a')) & ~(small + EVERY(0x7f - 'z'));
	uint64_t digit = (ascii + EVERY(0x80 - '-')) & ~(ascii + EVERY(0x7f - '9'));
	uint64_t line = EVERY(0x80) - (ascii ^ EVERY('_'));
	/* A byte that is not ASCII may spoil those above it, but is seen by itself. */
	return ((letter | digit | line) & ~word & EVERY(0x80)) == EVERY(0x80);
}

static bool is_token(str text)
{
	size_t i = 0;

	while (text.size - i >= 8 && are_token_characters(text.at + i))
		i += 8;
	while (i < text.size && is_token_character((unsigned char)text.at[i]))
		i++;
	if (i == 0)
		return false;
	while (i < text.size && text.at[i] == '=')
		i++;
	return i == text.size;
}

#define SCHEME "Bearer"
#define SCHEME_SIZE (sizeof(SCHEME) - 1)

static bool is_bearer(str header)
{
	return header.size > SCHEME_SIZE + 1 && header.at[SCHEME_SIZE] == ' ' &&
	       str_is_nocase((str) { header.at, SCHEME_SIZE }, SCHEME);
}

/* The token of "Bearer TOKEN", RFC 6750 2.1; .at NULL: it is none. */
static str bearer_token(str header)
{
	header = str_trim(header);
	if (!is_bearer(header))
		return (str) { 0 };
	str token = str_trim((str) { header.at + SCHEME_SIZE, header.size - SCHEME_SIZE });
	return is_token(token) ? token : (str) { 0 };
}

/* Without a token. Who speaks of another scheme (Basic) has not been asked yet, and begins to sign in on
 * being told that something is missing. */
static struct auth_answer no_token(str header)
{
	header = str_trim(header);
	bool other = header.at && !is_bearer(header) && memchr(header.at, ' ', header.size);
	return (struct auth_answer) {
		.outcome = header.at && !other ? AUTH_MALFORMED : AUTH_MISSING
	};
}

/* By its dots: a key that was made here has none, a token two. Without an issuer there are no tokens. Of one
 * that is nobody's key. */
static bool is_jwt(str token)
{
	if (!issuer_name() || str_starts(token, KEY_PREFIX))
		return false;
	const char *dot = memchr(token.at, '.', token.size);
	return dot && memchr(dot + 1, '.', token.size - (size_t)(dot + 1 - token.at));
}

/* Looks at every key, whichever it is: how long it takes tells nothing. */
static const struct caller *find(const struct keys *keys, const uint8_t digest[DIGEST_SIZE])
{
	size_t found = keys->count;
	for (size_t i = 0; i < keys->count; i++) {
		size_t same = CRYPTO_memcmp(digest, keys->items[i].digest, DIGEST_SIZE) == 0;
		found ^= (found ^ i) & (0 - same);
	}
	return found < keys->count ? keys->items[found].caller : NULL;
}

static struct auth_answer fine(const struct caller *caller)
{
	return (struct auth_answer) { .outcome = AUTH_FINE, .caller = caller_keep(caller) };
}

static inline struct auth_answer check(str authorization, bool again)
{
	const struct keys *keys = keys_now();
	bool open = keys && keys->open, anybody_known = issuer_name() || (keys && keys->count > 0);
	uint8_t digest[DIGEST_SIZE];

	if (open && (!authorization.at || !anybody_known))
		return fine(caller_anonymous());
	str token = bearer_token(authorization);
	if (!token.at)
		return no_token(authorization);
	digest_of(token, digest);
	/* First, so that whatever was a key before there was an issuer goes on as one. */
	const struct caller *found = keys ? find(keys, digest) : NULL;
	if (found)
		return fine(found);
	return is_jwt(token) ? token_check(token, digest, again)
	                     : (struct auth_answer) { .outcome = AUTH_UNKNOWN };
}

struct auth_answer auth_check(str authorization)
{
	return check(authorization, false);
}

struct auth_answer auth_check_again(str authorization)
{
	return check(authorization, true);
}

const struct caller *auth_caller(const char *name)
{
	const struct keys *keys = keys_now();

	if (keys && keys->open && strcmp(name, caller_name(caller_anonymous())) == 0)
		return caller_anonymous();
	for (size_t i = 0; keys && i < keys->count; i++)
		if (strcmp(name, caller_name(keys->items[i].caller)) == 0)
			return caller_keep(keys->items[i].caller);
	return caller_create(&(struct identity) { .name = str_of(name) }, NULL);
}

/* ---- Keys that are no more ---- */

typedef bool like_fn(const struct caller *now, const struct caller *before);

static bool has(const struct keys *keys, like_fn *like, const struct caller *caller)
{
	for (size_t i = 0; i < keys->count; i++)
		if (like(keys->items[i].caller, caller))
			return true;
	return false;
}

bool auth_is_current(const struct caller *caller)
{
	const struct keys *keys = keys_now();

	if (caller_has_token(caller))
		return issuer_name();
	if (!keys || caller == caller_anonymous())
		return keys && keys->open;
	return caller_number(caller) == seen_changes || has(keys, caller_continues, caller);
}

void auth_each_revoked(auth_revoked_fn *each)
{
	pthread_mutex_lock(&lock);
	struct keys *before = keys_keep(former), *now = keys_keep(latest);
	pthread_mutex_unlock(&lock);

	for (size_t i = 0; before && i < before->count; i++) {
		const struct caller *caller = before->items[i].caller;
		if (!has(now, caller_covers, caller))
			each(caller_name(caller), !has(now, caller_same, caller));
	}
	if (before && before->open && !now->open)
		each(caller_name(caller_anonymous()), true);
	keys_drop(before);
	keys_drop(now);
}
