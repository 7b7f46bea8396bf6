/* healthcheck.h - asks a running server whether it is ready. */
#ifndef HEALTHCHECK_H
#define HEALTHCHECK_H

#include "core.h"

/* The HTTP status of GET /readyz at this address: 200 is ready, 0 is no answer in time. */
int healthcheck(const char *host, int port, int64_t timeout_ms);

#endif
