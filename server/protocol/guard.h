/* guard.h - what is checked at the door, before a body is read: who comes, and how often. */
#ifndef GUARD_H
#define GUARD_H

#include "call.h"

const char *guard_start(void);          /* NULL, or what is wrong with OAUTH_SCOPES */
const struct fault *guard_single_headers(struct reply *reply);  /* 400: one came twice */
/* 401, 400, 503; else the caller is reply->caller. `answer` is not AUTH_WAITING. */
const struct fault *guard_caller(struct reply *reply, const struct auth_answer *answer);
const struct fault *guard_still(struct reply *reply);   /* 401: revoked, or over, meanwhile */
const struct fault *guard_address(struct reply *reply);         /* 403: it may not call */
const struct fault *guard_address_rate(struct reply *reply);    /* 429: before a key is looked at */
const struct fault *guard_caller_rate(struct reply *reply);     /* 429 */
void guard_rate_more(struct reply *reply, size_t messages);     /* of a batch; one was counted */
const struct fault *guard_initialize(struct reply *reply);      /* 429, tighter */
const struct fault *guard_types(struct reply *reply);   /* 415, 406; into takes_json, takes_sse */
/* 415: the body is compressed, though nobody asked for it. (types.c) */
const struct fault *guard_compressed(struct reply *reply, str coding);
/* The scope of what is called is missing: 403 with the challenge that names what to ask for. */
const struct fault *guard_scope(struct mcp_call *call, const char *scopes);
/* Lists show what the caller may use, and what it may ask for. */
bool guard_lists(const struct mcp_call *call, const char *scopes);
/* The same 403 for a subscription, of all it lacks that is listed; NULL: the rest is left out of it. */
const struct fault *guard_follows(struct mcp_call *call, const char *const *scopes);

#endif
