/* era.h - how a family of revisions differs from the other: one const table each. */
#ifndef ERA_H
#define ERA_H

#include "reply.h"

struct method {
	const char *name;
	const struct fault *(*run)(struct mcp_call *call);
	const char *named_by;           /* the param that Mcp-Name repeats; NULL: none */
};

/* A method that only other revisions have. */
struct other_method {
	const char *name;
	const char *instead;            /* what there is here, as a clause */
};

/* How a family of protocol revisions differs from the other. */
struct era {
	bool stateless;                 /* a client that leaves has cancelled; faults have HTTP statuses */
	const struct method *methods;   /* ends with an empty entry */
	const struct other_method *others;      /* the same */
	/* Version, headers and session of one message; before the method is looked up. */
	const struct fault *(*admit)(struct mcp_call *call);
	/* What a client sends that wants no answer. True: reply_accepted() says when it is done. */
	bool (*notice)(struct reply *reply, str method, yyjson_val *params);
	/* A tool, resource or prompt is about to run for the first time, and, once, is over. */
	const struct fault *(*enter)(struct mcp_call *call);
	void (*leave)(struct mcp_call *call);
	/* Has the request answered with a stream of its own kind: sets reply->response. False: it has none,
	 * and the exchange is untouched. */
	bool (*open_stream)(struct reply *reply, struct exchange *x);
	/* Lets go of what a reply holds for it. */
	void (*release)(struct reply *reply);
	/* The members that every result carries, before and after its own. */
	void (*open_result)(struct json *json, const char *type);
	void (*close_result)(struct json *json, const struct mcp_call *call);
	/* Can this call ask the person at all? On its loop. */
	bool (*can_ask)(const struct mcp_call *call);
	/* The tool returned with questions that were not put yet: put them. False: that can't be done
	 * after all, which can_ask() knows by now. */
	bool (*ask)(struct mcp_call *call);
};

#endif
