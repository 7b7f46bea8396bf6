/* self_check.h - a job that looks, now and then, whether what this process needs is there, and says it to /readyz. */
#ifndef SELF_CHECK_H
#define SELF_CHECK_H

#include "mcp.h"

/* The runtime's own jobs, beside a program's. */
extern const struct mcp_job self_checks[];

/* Who plans them, so that they look at once when a call has failed; NULL: nobody any more. */
struct jobs;
void self_check_planned(struct jobs *jobs);
/* Before anybody is served: of which server, with which database (NULL: none); what it needs beside that is looked at. And after. */
void self_check_begin(const struct mcp_server *server, const char *database);
void self_check_end(void);

#endif
