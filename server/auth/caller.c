/* caller.c - who calls: a name and what it may do, counted by reference. */
#include <stdlib.h>

#include "keys.h"

struct caller {
	atomic_int references;
	unsigned number;        /* of the set of keys it is of; 0: of none */
	uint8_t digest[DIGEST_SIZE];
	str name, scopes;
	struct budget requests, streams;
	char text[];            /* the name, NUL-terminated, then the scopes */
};

static struct caller nobody = {
	.name = { "anonymous", 9 }, .scopes = { "*", 1 },
};

static struct budget *all_requests, *all_streams;

void auth_share(struct budget *requests, struct budget *streams)
{
	all_requests = requests;
	all_streams = streams;
}

static struct budget half(struct budget *whole)
{
	return (struct budget) { .of = whole, .max = whole ? whole->max / 2 : 0 };
}

struct budget *caller_requests(const struct caller *caller)
{
	if (caller == &nobody || !caller->requests.of)
		return all_requests;
	return &((struct caller *)caller)->requests;
}

struct budget *caller_streams(const struct caller *caller)
{
	if (caller == &nobody || !caller->streams.of)
		return all_streams;
	return &((struct caller *)caller)->streams;
}

const struct caller *caller_anonymous(void)
{
	return &nobody;
}

const struct caller *caller_create(str name, str scopes, const uint8_t *digest)
{
	struct caller *caller = malloc(sizeof(*caller) + name.size + 1 + scopes.size);
	if (!caller)
		abort();
	atomic_init(&caller->references, 1);
	caller->requests = half(all_requests);
	caller->streams = half(all_streams);
	caller->number = 0;
	memset(caller->digest, 0, DIGEST_SIZE);
	if (digest)
		memcpy(caller->digest, digest, DIGEST_SIZE);
	memcpy(caller->text, name.at, name.size);
	caller->text[name.size] = '\0';
	memcpy(caller->text + name.size + 1, scopes.at, scopes.size);
	caller->name = (str) { caller->text, name.size };
	caller->scopes = (str) { caller->text + name.size + 1, scopes.size };
	return caller;
}

const char *caller_name(const struct caller *caller)
{
	return caller->name.at;
}

str caller_scopes(const struct caller *caller)
{
	return caller->scopes;
}

static bool has_scope(const struct caller *caller, str scope)
{
	str rest = caller->scopes;
	while (rest.size > 0) {
		str one = str_cut(&rest, ',');
		if (str_is(one, "*") || str_same(one, scope))
			return true;
	}
	return false;
}

bool caller_may(const struct caller *caller, const char *scope)
{
	return !scope || has_scope(caller, str_of(scope));
}

uint64_t caller_party(const struct caller *caller, str address)
{
	uint64_t party = caller == &nobody && address.size > 0 ? address_party(address) : 0;

	return party ? party : str_hash(caller->name);
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

bool caller_continues(const struct caller *before, const struct caller *now)
{
	str rest = before->scopes;

	if (!caller_same(before, now) || memcmp(before->digest, now->digest, DIGEST_SIZE) != 0)
		return false;
	while (rest.size > 0)
		if (!has_scope(now, str_cut(&rest, ',')))
			return false;
	return true;
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
	if (atomic_fetch_sub_explicit(&mine->references, 1, memory_order_acq_rel) == 1)
		free(mine);
}
