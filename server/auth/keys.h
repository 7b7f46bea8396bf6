/* keys.h - what the files of the auth layer know of keys and of callers. */
#ifndef KEYS_H
#define KEYS_H

#include <stdatomic.h>

#include "auth.h"
#include "sha256.h"

#define KEY_PREFIX "mcp_"
#define KEY_BYTES 32            /* of randomness behind the prefix */

#define TOKEN_NAME ':'          /* begins the name of a token's caller, and of no key */

struct share;

struct identity {
	str name;               /* not empty */
	str scopes;             /* separated by commas; "*" is all of them, where it is a key's */
	str customer;           /* empty: none */
	str called;             /* by people; empty: nobody says */
	int64_t expires_ms;     /* of a token; 0: never */
};

/* Somebody whose key has that digest; NULL: no key. It belongs to the set of keys of that number. The
 * texts are copied. */
const struct caller *caller_create(const struct identity *who, const uint8_t *digest);
struct share *caller_share(const struct caller *caller);       /* NULL: it has none */
void caller_set_number(const struct caller *caller, unsigned number);
unsigned caller_number(const struct caller *caller);
/* The same name, which may do no less now; and the same key. */
bool caller_covers(const struct caller *now, const struct caller *before);
bool caller_continues(const struct caller *now, const struct caller *before);
/* Whoever calls without a key where that is allowed: may do everything. Never released. */
const struct caller *caller_anonymous(void);

struct key {
	uint8_t digest[DIGEST_SIZE];
	const struct caller *caller;
};

/* A set of keys. It never changes once it is in use. */
struct keys {
	atomic_int references;
	bool open;              /* without a key one is anonymous */
	size_t count;
	struct key items[];
};

/* Reads what the setting API_KEYS holds; NULL or empty is a set of none. NULL: `wrong` says why, in
 * text that lives until the thread's next reading. */
struct keys *keys_read(const char *setting, const char **wrong);
struct keys *keys_keep(struct keys *keys);
void keys_drop(struct keys *keys);              /* NULL is fine */

bool key_name_valid(str name);                  /* 1 to 64 of [A-Za-z0-9._-], and not "anonymous" */
bool key_scope_valid(str scope);                /* 1 to 64 of [A-Za-z0-9._:/-], or "*" */
bool key_customer_valid(str customer);          /* 1 to 64 of [A-Za-z0-9._:/@+-] */

#endif
