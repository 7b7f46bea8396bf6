/* aws_check.h - for a server's check (mcp.h), which may wait: as whom AWS is asked and where, and requests whose answer is
 * waited for. Between aws_start() and aws_stop(). */
#ifndef AWS_CHECK_H
#define AWS_CHECK_H

#include "aws_ask.h"

/* What the environment and AWS's own files come to. */
struct aws_standing {
	const char *region;             /* NULL: nobody says */
	const char *credentials;        /* where they are from: "the profile shop"; NULL: there are none */
	const char *why;                /* there are none, in words for people */
};
/* Waits for credentials, at most until then (tick_ms()). */
void aws_stands(struct arena *arena, int64_t until_ms, struct aws_standing *standing);

/* As aws_ask_of(), but that this thread waits: it is AWS_FAILED where there is no answer until then. about->arena is given. */
MUST_USE enum aws_outcome aws_wait_of(enum aws_action action, const struct shape *in, const void *arguments, const struct shape *out,
                                      void *result, int64_t until_ms, struct aws_about *about);

#define aws_wait_of(action, in, arguments, out, result, until_ms, about) \
	(aws_wait_of)(action, in, POINTS_TO_(in##_describes, in, arguments), \
	              out, POINTS_TO_(out##_describes, out, result), until_ms, about)

#endif
