/* jobs.h - runs the work that nobody calls, on the workers, when it is due. */
#ifndef JOBS_H
#define JOBS_H

#include <signal.h>

#include "mcp.h"
#include "pool.h"

#define JOBS_SIGNAL SIGUSR1     /* wakes the main thread, to look when the next job is due */

struct jobs;

/* On the main thread. The workers' contexts are struct workplace. `tables` ends with NULL. */
struct jobs *jobs_create(const struct mcp_job *const *tables, struct pool *pool);
/* Hands what is due to the workers: the milliseconds until there is more; -1: nothing is
 * planned. */
int64_t jobs_run_due(struct jobs *jobs);
/* After the pool has stopped. NULL is fine. */
/* It runs as soon as it can, unless it runs or waits for a worker. Any thread. */
void jobs_soon(struct jobs *jobs, const struct mcp_job *what);
void jobs_destroy(struct jobs *jobs);

#endif
