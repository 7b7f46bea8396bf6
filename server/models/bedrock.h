/* bedrock.h - the two halves of the protocol bedrock. Only for this room. */
#ifndef BEDROCK_H
#define BEDROCK_H

#include "model_wire.h"

const char *converse_write(struct arena *arena, const struct model_request *request, struct model_http *http);

#endif
