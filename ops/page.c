/* page.c - see page.h. */
#include "page.h"

extern const char overview_html[], logs_html[], metrics_html[], costs_html[];        /* ui/ */

enum mcp_answer overview_page(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	return mcp_say(call, "%s", overview_html);
}

enum mcp_answer logs_page(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	return mcp_say(call, "%s", logs_html);
}

enum mcp_answer metrics_page(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	return mcp_say(call, "%s", metrics_html);
}

enum mcp_answer costs_page(struct mcp_call *call, UNUSED const void *in, UNUSED struct store *store)
{
	return mcp_say(call, "%s", costs_html);
}
