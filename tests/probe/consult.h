/* consult.h - a tool that asks the tools of another server, as its argument says. */
#ifndef CONSULT_H
#define CONSULT_H

#include "mcp.h"

bool consult_start(void);
void consult_stop(void);

extern const struct shape consult_shape[1];
enum mcp_answer consult(struct mcp_call *call, const void *in, struct store *store);

/* Entries of a table of tools, and of settings. */
#define CONSULT_TOOLS \
	{ "consult", "Consult", "Asks other tools.", .in = consult_shape, .run = consult }, \
	{ "consult_blocking", "Consult", "The same, on a worker.", .in = consult_shape, .blocks = true, .run = consult }
#define CONSULT_SETTINGS \
	{ .name = "CONSULT_URL", .kind = SETTING_TEXT, .standard = "http://127.0.0.1:9/mcp", .about = "Whom it asks" }

#endif
