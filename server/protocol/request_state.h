/* request_state.h - requestState of 2026-07-28: what was answered so far goes out sealed and comes back. */
#ifndef REQUEST_STATE_H
#define REQUEST_STATE_H

#include "call.h"

/* What comes with a retry, and the sealed state that goes out. */
const struct fault *questions_restore(struct mcp_call *call);
str questions_seal(struct mcp_call *call);

#endif
