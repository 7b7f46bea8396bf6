/* sse.h - the events of a text/event-stream (WHATWG HTML, "Server-sent events"), as it comes in, whatever its pieces. */
#ifndef SSE_H
#define SSE_H

#include "core.h"

#define SSE_EVENT_MAX (1024 * 1024)     /* bytes of an event */

/* Its data, for the length of the call. False: no more of them are wanted. */
typedef bool sse_fn(void *of, str data);

struct sse;
struct sse *sse_create(struct arena *arena, sse_fn *tell, void *of);

/* NULL, or what is wrong; that stays so. */
const char *sse_take(struct sse *sse, str bytes);
/* The body is over. An event whose lines are whole is told, though no blank line came behind it: some servers send none
 * behind the last. */
const char *sse_end(struct sse *sse);

#endif
