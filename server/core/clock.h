/* clock.h - the end of a wait; and the wall clock, and holding it for a tool that is run again at once from the
 * top: what it asks for by the time of its first run it then asks for again, word for word. */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

#include "core.h"

/* So many milliseconds from now, on CLOCK_MONOTONIC: for waits that end whatever the wall clock does. */
struct timespec tick_in(int64_t ms);

/* For tests: so much time passes, at once, for all that asks for it below and in core.h; waits of threads last as long
 * as ever. The wall clock can be set right again, the other only goes forward. */
void clock_pass(int64_t ms);
void clock_present(void);

int64_t wall_ms(void);
/* From now on now_ms() says this, on this thread; 0: what the wall clock says. */
void now_hold(int64_t at_ms);

#endif
