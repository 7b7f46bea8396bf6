/* result.h - parts that several results have, and what all notifications begin and end with. */
#ifndef RESULT_H
#define RESULT_H

#include "call.h"

/* What came of a call, in the word of the log and of the metrics. In _meta of a tool's result that says no, of 2026-07-28, too. */
const char *call_outcome(const struct mcp_call *call);
#define META_OUTCOME "outcome"

/* Where a page begins: the place of an entry, which the cursor has sealed for the list `key`. */
const struct fault *list_cursor(struct mcp_call *call, const char *key, int count, int *from);
/* The cursor of the page after. */
void list_next(struct mcp_call *call, struct json *json, const char *key, int next);
/* ttlMs and cacheScope, which some results of 2026-07-28 carry. */
void result_cacheable(struct json *json, int64_t ttl_ms, const char *scope);
int level_find(str name);                               /* enum mcp_level, or -1 */
/* A notification with its params open, until notification_end() gives the message. (note.c) */
struct json notification(struct arena *arena, const char *method);
str notification_end(struct json *json);

#endif
