/* methods.h - the methods both eras have. */
#ifndef METHODS_H
#define METHODS_H

#include "call.h"

const struct fault *tools_list(struct mcp_call *call);
const struct fault *tools_call(struct mcp_call *call);
const struct fault *resources_list(struct mcp_call *call);
const struct fault *resources_templates_list(struct mcp_call *call);
const struct fault *resources_read(struct mcp_call *call);
const struct fault *prompts_list(struct mcp_call *call);
const struct fault *prompts_get(struct mcp_call *call);
const struct fault *completion_complete(struct mcp_call *call);

#endif
