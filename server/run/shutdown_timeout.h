/* shutdown_timeout.h - the end of a stop: however it goes, by then the process is gone. */
#ifndef SHUTDOWN_TIMEOUT_H
#define SHUTDOWN_TIMEOUT_H

#include "core.h"

/* From now on a second SIGTERM or SIGINT (both blocked in every thread) ends the process at once
 * with 1; and when the time is over it ends with 0, whatever still runs. Where no thread can be had a
 * signal's handler does the same, without a word in the log. */
void shutdown_timeout_start(int64_t within_ms);
/* It stopped in time. */
void shutdown_timeout_stop(void);

#endif
