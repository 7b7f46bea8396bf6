/* calling.h - one call of another server's tool, from its request through its tries to what came of it. */
#ifndef CALLING_H
#define CALLING_H

#include <stdatomic.h>

#include "breaker.h"
#include "call_out_span.h"
#include "calls_out.h"
#include "client.h"
#include "tool_answer.h"

struct client {
	char *url, *key, *name, *version;
	atomic_llong last_id;
	struct breaker breaker;
	struct calls_out *calls;
};

struct calling {
	struct client *client;
	struct arena *arena;            /* of the request, and of the answer */
	const char *tool;
	struct fetch_request request;   /* the next try: after its pause */
	int64_t id, deadline;
	int tries;
	enum breaker_pass pass;
	struct span span;               /* of all its tries */
	struct answer answer;
	bool counted;
};

/* False: the service is not called now, which is the answer. */
bool calling_begin(struct calling *calling, struct client *client, struct arena *arena, const char *tool,
                   bool idempotent, const struct shape *in, const void *arguments);
/* False: it is tried again. */
bool calling_judge(struct calling *calling, const struct fetch_answer *fetched);
/* Instead, where nobody wants to know any more. */
void calling_forget(struct calling *calling);
/* Tells who called; `result` and `why` are in the arena. It may be asked again for the same. */
enum client_outcome calling_conclude(struct calling *calling, struct arena *arena, const struct shape *out,
                                     void *result, const char **why);

#endif
