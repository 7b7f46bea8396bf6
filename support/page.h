/* page.h - the pages of support for hosts of MCP Apps: files of ui/ that are part of the program. */
#ifndef PAGE_H
#define PAGE_H

#include "mcp.h"

#define PAGE_MIME "text/html;profile=mcp-app"
#define PAGE_META "{\"ui\":{\"csp\":{},\"prefersBorder\":true}}"

#define CHAT_URI "ui://support/chat"
#define DESK_URI "ui://support/desk"
/* Of the tools whose answers they show. */
#define CHAT_LINK "{\"ui\":{\"resourceUri\":\"" CHAT_URI "\"}}"
#define DESK_LINK "{\"ui\":{\"resourceUri\":\"" DESK_URI "\"}}"

mcp_tool_fn chat_page, desk_page;

#endif
