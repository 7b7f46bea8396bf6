/* page.h - the pages of ops: files of ui/ that are part of the program. */
#ifndef PAGE_H
#define PAGE_H

#include "mcp.h"

#define PAGE_MIME "text/html;profile=mcp-app"
#define PAGE_META "{\"ui\":{\"csp\":{},\"prefersBorder\":true}}"

mcp_tool_fn overview_page, logs_page, metrics_page, costs_page;

#endif
