/* credential_get.h - credentials from wherever they come: files, processes, calls. On a thread that may wait. */
#ifndef CREDENTIAL_GET_H
#define CREDENTIAL_GET_H

#include <stdatomic.h>

#include "aws_error.h"
#include "credential_source.h"

struct credential_call {
	const char *method, *url;
	const char *const *headers;     /* ends with NULL */
	str body;
	int64_t total_ms;
};

/* What getting them needs of the world; a test has its own. */
struct credential_means {
	aws_variable_fn *variable;
	const char *home;               /* its folder .aws; NULL: none */
	/* Answers into the arena; status 0: *why says why. */
	void (*fetch)(void *of, struct arena *arena, const struct credential_call *call, struct aws_answer *answer, const char **why);
	bool (*pause)(void *of, int64_t ms);    /* false: no more is wanted */
	void *of;
	const atomic_bool *give_up;     /* NULL is fine */
};

/* AWS's files, and what else says where credentials are. The arena is one of arena_create_secret(), `home` the folder .aws or
 * NULL. NULL, or what is wrong, in the arena. */
const char *credential_places_read(struct arena *arena, aws_variable_fn *variable, const char *home, struct credential_places *places);

/* Decides which source it is and asks that one. The arena is one of arena_create_secret(), for as long as that takes.
 * NULL, or what is wrong, in the arena; `identity` is the caller's, `where` says whence it is, for people. */
const char *credential_get(struct arena *arena, const struct credential_means *means, struct identity **identity, const char **where);

#endif
