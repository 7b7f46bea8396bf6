/* page.c - the page of track_order: ui/track.html. */
#include "order.h"

extern const char track_html[];                 /* ui/track.html */

enum mcp_answer track_page(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_say(call, "%s", track_html);
}
