/* call_span.h - the spans of an HTTP request and of the calls in it. */
#ifndef CALL_SPAN_H
#define CALL_SPAN_H

#include "call.h"
#include "spans.h"

/* Of its request, once: the HTTP side is over, or a stream's from now on. `x` NULL: it is gone. */
void reply_span_write(struct reply *reply, struct exchange *x);
static inline void reply_span_end(struct reply *reply, struct exchange *x)
{
	if (reply->about.trace.recorded)
		reply_span_write(reply, x);
}

/* A call of that reply, where `about` may say of which trace it is, as what it goes on with does. */
void call_span_begin(struct mcp_call *call, yyjson_val *about);
/* It has left its request, and goes on as a part of what that was. */
void call_span_go_on(struct mcp_call *call);
/* The log is told of it. */
void call_span_write(struct mcp_call *call, const char *outcome);
static inline void call_span_end(struct mcp_call *call, const char *outcome)
{
	if (call->about.trace.recorded)
		call_span_write(call, outcome);
}

#endif
