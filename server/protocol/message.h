/* message.h - a JSON-RPC message: read from a body, checked, and what is wrong with it in words. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "call.h"

/* Parses a body in place; the document is the reply's. NULL: *fault says why. */
yyjson_val *message_read(struct reply *reply, char *body, size_t size, const struct fault **fault);
/* Whether it is a message at all, and a request or notification has what each must have. */
const struct fault *message_check(struct reply *reply, yyjson_val *message);
/* The same of a batch's: of what it names twice reading the body says nothing. */
const struct fault *message_check_element(struct reply *reply, yyjson_val *message);
bool message_is_response(yyjson_val *message);
/* The id, where it can be echoed in an error: the message may be wrong in other ways. */
yyjson_val *message_id(yyjson_val *message);

#endif
