/* presence.h - who is at a resource just now: who writes in a conversation, who has a document open.
 *
 *     mcp_present("talk://7", "Eva", 6000);
 *
 * It holds for some time, so whoever stays says it again before that is over, and who does not is soon seen no more. It is in the memory of
 * the service's processes alone: there is no row and nothing to tidy up, and a process that has just begun knows nobody until they say it again.
 * Who may say and see it is the program's affair. */
#ifndef MCP_PRESENCE_H
#define MCP_PRESENCE_H

#include "mcp.h"

#define MCP_PRESENT_MAX 4               /* at one resource; of more those who stay longest */

/* Says that somebody is there for so many milliseconds (a minute at most), or with 0 no longer, on all processes of the service. Everyone who
 * follows the resource hears of it, as by mcp_changed(), when somebody begins or ends, also by saying no more; not when it is said
 * again. `who` is a text that the program understands. Any thread. */
void mcp_present(const char *uri, const char *who, int64_t for_ms);
/* Who is there, first who began first; ends with NULL. */
const char *const *mcp_presence(struct mcp_call *call, const char *uri);

/* ---- Who follows it ---- */

#define MCP_FOLLOWERS_MAX 8             /* of one resource; of more those who began first */

struct mcp_follower {
	const char *caller;             /* as mcp_caller(); NULL behind the last */
	const char *customer;           /* as mcp_customer() */
	const char *called;             /* as mcp_called() */
};
/* Who has subscribed to a resource whose row says .tells_followers, and is connected, on all processes of the service; of several connections of one
 * caller once. Who left is there for half a minute more. Everyone who follows it hears of it when somebody begins or ends. */
const struct mcp_follower *mcp_followers(struct mcp_call *call, const char *uri);

#endif
