/* exit_bound.h - the end of a stop: however it goes, by then the process is gone. */
#ifndef EXIT_BOUND_H
#define EXIT_BOUND_H

#include "core.h"

/* From now on a second SIGTERM or SIGINT (both blocked in every thread) ends the process at once
 * with 1; and when the time is over it ends with 0, whatever still runs. */
void exit_bound_start(int64_t within_ms);
/* It stopped in time. */
void exit_bound_stop(void);

#endif
