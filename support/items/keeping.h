/* keeping.h - where conversations are kept, by a setting. */
#ifndef KEEPING_H
#define KEEPING_H

#include "mcp.h"

#define HISTORY_SETTING \
	{ .name = "HISTORY", .kind = SETTING_TEXT, .standard = "store", \
	  .about = "Where conversations are kept: store is the service's database; dynamodb:TABLE is that table of DynamoDB" }

/* False: the setting is wrong, or the table; it has said how. */
bool history_start(void);
void history_stop(void);
/* For struct mcp_server. */
bool history_check(void);
const char *history_why_not(struct arena *arena);
const char *history_elsewhere(struct arena *arena);

#endif
