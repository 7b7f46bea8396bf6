/* skill_methods.h - the skills extension's methods, and its files among the resources. */
#ifndef SKILL_METHODS_H
#define SKILL_METHODS_H

#include "call.h"
#include "skill.h"

#define SKILLS_EXTENSION "io.modelcontextprotocol/skills"

const struct fault *skills_list(struct mcp_call *call);
const struct fault *skills_get(struct mcp_call *call);
const struct fault *resources_directory_read(struct mcp_call *call);

/* Part of offers_build(). */
void skill_offer_build(void);
/* The offer behind the URI of a file; NULL: there is none. */
const struct offer *skill_offer(str uri);
/* Reads the file that the call names. */
enum mcp_answer skill_read(struct mcp_call *call, const void *in, struct store *store);

#endif
