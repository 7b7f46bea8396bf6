/* fetch.h - outbound HTTP over libcurl: one bounded request, for a thread that may wait. */
#ifndef FETCH_H
#define FETCH_H

#include <stdatomic.h>

#include "core.h"

struct fetch_request {
	const char *method;             /* "GET", "POST" */
	const char *url;
	const char *const *headers;     /* "Name: value" or "Name:" (empty), ends with NULL */
	str body;
	int64_t connect_ms, total_ms;   /* limits */
	size_t answer_max;              /* bytes; a longer answer fails */
	/* Never on a kept connection: where one breaks before an answer libcurl sends again by
	 * itself, and nobody knows whether the server acted on the first. */
	bool once;
	const atomic_bool *give_up;     /* true: it ends within a second or so. NULL is fine */
};

struct fetch_answer {
	int status;                     /* HTTP; 0: there was no answer, see why */
	str type;                       /* Content-Type */
	str body;                       /* in the arena */
	int64_t retry_after_ms;         /* of a Retry-After in seconds; 0: none */
	const char *elsewhere;          /* where it redirects to, which is not followed; NULL: nowhere */
	bool sent;                      /* the request may have reached the server */
	const char *why;                /* for people, where status is 0 */
};

/* A handle keeps its connections open between requests; one thread at a time. */
struct fetcher;
struct fetcher *fetcher_create(void);
void fetcher_destroy(struct fetcher *fetcher);
void fetch(struct fetcher *fetcher, struct arena *arena, const struct fetch_request *request,
           struct fetch_answer *answer);

/* NULL, or why this is no http or https URL that can be called (one with a password is none). */
const char *fetch_check_url(const char *url);

/* Its host is this machine, by name or address. */
bool fetch_is_loopback(const char *url);

#endif
