/* parked.h - calls that wait for a person in the database, taken up by whoever gets the answer. */
#ifndef PARKED_H
#define PARKED_H

#include "call.h"

/* Writes down a call whose questions are about to be put, and gives these their numbers. Its channel
 * is known to the database already. */
void parked_file(struct mcp_call *call);
/* A response to a question of the reply's session came: `result` NULL is a refusal. Answers the reply
 * when it is known to be safe. */
bool parked_answer(struct reply *reply, int64_t number, yyjson_val *result);
/* Nothing of this process has that JSON-RPC id (as JSON): it waits, or runs elsewhere. */
void parked_cancel(struct session *session, str id);
/* It has waited long enough. Any thread. */
void parked_due(int64_t call);

#endif
