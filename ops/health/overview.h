/* overview.h - how everything is, in one answer. */
#ifndef OVERVIEW_H
#define OVERVIEW_H

#include "findings.h"

struct overview_wanted {
	bool refresh;
};
extern SHAPE_OF(overview_wanted_shape, struct overview_wanted);

struct overview {
	const char *verdict;
	struct finding *findings;
	int64_t findings_count;
	struct service_state *services;
	int64_t services_count;
	struct ringing *alarms;
	int64_t alarms_count;
	struct database_state *database;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(overview_shape, struct overview);

enum mcp_answer overview(struct mcp_call *call, const void *in, struct store *store);

/* The resource ops://overview, and the job that tells whoever follows it to look again. */
enum mcp_answer overview_read(struct mcp_call *call, const void *in, struct store *store);
int64_t overview_tell(struct store *store);
/* How long between two times that followers are told: looking costs at most twenty requests of AWS a minute. */
int64_t overview_pause_ms(size_t services);

#endif
