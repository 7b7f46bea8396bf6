/* aws_error.h - what an answer of AWS says went wrong, in whichever of its forms; and what to do about it. */
#ifndef AWS_ERROR_H
#define AWS_ERROR_H

#include "core.h"

/* Of an HTTP answer, what is looked at. .at NULL: it has none of it. */
struct aws_answer {
	int status;                     /* 0: there was none */
	str body;
	str error_type;                 /* the header x-amzn-errortype */
	str date;                       /* the header Date */
};

enum aws_fault {
	AWS_FINE,
	AWS_THROTTLED,                  /* asked too often: later, and ever later */
	AWS_TRANSIENT,                  /* may be gone with the next try */
	AWS_EXPIRED,                    /* of the identity: another one is needed */
	AWS_SKEWED,                     /* this machine's clock is wrong: by skew_ms, then once more */
	AWS_REFUSED,                    /* whatever else: as good as it gets */
};

struct aws_error {
	enum aws_fault fault;
	const char *code;               /* "AccessDeniedException"; "": none was said */
	const char *message;            /* AWS's, for people, quoted; "": none */
	int64_t skew_ms;                /* AWS_SKEWED: AWS's clock is so much ahead of ours */
};

/* `now_ms` is when it came. What the error points to is in the arena. A body may be anything: JSON, XML whichever was asked
 * for, the page of a proxy. Then the status decides. */
void aws_error_read(struct arena *arena, const struct aws_answer *answer, int64_t now_ms, struct aws_error *error);

/* Some services end a code with Exception or Fault and some with neither: here all are the same. */
bool aws_error_is(const struct aws_error *error, const char *code);

/* Of a header Date: Sun, 06 Nov 1994 08:49:37 GMT. */
MUST_USE bool http_date_parse(str text, int64_t *at_ms);

#endif
