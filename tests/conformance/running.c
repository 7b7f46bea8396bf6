/* running.c - tools that take a while and tell about it, or tell others. */
#include <time.h>

#include "conformance.h"

enum { PAUSE_MS = 50, AWAY_MS = 100 };

static void pause_ms(int64_t ms)
{
	nanosleep(&(struct timespec) { .tv_nsec = ms * 1000000 }, NULL);
}

enum mcp_answer with_progress(struct mcp_call *call, UNUSED const void *in,
                              UNUSED struct store *store)
{
	mcp_progress(call, 0, 100, "Begun");
	pause_ms(PAUSE_MS);
	mcp_progress(call, 50, 100, "Half of it");
	pause_ms(PAUSE_MS);
	mcp_progress(call, 100, 100, "All of it");
	return mcp_say(call, "Tool with progress executed successfully");
}

enum mcp_answer with_logging(struct mcp_call *call, UNUSED const void *in,
                             UNUSED struct store *store)
{
	mcp_log(call, MCP_INFO, "Tool execution started");
	pause_ms(PAUSE_MS);
	mcp_log(call, MCP_INFO, "Tool processing data");
	pause_ms(PAUSE_MS);
	mcp_log(call, MCP_INFO, "Tool execution completed");
	return mcp_say(call, "Tool with logging executed successfully");
}

/* When it is run again, what is gone of its deadline says that the client has been away. */
enum mcp_answer reconnection(struct mcp_call *call, UNUSED const void *in,
                             UNUSED struct store *store)
{
	int64_t away_ms = mcp_time_left_ms(call) - (RECONNECTION_DEADLINE_MS - AWAY_MS);

	if (away_ms > 0) {
		mcp_close_stream(call);
		return mcp_wait(call, "test://reconnection", away_ms);
	}
	return mcp_say(call, "Reconnection test completed successfully");
}

enum mcp_answer logging(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	mcp_log(call, MCP_DEBUG, "Only a client that asked for it sees this");
	mcp_log(call, MCP_ERROR, "This too");
	return mcp_say(call, "Logged, where that was asked for");
}

enum mcp_answer change_tools(struct mcp_call *call, UNUSED const void *in,
                             UNUSED struct store *store)
{
	mcp_list_changed(MCP_TOOLS);
	return mcp_say(call, "Announced that the tools changed");
}

enum mcp_answer change_prompts(struct mcp_call *call, UNUSED const void *in,
                               UNUSED struct store *store)
{
	mcp_list_changed(MCP_PROMPTS);
	return mcp_say(call, "Announced that the prompts changed");
}

enum mcp_answer change_resource(struct mcp_call *call, UNUSED const void *in,
                                UNUSED struct store *store)
{
	mcp_changed("test://watched-resource");
	return mcp_say(call, "Announced that the watched resource changed");
}
