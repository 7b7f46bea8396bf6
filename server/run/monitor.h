/* monitor.h - the port for operators: /metrics in Prometheus text, /healthz, and /readyz part by part. */
#ifndef MONITOR_H
#define MONITOR_H

#include "options.h"
#include "pool.h"

struct monitor;

/* NULL: it can't listen there, and http has logged why. */
struct monitor *monitor_start(const struct options *options, const struct pool *pool);
int monitor_port(const struct monitor *monitor);
void monitor_stop(struct monitor *monitor);     /* NULL is fine; before the pool goes */

#endif
