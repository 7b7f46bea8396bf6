/* emf_told.h - what other layers and the program itself have CloudWatch told, counted from one line to the next. */
#ifndef EMF_TOLD_H
#define EMF_TOLD_H

#include "mcp.h"
#include "told.h"

#define EMF_TOLD_MAX 112                /* metrics; what is beyond is not told */

struct emf_told {
	struct {
		char name[64];
		const char *by, *of;    /* NULL: of the service */
		int64_t total, said, now;
		bool gauge;             /* `now` is what there is */
	} each[EMF_TOLD_MAX];
	int count;
};

/* Brings `now` up: what was counted since the last time, or, of a gauge, what there is. `server` may be NULL. */
void emf_told_count(struct emf_told *told, const struct mcp_server *server);

#endif
