/* skill_methods.h - the skills extension's methods, and its files among the resources. */
#ifndef SKILL_METHODS_H
#define SKILL_METHODS_H

#include "call.h"
#include "skill.h"

extern const struct extension skills_extension;

const struct fault *skills_list(struct mcp_call *call);
const struct fault *skills_get(struct mcp_call *call);
const struct fault *resources_directory_read(struct mcp_call *call);

#endif
