/* writing.h - who writes in a conversation just now. No row has it (presence.h). `person` is who of the shop; NULL: its customer. */
#ifndef WRITING_H
#define WRITING_H

#include "mcp.h"
#include "presence.h"

/* Says that somebody does, for a while, or does no more. */
void writing_tell(struct mcp_call *call, const char *id, const char *person, bool writes);
/* What they wrote is there. Before it is told, so that it and the end of its writing are one change to whoever reads. */
void writing_is_over(struct mcp_call *call, const char *id, const char *person);
/* Those who do, as texts that end with NULL; which person that is. */
const char *const *writing_now(struct mcp_call *call, const char *id);
const char *writing_person(const char *who);

#endif
