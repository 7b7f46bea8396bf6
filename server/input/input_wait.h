/* input_wait.h - calls that wait for a person in the database, taken up by whoever gets the answer. */
#ifndef INPUT_WAIT_H
#define INPUT_WAIT_H

#include "call.h"

/* Puts the questions of a call that returned with some, and lets it go. False: it has no stream that
 * its client could come back to, so nobody can be asked. */
bool input_ask(struct mcp_call *call);
/* A response of the reply's session came. False: to nothing that was asked; else it is accepted when
 * it is known to be safe. */
bool input_answer(struct reply *reply, yyjson_val *response);
/* Nothing of this process has that JSON-RPC id (as JSON): it waits, or runs elsewhere. False: it names no
 * call; else it is accepted when that is known. */
bool input_cancel(struct reply *reply, str id);
/* It has waited long enough. Any thread. */
void input_due(int64_t call);

#endif
