/* page.c - see page.h. */
#include "page.h"

extern const char chat_html[], desk_html[];     /* ui/ */

enum mcp_answer chat_page(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_say(call, "%s", chat_html);
}

enum mcp_answer desk_page(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_say(call, "%s", desk_html);
}
