/* call_record.h - a call written down, to be run again by whichever process has its answers. */
#ifndef CALL_RECORD_H
#define CALL_RECORD_H

#include "call.h"
#include "call_rows.h"
#include "state.h"

/* Its request, how far it is, and what was answered so far. */
const char *call_write_down(struct mcp_call *call, struct arena *arena);
/* The call made again under a reply with the answers that came
 * since (of struct state_question). It is for call_resume(). */
struct mcp_call *call_read_back(struct reply *reply, str record, const struct rows *answers);

#endif
