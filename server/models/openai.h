/* openai.h - the two halves of the protocol openai. Only for this room. */
#ifndef OPENAI_H
#define OPENAI_H

#include "model_wire.h"

const char *openai_write(struct arena *arena, const struct model_request *request, struct model_http *http);

#endif
