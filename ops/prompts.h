/* prompts.h - what a person picks: an incident, a check after a release, a look back at a month's costs. */
#ifndef PROMPTS_H
#define PROMPTS_H

#include "mcp.h"

struct incident { const char *service, *seen; };
extern SHAPE_OF(incident_shape, struct incident);
struct release_check { const char *service; };
extern SHAPE_OF(release_check_shape, struct release_check);
struct monthly_costs { const char *month; };
extern SHAPE_OF(monthly_costs_shape, struct monthly_costs);

enum mcp_answer incident(struct mcp_call *call, const void *in, struct store *store);
enum mcp_answer release_check(struct mcp_call *call, const void *in, struct store *store);
enum mcp_answer monthly_costs(struct mcp_call *call, const void *in, struct store *store);

void complete_prompt(struct mcp_call *call, const char *argument, const char *value, struct store *store);

#endif
