/* serving.h - a server that serves, as its layers. */
#ifndef SERVING_H
#define SERVING_H

#include "emf.h"
#include "jobs.h"
#include "memory_trim.h"
#include "monitor.h"
#include "options.h"
#include "supervision.h"

struct serving {
	const struct mcp_server *server;
	struct options options;
	struct store *first;            /* while it starts */
	struct pool *pool;
	struct http *http;
	struct monitor *monitor;        /* NULL: off */
	struct jobs *jobs;
	struct emf_clock emf;
	struct memory_clock memory;
	struct supervision supervision;
	bool protocol, started;         /* protocol_start(), server->start() were called */
	int status;                     /* the exit status, where it does not start; 0: that of any failure */
};

/* Starts them for a server whose options were made: each step says why it can't. Its jobs are planned by who
 * runs it. */
bool serving_start(struct serving *serving);
/* Takes down what was started, also where that is not all. One that served may be started again then. */
void serving_stop(struct serving *serving);

#endif
