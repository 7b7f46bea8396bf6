/* rpc.h - a POST's JSON-RPC messages: their era, what is done with each, and one answer for all. */
#ifndef RPC_H
#define RPC_H

#include "call.h"

void rpc_receive(struct reply *reply);
/* The session that Mcp-Session-Id names, into the reply. `needed`: none is a fault too. */
const struct fault *rpc_session(struct reply *reply, bool needed);

#endif
