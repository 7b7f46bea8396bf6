/* presence_private.h - the two kinds of presence, each with entries of its own: what somebody said of themselves (presence.h), and that they follow a
 * resource (followers.h). Only for this room. */
#ifndef PRESENCE_PRIVATE_H
#define PRESENCE_PRIVATE_H

#include "call.h"

enum presence_kind { PRESENCE_SAID, PRESENCE_FOLLOWS, PRESENCE_KINDS };

/* A process said so; 0: no longer. Any thread. */
void presence_hear(enum presence_kind kind, const char *uri, const char *who, int64_t for_ms);
/* Who is there, first who began first; ends with NULL. In the call's arena. */
const char *const *presence_now(struct mcp_call *call, enum presence_kind kind, const char *uri);

#endif
