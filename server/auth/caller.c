/* caller.c - who calls: a name, what it may do and for which customer, counted by reference. */
#include <stdlib.h>

#include "fatal.h"
#include "issuer.h"
#include "keys.h"
#include "share.h"

struct caller {
	atomic_int references;
	unsigned number;        /* of the set of keys it is of; 0: of none */
	uint8_t digest[DIGEST_SIZE];
	str name, scopes, customer, called;
	bool all;               /* every scope there is */
	int64_t expires_ms;     /* 0: never */
	struct share *share;
	char text[];            /* of all four, each NUL-terminated */
};

static struct caller nobody = {
	.name = { "anonymous", 9 }, .scopes = { "*", 1 }, .all = true,
};

const struct caller *caller_anonymous(void)
{
	return &nobody;
}

static str put(char **end, str text)
{
	char *at = *end;

	if (text.size > 0)
		memcpy(at, text.at, text.size);
	*end += text.size + 1;
	return (str) { at, text.size };
}

const struct caller *caller_create(const struct identity *who, const uint8_t *digest)
{
	struct caller *caller = calloc(1, sizeof(*caller) + who->name.size + who->scopes.size +
	                                  who->customer.size + who->called.size + 4);
	char *end = caller ? caller->text : NULL;

	if (!caller)
		fatal();
	atomic_init(&caller->references, 1);
	caller->share = share_of(who->name, who->name.at[0] != TOKEN_NAME);
	if (digest)
		memcpy(caller->digest, digest, DIGEST_SIZE);
	caller->name = put(&end, who->name);
	caller->scopes = put(&end, who->scopes);
	if (who->customer.size > 0)
		caller->customer = put(&end, who->customer);
	if (who->called.size > 0)
		caller->called = put(&end, who->called);
	caller->expires_ms = who->expires_ms;
	caller->all = digest && str_lists(who->scopes, ',', STR("*"));
	return caller;
}

struct share *caller_share(const struct caller *caller)
{
	return caller->share;
}

const char *caller_name(const struct caller *caller)
{
	return caller->name.at;
}

bool caller_has_token(const struct caller *caller)
{
	return caller->name.at[0] == TOKEN_NAME;
}

int64_t caller_expires_ms(const struct caller *caller)
{
	return caller->expires_ms;
}

bool caller_expired(const struct caller *caller)
{
	return caller->expires_ms && now_ms() >= caller->expires_ms;
}

const char *caller_customer(const struct caller *caller)
{
	return caller->customer.at;
}

const char *caller_called(const struct caller *caller)
{
	return caller->called.at;
}

static bool has_scope(const struct caller *caller, str scope)
{
	return caller->all || str_lists(caller->scopes, ',', scope);
}

bool caller_may(const struct caller *caller, const char *scopes)
{
	str rest = str_of(scopes);

	while (rest.size > 0)
		if (has_scope(caller, str_cut(&rest, ' ')))
			return true;
	return !scopes;
}

uint64_t caller_party(const struct caller *caller, str group)
{
	bool named = caller && (caller != &nobody || group.size == 0);

	return str_hash(named ? caller->name : group);
}

bool caller_same(const struct caller *a, const struct caller *b)
{
	return a == b || str_same(a->name, b->name);
}

/* Before anybody else knows it. */
void caller_set_number(const struct caller *caller, unsigned number)
{
	((struct caller *)caller)->number = number;
}

unsigned caller_number(const struct caller *caller)
{
	return caller->number;
}

bool caller_covers(const struct caller *now, const struct caller *before)
{
	str rest = before->scopes;

	if (!caller_same(before, now) || !str_same(before->customer, now->customer))
		return false;
	while (rest.size > 0)
		if (!has_scope(now, str_cut(&rest, ',')))
			return false;
	return true;
}

bool caller_continues(const struct caller *now, const struct caller *before)
{
	return memcmp(before->digest, now->digest, DIGEST_SIZE) == 0 && caller_covers(now, before);
}

/* The count is all that changes about a caller, so callers are const to everybody else. */
const struct caller *caller_keep(const struct caller *caller)
{
	if (caller != &nobody)
		atomic_fetch_add_explicit(&((struct caller *)caller)->references, 1,
		                          memory_order_relaxed);
	return caller;
}

void caller_drop(const struct caller *caller)
{
	if (!caller || caller == &nobody)
		return;
	struct caller *mine = (struct caller *)caller;
	if (atomic_fetch_sub_explicit(&mine->references, 1, memory_order_acq_rel) != 1)
		return;
	share_drop(mine->share);
	free(mine);
}

/* ---- Written down ---- */

const char *caller_rights(const struct caller *caller, struct arena *arena)
{
	if (!caller_has_token(caller) || !issuer_name())
		return NULL;
	return arena_print(arena, "%s %.*s %.*s", issuer_name(), STR_FORMAT(caller->scopes),
	                   (int)caller->customer.size, caller->customer.at ? caller->customer.at : "");
}

const struct caller *auth_caller_with(const char *name, const char *rights)
{
	str rest = str_of(rights);

	if (name[0] != TOKEN_NAME || !rights || !issuer_name() ||
	    !str_is(str_cut(&rest, ' '), issuer_name()))
		return auth_caller(name);
	struct identity who = { .name = str_of(name), .scopes = str_cut(&rest, ' ') };
	who.customer = rest;
	return caller_create(&who, NULL);
}
