/* served.h - whether this process's calls are served or fail for want of the database: a part of its readiness, which no look
 * from outside shows. */
#ifndef SERVED_H
#define SERVED_H

#include "core.h"

/* A call has ended, of one of these kinds. Any thread, no lock. */
enum served_kind { SERVED_READS, SERVED_CHANGES, SERVED_KINDS };
void served_note(enum served_kind kind, bool well);
/* Judges those since the last time and, for a while, those before. At one time by one thread. */
void served_look(int64_t at_tick_ms);
/* Is called soon after one has failed, on any thread; NULL: nobody. */
void served_tell(void (*look_soon)(void));
/* In its place while something else is known to be why calls fail: they are not counted, nor those that still fail in the
 * seconds after. Another part of readiness says it, and once that is over none of them does. */
void served_explained(int64_t at_tick_ms);
/* As at the start. */
void served_forget(void);

#endif
