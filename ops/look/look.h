/* look.h - what one run of a tool sees of AWS: it asks for several things at once, and keeps account of how old they are
 * and of what could not be had, which costs only its own part of an answer.
 *
 *     struct look look = look_begin(call, wanted->refresh);
 *     struct services services = { 0 };
 *     look_at(&look, "the services", ECS_DESCRIBE_SERVICES, describe_shape, &describe, services_shape, &services);
 *     look_at(&look, "the alarms", CLOUDWATCH_DESCRIBE_ALARMS, …);
 *     if (look.pending)
 *         return MCP_WAITING;
 *     … .as_of = look.as_of, .gaps = look.gaps, .gaps_count = look.gaps_count
 *
 * Every text of an answer is masked (mask.h) before anybody sees it. */
#ifndef LOOK_H
#define LOOK_H

#include "aws_ask.h"
#include "mcp.h"

/* Something that an answer has not, or has from earlier. */
struct gap {
	const char *what, *why;
};
extern SHAPE_OF(gap_shape, struct gap);
#define GAPS_MAX 32

struct look {
	struct mcp_call *call;
	bool refresh;                   /* the caller wants to see how it is now */
	bool pending;                   /* something is not answered yet: return MCP_WAITING */
	int64_t as_of;                  /* of the oldest that was seen, in milliseconds; 0: nothing was */
	struct gap *gaps;
	int64_t gaps_count;
};

struct look look_begin(struct mcp_call *call, bool refresh);

/* True: `out` is filled in. False: it is pending, or a gap. */
bool look_at(struct look *look, const char *what, enum aws_action action, const struct shape *in, const void *arguments,
             const struct shape *out, void *result);
/* The same with what struct aws_about says of the request: round and pause_ms. */
bool look_again_at(struct look *look, const char *what, enum aws_action action, const struct shape *in, const void *arguments,
                   const struct shape *out, void *result, struct aws_about *about);

/* The same as look_at(), but that AWS has none of it, as it says by that code ("DBInstanceNotFound"), is no gap: then `result` is as it was. */
bool look_for(struct look *look, const char *what, const char *none, enum aws_action action, const struct shape *in, const void *arguments,
              const struct shape *out, void *result);
/* Whether that is what AWS calls the trouble. */
bool look_said(const struct aws_about *about, const char *code);

/* One more gap; beyond GAPS_MAX it is dropped. Both are in the call's arena, or for good. */
void look_gap(struct look *look, const char *what, const char *why);

#define look_at(look, what, action, in, arguments, out, result) \
	(look_at)(look, what, action, in, POINTS_TO_(in##_describes, in, arguments), \
	          out, POINTS_TO_(out##_describes, out, result))
#define look_for(look, what, none, action, in, arguments, out, result) \
	(look_for)(look, what, none, action, in, POINTS_TO_(in##_describes, in, arguments), \
	           out, POINTS_TO_(out##_describes, out, result))
#define look_again_at(look, what, action, in, arguments, out, result, about) \
	(look_again_at)(look, what, action, in, POINTS_TO_(in##_describes, in, arguments), \
	                out, POINTS_TO_(out##_describes, out, result), about)

#endif
