/* readiness.h - whether this process can do what it is asked, and why not: each part of what it needs says so for itself. */
#ifndef READINESS_H
#define READINESS_H

#include "core.h"
#include "counted.h"

enum readiness_part {
	READINESS_STOPS,                /* it goes on; else it was told to stop, and takes nothing new */
	READINESS_STATE,                /* sessions, streams and tasks: what the state's thread finds */
	READINESS_TABLES,               /* the program's statements can be run */
	READINESS_WRITES,               /* what is written has a place */
	READINESS_NEEDS,                /* what the program needs beside its database, see why_not in mcp.h */
	READINESS_CALLS,                /* calls do not fail for want of the database, see served.h */
	READINESS_PARTS
};

/* What more than one finds says the same. */
#define READINESS_NO_ANSWER "the database does not answer"
#define READINESS_NO_WRITES "nothing can be written"
#define READINESS_NOT_THERE "what it needs beside its database can't be used"
#define READINESS_GONE "the database's file was moved, deleted or replaced"

/* `why` not, in words for anybody, a constant; NULL: it is well. `details` are the operator's, for the log and the port of
 * the metrics; "" where there are none. A change of the whole is logged. Any thread. */
void readiness_set(enum readiness_part part, const char *why, const char *details);
/* Of the first part that is not well; NULL: ready. Any thread, no lock. */
const char *readiness_why_not(void);
/* Whether all parts that are listed before this one are well. */
bool readiness_is_well_before(enum readiness_part part);
/* Each part in a line, with its details. */
str readiness_print(struct arena *arena);
extern const struct counted readiness_counted[];

#endif
