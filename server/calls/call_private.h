/* call_private.h - what the files of a call share. */
#ifndef CALL_PRIVATE_H
#define CALL_PRIVATE_H

#include "call.h"

/* A mistake of this thread's is that of the call's tool. (mistake.c) */
void call_by(const struct mcp_call *call);
/* Whether it is JSON, or the only roles there are; if not, that is the program's mistake. */
yyjson_val *call_takes_json(struct mcp_call *call, const char *where, const char *text);   /* (answer.c); NULL: it is not */
bool call_takes_object(struct mcp_call *call, const char *where, const char *text);
/* It answers without what it has an .out or .out_schema of, which is a mistake where it has one. */
void call_answers_freely(struct mcp_call *call, const char *how);
void call_takes_role(struct mcp_call *call, const char *role);                      /* (content.c) */

/* Its worker may still be at it, and what that writes of it is not to be read. */
static inline bool call_settled_early(const struct mcp_call *call)
{
	return call->overran || atomic_load(&call->cancelled);
}

/* Lets go of what it has, when it is over and no worker has it. */
void call_release(struct mcp_call *call);

/* ---- Of this loop's that are not settled (in_flight.c) ---- */

void in_flight_add(struct mcp_call *call);
void in_flight_remove(struct mcp_call *call);

/* ---- Notes: what a running call tells its client (note.c) ---- */

/* Sends what the worker left; on the call's loop. */
void notes_send(struct mcp_call *call);
bool notes_wait(struct mcp_call *call);         /* there are some */
void notes_free(struct mcp_call *call);
/* Forgets what a run that does not count has said. */
void notes_drop(struct mcp_call *call);

#endif
