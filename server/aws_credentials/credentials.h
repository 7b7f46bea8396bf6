/* credentials.h - who this process is to AWS: looked up at the start, and anew before that expires, by a thread of its own.
 *
 * Nobody waits for it but at the start: what there is serves until it expires, while the next is being had, one at a
 * time. Any thread. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "credential_get.h"

/* In milliseconds; tests have them shorter. */
struct credential_times {
	int64_t early;                  /* so long before it expires the next is had; of a short life after half of it */
	int64_t retry, retry_most;      /* after a failure, doubled after each */
	int64_t floor;                  /* at least, between two that AWS asks for */
	int64_t look;                   /* the longest sleep: the wall clock may have been set meanwhile */
};
extern struct credential_times credential_times;

struct credentials;
/* `home` is where AWS's files are, NULL: $HOME/.aws. */
struct credentials *credentials_start(aws_variable_fn *variable, const char *home);
/* With a world of the test's own. */
struct credentials *credentials_start_with(const struct credential_means *means);
void credentials_stop(struct credentials *credentials); /* NULL is fine */

/* To be dropped by whoever asked. NULL: there is none, and `why` (in the arena) says why, in words for people. Waits for
 * nothing. */
struct identity *credentials_identity(struct credentials *credentials, struct arena *arena, const char **why);
/* Where that one is from, in the arena: "the profile shop". NULL as above. */
const char *credentials_where(struct credentials *credentials, struct arena *arena, const char **why);
/* Whether there is one, waiting until something is known, at most so long. */
bool credentials_wait(struct credentials *credentials, int64_t most_ms);
/* AWS says that this one has expired, whatever it says itself: another is had at once. */
void credentials_expired(struct credentials *credentials, const struct identity *identity);

#endif
