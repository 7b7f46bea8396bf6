/* healthcheck.h - asks a running server whether it lives. */
#ifndef HEALTHCHECK_H
#define HEALTHCHECK_H

#include "core.h"

/* The HTTP status of GET /healthz at this address: 200 is alive, 0 is no answer in time. Not /readyz:
 * whoever runs containers replaces one that fails this, which brings no database back. */
int healthcheck(const char *host, int port, int64_t timeout_ms);

#endif
