/* caller.c - who calls: a name and what it may do, counted by reference. */
#include <stdlib.h>

#include "keys.h"

struct caller {
	atomic_int references;
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

const struct caller *caller_create(str name, str scopes)
{
	struct caller *caller = malloc(sizeof(*caller) + name.size + 1 + scopes.size);
	if (!caller)
		abort();
	atomic_init(&caller->references, 1);
	caller->requests = half(all_requests);
	caller->streams = half(all_streams);
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

bool caller_may(const struct caller *caller, const char *scope)
{
	if (!scope)
		return true;
	str rest = caller->scopes;
	while (rest.size > 0) {
		str one = str_cut(&rest, ',');
		if (str_is(one, "*") || str_is(one, scope))
			return true;
	}
	return false;
}

bool caller_same(const struct caller *a, const struct caller *b)
{
	return a == b || str_same(a->name, b->name);
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
