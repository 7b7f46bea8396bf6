/* rpc.h - a POST's JSON-RPC messages: their era, what is done with each, and one answer for all. */
#ifndef RPC_H
#define RPC_H

#include "call.h"

extern const struct era era_sessions;    /* 2025-03-26 to 2025-11-25: initialize, GET, sessions */
extern const struct era era_stateless;   /* 2026-07-28: every request stands alone */

void rpc_receive(struct reply *reply);
/* The session that Mcp-Session-Id names, into the reply. `needed`: none is a fault too. */
const struct fault *rpc_session(struct reply *reply, bool needed);

#endif
